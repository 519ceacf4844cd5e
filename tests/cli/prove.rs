//! `prove` where nothing may run, or nothing can.

use serde_json::json;

use crate::support::{folder, notebook, run};

const BAD: &str = "asyncio.run(main())";
const DEFINED: &str = "import asyncio\nasync def main():\n    return 1";

/// An environment that looks as if it had a kernel. Its interpreter is no program.
const ENVIRONMENT: [(&str, &str); 3] = [
    (".venv/pyvenv.cfg", "version = 3.12.1\n"),
    (".venv/bin/python", ""),
    (".venv/lib/python3.12/site-packages/ipykernel-7.4.0.dist-info/METADATA", ""),
];

#[test]
fn without_a_kernel_nothing_runs_and_the_way_out_is_told() {
    let folder = folder(&[("a.ipynb", &notebook(&[DEFINED, BAD]))]);
    let ran = run(folder.path(), &["prove", "--yes", "a.ipynb"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("No Python kernel can be used here."), "{}", ran.stderr);
    assert!(ran.stderr.contains("pip install ipykernel"), "{}", ran.stderr);
}

#[test]
fn without_a_terminal_nothing_runs_unless_that_was_agreed() {
    let shell = "!touch ran\nimport asyncio";
    let main = "async def main():\n    return await asyncio.sleep(0, 1)";
    let text = notebook(&[shell, main, BAD]);
    let mut files = vec![("a.ipynb", text.as_str())];
    files.extend(ENVIRONMENT);
    let folder = folder(&files);
    let ran = run(folder.path(), &["prove", "a.ipynb"]);
    assert_eq!(ran.code, 2);
    for told in ["cell 3", "cell 2, which gives main", "also does: !touch ran", ".venv"] {
        assert!(ran.stdout.contains(told), "{told}: {}", ran.stdout);
    }
    assert!(ran.stderr.contains("--yes runs without asking"), "{}", ran.stderr);
    assert!(!folder.path().join("ran").exists());
}

#[test]
fn a_kernel_that_cannot_be_started_is_told() {
    let text = notebook(&[DEFINED, BAD]);
    let mut files = vec![("a.ipynb", text.as_str())];
    files.extend(ENVIRONMENT);
    let folder = folder(&files);
    let ran = run(folder.path(), &["prove", "--yes", "a.ipynb"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("The kernel cannot be started"), "{}", ran.stderr);
}

#[test]
fn where_no_fix_changes_a_cell_there_is_nothing_to_prove() {
    let folder = folder(&[("a.ipynb", &notebook(&["1 + 1"]))]);
    let ran = run(folder.path(), &["prove", "a.ipynb"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""));
    assert!(ran.stderr.contains("No fix changes a cell here"), "{}", ran.stderr);
    let ran = run(folder.path(), &["prove", "--cell", "9", "a.ipynb"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("no Python cell with that number"), "{}", ran.stderr);
}

#[test]
fn a_kernel_that_is_not_here_is_refused_by_its_name() {
    let folder = folder(&[("a.ipynb", &notebook(&[DEFINED, BAD]))]);
    let ran = run(folder.path(), &["prove", "--kernel", "gone", "a.ipynb"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("There is no kernel called gone here."), "{}", ran.stderr);
}

/// Nothing is written, so that it matters little that such a file cannot be.
#[test]
fn a_notebook_of_an_old_form_is_proved_as_the_one_it_would_become() {
    let cell = |source: &str| {
        json!({"cell_type": "code", "collapsed": false, "input": source, "language": "python",
            "metadata": {}, "outputs": [], "prompt_number": 1})
    };
    let sheet = json!({"metadata": {}, "cells": [cell(DEFINED), cell(BAD)]});
    let old = json!({"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0,
        "worksheets": [sheet]});
    let text = old.to_string();
    let mut files = vec![("a.ipynb", text.as_str())];
    files.extend(ENVIRONMENT);
    let folder = folder(&files);
    let ran = run(folder.path(), &["prove", "a.ipynb"]);
    assert!(ran.stdout.contains("cell 2"), "{}{}", ran.stdout, ran.stderr);
}
