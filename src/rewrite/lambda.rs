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
    let (parameters, body) = lambda_parts(facts, lambda)?;
    let (whole, range) = (facts.range(assign), facts.range(lambda));
    let in_class =
        facts.parent(assign).is_some_and(|up| matches!(facts.kind(up), Kind::ClassDef { .. }));
    if in_class || whole.end != range.end || !matches!(facts.kind(assign), Kind::Assign) {
        return None;
    }
    let source = facts.tree(lambda.cell).source();
    let name = facts.source_of(target);
    let indent = indentation(source, whole.start);
    let def = format!("async def {name}({parameters}):\n{indent}    return ");
    Some(Edit::replace(Span::new(lambda.cell, TextRange::new(whole.start, body.start)), def))
}

/// The parameters of a lambda as the source writes them, and where what it gives stands.
pub(super) fn lambda_parts<'f>(facts: &'f Facts<'_>, lambda: Site) -> Option<(&'f str, TextRange)> {
    let range = facts.range(lambda);
    let body = facts.child(lambda, Role::Body)?;
    let source = facts.tree(lambda.cell).source();
    let head = TextRange::new(range.start, facts.range(body).start).slice(source);
    let colon = head.rfind(':')?;
    let parameters = head.get("lambda".len()..colon)?.trim();
    let gap = head.get(colon + 1..)?;
    let start = range.start + colon + 1 + (gap.len() - gap.trim_start().len());
    let plain = !head.contains(['#', '\n', '\\']);
    plain.then_some((parameters, TextRange::new(start, range.end)))
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
