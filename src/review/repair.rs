//! Repairs in rounds, until nothing is left that can be repaired. What would leave something new
//! behind is taken back.

use super::{Choice, Review, changed_sources, choose, review_again};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::knowledge::Tables;
use crate::notebook::{Format, Notebook};
use crate::text::{CellIndex, Edit, Span, carry, position};

/// Rounds at most. A repair may make room for another, but not for ever.
const ROUNDS: usize = 100;

/// A notebook under repair: it always reads as it would from the saved file.
#[derive(Debug, Clone)]
pub struct Repairs<'t> {
    /// As it is with the repairs made so far.
    pub notebook: Notebook,
    pub review: Review,
    /// The repairs made so far, in order.
    pub made: Vec<Repair>,
    limit: Applicability,
    tables: &'t Tables,
    /// Diagnostics whose fix somebody did not want.
    declined: Vec<Target>,
    /// Diagnostics whose fix did not hold in the notebook as it is now.
    refused: Vec<Target>,
}

/// A fix that was made, or that is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    pub rule: &'static str,
    pub cell: CellIndex,
    /// Where the mistake stood when it was repaired: the line of the cell, or of a script, from 1.
    pub line: usize,
    pub title: Message,
    pub applicability: Applicability,
}

/// Some fixes that hold, and the notebook as it would be with them.
#[derive(Debug, Clone)]
pub struct Trial {
    pub repairs: Vec<Repair>,
    pub notebook: Notebook,
    review: Review,
    edits: Vec<Edit>,
    candidates: Vec<Candidate>,
}

/// A diagnostic by what stays of it when the text around it changes.
type Target = (&'static str, Span);

#[derive(Debug, Clone)]
struct Candidate {
    diagnostic: Diagnostic,
    fix: Fix,
}

impl<'t> Repairs<'t> {
    /// Begins to repair a notebook with fixes that may be trusted at least as far as `limit`.
    /// `review` is the notebook's.
    pub fn new(
        notebook: Notebook,
        review: Review,
        limit: Applicability,
        tables: &'t Tables,
    ) -> Self {
        let (made, declined, refused) = (Vec::new(), Vec::new(), Vec::new());
        Self { notebook, review, made, limit, tables, declined, refused }
    }

    /// Makes every fix that holds, in rounds, until nothing changes.
    pub fn run(&mut self) {
        for _ in 0..ROUNDS {
            if !self.round() {
                return;
            }
        }
    }

    /// Makes the fixes that hold together; `false` when there is nothing left to try.
    fn round(&mut self) -> bool {
        let candidates = self.candidates();
        if candidates.is_empty() {
            return false;
        }
        match self.as_many_as_hold(None, &candidates) {
            Some(trial) => self.keep(trial),
            // They may have stood in the way of others.
            None => self.refused.extend(candidates.iter().map(Candidate::target)),
        }
        true
    }

    /// Tries out the next fix that holds, to be kept or declined.
    pub fn propose(&mut self) -> Option<Trial> {
        loop {
            let candidate = self.candidates().into_iter().next()?;
            match self.try_out(vec![candidate.clone()]) {
                Some(trial) => return Some(trial),
                None => self.refused.push(candidate.target()),
            }
        }
    }

    /// Makes the fixes that were tried.
    pub fn keep(&mut self, trial: Trial) {
        let Trial { repairs, notebook, review, edits, .. } = trial;
        (self.notebook, self.review) = (notebook, review);
        self.made.extend(repairs);
        self.declined.iter_mut().for_each(|(_, span)| *span = carry(*span, &edits));
        // In the notebook as it is now they may hold.
        self.refused.clear();
    }

    /// Leaves the fixes that were tried, and does not try them again.
    pub fn decline(&mut self, trial: Trial) {
        self.declined.extend(trial.candidates.iter().map(Candidate::target));
    }

    /// The fixes that are wanted and were not made, because they do not hold.
    pub fn refused(&self) -> Vec<Repair> {
        let refused = |found: &Diagnostic| self.refused.contains(&(found.rule, found.span));
        let wanted: Vec<_> = self.review.diagnostics.iter().filter(|it| refused(it)).collect();
        choose(&wanted, self.limit).into_iter().map(|it| self.repair(it)).collect()
    }

    /// The fixes for the next round. They do not overlap.
    fn candidates(&self) -> Vec<Candidate> {
        let passed = |found: &Diagnostic| {
            let target = (found.rule, found.span);
            self.declined.contains(&target) || self.refused.contains(&target)
        };
        let wanted = |found: &&Diagnostic| !passed(found);
        let wanted: Vec<_> = self.review.diagnostics.iter().filter(wanted).collect();
        let candidate = |Choice { diagnostic, fix }: Choice<'_>| Candidate {
            diagnostic: diagnostic.clone(),
            fix: fix.clone(),
        };
        choose(&wanted, self.limit).into_iter().map(candidate).collect()
    }

    /// Takes those of `more` back that do not hold together with what holds already.
    fn as_many_as_hold(&self, held: Option<Trial>, more: &[Candidate]) -> Option<Trial> {
        if more.is_empty() {
            return held;
        }
        let before = held.as_ref().map(|trial| trial.candidates.as_slice()).unwrap_or_default();
        match self.try_out([before, more].concat()) {
            Some(trial) => Some(trial),
            None if more.len() == 1 => held,
            None => {
                let (first, second) = more.split_at(more.len() / 2);
                let held = self.as_many_as_hold(held, first);
                self.as_many_as_hold(held, second)
            }
        }
    }

    /// Applies fixes, saves, reads and reviews what was saved.
    fn try_out(&self, candidates: Vec<Candidate>) -> Option<Trial> {
        let edits: Vec<Edit> = candidates.iter().flat_map(|it| it.fix.edits.clone()).collect();
        let changes = changed_sources(&self.notebook, &edits)?;
        let notebook = self.notebook.reload(self.notebook.save(&changes).ok()?).ok()?;
        let Review { surroundings, cells, .. } = &self.review;
        let review = review_again(&notebook, self.tables, surroundings, cells);
        let holds = reads(&self.review, &review)
            && helps(&self.review, &review, &candidates)
            && brings_nothing_new(&self.review, &review, &edits);
        let repairs = candidates.iter().map(|it| self.repair(it.choice())).collect();
        holds.then_some(Trial { repairs, notebook, review, edits, candidates })
    }

    fn repair(&self, Choice { diagnostic, fix }: Choice<'_>) -> Repair {
        let Span { cell, range } = diagnostic.span;
        let in_cell = || {
            let source = self.notebook.cell(cell).map_or("", |cell| &cell.source);
            position(source, range.start).line
        };
        let in_script = || self.notebook.file_position(cell, range.start).map(|at| at.line);
        let is_script = matches!(self.notebook.format, Format::Percent | Format::Script);
        let line = is_script.then(in_script).flatten().unwrap_or_else(in_cell);
        let (title, applicability) = (fix.title.clone(), fix.applicability);
        Repair { rule: diagnostic.rule, cell, line, title, applicability }
    }
}

impl Trial {
    /// What the fixes repair, as it was.
    pub fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        self.candidates.iter().map(|candidate| &candidate.diagnostic)
    }
}

impl Candidate {
    fn target(&self) -> Target {
        (self.diagnostic.rule, self.diagnostic.span)
    }

    fn choice(&self) -> Choice<'_> {
        Choice { diagnostic: &self.diagnostic, fix: &self.fix }
    }
}

/// Whether every cell reads as Python as far as it did.
fn reads(before: &Review, after: &Review) -> bool {
    let errors = |review: &Review| -> Vec<usize> {
        review.cells.iter().map(|cell| cell.syntax.errors.len()).collect()
    };
    let (before, after) = (errors(before), errors(after));
    before.len() == after.len() && before.iter().zip(&after).all(|(old, new)| new <= old)
}

/// Whether each fix took its own mistake away: of its rule there is that much less in its cell.
fn helps(before: &Review, after: &Review, candidates: &[Candidate]) -> bool {
    candidates.iter().map(Candidate::target).all(|(rule, span)| {
        let count =
            |review: &Review| review.of_cell(span.cell).filter(|found| found.rule == rule).count();
        let targets = candidates.iter().map(Candidate::target);
        let fixed = targets.filter(|it| it.0 == rule && it.1.cell == span.cell).count();
        count(after) + fixed <= count(before)
    })
}

/// Whether every diagnostic at warning or above was there before, silenced ones included. A
/// coroutine that is not awaited is one of them.
fn brings_nothing_new(before: &Review, after: &Review, edits: &[Edit]) -> bool {
    let mut known: Vec<(&Diagnostic, Span)> =
        everything(before).map(|found| (found, carry(found.span, edits))).collect();
    everything(after).filter(|it| it.severity >= Severity::Warning).all(|found| {
        let was = |(old, span): &(&Diagnostic, Span)| {
            old.rule == found.rule && old.severity >= found.severity && meet(*span, found.span)
        };
        // Each old one stands for one new one.
        known.iter().position(was).map(|at| known.swap_remove(at)).is_some()
    })
}

fn everything(review: &Review) -> impl Iterator<Item = &Diagnostic> {
    review.diagnostics.iter().chain(&review.silenced)
}

fn meet(one: Span, other: Span) -> bool {
    let (a, b) = (one.range, other.range);
    one.cell == other.cell && a.start <= b.end && b.start <= a.end
}

#[cfg(test)]
mod tests;
