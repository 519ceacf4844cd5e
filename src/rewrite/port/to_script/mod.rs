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
use crate::facts::{CellFacts, Facts, Usage, Value};
use crate::notebook::{Cell, CellKind, Notebook};
use crate::python::{self, Kind, Role};
use crate::rewrite::extract::numbers;
use crate::rewrite::script;
use crate::text::CellIndex;
use crate::text::Wording;
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

/// Turns the notebook that `facts` were read from into a script.
///
/// # Errors
/// When the result would be no Python, a fault of this program.
pub fn to_script(facts: &Facts, notebook: &Notebook, request: &Request) -> Result<Script, Refusal> {
    let mut notes = Vec::new();
    let mut cells = Vec::new();
    for cell in &notebook.cells {
        let source = plain::of(facts, notebook.format, cell, request, &mut notes);
        let plain = Cell { kind: CellKind::Code, language: None, source, ..cell.clone() };
        cells.push(Arc::new(CellFacts::of_cell(&plain, true)));
    }
    let after = Facts::join(cells, facts.tables, facts.environment, Arc::default());
    notes.extend(of_display(facts));
    let placed = place::place(&after, notebook);
    notes.extend(of_calls(&after, placed.has_main()));
    if !placed.has_main() {
        notes.push(CellNote { cell: None, message: message(wording::port::script::NO_AWAIT) });
    }
    let text = write::write(&after, &placed, request);
    let again = script::read(&text, facts.tables);
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
fn of_display(facts: &Facts) -> Option<CellNote> {
    let shows = |site: &crate::facts::Site| {
        let value = facts.child(*site, Role::Value);
        let says_nothing = value.is_some_and(|value| match facts.kind(value) {
            Kind::Str | Kind::Ellipsis | Kind::None | Kind::Escape { .. } => true,
            Kind::Call => gives_none(facts, value),
            Kind::Await => {
                facts.child(value, Role::Value).is_some_and(|call| gives_none(facts, call))
            }
            _ => false,
        });
        matches!(facts.kind(*site), Kind::Expression) && facts.is_displayed(*site) && !says_nothing
    };
    let cells: Vec<CellIndex> = facts.sites().filter(shows).map(|site| site.cell).collect();
    let message = message(wording::port::script::DISPLAYED).with("cells", numbers(&cells));
    (!cells.is_empty()).then_some(CellNote { cell: None, message })
}

/// Whether a call is known to give `None`.
fn gives_none(facts: &Facts, call: crate::facts::Site) -> bool {
    let func = facts.child(call, Role::Func).map(|func| facts.value(func));
    match func {
        Some(Value::Function(id)) => facts.function(id).is_some_and(|it| it.returns.is_empty()),
        Some(Value::Path(path)) => path == "builtins.print" || path == "asyncio.sleep",
        _ => false,
    }
}

fn of_calls(facts: &Facts, has_main: bool) -> Vec<CellNote> {
    let mut notes: Vec<CellNote> = Vec::new();
    for call in facts.calls_in(None) {
        let Some(path) = call.callee.path() else { continue };
        let name = path.trim_start_matches("builtins.");
        let dropped = matches!(facts.usage(call.site), Usage::Dropped | Usage::Displayed);
        let key = match path {
            _ if facts.starts_task(path) && dropped => wording::port::script::TASKS,
            "asyncio.run" if has_main => wording::port::script::LOOP,
            _ if has_main && path.ends_with(".run_until_complete") => wording::port::script::LOOP,
            _ if python::is_of_kernels(name) && path.starts_with("builtins.") => {
                wording::port::script::KERNEL
            }
            _ => continue,
        };
        let message = message(key).with("call", facts.callee_text(call.site));
        let note = CellNote { cell: Some(call.site.cell), message };
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    notes
}
