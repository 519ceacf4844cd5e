//! `reduce` with an async function, which becomes a loop.

use super::NAME;
use crate::diagnostic::{Fix, Message};
use crate::execution::Run;
use crate::facts::{Facts, Site};
use crate::python::{Kind, Role};
use crate::rewrite::{Start, draft, drafted_fix, free_name, obstacle_to_await};
use crate::text::Edit;

/// `total = reduce(f, items, start)`, or a `return` of it, becomes a loop that awaits each step.
pub(super) fn reduced(facts: &Facts, run: &Run, at: Site) -> Option<Fix> {
    let is_it = |it: &Site| facts.callee_text(*it).rsplit('.').next() == Some("reduce");
    let call = std::iter::once(at).chain(facts.ancestors(at)).find(is_it)?;
    let statement = facts.parent(call)?;
    let target = match facts.kind(statement) {
        Kind::Assign => {
            let mut targets = facts.children_in(statement, Role::Target);
            let only = targets.next().filter(|_| targets.next().is_none());
            Some(only.filter(|it| matches!(facts.kind(*it), Kind::Name { .. }))?)
        }
        Kind::Return => None,
        _ => return None,
    };
    let arguments: Vec<Site> = facts.children_in(call, Role::Arg).collect();
    let [function, items, start @ ..] = arguments.as_slice() else { return None };
    let source = facts.tree(call.cell).source();
    let range = facts.range(statement);
    let margin = source.get(..range.start)?.rsplit('\n').next()?;
    let is_starred = |it: &Site| matches!(facts.kind(*it), Kind::Starred);
    if start.len() > 1
        || arguments.iter().any(is_starred)
        || facts.child(call, Role::Keyword).is_some()
        || !margin.trim().is_empty()
        || obstacle_to_await(facts, call).is_some()
    {
        return None;
    }
    let name = target.map_or_else(|| free_name(facts, "result"), |it| facts.source_of(it).into());
    let reads =
        |site: Site| matches!(facts.kind(site), Kind::Name { .. }) && facts.source_of(site) == name;
    if [*function, *items].into_iter().any(|it| reads(it) || facts.descendants(it).any(reads)) {
        return None;
    }
    let (item, step) = (free_name(facts, "item"), facts.source_of(*function));
    let step = match facts.kind(*function) {
        Kind::Lambda => format!("({step})"),
        _ => step.to_owned(),
    };
    let items = facts.source_of(*items);
    let (first, walked) = match start {
        [start] => (format!("{name} = {}", facts.source_of(*start)), items.to_owned()),
        _ => {
            let rest = free_name(facts, "rest");
            (format!("{rest} = iter({items})\n{margin}{name} = next({rest})"), rest)
        }
    };
    let mut text = format!(
        "{first}\n{margin}for {item} in {walked}:\n{margin}    {name} = await {step}({name}, {item})"
    );
    if target.is_none() {
        text.push_str(&format!("\n{margin}return {name}"));
    }
    let edits = vec![Edit::replace(facts.span(statement), text)];
    let drafted = draft(facts, run, &Start::Edits(edits))?;
    let reason = (facts.span(call), Message::new(NAME, "why"));
    Some(drafted_fix(facts, Message::new(NAME, "fix-loop"), reason, drafted))
}
