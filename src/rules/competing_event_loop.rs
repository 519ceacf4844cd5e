//! A second event loop on the kernel's thread: made, set, scheduled on or run there.

use super::{Check, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::facts::{Call, Facts, Runs, Site, Usage, Value, is_loop, is_running_loop};
use crate::knowledge::tables::{Answers, LoopOwner};
use crate::python::{Kind, Role};
use crate::rewrite::{
    await_in_thread, checked, delete_statement, note_origin, obstacle_to_await, owners,
};

const NAME: &str = "competing-event-loop";

pub(super) const RULE: Rule = Rule { name: NAME, check: Check::Code(check) };

/// What puts work on a loop without running it.
const SCHEDULES: [&str; 4] = ["create_task", "call_soon", "call_later", "call_at"];

/// What can be asked of a loop whether it runs or not.
const ASKS: [&str; 7] =
    ["close", "is_running", "is_closed", "set_debug", "get_debug", "time", "create_future"];

fn check(facts: &Facts, out: &mut Vec<Diagnostic>) {
    for (site, owner) in owners(facts, |path| facts.tables.runner(path)) {
        if owner.answers == Answers::Blocks {
            out.push(blocks(facts, site, owner));
        }
    }
    if !facts.environment.host.refuses_a_run() {
        return;
    }
    for call in facts.calls.iter().filter(|call| facts.runs(call.site) != Runs::Elsewhere) {
        let Some(path) = call.callee.path() else { continue };
        match path {
            "asyncio.set_event_loop" => out.extend(set_event_loop(facts, call.site)),
            "asyncio.set_event_loop_policy" | "uvloop.install" | "winloop.install" => {
                out.extend(policy(facts, call.site));
            }
            "asyncio.test_utils.run_once" | "asyncio.test_utils.run_briefly" => {
                out.push(by_hand(facts, call.site));
            }
            "asyncio.ensure_future" | "asyncio.Task" => {
                let given = facts.keyword(call.site, "loop");
                out.extend(given.and_then(|given| never_runs(facts, call.site, given)));
            }
            _ => {
                let Some((owner, name)) = path.rsplit_once('.') else { continue };
                if name == "_run_once" && is_loop(owner) && !is_running_loop(owner) {
                    out.push(by_hand(facts, call.site));
                } else if SCHEDULES.contains(&name) && is_loop(owner) {
                    let object = object_of(facts, call.site);
                    out.extend(object.and_then(|object| never_runs(facts, call.site, object)));
                }
            }
        }
    }
}

/// What the method is called on.
fn object_of(facts: &Facts, call: Site) -> Option<Site> {
    facts.child(facts.child(call, Role::Func)?, Role::Value)
}

/// Another library's loop, which works and holds the kernel's until it is done.
///
/// Source: a kernel, where a task that ticks each 0.01 s stands still during `trio.run`.
fn blocks(facts: &Facts, call: Site, owner: &LoopOwner) -> Diagnostic {
    let mut found = warning(facts, call, "blocks");
    if let Some(twin) = &owner.twin {
        found.note(Message::new(NAME, "twin").with("twin", twin), None);
    }
    note_origin(facts, &mut found, call, None);
    found.patterns = vec!["to-thread"];
    let in_helper = matches!(facts.runs(call), Runs::Helper(_));
    // A reactor that wants signals is refused in a thread: it has to be known to work there.
    let works_there = owner.twin.as_ref().is_some_and(|twin| twin.contains("asyncio.to_thread"));
    if works_there
        && !in_helper
        && obstacle_to_await(facts, call).is_none()
        && let Some(edits) = await_in_thread(facts, call)
    {
        let fix = Fix {
            title: Message::new(NAME, "fix-thread").with("call", facts.callee_text(call)),
            pattern: "to-thread",
            applicability: Applicability::Unsafe,
            edits,
            reasons: vec![(facts.span(call), Message::new(NAME, "why-thread"))],
            tradeoffs: vec!["thread-safety", "late-interrupt"],
        };
        found.fixes.push(checked(facts, fix));
    }
    found
}

/// `asyncio.set_event_loop(loop)`, unless another rule speaks of a run that it prepares.
///
/// Source: a kernel, where `get_event_loop()` keeps giving the running loop.
fn set_event_loop(facts: &Facts, call: Site) -> Option<Diagnostic> {
    let given = facts.argument(call, 0, "loop")?;
    match facts.value(given) {
        Value::Path(path) if is_loop(&path) && !is_running_loop(&path) => {}
        _ => return None,
    }
    if is_told_elsewhere(facts, call, given) || gives_loop_away(facts, given) {
        return None;
    }
    let mut found = warning(facts, call, "set-loop");
    note_origin(facts, &mut found, call, None);
    found.patterns = vec!["top-level-await"];
    found.fixes.extend(removal(facts, call, "set-loop"));
    Some(found)
}

/// Whether a run or a schedule of the same loop is reported: one cause is told once.
fn is_told_elsewhere(facts: &Facts, call: Site, given: Site) -> bool {
    let made = facts.origin(given);
    let beside = |other: &Call| other.site.cell == call.cell && other.owner == facts.owner(call);
    facts.calls.iter().filter(|other| facts.runs(other.site) != Runs::Elsewhere).any(|other| {
        let Some(path) = other.callee.path() else { return false };
        let runs_loop = path == "asyncio.run"
            || path.ends_with(".run_until_complete")
            || path.ends_with(".run_forever")
            || facts.tables.runner(path).is_some();
        if runs_loop && beside(other) {
            return true;
        }
        let object = object_of(facts, other.site);
        let same = object.is_some_and(|it| made.is_some() && facts.origin(it) == made);
        let schedules = path.rsplit_once('.').is_some_and(|(_, name)| SCHEDULES.contains(&name));
        same && (runs_loop
            || (schedules && object.is_some_and(|it| never_runs(facts, other.site, it).is_some())))
    })
}

/// A policy, or what sets one: it reaches loops that are made later, on other threads.
fn policy(facts: &Facts, call: Site) -> Option<Diagnostic> {
    let unset = facts
        .argument(call, 0, "policy")
        .is_some_and(|policy| matches!(facts.kind(policy), Kind::None));
    if unset || has_loops_in_threads(facts) {
        return None;
    }
    let mut found = warning(facts, call, "policy");
    note_origin(facts, &mut found, call, None);
    found.patterns = vec!["top-level-await"];
    found.fixes.extend(removal(facts, call, "policy"));
    Some(found)
}

/// Whether another thread runs a loop, which a policy is for.
fn has_loops_in_threads(facts: &Facts) -> bool {
    let makes = |path: &str| {
        matches!(path, "asyncio.run" | "asyncio.Runner" | "asyncio.new_event_loop")
            || path.ends_with(".run_until_complete")
            || path.ends_with(".run_forever")
    };
    let called = facts.calls.iter().any(|call| {
        call.callee.path().is_some_and(makes)
            && call
                .owner
                .and_then(|id| facts.reach.get(id.0))
                .is_some_and(|reach| reach.worker || reach.escapes)
    });
    called
        || facts.sites().any(|site| {
            matches!(facts.kind(site), Kind::Name { .. } | Kind::Attribute { .. })
                && matches!(facts.usage(site), Usage::Argument(_))
                && facts.value(site).path().is_some_and(makes)
        })
}

/// A loop that is stepped by its private parts.
fn by_hand(facts: &Facts, call: Site) -> Diagnostic {
    let mut found = warning(facts, call, "by-hand");
    note_origin(facts, &mut found, call, None);
    found.patterns = vec!["top-level-await"];
    found
}

/// Work that is put on a loop of the notebook's own which nothing runs.
///
/// Source: a kernel, where such a task stays pending and nothing complains.
fn never_runs(facts: &Facts, call: Site, given: Site) -> Option<Diagnostic> {
    let made = facts.origin(given)?;
    match facts.value(given) {
        Value::Path(path) if is_loop(&path) && !is_running_loop(&path) => {}
        _ => return None,
    }
    if gives_loop_away(facts, given) || !matches!(facts.kind(given), Kind::Name { .. }) {
        return None;
    }
    let mut found = warning(facts, call, "never-runs");
    let note = Message::new(NAME, "made-here").with("cell", made.cell.number());
    found.note(note, Some(facts.span(made)));
    note_origin(facts, &mut found, call, None);
    found.patterns = vec!["top-level-await", "keep-the-handle"];
    Some(found)
}

/// Whether anything but scheduling and asking is done with the loop: then somebody may run it.
fn gives_loop_away(facts: &Facts, given: Site) -> bool {
    let bindings = facts.bindings(given);
    let [(cell, binding)] = bindings.as_slice() else { return !bindings.is_empty() };
    let target = Site { cell: *cell, node: binding.node };
    facts.reads_of(target).into_iter().any(|read| match facts.usage(read) {
        Usage::Attribute(attribute) => {
            let Kind::Attribute { name } = facts.kind(attribute) else { return true };
            let name = facts.tree(attribute.cell).text(*name);
            let known = SCHEDULES.contains(&name) || ASKS.contains(&name);
            !known || facts.role(attribute) != Role::Func
        }
        Usage::Argument(call) => {
            let path = facts.child(call, Role::Func).map(|func| facts.value(func));
            !matches!(
                path.as_ref().and_then(Value::path),
                Some("asyncio.set_event_loop" | "asyncio.ensure_future" | "builtins.print")
            )
        }
        Usage::Dropped | Usage::Displayed | Usage::Formatted | Usage::Tested => false,
        _ => true,
    })
}

fn warning(facts: &Facts, call: Site, key: &'static str) -> Diagnostic {
    Diagnostic::new(NAME, Severity::Warning, facts.span(call), key)
        .with("call", facts.callee_text(call))
}

/// A fix that takes the statement out.
fn removal(facts: &Facts, call: Site, key: &str) -> Option<Fix> {
    if !matches!(facts.usage(call), Usage::Dropped | Usage::Displayed) {
        return None;
    }
    let statement = facts.parent(call)?;
    let fix = Fix {
        title: Message::new(NAME, "fix-remove").with("call", facts.callee_text(call)),
        pattern: "top-level-await",
        applicability: Applicability::Unsafe,
        edits: vec![delete_statement(facts, statement)],
        reasons: vec![(facts.span(statement), Message::new(NAME, "why-remove"))],
        // What is set counts for loops that are made later, those of threads.
        tradeoffs: if key == "policy" { vec!["loops-of-threads"] } else { Vec::new() },
    };
    Some(checked(facts, fix))
}
