//! What is wrong with a file that nothing can be said of.

use std::io;

use super::text::problem;
use super::{Paper, Voice};
use crate::knowledge::Language;
use crate::notebook::NotebookError;
use crate::shell::files::{FileError, SaveError, TogetherError};
use crate::text::CellIndex;

/// The problem in one language, with its place as far as it has one. Line and column count from 1
/// in the file, the column in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub message: String,
    pub line: Option<usize>,
    pub column: Option<usize>,
    pub cell: Option<CellIndex>,
}

impl Problem {
    /// Tells the error.
    pub fn new(voice: Voice<'_>, language: Language, error: &FileError) -> Self {
        let ui = |key: &str, args: &[(&str, &str)]| voice.knowledge.ui(language, key, args);
        let whole = |message| Self { message, line: None, column: None, cell: None };
        match error {
            FileError::Read(error) => whole(unreadable(ui, error)),
            FileError::Name => whole(ui("report.problem.name", &[])),
            FileError::Loop => whole(ui("report.problem.loop", &[])),
            FileError::Internal => whole(ui("report.problem.internal", &[])),
            FileError::Notebook(error) => in_notebook(ui, error),
        }
    }

    fn plain(voice: Voice<'_>, language: Language, key: &str) -> Self {
        let message = voice.knowledge.ui(language, key, &[]);
        Self { message, line: None, column: None, cell: None }
    }

    /// Tells why a file was not written.
    pub fn unwritten(voice: Voice<'_>, language: Language, error: &SaveError) -> Self {
        let ui = |key: &str, args: Args<'_>| voice.knowledge.ui(language, key, args);
        let message = match error {
            SaveError::Changed => ui("fix.unwritten.changed", &[]),
            SaveError::Gone => ui("fix.unwritten.gone", &[]),
            SaveError::ReadOnly => ui("fix.unwritten.read-only", &[]),
            SaveError::Full => ui("fix.unwritten.full", &[]),
            SaveError::Folder { source: problem, .. } | SaveError::Write(problem) => {
                ui("fix.unwritten.failed", &[("problem", &problem.to_string())])
            }
        };
        Self { message, line: None, column: None, cell: None }
    }
}

/// Why a file was not read, once for each language.
pub fn unread(paper: Paper, voice: Voice<'_>, path: &str, error: &FileError) -> String {
    problem(paper, voice, path, |language| Problem::new(voice, language, error))
}

/// Why files were not written, once for each language.
pub fn unwritten(paper: Paper, voice: Voice<'_>, error: &TogetherError) -> String {
    let path = error.path().display().to_string();
    problem(paper, voice, &path, |language| match error {
        TogetherError::Save { source, .. } => Problem::unwritten(voice, language, source),
        TogetherError::Exists { .. } => Problem::plain(voice, language, "fix.unwritten.exists"),
        TogetherError::Half { .. } => Problem::plain(voice, language, "fix.unwritten.half"),
    })
}

type Args<'a> = &'a [(&'a str, &'a str)];

fn unreadable(ui: impl Fn(&str, Args<'_>) -> String, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => ui("report.problem.not-found", &[]),
        io::ErrorKind::PermissionDenied => ui("report.problem.no-permission", &[]),
        io::ErrorKind::IsADirectory => ui("report.problem.folder", &[]),
        _ => ui("report.problem.unreadable", &[("problem", &error.to_string())]),
    }
}

fn in_notebook(ui: impl Fn(&str, Args<'_>) -> String, error: &NotebookError) -> Problem {
    match *error {
        NotebookError::Encoding { offset, line } => {
            let offset = offset.to_string();
            let message = ui("report.problem.encoding", &[("offset", &offset)]);
            Problem { message, line: Some(line), column: None, cell: None }
        }
        NotebookError::Json { what, line, column, cell, .. } => {
            let message = ui("report.problem.json", &[("what", &detail(&ui, what))]);
            Problem { message, line: Some(line), column: Some(column), cell }
        }
        NotebookError::Shape { what, line, cell } => {
            let message = ui("report.problem.shape", &[("what", &detail(&ui, what))]);
            Problem { message, line: Some(line), column: None, cell }
        }
        NotebookError::Format { major } => {
            let message = ui("report.problem.format", &[("major", &major.to_string())]);
            Problem { message, line: None, column: None, cell: None }
        }
    }
}

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
