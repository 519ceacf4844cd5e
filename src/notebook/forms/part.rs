//! A cell of a text file and the bytes that it takes.

use std::ops::Range;

use crate::notebook::CellKind;
use crate::notebook::margin::Margin;
use crate::notebook::marker::Metadata;

/// A cell of a text file, in bytes of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::notebook) struct Part {
    pub(in crate::notebook) kind: CellKind,
    pub(in crate::notebook) title: Option<String>,
    pub(in crate::notebook) metadata: Metadata,
    /// The cell and what frames it, up to the next cell.
    pub(in crate::notebook) whole: Range<usize>,
    /// The lines of the source, which ends before the last blank ones. `None` where the form
    /// leaves no room for any.
    pub(in crate::notebook) source: Option<Range<usize>>,
    /// What stands before each line.
    pub(in crate::notebook) margin: Margin,
}

impl Part {
    /// A code cell without a word about it.
    pub(in crate::notebook) fn code(
        whole: Range<usize>,
        source: Option<Range<usize>>,
        margin: Margin,
    ) -> Self {
        let (kind, title, metadata) = (CellKind::Code, None, Metadata::default());
        Self { kind, title, metadata, whole, source, margin }
    }
}

/// The bytes of `body` without blank lines at its front and end, and without the last line's end.
pub(super) fn trimmed(file: &str, body: Range<usize>) -> Range<usize> {
    let text = file.get(body.clone()).unwrap_or_default();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if !line.trim().is_empty() {
            break;
        }
        start += line.len();
    }
    if start == text.len() {
        return body.start..body.start;
    }
    let from = body.start + start;
    without_blank_lines(file, from..body.end)
}

/// The end of a line as this file has it.
pub(super) fn line_end(file: &str) -> &'static str {
    if file.contains("\r\n") { "\r\n" } else { "\n" }
}

/// `body` without the blank lines at its end, and without the last line's end.
pub(in crate::notebook) fn without_blank_lines(file: &str, body: Range<usize>) -> Range<usize> {
    let text = file.get(body.clone()).unwrap_or_default();
    let ink = text.trim_ascii_end();
    // Blanks after the last word belong to it; a part that is blank all through is empty.
    let rest = text.get(ink.len()..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default().trim_end_matches('\r');
    let length = if ink.is_empty() { 0 } else { ink.len() + line.len() };
    body.start..body.start + length
}

/// The lines of `text` with their first bytes, from byte `from` on; line ends belong to them.
pub(super) fn lines_from(text: &str, from: usize) -> impl Iterator<Item = (usize, &str)> {
    let mut at = from;
    text.get(from..).unwrap_or_default().split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line)
    })
}
