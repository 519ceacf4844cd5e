//! A loop that is told to run, stop or close on the kernel's thread.

use super::Rule;
use super::loops::{Happening, happenings, place_key};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::execution::{Event, EventKind, Loop, Meaning, Run, Site, Usage, is_loop};
use crate::index::{How, TOP};
use crate::knowledge::callables::Steering;
use crate::python::{Kind, Role};
use crate::rewrite::{LoopEntry, await_instead, checked, delete_statement, offer, remove};

const NAME: &str = "run-until-complete-in-cell";

pub(super) const RULE: Rule = Rule { name: NAME, check };

/// What is asked of a loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    RunUntilComplete,
    RunForever,
    Stop,
    Close,
}

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    let all: Vec<_> = happenings(run, |event| asked(run, event)).collect();
    let mut runs: Vec<Site> = all
        .iter()
        .filter(|(_, (asked, _))| *asked == Asked::RunUntilComplete)
        .map(|(happening, _)| happening.at)
        .collect();
    runs.sort_unstable();
    for (happening, (asked, on)) in &all {
        match asked {
            Asked::RunUntilComplete => {
                out.push(run_until_complete(run, happening, *on, &runs));
            }
            Asked::RunForever => out.push(run_forever(run, happening, *on)),
            Asked::Stop | Asked::Close => {
                // Beside a run on the same loop this is the same cause, told there.
                let is_told = all.iter().any(|(other, (asked, it))| {
                    let runs = matches!(asked, Asked::RunUntilComplete | Asked::RunForever);
                    runs && it == on && written(run, other.site) == written(run, happening.site)
                });
                if !is_told {
                    out.push(stop_or_close(run, happening, *asked));
                }
            }
        }
    }
}

/// The loop whose method is called, as it is written.
fn written<'r>(run: &'r Run, call: Site) -> Option<&'r str> {
    let object = run.child(run.child(call, Role::Func)?, Role::Value)?;
    Some(run.source_of(object))
}

/// Whether a function is handed the loop, and not surely this one.
fn may_be_another(run: &Run, event: &Event) -> bool {
    let (Some(owner), Some(loop_)) = (run.owner(event.site), written(run, event.site)) else {
        return false;
    };
    let tree = run.tree(owner.cell);
    let is_it =
        |param| matches!(tree.kind(param), Kind::Param { name } if tree.text(*name) == loop_);
    !event.is_certain && tree.children_in(owner.node, Role::Param).any(is_it)
}

/// What an event asks of which loop; of what happens in modules another rule speaks.
fn asked(run: &Run, event: &Event) -> Option<(Asked, Loop)> {
    run.cell_of(event.site.cell)?;
    if may_be_another(run, event) {
        return None;
    }
    match event.kind {
        EventKind::LoopRefused { by, on, .. } => {
            let asked = match run.spell(by).rsplit('.').next()? {
                "run_until_complete" => Asked::RunUntilComplete,
                "run_forever" => Asked::RunForever,
                _ => return None,
            };
            Some((asked, on))
        }
        EventKind::LoopSteered { how: Steering::Stop, on } => Some((Asked::Stop, on)),
        EventKind::LoopSteered { how: Steering::Close, on } => Some((Asked::Close, on)),
        _ => None,
    }
}

fn run_until_complete(run: &Run, happening: &Happening, on: Loop, runs: &[Site]) -> Diagnostic {
    let event = happening.event;
    let severity = if event.is_patched { Severity::Warning } else { Severity::Error };
    let place = place_key(run, happening.site, false);
    let key = match on {
        _ if event.is_patched => "patched",
        _ if place == "helper" => "helper",
        Loop::Kernel => "kernel-loop",
        _ => "new-loop",
    };
    let mut found = happening.report(run, NAME, severity, key, run.callee(happening.site));
    happening.note_way(run, &mut found, event.is_patched);
    found.patterns.push("top-level-await");
    if let Some(entry) = LoopEntry::of(run, happening.at, "future") {
        let is_in_cell = run.owner(happening.site).is_none();
        let fix = await_instead(run, NAME, entry);
        let fix = match is_in_cell {
            true => fix.map(|fix| group_fix(run, happening.at, fix, on, runs)),
            false => fix.map(|fix| with_own_loop(run, happening.at, fix)),
        };
        offer(run, &mut found, fix);
    }
    found
}

/// One fix for every run of the same loop in cells, so that the loop itself can go as well.
fn group_fix(run: &Run, call: Site, mut fix: Fix, on: Loop, runs: &[Site]) -> Fix {
    let Some(name) = loop_name(run, call) else { return fix };
    let same_loop = |site: &Site| loop_name(run, *site).as_deref() == Some(name.as_str());
    let runs: Vec<Site> = runs.iter().copied().filter(same_loop).collect();
    let mut leavings = Vec::new();
    let mut needed = false;
    for read in reads_of_loop(run, &name) {
        match leaving(run, read, &runs) {
            Some(Leaving::Run) => {}
            Some(Leaving::Statement(statement)) => leavings.push(statement),
            None => needed = true,
        }
    }
    if needed {
        return keep_the_loop(run, on, fix, &leavings);
    }
    for other in runs.iter().filter(|other| **other != call) {
        let entry = LoopEntry::of(run, *other, "future");
        let Some(Ok(more)) = entry.map(|entry| await_instead(run, NAME, entry)) else {
            return fix;
        };
        fix.edits.extend(more.edits);
        fix.reasons.extend(more.reasons);
        fix.applicability = fix.applicability.min(more.applicability);
        fix.tradeoffs.extend(more.tradeoffs);
    }
    let closed = leavings.iter().any(|site| run.source_of(*site).contains("close("));
    for statement in leavings {
        remove(run, &mut fix, statement, Message::new(NAME, "why-remove-close"));
    }
    for (cell, binding) in run.global(&name) {
        let site = Site { cell: *cell, node: binding.node };
        let statement = Site { node: run.tree(*cell).statement_of(binding.node), ..site };
        if matches!(run.kind(statement), Kind::Assign) {
            remove(run, &mut fix, statement, Message::new(NAME, "why-remove-loop"));
        }
    }
    if closed {
        fix.tradeoffs.push("loop-stays-open");
    }
    fix.tradeoffs.sort_unstable();
    fix.tradeoffs.dedup();
    fix.edits.sort();
    fix.edits.dedup();
    checked(run, fix)
}

/// The loop that a helper makes for this one run goes with it, with what sets and closes it.
fn with_own_loop(run: &Run, call: Site, fix: Fix) -> Fix {
    let Some(made) = own_loop(run, call) else { return fix };
    let mut leavings = Vec::new();
    for read in run.reads_of(made) {
        match leaving(run, read, &[call]) {
            Some(Leaving::Run) => {}
            Some(Leaving::Statement(statement)) => leavings.push(statement),
            None => return fix,
        }
    }
    let mut whole = fix.clone();
    for statement in leavings {
        remove(run, &mut whole, statement, Message::new(NAME, "why-remove-close"));
    }
    let statement = Site { node: run.tree(made.cell).statement_of(made.node), ..made };
    remove(run, &mut whole, statement, Message::new(NAME, "why-remove-loop"));
    whole.edits.sort();
    whole.edits.dedup();
    checked(run, whole)
}

/// Where the function around the call binds a new loop to the name on which it is made.
fn own_loop(run: &Run, call: Site) -> Option<Site> {
    let object = run.child(run.child(call, Role::Func)?, Role::Value)?;
    let owner = run.owner(call)?;
    let bindings = run.bindings(object);
    let [(cell, binding)] = bindings.as_slice() else { return None };
    let made = Site { cell: *cell, node: binding.node };
    let How::Value(value) = binding.how else { return None };
    let path = run.meaning(Site { cell: *cell, node: value });
    let is_new = path.path() == Some("asyncio.new_event_loop()");
    (is_new && run.owner(made) == Some(owner)).then_some(made)
}

/// Something else uses the loop, which stays. What belongs to a loop of its own cannot be awaited
/// on the kernel's; and the kernel's is never closed.
fn keep_the_loop(run: &Run, on: Loop, mut fix: Fix, leavings: &[Site]) -> Fix {
    if on != Loop::Kernel {
        return fix.at_most(Applicability::DisplayOnly);
    }
    for statement in leavings.iter().filter(|site| run.source_of(**site).contains("close(")) {
        remove(run, &mut fix, *statement, Message::new(NAME, "why-remove-close"));
    }
    checked(run, fix)
}

enum Leaving {
    /// The read is a run that the fix rewrites.
    Run,
    /// `loop.close()` or `asyncio.set_event_loop(loop)`, which goes.
    Statement(Site),
}

/// What becomes of a place that reads the loop's name; `None` when it needs the loop. `runs` are in
/// order.
fn leaving(run: &Run, read: Site, runs: &[Site]) -> Option<Leaving> {
    let tree = run.tree(read.cell);
    let mut inner = read;
    for up in run.ancestors(read) {
        if run.role(inner) == Role::Func && runs.binary_search(&up).is_ok() {
            return Some(Leaving::Run);
        }
        inner = up;
    }
    let statement = Site { node: tree.statement_of(read.node), ..read };
    let call =
        run.child(statement, Role::Value).filter(|it| matches!(run.kind(*it), Kind::Call))?;
    let callee = run.callee(call);
    let goes = callee.ends_with(".close") || callee.ends_with("set_event_loop");
    (goes && matches!(run.usage(call), Usage::Dropped | Usage::Displayed))
        .then_some(Leaving::Statement(statement))
}

fn reads_of_loop(run: &Run, name: &str) -> Vec<Site> {
    let first = run.global(name).first();
    let target = first.map(|(cell, binding)| Site { cell: *cell, node: binding.node });
    target.map(|target| run.reads_of(target)).unwrap_or_default()
}

/// The global name of the loop that the call is made on, when only loops are bound to it.
fn loop_name(run: &Run, call: Site) -> Option<String> {
    let func = run.child(call, Role::Func)?;
    let object = run.child(func, Role::Value)?;
    let is_global =
        matches!(run.kind(object), Kind::Name { .. }) && run.binding_scope(object) == TOP;
    let name = is_global.then(|| run.source_of(object))?;
    let all_loops = run.global(name).iter().all(|(cell, binding)| match binding.how {
        How::Value(value) => {
            matches!(run.meaning(Site { cell: *cell, node: value }), Meaning::Path(path) if is_loop(&path))
        }
        _ => false,
    });
    all_loops.then(|| name.to_owned())
}

fn run_forever(run: &Run, happening: &Happening, on: Loop) -> Diagnostic {
    let is_patched = happening.event.is_patched;
    let (severity, key) = match is_patched {
        true => (Severity::Warning, "patched"),
        false => (Severity::Error, "forever"),
    };
    let mut found = happening.report(run, NAME, severity, key, run.callee(happening.site));
    happening.note_way(run, &mut found, is_patched);
    found.patterns.push("keep-the-handle");
    if on == Loop::Kernel {
        found.fixes.extend(removal(run, happening.at, "fix-remove-forever"));
    }
    found
}

fn stop_or_close(run: &Run, happening: &Happening, asked: Asked) -> Diagnostic {
    let key = if asked == Asked::Stop { "stop" } else { "close" };
    let call = run.callee(happening.site);
    let mut found = happening.report(run, NAME, Severity::Error, key, call);
    found.patterns.push("top-level-await");
    found.fixes.extend(removal(run, happening.at, "fix-remove-close"));
    found
}

/// A fix that takes the statement out: the kernel's loop is not the cell's to steer.
fn removal(run: &Run, call: Site, title: &'static str) -> Option<Fix> {
    let statement = run.parent(call)?;
    if !matches!(run.usage(call), Usage::Dropped | Usage::Displayed) {
        return None;
    }
    let fix = Fix {
        title: Message::new(NAME, title).with("call", run.callee(call)),
        pattern: "top-level-await",
        applicability: Applicability::Unsafe,
        edits: vec![delete_statement(run, statement)],
        reasons: vec![(run.at(statement), Message::new(NAME, "why-remove-close"))],
        tradeoffs: Vec::new(),
    };
    Some(checked(run, fix))
}
