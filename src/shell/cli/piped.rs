//! The text on standard input: a notebook, a script, a cell, or the cells that a kernel has run.

use std::io;
use std::path::PathBuf;

use super::arguments::SourceArgs;
use super::reviewed::{self, Outcome};
use crate::notebook::{self, Notebook};
use crate::shell::config::Configs;
use crate::shell::files::{self, FileError, Found};
use crate::shell::ran::Ran;

/// What came on standard input.
#[derive(Debug)]
pub struct Piped {
    /// What it is called, `-` where nobody says.
    pub path: PathBuf,
    /// Whether it was given a name, whose extension tells its kind.
    is_named: bool,
    pub bytes: Vec<u8>,
    /// Whether the settings leave a file of that name out.
    pub is_left_out: bool,
}

impl Piped {
    /// Reads standard input.
    ///
    /// # Errors
    /// When it cannot be read, or the settings that would hold for it cannot be used.
    pub fn read(configs: &Configs<'_>, source: &SourceArgs) -> io::Result<Self> {
        let path = source.stdin_filename.clone();
        let bytes = files::read_all(io::stdin(), files::NOTEBOOK)?;
        let is_named = path.is_some();
        let path = path.unwrap_or_else(|| PathBuf::from("-"));
        let found = vec![Found { path: path.clone(), error: None }];
        let named = if source.force_exclude { &[][..] } else { std::slice::from_ref(&path) };
        let kept = configs.keep(found, named).map_err(io::Error::other)?;
        Ok(Self { path, is_named, bytes, is_left_out: kept.is_empty() })
    }

    /// Reads it as what it is and reviews it.
    ///
    /// # Errors
    /// When it is no notebook.
    pub fn review(&self, configs: &Configs<'_>) -> Outcome {
        reviewed::caught(|| {
            let name = self.is_named.then(|| self.path.to_string_lossy());
            if let Some(ran) = Ran::recognise(&self.bytes) {
                let ran = ran?;
                let path = if self.is_named { self.path.clone() } else { ran.place() };
                return Ok(reviewed::review(configs, &path, ran.notebook()?));
            }
            let notebook = match name {
                Some(name) => notebook::parse(&name, self.bytes.clone()),
                None => notebook::parse_unnamed(self.bytes.clone()),
            };
            let notebook: Notebook = notebook.map_err(FileError::Notebook)?;
            Ok(reviewed::review(configs, &self.path, notebook))
        })
    }
}
