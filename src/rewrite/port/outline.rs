//! A script's parts in order, the main guard opened.

use super::comments::{self, Comment};
use super::{is_docstring, is_import};
use crate::execution::{Run, Site};
use crate::knowledge::Tables;
use crate::python::{Kind, Role};
use crate::rewrite::pieces::{Piece, dedented, pieces};
use crate::rewrite::script;
use crate::text::{TextRange, indentation, line_range};

/// What a part is, as far as cells are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PartKind {
    Prose,
    /// Comments kept as they are.
    Comment,
    Import,
    Definition,
    Statement,
    /// A statement of the main guard, or of a main function that was unrolled.
    Entry,
}

/// A stretch of the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub kind: PartKind,
    pub text: String,
    /// Blank lines above.
    pub blanks: usize,
    /// The name of a definition.
    pub name: String,
}

impl Part {
    fn new(kind: PartKind, text: &str, blanks: usize) -> Self {
        let text = if kind == PartKind::Prose { text.to_owned() } else { flush_left(text) };
        Self { kind, text, blanks, name: String::new() }
    }
}

/// Comments that open a cell lose their indentation: IPython takes as much from every line as the
/// first one has.
///
/// Source: `leading_indent` in IPython's `inputtransformer2`.
fn flush_left(text: &str) -> String {
    let mut opens = true;
    let line = |line: &str| {
        let bare = line.trim_start_matches([' ', '\t']);
        opens &= bare.starts_with('#');
        if opens { bare.to_owned() } else { line.to_owned() }
    };
    text.split_inclusive('\n').map(line).collect()
}

/// A main function that is divided: its definition, and the statement that its body replaces.
#[derive(Debug, Clone, Copy)]
struct Unrolled {
    def: Site,
    call: Site,
    /// The definition with the comments that end it.
    whole: TextRange,
}

/// The parts of a script. `main` is a function whose body takes the place of its call, and the
/// call's statement.
pub(super) fn parts(run: &Run, main: Option<(Site, Site)>) -> Vec<Part> {
    let mut parts = Vec::new();
    let Some(cell) = run.index(script::CELL) else { return parts };
    let pieces = pieces(&cell.syntax);
    let main = main.map(|(def, call)| {
        let piece = pieces.iter().find(|piece| piece.nodes.contains(&def.node));
        let end = piece.map_or(run.range(def).end, |piece| piece.range.end);
        Unrolled { def, call, whole: TextRange::new(run.range(def).start, end) }
    });
    for (at, piece) in pieces.iter().enumerate() {
        add(run, piece, main, at == 0, &mut parts);
    }
    parts
}

fn add(run: &Run, piece: &Piece, main: Option<Unrolled>, first: bool, out: &mut Vec<Part>) {
    let tree = run.tree(script::CELL);
    let at = |node| Site { cell: script::CELL, node };
    let Some(statement) = piece.nodes.first().copied().map(at) else {
        return out.extend(comment(piece.text(tree), piece.blanks));
    };
    let single = piece.statement().is_some();
    let above = TextRange::new(piece.range.start, piece.code).slice(tree.source()).trim_end();
    let comments = || comment(above, piece.blanks).filter(|_| !above.is_empty());
    match main.filter(|_| single) {
        Some(main) if main.def == statement => return out.extend(comments()),
        Some(main) if main.call == statement => {
            out.extend(comments());
            out.extend(body_of(run, main.def, main.whole, None));
            return out.extend(comment_after(run, statement, piece.range.end));
        }
        _ => {}
    }
    if single && first && is_docstring(run, statement) {
        out.extend(comments());
        let prose = comments::cleaned(run.source_of(statement));
        out.push(Part::new(PartKind::Prose, &prose, piece.blanks));
        return out.extend(comment_after(run, statement, piece.range.end));
    }
    if single && script::is_main_guard(run, statement) {
        out.extend(comments());
        return out.extend(body_of(run, statement, piece.range, main));
    }
    // A comment that heads the file and its imports is about the file.
    let split = first && !above.is_empty() && is_import(run, statement);
    if split && matches!(comments::read(above), Comment::Prose(_) | Comment::Dropped) {
        out.extend(comments());
        let rest = TextRange::new(piece.code, piece.range.end);
        return out.push(Part::new(PartKind::Import, tree.text(rest), 1));
    }
    let name = match run.kind(statement) {
        Kind::FunctionDef { name, .. } | Kind::ClassDef { name } => tree.text(*name).to_owned(),
        _ => String::new(),
    };
    let kind = kind(run, statement);
    out.push(Part { name, ..Part::new(kind, piece.text(tree), piece.blanks) });
}

/// What stands on the line after a statement that went elsewhere.
fn comment_after(run: &Run, statement: Site, end: usize) -> Option<Part> {
    let after = TextRange::new(run.range(statement).end, end);
    let text = after.slice(run.tree(statement.cell).source()).trim_start_matches([';', ' ']);
    text.starts_with('#').then(|| Part::new(PartKind::Comment, text.trim_end(), 0))
}

fn kind(run: &Run, statement: Site) -> PartKind {
    match run.kind(statement) {
        Kind::FunctionDef { .. } | Kind::ClassDef { .. } => PartKind::Definition,
        _ if is_import(run, statement) => PartKind::Import,
        _ => PartKind::Statement,
    }
}

fn comment(text: &str, blanks: usize) -> Option<Part> {
    match comments::read(text) {
        Comment::Prose(prose) => Some(Part::new(PartKind::Prose, &prose, blanks)),
        Comment::Code => Some(Part::new(PartKind::Comment, text, blanks)),
        Comment::Dropped => None,
    }
}

/// The body of a guard or function as parts of their own. `whole` ends where the body's comments
/// do.
fn body_of(run: &Run, block: Site, whole: TextRange, main: Option<Unrolled>) -> Vec<Part> {
    let tree = run.tree(block.cell);
    let Some(first) = run.child(block, Role::Body) else { return Vec::new() };
    let start = run.range(first).start;
    let header_end = header_end(run, block);
    let header = TextRange::new(header_end, line_range(tree.source(), header_end).end);
    let same_line = header.end > start;
    // Comments may stand between the header and the first statement.
    let region = TextRange::new(if same_line { start } else { header.end + 1 }, whole.end);
    let indent = if same_line { "" } else { indentation(tree.source(), start) };
    let mut parts = Vec::new();
    if let Some((_, comment)) = header.slice(tree.source()).split_once('#').filter(|_| !same_line) {
        parts.push(Part::new(PartKind::Comment, &format!("#{comment}"), 1));
    }
    let tables = Tables::default();
    let inside = script::read(&dedented(tree, region, indent), &tables);
    let Some(cell) = inside.index(script::CELL) else { return parts };
    let is_function = matches!(run.kind(block), Kind::FunctionDef { .. });
    let mut after_main = false;
    for (at, piece) in pieces(&cell.syntax).iter().enumerate() {
        let text = piece.text(&cell.syntax.tree);
        let site = piece.statement().map(|node| Site { cell: script::CELL, node });
        match (site, main) {
            _ if text == "pass" => {}
            _ if piece.nodes.is_empty() => parts.extend(comment(text, piece.blanks)),
            (Some(site), _) if at == 0 && is_function && is_docstring(&inside, site) => {
                let prose = comments::cleaned(inside.source_of(site));
                parts.push(Part::new(PartKind::Prose, &prose, piece.blanks));
            }
            (Some(site), Some(main)) if inside.source_of(site) == run.source_of(main.call) => {
                let above = TextRange::new(piece.range.start, piece.code);
                let above = above.slice(cell.syntax.tree.source()).trim_end();
                parts.extend(comment(above, piece.blanks).filter(|_| !above.is_empty()));
                parts.extend(comment_after(&inside, site, piece.range.end));
                parts.extend(body_of(run, main.def, main.whole, None));
                after_main = true;
                continue;
            }
            // What follows the main function's cells begins another.
            _ => {
                let blanks = piece.blanks.max(usize::from(after_main));
                parts.push(Part::new(PartKind::Entry, text, blanks));
            }
        }
        after_main = false;
    }
    if let Some(first) = parts.first_mut() {
        first.blanks = 1;
    }
    parts
}

/// Where the line ends that opens a block: after its condition, or its parameters.
fn header_end(run: &Run, block: Site) -> usize {
    let before_body = run
        .descendants(block)
        .filter(|site| run.parent(*site) == Some(block) && run.role(*site) != Role::Body);
    let ends = before_body.map(|site| run.range(site).end);
    let name = match run.kind(block) {
        Kind::FunctionDef { name, .. } => name.end,
        _ => run.range(block).start,
    };
    let last = ends.max().unwrap_or(name).max(name);
    // The colon may stand on a later line, as in a signature that is broken into lines.
    let source = run.tree(block.cell).source();
    let rest = source.get(last..).unwrap_or_default();
    let colon = rest.find(':').map_or(last, |at| last + at);
    let first = run.child(block, Role::Body).map_or(last, |first| run.range(first).start);
    if colon < first { colon } else { last }
}
