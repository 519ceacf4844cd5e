//! Repairs in rounds, until nothing is left that can be repaired. What would leave something new
//! behind is taken back.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::account::concerns;
use super::{Choice, NOT_LOOKED_AT, Review, changed_sources, choose, review_again};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::knowledge::Tables;
use crate::notebook::Notebook;
use crate::text::{Carrier, CellIndex, Edit, Span};

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
    within: Within,
    /// Mistakes beside these that are to be repaired too, by cell and rule.
    also: Vec<(CellIndex, &'static str)>,
    tables: &'t Tables,
    /// Diagnostics whose fix somebody did not want.
    declined: HashSet<Target>,
    /// Diagnostics whose fix did not hold in the notebook as it is now.
    refused: HashSet<Target>,
}

/// How much of a notebook is to be repaired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    Notebook,
    Cell(CellIndex),
    /// One mistake wherever it stands in the cell.
    Rule(CellIndex, &'static str),
    /// What concerns the cell, though it stand in another, and is worse than advice.
    About(CellIndex),
}

impl Within {
    /// Whether a problem is among what is to be repaired.
    pub fn takes(self, found: &Diagnostic) -> bool {
        match self {
            Within::Notebook => true,
            Within::Cell(cell) => found.span.cell == cell,
            Within::Rule(cell, rule) => found.span.cell == cell && found.rule == rule,
            Within::About(cell) => found.severity > Severity::Hint && concerns(found, cell),
        }
    }
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
        let (made, declined, refused) = (Vec::new(), HashSet::new(), HashSet::new());
        let (within, also) = (Within::Notebook, Vec::new());
        Self { notebook, review, made, limit, within, also, tables, declined, refused }
    }

    /// Repairs no more than this.
    pub fn within(self, within: Within) -> Self {
        Self { within, ..self }
    }

    /// Repairs these mistakes, by cell and rule, beside what it is about.
    pub fn also(self, also: Vec<(CellIndex, &'static str)>) -> Self {
        Self { also, ..self }
    }

    /// Whether a problem is among what is to be repaired.
    fn takes(&self, found: &Diagnostic) -> bool {
        self.within.takes(found) || self.also.contains(&(found.span.cell, found.rule))
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
                None => _ = self.refused.insert(candidate.target()),
            }
        }
    }

    /// Makes the fixes that were tried.
    pub fn keep(&mut self, trial: Trial) {
        let Trial { repairs, notebook, review, edits, .. } = trial;
        (self.notebook, self.review) = (notebook, review);
        self.made.extend(repairs);
        let carrier = Carrier::new(&edits);
        self.declined = self.declined.drain().map(|(rule, at)| (rule, carrier.carry(at))).collect();
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
        let wanted: Vec<_> = self.review.found().filter(|it| refused(it)).collect();
        choose(&wanted, self.limit).into_iter().map(|it| self.repair(it)).collect()
    }

    /// The fixes for the next round. They do not overlap.
    fn candidates(&self) -> Vec<Candidate> {
        let passed = |found: &Diagnostic| {
            let target = (found.rule, found.span);
            self.declined.contains(&target) || self.refused.contains(&target)
        };
        let wanted = |found: &&Diagnostic| self.takes(found) && !passed(found);
        let wanted: Vec<_> = self.review.found().filter(wanted).collect();
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
        let (surroundings, known) = (&self.review.surroundings, self.review.known());
        let review = review_again(&notebook, self.tables, surroundings, &known);
        let holds = reads(&self.review, &review)
            && answers_as_much(&self.review, &review)
            && helps(&self.review, &review, &candidates)
            && brings_nothing_new(&self.review, &review, &edits);
        let repairs = candidates.iter().map(|it| self.repair(it.choice())).collect();
        holds.then_some(Trial { repairs, notebook, review, edits, candidates })
    }

    fn repair(&self, Choice { diagnostic, fix }: Choice<'_>) -> Repair {
        let Span { cell, range } = diagnostic.span;
        let in_cell = || {
            let read = self.review.cells.get(cell.0);
            read.map_or(1, |read| read.syntax().tree.position(range.start).line)
        };
        let in_script = || self.notebook.file_position(cell, range.start).map(|at| at.line);
        let is_script = self.notebook.format.counts_lines();
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
        review.cells.iter().map(|cell| cell.syntax().errors.len()).collect()
    };
    let (before, after) = (errors(before), errors(after));
    before.len() == after.len() && before.iter().zip(&after).all(|(old, new)| new <= old)
}

/// Whether every rule that gave an answer before gives one now.
fn answers_as_much(before: &Review, after: &Review) -> bool {
    let silent = |review: &Review| {
        let all = review.everything().find(|found| found.rule == NOT_LOOKED_AT);
        all.map(|found| found.message.args.clone())
    };
    let after = silent(after);
    after.is_none() || after == silent(before)
}

/// Whether each fix took its own mistake away: of its rule there is that much less in its cell.
fn helps(before: &Review, after: &Review, candidates: &[Candidate]) -> bool {
    let count = |targets: &mut dyn Iterator<Item = Target>| {
        let mut counts: HashMap<(&'static str, CellIndex), usize> = HashMap::new();
        targets.for_each(|(rule, span)| *counts.entry((rule, span.cell)).or_default() += 1);
        counts
    };
    let target = |found: &Diagnostic| (found.rule, found.span);
    let old = count(&mut before.found().map(target));
    let new = count(&mut after.found().map(target));
    let fixed = count(&mut candidates.iter().map(Candidate::target));
    let of = |counts: &HashMap<_, usize>, key| counts.get(key).copied().unwrap_or_default();
    fixed.iter().all(|(key, fixed)| of(&new, key) + fixed <= of(&old, key))
}

/// Whether every diagnostic at warning or above was there before, silenced ones included. A
/// coroutine that is not awaited is one of them.
fn brings_nothing_new(before: &Review, after: &Review, edits: &[Edit]) -> bool {
    let carrier = Carrier::new(edits);
    let mut known: BTreeMap<(&str, CellIndex), Vec<(Span, Severity)>> = BTreeMap::new();
    for found in before.everything() {
        let span = carrier.carry(found.span);
        known.entry((found.rule, span.cell)).or_default().push((span, found.severity));
    }
    // The last ones are asked for first: what lies behind one lies behind those that follow, too.
    known.values_mut().for_each(|list| list.sort_by_key(|(span, _)| *span));
    let mut new: Vec<&Diagnostic> =
        after.everything().filter(|it| it.severity >= Severity::Warning).collect();
    new.sort_by_key(|found| std::cmp::Reverse((found.span.cell, found.span.range.end)));
    new.into_iter().all(|found| {
        let Some(known) = known.get_mut(&(found.rule, found.span.cell)) else { return false };
        while known.pop_if(|(span, _)| span.range.start > found.span.range.end).is_some() {}
        let was = |(span, severity): &(Span, Severity)| {
            *severity >= found.severity && meet(*span, found.span)
        };
        // Each old one stands for one new one.
        let at = known.iter().rposition(was);
        at.map(|at| known.remove(at)).is_some()
    })
}

fn meet(one: Span, other: Span) -> bool {
    let (a, b) = (one.range, other.range);
    one.cell == other.cell && a.start <= b.end && b.start <= a.end
}

#[cfg(test)]
mod tests;
