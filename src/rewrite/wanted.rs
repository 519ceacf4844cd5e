//! Places that want a coroutine itself and not its result.

use crate::execution::{Run, Site, Usage};
use crate::python::{Kind, Role};

/// Calls that take coroutines.
///
/// Source: "Coroutines and Tasks", "Runners" and "Event Loop" of the asyncio documentation.
const TAKERS: [&str; 10] = [
    "asyncio.run",
    "asyncio.Runner().run",
    "asyncio.create_task",
    "asyncio.ensure_future",
    "asyncio.gather",
    "asyncio.wait",
    "asyncio.wait_for",
    "asyncio.shield",
    "asyncio.as_completed",
    "asyncio.run_coroutine_threadsafe",
];

/// Methods of loops and task groups that take coroutines.
const METHODS: [&str; 3] = [".create_task", ".run_until_complete", ".ensure_future"];

/// As many names and containers as are followed.
const DEEPEST: usize = 6;

/// Whether the coroutine that the expression at `site` gives is awaited there, or handed to what
/// runs it.
pub(super) fn wants_coroutine(run: &Run, site: Site) -> bool {
    wants(run, site, 0)
}

fn wants(run: &Run, site: Site, depth: usize) -> bool {
    if depth > DEEPEST {
        return false;
    }
    let starred = run.parent(site).filter(|up| matches!(run.kind(*up), Kind::Starred));
    match run.usage(site) {
        Usage::Awaited => true,
        Usage::Argument(call) => takes(run, call) || is_collected(run, call, depth),
        Usage::Element(container) => wants(run, container, depth + 1),
        Usage::Iterated => starred.is_some_and(|starred| wants(run, starred, depth + 1)),
        Usage::Assigned(target) => all_want(run, run.reads_of(target), depth),
        _ => false,
    }
}

fn takes(run: &Run, call: Site) -> bool {
    let Some(func) = run.child(call, Role::Func) else { return false };
    let value = run.meaning(func);
    let text = value.path().unwrap_or_else(|| run.source_of(func));
    TAKERS.contains(&text) || METHODS.iter().any(|method| text.ends_with(method))
}

/// `tasks.append(f())`, where `tasks` goes to something that runs what it holds.
fn is_collected(run: &Run, call: Site, depth: usize) -> bool {
    let Some(func) = run.child(call, Role::Func) else { return false };
    let Kind::Attribute { name } = run.kind(func) else { return false };
    let adds = ["append", "add"].contains(&run.tree(call.cell).text(*name));
    let list = run.child(func, Role::Value).filter(|_| adds);
    let list = list.filter(|list| matches!(run.kind(*list), Kind::Name { .. }));
    let Some(list) = list else { return false };
    let is_use = |read: &Site| !matches!(run.usage(*read), Usage::Attribute(_));
    all_want(run, run.reads_of(list).into_iter().filter(is_use).collect(), depth)
}

fn all_want(run: &Run, reads: Vec<Site>, depth: usize) -> bool {
    !reads.is_empty() && reads.into_iter().all(|read| wants(run, read, depth + 1))
}
