//! A cell while it runs: how far it is, and how it ended.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::transcript::{CellRun, Status};

/// How far a cell is.
pub(super) struct Running {
    /// When it has to be over.
    pub deadline: Instant,
    pub is_overdue: bool,
    pub is_interrupted: bool,
    pub wake: Option<Instant>,
    pub replied: Option<Instant>,
}

/// Waits until then; for ever where there is no then.
pub(super) async fn at(then: Option<Instant>) {
    match then {
        Some(then) => sleep_until(then).await,
        None => std::future::pending().await,
    }
}

pub(super) fn status_of(run: &CellRun, running: &Running, dead: Option<Status>) -> Status {
    const INTERRUPTS: [&str; 2] = ["KeyboardInterrupt", "CancelledError"];
    let is_interrupt =
        run.error.as_ref().is_some_and(|error| INTERRUPTS.contains(&error.name.as_str()));
    let status = match run.error {
        _ if running.is_overdue => Status::TimedOut,
        Some(_) if running.is_interrupted && is_interrupt => Status::Interrupted,
        Some(_) => Status::Error,
        None => Status::Ok,
    };
    dead.unwrap_or(status)
}

pub(super) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
