//! The façade that every front end shares: a notebook goes in, everything we have to say of it
//! comes out.

mod coverage;
mod extract;
mod names;
mod place;
mod port;
mod record;
mod repair;
mod saved;
mod select;
mod sentence;
mod settings;
mod suppress;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::classify::{self, Classification, Verdict};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::environment::Environment;
use crate::facts::{self, CellFacts, Facts, Modules};
use crate::knowledge::Tables;
use crate::notebook::{Format, Notebook};
use crate::rules;
use crate::text::{CellIndex, Edit, Span, apply_edits};

pub use coverage::{Coverage, coverage};
pub use extract::{Extracted, FileChange, extract};
pub use names::{Names, names, skeleton};
pub use place::environment_of;
pub use port::{cell_notes, changes, notes, port, to_script};
pub use record::{Form, Place, Record, fenced, problem_of, record, review_day, with_record};
pub use repair::{Repair, Repairs, Trial};
pub use select::{Selection, rule_names};
pub use sentence::sentence;
pub use settings::Settings;
pub use suppress::{UNUSED_IGNORE, silences};

/// What there is to say of a notebook.
#[derive(Debug, Clone)]
pub struct Review {
    /// What each cell says by itself; kept for the next review of an edited notebook.
    pub cells: Vec<Arc<CellFacts>>,
    pub environment: Environment,
    /// What was known beside the cells; kept as they are.
    pub surroundings: Surroundings,
    /// Sorted by place.
    pub diagnostics: Vec<Diagnostic>,
    /// What comments in the cells, or the settings, keep out of `diagnostics`.
    pub silenced: Vec<Diagnostic>,
    /// One for each cell.
    pub classifications: Vec<Classification>,
    pub verdict: Verdict,
}

impl Review {
    /// The diagnostics of one cell.
    pub fn of_cell(&self, cell: CellIndex) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(move |diagnostic| diagnostic.span.cell == cell)
    }

    /// How many errors, warnings and hints there are.
    pub fn counts(&self) -> [usize; 3] {
        [Severity::Error, Severity::Warning, Severity::Hint].map(|severity| {
            self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
        })
    }
}

/// What is known of a notebook beside its cells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The user's modules in the notebook's folder.
    pub modules: Arc<Modules>,
    pub settings: Settings,
}

/// Reviews a notebook by itself.
pub fn review(notebook: &Notebook, tables: &Tables) -> Review {
    review_again(notebook, tables, &Surroundings::default(), &[])
}

/// The modules that the notebook imports, and the scripts that it runs by `%run`: the names to
/// look for beside it.
pub fn wanted_modules(notebook: &Notebook) -> (Vec<String>, Vec<String>) {
    facts::modules::wanted(&read_cells(notebook, &[]))
}

/// The notebook's plain functions that other files could use, as far as a fix would make them
/// `async`.
pub fn coloured(review: &Review) -> Vec<String> {
    let fixes = review.diagnostics.iter().flat_map(|found| &found.fixes);
    let reasons = fixes.flat_map(|fix| &fix.reasons).map(|(_, reason)| reason);
    let becomes_async = reasons.filter(|reason| reason.key == "why-async-def");
    let names = becomes_async.flat_map(|reason| &reason.args).map(|(_, name)| name.clone());
    names.collect::<BTreeSet<String>>().into_iter().collect()
}

/// Reviews a notebook of which some cells were read before: a cell whose source is the same as
/// that of `known` at its index is not read again.
pub fn review_again(
    notebook: &Notebook,
    tables: &Tables,
    surroundings: &Surroundings,
    known: &[Arc<CellFacts>],
) -> Review {
    let settings = &surroundings.settings;
    let tables = settings.tables(tables);
    let environment = settings.environment(environment_of(notebook));
    let cells = read_cells(notebook, known);
    let modules = Arc::clone(&surroundings.modules);
    let facts = Facts::join(cells.clone(), tables, environment, modules);
    // A script without cells is no notebook: its own entry point is right.
    let mut diagnostics = match notebook.format {
        Format::Script => Vec::new(),
        _ => rules::check(&facts),
    };
    diagnostics.extend(syntax_errors(&cells, notebook.format));
    if notebook.format != Format::Script {
        saved::add(notebook, &cells, &mut diagnostics);
    }
    let (mut diagnostics, mut silenced) = suppress::apply(&cells, diagnostics);
    let classifications = classify::classify(notebook, &facts, &diagnostics);
    silenced.extend(diagnostics.extract_if(.., |found| !settings.selection.takes(found)));
    let verdict = classify::verdict_of_file(notebook, &classifications);
    let surroundings = surroundings.clone();
    Review { cells, environment, surroundings, diagnostics, silenced, classifications, verdict }
}

fn read_cells(notebook: &Notebook, known: &[Arc<CellFacts>]) -> Vec<Arc<CellFacts>> {
    let is_python = notebook.is_python();
    let read = |cell: &crate::notebook::Cell| {
        let old = known.get(cell.index.0).filter(|old| old.is_of(cell, is_python));
        old.cloned().unwrap_or_else(|| Arc::new(CellFacts::read(cell, is_python)))
    };
    notebook.cells.iter().map(read).collect()
}

/// The first place of each cell that is no Python, as far as it keeps us from seeing async code.
fn syntax_errors(cells: &[Arc<CellFacts>], format: Format) -> Vec<Diagnostic> {
    let of_cell = |(index, cell): (usize, &Arc<CellFacts>)| {
        let error = cell.syntax.errors.first()?;
        let source = cell.syntax.tree.source();
        let matters = ["async", "await"].iter().any(|word| source.contains(word));
        let mut found = Diagnostic::new(
            SYNTAX_ERROR,
            Severity::Hint,
            Span::new(CellIndex(index), error.range),
            "unreadable",
        );
        found.message = Message::new("interface", "syntax-error").with("problem", &error.message);
        (matters && format != Format::Script).then_some(found)
    };
    cells.iter().enumerate().filter_map(of_cell).collect()
}

/// The name under which the parser's errors are reported.
pub const SYNTAX_ERROR: &str = "syntax-error";

/// The name under which a saved output is reported that nothing in the notebook explains.
pub const SAVED_OUTPUT: &str = "saved-output";

/// A fix and what it repairs.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'r> {
    pub diagnostic: &'r Diagnostic,
    pub fix: &'r Fix,
}

/// The fixes to apply together: those that may be trusted at least as far as `limit`, in order,
/// each only where it touches nothing that an earlier one changes. Fixes that say the same twice
/// count once.
pub fn fixes(diagnostics: &[Diagnostic], limit: Applicability) -> Vec<&Fix> {
    let diagnostics: Vec<&Diagnostic> = diagnostics.iter().collect();
    choose(&diagnostics, limit).into_iter().map(|choice| choice.fix).collect()
}

/// The [`fixes`] with what they repair.
pub fn choose<'r>(diagnostics: &[&'r Diagnostic], limit: Applicability) -> Vec<Choice<'r>> {
    let mut chosen: Vec<Choice<'r>> = Vec::new();
    for diagnostic in diagnostics {
        let Some(fix) = diagnostic.fix() else { continue };
        let trusted = fix.applicability >= limit && fix.applicability > Applicability::DisplayOnly;
        let fits = |other: &Choice<'_>| other.fix.edits != fix.edits && !clash(other.fix, fix);
        if trusted && chosen.iter().all(fits) {
            chosen.push(Choice { diagnostic, fix });
        }
    }
    chosen
}

fn clash(one: &Fix, other: &Fix) -> bool {
    one.edits.iter().any(|a| other.edits.iter().any(|b| touch(a, b)))
}

/// Whether two edits cannot both be made. The same import, added by both, is one edit; any other
/// insertion at one place would have to know of the other.
fn touch(a: &Edit, b: &Edit) -> bool {
    let (x, y) = (a.span.range, b.span.range);
    let meet = a.span.cell == b.span.cell && x.start <= y.end && y.start <= x.end;
    let same = a == b && (!x.is_empty() || a.text.starts_with("import "));
    meet && !same
}

/// The new source of every cell that `edits` change. `None` when two of them overlap.
pub fn changed_sources(notebook: &Notebook, edits: &[Edit]) -> Option<Vec<(CellIndex, String)>> {
    let mut cells: Vec<CellIndex> = edits.iter().map(|edit| edit.span.cell).collect();
    cells.sort_unstable();
    cells.dedup();
    let change = |cell: CellIndex| {
        let source = &notebook.cell(cell)?.source;
        Some((cell, apply_edits(cell, source, edits)?))
    };
    cells.into_iter().map(change).collect()
}
