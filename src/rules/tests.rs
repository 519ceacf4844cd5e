//! Holds every rule to its fixture: hits where the comments say, nothing where they do not, the
//! fixed text, and silence on the second pass.

use std::path::Path;

use super::RULES;
use crate::diagnostic::{Applicability, Severity};
use crate::knowledge::{Case, Fixture, Tables};
use crate::notebook::{Notebook, Pasted, parse_pasted, pasted_code};
use crate::review::{Review, changed_sources, fixes, review};
use crate::text::position;

pub(crate) fn tables() -> Tables {
    let read = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("content/tables").join(name);
        std::fs::read_to_string(path).expect("a table")
    };
    Tables::parse(|name| read(&format!("{name}.yaml"))).expect("valid tables")
}

fn notebook(code: &str) -> Notebook {
    match parse_pasted(code) {
        Pasted::Notebook(notebook) => notebook,
        Pasted::Traceback { .. } => panic!("a fixture is no traceback"),
    }
}

pub(crate) fn fixtures(rule: &str) -> Vec<Fixture> {
    let file = format!("src/rules/{}.md", rule.replace('-', "_"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&file);
    let text = std::fs::read_to_string(path).unwrap_or_else(|_| panic!("{file} is missing"));
    Fixture::read(&text).unwrap_or_else(|wrong| panic!("{file}: {wrong}"))
}

/// What the comments of a case say: rule and line of each cell.
fn expected(notebook: &Notebook) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    for cell in &notebook.cells {
        for (line, text) in cell.source.lines().enumerate() {
            let Some((_, rules)) = text.split_once("# mistake: ") else { continue };
            let rules = rules.split(',').map(|rule| rule.trim().to_owned());
            found.extend(rules.map(|rule| (cell.index.0, line + 1, rule)));
        }
    }
    found
}

fn reported(notebook: &Notebook, review: &Review) -> Vec<(usize, usize, String)> {
    let place = |found: &crate::diagnostic::Diagnostic| {
        let cell = found.span.cell;
        let source = &notebook.cell(cell).expect("the cell").source;
        (cell.0, position(source, found.span.range.start).line, found.rule.to_owned())
    };
    review.found().map(place).collect()
}

/// Applies every fix that is not only shown, and gives the notebook's text.
fn repaired(notebook: &Notebook, review: &Review) -> String {
    let edits: Vec<_> = fixes(&review.diagnostics, Applicability::Unsafe)
        .into_iter()
        .flat_map(|fix| fix.edits.clone())
        .collect();
    let changed = changed_sources(notebook, &edits).expect("disjoint edits");
    String::from_utf8(notebook.save(&changed).expect("a save")).expect("UTF-8")
}

fn without_comments(text: &str) -> String {
    let strip = |line: &str| line.split("  # mistake: ").next().unwrap_or_default().to_owned();
    text.lines().map(strip).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_rule_does_what_its_fixture_says() {
    let tables = tables();
    let mut wrong = Vec::new();
    for rule in RULES {
        let cases = fixtures(rule.name);
        let mut hits = 0;
        let mut innocent = 0;
        for case in &cases {
            let at = format!("{}: {}", rule.name, case.title);
            let before = notebook(&case.code);
            let first = review(&before, &tables);
            let expected = expected(&before);
            let reported = reported(&before, &first);
            if reported != expected {
                wrong.push(format!("{at}\n  reported {reported:?}\n  expected {expected:?}"));
            }
            let mine = expected.iter().filter(|(_, _, name)| name == rule.name).count();
            if mine > 0 {
                hits += 1
            } else {
                innocent += 1
            }
            let Some(fixed) = &case.fixed else { continue };
            let after = repaired(&before, &first);
            if without_comments(&after) != without_comments(fixed) {
                wrong.push(format!("{at}: the repaired text is\n{after}"));
            }
            let second = review(&notebook(&after), &tables);
            let left: Vec<_> = second.diagnostics.iter().map(|found| found.rule).collect();
            if left.contains(&rule.name) {
                wrong.push(format!("{at}: second pass reports {left:?}"));
            }
        }
        if hits < 3 {
            wrong.push(format!("{}: {hits} hits of different shape, 3 wanted", rule.name));
        }
        if innocent < 4 {
            wrong.push(format!("{}: {innocent} innocent look-alikes, 4 wanted", rule.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_its_page_in_both_languages() {
    for rule in RULES {
        for ending in ["md", "zh.md"] {
            let path = format!("content/mistakes/{}.{ending}", rule.name);
            let full = Path::new(env!("CARGO_MANIFEST_DIR")).join(&path);
            assert!(full.is_file(), "{path} is missing");
        }
    }
}

#[test]
fn every_page_of_a_mistake_has_its_rule() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("content/mistakes");
    for entry in std::fs::read_dir(folder).expect("the folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let name = name.split('.').next().unwrap_or_default().to_owned();
        assert!(RULES.iter().any(|rule| rule.name == name), "no rule for the page {name}");
    }
}

#[test]
fn the_folder_and_the_list_name_the_same_rules() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".rs").map(|name| name.replace('_', "-")))
        // What rules share is no rule.
        .filter(|name| {
            !["mod", "tests", "events", "by-version", "drafts", "loops", "many", "waiting"]
                .contains(&name.as_str())
        })
        .collect();
    files.sort();
    let mut names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    names.sort_unstable();
    assert_eq!(files, names);
}

/// The cells of a case as a notebook of Python 3.11, in which something is still to come.
fn shown(cases: &[Case], id: &str) -> Notebook {
    let case = cases.iter().find(|case| case.id == id).unwrap_or_else(|| panic!("no case {id}"));
    let cells: Vec<String> = case.cells.iter().map(|cell| format!("# %%\n{}", cell.code)).collect();
    let header = "# ---\n# jupyter:\n#   language_info:\n#     version: 3.11.7\n# ---\n";
    notebook(&format!("{header}{}", cells.join("\n")))
}

#[test]
fn every_mistake_is_found_in_the_cells_that_show_it_and_not_in_the_repaired_ones() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("content/cases/mistakes.yaml");
    let text = std::fs::read_to_string(path).expect("the cases");
    let (cases, tables) = (Case::parse(&text).expect("cases"), tables());
    // Where the patch is needed, the run that needs it is told first.
    let told = |rule: &'static str| match rule {
        "nest-asyncio-by-default" => "asyncio-run-in-cell",
        rule => rule,
    };
    for rule in RULES {
        let rules = |id: &str| -> Vec<&str> {
            let found = review(&shown(&cases, id), &tables);
            found.diagnostics.iter().map(|found| found.rule).collect()
        };
        let before = rules(&format!("mistake-{}", rule.name));
        assert!(before.contains(&told(rule.name)), "{}: {before:?}", rule.name);
        let after = rules(&format!("mistake-{}-repaired", rule.name));
        assert!(after.is_empty(), "{}: {after:?}", rule.name);
    }
}

/// The rules, section by section, and what a kernel answers to the cells as they are and repaired.
fn proven() -> impl Iterator<Item = (&'static str, Fixture, Option<Case>, Option<Case>)> {
    let sections = RULES
        .iter()
        .flat_map(|rule| fixtures(rule.name).into_iter().map(|fixture| (rule.name, fixture)));
    sections.map(|(rule, fixture)| {
        let cases = fixture.cases(rule, pasted_code).unwrap_or_else(|wrong| panic!("{wrong}"));
        let (fixed, before): (Vec<_>, Vec<_>) =
            cases.into_iter().partition(|case| case.id.ends_with("/fixed"));
        (rule, fixture, before.into_iter().next(), fixed.into_iter().next())
    })
}

#[test]
fn what_is_called_an_error_raises_in_a_kernel() {
    let tables = tables();
    // Their notebooks have an older Python than any kernel that is asked.
    for (rule, fixture, before, _) in proven().filter(|(rule, ..)| *rule != "needs-newer-python") {
        let Some(before) = before else { continue };
        let found = review(&notebook(&fixture.code), &tables);
        let is_error = found.diagnostics.iter().any(|found| found.severity == Severity::Error);
        let raises = before.cells.iter().any(|cell| {
            cell.error.is_some() || cell.stderr.as_ref().is_some_and(|said| !said.is_empty())
        });
        assert!(raises || !is_error, "{rule}: {}", fixture.title);
    }
}

#[test]
fn what_is_repaired_does_not_raise_and_a_value_stays_what_it_was() {
    const AWAITABLES: [&str; 4] = ["<coroutine", "[<coroutine", "<Task ", "<_GatheringFuture"];
    let mut compared = 0;
    // To collect a task is to see its error.
    for (rule, fixture, before, fixed) in
        proven().filter(|(rule, ..)| *rule != "task-never-collected")
    {
        let Some(fixed) = fixed else { continue };
        let at = format!("{rule}: {}", fixture.title);
        let fails = fixed.cells.iter().any(|cell| cell.error.is_some());
        assert!(!fails, "{at}: an error after the repair");
        let before = before.map(|case| case.cells).unwrap_or_default();
        if before.len() != fixed.cells.len() {
            continue;
        }
        for (before, fixed) in before.iter().zip(&fixed.cells) {
            let value = before.result.as_ref().filter(|_| before.error.is_none());
            // Something to await in place of a value was the mistake.
            let is_value =
                |value: &&String| AWAITABLES.iter().all(|start| !value.starts_with(start));
            if let Some(value) = value.filter(is_value) {
                assert_eq!(Some(value), fixed.result.as_ref(), "{at}");
                compared += 1;
            }
        }
    }
    assert!(compared > 0);
}
