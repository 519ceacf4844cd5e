//! Reads settings: every key is known, every value makes sense, or the place of the first that
//! does not is told.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use super::{ConfigError, Problem, Unknown, python};
use crate::diagnostic::Severity;
use crate::environment::{Host, RequiredPython};
use crate::knowledge::Tables;
use crate::knowledge::callables::Row;
use crate::knowledge::tables::{BlockingEntry, CoroutineEntry, LoopOwnerEntry, OwnTables};
use crate::review::{Selection, rule_names};
use crate::shell::files::Exclude;
use crate::text::position;

/// What a file settles.
#[derive(Debug)]
pub struct Config {
    pub selection: Selection,
    pub host: Option<Host>,
    exclude: Vec<Spanned<String>>,
    tables: OwnTables,
    source: Source,
}

/// What a `pyproject.toml` says.
#[derive(Debug, Default)]
pub struct Project {
    pub config: Option<Config>,
    pub requires_python: Option<RequiredPython>,
}

/// A file, for telling places in it.
#[derive(Debug)]
struct Source {
    file: PathBuf,
    text: String,
}

/// The keys of `nbasync.toml` and of `[tool.nbasync]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Raw {
    select: Vec<Spanned<String>>,
    ignore: Vec<Spanned<String>>,
    severity: Option<Spanned<String>>,
    env: Option<Spanned<String>>,
    exclude: Vec<Spanned<String>>,
    blocking: Vec<BlockingEntry>,
    coroutines: Vec<CoroutineEntry>,
    runners: Vec<LoopOwnerEntry>,
    sync_apis: Vec<LoopOwnerEntry>,
    callables: Vec<Row>,
}

#[derive(Debug, Deserialize)]
struct RawProject {
    project: Option<Metadata>,
    tool: Option<Tools>,
}

/// Source: <https://packaging.python.org/en/latest/specifications/pyproject-toml/>.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Metadata {
    requires_python: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Tools {
    nbasync: Option<Raw>,
    poetry: Option<toml::Value>,
}

/// Reads a file that holds nothing but settings.
///
/// # Errors
/// The first place that makes no sense.
pub fn own(file: &Path, text: &str) -> Result<Config, ConfigError> {
    let source = Source { file: file.to_owned(), text: text.to_owned() };
    match toml::from_str(text) {
        Ok(raw) => source.config(raw),
        Err(error) => Err(source.error(&error)),
    }
}

/// Reads the file of a Python project. One that is no TOML and names no settings of ours is
/// somebody else's business.
///
/// # Errors
/// The first place that makes no sense.
pub fn pyproject(file: &Path, text: &str) -> Result<Project, ConfigError> {
    let source = Source { file: file.to_owned(), text: text.to_owned() };
    let raw: RawProject = match toml::from_str(text) {
        Ok(raw) => raw,
        Err(_) if !text.contains("nbasync") => return Ok(Project::default()),
        Err(error) => return Err(source.error(&error)),
    };
    let Tools { nbasync, poetry } = raw.tool.unwrap_or_default();
    let requires = raw.project.and_then(|project| project.requires_python);
    let of_poetry = || poetry.as_ref()?.get("dependencies")?.get("python")?.as_str();
    let requires_python = requires.as_deref().or_else(of_poetry);
    let requires_python = requires_python.and_then(python::specified);
    let config = nbasync;
    let config = config.map(|raw| source.config(raw)).transpose()?;
    Ok(Project { config, requires_python })
}

impl Config {
    /// The files to leave out, where the settings stand in `folder`.
    ///
    /// # Errors
    /// A pattern that makes no sense.
    pub fn exclude(&self, folder: &Path) -> Result<Exclude, ConfigError> {
        let patterns: Vec<&str> = self.exclude.iter().map(|it| it.get_ref().as_str()).collect();
        Exclude::new(folder, &patterns).map_err(|(at, problem)| {
            let span = self.exclude.get(at).map_or(0..0, Spanned::span);
            self.source.at(span, Problem::Pattern(problem))
        })
    }

    /// The program's tables with the entries of the file, if there are any.
    pub fn tables(&self, own: &Tables) -> Option<Arc<Tables>> {
        if self.tables == OwnTables::default() {
            return None;
        }
        let mut tables = own.clone();
        tables.extend(self.tables.clone());
        Some(Arc::new(tables))
    }
}

impl Source {
    fn config(self, raw: Raw) -> Result<Config, ConfigError> {
        let rules: Vec<&str> = rule_names().collect();
        let hosts = Host::ALL.map(|(name, _)| name);
        let levels = Severity::ALL.map(Severity::as_str);
        let selection = Selection {
            select: self.names(&raw.select, Unknown::Rule, &rules)?,
            ignore: self.names(&raw.ignore, Unknown::Rule, &rules)?,
            severity: match &raw.severity {
                Some(name) => Severity::named(&self.name(name, Unknown::Severity, &levels)?),
                None => None,
            }
            .unwrap_or(Severity::Hint),
        };
        let host = raw.env.as_ref().map(|name| self.name(name, Unknown::Environment, &hosts));
        let host = host.transpose()?.and_then(|name| Host::named(&name));
        let Raw { exclude, blocking, coroutines, runners, sync_apis, callables, .. } = raw;
        let tables = OwnTables { blocking, coroutines, runners, sync_apis, callables };
        Ok(Config { selection, host, exclude, tables, source: self })
    }

    fn names(
        &self,
        given: &[Spanned<String>],
        what: Unknown,
        known: &[&str],
    ) -> Result<Vec<String>, ConfigError> {
        given.iter().map(|name| self.name(name, what, known)).collect()
    }

    /// A name that has to be one of `known`.
    fn name(
        &self,
        given: &Spanned<String>,
        what: Unknown,
        known: &[&str],
    ) -> Result<String, ConfigError> {
        let name = given.get_ref();
        if known.contains(&name.as_str()) {
            return Ok(name.clone());
        }
        let known = known.iter().map(|it| (*it).to_owned()).collect();
        Err(self.at(given.span(), Problem::Unknown { what, name: name.clone(), known }))
    }

    /// What the reader of TOML found.
    fn error(&self, error: &toml::de::Error) -> ConfigError {
        self.at(error.span().unwrap_or(0..0), Problem::of_toml(error.message()))
    }

    fn at(&self, span: Range<usize>, problem: Problem) -> ConfigError {
        let at = position(&self.text, span.start);
        let (line, column) = (at.line, at.column);
        ConfigError::Content { file: self.file.clone(), line, column, problem }
    }
}
