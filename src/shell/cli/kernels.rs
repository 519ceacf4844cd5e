//! `nbasync kernels`: which kernels there are.

use std::io;
use std::path::{Path, PathBuf};

use super::arguments::{Format, KernelsArgs};
use super::{Exit, Session, complain, print};
use crate::notebook::{self, Kernel};
use crate::shell::files::{self, FileError};
use crate::shell::kernel::find::{World, find};
use crate::shell::kernel::{Wanted, choose};
use crate::shell::report::{self, json};

/// Looks for kernels and reports.
///
/// # Errors
/// When the report cannot be written.
pub fn run(args: &KernelsArgs, session: &Session) -> io::Result<Exit> {
    let path = args.path.clone().unwrap_or_else(|| PathBuf::from("."));
    let (folder, notebook) = if path.is_dir() {
        (path, None)
    } else {
        match read(&path) {
            Ok(kernel) => (folder_of(&path), Some(kernel)),
            Err(error) => return refuse(session, &path, &error),
        }
    };
    let kernels = find(&World::around(&folder));
    let wanted = Wanted { notebook: notebook.as_ref(), ..Wanted::default() };
    let chosen = choose(&kernels, wanted);
    let (paper, voice) = (session.paper, session.voice());
    match args.format {
        Format::Text => print(&report::kernels(paper, voice, &kernels, &chosen))?,
        Format::Json => print(&json::write(&json::kernels(&kernels, &chosen))?)?,
    }
    Ok(if kernels.usable().next().is_some() { Exit::Clean } else { Exit::Found })
}

/// The folder that a file is in.
pub fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => PathBuf::from("."),
        Some(parent) => parent.to_owned(),
        None => PathBuf::from("."),
    }
}

fn read(path: &Path) -> Result<Kernel, FileError> {
    let bytes = files::read(path)?;
    let read = notebook::parse(&path.to_string_lossy(), bytes);
    Ok(read.map_err(FileError::Notebook)?.kernel)
}

fn refuse(session: &Session, path: &Path, error: &FileError) -> io::Result<Exit> {
    complain(&report::unread(session.paper, session.voice(), &path.display().to_string(), error));
    Ok(Exit::Failed)
}
