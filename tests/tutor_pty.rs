//! Drives the real program on a pseudo-terminal, as a person would.
#![cfg(unix)]

#[path = "common/terminal.rs"]
mod terminal;

use rustix::process::Signal;
use terminal::{Session, notebook};

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
    session.see("[1 Answer]");
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
    session.see("[1 Answer]");
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
    session.see("[1 Answer]");
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
    session.see("[1 Answer]");
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

/// What terminals send at the end of a pasted line.
const ENDS: [&str; 3] = ["\r", "\n", "\r\n"];

#[test]
fn pasted_lines_are_lines_whatever_the_terminal_ends_them_with() {
    for end in ENDS {
        let folder = tempfile::tempdir().expect("a folder");
        let mut session = Session::start(folder.path(), &["tutor"]);
        session.see("Paste a cell or a traceback");
        session.paste(&CELL.replace('\n', end));
        let shown = session.see("[1 Answer]");
        assert!(shown.contains(" 6  result = asyncio.run(main())"), "{end:?}\n{shown}");
        assert!(!shown.contains('␍'), "{end:?}\n{shown}");
        session.send("e");
        session.see("Ctrl-S");
        session.paste(&"async def g():\n    return 2\n".replace('\n', end));
        let edited = session.see("return 2");
        let alone = |row: &str| row.contains("async def g():") && !row.contains("return");
        assert!(edited.lines().any(alone) && !edited.contains('␍'), "{end:?}\n{edited}");
        session.send("\u{1b}");
        session.see("→ next");
        session.send("/");
        session.see("Look up");
        session.paste(&"nest_asyncio\nand more".replace('\n', end));
        let found = session.see("only the first line");
        assert!(found.contains("nest_asyncio") && !found.contains("and more"), "{end:?}\n{found}");
        session.send("\u{1b}");
        session.wait("the walk", |text| !text.contains("Look up"));
        session.send("q");
        session.see("quit without writing");
        session.send("d");
        assert_eq!(session.end(), (0, true));
    }
}

#[test]
fn what_is_no_line_end_in_python_is_none_in_a_paste() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut session = Session::start(folder.path(), &["tutor"]);
    session.see("Paste a cell or a traceback");
    session.paste("a = 1\rb = 2\u{B}\u{2028}\rprint('10%\r20%\n30%')");
    let shown = session.see("[1 Answer]");
    assert!(shown.contains(" 2  b = 2␋‹U+2028›"), "{shown}");
    for (number, line) in [(1, "a = 1"), (3, "print('10%"), (4, "20%"), (5, "30%')")] {
        assert!(shown.contains(&format!(" {number}  {line} ")), "{shown}");
    }
    session.send("q");
    assert_eq!(session.end(), (0, true));
}

#[test]
fn a_paste_that_comes_as_keys_is_a_paste_and_no_commands() {
    // Taken as keys it would open the sample, ask, write, quit.
    let long: String = (0..400).map(|number| format!("swy{number} = quit('w')\n")).collect();
    for end in ENDS {
        for cell in [CELL.to_owned(), format!("{CELL}{long}")] {
            let folder = tempfile::tempdir().expect("a folder");
            let mut session = Session::start(folder.path(), &["tutor"]);
            session.see("Paste a cell or a traceback");
            session.send(&cell.replace('\n', end));
            let shown = session.see("[1 Answer]");
            assert!(shown.contains("result = asyncio.run(main())"), "{end:?}\n{shown}");
            session.send("e");
            session.see("Ctrl-S");
            session.send(&"if a:\n    b = 1\n    c = 2222\n".replace('\n', end));
            let edited = session.see("c = 2222");
            assert!(!edited.contains("          c = 2222"), "{end:?}\n{edited}");
            session.send("\u{1b}");
            session.see("→ next");
            session.send("q");
            session.see("quit without writing");
            session.send("d");
            assert_eq!(session.end(), (0, true));
        }
    }
}

#[test]
fn no_leaves_the_cell_alone_and_the_problems_that_are_left_are_found() {
    let two = "import asyncio\na = asyncio.run(f())\nb = asyncio.run(g())";
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.ipynb");
    std::fs::write(&path, notebook(&[two, "x = 1"])).expect("a notebook");
    let mut session = Session::start(folder.path(), &["tutor", "a.ipynb"]);
    session.see("[1 Answer]");
    session.send("w");
    session.see("Write these changes");
    session.send("n");
    let kept = session.wait("the cell", |text| !text.contains("Write these changes"));
    assert!(kept.contains("a = asyncio.run(f())") && !kept.contains("a.ipynb*"), "{kept}");
    session.send("w");
    session.see("Write these changes");
    session.send("y");
    session.see("written: a.ipynb");
    session.send("n");
    let next = session.see("the only problem left");
    assert!(next.contains("b = asyncio.run(g())"), "{next}");
    session.send("w");
    session.see("Write these changes");
    session.send("y");
    session.see("written: a.ipynb");
    session.send("n");
    session.see("no further problem");
    session.send("q");
    assert_eq!(session.end(), (0, true));
    let repaired = "import asyncio\na = await f()\nb = await g()";
    let after = std::fs::read_to_string(&path).expect("the notebook");
    assert_eq!(after, notebook(&[repaired, "x = 1"]));
}

#[test]
fn the_clipboard_gets_what_the_screen_shows_and_is_told_so() {
    let cell = "import asyncio\nname = '\u{1b}]52;c;eA==\u{7}\u{202E}\u{200B}\u{9B}\u{E0041}'\n\
                if name:\n\tx = '中👨‍👩‍👧e\u{301}'\nasyncio.run(f())";
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("a.ipynb"), notebook(&[cell])).expect("a notebook");
    let mut session = Session::start(folder.path(), &["tutor", "a.ipynb"]);
    session.see("[1 Answer]");
    session.send("y");
    session.see("6 characters that act or hide");
    let copied = session.copied().expect("a text on the clipboard");
    let marks = "'␛]52;c;eA==␇‹U+202E›‹U+200B›‹U+009B›‹U+E0041›'\nif name:\n\tx";
    assert!(copied.contains(marks), "{copied:?}");
    assert!(copied.contains("'中👨‍👩‍👧e\u{301}'"), "{copied:?}");
    session.send("q");
    assert_eq!(session.end(), (0, true));
}

/// How the program ends while something is unsaved.
const ENDINGS: [Signal; 5] = [
    Signal::TERM,
    // This is also what comes when the window is closed.
    Signal::HUP,
    Signal::INT,
    Signal::QUIT,
    Signal::KILL,
];

#[test]
fn what_is_unsaved_outlives_every_end_and_is_offered_the_next_time() {
    for ending in ENDINGS {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.ipynb");
        std::fs::write(&path, NOTEBOOK).expect("a notebook");
        let mut session = Session::start(folder.path(), &["tutor", "a.ipynb"]);
        session.see("[1 Answer]");
        session.send("e");
        session.see("Ctrl-S");
        session.send("mine = 1\r");
        session.see("mine = 1");
        // A kill gives no time to write down what was typed just now.
        let drafts = folder.path().join("state/nbasync/drafts");
        session.wait("a draft", |_| {
            let entries = std::fs::read_dir(&drafts).into_iter().flatten().flatten();
            let mut texts = entries.filter_map(|entry| std::fs::read_to_string(entry.path()).ok());
            texts.any(|text| text.contains("mine = 1\\n"))
        });
        session.signal(ending);
        session.end();
        assert_eq!(std::fs::read_to_string(&path).expect("the notebook"), NOTEBOOK, "{ending:?}");
        let mut session = Session::start(folder.path(), &["tutor", "a.ipynb"]);
        let asked = session.see("Changes of last time");
        assert!(asked.contains("mine = 1"), "{ending:?}\n{asked}");
        session.send("y");
        session.see("taken up");
        session.send("q");
        session.see("write and quit");
        session.send("w");
        assert_eq!(session.end(), (0, true));
        let after = std::fs::read_to_string(&path).expect("the notebook");
        assert!(after.contains("mine = 1"), "{ending:?}\n{after}");
        assert_eq!(std::fs::read_dir(&drafts).expect("drafts").count(), 0, "{ending:?}");
    }
}
