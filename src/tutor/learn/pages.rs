//! The guide's pages for each stage of a lesson.

use super::list::label;
use super::progress::State;
use super::{Learn, Learner, Stage, said};
use crate::document::{Block, Mark, Picked, Prose};
use crate::knowledge::{self, Knowledge, Lesson, PageKind};
use crate::tutor::reading::{Reading, Writer, ui};
use crate::tutor::view::Page;
use crate::wording::{self, Wording};

/// The letters of the choices.
const LETTERS: [char; 4] = ['a', 'b', 'c', 'd'];

/// Writes the page of the stage that is shown.
pub(super) fn page(
    learn: &Learn,
    knowledge: &Knowledge,
    reading: Reading,
    learner: &Learner,
) -> Page {
    let mut writer = Writer::new(knowledge, reading);
    let lesson = learn.lesson_id().and_then(|id| knowledge.lesson(id));
    match (learn.stage(), lesson) {
        (Stage::About, Some(lesson)) => about(&mut writer, lesson, learn, learner),
        (Stage::Read(anchor), Some(lesson)) => writer.section(lesson.page, anchor),
        (Stage::Predict(id), _) => {
            if let Some(lesson) = knowledge.lesson(id) {
                question(&mut writer, lesson, learn);
            }
        }
        (Stage::Drill(_), _) => {
            if let Some(proof) = &learn.proof {
                crate::tutor::pages::of_task(&mut writer, proof);
            }
            if let Some(attempt) = learn.attempt() {
                said::drill(&mut writer, attempt);
            }
        }
        (Stage::End, Some(lesson)) => end(&mut writer, lesson, learn, learner),
        (_, _) => super::placement::outcome(&mut writer, learn, learner),
    }
    writer.finish()
}

fn about(writer: &mut Writer, lesson: Lesson<'_>, learn: &Learn, learner: &Learner) {
    let front = lesson.front;
    writer.opening(lesson.page);
    let (minutes, screens, drills) = (
        front.minutes.to_string(),
        lesson.screens().len().to_string(),
        front.drills.len().to_string(),
    );
    let args = [("minutes", &*minutes), ("screens", &screens), ("drills", &drills)];
    writer.paragraph(wording::learn::LENGTH, &args);
    how_far(writer, lesson, learn, learner);
    let taught = taught(writer.knowledge, lesson);
    if !taught.is_empty() {
        writer.heading(wording::learn::TEACHES);
        titles(writer, &taught);
    }
    results(writer, learn, learner, wording::learn::DRILLS);
    due(writer, learner);
}

fn how_far(writer: &mut Writer, lesson: Lesson<'_>, learn: &Learn, learner: &Learner) {
    let id = &lesson.page.id;
    let record = learner.progress.lessons.get(id);
    let day = |date: Option<jiff::civil::Date>| date.map(|it| it.to_string()).unwrap_or_default();
    match learner.progress.state(id) {
        State::New => writer.paragraph(wording::learn::NEW, &[]),
        State::Known => writer.paragraph(wording::learn::KNOWN, &[]),
        State::Finished => {
            let day = day(record.and_then(|it| it.finished));
            writer.paragraph(wording::learn::FINISHED, &[("day", &day)]);
        }
        State::Begun => {
            let knowledge = writer.knowledge;
            let day = day(record.and_then(|it| it.begun));
            let at = learn.stages.get(learner.progress.stage(id)).unwrap_or(&Stage::About);
            writer.each(|language| {
                let stage = label(at, learn, knowledge, language);
                let args = [("day", day.as_str()), ("stage", &stage)];
                Block::Paragraph(Prose::of(&knowledge.ui(language, wording::learn::BEGUN, &args)))
            });
        }
    }
}

/// The pages that a lesson teaches, each once.
fn taught<'k>(knowledge: &'k Knowledge, lesson: Lesson<'k>) -> Vec<&'k knowledge::Page> {
    let mut out: Vec<&knowledge::Page> = Vec::new();
    for id in &lesson.front.teaches {
        let page = knowledge.find(id).filter(|page| page.kind != PageKind::Skill);
        out.extend(page.filter(|page| out.iter().all(|known| known.id != page.id)));
    }
    out
}

fn titles(writer: &mut Writer, pages: &[&knowledge::Page]) {
    for page in pages {
        writer.each(|language| Block::Item {
            mark: Mark::Bullet,
            body: Prose::of(page.title.get(language)),
        });
    }
}

/// The drills of a topic, each with what came of it.
pub(super) fn results(writer: &mut Writer, learn: &Learn, learner: &Learner, heading: Wording) {
    let is_drill = |stage: &&Stage| matches!(stage, Stage::Drill(_));
    if learn.stages.iter().any(|stage| is_drill(&stage)) {
        writer.heading(heading);
    }
    let knowledge = writer.knowledge;
    for stage in learn.stages.iter().filter(is_drill) {
        let Stage::Drill(id) = stage else { continue };
        let done = learn.is_done(stage, learner);
        let how = how_solved(id, learn, learner).filter(|_| done);
        writer.each(|language| {
            let title = label(stage, learn, knowledge, language);
            let how = how.map(|key| knowledge.ui(language, key, &[])).unwrap_or_default();
            let mark = if done { Mark::Right } else { Mark::Open };
            Block::Item { mark, body: Prose::of(&format!("{title}{how}")) }
        });
    }
}

/// The words that say what help a repair took.
fn how_solved(id: &str, learn: &Learn, learner: &Learner) -> Option<Wording> {
    let now = learn.attempts.get(id).filter(|it| it.is_right()).map(|it| (it.hints, it.shown));
    let then = learner.progress.drills.get(id).map(|it| (it.hints, it.shown));
    match now.or(then)? {
        (_, true) => Some(wording::learn::WITH_SOLUTION),
        (1.., _) => Some(wording::learn::WITH_HINTS),
        (0, false) => None,
    }
}

/// What comes back, and when.
pub(super) fn due(writer: &mut Writer, learner: &Learner) {
    let count = learner.progress.due(learner.today).len();
    if count > 0 {
        writer.paragraph(wording::learn::DUE, &[("count", &count.to_string())]);
    } else if let Some(day) = learner.progress.next_due() {
        writer.paragraph(wording::learn::NEXT_DUE, &[("day", &day.to_string())]);
    }
}

/// A question: its cells, its choices, and after the answer what happens and why.
fn question(writer: &mut Writer, lesson: Lesson<'_>, learn: &Learn) {
    let page = lesson.page;
    let heading = |language| page.heading(language, "predict").unwrap_or_default();
    writer.each(|language| Block::Conclusion(Prose::of_inlines(heading(language))));
    writer.section_body_without_items(page, "predict");
    let answer = learn.answer();
    let choices = lesson.choices();
    for ((at, choice), letter) in choices.iter().enumerate().zip(LETTERS) {
        let picked = match answer {
            Some(_) if choice.is_right => Picked::Right,
            Some(chosen) if chosen == at => Picked::Wrong,
            _ => Picked::No,
        };
        writer.each(|language| Block::Item {
            mark: Mark::Choice(letter, picked),
            body: Prose::of_inlines(choice.text.get(language)),
        });
    }
    if let Some(chosen) = answer.and_then(|at| choices.get(at)) {
        let key = if chosen.is_right {
            wording::learn::RIGHT_ANSWER
        } else {
            wording::learn::WRONG_ANSWER
        };
        writer.heading(key);
        writer.each(|language| Block::Paragraph(Prose::of_inlines(chosen.answer.get(language))));
        super::answers::recorded(writer, lesson);
        writer.section_body_without_items(page, "answer");
    }
}

fn end(writer: &mut Writer, lesson: Lesson<'_>, learn: &Learn, learner: &Learner) {
    let knowledge = writer.knowledge;
    let complete = learn.is_complete(learner);
    let key = if complete { wording::learn::DONE } else { wording::learn::NOT_DONE };
    writer.each(|language| {
        let title = Prose::of(lesson.page.title.get(language)).text();
        Block::Conclusion(Prose::of(&knowledge.ui(language, key, &[("title", &title)])))
    });
    results(writer, learn, learner, wording::learn::DRILLS);
    if complete {
        let taught = taught(knowledge, lesson);
        if !taught.is_empty() {
            writer.heading(wording::learn::TAUGHT);
            titles(writer, &taught);
        }
    }
    let open = |next: &Lesson<'_>| {
        let state = learner.progress.state(&next.page.id);
        next.page.id != lesson.page.id && matches!(state, State::New | State::Begun)
    };
    let later = |it: &Lesson<'_>| it.front.order > lesson.front.order;
    let next =
        knowledge.lessons().filter(open).find(later).or_else(|| knowledge.lessons().find(open));
    match next {
        Some(next) => writer.each(|language| {
            let title = Prose::of(next.page.title.get(language)).text();
            let number = next.front.order.to_string();
            let args = [("title", title.as_str()), ("number", &number)];
            Block::Paragraph(ui(knowledge, language, wording::learn::NEXT, &args))
        }),
        None if complete => writer.paragraph(wording::learn::ALL_DONE, &[]),
        None => {}
    }
    due(writer, learner);
    writer.paragraph(wording::learn::SCHEDULE, &[]);
}
