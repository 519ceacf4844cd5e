//! Where the reader is in a notebook: cell, problem, step, and the page written for that place.

use std::sync::Arc;

use super::document::Document;
use super::pages::{self, Proof, Step, Subject};
use super::proving::{Attempt, Claim};
use super::reading::Reading;
use super::view::{Page, Pane};
use crate::diagnostic::Diagnostic;
use crate::knowledge::Knowledge;
use crate::text::CellIndex;

/// A walk through a notebook.
#[derive(Debug)]
pub struct Walk {
    pub document: Document,
    pub cell: CellIndex,
    /// Which of the cell's problems, from 0.
    pub problem: usize,
    pub step: Step,
    /// Which of the problem's fixes.
    pub choice: usize,
    pub scroll: usize,
    pub code_scroll: Option<usize>,
    pub focus: Pane,
    pub guide: Arc<Page>,
    /// Content and visible rows of guide and code, as the front end measured them.
    pub measured: [(usize, usize); 3],
    /// The text area's generation while the cell is being edited.
    pub editing: Option<u64>,
    editions: u64,
    /// The proof that was asked for last.
    pub attempt: Option<Arc<Attempt>>,
}

impl Walk {
    /// Starts at `cell`, or at the first problem, or at the first cell that is worth a look.
    pub fn new(
        document: Document,
        cell: Option<CellIndex>,
        knowledge: &Knowledge,
        reading: Reading,
    ) -> Self {
        let start = cell.unwrap_or_else(|| first_cell(&document));
        let mut walk = Self {
            document,
            cell: start,
            problem: 0,
            step: Step::Situation,
            choice: 0,
            scroll: 0,
            code_scroll: None,
            focus: Pane::Guide,
            guide: Arc::default(),
            measured: [(0, 0); 3],
            editing: None,
            editions: 0,
            attempt: None,
        };
        walk.refresh(knowledge, reading);
        walk
    }

    /// The cell's problems.
    pub fn problems(&self) -> Vec<&Diagnostic> {
        self.document.review.of_cell(self.cell).collect()
    }

    /// The problem that the steps are about.
    pub fn current(&self) -> Option<&Diagnostic> {
        self.document.review.of_cell(self.cell).nth(self.problem)
    }

    /// Writes the page for the place where the reader is.
    pub fn refresh(&mut self, knowledge: &Knowledge, reading: Reading) {
        let count = self.document.review.of_cell(self.cell).count();
        self.problem = self.problem.min(count.saturating_sub(1));
        if !self.is_open(self.step) {
            self.step = Step::Situation;
        }
        let subject = Subject {
            knowledge,
            document: &self.document,
            cell: self.cell,
            problem: self.current(),
            choice: self.choice,
        };
        let claim = (self.step == Step::Proof).then(|| Claim::of(self, &knowledge.tables));
        let claim = claim.flatten();
        let attempt = self.attempt.as_deref().filter(|it| it.claim.is_of(self) || it.is_busy());
        let proof = Proof { attempt, claim: claim.as_ref() };
        self.guide = Arc::new(pages::page(subject, self.step, reading, proof));
    }

    /// Whether a step has something to say for this cell.
    pub fn is_open(&self, step: Step) -> bool {
        step == Step::Situation || self.current().is_some()
    }

    /// Goes to a step; `false` when it is skipped for this cell.
    pub fn go(&mut self, step: Step) -> bool {
        let open = self.is_open(step);
        if open {
            self.step = step;
            self.scroll = 0;
        }
        open
    }

    /// The next open step, or the one before.
    pub fn neighbour(&self, forward: bool) -> Option<Step> {
        let at = Step::ALL.iter().position(|step| *step == self.step)?;
        let mut rest: Vec<Step> = if forward {
            Step::ALL.into_iter().skip(at + 1).collect()
        } else {
            Step::ALL.into_iter().take(at).rev().collect()
        };
        rest.retain(|step| self.is_open(*step));
        rest.first().copied()
    }

    /// Goes to a cell, at its first problem and first step.
    pub fn visit(&mut self, cell: CellIndex, problem: usize) {
        self.cell = cell;
        self.problem = problem;
        self.step = Step::Situation;
        self.choice = 0;
        self.scroll = 0;
        self.code_scroll = None;
    }

    /// The next problem of the notebook after this one, or the one before: its cell and its
    /// place among the cell's problems.
    pub fn other_problem(&self, forward: bool) -> Option<(CellIndex, usize)> {
        let mut places: Vec<(CellIndex, usize)> = Vec::new();
        for found in self.document.problems() {
            let nth = places.iter().filter(|(cell, _)| *cell == found.span.cell).count();
            places.push((found.span.cell, nth));
        }
        let has_problem = self.current().is_some();
        let here = (self.cell, self.problem);
        if forward {
            places.into_iter().find(|place| *place > here || (*place == here && !has_problem))
        } else {
            places.into_iter().rev().find(|place| *place < here)
        }
    }

    /// Starts editing the cell in place.
    pub fn edit(&mut self) {
        self.editions += 1;
        self.editing = Some(self.editions);
        self.document.begin_typing(self.cell);
        self.focus = Pane::Code;
    }

    /// Ends editing.
    pub fn end_edit(&mut self) {
        if self.editing.take().is_some() {
            self.document.end_typing(self.cell);
            self.focus = Pane::Guide;
        }
    }
}

fn first_cell(document: &Document) -> CellIndex {
    let problem = document.problems().first().map(|found| found.span.cell);
    let applies = || {
        let cells = &document.review.classifications;
        let at = cells.iter().position(|it| it.verdict == crate::classify::Verdict::Applies);
        at.map(CellIndex)
    };
    let telling = || {
        let filled = |cell: &crate::notebook::Cell| !cell.source.trim().is_empty();
        document.notebook.cells.iter().position(filled).map(CellIndex)
    };
    problem.or_else(applies).or_else(telling).unwrap_or_default()
}
