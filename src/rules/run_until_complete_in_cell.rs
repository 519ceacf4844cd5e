//! A loop that is told to run, stop or close on the kernel's thread.

use super::{Check, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::facts::{Call, Facts, How, MODULE, Runs, Site, Usage, Value, is_loop, is_running_loop};
use crate::python::{Kind, Role};
use crate::rewrite::{
    LoopEntry, await_instead, checked, delete_statement, note_origin, offer, remove,
};

const NAME: &str = "run-until-complete-in-cell";

pub(super) const RULE: Rule = Rule { name: NAME, check: Check::Code(check) };

/// What is asked of a loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    RunUntilComplete,
    RunForever,
    Stop,
    Close,
}

fn check(facts: &Facts, out: &mut Vec<Diagnostic>) {
    if !facts.environment.host.refuses_a_run() {
        return;
    }
    let calls: Vec<(Site, Asked)> = facts
        .calls
        .iter()
        .filter_map(|call| {
            let path =
                call.callee.path().map(str::to_owned).or_else(|| passed_loop(facts, call))?;
            let (owner, name) = path.rsplit_once('.')?;
            let asked = match name {
                "run_until_complete" => Asked::RunUntilComplete,
                "run_forever" => Asked::RunForever,
                "stop" => Asked::Stop,
                "close" => Asked::Close,
                _ => return None,
            };
            let here = is_loop(owner) && facts.runs(call.site) != Runs::Elsewhere;
            here.then_some((call.site, asked))
        })
        .collect();
    for (call, asked) in &calls {
        // Each of them looks at all others.
        if facts.is_spent() {
            return;
        }
        match asked {
            Asked::RunUntilComplete => out.push(run_until_complete(facts, *call, &calls)),
            Asked::RunForever => out.push(run_forever(facts, *call)),
            Asked::Stop | Asked::Close => {
                // Beside a run on the same loop this is the same cause, told there.
                let beside = calls.iter().any(|(other, asked)| {
                    matches!(asked, Asked::RunUntilComplete | Asked::RunForever)
                        && loop_name(facts, *other) == loop_name(facts, *call)
                        && other != call
                });
                if !beside && is_kernel_loop(facts, *call) {
                    out.push(stop_or_close(facts, *call, *asked));
                }
            }
        }
    }
}

/// `loop.method` where `loop` is a parameter for which every caller gives the same kind of loop.
fn passed_loop(facts: &Facts, call: &Call) -> Option<String> {
    let func = facts.child(call.site, Role::Func)?;
    let Kind::Attribute { name } = facts.kind(func) else { return None };
    let object = facts.child(func, Role::Value)?;
    let bindings =
        matches!(facts.kind(object), Kind::Name { .. }).then(|| facts.bindings(object))?;
    let [(cell, binding)] = bindings.as_slice() else { return None };
    let How::Param(param) = binding.how else { return None };
    let param = Site { cell: *cell, node: param };
    let def = facts.parent(param)?;
    let id = facts.function_at(def).filter(|id| facts.mentions(*id).is_empty())?;
    let place = facts.tree(param.cell).place(param.node)?;
    let bound = facts.function(id).is_some_and(|function| function.class.is_some());
    let place = if bound { place.checked_sub(1)? } else { place };
    let mut given = facts.calls_of(id).map(|call| {
        let argument = facts.argument(call.site, place, facts.source_of(object));
        argument
            .map(|argument| facts.value(argument))
            .filter(|value| value.path().is_some_and(is_loop))
    });
    let first = given.next()??;
    let same = given.all(|other| other.as_ref() == Some(&first));
    let method = facts.tree(func.cell).text(*name);
    same.then(|| first.path().map(|path| format!("{path}.{method}")))?
}

fn run_until_complete(facts: &Facts, call: Site, all: &[(Site, Asked)]) -> Diagnostic {
    let patch = facts.patch_before(call);
    let severity = if patch.is_some() { Severity::Warning } else { Severity::Error };
    let key = match () {
        () if patch.is_some() => "patched",
        () if matches!(facts.runs(call), Runs::Helper(_)) => "helper",
        () if is_kernel_loop(facts, call) => "kernel-loop",
        () => "new-loop",
    };
    let function = facts.owner(call).and_then(|id| facts.function(id));
    let mut found = Diagnostic::new(NAME, severity, facts.span(call), key)
        .with("call", facts.callee_text(call))
        .with("function", function.map_or("", |function| function.title()));
    note_origin(facts, &mut found, call, patch);
    found.patterns.push("top-level-await");
    if let Some(entry) = LoopEntry::of(facts, call, "future") {
        offer(facts, &mut found, group_fix(facts, call, entry, all));
    }
    found
}

/// One fix for every run of the same loop in cells, so that the loop itself can go as well.
fn group_fix(
    facts: &Facts,
    call: Site,
    entry: LoopEntry,
    all: &[(Site, Asked)],
) -> Result<Fix, Vec<crate::rewrite::Obstacle>> {
    let mut fix = await_instead(facts, NAME, entry)?;
    if !matches!(facts.runs(call), Runs::Cell) {
        return Ok(fix);
    }
    let Some(name) = loop_name(facts, call) else { return Ok(fix) };
    let same_loop = |site: Site| loop_name(facts, site).as_deref() == Some(name.as_str());
    let runs: Vec<Site> = all
        .iter()
        .filter(|(site, asked)| *asked == Asked::RunUntilComplete && same_loop(*site))
        .map(|(site, _)| *site)
        .collect();
    let mut leavings = Vec::new();
    let mut needed = false;
    for read in reads_of_loop(facts, &name) {
        match leaving(facts, read, &runs) {
            Some(Leaving::Run) => {}
            Some(Leaving::Statement(statement)) => leavings.push(statement),
            None => needed = true,
        }
    }
    if needed {
        return Ok(keep_the_loop(facts, call, fix, &leavings));
    }
    for other in runs.iter().filter(|other| **other != call) {
        let entry = LoopEntry::of(facts, *other, "future");
        let Some(Ok(more)) = entry.map(|entry| await_instead(facts, NAME, entry)) else {
            return Ok(fix);
        };
        fix.edits.extend(more.edits);
        fix.reasons.extend(more.reasons);
        fix.applicability = fix.applicability.min(more.applicability);
        fix.tradeoffs.extend(more.tradeoffs);
    }
    let closed = leavings.iter().any(|site| facts.source_of(*site).contains("close("));
    for statement in leavings {
        remove(facts, &mut fix, statement, Message::new(NAME, "why-remove-close"));
    }
    for (cell, binding) in facts.global(&name) {
        let site = Site { cell: *cell, node: binding.node };
        let statement = Site { node: facts.tree(*cell).statement_of(binding.node), ..site };
        if matches!(facts.kind(statement), Kind::Assign) {
            remove(facts, &mut fix, statement, Message::new(NAME, "why-remove-loop"));
        }
    }
    if closed {
        fix.tradeoffs.push("loop-stays-open");
    }
    fix.tradeoffs.sort_unstable();
    fix.tradeoffs.dedup();
    fix.edits.sort();
    fix.edits.dedup();
    Ok(checked(facts, fix))
}

/// Something else uses the loop, which stays. What belongs to a loop of its own cannot be awaited
/// on the kernel's; and the kernel's is never closed.
fn keep_the_loop(facts: &Facts, call: Site, mut fix: Fix, leavings: &[Site]) -> Fix {
    if !is_kernel_loop(facts, call) {
        return fix.at_most(Applicability::DisplayOnly);
    }
    for statement in leavings.iter().filter(|site| facts.source_of(**site).contains("close(")) {
        remove(facts, &mut fix, *statement, Message::new(NAME, "why-remove-close"));
    }
    checked(facts, fix)
}

enum Leaving {
    /// The read is a run that the fix rewrites.
    Run,
    /// `loop.close()` or `asyncio.set_event_loop(loop)`, which goes.
    Statement(Site),
}

/// What becomes of a place that reads the loop's name; `None` when it needs the loop. `runs` are in
/// order.
fn leaving(facts: &Facts, read: Site, runs: &[Site]) -> Option<Leaving> {
    let tree = facts.tree(read.cell);
    let mut inner = read;
    for up in facts.ancestors(read) {
        if facts.role(inner) == Role::Func && runs.binary_search(&up).is_ok() {
            return Some(Leaving::Run);
        }
        inner = up;
    }
    let statement = Site { node: tree.statement_of(read.node), ..read };
    let call =
        facts.child(statement, Role::Value).filter(|it| matches!(facts.kind(*it), Kind::Call))?;
    let callee = facts.callee_text(call);
    let goes = callee.ends_with(".close") || callee.ends_with("set_event_loop");
    (goes && matches!(facts.usage(call), Usage::Dropped | Usage::Displayed))
        .then_some(Leaving::Statement(statement))
}

fn reads_of_loop(facts: &Facts, name: &str) -> Vec<Site> {
    let first = facts.global(name).first();
    let target = first.map(|(cell, binding)| Site { cell: *cell, node: binding.node });
    target.map(|target| facts.reads_of(target)).unwrap_or_default()
}

/// The global name of the loop that the call is made on, when only loops are bound to it.
fn loop_name(facts: &Facts, call: Site) -> Option<String> {
    let func = facts.child(call, Role::Func)?;
    let object = facts.child(func, Role::Value)?;
    let is_global =
        matches!(facts.kind(object), Kind::Name { .. }) && facts.binding_scope(object) == MODULE;
    let name = is_global.then(|| facts.source_of(object))?;
    let all_loops = facts.global(name).iter().all(|(cell, binding)| match binding.how {
        How::Value(value) => {
            matches!(facts.value(Site { cell: *cell, node: value }), Value::Path(path) if is_loop(&path))
        }
        _ => false,
    });
    all_loops.then(|| name.to_owned())
}

fn is_kernel_loop(facts: &Facts, call: Site) -> bool {
    let object = facts.child(call, Role::Func).and_then(|func| facts.child(func, Role::Value));
    let value = object.map(|object| facts.value(object));
    value.as_ref().and_then(Value::path).is_some_and(is_running_loop)
}

fn run_forever(facts: &Facts, call: Site) -> Diagnostic {
    let patch = facts.patch_before(call);
    let (severity, key) = match patch {
        Some(_) => (Severity::Warning, "patched"),
        None => (Severity::Error, "forever"),
    };
    let mut found = Diagnostic::new(NAME, severity, facts.span(call), key)
        .with("call", facts.callee_text(call));
    note_origin(facts, &mut found, call, patch);
    found.patterns.push("keep-the-handle");
    if is_kernel_loop(facts, call) {
        found.fixes.extend(removal(facts, call, "fix-remove-forever"));
    }
    found
}

fn stop_or_close(facts: &Facts, call: Site, asked: Asked) -> Diagnostic {
    let key = if asked == Asked::Stop { "stop" } else { "close" };
    let mut found = Diagnostic::new(NAME, Severity::Error, facts.span(call), key)
        .with("call", facts.callee_text(call));
    found.patterns.push("top-level-await");
    found.fixes.extend(removal(facts, call, "fix-remove-close"));
    found
}

/// A fix that takes the statement out: the kernel's loop is not the cell's to steer.
fn removal(facts: &Facts, call: Site, title: &'static str) -> Option<Fix> {
    let statement = facts.parent(call)?;
    if !matches!(facts.usage(call), Usage::Dropped | Usage::Displayed) {
        return None;
    }
    let fix = Fix {
        title: Message::new(NAME, title).with("call", facts.callee_text(call)),
        pattern: "top-level-await",
        applicability: Applicability::Unsafe,
        edits: vec![delete_statement(facts, statement)],
        reasons: vec![(facts.span(statement), Message::new(NAME, "why-remove-close"))],
        tradeoffs: Vec::new(),
    };
    Some(checked(facts, fix))
}
