//! Every key of the tutor in one table: footer, help and the linear front end's numbers are
//! drawn from it.

mod asking;
mod finding;
mod recording;

use super::beside::Keep;
use super::key::{Code, Key};
use super::learn::keys as learn;

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

/// Where a key has its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    Everywhere,
    Home,
    Walkthrough,
    /// The list of lessons.
    Lessons,
    /// A page of a lesson.
    Lesson,
    /// A question of a lesson.
    Predict,
    Drill,
    /// What a lesson's pages, questions and drills have in common.
    Stage,
    /// A list with a filter line: letters go to the filter.
    Filter,
    List,
    Reader,
    /// A question of "which pattern?".
    Choosing,
    /// Where its answers lead.
    Outcome,
    /// A reason is typed: letters go to it.
    Reason,
    /// A deviation's record.
    Record,
    Confirm,
    Leaving,
    Draft,
    /// The file was changed on both sides.
    Both,
    /// Which cells are to run.
    Consent,
    Editor,
}

/// A row of the table.
pub struct Binding {
    pub context: Context,
    pub keys: &'static [(Code, bool)],
    pub command: Command,
    /// How the footer and the help write the keys.
    pub shown: &'static str,
    /// The interface text that says what it does, under `keys.`.
    pub label: &'static str,
    /// Place in the footer, lowest first; 0 keeps it out.
    pub footer: u8,
    /// The linear front end's number for it.
    pub number: Option<u8>,
}

pub(super) const fn row(
    context: Context,
    keys: &'static [(Code, bool)],
    command: Command,
    shown: &'static str,
    label: &'static str,
    footer: u8,
    number: Option<u8>,
) -> Binding {
    Binding { context, keys, command, shown, label, footer, number }
}

pub(super) const fn c(char: char) -> (Code, bool) {
    (Code::Char(char), false)
}

const fn ctrl(char: char) -> (Code, bool) {
    (Code::Char(char), true)
}

pub(super) const fn k(code: Code) -> (Code, bool) {
    (code, false)
}

/// The table.
const KEYS: &[Binding] = &[
    row(Context::Home, &[c('o')], Command::OpenNotebook, "o", "open", 3, Some(2)),
    row(Context::Home, &[c('s')], Command::Sample, "s", "sample", 5, Some(3)),
    row(Context::Home, &[c('l')], Command::Lessons, "l", "lessons", 4, Some(7)),
    row(Context::Home, &[k(Code::Enter)], Command::Choose, "Enter", "choose", 1, None),
    row(Context::Home, &[k(Code::Up), c('k')], Command::Up, "↑", "up", 0, None),
    row(Context::Home, &[k(Code::Down), c('j')], Command::Down, "↓", "down", 0, None),
    row(
        Context::Walkthrough,
        &[k(Code::Right), k(Code::Enter), c('l')],
        Command::NextStep,
        "→",
        "next-step",
        3,
        Some(1),
    ),
    row(
        Context::Walkthrough,
        &[k(Code::Left), c('h')],
        Command::PreviousStep,
        "←",
        "previous-step",
        4,
        Some(2),
    ),
    row(Context::Walkthrough, &[c('1')], Command::Step(1), "1–6", "jump-step", 0, None),
    row(Context::Walkthrough, &[c('2')], Command::Step(2), "", "", 0, None),
    row(Context::Walkthrough, &[c('3')], Command::Step(3), "", "", 0, None),
    row(Context::Walkthrough, &[c('4')], Command::Step(4), "", "", 0, None),
    row(Context::Walkthrough, &[c('5')], Command::Step(5), "", "", 0, None),
    row(Context::Walkthrough, &[c('6')], Command::Step(6), "", "", 0, None),
    row(Context::Walkthrough, &[c('n')], Command::NextProblem, "n", "next-problem", 5, Some(3)),
    row(
        Context::Walkthrough,
        &[c('p')],
        Command::PreviousProblem,
        "p",
        "previous-problem",
        0,
        None,
    ),
    row(Context::Walkthrough, &[c(']')], Command::NextCell, "]", "next-cell", 10, Some(7)),
    row(Context::Walkthrough, &[c('[')], Command::PreviousCell, "[", "previous-cell", 0, Some(8)),
    row(Context::Walkthrough, &[k(Code::Up), c('k')], Command::Up, "↑", "up", 0, None),
    row(Context::Walkthrough, &[k(Code::Down), c('j')], Command::Down, "↓", "down", 0, None),
    row(Context::Walkthrough, &[k(Code::PageUp)], Command::PageUp, "PgUp", "page-up", 0, None),
    row(
        Context::Walkthrough,
        &[k(Code::PageDown), c(' ')],
        Command::PageDown,
        "PgDn",
        "page-down",
        0,
        None,
    ),
    row(Context::Walkthrough, &[k(Code::Home)], Command::Top, "Home", "top", 0, None),
    row(Context::Walkthrough, &[k(Code::End)], Command::Bottom, "End", "bottom", 0, None),
    row(Context::Walkthrough, &[k(Code::Tab)], Command::Pane, "Tab", "pane", 11, None),
    row(Context::Walkthrough, &[c('e')], Command::Edit, "e", "edit", 7, None),
    row(Context::Walkthrough, &[c('w')], Command::Write, "w", "write", 2, Some(4)),
    row(Context::Walkthrough, &[c('y')], Command::Copy, "y", "copy", 1, Some(9)),
    row(Context::Walkthrough, &[c('s')], Command::SaveAdvice, "s", "save-advice", 15, Some(10)),
    row(Context::Walkthrough, &[c('u')], Command::Undo, "u", "undo", 16, Some(11)),
    row(Context::Walkthrough, &[ctrl('r')], Command::Redo, "Ctrl-R", "redo", 0, None),
    row(Context::Walkthrough, &[c('d')], Command::Deviations, "d", "deviations", 17, Some(12)),
    row(Context::Walkthrough, &[c('a')], Command::Alternative, "a", "alternative", 18, Some(13)),
    row(Context::Walkthrough, &[c('P')], Command::Problems, "P", "problems", 6, Some(23)),
    row(Context::Walkthrough, &[c('A')], Command::Several, "A", "repair-many", 11, Some(24)),
    row(Context::Walkthrough, &[c('x')], Command::Practise, "x", "practise", 19, Some(18)),
    row(Context::Walkthrough, &[c('g')], Command::HandOff, "g", "hand-off", 3, Some(14)),
    row(Context::Walkthrough, &[c('r')], Command::Prove, "r", "prove", 6, Some(16)),
    row(Context::Walkthrough, &[c('i')], Command::Interrupt, "i", "interrupt", 1, Some(17)),
    row(Context::Filter, &[k(Code::Enter)], Command::Choose, "Enter", "open-this", 1, None),
    row(Context::Filter, &[k(Code::Up), ctrl('p')], Command::Up, "↑", "up", 0, None),
    row(Context::Filter, &[k(Code::Down), ctrl('n')], Command::Down, "↓", "down", 2, None),
    row(Context::Filter, &[k(Code::PageUp)], Command::PageUp, "PgUp", "page-up", 0, None),
    row(Context::Filter, &[k(Code::PageDown)], Command::PageDown, "PgDn", "page-down", 0, None),
    row(Context::Filter, &[k(Code::Tab)], Command::OtherLanguage, "Tab", "other-language", 3, None),
    row(Context::Filter, &[k(Code::Esc)], Command::Back, "Esc", "close", 4, Some(0)),
    row(
        Context::List,
        &[k(Code::Enter), k(Code::Right), c('l')],
        Command::Choose,
        "Enter",
        "open-this",
        1,
        None,
    ),
    row(Context::List, &[k(Code::Up), c('k')], Command::Up, "↑", "up", 0, None),
    row(Context::List, &[k(Code::Down), c('j')], Command::Down, "↓", "down", 2, None),
    row(Context::List, &[k(Code::PageUp)], Command::PageUp, "PgUp", "page-up", 0, None),
    row(Context::List, &[k(Code::PageDown)], Command::PageDown, "PgDn", "page-down", 0, None),
    row(Context::List, &[k(Code::Esc), c('q')], Command::Back, "Esc", "close", 4, Some(0)),
    row(Context::Reader, &[k(Code::Down), c('j')], Command::Down, "↓", "down", 2, None),
    row(Context::Reader, &[k(Code::Up), c('k')], Command::Up, "↑", "up", 3, None),
    row(Context::Reader, &[k(Code::PageUp)], Command::PageUp, "PgUp", "page-up", 0, None),
    row(
        Context::Reader,
        &[k(Code::PageDown), c(' ')],
        Command::PageDown,
        "PgDn",
        "page-down",
        4,
        None,
    ),
    row(Context::Reader, &[k(Code::Home)], Command::Top, "Home", "top", 0, None),
    row(Context::Reader, &[k(Code::End)], Command::Bottom, "End", "bottom", 0, None),
    row(
        Context::Reader,
        &[c('s'), k(Code::Enter)],
        Command::Choose,
        "Enter",
        "see-also",
        5,
        Some(1),
    ),
    row(Context::Reader, &[c('y')], Command::Copy, "y", "copy", 6, Some(2)),
    row(
        Context::Reader,
        &[k(Code::Esc), c('q'), k(Code::Backspace), k(Code::Left)],
        Command::Back,
        "Esc",
        "close",
        1,
        Some(0),
    ),
    row(Context::Confirm, &[c('y'), k(Code::Enter)], Command::Yes, "y", "yes", 1, Some(1)),
    row(Context::Confirm, &[c('n'), k(Code::Esc), c('q')], Command::No, "n", "no", 2, Some(0)),
    row(Context::Confirm, &[k(Code::Down), c('j')], Command::Down, "↓", "down", 3, None),
    row(Context::Confirm, &[k(Code::Up), c('k')], Command::Up, "↑", "up", 0, None),
    row(
        Context::Confirm,
        &[k(Code::PageDown), c(' ')],
        Command::PageDown,
        "PgDn",
        "page-down",
        0,
        None,
    ),
    row(Context::Confirm, &[k(Code::PageUp)], Command::PageUp, "PgUp", "page-up", 0, None),
    row(Context::Leaving, &[c('w')], Command::Yes, "w", "write-and-quit", 1, Some(1)),
    row(Context::Leaving, &[c('d')], Command::Discard, "d", "discard-and-quit", 2, Some(2)),
    row(Context::Leaving, &[c('n'), k(Code::Esc)], Command::No, "Esc", "stay", 3, Some(0)),
    row(Context::Leaving, &[k(Code::Down), c('j')], Command::Down, "↓", "down", 0, None),
    row(Context::Leaving, &[k(Code::Up), c('k')], Command::Up, "↑", "up", 0, None),
    row(Context::Editor, &[k(Code::Esc)], Command::EditDone, "Esc", "edit-done", 1, None),
    row(Context::Editor, &[ctrl('s')], Command::EditWrite, "Ctrl-S", "edit-write", 2, None),
    row(Context::Everywhere, &[c('/')], Command::LookUp, "/", "look-up", 7, Some(5)),
    row(Context::Everywhere, &[c('L')], Command::Language, "L", "language", 8, Some(6)),
    row(Context::Everywhere, &[c('T')], Command::Theme, "T", "theme", 0, None),
    row(Context::Everywhere, &[c('m')], Command::Mouse, "m", "mouse", 0, None),
    row(Context::Everywhere, &[ctrl('z')], Command::Suspend, "Ctrl-Z", "suspend", 0, None),
    row(Context::Everywhere, &[k(Code::Esc)], Command::Back, "Esc", "back", 0, None),
    row(Context::Everywhere, &[c('?')], Command::Help, "?", "help", 9, None),
    row(Context::Everywhere, &[c('q'), ctrl('c')], Command::Quit, "q", "quit", 13, Some(0)),
];

/// Every row: the table, those of questions, those of lessons.
pub fn all() -> impl Iterator<Item = &'static Binding> {
    let lessons = [learn::LESSONS, learn::LESSON, learn::PREDICT, learn::DRILL, learn::STAGES];
    let own = KEYS.iter().chain(asking::KEYS).chain(finding::KEYS).chain(recording::KEYS);
    own.chain(lessons.into_iter().flatten())
}

/// The command of a key: the context's own meaning first, then that of everywhere. In a filter
/// line and in the editor only their own keys have one.
pub fn command(context: Context, key: Key) -> Option<Command> {
    let matches = |binding: &&Binding| {
        !key.alt && binding.keys.iter().any(|(code, ctrl)| *code == key.code && *ctrl == key.ctrl)
    };
    let of = |wanted: Context| all().filter(|binding| binding.context == wanted).find(matches);
    let typed = matches!(context, Context::Filter | Context::Reason | Context::Editor);
    let control_only = |binding: &&Binding| binding.keys.iter().all(|(_, ctrl)| *ctrl);
    of(context)
        .or_else(|| of(context.wider()?))
        .or_else(|| {
            if typed {
                of(Context::Everywhere).filter(control_only)
            } else {
                of(Context::Everywhere)
            }
        })
        .map(|binding| binding.command)
}

/// The rows that the footer shows in a context, most important first.
pub fn footer(context: Context) -> Vec<&'static Binding> {
    let typed = matches!(
        context,
        Context::Filter
            | Context::Reason
            | Context::Editor
            | Context::Confirm
            | Context::Leaving
            | Context::Draft
            | Context::Both
            | Context::Consent
    );
    let mut rows: Vec<&Binding> = all()
        .filter(|row| row.footer > 0)
        .filter(|row| context.has(row) || (row.context == Context::Everywhere && !typed))
        .collect();
    rows.sort_by_key(|row| row.footer);
    rows
}

#[cfg(test)]
mod tests;
