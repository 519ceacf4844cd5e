//! The keys of lessons and drills: rows of the tutor's table of keys.

use crate::tutor::key::Code;
use crate::tutor::keys::{Binding, Command, Context, c, k, row, silent};
use crate::wording::keys;

/// The way back, in a table of its own context.
macro_rules! back {
    ($context:expr) => {
        row(
            $context,
            &[k(Code::Left), k(Code::Backspace)],
            Command::PreviousStep,
            "←",
            keys::PREVIOUS_STEP,
            7,
            Some(2),
        )
    };
}

impl Context {
    /// The context whose keys count as well, before those of everywhere.
    pub(in crate::tutor) fn wider(self) -> Option<Self> {
        matches!(self, Self::Lesson | Self::Predict | Self::Drill).then_some(Self::Stage)
    }

    /// Whether a row counts here by itself, that of everywhere apart.
    pub fn has(self, row: &Binding) -> bool {
        row.context == self || self.wider() == Some(row.context)
    }
}

/// The keys of the list of lessons.
pub const LESSONS: &[Binding] = &[
    row(
        Context::Lessons,
        &[k(Code::Enter), k(Code::Right), c('l')],
        Command::Choose,
        "Enter",
        keys::BEGIN,
        1,
        None,
    ),
    row(Context::Lessons, &[k(Code::Up), c('k')], Command::Up, "↑", keys::UP, 0, None),
    row(Context::Lessons, &[k(Code::Down), c('j')], Command::Down, "↓", keys::DOWN, 2, None),
    row(Context::Lessons, &[k(Code::PageUp)], Command::PageUp, "PgUp", keys::PAGE_UP, 0, None),
    row(
        Context::Lessons,
        &[k(Code::PageDown)],
        Command::PageDown,
        "PgDn",
        keys::PAGE_DOWN,
        0,
        None,
    ),
    row(Context::Lessons, &[k(Code::Home)], Command::Top, "Home", keys::TOP, 0, None),
    row(Context::Lessons, &[k(Code::End)], Command::Bottom, "End", keys::BOTTOM, 0, None),
    row(Context::Lessons, &[c('r')], Command::Review, "r", keys::REVIEW, 3, Some(31)),
    row(Context::Lessons, &[c('c')], Command::Placement, "c", keys::PLACEMENT, 4, Some(32)),
    row(
        Context::Lessons,
        &[k(Code::Tab), c('o')],
        Command::Overview,
        "Tab",
        keys::TO_LESSON,
        0,
        None,
    ),
    row(Context::Lessons, &[k(Code::Esc)], Command::Back, "Esc", keys::BACK, 5, Some(30)),
];

/// The keys of a lesson's pages.
pub const LESSON: &[Binding] = &[
    row(
        Context::Lesson,
        &[k(Code::Right), k(Code::Enter), c('l')],
        Command::NextStep,
        "→",
        keys::NEXT_STEP,
        1,
        Some(1),
    ),
    back!(Context::Lesson),
    row(Context::Lesson, &[c('t')], Command::Motion, "t", keys::MOTION, 4, None),
];

/// The keys of a question.
pub const PREDICT: &[Binding] = &[
    row(Context::Predict, &[c('a')], Command::Choice(0), "a–d", keys::ANSWER, 1, None),
    silent(Context::Predict, &[c('b')], Command::Choice(1)),
    silent(Context::Predict, &[c('c')], Command::Choice(2)),
    silent(Context::Predict, &[c('d')], Command::Choice(3)),
    row(
        Context::Predict,
        &[k(Code::Right), k(Code::Enter), c('l')],
        Command::NextStep,
        "→",
        keys::NEXT_STEP,
        2,
        Some(1),
    ),
    back!(Context::Predict),
];

/// The keys of a drill.
pub const DRILL: &[Binding] = &[
    row(Context::Drill, &[c('e')], Command::Edit, "e", keys::EDIT, 1, Some(3)),
    row(Context::Drill, &[c('h')], Command::Hint, "h", keys::HINT, 2, Some(4)),
    row(Context::Drill, &[c('s')], Command::Solution, "s", keys::SOLUTION, 3, Some(7)),
    row(Context::Drill, &[c('x')], Command::StartOver, "x", keys::START_OVER, 6, Some(8)),
    row(Context::Drill, &[c(']')], Command::NextCell, "]", keys::NEXT_CELL, 4, Some(11)),
    row(Context::Drill, &[c('[')], Command::PreviousCell, "[", keys::PREVIOUS_CELL, 4, Some(12)),
    row(
        Context::Drill,
        &[k(Code::Right), k(Code::Enter), c('l')],
        Command::NextStep,
        "→",
        keys::NEXT_STEP,
        5,
        Some(1),
    ),
    back!(Context::Drill),
    row(Context::Drill, &[c('r')], Command::Prove, "r", keys::PROVE, 5, Some(13)),
    row(Context::Drill, &[c('i')], Command::Interrupt, "i", keys::INTERRUPT, 1, Some(14)),
    row(Context::Drill, &[c('y')], Command::Copy, "y", keys::COPY, 0, None),
];

/// The keys of every stage of a lesson.
pub const STAGES: &[Binding] = &[
    row(Context::Stage, &[c('1')], Command::Step(1), "1–9", keys::JUMP_STAGE, 0, None),
    silent(Context::Stage, &[c('2')], Command::Step(2)),
    silent(Context::Stage, &[c('3')], Command::Step(3)),
    silent(Context::Stage, &[c('4')], Command::Step(4)),
    silent(Context::Stage, &[c('5')], Command::Step(5)),
    silent(Context::Stage, &[c('6')], Command::Step(6)),
    silent(Context::Stage, &[c('7')], Command::Step(7)),
    silent(Context::Stage, &[c('8')], Command::Step(8)),
    silent(Context::Stage, &[c('9')], Command::Step(9)),
    row(Context::Stage, &[k(Code::Up), c('k')], Command::Up, "↑", keys::UP, 0, None),
    row(Context::Stage, &[k(Code::Down), c('j')], Command::Down, "↓", keys::DOWN, 0, None),
    row(Context::Stage, &[k(Code::PageUp)], Command::PageUp, "PgUp", keys::PAGE_UP, 0, None),
    row(
        Context::Stage,
        &[k(Code::PageDown), c(' ')],
        Command::PageDown,
        "PgDn",
        keys::PAGE_DOWN,
        0,
        None,
    ),
    row(Context::Stage, &[k(Code::Home)], Command::Top, "Home", keys::TOP, 0, None),
    row(Context::Stage, &[k(Code::End)], Command::Bottom, "End", keys::BOTTOM, 0, None),
    row(Context::Stage, &[c('n')], Command::NextLesson, "n", keys::NEXT_LESSON, 9, Some(9)),
    row(Context::Stage, &[c('p')], Command::PreviousLesson, "p", keys::PREVIOUS_LESSON, 0, None),
    row(Context::Stage, &[k(Code::Tab)], Command::Pane, "Tab", keys::PANE, 0, None),
    row(Context::Stage, &[c('o')], Command::Overview, "o", keys::LESSONS, 8, Some(10)),
    row(Context::Stage, &[k(Code::Esc)], Command::Back, "Esc", keys::BACK, 0, None),
];
