//! Which cells of a notebook are those of an earlier text of it, wherever they stand now.

use std::collections::VecDeque;
use std::sync::Arc;

use hashbrown::HashMap;

use crate::diagnostic::Found;
use crate::index::ReadCell;
use crate::notebook::{Cell, Notebook};
use crate::text::CellIndex;

/// Where cells stood and where they stand now. Those that are in both texts are in one order in
/// both: of cells that changed places, as few as can be count as new.
#[derive(Debug)]
pub(super) struct Aligned {
    /// For each earlier cell its place now.
    to: Vec<Option<usize>>,
    /// For each cell its earlier place.
    from: Vec<Option<usize>>,
}

impl Aligned {
    pub fn between(old: &[Arc<ReadCell>], new: &[Arc<ReadCell>]) -> Self {
        let (head, tail) = same_ends(old, new, Arc::ptr_eq);
        let (mut to, mut from) = (vec![None; old.len()], vec![None; new.len()]);
        let mut pair = |before: usize, now: usize| {
            to[before] = Some(now);
            from[now] = Some(before);
        };
        (0..head).for_each(|at| pair(at, at));
        (1..=tail).for_each(|at| pair(old.len() - at, new.len() - at));
        let old = old.get(head..old.len() - tail).unwrap_or_default();
        let new = new.get(head..new.len() - tail).unwrap_or_default();
        let mut places: HashMap<*const ReadCell, VecDeque<usize>> = HashMap::new();
        for (at, cell) in old.iter().enumerate() {
            places.entry(Arc::as_ptr(cell)).or_default().push_back(at);
        }
        let place = |cell| places.get_mut(&Arc::as_ptr(cell)).and_then(VecDeque::pop_front);
        let met: Vec<Option<usize>> = new.iter().map(place).collect();
        for now in rising(&met) {
            if let Some(before) = met.get(now).copied().flatten() {
                pair(head + before, head + now);
            }
        }
        Self { to, from }
    }

    /// Where an earlier cell stands now.
    pub fn now(&self, before: CellIndex) -> Option<CellIndex> {
        self.to.get(before.0).copied().flatten().map(CellIndex)
    }

    /// Where a cell stood before.
    pub fn before(&self, now: usize) -> Option<usize> {
        self.from.get(now).copied().flatten()
    }

    /// The earlier cells that are gone.
    pub fn gone(&self) -> impl Iterator<Item = usize> {
        (0..).zip(&self.to).filter(|(_, now)| now.is_none()).map(|(at, _)| at)
    }

    /// The cells that are new.
    pub fn new_ones(&self) -> impl Iterator<Item = usize> {
        (0..).zip(&self.from).filter(|(_, before)| before.is_none()).map(|(at, _)| at)
    }

    /// How many cells of both texts stand before each earlier cell, and before each of now.
    pub fn ranks(&self) -> [Vec<usize>; 2] {
        [&self.to, &self.from].map(|places| {
            let count = |before: &mut usize, place: &Option<usize>| {
                let rank = *before;
                *before += usize::from(place.is_some());
                Some(rank)
            };
            places.iter().scan(0, count).collect()
        })
    }

    /// What was said before of cells that are all there, said of where they stand now.
    pub fn moved(&self, found: &Found) -> Option<Found> {
        found.moved(|cell| self.now(cell))
    }
}

/// How many are the same from the first on, and of the others how many up to the last.
fn same_ends<A, B>(old: &[A], new: &[B], is_same: impl Fn(&A, &B) -> bool) -> (usize, usize) {
    let is_same = |(old, new): &(&A, &B)| is_same(old, new);
    let head = old.iter().zip(new).take_while(is_same).count();
    let rest = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(is_same).count();
    (head, tail)
}

/// The places of as many numbers as can be that rise from each to the next.
fn rising(numbers: &[Option<usize>]) -> Vec<usize> {
    let mut ends: Vec<(usize, usize)> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; numbers.len()];
    for (at, number) in numbers.iter().enumerate() {
        let Some(number) = *number else { continue };
        let length = ends.partition_point(|(end, _)| *end < number);
        if let Some(slot) = before.get_mut(at) {
            *slot = length.checked_sub(1).and_then(|it| ends.get(it)).map(|(_, end)| *end);
        }
        ends.truncate(ends.len().max(length));
        match ends.get_mut(length) {
            Some(end) => *end = (number, at),
            None => ends.push((number, at)),
        }
    }
    let mut at = ends.last().map(|(_, at)| *at);
    let mut found = Vec::with_capacity(ends.len());
    while let Some(place) = at {
        found.push(place);
        at = before.get(place).copied().flatten();
    }
    found.reverse();
    found
}

/// The cells of a notebook as they are read. One that is among those that are `known` is not read
/// again.
pub(super) fn read_cells(notebook: &Notebook, known: &[Arc<ReadCell>]) -> Vec<Arc<ReadCell>> {
    let is_python = notebook.is_python();
    let cells = &notebook.cells;
    let (head, tail) = same_ends(known, cells, |known, cell| known.is_of(cell, is_python));
    let between = known.get(head..known.len() - tail).unwrap_or_default();
    let by_text: HashMap<(bool, &str), &Arc<ReadCell>> =
        between.iter().map(|cell| ((cell.runs, cell.source()), cell)).collect();
    let read = |(at, cell): (usize, &Cell)| {
        if at < head {
            return known.get(at).cloned();
        }
        if at + tail >= cells.len() {
            return known.get(known.len() + at - cells.len()).cloned();
        }
        let text = ReadCell::text_of(cell, is_python);
        Some(by_text.get(&text).map_or_else(
            || Arc::new(ReadCell::of_cell(cell, is_python)),
            |known| Arc::clone(known),
        ))
    };
    cells.iter().enumerate().filter_map(read).collect()
}
