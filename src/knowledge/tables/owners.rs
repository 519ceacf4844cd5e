//! Calls that want an event loop of their own, and what a kernel answers.

use serde::{Deserialize, Serialize};

use super::entries::LoopOwnerEntry;

/// A call that wants an event loop of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoopOwner {
    pub answers: Answers,
    /// The error's text in a kernel, word for word.
    pub says: Option<String>,
    /// What a cell writes instead, as a reader would look it up.
    pub twin: Option<String>,
    pub awaits: Option<AwaitForm>,
    /// The coroutine method of the same object that takes the same arguments; `*` stands for the
    /// name that was called.
    pub method: Option<String>,
    /// Whether awaiting the method gives the same.
    pub same: bool,
    /// Whether the call works once `nest_asyncio` has patched the loop.
    pub patchable: bool,
    /// From documentation alone: what a kernel answers was not seen.
    pub docs: bool,
    /// The path of an object that has to be there: before that, the call works.
    pub after: Option<String>,
    /// A keyword with which the call works.
    pub unless: Option<String>,
}

/// What a kernel answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answers {
    #[default]
    Raises,
    /// It works and holds the kernel's loop until it is done.
    Blocks,
    /// It never returns.
    Hangs,
    /// The kernel's process ends.
    Dies,
    /// It raises, loop or not: there is no synchronous way.
    Asynchronous,
    /// It belongs to the loop of another library, and asyncio's is running.
    Foreign,
}

/// How an `await` takes the place of the call, by its first argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AwaitForm {
    /// `run(f())` becomes `await f()`.
    Argument,
    /// `run(f, x)` becomes `await f(x)`.
    Function,
    /// `run(f)` becomes `await f()`.
    Callable,
    /// `wrap(f)(x)` becomes `await f(x)`.
    Wrapped,
}

impl LoopOwnerEntry {
    fn owner(&self) -> LoopOwner {
        LoopOwner {
            answers: self.answers,
            says: self.says.clone(),
            twin: self.twin.clone(),
            awaits: self.awaits,
            method: self.method.clone(),
            same: self.same,
            patchable: self.patchable,
            docs: self.docs,
            after: self.after.clone(),
            unless: self.unless.clone(),
        }
    }

    /// The owner for each call of the entry.
    pub(super) fn owners(&self) -> impl Iterator<Item = (&str, LoopOwner)> {
        self.calls.iter().map(|call| (call.as_str(), self.owner()))
    }
}

/// Whether a path is a chain of attributes and calls between what comes `before` and `after`.
pub(in super::super) fn is_in_chain(path: &str, before: &str, after: &str) -> bool {
    path.len() >= before.len() + after.len() && path.starts_with(before) && path.ends_with(after)
}
