//! The keys of a deviation's record.

use super::{Binding, Command, Context, c, ctrl, k, row};
use crate::tutor::key::Code;

/// Their rows of the table.
pub(super) const KEYS: &[Binding] = &[
    row(Context::Reader, &[c('r')], Command::Record, "r", "record", 1, Some(3)),
    row(Context::Outcome, &[c('r')], Command::Record, "r", "record", 4, Some(4)),
    row(Context::Reason, &[k(Code::Enter)], Command::ReasonDone, "Enter", "reason-done", 1, None),
    row(Context::Reason, &[k(Code::Esc)], Command::Back, "Esc", "close", 2, Some(0)),
    row(Context::Record, &[c('s')], Command::SaveRecord, "s", "save-record", 1, Some(1)),
    row(Context::Record, &[c('i')], Command::InsertRecord, "i", "insert-record", 2, Some(2)),
    row(Context::Record, &[c('y')], Command::Copy, "y", "copy", 3, Some(3)),
    row(Context::Record, &[k(Code::Down), c('j')], Command::Down, "↓", "down", 4, None),
    row(Context::Record, &[k(Code::Up), c('k')], Command::Up, "↑", "up", 0, None),
    row(
        Context::Record,
        &[k(Code::PageDown), c(' '), ctrl('f')],
        Command::PageDown,
        "PgDn",
        "page-down",
        0,
        None,
    ),
    row(
        Context::Record,
        &[k(Code::PageUp), ctrl('b')],
        Command::PageUp,
        "PgUp",
        "page-up",
        0,
        None,
    ),
    row(Context::Record, &[k(Code::Home)], Command::Top, "Home", "top", 0, None),
    row(Context::Record, &[k(Code::End)], Command::Bottom, "End", "bottom", 0, None),
    row(Context::Record, &[k(Code::Esc), c('q')], Command::Back, "Esc", "close", 5, Some(0)),
];
