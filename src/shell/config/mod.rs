//! The project's settings: `nbasync.toml`, or `[tool.nbasync]` in `pyproject.toml`, nearest up the
//! tree from each file.

mod problem;
mod python;
mod read;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::files::{self, Exclude, Found, ReadError, SETTINGS};
use super::modules::Folders;
use crate::diagnostic::Severity;
use crate::environment::{Host, RequiredPython};
use crate::knowledge::{Knowledge, Tables};
use crate::review::{Selection, Settings};

use read::{Config, Project};

pub use problem::{Problem, Unknown, meant};

/// The file that holds nothing but settings; it goes before `pyproject.toml` in its folder.
const OWN: &str = "nbasync.toml";

/// The file of Python projects.
const PYPROJECT: &str = "pyproject.toml";

/// What the command line says; it goes before what the files say.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// Only these rules; then the files' own choice of rules does not count.
    pub select: Vec<String>,
    /// Not these rules either.
    pub ignore: Vec<String>,
    pub severity: Option<Severity>,
    pub host: Option<Host>,
}

/// Why settings cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ConfigError {
    #[error("{}: cannot be read", .file.display())]
    Read {
        file: PathBuf,
        #[source]
        source: Arc<ReadError>,
    },
    /// Line and column count from 1.
    #[error("{}:{line}:{column}: {problem}", .file.display())]
    Content { file: PathBuf, line: usize, column: usize, problem: Problem },
}

/// The settings of every folder, each read once.
#[derive(Debug)]
pub struct Configs<'k> {
    overrides: Overrides,
    /// In whose words problems are told.
    pub knowledge: &'k Knowledge,
    /// The program's.
    pub tables: &'k Tables,
    /// What lies beside the files whose settings are asked for.
    pub beside: Folders,
    folders: Mutex<HashMap<PathBuf, Answer>>,
}

type Answer = Result<Arc<Folder>, ConfigError>;

/// What holds for the files of one folder.
#[derive(Debug, Default)]
struct Folder {
    settings: Settings,
    exclude: Option<Exclude>,
}

impl<'k> Configs<'k> {
    /// Nothing is read before it is asked for.
    pub fn new(overrides: Overrides, knowledge: &'k Knowledge) -> Self {
        Self {
            overrides,
            knowledge,
            tables: &knowledge.tables,
            beside: Folders::default(),
            folders: Mutex::default(),
        }
    }

    /// The settings for the file at `path`, or for text in the folder `path`.
    ///
    /// # Errors
    /// When the nearest settings cannot be read or make no sense.
    pub fn of(&self, path: &Path) -> Result<Settings, ConfigError> {
        let folder = if path.is_dir() { Some(path) } else { path.parent() };
        let folder = self.folder(&absolute(folder.unwrap_or(Path::new(""))))?;
        let mut settings = folder.settings.clone();
        let Overrides { select, ignore, severity, host } = self.overrides.clone();
        settings.host = host.or(settings.host);
        let selection = &mut settings.selection;
        selection.severity = severity.unwrap_or(selection.severity);
        if select.is_empty() {
            selection.ignore.extend(ignore);
        } else {
            (selection.select, selection.ignore) = (select, ignore);
        }
        Ok(settings)
    }

    /// What the command line alone settles.
    pub fn alone(&self) -> Settings {
        let Overrides { select, ignore, severity, host } = self.overrides.clone();
        let severity = severity.unwrap_or(Severity::Hint);
        let selection = Selection { select, ignore, severity };
        Settings { selection, host, ..Settings::default() }
    }

    /// The files that their settings do not leave out. Those that are `named` stay.
    ///
    /// # Errors
    /// When settings of one of the files cannot be used.
    pub fn keep(&self, found: Vec<Found>, named: &[PathBuf]) -> Result<Vec<Found>, ConfigError> {
        let mut kept = Vec::with_capacity(found.len());
        for file in found {
            let folder = self.folder(&absolute(file.path.parent().unwrap_or(Path::new(""))))?;
            let is_left_out = || {
                let path = absolute(&file.path);
                folder.exclude.as_ref().is_some_and(|exclude| exclude.holds(&path))
            };
            if named.contains(&file.path) || !is_left_out() {
                kept.push(file);
            }
        }
        Ok(kept)
    }

    /// What holds in a folder, which is an absolute path.
    fn folder(&self, path: &Path) -> Answer {
        let known = self.folders.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        if let Some(known) = known {
            return known;
        }
        let answer = self.read(path);
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        folders.entry(path.to_owned()).or_insert(answer).clone()
    }

    fn read(&self, path: &Path) -> Answer {
        let Project { mut config, requires_python } = self.project(path)?;
        let asked = python::asked(path, requires_python);
        let own = text(&path.join(OWN))?;
        if let Some(text) = own {
            config = Some(read::own(&path.join(OWN), &text)?);
        }
        let above = match path.parent() {
            Some(parent) => self.folder(parent)?,
            None => Arc::default(),
        };
        if config.is_none() && asked.is_none() {
            return Ok(above);
        }
        let python = asked.or(above.settings.python);
        Ok(Arc::new(match config {
            Some(config) => self.settle(path, config, python)?,
            None => Folder {
                settings: Settings { python, ..above.settings.clone() },
                exclude: above.exclude.clone(),
            },
        }))
    }

    fn project(&self, path: &Path) -> Result<Project, ConfigError> {
        let file = path.join(PYPROJECT);
        text(&file)?.map_or(Ok(Project::default()), |text| read::pyproject(&file, &text))
    }

    fn settle(
        &self,
        folder: &Path,
        config: Config,
        python: Option<RequiredPython>,
    ) -> Result<Folder, ConfigError> {
        let exclude = config.exclude(folder)?;
        let tables = config.tables(self.tables);
        let Config { selection, host, .. } = config;
        Ok(Folder {
            settings: Settings { selection, host, python, tables },
            exclude: Some(exclude),
        })
    }
}

/// The text of a file; `None` when there is no such file.
fn text(file: &Path) -> Result<Option<String>, ConfigError> {
    match files::text(file, SETTINGS) {
        Ok(text) => Ok(Some(text)),
        // A folder in between may be a file, and access end above the project.
        Err(error) if error.is_not_there() => Ok(None),
        Err(error) => Err(ConfigError::Read { file: file.to_owned(), source: Arc::new(error) }),
    }
}

fn absolute(path: &Path) -> PathBuf {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests;
