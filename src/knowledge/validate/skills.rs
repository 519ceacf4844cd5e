//! The main skill says everything it has to say, in both languages, and the pages agree with it.

use std::collections::BTreeSet;

use crate::diagnostic::Message;

use super::super::Knowledge;
use super::super::files::ContentError;
use super::super::front::{Document, When};
use super::super::language::Language;
use super::super::page::{Front, Page, PageKind};
use super::super::skill::{self, MAIN_SKILL};
use super::references::no_page;

/// The skill's sections in their order, each with the items that it has to list.
const SECTIONS: [(&str, &[&str]); 9] = [
    ("overview", &[]),
    (
        "when-to-use",
        &[
            "asyncio-run-error",
            "event-loop-conflict",
            "porting-a-script",
            "orchestrating-tasks",
            "placing-reusable-logic",
        ],
    ),
    ("when-not-to-use", &["no-notebook", "no-async", "general-api-design"]),
    (
        "quick-reference",
        &[
            "one-loop",
            "await-at-top-level",
            "concurrent-work",
            "reusable-code-in-modules",
            "nest-asyncio-last-resort",
            "no-fire-and-forget",
        ],
    ),
    (
        "common-mistakes",
        &[
            "second-loop",
            "global-nest-asyncio",
            "helpers-in-cells",
            "ignored-tasks-and-coroutines",
            "blocking-io",
        ],
    ),
    ("scope-note", &["defaults-not-laws", "offer-what-fits", "name-the-cost"]),
    ("invocation-notice", &["own-name", "notice-name"]),
    ("references", &[]),
    (
        "companions",
        &[
            "python-concurrency-performance",
            "python-runtime-operations",
            "python-design-modularity",
        ],
    ),
];

/// Checks the main skill and the pages that have to agree with it.
pub(super) fn check(knowledge: &Knowledge, out: &mut Vec<ContentError>) {
    let Some(slot) = knowledge.library.slot(PageKind::Skill, MAIN_SKILL) else {
        let path = format!("skills/{MAIN_SKILL}/SKILL.md");
        return out.push(super::missing(&path));
    };
    let Some(page) = slot.page() else { return };
    for (language, source) in Language::ALL.into_iter().zip(slot.sources()) {
        if let Ok(document) = Document::split(source) {
            lists(page, language, &document, out);
        }
    }
    let Ok(document) = Document::split(&slot.en) else { return };
    companions(knowledge, &document, out);
    situations(knowledge, &document, out);
}

fn lists(page: &Page, language: Language, document: &Document<'_>, out: &mut Vec<ContentError>) {
    let mut last = 0;
    for (anchor, wanted) in SECTIONS {
        let mark = format!("{{#{anchor}}}");
        let Some(place) = document.body.find(&mark) else {
            let message = Message::complains("complaints.sections.missing").with("anchor", anchor);
            out.push(document.in_body(0, message));
            continue;
        };
        if place < last {
            let message = Message::complains("complaints.sections.early").with("anchor", anchor);
            out.push(document.in_body(place, message));
        }
        last = last.max(place);
        let found = skill::half(page, language, anchor);
        let ids: Vec<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
        if ids != wanted {
            let message =
                Message::complains("complaints.skill.items").with("items", wanted.join(", "));
            out.push(document.in_body(place, message));
        }
        for (id, _) in found.iter().filter(|(_, text)| text.is_empty()) {
            let message = Message::complains("complaints.skill.silent").with("id", id);
            out.push(document.in_body(place, message));
        }
    }
}

fn companions(knowledge: &Knowledge, document: &Document<'_>, out: &mut Vec<ContentError>) {
    for item in &knowledge.skill().companions {
        if knowledge.library.slot(PageKind::Skill, &item.id).is_none() {
            let place = document.body.find(&format!("- `{}`", item.id)).unwrap_or_default();
            out.push(document.in_body(place, no_page(PageKind::Skill, &item.id)));
        }
    }
}

/// Every situation of the skill has its page, every such page is in the skill, on the right list,
/// in the same order.
fn situations(knowledge: &Knowledge, document: &Document<'_>, out: &mut Vec<ContentError>) {
    let skill = knowledge.skill();
    let listed: Vec<&str> = skill
        .when_to_use
        .iter()
        .chain(&skill.when_not_to_use)
        .map(|item| item.id.as_str())
        .collect();
    for id in &listed {
        if knowledge.library.slot(PageKind::Situation, id).is_none() {
            let place = document.body.find(&format!("- `{id}`")).unwrap_or_default();
            out.push(document.in_body(place, no_page(PageKind::Situation, id)));
        }
    }
    for page in knowledge.pages(PageKind::Situation) {
        let Front::Situation { order, when, .. } = &page.front else { continue };
        let place = listed.iter().position(|id| *id == page.id);
        let uses = skill.when_to_use.iter().any(|item| item.id == page.id);
        let (key, message) = match place {
            None => ("id", Message::complains("complaints.skill.unlisted")),
            Some(_) if uses != (*when == When::Use) => {
                ("when", Message::complains("complaints.skill.other-list"))
            }
            Some(at) if usize::try_from(*order) != Ok(at.saturating_add(1)) => {
                let message = Message::complains("complaints.skill.other-place");
                ("order", message.with("n", at.saturating_add(1)))
            }
            Some(_) => continue,
        };
        out.extend(in_page(knowledge, page, key, message));
    }
    families(knowledge, document, out);
}

/// Every common mistake of the skill has a page that tells it in full.
fn families(knowledge: &Knowledge, document: &Document<'_>, out: &mut Vec<ContentError>) {
    let told: BTreeSet<&str> = knowledge
        .pages(PageKind::Mistake)
        .filter_map(|page| match &page.front {
            Front::Mistake { family, .. } => Some(family.as_str()),
            _ => None,
        })
        .collect();
    for item in &knowledge.skill().common_mistakes {
        if !told.contains(item.id.as_str()) {
            let place = document.body.find(&format!("- `{}`", item.id)).unwrap_or_default();
            let message =
                Message::complains("complaints.skill.no-mistake").with("family", &item.id);
            out.push(document.in_body(place, message));
        }
    }
}

fn in_page(
    knowledge: &Knowledge,
    page: &Page,
    key: &str,
    message: Message,
) -> Option<ContentError> {
    let slot = knowledge.library.slot(page.kind, &page.id)?;
    let document = Document::split(&slot.en).ok()?;
    Some(document.in_front(key, "", message))
}
