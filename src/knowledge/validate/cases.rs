//! Every case that a page names is there, once, and says something.

use std::collections::BTreeSet;

use super::super::Knowledge;
use super::super::case;
use super::super::files::{self, ContentError};
use super::super::front::Document;
use super::super::page::Front;

/// Checks the cases and the pages that name them.
pub(super) fn check(knowledge: &Knowledge, out: &mut Vec<ContentError>) {
    out.extend(case::read(&knowledge.library.cases).1);
    let mut ids = BTreeSet::new();
    for source in knowledge.library.cases.values() {
        let Ok(text) = source.text() else { continue };
        for (at, line) in text.match_indices("- id: ").filter(|(at, _)| starts_line(text, *at)) {
            let rest = text.get(at + line.len()..).unwrap_or_default();
            let id = rest.lines().next().unwrap_or_default().trim();
            if !ids.insert(id.to_owned()) {
                let message = format!("another case is called `{id}`");
                out.push(files::at(&source.path, text, at, message));
            }
        }
    }
    for slot in &knowledge.library.slots {
        let Some(page) = slot.page() else { continue };
        let Ok(document) = Document::split(&slot.en) else { continue };
        let answer = match &page.front {
            Front::Lesson(lesson) => Some(("case", &lesson.case)),
            _ => None,
        };
        let named = page.facts.iter().map(|id| ("facts", id)).chain(answer);
        for (key, id) in named.filter(|(_, id)| !ids.contains(*id)) {
            out.push(document.in_front(key, id, format!("there is no case `{id}`")));
        }
    }
}

fn starts_line(text: &str, at: usize) -> bool {
    text.get(..at).is_some_and(|before| before.is_empty() || before.ends_with('\n'))
}
