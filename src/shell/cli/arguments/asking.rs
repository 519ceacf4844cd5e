//! What can be said to the commands that answer a question about patterns.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

use super::{Format, PlaceArgs};

/// Ask which pattern fits: at most five questions, then a skeleton to copy
#[derive(Debug, Args)]
pub struct PatternArgs {
    /// A notebook, for the names in the skeleton
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

/// Put a deviation from the defaults on record: why, at what price, with which controls, until when
#[derive(Debug, Args)]
pub struct DeviationArgs {
    /// The deviation's name; `nbasync lookup deviation` and the tutor list them
    #[arg(value_name = "DEVIATION")]
    pub name: String,
    /// The notebook that deviates
    pub file: Option<PathBuf>,
    /// The cell that it is about, counted from 1 [default: the first with a mistake that the
    /// deviation accepts]
    #[arg(long, value_name = "N", requires = "file")]
    pub cell: Option<NonZeroUsize>,
    /// Why the default does not fit, in your own words
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub reason: String,
    /// The day by which the decision is looked at again [default: in 90 days]
    #[arg(long, value_name = "DATE")]
    pub review: Option<String>,
    /// Write the record to this new file
    #[arg(short, long, value_name = "FILE", conflicts_with = "insert")]
    pub output: Option<PathBuf>,
    /// Insert the record as a Markdown cell above the cell that it is about
    #[arg(long, requires = "file")]
    pub insert: bool,
    /// Show what --insert would change, write nothing
    #[arg(long, requires = "insert")]
    pub diff: bool,
    #[command(flatten)]
    pub place: PlaceArgs,
}
