//! A task that a name keeps is awaited: where it was looked at last, or at the end of the block
//! that starts it.

use super::handles::free_name;
use crate::facts::{Facts, FnId, Handle, Holds, Site, Usage};
use crate::python::{Kind, NameUse, Role};
use crate::text::{Edit, TextRange, indentation, line_range};

/// Awaits what the name of `handle` keeps. In a loop, where each round binds the name anew, a list
/// keeps them all. `None` where no place can be found that is always reached.
pub fn await_handle(facts: &Facts, handle: Handle, asyncio: &str) -> Option<Vec<Edit>> {
    let owner = facts.owner(handle.target);
    let plain = owner.is_some_and(|id| facts.function(id).is_none_or(|it| !it.is_async));
    if plain || super::obstacle_to_await(facts, handle.target).is_some() {
        return None;
    }
    let tree = facts.tree(handle.target.cell);
    let statement = Site { node: tree.statement_of(handle.target.node), ..handle.target };
    if !stands_alone(facts, statement) || is_bound_anew(facts, handle.target) {
        return None;
    }
    let name = facts.source_of(handle.target);
    if handle.many.is_none()
        && let Some(around) = loop_around(facts, statement)
    {
        return await_every_round(facts, handle.target, around, asyncio);
    }
    let (open, close) = match handle.many {
        None => ("await ".to_owned(), ""),
        Some(Holds::Dict) => (format!("await {asyncio}.gather(*"), ".values())"),
        Some(_) => (format!("await {asyncio}.gather(*"), ")"),
    };
    let look = last_look(facts, handle);
    if let Some(read) = look.filter(|read| facts.usage(*read) == Usage::Displayed) {
        let range = facts.range(read);
        let mut edits = vec![Edit::insert(read.cell, range.start, open)];
        if !close.is_empty() {
            edits.push(Edit::insert(read.cell, range.end, close));
        }
        return Some(edits);
    }
    let from = look.map_or(statement, |read| top_statement(facts, read));
    let end = end_of_block(facts, from, handle.target)?;
    Some(vec![end.line(facts, &format!("{open}{name}{close}"))])
}

fn await_every_round(
    facts: &Facts,
    target: Site,
    around: Site,
    asyncio: &str,
) -> Option<Vec<Edit>> {
    if !stands_alone(facts, around) {
        return None;
    }
    let tree = facts.tree(target.cell);
    let (source, name) = (tree.source(), facts.source_of(target));
    let statement = Site { node: tree.statement_of(target.node), ..target };
    let tasks = free_name(facts, "tasks");
    let line = line_range(source, facts.range(around).start);
    let outer = indentation(source, line.start);
    let own = line_range(source, facts.range(statement).end);
    let inner = indentation(source, facts.range(statement).start);
    let cell = statement.cell;
    Some(vec![
        Edit::insert(cell, line.start, format!("{outer}{tasks} = []\n")),
        Edit::insert(cell, own.end, format!("\n{inner}{tasks}.append({name})")),
        end_of_block(facts, around, target)?
            .line(facts, &format!("await {asyncio}.gather(*{tasks})")),
    ])
}

/// The last place in a later cell that looks at a global name.
fn last_look(facts: &Facts, handle: Handle) -> Option<Site> {
    let reads = facts.reads_that_see(handle.target).into_iter();
    let is_it = |(cell, binding): &(_, crate::facts::Binding)| {
        Site { cell: *cell, node: binding.node } == handle.target
    };
    let later = |read: &Site| {
        read.cell > handle.target.cell
            && facts.bindings(*read).iter().any(is_it)
            && facts.owner(*read).is_none()
            && super::obstacle_to_await(facts, *read).is_none()
    };
    reads.filter(later).last().filter(|_| facts.owner(handle.target).is_none())
}

fn top_statement(facts: &Facts, site: Site) -> Site {
    std::iter::once(site).chain(facts.ancestors(site)).last().unwrap_or(site)
}

/// The outermost loop around the statement, within its function.
fn loop_around(facts: &Facts, statement: Site) -> Option<Site> {
    let inside =
        |up: &Site| !matches!(facts.kind(*up), Kind::FunctionDef { .. } | Kind::ClassDef { .. });
    let is_loop = |up: &Site| matches!(facts.kind(*up), Kind::For { .. } | Kind::While);
    facts.ancestors(statement).take_while(inside).filter(is_loop).last()
}

/// Where a line can be added to a block.
struct End {
    /// The statement that it follows, or comes before.
    beside: Site,
    before: bool,
}

impl End {
    fn line(&self, facts: &Facts, text: &str) -> Edit {
        let source = facts.tree(self.beside.cell).source();
        let range = facts.range(self.beside);
        let indent = indentation(source, range.start);
        if self.before {
            let start = line_range(source, range.start).start;
            return Edit::insert(self.beside.cell, start, format!("{indent}{text}\n"));
        }
        let end = line_range(source, range.end).end;
        Edit::insert(self.beside.cell, end, format!("\n{indent}{text}"))
    }
}

/// The end of the block that holds the statement: before a last `return` or a last expression
/// that is shown, unless `target` is bound there. `None` when something may leave the block
/// earlier, or nothing ends it.
fn end_of_block(facts: &Facts, statement: Site, target: Site) -> Option<End> {
    let owner = facts.owner(statement);
    let after: Vec<Site> =
        siblings(facts, statement).into_iter().skip_while(|it| *it != statement).collect();
    let beside = *after.last()?;
    let last = line_range(facts.tree(beside.cell).source(), facts.range(beside).end);
    let is_exit =
        |site: Site| matches!(facts.kind(site), Kind::Return | Kind::Raise | Kind::Simple);
    let binds =
        beside.cell == target.cell && facts.tree(target.cell).is_within(target.node, beside.node);
    let before = !binds && (is_exit(beside) || is_shown(facts, beside));
    let leaves = after.iter().skip(1).filter(|it| **it != beside || !before).any(|it| {
        std::iter::once(*it)
            .chain(facts.descendants(*it))
            .any(|inner| facts.owner(inner) == owner && leaves_block(facts, inner, owner))
    });
    let whole = stands_alone(facts, beside) && last.end >= facts.range(beside).end;
    (whole && !leaves).then_some(End { beside, before })
}

fn leaves_block(facts: &Facts, site: Site, owner: Option<FnId>) -> bool {
    match facts.kind(site) {
        Kind::Return | Kind::Yield => owner.is_some(),
        Kind::While => facts
            .child(site, Role::Test)
            .is_some_and(|test| matches!(facts.kind(test), Kind::True | Kind::Number)),
        _ => false,
    }
}

/// A value that the cell shows. What it awaits runs beside the task, so it stays in front.
fn is_shown(facts: &Facts, statement: Site) -> bool {
    let value = facts.child(statement, Role::Value);
    matches!(facts.kind(statement), Kind::Expression)
        && facts.is_displayed(statement)
        && value.is_some_and(|it| {
            let awaits = std::iter::once(it)
                .chain(facts.descendants(it))
                .any(|inner| matches!(facts.kind(inner), Kind::Await));
            !awaits && facts.callee_text(it) != "print"
        })
}

/// Whether the name means something else further down, where its task would have to be awaited.
fn is_bound_anew(facts: &Facts, target: Site) -> bool {
    let name = facts.source_of(target);
    let scope = facts.binding_scope(target);
    facts.tree(target.cell).all().map(|node| Site { node, ..target }).any(|site| {
        site > target
            && matches!(facts.kind(site), Kind::Name { used: NameUse::Store | NameUse::Delete })
            && facts.source_of(site) == name
            && facts.binding_scope(site) == scope
    })
}

fn siblings(facts: &Facts, statement: Site) -> Vec<Site> {
    match facts.parent(statement) {
        Some(parent) => facts.children_in(parent, facts.role(statement)).collect(),
        None => {
            let at = |node| Site { node, ..statement };
            facts.tree(statement.cell).statements().map(at).collect()
        }
    }
}

/// Whether nothing stands before the statement on its line.
fn stands_alone(facts: &Facts, statement: Site) -> bool {
    let source = facts.tree(statement.cell).source();
    let range = facts.range(statement);
    let line = line_range(source, range.start);
    TextRange::new(line.start, range.start).slice(source).trim().is_empty()
}
