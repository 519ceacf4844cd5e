//! A hand on a kernel's process beside the thread that drives it, which may be waiting for it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::group;

/// The process, while there is one, and whether somebody has ended it.
#[derive(Debug, Default)]
pub struct Grip(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    process: Option<u32>,
    is_ended: bool,
}

impl Grip {
    /// Takes hold of a process that was started; one that comes too late ends at once.
    pub fn hold(&self, process: u32) {
        let mut state = self.state();
        state.process = Some(process);
        if state.is_ended {
            group::kill(process);
        }
    }

    /// The process is gone: its number may be another one's soon.
    pub fn release(&self) {
        self.state().process = None;
    }

    /// Kills the process with all that it has started.
    pub fn end(&self) {
        let mut state = self.state();
        state.is_ended = true;
        state.process.into_iter().for_each(group::kill);
    }

    /// Whether somebody has ended it.
    pub fn is_ended(&self) -> bool {
        self.state().is_ended
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
