//! A blocking call moves to a worker thread.

use super::awaiting::lists_for_generators;
use super::imports::module_name;
use crate::facts::{Facts, Site};
use crate::python::{Kind, Role};
use crate::text::{Edit, Span, TextRange};

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
