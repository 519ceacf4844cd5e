//! A coroutine that `async for` or `async with` was given is awaited first, where what comes out
//! of it is known.

use super::{await_expression, lists_for_generators};
use crate::execution::{Value, ValueKind};
use crate::facts::{self, Facts, Site};
use crate::python::{Kind, Role};
use crate::text::{Edit, Span, TextRange};

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
pub fn async_statement(facts: &Facts, site: Site) -> Option<Site> {
    let parent = facts.parent(site)?;
    match facts.kind(parent) {
        Kind::WithItem => facts.parent(parent),
        Kind::For { is_async: true } | Kind::Clause { is_async: true } => Some(parent),
        _ => None,
    }
}

/// The words of that statement.
pub fn async_words(facts: &Facts, statement: Site) -> &'static str {
    if matches!(facts.kind(statement), Kind::With { .. }) { "async with" } else { "async for" }
}

/// Awaits the call at `site`, which `statement` uses directly or by a name. Where the result is a
/// list the `for` becomes a plain one.
pub fn await_before_use(facts: &Facts, site: Site, statement: Site) -> Option<Vec<Edit>> {
    if !lists_for_generators(facts, site).0.is_empty() {
        return None;
    }
    let mut edits = await_expression(facts, site);
    if gives(facts, site, statement)? == Gives::Collection {
        let text = facts.source_of(statement).strip_prefix("async")?;
        let start = facts.range(statement).start;
        let word = "async".len() + text.len() - text.trim_start().len();
        let word = TextRange::new(start, start + word);
        edits.push(Edit::delete(Span::new(statement.cell, word)));
    }
    Some(edits)
}

fn gives(facts: &Facts, call: Site, statement: Site) -> Option<Gives> {
    let walks = async_words(facts, statement) == "async for";
    let facts::Value::Coroutine(id) = facts.value(call) else {
        // Source: the OpenAI and Anthropic clients' `create` gives an async iterator then.
        let streams = facts.keyword(call, "stream").map(|it| facts.kind(it));
        return (walks && streams == Some(&Kind::True)).then_some(Gives::Asynchronous);
    };
    let returns = &facts.function(id)?.returns;
    let all = |is: &dyn Fn(Site) -> bool| !returns.is_empty() && returns.iter().all(|it| is(*it));
    if all(&|it| is_asynchronous(facts, it, walks)) {
        return Some(Gives::Asynchronous);
    }
    let run = facts.run();
    let is_collection = |it: Site| {
        let given = run.trace.given(facts.in_run(it));
        !given.is_empty() && given.iter().all(|it| run.trace.collection_name(*it).is_some())
    };
    (walks && all(&is_collection)).then_some(Gives::Collection)
}

/// Whether what an expression gave is for `async for` alone, or for `async with`.
fn is_asynchronous(facts: &Facts, site: Site, walks: bool) -> bool {
    let (run, site) = (facts.run(), facts.in_run(site));
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
                    facts.tables.is_async_iterator(made_by)
                        || facts.tables.is_walked_too(&path)
                        || facts.tables.is_async_iterable(&path)
                }
                false => path.ends_with("()") && facts.tables.is_async_manager(made_by),
            }
        }),
        _ => false,
    };
    let given = run.trace.given(site);
    !given.is_empty() && given.iter().all(is_one)
}
