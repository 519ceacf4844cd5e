//! Lessons and drills hold together: each drill belongs to its lesson, each choice has its answer,
//! each repair has all cells, each diagram adds up.

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
    let mut complain = |key, message| out.push(document.in_front(key, "", message));
    if items("predict") != items("answer") {
        complain("answer", "not every choice of `predict` has an item in `answer`");
    }
    if choices.len() < 3 {
        complain("answer", "a prediction has at least three choices");
    }
    if !choices.iter().any(|choice| choice.is_right) {
        complain("answer", "`answer` is not the number of a choice");
    }
    if lesson.cells().is_empty() {
        complain("case", "the prediction has no cell");
    }
    if lesson.front.drills.is_empty() {
        complain("drills", "a lesson has at least one drill");
    }
}

fn drill(drill: Drill<'_>, document: &Document<'_>, out: &mut Vec<ContentError>) {
    let count = drill.cells().len();
    let mut complain = |key, message: String| out.push(document.in_front(key, "", message));
    if count == 0 {
        complain("kind", "the drill has no cell".to_owned());
    }
    let solution = ("solution".to_owned(), drill.solution());
    let others = drill.also().into_iter().chain(drill.wrong());
    let others = others.map(|repair| (repair.anchor, repair.cells));
    for (anchor, cells) in std::iter::once(solution).chain(others) {
        if cells.len() != count {
            let message = format!("`{anchor}` has {} of {count} cells", cells.len());
            complain("kind", message);
        }
    }
    if drill.hints().len() != 2 {
        complain("kind", "a drill has two hints; the third is the difference".to_owned());
    }
    if !(1..=3).contains(&drill.front.level) {
        complain("level", "a level is 1, 2 or 3".to_owned());
    }
}

/// The lessons are numbered without a gap, and each drill belongs to the lesson that names it.
pub(super) fn check_order(knowledge: &Knowledge, out: &mut Vec<ContentError>) {
    for (at, lesson) in knowledge.lessons().enumerate() {
        let Some(document) = document(knowledge, PageKind::Lesson, &lesson.page.id) else {
            continue;
        };
        if u32::try_from(at + 1) != Ok(lesson.front.order) {
            let message = format!("the lessons before it end at {at}");
            out.push(document.in_front("order", "", message));
        }
        for id in &lesson.front.drills {
            let owner = knowledge.drill(id).map(|drill| &drill.front.lesson);
            if owner.is_some_and(|owner| *owner != lesson.page.id) {
                let message = format!("the drill `{id}` belongs to another lesson");
                out.push(document.in_front("drills", id, message));
            }
        }
    }
    for page in knowledge.pages(PageKind::Drill) {
        let is_named = knowledge.lessons().any(|lesson| lesson.front.drills.contains(&page.id));
        if !is_named && let Some(document) = document(knowledge, PageKind::Drill, &page.id) {
            out.push(document.in_front("lesson", "", "its lesson does not name it"));
        }
    }
}

fn document<'k>(knowledge: &'k Knowledge, kind: PageKind, id: &str) -> Option<Document<'k>> {
    Document::split(&knowledge.library.slot(kind, id)?.en).ok()
}
