//! What is wrong with a file that nothing can be said of.

use std::io;

use super::text::problem;
use super::{Paper, Voice};
use crate::diagnostic::Message;
use crate::knowledge::Language;
use crate::notebook::NotebookError;
use crate::review::sentence;
use crate::shell::files::{FileError, ReadError, Remark, TogetherError, mebibytes};
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
            FileError::LeadsOut { target } => {
                let target = target.display().to_string();
                whole(ui("report.problem.leads-out", &[("target", &target)]))
            }
            FileError::Session { line, column, problem } => {
                let message = ui("report.problem.session", &[("problem", problem)]);
                Self { message, line: Some(*line), column: Some(*column), cell: None }
            }
            FileError::Internal => whole(ui("report.problem.internal", &[])),
            FileError::Notebook(error) => in_notebook(ui, error),
        }
    }

    /// Tells what stands in a sentence, such as why a file was not written.
    pub fn told(voice: Voice<'_>, language: Language, message: &Message) -> Self {
        let message = sentence(voice.knowledge, language, message);
        Self { message, line: None, column: None, cell: None }
    }
}

/// Why a file was not read, once for each language.
pub fn unread(paper: Paper, voice: Voice<'_>, path: &str, error: &FileError) -> String {
    problem(paper, voice, path, |language| Problem::new(voice, language, error))
}

/// Why files were not written, once for each language.
pub fn unwritten(paper: Paper, voice: Voice<'_>, error: &TogetherError) -> String {
    let lines = error.messages().into_iter().map(|(path, message)| {
        let path = path.display().to_string();
        problem(paper, voice, &path, |language| Problem::told(voice, language, &message))
    });
    lines.collect()
}

/// What has to be said of files that were written, once for each language.
pub fn remarks(paper: Paper, voice: Voice<'_>, remarks: &[Remark]) -> String {
    let mut out = String::new();
    for remark in remarks {
        let path = remark.path.display().to_string();
        for said in voice.sentences(&remark.message()) {
            out.push_str(&format!("{}: {}\n", paper.safe(&path), paper.safe(&said)));
        }
    }
    out
}

type Args<'a> = &'a [(&'a str, &'a str)];

fn unreadable(ui: impl Fn(&str, Args<'_>) -> String, error: &ReadError) -> String {
    let error = match error {
        ReadError::Io(error) => error,
        ReadError::Special(what) => return ui(&format!("report.problem.{}", what.key()), &[]),
        ReadError::TooLarge { size, most } => {
            let (size, most) = (mebibytes(*size).to_string(), mebibytes(*most).to_string());
            return ui("report.problem.too-large", &[("size", &size), ("most", &most)]);
        }
    };
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
        NotebookError::Form { form } => {
            let message = ui(&format!("report.problem.form.{form}"), &[]);
            Problem { message, line: None, column: None, cell: None }
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
