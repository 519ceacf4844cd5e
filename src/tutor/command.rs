//! What can be asked of the tutor: by a key, by the palette, by a number of the linear front end.

use super::beside::Keep;

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Command {
    // Everywhere.
    Help,
    LookUp,
    /// Finds a command by its name.
    Palette,
    /// What was visited before.
    Earlier,
    /// What was visited after it.
    Later,
    Language,
    Theme,
    Mouse,
    Suspend,
    Back,
    Quit,
    // Home.
    OpenNotebook,
    Sample,
    /// Asks which pattern fits.
    WhichPattern,
    /// The choice with this number, from 1.
    Answer(usize),
    QuestionBack,
    /// Puts the deviation whose page is open on record.
    Record,
    ReasonDone,
    SaveRecord,
    InsertRecord,
    // Walkthrough.
    NextStep,
    PreviousStep,
    Step(usize),
    NextProblem,
    PreviousProblem,
    /// Lists all of them.
    Problems,
    /// Repairs several at once.
    Several,
    NextCell,
    PreviousCell,
    Pane,
    Overview,
    Edit,
    /// In an editor of the reader's own.
    EditOutside,
    Write,
    Copy,
    SaveAdvice,
    Undo,
    Redo,
    Deviations,
    Alternative,
    HandOff,
    Prove,
    Interrupt,
    // Which cells run.
    Toggle,
    AllCells,
    // Lessons and drills.
    Lessons,
    NextLesson,
    PreviousLesson,
    Review,
    Placement,
    Practise,
    /// Answers a question, from 0.
    Choice(usize),
    Hint,
    Solution,
    StartOver,
    /// Diagrams move or stand still.
    Motion,
    // Scrolling and lists.
    Up,
    Down,
    PageUp,
    PageDown,
    Top,
    Bottom,
    Choose,
    OtherLanguage,
    // Confirm.
    Yes,
    No,
    Discard,
    /// What becomes of changes on both sides.
    Settle(Keep),
    // Editor.
    EditDone,
    EditWrite,
}
