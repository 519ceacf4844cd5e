//! The program on a pseudo-terminal, as a person would drive it.
#![allow(dead_code, reason = "not every test needs everything")]

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long a screen may take to come: longer than the program itself waits for a kernel, so that
/// what it says then is seen.
const PATIENCE: Duration = Duration::from_secs(120);

/// A notebook of code cells with these sources.
pub fn notebook(cells: &[&str]) -> String {
    let cell = |(at, source): (usize, &&str)| {
        serde_json::json!({"cell_type": "code", "id": format!("c{at}"), "metadata": {},
            "outputs": [], "execution_count": null, "source": source})
    };
    let cells: Vec<_> = cells.iter().enumerate().map(cell).collect();
    let whole =
        serde_json::json!({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5});
    serde_json::to_string_pretty(&whole).expect("JSON")
}

fn cells(number: u16) -> std::num::NonZero<u16> {
    std::num::NonZero::new(number).expect("a size")
}

/// The program on its terminal.
pub struct Session {
    master: Box<dyn MasterPty + Send>,
    input: Box<dyn Write + Send>,
    screen: Arc<Mutex<vt100::Parser>>,
    child: Box<dyn Child + Send + Sync>,
    /// Everything that was written, and how much of it was heard.
    written: Arc<Mutex<Vec<u8>>>,
    heard: usize,
}

impl Session {
    pub fn start(folder: &Path, arguments: &[&str]) -> Self {
        Self::start_with(folder, arguments, &[])
    }

    /// Starts the program with some variables of its own and, where `variables` is not empty,
    /// without those that name Pythons.
    pub fn start_with(folder: &Path, arguments: &[&str], variables: &[(&str, &OsStr)]) -> Self {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_nbasync"));
        command.args(arguments);
        command.cwd(folder);
        command.env("TERM", "xterm-256color");
        command.env("LC_ALL", "C.UTF-8");
        command.env("NBASYNC_LANG", "en");
        command.env("XDG_STATE_HOME", folder.join("state"));
        for name in ["DISPLAY", "WAYLAND_DISPLAY", "NO_COLOR", "TMUX", "STY", "VISUAL", "EDITOR"] {
            command.env_remove(name);
        }
        if !variables.is_empty() {
            for name in ["VIRTUAL_ENV", "CONDA_PREFIX", "PYENV_ROOT", "JUPYTER_DATA_DIR"] {
                command.env_remove(name);
            }
        }
        for (name, value) in variables {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).expect("the program");
        let mut output = pair.master.try_clone_reader().expect("its output");
        let input = pair.master.take_writer().expect("its input");
        let screen = Arc::new(Mutex::new(vt100::Parser::new(cells(24), cells(80), 0)));
        let seen = Arc::clone(&screen);
        let written = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&written);
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = output.read(&mut buffer) {
                all.lock().expect("the output").extend_from_slice(&buffer[..read]);
                seen.lock().expect("the screen").process(&buffer[..read]);
            }
        });
        Self { master: pair.master, input, screen, child, written, heard: 0 }
    }

    pub fn text(&self) -> String {
        self.screen.lock().expect("the screen").screen().contents()
    }

    /// Whether words were written at any time, seen or not.
    pub fn has_heard(&self, what: &str) -> bool {
        let bytes = self.written.lock().expect("the output");
        String::from_utf8_lossy(&bytes).contains(what)
    }

    pub fn wait(&self, what: &str, done: impl Fn(&str) -> bool) -> String {
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

    pub fn see(&self, what: &str) -> String {
        self.wait(what, |text| text.contains(what))
    }

    /// Waits for words after those that were heard before, wherever they have scrolled to.
    pub fn hear(&mut self, what: &str) {
        let start = Instant::now();
        loop {
            let bytes = self.written.lock().expect("the output").clone();
            let rest = String::from_utf8_lossy(&bytes[self.heard..]).into_owned();
            if let Some(at) = rest.find(what) {
                self.heard += at + what.len();
                return;
            }
            assert!(start.elapsed() < PATIENCE, "not heard: {what} in:\n{rest}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Everything that was written so far.
    pub fn drawn(&self) -> String {
        let bytes = self.written.lock().expect("the output");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Waits until nothing more is written for a moment.
    pub fn settle(&self) {
        let length = || self.written.lock().expect("the output").len();
        loop {
            let before = length();
            thread::sleep(Duration::from_millis(60));
            if length() == before {
                return;
            }
        }
    }

    /// The text that the program put on the terminal's clipboard last (OSC 52).
    pub fn copied(&self) -> Option<String> {
        let bytes = self.written.lock().expect("the output").clone();
        let all = String::from_utf8_lossy(&bytes).into_owned();
        let (_, last) = all.rsplit_once("\u{1b}]52;c;")?;
        let bytes = STANDARD.decode(last.split('\u{7}').next()?).ok()?;
        String::from_utf8(bytes).ok()
    }

    pub fn send(&mut self, keys: &str) {
        self.input.write_all(keys.as_bytes()).expect("a key");
        self.input.flush().expect("a key");
    }

    pub fn paste(&mut self, text: &str) {
        self.send(&format!("\u{1b}[200~{text}\u{1b}[201~"));
    }

    /// Gives the terminal another size.
    pub fn resize(&self, rows: u16, columns: u16) {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.screen.lock().expect("the screen").screen_mut().set_size(cells(rows), cells(columns));
        self.master.resize(size).expect("a new size");
    }

    /// Sends a signal to the program.
    #[cfg(unix)]
    pub fn signal(&self, signal: rustix::process::Signal) {
        let id = self.child.process_id().and_then(|id| i32::try_from(id).ok());
        let id = id.and_then(rustix::process::Pid::from_raw).expect("a process");
        rustix::process::kill_process(id, signal).expect("a signal");
    }

    /// Waits for the end; the exit code, and whether the terminal was given back.
    pub fn end(mut self) -> (u32, bool) {
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
