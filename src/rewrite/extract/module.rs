//! The module's text: a new one, or additions to one that is there.

use std::collections::{BTreeMap, BTreeSet};

use super::closure::Closure;
use super::imports::{self, Import};
use super::{Refusal, Request};
use crate::execution::{Run, Site};
use crate::python::{self, CellSyntax, Kind, Role, is_builtin};
use crate::rewrite::constant::is_written_as_constant;
use crate::rewrite::needs::{Names, needs};
use crate::rewrite::pieces::{Piece, pieces};
use crate::rewrite::script;
use crate::text::{TextRange, position};

/// The module with what moves.
///
/// # Errors
/// When the module that is there is no Python, or has something else under a name that moves.
pub(super) fn compose(
    run: &Run,
    names: &Names,
    closure: &Closure,
    request: &Request,
) -> Result<String, Refusal> {
    let futures = imports::futures(run, closure);
    let needed = imports::needed(run, closure);
    let copies: Vec<&str> = closure.copies.iter().map(|site| run.source_of(*site)).collect();
    let items = items(run, names, closure);
    let Some(existing) = request.existing.filter(|text| !text.trim().is_empty()) else {
        return Ok(fresh(request.title, &futures, &needed, &copies, &items));
    };
    let bom = if existing.starts_with('\u{feff}') { "\u{feff}" } else { "" };
    let text = existing.strip_prefix('\u{feff}').unwrap_or(existing);
    let crlf = text.contains("\r\n");
    let unix = text.replace("\r\n", "\n");
    let there = There::read(run, &unix, request)?;
    let items: Vec<Item> = items.into_iter().filter(|item| !there.defines(&item.code)).collect();
    let needed = there.missing_imports(needed, request)?;
    let copies: Vec<&str> = copies.into_iter().filter(|copy| !there.has(copy)).collect();
    there.clashes(run, names, closure, &futures, request)?;
    let mut head = imports::lines(&needed);
    head.extend(copies.iter().map(|copy| (*copy).to_owned()));
    let (top, end) = there.places();
    let tail = if items.is_empty() { String::new() } else { there.tail(end, &items) };
    let added = [(top, there.head(top, &head)), (end, tail)];
    Ok(format!("{bom}{}", inserted(text, crlf, &added)))
}

/// A module of its own.
fn fresh(
    title: &str,
    futures: &BTreeSet<String>,
    needed: &[Import],
    copies: &[&str],
    items: &[Item],
) -> String {
    let mut out = format!("\"\"\"{}\"\"\"\n", literal(title));
    if !futures.is_empty() {
        let list: Vec<&str> = futures.iter().map(String::as_str).collect();
        out.push_str(&format!("\nfrom __future__ import {}\n", list.join(", ")));
    }
    let needed: Vec<Import> =
        needed.iter().filter(|import| import.module != "__future__").cloned().collect();
    let mut head = imports::lines(&needed);
    head.extend(copies.iter().map(|copy| (*copy).to_owned()));
    if !head.is_empty() {
        out.push_str(&format!("\n{}\n", head.join("\n")));
    }
    out.push_str(&joined(items, true));
    out
}

/// The items with blank lines before each; constants stand together.
fn joined(items: &[Item], first_apart: bool) -> String {
    let mut out = String::new();
    let mut before: Option<&Item> = None;
    for item in items {
        let blanks = match before {
            None if !first_apart => 0,
            None if item.is_constant => 1,
            Some(before) if before.is_constant && item.is_constant => 0,
            _ => 2,
        };
        out.push_str(&"\n".repeat(blanks));
        out.push_str(&item.text);
        out.push('\n');
        before = Some(item);
    }
    out
}

/// Something that moves, as it will stand in the module.
struct Item {
    text: String,
    /// The statement alone, without the comments above it.
    code: String,
    is_constant: bool,
}

/// What moves, in the notebook's order, but nothing before what it needs when it is defined.
fn items(run: &Run, names: &Names, closure: &Closure) -> Vec<Item> {
    let mut order: Vec<Site> = Vec::new();
    for statement in closure.moved.keys() {
        add_in_order(run, names, closure, *statement, &mut order, &mut BTreeSet::new());
    }
    let constant = |site: &Site| {
        let named = names.of_statement(*site).iter().all(|name| is_written_as_constant(name));
        matches!(run.kind(*site), Kind::Assign | Kind::AnnAssign) && named
    };
    let mut sorted: Vec<Site> = Vec::new();
    // Constants that need nothing of the module come first, as people write modules.
    let free = |site: &Site| constant(site) && eager(run, names, closure, *site).is_empty();
    sorted.extend(order.iter().filter(|site| free(site)));
    sorted.extend(order.iter().filter(|site| !free(site)));
    let item = |site: Site| Item {
        text: text_of(run, site),
        code: run.source_of(site).to_owned(),
        is_constant: matches!(run.kind(site), Kind::Assign | Kind::AnnAssign),
    };
    sorted.into_iter().map(item).collect()
}

/// The statements that have to run before `statement` does.
fn eager(run: &Run, names: &Names, closure: &Closure, statement: Site) -> Vec<Site> {
    let needs = needs(run, statement).into_iter().filter(|need| need.eager);
    let bound = needs.flat_map(|need| names.bound(need.name));
    let moved = bound.map(|bound| bound.statement);
    moved.filter(|site| closure.moved.contains_key(site) && *site != statement).collect()
}

fn add_in_order(
    run: &Run,
    names: &Names,
    closure: &Closure,
    statement: Site,
    order: &mut Vec<Site>,
    open: &mut BTreeSet<Site>,
) {
    if order.contains(&statement) || !open.insert(statement) {
        return;
    }
    for before in eager(run, names, closure, statement) {
        add_in_order(run, names, closure, before, order, open);
    }
    order.push(statement);
}

/// The lines of a statement with the comments above it; of several on one line its own text.
fn text_of(run: &Run, statement: Site) -> String {
    run.tree(statement.cell).text(moved_range(run, statement)).to_owned()
}

/// What of the cell's text moves with a statement.
pub(super) fn moved_range(run: &Run, statement: Site) -> TextRange {
    let Some(cell) = run.index(statement.cell) else { return TextRange::default() };
    let own = |piece: &Piece| piece.nodes.contains(&statement.node);
    match pieces(&cell.syntax).into_iter().find(own) {
        Some(piece) if piece.statement().is_some() => {
            TextRange::new(below_directives(&cell.syntax, &piece), piece.range.end)
        }
        _ => run.range(statement),
    }
}

/// Comments that speak to a tool about the cell stay in it: `#| export`, `# nbasync: skip-cell`.
fn below_directives(syntax: &CellSyntax, piece: &Piece) -> usize {
    let above = TextRange::new(piece.range.start, piece.code);
    let mut start = piece.range.start;
    let mut at = piece.range.start;
    for line in syntax.tree.text(above).split_inclusive('\n') {
        at += line.len();
        let words = line.trim_start_matches(['#', ' ']);
        if line.starts_with("#|") || words.starts_with("nbasync:") {
            start = at;
        }
    }
    start
}

/// The module that is there.
struct There {
    text: String,
    syntax: CellSyntax,
    imports: Vec<Import>,
    /// Every name that it binds at its top level, and how often by imports alone.
    bound: BTreeMap<String, bool>,
    /// The statements whose names nothing else binds.
    sole: BTreeSet<python::NodeId>,
}

impl There {
    fn read(run: &Run, text: &str, request: &Request) -> Result<Self, Refusal> {
        let syntax = python::parse(text);
        let module = request.module.to_owned();
        if let Some(error) = syntax.errors.first() {
            let line = position(text, error.range.start).line;
            return Err(Refusal::Module { module, line });
        }
        let own = script::read(text, run.tables());
        let names = Names::of(&own);
        let bound = names.all().map(|name| {
            let import = |site| !imports::of_statement(&own, site).is_empty();
            (name.to_owned(), names.bound(name).iter().all(|bound| import(bound.site)))
        });
        let bound = bound.collect();
        let statements = names.all().filter_map(|name| match names.bound(name) {
            [only] => Some(only.statement),
            _ => None,
        });
        let sole = statements.filter(|site| {
            names.of_statement(*site).iter().all(|name| names.bound(name).len() == 1)
        });
        let sole = sole.map(|site| site.node).collect();
        let imports =
            script::statements(&own).flat_map(|site| imports::of_statement(&own, site)).collect();
        Ok(Self { text: text.to_owned(), syntax, imports, bound, sole })
    }

    /// The imports that the module lacks.
    fn missing_imports(
        &self,
        needed: Vec<Import>,
        request: &Request,
    ) -> Result<Vec<Import>, Refusal> {
        let mut missing = Vec::new();
        for import in needed {
            let there = self.bound.get(import.binds());
            let same_module = |other: &Import| {
                import.name.is_none()
                    && other.name.is_none()
                    && import.alias.is_none()
                    && other.binds() == import.binds()
            };
            match there {
                _ if self.imports.contains(&import) => {}
                None => missing.push(import),
                // `import a.b` beside `import a.c` binds the same `a`.
                Some(true) if self.imports.iter().any(same_module) => missing.push(import),
                Some(_) => return Err(clash(import.binds(), request)),
            }
        }
        Ok(missing)
    }

    fn clashes(
        &self,
        run: &Run,
        names: &Names,
        closure: &Closure,
        futures: &BTreeSet<String>,
        request: &Request,
    ) -> Result<(), Refusal> {
        let is_new = |site: &&Site| !self.defines(run.source_of(**site));
        let moved = closure.moved.keys().filter(is_new);
        let moved = moved.flat_map(|site| names.of_statement(*site));
        // A built-in name that the module gives another meaning would change a helper's own.
        let hidden = closure.builtins.iter().map(String::as_str).filter(|name| is_builtin(name));
        let taken = |name: &&str| self.bound.contains_key(*name);
        let dunder = |name: &str| name.starts_with("__");
        if let Some(name) = moved.copied().chain(hidden).filter(|it| !dunder(it)).find(taken) {
            return Err(clash(name, request));
        }
        let has_future = |name: &String| {
            self.imports
                .iter()
                .any(|it| it.module == "__future__" && it.name.as_deref() == Some(name))
        };
        if futures.iter().all(has_future) {
            return Ok(());
        }
        Err(Refusal::Future { module: request.module.to_owned() })
    }

    /// Whether the module has this very statement.
    fn has(&self, statement: &str) -> bool {
        self.syntax.tree.statements().any(|node| self.syntax.tree.source_of(node) == statement)
    }

    /// Whether the module has this very definition, spaces at the ends of lines aside, and nothing else
    /// under its names.
    fn defines(&self, statement: &str) -> bool {
        let tree = &self.syntax.tree;
        let is_it = |node: &python::NodeId| {
            tree.source_of(*node)
                .lines()
                .map(str::trim_end)
                .eq(statement.lines().map(str::trim_end))
        };
        tree.statements().find(is_it).is_some_and(|node| self.sole.contains(&node))
    }

    /// The lines, from 0, before which imports and definitions are added: below the module's first
    /// imports, and before its main guard or at its end.
    fn places(&self) -> (usize, usize) {
        let tree = &self.syntax.tree;
        let line_after = |offset: usize| position(tree.source(), offset).line;
        let pieces = pieces(&self.syntax);
        let mut top = 0;
        for piece in &pieces {
            let opens = |node: &python::NodeId| match tree.kind(*node) {
                Kind::Import { .. } | Kind::ImportFrom { .. } => true,
                Kind::Expression => tree
                    .child(*node, Role::Value)
                    .is_some_and(|it| matches!(tree.kind(it), Kind::Str)),
                _ => false,
            };
            match piece.nodes.is_empty() {
                // A comment that stands alone may be the heading of what follows.
                true if top == 0 => {}
                true => continue,
                false if piece.nodes.iter().all(opens) => {}
                false => break,
            }
            top = line_after(piece.range.end);
        }
        let is_guard = |piece: &&Piece| piece.text(tree).contains("__name__");
        let last = pieces.last().filter(is_guard).filter(|piece| {
            piece.statement().is_some_and(|node| matches!(tree.kind(node), Kind::If))
        });
        let end = match last {
            Some(guard) => position(tree.source(), guard.range.start).line - 1,
            None => self.text.lines().count(),
        };
        (top, end.max(top))
    }

    fn head(&self, top: usize, lines: &[String]) -> String {
        if lines.is_empty() {
            return String::new();
        }
        let before = top.checked_sub(1).and_then(|line| self.text.lines().nth(line));
        let below_import = before.is_some_and(|line| {
            line.starts_with("import ") || line.starts_with("from ") || line.starts_with(')')
        });
        let open = if top == 0 || below_import { "" } else { "\n" };
        let next_is_blank = self.text.lines().nth(top).is_none_or(|line| line.trim().is_empty());
        let close = if next_is_blank { "" } else { "\n\n" };
        format!("{open}{}\n{close}", lines.join("\n"))
    }

    fn tail(&self, end: usize, items: &[Item]) -> String {
        let lines: Vec<&str> = self.text.lines().take(end).collect();
        let blanks = lines.iter().rev().take_while(|line| line.trim().is_empty()).count();
        let before = "\n".repeat(2_usize.saturating_sub(blanks));
        let after = if end < self.text.lines().count() { "\n\n" } else { "" };
        format!("{before}{}{after}", joined(items, false))
    }
}

fn clash(name: &str, request: &Request) -> Refusal {
    Refusal::Clash { name: name.to_owned(), module: request.module.to_owned() }
}

/// The text with lines added before the lines of these numbers, from 0; every other byte is kept.
fn inserted(text: &str, crlf: bool, added: &[(usize, String)]) -> String {
    let mut out = String::new();
    let mut lines = text.split_inclusive('\n');
    let mut done = 0;
    for (line, new) in added {
        for kept in lines.by_ref().take(line - done) {
            out.push_str(kept);
        }
        done = *line;
        if new.is_empty() {
            continue;
        }
        let new = if crlf { new.replace('\n', "\r\n") } else { new.clone() };
        if !out.is_empty() && !out.ends_with('\n') {
            out.push_str(if crlf { "\r\n" } else { "\n" });
        }
        out.push_str(&new);
    }
    out.extend(lines);
    out
}
/// Text as it may stand between the quotes of a docstring.
fn literal(text: &str) -> String {
    text.chars().filter(|char| !matches!(char, '"' | '\\') && !char.is_control()).collect()
}
