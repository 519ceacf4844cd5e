//! The keys that find a command by its name, and the way back over what was visited.

use super::{Binding, Command, Context, c, k, row, silent};
use crate::tutor::key::Code;
use crate::wording::keys;

/// Their rows of the table.
pub(super) const KEYS: &[Binding] = &[
    row(
        Context::Walkthrough,
        &[c('o')],
        Command::OpenNotebook,
        "o",
        keys::OPEN_ANOTHER,
        20,
        Some(19),
    ),
    row(Context::Walkthrough, &[c('v')], Command::Overview, "v", keys::OVERVIEW, 12, None),
    row(Context::Walkthrough, &[c('E')], Command::EditOutside, "E", keys::EDIT_OUTSIDE, 0, None),
    silent(Context::Walkthrough, &[k(Code::Backspace)], Command::Earlier),
    row(Context::Everywhere, &[c(':')], Command::Palette, ":", keys::PALETTE, 14, None),
    row(Context::Everywhere, &[c('<')], Command::Earlier, "<", keys::EARLIER, 0, None),
    row(Context::Everywhere, &[c('>')], Command::Later, ">", keys::LATER, 0, None),
];
