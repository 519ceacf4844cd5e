//! The list of lessons beside a lesson's pages.

use std::sync::Arc;

use super::progress::State;
use super::{Learn, Learner, Stage, Topic};
use crate::document::{Mark, Prose};
use crate::knowledge::{Knowledge, Language};
use crate::tutor::view::OverviewRow;
use crate::wording::{self, Wording};

/// The rows: the lessons in their order, or the parts of a topic that is none.
pub(super) fn rows(
    learn: &Learn,
    knowledge: &Knowledge,
    language: Language,
    learner: &Learner,
) -> Arc<[OverviewRow]> {
    match &learn.topic {
        Topic::Lesson(_) => lessons(knowledge, language, learner),
        Topic::Review | Topic::Own(_) | Topic::Placement => {
            let row = |(at, stage): (usize, &Stage)| OverviewRow {
                number: at + 1,
                line: label(stage, learn, knowledge, language).into(),
                mark: learn.is_done(stage, learner).then_some(Mark::Right),
                kind: None,
                edited: false,
            };
            learn.stages.iter().enumerate().map(row).collect()
        }
    }
}

/// The row that is current.
pub(super) fn current(learn: &Learn, knowledge: &Knowledge) -> usize {
    match learn.lesson_id() {
        Some(id) => knowledge.lessons().position(|lesson| lesson.page.id == id).unwrap_or(0),
        None => learn.at,
    }
}

fn lessons(knowledge: &Knowledge, language: Language, learner: &Learner) -> Arc<[OverviewRow]> {
    let row = |(at, lesson): (usize, crate::knowledge::Lesson<'_>)| {
        let state = learner.progress.state(&lesson.page.id);
        OverviewRow {
            number: at + 1,
            line: Prose::of(lesson.page.title.get(language)).text().into(),
            mark: match state {
                State::New => None,
                State::Begun => Some(Mark::Begun),
                State::Finished => Some(Mark::Right),
                State::Known => Some(Mark::Under),
            },
            kind: None,
            edited: false,
        }
    };
    knowledge.lessons().enumerate().map(row).collect()
}

/// What a tab calls a stage.
pub(super) fn label(
    stage: &Stage,
    learn: &Learn,
    knowledge: &Knowledge,
    language: Language,
) -> String {
    let ui = |key: Wording| knowledge.ui(language, key, &[]);
    match stage {
        Stage::About => ui(wording::learn::ABOUT),
        Stage::Read(anchor) => {
            let lesson = learn.lesson_id().and_then(|id| knowledge.lesson(id));
            let heading = lesson.and_then(|it| it.page.heading(language, anchor));
            heading.map(crate::knowledge::plain).unwrap_or_default()
        }
        Stage::Predict(lesson) => match (&learn.topic, knowledge.lesson(lesson)) {
            (Topic::Placement, Some(lesson)) => Prose::of(lesson.page.title.get(language)).text(),
            _ => ui(wording::learn::PREDICT),
        },
        Stage::Drill(id) => match learn.attempts.get(id).map(|it| &it.task) {
            Some(task) if task.drill.is_none() => super::practise::title(task, knowledge, language),
            _ => {
                let drill = knowledge.drill(id);
                drill.map(|it| Prose::of(it.page.title.get(language)).text()).unwrap_or_default()
            }
        },
        Stage::End => ui(wording::learn::END),
    }
}
