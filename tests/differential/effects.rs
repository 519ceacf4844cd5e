//! What a kernel shows of a fault, and which rules foretell it.

use std::collections::BTreeSet;

use crate::recording::{Answer, Told};

/// Something that a kernel shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// `RuntimeError`: a loop is running already.
    Refused,
    /// The loop waited for itself, until a watchdog's `TimeoutError`.
    Deadlocked,
    /// Any other error of a cell.
    Raised,
    /// "coroutine … was never awaited".
    NeverAwaited,
    /// The loop had no turn for a quarter of a second and more.
    StoodStill,
    /// A task was not done after the last cell, or was destroyed.
    Pending,
    /// "Task exception was never retrieved".
    Unretrieved,
    /// An error ended a thread.
    ThreadError,
    /// "Exception in callback".
    Logged,
}

use Effect::{
    Deadlocked, Logged, NeverAwaited, Pending, Raised, Refused, StoodStill, ThreadError,
    Unretrieved,
};

/// What each rule foretells. A report of a rule counts for a fault that shows one of its effects,
/// and is a false alarm where no kernel shows any of them. A rule with an empty list speaks of what
/// no kernel shows in so small a notebook: it counts for nothing and against nothing.
pub const FORETOLD: &[(&str, &[Effect])] = &[
    ("asyncio-run-in-cell", &[Refused, NeverAwaited]),
    ("run-until-complete-in-cell", &[Refused, NeverAwaited, Raised]),
    ("competing-event-loop", &[Refused, Raised]),
    ("framework-runner-in-cell", &[Refused, Raised, NeverAwaited]),
    ("loop-owning-sync-api", &[Refused, Raised]),
    ("await-in-sync-def", &[Raised]),
    ("await-under-magic", &[Raised]),
    ("needs-newer-python", &[Raised]),
    ("nest-asyncio-by-default", &[]),
    ("inline-async-helper", &[]),
    ("coroutine-never-awaited", &[NeverAwaited, Raised, ThreadError]),
    ("dropped-task", &[Pending, Unretrieved]),
    ("task-never-collected", &[Pending, Unretrieved]),
    ("cancellation-swallowed", &[]),
    ("gather-needs-unpacking", &[Raised, NeverAwaited]),
    ("wait-needs-tasks", &[Raised, NeverAwaited]),
    ("async-protocol-needs-async", &[Raised, NeverAwaited]),
    ("blocking-call-in-async", &[StoodStill, Deadlocked]),
    ("cpu-bound-in-async", &[StoodStill]),
    ("sequential-awaits", &[]),
    ("unbounded-fan-out", &[]),
    ("async-resource-across-cells", &[Raised]),
    ("await-needs-awaitable", &[Raised, NeverAwaited]),
    ("call-where-a-function-belongs", &[Raised, ThreadError, Logged]),
    ("async-function-handed-over", &[NeverAwaited, Raised, ThreadError, Logged]),
    ("loop-waits-for-itself", &[Deadlocked, StoodStill]),
    ("result-before-it-is-there", &[Raised, NeverAwaited, ThreadError]),
    ("awaited-twice", &[Raised]),
    ("shared-between-loops", &[Raised, ThreadError]),
    ("handler-cannot-catch", &[Raised]),
    ("removed-from-asyncio", &[Raised, NeverAwaited]),
    ("left-open", &[]),
];

/// What a rule foretells; nothing for what is no rule.
pub fn foretold(rule: &str) -> &'static [Effect] {
    FORETOLD.iter().find(|(name, _)| *name == rule).map_or(&[], |(_, effects)| effects)
}

impl Effect {
    /// The name that recordings use.
    pub fn named(name: &str) -> Self {
        match name {
            "refused" => Refused,
            "deadlocked" => Deadlocked,
            "raised" => Raised,
            "never-awaited" => NeverAwaited,
            "stood-still" => StoodStill,
            "pending" => Pending,
            "unretrieved" => Unretrieved,
            "thread-error" => ThreadError,
            "logged" => Logged,
            other => panic!("no effect is called {other}"),
        }
    }
}

/// How the loop's owners say that a loop is running already.
///
/// Source: asyncio's `runners` and `base_events`, and anyio's back end, as seen in the kernels.
const REFUSALS: [&str; 4] = [
    "cannot be called from a running event loop",
    "This event loop is already running",
    "Cannot run the event loop while another loop is running",
    "Already running asyncio in this thread",
];

/// Everything that a kernel showed of a notebook.
pub fn shown(answer: &Answer) -> BTreeSet<Effect> {
    let mut effects: BTreeSet<Effect> = answer.cells.values().flat_map(of_cell).collect();
    effects.extend(told(&answer.late));
    effects.extend(told(&answer.rest));
    if !answer.pending.is_empty() {
        effects.insert(Pending);
    }
    effects
}

fn of_cell(cell: &Told) -> Vec<Effect> {
    let mut effects = told(cell);
    match cell.error.as_deref() {
        None => {}
        Some("TimeoutError") if cell.still => effects.push(Deadlocked),
        Some(_) if REFUSALS.iter().any(|words| cell.message.contains(words)) => {
            effects.push(Refused);
        }
        Some(_) => effects.push(Raised),
    }
    effects
}

fn told(part: &Told) -> Vec<Effect> {
    let logged = |word: &str| part.logged.iter().any(|it| it == word);
    let seen = [
        (!part.lost.is_empty(), NeverAwaited),
        (!part.threads.is_empty(), ThreadError),
        (logged("unretrieved"), Unretrieved),
        (logged("callback"), Logged),
        (logged("destroyed"), Pending),
        (part.still || part.hangs, StoodStill),
    ];
    seen.into_iter().filter(|(is, _)| *is).map(|(_, effect)| effect).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(answer: &str) -> Vec<Effect> {
        shown(&serde_json::from_str(answer).unwrap()).into_iter().collect()
    }

    #[test]
    fn nothing_told_is_nothing_shown() {
        assert_eq!(of("{}"), []);
    }

    #[test]
    fn an_error_is_a_refusal_by_its_words() {
        let refused = r#"{"cells":{"1":{"error":"RuntimeError",
            "message":"asyncio.run() cannot be called from a running event loop"}}}"#;
        assert_eq!(of(refused), [Refused]);
        let other = r#"{"cells":{"1":{"error":"RuntimeError","message":"no"}}}"#;
        assert_eq!(of(other), [Raised]);
    }

    #[test]
    fn a_watchdog_tells_of_a_deadlock_only_where_the_loop_stood_still() {
        let still = r#"{"cells":{"0":{"error":"TimeoutError","still":true}}}"#;
        assert_eq!(of(still), [Deadlocked, StoodStill]);
        assert_eq!(of(r#"{"cells":{"0":{"error":"TimeoutError"}}}"#), [Raised]);
    }

    #[test]
    fn what_comes_to_light_at_the_end_counts() {
        let late = r#"{"rest":{"lost":["fetch"],"logged":["unretrieved"]},"pending":["work"]}"#;
        assert_eq!(of(late), [NeverAwaited, Pending, Unretrieved]);
    }
}
