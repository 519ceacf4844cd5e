//! The report of `check` for people.

use std::path::Path;

use super::place::Place;
use super::snippet::snippet;
use super::{Paper, Piece, Problem, Reviewed, Tally, Tone, Voice, wrap};
use crate::diagnostic::{Applicability, Argument, Diagnostic, Fix, Message, Note, Severity};
use crate::knowledge::{Language, PageKind};
use crate::notebook::{Cell, Format, Notebook};
use crate::review::{Review, called, sentence};
use crate::shell::visible;
use crate::wording::{Wording, report};

/// Notes shown with a diagnostic at most.
const NOTES: usize = 6;

/// What there is to print about a file.
#[derive(Debug, Default)]
pub struct FileReport {
    /// For stdout.
    pub text: String,
    /// For stderr.
    pub problem: Option<String>,
    pub tally: Tally,
}

/// The report on one file.
pub fn check(paper: Paper, voice: Voice<'_>, file: &Reviewed) -> FileReport {
    match &file.outcome {
        Err(error) => FileReport {
            problem: Some(problem(paper, voice, &file.path, |language| {
                Problem::new(voice, language, error)
            })),
            tally: Tally { files: 1, failed: 1, ..Tally::default() },
            ..FileReport::default()
        },
        Ok((notebook, review)) => {
            let mut text = remark(paper, voice, &file.path, notebook);
            for found in &review.diagnostics {
                text.push_str(&diagnostic(paper, voice, &file.path, notebook, found));
                text.push('\n');
            }
            FileReport { text, problem: None, tally: tally(&file.path, review) }
        }
    }
}

/// `path:line:column: error: message`, once for each language.
pub(super) fn problem(
    paper: Paper,
    voice: Voice<'_>,
    path: &str,
    tell: impl Fn(Language) -> Problem,
) -> String {
    let mut out = String::new();
    for language in voice.languages() {
        let problem = tell(language);
        let place = problem.at.after(path);
        let cell = problem.at.cell.map(|cell| {
            let cell = cell.number().to_string();
            voice.knowledge.ui(language, report::IN_CELL, &[("cell", &cell)])
        });
        let label = voice.knowledge.ui(language, report::PROBLEM_LABEL, &[]);
        let label = paper.paint(Tone::Severity(Severity::Error), &label);
        let message = paper.safe(&problem.message);
        let cell = cell.unwrap_or_default();
        out.push_str(&format!("{}: {label}{message}{}\n", paper.safe(&place), paper.safe(&cell)));
    }
    out
}

fn tally(path: &str, review: &Review) -> Tally {
    let [errors, warnings, hints] = review.counts();
    let is_safe = |fix: &&Fix| fix.applicability == Applicability::Safe;
    let is_marked = !review.diagnostics.is_empty();
    Tally {
        files: 1,
        failed: 0,
        marked: usize::from(is_marked),
        errors,
        warnings,
        hints,
        checked: review.checked(),
        safe_fixes: review.found().filter_map(Diagnostic::fix).filter(is_safe).count(),
        first: (is_marked && path != "-").then(|| path.to_owned()),
    }
}

/// A word about a notebook that is left alone or cannot be saved.
pub(super) fn remark(paper: Paper, voice: Voice<'_>, path: &str, notebook: &Notebook) -> String {
    let mut out = String::new();
    let mut say = |key: Wording, args: &[(&str, &str)]| {
        for said in voice.say(key, args) {
            out.push_str(&format!("{}: {}\n", paper.safe(path), paper.safe(&said)));
        }
    };
    if !notebook.is_python() {
        say(report::OTHER_LANGUAGE, &[("language", &notebook.kernel.language)]);
    }
    let plain = notebook.cells.iter().filter(|cell| cell.is_called_plain() && cell.holds_python());
    let plain: Vec<&Cell> = plain.filter(|_| notebook.is_python()).collect();
    if let Some(first) = plain.first() {
        let numbers: Vec<String> =
            plain.iter().map(|cell| cell.index.number().to_string()).collect();
        let language = first.language.as_deref().unwrap_or_default();
        say(
            report::READ_AS_PYTHON.of(plain.len()),
            &[("cells", &numbers.join(", ")), ("language", language)],
        );
    }
    if let Format::Ipynb { major: major @ ..4, .. } = notebook.format {
        say(report::OLD_FORMAT, &[("major", &major.to_string()), ("path", path)]);
    }
    out
}

fn diagnostic(
    paper: Paper,
    voice: Voice<'_>,
    path: &str,
    notebook: &Notebook,
    found: &Diagnostic,
) -> String {
    let place = Place::of(notebook, found.span);
    let tone = Tone::Severity(found.severity);
    let mut lines = head(paper, voice, path, notebook, found, place);
    let source = notebook.cell(found.span.cell).map_or("", |cell| &cell.source);
    lines.extend(snippet(paper, source, found.span.range, place.line(), tone));
    for note in found.notes.iter().take(NOTES) {
        lines.extend(labelled(paper, voice, report::NOTE, told(voice, notebook, note)));
    }
    let more = found.notes.len().saturating_sub(NOTES);
    if more > 0 {
        let count = |language| voice.count(language, report::MORE_NOTES, more);
        let said = voice.languages().into_iter().map(count).collect();
        lines.extend(labelled(paper, voice, report::NOTE, said));
    }
    if let Some(fix) = found.fix() {
        lines.extend(labelled(paper, voice, report::FIX, offered(voice, fix)));
    }
    if voice.knowledge.page(PageKind::Mistake, found.rule).is_some() {
        let label = paper.paint(Tone::Quiet, &voice.label(report::READ, &[]));
        lines.push(format!("  {label}nbasync explain {}", found.rule));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// `path:cell 7:2:11: ✖ error rule: message`, then the message in the other language.
pub(super) fn head(
    paper: Paper,
    voice: Voice<'_>,
    path: &str,
    notebook: &Notebook,
    found: &Diagnostic,
    place: Place,
) -> Vec<String> {
    let place = where_it_is(voice, notebook, place);
    let severity = voice.label(called::severity(found.severity), &[]);
    let severity = format!("{} {severity}", paper.sign(found.severity));
    let mut sentences = voice.sentences(&found.message).into_iter();
    let first = sentences.next().unwrap_or_default();
    let head = format!(
        "{}: {} {}: {}",
        paper.link(Path::new(path), paper.paint(Tone::Strong, &format!("{path}:{place}"))),
        paper.paint(Tone::Severity(found.severity), &severity),
        found.rule,
        paper.safe(&first)
    );
    let others = sentences.flat_map(|said| indented(paper, "  ", &said));
    std::iter::once(head).chain(others).collect()
}

/// `cell 7:2:11` in a notebook, `31:11` in a script.
pub(super) fn where_it_is(voice: Voice<'_>, notebook: &Notebook, place: Place) -> String {
    let (line, column) = (place.line().to_string(), place.start.column.to_string());
    if notebook.format.counts_lines() {
        return format!("{line}:{column}");
    }
    let cell = place.cell.number().to_string();
    voice.label(report::PLACE, &[("cell", &cell), ("line", &line), ("column", &column)])
}

/// A note's sentence, once for each language, with the place that it does not name itself.
fn told(voice: Voice<'_>, notebook: &Notebook, note: &Note) -> Vec<String> {
    let sentences = voice.sentences(&note.message);
    let Some(span) = note.span else { return sentences };
    let place = Place::of(notebook, span);
    let (cell, line) = (place.cell.number().to_string(), place.line().to_string());
    let is_named = |message: &Message| message.args.contains(&("cell", Argument::Cell(place.cell)));
    let key = if is_named(&note.message) { report::AT_LINE } else { report::AT_CELL };
    let at =
        |language: Language| voice.knowledge.ui(language, key, &[("cell", &cell), ("line", &line)]);
    let places = voice.languages().into_iter().map(at);
    sentences.into_iter().zip(places).map(|(said, at)| said + &at).collect()
}

fn offered(voice: Voice<'_>, fix: &Fix) -> Vec<String> {
    let offer = |language: Language| {
        let ui = |key: Wording, args: &[(&str, &str)]| voice.knowledge.ui(language, key, args);
        let trust = ui(called::trust(fix.applicability), &[]);
        let title = sentence(voice.knowledge, language, &fix.title);
        ui(report::TRUSTED, &[("title", &title), ("trust", &trust)])
    };
    voice.languages().into_iter().map(offer).collect()
}

/// `  label: words`, once for each language, with the label in front of the first.
pub(super) fn labelled(
    paper: Paper,
    voice: Voice<'_>,
    key: Wording,
    sentences: Vec<String>,
) -> Vec<String> {
    let label = voice.label(key, &[]);
    let hang = " ".repeat(visible::width(&label) + 2);
    let mut lines: Vec<String> =
        sentences.iter().flat_map(|said| indented(paper, &hang, said)).collect();
    if let Some(first) = lines.first_mut() {
        let label = paper.paint(Tone::Quiet, &label);
        *first = format!("  {label}{}", first.trim_start());
    }
    lines
}

/// Words behind an indent, broken where the terminal ends.
pub(super) fn indented(paper: Paper, indent: &str, text: &str) -> Vec<String> {
    let width = paper.width.map(|width| width.saturating_sub(indent.len()).max(20));
    let lines = wrap(paper, &[Piece::new(Tone::Plain, text)], width);
    lines.into_iter().map(|line| format!("{indent}{line}")).collect()
}
