//! Code that a kernel does not run, or whose failure beside a running loop is provided for: the
//! branches of a dual entry point.

use hashbrown::HashMap;
use std::cell::RefCell;
use std::hash::Hash;

use super::{Facts, How, Site, Usage, Value, is_loop};
use crate::python::{Kind, NodeId, Role};
use crate::text::CellIndex;

/// Conditions are followed so far.
const STEPS: usize = 6;

/// What asks for the loop or for IPython, and gets it in a kernel.
const ASKS: [&str; 7] = [
    "asyncio.get_running_loop",
    "asyncio.get_event_loop",
    "asyncio._get_running_loop",
    "asyncio.current_task",
    "builtins.get_ipython",
    "IPython.get_ipython",
    "IPython.core.getipython.get_ipython",
];

/// Errors that a coroutine used as a value raises, and those that hold them.
const OF_VALUES: [&str; 4] = [
    "builtins.TypeError",
    "builtins.AttributeError",
    "builtins.Exception",
    "builtins.BaseException",
];

/// The error of a second loop, and those that hold it.
const OF_LOOPS: [&str; 3] =
    ["builtins.RuntimeError", "builtins.Exception", "builtins.BaseException"];

/// A block of statements: its cell, what holds it (nothing for the cell's own), and as what.
type Block = (CellIndex, Option<NodeId>, Role);

/// What was found of conditions, attempts and blocks, each looked at once for each number of steps
/// that may follow.
#[derive(Debug, Default)]
pub(super) struct Guards {
    conditions: Memory<(Site, usize), Option<bool>>,
    /// Whether a kernel may come to an attempt's handlers.
    attempts: Memory<(Site, usize), bool>,
    /// The first statement of a block that surely leaves it.
    exits: Memory<(Block, usize), Option<NodeId>>,
    /// Managers that take the errors of their blocks, and attempts that take those of values.
    demonstrations: Memory<Site, bool>,
}

/// Answers that are there already.
type Memory<K, A> = RefCell<HashMap<K, A>>;

impl Facts<'_> {
    /// Whether a kernel does not come to the code at `site`, because of a test for what it is or
    /// for its loop; or whether the loop that starts there has a fallback that works in a kernel.
    pub fn is_guarded(&self, site: Site) -> bool {
        self.is_guarded_within(site, STEPS)
    }

    pub(super) fn is_guarded_within(&self, site: Site, steps: usize) -> bool {
        let Some(steps) = steps.checked_sub(1) else { return false };
        let mut inner = site;
        for outer in self.ancestors(site) {
            let role = self.role(inner);
            let guarded = match self.kind(outer) {
                Kind::If | Kind::IfExp | Kind::While if role == Role::Body => {
                    self.condition(outer, steps) == Some(false)
                }
                Kind::If | Kind::IfExp if role == Role::Else => {
                    self.condition(outer, steps) == Some(true)
                }
                Kind::Try if role == Role::Handler => !self.reaches_a_handler(outer, steps),
                Kind::Try if role == Role::Body => self.falls_back(outer, site),
                _ => false,
            };
            if guarded || self.after_exit(outer, inner, steps) {
                return true;
            }
            if matches!(self.kind(outer), Kind::FunctionDef { .. } | Kind::Lambda) {
                return false;
            }
            inner = outer;
        }
        let top = || self.tree(inner.cell).statements().map(|node| Site { node, ..inner });
        self.first_exit((inner.cell, None, Role::Top), steps, top).is_some_and(|it| it < inner.node)
    }

    /// What is known, or what `find` finds; that is kept unless there were too few steps for it.
    fn once<K: Eq + Hash, A: Copy>(
        &self,
        memory: &Memory<K, A>,
        key: K,
        find: impl FnOnce() -> A,
    ) -> A {
        if let Some(known) = memory.borrow().get(&key) {
            return *known;
        }
        let found = find();
        if !self.is_spent() {
            memory.borrow_mut().insert(key, found);
        }
        found
    }

    /// Whether the branch's condition is true in a kernel, as far as that is known.
    fn condition(&self, branch: Site, steps: usize) -> Option<bool> {
        self.once(&self.guards.conditions, (branch, steps), || {
            self.child(branch, Role::Test).and_then(|test| self.truth_within(test, steps))
        })
    }

    /// Whether the code stands under `if __name__ == "__main__":`.
    pub fn under_main_guard(&self, site: Site) -> bool {
        self.tree(site.cell).is_under_main_guard(site.node)
    }

    /// Whether the error that the code at `site` raises is what the code is about:
    /// `pytest.raises`, `except TypeError`.
    pub fn is_demonstrated(&self, site: Site) -> bool {
        let mut inner = site;
        self.ancestors(site).any(|up| {
            let role = self.role(inner);
            inner = up;
            match self.kind(up) {
                Kind::With { .. } | Kind::Try if role == Role::Body => {
                    self.once(&self.guards.demonstrations, up, || self.demonstrates(up))
                }
                _ => false,
            }
        })
    }

    fn demonstrates(&self, up: Site) -> bool {
        if matches!(self.kind(up), Kind::Try) {
            let mut handlers = self.children_in(up, Role::Handler);
            return handlers.any(|handler| self.handles(handler, &OF_VALUES));
        }
        self.takes_the_errors(up)
    }

    /// Whether a manager of the `with` takes the errors of its block.
    fn takes_the_errors(&self, with: Site) -> bool {
        self.children_in(with, Role::Context)
            .filter_map(|item| self.child(item, Role::Context))
            .any(|manager| self.takes_errors(manager))
    }

    /// Whether a handler takes one of these errors.
    pub fn handles(&self, handler: Site, errors: &[&str]) -> bool {
        let Some(test) = self.child(handler, Role::Test) else { return true };
        let named: Vec<Site> = match self.kind(test) {
            Kind::Tuple { .. } => self.children_in(test, Role::Element).collect(),
            _ => vec![test],
        };
        named.iter().any(|error| self.value(*error).path().is_some_and(|it| errors.contains(&it)))
    }

    /// Whether the manager of a `with` takes the errors of its block: a library's, or one of the
    /// notebook that yields inside a `try`.
    fn takes_errors(&self, manager: Site) -> bool {
        let Some(func) = self.child(manager, Role::Func) else { return false };
        if let Kind::Attribute { name } = self.kind(func)
            && self.tree(func.cell).text(*name).starts_with("assertRaises")
        {
            return true;
        }
        match self.value(func) {
            Value::Path(path) => {
                matches!(path.as_str(), "pytest.raises" | "contextlib.suppress")
            }
            _ => self.bindings_of_name(func).into_iter().any(|def| {
                self.descendants(def).any(|it| {
                    matches!(self.kind(it), Kind::Yield)
                        && self.ancestors(it).take_while(|up| *up != def).any(|up| {
                            matches!(self.kind(up), Kind::Try)
                                && self.child(up, Role::Handler).is_some()
                        })
                })
            }),
        }
    }

    fn bindings_of_name(&self, func: Site) -> Vec<Site> {
        if !matches!(self.kind(func), Kind::Name { .. }) {
            return Vec::new();
        }
        let def = |(cell, binding): (_, super::Binding)| match binding.how {
            How::Function(node) => Some(Site { cell, node }),
            _ => None,
        };
        self.bindings(func).into_iter().filter_map(def).collect()
    }

    /// Whether a kernel may come to a handler of the `try`. It does not where the block only asks
    /// for what is there in a kernel.
    pub(super) fn reaches_a_handler(&self, attempt: Site, steps: usize) -> bool {
        self.once(&self.guards.attempts, (attempt, steps), || self.may_fail(attempt, steps))
    }

    fn may_fail(&self, attempt: Site, steps: usize) -> bool {
        let body: Vec<Site> = self.children_in(attempt, Role::Body).collect();
        let nodes = || body.iter().flat_map(|it| std::iter::once(*it).chain(self.descendants(*it)));
        let asks = nodes().any(|site| match self.kind(site) {
            Kind::Call => {
                let func = self.child(site, Role::Func).map(|func| self.value(func));
                func.as_ref().and_then(Value::path).is_some_and(|path| ASKS.contains(&path))
                    || self.truth_within(site, steps).is_some()
            }
            Kind::Name { .. } => self.source_of(site) == "__IPYTHON__",
            _ => false,
        });
        let owner = self.owner(attempt);
        let starts = |site: Site| {
            matches!(self.kind(site), Kind::Call)
                && self.starts_a_loop(site)
                && self.owner(site) == owner
                && !self.is_guarded_within(site, steps)
        };
        let fails = body.iter().any(|it| self.surely_raises(*it, steps)) || nodes().any(starts);
        !asks || fails
    }

    /// Whether the statement ends in a `raise` that a kernel comes to.
    fn surely_raises(&self, statement: Site, steps: usize) -> bool {
        let any =
            |role| self.children_in(statement, role).any(|inner| self.surely_raises(inner, steps));
        match self.kind(statement) {
            Kind::Raise => true,
            Kind::If => match self.condition(statement, steps) {
                Some(true) => any(Role::Body),
                Some(false) => any(Role::Else),
                None => false,
            },
            _ => false,
        }
    }

    /// Whether the call starts a loop, which a kernel's thread refuses.
    fn starts_a_loop(&self, call: Site) -> bool {
        let Some(func) = self.child(call, Role::Func) else { return false };
        match self.value(func) {
            Value::Path(path) => {
                let of_loop = ["run_until_complete", "run_forever"].iter().any(|method| {
                    path.rsplit_once('.')
                        .is_some_and(|(owner, name)| name == *method && is_loop(owner))
                });
                matches!(path.as_str(), "asyncio.run" | "asyncio.Runner().run")
                    || of_loop
                    || self.tables.runner(&path).is_some()
                    || self.tables.sync_api(&path).is_some()
            }
            Value::Unknown => matches!(self.kind(func), Kind::Attribute { name }
                if matches!(self.tree(func.cell).text(*name), "run_until_complete" | "run_forever")),
            _ => false,
        }
    }

    /// `try: asyncio.run(work())` whose handler of the error does the same work on the loop that
    /// runs, or on another thread.
    fn falls_back(&self, attempt: Site, site: Site) -> bool {
        let start = std::iter::once(site)
            .chain(self.ancestors(site).take_while(|up| *up != attempt))
            .find(|it| matches!(self.kind(*it), Kind::Call) && self.starts_a_loop(*it));
        let Some(work) = start.and_then(|start| self.child(start, Role::Arg)) else { return false };
        let handlers = self.children_in(attempt, Role::Handler);
        handlers.into_iter().filter(|it| self.handles(*it, &OF_LOOPS)).any(|handler| {
            let patches = self.descendants(handler).any(|it| {
                let func = self.child(it, Role::Func).map(|func| self.value(func));
                func.as_ref()
                    .and_then(Value::path)
                    .is_some_and(|path| self.tables.patch(path).is_some())
            });
            self.descendants(handler).any(|it| {
                self.is_same_work(it, work) && (patches || self.goes_on_here(it, handler))
            })
        })
    }

    /// Whether the expression makes the same coroutine, or is the name that holds it.
    fn is_same_work(&self, site: Site, work: Site) -> bool {
        match (self.kind(site), self.kind(work)) {
            (Kind::Call, Kind::Call) => {
                match (self.child(site, Role::Func), self.child(work, Role::Func)) {
                    (Some(one), Some(other)) => {
                        let (one_value, other_value) = (self.value(one), self.value(other));
                        self.source_of(one) == self.source_of(other)
                            || (one_value != Value::Unknown && one_value == other_value)
                    }
                    _ => false,
                }
            }
            (Kind::Name { .. }, Kind::Name { .. }) => self.source_of(site) == self.source_of(work),
            (Kind::Name { .. } | Kind::Attribute { .. }, Kind::Call) => {
                let func = self.child(work, Role::Func);
                func.is_some_and(|func| self.source_of(func) == self.source_of(site))
                    && self.role(site) != Role::Func
            }
            _ => false,
        }
    }

    /// Whether the work at `site` is awaited or scheduled, or handed to another thread.
    fn goes_on_here(&self, site: Site, handler: Site) -> bool {
        let ups = self.ancestors(site).take_while(|up| *up != handler);
        let mut below = site;
        for up in ups {
            match self.kind(up) {
                Kind::Await => return true,
                // Written out for something else to call: a thread, a callback.
                Kind::Lambda => return true,
                Kind::Call if self.role(below) != Role::Func => {
                    let value = self.child(up, Role::Func).map(|func| self.value(func));
                    let path = value.as_ref().and_then(Value::path).unwrap_or_default();
                    let hands_over = self.starts_task(path)
                        || matches!(path, "asyncio.gather" | "asyncio.run_coroutine_threadsafe")
                        || matches!(value, Some(Value::Function(_)))
                        || self.is_given_a_function(up);
                    if hands_over {
                        return true;
                    }
                }
                _ => {}
            }
            below = up;
        }
        matches!(self.usage(site), Usage::Returned)
            && matches!(self.value(site), Value::Coroutine(_))
    }

    /// `submit(asyncio.run, work())`, `Thread(target=asyncio.run, args=(work(),))`.
    fn is_given_a_function(&self, call: Site) -> bool {
        let keywords =
            self.children_in(call, Role::Keyword).filter_map(|it| self.child(it, Role::Value));
        self.children_in(call, Role::Arg)
            .chain(keywords)
            .any(|argument| self.taker(argument).is_some_and(|taker| taker.is_worker))
    }

    /// Whether an earlier statement of the block surely leaves it.
    fn after_exit(&self, holder: Site, inner: Site, steps: usize) -> bool {
        let role = self.role(inner);
        // Nothing else holds statements.
        if !matches!(role, Role::Body | Role::Else | Role::Finally) {
            return false;
        }
        let block = (holder.cell, Some(holder.node), role);
        let statements = || self.children_in(holder, role);
        self.first_exit(block, steps, statements).is_some_and(|first| first < inner.node)
    }

    /// The first statement of a block that surely leaves it.
    fn first_exit<S: Iterator<Item = Site>>(
        &self,
        block: Block,
        steps: usize,
        statements: impl FnOnce() -> S,
    ) -> Option<NodeId> {
        self.once(&self.guards.exits, (block, steps), || {
            let mut all = self.counted(statements());
            all.find(|statement| self.surely_leaves(*statement, steps)).map(|site| site.node)
        })
    }

    fn surely_leaves(&self, statement: Site, steps: usize) -> bool {
        let any =
            |role| self.children_in(statement, role).any(|inner| self.surely_leaves(inner, steps));
        match self.kind(statement) {
            Kind::Return | Kind::Raise => true,
            Kind::If => match self.condition(statement, steps) {
                Some(true) => any(Role::Body),
                Some(false) => any(Role::Else),
                None => any(Role::Body) && any(Role::Else),
            },
            Kind::Try => {
                any(Role::Finally) || (any(Role::Body) && !self.reaches_a_handler(statement, steps))
            }
            Kind::With { .. } => !self.takes_the_errors(statement) && any(Role::Body),
            _ => false,
        }
    }
}
