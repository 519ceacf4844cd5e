//! A coroutine that `async for` or `async with` was given is awaited first, where what comes out
//! of it is known.

use super::{await_expression, lists_for_generators};
use crate::facts::{AsyncOnly, Facts, Site, Value};
use crate::python::Kind;
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
    let Value::Coroutine(id) = facts.value(call) else {
        // Source: the OpenAI and Anthropic clients' `create` gives an async iterator then.
        let streams = facts.keyword(call, "stream").map(|it| facts.kind(it));
        return (walks && streams == Some(&Kind::True)).then_some(Gives::Asynchronous);
    };
    let wanted = if walks { AsyncOnly::Iterator } else { AsyncOnly::Manager };
    let returns = &facts.function(id)?.returns;
    let all = |is: &dyn Fn(Site) -> bool| !returns.is_empty() && returns.iter().all(|it| is(*it));
    if all(&|it| facts.async_only(it).is_some_and(|it| it.asks_for(wanted))) {
        return Some(Gives::Asynchronous);
    }
    let lists = walks && all(&|it| facts.collection(it).is_some());
    lists.then_some(Gives::Collection)
}
