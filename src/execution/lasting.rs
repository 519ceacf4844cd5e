//! What outlives the code that made it: managers of one use, what a block gave, context variables,
//! tasks that were waited for, and what only a front end fills.

use std::sync::Arc;

use hashbrown::{HashMap, HashSet};

use super::event::{EventKind, StackId};
use super::give::Taken;
use super::locks::Locks;
use super::machine::Machine;
use super::started::{NOBODY, WAITED};
use super::value::{Args, Foreign, Loop, Object, ObjectId, Site, Slot, Value};
use crate::knowledge::callables::{Entry, Given, QualifiedName, Row, Segment, Symbol, Use};
use crate::knowledge::tables::Answers;
use crate::python::NodeId;

/// Blocks that managers were held for.
#[derive(Debug, Clone, Default)]
pub(super) struct Blocks {
    /// What gave the manager of a block that has ended.
    pub left: HashMap<ObjectId, Site>,
    /// Managers that were entered by hand, and where.
    by_hand: HashMap<ObjectId, (Site, Option<StackId>)>,
    /// The last call that gave what can be awaited, and serves for other things as well.
    pub fresh: Option<(Site, Value, QualifiedName)>,
    /// Locks, and who holds them.
    pub locks: Locks,
}

/// Callbacks that the messages of a front end call.
#[derive(Debug, Clone, Default)]
pub(super) struct FrontEnd {
    /// Whether one of them runs.
    pub calls: bool,
    /// What they fill.
    fills: HashSet<ObjectId>,
    /// Whether what is scheduled here waits for them.
    pub is_waited_for: bool,
}

impl Machine<'_> {
    /// What a call gives because of what it is given.
    pub fn variant(
        &mut self,
        row: &Arc<Row>,
        args: &Args,
        receiver: Option<Value>,
    ) -> Option<String> {
        let fits = |variant: &&crate::knowledge::callables::Variant| {
            let name = variant.name.as_deref().and_then(|name| self.names.find(name));
            let given = args.get(variant.at.unwrap_or(usize::MAX), name);
            let held = self.all_held(receiver.filter(|_| variant.held));
            let names_none = variant.at.is_none() && variant.name.is_none() && !variant.held;
            let any = names_none.then(|| args.all()).into_iter().flatten();
            held.into_iter().chain(given).chain(any).any(|value| match variant.is {
                Given::True => value == Value::Bool(true),
                Given::CoroutineFunction => self.is_coroutine_function(value) == Some(true),
                Given::Such => self.is_such(value, &variant.like),
                Given::Anything => true,
                Given::Unknown => value == Value::Unknown,
            })
        };
        let like = row.variants.iter().find(fits)?.like.clone();
        let made = self.names.path(&like);
        self.made.insert(made);
        self.trace.switched = true;
        Some(like)
    }

    /// Whether a decorator's product is an object that the tables know, and no function.
    pub fn is_made_by_table(&self, decorator: Value, product: QualifiedName) -> bool {
        let called = self.names.last_step(product);
        let is_renamed = match (decorator, called) {
            (Value::Path(path), Some((from, Segment::Call))) => path != from,
            _ => true,
        };
        let entry = self.input.tables.callables.get(&self.names, product);
        is_renamed || entry.is_some_and(|it| it.runner.is_some() || it.sync_api.is_some())
    }

    /// A call that wants a loop of its own, where one is running.
    pub fn note_owner(&mut self, path: QualifiedName, entry: &Arc<Entry>, args: &Args, site: Site) {
        let Some(owner) = entry.runner.as_ref().or(entry.sync_api.as_ref()) else { return };
        if !matches!(self.context.running, Loop::Kernel | Loop::Own(_)) {
            return;
        }
        if self.input.environment.host.suspends_the_caller() {
            return;
        }
        let works = |name: &String| {
            let name = self.names.find(name);
            args.named.iter().any(|(given, _)| Some(*given) == name)
        };
        if owner.unless.as_ref().is_some_and(works) {
            return;
        }
        if let Some(after) = &owner.after {
            let after = self.names.path(after);
            if !self.made.contains(&after) {
                return;
            }
        }
        // Another library's loop may have been started where nothing is known of it.
        if owner.answers == Answers::Foreign && self.context.running != Loop::Kernel {
            return;
        }
        let kind = EventKind::OwnLoopWanted { by: path };
        match owner.answers {
            Answers::Raises | Answers::Foreign | Answers::Asynchronous => {
                let work = args.positional.first().copied().unwrap_or(Value::Never);
                self.raise("RuntimeError", site, kind, work)
            }
            _ => self.emit(site, kind),
        }
    }

    /// A special method that Python calls of a library's object may run a loop of its own: a plain
    /// walk over it, or a plain `with`.
    pub fn note_owner_of(&mut self, value: Value, method: Symbol, site: Site) {
        let path = match (value, self.object(value)) {
            (Value::Path(path), _) => path,
            (_, Some(Object::Foreign(foreign))) => foreign.path,
            _ => return,
        };
        let method = self.names.step(path, Segment::Attribute(method));
        if let Some(entry) = self.input.tables.callables.get(&self.names, method).cloned() {
            self.note_owner(method, &entry, &Args::default(), site);
        }
    }

    /// A task that raises what asyncio hands on to whoever runs the loop.
    ///
    /// Source: `asyncio/tasks.py`, `Task.__step`: `SystemExit` and `KeyboardInterrupt` are raised
    /// again; a kernel's process ends.
    pub fn note_exit(&mut self, used: Use, path: QualifiedName, raised: &[Value], site: Site) {
        let exits = self.words.exits.map(Value::Path);
        if used == Use::Schedules
            && self.is_on_kernel()
            && raised.iter().any(|class| exits.contains(class))
        {
            self.emit(site, EventKind::ExitInTask { by: path });
        }
    }

    /// `asyncio.wait`: a task ends there, and keeps its error.
    pub(super) fn wait_for_element(&mut self, item: Value, site: Site, taken: &mut Taken) {
        match self.object(item).cloned() {
            Some(Object::Future(future)) => {
                self.belongs_elsewhere(item, &future, site);
                self.heap.set(future.done, Value::Unknown);
                self.note_waited_for(item);
                self.look_after(future.asked, WAITED);
                if !taken.waited.contains(&item) {
                    taken.waited.push(item);
                }
            }
            _ => {
                self.schedule(item, site);
            }
        }
    }

    /// Keeps in mind that nobody has asked these yet.
    pub fn note_waited(&mut self, futures: &[Value], site: Site) {
        let fails = |it: &&Value| matches!(self.object(**it), Some(Object::Future(future)) if !future.raised.is_empty());
        if self.is_on_kernel() && futures.iter().any(|it| fails(&it)) {
            self.waits.push((site, self.stack, futures.to_vec()));
        }
    }

    /// Says of which tasks that may fail nobody asks what came of them.
    pub fn report_unasked(&mut self) {
        for (site, stack, futures) in std::mem::take(&mut self.waits) {
            let asked = |it: &Value| match self.object(*it) {
                Some(Object::Future(future)) => {
                    ![NOBODY, WAITED].contains(&self.heap.get(future.asked))
                }
                _ => true,
            };
            if !futures.iter().any(asked) {
                self.during = site.cell;
                self.stack = stack;
                self.emit(site, EventKind::ErrorsUnasked);
            }
        }
    }

    /// Enters what `@contextmanager` and `@asynccontextmanager` make, which works once.
    ///
    /// Source: `contextlib.py`, `_GeneratorContextManagerBase`: `__enter__` deletes the arguments.
    pub fn enter_once(&mut self, manager: Value, walked: Slot, site: Site) {
        match self.heap.get(walked) {
            Value::Bool(false) => self.heap.set(walked, Value::Bool(true)),
            Value::Bool(true) if self.doubt == 0 => {
                self.raise("AttributeError", site, EventKind::EnteredTwice, manager);
            }
            _ => self.heap.set(walked, Value::Unknown),
        }
    }

    pub fn row_of(&self, foreign: &Foreign) -> Option<&Arc<Row>> {
        self.entry_of_call(foreign.path)?.row.as_ref()
    }

    /// The row of the call that gives a library's object.
    pub fn row_of_value(&self, value: Value) -> Option<&Arc<Row>> {
        match (value, self.object(value)) {
            (Value::Path(path), _) => self.entry_of_call(path)?.row.as_ref(),
            (_, Some(Object::Foreign(foreign))) => self.row_of(foreign),
            _ => None,
        }
    }

    /// Whether it is an object of that path, or a dict or list that has one.
    fn is_such(&self, value: Value, like: &str) -> bool {
        match value {
            Value::Path(path) => self.names.find_path(like) == Some(path),
            _ => match self.object(value) {
                Some(Object::Collection(collection)) => {
                    let mut items = collection.items.iter().map(|slot| self.heap.get(*slot));
                    items.any(|item| item != value && self.is_such(item, like))
                }
                _ => false,
            },
        }
    }

    /// Enters an object of a library whose past matters.
    pub fn enter_followed(&mut self, manager: Value, foreign: &Foreign, site: Site) {
        let single = self.row_of(foreign).is_some_and(|row| row.single_use);
        if single && self.doubt == 0 && self.heap.get(foreign.left) == Value::Bool(true) {
            self.raise("AttributeError", site, EventKind::EnteredTwice, manager);
        }
    }

    /// Leaves its block.
    pub fn leave_followed(&mut self, manager: Value, foreign: &Foreign, site: Site) {
        if let (Value::Bool(false), Value::Object(id)) = (self.heap.get(foreign.left), manager) {
            self.heap.set(foreign.left, Value::Bool(true));
            self.blocks.left.insert(id, site);
        }
    }

    /// `manager.__aenter__()` in one cell and `manager.__aexit__(…)` in another.
    pub fn note_by_hand(&mut self, func: NodeId, method: Value, site: Site) {
        let Some(Object::Bound { receiver: value @ Value::Object(id), .. }) = self.object(method)
        else {
            return;
        };
        let (value, id) = (*value, *id);
        let name = self.attribute_name(func);
        if self.calls.len() > 1 {
            return;
        }
        if name == self.words.aenter {
            self.blocks.by_hand.insert(id, (site, self.stack));
        } else if name == self.words.aexit
            && let Some((entered, stack)) = self.blocks.by_hand.remove(&id)
            && entered.cell != site.cell
        {
            let own = std::mem::replace(&mut self.stack, stack);
            self.emit(entered, EventKind::HeldByHand { value, left: site });
            self.stack = own;
        }
    }

    /// Somebody else has it: nothing is known of what happens to it.
    pub fn unfollow(&mut self, foreign: &Foreign) {
        self.heap.set(foreign.holds, Value::Unknown);
        let is_followed = self
            .row_of(foreign)
            .is_some_and(|row| row.followed || row.single_use || row.ends_with_its_block())
            || self.opens(foreign);
        if is_followed {
            self.heap.set(foreign.left, Value::Unknown);
            self.heap.set(foreign.taken, Value::Unknown);
        }
    }

    /// `response.text` where its block has ended, and nobody read it inside.
    pub fn note_read(&mut self, value: Value, name: Symbol, site: Site) {
        let Some(Object::Foreign(foreign)) = self.object(value).cloned() else { return };
        let text = self.names.text(name);
        let is_refused = |row: &Arc<Row>| row.refuses_after.iter().any(|it| it == text);
        if self.row_of(&foreign).is_some_and(is_refused) {
            if self.doubt == 0 && self.heap.get(foreign.left) == Value::Bool(true) {
                let says = self.row_of(&foreign).and_then(|row| row.says_after.clone());
                let left = match value {
                    Value::Object(id) => self.blocks.left.get(&id).copied(),
                    _ => None,
                };
                let kind = EventKind::UsedAfterBlock { name, left, says };
                self.raise("RuntimeError", site, kind, Value::Unknown);
            }
            return;
        }
        if !self.row_of(&foreign).is_some_and(|row| row.until_left.iter().any(|it| it == text)) {
            return;
        }
        match self.heap.get(foreign.left) {
            Value::Bool(true) if self.doubt == 0 => {
                let kind = EventKind::ReadAfterBlock { name };
                self.raise("RuntimeError", site, kind, Value::Unknown);
            }
            Value::Bool(false) => self.heap.set(foreign.left, Value::Unknown),
            _ => {}
        }
    }

    /// The loop is given a socket.
    ///
    /// Source: `asyncio/selector_events.py`; in debug mode "the socket must be non-blocking".
    pub fn note_socket(&mut self, socket: Value, for_ever: bool, site: Site) {
        let Some(Object::Foreign(foreign)) = self.object(socket) else { return };
        // Of one that was made in an unusual way it is not known.
        let is_usual = self.row_of(foreign).is_some_and(|row| row.followed);
        let blocks = is_usual && self.heap.get(foreign.taken) == Value::Bool(false);
        if blocks && self.doubt == 0 && self.is_on_kernel() {
            self.emit(site, EventKind::SocketBlocks { for_ever });
        }
    }

    /// What a method call changes for later ones: a context variable, an event that a front end
    /// sets.
    pub fn note_lasting(&mut self, receiver: Value, method: QualifiedName, site: Site) {
        let (Value::Object(id), Some(Object::Foreign(foreign))) = (receiver, self.object(receiver))
        else {
            return;
        };
        let path = foreign.path;
        let Some((_, Segment::Attribute(name))) = self.names.last_step(method) else { return };
        let name = self.names.text(name).to_owned();
        self.note_lock(receiver, &name, site);
        if path == self.words.context_var {
            self.note_context(id, &name, site);
        } else if self.front_end.calls && matches!(name.as_str(), "set" | "put_nowait") {
            self.fill_from_front_end(receiver);
        }
    }

    /// A cell that awaits runs in a copy of the context, which ends with it. Whether the one that
    /// set it does, is left to whoever reads the event.
    ///
    /// Source: kernels, the IPython terminal, marimo and Pyodide: what such a cell sets, the next
    /// cell does not see.
    fn note_context(&mut self, variable: ObjectId, method: &str, site: Site) {
        match method {
            "set" => {
                self.contexts.insert(variable, (site, self.stack, self.during));
            }
            "reset" => _ = self.contexts.remove(&variable),
            "get" => {
                let Some((set, stack, during)) = self.contexts.get(&variable).copied() else {
                    return;
                };
                if during != self.during {
                    let (own, cell) = (self.stack, self.during);
                    self.stack = stack;
                    self.during = during;
                    self.emit(set, EventKind::ContextLost);
                    self.stack = own;
                    self.during = cell;
                }
            }
            _ => {}
        }
    }

    /// Notes that a callback of the front end fills a future, an event or a queue.
    pub fn fill_from_front_end(&mut self, value: Value) {
        if let Value::Object(id) = value {
            self.front_end.fills.insert(id);
        }
    }

    /// A cell that waits for the front end, whose messages wait for the cell. What waits beside
    /// the cell keeps nobody from anything, unless the cell waits for that.
    pub fn note_front_end(&mut self, value: Value, site: Site) {
        let of = match self.object(value) {
            Some(Object::Future(future)) => future.of,
            _ => value,
        };
        let is_filled =
            |it: Value| matches!(it, Value::Object(id) if self.front_end.fills.contains(&id));
        if self.front_end.calls || !self.is_on_kernel() || !(is_filled(value) || is_filled(of)) {
            return;
        }
        if self.scheduled > 0 {
            self.front_end.is_waited_for = true;
        } else {
            self.emit(site, EventKind::WaitsForFrontEnd);
        }
    }
}
