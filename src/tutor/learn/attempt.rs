//! A task under repair: the cells as they are now, what is right of them, and the help that was
//! taken.

use super::grade::{Check, grade, is_right};
use super::task::Task;
use crate::diagnostic::Diagnostic;
use crate::knowledge::Tables;
use crate::notebook::{Pasted, parse_pasted};
use crate::text::CellIndex;
use crate::tutor::document::Document;

/// The hints that there are.
pub const HINTS: u8 = 3;

/// A task under repair.
#[derive(Debug, Clone)]
pub struct Attempt {
    pub task: Task,
    pub document: Document,
    /// The cell that is shown.
    pub cell: CellIndex,
    /// Hints taken so far.
    pub hints: u8,
    /// The solution was shown.
    pub shown: bool,
    /// Repairs that were tried and found wrong.
    pub tries: u32,
    pub checks: Vec<Check>,
    /// The front end's number for the text area while a cell is edited.
    pub editing: Option<u64>,
    /// The cells when editing began.
    before: Vec<String>,
    /// It was right once; it counts once.
    counted: bool,
}

/// What came of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is right now, and counts.
    Solved,
    /// Something was tried that is not right.
    Missed,
    Nothing,
}

impl Attempt {
    /// Begins with the cells as given, or with those of a `draft`.
    pub fn new(task: Task, draft: &[String], tables: &Tables) -> Self {
        let document = task.given.clone();
        let cell = first_cell(&task);
        let mut attempt = Self {
            task,
            document,
            cell,
            hints: 0,
            shown: false,
            tries: 0,
            checks: Vec::new(),
            editing: None,
            before: Vec::new(),
            counted: false,
        };
        if draft.len() == attempt.document.notebook.cells.len() {
            attempt.put(draft, tables);
        }
        attempt.grade(tables);
        attempt
    }

    /// Whether the cells are right as they are.
    pub fn is_right(&self) -> bool {
        is_right(&self.checks)
    }

    /// Whether something was changed.
    pub fn is_touched(&self) -> bool {
        self.document.is_unsaved()
    }

    /// The cells as they are.
    pub fn cells(&self) -> Vec<String> {
        self.document.notebook.cells.iter().map(|cell| cell.source.clone()).collect()
    }

    /// What is wrong in the cell that is shown, as far as the task is about it.
    pub fn problems(&self) -> impl Iterator<Item = &Diagnostic> {
        let about = |found: &&Diagnostic| self.task.wants.rules.iter().any(|it| it == found.rule);
        let new = move |found: &&Diagnostic| {
            about(found) || self.is_touched() && super::task::is_grave(found)
        };
        self.document.review.of_cell(self.cell).filter(new)
    }

    /// Starts editing the cell that is shown; `number` is new each time.
    pub fn edit(&mut self, number: u64) {
        self.before = self.cells();
        self.editing = Some(number);
    }

    /// The cell holds this now.
    pub fn retype(&mut self, source: String, tables: &Tables) {
        self.document.retype(self.cell, source, tables);
        self.grade(tables);
    }

    /// Ends editing. What counts is how the cells are left, not what they were on the way.
    pub fn end_edit(&mut self) -> Outcome {
        if self.editing.take().is_none() {
            return Outcome::Nothing;
        }
        let before = std::mem::take(&mut self.before);
        self.hand_in(&before)
    }

    fn hand_in(&mut self, before: &[String]) -> Outcome {
        if self.is_right() {
            return self.count();
        }
        if before == self.cells() {
            return Outcome::Nothing;
        }
        self.tries += 1;
        Outcome::Missed
    }

    /// Takes all cells as somebody wrote them elsewhere, with a marker between two of them.
    pub fn rewrite(&mut self, text: &str, tables: &Tables) -> Outcome {
        let Pasted::Notebook(notebook) = parse_pasted(text) else { return Outcome::Nothing };
        let mut cells: Vec<String> = notebook.cells.into_iter().map(|cell| cell.source).collect();
        cells.retain(|cell| !cell.trim().is_empty());
        // A single cell is the one that is shown.
        if let [cell] = cells.as_slice() {
            let mut all = self.cells();
            if let Some(shown) = all.get_mut(self.cell.0) {
                shown.clone_from(cell);
            }
            cells = all;
        }
        let before = self.cells();
        self.put(&cells, tables);
        self.grade(tables);
        self.hand_in(&before)
    }

    /// Takes one more hint; `false` when there is none.
    pub fn hint(&mut self) -> bool {
        let more = self.hints < HINTS;
        self.hints += u8::from(more);
        more
    }

    /// Whether the solution may be shown: after a try, or after all hints.
    pub fn has_tried(&self) -> bool {
        self.tries > 0 || self.hints >= HINTS
    }

    /// Puts the solution into the cells.
    pub fn show_solution(&mut self, tables: &Tables) -> Outcome {
        // A repair that was right before stays one's own.
        self.shown |= !self.counted;
        let solution = self.task.solution.clone();
        self.put(&solution, tables);
        self.grade(tables);
        self.hand_in(&solution)
    }

    /// Puts the cells back as they were given.
    pub fn start_over(&mut self, tables: &Tables) {
        let given: Vec<String> =
            self.task.given.notebook.cells.iter().map(|cell| cell.source.clone()).collect();
        self.put(&given, tables);
        self.hints = 0;
        self.shown = false;
        self.tries = 0;
        self.counted = false;
        self.cell = first_cell(&self.task);
        self.grade(tables);
    }

    /// Shows the next cell or the one before.
    pub fn turn(&mut self, step: isize) {
        let last = self.document.notebook.cells.len().saturating_sub(1);
        self.cell = CellIndex(self.cell.0.saturating_add_signed(step).min(last));
    }

    fn put(&mut self, cells: &[String], tables: &Tables) {
        let cells = cells.iter().cloned().enumerate().map(|(at, cell)| (CellIndex(at), cell));
        self.document.change(cells.collect(), tables);
    }

    fn grade(&mut self, tables: &Tables) {
        self.checks = grade(&self.task.wants, &self.document.review, tables);
    }

    fn count(&mut self) -> Outcome {
        if self.counted {
            return Outcome::Nothing;
        }
        self.counted = true;
        Outcome::Solved
    }
}

/// The cell with the mistake, or the last.
fn first_cell(task: &Task) -> CellIndex {
    let review = &task.given.review;
    let is_it = |found: &&Diagnostic| task.wants.rules.iter().any(|rule| rule == found.rule);
    let of_mistake = || review.found().find(is_it).map(|found| found.span.cell);
    let last = CellIndex(task.given.notebook.cells.len().saturating_sub(1));
    task.wants.at.or_else(of_mistake).unwrap_or(last)
}
