//! A coroutine that `async for` or `async with` was given is awaited first, where what comes out
//! of it is known.

use super::{await_expression, lists_for_generators};
use crate::execution::{Run, Site, Value, ValueKind};
use crate::python::{Kind, Role};
use crate::text::{Edit, TextRange};

/// What a coroutine gives when it is awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gives {
    /// What the async statement takes.
    Asynchronous,
    /// A collection, which a plain `for` walks.
    Collection,
}

/// The statement that uses the coroutine at `site`: `async for`, its clause in a comprehension, or
/// `async with`.
pub fn async_statement(run: &Run, site: Site) -> Option<Site> {
    let parent = run.parent(site)?;
    match run.kind(parent) {
        Kind::WithItem => run.parent(parent),
        Kind::For { is_async: true } | Kind::Clause { is_async: true } => Some(parent),
        _ => None,
    }
}

/// The words of that statement.
pub fn async_words(run: &Run, statement: Site) -> &'static str {
    if matches!(run.kind(statement), Kind::With { .. }) { "async with" } else { "async for" }
}

/// Awaits the call at `site`, which `statement` uses directly or by a name. Where the result is a
/// list the `for` becomes a plain one.
pub fn await_before_use(run: &Run, site: Site, statement: Site) -> Option<Vec<Edit>> {
    if !lists_for_generators(run, site).0.is_empty() {
        return None;
    }
    let mut edits = await_expression(run, site);
    if gives(run, site, statement)? == Gives::Collection {
        let text = run.source_of(statement).strip_prefix("async")?;
        let start = run.range(statement).start;
        let word = "async".len() + text.len() - text.trim_start().len();
        let word = TextRange::new(start, start + word);
        edits.push(Edit::delete(run.span_of(statement.cell, word)));
    }
    Some(edits)
}

fn gives(run: &Run, call: Site, statement: Site) -> Option<Gives> {
    let walks = async_words(run, statement) == "async for";
    let crate::execution::Meaning::Coroutine(id) = run.meaning(call) else {
        // Source: the OpenAI and Anthropic clients' `create` gives an async iterator then.
        let streams = run.keyword(call, "stream").map(|it| run.kind(it));
        return (walks && streams == Some(&Kind::True)).then_some(Gives::Asynchronous);
    };
    let returns = &run.function(id)?.returns;
    let all = |is: &dyn Fn(Site) -> bool| !returns.is_empty() && returns.iter().all(|it| is(*it));
    if all(&|it| is_asynchronous(run, it, walks)) {
        return Some(Gives::Asynchronous);
    }
    let is_collection = |it: Site| {
        let given = run.trace.given(it);
        !given.is_empty() && given.iter().all(|it| run.trace.collection_name(*it).is_some())
    };
    (walks && all(&is_collection)).then_some(Gives::Collection)
}

/// Whether what an expression gave is for `async for` alone, or for `async with`.
fn is_asynchronous(run: &Run, site: Site, walks: bool) -> bool {
    let (run, site) = (run, site);
    let defines = |class, name: &str| {
        run.children_in(class, Role::Body).any(|it| match run.kind(it) {
            Kind::FunctionDef { name: its, .. } => run.tree(it.cell).text(*its) == name,
            _ => false,
        })
    };
    let is_one = |value: &Value| match run.trace.kind_of(*value) {
        ValueKind::AsyncGenerator => walks,
        ValueKind::AsyncManager => !walks,
        ValueKind::Instance => run
            .trace
            .class_of(*value)
            .is_some_and(|class| defines(class, if walks { "__aiter__" } else { "__aenter__" })),
        ValueKind::Library => run.path(site).is_some_and(|path| {
            let made_by = path.strip_suffix("()").unwrap_or(&path);
            match walks {
                true => {
                    run.tables().is_async_iterator(made_by)
                        || run.tables().is_walked_too(&path)
                        || run.tables().is_async_iterable(&path)
                }
                false => path.ends_with("()") && run.tables().is_async_manager(made_by),
            }
        }),
        _ => false,
    };
    let given = run.trace.given(site);
    !given.is_empty() && given.iter().all(is_one)
}
