//! Why a file is no notebook, in the reader's words.

use crate::knowledge::{Knowledge, Language};
use crate::notebook::NotebookError;
use crate::text::CellIndex;

/// A place in a file, as far as it is known; line and column count from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    pub line: Option<usize>,
    pub column: Option<usize>,
    pub cell: Option<CellIndex>,
}

impl Place {
    /// `name:line:column`.
    pub fn after(&self, name: &str) -> String {
        let numbers = [self.line, self.column].into_iter().flatten();
        numbers.fold(name.to_owned(), |place, number| format!("{place}:{number}"))
    }
}

/// What is wrong, and where.
pub fn unread(knowledge: &Knowledge, language: Language, error: &NotebookError) -> (String, Place) {
    let ui = |key: &str, args: &[(&str, &str)]| knowledge.ui(language, key, args);
    let at = |line, column, cell| Place { line: Some(line), column, cell };
    match *error {
        NotebookError::Encoding { offset, line } => {
            let offset = offset.to_string();
            (ui("report.problem.encoding", &[("offset", &offset)]), at(line, None, None))
        }
        NotebookError::Json { what, line, column, cell, .. } => {
            let said = ui("report.problem.json", &[("what", &detail(ui, what))]);
            (said, at(line, Some(column), cell))
        }
        NotebookError::Shape { what, line, cell } => {
            (ui("report.problem.shape", &[("what", &detail(ui, what))]), at(line, None, cell))
        }
        NotebookError::Form { form } => {
            (ui(&format!("report.problem.form.{form}"), &[]), Place::default())
        }
        NotebookError::Format { major } => {
            (ui("report.problem.format", &[("major", &major.to_string())]), Place::default())
        }
    }
}

type Args<'a> = &'a [(&'a str, &'a str)];

/// The words of the notebook's reader, where the interface knows them; else as they are.
fn detail(ui: impl Fn(&str, Args<'_>) -> String, what: &str) -> String {
    let key = format!("report.detail.{}", slug(what));
    let said = ui(&key, &[]);
    if said == key { what.to_owned() } else { said }
}

/// `expected ',' or '}'` as a key: `expected-comma-or-brace`.
fn slug(what: &str) -> String {
    let signs = [("','", "comma"), ("'}'", "brace"), ("']'", "bracket"), ("':'", "colon")];
    let spelled = signs.iter().fold(what.to_owned(), |text, (sign, word)| text.replace(sign, word));
    spelled.to_ascii_lowercase().replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_spelled_in_keys() {
        assert_eq!(slug("expected ',' or '}'"), "expected-comma-or-brace");
        assert_eq!(slug("the file holds no JSON object"), "the-file-holds-no-json-object");
    }
}
