//! Pages as text on this terminal.

use std::io;

use super::Session;
use super::tutor::{PLAIN, theme};
use crate::shell::tui::print::Print;
use crate::tutor::view::Page;

/// Columns of running text at most, however wide the terminal is.
const WIDEST: usize = 88;

/// Columns that it has at least.
const NARROWEST: usize = 20;

/// The text of a page.
///
/// # Errors
/// When the content holds no theme.
pub(super) fn text(session: &Session, page: &Page) -> io::Result<String> {
    let theme = theme(&session.knowledge, PLAIN).map_err(io::Error::other)?;
    let paper = session.paper;
    let width = paper.width.unwrap_or(WIDEST).clamp(NARROWEST, WIDEST);
    Ok(Print { theme: &theme, charset: paper.charset, color: paper.color, width }.page(page))
}
