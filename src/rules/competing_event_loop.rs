//! A second event loop on the kernel's thread: made, set, scheduled on or run there.

use super::Rule;
use super::loops::{Happening, happenings, owners, place_key};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::execution::{Event, EventKind, Loop, Run, Site, Usage};
use crate::knowledge::callables::Steering;
use crate::knowledge::tables::{Answers, LoopOwner};
use crate::python::{Kind, Role};
use crate::rewrite::{await_in_thread, checked, delete_statement, obstacle_to_await};

const NAME: &str = "competing-event-loop";

pub(super) const RULE: Rule = Rule { name: NAME, check };

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    for (happening, owner) in owners(run, |path| run.tables().runner(path)) {
        match owner.answers {
            Answers::Blocks => out.push(blocks(run, &happening, owner)),
            Answers::Foreign => out.push(foreign(run, &happening, owner)),
            _ => {}
        }
    }
    let exits = |event: &Event| matches!(event.kind, EventKind::ExitInTask { .. }).then_some(());
    out.extend(
        happenings(run, exits)
            .map(|(happening, ())| told(run, &happening, "exit", &["top-level-await"])),
    );
    if !run.environment().host.refuses_a_run() {
        return;
    }
    out.extend(never_run(run).map(|(happening, on)| never_runs(run, &happening, on)));
    for (happening, (how, on)) in happenings(run, steered) {
        match how {
            Steering::Set if !is_told_elsewhere(run, &happening, on) => {
                let mut found = told(run, &happening, "set-loop", &["top-level-await"]);
                found.fixes.extend(removal(run, happening.at, Vec::new()));
                out.push(found);
            }
            // A policy, or what sets one, reaches loops that are made later, on other threads.
            Steering::Policy if !run.events().iter().any(starts) => {
                let mut found = told(run, &happening, "policy", &["top-level-await"]);
                found.fixes.extend(removal(run, happening.at, vec!["loops-of-threads"]));
                out.push(found);
            }
            Steering::Step => out.push(told(run, &happening, "by-hand", &["top-level-await"])),
            _ => {}
        }
    }
}

/// What a cell asks of which loop.
fn steered(event: &Event) -> Option<(Steering, Loop)> {
    match event.kind {
        EventKind::LoopSteered { how, on } => Some((how, on)),
        _ => None,
    }
}

/// Whether another thread than the kernel's runs a loop, which a policy is for.
fn starts(event: &Event) -> bool {
    matches!(event.kind, EventKind::LoopStarted { .. })
}

/// Work that is put on loops of the notebook's own which nothing runs.
fn never_run<'r>(run: &'r Run) -> impl Iterator<Item = (Happening<'r>, Loop)> {
    let put = |event: &Event| match event.kind {
        EventKind::NeverRuns { on } => Some(on),
        _ => None,
    };
    happenings(run, put).filter(|(happening, _)| is_named(run, happening.site))
}

/// Whether a call names the loop: what an object holds, methods that nobody called may run.
fn is_named(run: &Run, call: Site) -> bool {
    let object = || run.child(run.child(call, Role::Func)?, Role::Value);
    let asked = run.argument(call, usize::MAX, "loop").or_else(object);
    asked.is_some_and(|it| matches!(run.kind(it), Kind::Name { .. }))
}

/// A warning, with the way that leads there.
fn told(
    run: &Run,
    happening: &Happening,
    key: &'static str,
    patterns: &[&'static str],
) -> Diagnostic {
    let call = run.callee(happening.site);
    let mut found = happening.report(run, NAME, Severity::Warning, key, call);
    happening.note_way(run, &mut found, false);
    found.patterns = patterns.to_vec();
    found
}

/// Whether a run or a schedule of the same loop is reported: one cause is told once.
///
/// Source: a kernel, where `get_event_loop()` keeps giving the running loop.
fn is_told_elsewhere(run: &Run, set: &Happening, on: Loop) -> bool {
    let owner = run.owner(set.site);
    let is_beside = |site: Site| site.cell == set.site.cell && run.owner(site) == owner;
    run.events().iter().any(|event| match event.kind {
        EventKind::LoopRefused { .. } | EventKind::OwnLoopWanted { .. } => is_beside(event.site),
        EventKind::NeverRuns { on: other } => other == on,
        _ => false,
    })
}

/// Work that is put on a loop of the notebook's own which nothing runs.
///
/// Source: a kernel, where such a task stays pending and nothing complains.
fn never_runs(run: &Run, happening: &Happening, on: Loop) -> Diagnostic {
    let patterns = ["top-level-await", "keep-the-handle"];
    let mut found = told(run, happening, "never-runs", &patterns);
    if let Loop::Own(made) = on
        && let Some(span) = run.span(made)
    {
        let note = Message::new(NAME, "made-here").at_cell(span.cell);
        found.note(note, Some(span));
    }
    found
}

/// Another library's loop, which works and holds the kernel's until it is done.
///
/// Source: a kernel, where a task that ticks each 0.01 s stands still during `trio.run`.
fn blocks(run: &Run, happening: &Happening, owner: &LoopOwner) -> Diagnostic {
    let mut found =
        happening.report(run, NAME, Severity::Warning, "blocks", run.callee(happening.site));
    if let Some(twin) = &owner.twin {
        found.note(Message::new(NAME, "twin").with("twin", twin), None);
    }
    happening.note_way(run, &mut found, false);
    found.patterns = vec!["to-thread"];
    let call = happening.at;
    let in_helper = place_key(run, happening.site, false) == "helper";
    // A reactor that wants signals is refused in a thread: it has to be known to work there.
    let works_there = owner.twin.as_ref().is_some_and(|twin| twin.contains("asyncio.to_thread"));
    if works_there
        && !in_helper
        && obstacle_to_await(run, call).is_none()
        && let Some(edits) = await_in_thread(run, call)
    {
        let fix = Fix {
            title: Message::new(NAME, "fix-thread").with("call", run.callee(call)),
            pattern: "to-thread",
            applicability: Applicability::Unsafe,
            edits,
            reasons: vec![(run.at(call), Message::new(NAME, "why-thread"))],
            tradeoffs: vec!["thread-safety", "late-interrupt"],
        };
        found.fixes.push(checked(run, fix));
    }
    found
}

/// What belongs to another library's loop.
fn foreign(run: &Run, happening: &Happening, owner: &LoopOwner) -> Diagnostic {
    let mut found =
        happening.report(run, NAME, Severity::Error, "foreign", run.callee(happening.site));
    if let Some(twin) = &owner.twin {
        found.note(Message::new(NAME, "twin").with("twin", twin), None);
    }
    happening.note_way(run, &mut found, false);
    found.patterns = vec!["top-level-await", "to-thread"];
    found
}

/// A fix that takes the statement out. What is set counts for loops that are made later.
fn removal(run: &Run, call: Site, tradeoffs: Vec<&'static str>) -> Option<Fix> {
    if !matches!(run.usage(call), Usage::Dropped | Usage::Displayed) {
        return None;
    }
    let statement = run.parent(call)?;
    let fix = Fix {
        title: Message::new(NAME, "fix-remove").with("call", run.callee(call)),
        pattern: "top-level-await",
        applicability: Applicability::Unsafe,
        edits: vec![delete_statement(run, statement)],
        reasons: vec![(run.at(statement), Message::new(NAME, "why-remove"))],
        tradeoffs,
    };
    Some(checked(run, fix))
}
