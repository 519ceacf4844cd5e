//! Where the reader is in a notebook: cell, problem, step, and the page written for that place.

use std::sync::Arc;

use super::document::Document;
use super::order::{Key, key_of};
use super::pages::{self, Proof, Step, Subject};
use super::panes::Panes;
use super::problems::Noted;
use super::proving::{Attempt, Prospect};
use super::reading::Reading;
use super::view::{Page, Pane};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::knowledge::Knowledge;
use crate::proof::is_of_marimo;
use crate::text::CellIndex;

/// A walk through a notebook.
#[derive(Debug)]
pub struct Walk {
    pub document: Document,
    pub cell: CellIndex,
    /// Which of the cell's problems, from 0, the worst first.
    pub problem: usize,
    /// The problem that was looked at last.
    pub passed: Option<Key>,
    /// Whether that problem has moved up into the place of one that is gone.
    pub is_new: bool,
    pub step: Step,
    /// Which of the problem's fixes.
    pub choice: usize,
    pub panes: Panes,
    pub guide: Arc<Page>,
    /// The text area's generation while the cell is being edited.
    pub editing: Option<u64>,
    editions: u64,
    /// The cell's problems before it was typed in.
    noted: Option<Noted>,
    /// The reader has not moved since the notebook came, so that its review may choose the cell.
    is_unplaced: bool,
    /// The proof that was asked for last.
    pub attempt: Option<Arc<Attempt>>,
    /// What could be proved here, since the step was last looked at.
    prospect: Option<Prospect>,
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
            passed: None,
            is_new: false,
            step: Step::Situation,
            choice: 0,
            panes: Panes::default(),
            guide: Arc::default(),
            editing: None,
            editions: 0,
            noted: None,
            is_unplaced: cell.is_none(),
            attempt: None,
            prospect: None,
        };
        walk.refresh(knowledge, reading);
        walk
    }

    /// The cell's problems.
    pub fn problems(&self) -> Vec<&Diagnostic> {
        self.document.problems_of(self.cell).collect()
    }

    /// The problem that the steps are about.
    pub fn current(&self) -> Option<&Diagnostic> {
        self.document.problem_at((self.cell, self.problem))
    }

    pub fn has_problem(&self) -> bool {
        self.current().is_some()
    }

    /// Whether a kernel of Jupyter may run the cell, as far as that is known.
    pub fn may_run(&self) -> bool {
        let prospect = self.prospect.as_ref().filter(|it| it.claim.is_of(self));
        let is_elsewhere = prospect.is_some_and(|it| it.elsewhere.is_some());
        !is_elsewhere && !is_of_marimo(&self.document.notebook, self.document.review.environment)
    }

    /// Whether the fix that is looked at can be taken: one that is only shown cannot, unless it moves
    /// a helper.
    pub fn takes_fix(&self) -> bool {
        let fix = self.current().and_then(|found| found.fixes.get(self.choice));
        fix.is_some_and(|fix| {
            fix.applicability > Applicability::DisplayOnly
                || pages::command(&self.document, fix).is_some()
        })
    }

    /// Writes the page for the place where the reader is.
    pub fn refresh(&mut self, knowledge: &Knowledge, reading: Reading) {
        // A proof is of the text as it was reviewed.
        let waits = self.document.is_reviewing() && self.step == Step::Proof;
        if self.document.is_unreviewed() || waits {
            self.step = Step::Situation;
            self.guide = Arc::new(pages::waiting(knowledge, reading));
            return;
        }
        let count = self.document.review.of_cell(self.cell).count();
        self.problem = self.problem.min(count.saturating_sub(1));
        // What comes and goes while a cell is typed in was not looked at.
        if !self.is_new
            && self.editing.is_none()
            && let Some(found) = self.current()
        {
            self.passed = Some(key_of(found));
        }
        if !self.is_open(self.step) {
            self.step = Step::Situation;
        }
        let is_known = self.prospect.as_ref().is_some_and(|known| known.claim.is_of(self));
        if self.step == Step::Proof && !is_known {
            self.prospect = Prospect::of(self, &knowledge.tables);
        }
        let subject = Subject {
            knowledge,
            document: &self.document,
            cell: self.cell,
            problem: self.current(),
            choice: self.choice,
        };
        let attempt = self.attempt.as_deref().filter(|it| it.claim.is_of(self) || it.is_busy());
        let proof = Proof { attempt, prospect: self.prospect.as_ref() };
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
            self.is_new = false;
            self.step = step;
            self.panes.scroll = 0;
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

    /// Finds the place when the review has come: the problem that was shown before the cell was
    /// typed in; of a notebook that has just been opened the first one, if the reader has not moved.
    pub fn find_place(&mut self) {
        if self.editing.is_some() {
            self.problem = 0;
        } else if self.is_unplaced {
            self.visit(first_cell(&self.document), 0);
        } else if let Some(noted) = self.noted.take() {
            self.find_again(&noted);
        }
        self.is_unplaced = false;
    }

    /// Finds the place again after a change, now or when its review has come.
    pub fn find_after(&mut self, noted: Noted) {
        if self.document.is_reviewing() {
            self.noted = Some(noted);
        } else {
            self.find_again(&noted);
        }
    }

    /// Takes in what was typed. As long as its review is being made the page stays.
    pub fn retype(&mut self, source: String, knowledge: &Knowledge, reading: Reading) {
        self.document.retype(self.cell, source, &knowledge.tables);
        if !self.document.is_reviewing() {
            self.problem = 0;
            self.refresh(knowledge, reading);
        }
    }

    /// Goes to a cell, at its first problem and first step.
    pub fn visit(&mut self, cell: CellIndex, problem: usize) {
        self.is_unplaced = false;
        self.noted = None;
        self.cell = cell;
        self.problem = problem;
        self.is_new = false;
        // What `w` is for is decided anew at another place.
        self.document.settled = false;
        self.step = Step::Situation;
        self.choice = 0;
        self.panes.reset();
    }

    /// Starts editing the cell in place.
    pub fn edit(&mut self) {
        self.editions += 1;
        self.editing = Some(self.editions);
        self.noted = Some(self.note());
        self.document.begin_typing(self.cell);
        self.panes.focus = Pane::Code;
    }

    /// Ends editing.
    pub fn end_edit(&mut self) {
        if self.editing.take().is_some() {
            self.document.end_typing(self.cell);
            self.panes.focus = Pane::Guide;
            if let Some(noted) = self.noted.take() {
                self.find_after(noted);
            }
        }
    }
}

fn first_cell(document: &Document) -> CellIndex {
    let problem = document.order().walks().first().map(|it| it.place.0);
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
