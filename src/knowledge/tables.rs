//! What is known of other people's functions: which block, which are coroutine functions.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::versions::Versions;

/// The tables of `content/tables/`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tables {
    blocking: HashMap<String, Blocking>,
    coroutines: HashSet<String>,
    factories: HashSet<String>,
    managers: HashSet<String>,
    walked: HashSet<String>,
    exports: HashMap<String, HashSet<String>>,
    patches: HashMap<String, Patch>,
    quiet_modules: HashSet<String>,
    /// Which Python first had what.
    pub versions: Versions,
}

/// A call that holds its thread until it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocking {
    pub kind: BlockingKind,
    /// What an `async` program calls instead, as a reader would look it up.
    pub twin: Option<String>,
}

/// What a blocking call waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BlockingKind {
    Network,
    Sleep,
    Process,
    /// A local file: quick, mostly.
    File,
    /// A person.
    Input,
    Database,
    /// Another thread or a future.
    Wait,
}

/// A call that makes the kernel's loop re-entrant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// The package that a `%pip install` line would name; `None` when the patch is one function
    /// of a package that is used for other things.
    pub package: Option<String>,
}

/// `content/tables/blocking.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BlockingEntry {
    calls: Vec<String>,
    kind: BlockingKind,
    twin: Option<String>,
    /// Where this is documented; for readers of the table.
    #[serde(rename = "source")]
    _source: String,
}

/// `content/tables/coroutines.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CoroutineEntry {
    /// What every name of this entry stands under, such as `httpx.AsyncClient()`.
    under: String,
    #[serde(default)]
    names: Vec<String>,
    /// Awaiting one of these gives the object that the path of the call stands for.
    #[serde(default)]
    factories: Vec<String>,
    /// What these give can be entered by `async with` alone.
    #[serde(default)]
    managers: Vec<String>,
    /// Those of `names` whose value `async for` takes as well.
    #[serde(default)]
    walked: Vec<String>,
    #[serde(rename = "source")]
    _source: String,
}

/// `content/tables/modules.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ModuleTable {
    /// What `from module import *` brings in.
    exports: HashMap<String, Vec<String>>,
    patches: Vec<PatchEntry>,
    /// Top-level modules whose functions never need a re-entrant loop.
    quiet: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PatchEntry {
    calls: Vec<String>,
    package: Option<String>,
}

impl Tables {
    /// Reads the tables' YAML.
    ///
    /// # Errors
    /// The first place that is not what the table's format asks for, with line and column.
    pub fn parse(
        blocking: &str,
        coroutines: &str,
        modules: &str,
        versions: &str,
    ) -> Result<Self, (&'static str, serde_yaml::Error)> {
        let blocking: Vec<BlockingEntry> =
            serde_yaml::from_str(blocking).map_err(|error| ("tables/blocking.yaml", error))?;
        let coroutines: Vec<CoroutineEntry> =
            serde_yaml::from_str(coroutines).map_err(|error| ("tables/coroutines.yaml", error))?;
        let modules: ModuleTable =
            serde_yaml::from_str(modules).map_err(|error| ("tables/modules.yaml", error))?;
        let versions =
            Versions::parse(versions).map_err(|error| ("tables/versions.yaml", error))?;
        let mut tables = Self { versions, ..Self::default() };
        for entry in blocking {
            let blocking = Blocking { kind: entry.kind, twin: entry.twin };
            let calls = entry.calls.into_iter();
            tables.blocking.extend(calls.map(|call| (call, blocking.clone())));
        }
        for entry in coroutines {
            let full = |name: &String| format!("{}.{name}", entry.under);
            tables.coroutines.extend(entry.names.iter().map(full));
            tables.coroutines.extend(entry.factories.iter().map(full));
            tables.managers.extend(entry.managers.iter().map(full));
            tables.walked.extend(entry.walked.iter().map(|name| full(name) + "()"));
            tables.factories.extend(entry.factories.iter().map(|name| full(name) + "()"));
        }
        for entry in modules.patches {
            let patch = Patch { package: entry.package };
            tables.patches.extend(entry.calls.into_iter().map(|call| (call, patch.clone())));
        }
        let exports = modules.exports.into_iter();
        tables.exports = exports.map(|(name, list)| (name, list.into_iter().collect())).collect();
        tables.quiet_modules = modules.quiet.into_iter().collect();
        Ok(tables)
    }

    /// What a call of `path` waits for, when it blocks.
    pub fn blocking(&self, path: &str) -> Option<&Blocking> {
        self.blocking.get(path)
    }

    /// Whether `path` is a coroutine function, so that a call does nothing until it is awaited.
    pub fn is_coroutine_function(&self, path: &str) -> bool {
        self.coroutines.contains(path)
    }

    /// Whether awaiting the call `path` (which ends in `()`) gives the object it stands for.
    pub fn is_awaited_factory(&self, path: &str) -> bool {
        self.factories.contains(path)
    }

    /// Whether a plain `with` refuses what a call of `path` gives, and `async with` takes it.
    pub fn is_async_manager(&self, path: &str) -> bool {
        self.managers.contains(path)
    }

    /// Whether the call `path` (which ends in `()`) may be awaited or walked by `async for`.
    pub fn is_walked_too(&self, path: &str) -> bool {
        self.walked.contains(path)
    }

    /// Whether `from module import *` brings in `name`.
    pub fn exports(&self, module: &str, name: &str) -> bool {
        self.exports.get(module).is_some_and(|names| names.contains(name))
    }

    /// The patch that a call of `path` applies.
    pub fn patch(&self, path: &str) -> Option<&Patch> {
        self.patches.get(path)
    }

    /// Whether nothing in this top-level module runs an event loop behind a plain call.
    pub fn is_quiet(&self, module: &str) -> bool {
        self.quiet_modules.contains(module)
    }
}
