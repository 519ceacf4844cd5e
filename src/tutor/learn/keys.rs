//! The keys of lessons and drills.

use super::Stage;
use super::attempt::{Attempt, HINTS};
use crate::tutor::key::Code;
use crate::tutor::keys::Act::{Asks, Does};
use crate::tutor::keys::{
    BOTTOM, Chord, Keys, Row, TOP, c, down, k, page_down, page_up, row, screen, silent, up,
};
use crate::wording::keys;

/// The list of lessons.
pub static LESSONS: Keys = screen("lessons").heading(keys::LESSON_LIST).rows(&[
    row(&[k(Code::Enter), k(Code::Right), c('l')], Asks(|it| it.resume()), "Enter", keys::BEGIN)
        .footer(1),
    up(&[k(Code::Up), c('k')]),
    down(&[k(Code::Down), c('j')]).footer(2),
    page_up(&[k(Code::PageUp)]),
    page_down(&[k(Code::PageDown)]),
    TOP,
    BOTTOM,
    row(&[c('r')], Does(|it| it.review_drills()), "r", keys::REVIEW)
        .footer(3)
        .number(31)
        .when(|it| !it.learner.progress.due(it.learner.today).is_empty()),
    row(&[c('c')], Does(|it| it.open_placement()), "c", keys::PLACEMENT).footer(4).number(32),
    row(&[k(Code::Tab), c('o')], Does(|it| it.leave_list()), "Tab", keys::TO_LESSON),
    row(&[k(Code::Esc)], Does(|it| it.leave_lesson()), "Esc", keys::BACK).footer(5).number(30),
]);

/// A lesson's pages.
pub static LESSON: Keys = screen("lesson").wider(&STAGES).rows(&[
    next(1),
    BACK,
    row(&[c('t')], Does(|it| it.toggle_motion()), "t", keys::MOTION)
        .footer(4)
        .when(|it| it.has_motion()),
]);

/// A question.
pub static PREDICT: Keys = screen("question").heading(keys::QUESTION).wider(&STAGES).rows(&[
    row(&[c('a')], Asks(|it| it.answer_choice(0)), "a–d", keys::ANSWER)
        .footer(1)
        .when(|it| it.learnt().is_some_and(|learn| learn.answer().is_none())),
    silent(&[c('b')], Asks(|it| it.answer_choice(1))),
    silent(&[c('c')], Asks(|it| it.answer_choice(2))),
    silent(&[c('d')], Asks(|it| it.answer_choice(3))),
    next(2),
    BACK,
]);

/// A drill.
pub static DRILL: Keys = screen("drill").heading(keys::DRILL).wider(&STAGES).rows(&[
    row(&[c('e')], Does(|it| it.edit_task()), "e", keys::EDIT).footer(1).number(3),
    row(&[c('h')], Does(|it| it.hint()), "h", keys::HINT)
        .footer(2)
        .number(4)
        .when(|it| it.tries(|attempt| attempt.hints < HINTS && !attempt.is_right())),
    row(&[c('s')], Asks(|it| it.solution()), "s", keys::SOLUTION)
        .footer(3)
        .number(7)
        .when(|it| it.tries(|attempt| attempt.has_tried() && !attempt.is_right())),
    row(&[c('x')], Asks(|it| it.start_over()), "x", keys::START_OVER)
        .footer(6)
        .number(8)
        .when(|it| it.tries(|attempt| attempt.is_touched() || attempt.hints > 0)),
    row(&[c(']')], Does(|it| it.turn(1)), "]", keys::NEXT_CELL)
        .footer(4)
        .number(11)
        .when(|it| it.tries(|attempt| attempt.cell.0 + 1 < attempt.cells().len())),
    row(&[c('[')], Does(|it| it.turn(-1)), "[", keys::PREVIOUS_CELL)
        .footer(4)
        .number(12)
        .when(|it| it.tries(|attempt| attempt.cell.0 > 0)),
    next(5),
    BACK,
    row(&[c('r')], Asks(|it| it.begin_task_proof()), "r", keys::PROVE)
        .footer(5)
        .number(13)
        .when(|it| !it.is_waiting() && it.tries(|_| true)),
    row(&[c('i')], Asks(|it| it.interrupt()), "i", keys::INTERRUPT)
        .footer(1)
        .number(14)
        .when(|it| it.is_task_running()),
    row(&[c('y')], Asks(|it| it.copy_task()), "y", keys::COPY),
]);

/// What a lesson's pages, questions and drills have in common.
pub static STAGES: Keys = screen("stages").heading(keys::LESSON).rows(&[
    row(&[c('1')], Asks(|it| it.go(|_| 0)), "1–9", keys::JUMP_STAGE),
    silent(&[c('2')], Asks(|it| it.go(|_| 1))),
    silent(&[c('3')], Asks(|it| it.go(|_| 2))),
    silent(&[c('4')], Asks(|it| it.go(|_| 3))),
    silent(&[c('5')], Asks(|it| it.go(|_| 4))),
    silent(&[c('6')], Asks(|it| it.go(|_| 5))),
    silent(&[c('7')], Asks(|it| it.go(|_| 6))),
    silent(&[c('8')], Asks(|it| it.go(|_| 7))),
    silent(&[c('9')], Asks(|it| it.go(|_| 8))),
    up(&[k(Code::Up), c('k')]),
    down(&[k(Code::Down), c('j')]),
    page_up(&[k(Code::PageUp)]),
    page_down(&[k(Code::PageDown), c(' ')]),
    TOP,
    BOTTOM,
    row(&[c('n')], Does(|it| it.other_lesson(1)), "n", keys::NEXT_LESSON)
        .footer(19)
        .number(9)
        .when(|it| it.is_in_lesson()),
    row(&[c('p')], Does(|it| it.other_lesson(-1)), "p", keys::PREVIOUS_LESSON)
        .when(|it| it.is_in_lesson()),
    row(&[k(Code::Tab)], Does(|it| it.next_pane_of_lesson()), "Tab", keys::PANE),
    row(&[c('o')], Does(|it| it.show_list()), "o", keys::LESSONS).footer(17).number(10),
    row(&[k(Code::Esc)], Does(|it| it.leave_stage()), "Esc", keys::BACK),
]);

const fn next(footer: u8) -> Row {
    const KEYS: &[Chord] = &[k(Code::Right), k(Code::Enter), c('l')];
    row(KEYS, Asks(|it| it.next_stage()), "→", keys::NEXT_STEP)
        .footer(footer)
        .number(1)
        .when(|it| it.has_next_stage())
}

const BACK: Row = row(
    &[k(Code::Left), k(Code::Backspace)],
    Asks(|it| it.previous_stage()),
    "←",
    keys::PREVIOUS_STEP,
)
.footer(15)
.number(2)
.when(|it| it.learnt().is_some_and(|learn| learn.at > 0));

impl crate::tutor::Tutor<'_> {
    /// The keys of what is learnt now.
    pub(in crate::tutor) fn learn_keys(learn: &super::Learn) -> &'static Keys {
        match (learn.stage(), learn.attempt()) {
            (_, Some(attempt)) if attempt.editing.is_some() => &crate::tutor::screens::walk::EDITOR,
            _ if learn.is_list() => &LESSONS,
            (Stage::Predict(_), _) => &PREDICT,
            (Stage::Drill(_), Some(_)) => &DRILL,
            _ => &LESSON,
        }
    }

    fn learnt(&self) -> Option<&super::Learn> {
        match &self.screen {
            crate::tutor::Screen::Learn(learn) => Some(learn),
            _ => None,
        }
    }

    /// Whether a drill is tried, and is such.
    fn tries(&self, is_such: impl Fn(&Attempt) -> bool) -> bool {
        self.learnt().and_then(super::Learn::attempt).is_some_and(is_such)
    }

    fn is_in_lesson(&self) -> bool {
        self.learnt().is_some_and(|learn| learn.lesson_id().is_some())
    }

    fn has_next_stage(&self) -> bool {
        self.is_in_lesson() || self.learnt().is_some_and(|it| it.at + 1 < it.stages.len())
    }

    fn is_task_running(&self) -> bool {
        let proof = self.learnt().and_then(|learn| learn.proof.as_ref());
        proof.is_some_and(|proof| proof.is_running())
    }
}
