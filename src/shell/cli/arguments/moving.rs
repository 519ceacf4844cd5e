//! What can be said to the commands that move code between notebooks, modules and scripts.

use std::path::PathBuf;

use clap::Args;

/// Move helpers out of a notebook into a module beside it
///
/// Functions and classes move with the constants and the other helpers they need; imports are
/// copied. An import stands in their place, so every cell runs as before, and autoreload brings in
/// what you change in the module. Names that can neither move nor be imported are reported as
/// parameters to decide, and then nothing is written.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nbasync extract analysis.ipynb fetch parse
  nbasync extract analysis.ipynb fetch --to loading.py --tests test_loading.py
  nbasync extract analysis.ipynb fetch --diff

Exit code 0: done; 1: there are names to decide, nothing was written; 2: it could not be done.")]
pub struct ExtractArgs {
    /// A notebook or a script with # %% cells
    pub notebook: PathBuf,
    /// Functions and classes to move
    #[arg(required = true, value_name = "NAME")]
    pub names: Vec<String>,
    /// The module: a name beside the notebook, or the path of a file in its folder or below.
    /// A module that is there is added to
    #[arg(long, value_name = "FILE", default_value = "helpers.py")]
    pub to: PathBuf,
    /// Move those that need nothing undecided, leave the others
    #[arg(long)]
    pub partial: bool,
    /// Show what would change, write nothing
    #[arg(long)]
    pub diff: bool,
    /// Write the tests to fill in to this new file
    #[arg(long, value_name = "FILE", conflicts_with = "diff")]
    pub tests: Option<PathBuf>,
}
