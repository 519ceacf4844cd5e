//! Lets another program read the terminal: the thread that reads it waits meanwhile.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long the reading thread looks at the terminal before it asks whether it is to wait.
pub const LOOK: Duration = Duration::from_millis(200);

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct State {
    /// Somebody else wants the terminal.
    wanted: bool,
    /// The reading thread waits.
    waits: bool,
}

/// What the reading thread and whoever lends the terminal have in common.
#[derive(Debug, Default, Clone)]
pub struct Gate(Arc<(Mutex<State>, Condvar)>);

impl Gate {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits while somebody else has the terminal.
    pub fn pass(&self) {
        let mut state = self.state();
        while state.wanted {
            state.waits = true;
            self.0.1.notify_all();
            state = self.0.1.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.waits = false;
    }

    /// Runs something while nobody else reads the terminal.
    pub fn closed<T>(&self, run: impl FnOnce() -> T) -> T {
        let mut state = self.state();
        state.wanted = true;
        while !state.waits {
            state = self.0.1.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        drop(state);
        let out = run();
        self.state().wanted = false;
        self.0.1.notify_all();
        out
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn nobody_passes_a_closed_gate_and_everybody_passes_again() {
        let gate = Gate::default();
        let (stop, reads) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let reader = std::thread::spawn({
            let (gate, stop, reads) = (gate.clone(), Arc::clone(&stop), Arc::clone(&reads));
            move || {
                while !stop.load(Ordering::SeqCst) {
                    gate.pass();
                    reads.store(true, Ordering::SeqCst);
                    std::thread::yield_now();
                }
            }
        });
        for _ in 0..100 {
            gate.closed(|| {
                reads.store(false, Ordering::SeqCst);
                (0..100).for_each(|_| std::thread::yield_now());
                assert!(!reads.load(Ordering::SeqCst), "read through a closed gate");
            });
        }
        stop.store(true, Ordering::SeqCst);
        assert!(reader.join().is_ok());
    }
}
