//! A lambda that a name keeps becomes an `async def` of that name.

use crate::execution::{Run, Site, Usage};
use crate::python::{Kind, Role};
use crate::text::{Edit, TextRange, indentation};

/// What a function is called: its own name, or the one that keeps a lambda.
pub fn name_of(run: &Run, id: Site) -> String {
    let Some(function) = run.function(id) else { return String::new() };
    match kept_as(run, function.site) {
        Some(target) if function.name.is_empty() => run.source_of(target).to_owned(),
        _ => run.title(id).to_owned(),
    }
}

/// The edit that turns `name = lambda x: …` into `async def name(x): return …`. `None` for other
/// functions, and for lambdas that are no statement's whole value.
pub(super) fn named_def(run: &Run, id: Site) -> Option<Edit> {
    let lambda = run.function(id)?.site;
    let target = kept_as(run, lambda)?;
    let assign = run.parent(lambda)?;
    let (parameters, body) = lambda_parts(run, lambda)?;
    let (whole, range) = (run.range(assign), run.range(lambda));
    let in_class =
        run.parent(assign).is_some_and(|up| matches!(run.kind(up), Kind::ClassDef { .. }));
    if in_class || whole.end != range.end || !matches!(run.kind(assign), Kind::Assign) {
        return None;
    }
    let source = run.tree(lambda.cell).source();
    let name = run.source_of(target);
    let indent = indentation(source, whole.start);
    let def = format!("async def {name}({parameters}):\n{indent}    return ");
    Some(Edit::replace(run.span_of(lambda.cell, TextRange::new(whole.start, body.start)), def))
}

/// The parameters of a lambda as the source writes them, and where what it gives stands.
pub(super) fn lambda_parts<'f>(run: &'f Run<'_>, lambda: Site) -> Option<(&'f str, TextRange)> {
    let range = run.range(lambda);
    let body = run.child(lambda, Role::Body)?;
    let source = run.tree(lambda.cell).source();
    let head = TextRange::new(range.start, run.range(body).start).slice(source);
    let colon = head.rfind(':')?;
    let parameters = head.get("lambda".len()..colon)?.trim();
    let gap = head.get(colon + 1..)?;
    let start = range.start + colon + 1 + (gap.len() - gap.trim_start().len());
    let plain = !head.contains(['#', '\n', '\\']);
    plain.then_some((parameters, TextRange::new(start, range.end)))
}

/// The name that a plain assignment gives to a lambda.
fn kept_as(run: &Run, lambda: Site) -> Option<Site> {
    if !matches!(run.kind(lambda), Kind::Lambda) {
        return None;
    }
    match run.usage(lambda) {
        Usage::Assigned(target) => Some(target),
        _ => None,
    }
}
