//! What a page states, as a value: which sentences of a walkthrough would exclude each other.
//!
//! Sentences are chosen by keys; a key that says something which another may deny has its statement
//! here, and so have messages and the parts of content pages.

use crate::diagnostic::{Diagnostic, Message};
use crate::wording::{Wording, answer, apply, pattern, situation, tradeoffs};

/// Something that a page says and that another page might deny.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Statement {
    /// Nothing is to be done about this cell.
    LeaveAlone,
    /// The cell has a problem.
    Problem,
    /// What the line does when it runs.
    Outcome(Outcome),
    /// `w` writes or changes cells.
    Written,
    /// `w` moves a helper.
    Moved,
    /// The repair is there to be read alone.
    ShownOnly,
    /// There is no repair.
    NoRepair,
    /// `y` copies a cell with the repair in it.
    CopiesRepair,
    /// The repair changes nothing but the lines.
    NothingElse,
    /// The repair changes something in meaning.
    Changes,
    /// Nobody needs to be asked about the repair.
    Safe,
    /// Nobody has run the repair, so somebody has to agree.
    Untried,
    /// The repair needs consent, because of what it changes.
    Consent,
    /// The page of the pattern shows how it is written.
    ShowsHow,
    /// It shows nothing.
    ShowsNothing,
    /// The patch of the loop is needed.
    PatchNeeded,
    /// The patch of the loop is not needed.
    PatchUnneeded,
    /// There is no other problem.
    Only,
    /// There is another problem.
    Another,
    /// It happens in this cell that `asyncio.run()` raises.
    RunRaises,
}

/// What a line does when it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// What the mistake's page shows.
    Usual,
    /// It works, because the kernel's loop was patched.
    Patched,
    /// It works, and warns.
    Deprecated,
    /// It never comes back.
    Hangs,
    /// The kernel is gone.
    EndsKernel,
    /// It does nothing, or nothing to the loop that runs.
    NoEffect,
    /// It takes an async generator for a coroutine.
    Generator,
    /// What the mistake's page says nothing of: the message is all there is to say.
    Apart,
}

impl Outcome {
    /// What a problem's line does.
    pub fn of(problem: &Diagnostic) -> Self {
        Self::of_message(&problem.message)
    }

    fn of_message(message: &Message) -> Self {
        match (message.page, message.key) {
            (_, "patched") => Self::Patched,
            (_, "deprecated") => Self::Deprecated,
            (_, "hangs") => Self::Hangs,
            (_, "dies" | "stop") => Self::EndsKernel,
            (_, "policy" | "set-loop") => Self::NoEffect,
            ("coroutine-never-awaited", "generator")
            | ("async-function-handed-over", "async-generator") => Self::Generator,
            (
                "competing-event-loop",
                "exit" | "needs-proactor" | "needs-selector" | "on-selector" | "on-proactor",
            )
            | ("awaited-twice", "manager")
            | ("handler-cannot-catch", "cancelled")
            | ("async-resource-across-cells", "after-block" | "over" | "context")
            | (
                "loop-waits-for-itself",
                "front-end" | "never" | "later" | "undone" | "full" | "lock" | "own-lock",
            ) => Self::Apart,
            _ => Self::Usual,
        }
    }
}

impl Statement {
    /// What a text of the interface states.
    pub fn of_text(key: Wording) -> Option<Self> {
        Some(match key {
            situation::LEAVE_ALONE => Self::LeaveAlone,
            apply::WRITES | apply::WRITES_SEVERAL | apply::CHANGES | apply::CHANGES_SEVERAL => {
                Self::Written
            }
            apply::KEY_W | apply::KEY_W_MEMORY => Self::Written,
            apply::MOVES | apply::KEY_W_MOVE | pattern::MOVES => Self::Moved,
            pattern::DISPLAY | apply::SHOWN_ONLY => Self::ShownOnly,
            apply::NOTHING | tradeoffs::NO_FIX => Self::NoRepair,
            answer::BY_HAND | pattern::BY_HAND_WHY => Self::ShowsHow,
            answer::BY_HAND_ALONE | pattern::BY_HAND_ALONE => Self::ShowsNothing,
            apply::KEY_Y => Self::CopiesRepair,
            answer::NOTHING_ELSE | tradeoffs::NOTHING => Self::NothingElse,
            answer::MOVE_PRICE | tradeoffs::MOVE | tradeoffs::ONE | tradeoffs::SEVERAL => {
                Self::Changes
            }
            pattern::SAFE => Self::Safe,
            pattern::UNSAFE => Self::Consent,
            pattern::UNTRIED => Self::Untried,
            apply::ONLY => Self::Only,
            apply::NEXT | apply::FIRST_AGAIN => Self::Another,
            _ => return None,
        })
    }

    /// What a message of a mistake's page states.
    pub fn of_message(message: &Message) -> Option<Self> {
        if message.page == "nest-asyncio-by-default" {
            return match message.key {
                "needed" | "needs-it" => Some(Self::PatchNeeded),
                "unneeded" | "unneeded-here" => Some(Self::PatchUnneeded),
                _ => None,
            };
        }
        match Outcome::of_message(message) {
            Outcome::Usual => None,
            outcome => Some(Self::Outcome(outcome)),
        }
    }

    /// What a section of a mistake's page states: its example shows what usually happens.
    pub fn of_section(anchor: &str) -> Option<Self> {
        (anchor == "happens").then_some(Self::Outcome(Outcome::Usual))
    }

    /// Whether the two cannot both be true of one problem.
    pub fn excludes(self, other: Self) -> bool {
        self.denies(other) || other.denies(self)
    }

    fn denies(self, other: Self) -> bool {
        match self {
            Self::LeaveAlone => matches!(other, Self::Problem | Self::NoRepair),
            Self::Outcome(outcome) => match other {
                Self::Outcome(another) => outcome != another,
                Self::RunRaises => outcome == Outcome::Patched,
                _ => false,
            },
            Self::NoRepair | Self::ShownOnly | Self::ShowsHow | Self::ShowsNothing => {
                let repairs = matches!(other, Self::Written | Self::Moved | Self::CopiesRepair);
                repairs || (self == Self::ShowsHow && other == Self::ShowsNothing)
            }
            Self::Written => other == Self::Moved,
            Self::NothingElse => matches!(other, Self::Changes | Self::Moved | Self::Consent),
            Self::Untried => matches!(other, Self::Changes | Self::Safe),
            Self::Safe => other == Self::Consent,
            Self::PatchNeeded => other == Self::PatchUnneeded,
            Self::Only => other == Self::Another,
            _ => false,
        }
    }
}
