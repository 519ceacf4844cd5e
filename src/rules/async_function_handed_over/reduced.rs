//! `reduce` with an async function, which becomes a loop.

use super::NAME;
use crate::diagnostic::{Fix, Message};
use crate::execution::{Run, Site};
use crate::python::{Kind, Role};
use crate::rewrite::{Start, draft, drafted_fix, free_name, obstacle_to_await};
use crate::text::Edit;

/// `total = reduce(f, items, start)`, or a `return` of it, becomes a loop that awaits each step.
pub(super) fn reduced(run: &Run, at: Site) -> Option<Fix> {
    let is_it = |it: &Site| run.callee(*it).rsplit('.').next() == Some("reduce");
    let call = std::iter::once(at).chain(run.ancestors(at)).find(is_it)?;
    let statement = run.parent(call)?;
    let target = match run.kind(statement) {
        Kind::Assign => {
            let mut targets = run.children_in(statement, Role::Target);
            let only = targets.next().filter(|_| targets.next().is_none());
            Some(only.filter(|it| matches!(run.kind(*it), Kind::Name { .. }))?)
        }
        Kind::Return => None,
        _ => return None,
    };
    let arguments: Vec<Site> = run.children_in(call, Role::Arg).collect();
    let [function, items, start @ ..] = arguments.as_slice() else { return None };
    let source = run.tree(call.cell).source();
    let range = run.range(statement);
    let margin = source.get(..range.start)?.rsplit('\n').next()?;
    let is_starred = |it: &Site| matches!(run.kind(*it), Kind::Starred);
    if start.len() > 1
        || arguments.iter().any(is_starred)
        || run.child(call, Role::Keyword).is_some()
        || !margin.trim().is_empty()
        || obstacle_to_await(run, call).is_some()
    {
        return None;
    }
    let name = target.map_or_else(|| free_name(run, "result"), |it| run.source_of(it).into());
    let reads =
        |site: Site| matches!(run.kind(site), Kind::Name { .. }) && run.source_of(site) == name;
    if [*function, *items].into_iter().any(|it| reads(it) || run.descendants(it).any(reads)) {
        return None;
    }
    let (item, step) = (free_name(run, "item"), run.source_of(*function));
    let step = match run.kind(*function) {
        Kind::Lambda => format!("({step})"),
        _ => step.to_owned(),
    };
    let items = run.source_of(*items);
    let (first, walked) = match start {
        [start] => (format!("{name} = {}", run.source_of(*start)), items.to_owned()),
        _ => {
            let rest = free_name(run, "rest");
            (format!("{rest} = iter({items})\n{margin}{name} = next({rest})"), rest)
        }
    };
    let mut text = format!(
        "{first}\n{margin}for {item} in {walked}:\n{margin}    {name} = await {step}({name}, {item})"
    );
    if target.is_none() {
        text.push_str(&format!("\n{margin}return {name}"));
    }
    let edits = vec![Edit::replace(run.at(statement), text)];
    let drafted = draft(run, &Start::Edits(edits))?;
    let reason = (run.at(call), Message::new(NAME, "why"));
    Some(drafted_fix(run, Message::new(NAME, "fix-loop"), reason, drafted))
}
