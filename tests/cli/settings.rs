//! What a project settles in its files, and the place where its cells run.

use serde_json::json;

use crate::support::{folder, notebook, run};

const RUNS: [&str; 2] =
    ["import asyncio\nasync def f(): ...\n", "asyncio.run(f())\nasyncio.create_task(f())"];

#[test]
fn the_projects_settings_choose_rules_and_leave_files_out() {
    let settings = "[tool.nbasync]\nignore = [\"dropped-task\"]\nexclude = [\"old/\"]\n";
    let text = notebook(&RUNS);
    let folder =
        folder(&[("pyproject.toml", settings), ("a.ipynb", &text), ("old/b.ipynb", &text)]);
    let run = run(folder.path(), &["check", "--format", "json", "."]);
    let report = run.json();
    let files = report["files"].as_array().unwrap();
    let rules: Vec<_> =
        files[0]["diagnostics"].as_array().unwrap().iter().map(|it| &it["rule"]).collect();
    assert_eq!((files.len(), rules), (1, vec![&json!("asyncio-run-in-cell")]));
}

#[test]
fn the_projects_own_tables_teach_the_rules() {
    let settings = "[[coroutines]]\nunder = \"ours\"\nnames = [\"fetch\"]\n";
    let text = notebook(&["import ours\n", "ours.fetch(1)"]);
    let without = folder(&[("a.ipynb", &text)]);
    assert_eq!(run(without.path(), &["check", "."]).code, 0);
    let with = folder(&[("nbasync.toml", settings), ("a.ipynb", &text)]);
    let run = run(with.path(), &["check", "--format", "json", "."]);
    assert_eq!(run.json()["files"][0]["diagnostics"][0]["rule"], "coroutine-never-awaited");
}

#[test]
fn settings_that_make_no_sense_stop_the_command_with_their_place() {
    let folder = folder(&[("nbasync.toml", "exclud = []\n"), ("a.ipynb", &notebook(&RUNS))]);
    for command in ["check", "classify", "fix"] {
        let run = run(folder.path(), &[command, "."]);
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains("nbasync.toml:1:1: unknown key `exclud`"), "{}", run.stderr);
        assert!(run.stderr.contains("did you mean `exclude`?"), "{}", run.stderr);
    }
}

#[test]
fn the_place_changes_the_verdict() {
    let folder = folder(&[("a.ipynb", &notebook(&RUNS))]);
    let rules = |args: &[&str]| {
        let run = run(folder.path(), &[&["check", "--format", "json", "a.ipynb"], args].concat());
        let report = run.json();
        let found = report["files"][0]["diagnostics"].as_array().unwrap().clone();
        found.iter().map(|it| it["rule"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(rules(&[]), ["asyncio-run-in-cell", "dropped-task"]);
    assert_eq!(rules(&["--env", "colab"]), rules(&[]));
    assert!(!rules(&["--env", "ipython"]).contains(&"asyncio-run-in-cell".to_owned()));
    let unknown = run(folder.path(), &["check", "--env", "mars", "a.ipynb"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("marimo"), "{}", unknown.stderr);
}

#[test]
fn no_counterpart_is_advised_that_the_place_cannot_do() {
    let said = |ipykernel: &str, work: &str| {
        let install = format!("%pip install ipykernel=={ipykernel}");
        let folder = folder(&[("a.ipynb", &notebook(&[&install, work]))]);
        run(folder.path(), &["check", "--env", "windows", "a.ipynb"]).stdout
    };
    let waits =
        "import subprocess\nasync def build():\n    subprocess.run(['make'])\nawait build()";
    assert!(!said("7.2", waits).contains("create_subprocess_exec"));
    assert!(said("7.4", waits).contains("create_subprocess_exec"));
    let browser = "from playwright.sync_api import sync_playwright\n\
        with sync_playwright() as p:\n    p.chromium.launch()";
    assert!(said("7.2", browser).contains("`async_playwright` needs ipykernel 7.4"));
    assert!(!said("7.4", browser).contains("needs ipykernel 7.4"));
}
