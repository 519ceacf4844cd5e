//! What the commands print: JSON for programs, text for people.

mod classification;
pub mod json;
mod page;
mod paper;
mod place;
mod problem;
mod snippet;
mod summary;
mod text;
mod voice;
mod wrap;

pub use classification::classification;
pub use page::page;
pub use paper::{Paper, Tone};
pub use problem::Problem;
pub use summary::{Tally, summary};
pub use text::{FileReport, check};
pub use voice::Voice;
pub use wrap::{Piece, wrap};

use crate::notebook::Notebook;
use crate::review::Review;
use crate::shell::files::FileError;

/// A file and what came of it.
pub struct Reviewed {
    /// As given or found.
    pub path: String,
    pub outcome: Result<(Notebook, Review), FileError>,
}
