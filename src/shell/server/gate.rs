//! What the thread that reads messages tells the one that works on them, past the queue: that an
//! answer is not wanted any more.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::execution::Stop;

/// Requests that were cancelled and not met yet, at most; a client that cancels what it never
/// asked for shall not fill the memory.
const MOST: usize = 4096;

/// Notifications after which a review of the text before is not wanted.
const CHANGES: [&str; 4] = [
    "notebookDocument/didChange",
    "notebookDocument/didClose",
    "textDocument/didChange",
    "textDocument/didClose",
];

/// Shared by both threads.
#[derive(Debug, Default)]
pub struct Gate(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The review that is being made, and the request that waits for it.
    work: Option<(Stop, Option<String>)>,
    /// The bar that shows it.
    bar: Option<Value>,
    /// Whether the reader stopped it there.
    is_put_off: bool,
    cancelled: HashSet<String>,
}

impl Gate {
    /// A message has come in.
    pub fn pass(&self, message: &Value) {
        let method = message.get("method").and_then(Value::as_str).unwrap_or_default();
        let mut state = self.state();
        if method == "$/cancelRequest" {
            let id = message.pointer("/params/id").map(Value::to_string).unwrap_or_default();
            if let Some((stop, request)) = &state.work
                && request.as_ref() == Some(&id)
            {
                stop.now();
            }
            if state.cancelled.len() < MOST {
                state.cancelled.insert(id);
            }
        } else if method == "window/workDoneProgress/cancel" {
            let is_it =
                state.bar.is_some() && message.pointer("/params/token") == state.bar.as_ref();
            if let (true, Some((stop, _))) = (is_it, &state.work) {
                stop.now();
                state.is_put_off = true;
            }
        } else if CHANGES.contains(&method)
            && let Some((stop, None)) = &state.work
        {
            stop.now();
        }
    }

    /// A review begins, for a request or for nobody in particular.
    pub fn begin(&self, request: Option<&Value>) -> Stop {
        let stop = Stop::default();
        let mut state = self.state();
        let request = request.map(Value::to_string);
        if request.as_ref().is_some_and(|id| state.cancelled.contains(id)) {
            stop.now();
        }
        state.work = Some((stop.clone(), request));
        stop
    }

    /// A bar shows the review.
    pub fn show(&self, bar: &Value) {
        self.state().bar = Some(bar.clone());
    }

    /// The review has ended. Tells whether the reader wanted that.
    pub fn end(&self) -> bool {
        let mut state = self.state();
        (state.work, state.bar) = (None, None);
        std::mem::take(&mut state.is_put_off)
    }

    /// Whether somebody cancelled this request; asked once.
    pub fn is_cancelled(&self, request: &Value) -> bool {
        self.state().cancelled.remove(&request.to_string())
    }

    /// There is nothing in the queue: what is cancelled now was answered before.
    pub fn forget(&self) {
        self.state().cancelled.clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn cancel(id: &Value) -> Value {
        json!({"method": "$/cancelRequest", "params": {"id": id}})
    }

    #[test]
    fn a_change_stops_a_review_that_no_request_waits_for() {
        let gate = Gate::default();
        let change = json!({"method": "textDocument/didChange"});
        let idle = gate.begin(None);
        gate.pass(&json!({"method": "textDocument/hover", "id": 1}));
        assert!(!idle.is_wanted());
        gate.pass(&change);
        assert!(idle.is_wanted());
        let asked = gate.begin(Some(&json!(1)));
        gate.pass(&change);
        assert!(!asked.is_wanted());
    }

    #[test]
    fn a_request_is_cancelled_by_its_own_id_alone() {
        let gate = Gate::default();
        let asked = gate.begin(Some(&json!("a")));
        gate.pass(&cancel(&json!(1)));
        assert!(!asked.is_wanted());
        gate.pass(&cancel(&json!("a")));
        assert!(asked.is_wanted());
        assert!(gate.is_cancelled(&json!("a")) && !gate.is_cancelled(&json!("a")));
        assert!(gate.begin(Some(&json!(1))).is_wanted(), "it was cancelled before it began");
    }

    #[test]
    fn cancelling_what_was_never_asked_fills_nothing() {
        let gate = Gate::default();
        (0..10 * MOST).for_each(|id| gate.pass(&cancel(&json!(id))));
        assert!(gate.state().cancelled.len() <= MOST);
        gate.forget();
        assert!(!gate.is_cancelled(&json!(1)));
    }
}
