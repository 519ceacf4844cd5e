//! What `gather` and its like are given: results in the place of coroutines, and the keys of a dict.

use super::fix;
use crate::diagnostic::Fix;
use crate::execution::{Event, Run, Site};
use crate::python::{Kind, Role};
use crate::rewrite::free_name;
use crate::text::{Edit, Span, TextRange};

/// What waits for all that it is given: nothing has to be awaited before.
pub(super) const TAKERS: [&str; 4] =
    ["asyncio.gather", "asyncio.create_task", "asyncio.ensure_future", "asyncio.wait_for"];

/// The argument that is refused: of one that is spread, which has no place of its own, the whole.
pub(super) fn argument(run: &Run, event: &Event, argument: Site) -> Site {
    let spread = spread(run, event).filter(|_| argument == event.site);
    spread.unwrap_or(argument)
}

fn spread(run: &Run, event: &Event) -> Option<Site> {
    run.children_in(event.site, Role::Arg).find(|it| *run.kind(*it) == Kind::Starred)
}

/// Whether `*jobs` unpacks a dict whose values are what is wanted.
pub(super) fn unpacks_keys(run: &Run, argument: Site) -> bool {
    let starred = Some(argument).filter(|it| *run.kind(*it) == Kind::Starred);
    let given = starred.and_then(|it| run.child(it, Role::Value)).map(|it| run.trace.given(it));
    given.is_some_and(|given| {
        !given.is_empty() && given.into_iter().all(|it| run.trace.has_awaitable_values(it))
    })
}

/// Where the coroutines were made that a dict holds whose keys are unpacked.
pub(super) fn in_values(run: &Run, event: &Event) -> Vec<Span> {
    let given = spread(run, event)
        .and_then(|it| run.child(it, Role::Value))
        .map(|it| run.trace.given(it))
        .unwrap_or_default()
        .into_iter();
    let held = given.flat_map(|it| run.trace.held(it));
    held.filter_map(|it| run.span(run.trace.made_at(it)?)).collect()
}

/// `gather(*jobs)` becomes `gather(*jobs.values())`, and `gather(*[await f() for …])` becomes
/// `gather(*[f() for …])`.
pub(super) fn unpacked(run: &Run, call: Site, at: Site, keys: bool) -> Option<Fix> {
    if keys {
        let edits = vec![Edit::insert(run.position(at.cell), run.range(at).end, ".values()")];
        return Some(fix(run, at, "fix-values", "", edits));
    }
    let each = run.child(run.child(at, Role::Value)?, Role::Element)?;
    if *run.kind(each) == Kind::Await { unawaited(run, call, &[each]) } else { None }
}

/// The same of all the arguments.
pub(super) fn arguments(run: &Run, call: Site) -> Option<Fix> {
    let awaits = run.children_in(call, Role::Arg);
    let awaits: Vec<_> = awaits.filter(|it| *run.kind(*it) == Kind::Await).collect();
    unawaited(run, call, &awaits)
}

/// `gather(await f(), g())` becomes `gather(f(), g())`.
fn unawaited(run: &Run, call: Site, awaits: &[Site]) -> Option<Fix> {
    let values: Option<Vec<_>> = awaits
        .iter()
        .map(|it| run.child(*it, Role::Value).filter(|it| *run.kind(*it) == Kind::Call))
        .collect();
    let values = values?;
    let edits = awaits.iter().zip(&values).map(|(it, value)| {
        let word = TextRange::new(run.range(*it).start, run.range(*value).start);
        Edit::delete(run.span_of(it.cell, word))
    });
    let edits = edits.collect();
    Some(fix(run, call, "fix-unawaited", run.callee(*values.first()?), edits))
}

/// `await asyncio.gather(stream())` becomes `[[item async for item in stream()]]`.
pub(super) fn walked(run: &Run, call: Site, at: Site) -> Option<Fix> {
    let around = run.parent(call).filter(|up| *run.kind(*up) == Kind::Await)?;
    let only = run.children_in(call, Role::Arg).count() == 1;
    let none_named = run.child(call, Role::Keyword).is_none();
    let item = free_name(run, "item");
    let text = format!("[[{item} async for {item} in {}]]", run.source_of(at));
    let edits = vec![Edit::replace(run.at(around), text)];
    (only && none_named).then(|| fix(run, around, "fix-walk", "", edits))
}
