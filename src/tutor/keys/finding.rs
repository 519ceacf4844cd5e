//! The keys that find a command by its name, and the way back over what was visited.

use super::{Binding, Command, Context, c, k, row};
use crate::tutor::key::Code;

/// Their rows of the table.
pub(super) const KEYS: &[Binding] = &[
    row(Context::Walkthrough, &[c('o')], Command::OpenNotebook, "o", "open-another", 20, Some(19)),
    row(Context::Walkthrough, &[c('v')], Command::Overview, "v", "overview", 12, None),
    row(Context::Walkthrough, &[c('E')], Command::EditOutside, "E", "edit-outside", 0, None),
    row(Context::Walkthrough, &[k(Code::Backspace)], Command::Earlier, "Backspace", "", 0, None),
    row(Context::Everywhere, &[c(':')], Command::Palette, ":", "palette", 14, None),
    row(Context::Everywhere, &[c('<')], Command::Earlier, "<", "earlier", 0, None),
    row(Context::Everywhere, &[c('>')], Command::Later, ">", "later", 0, None),
];
