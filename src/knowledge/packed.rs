//! The content as the program carries it: read once, when the program is built, into a form of which
//! a command unpacks what it needs.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::files::{Files, Shelf};
use super::library::{self, Library, Slot};
use super::recognise::Spelled;
use super::{Knowledge, PageKind, Strings, lookup, recognise, tables};

/// What is unpacked by itself, each in a stretch of bytes of its own.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Packed<'p> {
    #[serde(borrow)]
    tables: &'p [u8],
    #[serde(borrow)]
    strings: [&'p [u8]; 2],
    #[serde(borrow)]
    help: [&'p [u8]; 2],
    index: &'p [u8],
    messages: &'p [u8],
    pub themes: BTreeMap<String, BTreeMap<String, String>>,
    library: &'p [u8],
}

/// A [`recognise::Message`]: the page, its error and its texts, each in two spellings.
type Message<'p> = (&'p str, (&'p str, &'p str), Vec<(&'p str, &'p str)>);

/// Reads the files as [`Knowledge::open`] does without it, and packs what comes of them.
///
/// # Errors
/// When something cannot be written in this form.
pub fn pack(files: &dyn Files) -> Result<Vec<u8>, postcard::Error> {
    let knowledge = Knowledge::begin(files).0;
    let tables = tables::pack(&knowledge.tables)?;
    let index = lookup::Index::new(&knowledge);
    let index = postcard::to_stdvec(&index.pack())?;
    let messages = knowledge.pages(PageKind::Message).filter_map(recognise::Message::of);
    let messages: Vec<_> = messages.collect();
    let messages: Vec<Message> = messages.iter().map(recognise::Message::pack).collect();
    let messages = postcard::to_stdvec(&messages)?;
    let pages = knowledge.library.slots.iter().map(Slot::pack);
    let pages = pages.collect::<Result<Vec<_>, _>>()?;
    let library = postcard::to_stdvec(&knowledge.library.pack(&pages))?;
    postcard::to_stdvec(&Packed {
        tables: &tables,
        strings: knowledge.strings().parts(),
        help: knowledge.help_texts().parts(),
        index: &index,
        messages: &messages,
        themes: knowledge.themes.clone(),
        library: &library,
    })
}

impl Packed<'static> {
    /// `None` when this is nothing that was packed.
    pub fn read(bytes: &'static [u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }

    pub fn tables(&self) -> tables::Carried {
        tables::Carried::packed(self.tables)
    }

    /// `None` when it is nothing that was packed.
    pub fn library(&self, shelf: &'static Shelf) -> Option<Library> {
        let packed = postcard::from_bytes::<library::Packed<'static>>(self.library).ok()?;
        Some(Library::unpack(packed, shelf))
    }

    /// What errors say, in the order of their pages.
    pub fn messages(&self) -> Option<Vec<recognise::Message>> {
        let messages: Vec<Message<'static>> = postcard::from_bytes(self.messages).ok()?;
        Some(messages.into_iter().map(recognise::Message::unpack).collect())
    }

    pub fn strings(&self) -> Strings {
        Strings::carried(self.strings)
    }

    pub fn help(&self) -> Strings {
        Strings::carried(self.help)
    }

    pub fn index(&self) -> Option<lookup::Index> {
        postcard::from_bytes::<lookup::Packed<'static>>(self.index).ok().map(lookup::Index::unpack)
    }
}

impl recognise::Message {
    fn pack(&self) -> Message<'_> {
        (&self.id, self.error.pack(), self.matches.iter().map(Spelled::pack).collect())
    }

    fn unpack((id, error, matches): Message<'static>) -> Self {
        Self {
            id: Cow::Borrowed(id),
            error: Spelled::unpack(error),
            matches: matches.into_iter().map(Spelled::unpack).collect(),
        }
    }
}

impl Spelled {
    fn pack(&self) -> (&str, &str) {
        (&self.plain, &self.small)
    }

    fn unpack((plain, small): (&'static str, &'static str)) -> Self {
        Self { plain: Cow::Borrowed(plain), small: Cow::Borrowed(small) }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::super::files::Bundle;
    use super::super::testing::{Shipped, files};
    use super::super::{Language, PageKind};
    use super::*;

    /// Files with what was made of them.
    struct Carried(&'static Shelf, &'static [u8]);

    impl Files for Carried {
        fn list(&self) -> Vec<String> {
            self.0.list()
        }

        fn read(&self, path: &str) -> Option<std::borrow::Cow<'static, [u8]>> {
            self.0.read(path)
        }

        fn bundle(&self) -> Option<Bundle> {
            Some(Bundle { packed: self.1, files: self.0 })
        }
    }

    /// What the program is built with, packed.
    static SHIPPED: LazyLock<Vec<u8>> = LazyLock::new(|| pack(&Shipped).expect("a packed form"));

    /// The two say the same of everything that was packed.
    fn check(files: &'static Shelf, packed: &'static [u8]) {
        let (read, carried) = (Knowledge::open(files), Knowledge::open(&Carried(files, packed)));
        assert!(carried.packed.is_some(), "nothing was unpacked");
        assert_eq!(*read.tables, *carried.tables);
        assert_eq!(read.themes, carried.themes);
        assert_eq!(read.strings(), carried.strings());
        assert_eq!(read.help_texts(), carried.help_texts());
        assert_eq!(read.library.slots.len(), carried.library.slots.len());
        for (one, other) in read.library.slots.iter().zip(&carried.library.slots) {
            assert_eq!((one.kind, &one.id), (other.kind, &other.id));
            assert_eq!(one.page(), other.page(), "{}", one.id);
        }
        assert!(read.all_pages().map(|page| &page.id).eq(carried.all_pages().map(|page| &page.id)));
    }

    #[test]
    fn what_is_carried_is_what_the_files_say() {
        check(&Shipped, &SHIPPED);
    }

    #[test]
    fn content_with_faults_is_carried_as_it_is_read() {
        let broken = super::super::testing::EN.replace("keywords: [one]", "keywords: {one}");
        let check = |files: BTreeMap<String, String>| {
            let files: &'static BTreeMap<String, String> = Box::leak(Box::new(files));
            check(files, pack(files).expect("a packed form").leak());
        };
        check(files(&[("content/notes/b.md", &broken), ("content/notes/b.zh.md", "x")]));
        check(files(&[("content/interface.yaml", "a: {b: {en: x, zh: 文}}\n")]));
        check(files(&[("content/themes/t.yaml", "one: two\n"), ("content/nowhere.md", "")]));
        check(BTreeMap::new());
    }

    #[test]
    fn a_query_finds_the_same_pages_with_the_same_scores() {
        let read = Knowledge::open(&Shipped);
        let carried = Knowledge::open(&Carried(&Shipped, &SHIPPED));
        let queries = include_str!("../../tests/lookup/queries.tsv");
        let queries = queries.lines().filter_map(|line| line.split('\t').next());
        let mut found = 0;
        for query in queries.chain(["", "asynciorun", "vs code", "zzz", "客户端", "never awaited"])
        {
            let told = |knowledge: &Knowledge| -> Vec<_> {
                let hits = knowledge.lookup(query).into_iter();
                hits.map(|hit| (hit.name().0, hit.name().1.to_owned(), hit.score)).collect()
            };
            let (one, other) = (told(&read), told(&carried));
            assert_eq!(one, other, "{query}");
            found += one.len();
        }
        assert!(found > 1000, "only {found} hits");
    }

    #[test]
    fn bytes_that_nobody_packed_are_left_alone() {
        for bytes in [&b""[..], b"\xff\xff\xff", b"none of ours"] {
            let knowledge = Knowledge::open(&Carried(&Shipped, bytes));
            assert!(knowledge.pages(PageKind::Mistake).count() > 0);
            let at = crate::text::Wording::at("cli.no-page");
            assert_ne!(knowledge.ui(Language::En, at, &[]), at.key());
        }
    }

    #[test]
    fn the_same_files_are_packed_the_same_way() {
        assert_eq!(pack(&Shipped).as_ref(), Ok(&*SHIPPED));
    }
}
