//! The entries of the tables as they are written, by us in `content/tables/` and by users in a
//! configuration file.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::super::callables::Row;
use super::columns::Columns;
use super::{Answers, AwaitForm, BlockingKind, When};
use crate::environment::{LoopKind, PythonVersion};
use crate::libraries::Bounds;

/// What a user adds to the tables: entries of the same shape as the shipped ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OwnTables {
    pub blocking: Vec<BlockingEntry>,
    pub coroutines: Vec<CoroutineEntry>,
    pub runners: Vec<LoopOwnerEntry>,
    pub sync_apis: Vec<LoopOwnerEntry>,
    pub callables: Vec<Row>,
}

impl OwnTables {
    /// Adds the entries of `more` after its own.
    pub(super) fn join(&mut self, more: Self) {
        self.blocking.extend(more.blocking);
        self.coroutines.extend(more.coroutines);
        self.runners.extend(more.runners);
        self.sync_apis.extend(more.sync_apis);
        self.callables.extend(more.callables);
    }
}

/// Calls that hold their thread: an entry of `content/tables/blocking.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockingEntry {
    /// Full paths; `()` stands for what that call gives, `*` for any chain of attributes and calls.
    pub calls: Vec<String>,
    #[serde(default)]
    pub kind: BlockingKind,
    pub twin: Option<String>,
    pub when: Option<When>,
    /// It is what the call gives that blocks, while it is walked.
    #[serde(default)]
    pub lazy: bool,
    /// Where it is documented.
    pub source: Option<String>,
    /// The versions for which it holds; of two rows for a call the one without an end counts where
    /// the version is not known.
    pub versions: Option<Bounds>,
    /// The version that brought it.
    pub since: Option<String>,
    pub note: Option<String>,
    /// From documentation alone: no installed library was asked.
    #[serde(default)]
    pub docs: bool,
}

/// Coroutine functions: an entry of `content/tables/coroutines.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoroutineEntry {
    /// What every name of this entry stands under, such as `httpx.AsyncClient()`; `*` stands for
    /// any chain of attributes and calls.
    pub under: String,
    #[serde(default)]
    pub names: Vec<String>,
    /// Awaiting one of these gives the object that the path of the call stands for.
    #[serde(default)]
    pub factories: Vec<String>,
    /// Those of `names` and `factories` that give an awaitable of another kind: nothing happens
    /// before the `await`, and Python does not warn.
    #[serde(default)]
    pub silent: Vec<String>,
    /// What these give can be entered by `async with` alone.
    #[serde(default)]
    pub managers: Vec<String>,
    /// What these give is for `async with` alone: an `await` refuses it, too.
    #[serde(default)]
    pub entered: Vec<String>,
    /// What these give is for `async for` alone: an `await` and a plain walk refuse it. `__aiter__`
    /// stands for what the entry is under, once it was awaited or entered.
    #[serde(default)]
    pub iterators: Vec<String>,
    /// These do their work at once and give its value: an `await` refuses it.
    #[serde(default)]
    pub plain: Vec<String>,
    /// Those of `names` and `factories` whose value `async for` takes as well.
    #[serde(default)]
    pub walked: Vec<String>,
    /// Those of `names` and `factories` that, once awaited, serve until they are told to stop.
    /// Under `*` these are methods that do so on whatever object.
    #[serde(default)]
    pub endless: Vec<String>,
    /// Those of `names` and `factories` that end when something else happens, which may be never.
    #[serde(default)]
    pub waits: Vec<String>,
    /// Where it is documented.
    pub source: Option<String>,
    /// The versions for which it holds; of two rows for a call the one without an end counts where
    /// the version is not known.
    pub versions: Option<Bounds>,
    /// The version that brought it.
    pub since: Option<String>,
    pub note: Option<String>,
    /// From documentation alone: no installed library was asked.
    #[serde(default)]
    pub docs: bool,
}

impl CoroutineEntry {
    /// The names under which it says something.
    pub(super) fn all_names(&self) -> impl Iterator<Item = &String> {
        let awaited = self.names.iter().chain(&self.factories);
        let others = self.managers.iter().chain(&self.entered).chain(&self.iterators);
        awaited.chain(others).chain(&self.plain)
    }
}

/// Calls that want a loop of their own: an entry of `content/tables/runners.yaml` or
/// `content/tables/sync_apis.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoopOwnerEntry {
    /// Full paths; `*` stands for any chain of attributes and calls.
    pub calls: Vec<String>,
    #[serde(default)]
    pub answers: Answers,
    /// The error's text in a kernel, word for word.
    pub says: Option<String>,
    /// What a cell writes instead, as one would type or look it up.
    pub twin: Option<String>,
    pub awaits: Option<AwaitForm>,
    /// The coroutine method of the same object that takes the same arguments; `*` stands for the
    /// name that was called.
    pub method: Option<String>,
    /// Whether `await` of the method was seen, or is written down, to give the same.
    #[serde(default)]
    pub same: bool,
    /// Whether the call works once `nest_asyncio` has patched the loop.
    #[serde(default)]
    pub patchable: bool,
    /// The path of an object that has to be there: before that, the call works.
    pub after: Option<String>,
    /// A keyword with which the call works.
    pub unless: Option<String>,
    /// The library and version whose answer was seen in a kernel.
    pub verified: Option<String>,
    /// Where it is documented.
    pub source: Option<String>,
    /// The versions for which it holds; of two rows for a call the one without an end counts where
    /// the version is not known.
    pub versions: Option<Bounds>,
    /// The version that brought it.
    pub since: Option<String>,
    pub note: Option<String>,
    /// From documentation alone: no installed library was asked.
    #[serde(default)]
    pub docs: bool,
}

/// `content/tables/modules.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ModuleTable {
    /// What `from module import *` brings in.
    pub exports: HashMap<String, Vec<String>>,
    pub patches: Vec<PatchEntry>,
    /// What one kind of loop alone can do.
    #[serde(default)]
    pub loops: Vec<LoopEntry>,
    /// Top-level modules whose functions never need a re-entrant loop.
    pub quiet: Vec<String>,
    /// Modules whose names nobody gives to anything else.
    #[serde(default)]
    pub unmistakable: Vec<String>,
    /// Top-level modules that know nothing of coroutines: what they are given they look at, and
    /// none of their functions gives an awaitable, or what it was given.
    #[serde(default)]
    pub plain: Vec<String>,
    #[serde(default)]
    pub columns: Columns,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PatchEntry {
    pub calls: Vec<String>,
    pub package: Option<String>,
    pub loses_task: Option<PythonVersion>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LoopEntry {
    pub needs: LoopKind,
    /// The error of a loop of the other kind.
    pub says: String,
    pub calls: Vec<String>,
}
