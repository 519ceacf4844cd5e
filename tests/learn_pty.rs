//! Goes through a lesson on a pseudo-terminal, as a person would: two wrong answers, a break in the
//! middle, and on to the end; the same line by line.
#![cfg(unix)]

use std::ffi::OsString;
use std::fs;
use std::path::Path;

#[path = "common/terminal.rs"]
mod terminal;

use terminal::Session;

const RIGHT: &str = "\u{1b}[C";
const ESC: &str = "\u{1b}";
/// Deletes to the end of the line, as the text area has it.
const CUT: &str = "\u{b}";

fn progress(folder: &Path) -> String {
    fs::read_to_string(folder.join("state/nbasync/progress.toml")).expect("a record")
}

#[test]
fn a_lesson_from_start_to_finish_with_two_wrong_answers_and_a_break() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut session = Session::start(folder.path(), &["learn", "--reduced-motion"]);
    let list = session.see("Enter begin");
    assert!(
        list.contains("19   Patches") && list.contains("▼ 2"),
        "the rest is a key away: {list}"
    );
    session.send(&format!("{ESC}[F"));
    session.see("When not to use any of this");
    session.send(&format!("{ESC}[H"));
    session.see("❯ 1   Who owns the loop");
    session.send("\r");
    session.see("[2 One thread, one loop]");
    session.send(RIGHT);
    session.see("[3 Functions that can wait]");
    session.send(RIGHT);
    session.see("[4 What asyncio.run is for]");
    session.send(RIGHT);
    session.see("What will this cell do?");
    session.send("a");
    let answer = session.see("Not quite");
    assert!(answer.contains("✔ b It raises a RuntimeError"), "{answer}");
    session.send(RIGHT);
    session.see("What a repair has to do");
    session.send("s");
    session.see("try first");
    session.send("e");
    session.see("Esc done");
    session.send(CUT);
    session.send("main()");
    session.see("Not yet: 5 of 6 points hold.");
    session.send(ESC);
    session.see("e edit");
    session.send("q");
    assert_eq!(session.end(), (0, true));
    let kept = progress(folder.path());
    assert!(kept.contains("predicted = 1") && kept.contains("tries = 1"), "{kept}");

    let mut session = Session::start(folder.path(), &["learn", "--reduced-motion"]);
    session.see("1 ◐ Who owns the loop");
    session.send("\r");
    let drill = session.see("answer = main()");
    assert!(drill.contains("[6 Run main() in this cell]"), "{drill}");
    session.send("e");
    session.see("Esc done");
    session.send(CUT);
    session.send("await main()");
    session.see("Right as it stands");
    session.send(ESC);
    session.see("Right, and without a hint.");
    for number in 7..10 {
        session.send(RIGHT);
        session.see(&format!("[{number} "));
        session.send("hhhs");
        session.see("This is the solution.");
    }
    session.send(RIGHT);
    session.see("“Who owns the loop” is done.");
    session.send("q");
    assert_eq!(session.end(), (0, true));
    let kept = progress(folder.path());
    assert!(kept.contains("finished = "), "{kept}");
    assert_eq!(kept.matches("shown = true").count(), 3, "{kept}");
}

#[test]
fn the_same_line_by_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = ["learn", "--linear"];
    let mut session = Session::start(folder.path(), &arguments);
    session.hear("21 When not to use any of this");
    session.send("1\n");
    session.hear("Step 2 of 10: One thread, one loop.");
    session.send("1\n");
    session.hear("Step 3 of 10");
    session.send("1\n");
    session.hear("Step 4 of 10");
    session.send("1\n");
    session.hear("d) It shows nothing");
    session.send("a\n");
    session.hear("Not quite");
    session.send("1\n");
    session.hear("What a repair has to do");
    session.send("3\n");
    session.hear("Type the whole cell");
    session.send("answer = main()\n.\n");
    session.hear("Not yet: 5 of 6 points hold.");
    session.send("0\n");
    assert_eq!(session.end().0, 0);
    assert!(progress(folder.path()).contains("tries = 1"));

    // An editor of one's own that makes the repair.
    let editor = folder.path().join("editor.sh");
    let script = "#!/bin/sh\nsed -i 's/= main()/= await main()/' \"$1\"\n";
    fs::write(&editor, script).expect("an editor");
    let command = OsString::from(format!("sh {}", editor.display()));
    let mut session = Session::start_with(folder.path(), &arguments, &[("EDITOR", &command)]);
    session.hear("1 Begun: Who owns the loop");
    session.send("1\n");
    session.hear("Step 6 of 10");
    session.send("3\n");
    session.hear("Right, and without a hint.");
    for number in 7..10 {
        session.send("1\n");
        session.hear(&format!("Step {number} of 10"));
        session.send("4\n4\n4\n7\n");
        session.hear("This is the solution.");
    }
    session.send("1\n");
    session.hear("“Who owns the loop” is done.");
    session.send("0\n");
    assert_eq!(session.end().0, 0);
    assert!(progress(folder.path()).contains("finished = "));
}
