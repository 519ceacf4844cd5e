//! Calls that want an event loop of their own, and what a kernel answers.

use std::collections::HashMap;

use serde::Deserialize;

use super::entries::LoopOwnerEntry;

/// A call that wants an event loop of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
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
}

/// What a kernel answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
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
}

/// How an `await` takes the place of the call, by its first argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
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

/// Loop owners by the path of the call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Owners {
    by_path: HashMap<String, LoopOwner>,
    /// What stands before and after the `*`.
    chains: Vec<(String, String, LoopOwner)>,
}

impl Owners {
    pub(super) fn add(&mut self, entry: LoopOwnerEntry) {
        let owner = LoopOwner {
            answers: entry.answers,
            says: entry.says,
            twin: entry.twin,
            awaits: entry.awaits,
            method: entry.method,
            same: entry.same,
            patchable: entry.patchable,
            docs: entry.docs,
        };
        for call in entry.calls {
            match call.split_once('*') {
                Some((before, after)) => {
                    self.chains.push((before.to_owned(), after.to_owned(), owner.clone()));
                }
                None => _ = self.by_path.insert(call, owner.clone()),
            }
        }
    }

    /// The owner that a call of `path` is; what was added last counts.
    pub(super) fn get(&self, path: &str) -> Option<&LoopOwner> {
        let in_chain = |(before, after, _): &&(String, String, LoopOwner)| {
            path.len() >= before.len() + after.len()
                && path.starts_with(before.as_str())
                && path.ends_with(after.as_str())
        };
        let by_chain = || self.chains.iter().rev().find(in_chain).map(|(_, _, owner)| owner);
        self.by_path.get(path).or_else(by_chain)
    }
}
