//! The façade that every front end shares: a notebook goes in, everything we have to say of it
//! comes out.

mod account;
mod again;
mod aligned;
pub mod called;
mod carried;
mod choose;
mod coverage;
mod extract;
#[cfg(test)]
mod growth;
mod inline;
mod known;
mod linked;
mod made;
mod names;
mod place;
mod port;
mod quiet;
mod record;
mod repair;
mod saved;
mod select;
mod sentence;
mod settings;
mod shared;
mod suppress;
pub mod users;
mod versions;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::Arc;

use crate::classify::{self, Classification, Verdict};
use crate::diagnostic::{Diagnostic, Found, Message, Severity};
use crate::environment::Environment;
use crate::execution::{Modules, Run, Stop, modules};
use crate::index::{ReadCell, names_of};
use crate::knowledge::Tables;
use crate::libraries::Libraries;
use crate::notebook::{Format, Notebook};
use crate::text::{CellIndex, Edit, Span, TextRange, apply_edits};
use crate::wording;

use aligned::read_cells;
use known::Told;
use made::Scene;

pub use account::{Account, Ending, Frame, account, concerning, repaired};
pub use again::to_run;
pub use choose::{Choice, choose, fixes};
pub use coverage::{Coverage, coverage};
pub use extract::{Alike, Extracted, FileChange, alike, extract, helper_of};
pub use known::Known;
pub use names::{Names, names, skeleton};
pub use place::environment_of;
pub use port::{cell_notes, changes, notes, port, to_script};
pub use quiet::quiet;
pub use record::{Form, Place, Record, fenced, problem_of, record, review_day, with_record};
pub use repair::{Repair, Repairs, Trial, Within};
pub use select::{Selection, rule_names};
pub use sentence::sentence;
pub use settings::Settings;
pub use shared::{Helper, Shared, helpers, shared};
pub use suppress::{UNUSED_IGNORE, silence, silences};

/// What there is to say of a notebook.
#[derive(Debug, Clone)]
pub struct Review {
    /// What each cell says by itself; kept for the next review of an edited notebook.
    pub cells: Vec<Arc<ReadCell>>,
    pub environment: Environment,
    /// What was known beside the cells; kept as they are.
    pub surroundings: Surroundings,
    /// Sorted by place.
    pub diagnostics: Vec<Found>,
    /// What comments in the cells, or the settings, keep out of `diagnostics`.
    pub silenced: Vec<Found>,
    /// One for each cell.
    pub classifications: Vec<Arc<Classification>>,
    pub verdict: Verdict,
    /// How many steps the questions about the cells took.
    pub steps: u64,
    /// What rules said of them.
    told: Option<Arc<Told>>,
}

impl Review {
    /// The diagnostics of one cell.
    pub fn of_cell(&self, cell: CellIndex) -> impl Iterator<Item = &Diagnostic> {
        let start = self.diagnostics.partition_point(|found| found.place().cell < cell);
        let rest = self.diagnostics.iter().skip(start);
        rest.take_while(move |found| found.place().cell == cell).map(Deref::deref)
    }

    /// The diagnostics, one by one.
    pub fn found(&self) -> impl DoubleEndedIterator<Item = &Diagnostic> + ExactSizeIterator {
        self.diagnostics.iter().map(Deref::deref)
    }

    /// The diagnostics, and after them what is silenced.
    pub fn everything(&self) -> impl Iterator<Item = &Diagnostic> {
        self.found().chain(self.silenced.iter().map(Deref::deref))
    }

    /// What was checked against what.
    pub fn checked(&self) -> Checked {
        Checked {
            cells: self.cells.iter().filter(|cell| cell.has_code()).count(),
            rules: self.surroundings.settings.selection.rules(),
        }
    }

    /// How many errors, warnings and hints there are.
    pub fn counts(&self) -> [usize; 3] {
        [Severity::Error, Severity::Warning, Severity::Hint].map(|severity| {
            self.diagnostics.iter().filter(|found| found.said().severity == severity).count()
        })
    }
}

/// How far a review went: what it says nothing of was looked at by so many rules and no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Checked {
    /// The cells that were read as Python.
    pub cells: usize,
    pub rules: usize,
}

impl Checked {
    /// Takes in what was checked elsewhere.
    pub fn add(&mut self, other: Self) {
        self.cells += other.cells;
        self.rules = self.rules.max(other.rules);
    }
}

impl Review {
    /// Nothing is said of the notebook yet.
    pub fn unmade(notebook: &Notebook, surroundings: &Surroundings) -> Self {
        Self {
            cells: Vec::new(),
            environment: surroundings.environment(notebook),
            surroundings: surroundings.clone(),
            diagnostics: Vec::new(),
            silenced: Vec::new(),
            classifications: Vec::new(),
            verdict: Verdict::Unclear,
            steps: 0,
            told: None,
        }
    }

    /// Runs the notebook that was reviewed, to be asked more of it.
    pub fn run<'t>(&'t self, tables: &'t Tables) -> Run<'t> {
        let tables = self.surroundings.tables(tables);
        let modules = Arc::clone(&self.surroundings.modules);
        Run::of(names_of(&self.cells), modules, tables, self.environment)
    }
}

/// What is known of a notebook beside its cells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The user's modules in the notebook's folder.
    pub modules: Arc<Modules>,
    pub settings: Settings,
    /// The versions of libraries that files beside the notebook name.
    pub libraries: Arc<Libraries>,
    /// The tables for the versions that are known.
    pub dated: Option<Arc<Tables>>,
    /// Ends a review that nobody waits for any more; what it gives then counts for nothing.
    pub stop: Stop,
}

/// Reviews a notebook by itself.
pub fn review(notebook: &Notebook, tables: &Tables) -> Review {
    review_again(notebook, tables, &Surroundings::default(), &Known::default())
}

/// The modules that the notebook imports, and the scripts that it runs by `%run`: the names to
/// look for beside it. Before them the cells as they were read, for [`review_again`]; those that
/// are `known` are not read again.
pub fn wanted_modules(
    notebook: &Notebook,
    known: &[Arc<ReadCell>],
) -> (Vec<Arc<ReadCell>>, Vec<String>, Vec<String>) {
    let cells = read_cells(notebook, known);
    let (modules, scripts) = modules::wanted(&cells);
    (cells, modules, scripts)
}

/// The notebook's plain functions that other files could use, as far as a fix would make them
/// `async`.
pub fn coloured(review: &Review) -> Vec<String> {
    let fixes = review.found().flat_map(|found| &found.fixes);
    let reasons = fixes.flat_map(|fix| &fix.reasons).map(|(_, reason)| reason);
    let becomes_async = reasons.filter(|reason| reason.key == "why-async-def");
    let names =
        becomes_async.flat_map(|reason| &reason.args).map(|(_, name)| name.text().into_owned());
    names.collect::<BTreeSet<String>>().into_iter().collect()
}

/// Reviews a notebook of which some cells were read before: one whose source is among those that
/// are `known` is not read again, and what was said of cells that nothing new touches stands.
pub fn review_again(
    notebook: &Notebook,
    tables: &Tables,
    surroundings: &Surroundings,
    known: &Known,
) -> Review {
    let settings = &surroundings.settings;
    let tables = settings.tables(tables);
    if surroundings.modules.is_empty() && quiet(notebook, tables).is_some() {
        return review_quiet(notebook, surroundings, known);
    }
    review_asked(notebook, tables, surroundings, known)
}

/// The review of a notebook that is [`quiet`], with nothing beside it: no rule is asked, and no cell
/// is parsed.
pub fn review_quiet(notebook: &Notebook, surroundings: &Surroundings, known: &Known) -> Review {
    let cells = read_cells(notebook, &known.cells);
    let mut diagnostics = Vec::new();
    saved::add(notebook, &cells, &mut diagnostics);
    let classifications = classify::without_async(notebook);
    let verdict = classify::verdict_of_file(notebook, &classifications);
    let selection = &surroundings.settings.selection;
    let silenced = diagnostics.extract_if(.., |found| !selection.takes(found.said())).collect();
    let unmade = Review::unmade(notebook, surroundings);
    Review { cells, diagnostics, silenced, classifications, verdict, ..unmade }
}

/// As [`review_again`], for a notebook that is known not to be [`quiet`]: every rule is asked.
pub fn review_asked(
    notebook: &Notebook,
    tables: &Tables,
    surroundings: &Surroundings,
    known: &Known,
) -> Review {
    let cells = read_cells(notebook, &known.cells);
    review_read(notebook, cells, tables, surroundings, known)
}

/// As [`review_asked`], for a notebook whose cells were read: [`wanted_modules`] gives them.
pub fn review_read(
    notebook: &Notebook,
    cells: Vec<Arc<ReadCell>>,
    tables: &Tables,
    surroundings: &Surroundings,
    known: &Known,
) -> Review {
    let surroundings = surroundings.with_versions(notebook, tables);
    let environment = surroundings.environment(notebook);
    let scene = Scene { notebook, tables, surroundings, environment, cells };
    let again = known.told(&scene.surroundings, environment).and_then(|told| scene.again(told));
    again.unwrap_or_else(|| scene.whole())
}

/// The first place of each cell that is no Python, as far as it keeps us from seeing async code.
fn syntax_errors(cells: &[Arc<ReadCell>], format: Format) -> Vec<Diagnostic> {
    let of_cell = |(index, cell): (usize, &Arc<ReadCell>)| {
        let error = cell.syntax().errors.first()?;
        let source = cell.syntax().tree.source();
        let matters = ["async", "await"].iter().any(|word| source.contains(word));
        let mut found = Diagnostic::new(
            SYNTAX_ERROR,
            Severity::Hint,
            Span::new(CellIndex(index), error.range),
            "unreadable",
        );
        found.message = Message::says(wording::SYNTAX_ERROR).with("problem", &error.message);
        (matters && format != Format::Script).then_some(found)
    };
    cells.iter().enumerate().filter_map(of_cell).collect()
}

/// What is said where rules gave no answer, at the cell with the most to read.
fn not_looked_at(cells: &[Arc<ReadCell>], rules: &[&str]) -> Option<Diagnostic> {
    let count = rules.len();
    let largest = (0..cells.len()).max_by_key(|at| cells.get(*at).map(|it| it.syntax().tree.len()));
    let cell = CellIndex(largest.filter(|_| count > 0)?);
    let first =
        cells.get(cell.0).map_or(TextRange::default(), |it| it.syntax().tree.lines().range(0));
    let mut found =
        Diagnostic::new(NOT_LOOKED_AT, Severity::Hint, Span::new(cell, first), NOT_LOOKED_AT);
    let message = Message::says(wording::NOT_LOOKED_AT);
    found.message = message.with("count", count).with("rules", rules.join(", "));
    Some(found)
}

/// The name under which it is reported that the notebook is too much for some rules.
pub const NOT_LOOKED_AT: &str = "not-looked-at";

/// The name under which the parser's errors are reported.
pub const SYNTAX_ERROR: &str = "syntax-error";

/// The name under which a saved output is reported that nothing in the notebook explains.
pub const SAVED_OUTPUT: &str = "saved-output";

/// The new source of every cell that `edits` change. `None` when two of them overlap.
pub fn changed_sources(notebook: &Notebook, edits: &[Edit]) -> Option<Vec<(CellIndex, String)>> {
    let mut by_cell: BTreeMap<CellIndex, Vec<Edit>> = BTreeMap::new();
    for edit in edits {
        by_cell.entry(edit.span.cell).or_default().push(edit.clone());
    }
    let change = |(cell, edits): (CellIndex, Vec<Edit>)| {
        let source = &notebook.cell(cell)?.source;
        Some((cell, apply_edits(cell, source, &edits)?))
    };
    by_cell.into_iter().map(change).collect()
}
