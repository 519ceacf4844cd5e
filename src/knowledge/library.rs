//! The pages as files: found by name at once, read when they are first asked for.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::files::{ContentError, Files, Source};
use super::language::{Both, Language};
use super::page::{self, Page, PageKind};

/// Everything that the content folders hold, by what it is.
#[derive(Debug, Default)]
pub(super) struct Library {
    /// Sorted by kind and id.
    pub slots: Vec<Slot>,
    /// The tables, by file name.
    pub tables: BTreeMap<String, Source>,
    pub themes: BTreeMap<String, Source>,
    pub samples: BTreeMap<String, Source>,
    /// What kernels answer, by file name.
    pub cases: BTreeMap<String, Source>,
    /// What a kernel answered once, by case.
    pub recordings: BTreeMap<String, Source>,
    pub interface: Option<Source>,
    /// The help of the command line.
    pub help: Option<Source>,
    pub chooser: Option<Source>,
    pub glossary: Option<Source>,
    /// Files with no place, and twins without an English page.
    pub errors: Vec<ContentError>,
}

/// A page's two files and, once it was asked for, the page.
#[derive(Debug)]
pub(super) struct Slot {
    pub kind: PageKind,
    pub id: String,
    pub en: Source,
    pub zh: Option<Source>,
    /// The page as it was read when the program was built.
    packed: Option<&'static [u8]>,
    read: OnceLock<(Option<Page>, Vec<ContentError>)>,
}

impl Slot {
    /// The page; `None` when its English file cannot be understood.
    pub fn page(&self) -> Option<&Page> {
        self.read().0.as_ref()
    }

    /// What is wrong with each of the two files in itself.
    pub fn errors(&self) -> &[ContentError] {
        &self.read().1
    }

    /// The files that are there.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        std::iter::once(&self.en).chain(&self.zh)
    }

    /// The page for [`Library::take`]; empty where it has to be read from its files.
    pub fn pack(&self) -> Result<Vec<u8>, postcard::Error> {
        let page = self.page().filter(|page| page.markdown == self.bodies());
        page.map_or_else(|| Ok(Vec::new()), postcard::to_stdvec)
    }

    fn bodies(&self) -> Both<String> {
        page::bodies(&self.en, self.zh.as_ref())
    }

    fn read(&self) -> &(Option<Page>, Vec<ContentError>) {
        self.read.get_or_init(|| {
            let packed = self.packed.and_then(|packed| postcard::from_bytes::<Page>(packed).ok());
            match packed {
                Some(page) => (Some(Page { markdown: self.bodies(), ..page }), Vec::new()),
                None => page::read(self.kind, &self.id, &self.en, self.zh.as_ref()),
            }
        })
    }
}

/// What a path says about its file.
#[derive(Debug, PartialEq, Eq)]
enum Place<'p> {
    Page(PageKind, &'p str, Language),
    Table(&'p str),
    Theme(&'p str),
    Sample(&'p str),
    Cases(&'p str),
    Recording(&'p str),
    Interface,
    Help,
    Chooser,
    Glossary,
}

/// Sorts the files into their places.
pub(super) fn read(files: &dyn Files) -> Library {
    let mut library = Library::default();
    let mut pages: BTreeMap<(PageKind, String), [Option<Source>; 2]> = BTreeMap::new();
    let mut paths = files.list();
    paths.sort();
    for path in paths {
        let Some(bytes) = files.read(&path) else {
            library.errors.push(ContentError::whole(&path, "cannot be read"));
            continue;
        };
        let source = Source { path: path.clone(), bytes };
        match place(&path) {
            Some(Place::Page(kind, id, language)) => {
                let [en, zh] = pages.entry((kind, id.to_owned())).or_default();
                let half = if language == Language::En { en } else { zh };
                if half.replace(source).is_some() {
                    library.errors.push(ContentError::whole(&path, "another page has this id"));
                }
            }
            Some(Place::Table(name)) => _ = library.tables.insert(name.to_owned(), source),
            Some(Place::Theme(name)) => _ = library.themes.insert(name.to_owned(), source),
            Some(Place::Sample(name)) => _ = library.samples.insert(name.to_owned(), source),
            Some(Place::Cases(name)) => _ = library.cases.insert(name.to_owned(), source),
            Some(Place::Recording(case)) => {
                library.recordings.insert(case.to_owned(), source);
            }
            Some(Place::Interface) => library.interface = Some(source),
            Some(Place::Help) => library.help = Some(source),
            Some(Place::Chooser) => library.chooser = Some(source),
            Some(Place::Glossary) => library.glossary = Some(source),
            None => library.errors.push(ContentError::whole(&path, "no file has its place here")),
        }
    }
    for ((kind, id), [en, zh]) in pages {
        library.add(kind, id, en, zh);
    }
    library
}

impl Library {
    /// The page of this kind and id.
    pub fn slot(&self, kind: PageKind, id: &str) -> Option<&Slot> {
        let key = |slot: &Slot| (slot.kind, slot.id.as_str()).cmp(&(kind, id));
        self.slots.get(self.slots.binary_search_by(key).ok()?)
    }

    /// Takes the pages as they were read before: one for each slot, in their order.
    pub fn take(&mut self, pages: &[&'static [u8]]) {
        if pages.len() == self.slots.len() {
            for (slot, page) in self.slots.iter_mut().zip(pages) {
                slot.packed = Some(*page).filter(|page| !page.is_empty());
            }
        }
    }

    /// Every file that has a place.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        let pages = self.slots.iter().flat_map(Slot::sources);
        let tables = self.tables.values().chain(self.themes.values());
        let others = self.samples.values().chain(self.cases.values());
        let others = others.chain(self.recordings.values());
        pages
            .chain(tables)
            .chain(others)
            .chain(&self.interface)
            .chain(&self.help)
            .chain(&self.chooser)
            .chain(&self.glossary)
    }

    fn add(&mut self, kind: PageKind, id: String, en: Option<Source>, zh: Option<Source>) {
        match (en, zh) {
            (Some(en), zh) => {
                self.slots.push(Slot { kind, id, en, zh, packed: None, read: OnceLock::new() });
            }
            (None, Some(zh)) => {
                self.errors.push(ContentError::whole(&zh.path, "the English twin is missing"));
            }
            (None, None) => {}
        }
    }
}

fn place(path: &str) -> Option<Place<'_>> {
    let mut parts = path.split('/');
    let parts = [parts.next()?, parts.next()?, parts.next().unwrap_or_default()]
        .into_iter()
        .chain(parts)
        .collect::<Vec<_>>();
    match parts.as_slice() {
        ["content", "interface.yaml", ""] => Some(Place::Interface),
        ["content", "help.yaml", ""] => Some(Place::Help),
        ["content", "chooser.yaml", ""] => Some(Place::Chooser),
        ["content", "glossary.yaml", ""] => Some(Place::Glossary),
        ["content", "tables", name] => Some(Place::Table(name.strip_suffix(".yaml")?)),
        ["content", "themes", name] => Some(Place::Theme(name.strip_suffix(".yaml")?)),
        ["content", "samples", name] => Some(Place::Sample(name)),
        ["content", "cases", name] => Some(Place::Cases(name.strip_suffix(".yaml")?)),
        ["content", "recordings", name] => Some(Place::Recording(name.strip_suffix(".yaml")?)),
        ["content", folder, name] => {
            let (id, language) = page_name(name)?;
            Some(Place::Page(PageKind::of_folder(folder)?, id, language))
        }
        ["skills", skill, name] => {
            let (stem, language) = page_name(name)?;
            (stem == "SKILL").then_some(Place::Page(PageKind::Skill, skill, language))
        }
        ["skills", _, "references", name] => {
            let (id, language) = page_name(name)?;
            Some(Place::Page(PageKind::Reference, id, language))
        }
        _ => None,
    }
}

fn page_name(name: &str) -> Option<(&str, Language)> {
    let stem = name.strip_suffix(".md")?;
    match stem.strip_suffix(".zh") {
        Some(id) => Some((id, Language::Zh)),
        None => Some((stem, Language::En)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::files;
    use super::*;

    #[test]
    fn a_path_says_what_a_file_is() {
        let note = Place::Page(PageKind::Note, "a", Language::Zh);
        assert_eq!(place("content/notes/a.zh.md"), Some(note));
        let skill = Place::Page(PageKind::Skill, "s", Language::En);
        assert_eq!(place("skills/s/SKILL.md"), Some(skill));
        assert_eq!(place("content/interface.yaml"), Some(Place::Interface));
        assert_eq!(place("content/tables/blocking.yaml"), Some(Place::Table("blocking")));
        assert_eq!(place("content/nonsense/a.md"), None);
        assert_eq!(place("README.md"), None);
    }

    #[test]
    fn a_file_without_a_place_is_reported() {
        let library = read(&files(&[("content/a.md", ""), ("content/notes/b.zh.md", "")]));
        let said: Vec<_> = library.errors.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "content/a.md:1:1: no file has its place here",
                "content/notes/b.zh.md:1:1: the English twin is missing",
            ]
        );
    }
}
