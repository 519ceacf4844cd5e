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
///
/// Every page, lesson, drill, rule and error message in both languages, with what kernels answered
/// when it was recorded. The pages need no server and no script; one sorts the list of all pages by
/// what is looked for. A file that no export wrote, or that was changed since, is never replaced
/// unasked, and nothing is written outside of the folder.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nbasync content export --html site
  nbasync content export --html site --overwrite
  nbasync content export --html site --content my-content

Exit code 0: the pages are there; 2: they could not be written, or a file would have been replaced.")]
pub struct ContentExportArgs {
    /// The folder; it is made where it is not there
    #[arg(long, value_name = "DIR", required = true)]
    pub html: PathBuf,
    /// Replace files of the same names that no export wrote, too
    #[arg(long)]
    pub overwrite: bool,
}
