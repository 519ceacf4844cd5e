//! What can be said to the commands that know kernels.

use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;

use clap::Args;

use super::Format;

/// List the Python kernels that could run a notebook here, and why another could not
#[derive(Debug, Args)]
pub struct KernelsArgs {
    /// A notebook, or a folder [default: this folder]
    pub path: Option<PathBuf>,
    /// For people or for programs
    #[arg(long, default_value = "text")]
    pub format: Format,
}

/// Run cells in a real kernel as they are and as they would be repaired, and compare
#[derive(Debug, Args)]
pub struct ProveArgs {
    /// A notebook
    pub file: PathBuf,
    /// Only this cell, counted from 1
    #[arg(long, value_name = "N")]
    pub cell: Option<NonZeroUsize>,
    /// The kernel of this name, as `nbasync kernels` lists it
    #[arg(long, value_name = "NAME")]
    pub kernel: Option<String>,
    /// The kernel of this interpreter, or of the environment in this folder
    #[arg(long, value_name = "PATH", conflicts_with = "kernel")]
    pub python: Option<PathBuf>,
    /// Run every earlier code cell, not only those that are needed
    #[arg(long)]
    pub all: bool,
    /// Run without asking
    #[arg(long)]
    pub yes: bool,
    /// Seconds that a cell may take before it is interrupted, and a kernel to start (60 at least)
    #[arg(long, value_name = "S", default_value = "60")]
    pub timeout: NonZeroU64,
    /// Also show where the time went: a row for each task, before and after to one scale
    #[arg(long)]
    pub timeline: bool,
    /// Write that as a picture into a new file
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
    /// For people or for programs
    #[arg(long, default_value = "text")]
    pub format: Format,
}

/// Run the cases behind the pages in a real kernel and compare what it answers
#[derive(Debug, Args)]
pub struct ContentProveArgs {
    /// Only the cases whose names contain one of these
    #[arg(value_name = "CASE")]
    pub cases: Vec<String>,
    /// The kernel of this name, as `nbasync kernels` lists it
    #[arg(long, value_name = "NAME")]
    pub kernel: Option<String>,
    /// The kernel of this interpreter, or of the environment in this folder; several are asked one after
    /// the other, and compared in a table at the end
    #[arg(long, value_name = "PATH", conflicts_with = "kernel")]
    pub python: Vec<PathBuf>,
    /// Kernels at a time
    #[arg(long, value_name = "N", default_value = "2")]
    pub jobs: NonZeroUsize,
    /// Also the cells of the rules' fixtures in this folder
    #[arg(long, value_name = "FOLDER")]
    pub fixtures: Option<PathBuf>,
    /// Also write what the kernel answers to the cases that pages show, into this folder
    #[arg(
        long,
        value_name = "FOLDER",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "content/recordings"
    )]
    pub record: Option<PathBuf>,
}

/// Whether and how `fix` proves what it is about to write.
#[derive(Debug, Args)]
#[command(next_help_heading = "Verification")]
pub struct VerifyArgs {
    /// Run each notebook before and after in a real kernel, and write only what keeps its promise
    #[arg(long, conflicts_with = "diff")]
    pub verify: bool,
    /// Run without asking
    #[arg(long, requires = "verify")]
    pub yes: bool,
    /// The kernel of this name, as `nbasync kernels` lists it
    #[arg(long, value_name = "NAME", requires = "verify")]
    pub kernel: Option<String>,
    /// The kernel of this interpreter, or of the environment in this folder
    #[arg(long, value_name = "PATH", requires = "verify", conflicts_with = "kernel")]
    pub python: Option<PathBuf>,
    /// Seconds that a cell may take before it is interrupted, and a kernel to start (60 at least)
    #[arg(long, value_name = "S", default_value = "60", requires = "verify")]
    pub timeout: NonZeroU64,
}
