//! Moments of a run at which another one goes on: of a notebook in which a few cells read otherwise,
//! what stands above the first of them is not run again.

use std::cell::Cell;
use std::sync::Arc;

use super::machine::{Cells, Input, Machine};
use super::trace::Trace;
use super::value::CellKey;
use crate::index::Index;
use crate::knowledge::callables::Names;

/// Moments that are kept of a run, spread evenly over its cells.
const KEPT: usize = 16;

/// A run and some of its moments.
pub(super) struct Moments<'i> {
    input: Input<'i>,
    cells: Vec<(CellKey, Arc<Index>)>,
    /// Machines before the cell at a place, in order. They have no names of their own.
    kept: Vec<(usize, Machine<'i>)>,
    /// Every name that the run came to; more of them make no difference to a part of it.
    names: Names,
    /// Cells that were run, all in all.
    ran: Cell<usize>,
}

impl<'i> Moments<'i> {
    /// Runs the cells and keeps moments of it.
    pub fn of(input: &Input<'i>, cells: Vec<(CellKey, Arc<Index>)>) -> Self {
        let step = cells.len().div_ceil(KEPT).max(1);
        let last = cells.len().saturating_sub(1) / step * step;
        let mut machine = Machine::new(input, &cells);
        let mut kept = Vec::new();
        for (at, (key, index)) in cells.iter().enumerate() {
            if at % step == 0 {
                let names = std::mem::take(&mut machine.names);
                kept.push((at, machine.clone()));
                machine.names = names;
            }
            // What comes after the last moment is run again by whoever asks.
            if at < last {
                machine.run_cell(*key, index);
            }
        }
        let ran = Cell::new(last);
        Self { input: input.clone(), cells, kept, names: machine.names, ran }
    }

    /// Runs other cells: as many, of which those that are the same need no run of their own.
    pub fn run(&self, cells: &Cells) -> Trace {
        let pairs = || cells.iter().zip(&self.cells);
        let same = pairs().take_while(|(one, other)| is_same(one, other)).count();
        // A cell may have had a name from one that stands below it, and reads otherwise now.
        let changed: Vec<_> = pairs().filter(|(one, other)| !is_same(one, other)).collect();
        let stands = |machine: &Machine<'_>| {
            let asked = |index: &Index| {
                machine.asked_for(index, &self.names) || machine.asked_who_reads(index, &self.names)
            };
            !changed.iter().any(|((_, new), (_, old))| asked(new) || asked(old))
        };
        let moment = self.kept.iter().rev().find(|(at, machine)| *at <= same && stands(machine));
        let (start, mut machine) = match moment {
            Some((at, machine)) => {
                let mut machine = machine.clone();
                machine.names = self.names.clone();
                (*at, machine)
            }
            None => (0, Machine::new(&self.input, cells)),
        };
        machine.forget_binders();
        machine.forget_readers();
        for ((key, index), _) in &changed {
            machine.add_code(*key, index, 0);
        }
        for (key, index) in cells.get(start..).unwrap_or_default() {
            machine.run_cell(*key, index);
        }
        self.ran.set(self.ran.get() + cells.len().saturating_sub(start));
        machine.finish()
    }
}

/// Whether a cell is the very one that ran before.
fn is_same((key, index): &(CellKey, Arc<Index>), (other, known): &(CellKey, Arc<Index>)) -> bool {
    key == other && Arc::ptr_eq(index, known)
}

#[cfg(test)]
mod tests;
