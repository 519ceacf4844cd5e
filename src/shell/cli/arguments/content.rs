//! What can be said to the commands that work on all of the content.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[cfg(feature = "kernel")]
use super::ContentProveArgs;

/// Work with all pages: export them, or prove what they claim
#[derive(Debug, Args)]
pub struct ContentArgs {
    #[command(subcommand)]
    pub command: ContentCommand,
}

/// What to do with the pages.
#[derive(Debug, Subcommand)]
pub enum ContentCommand {
    #[cfg(feature = "kernel")]
    Prove(ContentProveArgs),
    Export(ContentExportArgs),
}

/// Write everything that the program teaches into a folder, as pages of HTML
#[derive(Debug, Args)]
pub struct ContentExportArgs {
    /// The folder; it is made where it is not there
    #[arg(long, value_name = "DIR", required = true)]
    pub html: PathBuf,
    /// Replace files of the same names that no export wrote, too
    #[arg(long)]
    pub overwrite: bool,
}
