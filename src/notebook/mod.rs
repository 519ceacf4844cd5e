//! Notebooks as cells: `.ipynb` files, percent scripts and pasted text, read and saved so that
//! nothing changes but what was meant to.

mod compose;
mod diff;
mod error;
mod escapes;
mod fresh;
mod insert;
mod ipynb;
mod json;
mod kernel;
mod layout;
mod lines;
mod marker;
mod outputs;
mod pasted;
mod save;
mod script;
mod strings;
mod traceback;

#[cfg(test)]
mod corpus_tests;
#[cfg(test)]
mod insert_tests;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

use crate::text::{self, CellIndex, Position};

pub use error::{NotebookError, ReadOnly, SaveError};
pub use fresh::{FreshCell, ipynb_of, percent_of};
pub use insert::NewCell;
pub use ipynb::parse_ipynb;
pub use kernel::{Kernel, is_python};
pub use outputs::Output;
pub use pasted::{Pasted, parse_pasted};
pub use script::parse_script;
pub use strings::multiline_literals;

/// A notebook and the bytes that it was read from. Cloning shares the bytes.
#[derive(Debug, Clone)]
pub struct Notebook {
    pub format: Format,
    pub kernel: Kernel,
    pub cells: Vec<Cell>,
    /// The whole file, a byte order mark included.
    file: Arc<String>,
    /// Where the cells stand, in the order of `cells`.
    places: Vec<Place>,
    /// The list of cells, brackets included; empty where there is none to insert into.
    list: Range<usize>,
}

/// What kind of file a notebook is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Jupyter's JSON, with its `nbformat` and `nbformat_minor`.
    Ipynb { major: u32, minor: u32 },
    /// A Python script with `# %%` markers. Cell 0 is what stands before the first marker.
    Percent,
    /// Text from a clipboard, without prompts. Markers divide it as in a script.
    Pasted,
    /// A Python script without cells: one cell, and not a notebook.
    Script,
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    pub index: CellIndex,
    pub id: Option<String>,
    pub kind: CellKind,
    /// The cell's own language, where its metadata names one (VS Code, Polyglot, Jupytext).
    pub language: Option<String>,
    /// The text with `\n` line ends. A script's cell ends before its last blank lines; comment
    /// prefixes of its Markdown cells are kept.
    pub source: String,
    pub tags: Vec<String>,
    /// What a script's marker calls the cell.
    pub title: Option<String>,
    /// The number that `In [ ]` shows.
    pub execution_count: Option<u32>,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CellKind {
    Code,
    Markdown,
    Raw,
    /// Any other `cell_type`, as the file writes it; empty where the file has none.
    Other(String),
}

/// Where a cell stands, in bytes of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    /// The whole cell: its JSON object, or its marker line and all up to the next one.
    whole: Range<usize>,
    /// The source: a JSON value, or the text itself. `None` where a JSON cell has none.
    source: Option<Range<usize>>,
    /// The list of outputs, as JSON; empty where there is none.
    outputs: Range<usize>,
}

impl Notebook {
    /// The bytes that the notebook was read from; for pasted text, those left without prompts.
    pub fn original(&self) -> &[u8] {
        self.file.as_bytes()
    }

    /// Why the notebook cannot be saved, if it cannot.
    pub fn read_only(&self) -> Option<ReadOnly> {
        match self.format {
            Format::Ipynb { major, .. } if major < 4 => Some(ReadOnly::OldFormat { major }),
            _ => None,
        }
    }

    /// Whether the kernel runs Python. Single cells may still name another language.
    pub fn is_python(&self) -> bool {
        self.kernel.is_python()
    }

    /// The cell at `index`.
    pub fn cell(&self, index: CellIndex) -> Option<&Cell> {
        self.cells.get(index.0)
    }

    /// A cell's source as the file has it, whatever became of [`Cell::source`] since.
    pub fn original_source(&self, cell: CellIndex) -> Option<String> {
        self.raw_source(cell).map(|raw| raw.text())
    }

    /// Decodes the saved outputs of a cell. What is not text is left out, not decoded.
    pub fn outputs(&self, cell: CellIndex) -> Vec<Output> {
        let place = self.places.get(cell.0);
        place.map_or_else(Vec::new, |place| outputs::decode(&self.file, place.outputs.clone()))
    }

    /// How many bytes the saved outputs of a cell take in the file.
    pub fn output_bytes(&self, cell: CellIndex) -> usize {
        self.places.get(cell.0).map_or(0, |place| place.outputs.len())
    }

    /// Where byte `offset` of a cell's source stands in the file.
    pub fn file_position(&self, cell: CellIndex, offset: usize) -> Option<Position> {
        self.position(self.file_offset(cell, offset)?)
    }

    /// The byte of the file, from 0, where byte `offset` of a cell's source stands. In JSON that is
    /// where the character, or its escape, begins.
    pub fn file_offset(&self, cell: CellIndex, offset: usize) -> Option<usize> {
        let raw = self.raw_source(cell)?;
        let mut rest = offset;
        let line = raw.lines.iter().find(|line| {
            let here = rest <= line.text.len();
            rest = if here { rest } else { rest - line.text.len() - 1 };
            here
        })?;
        let escaped = raw.shape != lines::Shape::Script;
        let inside = escaped.then(|| escapes::raw_length(&self.file, line.content.clone(), rest));
        Some(line.content.start + inside.unwrap_or(rest))
    }

    /// The line and the column of a byte of the file. A byte order mark takes no column.
    pub fn position(&self, byte: usize) -> Option<Position> {
        let start = start(&self.file);
        Some(text::position(self.file.get(start..)?, byte.checked_sub(start)?))
    }

    /// Reads `bytes` as the same kind of notebook: a file that was saved, or saved by another
    /// program, is not taken for a plain script because its last marker is gone.
    ///
    /// # Errors
    /// When the bytes are not such a notebook.
    pub fn reload(&self, bytes: impl Into<Vec<u8>>) -> Result<Self, NotebookError> {
        match self.format {
            Format::Ipynb { .. } => parse_ipynb(bytes),
            format => Ok(script::read(utf8(bytes.into())?, format)),
        }
    }

    fn raw_source(&self, cell: CellIndex) -> Option<lines::RawSource> {
        let source = self.places.get(cell.0)?.source.clone()?;
        match self.format {
            Format::Ipynb { .. } => lines::json(&self.file, source.start).ok(),
            _ => Some(lines::script(&self.file, source)),
        }
    }
}

impl CellKind {
    /// The kind that a `cell_type` names. `heading`, `html` and `plaintext` are nbformat 2 and 3.
    fn of(cell_type: &str) -> Self {
        match cell_type {
            "code" => Self::Code,
            "markdown" | "heading" => Self::Markdown,
            "raw" => Self::Raw,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// Reads a file by its name's extension; without a known one, by its first character.
///
/// # Errors
/// When the bytes are not UTF-8, or an `.ipynb` file is not a notebook.
pub fn parse(name: &str, bytes: impl Into<Vec<u8>>) -> Result<Notebook, NotebookError> {
    let bytes = bytes.into();
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    match extension.as_deref() {
        Some("ipynb") => parse_ipynb(bytes),
        Some("py" | "pyw" | "ipy") => parse_script(bytes),
        _ if looks_like_json(&bytes) => parse_ipynb(bytes),
        _ => parse_script(bytes),
    }
}

fn looks_like_json(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(BOM.as_bytes()).unwrap_or(bytes).trim_ascii_start();
    let after_brace = bytes.strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
    after_brace.is_some_and(|rest| matches!(rest.first(), Some(b'"' | b'}')))
}

const BOM: &str = "\u{feff}";

/// Where the text of `file` starts: after a byte order mark.
fn start(file: &str) -> usize {
    if file.starts_with(BOM) { BOM.len() } else { 0 }
}

fn utf8(bytes: Vec<u8>) -> Result<String, NotebookError> {
    String::from_utf8(bytes).map_err(|error| {
        NotebookError::encoding(error.as_bytes(), error.utf8_error().valid_up_to())
    })
}
