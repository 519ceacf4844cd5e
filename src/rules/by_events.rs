//! What the older rules do not see in the code as it is written, and the run shows.

mod past;

use super::events::{Said, found, handed_out, lead, place};
use crate::diagnostic::{Diagnostic, Message, Severity};
use hashbrown::HashSet;

use crate::execution::{Event, EventKind, Run, Site, Thread};
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
    let used: HashSet<Site> =
        run.events().iter().filter_map(|event| used_too_early(run, event)).collect();
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
            EventKind::CoroutineLost { called_by: None, is_silent, .. }
                if !used.contains(&event.site) && !is_judged(facts, run, &said, event) =>
            {
                lost(run, event, *is_silent)
            }
            EventKind::GeneratorLost { .. } => generator(run, event),
            EventKind::PlainWalkRefused { .. } => {
                plainly_walked(run, event).filter(|it| !is_walked(event, it.span))
            }
            EventKind::PlainWithRefused { .. } => {
                plainly_entered(run, event).filter(|it| !is_walked(event, it.span))
            }
            EventKind::OwnLoopWanted { by } if event.is_certain => {
                owns_loop(facts, run, event, &run.spell(*by))
            }
            _ => lasting(facts, run, event),
        };
        if let Some(diagnostic) = diagnostic.filter(|it| !is_said(&said, it)) {
            said.add(&diagnostic);
            out.push(diagnostic);
        }
    }
}

/// The call that made a coroutine whose use raises: that is told instead.
fn used_too_early(run: &Run, event: &Event) -> Option<Site> {
    match event.kind {
        EventKind::UsedTooEarly { value, .. } => run.trace.made_at(value),
        _ => None,
    }
}

/// Whether the code as it is written decides already: a call on the way was reported, a later cell
/// may take the coroutine that this one shows.
fn is_judged(facts: &Facts, run: &Run, said: &Said, event: &Event) -> bool {
    let way = run.stack(event.stack);
    let reported = |site: &Site| {
        run.span(*site).is_some_and(|span| {
            said.at(span).iter().any(|(rule, _)| *rule == "coroutine-never-awaited")
        })
    };
    let is_read = || place(run, event.site).is_some_and(|it| facts.reads_output_after(it));
    way.iter().any(reported) || is_displayed(run, event) && is_read()
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

/// Whether it is made where its cell shows it.
fn is_displayed(run: &Run, event: &Event) -> bool {
    run.stack(event.stack).is_empty() && run.is_shown(event.site)
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

fn lost(run: &Run, event: &Event, is_silent: bool) -> Option<Diagnostic> {
    let site = handed_out(run, event.site, event.stack);
    let alone = run.parent(site).is_some_and(|up| *run.kind(up) == Kind::Expression);
    let key = match (is_silent, alone) {
        (true, _) => "silent",
        (false, true) if is_displayed(run, event) => "displayed",
        (false, true) => "dropped",
        (false, false) => "kept",
    };
    let mut diagnostic = found(run, event, site, |span| {
        Diagnostic::new("coroutine-never-awaited", Severity::Warning, span, key)
            .with("call", maker(run, event, site))
    })?;
    diagnostic.patterns = vec!["top-level-await", "gather"];
    Some(diagnostic)
}

/// What made a coroutine, in words: what is called, or the method that Python calls by itself.
fn maker<'r>(run: &'r Run, event: &Event, site: Site) -> &'r str {
    let method = match event.kind {
        EventKind::CoroutineLost { function, .. } if *run.kind(site) != Kind::Call => {
            run.name_of(function)
        }
        _ => None,
    };
    method.unwrap_or_else(|| run.callee(site))
}

fn generator(run: &Run, event: &Event) -> Option<Diagnostic> {
    found(run, event, event.site, |span| {
        Diagnostic::new("coroutine-never-awaited", Severity::Warning, span, "generator")
            .with("call", run.callee(event.site))
    })
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
