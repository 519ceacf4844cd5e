//! What can be said to the commands that answer a question about patterns.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

use super::{Format, PlaceArgs};

/// Ask which pattern fits: at most five questions, then a skeleton to copy
///
/// The skeleton has the names of the cell, when a file is given: its coroutine function, what the
/// function is called for, its client. With --answers nothing is asked: the answers so far lead to
/// the next question or to the pattern, for programs too.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nbasync pattern
  nbasync pattern analysis.ipynb --cell 7
  nbasync pattern --answers 1,1,2,1
  nbasync pattern --answers 1 --format json

Exit code 0: done; 2: there is no such answer, or the file could not be read.")]
pub struct PatternArgs {
    /// A notebook or a script with # %% cells, for the names in the skeleton
    pub file: Option<PathBuf>,
    /// The cell to take the names from, counted from 1 [default: the first that has a problem]
    #[arg(long, value_name = "N", requires = "file")]
    pub cell: Option<NonZeroUsize>,
    /// The numbers of the answers so far, in order
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',')]
    pub answers: Option<Vec<usize>>,
    /// For people or for programs; with --answers
    #[arg(long, default_value = "text", requires = "answers")]
    pub format: Format,
    /// Numbered choices line by line, for screen readers and pipes
    #[arg(long, conflicts_with = "answers")]
    pub linear: bool,
    #[command(flatten)]
    pub place: PlaceArgs,
}
