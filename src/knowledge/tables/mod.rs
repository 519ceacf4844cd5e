//! What is known of other people's functions: which block, which are coroutine functions, which
//! want an event loop of their own.

mod carried;
mod columns;
mod entries;
mod owners;
mod packed;
#[cfg(test)]
mod tests;
mod waking;

use std::borrow::Cow;
use std::sync::OnceLock;

use hashbrown::{HashMap, HashSet};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::callables::{Callables, Gives};
use super::effects::Effects;
use super::versions::Versions;
pub use carried::Carried;
pub use columns::Columns;
pub use entries::{BlockingEntry, CoroutineEntry, LoopOwnerEntry, OwnTables};
pub(super) use owners::is_in_chain;
pub use owners::{Answers, AwaitForm, LoopOwner};
pub(super) use packed::Packed;

use entries::ModuleTable;
use owners::Owners;
use waking::Waking;

/// The tables of `content/tables/`, by the names of their files.
pub const FILES: [&str; 8] = [
    "blocking",
    "callables",
    "coroutines",
    "modules",
    "runners",
    "sync_apis",
    "versions",
    "effects",
];

/// The tables of `content/tables/`, and what a user added to them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tables {
    blocking: HashMap<Name, Blocking>,
    /// Blocking calls after a chain: what stands before and after the `*`.
    blocking_chains: Vec<(String, String, Blocking)>,
    coroutines: HashSet<Name>,
    /// Coroutine functions after a chain: what stands before and after the `*`.
    coroutine_chains: Vec<(String, String)>,
    factories: HashSet<Name>,
    managers: HashSet<Name>,
    iterators: HashSet<Name>,
    walked: HashSet<Name>,
    silent: HashSet<Name>,
    endless: HashSet<Name>,
    waits: HashSet<Name>,
    exports: HashMap<Name, HashSet<Name>>,
    patches: HashMap<Name, Patch>,
    quiet_modules: HashSet<Name>,
    plain_modules: HashSet<Name>,
    /// Which Python first had what.
    pub versions: Versions,
    pub effects: Effects,
    /// Libraries of tables.
    pub columns: Columns,
    runners: Owners,
    sync_apis: Owners,
    /// The same, and what callables do with their arguments, by qualified name.
    pub callables: Callables,
    /// Found when somebody asks.
    waking: OnceLock<Waking>,
}

/// A path, of the program's own text where it was packed.
type Name = Cow<'static, str>;

/// A call that holds its thread until it is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocking {
    pub kind: BlockingKind,
    /// What an `async` program calls instead, as a reader would look it up.
    pub twin: Option<String>,
    /// Blocks only then.
    pub when: Option<When>,
}

/// What a blocking call waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BlockingKind {
    #[default]
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

/// What decides whether a call blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// The first argument is a URL.
    Url,
    /// It is not told to come back at once, by `block=False`, `blocking=False`, a first argument
    /// `False`, `timeout=0` or `async_=True`.
    Waits,
}

/// A call that makes the kernel's loop re-entrant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patch {
    /// The package that a `%pip install` line would name; `None` when the patch is one function
    /// of a package that is used for other things.
    pub package: Option<String>,
}

impl Tables {
    /// Reads the YAML that `text` gives for each of [`FILES`].
    ///
    /// # Errors
    /// The name of the file and the first place in it that is not what the table's format asks
    /// for, with line and column.
    pub fn parse<S: AsRef<str>>(
        text: impl Fn(&'static str) -> S,
    ) -> Result<Self, (&'static str, serde_yaml::Error)> {
        let versions =
            Versions::parse(text("versions").as_ref()).map_err(|error| ("versions", error))?;
        let removals = versions.removals().to_vec();
        let effects =
            Effects::parse(text("effects").as_ref()).map_err(|error| ("effects", error))?;
        let mut tables = Self { versions, effects, ..Self::default() };
        for (name, removal) in removals {
            tables.callables.entry(&name).removals.push(removal);
        }
        tables.extend(OwnTables {
            blocking: read(&text, "blocking")?,
            coroutines: read(&text, "coroutines")?,
            runners: read(&text, "runners")?,
            sync_apis: read(&text, "sync_apis")?,
            callables: read(&text, "callables")?,
        });
        let modules: ModuleTable = read(&text, "modules")?;
        for entry in modules.patches {
            let patch = Patch { package: entry.package };
            for call in &entry.calls {
                tables.callables.entry(call).is_patch = true;
            }
            let calls = entry.calls.into_iter().map(Name::Owned);
            tables.patches.extend(calls.map(|call| (call, patch.clone())));
        }
        let exports = modules.exports.into_iter();
        tables.exports = exports
            .map(|(name, list)| (name.into(), list.into_iter().map(Name::Owned).collect()))
            .collect();
        tables.quiet_modules = modules.quiet.into_iter().map(Name::Owned).collect();
        tables.columns = modules.columns;
        tables.plain_modules = modules.plain.into_iter().map(Name::Owned).collect();
        tables.callables.close();
        Ok(tables)
    }

    /// Adds entries; of two for the same call the later one counts.
    pub fn extend(&mut self, more: OwnTables) {
        self.waking = OnceLock::new();
        for entry in more.blocking {
            let blocking = Blocking { kind: entry.kind, twin: entry.twin, when: entry.when };
            for call in &entry.calls {
                self.callables.entry(call).blocking = Some(blocking.clone());
            }
            for call in entry.calls {
                match call.split_once('*') {
                    Some((before, after)) => {
                        let chain = (before.to_owned(), after.to_owned(), blocking.clone());
                        self.blocking_chains.push(chain);
                    }
                    None => _ = self.blocking.insert(Name::Owned(call), blocking.clone()),
                }
            }
        }
        for entry in more.coroutines {
            let full = |name: &String| Name::Owned(format!("{}.{name}", entry.under));
            self.callables.add_coroutines(&entry);
            for name in entry.names.iter().chain(&entry.factories).map(full) {
                match name.split_once('*') {
                    Some((before, after)) => {
                        self.coroutine_chains.push((before.to_owned(), after.to_owned()));
                    }
                    None => _ = self.coroutines.insert(name),
                }
            }
            self.factories.extend(entry.factories.iter().map(|name| full(name) + "()"));
            self.silent.extend(entry.silent.iter().map(full));
            self.managers.extend(entry.managers.iter().chain(&entry.entered).map(full));
            self.iterators.extend(entry.iterators.iter().map(full));
            self.endless.extend(entry.endless.iter().map(full));
            self.waits.extend(entry.waits.iter().map(full));
            self.walked.extend(entry.walked.iter().map(|name| full(name) + "()"));
        }
        for entry in more.runners {
            for (call, owner) in entry.owners() {
                self.callables.entry(call).runner = Some(owner);
            }
            self.runners.add(entry);
        }
        for entry in more.sync_apis {
            for (call, owner) in entry.owners() {
                self.callables.entry(call).sync_api = Some(owner);
            }
            self.sync_apis.add(entry);
        }
        for row in more.callables {
            let calls = row.calls.iter().cloned().map(Name::Owned);
            match row.gives {
                Gives::AsyncManager => self.managers.extend(calls),
                Gives::AsyncIterator => self.iterators.extend(calls),
                _ => {}
            }
            self.callables.add(row);
        }
    }

    /// What a call of `path` waits for, when it blocks.
    pub fn blocking(&self, path: &str) -> Option<&Blocking> {
        let in_chain =
            |(before, after, _): &&(String, String, Blocking)| is_in_chain(path, before, after);
        let by_chain = || self.blocking_chains.iter().rev().find(in_chain).map(|(.., it)| it);
        self.blocking.get(path).or_else(by_chain)
    }

    /// Whether `path` is a coroutine function, so that a call does nothing until it is awaited.
    pub fn is_coroutine_function(&self, path: &str) -> bool {
        let in_chain = |(before, after): &(String, String)| is_in_chain(path, before, after);
        self.coroutines.contains(path) || self.coroutine_chains.iter().any(in_chain)
    }

    /// Whether what the coroutine function `path` gives is an awaitable of another kind, which
    /// Python drops without a `was never awaited`.
    pub fn is_silent(&self, path: &str) -> bool {
        self.silent.contains(path)
    }

    /// Whether awaiting the call `path` (which ends in `()`) gives the object it stands for.
    pub fn is_awaited_factory(&self, path: &str) -> bool {
        self.factories.contains(path)
    }

    /// Whether a plain `with` refuses what a call of `path` gives, and `async with` takes it.
    pub fn is_async_manager(&self, path: &str) -> bool {
        self.managers.contains(path)
    }

    /// Whether what a call of `path` gives is walked by `async for` alone.
    pub fn is_async_iterator(&self, path: &str) -> bool {
        self.iterators.contains(path)
    }

    /// Whether the object at `path`, awaited or entered where it has to be, is walked by `async
    /// for` alone.
    pub fn is_async_iterable(&self, path: &str) -> bool {
        self.iterators.contains(format!("{path}.__aiter__").as_str())
    }

    /// Whether the call `path` (which ends in `()`) may be awaited or walked by `async for`.
    pub fn is_walked_too(&self, path: &str) -> bool {
        self.walked.contains(path)
    }

    /// Whether what the coroutine function `path` gives serves, once awaited, until it is told to
    /// stop.
    pub fn is_endless(&self, path: &str) -> bool {
        self.endless.contains(path)
            || path.rsplit_once('.').is_some_and(|(_, method)| self.is_endless_method(method))
    }

    /// Whether a method of this name serves without end, on whatever object.
    pub fn is_endless_method(&self, name: &str) -> bool {
        self.endless.contains(format!("*.{name}").as_str())
    }

    /// Whether what the coroutine function `path` gives ends when something else happens.
    pub fn waits_for_others(&self, path: &str) -> bool {
        self.waits.contains(path)
    }

    /// Whether `from module import *` brings in `name`.
    pub fn exports(&self, module: &str, name: &str) -> bool {
        self.exports.get(module).is_some_and(|names| names.contains(name))
    }

    /// The patch that a call of `path` applies.
    pub fn patch(&self, path: &str) -> Option<&Patch> {
        self.patches.get(path)
    }

    /// Whether a top-level module knows nothing of coroutines.
    pub fn is_plain_module(&self, module: &str) -> bool {
        self.plain_modules.contains(module)
    }

    /// Whether a top-level module may bring loops, coroutines or threads into a notebook: a table
    /// knows more of it than that it blocks, or looks at what it is given.
    pub fn wakes(&self, module: &str) -> bool {
        self.waking
            .get_or_init(|| Waking::of(&self.callables, |module| self.is_plain_module(module)))
            .holds(&self.callables, module)
    }

    /// Whether no plain function of a top-level module needs a re-entrant loop.
    pub fn is_quiet(&self, module: &str) -> bool {
        self.quiet_modules.contains(module)
    }

    /// The framework's runner that a call of `path` is.
    pub fn runner(&self, path: &str) -> Option<&LoopOwner> {
        self.runners.get(path)
    }

    /// The sync facade that a call of `path` is, which refuses to work beside a running loop.
    pub fn sync_api(&self, path: &str) -> Option<&LoopOwner> {
        self.sync_apis.get(path)
    }
}

fn read<T: DeserializeOwned, S: AsRef<str>>(
    text: &impl Fn(&'static str) -> S,
    name: &'static str,
) -> Result<T, (&'static str, serde_yaml::Error)> {
    serde_yaml::from_str(text(name).as_ref()).map_err(|error| (name, error))
}
