//! Holds all content to its format; each of its files checks one side of it.

mod cases;
mod characters;
mod chooser;
mod course;
mod glossary;
mod references;
mod sections;
mod skills;
mod spec;
mod twins;

use crate::diagnostic::Message;

use super::Knowledge;
use super::files::{self, ContentError, Source};
use super::front::Document;
use super::language::Language;
use super::library::Slot;
use super::markdown::{self, Body};
use super::page::Page;
use super::strings;

/// Everything that is wrong, in no order. Broken files that were reported on reading are not
/// reported again.
pub(super) fn validate(knowledge: &Knowledge) -> Vec<ContentError> {
    let mut out = Vec::new();
    for source in knowledge.library.sources() {
        characters::check(source, &mut out);
    }
    let terms = glossary::terms(knowledge, &mut out);
    for slot in &knowledge.library.slots {
        out.extend_from_slice(slot.errors());
        if let Some(pair) = Pair::read(slot, &mut out) {
            sections::check(&pair, &mut out);
            twins::check(&pair, &mut out);
            references::check(knowledge, &pair, &mut out);
            course::check(&pair, &mut out);
            spec::check(&pair, &mut out);
            glossary::check(&pair, &terms, &mut out);
        }
    }
    references::check_matches(knowledge, &mut out);
    course::check_order(knowledge, &mut out);
    cases::check(knowledge, &mut out);
    cases::check_recordings(knowledge, &mut out);
    chooser::check(knowledge, &mut out);
    skills::check(knowledge, &mut out);
    interface(knowledge, &mut out);
    glossary::check_interface(knowledge, &terms, &mut out);
    themes(knowledge, &mut out);
    out
}

/// A page with the places of its blocks in both files.
struct Pair<'k> {
    page: &'k Page,
    en: Side<'k>,
    zh: Option<Side<'k>>,
}

/// One of a page's files.
struct Side<'k> {
    language: Language,
    document: Document<'k>,
    body: Body,
}

impl<'k> Pair<'k> {
    /// `None` when the English file cannot be understood.
    fn read(slot: &'k Slot, out: &mut Vec<ContentError>) -> Option<Self> {
        let page = slot.page()?;
        let en = Side::read(Language::En, &slot.en)?;
        if slot.zh.is_none() {
            let twin = slot.en.path.replace(".md", ".zh.md");
            let message = Message::complains("complaints.no-twin").with("twin", twin);
            out.push(ContentError::whole(&slot.en.path, message));
        }
        let zh = slot.zh.as_ref().and_then(|source| Side::read(Language::Zh, source));
        Some(Self { page, en, zh })
    }

    fn sides(&self) -> impl Iterator<Item = &Side<'k>> {
        std::iter::once(&self.en).chain(&self.zh)
    }
}

impl<'k> Side<'k> {
    fn read(language: Language, source: &'k Source) -> Option<Self> {
        let document = Document::split(source).ok()?;
        Some(Self { language, document, body: markdown::read(document.body) })
    }
}

fn interface(knowledge: &Knowledge, out: &mut Vec<ContentError>) {
    let library = &knowledge.library;
    for (name, source) in [("interface", &library.interface), ("help", &library.help)] {
        match source {
            Some(source) => {
                out.extend(
                    source.text().into_iter().flat_map(|it| strings::read(&source.path, it).1),
                );
            }
            None => out.push(missing(&format!("content/{name}.yaml"))),
        }
    }
}

/// A file that is not there.
fn missing(file: &str) -> ContentError {
    ContentError::whole(file, Message::complains("complaints.missing"))
}

/// Every theme has the same keys, and a value for each.
fn themes(knowledge: &Knowledge, out: &mut Vec<ContentError>) {
    let all = knowledge.themes.values().flat_map(|theme| theme.keys());
    let all: std::collections::BTreeSet<&String> = all.collect();
    for (name, theme) in &knowledge.themes {
        let Some(source) = knowledge.library.themes.get(name) else { continue };
        let text = source.text().unwrap_or_default();
        for key in &all {
            let wrong = match theme.get(*key) {
                None => Message::complains("complaints.theme.missing"),
                Some(value) if value.is_empty() => Message::complains("complaints.theme.empty"),
                Some(_) => continue,
            };
            let place = strings::key_place(text, &[key.as_str()]);
            out.push(files::at(&source.path, text, place, wrong.with("key", key)));
        }
    }
}

#[cfg(test)]
mod tests;
