//! What can be wrong with a notebook's file, and with a change to it.

use crate::notebook::json::Fault;
use crate::text::{self, CellIndex};

/// Why a file is no notebook. Offsets count bytes from 0; lines and columns count from 1, columns
/// in characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotebookError {
    #[error("not UTF-8 at byte {offset} (line {line})")]
    Encoding { offset: usize, line: usize },
    #[error("not JSON: {what} at line {line}, column {column} (byte {offset}{})", in_cell(*cell))]
    Json { what: &'static str, offset: usize, line: usize, column: usize, cell: Option<CellIndex> },
    #[error("not a notebook: {what} at line {line}{}", after_line(*cell))]
    Shape { what: &'static str, line: usize, cell: Option<CellIndex> },
    #[error("nbformat {major} is not known, only 4 (and 2 and 3 to read)")]
    Format { major: u32 },
}

impl NotebookError {
    /// The offset, in bytes from 0, and the line of the first byte that is not UTF-8.
    pub(super) fn encoding(bytes: &[u8], offset: usize) -> Self {
        let before = bytes.get(..offset).unwrap_or_default();
        Self::Encoding { offset, line: memchr::memchr_iter(b'\n', before).count() + 1 }
    }

    pub(super) fn json(text: &str, fault: Fault) -> Self {
        let text::Position { line, column } = text::position(text, fault.at);
        Self::Json { what: fault.what, offset: fault.at, line, column, cell: fault.cell }
    }

    pub(super) fn shape(text: &str, fault: Fault) -> Self {
        let line = text::position(text, fault.at).line;
        Self::Shape { what: fault.what, line, cell: fault.cell }
    }
}

fn in_cell(cell: Option<CellIndex>) -> String {
    cell.map(|cell| format!(", cell {}", cell.number())).unwrap_or_default()
}

fn after_line(cell: Option<CellIndex>) -> String {
    cell.map(|cell| format!(" (cell {})", cell.number())).unwrap_or_default()
}

/// Why a notebook can be read and not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadOnly {
    /// nbformat 2 or 3. Jupyter converts such a file to 4 when it saves it.
    #[error("nbformat {major} is an old format: open and save it in Jupyter first")]
    OldFormat { major: u32 },
}

/// Why a change is not made. Cells are shown from 1, lines count from 1 in the cell's new text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SaveError {
    #[error("the notebook is read-only")]
    ReadOnly(#[source] ReadOnly),
    #[error("there is no cell {}", .cell.number())]
    NoCell { cell: CellIndex },
    #[error("cell {} is changed twice", .cell.number())]
    Twice { cell: CellIndex },
    #[error("cell {} has no source to write to", .cell.number())]
    NoSource { cell: CellIndex },
    #[error(
        "line {line} of cell {} holds half a surrogate pair, which a change would lose",
        .cell.number()
    )]
    LoneSurrogate { cell: CellIndex, line: usize },
    #[error("line {line} of cell {}'s new text would begin another cell", .cell.number())]
    Marker { cell: CellIndex, line: usize },
    #[error("cell {} would not read back as it was written", .cell.number())]
    Unfaithful { cell: CellIndex },
    #[error("a script without markers has no cells to add or delete")]
    NoCells,
    #[error("the first cell of a script has no marker of its own to delete")]
    FirstCell,
    #[error("a new cell here needs an id of its own: 1 to 64 letters, digits, '-' or '_'")]
    Id,
}
