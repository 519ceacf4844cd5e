//! A task that is started and forgotten gets a name, and its end is awaited.

use hashbrown::HashMap;

use crate::facts::{Facts, FnId, Site};
use crate::python::{Builds, Kind, Role};
use crate::text::{Edit, Span, TextRange, indentation, line_range};

/// Keeps the task that the bare statement around `call` starts, and awaits it at the end of the
/// cell or function; in a loop, keeps a list of tasks. `None` where no end can be found that is
/// always reached.
pub fn keep_handle(
    facts: &Facts,
    call: Site,
    asyncio: &str,
    names: &mut FreeNames,
) -> Option<Vec<Edit>> {
    let owner = facts.owner(call);
    if super::obstacle_to_await(facts, call).is_some() {
        return None;
    }
    let statement = facts.parent(call)?;
    if let Some(edits) = keep_list(facts, call, asyncio, owner, names) {
        return Some(edits);
    }
    match loop_around(facts, statement) {
        Some(around) if is_in_owner_block(facts, around, owner) => {
            let end = end_of(facts, around, owner)?;
            let name = names.next(facts, "tasks");
            let range = facts.range(call);
            let source = facts.tree(call.cell).source();
            let indent = indentation(source, facts.range(around).start);
            let start = line_range(source, facts.range(around).start).start;
            Some(vec![
                Edit::insert(call.cell, start, format!("{indent}{name} = []\n")),
                Edit::insert(call.cell, range.start, format!("{name}.append(")),
                Edit::insert(call.cell, range.end, ")"),
                last_line(facts, call, end, &format!("{indent}await {asyncio}.gather(*{name})")),
            ])
        }
        Some(_) => None,
        None if is_in_owner_block(facts, statement, owner) => {
            let end = end_of(facts, statement, owner)?;
            let name = names.next(facts, "task");
            let source = facts.tree(call.cell).source();
            let indent = indentation(source, facts.range(statement).start);
            Some(vec![
                Edit::insert(call.cell, facts.range(call).start, format!("{name} = ")),
                last_line(facts, call, end, &format!("{indent}await {name}")),
            ])
        }
        None => None,
    }
}

/// `[create_task(f(i)) for i in items]` as a statement gets a name, and all are awaited.
fn keep_list(
    facts: &Facts,
    call: Site,
    asyncio: &str,
    owner: Option<FnId>,
    names: &mut FreeNames,
) -> Option<Vec<Edit>> {
    let is_list = |it: &Site| {
        matches!(facts.kind(*it), Kind::List | Kind::Comprehension { builds: Builds::List, .. })
    };
    let list = facts.parent(call).filter(is_list)?;
    let statement = facts.parent(list).filter(|up| *facts.kind(*up) == Kind::Expression)?;
    if loop_around(facts, statement).is_some() || !is_in_owner_block(facts, statement, owner) {
        return None;
    }
    let end = end_of(facts, statement, owner)?;
    let name = names.next(facts, "tasks");
    let source = facts.tree(call.cell).source();
    let indent = indentation(source, facts.range(statement).start);
    Some(vec![
        Edit::insert(call.cell, facts.range(list).start, format!("{name} = ")),
        last_line(facts, call, end, &format!("{indent}await {asyncio}.gather(*{name})")),
    ])
}

/// The outermost loop around the statement, within its function.
fn loop_around(facts: &Facts, statement: Site) -> Option<Site> {
    facts
        .ancestors(statement)
        .take_while(|up| {
            !matches!(facts.kind(*up), Kind::FunctionDef { .. } | Kind::ClassDef { .. })
        })
        .filter(|up| matches!(facts.kind(*up), Kind::For { .. } | Kind::While))
        .last()
}

/// Whether the statement stands directly in the cell or in the function's body.
fn is_in_owner_block(facts: &Facts, statement: Site, owner: Option<FnId>) -> bool {
    match owner.and_then(|id| facts.function(id)) {
        None => facts.role(statement) == Role::Top,
        Some(function) => {
            facts.parent(statement) == Some(function.site) && facts.role(statement) == Role::Body
        }
    }
}

/// The last statement of the block, when the block's end is always reached.
fn end_of(facts: &Facts, statement: Site, owner: Option<FnId>) -> Option<Site> {
    let at = |node| Site { node, ..statement };
    let Some(function) = owner.and_then(|id| facts.function(id)) else {
        return facts.tree(statement.cell).statements().last().map(at);
    };
    let last = facts.children_in(function.site, Role::Body).last();
    let leaves = facts.descendants(function.site).filter(|site| Some(*site) != last).any(|site| {
        let endless = matches!(facts.kind(site), Kind::While)
            && facts
                .child(site, Role::Test)
                .is_some_and(|test| matches!(facts.kind(test), Kind::True | Kind::Number));
        matches!(facts.kind(site), Kind::Return | Kind::Yield) || endless
    });
    if leaves { None } else { last }
}

fn last_line(facts: &Facts, call: Site, end: Site, line: &str) -> Edit {
    let source = facts.tree(call.cell).source();
    // What the cell shows in the end stays what it shows.
    let prints =
        facts.child(end, Role::Value).is_some_and(|value| facts.callee_text(value) == "print");
    let shows = facts.is_displayed(end) && matches!(facts.kind(end), Kind::Expression) && !prints;
    let returns = matches!(facts.kind(end), Kind::Return);
    if returns || shows && facts.parent(call) != Some(end) {
        let start = line_range(source, facts.range(end).start).start;
        return Edit::replace(Span::new(call.cell, TextRange::at(start)), format!("{line}\n"));
    }
    let line_end = line_range(source, facts.range(end).end).end;
    Edit::replace(Span::new(call.cell, TextRange::at(line_end)), format!("\n{line}"))
}

/// `base`, or `base` with a number, so that no name of the notebook is taken.
pub fn free_name(facts: &Facts, base: &str) -> String {
    FreeNames::default().next(facts, base)
}

/// Names that the notebook does not have, none of them given twice: fixes that are made together
/// have to differ in theirs.
#[derive(Debug, Default)]
pub struct FreeNames {
    /// The number that each base came to.
    given: HashMap<String, usize>,
}

impl FreeNames {
    /// `base`, or `base` with a number.
    pub fn next(&mut self, facts: &Facts, base: &str) -> String {
        let number = self.given.entry(base.to_owned()).or_default();
        loop {
            *number += 1;
            let name = if *number == 1 { base.to_owned() } else { format!("{base}_{number}") };
            if !facts.has_name(&name) {
                return name;
            }
        }
    }
}
