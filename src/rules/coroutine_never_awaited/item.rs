//! What a walk over `as_completed()` gives, turn by turn: an awaitable that somebody has to await.

use super::NAME;
use crate::diagnostic::{Applicability, Fix, Message};
use crate::execution::{Event, EventKind, Run, Site, Value};
use crate::python::{Kind, NameUse, Role};
use crate::rewrite::{await_expression, can_await, checked};
use crate::text::{Edit, TextRange};

/// The call whose object was walked for the coroutine that nobody awaits.
pub(super) fn walked(run: &Run, event: &Event) -> Option<String> {
    match event.kind {
        EventKind::CoroutineLost { function: Value::Path(path), .. } => {
            run.spell(path).strip_suffix("()").map(str::to_owned)
        }
        _ => None,
    }
}

/// Puts `await` where the item is used, or in front of the loop's body where that uses it often.
pub(super) fn fix(run: &Run, walked: Site) -> Option<Fix> {
    let up = run.parent(walked).filter(|_| run.role(walked) == Role::Iter)?;
    let target = run.child(up, Role::Target)?;
    let is_name = matches!(run.kind(target), Kind::Name { .. });
    let name = Some(run.source_of(target)).filter(|_| is_name)?;
    let whole = match run.kind(up) {
        Kind::For { is_async: false } => up,
        _ => run.parent(up).filter(|it| matches!(run.kind(*it), Kind::Comprehension { .. }))?,
    };
    let is_use = |it: &Site| {
        matches!(run.kind(*it), Kind::Name { used: NameUse::Load }) && run.source_of(*it) == name
    };
    let uses: Vec<Site> = run.descendants(whole).filter(is_use).collect();
    let body = run.child(up, Role::Body).filter(|_| whole == up);
    let edits = match (uses.as_slice(), body) {
        ([only], _) if can_await(run, *only) => await_expression(run, *only),
        (_, Some(first)) if can_await(run, first) => {
            let start = run.range(first).start;
            let before = TextRange::new(0, start).slice(run.tree(first.cell).source());
            let indent = before.rsplit('\n').next().filter(|it| it.trim().is_empty())?;
            let given = if uses.is_empty() { "" } else { name };
            let given = if given.is_empty() { String::new() } else { format!("{given} = ") };
            let text = format!("{given}await {name}\n{indent}");
            vec![Edit::insert(run.position(first.cell), start, text)]
        }
        _ => return None,
    };
    let fix = Fix {
        title: Message::new(NAME, "fix-item").with("name", name),
        pattern: "top-level-await",
        applicability: Applicability::Unsafe,
        edits,
        reasons: vec![(run.at(walked), Message::new(NAME, "why-item"))],
        tradeoffs: Vec::new(),
    };
    Some(checked(run, fix))
}
