//! An expression becomes the argument of a call.

use crate::execution::{Run, Site};
use crate::text::Edit;

/// Puts `head`, which opens a bracket, in front of an expression, and closes it behind.
pub fn enclose(run: &Run, site: Site, head: impl Into<String>) -> [Edit; 2] {
    let (cell, range) = (run.position(site.cell), run.range(site));
    [Edit::insert(cell, range.start, head), Edit::insert(cell, range.end, ")")]
}
