//! In which order problems are walked through: the worst first.

use std::cmp::Reverse;
use std::ops::Deref;

use crate::diagnostic::{Diagnostic, Severity};
use crate::review::Review;
use crate::text::CellIndex;

/// Where a problem stands: its cell, and which of the cell's problems it is, from 0, the worst
/// first.
pub type Place = (CellIndex, usize);

/// What decides the order: how bad the problem is, then its cell and the byte of the cell at which
/// it begins.
pub type Key = (Reverse<Severity>, CellIndex, usize);

/// The problems of a notebook in the order in which they are walked through.
#[derive(Debug, Clone, Default)]
pub struct Order {
    /// Places in the review's list, by cell, the worst of a cell first.
    sorted: Vec<usize>,
    /// One for each rule of each cell, the worst of the notebook first.
    walks: Vec<Start>,
}

/// Where a walk through a problem begins: the same rule at several places of a cell is one walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Start {
    pub key: Key,
    pub place: Place,
    rule: &'static str,
}

/// The way to another problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    pub to: Place,
    /// How many walks there are.
    pub count: usize,
    /// Whether it leads past the last one, or the first.
    pub wraps: bool,
}

impl Order {
    /// The order of a review's problems.
    pub fn of(review: &Review) -> Self {
        let key =
            |at: &usize| review.diagnostics.get(*at).map(|found| (found.span.cell, key_of(found)));
        let mut sorted: Vec<usize> = (0..review.diagnostics.len()).collect();
        sorted.sort_by_key(key);
        let mut walks: Vec<Start> = Vec::new();
        let (mut cell, mut nth, mut rules) = (None, 0, Vec::new());
        for found in sorted.iter().filter_map(|at| review.diagnostics.get(*at)) {
            if cell != Some(found.span.cell) {
                (cell, nth) = (Some(found.span.cell), 0);
                rules.clear();
            }
            if !rules.contains(&found.rule) {
                rules.push(found.rule);
                let (key, place) = (key_of(found), (found.span.cell, nth));
                walks.push(Start { key, place, rule: found.rule });
            }
            nth += 1;
        }
        walks.sort_unstable();
        Self { sorted, walks }
    }

    /// The problems of a cell, the worst first.
    pub fn of_cell<'r>(
        &'r self,
        review: &'r Review,
        cell: CellIndex,
    ) -> impl Iterator<Item = &'r Diagnostic> {
        let at = |at: &usize| review.diagnostics.get(*at).map(Deref::deref);
        let start = self.sorted.partition_point(|it| at(it).is_some_and(|it| it.span.cell < cell));
        let rest = self.sorted.iter().skip(start).filter_map(at);
        rest.take_while(move |found| found.span.cell == cell)
    }

    /// Where walks begin, the worst first.
    pub fn walks(&self) -> &[Start] {
        &self.walks
    }

    /// Which of the walks a problem belongs to, from 0.
    pub fn walk_of(&self, found: &Diagnostic) -> Option<usize> {
        let is_it = |it: &Start| it.place.0 == found.span.cell && it.rule == found.rule;
        self.walks.iter().position(is_it)
    }

    /// The way from a place in the order to the next walk, or to the one before; after the last
    /// comes the first. `None` when there is none.
    pub fn way(&self, here: Option<Key>, forward: bool) -> Option<Way> {
        let walks = &self.walks;
        let found = match (here, forward) {
            (Some(here), true) => walks.iter().find(|it| it.key > here),
            (Some(here), false) => walks.iter().rev().find(|it| it.key < here),
            (None, _) => walks.first(),
        };
        let end = if forward { walks.first() } else { walks.last() };
        Some(Way { to: found.or(end)?.place, count: walks.len(), wraps: found.is_none() })
    }
}

/// What decides where a problem comes.
pub fn key_of(found: &Diagnostic) -> Key {
    (Reverse(found.severity), found.span.cell, found.span.range.start)
}
