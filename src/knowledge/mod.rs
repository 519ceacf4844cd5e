//! What the tutor knows: pages, skills, tables and interface texts in two languages. The door to
//! Markdown and YAML.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

mod block;
mod bytes;
pub mod callables;
mod case;
mod chooser;
mod course;
mod effects;
mod excerpt;
mod files;
mod fixture;
mod front;
mod language;
mod library;
mod lookup;
mod markdown;
mod packed;
mod page;
mod recognise;
mod recording;
mod skill;
mod strings;
pub mod tables;
#[cfg(test)]
mod testing;
pub mod timeline;
mod validate;
pub mod versions;
mod words;

pub use block::{Block, Inline, plain};
pub use case::{Case, CaseCell, Pace, Seconds};
pub use chooser::{Answer, Chooser, End, Next, Question};
pub use course::{Choice, Drill, DrillFront, Lesson, LessonFront, Repair};
pub use effects::{Effect, Effects};
pub use files::{Bundle, ContentError, Files, Shelf};
pub use fixture::Fixture;
pub use front::{When, front_matter};
pub use language::{Both, Language};
pub use lookup::{Hit, filter};
pub use markdown::{blocks, inlines};
pub use packed::pack;
pub use page::{Front, Page, PageKind, SkillFront};
pub use recording::{Demonstration, Recording, Shown};
pub use skill::{MAIN_SKILL, Skill, SkillItem};
pub use strings::fill;
pub use tables::{Blocking, BlockingKind, Tables};
pub use versions::{Novelty, Versions};
pub use words::likeness;

use crate::diagnostic::Message;
use crate::text::Wording;
use files::Source;
use library::Library;
use packed::Packed;
use strings::Strings;

/// Everything that is known. Pages and texts are read when they are first asked for; it can be
/// shared between threads.
#[derive(Debug, Default)]
pub struct Knowledge {
    pub tables: tables::Carried,
    /// Colours and the like by meaning, by theme.
    pub themes: BTreeMap<String, BTreeMap<String, String>>,
    library: Library,
    packed: Option<Packed<'static>>,
    strings: OnceLock<Strings>,
    help: OnceLock<Strings>,
    skill: OnceLock<Skill>,
    index: OnceLock<lookup::Index>,
    messages: OnceLock<Vec<recognise::Message>>,
    cases: OnceLock<Vec<Case>>,
    recordings: OnceLock<BTreeMap<String, Recording>>,
    chooser: OnceLock<Chooser>,
}

impl Knowledge {
    /// Takes the files as they are: what is broken is left out and nothing is said about it. This
    /// is for content that was checked before, such as what the program carries.
    ///
    /// Where the files come packed, only what is asked for is unpacked.
    pub fn open(files: &dyn Files) -> Self {
        Self::carried(files).unwrap_or_else(|| Self::begin(files).0)
    }

    fn carried(files: &dyn Files) -> Option<Self> {
        let bundle = files.bundle()?;
        let packed = Packed::read(bundle.packed)?;
        let tables = packed.tables();
        let library = packed.library(bundle.files)?;
        let themes = packed.themes.clone();
        Some(Self { tables, themes, library, packed: Some(packed), ..Self::default() })
    }

    /// Reads everything and checks everything; what is broken is left out and reported, in the
    /// order of files and lines.
    pub fn load(files: &dyn Files) -> (Self, Vec<ContentError>) {
        let (knowledge, mut errors) = Self::begin(files);
        errors.extend(validate::validate(&knowledge));
        errors.sort();
        errors.dedup();
        (knowledge, errors)
    }

    fn begin(files: &dyn Files) -> (Self, Vec<ContentError>) {
        let mut library = library::read(files);
        let mut errors = std::mem::take(&mut library.errors);
        let tables = tables(&library, &mut errors).into();
        let themes = themes(&library, &mut errors);
        (Self { tables, themes, library, ..Self::default() }, errors)
    }
}

/// Pages.
impl Knowledge {
    /// The page of this kind with this id.
    pub fn page(&self, kind: PageKind, id: &str) -> Option<&Page> {
        self.library.slot(kind, id)?.page()
    }

    /// The page with this id, of the first kind of [`PageKind::ALL`] that has one. The id of an
    /// item of the main skill, such as `no-fire-and-forget`, leads to the skill's page.
    pub fn find(&self, id: &str) -> Option<&Page> {
        let found = PageKind::ALL.into_iter().find_map(|kind| self.page(kind, id));
        found.or_else(|| {
            self.skill().item(id)?;
            self.page(PageKind::Skill, MAIN_SKILL)
        })
    }

    /// The pages of a kind: situations in their order, mistakes in the order of their families in
    /// the skill, others by id.
    pub fn pages(&self, kind: PageKind) -> impl Iterator<Item = &Page> {
        let slots = self.library.slots.iter().filter(move |slot| slot.kind == kind);
        let mut pages: Vec<&Page> = slots.filter_map(|slot| slot.page()).collect();
        pages.sort_by_cached_key(|page| self.place(page));
        pages.into_iter()
    }

    /// Every page, kind by kind.
    pub fn all_pages(&self) -> impl Iterator<Item = &Page> {
        PageKind::ALL.into_iter().flat_map(|kind| self.pages(kind))
    }

    /// The message page that a pasted traceback or error text is about.
    pub fn recognise(&self, text: &str) -> Option<&Page> {
        self.page(PageKind::Message, self.recognised(text)?)
    }

    /// The pages that a query finds, best first. Every word of it counts by how much it tells, and
    /// none has to be there; an empty query gives every page in the order of a table of contents.
    /// The first call takes the words of all pages together.
    pub fn lookup<'k>(&'k self, query: &str) -> Vec<Hit<'k>> {
        let packed = || self.packed.as_ref()?.index();
        let index = self.index.get_or_init(|| packed().unwrap_or_else(|| lookup::Index::new(self)));
        index.lookup(self, query)
    }

    fn place(&self, page: &Page) -> usize {
        match &page.front {
            Front::Situation { order, .. } => usize::try_from(*order).unwrap_or(usize::MAX),
            Front::Mistake { family, .. } => {
                let families = &self.skill().common_mistakes;
                families.iter().position(|item| item.id == *family).unwrap_or(families.len())
            }
            Front::Lesson(lesson) => usize::try_from(lesson.order).unwrap_or(usize::MAX),
            _ => 0,
        }
    }
}

/// Texts and skills.
impl Knowledge {
    /// The interface's text at a dotted key, with `{placeholders}` filled; the key itself when
    /// there is no such text.
    pub fn ui(&self, language: Language, wording: Wording, args: &[(&str, &str)]) -> String {
        self.strings().get(language, wording.key(), args)
    }

    /// A message of a page's front matter, with `{placeholders}` filled. Arguments are taken
    /// literally: a `{name}` in one of them is never filled.
    pub fn message(
        &self,
        language: Language,
        page: &str,
        key: &str,
        args: &[(&str, &str)],
    ) -> Option<String> {
        let text = PageKind::ALL.into_iter().find_map(|kind| {
            let page = self.page(kind, page)?;
            page.messages.get(language).get(key)
        });
        Some(strings::fill(text?, args))
    }

    /// What changes in meaning, as the tradeoff's page says it in a sentence. `work` is the code that
    /// is awaited, or words for it.
    pub fn price(&self, language: Language, id: &str, work: &str) -> Option<String> {
        let page = self.page(PageKind::Tradeoff, id)?;
        let Front::Tradeoff { says } = &page.front else { return None };
        Some(fill(says.get(language), &[("work", work)]))
    }

    /// The words of a diagnostic's message; the names of page and key when it has none.
    pub fn say(&self, language: Language, message: &Message) -> String {
        let Message { page, key, .. } = message;
        let text = message.filled(|args| self.message(language, page, key, args));
        text.unwrap_or_else(|| format!("{}.{}", message.page, message.key))
    }

    /// The skill that the tutor teaches.
    pub fn skill(&self) -> &Skill {
        self.skill.get_or_init(|| match self.page(PageKind::Skill, MAIN_SKILL) {
            Some(page) => Skill::of(page),
            None => Skill { name: MAIN_SKILL.to_owned(), ..Skill::default() },
        })
    }

    /// Every skill: the main one and its companions.
    pub fn skills(&self) -> impl Iterator<Item = Skill> {
        self.pages(PageKind::Skill).map(Skill::of)
    }

    /// The names of the sample notebooks.
    pub fn samples(&self) -> impl Iterator<Item = &str> {
        self.library.samples.keys().map(String::as_str)
    }

    /// A sample notebook's bytes.
    pub fn sample(&self, name: &str) -> Option<&Cow<'static, [u8]>> {
        self.library.samples.get(name).map(Source::bytes)
    }

    /// What kernels answer, file by file. Read when it is first asked for.
    pub fn cases(&self) -> &[Case] {
        self.cases.get_or_init(|| case::read(&self.library.cases).0)
    }

    /// The case with this id.
    pub fn case(&self, id: &str) -> Option<&Case> {
        self.cases().iter().find(|case| case.id == id)
    }

    /// The text of the command line's help at a dotted key, with `{placeholders}` filled.
    pub fn help(&self, language: Language, key: &str, args: &[(&str, &str)]) -> Option<String> {
        self.help_texts().find(language, key, args)
    }

    /// The keys of all texts of the help.
    pub fn help_keys(&self) -> impl Iterator<Item = &str> {
        self.help_texts().keys()
    }

    fn strings(&self) -> &Strings {
        self.strings.get_or_init(|| {
            let packed = self.packed.as_ref().map(Packed::strings);
            packed.unwrap_or_else(|| texts(self.library.interface.as_ref()))
        })
    }

    fn help_texts(&self) -> &Strings {
        self.help.get_or_init(|| {
            let packed = self.packed.as_ref().map(Packed::help);
            packed.unwrap_or_else(|| texts(self.library.help.as_ref()))
        })
    }
}

/// Reads a file of texts; none where it is not there.
fn texts(source: Option<&Source>) -> Strings {
    let text = source.and_then(|source| source.text().ok()).unwrap_or_default();
    Strings::from(&strings::read("", text).0)
}

/// Reads the tables; all are empty when one of them is broken.
fn tables(library: &Library, errors: &mut Vec<ContentError>) -> Tables {
    let file = |name: &str| format!("content/tables/{name}.yaml");
    let mut texts = BTreeMap::new();
    for name in tables::FILES {
        let text = match library.tables.get(name) {
            Some(source) => source.text(),
            None => Err(ContentError::whole(&file(name), Message::complains("complaints.missing"))),
        };
        match text {
            Ok(text) => _ = texts.insert(name, text),
            Err(error) => {
                errors.push(error);
                return Tables::default();
            }
        }
    }
    Tables::parse(|name| texts.get(name).copied().unwrap_or_default()).unwrap_or_else(
        |(name, error)| {
            errors.push(files::yaml(&file(name), "", 0, &error));
            Tables::default()
        },
    )
}

fn themes(
    library: &Library,
    errors: &mut Vec<ContentError>,
) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut themes = BTreeMap::new();
    for (name, source) in &library.themes {
        let read = source.text().and_then(|text| {
            serde_yaml::from_str(text).map_err(|error| files::yaml(&source.path, text, 0, &error))
        });
        match read {
            Ok(theme) => _ = themes.insert(name.clone(), theme),
            Err(error) => errors.push(error),
        }
    }
    themes
}

#[cfg(test)]
mod tests {
    use super::testing::{Shipped, files};
    use super::*;

    #[test]
    fn knowledge_can_be_shared_between_threads() {
        fn shared<T: Send + Sync>(_: &T) {}
        shared(&Knowledge::default());
    }

    #[test]
    fn a_mistake_is_found_before_another_page_of_that_id() {
        let knowledge = Knowledge::open(&Shipped);
        let kind = |id| knowledge.find(id).map(|page| page.kind);
        assert_eq!(kind("dropped-task"), Some(PageKind::Mistake));
        assert_eq!(kind("gather"), Some(PageKind::Pattern));
        assert_eq!(kind("no-fire-and-forget"), Some(PageKind::Skill));
        assert_eq!(kind("nonsense"), None);
    }

    #[test]
    fn situations_come_in_the_order_of_the_skill() {
        let knowledge = Knowledge::open(&Shipped);
        let ids: Vec<_> = knowledge.pages(PageKind::Situation).map(|page| &page.id).collect();
        let skill = knowledge.skill();
        let listed = skill.when_to_use.iter().chain(&skill.when_not_to_use);
        assert_eq!(ids, listed.map(|item| &item.id).collect::<Vec<_>>());
    }

    #[test]
    fn the_main_skill_announces_itself_and_gives_the_name_of_its_notice() {
        let knowledge = Knowledge::open(&Shipped);
        assert_eq!(knowledge.skill().name, "python-notebooks-async");
        assert_eq!(knowledge.skill().invocation_notice, "python-design-modularity");
        assert_eq!(knowledge.skills().count(), 4);
    }

    #[test]
    fn a_message_is_filled_literally_and_an_unknown_one_is_named() {
        let page = "---\nid: p\nkind: pattern\ntitle: t\nkeywords: [k]\nchoose: c\n\
                    messages:\n  fix: 'Await {call}'\n---\nA.\n";
        let knowledge = Knowledge::open(&files(&[("content/patterns/p.md", page)]));
        let message = Message::new("p", "fix").with("call", "f({call})");
        assert_eq!(knowledge.say(Language::En, &message), "Await f({call})");
        assert_eq!(knowledge.say(Language::En, &Message::new("p", "no")), "p.no");
        assert_eq!(knowledge.message(Language::Zh, "q", "fix", &[]), None);
    }

    #[test]
    fn missing_content_is_reported_and_nothing_fails() {
        let (knowledge, errors) = Knowledge::load(&BTreeMap::<String, String>::new());
        let said: Vec<_> = errors.iter().map(|error| error.file.as_str()).collect();
        let main = "skills/python-notebooks-async/SKILL.md";
        assert_eq!(
            said,
            [
                "content/chooser.yaml",
                "content/glossary.yaml",
                "content/help.yaml",
                "content/interface.yaml",
                "content/tables/blocking.yaml",
                main
            ]
        );
        assert_eq!(knowledge.lookup("x").len(), 0);
        assert_eq!(knowledge.ui(Language::En, Wording::at("home.title"), &[]), "home.title");
    }
}
