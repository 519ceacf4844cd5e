//! Saved outputs as evidence: an error of two loops or a lost coroutine under a cell.

use std::sync::Arc;

use std::collections::{HashMap, HashSet};

use memchr::memmem;

use super::{SAVED_OUTPUT, Severity};
use crate::diagnostic::{Diagnostic, Found, Message};
use crate::index::ReadCell;
use crate::notebook::{Notebook, Output};
use crate::text::{CellIndex, Span, TextRange};
use crate::wording;

/// Words of an output and the rules that they speak for.
///
/// Source: messages of CPython's asyncio, as kernels print them.
const SIGNS: [(&str, &[&str]); 11] = [
    (
        "asyncio.run() cannot be called from a running event loop",
        &["asyncio-run-in-cell", "framework-runner-in-cell"],
    ),
    ("This event loop is already running", &["run-until-complete-in-cell"]),
    (
        "Cannot run the event loop while another loop is running",
        &["run-until-complete-in-cell", "asyncio-run-in-cell", "framework-runner-in-cell"],
    ),
    ("was never awaited", &["coroutine-never-awaited", "asyncio-run-in-cell"]),
    ("Task was destroyed but it is pending", &["dropped-task", "task-never-collected"]),
    ("Task exception was never retrieved", &["dropped-task", "task-never-collected"]),
    ("using Playwright Sync API inside the asyncio loop", &["loop-owning-sync-api"]),
    ("'await' outside async function", &["await-in-sync-def"]),
    ("'await' outside function (<", &["await-under-magic"]),
    ("module 'asyncio' has no attribute", &["needs-newer-python"]),
    (NO_PROGRAMS, &[]),
];

/// Where a loop ends up that starts no programs: its `NotImplementedError` has no words.
///
/// Source: `BaseEventLoop` of CPython, which the selector loop of Windows does not overrule.
const NO_PROGRAMS: &str = "_make_subprocess_transport";

/// Adds what saved outputs show: a note to the diagnostic that it supports, or, where nothing in
/// the notebook explains it, a hint of its own.
pub(super) fn add(notebook: &Notebook, cells: &[Arc<ReadCell>], diagnostics: &mut Vec<Found>) {
    // Most notebooks hold none of these words, and their outputs need no decoding.
    let present: Vec<_> = present(notebook).collect();
    if present.is_empty() {
        return;
    }
    let mut told = Told::of(diagnostics);
    for index in 0..notebook.cells.len() {
        let cell = CellIndex(index);
        if notebook.output_bytes(cell) < 8 || !cells.get(index).is_some_and(|cell| cell.runs) {
            continue;
        }
        let shown = text(notebook, cell);
        for (words, rules) in &present {
            if shown.contains(words) {
                told.take(cell, words, rules, cells, diagnostics);
            }
        }
    }
}

/// Whether some output may speak for or against what rules say.
pub(super) fn speaks(notebook: &Notebook) -> bool {
    present(notebook).next().is_some()
}

fn present(
    notebook: &Notebook,
) -> impl Iterator<Item = &'static (&'static str, &'static [&'static str])> {
    let file = notebook.original();
    SIGNS.iter().filter(move |(words, _)| memmem::find(file, words.as_bytes()).is_some())
}

/// Rules that say of a call in a cell that it raises.
const RAISING: [&str; 4] = [
    "asyncio-run-in-cell",
    "run-until-complete-in-cell",
    "framework-runner-in-cell",
    "loop-owning-sync-api",
];

/// Weighs saved outputs that show success against what is said to raise: a cell that printed something
/// and no error went through once, on a loop that was patched out of sight, or elsewhere.
pub(super) fn weigh(notebook: &Notebook, diagnostics: &mut [Found]) {
    let raises = |found: &&mut Found| {
        let it = found.said();
        it.severity == Severity::Error
            && RAISING.contains(&it.rule)
            && matches!(it.message.key, "direct" | "main-guard")
    };
    // Outputs are decoded once for each cell.
    let mut known: HashMap<CellIndex, bool> = HashMap::new();
    for found in diagnostics.iter_mut().filter(raises) {
        let cell = found.place().cell;
        if *known.entry(cell).or_insert_with(|| went_through(notebook, cell)) {
            let found = found.make_mut();
            found.severity = Severity::Warning;
            found.note(Message::says(wording::SAVED_OUTPUT_CONTRADICTS), None);
        }
    }
}

/// Whether a cell has saved outputs, and none of them tells of an error.
fn went_through(notebook: &Notebook, cell: CellIndex) -> bool {
    let outputs = notebook.outputs(cell);
    let fails = |output: &Output| match output {
        Output::Error { .. } => true,
        Output::Stream { name, text } => name == "stderr" || text.contains("Error"),
        Output::Other(_) => true,
        Output::Result { .. } | Output::Display { .. } => false,
    };
    !outputs.is_empty() && !outputs.iter().any(fails)
}

/// What the rules say already.
struct Told {
    rules: HashSet<&'static str>,
    /// Places in the list of diagnostics.
    by_cell: HashMap<CellIndex, Vec<usize>>,
}

impl Told {
    fn of(diagnostics: &[Found]) -> Self {
        let mut by_cell: HashMap<CellIndex, Vec<usize>> = HashMap::new();
        for (at, found) in diagnostics.iter().enumerate() {
            by_cell.entry(found.place().cell).or_default().push(at);
        }
        Self { rules: diagnostics.iter().map(|found| found.said().rule).collect(), by_cell }
    }

    fn take(
        &mut self,
        cell: CellIndex,
        words: &str,
        rules: &[&str],
        cells: &[Arc<ReadCell>],
        diagnostics: &mut Vec<Found>,
    ) {
        let note = Message::says(wording::SAVED_OUTPUT_SUPPORTS).with("words", words);
        let here = self.by_cell.get(&cell).into_iter().flatten().copied();
        let is_it =
            |at: &usize| diagnostics.get(*at).is_some_and(|it| rules.contains(&it.said().rule));
        if let Some(found) = here.into_iter().find(is_it).and_then(|at| diagnostics.get_mut(at)) {
            found.make_mut().note(note, None);
            return;
        }
        // A warning may come late, under a cell that has nothing to do with it.
        if rules.iter().any(|rule| self.rules.contains(rule)) {
            return;
        }
        let Some(read) = cells.get(cell.0) else { return };
        let tree = &read.syntax().tree;
        let last = tree.last_statement().map_or(TextRange::default(), |node| tree.range(node));
        let first_line = tree.text(last).lines().next().map_or(0, str::len);
        let range = TextRange::new(last.start, last.start + first_line);
        let mut found =
            Diagnostic::new(SAVED_OUTPUT, Severity::Hint, Span::new(cell, range), SAVED_OUTPUT);
        found.message = match words {
            NO_PROGRAMS => Message::says(wording::SAVED_OUTPUT_NO_PROGRAMS),
            _ => Message::says(wording::SAVED_OUTPUT).with("words", words),
        };
        diagnostics.push(found.into());
    }
}

/// What the cell's outputs say, errors and streams.
fn text(notebook: &Notebook, cell: CellIndex) -> String {
    let mut text = String::new();
    for output in notebook.outputs(cell) {
        match output {
            Output::Stream { text: shown, .. } => text.push_str(&shown),
            Output::Error { message, .. } if !message.is_empty() => text.push_str(&message),
            // The last frame tells what an error without words is about.
            Output::Error { traceback, .. } => text.push_str(&traceback.concat()),
            Output::Result { .. } | Output::Display { .. } | Output::Other(_) => {}
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Severity;
    use crate::notebook::parse_ipynb;
    use crate::review::{Review, review};
    use crate::rules::tables_for_tests;

    fn reviewed(source: &str, outputs: serde_json::Value) -> Review {
        let cell = serde_json::json!({"cell_type": "code", "id": "a", "metadata": {},
            "execution_count": 1, "source": source, "outputs": outputs});
        let whole = serde_json::json!({"cells": [cell], "metadata": {}, "nbformat": 4,
            "nbformat_minor": 5});
        review(&parse_ipynb(whole.to_string()).expect("a notebook"), &tables_for_tests())
    }

    fn rules(source: &str, error: &str) -> Vec<(String, usize)> {
        let outputs = serde_json::json!([{"output_type": "error", "ename": "RuntimeError",
            "evalue": error, "traceback": []}]);
        let review = reviewed(source, outputs);
        review.found().map(|it| (it.rule.to_owned(), it.notes.len())).collect()
    }

    const ERROR: &str = "asyncio.run() cannot be called from a running event loop";

    #[test]
    fn a_saved_error_supports_the_diagnostic_of_its_cell() {
        let found = rules("import asyncio\nasyncio.run(f())", ERROR);
        assert_eq!(found, [("asyncio-run-in-cell".to_owned(), 1)]);
    }

    #[test]
    fn a_saved_error_that_nothing_explains_stands_as_a_hint() {
        assert_eq!(rules("library.load()", ERROR), [("saved-output".to_owned(), 0)]);
    }

    /// How bad `asyncio.run()` is said to be under these outputs, and what notes say.
    fn weighed(source: &str, outputs: serde_json::Value) -> (Severity, Vec<&'static str>) {
        let review = reviewed(source, outputs);
        let found = review.diagnostics.into_iter().find(|it| it.rule == "asyncio-run-in-cell");
        let found = found.expect("the run is found");
        (found.severity, found.notes.iter().map(|note| note.message.key).collect())
    }

    #[test]
    fn success_that_was_saved_weighs_against_what_raises() {
        const RUN: &str = "import asyncio\nasync def f(): ...\nasyncio.run(f())";
        let stream = |name: &str, text: &str| serde_json::json!({"output_type": "stream", "name": name, "text": text});
        let result = serde_json::json!({"output_type": "execute_result", "metadata": {},
            "execution_count": 1, "data": {"text/plain": "42"}});
        let error = serde_json::json!({"output_type": "error", "ename": "RuntimeError",
            "evalue": ERROR, "traceback": []});
        let contradicts = (Severity::Warning, vec!["saved-output-contradicts"]);
        assert_eq!(weighed(RUN, serde_json::json!([stream("stdout", "done")])), contradicts);
        assert_eq!(weighed(RUN, serde_json::json!([result])), contradicts);
        for outputs in [
            serde_json::json!([]),
            serde_json::json!([stream("stdout", "done"), error]),
            serde_json::json!([stream("stderr", "RuntimeWarning: never awaited")]),
        ] {
            let (severity, notes) = weighed(RUN, outputs);
            assert_eq!(severity, Severity::Error);
            assert!(!notes.contains(&"saved-output-contradicts"), "{notes:?}");
        }
        let caught = "import asyncio\nasync def f(): ...\ntry:\n    asyncio.run(f())\nexcept RuntimeError as error:\n    print(error)";
        let (_, notes) = weighed(caught, serde_json::json!([stream("stdout", "done")]));
        assert_eq!(notes, [] as [&str; 0]);
    }

    #[test]
    fn a_loop_that_starts_no_programs_is_told_by_the_last_frame() {
        let run = "import asyncio\np = await asyncio.create_subprocess_exec('ls')";
        let error = |frame: &str| {
            serde_json::json!([{"output_type": "error",
            "ename": "NotImplementedError", "evalue": "", "traceback": ["File base_events.py:498", frame]}])
        };
        let keys = |frame: &str| -> Vec<&'static str> {
            reviewed(run, error(frame)).found().map(|it| it.message.key).collect()
        };
        let frame = "in \u{1b}[0;36mBaseEventLoop._make_subprocess_transport\u{1b}[1;34m(self)";
        assert_eq!(keys(frame), ["saved-output-no-programs"]);
        assert_eq!(keys("in BaseEventLoop.add_reader(self)"), [] as [&str; 0]);
    }

    #[test]
    fn other_errors_say_nothing() {
        assert_eq!(rules("1 / 0", "division by zero"), []);
    }
}
