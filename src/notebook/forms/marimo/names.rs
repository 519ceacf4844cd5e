//! Which names a marimo cell takes and gives, and how its signature and `return` are written.
//!
//! Source: `to_functiondef` and `format_tuple_elements` in marimo 0.25's `_ast/codegen.py`.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::frame::{Block, Shape};
use crate::index::{Index, Shared};
use crate::notebook::margin::{Margin, margins};
use crate::notebook::save::Splice;
use crate::notebook::{SaveError, lines};
use crate::python::{self, Kind};
use crate::text::CellIndex;

/// Columns that a line has less than.
const WIDTH: usize = 80;

/// The names that a cell takes and gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Ports {
    takes: BTreeSet<String>,
    gives: BTreeSet<String>,
    awaits: bool,
}

struct Read {
    shared: Shared,
    is_broken: bool,
}

fn read(source: &str) -> Read {
    let syntax = Arc::new(python::parse(source));
    let is_broken = !syntax.errors.is_empty();
    Read { shared: Shared::of(&Index::of(syntax)), is_broken }
}

/// What every cell takes and gives. Names of the setup block and of definitions at the top level
/// need no parameters.
fn ports(blocks: &[Block], cells: &[Shared]) -> Vec<Ports> {
    let bound: BTreeSet<String> =
        cells.iter().flat_map(|cell| cell.binds.iter().cloned()).collect();
    let read: BTreeSet<&String> = cells.iter().flat_map(|cell| &cell.reads).collect();
    let at_top = blocks
        .iter()
        .zip(cells)
        .filter(|(block, _)| matches!(block.shape, Shape::Setup | Shape::Definition));
    let at_top: BTreeSet<&String> = at_top.flat_map(|(_, cell)| &cell.binds).collect();
    let port = |cell: &Shared| Ports {
        takes: cell.wants(&bound).filter(|name| !at_top.contains(name)).cloned().collect(),
        gives: cell.binds.iter().filter(|name| read.contains(name)).cloned().collect(),
        awaits: cell.awaits,
    };
    cells.iter().map(port).collect()
}

pub(super) fn around(
    file: &str,
    blocks: &[Block],
    old: &[&str],
    new: &[&str],
) -> Result<Vec<Splice>, SaveError> {
    let before: Vec<Read> = old.iter().map(|source| read(source)).collect();
    let after: Vec<Read> = new.iter().map(|source| read(source)).collect();
    let changes = old.iter().zip(new).map(|(old, new)| old != new);
    let each = blocks.iter().zip(before.iter().zip(&after)).zip(changes).enumerate();
    let mut broken = vec![false; blocks.len()];
    for (index, ((block, (before, after)), is_changed)) in each {
        if let Some(broken) = broken.get_mut(index) {
            *broken = before.is_broken || after.is_broken;
        }
        let source = new.get(index).copied().unwrap_or_default();
        if is_changed && block.shape == Shape::Definition && !is_one_definition(source) {
            return Err(SaveError::OneDefinition { cell: CellIndex(index) });
        }
    }
    gives_once(&before, &after)?;
    let shared = |cells: Vec<Read>| cells.into_iter().map(|it| it.shared).collect::<Vec<_>>();
    let (before, after) = (ports(blocks, &shared(before)), ports(blocks, &shared(after)));
    let empty = |index: usize| new.get(index).is_none_or(|source| is_without_code(source));
    Ok(splices(file, blocks, &before, &after, |index| broken.get(index) == Some(&true), empty))
}

/// Whether every name that a cell newly gives is given by it alone.
fn gives_once(before: &[Read], after: &[Read]) -> Result<(), SaveError> {
    for (index, (old, new)) in before.iter().zip(after).enumerate() {
        for name in new.shared.binds.difference(&old.shared.binds) {
            let given = after.iter().filter(|cell| cell.shared.binds.contains(name)).count();
            if given > 1 {
                let (cell, name) = (CellIndex(index), name.clone());
                return Err(SaveError::GivenTwice { cell, name });
            }
        }
    }
    Ok(())
}

/// What changes around the other cells when a cell with this source is added.
pub(super) fn around_new(file: &str, blocks: &[Block], source: &str) -> Vec<Splice> {
    let mut cells = sources(file, blocks);
    let before = ports(blocks, &cells);
    cells.push(read(source).shared);
    let after = ports(blocks, &cells);
    splices(file, blocks, &before, &after, |_| false, |_| false)
}

fn sources(file: &str, blocks: &[Block]) -> Vec<Shared> {
    let source = |block: &Block| {
        let margin = if block.shape == Shape::Definition { Margin::None } else { Margin::Indent };
        let text = block.source.clone().map(|range| lines::script(file, range, margin).text());
        read(&text.unwrap_or_default()).shared
    };
    blocks.iter().map(source).collect()
}

/// The changes of signatures and returns between two states, and nothing where both are the same.
fn splices(
    file: &str,
    blocks: &[Block],
    before: &[Ports],
    after: &[Ports],
    is_broken: impl Fn(usize) -> bool,
    is_empty: impl Fn(usize) -> bool,
) -> Vec<Splice> {
    let mut out = Vec::new();
    for (index, (block, (before, after))) in blocks.iter().zip(before.iter().zip(after)).enumerate()
    {
        if block.source.is_none() || is_broken(index) {
            continue;
        }
        if block.shape == Shape::Setup && before.awaits != after.awaits {
            let text = file.get(block.signature.clone()).unwrap_or_default();
            out.push((block.signature.clone(), with_async(text, after.awaits)));
        }
        if block.shape != Shape::Function {
            continue;
        }
        if before.takes != after.takes || before.awaits != after.awaits {
            out.extend(signature(file, block, before, after));
        }
        let ends_open = block.returns.is_none() && is_empty(index);
        if before.gives != after.gives || ends_open {
            out.extend(returned(file, block, before, after));
        }
    }
    out
}

fn with_async(header: &str, awaits: bool) -> String {
    let plain = header.strip_prefix("async ").unwrap_or(header);
    if awaits { format!("async {plain}") } else { plain.to_owned() }
}

fn signature(file: &str, block: &Block, before: &Ports, after: &Ports) -> Option<Splice> {
    let text = file.get(block.signature.clone())?;
    let awaits =
        if before.awaits == after.awaits { text.starts_with("async ") } else { after.awaits };
    if before.takes == after.takes {
        return Some((block.signature.clone(), with_async(text, awaits)));
    }
    let (head, rest) = text.split_once('(')?;
    let (inside, tail) = rest.rsplit_once(')')?;
    let name = |param: &str| param.split([':', '=']).next().unwrap_or_default().trim().to_owned();
    let is_kept = |param: &&&str| {
        let name = name(param);
        !before.takes.contains(&name) || after.takes.contains(&name)
    };
    let old: Vec<&str> = elements(inside);
    let mut params: Vec<String> = old.iter().filter(is_kept).map(|it| (*it).to_owned()).collect();
    let known: BTreeSet<String> = old.iter().map(|param| name(param)).collect();
    params.extend(after.takes.difference(&before.takes).filter(|it| !known.contains(*it)).cloned());
    params.sort_by_key(|param| name(param));
    let head = with_async(head, awaits);
    let line = format!("{head}({}){tail}", params.join(", "));
    let end = super::line_end(file);
    let text = if params.is_empty() || line.chars().count() < WIDTH {
        line
    } else {
        let each: String = params.iter().map(|param| format!("    {param},{end}")).collect();
        format!("{head}({end}{each}){tail}")
    };
    Some((block.signature.clone(), text))
}

fn returned(file: &str, block: &Block, before: &Ports, after: &Ports) -> Option<Splice> {
    let source = block.source.clone()?;
    let end = super::line_end(file);
    let old = block.returns.clone().and_then(|range| file.get(range)).unwrap_or_default();
    let inside = old.strip_prefix("return").unwrap_or_default().trim();
    let inside = inside.strip_prefix('(').and_then(|it| it.strip_suffix(')')).unwrap_or(inside);
    let is_kept = |name: &&str| !before.gives.contains(*name) || after.gives.contains(*name);
    let known: BTreeSet<&str> = elements(inside).into_iter().collect();
    let mut names: BTreeSet<String> =
        known.iter().filter(|it| is_kept(it)).map(|it| (*it).to_owned()).collect();
    names.extend(after.gives.difference(&before.gives).cloned());
    let indent = indent_of(file, block);
    let text = give(&names.into_iter().collect::<Vec<_>>(), indent, end);
    Some(match &block.returns {
        Some(range) => (range.clone(), text),
        // After the last line of the source, whatever becomes of it.
        None => {
            let rest = file.get(source.end..block.whole.end).unwrap_or_default();
            let feed = rest.find('\n').map(|feed| source.end + feed + 1);
            let (place, gap) = feed.map_or((source.end, end), |feed| (feed, ""));
            (place..place, format!("{gap}{indent}{text}{end}"))
        }
    })
}

fn give(names: &[String], indent: &str, end: &str) -> String {
    let line = match names {
        [] => "return".to_owned(),
        [one] => format!("return ({one},)"),
        many => format!("return {}", many.join(", ")),
    };
    if names.is_empty() || indent.len() + line.chars().count() < WIDTH {
        return line;
    }
    let each: String = names.iter().map(|name| format!("{indent}    {name},{end}")).collect();
    format!("return ({end}{each}{indent})")
}

/// What stands between commas.
fn elements(text: &str) -> Vec<&str> {
    let mut depth = 0_i32;
    let split = |char: char| {
        depth += i32::from(matches!(char, '(' | '[' | '{'));
        depth -= i32::from(matches!(char, ')' | ']' | '}'));
        char == ',' && depth == 0
    };
    text.split(split).map(str::trim).filter(|element| !element.is_empty()).collect()
}

/// The indentation of a cell's lines as the file has it.
fn indent_of<'f>(file: &'f str, block: &Block) -> &'f str {
    let at = block.returns.as_ref().map(|it| it.start).or(block.source.as_ref().map(|it| it.end));
    let before = at.and_then(|at| file.get(..at)).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    let blank = line.len() - line.trim_start_matches([' ', '\t']).len();
    line.get(..blank).filter(|indent| !indent.is_empty()).unwrap_or("    ")
}

fn is_one_definition(source: &str) -> bool {
    let tree = python::parse(source).tree;
    let mut statements = tree.statements();
    let first = statements.next().map(|node| tree.kind(node));
    matches!(first, Some(Kind::FunctionDef { .. } | Kind::ClassDef { .. }))
        && statements.next().is_none()
}

fn is_without_code(source: &str) -> bool {
    source.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'))
}

/// The text of a new cell of this source.
pub(super) fn new_cell(file: &str, blocks: &[Block], source: &str) -> String {
    let mut cells = sources(file, blocks);
    cells.push(read(source).shared);
    let own = ports(blocks, &cells).pop().unwrap_or_default();
    let head = with_async("def _", own.awaits);
    let params: Vec<String> = own.takes.into_iter().collect();
    let line = format!("{head}({}):", params.join(", "));
    let line = if params.is_empty() || line.chars().count() < WIDTH {
        line
    } else {
        let each: String = params.iter().map(|param| format!("    {param},\n")).collect();
        format!("{head}(\n{each}):")
    };
    let margins = margins(Margin::Indent, source, &[], |_| None);
    let body: String =
        source.split('\n').zip(margins).map(|(line, margin)| format!("{margin}{line}\n")).collect();
    let names: Vec<String> = own.gives.into_iter().collect();
    format!("@app.cell\n{line}\n{body}    {}", give(&names, "    ", "\n"))
}

/// Prose as a cell: `mo.md(…)` where the notebook calls marimo `mo`, else comments.
pub(super) fn prose(file: &str, blocks: &[Block], text: &str) -> String {
    let cells = sources(file, blocks);
    let has_mo = cells.iter().any(|cell| cell.binds.contains("mo"));
    if has_mo && !text.contains("\"\"\"") {
        return format!("mo.md(r\"\"\"\n{text}\n\"\"\")");
    }
    let comment = |line: &str| if line.is_empty() { "#".to_owned() } else { format!("# {line}") };
    text.lines().map(comment).collect::<Vec<_>>().join("\n")
}
