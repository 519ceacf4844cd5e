//! The way back: a notebook becomes a script.
//!
//! What the cells do runs in `async def main`, in order, because a cell runs where a loop is
//! running. Imports, definitions and constants stay at the module's level as far as they do not
//! hang on what the cells do; names of `main` that they read are declared `global` there. A
//! notebook that awaits nothing becomes a plain script.

mod place;
mod plain;
#[cfg(test)]
mod tests;
mod write;

use std::sync::Arc;

use super::Refusal;
use crate::diagnostic::Message;
use crate::execution::{Meaning, Run, Site, Usage, starts_kept_task};
use crate::index::{ReadCell, names_of};
use crate::notebook::{Cell, CellKind, Notebook};
use crate::python::{self, Kind, Role};
use crate::rewrite::extract::numbers;
use crate::rewrite::script;
use crate::text::{CellIndex, Wording};
use crate::wording;

/// What is asked for beyond the notebook.
#[derive(Debug, Clone, Copy)]
pub struct Request<'r> {
    /// Ask for a running loop, so that the script can be run where there is one.
    pub dual: bool,
    /// The first line, which says where the script comes from.
    pub title: &'r str,
    /// Says beside an install command that it has to be run first.
    pub install: &'r str,
    /// Says beside a magic or shell line that the script leaves it out.
    pub left_out: &'r str,
}

/// Something that changed on the way, or was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellNote {
    /// `None` for what concerns the whole notebook.
    pub cell: Option<CellIndex>,
    pub message: Message,
}

/// A notebook as a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    pub text: String,
    pub notes: Vec<CellNote>,
}

/// Turns the notebook that `run` is of into a script.
///
/// # Errors
/// When the result would be no Python, a fault of this program.
pub fn to_script(run: &Run, notebook: &Notebook, request: &Request) -> Result<Script, Refusal> {
    let mut notes = Vec::new();
    let mut cells = Vec::new();
    for cell in &notebook.cells {
        let source = plain::of(run, notebook, cell, request, &mut notes);
        let plain = Cell { kind: CellKind::Code, language: None, source, ..cell.clone() };
        cells.push(Arc::new(ReadCell::of_cell(&plain, true)));
    }
    let after = Run::of(names_of(&cells), Arc::default(), run.tables(), run.environment());
    notes.extend(of_display(run));
    let placed = place::place(&after, notebook);
    notes.extend(of_calls(&after, placed.has_main()));
    if !placed.has_main() {
        notes.push(CellNote { cell: None, message: message(wording::port::script::NO_AWAIT) });
    }
    let text = write::write(&after, &placed, request);
    let again = script::read(&text, run.tables());
    let mut seen = Vec::new();
    notes.retain(|note| {
        !seen.contains(note) && {
            seen.push(note.clone());
            true
        }
    });
    let fits = python::is_valid(&text) && !again.awaits_at_top(script::CELL);
    if fits { Ok(Script { text, notes }) } else { Err(Refusal::Unfit) }
}

/// The sentence at a key of the notes on scripts.
fn message(key: Wording) -> Message {
    Message::says(key)
}

/// Cells whose last value is shown, which a script does not do.
fn of_display(run: &Run) -> Option<CellNote> {
    let shows = |site: &Site| {
        let value = run.child(*site, Role::Value);
        let says_nothing = value.is_some_and(|value| match run.kind(value) {
            Kind::Str | Kind::Ellipsis | Kind::None | Kind::Escape { .. } => true,
            Kind::Call => gives_none(run, value),
            Kind::Await => run.child(value, Role::Value).is_some_and(|call| gives_none(run, call)),
            _ => false,
        });
        matches!(run.kind(*site), Kind::Expression) && run.is_displayed(*site) && !says_nothing
    };
    let cells: Vec<CellIndex> =
        run.sites().filter(shows).map(|site| run.position(site.cell)).collect();
    let message = message(wording::port::script::DISPLAYED).with("cells", numbers(&cells));
    (!cells.is_empty()).then_some(CellNote { cell: None, message })
}

/// Whether a call is known to give `None`.
fn gives_none(run: &Run, call: Site) -> bool {
    let func = run.child(call, Role::Func).map(|func| run.meaning(func));
    match func {
        Some(Meaning::Function(id)) => run.function(id).is_some_and(|it| it.returns.is_empty()),
        Some(Meaning::Path(path)) => path == "builtins.print" || path == "asyncio.sleep",
        _ => false,
    }
}

fn of_calls(run: &Run, has_main: bool) -> Vec<CellNote> {
    let mut notes: Vec<CellNote> = Vec::new();
    for call in run.calls_in(None) {
        let Some(path) = call.callee.path() else { continue };
        let name = path.trim_start_matches("builtins.");
        let dropped = matches!(run.usage(call.site), Usage::Dropped | Usage::Displayed);
        let key = match path {
            _ if starts_kept_task(path) && dropped => wording::port::script::TASKS,
            "asyncio.run" if has_main => wording::port::script::LOOP,
            _ if has_main && path.ends_with(".run_until_complete") => wording::port::script::LOOP,
            _ if python::is_of_kernels(name) && path.starts_with("builtins.") => {
                wording::port::script::KERNEL
            }
            _ => continue,
        };
        let message = message(key).with("call", run.callee(call.site));
        let note = CellNote { cell: Some(run.position(call.site.cell)), message };
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    notes
}
