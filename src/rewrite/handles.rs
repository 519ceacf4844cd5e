//! A task that is started and forgotten gets a name, and its end is awaited.

use hashbrown::HashMap;

use crate::execution::{Run, Site};
use crate::python::{Builds, Kind, Role};
use crate::text::{Edit, TextRange, indentation, line_range};

/// Keeps the task that the bare statement around `call` starts, and awaits it at the end of the
/// cell or function; in a loop, keeps a list of tasks. `None` where no end can be found that is
/// always reached.
pub fn keep_handle(
    run: &Run,
    call: Site,
    asyncio: &str,
    names: &mut FreeNames,
) -> Option<Vec<Edit>> {
    let owner = run.owner(call);
    if super::obstacle_to_await(run, call).is_some() {
        return None;
    }
    let statement = run.parent(call)?;
    if let Some(edits) = keep_list(run, call, asyncio, owner, names) {
        return Some(edits);
    }
    match loop_around(run, statement) {
        Some(around) if is_in_owner_block(run, around, owner) => {
            let end = end_of(run, around, owner)?;
            let name = names.next(run, "tasks");
            let range = run.range(call);
            let source = run.tree(call.cell).source();
            let indent = indentation(source, run.range(around).start);
            let start = line_range(source, run.range(around).start).start;
            Some(vec![
                Edit::insert(run.position(call.cell), start, format!("{indent}{name} = []\n")),
                Edit::insert(run.position(call.cell), range.start, format!("{name}.append(")),
                Edit::insert(run.position(call.cell), range.end, ")"),
                last_line(run, call, end, &format!("{indent}await {asyncio}.gather(*{name})")),
            ])
        }
        Some(_) => None,
        None if is_in_owner_block(run, statement, owner) => {
            let end = end_of(run, statement, owner)?;
            let name = names.next(run, "task");
            let source = run.tree(call.cell).source();
            let indent = indentation(source, run.range(statement).start);
            Some(vec![
                Edit::insert(run.position(call.cell), run.range(call).start, format!("{name} = ")),
                last_line(run, call, end, &format!("{indent}await {name}")),
            ])
        }
        None => None,
    }
}

/// `[create_task(f(i)) for i in items]` as a statement gets a name, and all are awaited.
fn keep_list(
    run: &Run,
    call: Site,
    asyncio: &str,
    owner: Option<Site>,
    names: &mut FreeNames,
) -> Option<Vec<Edit>> {
    let is_list = |it: &Site| {
        matches!(run.kind(*it), Kind::List | Kind::Comprehension { builds: Builds::List, .. })
    };
    let list = run.parent(call).filter(is_list)?;
    let statement = run.parent(list).filter(|up| *run.kind(*up) == Kind::Expression)?;
    if loop_around(run, statement).is_some() || !is_in_owner_block(run, statement, owner) {
        return None;
    }
    let end = end_of(run, statement, owner)?;
    let name = names.next(run, "tasks");
    let source = run.tree(call.cell).source();
    let indent = indentation(source, run.range(statement).start);
    Some(vec![
        Edit::insert(run.position(call.cell), run.range(list).start, format!("{name} = ")),
        last_line(run, call, end, &format!("{indent}await {asyncio}.gather(*{name})")),
    ])
}

/// The outermost loop around the statement, within its function.
fn loop_around(run: &Run, statement: Site) -> Option<Site> {
    run.ancestors(statement)
        .take_while(|up| !matches!(run.kind(*up), Kind::FunctionDef { .. } | Kind::ClassDef { .. }))
        .filter(|up| matches!(run.kind(*up), Kind::For { .. } | Kind::While))
        .last()
}

/// Whether the statement stands directly in the cell or in the function's body.
fn is_in_owner_block(run: &Run, statement: Site, owner: Option<Site>) -> bool {
    match owner.and_then(|id| run.function(id)) {
        None => run.role(statement) == Role::Top,
        Some(function) => {
            run.parent(statement) == Some(function.site) && run.role(statement) == Role::Body
        }
    }
}

/// The last statement of the block, when the block's end is always reached.
fn end_of(run: &Run, statement: Site, owner: Option<Site>) -> Option<Site> {
    let at = |node| Site { node, ..statement };
    let Some(function) = owner.and_then(|id| run.function(id)) else {
        return run.tree(statement.cell).statements().last().map(at);
    };
    let last = run.children_in(function.site, Role::Body).last()?;
    (!run.is_left_before(function.site, last)).then_some(last)
}

fn last_line(run: &Run, call: Site, end: Site, line: &str) -> Edit {
    let source = run.tree(call.cell).source();
    // What the cell shows in the end stays what it shows.
    let prints = run.child(end, Role::Value).is_some_and(|value| run.callee(value) == "print");
    let shows = run.is_displayed(end) && matches!(run.kind(end), Kind::Expression) && !prints;
    let returns = matches!(run.kind(end), Kind::Return);
    if returns || shows && run.parent(call) != Some(end) {
        let start = line_range(source, run.range(end).start).start;
        return Edit::replace(run.span_of(call.cell, TextRange::at(start)), format!("{line}\n"));
    }
    let line_end = line_range(source, run.range(end).end).end;
    Edit::replace(run.span_of(call.cell, TextRange::at(line_end)), format!("\n{line}"))
}

/// `base`, or `base` with a number, so that no name of the notebook is taken.
pub fn free_name(run: &Run, base: &str) -> String {
    FreeNames::default().next(run, base)
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
    pub fn next(&mut self, run: &Run, base: &str) -> String {
        let number = self.given.entry(base.to_owned()).or_default();
        loop {
            *number += 1;
            let name = if *number == 1 { base.to_owned() } else { format!("{base}_{number}") };
            if !run.has_name(&name) {
                return name;
            }
        }
    }
}
