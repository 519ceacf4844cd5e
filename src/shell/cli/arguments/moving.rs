//! What can be said to the commands that move code between notebooks, modules and scripts.

use std::path::PathBuf;

use clap::Args;

/// Move helpers out of a notebook into a module beside it
#[derive(Debug, Args)]
pub struct ExtractArgs {
    /// A notebook
    pub notebook: PathBuf,
    /// Functions and classes to move
    #[arg(required = true, value_name = "NAME")]
    pub names: Vec<String>,
    /// The module: a name beside the notebook, or the path of a file in its folder or below.
    /// A module that is there is added to
    #[arg(long, value_name = "FILE", default_value = "helpers.py")]
    pub to: PathBuf,
    /// Other notebooks, or folders of them, that hold the same functions word for word: there they
    /// move into the same module. All files are named before you are asked
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub also: Vec<PathBuf>,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
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

/// Turn an async script into a notebook, or a notebook into a script
#[derive(Debug, Args)]
pub struct PortArgs {
    /// A script; with --to-script or --upgrade a notebook
    pub file: PathBuf,
    /// Where to write: .ipynb, or .py for a script with # %% cells; - for stdout [default: beside
    /// the file]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Divide `async def main` into cells, where that means the same
    #[arg(long, conflicts_with = "to_script")]
    pub unroll: bool,
    /// Turn a notebook into a script
    #[arg(long)]
    pub to_script: bool,
    /// Turn a notebook of nbformat 2 or 3 into one of nbformat 4, and show the difference; name the
    /// new file with -o
    #[arg(long, conflicts_with_all = ["to_script", "unroll"])]
    pub upgrade: bool,
    /// Let the script run where a loop is running already, too
    #[arg(long, requires = "to_script")]
    pub dual: bool,
    /// Replace a file that is there
    #[arg(long)]
    pub force: bool,
}
