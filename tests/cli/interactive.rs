//! `fix --interactive` on a pseudo-terminal, as a person would use it.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::support::{folder, notebook};

/// How long an answer may take to come; a machine under load is slow.
const PATIENCE: Duration = Duration::from_secs(30);

const QUESTION: &str = "Apply this fix? [y, n, a, q]";

struct Session {
    // Dropping it would close the terminal.
    _master: Box<dyn MasterPty + Send>,
    input: Box<dyn Write + Send>,
    output: Arc<Mutex<String>>,
    child: Box<dyn Child + Send + Sync>,
    asked: usize,
}

impl Session {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let size = PtySize { rows: 24, cols: 200, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_nbasync"));
        command.args(["fix", "--interactive", "--color", "never"]);
        command.args(arguments);
        command.cwd(folder);
        command.env("LC_ALL", "C.UTF-8");
        command.env("NBASYNC_LANG", "en");
        command.env_remove("NO_COLOR");
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let input = pair.master.take_writer().unwrap();
        let output = Arc::new(Mutex::new(String::new()));
        let seen = Arc::clone(&output);
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                seen.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..read]));
            }
        });
        Self { _master: pair.master, input, output, child, asked: 0 }
    }

    /// Waits for the next question and answers it.
    fn answer(&mut self, text: &str) {
        self.asked += 1;
        self.wait_for(self.asked);
        self.input.write_all(text.as_bytes()).unwrap();
        self.input.flush().unwrap();
    }

    fn wait_for(&self, questions: usize) -> String {
        let start = Instant::now();
        loop {
            let text = self.output.lock().unwrap().clone();
            if text.matches(QUESTION).count() >= questions {
                return text;
            }
            assert!(start.elapsed() < PATIENCE, "no question {questions} in:\n{text}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits for the end: the exit code and what was said.
    fn end(mut self) -> (u32, String) {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                thread::sleep(Duration::from_millis(100));
                return (status.exit_code(), self.output.lock().unwrap().clone());
            }
            let text = self.output.lock().unwrap().clone();
            assert!(start.elapsed() < PATIENCE, "still running:\n{text}");
            thread::sleep(Duration::from_millis(10));
        }
    }
}

const START: &str = "import asyncio\nasync def f(): ...\n";

/// Answers the questions about two notebooks with a cell each for `f()` and `asyncio.run(f())`;
/// the exit code, and which of the four places are repaired.
fn check(answers: &[&str], code: u32, repaired: [bool; 4]) -> String {
    let text = notebook(&[START, "f()", "asyncio.run(f())"]);
    let folder = folder(&[("a.ipynb", &text), ("b.ipynb", &text)]);
    let mut session = Session::start(folder.path(), &["."]);
    answers.iter().for_each(|answer| session.answer(answer));
    let (exit, said) = session.end();
    let found = ["a.ipynb", "b.ipynb"].map(|name| {
        let text = fs::read_to_string(folder.path().join(name)).unwrap();
        [text.contains("\"f()\""), text.contains("asyncio.run")].map(|still| !still)
    });
    assert_eq!((exit, found.concat()), (code, repaired.to_vec()), "{answers:?}\n{said}");
    said
}

#[test]
fn each_fix_is_shown_and_asked_for() {
    let said = check(&["y\n", "n\n", "n\n", "y\n"], 1, [true, false, false, true]);
    let said = said.replace('\r', "");
    assert!(said.contains("a.ipynb:cell 2:1:1: ▲ warning coroutine-never-awaited"), "{said}");
    assert!(
        said.contains("--- a.ipynb:cell 2\n+++ a.ipynb:cell 2\n@@ -1 +1 @@\n-f()\n+await f()\n")
    );
    assert!(said.contains("Applied 2 fixes in 2 of 2 files. Left: 1 error, 1 warning."), "{said}");
}

#[test]
fn all_that_follow_are_applied_and_what_came_before_stays_declined() {
    check(&["n\n", "a\n"], 1, [false, true, true, true]);
    check(&["a\n"], 0, [true; 4]);
}

#[test]
fn whoever_quits_keeps_what_was_agreed_to() {
    check(&["y\n", "q\n"], 1, [true, false, false, false]);
    // The end of input is the same.
    check(&["y\n", "\u{4}"], 1, [true, false, false, false]);
}

#[test]
fn another_answer_brings_the_question_again_with_the_answers() {
    let said = check(&["what\n", "y\n", "y\n", "y\n", "y\n"], 0, [true; 4]);
    assert!(said.contains("y: yes; n: no; a: this one and all that follow"), "{said}");
}

#[test]
fn a_file_that_changed_while_somebody_thought_is_not_overwritten() {
    let text = notebook(&[START, "f()"]);
    let folder = folder(&[("a.ipynb", &text)]);
    let mut session = Session::start(folder.path(), &["a.ipynb"]);
    session.wait_for(1);
    let other = text.replace("import asyncio", "import asyncio, time");
    fs::write(folder.path().join("a.ipynb"), &other).unwrap();
    session.answer("y\n");
    let (exit, said) = session.end();
    assert_eq!(exit, 2, "{said}");
    assert!(said.contains("not written: the file changed on disk since it was read"), "{said}");
    assert!(said.contains("No fix to apply in 1 file. Left: 1 warning."), "{said}");
    assert_eq!(fs::read_to_string(folder.path().join("a.ipynb")).unwrap(), other);
}
