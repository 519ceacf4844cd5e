//! What is done with events, futures and tasks for which somebody may wait.

use hashbrown::{HashMap, HashSet};

use super::reading::Run;
use super::trace::ValueKind;
use super::value::{Object, Site, Value};
use crate::python::{Kind, NameUse, Role};

/// What asks an event, a task or a future without bringing what others wait for.
const ASKS: [&str; 8] =
    ["wait", "is_set", "clear", "done", "cancelled", "add_done_callback", "result", "exception"];

/// What brings it, or ends it.
const BRINGS: [&str; 4] = ["set", "set_result", "set_exception", "cancel"];

/// What is done with the objects that a wait may be for, by the object.
#[derive(Debug, Clone, Default)]
pub(super) struct Waited {
    /// The first call that gave it.
    pub made: HashMap<Value, Site>,
    /// Where it is brought.
    pub brought: HashMap<Value, Vec<Site>>,
    /// Those with which something else is done: somebody may bring them there.
    pub handed: HashSet<Value>,
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

    pub(super) fn waited(&self) -> &Waited {
        self.waited.get_or_init(|| Waited::of(self))
    }
}

impl Waited {
    pub fn of(run: &Run) -> Self {
        let mut waited = Self::default();
        for site in run.sites() {
            let is_name = matches!(run.kind(site), Kind::Name { used: NameUse::Load });
            if !is_name && !matches!(run.kind(site), Kind::Call) {
                continue;
            }
            let is_one = |it: &Value| {
                matches!(
                    run.trace.object(*it),
                    Some(Object::Foreign(_) | Object::Future(_) | Object::Coroutine(_))
                )
            };
            for value in run.trace.given(site).into_iter().filter(is_one) {
                match is_name {
                    true => waited.add_read(run, site, value),
                    false => _ = waited.made.entry(value).or_insert(site),
                }
            }
        }
        waited
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
            (Kind::Await | Kind::Expression | Kind::FString, _) => true,
            (Kind::Assign | Kind::AnnAssign, Role::Value) => true,
            (Kind::Attribute { name }, _) => {
                let name = run.tree(up.cell).text(*name);
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
