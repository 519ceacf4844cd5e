//! What happens and what rules say of it become a verdict: does the skill apply to this cell, and why.

mod evidence;

use std::sync::Arc;

use crate::diagnostic::{Found, Message};
use crate::execution::Run;
use crate::notebook::{Format, Notebook};
use crate::text::{CellIndex, TextRange};

/// A when-to-use or when-not-to-use case that fits, with what shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Situation {
    /// The id of the situation's page.
    pub id: &'static str,
    pub evidence: Vec<Evidence>,
}

/// A place of the cell that shows a situation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Bytes of the cell's source.
    pub range: TextRange,
    pub why: Message,
}

/// What follows for a cell or a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Applies,
    /// The skill does not apply; another one does where `to` names it.
    HandOff {
        to: Option<&'static str>,
    },
    Unclear,
}

impl Verdict {
    /// The name that JSON uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Applies => "applies",
            Verdict::HandOff { .. } => "hand-off",
            Verdict::Unclear => "unclear",
        }
    }
}

/// The answer for one cell, situations best first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classification {
    pub verdict: Verdict,
    pub situations: Vec<Situation>,
}

impl Classification {
    /// Of a cell of which nothing is known.
    pub fn unclear() -> Self {
        Self { verdict: Verdict::Unclear, situations: Vec::new() }
    }
}

/// The five cases for the skill, best first where several fit.
pub const USE: [&str; 5] = [
    "porting-a-script",
    "asyncio-run-error",
    "event-loop-conflict",
    "orchestrating-tasks",
    "placing-reusable-logic",
];

/// The three cases against it.
pub const NOT_USE: [&str; 3] = ["no-notebook", "general-api-design", "no-async"];

/// Classifies every cell of the notebook.
pub fn classify(notebook: &Notebook, run: &Run, diagnostics: &[Found]) -> Vec<Arc<Classification>> {
    let unclear = Arc::new(Classification::unclear());
    let mut all: Vec<_> = notebook.cells.iter().map(|_| Arc::clone(&unclear)).collect();
    let cells = (0..all.len()).map(CellIndex);
    renew(notebook, run, diagnostics, cells, &mut all);
    all
}

/// Classifies some cells anew; `all` holds one answer for each of the notebook's.
pub fn renew(
    notebook: &Notebook,
    run: &Run,
    diagnostics: &[Found],
    cells: impl Iterator<Item = CellIndex>,
    all: &mut [Arc<Classification>],
) {
    let told = evidence::of_diagnostics(diagnostics);
    for cell in cells {
        let told = told.get(&cell).map_or(&[][..], Vec::as_slice);
        if let Some(answer) = all.get_mut(cell.0) {
            *answer = Arc::new(classify_cell(notebook, run, told, cell));
        }
    }
}

/// Classifies the cells of a notebook in which nothing is async.
pub fn without_async(notebook: &Notebook) -> Vec<Arc<Classification>> {
    let one = |index| {
        let evidence = evidence::quiet_evidence(notebook, CellIndex(index));
        let situations = vec![Situation { id: "no-async", evidence }];
        let verdict = Verdict::HandOff { to: hand_off("no-async") };
        Arc::new(Classification { verdict, situations })
    };
    (0..notebook.cells.len()).map(one).collect()
}

fn classify_cell(
    notebook: &Notebook,
    run: &Run,
    told: &[evidence::Told],
    cell: CellIndex,
) -> Classification {
    let mut found = evidence::of_cell(notebook, run, told, cell);
    found.sort_by_key(|situation| USE.iter().chain(&NOT_USE).position(|id| *id == situation.id));
    let verdict = match found.first() {
        Some(first) if USE.contains(&first.id) => Verdict::Applies,
        Some(first) => Verdict::HandOff { to: hand_off(first.id) },
        None => Verdict::Unclear,
    };
    Classification { verdict, situations: found }
}

/// The companion skill that a situation leads to.
fn hand_off(situation: &str) -> Option<&'static str> {
    match situation {
        "no-notebook" => Some("python-concurrency-performance"),
        "general-api-design" => Some("python-runtime-operations"),
        _ => None,
    }
}

/// The answer for the whole file: the best of its cells.
pub fn verdict_of_file(notebook: &Notebook, cells: &[Arc<Classification>]) -> Verdict {
    if notebook.format == Format::Script {
        return Verdict::HandOff { to: hand_off("no-notebook") };
    }
    let has = |verdict: Verdict| cells.iter().any(|cell| cell.verdict == verdict);
    if has(Verdict::Applies) {
        return Verdict::Applies;
    }
    if has(Verdict::Unclear) {
        return Verdict::Unclear;
    }
    let to = cells.iter().find_map(|cell| match cell.verdict {
        Verdict::HandOff { to } => to,
        _ => None,
    });
    Verdict::HandOff { to }
}
