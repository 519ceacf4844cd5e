//! From problem to problem: where the next one is, and what becomes of the place when one goes.

use super::Tutor;
use super::order::Way;
use super::pages::Step;
use super::walk::Walk;
use crate::diagnostic::Diagnostic;
use crate::document::Tone;
use crate::text::{CellIndex, line_range};
use crate::wording::status;

/// What a cell's problems were, to find the place again after a change.
#[derive(Debug)]
pub struct Noted {
    cell: CellIndex,
    /// Which of them was shown.
    problem: usize,
    problems: Vec<Known>,
}

/// What makes a problem the same one after a change: its rule and the line that shows it.
#[derive(Debug, PartialEq, Eq)]
struct Known {
    rule: &'static str,
    line: String,
}

impl Noted {
    /// Where the problem that was shown is among those of `now`; `None` when it is gone.
    fn kept(&self, now: &[Known]) -> Option<usize> {
        let shown = self.problems.get(self.problem)?;
        if count(shown, now) < count(shown, &self.problems) {
            return None;
        }
        let before = self.problems.get(..self.problem).unwrap_or_default();
        let mut same = now.iter().enumerate().filter(|(_, other)| *other == shown);
        same.nth(count(shown, before)).map(|(at, _)| at)
    }
}

impl Walk {
    /// The way to the next problem, or to the one before; after the last comes the first. `None`
    /// when the notebook has no problem. A problem that has moved up into the place of one that is
    /// gone comes where its own place in the order is.
    pub fn way(&self, forward: bool) -> Option<Way> {
        let order = self.document.order();
        let here = match self.group() {
            Some(at) => order.walks().get(at).map(|it| it.key),
            None => self.passed,
        };
        order.way(here, forward)
    }

    /// Which of the notebook's walks this is, from 0; `None` where none has begun.
    pub fn group(&self) -> Option<usize> {
        let found = self.current().filter(|_| !self.is_new)?;
        self.document.order().walk_of(found)
    }

    /// Whether the way to the next problem leads anywhere.
    pub fn has_other_problem(&self) -> bool {
        let here = (self.cell, self.problem);
        self.way(true).is_some_and(|way| way.to != here || self.is_new || self.current().is_none())
    }

    /// Takes note of the cell's problems before a change.
    pub fn note(&self) -> Noted {
        Noted { cell: self.cell, problem: self.problem, problems: self.known() }
    }

    /// Finds the place again after a change: the problem that was shown, or else the one that is
    /// now in its place, at its first step.
    pub fn find_again(&mut self, noted: &Noted) {
        if noted.cell != self.cell {
            return;
        }
        let now = self.known();
        if let Some(at) = noted.kept(&now) {
            self.problem = at;
            return;
        }
        // One that stood before it has been passed already.
        self.is_new = noted.problem < now.len();
        self.problem = noted.problem.min(now.len().saturating_sub(1));
        self.choice = 0;
        self.step = Step::Situation;
        self.panes.scroll = 0;
    }

    /// Finds the place again after a step back or forth: at the problem that came with it, if one
    /// did.
    pub fn find_back(&mut self, noted: &Noted) {
        let (before, now) = (&noted.problems, self.known());
        let came = now.iter().position(|it| count(it, &now) > count(it, before));
        match came.filter(|_| noted.cell == self.cell) {
            Some(at) => {
                self.problem = at;
                self.choice = 0;
            }
            None => self.find_again(noted),
        }
        self.is_new = false;
    }

    fn known(&self) -> Vec<Known> {
        let source = self.document.source(self.cell);
        let known = |found: &&Diagnostic| Known {
            rule: found.rule,
            line: line_range(source, found.span.range.start).slice(source).to_owned(),
        };
        self.problems().iter().map(known).collect()
    }
}

fn count(one: &Known, list: &[Known]) -> usize {
    list.iter().filter(|other| *other == one).count()
}

impl Tutor<'_> {
    /// Goes to the next problem or the one before, and says where the way has turned.
    pub(super) fn problem(&mut self, forward: bool) {
        let Some(walk) = self.walk() else { return };
        let Some(way) = walk.way(forward) else {
            return self.say(status::NO_MORE_PROBLEMS, &[], Tone::Quiet);
        };
        let is_here = walk.current().is_some() && way.to == (walk.cell, walk.problem);
        walk.visit(way.to.0, way.to.1);
        let count = way.count.to_string();
        match (way.count, way.wraps, forward) {
            (1, true, _) => self.say(status::ONLY_PROBLEM, &[], Tone::Quiet),
            (1, ..) if is_here => self.say(status::ONLY_PROBLEM, &[], Tone::Quiet),
            _ if is_here => self.say(status::NEXT_IS_HERE, &[("count", &count)], Tone::Quiet),
            (_, true, true) => {
                self.say(status::FIRST_AGAIN, &[("count", &count)], Tone::Quiet);
            }
            (_, true, false) => self.say(status::LAST_AGAIN, &[("count", &count)], Tone::Quiet),
            (_, false, _) => {}
        }
    }
}
