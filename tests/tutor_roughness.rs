//! What is small and was in the way, each tried in the real program on a pseudo-terminal.
#![cfg(unix)]

#[path = "common/terminal.rs"]
mod terminal;

use std::path::Path;

use terminal::{Session, notebook};

const RUN: &str =
    "import asyncio\n\nasync def main():\n    return 42\n\nresult = asyncio.run(main())";

/// The tutor on a notebook of these cells.
fn on(folder: &Path, cells: &[&str]) -> Session {
    std::fs::write(folder.join("a.ipynb"), notebook(cells)).expect("a notebook");
    let session = Session::start(folder, &["tutor", "a.ipynb"]);
    session.see("[1 Answer]");
    session
}

fn leave(mut session: Session) {
    session.send("q");
    assert_eq!(session.end(), (0, true));
}

#[test]
fn a_cell_that_is_pasted_over_a_page_is_offered_and_opened() {
    for end in ["\r", "\n", "\r\n"] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut session = on(folder.path(), &[RUN]);
        session.send("d");
        session.see("I can't");
        session.send("\r");
        session.see("put it on record");
        session.paste(&"first = 1\nsecond = 2".replace('\n', end));
        session.see("Open the pasted text?");
        session.send("y");
        session.see(" 2  second = 2");
        leave(session);
    }
}

#[test]
fn a_paste_in_the_walk_is_the_next_cell_whatever_ends_its_lines() {
    for end in ["\r", "\n", "\r\n"] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut session = on(folder.path(), &[RUN]);
        session.paste(&"first = 1\nsecond = 2".replace('\n', end));
        let shown = session.see(" 2  second = 2");
        assert!(!shown.contains('␍'), "{end:?}\n{shown}");
        leave(session);
    }
}

#[test]
fn a_long_cell_opens_at_once_and_is_reviewed_beside_the_screen() {
    let folder = tempfile::tempdir().expect("a folder");
    let line = "value = compute(1, 2, 3)  # a line like any other\n";
    let long = format!("{}{RUN}", line.repeat(1_048_576 / line.len()));
    std::fs::write(folder.path().join("a.ipynb"), notebook(&[&long])).expect("a notebook");
    let session = Session::start(folder.path(), &["tutor", "a.ipynb"]);
    let first = session.see("value = compute(1, 2, 3)");
    assert!(first.contains("a.ipynb"), "{first}");
    session.see("asyncio-run-in-cell");
    leave(session);
}

#[test]
fn code_is_never_scrolled_sideways_to_show_the_end_of_an_underline() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments: Vec<String> = (0..30).map(|at| format!("argument_{at}")).collect();
    let cell = format!("import asyncio\nresult = asyncio.run(main({}))", arguments.join(", "));
    let session = on(folder.path(), &[&cell]);
    let shown = session.text();
    assert!(
        shown.contains(" 1  import asyncio") && shown.contains(" 2  result = asyncio.run("),
        "{shown}"
    );
    leave(session);
}

#[test]
fn after_a_repair_the_screen_says_so_and_where_to_go_next() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut session = on(folder.path(), &[RUN, "import asyncio\nasyncio.run(main())"]);
    session.send("w");
    session.see("Write these changes");
    session.send("y");
    let said = session.see("repaired, written: a.ipynb");
    assert!(said.contains("next problem: cell 2"), "{said}");
    leave(session);
}

#[test]
fn the_old_text_is_written_back_after_an_undo() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.ipynb");
    let mut session = on(folder.path(), &[RUN]);
    session.send("w");
    session.see("Write these changes");
    session.send("y");
    session.see("repaired, written");
    session.send("u");
    session.see("Write these changes to a.ipynb?");
    session.send("y");
    session.see("written: a.ipynb");
    leave(session);
    let text = std::fs::read_to_string(path).expect("the notebook");
    assert_eq!(text, notebook(&[RUN]));
}

#[test]
fn footers_hold_help_and_the_way_out_on_a_narrow_screen() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut session = on(folder.path(), &[RUN, "import asyncio\nasyncio.run(g())"]);
    for columns in [40, 60, 80, 160] {
        session.resize(24, columns);
        let footer = |text: &str| text.lines().last().unwrap_or_default().to_owned();
        let found = |text: &str| footer(text).contains("? keys") && footer(text).contains("q quit");
        session.wait("help and quit in the footer", found);
    }
    session.resize(24, 80);
    session.send("6");
    session.wait("help and quit in the footer", |text| {
        let footer = text.lines().last().unwrap_or_default();
        text.contains("[6 Apply]") && footer.contains("? keys") && footer.contains("q quit")
    });
    leave(session);
}

#[test]
fn the_keys_of_this_screen_come_first_and_are_found_by_typing() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut session = on(folder.path(), &[RUN]);
    session.send("?");
    let keys = session.see("Walkthrough");
    assert!(keys.contains("→  next") && keys.contains("y  copy"), "{keys}");
    session.send("undo");
    let found = session.wait("the keys found", |text| !text.contains("next cell"));
    assert!(found.contains("u  undo"), "{found}");
    session.send("\u{1b}");
    session.wait("the walk", |text| !text.contains("u  undo"));
    leave(session);
}

#[test]
fn a_command_is_found_by_its_name_and_done() {
    for (words, language) in [("which pattern", "en"), ("该用哪种", "zh")] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut session = on(folder.path(), &[RUN]);
        if language == "zh" {
            session.send("L");
            session.see("[1 ");
        }
        session.send(":");
        session.see(if language == "zh" { "命令" } else { "Commands" });
        session.send(words);
        session.wait("the command", |text| !text.contains("PgDn"));
        session.send("\r");
        session.see(if language == "zh" { "1–5 回答" } else { "1–5 answer" });
        session.send("\u{1b}");
        session.see("[1 ");
        session.wait("the walk", |text| !text.contains("1–5 "));
        leave(session);
    }
}

#[test]
fn what_was_visited_is_gone_back_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut session = on(folder.path(), &[RUN, "import asyncio\nasyncio.run(g())"]);
    session.send("3");
    session.see("[3 Pattern]");
    session.send("n");
    session.see("cell 2 of 2");
    session.send("<");
    session.wait("the step before", |text| {
        text.contains("cell 1 of 2") && text.contains("[3 Pattern]")
    });
    session.send(">");
    session.see("cell 2 of 2");
    session.send("\u{7f}");
    session.see("[3 Pattern]");
    leave(session);
}

#[test]
fn a_cell_is_edited_in_an_editor_of_ones_own_and_the_screen_comes_back() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("a.ipynb"), notebook(&[RUN])).expect("a notebook");
    // It reads a line from the terminal, so the keys have to reach it and not the tutor.
    let script = "printf 'your line: '; read line < /dev/tty; printf '%s\\n' \"$line\" >> \"$1\"";
    let editor = folder.path().join("editor.sh");
    std::fs::write(&editor, format!("#!/bin/sh\n{script}\n")).expect("an editor");
    let command = format!("sh {}", editor.display());
    let variables = [("EDITOR", std::ffi::OsStr::new(&command))];
    let mut session = Session::start_with(folder.path(), &["tutor", "a.ipynb"], &variables);
    session.see("[1 Answer]");
    session.send("E");
    session.see("your line:");
    session.send("q = 1  # wyn\r");
    let back = session.see("taken over from the editor");
    assert!(back.contains("q = 1  # wyn"), "{back}");
    session.send("u");
    session.wait("the cell as it was", |text| !text.contains("wyn"));
    leave(session);
}

#[test]
fn what_was_copied_stands_on_the_terminal_that_is_given_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut session = on(folder.path(), &[RUN]);
    session.send("y");
    session.see("copied");
    session.send("q");
    session.hear("Copied last, in case the terminal did not take it:");
    session.hear("result = await main()");
    assert_eq!(session.end(), (0, true));
}

#[test]
fn another_notebook_is_opened_from_a_notebook() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("other.ipynb"), notebook(&["x = 1"])).expect("a notebook");
    let mut session = on(folder.path(), &[RUN]);
    session.send("o");
    session.see("other.ipynb");
    session.send("other\r");
    session.wait("the other notebook", |text| {
        text.lines().next().is_some_and(|row| row.contains("other.ipynb"))
    });
    leave(session);
}

#[test]
fn evidence_and_faults_have_marks_of_their_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let session = on(folder.path(), &["import asyncio\nasync def g(): ...\nasyncio.run(g())"]);
    let shown = session.see("asyncio-run-in-cell");
    let fault = shown.lines().find(|row| row.contains("asyncio-run-in-cell")).expect("the fault");
    let under = |row: &str| row.chars().find(|char| "~^─┄╌┈.·-﹏".contains(*char));
    let evidence = shown.lines().skip_while(|row| !row.contains("async def g")).nth(1);
    let evidence = evidence.and_then(under);
    assert!(evidence.is_some() && evidence != under(fault), "{shown}");
    leave(session);
}

#[test]
fn a_question_that_cannot_be_seen_is_not_answered() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut session = on(folder.path(), &[RUN]);
    session.send("w");
    session.see("Write these changes");
    session.resize(4, 20);
    session.see("20x4 <");
    session.send("y");
    session.resize(24, 80);
    session.see("Write these changes");
    session.send("n");
    session.wait("the walk", |text| !text.contains("Write these changes"));
    leave(session);
    let text = std::fs::read_to_string(folder.path().join("a.ipynb")).expect("the notebook");
    assert_eq!(text, notebook(&[RUN]));
}
