//! How far long work is: a bar on stderr, where that is a terminal.

use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Files from which on a bar is worth its line.
const MANY: usize = 20;

/// Work that is done before this is not told of, and afterwards not more often.
const PAUSE: Duration = Duration::from_millis(200);

/// Marks of the whole bar.
const WIDTH: usize = 30;

/// A bar that goes away with this value.
#[derive(Debug)]
pub struct Progress {
    all: usize,
    state: Option<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    done: usize,
    told: Instant,
    is_shown: bool,
}

impl Progress {
    /// Work on so many files.
    pub fn of(all: usize) -> Self {
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let is_worth = all >= MANY && io::stderr().is_terminal() && !is_dumb;
        let state = State { done: 0, told: Instant::now(), is_shown: false };
        Self { all, state: is_worth.then(|| Mutex::new(state)) }
    }

    /// One more is done.
    pub fn tick(&self) {
        let Some(Ok(mut state)) = self.state.as_ref().map(Mutex::lock) else { return };
        state.done += 1;
        if state.told.elapsed() >= PAUSE {
            (state.told, state.is_shown) = (Instant::now(), true);
            show(&format!("\r{}", bar(state.done, self.all)));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        let shown = self.state.as_ref().and_then(|state| state.lock().ok());
        if shown.is_some_and(|state| state.is_shown) {
            show("\r\u{1b}[K");
        }
    }
}

/// A bar that cannot be shown has nowhere to say so.
fn show(text: &str) {
    let mut out = io::stderr().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// `[#####.....] 12/24`, in signs that every terminal has.
fn bar(done: usize, all: usize) -> String {
    let marks = (done * WIDTH).checked_div(all).unwrap_or(WIDTH).min(WIDTH);
    format!("[{}{}] {done}/{all}", "#".repeat(marks), ".".repeat(WIDTH - marks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_full_as_the_work_is_done() {
        assert_eq!(bar(0, 20), format!("[{}] 0/20", ".".repeat(30)));
        assert_eq!(bar(10, 20), format!("[{}{}] 10/20", "#".repeat(15), ".".repeat(15)));
        assert_eq!(bar(20, 20), format!("[{}] 20/20", "#".repeat(30)));
        assert_eq!(bar(0, 0), format!("[{}] 0/0", "#".repeat(30)));
    }
}
