//! Every id that a page names is there.

use std::collections::BTreeMap;

use crate::diagnostic::Message;

use super::super::Knowledge;
use super::super::files::ContentError;
use super::super::front::Document;
use super::super::page::{Front, Page, PageKind, SkillFront};
use super::super::skill::MAIN_SKILL;
use super::Pair;

/// Checks the ids of a page's front matter and the links of both its files.
pub(super) fn check(knowledge: &Knowledge, pair: &Pair<'_>, out: &mut Vec<ContentError>) {
    let page = pair.page;
    let checker = Checker { knowledge, page, document: pair.en.document };
    checker.any("see", &page.see, out);
    checker.front(out);
    for side in pair.sides() {
        for (to, at) in &side.body.links {
            if !checker.link_leads(to) {
                let message = Message::complains("complaints.ids.link").with("id", to);
                out.push(side.document.in_body(*at, message));
            }
        }
    }
}

/// Every message page can be recognised, and by itself alone.
pub(super) fn check_matches(knowledge: &Knowledge, out: &mut Vec<ContentError>) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for slot in &knowledge.library.slots {
        let Some(Page { front: Front::Message { matches, .. }, .. }) = slot.page() else {
            continue;
        };
        let Ok(document) = Document::split(&slot.en) else { continue };
        if matches.is_empty() {
            let message = Message::complains("complaints.match.empty");
            out.push(document.in_front("match", "", message));
        }
        for text in matches {
            if let Some(other) = seen.insert(text, &slot.id) {
                let message = Message::complains("complaints.match.twice")
                    .with("text", text)
                    .with("page", other);
                out.push(document.in_front("match", text, message));
            }
        }
    }
}

/// No page of this kind has this id.
pub(super) fn no_page(kind: PageKind, id: &str) -> Message {
    Message::complains("complaints.ids.none").with("kind", kind.as_str()).with("id", id)
}

struct Checker<'k> {
    knowledge: &'k Knowledge,
    page: &'k Page,
    document: Document<'k>,
}

impl Checker<'_> {
    fn front(&self, out: &mut Vec<ContentError>) {
        match &self.page.front {
            Front::Situation { handoff, .. } => {
                self.of(PageKind::Skill, "handoff", handoff.as_slice(), out);
            }
            Front::Mistake { family, patterns, situations, tradeoffs, deviations, .. } => {
                self.family(family, out);
                self.of(PageKind::Pattern, "patterns", patterns, out);
                self.of(PageKind::Situation, "situations", situations, out);
                self.of(PageKind::Tradeoff, "tradeoffs", tradeoffs, out);
                self.of(PageKind::Deviation, "deviations", deviations, out);
            }
            Front::Message { mistakes, patterns, .. } => {
                self.of(PageKind::Mistake, "mistakes", mistakes, out);
                self.of(PageKind::Pattern, "patterns", patterns, out);
            }
            Front::Lesson(front) => {
                self.any("teaches", &front.teaches, out);
                self.of(PageKind::Drill, "drills", &front.drills, out);
            }
            Front::Drill(front) => {
                self.of(PageKind::Lesson, "lesson", std::slice::from_ref(&front.lesson), out);
                self.of(PageKind::Mistake, "rules", &front.rules, out);
                self.of(PageKind::Pattern, "patterns", &front.patterns, out);
            }
            Front::Skill(front) => self.skill(front, out),
            _ => {}
        }
    }

    fn of(&self, kind: PageKind, key: &str, ids: &[String], out: &mut Vec<ContentError>) {
        for id in ids {
            if self.knowledge.library.slot(kind, id).is_none() {
                out.push(self.document.in_front(key, id, no_page(kind, id)));
            }
        }
        self.no_repeats(key, ids, out);
    }

    fn any(&self, key: &str, ids: &[String], out: &mut Vec<ContentError>) {
        for id in ids {
            if !self.is_page(id) {
                let message = Message::complains("complaints.ids.no-page").with("id", id);
                out.push(self.document.in_front(key, id, message));
            }
            if *id == self.page.id && !self.has_namesake(id) {
                out.push(self.document.in_front(
                    key,
                    id,
                    Message::complains("complaints.ids.itself"),
                ));
            }
        }
        self.no_repeats(key, ids, out);
    }

    fn no_repeats(&self, key: &str, ids: &[String], out: &mut Vec<ContentError>) {
        for (place, id) in ids.iter().enumerate() {
            if ids.iter().take(place).any(|before| before == id) {
                let message =
                    Message::complains("complaints.ids.twice").with("id", id).with("key", key);
                out.push(self.document.in_front(key, id, message));
            }
        }
    }

    /// Whether a page of another kind has this id too.
    fn has_namesake(&self, id: &str) -> bool {
        let mut others = PageKind::ALL.into_iter().filter(|kind| *kind != self.page.kind);
        others.any(|kind| self.knowledge.library.slot(kind, id).is_some())
    }

    fn is_page(&self, id: &str) -> bool {
        let mut kinds = PageKind::ALL.into_iter();
        kinds.any(|kind| self.knowledge.library.slot(kind, id).is_some())
            || self.knowledge.skill().item(id).is_some()
    }

    fn family(&self, family: &str, out: &mut Vec<ContentError>) {
        let families = &self.knowledge.skill().common_mistakes;
        if !families.iter().any(|item| item.id == family) {
            let message = Message::complains("complaints.ids.family").with("id", family);
            out.push(self.document.in_front("family", family, message));
        }
    }

    fn skill(&self, front: &SkillFront, out: &mut Vec<ContentError>) {
        for path in &front.references {
            if self.reference(path).is_none() {
                let message = Message::complains("complaints.ids.reference").with("path", path);
                out.push(self.document.in_front("metadata", path, message));
            }
        }
        let notice = front.invocation_notice.as_deref();
        match notice {
            Some(name) if self.knowledge.library.slot(PageKind::Skill, name).is_none() => {
                out.push(self.document.in_front("metadata", name, no_page(PageKind::Skill, name)));
            }
            None if self.page.id == MAIN_SKILL => {
                let message =
                    Message::complains("complaints.front.missing").with("key", "invocation-notice");
                out.push(self.document.in_front("metadata", "", message));
            }
            _ => {}
        }
    }

    fn link_leads(&self, to: &str) -> bool {
        let in_skill = matches!(self.page.kind, PageKind::Skill | PageKind::Reference);
        self.is_page(to) || (in_skill && self.reference(to).is_some())
    }

    /// The page of a path such as `references/notebooks-async.md` in this page's skill.
    fn reference(&self, path: &str) -> Option<&Page> {
        let folder = self.page.file.split('/').nth(1)?;
        let id = path.strip_prefix("references/")?.strip_suffix(".md")?;
        let page = self.knowledge.page(PageKind::Reference, id.trim_end_matches(".zh"))?;
        page.file.starts_with(&format!("skills/{folder}/")).then_some(page)
    }
}
