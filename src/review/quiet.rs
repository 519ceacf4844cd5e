//! Notebooks in which nothing is async: told from their words, before anything is parsed.

use std::collections::BTreeSet;

use memchr::memmem;

use crate::knowledge::Tables;
use crate::notebook::{Cell, Format, Notebook};

/// What a cell of ours has somewhere: Python's words for coroutines and loops, the names of the
/// async protocols, and what brings in other code.
const WORDS: [&str; 12] = [
    "async",
    "await",
    "coroutine",
    "_loop",
    "aiter",
    "anext",
    "aenter",
    "aexit",
    "%run",
    "run_line_magic",
    "%%writefile",
    "%%file",
];

/// Whether no rule can say anything of a notebook: nothing in it is async, and no module that it
/// imports brings loops, coroutines or threads. What lies beside it may; the names of the modules it
/// imports are given. Each may be another word of an import.
///
/// `None` where rules have to be asked.
pub fn quiet<'n>(notebook: &'n Notebook, tables: &Tables) -> Option<BTreeSet<&'n str>> {
    if notebook.format == Format::Script || !notebook.is_python() {
        return None;
    }
    let mut modules = BTreeSet::new();
    for cell in notebook.cells.iter().filter(|cell| cell.holds_python()) {
        if WORDS.iter().any(|word| memmem::find(cell.source.as_bytes(), word.as_bytes()).is_some())
        {
            return None;
        }
        modules.extend(imported(cell));
    }
    let wakes = modules.iter().any(|module| tables.wakes(module));
    (!wakes).then_some(modules)
}

/// The words of a cell's imports that may name modules.
fn imported(cell: &Cell) -> impl Iterator<Item = &str> {
    let mut goes_on = false;
    let lines = cell.source.split(['\n', '\r']).filter(move |line| {
        let follows = std::mem::replace(&mut goes_on, line.ends_with('\\'));
        follows || line.contains("import") || line.trim_start().starts_with("from")
    });
    let is_between = |c: char| !c.is_alphanumeric() && c != '_';
    lines.flat_map(move |line| line.split(is_between)).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::{Pasted, corpus_notebooks_for_tests, parse_pasted};
    use crate::review::{Known, Surroundings, review_asked, review_quiet};
    use crate::rules::{RULES, fixtures_for_tests, tables_for_tests};

    fn pasted(code: &str) -> Option<Notebook> {
        match parse_pasted(code) {
            Pasted::Notebook(notebook) => Some(notebook),
            Pasted::Traceback { .. } => None,
        }
    }

    fn imported_by(code: &str) -> Option<Vec<String>> {
        let names = pasted(code)?;
        let names = quiet(&names, &tables_for_tests())?;
        Some(names.into_iter().map(str::to_owned).collect())
    }

    #[test]
    fn a_notebook_without_async_gives_the_words_of_its_imports() {
        let found =
            imported_by("import numpy as np, helpers\nfrom \\\n  tools import x\nprint(1)\n");
        let found = found.expect("nothing async");
        assert!(["numpy", "helpers", "tools"].iter().all(|it| found.contains(&(*it).to_owned())));
        assert!(!found.contains(&"print".to_owned()));
    }

    #[test]
    fn what_most_notebooks_import_wakes_nothing() {
        let lines =
            ["pandas as pd", "numpy as np", "matplotlib.pyplot as plt", "requests, json, os"];
        let code = lines.map(|it| format!("import {it}\n")).concat();
        assert!(imported_by(&code).is_some());
    }

    #[test]
    fn words_of_ours_and_modules_with_loops_wake_the_rules() {
        for code in [
            "async def f(): ...",
            "import asyncio",
            "import playwright.sync_api",
            "from concurrent.futures import ThreadPoolExecutor",
            "import importlib\nimportlib.import_module('telethon')",
            "%run helpers.py",
            "class A:\n    def __aenter__(self): ...",
        ] {
            assert_eq!(imported_by(code), None, "{code}");
        }
    }

    /// Notebooks of the fixtures and of the corpus, and each of their cells by itself.
    fn many() -> impl Iterator<Item = (String, Notebook)> {
        let fixtures = RULES.iter().flat_map(|rule| {
            let cases = fixtures_for_tests(rule.name).into_iter();
            cases
                .flat_map(|it| std::iter::once(it.code).chain(it.fixed))
                .filter_map(|code| Some((rule.name.to_owned(), pasted(&code)?)))
        });
        fixtures.chain(corpus_notebooks_for_tests()).flat_map(|(name, notebook)| {
            let cells: Vec<(String, Notebook)> = notebook
                .cells
                .iter()
                .filter_map(|cell| {
                    Some((format!("{name}, {:?}", cell.index), pasted(&cell.source)?))
                })
                .collect();
            std::iter::once((name, notebook)).chain(cells)
        })
    }

    #[test]
    fn rules_have_nothing_to_say_of_what_is_quiet() {
        let tables = tables_for_tests();
        let beside = Surroundings::default();
        let mut count = 0;
        for (name, notebook) in many() {
            if quiet(&notebook, &tables).is_none() {
                continue;
            }
            count += 1;
            let asked = review_asked(&notebook, &tables, &beside, &Known::default());
            let unasked = review_quiet(&notebook, &beside, &Known::default());
            assert_eq!(unasked.diagnostics, asked.diagnostics, "{name}");
            assert_eq!(unasked.silenced, asked.silenced, "{name}");
            assert_eq!(unasked.classifications, asked.classifications, "{name}");
            assert_eq!(unasked.verdict, asked.verdict, "{name}");
        }
        assert!(count > 50, "{count} were quiet");
    }
}
