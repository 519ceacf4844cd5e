//! Eight questions that show which lessons may be skipped. Each is the prediction of a lesson and
//! speaks for that lesson and those between it and the question before.

use super::{Learn, Learner, Stage, Topic};
use crate::document::{Block, Mark, Prose};
use crate::knowledge::{Knowledge, Lesson};
use crate::tutor::reading::Writer;
use crate::wording;

/// How many questions a round has at most.
const QUESTIONS: usize = 8;

/// The lessons that are asked about, and the lessons for which each of them speaks.
fn rounds(knowledge: &Knowledge) -> Vec<(Lesson<'_>, Vec<Lesson<'_>>)> {
    let lessons: Vec<Lesson<'_>> = knowledge.lessons().collect();
    let rounds = QUESTIONS.min(lessons.len());
    let begin = |round: usize| round.saturating_mul(lessons.len()).checked_div(rounds).unwrap_or(0);
    let round = |round: usize| {
        let chunk = lessons.get(begin(round)..begin(round.saturating_add(1)))?.to_vec();
        Some((*chunk.last()?, chunk))
    };
    (0..rounds).filter_map(round).collect()
}

/// The stages of a round.
pub(super) fn stages(knowledge: &Knowledge) -> Vec<Stage> {
    let asked = rounds(knowledge).into_iter().map(|(it, _)| Stage::Predict(it.page.id.clone()));
    asked.chain([Stage::End]).collect()
}

/// Takes note of which lessons may be skipped.
pub(super) fn place(learn: &Learn, knowledge: &Knowledge, learner: &mut Learner) {
    for (asked, lessons) in rounds(knowledge) {
        let Some(answer) = learn.answers.get(&asked.page.id) else { continue };
        let known = answer + 1 == asked.front.answer;
        for lesson in lessons {
            learner.progress.place(&lesson.page.id, known);
        }
    }
}

/// Writes the last page of a round of drills or questions.
pub(super) fn outcome(writer: &mut Writer, learn: &Learn, learner: &Learner) {
    match &learn.topic {
        Topic::Placement => placed(writer, learn, learner),
        Topic::Review | Topic::Own(_) | Topic::Lesson(_) => {
            let complete = learn.is_complete(learner);
            let key = match (&learn.topic, complete) {
                (Topic::Own(_), true) => wording::learn::OWN_DONE,
                (_, true) => wording::learn::REVIEW_DONE,
                (_, false) => wording::learn::ROUND_OPEN,
            };
            writer.conclusion(key, &[]);
            super::pages::results(writer, learn, learner, wording::learn::DRILLS);
            super::pages::due(writer, learner);
            if learn.topic == Topic::Review {
                writer.paragraph(wording::learn::SCHEDULE, &[]);
            }
        }
    }
}

fn placed(writer: &mut Writer, learn: &Learn, learner: &Learner) {
    let knowledge = writer.knowledge;
    let rounds = rounds(knowledge);
    let is_known = |asked: &Lesson<'_>| {
        learn.answers.get(&asked.page.id).is_some_and(|it| it + 1 == asked.front.answer)
    };
    let right = rounds.iter().filter(|(asked, _)| is_known(asked)).count().to_string();
    let all = rounds.len().to_string();
    writer.conclusion(wording::learn::PLACED, &[("right", &right), ("all", &all)]);
    for (asked, lessons) in &rounds {
        let known = is_known(asked);
        for lesson in lessons {
            let mark = if known { Mark::Right } else { Mark::Open };
            let number = lesson.front.order.to_string();
            writer.each(|language| {
                let title = lesson.page.title.get(language);
                let key = if known { wording::learn::MAY_SKIP } else { wording::learn::WORTH_IT };
                let args = [("number", number.as_str()), ("title", title)];
                Block::Item { mark, body: Prose::of(&knowledge.ui(language, key, &args)) }
            });
        }
    }
    if learner.keeps {
        writer.paragraph(wording::learn::PLACED_KEPT, &[]);
    }
}
