//! What a library call gives, and who has to take care of it.

use super::event::{EventKind, Thread};
use super::machine::Machine;
use super::value::{Args, CollectionKind, Foreign, Loop, Object, Plain, Site, Value};
use crate::environment::PythonVersion;
use crate::knowledge::callables::{Entry, Gives, Outcome, QualifiedName, Row, Segment};
use crate::knowledge::versions::Removal;
use crate::python::NodeId;
use std::sync::Arc;

/// So many values are looked at to find what is handed on with one.
const MOST_HANDED: usize = 32;

impl Machine<'_> {
    pub fn coroutine_of(
        &mut self,
        path: QualifiedName,
        result: Value,
        silent: bool,
        site: Site,
        receiver: Option<Value>,
    ) -> Value {
        let args = Args { positional: receiver.into_iter().collect(), ..Args::default() };
        let value = self.coroutine(Value::Path(path), args, result, None, silent);
        self.made_at(value, site);
        value
    }

    /// Keeps in mind where a coroutine object was made.
    pub fn made_at(&mut self, value: Value, site: Site) {
        let (stack, context) = (self.stack, self.context);
        let tried = self.tries_around();
        if let Value::Object(id) = value
            && let Some(Object::Coroutine(coroutine)) = self.heap.object_mut(id)
            && coroutine.made.is_none()
        {
            coroutine.made = Some(site);
            coroutine.stack = stack;
            coroutine.tried = tried;
            coroutine.context = Some(context);
        }
    }

    /// A coroutine that a library's callable got by calling a function.
    pub fn made_by(
        &mut self,
        id: super::value::ObjectId,
        path: QualifiedName,
        site: Site,
        result: Value,
    ) {
        let all = self.heap.alternatives(result);
        let is_coroutine = |it: &Value| matches!(self.object(*it), Some(Object::Coroutine(_)));
        // One of several is told where all of them are coroutines.
        if !all.contains(&Value::Object(id)) || !all.iter().all(is_coroutine) {
            return;
        }
        self.made_at(Value::Object(id), site);
        if let Some(Object::Coroutine(coroutine)) = self.heap.object_mut(id) {
            coroutine.called_by = Some(path);
        }
    }

    pub fn give(
        &mut self,
        row: &Arc<Row>,
        path: QualifiedName,
        taken: Taken,
        site: Site,
        receiver: Option<Value>,
    ) -> Value {
        let called = self.names.step(path, Segment::Call);
        let itself = match taken.like.as_ref().or(row.like.as_ref()) {
            Some(like) => self.names.path(like),
            None => called,
        };
        let result = match row.result {
            Outcome::Held => self.held(receiver),
            _ => self.outcome_of(row, &taken, itself),
        };
        match row.gives {
            Gives::Itself | Gives::Object | Gives::Data | Gives::AsyncManager
                if row.is_followed() || taken.waits_for_kernel =>
            {
                self.foreign(itself, &taken, row.has_to_be_closed, site)
            }
            Gives::Itself
            | Gives::Object
            | Gives::Data
            | Gives::AsyncManager
            | Gives::AsyncIterator => Value::Path(itself),
            Gives::Unknown => Value::Unknown,
            Gives::Nothing => Value::None,
            Gives::Plain => Value::Plain(Plain::Other),
            Gives::Coroutine => self.coroutine_of(path, result, false, site, receiver),
            Gives::Task | Gives::Future => {
                let loop_ = match receiver.map(|it| self.loop_of(it)) {
                    Some(Loop::Unknown) | None => self.context.running,
                    Some(known) => known,
                };
                let class = self.words.task;
                let value = self.future(taken.of, result, class, loop_);
                self.note_started(value, path, &taken, site);
                let tried = self.tries_around();
                if let Value::Object(id) = value
                    && let Some(Object::Future(future)) = self.heap.object_mut(id)
                {
                    future.raised = taken.raised;
                    future.tried = tried;
                }
                if self.runs_on_kernel(loop_) && matches!(row.gives, Gives::Task) {
                    self.note_running(value, site);
                }
                value
            }
            Gives::ThreadFuture => {
                let class = self.words.thread_future;
                let value = self.future(taken.of, result, class, taken.filled_by);
                if let Value::Object(id) = value
                    && let Some(Object::Future(future)) = self.heap.object_mut(id)
                {
                    future.waits_for_kernel = taken.waits_for_kernel;
                }
                value
            }
            Gives::Receiver => receiver.unwrap_or(Value::Unknown),
            Gives::Result => result,
            Gives::Results => self.collection(CollectionKind::Iterator, Vec::new(), result),
            Gives::Parts => self.parts(row),
            Gives::RunningLoop => self.running_loop(path, site),
            Gives::NewLoop => self.new_loop(site),
        }
    }

    /// A tuple of the objects that a row names.
    fn parts(&mut self, row: &Row) -> Value {
        let parts = row.parts.iter().map(|part| Value::Path(self.names.path(part))).collect();
        self.collection(CollectionKind::Tuple, parts, Value::Never)
    }

    pub fn foreign(
        &mut self,
        path: QualifiedName,
        taken: &Taken,
        to_close: bool,
        site: Site,
    ) -> Value {
        let used_on = self.heap.slot(Value::Never);
        let closed = self.heap.slot(Value::Bool(!to_close));
        let made = self.context.running;
        let waits_since = taken.waits_for_kernel.then_some(self.during);
        let taken = self.heap.slot(Value::Bool(false));
        let holds = self.heap.slot(Value::Never);
        let left = self.heap.slot(Value::Bool(false));
        let many = self.doubt > 0;
        let foreign =
            Foreign { path, made, used_on, closed, taken, holds, left, waits_since, many };
        let id = self.heap.add(Object::Foreign(foreign));
        if to_close && self.calls.len() > 1 {
            self.opened.push((id, site, self.stack));
        }
        Value::Object(id)
    }

    pub fn is_closing(&self, path: QualifiedName) -> bool {
        matches!(self.names.last_step(path), Some((_, Segment::Attribute(name)))
            if matches!(self.names.text(name), "close" | "aclose" | "shutdown" | "__aexit__" | "__aenter__"))
    }

    /// `release`, `put_nowait` and `set` decide who has to wait afterwards.
    pub fn note_taken(&mut self, receiver: Value, method: QualifiedName, args: &Args) {
        let Some(Object::Foreign(foreign)) = self.object(receiver) else { return };
        if self.opens(foreign) {
            return;
        }
        let slot = foreign.taken;
        let Some((_, Segment::Attribute(name))) = self.names.last_step(method) else { return };
        let fills = matches!(self.names.text(name), "set" | "put" | "put_nowait");
        if fills && self.fill_from_task(receiver) {
            return;
        }
        match self.names.text(name) {
            "release" | "clear" => self.heap.set(slot, Value::Bool(false)),
            "put_nowait" | "set" => self.heap.set(slot, Value::Bool(true)),
            // A socket that does not block is as good as taken: the loop never waits for it.
            "setblocking" | "settimeout" => {
                let blocks = match args.positional.first() {
                    Some(Value::Bool(true) | Value::None) => Value::Bool(false),
                    _ => Value::Bool(true),
                };
                self.heap.set(slot, blocks);
            }
            _ => {}
        }
    }

    /// Notes that somebody closes an object, or has it for that: by itself, in a collection, in an
    /// object's fields, or in the variables of a function that is handed on.
    pub fn hand_on(&mut self, value: Value) {
        let mut waiting = vec![value];
        // Without anything to close there is nothing to look for.
        let most = if self.opened.is_empty() { 1 } else { MOST_HANDED };
        for _ in 0..most {
            let Some(value) = waiting.pop() else { return };
            match self.object(value) {
                Some(Object::Foreign(foreign)) => {
                    let closed = foreign.closed;
                    if self.heap.get(closed) == Value::Bool(false) {
                        self.heap.set(closed, Value::Unknown);
                    }
                }
                Some(Object::Collection(collection)) => {
                    let slots = collection.items.iter().take(most);
                    waiting.extend(slots.map(|slot| self.heap.get(*slot)));
                }
                Some(Object::Instance { fields, .. }) => {
                    waiting.extend(fields.values().take(most).map(|slot| self.heap.get(*slot)));
                }
                Some(Object::Bound { receiver, .. }) => waiting.push(*receiver),
                Some(Object::Partial { function, args }) => {
                    waiting.push(*function);
                    waiting.extend(args.all());
                }
                Some(Object::Function(function)) => {
                    waiting.extend(function.closure.map(Value::Object));
                }
                Some(Object::Frame { first, closure }) => {
                    waiting.extend(closure.map(Value::Object));
                    let slots = first.index..first.index + most as u32;
                    waiting.extend(slots.filter_map(|index| {
                        let held = self.heap.get(super::value::Slot { index, ..*first });
                        matches!(self.object(held), Some(Object::Foreign(_))).then_some(held)
                    }));
                }
                _ => {}
            }
        }
    }

    /// Says what nobody closes.
    pub fn report_left_open(&mut self) {
        for (id, made, stack) in std::mem::take(&mut self.opened) {
            let Some(Object::Foreign(foreign)) = self.heap.object(id).cloned() else { continue };
            if self.heap.get(foreign.closed) == Value::Bool(false) {
                self.during = made.cell;
                self.stack = stack;
                self.emit(made, EventKind::LeftOpen { path: foreign.path });
            }
        }
    }

    /// Whether the Python that runs the cells is said to be without something.
    fn is_gone(&self, removal: &Removal) -> bool {
        let environment = self.input.environment;
        let is_since = |python: PythonVersion| python >= removal.from;
        // Whoever says nothing runs a Python that is looked after.
        let looked_after = PythonVersion { major: 3, minor: 11 };
        let is_told = || removal.from <= looked_after && !removal.is_deprecation;
        environment.oldest_python().is_some_and(is_since)
            || environment.newest_python().map_or_else(is_told, is_since)
    }

    /// `from asyncio import coroutine`, where this Python has no such name: nothing is bound.
    pub fn import_removed(&mut self, value: Value, node: NodeId) -> Value {
        let Value::Path(path) = value else { return value };
        let Some(entry) = self.input.tables.callables.get(&self.names, path).cloned() else {
            return value;
        };
        let mut whole = entry.removals.iter().filter(|it| it.keyword.is_none());
        match whole.find(|it| !it.is_deprecation && self.is_gone(it)) {
            Some(removal) => {
                let kind = EventKind::Removed { by: path, removal: removal.clone() };
                let site = self.site(node);
                self.raise("ImportError", site, kind, Value::Unknown);
                Value::Unknown
            }
            None => value,
        }
    }

    /// Says what this Python no longer has of a call.
    pub fn note_removed(&mut self, path: QualifiedName, entry: &Entry, args: &Args, site: Site) {
        for removal in &entry.removals {
            let is_gone = self.is_gone(removal);
            let keyword = removal.keyword.as_deref().map(|name| self.names.find(name));
            let is_used =
                keyword.is_none_or(|name| args.named.iter().any(|(given, _)| Some(*given) == name));
            if is_gone && is_used {
                let removal = removal.clone();
                let kind = EventKind::Removed { by: path, removal };
                self.raise("TypeError", site, kind, Value::Unknown);
            }
        }
    }

    /// An event loop, by who runs it.
    pub fn event_loop(&mut self, made: Loop) -> Value {
        let foreign = Foreign::event_loop(&mut self.heap, self.words.event_loop, made);
        self.new_object(Object::Foreign(foreign))
    }

    pub fn running_loop(&mut self, path: QualifiedName, site: Site) -> Value {
        if self.context.running == Loop::None && self.context.thread == Thread::Worker {
            self.raise("RuntimeError", site, EventKind::NoRunningLoop { by: path }, Value::Unknown);
            return Value::Unknown;
        }
        if self.has_no_loop_here(path) {
            self.raise("RuntimeError", site, EventKind::NoRunningLoop { by: path }, Value::Unknown);
        }
        match self.context.running {
            Loop::Kernel => self.kernel_loop,
            Loop::None if self.is_on_kernel() => self.kernel_loop,
            made => self.event_loop(made),
        }
    }

    pub fn outcome_of(&mut self, row: &Arc<Row>, taken: &Taken, itself: QualifiedName) -> Value {
        match row.result {
            Outcome::Unknown | Outcome::Held => Value::Unknown,
            Outcome::Nothing if taken.like.is_some() => Value::Path(itself),
            Outcome::Nothing => Value::None,
            Outcome::Length => taken.length.map_or(Value::Plain(Plain::Int), Value::Int),
            Outcome::Plain => Value::Plain(Plain::Other),
            Outcome::Call | Outcome::Awaited => taken.result.unwrap_or(Value::Unknown),
            Outcome::AllAwaited => {
                let all = taken.all.clone();
                self.collection(CollectionKind::List, all, Value::Never)
            }
            Outcome::DoneAndPending => {
                let mut set = |items| self.collection(CollectionKind::Set, items, Value::Unknown);
                let (done, pending) = (set(taken.waited.clone()), set(Vec::new()));
                self.collection(CollectionKind::Tuple, vec![done, pending], Value::Never)
            }
            Outcome::Parts => self.parts(row),
            Outcome::Object => Value::Path(itself),
            Outcome::Objects => {
                self.collection(CollectionKind::List, Vec::new(), Value::Path(itself))
            }
        }
    }
}

/// What came of the arguments.
pub(super) struct Taken {
    pub(super) of: Value,
    pub(super) result: Option<Value>,
    pub(super) all: Vec<Value>,
    /// The futures that are waited for.
    pub(super) waited: Vec<Value>,
    /// What it gives, where that depends on an argument.
    pub(super) like: Option<String>,
    pub(super) filled_by: Loop,
    /// How long the text is that is walked, in characters.
    pub(super) length: Option<i64>,
    pub(super) waits_for_kernel: bool,
    /// The place of the argument that is being used.
    pub(super) at: Option<usize>,
    /// What the awaited arguments may raise.
    pub(super) raised: Vec<Value>,
    /// What is gathered.
    pub(super) parts: Vec<Value>,
    /// Whether the call raises for what it is given.
    pub(super) is_refused: bool,
}

impl Default for Taken {
    fn default() -> Self {
        Self {
            of: Value::Unknown,
            result: None,
            all: Vec::new(),
            waited: Vec::new(),
            like: None,
            filled_by: Loop::Unknown,
            length: None,
            waits_for_kernel: false,
            at: None,
            raised: Vec::new(),
            parts: Vec::new(),
            is_refused: false,
        }
    }
}
