//! What went before decides: a task that was waited for, a block that has ended, a variable that
//! another cell set, a socket that was never told not to block.

use super::super::events::{found, place, repair};
use crate::diagnostic::{Diagnostic, Fix, Message, Severity};
use crate::execution::{Event, EventKind, Run, Site};
use crate::facts::Facts;
use crate::python::{Kind, Role};
use crate::rewrite::obstacle_to_await;
use crate::text::Edit;

/// What there is to say of an event that an earlier one decides.
pub(super) fn lasting(facts: &Facts, run: &Run, event: &Event) -> Option<Diagnostic> {
    match event.kind {
        EventKind::TaskDropped => dropped(run, event),
        EventKind::PostedToOwnLoop => posted(facts, run, event),
        EventKind::ExitInTask { .. } => exits(run, event),
        EventKind::ErrorsUnasked => unasked(run, event),
        EventKind::ReadAfterBlock { .. } => after_block(run, event, "after-block"),
        EventKind::UsedAfterBlock { .. } => after_block(run, event, "over"),
        EventKind::ContextLost => context_lost(facts, run, event),
        EventKind::WaitsForFrontEnd => front_end(run, event),
        _ => None,
    }
}

/// A task that a module beside the notebook starts and does not keep.
fn dropped(run: &Run, event: &Event) -> Option<Diagnostic> {
    let mut diagnostic = found(run, event, event.site, |span| {
        Diagnostic::new("dropped-task", Severity::Warning, span, "task")
            .with("call", run.callee(event.site))
    })?;
    diagnostic.patterns = vec!["keep-the-handle", "task-group"];
    diagnostic.note(Message::new("dropped-task", "there"), None);
    Some(diagnostic)
}

/// A coroutine given to the loop that runs here as if from another thread, and its future dropped.
fn posted(facts: &Facts, run: &Run, event: &Event) -> Option<Diagnostic> {
    let is_statement = |up: &Site| *run.kind(*up) == Kind::Expression;
    run.parent(event.site).filter(is_statement)?;
    let mut diagnostic = found(run, event, event.site, |span| {
        Diagnostic::new("dropped-task", Severity::Warning, span, "posted")
            .with("call", run.callee(event.site))
    })?;
    diagnostic.patterns = vec!["top-level-await", "keep-the-handle"];
    diagnostic.fixes.extend(awaited_here(facts, run, event));
    Some(diagnostic)
}

/// `run_coroutine_threadsafe(work(), loop)` becomes `await work()`.
fn awaited_here(facts: &Facts, run: &Run, event: &Event) -> Option<Fix> {
    let call = place(run, event.site)?;
    let coroutine = facts.argument(call, 0, "coro")?;
    if obstacle_to_await(facts, call).is_some() {
        return None;
    }
    let text = format!("await {}", facts.source_of(coroutine));
    let title = Message::new("dropped-task", "fix-posted").with("call", run.callee(event.site));
    let edits = vec![Edit::replace(facts.span(call), text)];
    Some(repair(facts, call, title, "top-level-await", edits))
}

fn exits(run: &Run, event: &Event) -> Option<Diagnostic> {
    let mut diagnostic = found(run, event, event.site, |span| {
        Diagnostic::new("competing-event-loop", Severity::Warning, span, "exit")
            .with("call", run.callee(event.site))
    })?;
    diagnostic.patterns = vec!["top-level-await"];
    Some(diagnostic)
}

fn unasked(run: &Run, event: &Event) -> Option<Diagnostic> {
    let mut diagnostic = found(run, event, event.site, |span| {
        Diagnostic::new("task-never-collected", Severity::Warning, span, "waited")
            .with("call", run.callee(event.site))
    })?;
    diagnostic.patterns = vec!["gather", "task-group"];
    Some(diagnostic)
}

fn after_block(run: &Run, event: &Event, key: &'static str) -> Option<Diagnostic> {
    let mut diagnostic = found(run, event, event.site, |span| {
        Diagnostic::new("async-resource-across-cells", Severity::Error, span, key)
            .with("name", run.source_of(event.site))
    })?;
    diagnostic.patterns = vec!["owned-lifetime"];
    Some(diagnostic)
}

/// What an awaiting cell sets in its own context, and another cell asks for.
fn context_lost(facts: &Facts, run: &Run, event: &Event) -> Option<Diagnostic> {
    facts.awaits_at_top(run.cell_of(event.during)?).then_some(())?;
    let variable = run.child(event.site, Role::Func).and_then(|it| run.child(it, Role::Value))?;
    let mut diagnostic = found(run, event, event.site, |span| {
        Diagnostic::new("async-resource-across-cells", Severity::Hint, span, "context")
            .with("name", run.source_of(variable))
    })?;
    diagnostic.patterns = vec!["owned-lifetime"];
    Some(diagnostic)
}

fn front_end(run: &Run, event: &Event) -> Option<Diagnostic> {
    let mut diagnostic = found(run, event, event.site, |span| {
        Diagnostic::new("loop-waits-for-itself", Severity::Hint, span, "front-end")
    })?;
    diagnostic.patterns = vec!["top-level-await", "keep-the-handle"];
    Some(diagnostic)
}
