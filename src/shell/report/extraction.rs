//! The report of `extract`.

use super::diff::{diff, unified};
use super::place::Place;
use super::{Paper, Tone, Voice};
use crate::difference;
use crate::knowledge::Language;
use crate::notebook::Notebook;
use crate::review::Extracted;
use crate::rewrite::extract::{Extraction, Moved, Undecided, UndecidedKind, numbers};
use crate::wording::{self, Wording, report};

/// The files of an extraction, as people are told.
#[derive(Debug, Clone, Copy)]
pub struct Files<'f> {
    pub notebook: &'f str,
    pub module: &'f str,
    /// Whether the module was there before.
    pub is_there: bool,
    /// Where the tests were written.
    pub tests: Option<&'f str>,
    /// Where tests would be looked for.
    pub usual_tests: &'f str,
}

/// Another notebook out of which the same helpers move.
#[derive(Debug)]
pub struct OtherNotebook<'o> {
    pub path: String,
    pub before: &'o Notebook,
    pub done: &'o Extracted,
}

/// What becomes of each file.
pub fn extraction(
    paper: Paper,
    voice: Voice<'_>,
    files: Files<'_>,
    (done, others): (&Extracted, &[OtherNotebook<'_>]),
) -> String {
    let mut out = String::new();
    for language in voice.languages() {
        let ui = |key: Wording, args: &[(&str, &str)]| voice.knowledge.ui(language, key, args);
        let mut lines = vec![module_line(voice, language, files, &done.plan)];
        let more = others.iter().map(|other| (other.path.as_str(), other.done));
        for (path, done) in std::iter::once((files.notebook, done)).chain(more) {
            if let Some(setup) = done.setup {
                let cell = setup.number().to_string();
                lines.push(ui(wording::extract::SETUP, &[("path", path), ("cell", &cell)]));
            }
            let cells = numbers(&done.cells);
            lines.push(ui(wording::extract::CELLS, &[("path", path), ("cells", &cells)]));
        }
        if let Some(path) = files.tests {
            lines.push(ui(wording::extract::TESTS_WRITTEN, &[("path", path)]));
        }
        for line in lines {
            out.push_str(&format!("{}\n", paper.safe(&line)));
        }
    }
    out
}

/// How to take it back, now that it is done, and the tests that are to be written.
pub fn extracted(
    paper: Paper,
    voice: Voice<'_>,
    files: Files<'_>,
    (done, others): (&Extracted, &[OtherNotebook<'_>]),
) -> String {
    let mut out = String::new();
    let undo =
        if files.is_there { wording::extract::UNDO_MORE } else { wording::extract::UNDO_NEW };
    let others = others.iter().map(|other| other.path.as_str());
    let notebooks: Vec<&str> = std::iter::once(files.notebook).chain(others).collect();
    for said in voice.say(undo, &[("notebook", &notebooks.join(" ")), ("module", files.module)]) {
        out.push_str(&format!("{}\n", paper.safe(&said)));
    }
    if files.tests.is_none() {
        out.push('\n');
        for said in voice.say(wording::extract::TESTS, &[("path", files.usual_tests)]) {
            out.push_str(&format!("{}\n", paper.safe(&said)));
        }
        out.push('\n');
        for line in done.plan.tests.lines() {
            out.push_str(&format!("{}\n", paper.paint(Tone::Code, line)));
        }
    }
    out
}

fn module_line(
    voice: Voice<'_>,
    language: Language,
    files: Files<'_>,
    plan: &Extraction,
) -> String {
    let ui = |key: Wording, args: &[(&str, &str)]| voice.knowledge.ui(language, key, args);
    let moved = |moved: &Moved| {
        let names = moved.names.join(", ");
        match &moved.needed_by {
            Some(by) => ui(wording::extract::NEEDED, &[("name", &names), ("by", by)]),
            None => names,
        }
    };
    // What was asked for comes first.
    let (asked, needed): (Vec<&Moved>, Vec<&Moved>) =
        plan.moved.iter().partition(|moved| moved.needed_by.is_none());
    let names: Vec<String> = asked.into_iter().chain(needed).map(moved).collect();
    let names = names.join(&ui(report::COMMA, &[]));
    let key =
        if files.is_there { wording::extract::MODULE_MORE } else { wording::extract::MODULE_NEW };
    ui(key, &[("path", files.module), ("names", &names)])
}

/// The names that somebody has to decide on.
pub fn undecided(
    paper: Paper,
    voice: Voice<'_>,
    (path, notebook): (&str, &Notebook),
    list: &[Undecided],
    left: &[String],
) -> String {
    let mut out = String::new();
    for language in voice.languages() {
        let mut line = |indent: &str, key: Wording, args: &[(&str, &str)]| {
            let said = voice.knowledge.ui(language, key, args);
            out.push_str(&format!("{indent}{}\n", paper.safe(&said)));
        };
        let head = if left.is_empty() {
            wording::extract::DECIDE
        } else {
            wording::extract::DECIDE_PARTIAL
        };
        line("", head, &[("path", path)]);
        for one in list {
            let place = Place::of(notebook, one.read);
            let why = why(voice, language, one);
            let args = [
                ("name", one.name.as_str()),
                ("by", &one.needed_by),
                ("cell", &place.cell.number().to_string()),
                ("line", &place.line().to_string()),
                ("why", &why),
            ];
            line("  ", wording::extract::READ_AT, &args);
        }
        match left {
            [] => line("", wording::extract::DECIDE_NEXT, &[]),
            left => line("", wording::extract::LEFT, &[("names", &left.join(", "))]),
        }
    }
    out
}

fn why(voice: Voice<'_>, language: Language, one: &Undecided) -> String {
    let cells = match one.kind {
        // What a function changes need not be given a value by any cell.
        UndecidedKind::Changed if one.bound.is_empty() => numbers([&one.read.cell]),
        _ => numbers(&one.bound),
    };
    voice.knowledge.ui(language, one.kind.key(), &[("cells", &cells)])
}

/// The changes of both files, cell by cell in the notebook.
pub fn extraction_diff(
    paper: Paper,
    files: Files<'_>,
    (before, existing): (&Notebook, &str),
    done: &Extracted,
) -> String {
    unified(paper, files.module, existing, &done.plan.module)
        + &notebook_diff(paper, files.notebook, before, done)
}

/// The changes of another notebook.
pub fn other_diff(paper: Paper, other: &OtherNotebook<'_>) -> String {
    notebook_diff(paper, &other.path, other.before, other.done)
}

fn notebook_diff(paper: Paper, path: &str, before: &Notebook, done: &Extracted) -> String {
    let after = &done.after;
    if !before.format.is_ipynb() {
        return diff(paper, path, before, after);
    }
    let mut out = String::new();
    if let Some((cell, source)) = done.setup.zip(done.plan.setup.as_deref()) {
        let name = format!("{path}:cell {}", cell.number());
        out.push_str(&unified(paper, &name, "", &difference::ended(source)));
    }
    out + &diff(paper, path, &done.prepared, after)
}
