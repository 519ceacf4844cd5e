//! One cell by itself.

use std::sync::{Arc, OnceLock};

use super::{Index, Wanted};
use crate::notebook::Cell;
use crate::python::{self, CellSyntax};

/// What one cell says by itself; its text is read when somebody asks.
#[derive(Debug, Clone)]
pub struct ReadCell {
    /// Whether the kernel compiles this cell as Python at all.
    pub runs: bool,
    source: Box<str>,
    names: OnceLock<Arc<Index>>,
    wanted: OnceLock<Wanted>,
}

impl ReadCell {
    /// Of one cell. Markdown, raw and other languages' cells give an empty answer.
    pub fn of_cell(cell: &Cell, is_python: bool) -> Self {
        let (runs, source) = Self::text_of(cell, is_python);
        Self::of(runs, source)
    }

    /// Whether the kernel compiles the cell as Python, and the text to read if so.
    pub fn text_of(cell: &Cell, is_python: bool) -> (bool, &str) {
        let runs = is_python && cell.holds_python();
        (runs, if runs { cell.source.as_str() } else { "" })
    }

    /// Of a cell that says nothing.
    pub fn blank() -> Self {
        Self::of(false, "")
    }

    /// Of the cell with another text.
    pub fn with_source(&self, source: &str) -> Self {
        Self::of(self.runs, source)
    }

    fn of(runs: bool, source: &str) -> Self {
        Self { runs, source: source.into(), names: OnceLock::new(), wanted: OnceLock::new() }
    }

    /// The text that the kernel compiles; empty where it compiles none.
    pub fn source(&self) -> &str {
        &self.source
    }

    pub fn syntax(&self) -> &Arc<CellSyntax> {
        &self.names().syntax
    }

    /// What the cell's names mean.
    pub fn names(&self) -> &Arc<Index> {
        self.names.get_or_init(|| Arc::new(Index::of(Arc::new(python::parse(&self.source)))))
    }

    /// The files that the cell asks for.
    pub fn wanted(&self) -> &Wanted {
        self.wanted.get_or_init(|| Wanted::of(&self.syntax().tree))
    }

    /// Whether this was read of `cell` as it is now.
    pub fn is_of(&self, cell: &Cell, is_python: bool) -> bool {
        Self::text_of(cell, is_python) == (self.runs, &*self.source)
    }

    /// The name of the cell magic that opens the cell.
    pub fn magic(&self) -> Option<&str> {
        let syntax = self.syntax();
        syntax.magic.as_ref().map(|magic| syntax.tree.text(magic.name))
    }

    /// Whether there is something for the kernel to run.
    pub fn has_code(&self) -> bool {
        self.runs && !self.source.trim().is_empty()
    }
}

/// What the names of each of these cells mean, in order.
pub fn names_of(cells: &[Arc<ReadCell>]) -> impl Iterator<Item = Arc<Index>> {
    cells.iter().map(|cell| Arc::clone(cell.names()))
}
