//! Repairs that are found by running them, where the code as it is written gives none.

use hashbrown::HashMap;

mod again;
mod entry;

use super::events::place;
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message};
use crate::execution::{Event, EventKind, Run, Site, Value, ValueKind, ValueUse};
use crate::knowledge::tables::BlockingKind;
use crate::python::{Kind, NodeId, Role};
use crate::rewrite::{
    Drafted, Start, await_in_thread, can_await, draft, draft_unseen, drafted_fix, hold_together,
    holds_await, obstacle_to_await, thread_around,
};
use crate::text::{Edit, Span};

/// Adds a repair to what has none that could be made, or one that a run speaks against.
pub(super) fn check(run: &Run, found: &mut [Diagnostic]) {
    let by_span = events_by_span(run);
    let all_hold = all_hold(run, found, &by_span);
    for diagnostic in found.iter_mut().filter(|it| !is_trusted(it)) {
        let events: &[&Event] = by_span.get(&diagnostic.span).map_or(&[], Vec::as_slice);
        // What is no syntax never runs.
        if diagnostic.message.key == "yield-from-async" {
            continue;
        }
        let is_made_to_be_awaited = diagnostic.rule == "result-before-it-is-there"
            && events.iter().any(|event| uses_a_coroutine(run, event));
        if !is_made_to_be_awaited
            && is_repaired(diagnostic)
            && (all_hold || holds(run, diagnostic, events))
        {
            continue;
        }
        let fix = events.iter().find_map(|event| match diagnostic.rule {
            "asyncio-run-in-cell"
            | "run-until-complete-in-cell"
            | "competing-event-loop"
            | "framework-runner-in-cell"
            | "loop-owning-sync-api" => entry::awaited(run, event),
            "coroutine-never-awaited" | "result-before-it-is-there" => awaited_later(run, event),
            "blocking-call-in-async" | "cpu-bound-in-async" => in_thread(run, event),
            "async-protocol-needs-async" => walked(run, event),
            "shared-between-loops" => on_this_loop(run, event),
            "awaited-twice" => {
                again::cached_tasks(run, event).or_else(|| again::as_task(run, event))
            }
            _ => None,
        });
        let fix = fix.or_else(|| below_async(run, diagnostic));
        if let Some(fix) = fix.filter(|fix| fix.applicability >= Applicability::Unsafe) {
            diagnostic.fixes.insert(0, fix);
        }
    }
}

/// Whether the value is a coroutine, which is better awaited where it is made: all that use it then
/// have the result, and none of them a coroutine that was awaited before.
fn uses_a_coroutine(run: &Run, event: &Event) -> bool {
    matches!(event.kind, EventKind::UsedTooEarly { value, how }
        if run.trace.kind_of(value) == ValueKind::Coroutine
            && !asks_for_result(run, event, how)
            && !is_made_by_a_container(run, value))
}

/// Whether a read of a key, or a call of a class, made the coroutine: no `await` belongs there.
fn is_made_by_a_container(run: &Run, coroutine: Value) -> bool {
    let Some(made) = run.trace.made_at(coroutine) else { return false };
    let callee = run.callee(made).rsplit('.').next();
    let is_called = |class: &Site| {
        matches!(run.kind(*class), Kind::ClassDef { name }
            if Some(run.tree(class.cell).text(*name)) == callee)
    };
    !matches!(run.kind(made), Kind::Call) || run.classes_defined().iter().any(is_called)
}

/// Whether a coroutine is taken for a task: an `await` takes the place of its `result()`.
fn asks_for_result(run: &Run, event: &Event, how: ValueUse) -> bool {
    how == ValueUse::Attribute && run.source_of(event.site).trim_end().ends_with(".result")
}

/// Whether the code as it is written gives a repair that needs no run.
fn is_trusted(found: &Diagnostic) -> bool {
    found.fixes.iter().any(|fix| fix.applicability >= Applicability::Safe)
}

/// Whether a run with the repair shows fewer faults; where no event tells of the fault, it is not
/// for a run to say.
fn holds(run: &Run, found: &Diagnostic, events: &[&Event]) -> bool {
    let edits = || edits_of(found).unwrap_or_default().to_vec();
    !is_told(events) || draft(run, &Start::Edits(edits())).is_some()
}

/// Whether a run with all those repairs shows that each of them [`holds`].
fn all_hold(run: &Run, found: &[Diagnostic], by_span: &HashMap<Span, Vec<&Event>>) -> bool {
    let asked = found.iter().filter(|it| {
        let events = by_span.get(&it.span);
        !is_trusted(it) && events.is_some_and(|events| is_told(events))
    });
    let repairs: Vec<&[Edit]> = asked.filter_map(edits_of).collect();
    hold_together(run, &repairs)
}

/// What the first repair changes that can be made.
fn edits_of(found: &Diagnostic) -> Option<&[Edit]> {
    let fix = found.fixes.iter().find(|fix| fix.applicability >= Applicability::Unsafe);
    fix.map(|fix| fix.edits.as_slice())
}

/// Whether a run tells of the fault for certain.
fn is_told(events: &[&Event]) -> bool {
    events.iter().any(|event| {
        let kinds = matches!(
            event.kind,
            EventKind::LoopRefused { .. }
                | EventKind::CoroutineLost { .. }
                | EventKind::PlainWalkRefused { .. }
        );
        kinds && event.is_certain
    })
}

/// A helper that blocks goes to a thread as a whole, where coroutines call it and nobody else does.
fn below_async(run: &Run, found: &Diagnostic) -> Option<Fix> {
    let is_below = found.rule == "blocking-call-in-async" && found.message.key == "below-async";
    let key = run.key_of(found.span.cell);
    let cell = run.index(key).filter(|_| is_below)?;
    let is_it = |node: &NodeId| cell.syntax.tree.range(*node) == found.span.range;
    let node = cell.syntax.tree.all().find(is_it)?;
    let site = Site { cell: key, node };
    let calls: Vec<Site> = run.calls_of(run.owner(site)?).map(|call| call.site).collect();
    let fits = |call: &Site| can_await(run, *call) && obstacle_to_await(run, *call).is_none();
    if calls.is_empty() || !calls.iter().all(fits) {
        return None;
    }
    let edits: Option<Vec<_>> = calls.iter().map(|call| await_in_thread(run, *call)).collect();
    let mut edits: Vec<Edit> = edits?.into_iter().flatten().collect();
    edits.dedup();
    let drafted = draft_unseen(run, &Start::Edits(edits))?;
    Some(to_thread(run, *calls.first()?, drafted))
}

fn is_repaired(found: &Diagnostic) -> bool {
    found.fixes.iter().any(|fix| fix.applicability >= Applicability::Unsafe)
}

/// The events by the places at which rules may tell of them.
fn events_by_span<'r>(run: &'r Run) -> HashMap<Span, Vec<&'r Event>> {
    let mut by_span: HashMap<Span, Vec<&Event>> = HashMap::new();
    for event in run.events() {
        let at = run.site_of(event);
        let mut spans: Vec<Span> = run.span(at).into_iter().collect();
        match event.kind {
            EventKind::Computed { .. } => spans.push(run.head(at)),
            EventKind::UsedTooEarly { value, .. } => {
                let parts = [Role::Value, Role::Arg, Role::Operand, Role::Iter];
                let parts = parts.iter().filter_map(|role| run.child(at, *role));
                spans.extend(parts.chain(run.trace.made_at(value)).filter_map(|it| run.span(it)));
            }
            _ => {}
        }
        spans.sort_unstable();
        spans.dedup();
        for span in spans {
            by_span.entry(span).or_default().push(event);
        }
    }
    by_span
}

/// A coroutine that nobody awaits, or that is used too early.
fn awaited_later(run: &Run, event: &Event) -> Option<Fix> {
    let made = match event.kind {
        EventKind::CoroutineLost { .. } => event.site,
        EventKind::UsedTooEarly { value, .. } => run.trace.made_at(value)?,
        _ => return None,
    };
    let call = place(run, made)?;
    if run.never_ends(call).is_some() {
        return None;
    }
    let drafted = draft(run, &Start::Made(call))?;
    let page = "coroutine-never-awaited";
    let title = Message::new(page, "fix-await").with("call", run.callee(call));
    let reason = (run.at(call), Message::new(page, "why-await"));
    Some(drafted_fix(run, title, reason, drafted))
}

/// What only `async for` or `async with` takes, in a plain function.
fn walked(run: &Run, event: &Event) -> Option<Fix> {
    let EventKind::PlainWalkRefused { .. } = event.kind else { return None };
    let site = place(run, event.site)?;
    let inside = run
        .children(site)
        .filter(|it| matches!(run.role(*it), Role::Iter | Role::Arg | Role::Value | Role::Context));
    let candidates: Vec<Site> = std::iter::once(site).chain(inside).collect();
    candidates.into_iter().find_map(|at| {
        let own = super::async_protocol_needs_async::edits_at(run, at)?;
        let drafted = draft(run, &Start::Await { at, own, otherwise: None })?;
        let page = "async-protocol-needs-async";
        let reason = (run.at(at), Message::new(page, "why-for"));
        Some(drafted_fix(run, Message::new(page, "fix-for"), reason, drafted))
    })
}

/// What holds the loop below an `async def` goes to a thread as a whole, where that calls it.
fn in_thread(run: &Run, event: &Event) -> Option<Fix> {
    let (EventKind::Blocked { .. } | EventKind::Computed { .. }) = event.kind else { return None };
    let (at, edits) = match holds_await(run, event.site) {
        true => (place(run, event.site)?, waiting(run, event)?),
        false => everywhere(run, event)?,
    };
    let drafted = draft(run, &Start::Edits(edits))?;
    Some(to_thread(run, at, drafted))
}

/// The same from wherever a coroutine or a cell comes to the place: where one of them goes on to
/// hold the loop, nothing is won. The first of them stands for all.
fn everywhere(run: &Run, event: &Event) -> Option<(Site, Vec<Edit>)> {
    let (first, mut edits) = as_a_whole(run, event)?;
    let mut seen = vec![first];
    let same = |it: &&Event| it.site == event.site && it.kind == event.kind;
    for other in run.events().iter().filter(same) {
        let (at, more) = as_a_whole(run, other)?;
        if !seen.contains(&at) {
            seen.push(at);
            edits.extend(more.into_iter().filter(|edit| !edits.contains(edit)).collect::<Vec<_>>());
        }
    }
    Some((first, edits))
}

fn to_thread(run: &Run, at: Site, drafted: Drafted) -> Fix {
    let page = "blocking-call-in-async";
    let title = Message::new(page, "fix-thread").with("call", run.callee(at));
    let reason = (run.at(at), Message::new(page, "why-thread"));
    let mut fix = drafted_fix(run, title, reason, drafted);
    fix.pattern = "to-thread";
    fix.tradeoffs = vec!["thread-safety", "thread-pool-limit", "late-interrupt"];
    fix
}

/// The call in a coroutine, or in a cell, that leads to an event, and the edits that make a worker
/// thread do all of it.
fn as_a_whole(run: &Run, event: &Event) -> Option<(Site, Vec<Edit>)> {
    let site = run.stack(event.stack).into_iter().rev().find(|site| holds_await(run, *site))?;
    let at = place(run, site)?;
    if obstacle_to_await(run, at).is_some() {
        return None;
    }
    let is_call = matches!(run.kind(at), Kind::Call);
    let direct = is_call.then(|| await_in_thread(run, at)).flatten();
    Some((at, direct.or_else(|| thread_around(run, at))?))
}

/// A wait that blocks in an `async def` itself.
fn waiting(run: &Run, event: &Event) -> Option<Vec<Edit>> {
    let EventKind::Blocked { by } = event.kind else { return None };
    let call = place(run, event.site)?;
    let kind = run.tables().blocking(&run.spell(by))?.kind;
    let waits = matches!(kind, BlockingKind::Wait) && obstacle_to_await(run, call).is_none();
    waits.then(|| await_in_thread(run, call)).flatten()
}

/// `await asyncio.to_thread(asyncio.run, f())` becomes `await f()`, where that waits for a task, uses
/// a client, or holds a lock for a block: what waits for a queue may wait for the lines that follow.
fn on_this_loop(run: &Run, event: &Event) -> Option<Fix> {
    let EventKind::SharedBetweenLoops { value, .. } = event.kind else { return None };
    let is_task = run.trace.kind_of(value) == ValueKind::Task;
    let path = run.trace.path_of(value);
    let is_client = path.as_ref().is_some_and(|it| !it.starts_with("asyncio."));
    let is_held =
        path.is_some() && run.tree(event.site.cell).role(event.site.node) == Role::Context;
    if !is_client && !is_held && (!is_task || run.trace.function_of(value).is_none()) {
        return None;
    }
    let in_cell = run.stack(event.stack).into_iter().find(|site| {
        *run.kind(*site) == Kind::Call
            && holds_await(run, *site)
            && run.callee(*site).rsplit('.').next() == Some("to_thread")
    })?;
    let call = place(run, in_cell)?;
    let in_block = |up: Site| matches!(run.kind(up), Kind::With { is_async: true });
    if is_held && run.ancestors(call).any(in_block) {
        return None;
    }
    let mut args = run.children_in(call, Role::Arg);
    let (runner, work) = (args.next()?, args.next()?);
    let runs = run.meaning(runner).path() == Some("asyncio.run");
    if !runs || args.next().is_some() || run.never_ends(work).is_some() {
        return None;
    }
    let edits = vec![Edit::replace(run.at(call), run.source_of(work))];
    let drafted = draft(run, &Start::Edits(edits))?;
    let page = "shared-between-loops";
    let reason =
        (run.at(call), Message::new(page, if is_task { "why-here" } else { "why-one-loop" }));
    Some(drafted_fix(run, Message::new(page, "fix-here"), reason, drafted))
}
