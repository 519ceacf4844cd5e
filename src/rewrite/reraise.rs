//! An `except` lets a cancellation pass: it raises it again, or does not catch it any more.

use super::imports::module_name;
use crate::diagnostic::{Applicability, Fix, Message};
use crate::execution::{Run, Site};
use crate::python::{Kind, Role};
use crate::text::{Edit, Span, TextRange, indentation, line_range};

/// By what an `except` catches a cancellation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Catches {
    /// It names it.
    Cancellation,
    /// `except BaseException`.
    Base,
    /// A bare `except`.
    Everything,
}

/// The fixes, best first, with their sentences from `page`. `head` is the `except` with its test;
/// `beside` lets the code go on that awaits a task which somebody cancels.
pub fn let_cancellation_pass(
    run: &Run,
    page: &'static str,
    (handler, head): (Site, Span),
    catches: Catches,
    beside: &[Edit],
) -> Vec<Fix> {
    let fix = |title, why, mut edits: Vec<Edit>| {
        let new: Vec<Edit> = beside.iter().filter(|it| !edits.contains(it)).cloned().collect();
        let after = new.first().map(|it| (it.span, Message::new(page, "why-apart")));
        edits.extend(new);
        let fix = Fix {
            title: Message::new(page, title),
            pattern: "keep-the-handle",
            // Whoever counts on the code going on after a cancellation has to agree.
            applicability: Applicability::Unsafe,
            edits,
            reasons: [(head, Message::new(page, why))].into_iter().chain(after).collect(),
            tradeoffs: Vec::new(),
        };
        super::checked(run, fix)
    };
    let test = run.child(handler, Role::Test);
    let is_tuple = test.is_some_and(|test| matches!(run.kind(test), Kind::Tuple { .. }));
    if catches == Catches::Cancellation && !is_tuple {
        let edits = raise_at_end(run, handler);
        return edits.map(|edits| fix("fix-raise", "why-raise", edits)).into_iter().collect();
    }
    let clause = clause_before(run, handler).map(|edits| fix("fix-clause", "why-raise", edits));
    let narrow = (!is_tuple).then(|| {
        let edit = match test {
            Some(test) => Edit::replace(run.at(test), "Exception"),
            None => Edit::insert(run.position(handler.cell), head.range.end, " Exception"),
        };
        fix("fix-narrow", "why-narrow", vec![edit])
    });
    clause.into_iter().chain(narrow).collect()
}

/// `raise` as the handler's last statement, in place of a `pass`, `return`, `break` or `continue`.
fn raise_at_end(run: &Run, handler: Site) -> Option<Vec<Edit>> {
    let last = run.children_in(handler, Role::Body).last()?;
    let mut edits = Vec::new();
    match (run.kind(last), run.child(last, Role::Value)) {
        // What is called there to clean up still has to happen.
        (Kind::Return, Some(value)) if matches!(run.kind(value), Kind::Await | Kind::Call) => {
            let head = TextRange::new(run.range(last).start, run.range(value).start);
            edits.push(Edit::delete(run.span_of(handler.cell, head)));
        }
        (Kind::Simple | Kind::Return, _) => {
            return Some(vec![Edit::replace(run.at(last), "raise")]);
        }
        _ => {}
    }
    let source = run.tree(handler.cell).source();
    let range = run.range(last);
    let line = line_range(source, range.end);
    let first = line_range(source, run.range(handler).start);
    if first.contains(range) {
        edits.push(Edit::insert(run.position(handler.cell), range.end, "; raise"));
        return Some(edits);
    }
    let indent = indentation(source, range.start);
    edits.push(Edit::insert(run.position(handler.cell), line.end, format!("\n{indent}raise")));
    Some(edits)
}

/// `except asyncio.CancelledError: raise` in front of the handler.
fn clause_before(run: &Run, handler: Site) -> Option<Vec<Edit>> {
    let source = run.tree(handler.cell).source();
    let range = run.range(handler);
    let line = line_range(source, range.start);
    let indent = TextRange::new(line.start, range.start).slice(source);
    if !indent.trim().is_empty() {
        return None;
    }
    let (asyncio, import) = module_name(run, handler, "asyncio");
    let step = step(run, handler, indent);
    let clause = format!("except {asyncio}.CancelledError:\n{indent}{step}raise\n{indent}");
    let clause = Edit::insert(run.position(handler.cell), range.start, clause);
    Some(import.into_iter().chain([clause]).collect())
}

/// By how much the handler's body is indented.
fn step<'f>(run: &'f Run, handler: Site, indent: &str) -> &'f str {
    let source = run.tree(handler.cell).source();
    let body = run.child(handler, Role::Body);
    let body = body.map_or("", |body| indentation(source, run.range(body).start));
    match body.strip_prefix(indent) {
        Some(step) if !step.is_empty() => step,
        _ => "    ",
    }
}
