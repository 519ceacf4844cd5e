//! A blocking call moves to a worker thread.

use super::awaiting::lists_for_generators;
use super::imports::module_name;
use crate::facts::{Facts, Site};
use crate::python::{Kind, Role};
use crate::text::{Edit, Span, TextRange};

/// Functions that walk their argument to its end.
const READERS: [&str; 7] = [
    "builtins.list",
    "builtins.tuple",
    "builtins.set",
    "builtins.sorted",
    "builtins.sum",
    "builtins.dict",
    "builtins.enumerate",
];

/// `a[b]`, or what else runs code, becomes `await asyncio.to_thread(lambda: a[b])`.
pub fn thread_around(facts: &Facts, site: Site) -> Option<Vec<Edit>> {
    let is_plain = matches!(
        facts.kind(site),
        Kind::Call | Kind::Attribute { .. } | Kind::Subscript | Kind::BinOp
    );
    let holds = |it: Site| {
        matches!(
            facts.kind(it),
            Kind::Await | Kind::Yield | Kind::Named | Kind::Comprehension { .. }
        )
    };
    if !is_plain || facts.descendants(site).any(holds) {
        return None;
    }
    let (asyncio, import) = module_name(facts, site, "asyncio");
    let wrap = facts.parent(site).is_some_and(|up| {
        matches!(facts.kind(up), Kind::Attribute { .. } | Kind::Subscript | Kind::Call)
            && matches!(facts.role(site), Role::Value | Role::Func)
    });
    let (open, close) = if wrap { ("(", ")") } else { ("", "") };
    let (range, head) = (facts.range(site), format!("{open}await {asyncio}.to_thread(lambda: "));
    let mut edits: Vec<Edit> = import.into_iter().collect();
    edits.push(Edit::insert(site.cell, range.start, head));
    edits.push(Edit::insert(site.cell, range.end, format!("){close}")));
    Some(edits)
}

/// `f(a, k=b)` becomes `await asyncio.to_thread(f, a, k=b)`, with the import where it is missing.
pub fn await_in_thread(facts: &Facts, call: Site) -> Option<Vec<Edit>> {
    let func = facts.child(call, Role::Func)?;
    let known = facts.value(func).path().and_then(|path| facts.tables.blocking(path));
    if known.is_some_and(|it| it.is_lazy) {
        return walk_in_thread(facts, call);
    }
    let (asyncio, import) = module_name(facts, call, "asyncio");
    let (whole, callee) = (facts.range(call), facts.range(func));
    let source = facts.tree(call.cell).source();
    let has_arguments = facts.children_in(call, Role::Arg).next().is_some()
        || facts.child(call, Role::Keyword).is_some();
    let gap = TextRange::new(callee.end, whole.end).slice(source);
    let open = callee.end + gap.find('(')?;
    let wrap = facts.parent(call).is_some_and(|up| {
        matches!(facts.kind(up), Kind::Attribute { .. } | Kind::Subscript | Kind::Call)
            && matches!(facts.role(call), Role::Value | Role::Func)
    });
    let head = format!("{}await {asyncio}.to_thread(", if wrap { "(" } else { "" });
    let (lists, _) = lists_for_generators(facts, call);
    let mut edits: Vec<Edit> = import.into_iter().chain(lists).collect();
    edits.push(Edit::insert(call.cell, whole.start, head));
    let separator = Span::new(call.cell, TextRange::new(callee.end, open + 1));
    edits.push(Edit::replace(separator, if has_arguments { ", " } else { "" }));
    if wrap {
        edits.push(Edit::insert(call.cell, whole.end, ")"));
    }
    Some(edits)
}

/// `for x in pool.map(f, xs)` becomes `for x in await asyncio.to_thread(list, pool.map(f, xs))`.
fn walk_in_thread(facts: &Facts, call: Site) -> Option<Vec<Edit>> {
    if facts.role(call) != Role::Iter && !is_read_to_end(facts, call) {
        return None;
    }
    let (asyncio, import) = module_name(facts, call, "asyncio");
    let (range, head) = (facts.range(call), format!("await {asyncio}.to_thread(list, "));
    let mut edits: Vec<Edit> = import.into_iter().collect();
    edits.push(Edit::insert(call.cell, range.start, head));
    edits.push(Edit::insert(call.cell, range.end, ")"));
    Some(edits)
}

/// Whether an expression is the argument of a built-in function that walks it to its end.
fn is_read_to_end(facts: &Facts, site: Site) -> bool {
    let reader = facts.parent(site).and_then(|up| facts.child(up, Role::Func));
    let reader = reader.map(|func| facts.value(func));
    let path = reader.as_ref().and_then(|value| value.path()).unwrap_or_default();
    facts.role(site) == Role::Arg && READERS.contains(&path)
}
