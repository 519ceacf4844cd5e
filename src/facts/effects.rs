//! What a coroutine function leaves behind when it is done, over everything it calls here.

use std::collections::BTreeSet;

use super::{Facts, FnId, Site, Usage, Value, is_loop};
use crate::python::{Kind, Role};

/// What outlives a coroutine, or depends on the loop it ran on. `asyncio.run` cleans these up
/// or isolates them; `await` does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Leaves {
    pub tasks: bool,
    pub executor_work: bool,
    pub returns_task: bool,
    pub context_variables: bool,
    pub async_generators: bool,
    pub counts_tasks: bool,
    pub expects_ctrl_c: bool,
}

impl Facts<'_> {
    /// What the coroutine at `argument`, or that the function at `argument` makes, leaves behind.
    pub fn leaves(&self, argument: Site) -> Leaves {
        let mut leaves = Leaves::default();
        let mut waiting: Vec<FnId> = match self.value(argument) {
            Value::Coroutine(id) | Value::Function(id) => vec![id],
            _ => Vec::new(),
        };
        if let Some(id) = waiting.first().and_then(|id| self.function(*id)) {
            leaves.returns_task =
                id.returns.iter().any(|value| self.value(*value).path().is_some_and(is_task));
        }
        let mut seen = BTreeSet::new();
        while let Some(id) = waiting.pop() {
            if !seen.insert(id) {
                continue;
            }
            self.add_leaves(id, &mut leaves);
            for call in self.calls_in(Some(id)) {
                if let Value::Function(callee) = call.callee {
                    waiting.push(callee);
                }
            }
        }
        leaves
    }

    fn add_leaves(&self, id: FnId, leaves: &mut Leaves) {
        let Some(function) = self.function(id) else { return };
        for call in self.calls_in(Some(id)) {
            let Some(path) = call.callee.path() else { continue };
            let loose = || !self.is_waited_for(call.site);
            leaves.tasks |= self.starts_task(path) && loose();
            // What `wait` gives up on goes on.
            leaves.tasks |= path == "asyncio.wait";
            let in_executor = path == "asyncio.to_thread" || path.ends_with(".run_in_executor");
            leaves.executor_work |= in_executor && loose();
            leaves.context_variables |= path == "contextvars.ContextVar().set";
            leaves.counts_tasks |= path == "asyncio.all_tasks";
        }
        for site in self.descendants(function.site) {
            match self.kind(site) {
                Kind::Handler { .. } => {
                    let caught = self.child(site, Role::Test);
                    leaves.expects_ctrl_c |=
                        caught.is_some_and(|it| self.source_of(it).contains("KeyboardInterrupt"));
                }
                Kind::Call => {
                    let callee = self.child(site, Role::Func).map(|func| self.value(func));
                    let generator = match callee {
                        Some(Value::Function(id)) => self
                            .function(id)
                            .is_some_and(|function| function.is_async && function.is_generator),
                        _ => false,
                    };
                    leaves.async_generators |=
                        generator && self.usage(site) != Usage::AsyncProtocol;
                }
                Kind::For { is_async: true } => {
                    leaves.async_generators |=
                        self.descendants(site).any(|inner| self.source_of(inner) == "break");
                }
                _ => {}
            }
        }
    }

    /// Whether what the call at `site` starts is awaited, by itself or with others.
    fn is_waited_for(&self, site: Site) -> bool {
        let below_await = |site: Site| {
            let mut ups = self.ancestors(site);
            ups.any(|up| matches!(self.kind(up), Kind::Await))
        };
        let mut kept = site;
        loop {
            match self.usage(kept) {
                Usage::Assigned(target) => {
                    return self.reads_of(target).into_iter().any(below_await);
                }
                Usage::Element(container) => kept = container,
                _ => return below_await(site),
            }
        }
    }
}

fn is_task(path: &str) -> bool {
    path == "asyncio.create_task()"
        || path == "asyncio.ensure_future()"
        || path.strip_suffix(".create_task()").is_some_and(is_loop)
}
