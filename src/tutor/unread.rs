//! Why a file is no notebook, in the reader's words.

use crate::knowledge::{Knowledge, Language};
use crate::notebook::NotebookError;
use crate::text::{CellIndex, Wording};
use crate::wording;

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
    let ui = |key: Wording, args: &[(&str, &str)]| knowledge.ui(language, key, args);
    let at = |line, column, cell| Place { line: Some(line), column, cell };
    match *error {
        NotebookError::Encoding { offset, line } => {
            let offset = offset.to_string();
            (ui(wording::report::problem::ENCODING, &[("offset", &offset)]), at(line, None, None))
        }
        NotebookError::Json { what, line, column, cell, .. } => {
            let said =
                ui(wording::report::problem::JSON, &[("what", &detail(knowledge, language, what))]);
            (said, at(line, Some(column), cell))
        }
        NotebookError::Shape { what, line, cell } => (
            ui(wording::report::problem::SHAPE, &[("what", &detail(knowledge, language, what))]),
            at(line, None, cell),
        ),
        NotebookError::Form { form } => (
            wording::named(wording::report::problem::form::ALL, form)
                .map(|it| ui(it, &[]))
                .unwrap_or_default(),
            Place::default(),
        ),
        NotebookError::Format { major } => (
            ui(wording::report::problem::FORMAT, &[("major", &major.to_string())]),
            Place::default(),
        ),
        NotebookError::TooMuchCode { cell, most } => {
            let most = (most >> 20).to_string();
            let said = ui(wording::report::problem::TOO_MUCH_CODE, &[("most", &most)]);
            (said, Place { cell: Some(cell), ..Place::default() })
        }
    }
}

/// The words of the notebook's reader, where the interface knows them; else as they are.
fn detail(knowledge: &Knowledge, language: Language, what: &str) -> String {
    let known = wording::named(wording::report::detail::ALL, &slug(what));
    known.map_or_else(|| what.to_owned(), |it| knowledge.ui(language, it, &[]))
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
