//! What can be said to the commands for other tools: shells, `man`, editors.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use clap_complete::Shell;

/// Print the completions of a shell
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: Shell,
}

/// Print the manual page, or write those of all commands into a folder
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The folder, which has to be there
    pub dir: Option<PathBuf>,
}

/// Print a JSON Schema: of reports, of the settings, or of what `cell` reads and answers
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// What it describes
    pub subject: Subject,
}

/// What a schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Subject {
    /// What --format json prints: of check, fix, classify, lookup and explain
    Report,
    /// nbasync.toml, and [tool.nbasync] of pyproject.toml
    Settings,
    /// What cell reads and answers
    Cell,
}
