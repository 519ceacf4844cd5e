//! Drives the real program on a pseudo-terminal, as a person would.
#![cfg(unix)]

#[path = "common/terminal.rs"]
mod terminal;

use terminal::Session;

const RIGHT: &str = "\u{1b}[C";

const CELL: &str =
    "import asyncio\n\nasync def main():\n    return 42\n\nresult = asyncio.run(main())\n";

const NOTEBOOK: &str = "{\n \"cells\": [\n  {\n   \"cell_type\": \"code\",\n   \"execution_count\": 1,\n   \"id\": \"one\",\n   \"metadata\": {},\n   \"outputs\": [],\n   \"source\": [\n    \"import asyncio\\n\",\n    \"r = asyncio.run(f())\"\n   ]\n  }\n ],\n \"metadata\": {},\n \"nbformat\": 4,\n \"nbformat_minor\": 5\n}\n";

#[test]
fn a_pasted_cell_is_walked_through_repaired_and_left() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut session = Session::start(folder.path(), &["tutor"]);
    let home = session.see("Paste a cell or a traceback");
    assert!(home.contains("Skill in use: python-notebooks-async"), "{home}");
    session.paste(CELL);
    session.see("[1 Situation]");
    session.send(RIGHT);
    session.see("[2 Mistake]");
    session.send(RIGHT);
    let pattern = session.see("[3 Pattern]");
    assert!(pattern.contains("+ result = await main()"), "{pattern}");
    session.send(RIGHT);
    session.see("[4 Tradeoffs]");
    session.send(RIGHT);
    session.see("[5 Proof]");
    session.send(RIGHT);
    session.see("[6 Apply]");
    session.send("w");
    let changed = session.see("changed here");
    assert!(changed.contains("result = await main()"), "{changed}");
    session.send("q");
    session.see("quit without writing");
    session.send("d");
    assert_eq!(session.end(), (0, true));
}

#[test]
fn a_notebook_is_repaired_on_disk_and_nothing_else_in_it_changes() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.ipynb");
    std::fs::write(&path, NOTEBOOK).expect("a notebook");
    let mut session = Session::start(folder.path(), &["tutor", "a.ipynb"]);
    session.see("[1 Situation]");
    session.send("w");
    session.see("Write these changes to a.ipynb?");
    session.send("y");
    session.see("written: a.ipynb");
    session.send("q");
    assert_eq!(session.end(), (0, true));
    let after = std::fs::read_to_string(&path).expect("the notebook");
    assert_eq!(after, NOTEBOOK.replace("asyncio.run(f())", "await f()"));
}

#[test]
fn a_notebook_that_changed_meanwhile_is_not_overwritten() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.ipynb");
    std::fs::write(&path, NOTEBOOK).expect("a notebook");
    let mut session = Session::start(folder.path(), &["tutor", "a.ipynb"]);
    session.see("[1 Situation]");
    let other = NOTEBOOK.replace("import asyncio", "import asyncio, time");
    std::fs::write(&path, &other).expect("another program's change");
    session.send("w");
    session.see("Write these changes");
    session.send("y");
    session.see("not written");
    session.send("q");
    session.see("quit without writing");
    session.send("d");
    assert_eq!(session.end(), (0, true));
    assert_eq!(std::fs::read_to_string(&path).expect("the notebook"), other);
}

#[test]
fn a_new_size_and_another_language_keep_the_place() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("a.ipynb"), NOTEBOOK).expect("a notebook");
    let mut session = Session::start(folder.path(), &["tutor", "a.ipynb"]);
    session.see("[1 Situation]");
    session.send(RIGHT);
    session.see("[2 Mistake]");
    session.resize(40, 140);
    session.see("Cells");
    session.send("L");
    session.see("[2 错误]");
    session.send("q");
    assert_eq!(session.end(), (0, true));
}

#[test]
fn a_file_that_is_no_notebook_is_an_error_on_the_command_line() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("bad.ipynb"), "{\"cells\": [").expect("a file");
    let session = Session::start(folder.path(), &["tutor", "bad.ipynb"]);
    session.see("bad.ipynb");
    assert_eq!(session.end().0, 2);
}
