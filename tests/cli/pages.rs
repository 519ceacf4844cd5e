//! Pages, help, content and languages.

use std::process::Command;

use crate::support::{command, end, folder, run, samples};

#[test]
fn the_language_follows_the_option_then_the_variable_then_the_locale() {
    let folder = samples();
    let said = |command: &mut Command| end(command.args(["check", "good.ipynb"])).stdout;
    let rules = nbasync::rules::RULES.len();
    let en = format!(
        "✔ 1 cell in 1 file checked against {rules} rules: none of them reports anything.\n"
    );
    let zh = format!("✔ 已用 {rules} 条规则检查 1 个文件里的 1 个单元格：没有一条规则报告问题。\n");
    assert_eq!(said(&mut command(folder.path())), en);
    assert_eq!(said(command(folder.path()).arg("--lang").arg("zh")), zh);
    assert_eq!(said(command(folder.path()).arg("--lang").arg("both")), format!("{en}{zh}"));
    assert_eq!(said(command(folder.path()).env("NBASYNC_LANG", "zh")), zh);
    assert_eq!(said(command(folder.path()).env("LC_ALL", "zh_CN.UTF-8")), zh);
    let mut overruled = command(folder.path());
    assert_eq!(said(overruled.env("LC_ALL", "zh_CN.UTF-8").env("NBASYNC_LANG", "en")), en);
    let wrong = end(command(folder.path()).env("NBASYNC_LANG", "tlh").args(["check", "."]));
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("NBASYNC_LANG is `tlh`"), "{}", wrong.stderr);
}

#[test]
fn messages_come_in_the_language_that_was_asked_for() {
    let folder = samples();
    let message = |lang: &str| {
        let args = ["check", "--format", "json", "--lang", lang, "bad.ipynb"];
        let report = run(folder.path(), &args).json();
        report["files"][0]["diagnostics"][0]["message"].as_str().unwrap().to_owned()
    };
    assert!(message("en").is_ascii());
    assert!(message("zh").contains('。') || message("zh").contains("内核"));
    assert_eq!(message("both"), format!("{}\n{}", message("en"), message("zh")));
}

#[test]
fn without_a_command_there_is_help() {
    let folder = samples();
    let run = run::<&str>(folder.path(), &[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    for word in ["Usage: nbasync", "tutor", "check", "explain", "Examples:", "Exit codes:"] {
        assert!(run.stdout.contains(word), "{word}");
    }
}

#[test]
fn a_page_is_printed_as_it_is_written() {
    let folder = samples();
    let run_ = run(folder.path(), &["explain", "dropped-task"]);
    assert_eq!(run_.code, 0);
    assert!(run_.stdout.starts_with("# "), "{}", run_.stdout);
    assert!(run_.stdout.contains("```python\n"));
    let zh = run(folder.path(), &["explain", "Dropped_Task", "--lang", "zh"]);
    assert!(zh.stdout.contains("任务"));
    let error = "RuntimeError: asyncio.run() cannot be called from a running event loop";
    let message = run(folder.path(), &["explain", error]);
    assert_eq!(message.code, 0, "{}", message.stderr);
}

#[test]
fn an_unknown_page_is_2_and_brings_suggestions() {
    let folder = samples();
    let run = run(folder.path(), &["explain", "asyncio-run"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("There is no page “asyncio-run”"), "{}", run.stderr);
    assert!(run.stderr.contains("asyncio-run-in-cell"), "{}", run.stderr);
}

#[test]
fn lookup_finds_pages_in_both_languages() {
    let folder = samples();
    let run_ = run(folder.path(), &["lookup", "blocking", "requests", "--limit", "3"]);
    assert_eq!(run_.code, 0);
    assert!(run_.stdout.starts_with("blocking-call-in-async  mistake\n    "), "{}", run_.stdout);
    let both = run(folder.path(), &["lookup", "阻塞", "--lang", "both"]);
    assert!(both.stdout.contains("blocking"), "{}", both.stdout);
    assert!(both.stdout.contains("阻塞"));
    let none = run(folder.path(), &["lookup", "zzzzqqqq"]);
    assert_eq!((none.code, none.stdout.as_str()), (1, ""));
}

#[test]
fn the_skill_check_names_file_line_and_column() {
    let folder = folder(&[("content/notes/a.md", "---\nid: a\nkind: note\n---\nNo title.\n")]);
    let wrong = run(folder.path(), &["skill", "check", "."]);
    assert_eq!(wrong.code, 1);
    let first = wrong.stdout.lines().find(|line| line.starts_with("content/notes/a.md:"));
    let places = first.map(|line| line.split(':').skip(1).take(2).collect::<Vec<_>>());
    let is_number = |text: &&str| text.parse::<usize>().is_ok();
    assert!(places.is_some_and(|places| places.iter().all(is_number)), "{}", wrong.stdout);
    assert_eq!(run(folder.path(), &["skill", "check", "nowhere"]).code, 2);
}

#[test]
fn the_skill_check_complains_in_the_readers_language() {
    let page = "---\nid: a\nkind: note\ntitle: A\nkeywords: [one]\n---\nA.\n\n> B.\n";
    let folder = folder(&[("content/notes/a.md", page)]);
    let told = |language| {
        let run = run(folder.path(), &["skill", "check", ".", "--lang", language]);
        let lines = run.stdout.lines().filter(|line| line.starts_with("content/notes/a.md:9:1: "));
        lines.map(|line| line["content/notes/a.md:9:1: ".len()..].to_owned()).collect::<Vec<_>>()
    };
    let (en, zh) = ("a quotation is not allowed on a page", "页面里不能有引用块");
    assert_eq!(told("en"), [en]);
    assert_eq!(told("zh"), [zh]);
    assert_eq!(told("both"), [en, zh]);
}

#[test]
fn the_programs_own_content_has_no_error() {
    let folder = samples();
    let run = run(folder.path(), &["skill", "check"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
}

#[test]
fn the_content_is_counted_and_nothing_is_missing() {
    let folder = folder(&[]);
    let said = run(folder.path(), &["skill", "check", "--report"]);
    assert_eq!(said.code, 0, "{}", said.stdout);
    assert!(said.stdout.contains("     21  lessons\n"), "{}", said.stdout);
    assert!(said.stdout.ends_with(" nothing is missing\n"), "{}", said.stdout);
    let report = run(folder.path(), &["skill", "check", "--report", "--format", "json"]).json();
    assert_eq!((&report["errors"], &report["missing"]), (&0.into(), &serde_json::json!([])));
    assert!(report["counts"]["drills"].as_u64().is_some_and(|count| count >= 40), "{report}");
    assert!(report["words"]["zh"].as_u64().is_some_and(|count| count > 30_000), "{report}");
    assert_eq!(run(folder.path(), &["skill", "check", "--format", "json"]).code, 2);
}
