//! Tasks that run in the background of later cells.

use super::{Facts, Site, Usage};
use crate::python::{Kind, Role};

/// The end of a path that starts a task. A `TaskGroup`'s own `create_task` is owned and awaited.
const STARTERS: [&str; 2] = ["create_task", "ensure_future"];

/// A task that runs from the place that starts it to the first place that collects it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Background {
    pub started: Site,
    pub collected: Site,
}

impl Facts<'_> {
    /// Whether a call of `path` starts a task that its caller has to look after.
    pub fn starts_task(&self, path: &str) -> bool {
        let Some((owner, name)) = path.rsplit_once('.') else { return false };
        STARTERS.contains(&name) && (owner == "asyncio" || is_loop(owner))
    }

    /// The tasks that a cell starts and a later place of the notebook collects.
    pub fn background(&self) -> Vec<Background> {
        let starts = self.calls.iter().filter(|call| {
            call.owner.is_none() && call.callee.path().is_some_and(|path| self.starts_task(path))
        });
        starts.filter_map(|call| self.background_of(call.site)).collect()
    }

    fn background_of(&self, started: Site) -> Option<Background> {
        let mut kept = started;
        let target = loop {
            match self.usage(kept) {
                Usage::Assigned(target) => break target,
                Usage::Element(container) => kept = container,
                _ => return None,
            }
        };
        let after = |site: &Site| *site > started && self.owner(*site).is_none();
        let reads: Vec<Site> = self.reads_of(target).into_iter().filter(after).collect();
        // Asking whether it is done collects nothing.
        let collects = |read: &Site| {
            self.ancestors(*read).any(|up| match self.kind(up) {
                Kind::Await => true,
                Kind::Attribute { name } => {
                    self.role(up) == Role::Func && self.tree(up.cell).text(*name) != "done"
                }
                _ => false,
            })
        };
        let collected = *reads.iter().find(|read| collects(read)).or(reads.last())?;
        Some(Background { started, collected })
    }
}

/// Whether a path stands for an event loop object.
pub fn is_loop(path: &str) -> bool {
    [
        "asyncio.get_event_loop()",
        "asyncio.get_running_loop()",
        "asyncio.new_event_loop()",
        "asyncio.get_event_loop_policy().get_event_loop()",
        "asyncio.get_event_loop_policy().new_event_loop()",
        "asyncio.SelectorEventLoop()",
        "asyncio.ProactorEventLoop()",
        "uvloop.new_event_loop()",
        "uvloop.Loop()",
    ]
    .contains(&path)
}

/// Whether a path stands for the loop that is running: in a cell, the kernel's.
pub fn is_running_loop(path: &str) -> bool {
    is_loop(path) && (path.ends_with(".get_event_loop()") || path.ends_with(".get_running_loop()"))
}
