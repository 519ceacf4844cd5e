//! The keys of a deviation's record.

use super::{Binding, Command, Context, c, ctrl, k, row};
use crate::tutor::key::Code;
use crate::wording::keys;

/// Their rows of the table.
pub(super) const KEYS: &[Binding] = &[
    row(Context::Reader, &[c('r')], Command::Record, "r", keys::RECORD, 1, Some(3)),
    row(Context::Outcome, &[c('r')], Command::Record, "r", keys::RECORD, 4, Some(4)),
    row(
        Context::Reason,
        &[k(Code::Enter)],
        Command::ReasonDone,
        "Enter",
        keys::REASON_DONE,
        1,
        None,
    ),
    row(Context::Reason, &[k(Code::Esc)], Command::Back, "Esc", keys::CLOSE, 2, Some(0)),
    row(Context::Record, &[c('s')], Command::SaveRecord, "s", keys::SAVE_RECORD, 1, Some(1)),
    row(Context::Record, &[c('i')], Command::InsertRecord, "i", keys::INSERT_RECORD, 2, Some(2)),
    row(Context::Record, &[c('y')], Command::Copy, "y", keys::COPY, 3, Some(3)),
    row(Context::Record, &[k(Code::Down), c('j')], Command::Down, "↓", keys::DOWN, 4, None),
    row(Context::Record, &[k(Code::Up), c('k')], Command::Up, "↑", keys::UP, 0, None),
    row(
        Context::Record,
        &[k(Code::PageDown), c(' '), ctrl('f')],
        Command::PageDown,
        "PgDn",
        keys::PAGE_DOWN,
        0,
        None,
    ),
    row(
        Context::Record,
        &[k(Code::PageUp), ctrl('b')],
        Command::PageUp,
        "PgUp",
        keys::PAGE_UP,
        0,
        None,
    ),
    row(Context::Record, &[k(Code::Home)], Command::Top, "Home", keys::TOP, 0, None),
    row(Context::Record, &[k(Code::End)], Command::Bottom, "End", keys::BOTTOM, 0, None),
    row(Context::Record, &[k(Code::Esc), c('q')], Command::Back, "Esc", keys::CLOSE, 5, Some(0)),
];
