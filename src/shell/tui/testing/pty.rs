//! The whole front end in a pseudo-terminal: this test program runs its own demo there.

use std::io::{Read, Write};
use std::num::NonZero;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// What a terminal gets when the program gives it back.
const LEFT: &str = "\u{1b}[?25h\u{1b}[?1049l";

/// How long a screen may take to come, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(20);

struct Session {
    screen: Arc<Mutex<vt100::Parser>>,
    raw: Arc<Mutex<Vec<u8>>>,
    keys: Box<dyn Write + Send>,
    terminal: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
}

impl Session {
    fn start() -> Self {
        let size = PtySize { rows: 24, cols: 80, ..PtySize::default() };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
        command.args(["look_at_it", "--ignored", "--nocapture"]);
        command.env("TERM", "xterm");
        command.env("RUST_BACKTRACE", "0");
        command.env_remove("COLORTERM");
        let child = pair.slave.spawn_command(command).unwrap();
        let screen = Arc::new(Mutex::new(vt100::Parser::new(some(24), some(80), 0)));
        let raw = Arc::new(Mutex::new(Vec::new()));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (shown, bytes) = (Arc::clone(&screen), Arc::clone(&raw));
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                shown.lock().unwrap().process(&buffer[..count]);
                bytes.lock().unwrap().extend_from_slice(&buffer[..count]);
            }
        });
        let keys = pair.master.take_writer().unwrap();
        let session = Self { screen, raw, keys, terminal: pair.master, child };
        session.wait_for("Skill in use");
        session
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    fn contents(&self) -> String {
        self.screen.lock().unwrap().screen().contents()
    }

    fn raw(&self) -> String {
        String::from_utf8_lossy(&self.raw.lock().unwrap()).into_owned()
    }

    fn wait_for(&self, text: &str) {
        self.wait_until(text, |contents| contents.contains(text));
    }

    fn wait_until(&self, what: &str, done: impl Fn(&str) -> bool) {
        let start = Instant::now();
        while !done(&self.contents()) {
            assert!(start.elapsed() < PATIENCE, "no {what:?} in\n{}", self.contents());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn signal(&self, name: &str) {
        let id = self.child.process_id().unwrap().to_string();
        std::process::Command::new("kill").args(["-s", name, &id]).status().unwrap();
    }

    /// Waits for the end and checks that the terminal was given back.
    fn exit_code(&mut self) -> u32 {
        let code = self.child.wait().unwrap().exit_code();
        let start = Instant::now();
        while !self.raw().contains(LEFT) {
            assert!(start.elapsed() < PATIENCE, "the terminal was kept: {:?}", self.raw());
            std::thread::sleep(Duration::from_millis(10));
        }
        code
    }
}

fn some(number: u16) -> NonZero<u16> {
    NonZero::new(number).unwrap()
}

#[test]
fn quitting_gives_the_terminal_back() {
    let mut session = Session::start();
    session.press("q");
    assert_eq!(session.exit_code(), 0);
}

#[test]
fn an_ending_signal_gives_the_terminal_back_and_names_itself() {
    for (name, code) in [("TERM", 143), ("HUP", 129), ("INT", 130)] {
        let mut session = Session::start();
        session.signal(name);
        assert_eq!(session.exit_code(), code, "{name}");
    }
}

#[test]
fn a_panic_is_reported_on_a_terminal_that_was_given_back() {
    let mut session = Session::start();
    session.press("P");
    assert_eq!(session.exit_code(), 101);
    session.wait_for("a panic that nobody catches");
    let raw = session.raw();
    assert!(raw.find(LEFT) < raw.find("a panic that nobody catches"));
}

#[test]
fn a_panic_that_is_caught_leaves_the_screen_alone() {
    let mut session = Session::start();
    session.press("p");
    session.wait_for("caught: true");
    assert!(!session.raw().contains("never seen"));
    assert!(!session.raw().contains(LEFT));
    session.press("q");
    assert_eq!(session.exit_code(), 0);
}

#[test]
fn a_long_paste_arrives_whole_and_the_next_key_is_heard() {
    let mut session = Session::start();
    let text = "x = 1  # 中文\n".repeat(400);
    session.press(&format!("\u{1b}[200~{text}\u{1b}[201~"));
    session.wait_for(&format!("pasted {} characters", text.chars().count()));
    session.press("e");
    // What comes together is one paste.
    session.wait_until("editor", |_| !session.screen.lock().unwrap().screen().hide_cursor());
    session.press(&text.replace('\n', "\r"));
    let count = text.chars().count() + super::views::SOURCE.chars().count();
    session.wait_for(&format!("edited: {count} characters"));
    session.press("\u{1b}");
    session.wait_until("end of editing", |contents| !contents.contains("edited"));
    session.press("L");
    session.wait_for("1 情形");
    session.press("q");
    assert_eq!(session.exit_code(), 0);
}

#[test]
fn a_new_size_is_drawn_anew() {
    let mut session = Session::start();
    let size = PtySize { rows: 40, cols: 150, ..PtySize::default() };
    session.screen.lock().unwrap().screen_mut().set_size(some(40), some(150));
    session.terminal.resize(size).unwrap();
    session.wait_for("Cells");
    session.press("q");
    assert_eq!(session.exit_code(), 0);
}

#[test]
fn a_program_that_no_shell_looks_after_does_not_stop() {
    let mut session = Session::start();
    session.press("\u{1a}");
    session.press("L");
    session.wait_for("1 情形");
    session.press("q");
    assert_eq!(session.exit_code(), 0);
}
