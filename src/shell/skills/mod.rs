//! Skills where agents look for them: what would be written or taken away, and doing it.
//!
//! What was installed is kept on a list beside the skills, so that a file that somebody changed
//! since is known from one that is ours.

mod list;
mod places;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::embedded::Embedded;
use super::files::{self, FileError, Remark, TogetherError};
use crate::knowledge::Files;
use crate::review::FileChange;

pub use list::{LIST, List};
pub use places::{Agent, Place};

/// What becomes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It is not there yet.
    New,
    /// It is as it was installed, and the program has a newer one.
    Update,
    /// It is as it should be.
    Same,
    /// Somebody changed it; it stays.
    Changed,
    /// Somebody changed it, and wants it replaced.
    Replace,
    /// It is as it was installed, and goes.
    Remove,
}

/// A file and what becomes of it. `name` is below the folder of skills, with `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    pub name: String,
    pub path: PathBuf,
    pub step: Step,
    /// What it holds now.
    held: Option<Vec<u8>>,
    /// What it is to hold.
    bytes: Vec<u8>,
}

/// What is to be done in a folder of skills.
#[derive(Debug)]
pub struct Plan {
    pub files: Vec<Planned>,
    base: PathBuf,
    folder: PathBuf,
    list: List,
    listed: Option<Vec<u8>>,
}

/// Why skills cannot be installed or taken away.
#[derive(Debug, thiserror::Error)]
pub enum SkillsError {
    #[error("there is no home folder")]
    NoHome,
    #[error("{}: leads out of {}, to {}", .path.display(), .base.display(), .target.display())]
    LeadsOut { path: PathBuf, base: PathBuf, target: PathBuf },
    #[error("{}", .path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: FileError,
    },
    #[error("{}: is no list of installed skills", .path.display())]
    List { path: PathBuf },
    #[error("{}: cannot be taken away", .path.display())]
    Remove {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("not everything was written")]
    Write(#[source] TogetherError),
}

impl Plan {
    /// What installing would do. Files that somebody changed are replaced only with `overwrite`.
    ///
    /// # Errors
    /// When the way to a file leads out of the place, or a file cannot be read.
    pub fn install(place: &Place, overwrite: bool) -> Result<Self, SkillsError> {
        let (list, listed) = List::read(place)?;
        let mut files = Vec::new();
        for (name, bytes) in carried() {
            let path = place.folder.join(&name);
            let held = look(place, &path)?;
            let step = match &held {
                None => Step::New,
                Some(held) if *held == bytes => Step::Same,
                Some(held) if list.holds(&name, held) => Step::Update,
                Some(_) if overwrite => Step::Replace,
                Some(_) => Step::Changed,
            };
            files.push(Planned { name, path, step, held, bytes });
        }
        Ok(Self { files, base: place.base.clone(), folder: place.folder.clone(), list, listed })
    }

    /// What taking away would do: only what is as it was installed goes.
    ///
    /// # Errors
    /// As [`Self::install`].
    pub fn uninstall(place: &Place) -> Result<Self, SkillsError> {
        let (list, listed) = List::read(place)?;
        let mut files = Vec::new();
        for name in list.names().filter(|name| is_ours(name)).map(str::to_owned) {
            let path = place.folder.join(&name);
            let Some(held) = look(place, &path)? else { continue };
            let step = if list.holds(&name, &held) { Step::Remove } else { Step::Changed };
            files.push(Planned { name, path, step, held: Some(held), bytes: Vec::new() });
        }
        Ok(Self { files, base: place.base.clone(), folder: place.folder.clone(), list, listed })
    }

    /// Whether there is something to do.
    pub fn does_something(&self) -> bool {
        self.files.iter().any(|file| !matches!(file.step, Step::Same | Step::Changed))
    }

    /// Writes what is to be written, all of it or nothing.
    ///
    /// # Errors
    /// When a folder or a file cannot be made.
    pub fn write(mut self) -> Result<Vec<Remark>, SkillsError> {
        let mut changes = Vec::new();
        for Planned { name, path, step, held, bytes } in self.files {
            if step == Step::Changed {
                continue;
            }
            self.list.take(&name, &bytes);
            if step != Step::Same {
                files::make_folder_of(&path).map_err(SkillsError::Write)?;
                changes.push(FileChange { path, expected: held, bytes });
            }
        }
        let (path, bytes) = (self.folder.join(LIST), self.list.written());
        if self.listed.as_ref() != Some(&bytes) {
            files::make_folder_of(&path).map_err(SkillsError::Write)?;
            changes.push(FileChange { path, expected: self.listed, bytes });
        }
        files::save_together(&changes).map_err(SkillsError::Write)
    }

    /// Takes away what is to go, and the folders that are empty then.
    ///
    /// # Errors
    /// When a file cannot be taken away, or the list of what is left cannot be written.
    pub fn remove(mut self) -> Result<Vec<Remark>, SkillsError> {
        for Planned { name, path, step, .. } in &self.files {
            if *step == Step::Remove {
                take_away(path)?;
                self.list.drop(name);
                remove_empty(path.parent(), &self.folder);
            }
        }
        // What is not there any more is not ours either.
        let kept: Vec<&str> = self.files.iter().map(|file| file.name.as_str()).collect();
        self.list.keep(&kept);
        let path = self.folder.join(LIST);
        if self.list.is_empty() {
            take_away(&path)?;
            remove_empty(Some(&self.folder), &self.base);
            return Ok(Vec::new());
        }
        let change = FileChange { path, expected: self.listed, bytes: self.list.written() };
        files::save_together(&[change]).map_err(SkillsError::Write)
    }
}

/// The files of the skills that the program carries, by their names below a folder of skills.
fn carried() -> BTreeMap<String, Vec<u8>> {
    let name = |path: &String| path.strip_prefix("skills/").map(str::to_owned);
    let all = Embedded.list().into_iter();
    all.filter_map(|path| Some((name(&path)?, Embedded.read(&path)?.into_owned()))).collect()
}

/// Whether a name on a list is one that we could have put there.
fn is_ours(name: &str) -> bool {
    let is_plain = |part| matches!(part, Component::Normal(_));
    let skill = |name: &str| name.split_once('/').map(|(skill, _)| format!("{skill}/"));
    let Some(skill) = skill(name) else { return false };
    Path::new(name).components().all(is_plain) && carried().keys().any(|it| it.starts_with(&skill))
}

/// What a file holds; `None` where there is none. The way to it stays in the place.
fn look(place: &Place, path: &Path) -> Result<Option<Vec<u8>>, SkillsError> {
    let inside = path.strip_prefix(&place.base).unwrap_or(path);
    let mut whole = place.base.clone();
    for part in inside.components() {
        whole.push(part);
        if let Some(target) = files::leads_out(&whole, &place.base) {
            let base = place.base.clone();
            return Err(SkillsError::LeadsOut { path: whole, base, target });
        }
    }
    let read = files::read_if_there(path);
    read.map_err(|source| SkillsError::Read { path: path.to_owned(), source })
}

fn take_away(path: &Path) -> Result<(), SkillsError> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(SkillsError::Remove { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

/// Removes a folder and those above it, below `end`, as long as they are empty.
fn remove_empty(folder: Option<&Path>, end: &Path) {
    let mut folder = folder;
    while let Some(path) = folder.filter(|path| path.starts_with(end) && *path != end) {
        if fs::remove_dir(path).is_err() {
            return;
        }
        folder = path.parent();
    }
}

#[cfg(test)]
mod tests;
