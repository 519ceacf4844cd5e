//! Drives the real program on a pseudo-terminal, as a person would.
#![cfg(unix)]

use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long a screen may take to come; a machine under load is slow.
const PATIENCE: Duration = Duration::from_secs(30);

fn cells(number: u16) -> std::num::NonZero<u16> {
    std::num::NonZero::new(number).expect("a size")
}

/// The program on its terminal.
struct Session {
    master: Box<dyn MasterPty + Send>,
    input: Box<dyn Write + Send>,
    screen: Arc<Mutex<vt100::Parser>>,
    child: Box<dyn Child + Send + Sync>,
}

impl Session {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_nbasync"));
        command.args(arguments);
        command.cwd(folder);
        command.env("TERM", "xterm-256color");
        command.env("LC_ALL", "C.UTF-8");
        command.env("NBASYNC_LANG", "en");
        for name in ["DISPLAY", "WAYLAND_DISPLAY", "NO_COLOR", "TMUX", "STY"] {
            command.env_remove(name);
        }
        let child = pair.slave.spawn_command(command).expect("the program");
        let mut output = pair.master.try_clone_reader().expect("its output");
        let input = pair.master.take_writer().expect("its input");
        let screen = Arc::new(Mutex::new(vt100::Parser::new(cells(24), cells(80), 0)));
        let seen = Arc::clone(&screen);
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = output.read(&mut buffer) {
                seen.lock().expect("the screen").process(&buffer[..read]);
            }
        });
        Self { master: pair.master, input, screen, child }
    }

    fn text(&self) -> String {
        self.screen.lock().expect("the screen").screen().contents()
    }

    fn wait(&self, what: &str, done: impl Fn(&str) -> bool) -> String {
        let start = Instant::now();
        loop {
            let text = self.text();
            if done(&text) {
                return text;
            }
            assert!(start.elapsed() < PATIENCE, "no {what} on:\n{text}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn see(&self, what: &str) -> String {
        self.wait(what, |text| text.contains(what))
    }

    fn send(&mut self, keys: &str) {
        self.input.write_all(keys.as_bytes()).expect("a key");
        self.input.flush().expect("a key");
    }

    fn paste(&mut self, text: &str) {
        self.send(&format!("\u{1b}[200~{text}\u{1b}[201~"));
    }

    /// Waits for the end; the exit code, and whether the terminal was given back.
    fn end(mut self) -> (u32, bool) {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("the program") {
                thread::sleep(Duration::from_millis(100));
                let screen = self.screen.lock().expect("the screen");
                let screen = screen.screen();
                let back = !screen.alternate_screen() && !screen.bracketed_paste();
                return (status.exit_code(), back && !screen.hide_cursor());
            }
            assert!(start.elapsed() < PATIENCE, "still running:\n{}", self.text());
            thread::sleep(Duration::from_millis(20));
        }
    }
}

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
    session.see("[5 Apply]");
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
    let size = PtySize { rows: 40, cols: 140, pixel_width: 0, pixel_height: 0 };
    session.screen.lock().expect("the screen").screen_mut().set_size(cells(40), cells(140));
    session.master.resize(size).expect("a new size");
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
