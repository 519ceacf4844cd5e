//! The kernel's thread waits for something that only the kernel's loop can bring.

mod unbrought;

use hashbrown::HashSet;

use super::Rule;
use super::events::{found, place, repair};
use crate::diagnostic::{Diagnostic, Fix, Message, Severity};
use crate::execution::{Event, EventKind, Run, Site};
use crate::knowledge::tables::BlockingKind;
use crate::python::{Kind, Role};
use crate::rewrite::{module_name, obstacle_to_await};
use crate::text::{Edit, Span};

const NAME: &str = "loop-waits-for-itself";

pub(super) const RULE: Rule = Rule { name: NAME, check };

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    let mut own = Vec::new();
    let mut said = HashSet::new();
    let mut loops: Vec<Span> = Vec::new();
    for event in run.events() {
        let diagnostic = match event.kind {
            EventKind::Deadlocked { .. } => waits(run, event),
            EventKind::BusyWait { .. } => {
                loops.extend(run.span(event.site));
                busy(run, event)
            }
            EventKind::LockedOut { across } => locked_out(run, event, across),
            EventKind::LockedByItself { first } => locked_by_itself(run, event, first),
            EventKind::WaitsForFrontEnd => front_end(run, event),
            _ => continue,
        };
        own.extend(diagnostic.filter(|it| said.insert(it.span)));
    }
    own.extend(unbrought::waits(run).filter(|it| said.insert(it.span)));
    // The same wait, or what passes the time in a loop that never ends, may have been seen as a
    // blocking call.
    let within =
        |span: Span| loops.iter().any(|it| it.cell == span.cell && it.range.contains(span.range));
    out.retain(|other| {
        other.rule != "blocking-call-in-async" || !said.contains(&other.span) && !within(other.span)
    });
    out.extend(own);
}

/// A cell waits for what a front end fills, which has to wait for the cell.
fn front_end(run: &Run, event: &Event) -> Option<Diagnostic> {
    let mut found = found(run, event, event.site, |span| {
        Diagnostic::new(NAME, Severity::Hint, span, "front-end")
    })?;
    found.patterns = vec!["top-level-await", "keep-the-handle"];
    Some(found)
}

/// A lock of the thread, which a task that waits for the loop holds.
fn locked_out(run: &Run, event: &Event, across: Site) -> Option<Diagnostic> {
    let func = run.child(event.site, Role::Func).and_then(|func| run.child(func, Role::Value));
    let lock = run.source_of(func.unwrap_or(event.site));
    let mut found = found(run, event, event.site, |span| {
        Diagnostic::new(NAME, Severity::Error, span, "lock").with("lock", lock)
    })?;
    found.patterns = vec!["to-thread"];
    found.note(Message::new(NAME, "held").with("line", run.line(across)), run.span(across));
    Some(found)
}

/// A lock of the loop's, which the task that asks for it has already.
fn locked_by_itself(run: &Run, event: &Event, first: Site) -> Option<Diagnostic> {
    let lock = match run.kind(event.site) {
        Kind::Await => {
            run.child(event.site, Role::Value).and_then(|call| run.child(call, Role::Func))
        }
        _ => None,
    };
    let lock = lock.and_then(|func| run.child(func, Role::Value)).unwrap_or(event.site);
    let mut found = found(run, event, event.site, |span| {
        Diagnostic::new(NAME, Severity::Error, span, "own-lock").with("lock", run.source_of(lock))
    })?;
    found.note(Message::new(NAME, "taken").with("line", run.line(first)), run.span(first));
    Some(found)
}

fn waits(run: &Run, event: &Event) -> Option<Diagnostic> {
    let mut found = found(run, event, event.site, |span| {
        Diagnostic::new(NAME, Severity::Error, span, "waits").with("call", run.callee(event.site))
    })?;
    found.patterns = vec!["top-level-await", "to-thread"];
    found.fixes.extend(place(run, event.site).and_then(|call| awaited(run, call)));
    Some(found)
}

/// `future.result(1)` becomes `await asyncio.wait_for(asyncio.wrap_future(future), 1)`.
fn awaited(run: &Run, call: Site) -> Option<Fix> {
    let func = run.child(call, Role::Func)?;
    let Kind::Attribute { name } = run.kind(func) else { return None };
    let is_result = run.tree(func.cell).text(*name) == "result";
    if !is_result || obstacle_to_await(run, call).is_some() {
        return None;
    }
    let future = run.source_of(run.child(func, Role::Value)?);
    let (asyncio, import) = module_name(run, call, "asyncio");
    let text = match run.argument(call, 0, "timeout").map(|it| run.source_of(it)) {
        None | Some("None") => format!("await {asyncio}.wrap_future({future})"),
        Some(time) => format!("await {asyncio}.wait_for({asyncio}.wrap_future({future}), {time})"),
    };
    let is_part = run.parent(call).is_some_and(|up| match run.kind(up) {
        Kind::Attribute { .. } | Kind::BinOp | Kind::Unary => true,
        Kind::Call | Kind::Subscript => matches!(run.role(call), Role::Func | Role::Value),
        _ => false,
    });
    let text = if is_part { format!("({text})") } else { text };
    let mut edits: Vec<Edit> = import.into_iter().collect();
    edits.push(Edit::replace(run.at(call), text));
    Some(fix(run, call, "fix-await", edits))
}

fn busy(run: &Run, event: &Event) -> Option<Diagnostic> {
    let test = run.child(event.site, Role::Test).unwrap_or(event.site);
    let mut found =
        found(run, event, test, |span| Diagnostic::new(NAME, Severity::Error, span, "busy"))?;
    found.patterns = vec!["top-level-await", "keep-the-handle"];
    let place = place(run, event.site).zip(place(run, test));
    found.fixes.extend(place.and_then(|(statement, test)| awaited_task(run, statement, test)));
    Some(found)
}

/// `while not task.done(): pass` becomes `await task`.
fn awaited_task(run: &Run, statement: Site, test: Site) -> Option<Fix> {
    let asked = run.child(test, Role::Operand).filter(|_| *run.kind(test) == Kind::Not)?;
    let func = run.child(asked, Role::Func)?;
    let task = run.child(func, Role::Value)?;
    let mut body = run.children_in(statement, Role::Body);
    let only = body.next().filter(|it| is_idle(run, *it))?;
    let has_more = body.next().is_some() || run.children_in(statement, Role::Else).next().is_some();
    if has_more || only == statement || obstacle_to_await(run, test).is_some() {
        return None;
    }
    let text = format!("await {}", run.source_of(task));
    let edits = vec![Edit::replace(run.at(statement), text)];
    Some(fix(run, statement, "fix-await-task", edits))
}

/// Whether a statement does nothing but pass the time.
fn is_idle(run: &Run, statement: Site) -> bool {
    if run.source_of(statement) == "pass" {
        return true;
    }
    let call = run.child(statement, Role::Value);
    let func = call.and_then(|call| run.child(call, Role::Func));
    let value = func.map(|func| run.meaning(func));
    let blocking = value.as_ref().and_then(|it| run.tables().blocking(it.path()?));
    *run.kind(statement) == Kind::Expression
        && blocking.is_some_and(|it| it.kind == BlockingKind::Sleep)
}

fn fix(run: &Run, at: Site, title: &'static str, edits: Vec<Edit>) -> Fix {
    repair(run, at, Message::new(NAME, title), "top-level-await", edits)
}
