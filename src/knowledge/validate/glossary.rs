//! One word for one thing: Chinese texts use the glossary's terms, and every text is translated.

use serde::Deserialize;

use crate::diagnostic::Message;

use super::super::Knowledge;
use super::super::block::{Block, Inline, plain};
use super::super::files::{self, ContentError};
use super::super::markdown::inlines;
use super::super::page::PageKind;
use super::super::strings;
use super::{Pair, Side};

/// The page that tells what the terms mean.
const PAGE: &str = "glossary";

/// Words in a row without a Chinese one that are taken for English.
const WORDS: usize = 4;

/// A term of `content/glossary.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Term {
    /// As one of it is called.
    en: String,
    /// The Chinese term, then what else may stand for it.
    zh: Vec<String>,
    /// What may not.
    #[serde(default)]
    not: Vec<String>,
    /// Whether a Chinese text needs the term where its English twin has it.
    #[serde(default)]
    strict: bool,
}

impl Term {
    /// What is said of a word that may not stand for it.
    fn instead_of(&self, wrong: &str) -> Message {
        let message = Message::complains("complaints.words.wrong");
        message.with("wrong", wrong).with("en", &self.en).with("zh", name(self))
    }

    /// What is said where the English text has it and the Chinese has not.
    fn is_absent(&self) -> Message {
        Message::complains("complaints.words.absent").with("en", &self.en).with("zh", name(self))
    }
}

/// The terms; none when their file is missing or broken, which is reported.
pub(super) fn terms(knowledge: &Knowledge, out: &mut Vec<ContentError>) -> Vec<Term> {
    let Some(source) = &knowledge.library.glossary else {
        out.push(super::missing("content/glossary.yaml"));
        return Vec::new();
    };
    let read = source.text().and_then(|text| {
        serde_yaml::from_str(text).map_err(|error| files::yaml(&source.path, text, 0, &error))
    });
    read.unwrap_or_else(|error| {
        out.push(error);
        Vec::new()
    })
}

/// Checks the words of a page and its twin.
pub(super) fn check(pair: &Pair<'_>, terms: &[Term], out: &mut Vec<ContentError>) {
    let Some(zh) = &pair.zh else { return };
    if pair.page.kind == PageKind::Note && pair.page.id == PAGE {
        return rows(pair, zh, terms, out);
    }
    let blocks = pair.en.body.blocks.iter().zip(&zh.body.blocks);
    for (en, twin) in blocks.clone() {
        if is_english(&prose(&twin.block)) {
            out.push(
                zh.document.in_body(twin.at, Message::complains("complaints.words.untranslated")),
            );
        }
        if let (Block::Code { .. }, _) = (&en.block, &twin.block) {
            continue;
        }
        for (term, wrong) in unwanted(terms, &twin.block.plain()) {
            out.push(zh.document.in_body(twin.at, term.instead_of(wrong)));
        }
    }
    let whole: String = zh.body.blocks.iter().map(|it| it.block.plain()).collect();
    for term in terms.iter().filter(|term| term.strict) {
        let uses = |block: &Block| has_word(&prose(block), &term.en);
        let used = blocks.clone().find(|(en, _)| uses(&en.block));
        if let Some((_, twin)) = used.filter(|_| !accepts(term, &whole)) {
            out.push(zh.document.in_body(twin.at, term.is_absent()));
        }
    }
    front(pair, zh, terms, out);
}

/// What the front matter says in both languages.
fn front(pair: &Pair<'_>, zh: &Side<'_>, terms: &[Term], out: &mut Vec<ContentError>) {
    let page = pair.page;
    let keywords = page.keywords.zh.iter().map(|word| ("keywords", word.as_str()));
    let messages = page.messages.zh.values().map(|text| ("messages", text.as_str()));
    let texts = keywords.chain(messages).chain([("title", page.title.zh.as_str())]);
    for (key, text) in texts {
        for (term, wrong) in unwanted(terms, text) {
            // Somebody who looks something up may call it what it is not called here.
            if key != "keywords" {
                out.push(zh.document.in_front(key, "", term.instead_of(wrong)));
            }
        }
        if key == "messages" && is_english(&prose_of(text)) {
            let message =
                Message::complains("complaints.words.untranslated-text").with("text", text);
            out.push(zh.document.in_front(key, "", message));
        }
    }
}

/// The same for texts in pairs, each at its key.
pub(super) fn check_texts(
    texts: impl Iterator<Item = (String, String, String)>,
    terms: &[Term],
) -> Vec<(String, Message)> {
    let mut found = Vec::new();
    for (key, en, zh) in texts {
        let mut complain = |message| found.push((key.clone(), message));
        if is_english(&prose_of(&zh)) {
            complain(Message::complains("complaints.words.untranslated"));
        }
        for (term, wrong) in unwanted(terms, &zh) {
            complain(term.instead_of(wrong));
        }
        let said = prose_of(&en);
        for term in terms.iter().filter(|it| it.strict) {
            if has_word(&said, &term.en) && !accepts(term, &zh) {
                complain(term.is_absent());
            }
        }
    }
    found
}

/// The page has a row for each term, and no other.
fn rows(pair: &Pair<'_>, zh: &Side<'_>, terms: &[Term], out: &mut Vec<ContentError>) {
    for (side, at) in [(&pair.en, [0, 1]), (zh, [1, 0])] {
        let tables = side.body.blocks.iter().filter_map(|placed| match &placed.block {
            Block::Table(rows) => Some(rows.iter().skip(1)),
            _ => None,
        });
        let cell =
            |row: &[Vec<Inline>], at: usize| row.get(at).map(|it| plain(it)).unwrap_or_default();
        let [en_at, zh_at] = at;
        let found: Vec<(String, String)> =
            tables.flatten().map(|row| (cell(row, en_at), cell(row, zh_at))).collect();
        let wanted = terms.iter().map(|term| (term.en.clone(), plain(&inlines(name(term)))));
        let wanted: Vec<(String, String)> = wanted.collect();
        for (en, zh) in wanted.iter().filter(|it| !found.contains(it)) {
            let message =
                Message::complains("complaints.words.no-row").with("en", en).with("zh", zh);
            out.push(side.document.in_body(0, message));
        }
        for (en, zh) in found.iter().filter(|it| !wanted.contains(it)) {
            let message =
                Message::complains("complaints.words.no-term").with("en", en).with("zh", zh);
            out.push(side.document.in_body(0, message));
        }
    }
}

fn name(term: &Term) -> &str {
    term.zh.first().map_or("", String::as_str)
}

fn accepts(term: &Term, text: &str) -> bool {
    let text = text.replace('`', "");
    term.zh.iter().any(|zh| text.contains(&zh.replace('`', "")))
}

/// The variants in a text that stand for no term.
fn unwanted<'t>(terms: &'t [Term], text: &str) -> Vec<(&'t Term, &'t str)> {
    let text = text.replace('`', "");
    let of = |term: &'t Term| term.not.iter().map(move |wrong| (term, wrong.as_str()));
    let all = terms.iter().flat_map(of);
    all.filter(|(_, wrong)| text.contains(&wrong.replace('`', ""))).collect()
}

/// Running text without code.
fn prose(block: &Block) -> String {
    match block {
        Block::Heading { text, .. } | Block::Paragraph(text) | Block::Item { text, .. } => {
            without_code(text)
        }
        Block::Table(rows) => {
            rows.iter().flatten().map(|cell| without_code(cell)).collect::<Vec<_>>().join(" | ")
        }
        Block::Code { .. } => String::new(),
    }
}

/// Running text of one line, without code and without the names of `{placeholders}`.
fn prose_of(markdown: &str) -> String {
    let names = strings::placeholders(markdown).into_iter();
    let text =
        names.fold(markdown.to_owned(), |text, name| text.replace(&format!("{{{name}}}"), "|"));
    without_code(&inlines(&text))
}

fn without_code(text: &[Inline]) -> String {
    let one = |inline: &Inline| match inline {
        Inline::Text(text) => text.clone(),
        // A mark, so that the words around code are not neighbours.
        Inline::Code(_) => String::from("|"),
        Inline::Strong(text) | Inline::Emphasis(text) | Inline::Link { text, .. } => {
            without_code(text)
        }
    };
    text.iter().map(one).collect()
}

/// Whether a word stands in a text, one of it or several.
fn has_word(text: &str, word: &str) -> bool {
    let text = text.to_lowercase();
    let is_part = |char: char| char.is_alphanumeric() || matches!(char, '-' | '_');
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text.get(at.saturating_add(word.len())..).unwrap_or_default();
        let after = after.strip_prefix("es").filter(|rest| !rest.starts_with(is_part)).unwrap_or(
            after.strip_prefix('s').filter(|rest| !rest.starts_with(is_part)).unwrap_or(after),
        );
        // `kernel.json` is a name.
        let dotted = after.strip_prefix('.').is_some_and(|rest| rest.starts_with(is_part));
        !before.is_some_and(is_part) && !after.starts_with(is_part) && !dotted
    })
}

/// Whether several English words stand in a row, with no Chinese between them.
fn is_english(text: &str) -> bool {
    let mut row = 0_usize;
    for word in text.split_whitespace() {
        let letters = word.trim_matches(|char: char| ",.;:'’\"()?!".contains(char));
        let is_word = letters.len() > 1 && letters.chars().all(|char| char.is_ascii_lowercase());
        row = if is_word { row.saturating_add(1) } else { 0 };
        if row >= WORDS || (word.ends_with(['。', '|']) && row > 0) {
            return row >= WORDS;
        }
    }
    false
}

/// The interface's texts and those of the pattern chooser.
pub(super) fn check_interface(knowledge: &Knowledge, terms: &[Term], out: &mut Vec<ContentError>) {
    for source in [&knowledge.library.interface, &knowledge.library.help].into_iter().flatten() {
        let Ok(text) = source.text() else { continue };
        let (texts, _) = strings::read(&source.path, text);
        let texts = texts.into_iter();
        let texts = texts.map(|(key, both)| (key, running(&both.en), running(&both.zh)));
        for (key, message) in check_texts(texts, terms) {
            let path: Vec<&str> = key.split('.').collect();
            out.push(files::at(&source.path, text, strings::key_place(text, &path), message));
        }
    }
    let Some(source) = &knowledge.library.chooser else { return };
    let Ok(text) = source.text() else { return };
    let chooser = knowledge.chooser();
    let pair =
        |both: &super::super::Both<String>| (both.en.clone(), both.en.clone(), both.zh.clone());
    let asked = chooser.questions.values().flat_map(|question| {
        std::iter::once(&question.ask).chain(question.choices.iter().map(|choice| &choice.text))
    });
    let told = chooser.ends.values().flat_map(|end| [&end.why, &end.costs]);
    for (en, message) in check_texts(asked.chain(told).map(pair), terms) {
        let place = text.find(&en).unwrap_or_default();
        out.push(files::at(&source.path, text, place, message));
    }
}

/// A text without the lines that are set in, which hold commands.
fn running(text: &str) -> String {
    text.lines().filter(|line| !line.starts_with("  ")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_whole_and_may_be_several() {
        assert!(has_word("All cells run.", "cell"));
        assert!(has_word("two processes", "process"));
        assert!(!has_word("cellular", "cell"));
        assert!(!has_word("sub-cell", "cell"));
        assert!(!has_word("its kernel.json", "kernel"));
        assert!(has_word("in the kernel.", "kernel"));
        assert!(has_word("Hand off to", "hand off"));
    }

    #[test]
    fn english_in_a_row_is_found_and_names_are_not() {
        assert!(is_english("just await the async function directly"));
        assert!(!is_english("用 httpx 和 aiohttp 发请求"));
        assert!(!is_english("Pydantic AI | agent"));
    }
}
