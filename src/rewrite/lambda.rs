//! A lambda that a name keeps becomes an `async def` of that name.

use crate::facts::{Facts, FnId, Site, Usage};
use crate::python::{Kind, Role};
use crate::text::{Edit, Span, TextRange, indentation};

/// What a function is called: its own name, or the one that keeps a lambda.
pub fn name_of(facts: &Facts, id: FnId) -> String {
    let Some(function) = facts.function(id) else { return String::new() };
    match kept_as(facts, function.site) {
        Some(target) if function.name.is_empty() => facts.source_of(target).to_owned(),
        _ => function.title().to_owned(),
    }
}

/// The edit that turns `name = lambda x: …` into `async def name(x): return …`. `None` for other
/// functions, and for lambdas that are no statement's whole value.
pub(super) fn named_def(facts: &Facts, id: FnId) -> Option<Edit> {
    let lambda = facts.function(id)?.site;
    let target = kept_as(facts, lambda)?;
    let assign = facts.parent(lambda)?;
    let body = facts.child(lambda, Role::Body)?;
    let (whole, range) = (facts.range(assign), facts.range(lambda));
    let in_class =
        facts.parent(assign).is_some_and(|up| matches!(facts.kind(up), Kind::ClassDef { .. }));
    if in_class || whole.end != range.end || !matches!(facts.kind(assign), Kind::Assign) {
        return None;
    }
    let source = facts.tree(lambda.cell).source();
    let head = TextRange::new(range.start, facts.range(body).start).slice(source);
    let colon = head.rfind(':')?;
    let parameters = head.get("lambda".len()..colon)?.trim();
    let gap = head.get(colon + 1..)?;
    if head.contains(['#', '\n', '\\']) {
        return None;
    }
    let end = range.start + colon + 1 + (gap.len() - gap.trim_start().len());
    let name = facts.source_of(target);
    let indent = indentation(source, whole.start);
    let def = format!("async def {name}({parameters}):\n{indent}    return ");
    Some(Edit::replace(Span::new(lambda.cell, TextRange::new(whole.start, end)), def))
}

/// The name that a plain assignment gives to a lambda.
fn kept_as(facts: &Facts, lambda: Site) -> Option<Site> {
    if !matches!(facts.kind(lambda), Kind::Lambda) {
        return None;
    }
    match facts.usage(lambda) {
        Usage::Assigned(target) => Some(target),
        _ => None,
    }
}
