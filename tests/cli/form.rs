//! What is said of files by their form: read, read in part, not read, upgraded.

use std::fs;

use serde_json::{Value, json};

use crate::support::{folder, run};

const CODE: &str = "import asyncio\nasync def f():\n    return 1\nasyncio.run(f())";

#[test]
fn a_cell_that_the_editor_calls_plain_is_read_where_it_is_python_and_that_is_said_once() {
    let cell = |id: &str, language: &str, source: &str| {
        json!({"cell_type": "code", "id": id, "execution_count": null, "outputs": [],
            "metadata": {"vscode": {"languageId": language}}, "source": source})
    };
    let cells = [
        cell("a", "plaintext", CODE),
        cell("b", "raw", "import os"),
        cell("c", "raw", "no: code at"),
    ];
    let metadata = json!({"kernelspec": {"name": "python3", "language": "python"}});
    let notebook =
        json!({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5});
    let folder = folder(&[("a.ipynb", &notebook.to_string())]);
    let said = run(folder.path(), &["check", "a.ipynb"]);
    let first =
        "a.ipynb: the editor calls cells 1, 2 plaintext; they read as Python, and are read so\n";
    assert!(said.stdout.starts_with(first), "{}", said.stdout);
    assert_eq!(said.stdout.matches("plaintext").count(), 1, "{}", said.stdout);
    assert!(said.stdout.contains("asyncio-run-in-cell"), "{}", said.stdout);
}

#[test]
fn what_is_not_read_is_named_with_its_reason_and_never_called_a_script() {
    let folder = folder(&[
        ("notes.md", "# Notes\n\n```python\nasyncio.run(f())\n```\n"),
        ("query.sql", "select 1"),
        ("cells.dib", "#!csharp\n"),
    ]);
    for (name, words, zh) in [
        ("notes.md", "a Markdown document, no notebook", "不是笔记本"),
        ("query.sql", "another language than Python", "不是 Python"),
        ("cells.dib", "save it as .ipynb", "另存为 .ipynb"),
    ] {
        for (language, words) in [("en", words), ("zh", zh)] {
            let said = run(folder.path(), &["check", "--lang", language, name]);
            assert_eq!(said.code, 2, "{name}");
            assert!(said.stderr.contains(words), "{name}: {}", said.stderr);
            assert!(!(said.stdout + &said.stderr).contains("script"), "{name}");
        }
    }
    let said = run(folder.path(), &["check", "."]);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{}", said.stdout);
}

#[test]
fn an_old_notebook_is_upgraded_on_request_and_the_difference_is_shown() {
    let lines: Vec<String> = CODE.split_inclusive('\n').map(str::to_owned).collect();
    let cell = json!({"cell_type": "code", "language": "python", "metadata": {}, "input": lines,
        "prompt_number": 2, "outputs": [{"output_type": "pyout", "prompt_number": 2, "text": ["1"]}]});
    let old = json!({"metadata": {}, "nbformat": 3, "nbformat_minor": 0,
        "worksheets": [{"cells": [cell]}]});
    let folder = folder(&[("old.ipynb", &old.to_string()), ("script.py", CODE)]);
    let said = run(folder.path(), &["port", "--upgrade", "old.ipynb", "-o", "new.ipynb"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(said.stdout.starts_with("--- old.ipynb\n+++ old.ipynb\n"), "{}", said.stdout);
    assert!(said.stdout.ends_with("new.ipynb: written as nbformat 4.5\n"), "{}", said.stdout);
    let new = fs::read_to_string(folder.path().join("new.ipynb")).unwrap();
    let new: Value = serde_json::from_str(&new).unwrap();
    assert_eq!(new["cells"][0]["outputs"][0]["data"]["text/plain"], json!(["1"]));
    assert_eq!(run(folder.path(), &["fix", "new.ipynb"]).code, 0);
    // Nothing else is upgraded, and nothing is written over.
    for args in [["old.ipynb", "new.ipynb"], ["new.ipynb", "b.ipynb"], ["script.py", "b.ipynb"]] {
        let said = run(folder.path(), &["port", "--upgrade", args[0], "-o", args[1]]);
        assert_eq!(said.code, 2, "{args:?}: {}", said.stdout);
    }
}

#[cfg(feature = "kernel")]
#[test]
fn cells_of_other_programs_are_not_run_and_it_is_said_why() {
    let marimo = "import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n    import asyncio\n\n    async def f():\n        return 1\n\n    asyncio.run(f())\n    return\n";
    let databricks = "# Databricks notebook source\nimport asyncio\nasync def f():\n    return spark.sql(\"select 1\")\n\n# COMMAND ----------\n\nasyncio.run(f())\n";
    let folder = folder(&[("m.py", marimo), ("d.py", databricks)]);
    for (name, words) in
        [("m.py", "marimo runs these cells itself"), ("d.py", "These cells use spark")]
    {
        let said = run(folder.path(), &["prove", "--yes", name]);
        assert_eq!(said.code, 2, "{name}: {}", said.stdout);
        assert!(said.stderr.contains(words), "{name}: {}", said.stderr);
    }
}
