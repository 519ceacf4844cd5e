//! Every case that a page names is there, once, and says something.

use std::collections::BTreeSet;

use crate::diagnostic::Message;

use super::super::Knowledge;
use super::super::case::{self, Case};
use super::super::files::{self, ContentError};
use super::super::front::Document;
use super::super::page::{Front, PageKind};
use super::super::recording::{self, Recording};

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
                let message = Message::complains("complaints.cases.twice").with("case", id);
                out.push(files::at(&source.path, text, at, message));
            }
        }
    }
    for slot in &knowledge.library.slots {
        let Some(page) = slot.page() else { continue };
        let Ok(document) = Document::split(&slot.en) else { continue };
        let answer = match &page.front {
            Front::Lesson(lesson) => vec![("case", &lesson.case)],
            Front::Mistake { shown, .. } => {
                vec![("shown", &shown.before), ("shown", &shown.after)]
            }
            _ => Vec::new(),
        };
        let named = page.facts.iter().map(|id| ("facts", id)).chain(answer);
        for (key, id) in named.filter(|(_, id)| !ids.contains(*id)) {
            let message = Message::complains("complaints.cases.none").with("case", id);
            out.push(document.in_front(key, id, message));
        }
    }
}

/// Every case that a page shows is recorded, as it is now; nothing else is. The two sides of a
/// mistake have as many cells.
pub(super) fn check_recordings(knowledge: &Knowledge, out: &mut Vec<ContentError>) {
    let (recordings, errors) = recording::read(&knowledge.library.recordings);
    out.extend(errors);
    let shown = knowledge.shown_cases();
    for (name, source) in &knowledge.library.recordings {
        let id = name.split_once(recording::ON).map_or(name.as_str(), |(id, _)| id);
        let is_now = |case: &Case, recording: &Recording| {
            recording.sources.iter().eq(case.cells.iter().map(|cell| &cell.code))
        };
        let key = match (recordings.get(name), shown.iter().find(|case| case.id == *id)) {
            (_, None) => "complaints.recording.unshown",
            (Some(it), Some(case)) if !is_now(case, it) => "complaints.recording.old",
            _ => continue,
        };
        out.push(ContentError::whole(&source.path, Message::complains(key)));
    }
    for case in shown {
        if !knowledge.library.recordings.contains_key(&case.id) {
            let path = format!("content/recordings/{}.yaml", case.id);
            out.push(ContentError::whole(
                &path,
                Message::complains("complaints.recording.missing"),
            ));
        }
    }
    for page in knowledge.pages(PageKind::Mistake) {
        let Front::Mistake { shown, .. } = &page.front else { continue };
        let cells = |id: &str| knowledge.case(id).map(|case| case.cells.len());
        if let (Some(before), Some(after)) = (cells(&shown.before), cells(&shown.after))
            && before != after
            && let Some(slot) = knowledge.library.slot(PageKind::Mistake, &page.id)
            && let Ok(document) = Document::split(&slot.en)
        {
            let message = Message::complains("complaints.cases.uneven")
                .with("before", before)
                .with("after", after);
            out.push(document.in_front("shown", "", message));
        }
    }
}

fn starts_line(text: &str, at: usize) -> bool {
    text.get(..at).is_some_and(|before| before.is_empty() || before.ends_with('\n'))
}
