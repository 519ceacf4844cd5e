//! What `gather` and its like are given: results in the place of coroutines, and the keys of a dict.

use super::fix;
use crate::diagnostic::Fix;
use crate::execution::{Event, Run, Site};
use crate::facts::{self, Facts};
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
pub(super) fn unpacked(
    facts: &Facts,
    call: facts::Site,
    at: facts::Site,
    keys: bool,
) -> Option<Fix> {
    if keys {
        let edits = vec![Edit::insert(at.cell, facts.range(at).end, ".values()")];
        return Some(fix(facts, at, "fix-values", "", edits));
    }
    let each = facts.child(facts.child(at, Role::Value)?, Role::Element)?;
    if *facts.kind(each) == Kind::Await { unawaited(facts, call, &[each]) } else { None }
}

/// The same of all the arguments.
pub(super) fn arguments(facts: &Facts, call: facts::Site) -> Option<Fix> {
    let awaits = facts.children_in(call, Role::Arg);
    let awaits: Vec<_> = awaits.filter(|it| *facts.kind(*it) == Kind::Await).collect();
    unawaited(facts, call, &awaits)
}

/// `gather(await f(), g())` becomes `gather(f(), g())`.
fn unawaited(facts: &Facts, call: facts::Site, awaits: &[facts::Site]) -> Option<Fix> {
    let values: Option<Vec<_>> = awaits
        .iter()
        .map(|it| facts.child(*it, Role::Value).filter(|it| *facts.kind(*it) == Kind::Call))
        .collect();
    let values = values?;
    let edits = awaits.iter().zip(&values).map(|(it, value)| {
        let word = TextRange::new(facts.range(*it).start, facts.range(*value).start);
        Edit::delete(Span::new(it.cell, word))
    });
    let edits = edits.collect();
    Some(fix(facts, call, "fix-unawaited", facts.callee_text(*values.first()?), edits))
}

/// `await asyncio.gather(stream())` becomes `[[item async for item in stream()]]`.
pub(super) fn walked(facts: &Facts, call: facts::Site, at: facts::Site) -> Option<Fix> {
    let around = facts.parent(call).filter(|up| *facts.kind(*up) == Kind::Await)?;
    let only = facts.children_in(call, Role::Arg).count() == 1;
    let none_named = facts.child(call, Role::Keyword).is_none();
    let item = free_name(facts, "item");
    let text = format!("[[{item} async for {item} in {}]]", facts.source_of(at));
    let edits = vec![Edit::replace(facts.span(around), text)];
    (only && none_named).then(|| fix(facts, around, "fix-walk", "", edits))
}
