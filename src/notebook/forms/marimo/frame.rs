//! The blocks of a marimo file, and what frames the source of each.

use std::ops::Range;

use super::super::part::{lines_from, trimmed};
use crate::notebook::start;
use crate::notebook::strings::multiline_literals;

/// What frames a cell's source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `@app.cell` and the function whose body it is.
    Function,
    /// `@app.function` or `@app.class_definition` and the definition that it is.
    Definition,
    /// `with app.setup:`.
    Setup,
    /// `app._unparsable_cell(r"""…""")`.
    Unparsable,
}

/// A cell with its frame, in bytes of the file.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub(super) shape: Shape,
    /// The name of the function or class; `None` where it is called `_`.
    pub(super) name: Option<String>,
    pub(super) is_disabled: bool,
    /// From the first line to the next block, or to what is no cell.
    pub(super) whole: Range<usize>,
    pub(super) source: Option<Range<usize>>,
    /// From `def` or `async def` (of the setup block, from `with`) to the colon.
    pub(super) signature: Range<usize>,
    /// From `return` to the end of what it gives.
    pub(super) returns: Option<Range<usize>>,
}

/// How blocks begin.
const OPENERS: [(&str, Shape); 6] = [
    ("@app.cell", Shape::Function),
    ("@app.function", Shape::Definition),
    ("@app.class_definition", Shape::Definition),
    ("with app.setup", Shape::Setup),
    ("async with app.setup", Shape::Setup),
    ("app._unparsable_cell(", Shape::Unparsable),
];

/// The cells of a file in its order.
pub(super) fn blocks(file: &str) -> Vec<Block> {
    let literals = multiline_literals(file);
    let inside = |at: usize| {
        let next = literals.partition_point(|literal| literal.end <= at);
        literals.get(next).is_some_and(|literal| literal.start < at)
    };
    let mut found = Vec::new();
    let mut open: Option<(Shape, usize)> = None;
    let mut is_defined = false;
    for (at, line) in lines_from(file, start(file)) {
        let inner = [' ', '\t', '\r', '\n', ')', ']', '}', '#'];
        if line.starts_with(inner) || inside(at) {
            continue;
        }
        let opener = opener(line);
        // Further decorators and the definition itself stand at the margin, too.
        let continues = opener.is_none() && !is_defined && is_definition(line);
        if let Some((shape, from)) = open.filter(|_| !continues) {
            found.extend(block(file, shape, from..at));
            open = None;
        }
        if let Some(shape) = opener {
            open = Some((shape, at));
        }
        is_defined = opener.is_none() && !line.starts_with('@');
    }
    if let Some((shape, from)) = open {
        found.extend(block(file, shape, from..file.len()));
    }
    found
}

fn opener(line: &str) -> Option<Shape> {
    let found = OPENERS.iter().find(|(words, _)| {
        let rest = line.strip_prefix(words);
        rest.is_some_and(|rest| {
            words.ends_with('(')
                || !rest.starts_with(|char: char| char.is_alphanumeric() || char == '_')
        })
    });
    found.map(|(_, shape)| *shape)
}

fn is_definition(line: &str) -> bool {
    ["@", "def ", "async def ", "class "].iter().any(|start| line.starts_with(start))
}

/// Reads the block at `whole`; `None` when it is none after all.
fn block(file: &str, shape: Shape, whole: Range<usize>) -> Option<Block> {
    match shape {
        Shape::Unparsable => unparsable(file, whole),
        Shape::Definition => definition(file, whole),
        Shape::Function | Shape::Setup => framed(file, shape, whole),
    }
}

fn framed(file: &str, shape: Shape, whole: Range<usize>) -> Option<Block> {
    let from = match shape {
        Shape::Setup => whole.start,
        _ => definition_line(file, whole.clone(), &["def ", "async def "])?,
    };
    let colon = colon_end(file.get(..whole.end)?, from)?;
    let rest = file.get(colon..whole.end)?;
    let line = rest.split_inclusive('\n').next().unwrap_or_default();
    let code = line.split('#').next().unwrap_or_default();
    let body = colon + line.len()..whole.end;
    let (returns, source) = if code.trim().is_empty() {
        let returns = (shape == Shape::Function).then(|| returns(file, body.clone())).flatten();
        let end = returns.as_ref().map_or(body.end, |returns| line_start(file, returns.start));
        let source = trimmed(file, body.start..end);
        // An empty body is written into right before its `return`.
        let source = if source.is_empty() && returns.is_some() { end..end } else { source };
        (returns, Some(source))
    } else {
        (None, None)
    };
    let header = file.get(whole.start..from).unwrap_or_default();
    Some(Block {
        shape,
        name: name(file.get(from..colon)?).filter(|_| shape == Shape::Function),
        is_disabled: header.contains("disabled=True"),
        whole,
        source,
        signature: from..colon,
        returns,
    })
}

/// A function or class under its decorator: the source begins below it.
fn definition(file: &str, whole: Range<usize>) -> Option<Block> {
    definition_line(file, whole.clone(), &["def ", "async def ", "class "])?;
    let from = statement_end(file.get(..whole.end)?, whole.start);
    let source = trimmed(file, from..whole.end);
    let text = file.get(source.clone())?;
    let names = ["def ", "async def ", "class "];
    let is_name = |line: &&str| names.iter().any(|start| line.starts_with(start));
    let name = text.lines().find(is_name).and_then(name);
    let (signature, returns) = (from..from, None);
    let shape = Shape::Definition;
    Some(Block { shape, name, is_disabled: false, whole, source: Some(source), signature, returns })
}

/// A cell that marimo could not read, as a raw text; one with escapes is left out.
fn unparsable(file: &str, whole: Range<usize>) -> Option<Block> {
    let text = file.get(whole.clone())?;
    let open = text.find("r\"\"\"").map(|at| at + 4);
    let inner = open.and_then(|open| {
        let close = open + text.get(open..)?.find("\"\"\"")?;
        let feed = open + text.get(open..close)?.find('\n')? + 1;
        Some(whole.start + feed..line_start(file, whole.start + close))
    });
    let source = inner.map(|inner| trimmed(file, inner));
    let signature = whole.start..whole.start;
    let (shape, is_disabled) = (Shape::Unparsable, false);
    Some(Block { shape, name: None, is_disabled, whole, source, signature, returns: None })
}

/// The first line after the first that begins with one of `starts`, at the margin.
fn definition_line(file: &str, whole: Range<usize>, starts: &[&str]) -> Option<usize> {
    let text = file.get(..whole.end)?;
    let mut lines = lines_from(text, whole.start).skip(1);
    let found = lines.find(|(_, line)| starts.iter().any(|start| line.starts_with(start)));
    found.map(|(at, _)| at)
}

/// The name after `def` or `class`; `None` for the ones that say nothing.
fn name(line: &str) -> Option<String> {
    let words = ["async def ", "def ", "class "];
    let rest = words.iter().find_map(|word| line.strip_prefix(word))?;
    let name = rest.split(|char: char| !(char.is_alphanumeric() || char == '_')).next()?;
    (!name.is_empty() && name != "_" && name != "__").then(|| name.to_owned())
}

fn line_start(file: &str, at: usize) -> usize {
    let before = file.get(..at).unwrap_or_default();
    before.rfind('\n').map_or(start(file), |feed| feed + 1)
}

/// The byte after the line end of the statement that begins at `from`: none in brackets counts.
fn statement_end(text: &str, from: usize) -> usize {
    let mut depth = 0_usize;
    for (at, char) in text.get(from..).unwrap_or_default().char_indices() {
        match char {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            '\n' if depth == 0 => return from + at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The byte after the colon that ends the header that begins at `from`.
fn colon_end(text: &str, from: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote: Option<char> = None;
    let mut comment = false;
    for (at, char) in text.get(from..)?.char_indices() {
        match (quote, char) {
            (_, '\n') => (quote, comment) = (None, false),
            _ if comment => {}
            (Some(open), char) if char == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(char),
            (None, '#') => comment = true,
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, ':') if depth == 0 => return Some(from + at + 1),
            _ => {}
        }
    }
    None
}

/// The `return` that ends a body: the last line at the body's margin that begins so, when nothing
/// but the rest of its brackets follows.
fn returns(file: &str, body: Range<usize>) -> Option<Range<usize>> {
    let text = file.get(body.clone())?;
    let literals = multiline_literals(text);
    let inside = |at: usize| {
        let next = literals.partition_point(|literal| literal.end <= at);
        literals.get(next).is_some_and(|literal| literal.start < at)
    };
    // What stands at the file's margin and is a comment is about the next cell.
    let is_ink = |line: &str| !line.trim().is_empty() && !line.starts_with('#');
    let lines: Vec<(usize, &str)> =
        lines_from(text, 0).filter(|(at, line)| !inside(*at) && is_ink(line)).collect();
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let is_code = |line: &&(usize, &str)| !line.1.trim_start().starts_with('#');
    let margin = lines.iter().find(is_code).map(|(_, line)| indent(line))?;
    let is_return = |line: &str| {
        let rest = line.trim_start().strip_prefix("return");
        indent(line) == margin
            && rest.is_some_and(|rest| {
                !rest.starts_with(|char: char| char.is_alphanumeric() || char == '_')
            })
    };
    let last = lines.iter().rposition(|(_, line)| is_return(line))?;
    let (at, line) = lines.get(last)?;
    let follows = |(_, line): &(usize, &str)| {
        indent(line) > margin || line.trim_start().starts_with([')', ']', '}'])
    };
    let rest = lines.get(last + 1..)?;
    let begin = body.start + at + indent(line);
    let (at, line) = rest.last().unwrap_or(&(*at, *line)).to_owned();
    let end = body.start + at + line.trim_end().len();
    rest.iter().all(follows).then_some(begin..end)
}
