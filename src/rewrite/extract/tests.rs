//! Holds extraction to its fixture: notebooks, what is asked for, and what becomes of both files.

use std::path::Path;

use super::{Extraction, Refusal, Request, extract, refusal};
use crate::execution::Run;
use crate::index::ReadCell;
use crate::knowledge::Tables;
use crate::notebook::{Notebook, Pasted, parse_pasted, parse_script};
use crate::review::environment_of;
use crate::rewrite::script;

/// One `##` section of the fixture.
#[derive(Default)]
struct Case {
    title: String,
    /// `extract: fetch parse`, perhaps with `--partial`.
    asked: String,
    cells: String,
    existing: Option<String>,
    module: Option<String>,
    left: Option<String>,
    /// What is undecided or refused.
    refused: Option<String>,
    tests: Option<String>,
}

fn cases() -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rewrite/extract/cases.md");
    let text = std::fs::read_to_string(path).unwrap();
    let mut cases: Vec<Case> = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in text.lines() {
        match (&mut open, line) {
            (None, line) if line.starts_with("## ") => {
                let title = line.trim_start_matches("## ").to_owned();
                cases.push(Case { title, ..Case::default() });
            }
            (None, line) if line.starts_with("extract: ") => {
                let case = cases.last_mut().unwrap();
                line.trim_start_matches("extract: ").clone_into(&mut case.asked);
            }
            (None, line) if line.starts_with("```") => {
                open = Some((line.trim_start_matches('`').to_owned(), String::new()));
            }
            (None, _) => {}
            (Some((kind, body)), "```") => {
                let case = cases.last_mut().unwrap();
                let body = std::mem::take(body);
                match kind.as_str() {
                    "python" => case.cells = body,
                    "python existing" => case.existing = Some(body),
                    "python module" => case.module = Some(body),
                    "python left" => case.left = Some(body),
                    "python tests" => case.tests = Some(body),
                    "text" => case.refused = Some(body),
                    other => panic!("{other}"),
                }
                open = None;
            }
            (Some((_, body)), line) => {
                body.push_str(line);
                body.push('\n');
            }
        }
    }
    cases
}

fn plan(
    notebook: &Notebook,
    names: &[String],
    existing: Option<&str>,
    partial: bool,
) -> Result<Extraction, Refusal> {
    let tables = Tables::default();
    let read = |cell| std::sync::Arc::clone(ReadCell::of_cell(cell, true).names());
    let cells = notebook.cells.iter().map(read);
    let run = Run::of(cells, Default::default(), &tables, environment_of(notebook));
    let request = Request {
        names,
        module: "helpers",
        existing,
        partial,
        title: "Helpers.",
        skip_reason: "to write",
    };
    extract(&run, notebook, &request)
}

fn said(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Undecided(list) => list
            .iter()
            .map(|it| {
                let key = it.kind.key().key().trim_start_matches("extract.undecided.");
                let cells = refusal::numbers(&it.bound);
                format!("{} {key} for {} ({cells})\n", it.name, it.needed_by)
            })
            .collect(),
        other => {
            let message = other.message();
            let key = message.key.trim_start_matches("extract.refusal.");
            let args: Vec<String> = message
                .args
                .iter()
                .map(|(name, value)| format!(" {name}={}", value.text()))
                .collect();
            format!("{key}{}\n", args.concat())
        }
    }
}

#[test]
fn every_extraction_does_what_the_fixture_says() {
    let mut wrong = String::new();
    for case in cases() {
        let Pasted::Notebook(notebook) = parse_pasted(&case.cells) else { panic!() };
        let partial = case.asked.contains("--partial");
        let words = case.asked.split_whitespace().filter(|word| !word.starts_with("--"));
        let names: Vec<String> = words.map(str::to_owned).collect();
        let existing = case.existing.as_deref();
        let wanted = [&case.module, &case.left, &case.tests, &case.refused];
        let wanted = wanted.map(|text| text.clone().unwrap_or_default());
        let mut seen = [const { String::new() }; 4];
        match plan(&notebook, &names, existing, partial) {
            Ok(done) => {
                let bytes = notebook.save(&done.changes).unwrap();
                let setup = done.setup.iter().map(|setup| format!("{setup}\n# %%\n"));
                let left = setup.chain([String::from_utf8(bytes.clone()).unwrap()]).collect();
                let tests = case.tests.as_ref().map_or(String::new(), |_| done.tests.clone());
                let undecided = said(&Refusal::Undecided(done.undecided.clone()));
                reads_without_a_kernel(&done);
                let after = notebook.reload(bytes).unwrap();
                let again = plan(&after, &names, Some(&done.module), partial);
                assert!(matches!(again, Err(Refusal::NoHelper { .. })), "{}", case.title);
                seen = [done.module, left, tests, undecided];
            }
            Err(refusal) => seen[3] = said(&refusal),
        }
        for (wanted, seen) in wanted.iter().zip(&seen) {
            if seen != wanted {
                wrong.push_str(&format!("{}:\n{seen}\n", case.title));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn reads_without_a_kernel(done: &Extraction) {
    let tables = Tables::default();
    for text in [&done.module, &done.tests] {
        let run = script::read(text, &tables);
        let cell = run.index(script::CELL).unwrap();
        assert_eq!(cell.syntax.errors, [], "{text}");
        assert!(!run.awaits_at_top(script::CELL), "{text}");
    }
}

#[test]
fn a_script_with_cells_gets_its_magics_as_comments() {
    let script = "# %%\nN = 1\n\nasync def f():\n    return N\n# %%\nawait f()\n";
    let notebook = parse_script(script).unwrap();
    let done = plan(&notebook, &["f".to_owned()], None, false).unwrap();
    assert_eq!(
        String::from_utf8(notebook.save(&done.changes).unwrap()).unwrap(),
        "# %%\nfrom helpers import N, f\n# %%\nawait f()\n"
    );
    assert_eq!(done.setup.as_deref(), Some("# %load_ext autoreload\n# %autoreload 2"));
    let plain = parse_script("async def f(): ...\n").unwrap();
    assert_eq!(plan(&plain, &["f".to_owned()], None, false), Err(Refusal::NoCells));
}

#[test]
fn an_existing_module_keeps_its_line_ends_and_its_mark() {
    let Pasted::Notebook(notebook) = parse_pasted("import json\n\nasync def f():\n    json\n")
    else {
        panic!()
    };
    let existing = "\u{feff}import os\r\nX = 1";
    let done = plan(&notebook, &["f".to_owned()], Some(existing), false).unwrap();
    assert_eq!(
        done.module,
        "\u{feff}import os\r\nimport json\r\n\r\n\r\nX = 1\r\n\r\n\r\nasync def f():\r\n    json\r\n"
    );
}
