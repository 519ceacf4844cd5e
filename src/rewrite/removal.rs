//! Taking statements and imports out without leaving a hole.

use crate::execution::{Run, Site};
use crate::python::Kind;
use crate::text::{Edit, TextRange, line_range};

/// Removes a statement with its line; where it is its block's only one, `pass` takes its place.
pub fn delete_statement(run: &Run, statement: Site) -> Edit {
    let source = run.tree(statement.cell).source();
    let range = run.range(statement);
    if is_alone_in_block(run, statement) {
        return Edit::replace(run.at(statement), "pass");
    }
    let first = line_range(source, range.start);
    let last = line_range(source, range.end.max(range.start));
    let before = TextRange::new(first.start, range.start).slice(source);
    let after = TextRange::new(range.end, last.end).slice(source);
    let span = |range| run.span_of(statement.cell, range);
    let comment_only = after.trim_start().starts_with('#') || after.trim().is_empty();
    if before.trim().is_empty() && comment_only {
        // The line end goes too; on the last line it is the one before.
        let end = (last.end + 1).min(source.len());
        let start = if end == last.end { first.start.saturating_sub(1) } else { first.start };
        return Edit::delete(span(TextRange::new(start, end)));
    }
    if let Some(rest) = after.trim_start().strip_prefix(';') {
        let gap = after.len() - rest.trim_start().len();
        return Edit::delete(span(TextRange::new(range.start, range.end + gap)));
    }
    let kept = before.trim_end().trim_end_matches(';').len();
    Edit::delete(span(TextRange::new(first.start + kept, range.end)))
}

fn is_alone_in_block(run: &Run, statement: Site) -> bool {
    let Some(parent) = run.parent(statement) else { return false };
    run.children_in(parent, run.role(statement)).count() == 1
}

/// Removes `module` from an `import` statement, the whole statement when nothing else is in it.
pub fn delete_import(run: &Run, statement: Site, module: &str) -> Option<Edit> {
    let tree = run.tree(statement.cell);
    match run.kind(statement) {
        Kind::ImportFrom { module: Some(found), .. } if tree.text(*found) == module => {
            Some(delete_statement(run, statement))
        }
        Kind::Import { names } => {
            let at = names.iter().position(|name| tree.text(name.name) == module)?;
            let whole = |index: usize| {
                names.get(index).map(|name| {
                    TextRange::new(name.name.start, name.alias.unwrap_or(name.name).end)
                })
            };
            let mine = whole(at)?;
            let range = match (at.checked_sub(1).and_then(whole), whole(at + 1)) {
                (None, None) => return Some(delete_statement(run, statement)),
                (_, Some(next)) => TextRange::new(mine.start, next.start),
                (Some(previous), None) => TextRange::new(previous.end, mine.end),
            };
            Some(Edit::delete(run.span_of(statement.cell, range)))
        }
        _ => None,
    }
}
