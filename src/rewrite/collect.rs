//! A task that a name keeps is awaited: where it was looked at last, or at the end of the block
//! that starts it.

use super::handles::free_name;
use crate::execution::{Handle, Holds, Run, Site, Usage};
use crate::python::{Kind, NameUse, Role};
use crate::text::{Edit, TextRange, indentation, line_range};

/// Awaits what the name of `handle` keeps. In a loop, where each round binds the name anew, a list
/// keeps them all. `None` where no place can be found that is always reached.
pub fn await_handle(run: &Run, handle: Handle, asyncio: &str) -> Option<Vec<Edit>> {
    let owner = run.owner(handle.target);
    let plain = owner.is_some_and(|id| run.function(id).is_none_or(|it| !it.is_async));
    if plain || super::obstacle_to_await(run, handle.target).is_some() {
        return None;
    }
    let tree = run.tree(handle.target.cell);
    let statement = Site { node: tree.statement_of(handle.target.node), ..handle.target };
    if !stands_alone(run, statement) || is_bound_anew(run, handle.target) {
        return None;
    }
    let name = run.source_of(handle.target);
    if handle.many.is_none()
        && let Some(around) = loop_around(run, statement)
    {
        return await_every_round(run, handle.target, around, asyncio);
    }
    let (open, close) = match handle.many {
        None => ("await ".to_owned(), ""),
        Some(Holds::Dict) => (format!("await {asyncio}.gather(*"), ".values())"),
        Some(_) => (format!("await {asyncio}.gather(*"), ")"),
    };
    let look = last_look(run, handle);
    if let Some(read) = look.filter(|read| run.usage(*read) == Usage::Displayed) {
        let range = run.range(read);
        let mut edits = vec![Edit::insert(run.position(read.cell), range.start, open)];
        if !close.is_empty() {
            edits.push(Edit::insert(run.position(read.cell), range.end, close));
        }
        return Some(edits);
    }
    let from = look.map_or(statement, |read| top_statement(run, read));
    let end = end_of_block(run, from, handle.target)?;
    Some(vec![end.line(run, &format!("{open}{name}{close}"))])
}

fn await_every_round(run: &Run, target: Site, around: Site, asyncio: &str) -> Option<Vec<Edit>> {
    if !stands_alone(run, around) {
        return None;
    }
    let tree = run.tree(target.cell);
    let (source, name) = (tree.source(), run.source_of(target));
    let statement = Site { node: tree.statement_of(target.node), ..target };
    let tasks = free_name(run, "tasks");
    let line = line_range(source, run.range(around).start);
    let outer = indentation(source, line.start);
    let own = line_range(source, run.range(statement).end);
    let inner = indentation(source, run.range(statement).start);
    let cell = statement.cell;
    Some(vec![
        Edit::insert(run.position(cell), line.start, format!("{outer}{tasks} = []\n")),
        Edit::insert(run.position(cell), own.end, format!("\n{inner}{tasks}.append({name})")),
        end_of_block(run, around, target)?.line(run, &format!("await {asyncio}.gather(*{tasks})")),
    ])
}

/// The last place in a later cell that looks at a global name.
fn last_look(run: &Run, handle: Handle) -> Option<Site> {
    let reads = run.reads_that_see(handle.target).into_iter();
    let is_it = |(cell, binding): &(_, crate::index::Binding)| {
        Site { cell: *cell, node: binding.node } == handle.target
    };
    let later = |read: &Site| {
        read.cell > handle.target.cell
            && run.bindings(*read).iter().any(is_it)
            && run.owner(*read).is_none()
            && super::obstacle_to_await(run, *read).is_none()
    };
    reads.filter(later).last().filter(|_| run.owner(handle.target).is_none())
}

fn top_statement(run: &Run, site: Site) -> Site {
    std::iter::once(site).chain(run.ancestors(site)).last().unwrap_or(site)
}

/// The outermost loop around the statement, within its function.
fn loop_around(run: &Run, statement: Site) -> Option<Site> {
    let inside =
        |up: &Site| !matches!(run.kind(*up), Kind::FunctionDef { .. } | Kind::ClassDef { .. });
    let is_loop = |up: &Site| matches!(run.kind(*up), Kind::For { .. } | Kind::While);
    run.ancestors(statement).take_while(inside).filter(is_loop).last()
}

/// Where a line can be added to a block.
struct End {
    /// The statement that it follows, or comes before.
    beside: Site,
    before: bool,
}

impl End {
    fn line(&self, run: &Run, text: &str) -> Edit {
        let source = run.tree(self.beside.cell).source();
        let range = run.range(self.beside);
        let indent = indentation(source, range.start);
        if self.before {
            let start = line_range(source, range.start).start;
            return Edit::insert(
                run.position(self.beside.cell),
                start,
                format!("{indent}{text}\n"),
            );
        }
        let end = line_range(source, range.end).end;
        Edit::insert(run.position(self.beside.cell), end, format!("\n{indent}{text}"))
    }
}

/// The end of the block that holds the statement: before a last `return` or a last expression
/// that is shown, unless `target` is bound there. `None` when something may leave the block
/// earlier, or nothing ends it.
fn end_of_block(run: &Run, statement: Site, target: Site) -> Option<End> {
    let owner = run.owner(statement);
    let after: Vec<Site> =
        siblings(run, statement).into_iter().skip_while(|it| *it != statement).collect();
    let beside = *after.last()?;
    let last = line_range(run.tree(beside.cell).source(), run.range(beside).end);
    let is_exit = |site: Site| matches!(run.kind(site), Kind::Return | Kind::Raise | Kind::Simple);
    let binds =
        beside.cell == target.cell && run.tree(target.cell).is_within(target.node, beside.node);
    let before = !binds && (is_exit(beside) || is_shown(run, beside));
    let leaves = after.iter().skip(1).filter(|it| **it != beside || !before).any(|it| {
        std::iter::once(*it)
            .chain(run.descendants(*it))
            .any(|inner| run.owner(inner) == owner && leaves_block(run, inner, owner))
    });
    let whole = stands_alone(run, beside) && last.end >= run.range(beside).end;
    (whole && !leaves).then_some(End { beside, before })
}

fn leaves_block(run: &Run, site: Site, owner: Option<Site>) -> bool {
    match run.kind(site) {
        Kind::Return | Kind::Yield => owner.is_some(),
        Kind::While => run
            .child(site, Role::Test)
            .is_some_and(|test| matches!(run.kind(test), Kind::True | Kind::Number)),
        _ => false,
    }
}

/// A value that the cell shows. What it awaits runs beside the task, so it stays in front.
fn is_shown(run: &Run, statement: Site) -> bool {
    let value = run.child(statement, Role::Value);
    matches!(run.kind(statement), Kind::Expression)
        && run.is_displayed(statement)
        && value.is_some_and(|it| {
            let awaits = std::iter::once(it)
                .chain(run.descendants(it))
                .any(|inner| matches!(run.kind(inner), Kind::Await));
            !awaits && run.callee(it) != "print"
        })
}

/// Whether the name means something else further down, where its task would have to be awaited.
fn is_bound_anew(run: &Run, target: Site) -> bool {
    let name = run.source_of(target);
    let scope = run.binding_scope(target);
    run.tree(target.cell).all().map(|node| Site { node, ..target }).any(|site| {
        site > target
            && matches!(run.kind(site), Kind::Name { used: NameUse::Store | NameUse::Delete })
            && run.source_of(site) == name
            && run.binding_scope(site) == scope
    })
}

fn siblings(run: &Run, statement: Site) -> Vec<Site> {
    match run.parent(statement) {
        Some(parent) => run.children_in(parent, run.role(statement)).collect(),
        None => {
            let at = |node| Site { node, ..statement };
            run.tree(statement.cell).statements().map(at).collect()
        }
    }
}

/// Whether nothing stands before the statement on its line.
fn stands_alone(run: &Run, statement: Site) -> bool {
    let source = run.tree(statement.cell).source();
    let range = run.range(statement);
    let line = line_range(source, range.start);
    TextRange::new(line.start, range.start).slice(source).trim().is_empty()
}
