//! What can be said to `cell`.

use clap::Args;

use super::Format;

/// Answer for one cell of a kernel's session, which comes as JSON on standard input
#[derive(Debug, Args)]
pub struct CellArgs {
    /// For people or for programs
    #[arg(long, default_value = "text")]
    pub format: Format,
}
