//! What went before decides: a task that was waited for, a block that has ended, a variable that
//! another cell set, a socket that was never told not to block.

use super::super::events::found;
use crate::diagnostic::{Diagnostic, Severity};
use crate::execution::{Event, EventKind, Run};

/// What there is to say of an event that an earlier one decides.
pub(super) fn lasting(run: &Run, event: &Event) -> Option<Diagnostic> {
    match event.kind {
        EventKind::ExitInTask { .. } => exits(run, event),
        EventKind::WaitsForFrontEnd => front_end(run, event),
        _ => None,
    }
}

fn exits(run: &Run, event: &Event) -> Option<Diagnostic> {
    let mut diagnostic = found(run, event, event.site, |span| {
        Diagnostic::new("competing-event-loop", Severity::Warning, span, "exit")
            .with("call", run.callee(event.site))
    })?;
    diagnostic.patterns = vec!["top-level-await"];
    Some(diagnostic)
}

fn front_end(run: &Run, event: &Event) -> Option<Diagnostic> {
    let mut diagnostic = found(run, event, event.site, |span| {
        Diagnostic::new("loop-waits-for-itself", Severity::Hint, span, "front-end")
    })?;
    diagnostic.patterns = vec!["top-level-await", "keep-the-handle"];
    Some(diagnostic)
}
