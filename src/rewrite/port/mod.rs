//! Porting: an async script becomes a notebook, statement by statement and in order.
//!
//! The kernel owns the loop, so what starts one makes way for `await`; the main guard's body and
//! everything around it become cells. `async def main` stays a definition, because its names are
//! its own and it may return early; where neither matters it can be unrolled into cells.

mod arguments;
mod comments;
mod entry;
mod group;
mod named;
mod outline;
mod parser;
#[cfg(test)]
mod tests;
pub mod to_script;
mod unroll;

use crate::diagnostic::{Fix, Message};
use crate::execution::{Run, Site};
use crate::knowledge::Tables;
use crate::notebook::FreshCell;
use crate::python::{self, Kind, Role};
use crate::rewrite::{merge_deletions, script};
use crate::text::{Edit, apply_edits, position};
use crate::wording;

/// The rules whose repairs make a script's entry point fit for a kernel.
pub const ABOUT_LOOPS: [&str; 3] =
    ["asyncio-run-in-cell", "run-until-complete-in-cell", "framework-runner-in-cell"];

/// What is asked for beyond the script.
#[derive(Debug, Clone, Copy)]
pub struct Request<'r> {
    /// The repairs of calls that start a loop of their own.
    pub fixes: &'r [Fix],
    /// Divide `async def main` into cells, where that means the same.
    pub unroll: bool,
    pub words: Words<'r>,
}

/// Words for comments in the cells.
#[derive(Debug, Clone, Copy)]
pub struct Words<'w> {
    /// The script's file name.
    pub file: &'w str,
    /// Says that an argument has no default.
    pub required: &'w str,
    /// Says that a list stands for `sys.argv`.
    pub argv: &'w str,
}

/// A variable of the parameters cell.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Parameter {
    name: String,
    /// An expression.
    value: String,
    comment: Option<String>,
    /// Whether the script asked for it, so that somebody has to give it a value.
    required: bool,
}

/// Something that changed on the way, or was left and needs a look.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// The script's line, from 1; `None` for what concerns all of it.
    pub line: Option<usize>,
    pub message: Message,
}

/// A script as cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ported {
    pub cells: Vec<FreshCell>,
    /// What changes in meaning: ids of tradeoff pages.
    pub tradeoffs: Vec<&'static str>,
    /// In the script's order.
    pub notes: Vec<Note>,
}

/// Why a script was not ported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The script is no Python; the line counts from 1.
    Unreadable { line: usize },
    /// What came of it would be no Python. A fault of this program.
    Unfit,
}

impl Refusal {
    /// The sentence that says it.
    pub fn message(self) -> Message {
        match self {
            Self::Unreadable { line } => {
                Message::says(wording::port::refusal::UNREADABLE).with("line", line)
            }
            Self::Unfit => Message::says(wording::port::refusal::UNFIT),
        }
    }
}

/// Turns the script that `run` is of ([`script::read`]) into cells.
///
/// # Errors
/// When the script is no Python.
pub fn to_notebook(run: &Run, tables: &Tables, request: Request) -> Result<Ported, Refusal> {
    let source = run.tree(script::CELL).source();
    if let Some(error) = run.index(script::CELL).and_then(|cell| cell.syntax.errors.first()) {
        return Err(Refusal::Unreadable { line: position(source, error.range.start).line });
    }
    let entry = entry::change(run, request.fixes);
    let arguments = arguments::turn(run, &request.words);
    let mut notes = named::notes(run, &entry, &arguments);
    let mut edits = entry.edits;
    edits.extend(arguments.edits.iter().cloned());
    edits.extend(kept_docstring(run));
    merge_deletions(&mut edits);
    let changed = apply_edits(run.position(script::CELL), source, &edits).ok_or(Refusal::Unfit)?;
    if !python::is_valid(&changed) {
        return Err(Refusal::Unfit);
    }
    let after = script::read(&changed, tables);
    let unrolled = if request.unroll { unroll::find(&after) } else { unroll::Unroll::NotAsked };
    notes.extend(unrolled.note(&after));
    let parts = outline::parts(&after, unrolled.main());
    let mut cells = group::cells(parts);
    if !arguments.parameters.is_empty() {
        group::add_parameters(&mut cells, &arguments);
    }
    let cells: Vec<FreshCell> = cells.into_iter().map(|cell| cell.fresh).collect();
    let mut tradeoffs = entry.tradeoffs;
    tradeoffs.retain(|id| *id != NO_SCRIPT);
    if after.awaits_at_top(script::CELL) || unrolled.main().is_some() {
        tradeoffs.push(NO_SCRIPT);
    }
    tradeoffs.sort_unstable();
    tradeoffs.dedup();
    notes.sort();
    notes.dedup();
    Ok(Ported { cells, tradeoffs, notes })
}

const NO_SCRIPT: &str = "script-no-longer-runs";

/// A docstring that the script reads stays one, under its name: in a kernel `__doc__` is another.
fn kept_docstring(run: &Run) -> Option<Edit> {
    let first = script::statements(run).next().filter(|site| is_docstring(run, *site))?;
    let is_read = run.sites().any(|site| {
        matches!(run.kind(site), Kind::Name { .. }) && run.source_of(site) == "__doc__"
    });
    is_read.then(|| Edit::insert(run.position(first.cell), run.range(first).start, "__doc__ = "))
}

fn is_docstring(run: &Run, statement: Site) -> bool {
    matches!(run.kind(statement), Kind::Expression)
        && run.child(statement, Role::Value).is_some_and(|it| matches!(run.kind(it), Kind::Str))
}

/// Whether the statement does nothing but import, perhaps in a `try` or under a condition.
fn is_import(run: &Run, statement: Site) -> bool {
    let only = |site: Site| match run.kind(site) {
        Kind::Import { .. } | Kind::ImportFrom { .. } => true,
        Kind::Assign | Kind::If | Kind::Try | Kind::Simple => true,
        _ => !run.tree(site.cell).is_statement(site.node),
    };
    match run.kind(statement) {
        Kind::Import { .. } | Kind::ImportFrom { .. } => true,
        Kind::If | Kind::Try => {
            let inside = || run.descendants(statement);
            let imports = |site: Site| {
                matches!(run.kind(site), Kind::Import { .. } | Kind::ImportFrom { .. })
            };
            inside().all(only) && inside().any(imports) && !script::is_main_guard(run, statement)
        }
        _ => false,
    }
}

/// The first statement below the docstring and the imports at the top.
fn first_after_imports(run: &Run) -> Option<Site> {
    script::statements(run).find(|site| !is_docstring(run, *site) && !is_import(run, *site))
}
