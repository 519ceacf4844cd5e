//! Lessons and drills hold together: each drill belongs to its lesson, each choice has its answer,
//! each repair has all cells, each diagram adds up.

use crate::diagnostic::Message;

use super::super::Knowledge;
use super::super::block::Block;
use super::super::course::{Drill, Lesson};
use super::super::files::ContentError;
use super::super::front::Document;
use super::super::page::PageKind;
use super::super::timeline::Timeline;
use super::Pair;

/// Checks one page in itself.
pub(super) fn check(pair: &Pair<'_>, out: &mut Vec<ContentError>) {
    for side in pair.sides() {
        for placed in &side.body.blocks {
            if let Block::Code { language, text } = &placed.block
                && language == "timeline"
                && let Err(problem) = Timeline::parse(text)
            {
                out.push(side.document.in_body(placed.at, problem));
            }
        }
    }
    if let Some(lesson) = Lesson::of(pair.page) {
        self::lesson(lesson, &pair.en.document, out);
    }
    if let Some(drill) = Drill::of(pair.page) {
        self::drill(drill, &pair.en.document, out);
    }
}

fn lesson(lesson: Lesson<'_>, document: &Document<'_>, out: &mut Vec<ContentError>) {
    let choices = lesson.choices();
    let items = |anchor| {
        let section = lesson.page.section(super::Language::En, anchor).iter();
        section.filter(|block| matches!(block, Block::Item { .. })).count()
    };
    let mut complain =
        |key, message| out.push(document.in_front(key, "", Message::complains(message)));
    if items("predict") != items("answer") {
        complain("answer", "complaints.lesson.unanswered");
    }
    if choices.len() < 3 {
        complain("answer", "complaints.lesson.choices");
    }
    if !choices.iter().any(|choice| choice.is_right) {
        complain("answer", "complaints.lesson.no-answer");
    }
    if lesson.cells().is_empty() {
        complain("case", "complaints.lesson.no-cell");
    }
    if lesson.front.drills.is_empty() {
        complain("drills", "complaints.lesson.no-drill");
    }
}

fn drill(drill: Drill<'_>, document: &Document<'_>, out: &mut Vec<ContentError>) {
    let count = drill.cells().len();
    let mut complain = |key, message| out.push(document.in_front(key, "", message));
    if count == 0 {
        complain("kind", Message::complains("complaints.drill.no-cell"));
    }
    let solution = ("solution".to_owned(), drill.solution());
    let others = drill.also().into_iter().chain(drill.wrong());
    let others = others.map(|repair| (repair.anchor, repair.cells));
    for (anchor, cells) in std::iter::once(solution).chain(others) {
        if cells.len() != count {
            let message = Message::complains("complaints.drill.cells")
                .with("section", anchor)
                .with("n", cells.len())
                .with("count", count);
            complain("kind", message);
        }
    }
    if drill.hints().len() != 2 {
        complain("kind", Message::complains("complaints.drill.hints"));
    }
    if !(1..=3).contains(&drill.front.level) {
        complain("level", Message::complains("complaints.drill.level"));
    }
}

/// The lessons are numbered without a gap, and each drill belongs to the lesson that names it.
pub(super) fn check_order(knowledge: &Knowledge, out: &mut Vec<ContentError>) {
    for (at, lesson) in knowledge.lessons().enumerate() {
        let Some(document) = document(knowledge, PageKind::Lesson, &lesson.page.id) else {
            continue;
        };
        if u32::try_from(at + 1) != Ok(lesson.front.order) {
            let message = Message::complains("complaints.lesson.gap").with("n", at);
            out.push(document.in_front("order", "", message));
        }
        for id in &lesson.front.drills {
            let owner = knowledge.drill(id).map(|drill| &drill.front.lesson);
            if owner.is_some_and(|owner| *owner != lesson.page.id) {
                let message = Message::complains("complaints.lesson.other-drill").with("drill", id);
                out.push(document.in_front("drills", id, message));
            }
        }
    }
    for page in knowledge.pages(PageKind::Drill) {
        let is_named = knowledge.lessons().any(|lesson| lesson.front.drills.contains(&page.id));
        if !is_named && let Some(document) = document(knowledge, PageKind::Drill, &page.id) {
            let message = Message::complains("complaints.drill.unnamed");
            out.push(document.in_front("lesson", "", message));
        }
    }
}

fn document<'k>(knowledge: &'k Knowledge, kind: PageKind, id: &str) -> Option<Document<'k>> {
    Document::split(&knowledge.library.slot(kind, id)?.en).ok()
}
