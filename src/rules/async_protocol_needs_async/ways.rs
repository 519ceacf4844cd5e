//! Plain ways of what has async ways alone: a stream that is read plainly, an engine that is given to a
//! plain call.

use super::super::events::{found, place};
use super::NAME;
use super::turns::margin;
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::execution::{Event, EventKind, Run, Site};
use crate::python::{Kind, Role};
use crate::rewrite::{can_await, checked, free_name, obstacle_to_await};
use crate::text::Edit;

/// What the run shows to be refused.
pub(super) fn refused(run: &Run, event: &Event) -> Option<Diagnostic> {
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
            true => run_inside(run, site, instead),
            false => other_way(run, site, instead),
        };
        found.fixes.extend(fix);
    }
    Some(found)
}

/// `for line in r.iter_lines():` becomes `async for line in r.aiter_lines():`, and `r.close()`
/// becomes `await r.aclose()`.
fn other_way(run: &Run, attribute: Site, instead: &str) -> Option<Fix> {
    let Kind::Attribute { name } = run.kind(attribute) else { return None };
    let call = run.parent(attribute)?;
    let name = Edit::replace(run.span_of(attribute.cell, *name), instead);
    let up = run.parent(call)?;
    let (key, word) = match (run.kind(up), run.role(call)) {
        (Kind::For { is_async: false } | Kind::Clause { is_async: false }, Role::Iter) => {
            ("fix-for", Edit::insert(run.position(up.cell), run.range(up).start, "async "))
        }
        (Kind::Expression, _) => {
            ("fix-way", Edit::insert(run.position(call.cell), run.range(call).start, "await "))
        }
        _ => return None,
    };
    made(run, attribute, key, vec![name, word])
}

/// `metadata.create_all(engine)` becomes `run_sync(metadata.create_all)` on a connection.
fn run_inside(run: &Run, call: Site, instead: &str) -> Option<Fix> {
    let statement = run.parent(call).filter(|up| *run.kind(*up) == Kind::Expression)?;
    let func = run.child(call, Role::Func)?;
    let mut engines = run.children(call).filter(|it| *it != func);
    let (engine, None) = (engines.next()?, engines.next()) else { return None };
    let engine = run
        .child(engine, Role::Value)
        .filter(|_| run.role(engine) == Role::Keyword)
        .unwrap_or(engine);
    if !matches!(run.kind(engine), Kind::Name { .. }) {
        return None;
    }
    let text = format!(".{instead}({})", run.source_of(func));
    let given = run.source_of(engine);
    let path = run.path(engine)?;
    if !path.ends_with("_engine()") {
        let text = format!("await {given}{text}");
        return made(run, call, "fix-way", vec![Edit::replace(run.at(call), text)]);
    }
    let margin = margin(run, statement)?;
    let name = free_name(run, "connection");
    let text = format!("async with {given}.begin() as {name}:\n{margin}    await {name}{text}");
    made(run, call, "fix-way", vec![Edit::replace(run.at(statement), text)])
}

fn made(run: &Run, at: Site, key: &'static str, edits: Vec<Edit>) -> Option<Fix> {
    if !can_await(run, at) || obstacle_to_await(run, at).is_some() {
        return None;
    }
    let why = if key == "fix-for" { "why-for" } else { "why-way" };
    let fix = Fix {
        title: Message::new(NAME, key),
        pattern: "async-client",
        applicability: Applicability::Unsafe,
        edits,
        reasons: vec![(run.at(at), Message::new(NAME, why))],
        tradeoffs: Vec::new(),
    };
    Some(checked(run, fix))
}
