//! What is known of other people's functions: which block, which are coroutine functions, which
//! want an event loop of their own.

mod carried;
mod columns;
mod dated;
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

use super::callables::{Callables, Entry, Gives};
use super::effects::Effects;
use super::versions::Versions;
use crate::environment::{LoopKind, PythonVersion};
use crate::libraries::Libraries;
pub use carried::Carried;
pub use columns::Columns;
use dated::Dated;
pub use dated::DatedFact;
pub use entries::{BlockingEntry, CoroutineEntry, LoopOwnerEntry, OwnTables};
pub(super) use owners::is_in_chain;
pub use owners::{Answers, AwaitForm, LoopOwner};
use packed::Packed;
pub(super) use packed::pack;

use entries::ModuleTable;
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
    /// What is known of each callable, by qualified name.
    pub callables: Callables,
    /// Methods that serve without end, on whatever object.
    endless_methods: HashSet<Name>,
    exports: HashMap<Name, HashSet<Name>>,
    /// What one kind of loop alone can do, and the error of the other.
    loops: HashMap<Name, (LoopKind, Name)>,
    quiet_modules: HashSet<Name>,
    unmistakable: HashSet<Name>,
    plain_modules: HashSet<Name>,
    /// Which Python first had what.
    pub versions: Versions,
    pub effects: Effects,
    /// Libraries of tables.
    pub columns: Columns,
    /// Rows that hold for some versions alone.
    dated: Vec<Dated>,
    /// The versions for which these tables are.
    libraries: Libraries,
    /// Found when somebody asks.
    waking: OnceLock<Waking>,
}

/// What a coroutine table's entry is under whose methods are those of any object.
const ANYWHERE: &str = "*";

/// A name, of the program's own text where it was packed.
type Name = Cow<'static, str>;

/// A call that holds its thread until it is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocking {
    pub kind: BlockingKind,
    /// What an `async` program calls instead, as a reader would look it up.
    pub twin: Option<String>,
    /// Blocks only then.
    pub when: Option<When>,
    /// It is what the call gives that blocks, while it is walked.
    pub is_lazy: bool,
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
    /// The Python since which no later cell has a current task once the call was made, so that
    /// `asyncio.timeout`, `wait_for` and `TaskGroup` raise.
    pub loses_task: Option<PythonVersion>,
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
            for call in &entry.calls {
                let (package, loses_task) = (entry.package.clone(), entry.loses_task);
                tables.callables.entry(call).patch = Some(Patch { package, loses_task });
            }
        }
        for entry in modules.loops {
            let says = Name::Owned(entry.says);
            let row = |call| (Name::Owned(call), (entry.needs, says.clone()));
            tables.loops.extend(entry.calls.into_iter().map(row));
        }
        let exports = modules.exports.into_iter();
        tables.exports = exports
            .map(|(name, list)| (name.into(), list.into_iter().map(Name::Owned).collect()))
            .collect();
        tables.quiet_modules = modules.quiet.into_iter().map(Name::Owned).collect();
        tables.unmistakable = modules.unmistakable.into_iter().map(Name::Owned).collect();
        tables.columns = modules.columns;
        tables.plain_modules = modules.plain.into_iter().map(Name::Owned).collect();
        tables.callables.close();
        tables.waking();
        Ok(tables)
    }

    /// The kind of loop that a call needs, and what it raises on another, by its full path.
    pub fn needed_loop(&self, path: &str) -> Option<(LoopKind, &str)> {
        self.loops.get(path).map(|(kind, says)| (*kind, &**says))
    }

    /// Adds entries; of two for the same call the later one counts.
    pub fn extend(&mut self, mut more: OwnTables) {
        self.waking = OnceLock::new();
        self.date(&mut more);
        for entry in more.blocking {
            let BlockingEntry { kind, twin, when, lazy: is_lazy, .. } = entry;
            let blocking = Blocking { kind, twin, when, is_lazy };
            for call in &entry.calls {
                self.callables.entry(call).blocking = Some(blocking.clone());
            }
        }
        for entry in more.coroutines {
            if entry.under == ANYWHERE {
                self.endless_methods.extend(entry.endless.into_iter().map(Name::Owned));
            } else {
                self.callables.add_coroutines(&entry);
            }
        }
        for entry in more.runners {
            for (call, owner) in entry.owners() {
                self.callables.entry(call).runner = Some(owner);
            }
        }
        for entry in more.sync_apis {
            for (call, owner) in entry.owners() {
                self.callables.entry(call).sync_api = Some(owner);
            }
        }
        more.callables.into_iter().for_each(|row| self.callables.add(row));
    }

    /// What a call of `path` waits for, when it blocks.
    pub fn blocking(&self, path: &str) -> Option<&Blocking> {
        self.callables.ask(path, |entry| entry.blocking.as_ref())
    }

    /// Whether something is so of the callable at `path`.
    fn is(&self, path: &str, what: impl Fn(&Entry) -> bool) -> bool {
        self.callables.ask(path, |entry| what(entry).then_some(())).is_some()
    }

    /// The same of what gives the object at `path`, which ends in `()`.
    fn is_given(&self, path: &str, what: impl Fn(&Entry) -> bool) -> bool {
        path.strip_suffix("()").is_some_and(|path| self.is(path, what))
    }

    /// Whether `path` is a coroutine function, so that a call does nothing until it is awaited.
    pub fn is_coroutine_function(&self, path: &str) -> bool {
        self.is(path, |entry| entry.is_coroutine_function)
    }

    /// Whether what the coroutine function `path` gives is an awaitable of another kind, which
    /// Python drops without a `was never awaited`.
    pub fn is_silent(&self, path: &str) -> bool {
        self.is(path, |entry| entry.is_silent)
    }

    /// Whether awaiting the call `path` (which ends in `()`) gives the object it stands for.
    pub fn is_awaited_factory(&self, path: &str) -> bool {
        self.is_given(path, |entry| entry.is_factory)
    }

    /// Whether a plain `with` refuses what a call of `path` gives, and `async with` takes it.
    pub fn is_async_manager(&self, path: &str) -> bool {
        self.is(path, |entry| entry.is_async_manager || gives(entry, Gives::AsyncManager))
    }

    /// Whether what a call of `path` gives is walked by `async for` alone.
    pub fn is_async_iterator(&self, path: &str) -> bool {
        self.is(path, |entry| gives(entry, Gives::AsyncIterator))
    }

    /// Whether a call of `path` gives what no `await` takes.
    pub fn is_plain_call(&self, path: &str) -> bool {
        let mut names = self.callables.names();
        let name = names.path(path);
        let row = self.callables.get(&names, name).and_then(|entry| entry.row.as_ref());
        row.is_some_and(|row| {
            matches!(row.gives, Gives::Nothing | Gives::Plain | Gives::Object | Gives::Data)
        })
    }

    /// Whether the object at `path`, awaited or entered where it has to be, is walked by `async
    /// for` alone.
    pub fn is_async_iterable(&self, path: &str) -> bool {
        self.is_async_iterator(&format!("{path}.__aiter__"))
    }

    /// Whether the call `path` (which ends in `()`) may be awaited or walked by `async for`.
    pub fn is_walked_too(&self, path: &str) -> bool {
        self.is_given(path, |entry| entry.is_walked)
    }

    /// Whether what the coroutine function `path` gives serves, once awaited, until it is told to
    /// stop.
    pub fn is_endless(&self, path: &str) -> bool {
        self.is(path, |entry| entry.is_endless)
            || path.rsplit_once('.').is_some_and(|(_, method)| self.is_endless_method(method))
    }

    /// Whether a method of this name serves without end, on whatever object.
    pub fn is_endless_method(&self, name: &str) -> bool {
        self.endless_methods.contains(name)
    }

    /// Whether what the coroutine function `path` gives ends when something else happens.
    pub fn waits_for_others(&self, path: &str) -> bool {
        self.is(path, |entry| entry.waits_for_others)
    }

    /// Whether `from module import *` brings in `name`.
    pub fn exports(&self, module: &str, name: &str) -> bool {
        self.exports.get(module).is_some_and(|names| names.contains(name))
    }

    /// The patch that a call of `path` applies.
    pub fn patch(&self, path: &str) -> Option<&Patch> {
        self.callables.ask(path, |entry| entry.patch.as_ref())
    }

    /// Whether a top-level module knows nothing of coroutines.
    pub fn is_plain_module(&self, module: &str) -> bool {
        self.plain_modules.contains(module)
    }

    /// Whether a top-level module may bring loops, coroutines or threads into a notebook: a table
    /// knows more of it than that it blocks, or looks at what it is given.
    pub fn wakes(&self, module: &str) -> bool {
        self.waking().holds(module)
    }

    fn waking(&self) -> &Waking {
        self.waking
            .get_or_init(|| Waking::of(&self.callables, |module| self.is_plain_module(module)))
    }

    /// Whether no plain function of a top-level module needs a re-entrant loop.
    pub fn is_quiet(&self, module: &str) -> bool {
        self.quiet_modules.contains(module)
    }

    /// Whether a name that nothing binds is a module's, and cannot well be anything else's.
    pub fn is_unmistakable(&self, name: &str) -> bool {
        self.unmistakable.contains(name)
    }

    /// The framework's runner that a call of `path` is.
    pub fn runner(&self, path: &str) -> Option<&LoopOwner> {
        self.callables.ask(path, |entry| entry.runner.as_ref())
    }

    /// The sync facade that a call of `path` is, which refuses to work beside a running loop.
    pub fn sync_api(&self, path: &str) -> Option<&LoopOwner> {
        self.callables.ask(path, |entry| entry.sync_api.as_ref())
    }
}

/// Whether a row says so.
fn gives(entry: &Entry, what: Gives) -> bool {
    entry.row.as_ref().is_some_and(|row| row.gives == what)
}

fn read<T: DeserializeOwned, S: AsRef<str>>(
    text: &impl Fn(&'static str) -> S,
    name: &'static str,
) -> Result<T, (&'static str, serde_yaml::Error)> {
    serde_yaml::from_str(text(name).as_ref()).map_err(|error| (name, error))
}
