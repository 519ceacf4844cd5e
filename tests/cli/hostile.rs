//! No byte of a file reaches the terminal raw: every control through every command and format.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use serde_json::json;
use tempfile::TempDir;

use crate::acting::{SEQUENCES, book, everything, raw, sources};
use crate::support::command;

/// A folder with such notebooks, and the paths of what can be asked about in it.
fn place() -> (TempDir, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let odd = format!("n{}\n::error::x\u{202e}\u{200b}.ipynb", SEQUENCES.replace('/', ""));
    let settings = [
        ("set\u{1b}[1m", format!("select = [{:?}]\n\"\\u001b[2J\" = 1\n", "x\\u001b[31m\\u202e")),
        ("set2", format!("[[[{SEQUENCES} \u{202e} =")),
        ("set3", "exclude = [\"\\u001b[31m[\\u202e\"]\n".to_owned()),
    ];
    let mut paths = vec![odd.clone(), "gone\u{1b}[1m\u{202e}.ipynb".to_owned()];
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write(&odd, &book());
    for (name, text) in &settings {
        fs::create_dir(folder.path().join(name)).unwrap();
        write(&format!("{name}/nbasync.toml"), text);
        write(&format!("{name}/a.ipynb"), &book());
        paths.push(format!("{name}/a.ipynb"));
    }
    let all = everything();
    let broken = [
        ("bad\u{1b}]0;x\u{7}.ipynb", format!("{{\"cells\": [{SEQUENCES}")),
        ("format.ipynb", json!({"nbformat": all, "cells": []}).to_string()),
        (
            "kind.ipynb",
            json!({"nbformat": 4, "metadata": {}, "cells": [{"cell_type": all, "source": 3}]})
                .to_string(),
        ),
        ("p.py", format!("# %% {all}\nimport asyncio\nasync def m(): ...\nasyncio.run(m())\n")),
    ];
    for (name, text) in broken {
        write(name, &text);
        paths.push(name.to_owned());
    }
    (folder, paths)
}

/// What can be asked about a file.
fn about(path: &str, all: &str) -> Vec<Vec<String>> {
    let lines: [&[&str]; 16] = [
        &["check", path],
        &["check", "--diff", path],
        &["check", "--statistics", path],
        &["fix", "--diff", "--unsafe-fixes", path],
        &["fix", "--diff", "--format", "json", path],
        &["classify", path],
        &["classify", "--format", "json", path],
        &["extract", path, "main", "--diff"],
        &["extract", path, all, "--to", all],
        &["tutor", "--linear", path],
        &["pattern", path, "--cell", "1"],
        &["learn", "--linear", "--practise", path],
        &["learn", "--import", path],
        &["deviation", "long-lived-client", path, "--reason", all, "--cell", "1"],
        &["deviation", "nest-asyncio", path, "--insert", "--diff", "--reason", all],
        &["check", "--stdin-filename", path, "-"],
    ];
    let mut asked: Vec<Vec<String>> =
        lines.iter().map(|line| line.iter().map(|word| (*word).to_owned()).collect()).collect();
    for format in ["json", "sarif", "github", "gitlab", "junit"] {
        asked.push(["check", "--format", format, path].map(str::to_owned).to_vec());
    }
    asked
}

/// Arguments that make no sense, or are looked up.
fn arguments(all: &str) -> Vec<Vec<String>> {
    let option = format!("--{all}");
    let lines: [&[&str]; 16] = [
        &[all],
        &["check", all],
        &["check", "--select", all, "."],
        &["check", "--format", all],
        &["check", "--env", all],
        &["check", &option],
        &["--lang", all, "check"],
        &["--content", all, "check"],
        &["lookup", all],
        &["lookup", "--format", "json", all],
        &["explain", all],
        &["deviation", all],
        &["deviation", "long-lived-client", "--reason", all],
        &["deviation", "long-lived-client", "--review", all],
        &["skill", "check", all],
        &["completions", all],
    ];
    lines.iter().map(|line| line.iter().map(|word| (*word).to_owned()).collect()).collect()
}

#[test]
fn no_control_of_a_file_or_an_argument_comes_out_of_any_command() {
    let (folder, paths) = place();
    let all = everything();
    let mut asked = arguments(&all);
    for (number, path) in paths.iter().enumerate() {
        // Everything of a notebook with an odd name and of one with odd settings; of the others what
        // reads a file.
        let is_main = number == 0 || number == 2;
        asked.extend(
            about(path, &all)
                .into_iter()
                .enumerate()
                .filter_map(|(at, args)| (is_main || at % 5 == number % 5).then_some(args)),
        );
    }
    let standard_input = book();
    let count = asked.len();
    for (number, args) in asked.into_iter().enumerate() {
        let mut command = command(folder.path());
        // The other ways to say it take turns.
        match number % 3 {
            0 => command.args(["--lang", "zh"]),
            1 => command.arg("--ascii"),
            _ => command.args(["--lang", "both"]),
        };
        command.args(&args).env("XDG_STATE_HOME", folder.path().join("state"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Who does not read it does not want it.
        let _ = child.stdin.take().unwrap().write_all(standard_input.as_bytes());
        let output = child.wait_with_output().unwrap();
        for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            let found = raw(bytes);
            assert!(found.is_empty(), "{name} of {args:?}: {found:?}");
            let is_asked = args.iter().any(|word| word == "github");
            let mut lines = std::str::from_utf8(bytes).unwrap().lines();
            let obeyed = lines.find(|line| line.starts_with("::") && !is_asked);
            assert_eq!(obeyed, None, "{args:?}");
        }
    }
    assert!(count > 80);
}

#[test]
fn no_control_of_a_cell_is_in_what_stands_under_it_in_a_notebook() {
    let all = everything();
    for (number, event) in ["failed", "ask", "why", "before"].into_iter().enumerate() {
        for (at, source) in sources().iter().enumerate() {
            let key = format!("k{all}");
            let error = json!({"name": "RuntimeError", "message": all, "line": 1});
            let question = json!({"session": 1, "event": event, "cells": [
                {"key": "first", "code": sources()[0], "count": 1},
                {"key": key, "code": source, "count": 2, "error": error, "lost": [all]},
            ]});
            let folder = tempfile::tempdir().unwrap();
            let mut command = command(folder.path());
            command.args(["cell", "--format", "json", "--lang", ["en", "zh", "both"][number % 3]]);
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut child = command.spawn().unwrap();
            let mut input = child.stdin.take().unwrap();
            input.write_all(question.to_string().as_bytes()).unwrap();
            drop(input);
            let output = child.wait_with_output().unwrap();
            assert!(raw(&output.stdout).is_empty() && raw(&output.stderr).is_empty());
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(0), "{event} {at}: {told}");
            let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            // The difference and the sources are a program's, exact to the byte.
            for part in ["html", "text", "sentence", "next"] {
                let said = answer[part].as_str().unwrap_or_default();
                assert!(raw(said.as_bytes()).is_empty(), "{event} {at} {part}: {said:?}");
            }
        }
    }
}
