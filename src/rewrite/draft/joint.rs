//! Several repairs held against one run, where each of them would ask for a run of its own.

use std::collections::BTreeSet;

use super::faults::{by_cell, is_no_worse, sum};
use super::{Draft, Manner};
use crate::execution::Run;
use crate::text::Edit;

/// Whether all repairs together take away a fault each and bring none, in no cell. Where they do not,
/// nothing is said of each of them.
pub fn hold_together(run: &Run, repairs: &[&[Edit]]) -> bool {
    let repairs: BTreeSet<&[Edit]> = repairs.iter().copied().collect();
    if repairs.len() < 2 || !run.has_drafts() {
        return false;
    }
    let mut seen = BTreeSet::new();
    let edits = repairs.iter().flat_map(|edits| *edits).filter(|edit| seen.insert(*edit));
    let mut draft = Draft::new(run, Manner::Colour);
    let made = draft.apply(edits.cloned().collect());
    let Some(after) = made.and_then(|()| draft.run()) else { return false };
    let (before, after) = (by_cell(run), by_cell(&after));
    is_no_worse(&before, &after) && sum(&after) + repairs.len() <= sum(&before)
}
