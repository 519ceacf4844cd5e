//! `for i, x in enumerate(stream())`: the turns are counted beside an `async for`.

use crate::execution::{Run, Site};
use crate::python::{Kind, Role};
use crate::text::{Edit, indentation, line_range};

/// The edits that count the turns of a `for` statement over `enumerate(iterator, start)` by hand; `None`
/// where its shape does not allow it.
pub(super) fn counted(run: &Run, call: Site, iterator: Site) -> Option<Vec<Edit>> {
    let walk = run.parent(call).filter(|_| run.role(call) == Role::Iter)?;
    let Kind::For { is_async } = run.kind(walk) else { return None };
    if run.path_of_call(call).as_deref() != Some("builtins.enumerate") {
        return None;
    }
    let start: i64 = match run.argument(call, 1, "start") {
        Some(start) => run.source_of(start).parse().ok()?,
        None => 0,
    };
    let target = run.child(walk, Role::Target)?;
    let mut parts = run.children(target);
    let (count, item, None) = (parts.next()?, parts.next()?, parts.next()) else { return None };
    if !matches!((run.kind(target), run.kind(count)), (Kind::Tuple { .. }, Kind::Name { .. })) {
        return None;
    }
    let first = run.children_in(walk, Role::Body).next()?;
    let (outer, inner) = (margin(run, walk)?, margin(run, first)?);
    let name = run.source_of(count);
    let word = if *is_async { "" } else { "async " };
    let before = format!("{name} = {}\n{outer}{word}", start - 1);
    let insert = |at: Site, text| Edit::insert(run.position(at.cell), run.range(at).start, text);
    Some(vec![
        insert(walk, before),
        Edit::replace(run.at(target), run.source_of(item)),
        Edit::replace(run.at(call), run.source_of(iterator)),
        insert(first, format!("{name} += 1\n{inner}")),
    ])
}

/// The white space before a statement that begins its line.
pub(super) fn margin<'r>(run: &'r Run, statement: Site) -> Option<&'r str> {
    let (source, start) = (run.tree(statement.cell).source(), run.range(statement).start);
    let margin = indentation(source, start);
    (line_range(source, start).start + margin.len() == start).then_some(margin)
}
