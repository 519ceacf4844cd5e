//! In which language or languages the reader reads, and pages built in them.

use std::sync::Arc;

use super::popups::TABLES;
use super::statements::Statement;
use super::view::{Page, Row};
use crate::diagnostic::Message;
use crate::document::{Block, Mark, Prose, Run, Tone};
use crate::knowledge::timeline::{State, Timeline};
use crate::knowledge::{self, Knowledge, Language};
use crate::review::{called, sentence};
use crate::wording::{Wording, popup};

/// The reader's languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reading {
    One(Language),
    /// Both; the first is that of headers, keys and messages.
    Both(Language),
}

impl Reading {
    /// The language of headers, keys and messages.
    pub fn base(self) -> Language {
        match self {
            Reading::One(language) | Reading::Both(language) => language,
        }
    }

    /// The next one in the order English, Chinese, both.
    pub fn next(self) -> Self {
        match self {
            Reading::One(Language::En) => Reading::One(Language::Zh),
            Reading::One(Language::Zh) => Reading::Both(Language::Zh),
            Reading::Both(_) => Reading::One(Language::En),
        }
    }

    /// The other language, for a glance.
    pub fn other(self) -> Self {
        match self.base() {
            Language::En => Reading::One(Language::Zh),
            Language::Zh => Reading::One(Language::En),
        }
    }

    /// How the header writes it.
    pub fn shown(self) -> &'static str {
        match self {
            Reading::One(Language::En) => "EN",
            Reading::One(Language::Zh) => "中文",
            Reading::Both(_) => "EN+中文",
        }
    }
}

/// Writes pages in the reader's languages.
pub struct Writer<'k> {
    pub knowledge: &'k Knowledge,
    pub reading: Reading,
    rows: Vec<Row>,
    /// What the page says that another page might deny.
    pub stated: Vec<Statement>,
}

impl<'k> Writer<'k> {
    pub fn new(knowledge: &'k Knowledge, reading: Reading) -> Self {
        Self { knowledge, reading, rows: Vec::new(), stated: Vec::new() }
    }

    /// The page written so far.
    pub fn finish(self) -> Page {
        Page { rows: self.rows }
    }

    /// Adds a block that is written anew for each language.
    pub fn each(&mut self, block: impl Fn(Language) -> Block) {
        self.rows.push(match self.reading {
            Reading::One(language) => Row::One(block(language)),
            Reading::Both(_) => Row::Pair(block(Language::En), block(Language::Zh)),
        });
    }

    /// Adds a block that is the same in every language.
    pub fn same(&mut self, block: Block) {
        self.rows.push(Row::One(block));
    }

    pub fn conclusion(&mut self, key: Wording, args: &[(&str, &str)]) {
        let knowledge = self.knowledge;
        self.stated.extend(Statement::of_text(key));
        self.each(|language| Block::Conclusion(ui(knowledge, language, key, args)));
    }

    pub fn paragraph(&mut self, key: Wording, args: &[(&str, &str)]) {
        let knowledge = self.knowledge;
        self.stated.extend(Statement::of_text(key));
        self.each(|language| Block::Paragraph(ui(knowledge, language, key, args)));
    }

    pub fn heading(&mut self, key: Wording) {
        let knowledge = self.knowledge;
        self.each(|language| Block::Heading(ui(knowledge, language, key, &[])));
    }

    pub fn item(&mut self, mark: Mark, key: Wording, args: &[(&str, &str)]) {
        let knowledge = self.knowledge;
        self.stated.extend(Statement::of_text(key));
        self.each(|language| Block::Item { mark, body: ui(knowledge, language, key, args) });
    }

    /// Adds a sentence of a page's front matter.
    pub fn message(&mut self, message: &Message, block: impl Fn(Prose) -> Block) {
        let knowledge = self.knowledge;
        self.stated.extend(Statement::of_message(message));
        self.each(|language| block(Prose::of(&sentence(knowledge, language, message))));
    }

    /// Adds a message as a whole sentence: with a capital letter and a full stop.
    pub fn sentence(&mut self, message: &Message, block: impl Fn(Prose) -> Block) {
        let knowledge = self.knowledge;
        self.stated.extend(Statement::of_message(message));
        self.each(|language| {
            let text = sentence(knowledge, language, message);
            block(Prose::of(&as_sentence(&text, language)))
        });
    }

    /// Adds blocks of a content page, in both languages block by block.
    pub fn blocks(&mut self, en: &[knowledge::Block], zh: &[knowledge::Block]) {
        match self.reading {
            Reading::One(Language::En) => {
                let rows: Vec<Row> = en.iter().map(|it| Row::One(self.block(it))).collect();
                self.rows.extend(rows);
            }
            Reading::One(Language::Zh) => {
                let rows: Vec<Row> = zh.iter().map(|it| Row::One(self.block(it))).collect();
                self.rows.extend(rows);
            }
            Reading::Both(_) => {
                for (en, zh) in en.iter().zip(zh) {
                    self.rows.push(match en {
                        knowledge::Block::Code { .. } => Row::One(self.block(en)),
                        _ => Row::Pair(en.into(), zh.into()),
                    });
                }
            }
        }
    }

    /// A content block as a front end draws it; the text of a diagram becomes the diagram.
    fn block(&self, it: &knowledge::Block) -> Block {
        let text = match it {
            knowledge::Block::Code { language, text } if language == "timeline" => text,
            it => return it.into(),
        };
        let Ok(timeline) = Timeline::parse(text) else { return it.into() };
        let is_shown = |state: State| {
            state != State::None && timeline.lanes.iter().any(|lane| lane.states.contains(&state))
        };
        let base = self.reading.base();
        let shown = State::ALL.into_iter().filter(|(_, state)| is_shown(*state));
        let word = |state| self.knowledge.ui(base, called::state(state), &[]);
        let legend = shown.map(|(_, state)| (state, word(state))).collect();
        Block::Timeline { timeline: Arc::new(timeline), legend }
    }

    /// Adds a section of a content page below its heading; nothing when the page has none.
    pub fn section(&mut self, page: &knowledge::Page, anchor: &str) {
        let heading = |language| {
            page.blocks(language).iter().find_map(|block| match block {
                knowledge::Block::Heading { anchor: found, text } if found == anchor => Some(text),
                _ => None,
            })
        };
        if heading(Language::En).is_none() {
            return;
        }
        self.stated.extend(Statement::of_section(anchor));
        self.each(|language| {
            let text = heading(language).map(|text| Prose::toned_inlines(text, Tone::Strong));
            Block::Heading(text.unwrap_or_default())
        });
        self.section_body(page, anchor);
    }

    /// Adds a section's text without its heading.
    pub fn section_body(&mut self, page: &knowledge::Page, anchor: &str) {
        let body = |language| page.section(language, anchor);
        self.blocks(body(Language::En), body(Language::Zh));
    }

    /// Adds a section's text without its lists.
    pub fn section_body_without_items(&mut self, page: &knowledge::Page, anchor: &str) {
        self.section_of(page, anchor, |it| !matches!(it, knowledge::Block::Item { .. }));
    }

    /// Adds a section's text without its code.
    pub fn section_body_without_code(&mut self, page: &knowledge::Page, anchor: &str) {
        self.section_of(page, anchor, |it| !matches!(it, knowledge::Block::Code { .. }));
    }

    fn section_of(
        &mut self,
        page: &knowledge::Page,
        anchor: &str,
        takes: impl Fn(&knowledge::Block) -> bool,
    ) {
        let of = |language| -> Vec<knowledge::Block> {
            page.section(language, anchor).iter().filter(|it| takes(it)).cloned().collect()
        };
        self.blocks(&of(Language::En), &of(Language::Zh));
    }

    /// Adds an item of a skill's list.
    pub fn skill_item(&mut self, item: &knowledge::SkillItem) {
        self.each(|language| Block::Item {
            mark: Mark::Bullet,
            body: Prose::of_inlines(item.text.get(language)),
        });
    }

    /// Adds a whole content page below its title.
    pub fn page(&mut self, page: &knowledge::Page) {
        let (en, zh) = (page.blocks(Language::En), page.blocks(Language::Zh));
        let opening = page.opening(Language::En).len();
        self.opening(page);
        self.blocks(en.get(opening..).unwrap_or_default(), zh.get(opening..).unwrap_or_default());
    }

    /// Adds a content page's first sentence where another conclusion stands already.
    pub fn opening_as_paragraph(&mut self, page: &knowledge::Page) {
        self.blocks(page.opening(Language::En), page.opening(Language::Zh));
    }

    /// Adds the pages to read on, each as `told`; nothing where there is none.
    fn see_also(
        &mut self,
        page: &knowledge::Page,
        told: impl Fn(&knowledge::Page, Language) -> Prose,
    ) {
        let see: Vec<_> = page.see.iter().filter_map(|id| self.knowledge.find(id)).collect();
        if !see.is_empty() {
            self.heading(popup::SEE_ALSO);
        }
        for page in see {
            self.each(|language| Block::Item { mark: Mark::Bullet, body: told(page, language) });
        }
    }

    /// Adds a content page's first sentence as the conclusion.
    pub fn opening(&mut self, page: &knowledge::Page) {
        let of = |language| {
            let first = page.opening(language).first();
            Block::Conclusion(first.map(text_of).unwrap_or_default())
        };
        self.each(of);
    }
}

/// An interface text as prose; it may hold inline Markdown.
pub fn ui(knowledge: &Knowledge, language: Language, key: Wording, args: &[(&str, &str)]) -> Prose {
    let mut prose = Prose::of(&knowledge.ui(language, key, args));
    let is_key = |text: &str| TABLES.iter().flat_map(|it| it.rows).any(|row| row.shown == text);
    for run in prose.0.iter_mut().filter(|run| run.tone == Tone::Code && is_key(&run.text)) {
        // What stands between the ticks of the text itself, and came into it from nowhere.
        if knowledge.ui(language, key, &[]).contains(&format!("`{}`", run.text)) {
            run.tone = Tone::Key;
        }
    }
    prose
}

/// A message as a whole sentence: with a capital letter and a full stop.
pub fn as_sentence(text: &str, language: Language) -> String {
    let mut chars = text.chars();
    let capital = chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>());
    let stop = if language == Language::Zh { '。' } else { '.' };
    let mut sentence = capital.unwrap_or_default();
    let end = sentence.trim_end_matches('`');
    if !end.ends_with(['.', '。', '?', '？', '!', '！']) {
        sentence.push(stop);
    }
    sentence
}

fn text_of(block: &knowledge::Block) -> Prose {
    match block {
        knowledge::Block::Paragraph(text)
        | knowledge::Block::Heading { text, .. }
        | knowledge::Block::Item { text, .. } => Prose::of_inlines(text),
        knowledge::Block::Code { text, .. } => Prose::toned(text.clone(), Tone::Code),
        knowledge::Block::Table(_) => Prose::default(),
    }
}

/// A content page and what it points to.
pub fn whole_page(knowledge: &Knowledge, page: &knowledge::Page, reading: Reading) -> Page {
    let mut writer = Writer::new(knowledge, reading);
    writer.page(page);
    writer.see_also(page, |page, language| Prose::of(page.title.get(language)));
    writer.finish()
}

/// A content page under its title, with the names of the pages to read on: all that is printed of it.
pub fn printed_page(knowledge: &Knowledge, page: &knowledge::Page, language: Language) -> Page {
    let mut writer = Writer::new(knowledge, Reading::One(language));
    writer.same(Block::Heading(Prose::toned_inlines(
        &knowledge::inlines(page.title.get(language)),
        Tone::Strong,
    )));
    let kind = knowledge.ui(language, called::kind(page.kind), &[]);
    writer.same(Block::Paragraph(Prose::toned(format!("{kind} {}", page.id), Tone::Quiet)));
    writer.page(page);
    writer.see_also(page, |page, language| {
        let Prose(mut runs) = Prose::toned(page.id.clone(), Tone::Code);
        runs.push(Run { text: ": ".to_owned(), tone: Tone::Plain });
        runs.extend(Prose::of(page.title.get(language)).0);
        Prose(runs)
    });
    writer.finish()
}
