//! What never ends by itself runs as a task that a name keeps, since an `await` would never return.

use super::handles::FreeNames;
use super::imports::module_name;
use crate::diagnostic::{Applicability, Fix, Message};
use crate::facts::{Facts, Site, Usage, Value};
use crate::python::{Kind, Role};
use crate::text::{Edit, Span, TextRange};

/// The page that says how.
const PAGE: &str = "keep-the-handle";

/// `run(work())`, or `work()` itself, as a statement of its own becomes
/// `task = asyncio.create_task(work())`. What follows runs then, which is for the author to want,
/// so the fix is never safe. `None` where the value is used or no loop is running.
pub fn start_in_background(facts: &Facts, call: Site, work: Site) -> Option<Fix> {
    let (asyncio, import) = module_name(facts, call, "asyncio");
    let (outer, inner) = (facts.range(call), facts.range(work));
    let at = |start, end| Span::new(call.cell, TextRange::new(start, end));
    let name = name_for(facts, call, work, &mut FreeNames::default())?;
    // `gather` and its like have started what they are given.
    let is_started = facts
        .child(work, Role::Func)
        .is_some_and(|func| is_task(facts, facts.value(func).path().unwrap_or_default()));
    let (head, tail) = match is_started {
        true => (format!("{name} = "), ""),
        false => (format!("{name} = {asyncio}.create_task("), ")"),
    };
    let mut edits: Vec<Edit> = import.into_iter().filter(|_| !is_started).collect();
    edits.push(Edit::replace(at(outer.start, inner.start), head));
    edits.push(Edit::replace(at(inner.end, outer.end), tail));
    Some(fix(facts, call, &name, edits))
}

/// `create_task(work())` as a statement of its own becomes `task = create_task(work())`.
pub fn keep_in_background(facts: &Facts, call: Site, names: &mut FreeNames) -> Option<Fix> {
    let work = facts.child(call, Role::Arg).unwrap_or(call);
    let name = name_for(facts, call, work, names)?;
    let edits = vec![Edit::insert(call.cell, facts.range(call).start, format!("{name} = "))];
    Some(fix(facts, call, &name, edits))
}

fn is_task(facts: &Facts, path: &str) -> bool {
    matches!(path, "asyncio.gather" | "asyncio.shield") || facts.starts_task(path)
}

/// A free name that says what runs.
fn name_for(facts: &Facts, call: Site, work: Site, names: &mut FreeNames) -> Option<String> {
    let alone = matches!(facts.usage(call), Usage::Dropped | Usage::Displayed)
        && facts.parent(call).is_some_and(|up| facts.child(up, Role::Value) == Some(call));
    // A function's own name would lose the task at its end, and a block what the task works with.
    let here = facts.owner(call).is_none()
        && facts.comes_to(call)
        && !facts
            .ancestors(call)
            .any(|up| matches!(facts.kind(up), Kind::With { .. } | Kind::For { .. } | Kind::While));
    let fits = alone && here && super::obstacle_to_await(facts, call).is_none();
    let base = match facts.value(work) {
        Value::Coroutine(id) => {
            facts.function(id).map(|function| format!("{}_task", function.name))
        }
        _ => None,
    };
    fits.then(|| names.next(facts, base.as_deref().unwrap_or("task")))
}

fn fix(facts: &Facts, call: Site, name: &str, edits: Vec<Edit>) -> Fix {
    super::checked(
        facts,
        Fix {
            title: Message::new(PAGE, "fix-background"),
            pattern: PAGE,
            applicability: Applicability::Unsafe,
            edits,
            reasons: vec![(
                facts.span(call),
                Message::new(PAGE, "why-background").with("name", name),
            )],
            tradeoffs: vec!["leftover-tasks"],
        },
    )
}
