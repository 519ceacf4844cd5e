//! Methods that are `async` where Python wants a plain one, or plain where it wants an `async` one.

use super::NAME;
use crate::diagnostic::{Fix, Message};
use crate::execution::{Run, Site, Value};
use crate::python::{Kind, Role};
use crate::rewrite::{Start, draft, draft_unseen, drafted_fix, free_name};
use crate::rules::events::place;
use crate::text::{Edit, TextRange};

/// What `async for` asks of a class, and whether `async` belongs there.
pub(super) const WALKED: [(&str, bool); 2] = [("__aiter__", false), ("__anext__", true)];
/// The same of `async with`.
pub(super) const ENTERED: [(&str, bool); 2] = [("__aenter__", true), ("__aexit__", true)];

/// An `async` method that awaits nothing does the same as a plain one.
pub(super) fn made_plain(run: &Run, def: Site) -> Option<Fix> {
    let at = place(run, def)?;
    let edit = turned(run, at, false)?;
    let drafted = draft_unseen(run, &Start::Edits(vec![edit]))?;
    let title = Message::new(NAME, "fix-plain-def").with("method", name(run, at)?);
    Some(drafted_fix(run, title, (run.at(at), Message::new(NAME, "why")), drafted))
}

/// An `async def __await__` becomes a plain one that hands on what a coroutine's own gives.
pub(super) fn handed_on(run: &Run, def: Site) -> Option<Fix> {
    let at = place(run, def)?;
    let Kind::FunctionDef { name: own, is_async: true } = run.kind(at) else { return None };
    let source = run.tree(at.cell).source();
    let start = run.range(at).start;
    let margin = source.get(..start)?.rsplit('\n').next()?;
    let head = TextRange::new(start, own.start).slice(source);
    let is_plain = margin.trim().is_empty()
        && head.split_whitespace().eq(["async", "def"])
        && run.child(at, Role::Decorator).is_none()
        && source.get(own.start..)?.starts_with("__await__(self)");
    if !is_plain {
        return None;
    }
    let other = free_name(run, "_run");
    let step = if margin.is_empty() || !margin.ends_with('\t') { "    " } else { "\t" };
    let plain = format!(
        "def __await__(self):\n{margin}{step}return self.{other}().__await__()\n\n{margin}"
    );
    let edits = vec![
        Edit::insert(run.position(at.cell), start, plain),
        Edit::replace(run.span_of(at.cell, *own), other),
    ];
    let drafted = draft_unseen(run, &Start::Edits(edits))?;
    let reason = (run.at(at), Message::new(NAME, "why"));
    Some(drafted_fix(run, Message::new(NAME, "fix-handed-on"), reason, drafted))
}

/// The methods of an object's own class are written as `async for` or `async with` wants them.
pub(super) fn as_wanted(run: &Run, value: Value, wanted: [(&str, bool); 2]) -> Option<Fix> {
    let class = place(run, run.trace.class_of(value)?)?;
    let (mut edits, mut names) = (Vec::new(), Vec::new());
    for def in run.children_in(class, Role::Body) {
        let found = name(run, def).and_then(|it| wanted.iter().find(|(name, _)| *name == it));
        let Some((name, is_async)) = found else { continue };
        if let Some(edit) = turned(run, def, *is_async) {
            edits.push(edit);
            names.push(*name);
        }
    }
    let title = Message::new(NAME, "fix-methods").with("methods", names.join(", "));
    written(run, class, title, edits)
}

/// The plain generator function under `asynccontextmanager` becomes an `async` one.
pub(super) fn async_generator(run: &Run, value: Value) -> Option<Fix> {
    let def = place(run, run.trace.function_of(value)?)?;
    let is_meant = |it: Site| run.source_of(it).ends_with("asynccontextmanager");
    if !run.children_in(def, Role::Decorator).any(is_meant) {
        return None;
    }
    let title = Message::new(NAME, "fix-methods").with("methods", name(run, def)?);
    written(run, def, title, vec![turned(run, def, true)?])
}

fn written(run: &Run, at: Site, title: Message, edits: Vec<Edit>) -> Option<Fix> {
    let drafted = draft(run, &Start::Edits(edits))?;
    Some(drafted_fix(run, title, (run.at(at), Message::new(NAME, "why")), drafted))
}

fn name<'f>(run: &'f Run, def: Site) -> Option<&'f str> {
    match run.kind(def) {
        Kind::FunctionDef { name, .. } => Some(run.tree(def.cell).text(*name)),
        _ => None,
    }
}

/// Writes `async` before a function's `def`, or takes it away from one that awaits nothing.
fn turned(run: &Run, def: Site, to_async: bool) -> Option<Edit> {
    let Kind::FunctionDef { name, is_async } = run.kind(def) else { return None };
    let awaits = |it: Site| {
        let kind = run.kind(it);
        kind.suspends() || *kind == Kind::Yield
    };
    if *is_async == to_async || (!to_async && run.descendants(def).any(awaits)) {
        return None;
    }
    let start = run.range(def).start;
    let head = TextRange::new(start, name.start).slice(run.tree(def.cell).source());
    let word = start + head.rfind("def")?;
    Some(if to_async {
        Edit::insert(run.position(def.cell), word, "async ")
    } else {
        let from = start + head.rfind("async")?;
        Edit::delete(run.span_of(def.cell, TextRange::new(from, word)))
    })
}
