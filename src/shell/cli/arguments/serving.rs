//! Arguments of the commands that other programs start.

use clap::Args;

/// Serve an editor: the Language Server Protocol on standard input and output
#[cfg(feature = "server")]
#[derive(Debug, Args)]
pub struct ServerArgs {
    /// There is no other way to talk; editors say it all the same
    // A client library may add it to what its editor says already.
    #[arg(long, overrides_with = "stdio")]
    pub stdio: bool,
}

/// Serve an agent: the Model Context Protocol on standard input and output
#[cfg(feature = "mcp")]
#[derive(Debug, Args)]
pub struct McpArgs {}
