//! `nbasync learn`: what is kept, and where.

use std::fs;
use std::path::Path;

use crate::support::{Run, command, end, folder};

fn learn(folder: &Path, args: &[&str]) -> Run {
    end(command(folder).env("XDG_STATE_HOME", folder.join("state")).arg("learn").args(args))
}

fn answer(folder: &Path, lines: &str, args: &[&str]) -> Run {
    fs::write(folder.join("answers"), lines).unwrap();
    let answers = fs::File::open(folder.join("answers")).unwrap();
    let mut command = command(folder);
    command.env("XDG_STATE_HOME", folder.join("state")).arg("learn").args(args);
    end(command.stdin(answers))
}

#[test]
fn progress_is_shown_exported_forgotten_and_taken_in_again() {
    let folder = folder(&[]);
    let folder = folder.path();
    let run = answer(folder, "1\n1\n1\na\n0\n", &["--linear", "who-owns-the-loop"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let status = learn(folder, &["--status"]).stdout;
    assert!(status.contains("◐  1  Who owns the loop  begun, drills 0 of 4"), "{status}");
    assert!(status.contains("state/nbasync/progress.toml"), "{status}");

    assert_eq!(learn(folder, &["--export", "mine.toml"]).code, 0);
    let exported = fs::read_to_string(folder.join("mine.toml")).unwrap();
    assert!(exported.contains("[lessons.who-owns-the-loop]"), "{exported}");
    assert_eq!(learn(folder, &["--export", "-"]).stdout, exported);

    let run = learn(folder, &["--reset", "1"]);
    assert_eq!(run.stdout, "Forgotten: 1 lessons, 0 drills.\n");
    assert!(learn(folder, &["--status"]).stdout.contains("   1  Who owns the loop  not begun"));

    let run = learn(folder, &["--import", "mine.toml"]);
    assert_eq!(run.stdout, "Taken in: 1 lessons, 0 drills.\n");
    assert!(learn(folder, &["--status"]).stdout.contains("◐  1"));
    assert_eq!(learn(folder, &["--reset"]).code, 0);
    assert!(!learn(folder, &["--status"]).stdout.contains("◐  1"));
}

#[test]
fn a_broken_record_is_put_aside_and_told_and_a_newer_one_is_left_alone() {
    let folder = folder(&[("state/nbasync/progress.toml", "version = \"one\"\n")]);
    let folder = folder.path();
    let run = learn(folder, &["--status"]);
    assert_eq!(run.code, 0);
    assert!(run.stderr.contains("progress.broken-1.toml"), "{}", run.stderr);
    let file = folder.join("state/nbasync/progress.toml");
    fs::write(&file, "version = 99\n").unwrap();
    let run = answer(folder, "1\n1\n0\n", &["--linear", "1"]);
    assert!(run.stderr.contains("newer nbasync"), "{}", run.stderr);
    assert_eq!(fs::read_to_string(&file).unwrap(), "version = 99\n");
}

#[test]
fn what_is_no_lesson_and_no_record_is_an_error() {
    let folder = folder(&[("other.toml", "x = 1\n"), ("calm.py", "# %%\nx = 1\n")]);
    let folder = folder.path();
    let run = learn(folder, &["nonsense"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("who-owns-the-loop"), "{}", run.stderr);
    assert_eq!(learn(folder, &["--import", "other.toml"]).code, 2);
    assert_eq!(learn(folder, &["--import", "missing.toml"]).code, 2);
    let run = learn(folder, &["--practise", "calm.py"]);
    assert!(run.stderr.contains("no mistake here"), "{}", run.stderr);
}

#[test]
fn the_mistakes_of_a_notebook_can_be_practised_line_by_line() {
    let script = "# %%\nimport asyncio\nasync def f():\n    return 1\n# %%\nx = asyncio.run(f())\n";
    let folder = folder(&[("a.py", script)]);
    let folder = folder.path();
    let answers = "3\nx = await f()\n.\n1\n0\n";
    let run = answer(folder, answers, &["--linear", "--practise", "a.py"]);
    assert!(run.stdout.contains("Repair cell"), "{}", run.stdout);
    assert!(run.stdout.contains("Right, and without a hint."), "{}", run.stdout);
    assert_eq!(fs::read_to_string(folder.join("a.py")).unwrap(), script);
}

#[test]
fn a_record_is_a_page_or_a_picture() {
    let folder = folder(&[]);
    let folder = folder.path();
    answer(folder, "0\n", &["--linear", "1"]);
    assert_eq!(learn(folder, &["--record", "mine.md"]).code, 0);
    assert!(fs::read_to_string(folder.join("mine.md")).unwrap().contains("| 1 | Who owns"));
    assert_eq!(learn(folder, &["--record", "mine.svg"]).code, 0);
    assert!(fs::read_to_string(folder.join("mine.svg")).unwrap().starts_with("<svg "));
    let run = learn(folder, &["--record", "mine.pdf"]);
    assert_eq!((run.code, folder.join("mine.pdf").exists()), (2, false), "{}", run.stderr);
}

#[test]
fn notes_for_the_presenter_stand_in_another_terminal() {
    let folder = folder(&[]);
    let folder = folder.path();
    let run = learn(folder, &["--notes"]);
    assert_eq!(run.code, 2);
    assert!(run.stdout.contains("Nobody presents yet"), "{}", run.stdout);
    answer(folder, "0\n", &["--linear", "--present", "1"]);
    let notes = learn(folder, &["--notes"]).stdout;
    assert!(notes.contains("Who owns the loop: One thread, one loop"), "{notes}");
    let run = answer(folder, "1\n1\n1\n0\n", &["--linear", "--present", "1"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(!folder.join("state/nbasync/progress.toml").exists());
    let notes = learn(folder, &["--notes"]).stdout;
    assert!(notes.contains("What will happen?") && notes.contains("✔ b It raises"), "{notes}");
}
