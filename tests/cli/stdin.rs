//! Text on standard input: `check -`, `fix -`, `classify -`, and the cells of a kernel.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use serde_json::json;

use crate::support::{BAD, Run, command, folder, notebook, run};

/// Runs the program with text on its standard input.
fn piped(folder: &Path, args: &[&str], text: &str) -> Run {
    let mut command = command(folder);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run {
        code: output.status.code().unwrap(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

fn bad() -> String {
    notebook(&["import asyncio\nasync def main():\n    return 1", BAD])
}

const CELL: &str = "import asyncio\nasync def main(): ...\nasyncio.run(main())\n";

#[test]
fn a_notebook_on_stdin_is_reported_under_its_name_as_the_file_would_be() {
    let folder = folder(&[("a.ipynb", &bad())]);
    let named = run(folder.path(), &["check", "a.ipynb"]);
    let sent = piped(folder.path(), &["check", "-", "--stdin-filename", "a.ipynb"], &bad());
    assert_eq!((sent.code, &sent.stdout), (1, &named.stdout));
    let classes = ["classify", "--format", "json", "-", "--stdin-filename", "a.ipynb"];
    let sent = piped(folder.path(), &classes, &bad());
    assert_eq!(
        sent.json(),
        run(folder.path(), &["classify", "--format", "json", "a.ipynb"]).json()
    );
}

#[test]
fn text_without_a_name_is_what_it_looks_like() {
    let folder = folder(&[]);
    for text in [CELL.to_owned(), bad(), format!("# %%\n{CELL}"), format!("\u{feff}{CELL}")] {
        let sent = piped(folder.path(), &["check", "-"], &text);
        assert!(sent.stdout.contains("asyncio-run-in-cell"), "{text}: {}", sent.stdout);
    }
    // A script that is called one is no notebook.
    let sent = piped(folder.path(), &["check", "-", "--stdin-filename", "a.py"], CELL);
    assert_eq!((sent.code, sent.stdout.contains("asyncio-run")), (0, false));
}

#[test]
fn the_repaired_text_alone_is_on_stdout() {
    let folder = folder(&[]);
    let sent = piped(folder.path(), &["fix", "-"], CELL);
    let expected = CELL.replace("asyncio.run(main())", "await main()");
    assert_eq!((sent.code, &sent.stdout), (0, &expected));
    assert!(sent.stderr.contains("1 fix"), "{}", sent.stderr);
    // What cannot be repaired or read goes through to the byte.
    for text in ["x = 1", "", "a\r\nb\r\n", "def (:\n"] {
        assert_eq!(piped(folder.path(), &["fix", "-"], text).stdout, text);
    }
    let broken =
        piped(folder.path(), &["fix", "-", "--stdin-filename", "a.ipynb"], "{\"cells\": 3");
    assert_eq!((broken.code, broken.stdout.as_str()), (2, "{\"cells\": 3"));
    assert!(broken.stderr.contains("a.ipynb"), "{}", broken.stderr);
    let diff = piped(folder.path(), &["fix", "--diff", "-"], CELL);
    assert!(diff.stdout.contains("+await main()") && diff.stdout.starts_with("---"));
}

#[test]
fn settings_and_modules_are_those_beside_the_name() {
    let toml = "ignore = [\"asyncio-run-in-cell\"]\n";
    let folder = folder(&[("p/nbasync.toml", toml), ("p/prices.py", "async def fetch(): ...\n")]);
    let named = ["check", "-", "--stdin-filename", "p/a.ipynb"];
    let sent = piped(folder.path(), &named, &bad());
    assert!(!sent.stdout.contains("asyncio-run-in-cell"), "{}", sent.stdout);
    let lost = notebook(&["import prices\nprices.fetch()\nx = 1"]);
    assert!(piped(folder.path(), &named, &lost).stdout.contains("coroutine-never-awaited"));
    assert!(!piped(folder.path(), &["check", "-"], &lost).stdout.contains("never-awaited"));
}

#[test]
fn what_is_excluded_is_left_out_where_that_is_forced() {
    let folder = folder(&[("nbasync.toml", "exclude = [\"old/\"]\n"), ("old/a.ipynb", &bad())]);
    let forced = |args: &[&str]| run(folder.path(), &[args, &["--force-exclude"]].concat());
    assert_eq!(run(folder.path(), &["check", "old/a.ipynb"]).code, 1);
    assert_eq!(forced(&["check", "old/a.ipynb"]).code, 0);
    assert_eq!(forced(&["fix", "old/a.ipynb"]).code, 0);
    assert_eq!(std::fs::read_to_string(folder.path().join("old/a.ipynb")).unwrap(), bad());
    let name = ["fix", "-", "--stdin-filename", "old/a.py", "--force-exclude"];
    let text = format!("# %%\n{CELL}");
    assert_eq!(piped(folder.path(), &name, &text).stdout, text);
}

#[test]
fn what_makes_no_sense_together_is_refused() {
    let folder = folder(&[]);
    for args in [
        &["check", "-", "a.py"][..],
        &["check", "a.py", "--stdin-filename", "b.py"],
        &["fix", "-", "--interactive"],
        &["fix", "-", "--format", "json"],
        &["check", "-", "--watch"],
        &["check", "--watch", "--format", "json", "."],
        &["classify", "-", "-"],
    ] {
        assert_eq!(run(folder.path(), args).code, 2, "{args:?}");
    }
}

fn session(event: &str) -> String {
    let error = json!({"name": "RuntimeError", "line": 1,
        "message": "asyncio.run() cannot be called from a running event loop"});
    json!({"session": 1, "python": "3.12.1", "host": "jupyter", "event": event, "cells": [
        {"key": "a", "code": "import asyncio\nasync def main():\n    return 1", "count": 2},
        {"key": "b", "code": "x = asyncio.run(main())", "count": 4, "error": error}]})
    .to_string()
}

#[test]
fn the_cells_of_a_kernel_are_checked_as_a_notebook_is() {
    let folder = folder(&[]);
    let found = piped(folder.path(), &["check", "--format", "json", "-"], &session("failed"));
    let found = &found.json()["files"][0]["diagnostics"][0];
    assert_eq!((&found["rule"], &found["cell_id"]), (&json!("asyncio-run-in-cell"), &json!("b")));
    // `In[4]` is the fourth cell.
    assert_eq!(found["cell"], json!(3));
}

#[test]
fn a_cell_is_answered_in_one_sentence_with_its_repair_and_the_next_step() {
    let folder = folder(&[]);
    let answer = piped(folder.path(), &["cell", "--format", "json"], &session("failed")).json();
    assert_eq!(answer["says"], json!(true));
    assert_eq!(answer["insert"], json!("x = await main()"));
    assert_eq!(answer["diff"].as_str().unwrap().lines().last(), Some("+x = await main()"));
    assert_eq!(answer["applicability"], json!("safe"));
    assert!(answer["next"].as_str().unwrap().contains("%nbasync"));
    let chinese = ["cell", "--format", "json", "--lang", "zh"];
    let chinese = piped(folder.path(), &chinese, &session("failed")).json();
    assert!(chinese["sentence"].as_str().unwrap().contains("内核"), "{chinese}");
    let bad = piped(folder.path(), &["cell"], "{}");
    assert_eq!((bad.code, bad.stdout.as_str()), (2, ""));
    assert!(bad.stderr.contains("session"), "{}", bad.stderr);
}

#[test]
fn an_error_that_is_not_known_has_no_answer() {
    let folder = folder(&[]);
    let text = session("failed")
        .replace("RuntimeError", "KeyError")
        .replace("asyncio.run() cannot be called from a running event loop", "'x'");
    let text = text.replace("x = asyncio.run(main())", "{}['x']");
    let answer = piped(folder.path(), &["cell", "--format", "json"], &text).json();
    assert_eq!((&answer["says"], &answer["html"]), (&json!(false), &json!("")));
}
