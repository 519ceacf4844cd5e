//! The reports of `check` and `classify` for programs: version 1, whose shape never changes.
//!
//! Cells count from 0 over all cells; lines and columns from 1 in their cell, columns in
//! characters; `start` and `end` of edits are UTF-8 bytes of the cell's source.

use std::io;

use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, Serializer};

pub use super::fixed_json::{File, Fixes, fixed};
#[cfg(feature = "kernel")]
pub use super::kernels_json::{Found as FoundKernels, kernels};
#[cfg(feature = "kernel")]
pub use super::proof_json::{Report as ProofReport, proof};

use super::place::Place;
use super::{Problem, Reviewed, Voice};
use crate::classify::{Classification, Verdict};
use crate::diagnostic::{self, Diagnostic, Message};
use crate::knowledge::{Language, PageKind};
use crate::notebook::Notebook;
use crate::review::Shared;
use crate::text::{CellIndex, Position, Span};

/// What `check` prints.
#[derive(Debug, Serialize)]
pub struct Checks {
    pub version: u32,
    pub files: Vec<Check>,
    /// Functions that stand, word for word, in several of the notebooks.
    pub shared: Vec<Helper>,
}

/// A function of several notebooks.
#[derive(Debug, Serialize)]
pub struct Helper {
    name: String,
    places: Vec<HelperPlace>,
}

#[derive(Debug, Serialize)]
struct HelperPlace {
    path: String,
    cell: usize,
}

/// The functions that several notebooks hold, each once.
pub fn shared(all: Vec<Shared>) -> Vec<Helper> {
    let place = |(path, cell): (String, CellIndex)| HelperPlace { path, cell: cell.0 };
    let helper =
        |it: Shared| Helper { name: it.name, places: it.places.into_iter().map(place).collect() };
    all.into_iter().map(helper).collect()
}

/// One file of `check`. `kernel` is null where the file could not be read.
#[derive(Debug, Serialize)]
pub struct Check {
    path: String,
    error: Option<FileProblem>,
    kernel: Option<Kernel>,
    diagnostics: Vec<Found>,
}

/// What `classify` prints.
#[derive(Debug, Serialize)]
pub struct Classes {
    pub version: u32,
    pub skill: String,
    pub invocation_notice: String,
    pub files: Vec<Class>,
}

/// One file of `classify`. `error` is there only where the file could not be read.
#[derive(Debug, Serialize)]
pub struct Class {
    path: String,
    verdict: &'static str,
    cells: Vec<Cell>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<FileProblem>,
}

#[derive(Debug, Serialize)]
pub(super) struct FileProblem {
    message: String,
    line: Option<usize>,
    column: Option<usize>,
    cell: Option<usize>,
}

#[derive(Debug, Serialize)]
struct Kernel {
    language: String,
    version: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Found {
    rule: &'static str,
    severity: &'static str,
    cell: usize,
    cell_id: Option<String>,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    message: String,
    mistake: Option<&'static str>,
    patterns: Vec<&'static str>,
    fix: Option<Fix>,
    notes: Vec<Note>,
}

#[derive(Debug, Serialize)]
struct Fix {
    title: String,
    applicability: &'static str,
    edits: Vec<Edit>,
}

#[derive(Debug, Serialize)]
struct Edit {
    cell: usize,
    start: usize,
    end: usize,
    text: String,
}

#[derive(Debug, Serialize)]
struct Note {
    message: String,
    cell: Option<usize>,
    line: Option<usize>,
    column: Option<usize>,
}

#[derive(Debug, Serialize)]
struct Cell {
    cell: usize,
    verdict: &'static str,
    situations: Vec<Situation>,
    handoff: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct Situation {
    id: &'static str,
    evidence: Vec<Evidence>,
}

#[derive(Debug, Serialize)]
struct Evidence {
    cell: usize,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    text: String,
    why: String,
}

/// One file of `check`.
pub fn check(voice: Voice<'_>, file: &Reviewed) -> Check {
    let path = file.path.clone();
    match &file.outcome {
        Err(error) => {
            let error = Some(problem(voice, error));
            Check { path, error, kernel: None, diagnostics: Vec::new() }
        }
        Ok((notebook, review)) => {
            let kernel = Kernel {
                language: notebook.kernel.language.clone(),
                version: notebook.kernel.version.clone(),
            };
            let found = review.found().map(|found| diagnostic(voice, notebook, found));
            Check { path, error: None, kernel: Some(kernel), diagnostics: found.collect() }
        }
    }
}

/// One file of `classify`.
pub fn class(voice: Voice<'_>, file: &Reviewed) -> Class {
    let path = file.path.clone();
    match &file.outcome {
        Err(error) => {
            let verdict = Verdict::Unclear.as_str();
            Class { path, verdict, cells: Vec::new(), error: Some(problem(voice, error)) }
        }
        Ok((notebook, review)) => {
            let cells = review.classifications.iter().enumerate();
            let cells = cells.map(|(index, cell)| classified(voice, notebook, index, cell));
            Class { path, verdict: review.verdict.as_str(), cells: cells.collect(), error: None }
        }
    }
}

/// Writes the report as one line of JSON in which every character that acts on a terminal or hides
/// in it is escaped.
pub fn write(report: &impl Serialize) -> serde_json::Result<String> {
    let mut out = Vec::new();
    report.serialize(&mut Serializer::with_formatter(&mut out, Visible))?;
    out.push(b'\n');
    Ok(String::from_utf8_lossy(&out).into_owned())
}

fn problem(voice: Voice<'_>, error: &crate::shell::files::FileError) -> FileProblem {
    told(voice, |language| Problem::new(voice, language, error))
}

/// A problem as it is told in each language.
pub(super) fn told(voice: Voice<'_>, tell: impl Fn(Language) -> Problem) -> FileProblem {
    let told: Vec<Problem> = voice.languages().into_iter().map(tell).collect();
    let message = told.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>();
    let first = told.first();
    FileProblem {
        message: message.join("\n"),
        line: first.and_then(|problem| problem.at.line),
        column: first.and_then(|problem| problem.at.column),
        cell: first.and_then(|problem| problem.at.cell).map(|cell| cell.0),
    }
}

/// A sentence; in both languages it has a line for each.
pub(super) fn sentence(voice: Voice<'_>, message: &Message) -> String {
    voice.sentences(message).join("\n")
}

pub(super) fn diagnostic(voice: Voice<'_>, notebook: &Notebook, found: &Diagnostic) -> Found {
    let Place { start, end, .. } = Place::of(notebook, found.span);
    let has_page = voice.knowledge.page(PageKind::Mistake, found.rule).is_some();
    Found {
        rule: found.rule,
        severity: found.severity.as_str(),
        cell: found.span.cell.0,
        cell_id: notebook.cell(found.span.cell).and_then(|cell| cell.id.clone()),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        message: sentence(voice, &found.message),
        mistake: has_page.then_some(found.rule),
        patterns: found.patterns.clone(),
        fix: found.fix().map(|found| fix(voice, found)),
        notes: found.notes.iter().map(|found| note(voice, notebook, found)).collect(),
    }
}

fn fix(voice: Voice<'_>, fix: &diagnostic::Fix) -> Fix {
    let edit = |edit: &crate::text::Edit| Edit {
        cell: edit.span.cell.0,
        start: edit.span.range.start,
        end: edit.span.range.end,
        text: edit.text.clone(),
    };
    Fix {
        title: sentence(voice, &fix.title),
        applicability: fix.applicability.as_str(),
        edits: fix.edits.iter().map(edit).collect(),
    }
}

fn note(voice: Voice<'_>, notebook: &Notebook, note: &diagnostic::Note) -> Note {
    let place = note.span.map(|span| Place::of(notebook, span));
    Note {
        message: sentence(voice, &note.message),
        cell: place.map(|place| place.cell.0),
        line: place.map(|place| place.start.line),
        column: place.map(|place| place.start.column),
    }
}

fn classified(voice: Voice<'_>, notebook: &Notebook, index: usize, cell: &Classification) -> Cell {
    let seen = |it: &_| evidence(voice, notebook, CellIndex(index), it);
    let situation = |situation: &crate::classify::Situation| Situation {
        id: situation.id,
        evidence: situation.evidence.iter().map(seen).collect(),
    };
    let handoff = match cell.verdict {
        Verdict::HandOff { to } => to,
        Verdict::Applies | Verdict::Unclear => None,
    };
    Cell {
        cell: index,
        verdict: cell.verdict.as_str(),
        situations: cell.situations.iter().map(situation).collect(),
        handoff,
    }
}

fn evidence(
    voice: Voice<'_>,
    notebook: &Notebook,
    cell: CellIndex,
    evidence: &crate::classify::Evidence,
) -> Evidence {
    let Place { start, end, .. } = Place::of(notebook, Span::new(cell, evidence.range));
    let source = notebook.cell(cell).map_or("", |cell| &cell.source);
    let Position { line, column } = start;
    Evidence {
        cell: cell.0,
        line,
        column,
        end_line: end.line,
        end_column: end.column,
        text: evidence.range.slice(source).to_owned(),
        why: sentence(voice, &evidence.why),
    }
}

/// Compact JSON without a raw invisible character. `serde_json` itself escapes what lies below a
/// space.
struct Visible;

impl Formatter for Visible {
    fn write_string_fragment<W>(&mut self, out: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + io::Write,
    {
        let mut rest = fragment;
        while let Some((at, char)) = rest.char_indices().find(|(_, char)| is_hidden(*char)) {
            let (plain, after) = rest.split_at(at);
            out.write_all(plain.as_bytes())?;
            for unit in char.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = after.get(char.len_utf8()..).unwrap_or_default();
        }
        out.write_all(rest.as_bytes())
    }

    fn write_char_escape<W>(&mut self, out: &mut W, escape: CharEscape) -> io::Result<()>
    where
        W: ?Sized + io::Write,
    {
        serde_json::ser::CompactFormatter.write_char_escape(out, escape)
    }
}

/// Whether the character is nothing to see by itself: the standard library escapes control,
/// formatting, unassigned and combining characters.
fn is_hidden(char: char) -> bool {
    let escaped = || char.escape_debug().count() > 1 && !matches!(char, '"' | '\'' | '\\');
    let filler = matches!(char, '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}');
    !(' '..='~').contains(&char) && (filler || escaped())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_json_acts_on_a_terminal() {
        let text = "a\u{1b}[2J\u{202E}\u{7f}\u{9b}\u{0}\u{E0041}中é👍\"";
        let json = write(&text).unwrap();
        let expected = r#""a\u001b[2J\u202e\u007f\u009b\u0000\udb40\udc41中é👍\"""#;
        assert_eq!(json.trim_end(), expected);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
