//! Every key of the tutor in one table: footer, help and the linear front end's numbers are
//! drawn from it.

mod asking;
mod finding;
mod recording;

pub use super::command::Command;
use super::key::{Code, Key};
use super::learn::keys as learn;
use crate::text::Wording;
use crate::wording::keys;

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
    /// What it does; none where another row says so.
    pub label: Option<Wording>,
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
    label: Wording,
    footer: u8,
    number: Option<u8>,
) -> Binding {
    Binding { context, keys, command, shown, label: Some(label), footer, number }
}

/// A row that is neither shown nor explained: another one stands for it.
pub(super) const fn silent(
    context: Context,
    keys: &'static [(Code, bool)],
    command: Command,
) -> Binding {
    Binding { context, keys, command, shown: "", label: None, footer: 0, number: None }
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
    row(Context::Home, &[c('o')], Command::OpenNotebook, "o", keys::OPEN, 3, Some(2)),
    row(Context::Home, &[c('s')], Command::Sample, "s", keys::SAMPLE, 5, Some(3)),
    row(Context::Home, &[c('l')], Command::Lessons, "l", keys::LESSONS, 4, Some(7)),
    row(Context::Home, &[k(Code::Enter)], Command::Choose, "Enter", keys::CHOOSE, 1, None),
    row(Context::Home, &[k(Code::Up), c('k')], Command::Up, "↑", keys::UP, 0, None),
    row(Context::Home, &[k(Code::Down), c('j')], Command::Down, "↓", keys::DOWN, 0, None),
    row(
        Context::Walkthrough,
        &[k(Code::Right), k(Code::Enter), c('l')],
        Command::NextStep,
        "→",
        keys::NEXT_STEP,
        3,
        Some(1),
    ),
    row(
        Context::Walkthrough,
        &[k(Code::Left), c('h')],
        Command::PreviousStep,
        "←",
        keys::PREVIOUS_STEP,
        4,
        Some(2),
    ),
    row(Context::Walkthrough, &[c('1')], Command::Step(1), "1–6", keys::JUMP_STEP, 0, None),
    silent(Context::Walkthrough, &[c('2')], Command::Step(2)),
    silent(Context::Walkthrough, &[c('3')], Command::Step(3)),
    silent(Context::Walkthrough, &[c('4')], Command::Step(4)),
    silent(Context::Walkthrough, &[c('5')], Command::Step(5)),
    silent(Context::Walkthrough, &[c('6')], Command::Step(6)),
    row(Context::Walkthrough, &[c('n')], Command::NextProblem, "n", keys::NEXT_PROBLEM, 5, Some(3)),
    row(
        Context::Walkthrough,
        &[c('p')],
        Command::PreviousProblem,
        "p",
        keys::PREVIOUS_PROBLEM,
        0,
        None,
    ),
    row(Context::Walkthrough, &[c(']')], Command::NextCell, "]", keys::NEXT_CELL, 10, Some(7)),
    row(
        Context::Walkthrough,
        &[c('[')],
        Command::PreviousCell,
        "[",
        keys::PREVIOUS_CELL,
        0,
        Some(8),
    ),
    row(Context::Walkthrough, &[k(Code::Up), c('k')], Command::Up, "↑", keys::UP, 0, None),
    row(Context::Walkthrough, &[k(Code::Down), c('j')], Command::Down, "↓", keys::DOWN, 0, None),
    row(Context::Walkthrough, &[k(Code::PageUp)], Command::PageUp, "PgUp", keys::PAGE_UP, 0, None),
    row(
        Context::Walkthrough,
        &[k(Code::PageDown), c(' ')],
        Command::PageDown,
        "PgDn",
        keys::PAGE_DOWN,
        0,
        None,
    ),
    row(Context::Walkthrough, &[k(Code::Home)], Command::Top, "Home", keys::TOP, 0, None),
    row(Context::Walkthrough, &[k(Code::End)], Command::Bottom, "End", keys::BOTTOM, 0, None),
    row(Context::Walkthrough, &[k(Code::Tab)], Command::Pane, "Tab", keys::PANE, 11, None),
    row(Context::Walkthrough, &[c('e')], Command::Edit, "e", keys::EDIT, 7, None),
    row(Context::Walkthrough, &[c('w')], Command::Write, "w", keys::WRITE, 2, Some(4)),
    row(Context::Walkthrough, &[c('y')], Command::Copy, "y", keys::COPY, 1, Some(9)),
    row(Context::Walkthrough, &[c('s')], Command::SaveAdvice, "s", keys::SAVE_ADVICE, 15, Some(10)),
    row(Context::Walkthrough, &[c('u')], Command::Undo, "u", keys::UNDO, 16, Some(11)),
    row(Context::Walkthrough, &[ctrl('r')], Command::Redo, "Ctrl-R", keys::REDO, 0, None),
    row(Context::Walkthrough, &[c('d')], Command::Deviations, "d", keys::DEVIATIONS, 17, Some(12)),
    row(
        Context::Walkthrough,
        &[c('a')],
        Command::Alternative,
        "a",
        keys::ALTERNATIVE,
        18,
        Some(13),
    ),
    row(Context::Walkthrough, &[c('P')], Command::Problems, "P", keys::PROBLEMS, 6, Some(23)),
    row(Context::Walkthrough, &[c('A')], Command::Several, "A", keys::REPAIR_MANY, 11, Some(24)),
    row(Context::Walkthrough, &[c('x')], Command::Practise, "x", keys::PRACTISE, 19, Some(18)),
    row(Context::Walkthrough, &[c('g')], Command::HandOff, "g", keys::HAND_OFF, 3, Some(14)),
    row(Context::Walkthrough, &[c('r')], Command::Prove, "r", keys::PROVE, 6, Some(16)),
    row(Context::Walkthrough, &[c('i')], Command::Interrupt, "i", keys::INTERRUPT, 1, Some(17)),
    row(Context::Filter, &[k(Code::Enter)], Command::Choose, "Enter", keys::OPEN_THIS, 1, None),
    row(Context::Filter, &[k(Code::Up), ctrl('p')], Command::Up, "↑", keys::UP, 0, None),
    row(Context::Filter, &[k(Code::Down), ctrl('n')], Command::Down, "↓", keys::DOWN, 2, None),
    row(Context::Filter, &[k(Code::PageUp)], Command::PageUp, "PgUp", keys::PAGE_UP, 0, None),
    row(Context::Filter, &[k(Code::PageDown)], Command::PageDown, "PgDn", keys::PAGE_DOWN, 0, None),
    row(
        Context::Filter,
        &[k(Code::Tab)],
        Command::OtherLanguage,
        "Tab",
        keys::OTHER_LANGUAGE,
        3,
        None,
    ),
    row(Context::Filter, &[k(Code::Esc)], Command::Back, "Esc", keys::CLOSE, 4, Some(0)),
    row(
        Context::List,
        &[k(Code::Enter), k(Code::Right), c('l')],
        Command::Choose,
        "Enter",
        keys::OPEN_THIS,
        1,
        None,
    ),
    row(Context::List, &[k(Code::Up), c('k')], Command::Up, "↑", keys::UP, 0, None),
    row(Context::List, &[k(Code::Down), c('j')], Command::Down, "↓", keys::DOWN, 2, None),
    row(Context::List, &[k(Code::PageUp)], Command::PageUp, "PgUp", keys::PAGE_UP, 0, None),
    row(Context::List, &[k(Code::PageDown)], Command::PageDown, "PgDn", keys::PAGE_DOWN, 0, None),
    row(Context::List, &[k(Code::Esc), c('q')], Command::Back, "Esc", keys::CLOSE, 4, Some(0)),
    row(Context::Reader, &[k(Code::Down), c('j')], Command::Down, "↓", keys::DOWN, 2, None),
    row(Context::Reader, &[k(Code::Up), c('k')], Command::Up, "↑", keys::UP, 3, None),
    row(Context::Reader, &[k(Code::PageUp)], Command::PageUp, "PgUp", keys::PAGE_UP, 0, None),
    row(
        Context::Reader,
        &[k(Code::PageDown), c(' ')],
        Command::PageDown,
        "PgDn",
        keys::PAGE_DOWN,
        4,
        None,
    ),
    row(Context::Reader, &[k(Code::Home)], Command::Top, "Home", keys::TOP, 0, None),
    row(Context::Reader, &[k(Code::End)], Command::Bottom, "End", keys::BOTTOM, 0, None),
    row(
        Context::Reader,
        &[c('s'), k(Code::Enter)],
        Command::Choose,
        "Enter",
        keys::SEE_ALSO,
        5,
        Some(1),
    ),
    row(Context::Reader, &[c('y')], Command::Copy, "y", keys::COPY, 6, Some(2)),
    row(
        Context::Reader,
        &[k(Code::Esc), c('q'), k(Code::Backspace), k(Code::Left)],
        Command::Back,
        "Esc",
        keys::CLOSE,
        1,
        Some(0),
    ),
    row(Context::Confirm, &[c('y'), k(Code::Enter)], Command::Yes, "y", keys::YES, 1, Some(1)),
    row(Context::Confirm, &[c('n'), k(Code::Esc), c('q')], Command::No, "n", keys::NO, 2, Some(0)),
    row(Context::Confirm, &[k(Code::Down), c('j')], Command::Down, "↓", keys::DOWN, 3, None),
    row(Context::Confirm, &[k(Code::Up), c('k')], Command::Up, "↑", keys::UP, 0, None),
    row(
        Context::Confirm,
        &[k(Code::PageDown), c(' ')],
        Command::PageDown,
        "PgDn",
        keys::PAGE_DOWN,
        0,
        None,
    ),
    row(Context::Confirm, &[k(Code::PageUp)], Command::PageUp, "PgUp", keys::PAGE_UP, 0, None),
    row(Context::Leaving, &[c('w')], Command::Yes, "w", keys::WRITE_AND_QUIT, 1, Some(1)),
    row(Context::Leaving, &[c('d')], Command::Discard, "d", keys::DISCARD_AND_QUIT, 2, Some(2)),
    row(Context::Leaving, &[c('n'), k(Code::Esc)], Command::No, "Esc", keys::STAY, 3, Some(0)),
    row(Context::Leaving, &[k(Code::Down), c('j')], Command::Down, "↓", keys::DOWN, 0, None),
    row(Context::Leaving, &[k(Code::Up), c('k')], Command::Up, "↑", keys::UP, 0, None),
    row(Context::Editor, &[k(Code::Esc)], Command::EditDone, "Esc", keys::EDIT_DONE, 1, None),
    row(Context::Editor, &[ctrl('s')], Command::EditWrite, "Ctrl-S", keys::EDIT_WRITE, 2, None),
    row(Context::Everywhere, &[c('/')], Command::LookUp, "/", keys::LOOK_UP, 7, Some(5)),
    row(Context::Everywhere, &[c('L')], Command::Language, "L", keys::LANGUAGE, 8, Some(6)),
    row(Context::Everywhere, &[c('T')], Command::Theme, "T", keys::THEME, 0, None),
    row(Context::Everywhere, &[c('m')], Command::Mouse, "m", keys::MOUSE, 0, None),
    row(Context::Everywhere, &[ctrl('z')], Command::Suspend, "Ctrl-Z", keys::SUSPEND, 0, None),
    row(Context::Everywhere, &[k(Code::Esc)], Command::Back, "Esc", keys::BACK, 0, None),
    row(Context::Everywhere, &[c('?')], Command::Help, "?", keys::HELP, 9, None),
    row(Context::Everywhere, &[c('q'), ctrl('c')], Command::Quit, "q", keys::QUIT, 13, Some(0)),
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
