//! What never ends by itself runs as a task that a name keeps, since an `await` would never return.

use super::handles::FreeNames;
use super::imports::module_name;
use crate::diagnostic::{Applicability, Fix, Message};
use crate::execution::{Meaning, Run, Site, Usage, starts_kept_task};
use crate::python::{Kind, Role};
use crate::text::{Edit, TextRange};

/// The page that says how.
const PAGE: &str = "keep-the-handle";

/// `run(work())`, or `work()` itself, as a statement of its own becomes
/// `task = asyncio.create_task(work())`. What follows runs then, which is for the author to want,
/// so the fix is never safe. `None` where the value is used or no loop is running.
pub fn start_in_background(run: &Run, call: Site, work: Site) -> Option<Fix> {
    let (asyncio, import) = module_name(run, call, "asyncio");
    let (outer, inner) = (run.range(call), run.range(work));
    let at = |start, end| run.span_of(call.cell, TextRange::new(start, end));
    let name = name_for(run, call, work, &mut FreeNames::default())?;
    // `gather` and its like have started what they are given.
    let is_started = run
        .child(work, Role::Func)
        .is_some_and(|func| is_task(run.meaning(func).path().unwrap_or_default()));
    let (head, tail) = match is_started {
        true => (format!("{name} = "), ""),
        false => (format!("{name} = {asyncio}.create_task("), ")"),
    };
    let mut edits: Vec<Edit> = import.into_iter().filter(|_| !is_started).collect();
    edits.push(Edit::replace(at(outer.start, inner.start), head));
    edits.push(Edit::replace(at(inner.end, outer.end), tail));
    Some(fix(run, call, &name, edits))
}

/// `create_task(work())` as a statement of its own becomes `task = create_task(work())`.
pub fn keep_in_background(run: &Run, call: Site, names: &mut FreeNames) -> Option<Fix> {
    let work = run.child(call, Role::Arg).unwrap_or(call);
    let name = name_for(run, call, work, names)?;
    let edits =
        vec![Edit::insert(run.position(call.cell), run.range(call).start, format!("{name} = "))];
    Some(fix(run, call, &name, edits))
}

fn is_task(path: &str) -> bool {
    matches!(path, "asyncio.gather" | "asyncio.shield") || starts_kept_task(path)
}

/// A free name that says what runs.
fn name_for(run: &Run, call: Site, work: Site, names: &mut FreeNames) -> Option<String> {
    let alone = matches!(run.usage(call), Usage::Dropped | Usage::Displayed)
        && run.parent(call).is_some_and(|up| run.child(up, Role::Value) == Some(call));
    // A function's own name would lose the task at its end, and a block what the task works with.
    let here = run.owner(call).is_none()
        && run.comes_to(call)
        && !run
            .ancestors(call)
            .any(|up| matches!(run.kind(up), Kind::With { .. } | Kind::For { .. } | Kind::While));
    let fits = alone && here && super::obstacle_to_await(run, call).is_none();
    let base = match run.meaning(work) {
        Meaning::Coroutine(id) => {
            run.function(id).map(|function| format!("{}_task", function.name))
        }
        _ => None,
    };
    fits.then(|| names.next(run, base.as_deref().unwrap_or("task")))
}

fn fix(run: &Run, call: Site, name: &str, edits: Vec<Edit>) -> Fix {
    super::checked(
        run,
        Fix {
            title: Message::new(PAGE, "fix-background"),
            pattern: PAGE,
            applicability: Applicability::Unsafe,
            edits,
            reasons: vec![(run.at(call), Message::new(PAGE, "why-background").with("name", name))],
            tradeoffs: vec!["leftover-tasks"],
        },
    )
}
