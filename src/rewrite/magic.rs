//! A magic that compiles its code by itself gives way to the same in plain Python, which may await.

use super::handles::free_name;
use super::imports::name_of_module;
use super::magic_frame::{Frame, frame};
use crate::facts::{Facts, Site, Value};
use crate::python::{Kind, Role};
use crate::text::{CellIndex, Edit, Span, TextRange, indentation, line_range};

/// Where a magic stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MagicAt {
    /// `%%magic` over the whole cell.
    Cell(CellIndex),
    /// `%magic` with code on its line.
    Line(Site),
}

/// The edits that put plain Python in place of the magic. `None` for magics without such a twin.
pub fn plain_python(facts: &Facts, magic: MagicAt) -> Option<Vec<Edit>> {
    match magic {
        MagicAt::Cell(cell) => in_cell(facts, cell),
        MagicAt::Line(escape) => in_line(facts, escape),
    }
}

fn in_cell(facts: &Facts, cell: CellIndex) -> Option<Vec<Edit>> {
    let here = facts.cell(cell)?;
    let (tree, magic) = (&here.syntax().tree, here.syntax().magic.as_ref()?);
    let at = |node| Site { cell, node };
    let first = at(tree.statements().next()?);
    let last = at(tree.statements().last()?);
    let frame = frame(facts, first, tree.text(magic.name), tree.text(magic.arguments))?;
    let body = TextRange::new(magic.body.start, facts.range(last).end);
    if frame.indents && has_long_string(facts, cell) {
        return None;
    }
    let import = frame.import.as_ref().map_or(String::new(), |line| format!("{line}\n\n"));
    let head = format!("{import}{}\n", frame.before.join("\n"));
    let start = magic.name.start.saturating_sub(2);
    let mut edits = vec![Edit::replace(span(cell, start, magic.body.start), head)];
    if frame.indents {
        edits.extend(indented(tree.source(), cell, body));
    }
    let shown = if frame.shows { shown(facts, last, facts.is_displayed(last)) } else { Shown::No };
    close(facts, &mut edits, last, body.end, &frame, shown);
    Some(edits)
}

fn in_line(facts: &Facts, escape: Site) -> Option<Vec<Edit>> {
    let Kind::Escape { name, .. } = facts.kind(escape) else { return None };
    let cell = escape.cell;
    let tree = facts.tree(cell);
    let statement = Site { node: tree.statement_of(escape.node), ..escape };
    let code = facts.children_in(escape, Role::Body).next()?;
    let last = facts.children_in(escape, Role::Body).last()?;
    let (whole, range) = (facts.range(escape), facts.range(code));
    if facts.source_of(statement).contains('\n') {
        return None;
    }
    let options = TextRange::new(name.end, range.start);
    let frame = frame(facts, statement, tree.text(*name), tree.text(options))?;
    let mut edits = Vec::new();
    if let Some(line) = &frame.import {
        let top = facts.ancestors(statement).last().unwrap_or(statement);
        let start = line_range(tree.source(), facts.range(top).start).start;
        edits.push(Edit::insert(cell, start, format!("{line}\n")));
    }
    let at = facts.range(statement).start;
    let indent = indentation(tree.source(), at);
    let step = if frame.indents { "    " } else { "" };
    let before: Vec<String> = frame.before.iter().map(|line| format!("{line}\n{indent}")).collect();
    let head = format!("{}{step}", before.concat());
    if at == whole.start {
        edits.push(Edit::replace(span(cell, at, range.start), head));
    } else {
        edits.push(Edit::insert(cell, at, head));
        edits.push(Edit::delete(span(cell, whole.start, range.start)));
    }
    let displayed = frame.shows && statement == escape && facts.is_displayed(escape);
    close(facts, &mut edits, last, whole.end, &frame, shown(facts, last, displayed));
    Some(edits)
}

/// How what the cell shows in the end stays shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    No,
    /// The last line only names something: what follows the code comes before it.
    NamesIt,
    /// The last line works something out: a name keeps it.
    WorksItOut,
}

fn shown(facts: &Facts, last: Site, displayed: bool) -> Shown {
    let value = facts.child(last, Role::Value);
    let expression = displayed && matches!(facts.kind(last), Kind::Expression);
    let Some(value) = value.filter(|_| expression) else { return Shown::No };
    let awaited = match facts.kind(value) {
        Kind::Await => facts.child(value, Role::Value).unwrap_or(value),
        _ => value,
    };
    let runs = facts.callee_text(awaited).rsplit('.').next();
    let awaited = match runs {
        Some("run" | "run_until_complete") => facts.argument(awaited, 0, "main").unwrap_or(awaited),
        _ => awaited,
    };
    let gives_nothing = match facts.value(awaited) {
        Value::Coroutine(id) => facts.function(id).is_some_and(|it| it.returns.is_empty()),
        Value::Path(path) => path == "builtins.print()" || path == "asyncio.sleep()",
        _ => false,
    };
    match facts.kind(value) {
        _ if gives_nothing => Shown::No,
        Kind::Name { .. } | Kind::Attribute { .. } | Kind::Str => Shown::NamesIt,
        _ => Shown::WorksItOut,
    }
}

/// Adds the lines that follow the code, whose last statement is `last`.
fn close(
    facts: &Facts,
    edits: &mut Vec<Edit>,
    last: Site,
    end: usize,
    frame: &Frame,
    shown: Shown,
) {
    let (cell, source) = (last.cell, facts.tree(last.cell).source());
    let start = facts.range(last).start;
    let indent = indentation(source, start);
    let mut after: Vec<String> = frame.after.clone();
    match shown {
        Shown::No => {}
        Shown::NamesIt => {
            let lines = after.join(&format!("\n{indent}"));
            return edits.push(Edit::insert(cell, start, format!("{lines}\n{indent}")));
        }
        Shown::WorksItOut => {
            let result = free_name(facts, "result");
            edits.push(Edit::insert(cell, start, format!("{result} = ")));
            after.push(result);
        }
    }
    let lines: Vec<String> = after.iter().map(|line| format!("\n{indent}{line}")).collect();
    let line_end = line_range(source, end).end;
    if !lines.is_empty() {
        edits.push(Edit::insert(cell, line_end, lines.concat()));
    }
}

fn span(cell: CellIndex, start: usize, end: usize) -> Span {
    Span::new(cell, TextRange::new(start, end))
}

/// Lines inside a string cannot be moved to the right.
fn has_long_string(facts: &Facts, cell: CellIndex) -> bool {
    let tree = facts.tree(cell);
    tree.all().any(|node| {
        matches!(tree.kind(node), Kind::Str | Kind::FString | Kind::Bytes)
            && tree.source_of(node).contains('\n')
    })
}

/// Four blanks before every line of `body` that is not empty.
fn indented(source: &str, cell: CellIndex, body: TextRange) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut at = body.start;
    for line in body.slice(source).split_inclusive('\n') {
        if !line.trim().is_empty() {
            edits.push(Edit::insert(cell, at, "    "));
        }
        at += line.len();
    }
    edits
}

/// The clock as an expression, and the import that it needs where nothing gives it.
pub(super) fn clock(facts: &Facts, site: Site) -> Option<(Option<String>, String)> {
    use crate::facts::How;
    if let Some(name) = name_of_module(facts, site, "time") {
        return Some((None, format!("{name}.perf_counter()")));
    }
    let only = |name: &str, path: &str| {
        facts.global(name).iter().all(|(_, it)| it.how == How::Import(path.to_owned()))
    };
    if only("time", "time") {
        return Some((Some("import time".to_owned()), "time.perf_counter()".to_owned()));
    }
    let import = Some("from time import perf_counter".to_owned());
    only("perf_counter", "time.perf_counter").then(|| (import, "perf_counter()".to_owned()))
}
