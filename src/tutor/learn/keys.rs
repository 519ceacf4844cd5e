//! The keys of lessons and drills: rows of the tutor's table of keys.

use crate::tutor::key::Code;
use crate::tutor::keys::{Binding, Command, Context, c, k, row};

/// The way back, in a table of its own context.
macro_rules! back {
    ($context:expr) => {
        row(
            $context,
            &[k(Code::Left), k(Code::Backspace)],
            Command::PreviousStep,
            "←",
            "previous-step",
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
        "begin",
        1,
        None,
    ),
    row(Context::Lessons, &[k(Code::Up), c('k')], Command::Up, "↑", "up", 0, None),
    row(Context::Lessons, &[k(Code::Down), c('j')], Command::Down, "↓", "down", 2, None),
    row(Context::Lessons, &[k(Code::PageUp)], Command::PageUp, "PgUp", "page-up", 0, None),
    row(Context::Lessons, &[k(Code::PageDown)], Command::PageDown, "PgDn", "page-down", 0, None),
    row(Context::Lessons, &[k(Code::Home)], Command::Top, "Home", "top", 0, None),
    row(Context::Lessons, &[k(Code::End)], Command::Bottom, "End", "bottom", 0, None),
    row(Context::Lessons, &[c('r')], Command::Review, "r", "review", 3, Some(31)),
    row(Context::Lessons, &[c('c')], Command::Placement, "c", "placement", 4, Some(32)),
    row(Context::Lessons, &[k(Code::Tab), c('o')], Command::Overview, "Tab", "to-lesson", 0, None),
    row(Context::Lessons, &[k(Code::Esc)], Command::Back, "Esc", "back", 5, Some(30)),
];

/// The keys of a lesson's pages.
pub const LESSON: &[Binding] = &[
    row(
        Context::Lesson,
        &[k(Code::Right), k(Code::Enter), c('l')],
        Command::NextStep,
        "→",
        "next-step",
        1,
        Some(1),
    ),
    back!(Context::Lesson),
    row(Context::Lesson, &[c('t')], Command::Motion, "t", "motion", 4, None),
];

/// The keys of a question.
pub const PREDICT: &[Binding] = &[
    row(Context::Predict, &[c('a')], Command::Choice(0), "a–d", "answer", 1, None),
    row(Context::Predict, &[c('b')], Command::Choice(1), "", "", 0, None),
    row(Context::Predict, &[c('c')], Command::Choice(2), "", "", 0, None),
    row(Context::Predict, &[c('d')], Command::Choice(3), "", "", 0, None),
    row(
        Context::Predict,
        &[k(Code::Right), k(Code::Enter), c('l')],
        Command::NextStep,
        "→",
        "next-step",
        2,
        Some(1),
    ),
    back!(Context::Predict),
];

/// The keys of a drill.
pub const DRILL: &[Binding] = &[
    row(Context::Drill, &[c('e')], Command::Edit, "e", "edit", 1, Some(3)),
    row(Context::Drill, &[c('h')], Command::Hint, "h", "hint", 2, Some(4)),
    row(Context::Drill, &[c('s')], Command::Solution, "s", "solution", 3, Some(7)),
    row(Context::Drill, &[c('x')], Command::StartOver, "x", "start-over", 6, Some(8)),
    row(Context::Drill, &[c(']')], Command::NextCell, "]", "next-cell", 4, Some(11)),
    row(Context::Drill, &[c('[')], Command::PreviousCell, "[", "previous-cell", 4, Some(12)),
    row(
        Context::Drill,
        &[k(Code::Right), k(Code::Enter), c('l')],
        Command::NextStep,
        "→",
        "next-step",
        5,
        Some(1),
    ),
    back!(Context::Drill),
    row(Context::Drill, &[c('r')], Command::Prove, "r", "prove", 5, Some(13)),
    row(Context::Drill, &[c('i')], Command::Interrupt, "i", "interrupt", 1, Some(14)),
    row(Context::Drill, &[c('y')], Command::Copy, "y", "copy", 0, None),
];

/// The keys of every stage of a lesson.
pub const STAGES: &[Binding] = &[
    row(Context::Stage, &[c('1')], Command::Step(1), "1–9", "jump-stage", 0, None),
    row(Context::Stage, &[c('2')], Command::Step(2), "", "", 0, None),
    row(Context::Stage, &[c('3')], Command::Step(3), "", "", 0, None),
    row(Context::Stage, &[c('4')], Command::Step(4), "", "", 0, None),
    row(Context::Stage, &[c('5')], Command::Step(5), "", "", 0, None),
    row(Context::Stage, &[c('6')], Command::Step(6), "", "", 0, None),
    row(Context::Stage, &[c('7')], Command::Step(7), "", "", 0, None),
    row(Context::Stage, &[c('8')], Command::Step(8), "", "", 0, None),
    row(Context::Stage, &[c('9')], Command::Step(9), "", "", 0, None),
    row(Context::Stage, &[k(Code::Up), c('k')], Command::Up, "↑", "up", 0, None),
    row(Context::Stage, &[k(Code::Down), c('j')], Command::Down, "↓", "down", 0, None),
    row(Context::Stage, &[k(Code::PageUp)], Command::PageUp, "PgUp", "page-up", 0, None),
    row(
        Context::Stage,
        &[k(Code::PageDown), c(' ')],
        Command::PageDown,
        "PgDn",
        "page-down",
        0,
        None,
    ),
    row(Context::Stage, &[k(Code::Home)], Command::Top, "Home", "top", 0, None),
    row(Context::Stage, &[k(Code::End)], Command::Bottom, "End", "bottom", 0, None),
    row(Context::Stage, &[c('n')], Command::NextLesson, "n", "next-lesson", 9, Some(9)),
    row(Context::Stage, &[c('p')], Command::PreviousLesson, "p", "previous-lesson", 0, None),
    row(Context::Stage, &[k(Code::Tab)], Command::Pane, "Tab", "pane", 0, None),
    row(Context::Stage, &[c('o')], Command::Overview, "o", "lessons", 8, Some(10)),
    row(Context::Stage, &[k(Code::Esc)], Command::Back, "Esc", "back", 0, None),
];
