//! No byte of a file reaches the terminal raw: every control through every command and format.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::command;

/// Sequences that a terminal or a service obeys.
const SEQUENCES: &str = "\u{1b}[31m\u{1b}]0;x\u{7}\u{1b}]52;c;eA==\u{1b}\\\u{1b}P1$r\u{1b}\\\u{9b}2J\
                         \u{9d}0;x\u{9c}\u{90}q\u{9c}";

/// Characters that act on a terminal, or hide or turn text; no line end.
fn acting() -> Vec<char> {
    let controls = ('\u{1}'..='\u{9f}').filter(|char| char.is_control() && !"\n\r".contains(*char));
    let hidden = "\u{ad}\u{61c}\u{180e}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\
                  \u{202b}\u{202c}\u{202d}\u{202e}\u{2060}\u{2061}\u{2066}\u{2067}\u{2068}\u{2069}\
                  \u{feff}\u{fff9}\u{fffa}\u{fffb}\u{e0001}\u{e0041}\u{e007f}\u{e0100}";
    controls.chain(hidden.chars()).collect()
}

/// All of them, each behind a letter.
fn everything() -> String {
    let each: String = acting().into_iter().flat_map(|char| [char, 'a']).collect();
    format!("a{SEQUENCES}{each}")
}

/// What of a text must not come out. `bytes` has to be UTF-8 as well.
fn raw(bytes: &[u8]) -> Vec<char> {
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    let acting = acting();
    let mut found: Vec<char> =
        text.chars().filter(|char| *char == '\r' || acting.contains(char)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// A notebook with everything in its sources, outputs, ids and kernel.
fn book() -> String {
    let all = everything();
    let quoted = all.replace('\\', "");
    let main = format!(
        "import asyncio\nasync def main():\n    s = '{quoted}'\n    return s\n\
         x = asyncio.run(main())  # {quoted}"
    );
    let sources = [
        main.as_str(),
        "class A:\n    async def f(self): ...\nA().f()",
        &format!("%%{all}\nfoo"),
        &format!("import requests{all}\n\u{c}await x("),
        "import time\nasync def g():\n    time.sleep(1)\nawait g()",
    ];
    let outputs = json!([
        {"output_type": "stream", "name": all, "text": all},
        {"output_type": "error", "ename": all, "evalue": all, "traceback": [all]},
    ]);
    let cell = |(at, source): (usize, &&str)| {
        json!({"cell_type": "code", "id": format!("{at}{all}"), "metadata": {},
               "outputs": outputs, "execution_count": null, "source": source})
    };
    let cells: Vec<Value> = sources.iter().enumerate().map(cell).collect();
    let kernel = json!({"name": all, "display_name": all, "language": "python"});
    let language = json!({"name": "python", "version": format!("3.11{SEQUENCES}")});
    let metadata = json!({"kernelspec": kernel, "language_info": language});
    json!({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}).to_string()
}

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
