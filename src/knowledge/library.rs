//! The pages as files: found by name at once, read when they are first asked for.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::diagnostic::Message;

use super::files::{ContentError, Files, Shelf, Source};
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
    pub id: Cow<'static, str>,
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

    /// The page as it stands in a [`Packed`] library; empty where it has to be read from its files.
    pub fn pack(&self) -> Result<Vec<u8>, postcard::Error> {
        let page = self.page().filter(|page| page.body == self.bodies());
        page.map_or_else(|| Ok(Vec::new()), postcard::to_stdvec)
    }

    fn bodies(&self) -> Both<page::Body> {
        page::bodies(&self.en, self.zh.as_ref())
    }

    fn read(&self) -> &(Option<Page>, Vec<ContentError>) {
        self.read.get_or_init(|| {
            let packed = self.packed.and_then(|packed| postcard::from_bytes::<Page>(packed).ok());
            match packed {
                Some(page) => (Some(Page { body: self.bodies(), ..page }), Vec::new()),
                None => page::read(self.kind, &self.id, &self.en, self.zh.as_ref()),
            }
        })
    }
}

/// A library as the program carries it: where everything stands, and the pages as they were read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Packed<'p> {
    #[serde(borrow)]
    slots: Vec<PackedSlot<'p>>,
    /// The paths of files that are no pages.
    others: Vec<&'p str>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct PackedSlot<'p> {
    kind: PageKind,
    id: &'p str,
    en: &'p str,
    zh: Option<&'p str>,
    /// See [`Slot::pack`].
    page: &'p [u8],
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
            library
                .errors
                .push(ContentError::whole(&path, Message::complains("complaints.unreadable")));
            continue;
        };
        let source = Source::read(path.clone(), bytes);
        match place(&path) {
            Some(Place::Page(kind, id, language)) => {
                let [en, zh] = pages.entry((kind, id.to_owned())).or_default();
                let half = if language == Language::En { en } else { zh };
                if half.replace(source).is_some() {
                    library
                        .errors
                        .push(ContentError::whole(&path, Message::complains("complaints.same-id")));
                }
            }
            Some(place) => library.put(&place, source),
            None => library
                .errors
                .push(ContentError::whole(&path, Message::complains("complaints.no-place"))),
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
        let key = |slot: &Slot| (slot.kind, &*slot.id).cmp(&(kind, id));
        self.slots.get(self.slots.binary_search_by(key).ok()?)
    }

    /// Packs where everything stands, with what [`Slot::pack`] gave for each page.
    pub fn pack<'p>(&'p self, pages: &'p [Vec<u8>]) -> Packed<'p> {
        let slot = |(slot, page): (&'p Slot, &'p Vec<u8>)| PackedSlot {
            kind: slot.kind,
            id: &slot.id,
            en: &slot.en.path,
            zh: slot.zh.as_ref().map(|zh| &*zh.path),
            page,
        };
        let paths = self.sources().map(|source| &*source.path);
        let others = paths.filter(|path| !matches!(place(path), Some(Place::Page(..))));
        Packed { slots: self.slots.iter().zip(pages).map(slot).collect(), others: others.collect() }
    }

    /// What was packed, with files that are read when they are asked for.
    pub fn unpack(packed: Packed<'static>, shelf: &'static Shelf) -> Self {
        let slot = |slot: PackedSlot<'static>| Slot {
            kind: slot.kind,
            id: Cow::Borrowed(slot.id),
            en: Source::on(shelf, slot.en),
            zh: slot.zh.map(|path| Source::on(shelf, path)),
            packed: Some(slot.page).filter(|page| !page.is_empty()),
            read: OnceLock::new(),
        };
        let slots = packed.slots.into_iter().map(slot).collect();
        let mut library = Self { slots, ..Self::default() };
        for path in packed.others {
            if let Some(place) = place(path) {
                library.put(&place, Source::on(shelf, path));
            }
        }
        library
    }

    /// Puts a file that is no page where it belongs.
    fn put(&mut self, place: &Place, source: Source) {
        match *place {
            Place::Page(..) => {}
            Place::Table(name) => _ = self.tables.insert(name.to_owned(), source),
            Place::Theme(name) => _ = self.themes.insert(name.to_owned(), source),
            Place::Sample(name) => _ = self.samples.insert(name.to_owned(), source),
            Place::Cases(name) => _ = self.cases.insert(name.to_owned(), source),
            Place::Recording(case) => _ = self.recordings.insert(case.to_owned(), source),
            Place::Interface => self.interface = Some(source),
            Place::Help => self.help = Some(source),
            Place::Chooser => self.chooser = Some(source),
            Place::Glossary => self.glossary = Some(source),
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
                let id = Cow::Owned(id);
                self.slots.push(Slot { kind, id, en, zh, packed: None, read: OnceLock::new() });
            }
            (None, Some(zh)) => {
                self.errors.push(ContentError::whole(
                    &zh.path,
                    Message::complains("complaints.no-english"),
                ));
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
    use super::super::testing::{files, told};
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
        let said: Vec<_> = library.errors.iter().map(told).collect();
        assert_eq!(
            said,
            [
                "content/a.md:1:1: no file has its place here",
                "content/notes/b.zh.md:1:1: the English twin is missing",
            ]
        );
    }
}
