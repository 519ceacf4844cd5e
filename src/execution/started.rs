//! Tasks that were started: who looks after them, and which of them nobody does.

use hashbrown::{HashMap, HashSet};

use super::event::{Context, EventKind, StackId};
use super::give::Taken;
use super::machine::Machine;
use super::value::{CellKey, Loop, Object, ObjectId, Site, Slot, Value};
use crate::index::Index;
use crate::knowledge::callables::QualifiedName;
use crate::python::{Kind, NodeId, Role};
use crate::text::words;

/// Whether a call of `path` starts a task that its caller has to look after. A `TaskGroup`'s own
/// `create_task` is owned and awaited.
pub fn starts_task(path: &str) -> bool {
    let Some((owner, name)) = path.rsplit_once('.') else { return false };
    matches!(name, "create_task" | "ensure_future") && owner != "asyncio.TaskGroup()"
}

/// The same, as far as asyncio itself or an event loop starts it.
pub fn starts_kept_task(path: &str) -> bool {
    let owner = path.rsplit_once('.').map_or("", |(owner, _)| owner);
    starts_task(path) && (owner == "asyncio" || is_loop(owner))
}

/// Whether a path stands for an event loop object.
pub fn is_loop(path: &str) -> bool {
    [
        "asyncio.AbstractEventLoop()",
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

/// What [`super::value::Future::asked`] holds as long as nobody looks after it; once somebody waits
/// for it or cancels it, who need not ask what came of it; and once something gathers it.
pub(super) const NOBODY: Value = Value::Bool(false);
pub(super) const WAITED: Value = Value::Int(0);
const GATHERED: Value = Value::Int(1);

/// What a task tells of itself without giving its result or its error.
const TELLS: [&str; 7] =
    ["get_name", "set_name", "get_coro", "get_stack", "print_stack", "get_loop", "get_context"];

/// What there is to know of tasks that were started.
#[derive(Debug, Clone, Default)]
pub(super) struct Tasks {
    /// Those that somebody has to look after, in order.
    started: Vec<Started>,
    /// Whether some code looks after all that there are.
    pub are_all_asked_for: bool,
    /// What a name of the cells held that an earlier cell made, and what it was bound to then.
    rebound: Vec<(Value, Value)>,
    /// What cells showed, each with its cell.
    shown: Vec<(CellKey, Value)>,
    /// Objects of the notebook's own that wait to be awaited, and the calls that made them.
    pub awaitables: HashMap<ObjectId, (Site, Option<StackId>)>,
}

/// A task that somebody has to look after.
#[derive(Debug, Clone)]
struct Started {
    task: Value,
    by: QualifiedName,
    /// The call that gives it, out of helpers that only hand it on, and the calls that led there.
    site: Site,
    stack: Option<StackId>,
    context: Context,
    /// What it gathers.
    parts: Vec<Value>,
    is_refused: bool,
}

impl Machine<'_> {
    /// Keeps in mind a task that its caller has to look after. A task group keeps its own.
    pub(super) fn note_started(
        &mut self,
        task: Value,
        by: QualifiedName,
        taken: &Taken,
        site: Site,
    ) {
        if !self.words.starters.contains(&by) && !self.words.gathers.contains(&by) {
            return;
        }
        let (stack, context) = (self.stack, self.context);
        let (parts, is_refused) = (taken.parts.clone(), taken.is_refused);
        self.tasks.started.push(Started { task, by, site, stack, context, parts, is_refused });
    }

    /// A plain function that gives back a task leaves it to its caller; what is in a list that it
    /// gives back is not followed.
    pub fn hand_task_on(&mut self, value: Value) {
        if self.tasks.started.is_empty() {
            return;
        }
        let held = self.futures_in(value);
        if held.is_empty() {
            return;
        }
        let is_plain = self
            .calls
            .last()
            .is_some_and(|it| self.is_coroutine_function(it.function) != Some(true));
        let call = self.stack.and_then(|it| self.trace.stacks.get(it.0 as usize).copied());
        let call = call.filter(|(site, _)| is_plain && self.is_call(*site));
        let alone = matches!(self.object(value), Some(Object::Future(_)));
        for future in held {
            match call.filter(|_| alone) {
                Some((site, before)) => {
                    let mut all = self.tasks.started.iter_mut().rev();
                    if let Some(it) = all.find(|it| it.task == future) {
                        (it.site, it.stack) = (site, before);
                    }
                }
                None => self.care_for(future),
            }
        }
    }

    fn is_call(&self, site: Site) -> bool {
        self.index(site.cell).is_some_and(|it| *it.syntax.tree.kind(site.node) == Kind::Call)
    }

    /// The tasks and futures that a value is or holds.
    fn futures_in(&self, value: Value) -> Vec<Value> {
        let is_future = |it: &Value| matches!(self.object(*it), Some(Object::Future(_)));
        let mut all = self.heap.alternatives(value);
        if let Some(Object::Collection(collection)) = self.object(value) {
            let slots = collection.items.iter().chain([&collection.rest]);
            let held: Vec<Value> = slots.map(|slot| self.heap.get(*slot)).collect();
            all = held.into_iter().flat_map(|it| self.heap.alternatives(it)).collect();
        }
        all.retain(is_future);
        all
    }

    /// Who looks after a task or future.
    pub fn care_of(&self, value: Value) -> Value {
        match self.object(value) {
            Some(Object::Future(future)) => self.heap.get(future.asked),
            _ => Value::Unknown,
        }
    }

    pub fn care_for(&mut self, value: Value) {
        if let Some(Object::Future(future)) = self.object(value) {
            self.heap.set(future.asked, Value::Bool(true));
        }
    }

    /// Notes that somebody looks after a task; to wait for it does not undo that it was asked.
    pub fn look_after(&mut self, asked: Slot, how: Value) {
        if how != WAITED || self.heap.get(asked) == NOBODY {
            self.heap.set(asked, how);
        }
    }

    /// What a gathering takes is looked after as long as that is; `before` is who did already.
    pub fn gather_part(&mut self, part: Value, before: Value) {
        if before == NOBODY
            && let Some(Object::Future(future)) = self.object(part)
        {
            self.heap.set(future.asked, GATHERED);
        }
    }

    /// Whether a call of a task's method, at `site`, takes care of the task: it cancels it, or asks
    /// whether it is done in order to do something then.
    pub fn takes_care(&mut self, method: &str, site: Site) -> bool {
        if !["done", "cancelled"].contains(&method) {
            return !TELLS.contains(&method);
        }
        let Some(index) = self.index(site.cell).cloned() else { return true };
        let tree = &index.syntax.tree;
        let Some(up) = tree.parent(site.node) else { return true };
        match tree.kind(up) {
            Kind::Expression | Kind::FString | Kind::List | Kind::Tuple { .. } | Kind::Dict => {
                false
            }
            Kind::Comprehension { .. } => tree.role(site.node) != Role::Element,
            Kind::Call if tree.role(site.node) == Role::Arg => !self.only_shows(site.cell, up),
            _ => true,
        }
    }

    /// Whether a call is one of a built-in function, which looks at what it is given.
    fn only_shows(&mut self, cell: CellKey, call: NodeId) -> bool {
        let func = self.index(cell).and_then(|it| it.syntax.tree.child(call, Role::Func));
        let is_name = |it: &NodeId| {
            let index = self.index(cell);
            index.is_some_and(|all| matches!(all.syntax.tree.kind(*it), Kind::Name { .. }))
        };
        let builtins = self.words.builtins;
        match func.filter(is_name).map(|it| self.evaluate(it)) {
            Some(Value::Path(path)) => {
                self.names.last_step(path).is_some_and(|(from, _)| from == builtins)
            }
            _ => false,
        }
    }

    /// Keeps in mind where an object is made that does something where it is awaited, and nothing
    /// before: its `__init__` calls nobody.
    pub fn note_awaitable(&mut self, object: Value, class: Value, site: Site) {
        let Value::Object(id) = object else { return };
        let is_async = |it: Value| self.is_coroutine_function(it) == Some(true);
        let (method, _) = self.class_member(class, self.words.await_);
        let is_known = !matches!(self.object(object), Some(Object::Instance { is_open: true, .. }));
        let makers = ["__new__", "__post_init__", "__del__"];
        let does_more = |name: &str| {
            let name = self.names.find(name);
            name.is_some_and(|it| self.class_member(class, it).0.is_some())
        };
        let is_quiet = match self.class_member(class, self.words.init).0 {
            None => true,
            Some(init) => self.calls_nobody(init),
        };
        if method.is_some_and(|it| !is_async(it))
            && is_known
            && is_quiet
            && !makers.into_iter().any(does_more)
        {
            self.tasks.awaitables.insert(id, (site, self.stack));
        }
    }

    fn calls_nobody(&self, function: Value) -> bool {
        let Some(def) = self.heap.function_of(function) else { return false };
        let Some(index) = self.index(def.cell) else { return false };
        let tree = &index.syntax.tree;
        !tree.descendants(def.node).any(|it| matches!(tree.kind(it), Kind::Call | Kind::Subscript))
    }

    /// A statement that only makes such an object: nobody comes to it any more.
    pub fn note_unwaited(&mut self, value: Value) {
        let Value::Object(id) = value else { return };
        let Some((site, stack)) = self.tasks.awaitables.remove(&id) else { return };
        let Some(Object::Instance { class, .. }) = self.object(value) else { return };
        let function = *class;
        let own = std::mem::replace(&mut self.stack, stack);
        let kind = EventKind::CoroutineLost { function, called_by: None, is_silent: true };
        self.emit(site, kind);
        self.stack = own;
    }

    /// Keeps what a cell shows: a later one may take it from `_` and `Out`.
    pub fn note_shown(&mut self, value: Value, statement: NodeId) {
        let [call] = self.calls.as_slice() else { return };
        let is_last =
            |it: &std::sync::Arc<Index>| it.syntax.tree.statements().last() == Some(statement);
        if call.space == 0 && self.index(call.cell).is_some_and(is_last) {
            self.tasks.shown.push((call.cell, value));
        }
    }

    /// `_` or `Out` is read: it may be what an earlier cell showed.
    pub fn read_output(&mut self) {
        let here = self.cell();
        let is_before = |it: &(CellKey, Value)| it.0 < here;
        let before: Vec<Value> =
            self.tasks.shown.iter().filter(|it| is_before(it)).map(|it| it.1).collect();
        self.tasks.shown.retain(|it| !is_before(it));
        before.into_iter().for_each(|value| self.escape(value));
    }

    /// Keeps what a name of the cells is bound to in place of what an earlier cell made: cells may be
    /// run in any order, and one of the two may be there instead of the other.
    pub fn note_rebound(&mut self, slot: Slot, value: Value) {
        let before = self.heap.get(slot);
        if let Value::Object(id) = before
            && id.cell != self.during
            && !self.tasks.started.is_empty()
            && matches!(self.object(before), Some(Object::Future(_) | Object::Collection(_)))
        {
            self.tasks.rebound.push((before, value));
        }
    }

    /// The names in a text that is no Python: whoever reads it may do anything with them.
    pub fn read_words_of(&mut self, text: &str) {
        if self.tasks.started.is_empty() {
            return;
        }
        for word in words(text).collect::<HashSet<_>>() {
            let slot = self.names.find(word).and_then(|name| self.spaces.first()?.names.get(&name));
            if let Some(slot) = slot.copied() {
                let held = self.heap.get(slot);
                self.futures_in(held).into_iter().for_each(|it| self.care_for(it));
            }
        }
    }

    /// The same of a cell in which something is none.
    pub fn read_what_is_no_python(&mut self, index: &Index) {
        if !index.syntax.errors.is_empty() {
            self.read_words_of(index.syntax.tree.source());
        }
    }

    /// Says which tasks nobody looks after.
    pub fn report_lost_tasks(&mut self) {
        if self.tasks.are_all_asked_for || self.trace.is_cut_short {
            return;
        }
        let started = std::mem::take(&mut self.tasks.started);
        let mut lost: HashSet<Value> =
            started.iter().filter(|it| self.is_lost(it)).map(|it| it.task).collect();
        for (before, after) in std::mem::take(&mut self.tasks.rebound).into_iter().rev() {
            if self.futures_in(after).iter().any(|it| !lost.contains(it)) {
                self.futures_in(before).iter().for_each(|it| _ = lost.remove(it));
            }
        }
        // Where a loop starts several and the last one is awaited, the others may be meant to be.
        let way = |it: &Started| (it.site, it.stack.map(|id| self.trace.stack(id)));
        let mut all_lost: HashMap<_, bool> = HashMap::new();
        for it in &started {
            *all_lost.entry(way(it)).or_insert(true) &= lost.contains(&it.task);
        }
        let lost: Vec<Started> =
            started.iter().filter(|it| all_lost.get(&way(it)) == Some(&true)).cloned().collect();
        for it in lost {
            self.during = it.site.cell;
            (self.stack, self.context) = (it.stack, it.context);
            let on = match self.object(it.task) {
                Some(Object::Future(future)) => future.filled_by,
                _ => Loop::Unknown,
            };
            self.emit(it.site, EventKind::TaskLost { by: it.by, is_refused: it.is_refused, on });
        }
    }

    fn is_lost(&self, started: &Started) -> bool {
        let is_kept = |part: &Value| {
            let is_future = matches!(self.object(*part), Some(Object::Future(_)));
            *part == Value::Unknown
                || is_future && ![NOBODY, GATHERED].contains(&self.care_of(*part))
        };
        let are_kept = !started.parts.is_empty() && started.parts.iter().all(is_kept);
        self.care_of(started.task) == NOBODY && !are_kept
    }
}
