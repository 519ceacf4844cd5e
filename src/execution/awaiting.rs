//! Coroutines, tasks and futures: who awaits them, what that gives, and what nobody awaits.

use std::sync::Arc;

use super::event::{Context, EventKind, Miss, Thread};
use super::machine::Machine;
use super::value::{Args, Coroutine, Future, Loop, Object, ObjectId, Site, Slot, Value};
use crate::index::Index;
use crate::knowledge::callables::{Entry, QualifiedName, Segment};
use crate::python::{Kind, NodeId};

impl Machine<'_> {
    /// `await value`.
    pub fn await_value(&mut self, value: Value, site: Site) -> Value {
        self.note_front_end(value, site);
        self.note_awaited(value);
        self.hold_across(value, site);
        if self.is_on_kernel() {
            self.note_miss(Miss::Interrupt, site);
        }
        match self.is_awaitable(value) {
            Some(false) => {
                self.let_loop_run();
                // That it is not awaited is told; that what is in it is not either, need not be.
                match self.walk_quietly(value) {
                    Some(items) => items.into_iter().for_each(|item| self.escape(item)),
                    None => self.escape(value),
                }
                self.raise("TypeError", site, EventKind::AwaitRefused { value }, value);
                self.given_anyway(value)
            }
            _ if self.is_awaited_wrongly(value, site) => Value::Unknown,
            _ => {
                let is_one_turn = self.one_turn == Some(value);
                let result = self.outcome(value, site);
                if is_one_turn {
                    self.let_loop_turn();
                } else {
                    self.let_loop_run();
                }
                result
            }
        }
    }

    /// `await` wants an iterator of `__await__`, and gets a coroutine where that is `async`.
    ///
    /// Source: `TypeError: __await__() returned a coroutine`, Python 3.11 to 3.13.
    fn is_awaited_wrongly(&mut self, value: Value, site: Site) -> bool {
        let Some(method) = self.class_attribute(value, self.words.await_) else { return false };
        if self.is_coroutine_function(method) != Some(true) {
            return false;
        }
        let given = self.call(method, Args::default(), site);
        self.note_unawaited("__await__", given, site);
        true
    }

    /// What an `await` that fails would give, if it were not there.
    pub fn given_anyway(&mut self, value: Value) -> Value {
        match self.object(value).cloned() {
            Some(Object::Collection(_)) => Value::Unknown,
            _ => value,
        }
    }

    /// Lets everything that waits on the loop have its turn.
    pub fn let_loop_run(&mut self) {
        self.let_loop_turn();
        if self.context.thread == Thread::Kernel {
            self.may_have_come(|it| &mut it.posted);
        }
    }

    /// One turn, as `await asyncio.sleep(0)` gives it. What was posted as from another thread needs
    /// two at the least: one that makes its task, and one in which that runs.
    ///
    /// Source: `asyncio/tasks.py`, `run_coroutine_threadsafe`.
    fn let_loop_turn(&mut self) {
        self.turns += 1;
        self.note_turn();
        if self.context.thread == Thread::Kernel {
            self.may_have_come(|it| &mut it.pending);
        }
    }

    /// What waited for the loop may have happened by now.
    fn may_have_come(&mut self, which: impl Fn(&mut Self) -> &mut Vec<Slot>) {
        for slot in std::mem::take(which(self)) {
            self.heap.set(slot, Value::Unknown);
        }
    }

    /// What awaiting, or scheduling, leads to.
    pub fn outcome(&mut self, value: Value, site: Site) -> Value {
        match value {
            Value::Union(_) => {
                let all = self.heap.alternatives(value);
                self.guessing(|it| {
                    all.into_iter().fold(Value::Never, |result, one| {
                        let given = match it.is_awaitable(one) {
                            Some(false) => Value::Never,
                            _ => it.outcome(one, site),
                        };
                        it.join(result, given)
                    })
                })
            }
            Value::Path(path) => self.awaited_path(path),
            Value::Object(id) => self.awaited_object(id, site),
            _ => {
                self.may_time_out();
                Value::Unknown
            }
        }
    }

    pub fn awaited_object(&mut self, id: ObjectId, site: Site) -> Value {
        match self.heap.object(id).cloned() {
            Some(Object::Coroutine(coroutine)) => {
                let awaited = Value::Object(id);
                self.consume(awaited, &coroutine, site);
                self.run_coroutine(&coroutine, site)
            }
            Some(Object::Future(future)) => {
                self.belongs_elsewhere(Value::Object(id), &future, site);
                self.heap.set(future.done, Value::Unknown);
                self.look_after(future.asked, Value::Bool(true));
                self.note_waited_for(Value::Object(id));
                self.may_time_out();
                self.note_early(&future.tried, &future.raised);
                for class in &future.raised {
                    self.note_raised(*class);
                }
                self.raised.clone_from(&future.raised);
                future.result
            }
            Some(Object::Instance { .. }) => {
                let await_ = self.words.await_;
                match self.class_attribute(Value::Object(id), await_) {
                    Some(method) => {
                        let given = self.call(method, Args::default(), site);
                        // What waits in another way than `await` may take a coroutine, too.
                        if matches!(self.object(given), Some(Object::Coroutine(_))) {
                            return self.outcome(given, site);
                        }
                        self.walk(given, site);
                        Value::Unknown
                    }
                    None => {
                        self.escape(Value::Object(id));
                        Value::Unknown
                    }
                }
            }
            Some(Object::Foreign(foreign)) => {
                self.open(&foreign);
                self.use_on_loop(Value::Object(id), site, true);
                self.awaited_path(foreign.path)
            }
            _ => {
                self.may_time_out();
                self.escape(Value::Object(id));
                Value::Unknown
            }
        }
    }

    pub fn awaited_path(&mut self, path: QualifiedName) -> Value {
        self.may_time_out();
        let is_factory = self.entry_of_call(path).is_some_and(|entry| entry.is_factory);
        if is_factory { Value::Path(path) } else { Value::Unknown }
    }

    /// Notes that somebody takes care of a coroutine object.
    pub fn consume(&mut self, value: Value, coroutine: &Coroutine, site: Site) {
        match self.heap.get(coroutine.awaited) {
            Value::Int(0) if coroutine.many => self.heap.set(coroutine.awaited, Value::Unknown),
            Value::Int(0) => self.heap.set(coroutine.awaited, Value::Int(1)),
            Value::Int(1) if self.doubt == 0 => {
                let made = coroutine.made.unwrap_or(site);
                self.heap.set(coroutine.awaited, Value::Unknown);
                self.raise("RuntimeError", site, EventKind::AwaitedTwice { made }, value);
            }
            _ => {}
        }
    }

    /// Runs a coroutine's body here.
    pub fn run_coroutine(&mut self, coroutine: &Coroutine, site: Site) -> Value {
        self.note_awaited(coroutine.function);
        let function = match self.object(coroutine.function).cloned() {
            Some(Object::Function(function)) => function,
            _ => {
                if coroutine.result == Value::Unknown {
                    self.may_raise();
                }
                if let (Value::Path(path), Some(receiver)) =
                    (coroutine.function, coroutine.args.positional.first())
                {
                    // A client is used where it is called.
                    let entry = self.input.tables.callables.get(&self.names, path);
                    if !entry.is_some_and(|it| it.is_factory) {
                        self.wait_at(*receiver, path, site);
                    }
                    self.note_late(coroutine, *receiver, path, site);
                    self.note_front_end(*receiver, site);
                }
                return coroutine.result;
            }
        };
        let running = match self.context.running {
            Loop::None => Loop::Kernel,
            running => running,
        };
        let context = Context { running, on_loop: true, ..self.context };
        let before = std::mem::replace(&mut self.context, context);
        let result = self.enter(coroutine.function, &function, &coroutine.args, site);
        self.context = before;
        let raised = std::mem::take(&mut self.raised);
        self.note_early(&coroutine.tried, &raised);
        self.raised = raised;
        result
    }

    /// Makes a task of an awaitable; its body runs with everything it leads to.
    pub fn schedule(&mut self, value: Value, site: Site) -> Value {
        self.note_awaited(value);
        // It runs later: the handlers around this call are none of its own.
        let hidden = std::mem::replace(&mut self.hidden_tries, self.trying.len());
        self.scheduled += 1;
        let starter = std::mem::take(&mut self.blocks.locks.here);
        let waits = std::mem::take(&mut self.front_end.is_waited_for);
        let result = self.outcome(value, site);
        if std::mem::replace(&mut self.front_end.is_waited_for, waits) {
            self.fill_from_front_end(value);
        }
        self.blocks.locks.here = starter;
        self.scheduled -= 1;
        self.hidden_tries = hidden;
        result
    }

    /// A new task or future.
    pub fn future(
        &mut self,
        of: Value,
        result: Value,
        class: QualifiedName,
        filled_by: Loop,
    ) -> Value {
        let done = self.heap.slot(Value::Int(0));
        let asked = self.heap.slot(Value::Bool(false));
        if class == self.words.thread_future {
            self.posted.push(done);
        } else {
            self.pending.push(done);
        }
        let waits_for_kernel = false;
        let is_awaitable = class == self.words.task;
        let future = Future {
            of,
            result,
            done,
            class,
            filled_by,
            waits_for_kernel,
            is_awaitable,
            raised: Vec::new(),
            tried: Vec::new(),
            asked,
        };
        self.new_object(Object::Future(future))
    }

    /// What a call of a coroutine function gives before it is awaited. What serves `async with` or
    /// `async for` as well stays what it is.
    pub fn not_awaited_yet(
        &mut self,
        entry: &Entry,
        path: QualifiedName,
        given: Value,
        site: Site,
        receiver: Option<Value>,
    ) -> Value {
        let is_object = matches!(given, Value::Path(_))
            || matches!(self.object(given), Some(Object::Foreign(_)));
        if !entry.is_coroutine_function || !is_object {
            return given;
        }
        if !entry.is_factory {
            return self.coroutine_of(path, Value::Unknown, entry.is_silent, site, receiver);
        }
        if entry.is_silent || entry.is_async_manager || entry.is_walked {
            self.blocks.fresh = Some((site, given, path));
            return given;
        }
        self.coroutine_of(path, given, false, site, receiver)
    }

    /// The coroutine in what the call at `node` gave right now, where nothing else is asked of it than
    /// what an awaited one could answer.
    pub fn fresh_coroutine(&mut self, node: NodeId, value: Value) -> Option<Value> {
        let (site, given, path) = self.blocks.fresh?;
        if site != self.site(node) || given != value {
            return None;
        }
        let is_silent = self.input.tables.callables.get(&self.names, path)?.is_silent;
        Some(self.coroutine_of(path, given, is_silent, site, None))
    }

    /// Whether Python says nothing when it is dropped.
    pub fn is_silent(&self, value: Value) -> bool {
        matches!(self.object(value), Some(Object::Coroutine(it)) if it.is_silent)
    }

    /// Keeps in mind what handlers take care of.
    pub fn note_awaited(&mut self, value: Value) {
        for trying in &mut self.trying {
            trying.awaited.push(value);
        }
    }

    /// A task or future of one loop, awaited on another.
    pub fn belongs_elsewhere(&mut self, value: Value, future: &Future, site: Site) {
        let here = self.context.running;
        let known = |loop_: Loop| matches!(loop_, Loop::Kernel | Loop::Own(_));
        if future.class == self.words.task
            && (!self.is_on_kernel() || self.is_run_elsewhere(future.filled_by, site))
            && known(here)
            && known(future.filled_by)
            && here != future.filled_by
        {
            let made = future.filled_by;
            self.raise("RuntimeError", site, EventKind::SharedBetweenLoops { value, made }, value);
        }
    }

    /// Waits at something that may belong to one loop: a lock that is held, a queue that is empty.
    pub fn wait_at(&mut self, receiver: Value, method: QualifiedName, site: Site) {
        let Some(Object::Foreign(foreign)) = self.object(receiver).cloned() else { return };
        let name = match self.names.last_step(method) {
            Some((_, Segment::Attribute(name))) => self.names.text(name),
            _ => return,
        };
        let is_taken = self.heap.get(foreign.taken);
        let waits = match name {
            "acquire" => is_taken == Value::Bool(true),
            "get" | "wait" | "join" => is_taken != Value::Bool(true),
            "put" => false,
            _ => true,
        };
        match name {
            "acquire" | "put" => self.heap.set(foreign.taken, Value::Bool(true)),
            _ => {}
        }
        if name == "acquire" {
            self.take_own_lock(receiver, &foreign, site);
        }
        self.use_on_loop(receiver, site, waits);
    }

    /// Which loop runs what nobody calls is not seen: it may be any.
    fn is_loop_unseen(&self) -> bool {
        let Loop::Own(site) = self.context.running else { return false };
        let is_function = |index: &Arc<Index>| {
            matches!(index.syntax.tree.kind(site.node), Kind::FunctionDef { .. })
        };
        self.context.thread == Thread::Unseen && self.index(site.cell).is_some_and(is_function)
    }

    /// Notes the loop on which an object that belongs to one is used.
    ///
    /// Source: `asyncio/mixins.py`: a lock or queue belongs to the loop on which it first waits.
    pub fn use_on_loop(&mut self, value: Value, site: Site, waits: bool) {
        let Some(Object::Foreign(foreign)) = self.object(value).cloned() else { return };
        let row = self.entry_of_call(foreign.path).and_then(|entry| entry.row.as_ref());
        let bound = row.is_some_and(|row| row.bound_to_loop);
        let here = match self.context.running {
            Loop::Kernel => Value::Int(0),
            Loop::Own(site) => {
                Value::Int(1 + i64::from(site.cell.0) * 1_000_000 + site.node.index() as i64)
            }
            Loop::None | Loop::Unknown => return,
        };
        if !bound {
            return;
        }
        match self.heap.get(foreign.used_on) {
            Value::Never if waits => self.heap.set(foreign.used_on, here),
            used @ Value::Int(_) if used != here && !self.is_loop_unseen() => {
                let kind = EventKind::SharedBetweenLoops { value, made: foreign.made };
                self.raise("RuntimeError", site, kind, value);
            }
            _ => {}
        }
    }
}
