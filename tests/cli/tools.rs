//! Completions, manual pages, schemas, and reports for programs that go by them.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::{command, folder, notebook, run, samples};

#[test]
fn every_shell_gets_completions_of_every_command() {
    let folder = folder(&[]);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let printed = run(folder.path(), &["completions", shell]);
        assert_eq!(printed.code, 0);
        assert!(printed.stdout.contains("classify") && printed.stdout.contains("stdin-filename"));
    }
}

#[test]
fn help_and_complaints_are_in_the_readers_language() {
    let folder = folder(&[]);
    for args in [&["check", "--help", "--lang", "zh"][..], &["--lang=zh", "help", "check"]] {
        let help = run(folder.path(), args);
        assert_eq!(help.code, 0);
        for word in ["用法：nbasync check [选项] <PATH>...", "全局选项：", "示例：", "[默认：text]"]
        {
            assert!(help.stdout.contains(word), "{word}: {}", help.stdout);
        }
        for word in ["Usage", "Options", "Print", "default", "possible"] {
            assert!(!help.stdout.contains(word), "{word}: {}", help.stdout);
        }
        // Chinese is broken where it has no spaces, too; examples stand as they are.
        let (told, _) = help.stdout.split_once("示例：").unwrap();
        let is_wide = |line: &&str| {
            line.chars().map(|it| 1 + usize::from(!it.is_ascii())).sum::<usize>() > 100
        };
        assert_eq!(told.lines().filter(is_wide).count(), 0, "{told}");
    }
    let short = run(folder.path(), &["check", "-h"]).stdout;
    assert!(
        short.lines().count() < run(folder.path(), &["check", "--help"]).stdout.lines().count()
    );
    let both = run(folder.path(), &["fix", "--help", "--lang", "both"]).stdout;
    assert!(both.find("Usage: nbasync fix") < both.find("用法：nbasync fix"), "{both}");
    let wrong = run(folder.path(), &["check", "--formt", "json", ".", "--lang", "zh"]);
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.stderr.starts_with("错误：没有 `--formt` 这个参数\n\n  提示："),
        "{}",
        wrong.stderr
    );
    let contradiction = ["check", "--diff", "--format", "json", ".", "--lang", "zh"];
    let wrong = run(folder.path(), &contradiction).stderr;
    assert!(wrong.starts_with("错误：--diff 只能与 --format text 同用\n"), "{wrong}");
    let page = run(folder.path(), &["man", "--lang", "zh"]).stdout;
    assert!(page.contains("退出码"), "{page}");
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = folder(&[]);
    assert!(run(folder.path(), &["man"]).stdout.contains(".TH nbasync"));
    assert_eq!(run(folder.path(), &["man", "."]).code, 0);
    for name in ["nbasync", "nbasync-check", "nbasync-skill-check"] {
        let page = fs::read_to_string(folder.path().join(format!("{name}.1"))).unwrap();
        assert!(page.contains(&format!(".TH {name}")), "{name}: {page:.200}");
    }
    assert_eq!(run(folder.path(), &["man", "no-such-folder"]).code, 2);
}

/// Holds a value to a schema, as far as these schemas go.
fn check(schema: &Value, root: &Value, value: &Value, at: &str) -> Result<(), String> {
    let object = schema.as_object().unwrap();
    for (key, rule) in object {
        let sub = |rule: &Value| check(rule, root, value, at);
        match key.as_str() {
            "$ref" => {
                let name = rule.as_str().unwrap().trim_start_matches("#/$defs/");
                sub(&root["$defs"][name])?;
            }
            "oneOf" | "anyOf" => {
                let tried: Vec<_> = rule.as_array().unwrap().iter().map(sub).collect();
                let held = tried.iter().filter(|it| it.is_ok()).count();
                if held == 0 || (key == "oneOf" && held > 1) {
                    return Err(format!("{at}: {held} of {key} hold: {tried:?}"));
                }
            }
            "const" if value != rule => return Err(format!("{at}: {value} is not {rule}")),
            "enum" if !rule.as_array().unwrap().contains(value) => {
                return Err(format!("{at}: {value} is none of {rule}"));
            }
            "type" => {
                let holds = match rule.as_str().unwrap() {
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "integer" => value.is_u64(),
                    "number" => value.is_number(),
                    "null" => value.is_null(),
                    "array" => value.is_array(),
                    "object" => value.is_object(),
                    other => panic!("{other}"),
                };
                if !holds {
                    return Err(format!("{at}: {value} is no {rule}"));
                }
            }
            "required" => {
                let missing = rule
                    .as_array()
                    .unwrap()
                    .iter()
                    .find(|it| value.get(it.as_str().unwrap()).is_none());
                if let Some(missing) = missing {
                    return Err(format!("{at}: {missing} is missing"));
                }
            }
            "properties" => {
                for (name, found) in value.as_object().into_iter().flatten() {
                    match rule.get(name) {
                        Some(rule) => check(rule, root, found, &format!("{at}.{name}"))?,
                        None => return Err(format!("{at}: {name} is not foreseen")),
                    }
                }
            }
            "items" => {
                for found in value.as_array().into_iter().flatten() {
                    check(rule, root, found, &format!("{at}[]"))?;
                }
            }
            "const"
            | "enum"
            | "$schema"
            | "$defs"
            | "title"
            | "description"
            | "minimum"
            | "additionalProperties" => {}
            other => panic!("{other} is no rule that is known here"),
        }
    }
    Ok(())
}

fn schema(subject: &str) -> Value {
    let folder = folder(&[]);
    run(folder.path(), &["schema", subject]).json()
}

#[test]
fn reports_are_as_their_schema_says() {
    let folder = samples();
    fs::write(folder.path().join("broken.ipynb"), "{").unwrap();
    let schema = schema("report");
    for args in [
        &["check", "--format", "json", "."][..],
        &["check", "--format", "json", "--statistics", "."],
        &["check", "--format", "json", "--lang", "both", "bad.ipynb"],
        &["classify", "--format", "json", "."],
        &["fix", "--format", "json", "--diff", "."],
        &["fix", "--format", "json", "."],
        &["lookup", "--format", "json", "blocking"],
        &["lookup", "--format", "json", "nothing like that at all"],
        &["explain", "--format", "json", "asyncio-run-in-cell"],
        &["explain", "--format", "json", "--lang", "both", "glossary"],
    ] {
        let report = run(folder.path(), args).json();
        assert_eq!(check(&schema, &schema, &report, "$"), Ok(()), "{args:?}");
        let mut other = report.clone();
        other["version"] = json!(2);
        assert!(check(&schema, &schema, &other, "$").is_err());
    }
}

#[test]
fn the_schema_of_settings_takes_what_the_program_takes_and_no_more() {
    let schema = schema("settings");
    let folder = folder(&[("a.ipynb", &notebook(&["x = 1"]))]);
    for (text, value, holds) in [
        ("severity = \"warning\"\n", json!({"severity": "warning"}), true),
        ("severity = \"loud\"\n", json!({"severity": "loud"}), false),
        ("env = \"colab\"\nexclude = [\"a/\"]\n", json!({"env": "colab", "exclude": ["a/"]}), true),
        ("env = \"moon\"\n", json!({"env": "moon"}), false),
        ("speed = 3\n", json!({"speed": 3}), false),
        (
            "[[blocking]]\ncalls = [\"a.b\"]\nkind = \"network\"\ntwin = \"c.d\"\n",
            json!({"blocking": [{"calls": ["a.b"], "kind": "network", "twin": "c.d"}]}),
            true,
        ),
        ("[[blocking]]\nkind = \"slow\"\n", json!({"blocking": [{"kind": "slow"}]}), false),
        (
            "[[runners]]\ncalls = [\"a.run\"]\nawaits = \"argument\"\n",
            json!({"runners": [{"calls": ["a.run"], "awaits": "argument"}]}),
            true,
        ),
        (
            "[[coroutines]]\nunder = \"a.C()\"\nnames = [\"get\"]\n",
            json!({"coroutines": [{"under": "a.C()", "names": ["get"]}]}),
            true,
        ),
    ] {
        fs::write(folder.path().join("nbasync.toml"), text).unwrap();
        let taken = run(folder.path(), &["check", "a.ipynb"]).code == 0;
        assert_eq!((taken, check(&schema, &schema, &value, "$").is_ok()), (holds, holds), "{text}");
    }
}

#[test]
fn the_schema_of_a_cell_is_kept_by_question_and_answer() {
    let schema = schema("cell");
    let question = json!({"session": 1, "event": "ask", "cells": [{"key": "a", "code": "x"}]});
    assert_eq!(check(&schema, &schema, &question, "$"), Ok(()));
    let folder = folder(&[("q.json", &question.to_string())]);
    let file = fs::File::open(folder.path().join("q.json")).unwrap();
    let mut command = command(folder.path());
    let answer = crate::support::end(command.args(["cell", "--format", "json"]).stdin(file)).json();
    assert_eq!(check(&schema, &schema, &answer, "$"), Ok(()));
}

#[test]
fn a_changed_file_is_reported_again() {
    let folder = folder(&[("a.ipynb", &notebook(&["x = 1"]))]);
    let mut watching = command(folder.path())
        .args(["check", "--watch", "."])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(watching.stdout.take().unwrap()).lines();
    let mut until = |words: &str| {
        let mut seen = String::new();
        while !seen.contains(words) {
            seen.push_str(&lines.next().unwrap().unwrap());
        }
        seen
    };
    assert!(until("Ctrl-C").contains("none of them reports anything"));
    let bad = notebook(&["import asyncio\nasync def f(): ...\nasyncio.run(f())"]);
    fs::write(folder.path().join("a.ipynb"), bad).unwrap();
    assert!(until("Ctrl-C").contains("asyncio-run-in-cell"));
    watching.kill().unwrap();
    watching.wait().unwrap();
}
