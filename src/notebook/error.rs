//! What can be wrong with a notebook's file, and with a change to it.

use crate::diagnostic::Message;
use crate::notebook::json::Fault;
use crate::text::{self, CellIndex};
use crate::wording::unfit;

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
    /// A form of which it is known what it is, and which is not read.
    #[error("this form of notebook is not read: {form}")]
    Form { form: &'static str },
    #[error("nbformat {major} is not known, only 4 (and 2 and 3 to read)")]
    Format { major: u32 },
    /// What is read takes memory many times its size; `most` counts bytes.
    #[error("too much code: with cell {} more than {} MiB", .cell.number(), .most >> 20)]
    TooMuchCode { cell: CellIndex, most: usize },
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
    #[error("nbformat {major} is an old format: nbasync port --upgrade makes it nbformat 4")]
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
    #[error("cell {} has to stay one function or class", .cell.number())]
    OneDefinition { cell: CellIndex },
    /// marimo runs no cell of a notebook in which two cells give one name.
    #[error("cell {} would give `{name}`, which another cell gives already", .cell.number())]
    GivenTwice { cell: CellIndex, name: String },
    #[error("a script without markers has no cells to add or delete")]
    NoCells,
    #[error("the first cell of a script has no marker of its own to delete")]
    FirstCell,
    #[error("a new cell here needs an id of its own: 1 to 64 letters, digits, '-' or '_'")]
    Id,
}

impl SaveError {
    /// That the change was not made, and why, for readers of either language.
    pub fn message(&self) -> Message {
        let plain = |key| Message::says(key);
        let of = |key, cell: &CellIndex| plain(key).at_cell(*cell);
        match self {
            Self::ReadOnly(ReadOnly::OldFormat { major }) => {
                plain(unfit::OLD_FORMAT).with("major", major)
            }
            Self::NoCell { cell } => of(unfit::NO_CELL, cell),
            Self::Twice { cell } => of(unfit::TWICE, cell),
            Self::NoSource { cell } => of(unfit::NO_SOURCE, cell),
            Self::LoneSurrogate { cell, line } => {
                of(unfit::LONE_SURROGATE, cell).with("line", line)
            }
            Self::Marker { cell, line } => of(unfit::MARKER, cell).with("line", line),
            Self::Unfaithful { cell } => of(unfit::UNFAITHFUL, cell),
            Self::OneDefinition { cell } => of(unfit::ONE_DEFINITION, cell),
            Self::GivenTwice { cell, name } => of(unfit::GIVEN_TWICE, cell).with("name", name),
            Self::NoCells => plain(unfit::NO_CELLS),
            Self::FirstCell => plain(unfit::FIRST_CELL),
            Self::Id => plain(unfit::ID),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::knowledge::{Knowledge, Language};

    #[test]
    fn why_a_change_is_not_made_is_told_in_both_languages_with_its_place() {
        let path = "content/interface.yaml";
        let text = std::fs::read_to_string(path).unwrap();
        let knowledge = Knowledge::open(&BTreeMap::from([(path.to_owned(), text)]));
        let (cell, line) = (CellIndex(6), 31);
        let named = |name: &str| SaveError::GivenTwice { cell, name: name.to_owned() };
        let cases: [(SaveError, &[&str]); 13] = [
            (SaveError::ReadOnly(ReadOnly::OldFormat { major: 3 }), &["nbformat 3"]),
            (SaveError::NoCell { cell }, &["7"]),
            (SaveError::Twice { cell }, &["7"]),
            (SaveError::NoSource { cell }, &["7"]),
            (SaveError::LoneSurrogate { cell, line }, &["7", "31"]),
            (SaveError::Marker { cell, line }, &["7", "31"]),
            (SaveError::Unfaithful { cell }, &["7"]),
            (SaveError::OneDefinition { cell }, &["7"]),
            (named("total"), &["7", "`total`"]),
            (named("{cell}"), &["7", "`{cell}`"]),
            (SaveError::NoCells, &[]),
            (SaveError::FirstCell, &[]),
            (SaveError::Id, &["64"]),
        ];
        for (error, wanted) in cases {
            let message = error.message();
            let wording = message.wording().unwrap();
            let [en, zh] =
                Language::ALL.map(|it| message.filled(|args| knowledge.ui(it, wording, args)));
            assert!(en.starts_with("not written: ") && zh.starts_with("没有写入："), "{en} {zh}");
            for part in wanted {
                assert!(en.contains(part) && zh.contains(part), "{error}: {en}, {zh}");
            }
        }
    }
}
