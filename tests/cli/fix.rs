//! What `fix` writes, what it leaves, and what it says of both.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::support::{folder, keys, notebook, run, samples};

const START: &str = "import asyncio\nasync def f(): ...\n";

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

/// Runs `fix` over a notebook of the start and `cells`; the exit code and the cells afterwards.
fn check(cells: &[&str], args: &[&str], code: i32, expected: &[&str]) {
    let notebook = |cells: &[&str]| notebook(&[&[START], cells].concat());
    let folder = folder(&[("a.ipynb", &notebook(cells))]);
    let run = run(folder.path(), &[&["fix", "a.ipynb"], args].concat());
    let after = read(folder.path(), "a.ipynb");
    assert_eq!((run.code, after), (code, notebook(expected)), "{}{}", run.stdout, run.stderr);
}

#[test]
fn safe_fixes_are_applied_and_unsafe_ones_are_left() {
    let cells = ["x = asyncio.run(f())", "asyncio.create_task(f())"];
    check(&cells, &[], 1, &["x = await f()", cells[1]]);
    check(&cells, &["--ignore", "dropped-task"], 0, &["x = await f()", cells[1]]);
    check(
        &cells,
        &["--unsafe-fixes"],
        0,
        &["x = await f()", "task = asyncio.create_task(f())\nawait task"],
    );
    check(&cells, &["--select", "dropped-task"], 1, &cells);
}

#[test]
fn fixes_at_one_place_are_made_one_round_after_the_other() {
    check(&["asyncio.run(asyncio.run(f()))"], &["--unsafe-fixes"], 0, &["await f()"]);
    check(&["f(); f(); asyncio.run(f())"], &[], 0, &["await f(); await f(); await f()"]);
}

#[test]
fn a_cell_whose_end_goes_keeps_no_line_end_that_it_did_not_have() {
    let apply = "import nest_asyncio\nnest_asyncio.apply()";
    for (before, after) in [
        (format!("x = 1\n{apply}"), "x = 1"),
        (format!("x = 1\n\n{apply}"), "x = 1"),
        (format!("x = 1\n{apply}\n"), "x = 1\n"),
        (format!("{apply}\nx = 1"), "x = 1"),
        (apply.to_owned(), ""),
    ] {
        check(&[&before, "x = 2"], &["--unsafe-fixes"], 0, &[after, "x = 2"]);
    }
    let script = |source: &str| format!("# %%\ny = 1\n# %%\n{source}# %%\nx = 2\n");
    let apart = |source: &str| format!("# %%\ny = 1\n\n# %%\n{source}\n# %%\nx = 2");
    let last = |source: &str| format!("# %%\nx = 2\n\n# %%\n{source}");
    let apply = format!("{apply}\n");
    for (before, after) in [
        (script(&format!("x = 1\n{apply}")), script("x = 1\n")),
        (apart(&format!("x = 1\n{apply}")), apart("x = 1\n")),
        (last(&format!("x = 1\n{}", apply.trim_end())), last("x = 1")),
    ] {
        let folder = folder(&[("a.py", &before)]);
        let run = run(folder.path(), &["fix", "--unsafe-fixes", "a.py"]);
        assert_eq!(read(folder.path(), "a.py"), after, "{}{}", run.stdout, run.stderr);
    }
}

#[test]
fn nothing_to_fix_writes_nothing() {
    let folder = samples();
    let path = folder.path().join("good.ipynb");
    let before = fs::metadata(&path).unwrap().modified().unwrap();
    let run = run(folder.path(), &["fix", "good.ipynb"]);
    assert_eq!(run.code, 0);
    let said = "No fix to apply in 1 file. 1 cell in 1 file checked against ";
    assert!(run.stdout.starts_with(said), "{}", run.stdout);
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), before);
}

#[test]
fn a_diff_names_file_and_cell_and_writes_nothing() {
    let folder = samples();
    let before = read(folder.path(), "bad.ipynb");
    let run = run(folder.path(), &["fix", "--diff", "."]);
    assert_eq!(
        run.stdout,
        "--- bad.ipynb:cell 2\n+++ bad.ipynb:cell 2\n@@ -1,2 +1,2 @@\n # é\n\
         -x = asyncio.run(main())\n+x = await main()\n"
    );
    assert!(run.stderr.contains("Would apply 1 fix in 1 of 2 files; nothing was written."));
    assert_eq!((run.code, read(folder.path(), "bad.ipynb")), (1, before));
    assert_eq!(crate::support::run(folder.path(), &["fix", "--diff", "good.ipynb"]).code, 0);
}

#[test]
fn the_diff_of_a_script_is_one_of_the_file() {
    let text = "# %%\nimport asyncio\nasync def f(): ...\n\n# %%\nasyncio.run(f())\n";
    let folder = folder(&[("a.py", text)]);
    let run_ = run(folder.path(), &["fix", "--diff", "a.py"]);
    assert!(run_.stdout.starts_with("--- a.py\n+++ a.py\n@@ -3,4 +3,4 @@\n"), "{}", run_.stdout);
    let run = run(folder.path(), &["fix", "a.py"]);
    assert!(run.stdout.contains("  line 6: asyncio-run-in-cell: "), "{}", run.stdout);
    assert_eq!(read(folder.path(), "a.py"), text.replace("asyncio.run(f())", "await f()"));
}

#[test]
fn what_was_done_and_what_is_left_is_told() {
    let cells = [START, "x = asyncio.run(f())", "asyncio.create_task(f())"];
    let folder = folder(&[("a.ipynb", &notebook(&cells))]);
    let run = run(folder.path(), &["fix", "."]);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(lines[0], "a.ipynb: 1 fix");
    assert!(lines[1].starts_with("  cell 2, line 1: asyncio-run-in-cell: "), "{}", lines[1]);
    assert!(lines[2].starts_with("a.ipynb:cell 3:1:1: ▲ warning dropped-task: "), "{}", lines[2]);
    assert_eq!(
        lines[3],
        "Applied 1 fix in 1 of 1 file. Left: 1 warning. 1 has a fix that you must agree to: \
         --unsafe-fixes."
    );
}

#[test]
fn what_cannot_be_written_is_named_and_left() {
    let old = r#"{"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0, "worksheets":
        [{"cells": [{"cell_type": "code", "language": "python", "metadata": {}, "outputs": [],
        "input": ["import asyncio\n", "asyncio.run(f())"]}]}]}"#;
    let plain = "import asyncio\nasync def f(): ...\nasyncio.run(f())\n";
    let folder = folder(&[("old.ipynb", old), ("plain.py", plain), ("broken.ipynb", "{")]);
    let run_ = run(folder.path(), &["fix", "old.ipynb"]);
    assert!(run_.stdout.starts_with("old.ipynb: nbformat 3 is an old format"), "{}", run_.stdout);
    assert_eq!((run_.code, read(folder.path(), "old.ipynb")), (1, old.to_owned()));
    let run_ = run(folder.path(), &["fix", "plain.py"]);
    assert!(run_.stdout.starts_with("plain.py: a script without cells"), "{}", run_.stdout);
    assert_eq!((run_.code, read(folder.path(), "plain.py")), (0, plain.to_owned()));
    let run_ = run(folder.path(), &["fix", "."]);
    assert!(run_.stdout.contains("1 script without cells was left alone."), "{}", run_.stdout);
    assert!(run_.stderr.starts_with("broken.ipynb:1:2: error: not JSON"), "{}", run_.stderr);
    assert_eq!(run_.code, 2);
}

#[test]
fn a_read_only_file_is_left_and_stops_no_other() {
    let bad = notebook(&[START, "asyncio.run(f())"]);
    let folder = folder(&[("a.ipynb", &bad), ("b.ipynb", &bad)]);
    let path = folder.path().join("a.ipynb");
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let run = run(folder.path(), &["fix", "."]);
    assert_eq!(run.stderr, "a.ipynb: error: not written: the file may not be written to\n");
    assert_eq!((run.code, read(folder.path(), "a.ipynb") == bad), (2, true));
    assert!(read(folder.path(), "b.ipynb").contains("await f()"));
    // What was not written counts as left.
    assert!(run.stdout.contains("Applied 1 fix in 1 of 2 files. Left: 1 error."), "{}", run.stdout);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_notebook_stays_one_and_the_second_path_finds_it_repaired() {
    let folder = samples();
    std::os::unix::fs::symlink("bad.ipynb", folder.path().join("also.ipynb")).unwrap();
    let run = run(folder.path(), &["fix", "."]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    assert!(fs::symlink_metadata(folder.path().join("also.ipynb")).unwrap().is_symlink());
    assert!(read(folder.path(), "bad.ipynb").contains("await main()"));
}

#[test]
fn the_json_names_what_was_applied_and_what_remains() {
    let cells = [START, "asyncio.run(f())", "asyncio.create_task(f())"];
    let folder = folder(&[("a.ipynb", &notebook(&cells))]);
    let args = ["fix", "--format", "json", "a.ipynb", "gone.ipynb"];
    let shown = run(folder.path(), &[&args[..], &["--diff"]].concat()).json();
    let diff = shown["files"][0]["diff"].as_str().unwrap();
    assert!(diff.starts_with("--- a.ipynb:cell 2\n"), "{diff}");
    assert_eq!(shown["files"][0]["written"], json!(false));
    let run = run(folder.path(), &args);
    let report = run.json();
    assert_eq!((keys(&report), run.code), (vec!["version", "files"], 2));
    let file = &report["files"][0];
    assert_eq!(
        keys(file),
        ["path", "error", "written", "applied", "taken_back", "diff", "remaining"]
    );
    assert_eq!(
        file["applied"][0],
        json!({"rule": "asyncio-run-in-cell", "cell": 1, "cell_id": "c1",
               "title": "Await in place of `asyncio.run()`", "applicability": "safe"})
    );
    assert_eq!((&file["written"], &file["diff"]), (&json!(true), &json!(null)));
    assert_eq!(file["remaining"][0]["rule"], "dropped-task");
    assert_eq!(report["files"][1]["error"]["message"], "there is no such file");
}

#[test]
fn without_a_terminal_nobody_is_asked() {
    let folder = samples();
    let before = read(folder.path(), "bad.ipynb");
    let run = run(folder.path(), &["fix", "--interactive", "."]);
    assert_eq!(run.stderr, "--interactive asks on a terminal, and there is none\n");
    assert_eq!((run.code, read(folder.path(), "bad.ipynb")), (2, before));
}
