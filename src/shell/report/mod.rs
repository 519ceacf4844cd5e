//! What the commands print: JSON for programs, text for people.

pub mod cell;
mod chosen;
pub mod chosen_json;
mod classification;
mod coverage;
mod diff;
mod extraction;
mod fingerprint;
mod fixed;
mod fixed_json;
pub mod github;
pub mod gitlab;
mod help;
mod html;
pub mod json;
pub mod junit;
#[cfg(feature = "kernel")]
mod kernels;
#[cfg(feature = "kernel")]
mod kernels_json;
pub mod pages;
mod paper;
mod place;
mod plain;

mod problem;
#[cfg(feature = "kernel")]
mod proof;
#[cfg(feature = "kernel")]
mod proof_json;
#[cfg(feature = "kernel")]
mod run;
pub mod sarif;
mod snippet;
mod statistics;
mod summary;
mod text;
#[cfg(feature = "kernel")]
mod timeline;
mod voice;
mod wrap;

pub use chosen::{chosen, question};
pub use classification::classification;
pub use coverage::{coverage, coverage_json};
pub use diff::{diff, insertion_diff, text_diff};
pub use extraction::{
    Files, OtherNotebook, extracted, extraction, extraction_diff, other_diff, undecided,
};
pub use fingerprint::fingerprint_of;
pub use fixed::{FixTally, Fixed, Mended, Written, fix_summary, fixed, offer};
#[cfg(feature = "kernel")]
pub use kernels::{command, kernels, reason, refusal};
pub use paper::{Paper, Tone};
pub use problem::{Problem, remarks, unread, unwritten};
#[cfg(feature = "kernel")]
pub use proof::{Proof, Proved, broken, failure, plan, proof};
pub use statistics::Statistics;
pub use summary::{Tally, shared, summary};
pub use text::{FileReport, check};
#[cfg(feature = "kernel")]
pub use timeline::{svg, timeline};
pub use voice::Voice;
pub use wrap::{Piece, wrap};

use crate::notebook::Notebook;
use crate::review::{Helper, Review, helpers};
use crate::shell::files::FileError;

/// A file and what came of it.
pub struct Reviewed {
    /// As given or found.
    pub path: String,
    pub outcome: Result<(Notebook, Review), FileError>,
}

impl Reviewed {
    /// The async functions of a notebook, which others may have as well; a script is a module already.
    pub fn helpers(&self) -> Option<(String, Vec<Helper>)> {
        let (_, review) = self.outcome.as_ref().ok().filter(|(_, it)| it.cells.len() > 1)?;
        Some((self.path.clone(), helpers(review))).filter(|(_, all)| !all.is_empty())
    }
}
