//! An open notebook: its cells as edited, its review, and the way back.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use super::order::{Order, Place};
use super::reviewing::{AT_ONCE, Elsewhere, Job, Pending};
use super::view::OverviewRow;
use crate::diagnostic::Diagnostic;
use crate::index::ReadCell;
use crate::knowledge::Tables;
use crate::notebook::{Notebook, NotebookError, SaveError};
use crate::proof::{Plan, plan};
use crate::review::{Review, Surroundings, review_again};
use crate::text::{CellIndex, Edit, Span};

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
    order: Order,
    changes: BTreeMap<CellIndex, String>,
    undo: Vec<Vec<(CellIndex, String)>>,
    redo: Vec<Vec<(CellIndex, String)>>,
    /// The last thing done was to take a step back or forth: what is there now is meant.
    pub settled: bool,
    /// Grows with every change of what is unsaved.
    pub revision: u64,
    elsewhere: Elsewhere,
    /// Nothing was said of the notebook so far.
    is_unreviewed: bool,
    /// Modules beside the notebook are still to be looked for, with the first review.
    is_unsearched: bool,
    /// Reviews that were asked for elsewhere.
    asked: u64,
    pending: Option<Pending>,
    /// Sources as the file has them, of cells that were changed.
    originals: HashMap<CellIndex, String>,
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
        let mut document = Self::unseen(name, path, notebook, surroundings);
        document.review_again(tables);
        document
    }

    /// The same, where reviews are asked for: see [`Self::wanted_review`]. Of a notebook that is
    /// `unsearched` the first one finds the modules beside it.
    pub fn opened(
        name: String,
        path: Option<PathBuf>,
        notebook: Notebook,
        surroundings: Surroundings,
        (elsewhere, is_unsearched): (Elsewhere, bool),
        tables: &Tables,
    ) -> Self {
        let unseen = Self::unseen(name, path, notebook, surroundings);
        let mut document = Self { elsewhere, is_unsearched, ..unseen };
        match document.ask_for_review(elsewhere == Elsewhere::Typed) {
            true => document.take_in_review(&[]),
            false => document.make_review(tables),
        }
        document
    }

    fn unseen(
        name: String,
        path: Option<PathBuf>,
        notebook: Notebook,
        surroundings: Surroundings,
    ) -> Self {
        let review = Review::unmade(&notebook, &surroundings);
        Self {
            name,
            path,
            notebook,
            surroundings,
            review,
            overview: Arc::from([]),
            order: Order::default(),
            changes: BTreeMap::new(),
            undo: Vec::new(),
            redo: Vec::new(),
            settled: false,
            revision: 0,
            elsewhere: Elsewhere::Nothing,
            is_unreviewed: true,
            is_unsearched: false,
            asked: 0,
            pending: None,
            originals: HashMap::new(),
        }
    }

    /// Whether the review is still being made. What is said meanwhile is the one before, as far as
    /// it holds.
    pub fn is_reviewing(&self) -> bool {
        self.pending.is_some()
    }

    /// Whether no review was made so far.
    pub fn is_unreviewed(&self) -> bool {
        self.is_unreviewed
    }

    /// Whether the review that is being made will be there in a moment.
    pub fn is_reviewed_soon(&self) -> bool {
        self.is_reviewing() && self.code() <= AT_ONCE
    }

    /// Bytes of all cells.
    fn code(&self) -> usize {
        self.notebook.cells.iter().map(|cell| cell.source.len()).sum()
    }

    /// The review to be made elsewhere, once.
    pub fn wanted_review(&mut self) -> Option<Box<Job>> {
        self.pending.as_mut()?.take()
    }

    /// Takes the review that was made elsewhere; `false` when it is of an older text. Where the
    /// program failed on it there is nothing to say of the notebook.
    pub fn reviewed(&mut self, number: u64, review: Option<Box<Review>>) -> bool {
        if !self.pending.as_ref().is_some_and(|pending| pending.is(number)) {
            return false;
        }
        self.pending = None;
        let mut before = Vec::new();
        if let Some(review) = review {
            before = std::mem::replace(&mut self.review, *review).cells;
            self.surroundings.modules = Arc::clone(&self.review.surroundings.modules);
            self.is_unsearched = false;
        }
        self.is_unreviewed = false;
        self.take_in_review(&before);
        true
    }

    /// The source of a cell as it is now.
    pub fn source(&self, cell: CellIndex) -> &str {
        self.notebook.cell(cell).map_or("", |cell| &cell.source)
    }

    /// Whether there is something that no file holds.
    pub fn is_unsaved(&self) -> bool {
        !self.changes.is_empty()
    }

    /// The cells whose sources differ from the file's.
    pub fn changed_cells(&self) -> impl Iterator<Item = &crate::notebook::Cell> {
        self.changes.keys().filter_map(|cell| self.notebook.cell(*cell))
    }

    /// Whether the cell's source differs from the file's.
    pub fn is_changed(&self, cell: CellIndex) -> bool {
        self.changes.contains_key(&cell)
    }

    /// The sources of the cells that differ from the file's when `repair` is made too: as the file
    /// has them and as they would be.
    pub fn changed_with(&self, repair: &[(CellIndex, String)]) -> Vec<(CellIndex, String, String)> {
        let mut changes = self.changes.clone();
        changes.extend(repair.iter().cloned());
        let pair = |(cell, new): (CellIndex, String)| {
            let before = self.notebook.original_source(cell).unwrap_or_default();
            (before != new).then_some((cell, before, new))
        };
        changes.into_iter().filter_map(pair).collect()
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
        let defers = self.elsewhere == Elsewhere::Typed;
        if !self.replace(vec![(cell, source)]).is_empty() && !self.ask_for_review(defers) {
            self.make_review(tables);
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
        let has_problem = |cell| self.review.of_cell(cell).next().is_some();
        self.review.run(tables).cell_that_runs(span, has_problem)
    }

    /// The cells that have to run for those in question, as they are and with `changes` made.
    pub fn plan(
        &self,
        asked: &[CellIndex],
        changes: &[(CellIndex, String)],
        all: bool,
        tables: &Tables,
    ) -> Plan {
        let of =
            |notebook: &Notebook, review: &Review| plan(notebook, &review.run(tables), asked, all);
        let before = of(&self.notebook, &self.review);
        if changes.is_empty() {
            return before;
        }
        let (repaired, review) = self.changed_by(changes, tables);
        before.with(of(&repaired, &review))
    }

    /// The notebook with `changes` made and its review; nothing here is changed.
    pub fn changed_by(
        &self,
        changes: &[(CellIndex, String)],
        tables: &Tables,
    ) -> (Notebook, Review) {
        let mut changed = self.notebook.clone();
        for (cell, source) in changes {
            if let Some(cell) = changed.cells.get_mut(cell.0) {
                cell.source.clone_from(source);
            }
        }
        let review = review_again(&changed, tables, &self.surroundings, &self.review.known());
        (changed, review)
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
        self.originals.clear();
        self.revision += 1;
        self.settled = false;
        self.review_again(tables);
        Ok(())
    }

    fn replace(&mut self, sources: Vec<(CellIndex, String)>) -> Vec<(CellIndex, String)> {
        let mut before: Vec<(CellIndex, String)> = Vec::new();
        for (index, source) in sources {
            let Some(cell) = self.notebook.cells.get_mut(index.0) else { continue };
            if cell.source == source {
                continue;
            }
            // Until it is reviewed anew, what was said of it stands where it is now.
            self.review.carry(&Edit::between(index, &cell.source, &source));
            before.push((index, std::mem::replace(&mut cell.source, source.clone())));
            let notebook = &self.notebook;
            let original = || notebook.original_source(index).unwrap_or_default();
            if *self.originals.entry(index).or_insert_with(original) == source {
                self.changes.remove(&index);
            } else {
                self.changes.insert(index, source);
            }
        }
        self.revision += u64::from(!before.is_empty());
        if !before.is_empty() {
            self.order = Order::of(&self.review);
            self.renew_rows(before.iter().map(|(cell, _)| *cell));
        }
        before
    }

    fn review_again(&mut self, tables: &Tables) {
        if !self.ask_for_review(false) {
            self.make_review(tables);
        }
    }

    fn make_review(&mut self, tables: &Tables) {
        let known = self.review.known();
        let review = review_again(&self.notebook, tables, &self.surroundings, &known);
        let before = std::mem::replace(&mut self.review, review).cells;
        self.is_unreviewed = false;
        self.take_in_review(&before);
    }

    /// Asks for the review where it is made elsewhere: that of a long notebook, the first one that
    /// looks for modules, and any that `defers`; whether it is. One that was asked for before is not wanted any more.
    fn ask_for_review(&mut self, defers: bool) -> bool {
        let beside = self.path.clone().filter(|_| self.is_unsearched);
        let is_long = self.code() > AT_ONCE || beside.is_some();
        let is_left = defers || (is_long && self.elsewhere > Elsewhere::Nothing);
        self.pending = is_left.then(|| {
            self.asked += 1;
            let (notebook, surroundings) = (&self.notebook, &self.surroundings);
            let known = self.review.known();
            Pending::new(self.asked, notebook, surroundings, known, beside)
        });
        self.pending.is_some()
    }

    /// `before` are the cells of the review before, as they were read.
    fn take_in_review(&mut self, before: &[Arc<ReadCell>]) {
        self.order = Order::of(&self.review);
        self.renew_overview(before);
    }

    /// The problems of a cell, the worst first.
    pub fn problems_of(&self, cell: CellIndex) -> impl Iterator<Item = &Diagnostic> {
        self.order.of_cell(&self.review, cell)
    }

    /// In which order the problems are walked through.
    pub fn order(&self) -> &Order {
        &self.order
    }

    /// The problem that stands there.
    pub fn problem_at(&self, (cell, nth): Place) -> Option<&Diagnostic> {
        self.problems_of(cell).nth(nth)
    }

    /// The problems of the notebook, in the order of its text.
    pub fn problems(&self) -> impl DoubleEndedIterator<Item = &Diagnostic> + ExactSizeIterator {
        self.review.found()
    }
}
