//! What the older rules do not see in the code as it is written, and the run shows.

mod past;

use super::events::{Said, found, lead, place};
use crate::diagnostic::{Diagnostic, Message, Severity};
use crate::execution::{Event, EventKind, Run, Thread};
use crate::facts::Facts;
use crate::knowledge::tables::{Answers, LoopOwner};
use crate::python::Kind;
use crate::rewrite::report_owner;
use crate::text::Span;
use past::lasting;

/// The rules that speak of a loop that is refused.
const LOOPS: [&str; 5] = [
    "asyncio-run-in-cell",
    "run-until-complete-in-cell",
    "competing-event-loop",
    "framework-runner-in-cell",
    "loop-owning-sync-api",
];

pub(super) fn check(facts: &Facts, run: &Run, out: &mut Vec<Diagnostic>) {
    let mut said = Said::of(out);
    let walked: Vec<Span> =
        out.iter().filter(|it| it.rule == "async-protocol-needs-async").map(|it| it.span).collect();
    // One `async` serves all that the statement has.
    let is_walked = |event: &Event, span: Span| {
        let around = run.statement_around(event.site);
        walked.iter().any(|it| it.cell == span.cell && around.contains(it.range))
    };
    for event in run.events() {
        let diagnostic = match &event.kind {
            EventKind::LoopRefused { by, .. } if event.is_certain => {
                refused(run, event, &run.spell(*by))
            }
            EventKind::PlainWalkRefused { .. } => {
                plainly_walked(run, event).filter(|it| !is_walked(event, it.span))
            }
            EventKind::PlainWithRefused { .. } => {
                plainly_entered(run, event).filter(|it| !is_walked(event, it.span))
            }
            EventKind::OwnLoopWanted { by } if event.is_certain => {
                owns_loop(facts, run, event, &run.spell(*by))
            }
            _ => lasting(run, event),
        };
        if let Some(diagnostic) = diagnostic.filter(|it| !is_said(&said, it)) {
            said.add(&diagnostic);
            out.push(diagnostic);
        }
    }
}

/// Whether the same, or the same family of mistakes, was reported there.
fn is_said(said: &Said, found: &Diagnostic) -> bool {
    let family = |rule: &str| LOOPS.contains(&rule) && LOOPS.contains(&found.rule);
    let at = said.at(found.span);
    let at_all = found.rule == "blocking-call-in-async"
        && at.iter().any(|(rule, _)| {
            matches!(*rule, "coroutine-never-awaited" | "call-where-a-function-belongs")
        });
    at_all || said.error_or(found.span, found.rule) || at.iter().any(|(rule, _)| family(rule))
}

fn refused(run: &Run, event: &Event, by: &str) -> Option<Diagnostic> {
    let is_run = by == "asyncio.run" || by.starts_with("asyncio.Runner");
    let rule = if is_run { "asyncio-run-in-cell" } else { "run-until-complete-in-cell" };
    let function = run.function_around(event.site);
    let key = match (&function, is_run) {
        _ if event.is_patched => "patched",
        (Some(_), _) => "helper",
        (None, true) => "direct",
        (None, false) => "kernel-loop",
    };
    let severity = if event.is_patched { Severity::Warning } else { Severity::Error };
    let mut diagnostic = found(run, event, event.site, |span| {
        Diagnostic::new(rule, severity, span, key)
            .with("call", run.callee(event.site))
            .with("function", function.unwrap_or_default())
    })?;
    diagnostic.patterns = vec!["top-level-await", "async-all-the-way"];
    Some(diagnostic)
}

/// A plain `for`, or `next`, over an async generator.
fn plainly_walked(run: &Run, event: &Event) -> Option<Diagnostic> {
    found(run, event, event.site, |span| {
        Diagnostic::new("async-protocol-needs-async", Severity::Error, span, "reader")
            .with("what", run.source_of(event.site))
    })
}

/// A plain `with` on what only `async with` enters.
fn plainly_entered(run: &Run, event: &Event) -> Option<Diagnostic> {
    found(run, event, event.site, |span| {
        Diagnostic::new("async-protocol-needs-async", Severity::Error, span, "with")
            .with("what", run.source_of(event.site))
    })
}

/// A library's call that wants its own loop, reached where only the run sees it.
fn owns_loop(facts: &Facts, run: &Run, event: &Event, by: &str) -> Option<Diagnostic> {
    let is_kernel = event.context.thread == Thread::Kernel;
    let runner = facts.tables.runner(by).map(|it| ("framework-runner-in-cell", it));
    let facade = || facts.tables.sync_api(by).map(|it| ("loop-owning-sync-api", it));
    let (rule, owner) = runner.or_else(facade)?;
    let site = run.site_of(event);
    let call = place(run, site).filter(|_| is_kernel && owner.answers != Answers::Blocks)?;
    let awaited = run.parent(site).is_some_and(|up| *run.kind(up) == Kind::Await);
    let is_walk = by.ends_with(".__iter__");
    if awaited && owner.docs || !is_walk && !matches!(run.kind(site), Kind::Call) {
        return None;
    }
    if owner.answers == Answers::Foreign {
        return foreign(run, event, owner);
    }
    let mut found = report_owner(facts, rule, call, owner);
    lead(run, event, site, &mut found);
    Some(found)
}

/// What belongs to another library's loop.
fn foreign(run: &Run, event: &Event, owner: &LoopOwner) -> Option<Diagnostic> {
    let rule = "competing-event-loop";
    let mut diagnostic = found(run, event, event.site, |span| {
        Diagnostic::new(rule, Severity::Error, span, "foreign").with("call", run.callee(event.site))
    })?;
    if let Some(twin) = &owner.twin {
        diagnostic.note(Message::new(rule, "twin").with("twin", twin), None);
    }
    diagnostic.patterns = vec!["top-level-await", "to-thread"];
    Some(diagnostic)
}
