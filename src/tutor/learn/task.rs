//! Cells to repair and what a repair has to fulfil.

use std::collections::BTreeMap;

use super::names;
use crate::diagnostic::{Diagnostic, Severity};
use crate::knowledge::{Drill, Tables};
use crate::notebook::{FreshCell, Notebook, NotebookError, ipynb_of, parse_ipynb};
use crate::review::{Review, SYNTAX_ERROR, Surroundings, review_again, silences};
use crate::text::CellIndex;
use crate::tutor::document::Document;

/// Cells to repair.
#[derive(Debug, Clone)]
pub struct Task {
    /// The drill's id, or a name of its own.
    pub id: String,
    /// The drill, unless the cells are the learner's own.
    pub drill: Option<String>,
    /// The cells as they are given, reviewed.
    pub given: Document,
    /// The cells repaired.
    pub solution: Vec<String>,
    pub wants: Wants,
}

/// What a repair has to fulfil.
#[derive(Debug, Clone, Default)]
pub struct Wants {
    /// The mistakes that have to go.
    pub rules: Vec<String>,
    /// The cell in which they have to go; `None` for all cells.
    pub at: Option<CellIndex>,
    /// Dotted names that are still bound or called.
    pub keeps: Vec<String>,
    /// Of each list, at least one is called or handed on.
    pub uses: Vec<Vec<String>>,
    /// Dotted names that are not used.
    pub avoids: Vec<String>,
    /// How often each grave mistake stands in the cells as given.
    pub known: BTreeMap<String, usize>,
    /// Names in the cells as given that nothing binds there.
    pub unknown: Vec<String>,
    /// How many comments that silence something stand in the cells as given.
    pub silences: usize,
}

impl Task {
    /// The task of a drill.
    ///
    /// # Errors
    /// When its cells make no notebook.
    pub fn of(drill: Drill<'_>, tables: &Tables) -> Result<Self, NotebookError> {
        let mut notebook = notebook_of(drill.cells())?;
        notebook.kernel.version.clone_from(&drill.front.python);
        let given = Document::new(String::new(), None, notebook, Surroundings::default(), tables);
        let front = drill.front;
        let wants = Wants {
            rules: front.rules.clone(),
            keeps: front.keeps.clone(),
            uses: front.uses.clone(),
            avoids: front.avoids.clone(),
            ..Wants::default()
        };
        let solution = drill.solution().into_iter().map(trimmed).collect();
        let id = drill.page.id.clone();
        let drill = Some(id.clone());
        Ok(Self { id, drill, wants: wants.knowing(&given.review, tables), given, solution })
    }

    /// The review of the task's notebook with these cells.
    pub fn review(&self, cells: &[&str], tables: &Tables) -> Review {
        let mut notebook = self.given.notebook.clone();
        for (cell, source) in notebook.cells.iter_mut().zip(cells) {
            cell.source = trimmed(source);
        }
        review_again(&notebook, tables, &self.given.review.surroundings, &self.given.review.known())
    }
}

impl Wants {
    /// Takes note of what is wrong in the cells as given.
    pub fn knowing(mut self, given: &Review, tables: &Tables) -> Self {
        for found in given.everything().filter(|found| is_grave(found)) {
            *self.known.entry(found.rule.to_owned()).or_default() += 1;
        }
        self.unknown = names::all_unknown(&given.run(tables));
        self.silences = silences(&given.cells).len();
        self
    }
}

/// What a repair may not bring in.
pub(super) fn is_grave(found: &Diagnostic) -> bool {
    found.severity >= Severity::Warning && found.rule != SYNTAX_ERROR
}

/// A notebook of these code cells.
///
/// # Errors
/// When they make no notebook.
pub fn notebook_of<'t>(
    cells: impl IntoIterator<Item = &'t str>,
) -> Result<Notebook, NotebookError> {
    let cells: Vec<FreshCell> =
        cells.into_iter().map(|source| FreshCell::code(trimmed(source))).collect();
    parse_ipynb(ipynb_of(&cells))
}

/// A cell has no line end after its last line.
fn trimmed(source: &str) -> String {
    source.trim_end_matches(['\n', '\r']).to_owned()
}
