//! Arguments of the commands that other programs start.

use clap::Args;

/// Serve an editor: the Language Server Protocol on standard input and output
///
/// Editors start it. Diagnostics, pages and fixes are those of `check`, `explain` and `fix`, for
/// notebooks cell by cell and for scripts with # %% cells. It runs no code and writes no file.
#[cfg(feature = "server")]
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nbasync server
  nbasync server --lang zh

Exit code 0: the editor ended it; 1: the editor went away.")]
pub struct ServerArgs {
    /// There is no other way to talk; editors say it all the same
    #[arg(long)]
    pub stdio: bool,
}

/// Serve an agent: the Model Context Protocol on standard input and output
///
/// Tools: check, classify, fix, explain, lookup, prove; resources: the skills. A fix is shown and
/// written only where `write` says so, and nothing runs before the command is named that starts it.
#[cfg(feature = "mcp")]
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nbasync mcp
  nbasync mcp --lang zh")]
pub struct McpArgs {}
