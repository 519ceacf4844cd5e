//! Terminals, pipes and hostile text.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::{command, end, folder, notebook, run, samples};

/// What must not reach a terminal as it is: ESC, a C1 control, a direction override, NUL.
const HOSTILE: &str = "\u{1b}]0;x\u{7}\u{9b}31m\u{202e}\u{0}\u{7f}";

#[test]
fn nothing_in_a_notebook_acts_on_the_terminal() {
    let code = format!(
        "async def f{HOSTILE}(): ...\n# {HOSTILE}\nimport asyncio\nasyncio.run(f('{HOSTILE}'))"
    );
    let text = notebook(&[
        &code,
        &format!("asyncio.run(g('{HOSTILE}'))"),
        &format!("%%{HOSTILE}\nawait x"),
    ]);
    let text = text.replace("\"python\"", &json!(format!("python{HOSTILE}")).to_string());
    let folder = folder(&[("a.ipynb", &text), ("b.ipynb", &text.replace("python", "R"))]);
    let name = "c\u{1b}[2J\u{202e}.ipynb";
    fs::write(folder.path().join(name), &text[..40]).unwrap();
    for args in [
        vec!["check", "."],
        vec!["check", "--format", "json", "."],
        vec!["check", "--lang", "both", "--color", "always", "."],
        vec!["check", "--diff", "."],
        vec!["check", "--statistics", "."],
        vec!["check", "--format", "sarif", "."],
        vec!["check", "--format", "github", "."],
        vec!["check", "--format", "gitlab", "."],
        vec!["check", "--format", "junit", "."],
        vec!["fix", "--diff", "--lang", "both", "."],
        vec!["fix", "--diff", "--unsafe-fixes", "--format", "json", "."],
        vec!["fix", name],
        vec!["classify", "."],
        vec!["classify", "--format", "json", "--lang", "zh", "."],
        vec!["explain", &HOSTILE.replace('\0', "")],
        vec!["lookup", &HOSTILE.replace('\0', "")],
        vec!["check", name],
        vec!["tutor", name],
        vec!["skill", "check", name],
    ] {
        let run = run(folder.path(), &args);
        for text in [&run.stdout, &run.stderr] {
            assert_eq!(foreign(text), [], "{args:?}");
        }
    }
}

/// The characters that act on a terminal, our own colours aside.
fn foreign(text: &str) -> Vec<char> {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| {
        let end = part.trim_start_matches(|char: char| char == ';' || char.is_ascii_digit());
        end.strip_prefix('m').map_or_else(|| format!("\u{1b}[{part}"), str::to_owned)
    });
    let text: String = std::iter::once(first).chain(rest).collect();
    let acts = |char: &char| (char.is_control() && *char != '\n') || *char == '\u{202e}';
    text.chars().filter(acts).collect()
}

#[test]
fn an_ascii_terminal_gets_ascii_alone() {
    let folder = samples();
    for (args, locale) in [(&["--ascii", "check", "."][..], "C.UTF-8"), (&["check", "."], "C")] {
        let run = end(command(folder.path()).env("LANG", locale).args(args));
        assert!(run.stdout.is_ascii(), "{}", run.stdout);
        assert!(run.stdout.contains("x error asyncio-run-in-cell"));
    }
}

#[test]
fn colour_is_for_terminals_unless_it_is_forced() {
    let folder = samples();
    let colored =
        |command: &mut Command| end(command.args(["check", "."])).stdout.contains('\u{1b}');
    assert!(!colored(&mut command(folder.path())));
    assert!(colored(command(folder.path()).args(["--color", "always"])));
    assert!(colored(command(folder.path()).env("CLICOLOR_FORCE", "1")));
    assert!(!colored(command(folder.path()).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1")));
    assert!(!colored(command(folder.path()).env("CLICOLOR_FORCE", "1").args(["--color", "never"])));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = samples();
    for args in [&["check", "."][..], &["explain", "gather"], &["--help"], &[]] {
        let mut command = command(folder.path());
        let mut child =
            command.args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
        assert!(output.status.code().is_some_and(|code| code < 2), "{args:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_cannot_be_written_is_a_failure() {
    let folder = samples();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let status = command(folder.path())
        .args(["check", "."])
        .stdout(full)
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(2));
}

#[test]
fn text_that_breaks_the_parser_is_not_a_panic_for_anybody() {
    let deep = format!("x = {}{}\nasync def f(): ...\nf()", "[".repeat(3000), "]".repeat(3000));
    let text = notebook(&["[)\n/ await", "x = [a)\n, b\nasync", &deep]);
    let folder = folder(&[("a.ipynb", &text)]);
    let run = run(folder.path(), &["check", "--format", "json", "a.ipynb"]);
    assert_eq!(run.stderr, "");
    assert_eq!(run.json()["files"][0]["error"], Value::Null);
}
