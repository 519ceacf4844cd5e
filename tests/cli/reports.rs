//! Which files are read, what is said of them, and the exit code.

use std::fs;

use serde_json::{Value, json};

use crate::support::{folder, keys, notebook, run, samples};

#[test]
fn a_clean_file_is_0_a_mistake_is_1_and_an_unreadable_file_is_2() {
    let folder = samples();
    for format in ["text", "json"] {
        let code = |paths: &[&str]| {
            run(folder.path(), &[&["check", "--format", format], paths].concat()).code
        };
        assert_eq!(code(&["good.ipynb"]), 0);
        assert_eq!(code(&["bad.ipynb"]), 1);
        assert_eq!(code(&["bad.ipynb", "gone.ipynb", "good.ipynb"]), 2);
    }
    assert_eq!(run(folder.path(), &["classify", "bad.ipynb"]).code, 0);
    assert_eq!(run(folder.path(), &["classify", "gone.ipynb"]).code, 2);
    assert_eq!(run(folder.path(), &["check"]).code, 2);
    assert_eq!(run(folder.path(), &["chekc", "."]).code, 2);
}

#[test]
fn hints_do_not_change_the_exit_code() {
    let folder = folder(&[("a.ipynb", &notebook(&["x = 1  # nbasync: ignore[dropped-task]"]))]);
    let run = run(folder.path(), &["check", "--format", "json", "a.ipynb"]);
    let found = &run.json()["files"][0]["diagnostics"][0];
    assert_eq!(
        (run.code, &found["rule"], &found["severity"]),
        (0, &json!("unused-ignore"), &json!("hint"))
    );
    assert_eq!(
        (&found["mistake"], &found["fix"], &found["patterns"]),
        (&Value::Null, &Value::Null, &json!([]))
    );
}

#[test]
fn a_function_of_two_notebooks_is_named_once() {
    let load = "async def load(n):\n    a = n\n    b = a\n    c = b\n    return c";
    let (one, other) = (notebook(&[load, "await load(1)"]), notebook(&["x = 1", load]));
    let files = [("a.ipynb", &*one), ("b.ipynb", &*other), ("c.py", load)];
    let folder = folder(&files);
    let run = run(folder.path(), &["check", "."]);
    let told = "`load` stands word for word in 2 notebooks: a.ipynb (cell 1), b.ipynb (cell 2).";
    assert_eq!(run.stdout.matches(told).count(), 1, "{}", run.stdout);
    assert_eq!(run.stdout.matches("word for word").count(), 1, "{}", run.stdout);
    let told = self::run(folder.path(), &["check", "--format", "json", "."]).json();
    let places = json!([{"path": "a.ipynb", "cell": 0}, {"path": "b.ipynb", "cell": 1}]);
    assert_eq!(told["shared"], json!([{"name": "load", "places": places}]));
    let told = self::run(folder.path(), &["check", "--format", "json", "a.ipynb"]).json();
    assert_eq!(told["shared"], json!([]));
}

#[test]
fn the_text_report_shows_the_line_the_fix_and_where_to_read() {
    let folder = samples();
    let run = run(folder.path(), &["check", "."]);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert!(
        lines[0].starts_with("bad.ipynb:cell 2:2:5: ✖ error asyncio-run-in-cell: "),
        "{}",
        lines[0]
    );
    assert_eq!(lines[1], "2 │ x = asyncio.run(main())");
    assert!(lines[2].starts_with("  │     ~~~"), "{}", lines[2]);
    assert!(lines.iter().any(|line| line.starts_with("  fix: ") && line.ends_with("(safe)")));
    assert!(lines.contains(&"  read: nbasync explain asyncio-run-in-cell"));
    assert!(
        run.stdout.contains("1 error in 1 of 2 files. One has a safe fix: nbasync fix.\n"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.ends_with("nbasync tutor bad.ipynb\n"));
    assert_eq!(run.stderr, "");
}

#[test]
fn a_broken_file_is_told_with_its_place_and_stops_no_other() {
    let folder = samples();
    fs::write(folder.path().join("broken.ipynb"), "{\n  \"cells\": [}\n").unwrap();
    let run_ = run(folder.path(), &["check", "."]);
    assert_eq!(run_.code, 2);
    assert!(run_.stderr.starts_with("broken.ipynb:2:13: error: not JSON: "), "{}", run_.stderr);
    assert!(run_.stdout.contains("bad.ipynb:cell 2:2:5"));
    assert!(run_.stdout.contains("1 error in 1 of 3 files."), "{}", run_.stdout);

    let files = run(folder.path(), &["check", "--format", "json", "."]).json();
    let paths: Vec<_> =
        files["files"].as_array().unwrap().iter().map(|file| &file["path"]).collect();
    assert_eq!(paths, ["bad.ipynb", "broken.ipynb", "good.ipynb"]);
    let broken = &files["files"][1];
    assert_eq!(keys(&broken["error"]), ["message", "line", "column", "cell"]);
    assert_eq!((&broken["error"]["line"], &broken["error"]["column"]), (&json!(2), &json!(13)));
    assert_eq!((&broken["kernel"], &broken["diagnostics"]), (&Value::Null, &json!([])));

    let classes = run(folder.path(), &["classify", "--format", "json", "."]).json();
    let broken = &classes["files"][1];
    assert_eq!(keys(broken), ["path", "verdict", "cells", "error"]);
}

#[test]
fn a_missing_file_is_named() {
    let folder = samples();
    let run = run(folder.path(), &["check", "gone.ipynb"]);
    assert_eq!(run.stderr, "gone.ipynb: error: there is no such file\n");
    assert_eq!((run.code, run.stdout.lines().count()), (2, 1));
}

#[test]
fn a_notebook_of_another_language_is_named_and_left_alone() {
    let text = notebook(&["asyncio.run(main())"]).replace("\"python\"", "\"R\"");
    let folder = folder(&[("r.ipynb", &text)]);
    let run_ = run(folder.path(), &["check", "r.ipynb"]);
    assert_eq!(run_.code, 0);
    assert!(run_.stdout.starts_with("r.ipynb: the kernel's language is R, not Python"));
    let file = &run(folder.path(), &["check", "--format", "json", "r.ipynb"]).json()["files"][0];
    assert_eq!((&file["kernel"]["language"], &file["diagnostics"]), (&json!("R"), &json!([])));
}

#[test]
fn an_old_notebook_is_read_with_a_word_about_it() {
    let text = r#"{"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0, "worksheets":
        [{"cells": [{"cell_type": "code", "language": "python", "metadata": {}, "outputs": [],
        "input": ["import asyncio\n", "asyncio.run(f())"]}]}]}"#;
    let folder = folder(&[("old.ipynb", text)]);
    let run = run(folder.path(), &["check", "old.ipynb"]);
    assert!(run.stdout.starts_with("old.ipynb: nbformat 3 is an old format"), "{}", run.stdout);
    assert_eq!(run.code, 1);
}

#[test]
fn a_script_with_cells_is_told_by_its_lines_and_one_without_is_no_notebook() {
    let cells = "import asyncio\n\n# %%\nasync def f(): ...\n\n# %%\nasyncio.run(f())\n";
    let plain = "import asyncio\nasync def f(): ...\nasyncio.run(f())\n";
    let folder = folder(&[("cells.py", cells), ("plain.py", plain)]);
    let text = run(folder.path(), &["check", "cells.py"]).stdout;
    assert!(text.starts_with("cells.py:7:1: ✖ error asyncio-run-in-cell"), "{text}");
    assert!(text.contains("\n7 │ asyncio.run(f())\n"), "{text}");
    let report = run(folder.path(), &["check", "--format", "json", "."]).json();
    let found = &report["files"][0]["diagnostics"][0];
    assert_eq!((&found["cell"], &found["line"]), (&json!(2), &json!(1)));
    assert_eq!(report["files"][1]["diagnostics"], json!([]));
    let classes = run(folder.path(), &["classify", "--format", "json", "."]).json();
    assert_eq!(classes["files"][0]["cells"].as_array().unwrap().len(), 3);
    let plain = &classes["files"][1];
    assert_eq!((&plain["path"], &plain["verdict"]), (&json!("plain.py"), &json!("hand-off")));
    assert_eq!(plain["cells"][0]["situations"][0]["id"], "no-notebook");
    assert_eq!(plain["cells"][0]["handoff"], "python-concurrency-performance");
}

#[test]
fn folders_are_walked_and_ignore_files_are_heeded() {
    let good = notebook(&["x = 1"]);
    let folder = folder(&[
        (".gitignore", "build\n"),
        ("z.ipynb", &good),
        ("a/b.ipynb", &good),
        ("a/notes.txt", "asyncio.run(f())"),
        ("build/c.ipynb", "not JSON"),
        (".ipynb_checkpoints/z-checkpoint.ipynb", "not JSON"),
    ]);
    let paths = |args: &[&str]| {
        let report = run(folder.path(), &[&["check", "--format", "json"], args].concat()).json();
        let files = report["files"].as_array().unwrap().clone();
        files.iter().map(|file| file["path"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(paths(&["."]), ["a/b.ipynb", "z.ipynb"]);
    assert_eq!(
        paths(&["z.ipynb", "a", "build/c.ipynb", "z.ipynb"]),
        ["a/b.ipynb", "build/c.ipynb", "z.ipynb"]
    );
    let empty = run(folder.path(), &["check", ".ipynb_checkpoints/../.gitignore", "build"]);
    assert_eq!(empty.code, 2);
}

#[test]
fn classify_announces_the_skill_and_counts_the_quiet_cells() {
    let folder = samples();
    let run = run(folder.path(), &["classify", "bad.ipynb"]);
    let announced = "Skill in use: python-notebooks-async. Its notice gives the name \
                     python-design-modularity.";
    let lines: Vec<&str> = run.stdout.lines().map(str::trim).collect();
    assert_eq!(lines[..3], ["bad.ipynb", announced, "Verdict: the skill applies"]);
    assert!(lines.contains(&"cell 2:2:5 asyncio.run(main())"), "{}", run.stdout);
    let quiet = crate::support::run(folder.path(), &["classify", "good.ipynb", "--lang", "zh"]);
    assert!(quiet.stdout.contains("正在使用的技能：python-notebooks-async"), "{}", quiet.stdout);
}
