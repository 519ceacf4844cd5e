//! Plain ways of what has async ways alone: a stream that is read plainly, an engine that is given to a
//! plain call.

use super::super::events::{found, place};
use super::NAME;
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::execution::{Event, EventKind, Run};
use crate::facts::{Facts, Site};
use crate::python::{Kind, Role};
use crate::rewrite::{can_await, checked, free_name, obstacle_to_await};
use crate::text::{Edit, Span, TextRange};

/// What the run shows to be refused.
pub(super) fn refused(facts: &Facts, run: &Run, event: &Event) -> Option<Diagnostic> {
    let EventKind::PlainWayRefused { instead } = &event.kind else { return None };
    let is_call = *run.kind(event.site) == Kind::Call;
    let key = if is_call { "engine" } else { "way" };
    let what = if is_call { run.callee(event.site) } else { run.source_of(event.site) };
    let mut found = found(run, event, event.site, |span| {
        Diagnostic::new(NAME, Severity::Error, span, key)
            .with("what", what)
            .with("instead", instead.as_str())
    })?;
    found.patterns = vec!["async-client"];
    if let Some(site) = place(run, event.site) {
        let fix = match is_call {
            true => run_inside(facts, run, site, instead),
            false => other_way(facts, site, instead),
        };
        found.fixes.extend(fix);
    }
    Some(found)
}

/// `for line in r.iter_lines():` becomes `async for line in r.aiter_lines():`, and `r.close()`
/// becomes `await r.aclose()`.
fn other_way(facts: &Facts, attribute: Site, instead: &str) -> Option<Fix> {
    let Kind::Attribute { name } = facts.kind(attribute) else { return None };
    let call = facts.parent(attribute)?;
    let name = Edit::replace(Span::new(attribute.cell, *name), instead);
    let up = facts.parent(call)?;
    let (key, word) = match (facts.kind(up), facts.role(call)) {
        (Kind::For { is_async: false } | Kind::Clause { is_async: false }, Role::Iter) => {
            ("fix-for", Edit::insert(up.cell, facts.range(up).start, "async "))
        }
        (Kind::Expression, _) => {
            ("fix-way", Edit::insert(call.cell, facts.range(call).start, "await "))
        }
        _ => return None,
    };
    made(facts, attribute, key, vec![name, word])
}

/// `metadata.create_all(engine)` becomes `run_sync(metadata.create_all)` on a connection.
fn run_inside(facts: &Facts, run: &Run, call: Site, instead: &str) -> Option<Fix> {
    let statement = facts.parent(call).filter(|up| *facts.kind(*up) == Kind::Expression)?;
    let func = facts.child(call, Role::Func)?;
    let mut engines = facts.children(call).filter(|it| *it != func);
    let (engine, None) = (engines.next()?, engines.next()) else { return None };
    let engine = facts
        .child(engine, Role::Value)
        .filter(|_| facts.role(engine) == Role::Keyword)
        .unwrap_or(engine);
    if !matches!(facts.kind(engine), Kind::Name { .. }) {
        return None;
    }
    let text = format!(".{instead}({})", facts.source_of(func));
    let given = facts.source_of(engine);
    let path = run.path(facts.in_run(engine))?;
    if !path.ends_with("_engine()") {
        let text = format!("await {given}{text}");
        return made(facts, call, "fix-way", vec![Edit::replace(facts.span(call), text)]);
    }
    let source = facts.tree(call.cell).source();
    let range = facts.range(statement);
    let line = source.get(..range.start)?.rfind('\n').map_or(0, |at| at + 1);
    let margin = TextRange::new(line, range.start).slice(source);
    if !margin.trim().is_empty() {
        return None;
    }
    let name = free_name(facts, "connection");
    let text = format!("async with {given}.begin() as {name}:\n{margin}    await {name}{text}");
    made(facts, call, "fix-way", vec![Edit::replace(facts.span(statement), text)])
}

fn made(facts: &Facts, at: Site, key: &'static str, edits: Vec<Edit>) -> Option<Fix> {
    if !can_await(facts, at) || obstacle_to_await(facts, at).is_some() {
        return None;
    }
    let why = if key == "fix-for" { "why-for" } else { "why-way" };
    let fix = Fix {
        title: Message::new(NAME, key),
        pattern: "async-client",
        applicability: Applicability::Unsafe,
        edits,
        reasons: vec![(facts.span(at), Message::new(NAME, why))],
        tradeoffs: Vec::new(),
    };
    Some(checked(facts, fix))
}
