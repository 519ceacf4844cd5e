//! A magic that compiles its code by itself gives way to the same in plain Python, which may await.

use super::handles::free_name;
use super::imports::name_of_module;
use super::magic_frame::{Frame, frame};
use crate::execution::{CellKey, Meaning, Run, Site};
use crate::python::{Kind, Role};
use crate::text::{CellIndex, Edit, Span, TextRange, indentation, line_range};

/// Where a magic stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MagicAt {
    /// `%%magic` over the whole cell.
    Cell(CellKey),
    /// `%magic` with code on its line.
    Line(Site),
}

/// The edits that put plain Python in place of the magic. `None` for magics without such a twin.
pub fn plain_python(run: &Run, magic: MagicAt) -> Option<Vec<Edit>> {
    match magic {
        MagicAt::Cell(cell) => in_cell(run, cell),
        MagicAt::Line(escape) => in_line(run, escape),
    }
}

fn in_cell(run: &Run, key: CellKey) -> Option<Vec<Edit>> {
    let here = run.index(key)?;
    let cell = run.position(key);
    let (tree, magic) = (&here.syntax.tree, here.syntax.magic.as_ref()?);
    let at = |node| Site { cell: key, node };
    let first = at(tree.statements().next()?);
    let last = at(tree.statements().last()?);
    let frame = frame(run, first, tree.text(magic.name), tree.text(magic.arguments))?;
    let body = TextRange::new(magic.body.start, run.range(last).end);
    if frame.indents && has_long_string(run, key) {
        return None;
    }
    let import = frame.import.as_ref().map_or(String::new(), |line| format!("{line}\n\n"));
    let head = format!("{import}{}\n", frame.before.join("\n"));
    let start = magic.name.start.saturating_sub(2);
    let mut edits = vec![Edit::replace(span(cell, start, magic.body.start), head)];
    if frame.indents {
        edits.extend(indented(tree.source(), cell, body));
    }
    let shown = if frame.shows { shown(run, last, run.is_displayed(last)) } else { Shown::No };
    close(run, &mut edits, last, body.end, &frame, shown);
    Some(edits)
}

fn in_line(run: &Run, escape: Site) -> Option<Vec<Edit>> {
    let Kind::Escape { name, .. } = run.kind(escape) else { return None };
    let cell = run.position(escape.cell);
    let tree = run.tree(escape.cell);
    let statement = Site { node: tree.statement_of(escape.node), ..escape };
    let code = run.children_in(escape, Role::Body).next()?;
    let last = run.children_in(escape, Role::Body).last()?;
    let (whole, range) = (run.range(escape), run.range(code));
    if run.source_of(statement).contains('\n') {
        return None;
    }
    let options = TextRange::new(name.end, range.start);
    let frame = frame(run, statement, tree.text(*name), tree.text(options))?;
    let mut edits = Vec::new();
    if let Some(line) = &frame.import {
        let top = run.ancestors(statement).last().unwrap_or(statement);
        let start = line_range(tree.source(), run.range(top).start).start;
        edits.push(Edit::insert(cell, start, format!("{line}\n")));
    }
    let at = run.range(statement).start;
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
    let displayed = frame.shows && statement == escape && run.is_displayed(escape);
    close(run, &mut edits, last, whole.end, &frame, shown(run, last, displayed));
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

fn shown(run: &Run, last: Site, displayed: bool) -> Shown {
    let value = run.child(last, Role::Value);
    let expression = displayed && matches!(run.kind(last), Kind::Expression);
    let Some(value) = value.filter(|_| expression) else { return Shown::No };
    let awaited = match run.kind(value) {
        Kind::Await => run.child(value, Role::Value).unwrap_or(value),
        _ => value,
    };
    let runs = run.callee(awaited).rsplit('.').next();
    let awaited = match runs {
        Some("run" | "run_until_complete") => run.argument(awaited, 0, "main").unwrap_or(awaited),
        _ => awaited,
    };
    let gives_nothing = match run.meaning(awaited) {
        Meaning::Coroutine(id) => run.function(id).is_some_and(|it| it.returns.is_empty()),
        Meaning::Path(path) => path == "builtins.print()" || path == "asyncio.sleep()",
        _ => false,
    };
    match run.kind(value) {
        _ if gives_nothing => Shown::No,
        Kind::Name { .. } | Kind::Attribute { .. } | Kind::Str => Shown::NamesIt,
        _ => Shown::WorksItOut,
    }
}

/// Adds the lines that follow the code, whose last statement is `last`.
fn close(run: &Run, edits: &mut Vec<Edit>, last: Site, end: usize, frame: &Frame, shown: Shown) {
    let (cell, source) = (run.position(last.cell), run.tree(last.cell).source());
    let start = run.range(last).start;
    let indent = indentation(source, start);
    let mut after: Vec<String> = frame.after.clone();
    match shown {
        Shown::No => {}
        Shown::NamesIt => {
            let lines = after.join(&format!("\n{indent}"));
            return edits.push(Edit::insert(cell, start, format!("{lines}\n{indent}")));
        }
        Shown::WorksItOut => {
            let result = free_name(run, "result");
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
fn has_long_string(run: &Run, cell: CellKey) -> bool {
    let tree = run.tree(cell);
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
pub(super) fn clock(run: &Run, site: Site) -> Option<(Option<String>, String)> {
    if let Some(name) = name_of_module(run, site, "time") {
        return Some((None, format!("{name}.perf_counter()")));
    }
    if run.imports_alone("time", "time") {
        return Some((Some("import time".to_owned()), "time.perf_counter()".to_owned()));
    }
    let import = Some("from time import perf_counter".to_owned());
    let is_free = run.imports_alone("perf_counter", "time.perf_counter");
    is_free.then(|| (import, "perf_counter()".to_owned()))
}
