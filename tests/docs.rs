//! Holds the READMEs and `docs/` to the program: links, commands, options, settings, JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// Commands that go on until somebody ends them. They are read, and not run.
const ENDLESS: [&str; 6] = [
    "--watch",
    "learn --tour",
    "learn --present",
    "learn --notes",
    "nbasync server",
    "nbasync mcp",
];

/// What the commands of the pages work on.
const FILES: [(&str, &str); 5] = [
    ("prices.md", "# no notebook\n"),
    (
        "crawl.py",
        "import asyncio\n\n\nasync def main():\n    await asyncio.sleep(0)\n\n\nasyncio.run(main())\n",
    ),
    ("notebooks/a.py", "# %%\nimport asyncio\nawait asyncio.sleep(0)\n"),
    (
        "old.ipynb",
        r#"{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": []}]}"#,
    ),
    (
        "my-skill/SKILL.md",
        "---\nname: my-skill\ndescription: A skill.\n---\n\n# My skill\n\nOne sentence.\n",
    ),
];

/// The pages, by path.
fn pages() -> BTreeMap<PathBuf, String> {
    let mut paths = vec![PathBuf::from("README.md"), PathBuf::from("README.zh.md")];
    for entry in fs::read_dir("docs").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "md") {
            paths.push(path);
        }
    }
    assert!(paths.len() >= 8, "{paths:?}");
    paths.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

/// A fenced block: its language and its text.
fn blocks(text: &str) -> Vec<(&str, String)> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let inside = lines.by_ref().take_while(|line| !line.starts_with("```"));
            blocks.push((language, inside.map(|line| format!("{line}\n")).collect()));
        }
    }
    blocks
}

/// A page without its fenced blocks.
fn prose(text: &str) -> String {
    let mut is_inside = false;
    let keep = |line: &&str| {
        let is_fence = line.starts_with("```");
        is_inside ^= is_fence;
        !(is_inside || is_fence)
    };
    text.lines().filter(keep).map(|line| format!("{line}\n")).collect()
}

/// What stands between backticks.
fn spans(text: &str) -> Vec<String> {
    prose(text).split('`').skip(1).step_by(2).map(|it| it.replace("\\|", "|")).collect()
}

/// The anchors that the headings of a page have. Source: how GitHub makes them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text);
    let headings = headings.lines().filter_map(|line| line.strip_prefix('#'));
    let anchor = |heading: &str| {
        let words = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = words.chars().filter(|it| it.is_alphanumeric() || " -_".contains(*it));
        kept.map(|it| if it == ' ' { '-' } else { it }).collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn every_link_leads_to_a_page_and_a_heading_that_are_there() {
    for (path, text) in pages() {
        for link in prose(&text).split("](").skip(1) {
            let to = link.split(')').next().unwrap();
            if to.starts_with("http") {
                continue;
            }
            let (file, anchor) = to.split_once('#').unwrap_or((to, ""));
            let target = if file.is_empty() { path.clone() } else { path.with_file_name(file) };
            assert!(target.is_file(), "{}: {to}", path.display());
            if !anchor.is_empty() {
                let there = anchors(&fs::read_to_string(&target).unwrap());
                assert!(there.contains(anchor), "{}: {to}: {there:?}", path.display());
            }
        }
    }
}

#[test]
fn the_readmes_are_the_same_page_in_two_languages_and_lead_to_every_other() {
    let pages = pages();
    let (en, zh) = (&pages[Path::new("README.md")], &pages[Path::new("README.zh.md")]);
    assert!(en.contains("(README.zh.md)") && zh.contains("(README.md)"));
    assert!(en.lines().count() < 150, "the README is short");
    assert!(blocks(en).iter().any(|(_, text)| text == "cargo test\n"), "it names the tests");
    let code = |text: &str| -> Vec<Vec<String>> {
        let of_shell = |(language, _): &(&str, String)| matches!(*language, "shell" | "python");
        let bare = |text: &str| text.lines().map(|line| command(line).to_owned()).collect();
        blocks(text).into_iter().filter(of_shell).map(|(_, text)| bare(&text)).collect()
    };
    assert_eq!(code(en), code(zh));
    let headings = |text: &str| prose(text).lines().filter(|it| it.starts_with('#')).count();
    assert_eq!(headings(en), headings(zh));
    for path in pages.keys().filter(|path| path.starts_with("docs")) {
        let link = format!("({})", path.display());
        assert!(en.contains(&link) && zh.contains(&link), "{link}");
    }
}

/// A line of a shell block without its comment.
fn command(line: &str) -> &str {
    line.split(" #").next().unwrap_or_default().trim()
}

/// The commands of nbasync's own on a page, without what stands before or after them in a pipe.
fn commands(text: &str) -> Vec<String> {
    let of_shell = blocks(text).into_iter().filter(|(language, _)| *language == "shell");
    let lines: Vec<String> = of_shell.map(|(_, text)| text).collect();
    let lines = lines.iter().flat_map(|text| text.lines()).map(command);
    let own = lines.flat_map(|line| line.split(['|', '>'])).map(str::trim);
    own.filter(|it| it.starts_with("nbasync ")).map(str::to_owned).collect()
}

/// The words of a command. The pages quote with double quotes alone.
fn words(command: &str) -> Vec<String> {
    let parts = command.split('"').enumerate();
    let words = parts.flat_map(|(at, part)| match at % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect(),
        _ => vec![part.to_owned()],
    });
    words.skip(1).collect()
}

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in FILES {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    fs::copy("content/samples/first-steps.ipynb", folder.path().join("analysis.ipynb")).unwrap();
    folder
}

fn run(folder: &Path, args: &[String]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nbasync"))
        .args(args)
        .current_dir(folder)
        .env_clear()
        .env("LANG", "C.UTF-8")
        .env("HOME", folder)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn every_command_is_one_that_the_program_takes() {
    let folder = folder();
    let mut count = 0;
    for (path, text) in pages() {
        for command in commands(&text) {
            let mut args = words(&command);
            args.push("--help".to_owned());
            let out = run(folder.path(), &args);
            let told = String::from_utf8_lossy(&out.stderr);
            assert!(out.status.success(), "{}: {command}: {told}", path.display());
            count += 1;
        }
    }
    assert!(count > 40, "{count}");
}

#[test]
fn every_command_that_ends_by_itself_does_its_work() {
    for (path, text) in pages() {
        for command in commands(&text) {
            // What stands in capitals is to be filled in.
            let is_open = words(&command).iter().any(|word| {
                word.len() > 1 && word.chars().all(|it| it.is_ascii_uppercase() || it == '-')
            });
            if is_open || ENDLESS.iter().any(|it| command.contains(it)) {
                continue;
            }
            let folder = folder();
            let out = run(folder.path(), &words(&command));
            let told = String::from_utf8_lossy(&out.stderr);
            // Nobody is there to be asked, and a kernel need not be.
            let is_asked = ["--yes", "kernel", "terminal"].iter().any(|it| told.contains(it));
            let code = out.status.code();
            let is_done = matches!(code, Some(0 | 1)) || (code == Some(2) && is_asked);
            assert!(is_done, "{}: {command}: {code:?}: {told}", path.display());
        }
    }
}

/// Every option of every command, as the manual pages name them.
fn options() -> BTreeSet<String> {
    let folder = tempfile::tempdir().unwrap();
    let out = run(folder.path(), &["man".to_owned(), ".".to_owned()]);
    assert!(out.status.success());
    let mut options = BTreeSet::new();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let page = fs::read_to_string(entry.unwrap().path()).unwrap();
        let fonts = ["\\fB", "\\fI", "\\fR"];
        let page = fonts.iter().fold(page, |page, font| page.replace(font, " "));
        let page = page.replace('\\', "");
        for piece in page.split("--").skip(1) {
            let is_name = |it: &char| it.is_ascii_alphanumeric() || *it == '-';
            options.insert(format!("--{}", piece.chars().take_while(is_name).collect::<String>()));
        }
    }
    options
}

#[test]
fn every_option_that_the_pages_name_is_there() {
    let options = options();
    let mut count = 0;
    for (path, text) in pages() {
        for span in spans(&text) {
            if span.contains(' ') && !span.starts_with("nbasync ") && !span.starts_with("--") {
                continue;
            }
            for word in span.split_whitespace().filter(|word| word.starts_with("--")) {
                assert!(options.contains(word), "{}: {span}", path.display());
                count += 1;
            }
        }
    }
    assert!(count > 20, "{count}");
}

#[test]
fn every_command_between_backticks_is_there() {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in pages() {
        for span in spans(&text) {
            let Some(name) = span.strip_prefix("nbasync ").and_then(|it| it.split(' ').next())
            else {
                continue;
            };
            if name.starts_with('-') {
                continue;
            }
            let out = run(folder.path(), &[name.to_owned(), "--help".to_owned()]);
            assert!(out.status.success(), "{}: {span}", path.display());
        }
    }
}

#[test]
fn settings_on_a_page_are_taken() {
    let mut count = 0;
    let text = fs::read_to_string("docs/settings.md").unwrap();
    let toml = blocks(&text).into_iter().filter(|(language, _)| *language == "toml");
    for (_, block) in toml {
        let folder = folder();
        fs::write(folder.path().join("pyproject.toml"), &block).unwrap();
        let out = run(folder.path(), &["check".to_owned(), ".".to_owned()]);
        let told = String::from_utf8_lossy(&out.stderr);
        assert!(!told.contains("pyproject.toml"), "{told}\n{block}");
        // A key that there is not would be told.
        fs::write(folder.path().join("pyproject.toml"), format!("{block}\nnonsense = 1\n"))
            .unwrap();
        let out = run(folder.path(), &["check".to_owned(), ".".to_owned()]);
        assert!(String::from_utf8_lossy(&out.stderr).contains("nonsense"), "{block}");
        count += 1;
    }
    assert!(count >= 2, "{count}");
}

#[test]
fn every_field_of_a_report_is_in_its_schema() {
    let schema = run(Path::new("."), &["schema".to_owned(), "report".to_owned()]);
    let schema = String::from_utf8(schema.stdout).unwrap();
    let text = fs::read_to_string("docs/reports.md").unwrap();
    let (_, part) = text.split_once("\n## JSON").unwrap();
    let part = part.split("\n## ").next().unwrap();
    let mut count = 0;
    for (_, block) in blocks(part) {
        for name in block.split('"').skip(1).step_by(2) {
            assert!(schema.contains(&format!("\"{name}\"")), "{name}");
            count += 1;
        }
    }
    let rows = part.lines().filter_map(|line| line.strip_prefix("| `"));
    for name in rows.filter_map(|row| row.split(" |").next()).flat_map(|it| it.split('`')) {
        let name = name.trim_matches([',', ' ']);
        if !name.is_empty() {
            assert!(schema.contains(&format!("\"{name}\"")), "{name}");
            count += 1;
        }
    }
    assert!(count > 30, "{count}");
}

#[test]
fn the_block_under_the_traceback_is_what_the_program_answers() {
    let cells = r#"{"session": 1, "event": "failed", "cells": [
        {"key": "a", "code": "import asyncio\nasync def main():\n    return 1"},
        {"key": "b", "code": "x = asyncio.run(main())", "count": 2, "error": {"name": "RuntimeError",
         "message": "asyncio.run() cannot be called from a running event loop", "line": 1}}]}"#;
    let pages = pages();
    // The READMEs show it as a picture.
    for (page, picture) in [("README.md", "docs/block.png"), ("README.zh.md", "docs/block.zh.png")]
    {
        let text = &pages[Path::new(page)];
        assert!(text.contains(&format!("]({picture})")), "{page}");
        assert!(fs::read(picture).unwrap().starts_with(b"\x89PNG"), "{picture}");
    }
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("cells.json");
    fs::write(&input, cells).unwrap();
    let out = Command::new(env!("CARGO_BIN_EXE_nbasync"))
        .args(["cell", "--lang", "en"])
        .stdin(fs::File::open(input).unwrap())
        .output()
        .unwrap();
    let told = String::from_utf8(out.stdout).unwrap();
    assert!(told.lines().count() >= 4, "{told}");
    let page = &pages[Path::new("docs/notebook.md")];
    assert!(blocks(page).into_iter().any(|(_, it)| it.ends_with(&told)), "{told}");
}

#[test]
fn the_readmes_count_the_rules_as_the_program_does() {
    let rules = fs::read_dir("content/mistakes").unwrap().count() / 2;
    assert_eq!(rules, 32, "say the new number in both READMEs, and here");
    let pages = pages();
    assert!(pages[Path::new("README.md")].contains("thirty-two"));
    assert!(pages[Path::new("README.zh.md")].contains("三十二"));
}

#[test]
fn rules_and_exit_codes_on_the_pages_are_those_of_the_program() {
    let text = fs::read_to_string("docs/command-line.md").unwrap();
    let (_, part) = text.split_once("## Exit codes").unwrap();
    let help = run(Path::new("."), &["--help".to_owned()]);
    let help = String::from_utf8(help.stdout).unwrap();
    let (_, codes) = help.split_once("Exit codes:").unwrap();
    let codes: Vec<char> =
        codes.lines().filter_map(|line| line.trim().chars().next()).take(3).collect();
    let rows = part.lines().skip_while(|line| !line.starts_with("| ---")).skip(1);
    let rows: Vec<char> = rows
        .take_while(|line| line.starts_with('|'))
        .filter_map(|line| line.chars().nth(2))
        .collect();
    assert_eq!(rows, codes);
}
