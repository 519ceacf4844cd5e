//! The content folders: those that the program carries, and those of a folder given instead.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rust_embed::RustEmbed;

use super::files;
#[cfg(packed)]
use crate::knowledge::Bundle;
use crate::knowledge::Files;

#[derive(RustEmbed)]
#[folder = "content/"]
#[include = "*.md"]
#[include = "*.yaml"]
#[include = "*.ipynb"]
struct Content;

#[derive(RustEmbed)]
#[folder = "skills/"]
#[include = "*.md"]
struct Skills;

/// What `build.rs` packed. A static, so that it is there once.
#[cfg(packed)]
static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/content.bin"));

/// The files that the program carries.
#[derive(Debug, Clone, Copy, Default)]
pub struct Embedded;

impl Files for Embedded {
    fn list(&self) -> Vec<String> {
        let content = Content::iter().map(|path| format!("content/{path}"));
        content.chain(Skills::iter().map(|path| format!("skills/{path}"))).collect()
    }

    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        let file = match path.split_once('/')? {
            ("content", path) => Content::get(path),
            ("skills", path) => Skills::get(path),
            _ => None,
        };
        file.map(|file| file.data)
    }

    #[cfg(packed)]
    fn bundle(&self) -> Option<Bundle> {
        Some(Bundle { packed: PACKED, files: &Embedded })
    }
}

/// What stands in for the files that a folder does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// Each missing file is the carried one: the folder changes or adds single pages.
    Files,
    /// What the folder has of `content/mistakes`, `skills/NAME` and so on stands alone, so that a
    /// page missing there is missed; only whole folders are carried ones.
    Folders,
}

/// The files of a folder that holds `content/` and `skills/`, or is one of them, or is a skill.
#[derive(Debug, Clone)]
pub struct Directory {
    own: BTreeMap<String, PathBuf>,
    fallback: Fallback,
}

/// A folder holds none of the files that pages and skills are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no content in this folder")]
pub struct NoContent;

impl Directory {
    /// Lists the folder.
    ///
    /// # Errors
    /// When the folder cannot be listed, or holds no content.
    pub fn open(folder: &Path, fallback: Fallback) -> io::Result<Self> {
        let mut own = BTreeMap::new();
        for (path, prefix) in roots(folder)? {
            collect(&path, &prefix, DEPTH, &mut own)?;
        }
        if own.is_empty() {
            return Err(io::Error::new(io::ErrorKind::NotFound, NoContent));
        }
        Ok(Self { own, fallback })
    }

    fn is_carried(&self, path: &str) -> bool {
        match self.fallback {
            Fallback::Files => !self.own.contains_key(path),
            Fallback::Folders => {
                let folder = unit(path);
                !self.own.keys().any(|own| unit(own) == folder)
            }
        }
    }
}

impl Files for Directory {
    fn list(&self) -> Vec<String> {
        let carried = Embedded.list().into_iter().filter(|path| self.is_carried(path));
        carried.chain(self.own.keys().cloned()).collect()
    }

    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        match self.own.get(path) {
            Some(file) => files::read(file).ok().map(Cow::Owned),
            None => self.is_carried(path).then(|| Embedded.read(path))?,
        }
    }
}

/// How many folders deep content lies at most.
const DEPTH: usize = 4;

/// The first two parts of a path: `content/mistakes`, `skills/python-notebooks-async`.
fn unit(path: &str) -> &str {
    let end = path.match_indices('/').nth(1).map_or(path.len(), |(at, _)| at);
    path.get(..end).unwrap_or(path)
}

/// The folders to collect, each with the path that its files begin with.
fn roots(folder: &Path) -> io::Result<Vec<(PathBuf, String)>> {
    let inside = ["content", "skills"].map(|name| (folder.join(name), name.to_owned()));
    let inside: Vec<_> = inside.into_iter().filter(|(path, _)| path.is_dir()).collect();
    if !inside.is_empty() {
        return Ok(inside);
    }
    let whole = fs::canonicalize(folder)?;
    let name = whole.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if whole.join("SKILL.md").is_file() {
        return Ok(vec![(whole.clone(), format!("skills/{name}"))]);
    }
    let has_skill = |entry: io::Result<fs::DirEntry>| {
        entry.is_ok_and(|entry| entry.path().join("SKILL.md").is_file())
    };
    let is_skills = fs::read_dir(&whole)?.any(has_skill);
    let prefix = if is_skills { "skills" } else { "content" };
    Ok(vec![(whole, prefix.to_owned())])
}

fn collect(
    folder: &Path,
    prefix: &str,
    depth: usize,
    own: &mut BTreeMap<String, PathBuf>,
) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| !name.starts_with('.')) else { continue };
        let path = format!("{prefix}/{name}");
        // A link to a folder is not followed: it may lead back here.
        if entry.file_type()?.is_dir() {
            if depth > 0 {
                collect(&entry.path(), &path, depth.saturating_sub(1), own)?;
            }
        } else if [".md", ".yaml", ".ipynb"].iter().any(|end| name.ends_with(end)) {
            own.insert(path, entry.path());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::{Knowledge, PageKind};

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, "own").expect("a file");
        }
        folder
    }

    #[test]
    fn the_content_that_the_program_carries_is_correct() {
        let (knowledge, errors) = Knowledge::load(&Embedded);
        let said: Vec<_> = errors.iter().map(ToString::to_string).collect();
        assert!(said.is_empty(), "{} errors:\n{}", said.len(), said.join("\n"));
        assert!(knowledge.pages(PageKind::Mistake).count() > 0);
    }

    #[test]
    fn every_mistake_and_every_deviation_names_cases_that_show_it() {
        let knowledge = Knowledge::open(&Embedded);
        for kind in [PageKind::Mistake, PageKind::Deviation] {
            for page in knowledge.pages(kind) {
                let is_shown = page.facts.iter().any(|case| knowledge.case(case).is_some());
                assert!(is_shown, "{}", page.id);
            }
        }
    }

    #[test]
    #[cfg(packed)]
    fn what_was_packed_is_what_the_files_say() {
        let packed = Embedded.bundle().map(|bundle| bundle.packed.to_vec());
        assert_eq!(packed, crate::knowledge::pack(&Embedded).ok());
    }

    #[test]
    fn the_program_carries_its_content() {
        assert!(Embedded.list().iter().any(|path| path == "content/mistakes/dropped-task.md"));
        assert!(Embedded.read("skills/python-notebooks-async/SKILL.md").is_some());
        assert!(Embedded.read("content/../Cargo.toml").is_none());
    }

    #[test]
    fn a_page_of_the_folder_stands_for_the_carried_one_and_others_stay() {
        let folder = folder(&["content/mistakes/dropped-task.md"]);
        let files = Directory::open(folder.path(), Fallback::Files).expect("content");
        assert_eq!(files.read("content/mistakes/dropped-task.md").as_deref(), Some(&b"own"[..]));
        assert!(
            files.read("content/mistakes/dropped-task.zh.md").is_some_and(|text| *text != *b"own")
        );
    }

    #[test]
    fn a_folder_under_check_is_not_filled_up() {
        let folder = folder(&["content/mistakes/dropped-task.md"]);
        let files = Directory::open(folder.path(), Fallback::Folders).expect("content");
        assert!(files.read("content/mistakes/dropped-task.zh.md").is_none());
        let mistakes = files.list().into_iter().filter(|path| path.starts_with("content/mistakes"));
        assert_eq!(mistakes.count(), 1);
        assert!(files.read("content/patterns/gather.md").is_some());
    }

    #[test]
    fn the_folder_may_be_one_of_the_two_or_a_skill() {
        let one = folder(&["mistakes/a.md"]);
        let skills = folder(&["s/SKILL.md", ".git/x.md", "s/notes.txt"]);
        let list = |path: &Path| -> Vec<String> {
            Directory::open(path, Fallback::Files).expect("content").own.into_keys().collect()
        };
        assert_eq!(list(one.path()), ["content/mistakes/a.md"]);
        assert_eq!(list(skills.path()), ["skills/s/SKILL.md"]);
        assert_eq!(list(&skills.path().join("s")), ["skills/s/SKILL.md"]);
    }

    #[test]
    fn a_folder_without_content_is_refused() {
        assert!(Directory::open(folder(&["a.txt"]).path(), Fallback::Files).is_err());
        assert!(Directory::open(Path::new("/no/such/folder"), Fallback::Files).is_err());
    }
}
