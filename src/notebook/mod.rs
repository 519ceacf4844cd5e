//! Notebooks as cells: `.ipynb` files, text files of several forms and pasted text, read and saved so
//! that nothing changes but what was meant to.

mod compose;
mod diff;
mod editor;
mod error;
pub(crate) mod escapes;
mod forms;
mod fresh;
mod insert;
mod ipynb;
mod joined;
mod json;
mod kernel;
mod layout;
mod lines;
mod margin;
mod marker;
mod outputs;
mod pasted;
mod save;
mod session;
mod strings;
mod traceback;

#[cfg(test)]
mod corpus_tests;
#[cfg(test)]
pub(crate) use corpus_tests::notebooks as corpus_notebooks_for_tests;
#[cfg(test)]
mod insert_tests;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::text::{CellIndex, LineTable, Position};

pub use editor::{of_editor, written};
pub use error::{NotebookError, ReadOnly, SaveError};
pub use forms::parse_script;
pub use fresh::{FreshCell, ipynb_of, percent_of};
pub use insert::NewCell;
pub use ipynb::parse_ipynb;
pub use joined::parse_joined;
pub use kernel::{Kernel, is_python};
pub use outputs::Output;
pub use pasted::{Pasted, parse_pasted, pasted_code};
pub use session::{RanCell, of_session};
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
    /// Where lines are in the file, found when it is asked for.
    index: Arc<Index>,
}

/// The lines of a file and of its cells, each found at the first question.
#[derive(Debug, Default)]
struct Index {
    file: OnceLock<LineTable>,
    cells: Vec<OnceLock<Option<Indexed>>>,
}

/// A cell's source as it stands in the file, and its lines.
#[derive(Debug)]
struct Indexed {
    raw: lines::RawSource,
    text: String,
    lines: LineTable,
}

impl Index {
    /// An index of so many cells.
    fn of(cells: usize) -> Arc<Self> {
        let cells = std::iter::repeat_with(OnceLock::new).take(cells).collect();
        Arc::new(Self { file: OnceLock::new(), cells })
    }
}

/// What kind of file a notebook is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Jupyter's JSON, with its `nbformat` and `nbformat_minor`.
    Ipynb { major: u32, minor: u32 },
    /// A Python script with `# %%` markers. Cell 0 is what stands before the first marker.
    Percent,
    /// A marimo file: cells are functions, and run by what they need of each other.
    Marimo,
    /// A Databricks source file with `# COMMAND ----------` lines.
    Databricks,
    /// A Markdown file with fenced cells.
    Markdown(Flavour),
    /// Text from a clipboard, without prompts. Markers divide it as in a script.
    Pasted,
    /// A Python script without cells: one cell, and not a notebook.
    Script,
}

/// Which tool takes the fences of a Markdown file as cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    /// ```` ```{code-cell} ````, of MyST-NB, Jupyter Book and Jupytext.
    Myst,
    /// ```` ```{python} ````.
    Quarto,
    /// ```` ```python ````, below a header that Jupytext wrote.
    Jupytext,
    /// ```` ```python {.marimo} ````.
    Marimo,
}

impl Format {
    /// Whether this is Jupyter's JSON.
    pub fn is_ipynb(self) -> bool {
        matches!(self, Self::Ipynb { .. })
    }

    /// Whether places are told by the lines of the file: cells of a text file have no numbers.
    pub fn counts_lines(self) -> bool {
        !matches!(self, Self::Ipynb { .. } | Self::Pasted)
    }

    /// Whether something may come before the first cell. In a script with markers that is all
    /// above the first of them.
    pub fn has_room_above(self) -> bool {
        self.is_ipynb() || forms::has_frames(self)
    }
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

impl Cell {
    /// Whether an editor took a code cell for plain text, which tells nothing of what it holds.
    /// Source: VS Code writes `vscode.languageId`, `plaintext` as long as nobody chose a language.
    pub fn is_called_plain(&self) -> bool {
        let plain = ["plaintext", "raw", "text", "plain"];
        self.kind == CellKind::Code
            && self.language.as_deref().is_some_and(|it| plain.contains(&it))
    }

    /// Whether a Python kernel gets Python here: nothing names another language, or an editor took
    /// for plain text what reads as Python.
    pub fn holds_python(&self) -> bool {
        let named = self.language.as_deref();
        let reads = || !self.source.trim().is_empty() && crate::python::is_valid(&self.source);
        self.kind == CellKind::Code
            && (named.is_none_or(is_python) || (self.is_called_plain() && reads()))
    }
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
    /// The source: a JSON value, or the text itself. `None` where a cell has none.
    source: Option<Range<usize>>,
    /// What stands before each line of a text.
    margin: margin::Margin,
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

    /// The same cells in another order, to be read and not to be saved.
    pub fn rearranged(&self, order: &[usize]) -> Self {
        let mut cells: Vec<Cell> =
            order.iter().filter_map(|at| self.cells.get(*at).cloned()).collect();
        for (index, cell) in cells.iter_mut().enumerate() {
            cell.index = CellIndex(index);
        }
        let places: Vec<Place> =
            order.iter().filter_map(|at| self.places.get(*at).cloned()).collect();
        let index = Index::of(places.len());
        Self { cells, places, index, ..self.clone() }
    }

    /// Whether the kernel compiles a cell as Python at all.
    pub fn runs(&self, cell: CellIndex) -> bool {
        self.is_python() && self.cell(cell).is_some_and(Cell::holds_python)
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
        let Indexed { raw, lines, text } = self.indexed(cell)?;
        let number = lines.line(offset.min(text.len()));
        let (line, rest) = (raw.lines.get(number)?, offset - lines.start(number));
        if rest > line.text.len() {
            return None;
        }
        let escaped = raw.shape != lines::Shape::Script;
        let inside = escaped.then(|| escapes::raw_length(&self.file, line.content.clone(), rest));
        Some(line.content.start + inside.unwrap_or(rest))
    }

    /// The line and the column of a byte of the file. A byte order mark takes no column.
    pub fn position(&self, byte: usize) -> Option<Position> {
        let start = start(&self.file);
        let text = self.file.get(start..)?;
        let lines = self.index.file.get_or_init(|| LineTable::of(text));
        Some(lines.position(text, byte.checked_sub(start)?))
    }

    /// The line and the column of byte `offset` of a cell's source, as the file has it.
    pub fn position_in(&self, cell: CellIndex, offset: usize) -> Option<Position> {
        let indexed = self.indexed(cell)?;
        Some(indexed.lines.position(&indexed.text, offset))
    }

    fn indexed(&self, cell: CellIndex) -> Option<&Indexed> {
        let read = || {
            let raw = self.raw_source(cell)?;
            let text = raw.text();
            Some(Indexed { raw, lines: LineTable::of(&text), text })
        };
        self.index.cells.get(cell.0)?.get_or_init(read).as_ref()
    }

    /// Reads `bytes` as the same kind of notebook: a file that was saved, or saved by another
    /// program, is not taken for a plain script because its last marker is gone.
    ///
    /// # Errors
    /// When the bytes are not such a notebook.
    pub fn reload(&self, bytes: impl Into<Vec<u8>>) -> Result<Self, NotebookError> {
        match self.format {
            Format::Ipynb { .. } => parse_ipynb(bytes),
            format => Ok(forms::read(utf8(bytes.into())?, format)),
        }
    }

    fn raw_source(&self, cell: CellIndex) -> Option<lines::RawSource> {
        let place = self.places.get(cell.0)?;
        let source = place.source.clone()?;
        match self.format {
            Format::Ipynb { .. } => lines::json(&self.file, source.start).ok(),
            _ => Some(lines::script(&self.file, source, place.margin)),
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

/// Reads a file by its name's extension and by what it says of itself; without a known extension,
/// by the latter alone.
///
/// # Errors
/// When the bytes are not UTF-8, an `.ipynb` file is not a notebook, or the file is of a form that is
/// known and not read.
pub fn parse(name: &str, bytes: impl Into<Vec<u8>>) -> Result<Notebook, NotebookError> {
    let bytes = bytes.into();
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    match extension.as_deref() {
        Some("ipynb") => parse_ipynb(bytes),
        ending if !forms::is_known(ending) && looks_like_json(&bytes) => parse_ipynb(bytes),
        ending => forms::parse_text(ending.filter(|_| forms::is_known(ending)), bytes),
    }
}

/// Whether a file of this name may be a notebook although most of its kind are none: Markdown.
pub fn may_hold_cells(name: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, ending)| forms::is_markdown(&ending.to_ascii_lowercase()))
}

/// Reads text without a name: the JSON of an `.ipynb` file, or Python that is a notebook whether it
/// has markers or not.
///
/// # Errors
/// As [`parse`].
pub fn parse_unnamed(bytes: impl Into<Vec<u8>>) -> Result<Notebook, NotebookError> {
    let bytes = bytes.into();
    match looks_like_json(&bytes) {
        true => parse_ipynb(bytes),
        false => {
            let file = utf8(bytes)?;
            let framed = forms::detect(None, &file).ok().filter(|form| forms::has_frames(*form));
            Ok(forms::read(file, framed.unwrap_or(Format::Percent)))
        }
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
