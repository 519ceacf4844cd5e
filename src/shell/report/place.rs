//! How a place in a notebook is told: by cell, line and column, or by the line of a script.

use crate::notebook::Notebook;
use crate::text::{CellIndex, Position, Span, position};

/// A stretch of a cell by its positions in the cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub cell: CellIndex,
    pub start: Position,
    pub end: Position,
    /// How many lines of a script stand before the cell's first one; 0 in a notebook.
    pub lines_before: usize,
}

impl Place {
    /// Finds the positions of a span.
    pub fn of(notebook: &Notebook, span: Span) -> Self {
        let at = |offset| {
            let source = || notebook.cell(span.cell).map_or("", |cell| &cell.source);
            notebook.position_in(span.cell, offset).unwrap_or_else(|| position(source(), offset))
        };
        let start = at(span.range.start);
        let counts_lines = notebook.format.counts_lines();
        let in_file = || notebook.file_position(span.cell, span.range.start);
        let in_file = counts_lines.then(in_file).flatten();
        let lines_before = in_file.map_or(0, |file| file.line.saturating_sub(start.line));
        Self { cell: span.cell, start, end: at(span.range.end), lines_before }
    }

    /// The line that people look for: in the script, or in the notebook's cell.
    pub fn line(&self) -> usize {
        self.start.line.saturating_add(self.lines_before)
    }
}

/// The path as services write it: with `/`, and without `./` at its front.
pub fn portable(path: &str) -> String {
    let path = if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() };
    path.strip_prefix("./").unwrap_or(&path).to_owned()
}

/// The lines and columns of a span in the file itself; the end is exclusive.
pub fn in_file(notebook: &Notebook, span: Span) -> Option<(Position, Position)> {
    let at = |offset: usize| notebook.file_position(span.cell, offset);
    Some((at(span.range.start)?, at(span.range.end)?))
}
