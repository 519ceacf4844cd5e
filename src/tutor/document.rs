//! An open notebook: its cells as edited, its review, and the way back.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::view::{Mark, OverviewRow};
use crate::diagnostic::{Diagnostic, Severity};
use crate::facts::Facts;
use crate::knowledge::Tables;
use crate::notebook::{CellKind, Notebook, NotebookError, SaveError};
use crate::proof::{Plan, plan};
use crate::review::{Review, Surroundings, review_again};
use crate::text::{CellIndex, Span};

/// A notebook in the tutor.
#[derive(Debug, Clone)]
pub struct Document {
    /// What the header calls it.
    pub name: String,
    /// `None` for pasted text and samples.
    pub path: Option<PathBuf>,
    /// The sources are those being worked on; the bytes are those of the file.
    pub notebook: Notebook,
    surroundings: Surroundings,
    pub review: Review,
    pub overview: Arc<[OverviewRow]>,
    changes: BTreeMap<CellIndex, String>,
    undo: Vec<Vec<(CellIndex, String)>>,
    redo: Vec<Vec<(CellIndex, String)>>,
    /// The last thing done was to take a step back or forth: what is there now is meant.
    pub settled: bool,
}

impl Document {
    /// Opens a notebook and reviews it.
    pub fn new(
        name: String,
        path: Option<PathBuf>,
        notebook: Notebook,
        surroundings: Surroundings,
        tables: &Tables,
    ) -> Self {
        let review = review_again(&notebook, tables, &surroundings, &[]);
        let mut document = Self {
            name,
            path,
            notebook,
            surroundings,
            review,
            overview: Arc::from([]),
            changes: BTreeMap::new(),
            undo: Vec::new(),
            redo: Vec::new(),
            settled: false,
        };
        document.overview = document.overview_rows();
        document
    }

    /// The source of a cell as it is now.
    pub fn source(&self, cell: CellIndex) -> &str {
        self.notebook.cell(cell).map_or("", |cell| &cell.source)
    }

    /// Whether there is something that no file holds.
    pub fn is_unsaved(&self) -> bool {
        !self.changes.is_empty()
    }

    /// Whether the cell's source differs from the file's.
    pub fn is_changed(&self, cell: CellIndex) -> bool {
        self.changes.contains_key(&cell)
    }

    /// The changed cells' sources, now and as the file has them.
    pub fn changed(&self) -> Vec<(CellIndex, String, String)> {
        let pair = |(cell, new): (&CellIndex, &String)| {
            let before = self.notebook.original_source(*cell).unwrap_or_default();
            (*cell, before, new.clone())
        };
        self.changes.iter().map(pair).collect()
    }

    /// Changes cells as one step that can be undone, and reviews the notebook anew.
    pub fn change(&mut self, sources: Vec<(CellIndex, String)>, tables: &Tables) {
        self.settled = false;
        let before = self.replace(sources);
        if !before.is_empty() {
            self.undo.push(before);
            self.redo.clear();
            self.review_again(tables);
        }
    }

    /// Changes a cell while it is typed in: all of it is one step, begun by [`Self::change`].
    pub fn retype(&mut self, cell: CellIndex, source: String, tables: &Tables) {
        if !self.replace(vec![(cell, source)]).is_empty() {
            self.review_again(tables);
        }
    }

    /// Opens an undo step for typing in `cell`.
    pub fn begin_typing(&mut self, cell: CellIndex) {
        self.undo.push(vec![(cell, self.source(cell).to_owned())]);
        self.redo.clear();
    }

    /// Closes it; a step in which nothing changed is forgotten.
    pub fn end_typing(&mut self, cell: CellIndex) {
        let same = |step: &Vec<(CellIndex, String)>| matches!(step.as_slice(), [(at, old)] if *at == cell && old == self.source(cell));
        if self.undo.last().is_some_and(same) {
            self.undo.pop();
        }
    }

    /// A cell that runs the function in which `span` lies, where that is another cell.
    pub fn cell_that_runs(&self, span: Span, tables: &Tables) -> Option<CellIndex> {
        let own = self.surroundings.settings.tables(tables);
        let modules = Arc::clone(&self.surroundings.modules);
        let review = &self.review;
        let facts = Facts::join(review.cells.clone(), own, review.environment, modules);
        facts.cell_that_runs(span, |cell| review.of_cell(cell).next().is_some())
    }

    /// The cells that have to run for those in question, as they are and with `changes` made.
    pub fn plan(
        &self,
        asked: &[CellIndex],
        changes: &[(CellIndex, String)],
        all: bool,
        tables: &Tables,
    ) -> Plan {
        let own = self.surroundings.settings.tables(tables);
        let of = |notebook: &Notebook, review: &Review| {
            let modules = Arc::clone(&self.surroundings.modules);
            let facts = Facts::join(review.cells.clone(), own, review.environment, modules);
            plan(notebook, &facts, asked, all)
        };
        let before = of(&self.notebook, &self.review);
        if changes.is_empty() {
            return before;
        }
        let mut repaired = self.notebook.clone();
        for (cell, source) in changes {
            if let Some(cell) = repaired.cells.get_mut(cell.0) {
                cell.source.clone_from(source);
            }
        }
        let review = review_again(&repaired, tables, &self.surroundings, &self.review.cells);
        before.with(of(&repaired, &review))
    }

    /// Whether there is a step to take back.
    pub fn can_undo(&self) -> bool {
        !self.undo.is_empty()
    }

    /// Takes the last step back; the cells it changed, or `None` when there is none.
    pub fn undo(&mut self, tables: &Tables) -> Option<Vec<CellIndex>> {
        let step = self.undo.pop()?;
        self.settled = true;
        let cells = step.iter().map(|(cell, _)| *cell).collect();
        let before = self.replace(step);
        self.redo.push(before);
        self.review_again(tables);
        Some(cells)
    }

    /// Does the last undone step again.
    pub fn redo(&mut self, tables: &Tables) -> Option<Vec<CellIndex>> {
        let step = self.redo.pop()?;
        self.settled = true;
        let cells = step.iter().map(|(cell, _)| *cell).collect();
        let before = self.replace(step);
        self.undo.push(before);
        self.review_again(tables);
        Some(cells)
    }

    /// The bytes to write.
    ///
    /// # Errors
    /// When the notebook cannot hold the changes.
    pub fn bytes(&self) -> Result<Vec<u8>, SaveError> {
        let changes: Vec<(CellIndex, String)> =
            self.changes.iter().map(|(cell, source)| (*cell, source.clone())).collect();
        self.notebook.save(&changes)
    }

    /// The file holds `bytes` now.
    ///
    /// # Errors
    /// When the bytes do not read as the notebook they were made from.
    pub fn written(&mut self, bytes: Vec<u8>, tables: &Tables) -> Result<(), NotebookError> {
        self.notebook = self.notebook.reload(bytes)?;
        self.changes.clear();
        self.settled = false;
        self.review_again(tables);
        Ok(())
    }

    fn replace(&mut self, sources: Vec<(CellIndex, String)>) -> Vec<(CellIndex, String)> {
        let mut before = Vec::new();
        for (index, source) in sources {
            let Some(cell) = self.notebook.cells.get_mut(index.0) else { continue };
            if cell.source == source {
                continue;
            }
            before.push((index, std::mem::replace(&mut cell.source, source.clone())));
            if self.notebook.original_source(index).as_deref() == Some(source.as_str()) {
                self.changes.remove(&index);
            } else {
                self.changes.insert(index, source);
            }
        }
        before
    }

    fn review_again(&mut self, tables: &Tables) {
        self.review = review_again(&self.notebook, tables, &self.surroundings, &self.review.cells);
        self.overview = self.overview_rows();
    }

    fn overview_rows(&self) -> Arc<[OverviewRow]> {
        let row = |cell: &crate::notebook::Cell| OverviewRow {
            number: cell.index.number(),
            line: telling_line(&cell.source),
            mark: self.worst(cell.index).map(mark),
            kind: self.kind_of(cell),
            edited: self.is_changed(cell.index),
        };
        self.notebook.cells.iter().map(row).collect()
    }

    fn worst(&self, cell: CellIndex) -> Option<Severity> {
        self.review.of_cell(cell).map(|found| found.severity).max()
    }

    fn kind_of(&self, cell: &crate::notebook::Cell) -> Option<String> {
        match &cell.kind {
            CellKind::Markdown => Some("md".to_owned()),
            CellKind::Raw => Some("raw".to_owned()),
            CellKind::Other(kind) => Some(kind.clone()),
            CellKind::Code => {
                let facts = self.review.cells.get(cell.index.0)?;
                facts.magic().map(|magic| format!("%%{magic}")).or_else(|| cell.language.clone())
            }
        }
    }

    /// The diagnostics in the order in which `n` visits them.
    pub fn problems(&self) -> &[Diagnostic] {
        &self.review.diagnostics
    }
}

/// The mark of a severity.
pub fn mark(severity: Severity) -> Mark {
    match severity {
        Severity::Error => Mark::Error,
        Severity::Warning => Mark::Warning,
        Severity::Hint => Mark::Hint,
    }
}

/// The first line that says something: no blank one, no comment, no magic where there is more.
fn telling_line(source: &str) -> String {
    let lines = || source.lines().map(str::trim).filter(|line| !line.is_empty());
    let telling = |line: &&str| !line.starts_with(['#', '%', '!']);
    let found = lines().find(telling).or_else(|| lines().next()).unwrap_or_default();
    found.chars().take(120).collect()
}
