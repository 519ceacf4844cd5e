//! A blocking call moves to a worker thread.

use super::awaiting::lists_for_generators;
use super::enclose::enclose;
use super::imports::module_name;
use crate::execution::{Run, Site};
use crate::python::{Kind, Role};
use crate::text::{Edit, TextRange};

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
pub fn thread_around(run: &Run, site: Site) -> Option<Vec<Edit>> {
    let is_plain = matches!(
        run.kind(site),
        Kind::Call | Kind::Attribute { .. } | Kind::Subscript | Kind::BinOp
    );
    let holds = |it: Site| {
        matches!(run.kind(it), Kind::Await | Kind::Yield | Kind::Named | Kind::Comprehension { .. })
    };
    if !is_plain || run.descendants(site).any(holds) {
        return None;
    }
    let (asyncio, import) = module_name(run, site, "asyncio");
    let wrap = run.parent(site).is_some_and(|up| {
        matches!(run.kind(up), Kind::Attribute { .. } | Kind::Subscript | Kind::Call)
            && matches!(run.role(site), Role::Value | Role::Func)
    });
    let (open, close) = if wrap { ("(", ")") } else { ("", "") };
    let (range, head) = (run.range(site), format!("{open}await {asyncio}.to_thread(lambda: "));
    let mut edits: Vec<Edit> = import.into_iter().collect();
    edits.push(Edit::insert(run.position(site.cell), range.start, head));
    edits.push(Edit::insert(run.position(site.cell), range.end, format!("){close}")));
    Some(edits)
}

/// `f(a, k=b)` becomes `await asyncio.to_thread(f, a, k=b)`, with the import where it is missing.
pub fn await_in_thread(run: &Run, call: Site) -> Option<Vec<Edit>> {
    let func = run.child(call, Role::Func)?;
    let known = run.meaning(func).path().and_then(|path| run.tables().blocking(path));
    if known.is_some_and(|it| it.is_lazy) {
        return walk_in_thread(run, call);
    }
    let (asyncio, import) = module_name(run, call, "asyncio");
    let (whole, callee) = (run.range(call), run.range(func));
    let source = run.tree(call.cell).source();
    let has_arguments = run.children_in(call, Role::Arg).next().is_some()
        || run.child(call, Role::Keyword).is_some();
    let gap = TextRange::new(callee.end, whole.end).slice(source);
    let open = callee.end + gap.find('(')?;
    let wrap = run.parent(call).is_some_and(|up| {
        matches!(run.kind(up), Kind::Attribute { .. } | Kind::Subscript | Kind::Call)
            && matches!(run.role(call), Role::Value | Role::Func)
    });
    let head = format!("{}await {asyncio}.to_thread(", if wrap { "(" } else { "" });
    let (lists, _) = lists_for_generators(run, call);
    let mut edits: Vec<Edit> = import.into_iter().chain(lists).collect();
    edits.push(Edit::insert(run.position(call.cell), whole.start, head));
    let separator = run.span_of(call.cell, TextRange::new(callee.end, open + 1));
    edits.push(Edit::replace(separator, if has_arguments { ", " } else { "" }));
    if wrap {
        edits.push(Edit::insert(run.position(call.cell), whole.end, ")"));
    }
    Some(edits)
}

/// `for x in pool.map(f, xs)` becomes `for x in await asyncio.to_thread(list, pool.map(f, xs))`.
fn walk_in_thread(run: &Run, call: Site) -> Option<Vec<Edit>> {
    if run.role(call) != Role::Iter && !is_read_to_end(run, call) {
        return None;
    }
    let (asyncio, import) = module_name(run, call, "asyncio");
    let read = enclose(run, call, format!("await {asyncio}.to_thread(list, "));
    Some(import.into_iter().chain(read).collect())
}

/// Whether an expression is the argument of a built-in function that walks it to its end.
fn is_read_to_end(run: &Run, site: Site) -> bool {
    let reader = run.parent(site).and_then(|up| run.child(up, Role::Func));
    let reader = reader.map(|func| run.meaning(func));
    let path = reader.as_ref().and_then(|value| value.path()).unwrap_or_default();
    run.role(site) == Role::Arg && READERS.contains(&path)
}
