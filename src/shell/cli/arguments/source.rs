//! Where the text comes from that a command reads.

use std::path::{Path, PathBuf};

use clap::Args;

/// Which text is read: files, folders, or what comes on standard input.
#[derive(Debug, Clone, Args)]
pub struct SourceArgs {
    /// Notebooks, scripts and folders; - reads standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// What the text on standard input is called: its kind, its settings and the modules beside it
    #[arg(long, value_name = "FILE")]
    pub stdin_filename: Option<PathBuf>,
    /// Leave out what the settings exclude even where it is named
    #[arg(long)]
    pub force_exclude: bool,
}

impl SourceArgs {
    /// Whether the text comes on standard input.
    pub fn is_stdin(&self) -> bool {
        self.paths.iter().any(|path| is_dash(path))
    }

    /// The paths that no setting can leave out.
    pub fn named(&self) -> &[PathBuf] {
        if self.force_exclude { &[] } else { &self.paths }
    }

    /// Options that make no sense together: the key of what is said of them.
    pub(super) fn contradiction(&self) -> Option<&'static str> {
        match self {
            Self { paths, .. } if self.is_stdin() && paths.len() > 1 => Some("dash-alone"),
            Self { stdin_filename: Some(_), .. } if !self.is_stdin() => Some("stdin-filename"),
            _ => None,
        }
    }
}

/// The path that stands for standard input.
pub fn is_dash(path: &Path) -> bool {
    path == Path::new("-")
}
