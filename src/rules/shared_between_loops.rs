//! What belongs to one event loop is used on another, or on a thread that has none.

use super::events::found;
use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::execution::{EventKind, Run};
use crate::facts::Facts;

const NAME: &str = "shared-between-loops";

pub(super) const RULE: Rule = Rule { name: NAME, check: Check::Events(check) };

fn check(_: &Facts, run: &Run, out: &mut Vec<Diagnostic>) {
    for event in run.events() {
        let (key, severity) = match event.kind {
            // As long as nobody has to wait, asyncio does not look at the loop.
            EventKind::SharedBetweenLoops { .. } => ("shared", Severity::Warning),
            EventKind::NoRunningLoop { .. } => ("no-loop", Severity::Error),
            _ => continue,
        };
        let diagnostic = found(run, event, event.site, |span| {
            Diagnostic::new(NAME, severity, span, key).with("call", run.callee(event.site))
        });
        let Some(mut diagnostic) = diagnostic else { continue };
        diagnostic.patterns = vec!["to-thread", "top-level-await"];
        out.push(diagnostic);
    }
}
