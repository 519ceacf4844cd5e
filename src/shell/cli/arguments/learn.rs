//! The arguments of `nbasync learn`.

use std::path::PathBuf;

use clap::Args;

use super::{KernelArgs, ScreenArgs};

/// Learn by lessons and drills: what to read, what to predict, cells to repair
#[derive(Debug, Clone, Args)]
pub struct LearnArgs {
    /// A lesson's name or number
    pub lesson: Option<String>,
    /// Print what is done and what is due
    #[arg(long, group = "what")]
    pub status: bool,
    /// Forget a lesson and its drills, or everything
    #[arg(long, group = "what", value_name = "LESSON", num_args = 0..=1, default_missing_value = "")]
    pub reset: Option<String>,
    /// Write what is kept into a new file; - is stdout
    #[arg(long, group = "what", value_name = "FILE")]
    pub export: Option<PathBuf>,
    /// Take in what was exported elsewhere
    #[arg(long, group = "what", value_name = "FILE")]
    pub import: Option<PathBuf>,
    /// Answer eight questions that show which lessons may be skipped
    #[arg(long, group = "what")]
    pub placement: bool,
    /// Make drills of the mistakes in a notebook; the notebook stays as it is
    #[arg(long, group = "what", value_name = "FILE")]
    pub practise: Option<PathBuf>,
    /// Show lessons to others: roomier pages, no personal progress read or written
    #[arg(long)]
    pub present: bool,
    /// In a second terminal: notes for whoever presents, as --present goes on
    #[arg(long, group = "what", conflicts_with = "present")]
    pub notes: bool,
    /// Run a demonstration of ten minutes; any key takes over, and no progress is kept
    #[arg(long, group = "what", conflicts_with = "linear")]
    pub tour: bool,
    /// Write a record of what was practised into a new .md or .svg file
    #[arg(long, group = "what", value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Numbered choices line by line, for screen readers and pipes
    #[arg(long)]
    pub linear: bool,
    #[command(flatten)]
    pub screen: ScreenArgs,
    #[command(flatten)]
    pub kernel: KernelArgs,
}
