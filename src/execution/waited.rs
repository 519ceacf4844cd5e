//! What is done with events, futures and tasks for which somebody may wait.

use hashbrown::{HashMap, HashSet};

use super::reading::Run;
use super::trace::ValueKind;
use super::value::{Object, Site, Value};
use crate::python::{Kind, NameUse, Role};

/// What asks an event, a queue, a task or a future without bringing what others wait for.
const ASKS: [&str; 20] = [
    "wait",
    "is_set",
    "clear",
    "done",
    "cancelled",
    "add_done_callback",
    "result",
    "exception",
    "get",
    "get_nowait",
    "join",
    "task_done",
    "qsize",
    "empty",
    "full",
    "acquire",
    "locked",
    "wait_for",
    "n_waiting",
    "parties",
];

/// What brings it, or ends it.
const BRINGS: [&str; 11] = [
    "set",
    "set_result",
    "set_exception",
    "cancel",
    "put",
    "put_nowait",
    "notify",
    "notify_all",
    "release",
    "abort",
    "reset",
];

/// What can be waited for until somebody brings it.
const MADE: [&str; 9] = [
    "Event",
    "Queue",
    "PriorityQueue",
    "LifoQueue",
    "Future",
    "Condition",
    "Semaphore",
    "BoundedSemaphore",
    "Barrier",
];

/// What is done with the objects that a wait may be for, by the object.
#[derive(Debug, Clone, Default)]
pub(super) struct Waited {
    /// The first call that gave it.
    pub made: HashMap<Value, Site>,
    /// Where it is brought.
    pub brought: HashMap<Value, Vec<Site>>,
    /// Those with which something else is done: somebody may bring them there.
    pub handed: HashSet<Value>,
    /// Queues of which somebody says that an item is done.
    pub done: HashSet<Value>,
    /// Where which of their methods are named.
    named: HashMap<Value, Vec<(Site, Box<str>)>>,
    awaited: HashSet<Value>,
}

impl Run<'_> {
    /// Whether what the call at `call` starts is awaited, by itself or with others.
    pub fn is_waited_for(&self, call: Site) -> bool {
        let awaited = &self.waited().awaited;
        let is_one = |value: &Value| {
            let tasked = match value {
                Value::Object(id) => self.trace.tasks.get(id),
                _ => None,
            };
            awaited.contains(value) || tasked.is_some_and(|it| it.waited.is_some())
        };
        let started = self.trace.given(call);
        self.ancestors(call).any(|up| matches!(self.kind(up), Kind::Await))
            || !started.is_empty() && started.iter().all(is_one)
    }

    /// Whether the notebook makes an event, a queue or a bare future.
    pub fn has_what_is_brought(&self) -> bool {
        let is_one = |call: &Site| {
            self.path_of_call(*call).is_some_and(|path| {
                path.ends_with(".create_future")
                    || path.strip_prefix("asyncio.").is_some_and(|it| MADE.contains(&it))
            })
        };
        self.waited().made.values().any(is_one)
    }

    pub(super) fn waited(&self) -> &Waited {
        self.waited.get_or_init(|| Waited::of(self))
    }
}

impl Waited {
    pub fn of(run: &Run) -> Self {
        let mut waited = Self::default();
        for site in run.sites() {
            let is_name = matches!(run.kind(site), Kind::Name { used: NameUse::Load });
            let is_inside = matches!(run.kind(site), Kind::Attribute { .. } | Kind::Subscript);
            if !is_name && !is_inside && !matches!(run.kind(site), Kind::Call) {
                continue;
            }
            let is_loose = !is_name && (is_inside || !is_named(run, site));
            let is_one = |it: &Value| {
                matches!(
                    run.trace.object(*it),
                    Some(Object::Foreign(_) | Object::Future(_) | Object::Coroutine(_))
                )
            };
            for value in run.trace.given(site).into_iter().filter(is_one) {
                if is_loose && !matches!(run.trace.object(value), Some(Object::Coroutine(_))) {
                    waited.handed.insert(value);
                }
                match is_name {
                    true => waited.add_read(run, site, value),
                    false if is_inside => {}
                    false => _ = waited.made.entry(value).or_insert(site),
                }
            }
        }
        waited
    }

    /// Where a method of an object is named.
    pub fn asked(&self, value: Value, method: &str) -> impl Iterator<Item = Site> {
        let named = self.named.get(&value).map_or(&[][..], Vec::as_slice);
        named.iter().filter(move |(_, name)| **name == *method).map(|(site, _)| *site)
    }

    fn add_read(&mut self, run: &Run, read: Site, value: Value) {
        let Some(up) = run.parent(read) else { return };
        if run.ancestors(read).any(|up| matches!(run.kind(up), Kind::Await)) {
            self.awaited.insert(value);
        }
        if matches!(run.trace.object(value), Some(Object::Coroutine(_))) {
            return;
        }
        let is_kept = match (run.kind(up), run.role(read)) {
            (Kind::Await | Kind::Expression | Kind::FString | Kind::WithItem, _) => true,
            (Kind::Assign | Kind::AnnAssign, Role::Value) => {
                let mut targets = run.children_in(up, Role::Target);
                targets.all(|it| matches!(run.kind(it), Kind::Name { .. }))
            }
            (Kind::Attribute { name }, _) => {
                let name = run.tree(up.cell).text(*name);
                self.named.entry(value).or_default().push((read, name.into()));
                if name == "task_done" {
                    self.done.insert(value);
                }
                if BRINGS.contains(&name) {
                    self.brought.entry(value).or_default().push(read);
                }
                BRINGS.contains(&name) || ASKS.contains(&name)
            }
            // The parameter is the same object.
            (Kind::Call, Role::Arg) => run
                .child(up, Role::Func)
                .is_some_and(|func| !run.definitions(func, ValueKind::Function).is_empty()),
            _ => false,
        };
        if !is_kept {
            self.handed.insert(value);
        }
    }
}

/// Whether nothing but names keeps what a call gives.
fn is_named(run: &Run, call: Site) -> bool {
    let Some(up) = run.parent(call) else { return false };
    match run.kind(up) {
        Kind::Assign | Kind::AnnAssign | Kind::Named => {
            let mut targets = run.children_in(up, Role::Target);
            targets.all(|it| matches!(run.kind(it), Kind::Name { .. } | Kind::Tuple { .. }))
        }
        Kind::Tuple { .. } => is_named(run, up),
        Kind::Attribute { .. } | Kind::Return | Kind::Expression | Kind::Await => true,
        _ => false,
    }
}
