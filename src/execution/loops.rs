//! Calls that run a loop, post to one, or need one.

use super::event::{Context, EventKind, Thread};
use super::machine::Machine;
use super::value::{Loop, Object, Site, Value};
use crate::environment::PythonVersion;
use crate::index::Index;
use crate::knowledge::callables::QualifiedName;

impl Machine<'_> {
    /// The loop that a value is.
    pub fn loop_of(&self, value: Value) -> Loop {
        match self.object(value) {
            Some(Object::Foreign(foreign)) if foreign.path == self.words.event_loop => foreign.made,
            _ => Loop::Unknown,
        }
    }

    /// A call that runs a loop to the end of what it is given.
    pub fn run_on_own_loop(
        &mut self,
        path: QualifiedName,
        value: Value,
        site: Site,
        receiver: Option<Value>,
    ) -> Value {
        receiver.into_iter().for_each(|it| self.let_go_of_loop(it));
        let is_running = self.refuses_a_loop(receiver);
        if is_running && self.is_suspended(path) {
            return self.outcome(value, site);
        }
        if is_running {
            let on = receiver.map_or(Loop::None, |it| self.loop_of(it));
            let called_by = self.called_by;
            let kind = EventKind::LoopRefused { by: path, runs: value, on, called_by };
            self.raise("RuntimeError", site, kind, value);
            return self.outcome(value, site);
        }
        self.note_start(path, site);
        let own = Loop::Own(site);
        let context = Context { running: own, on_loop: true, ..self.context };
        let before = std::mem::replace(&mut self.context, context);
        let result = self.outcome(value, site);
        self.context = before;
        result
    }

    /// Whether a loop is running that keeps another one, or itself, from being run here.
    pub fn refuses_a_loop(&self, receiver: Option<Value>) -> bool {
        // The kernel's loop runs already, whichever thread asks it to.
        let is_kernels = self.context.thread == Thread::Worker
            && receiver.is_some_and(|it| self.loop_of(it) == Loop::Kernel);
        matches!(self.context.running, Loop::Kernel | Loop::Own(_)) || is_kernels
    }

    /// Whether the place lets a call run its loop inside of the one that is running; of a `Runner`
    /// it does not.
    pub(super) fn is_suspended(&self, path: QualifiedName) -> bool {
        self.input.environment.host.suspends_the_caller() && path != self.words.runner_run
    }

    /// A coroutine that runs on another loop.
    pub fn post(&mut self, value: Value, loop_: Loop, site: Site) -> Value {
        let is_own = loop_ == Loop::Kernel && self.context.running == Loop::Kernel;
        if is_own && self.is_on_kernel() {
            self.emit(site, EventKind::PostedToOwnLoop);
        }
        let thread = match loop_ {
            Loop::Kernel => Thread::Kernel,
            Loop::Own(_) => Thread::Worker,
            _ => Thread::Unseen,
        };
        let context = Context { thread, running: loop_, on_loop: true };
        let before = std::mem::replace(&mut self.context, context);
        let result = self.outcome(value, site);
        self.context = before;
        result
    }

    /// The loop that runs while a cell does.
    ///
    /// Source: the IPython terminal (8.39 and 9.18), which runs its loop for cells that await alone.
    pub fn loop_of_cell(&self, index: &Index) -> Loop {
        let keeps_one = self.input.environment.host.keeps_a_loop_running();
        if keeps_one || index.awaits_at_top() { Loop::Kernel } else { Loop::None }
    }

    /// Whether a loop is asked for in a cell of the terminal that awaits nothing, and none is there:
    /// `get_event_loop` makes one up to Python 3.13.
    ///
    /// Source: IPython 9.18 in a terminal, on Python 3.11 and 3.14.
    pub fn has_no_loop_here(&self, asked: QualifiedName) -> bool {
        let environment = self.input.environment;
        let is_idle = self.context.running == Loop::None
            && self.is_on_kernel()
            && !environment.host.keeps_a_loop_running();
        let makes_none = PythonVersion { major: 3, minor: 14 };
        is_idle
            && match self.names.spell(asked).as_str() {
                "asyncio.get_running_loop" => true,
                "asyncio.get_event_loop" => {
                    environment.oldest_python().is_some_and(|it| it >= makes_none)
                        && !self.has_set_a_loop()
                }
                _ => false,
            }
    }

    /// Whether the code has set an event loop of its own so far.
    fn has_set_a_loop(&self) -> bool {
        self.made.iter().any(|it| self.names.spell(*it) == "asyncio.set_event_loop")
    }

    /// Says that a task is wanted on a thread where no loop runs, or where the terminal's does not;
    /// gives whether there is one afterwards.
    pub fn needs_loop(&mut self, path: QualifiedName, receiver: Option<Value>, site: Site) -> bool {
        if self.context.running != Loop::None {
            return true;
        }
        let is_in_terminal =
            self.is_on_kernel() && !self.input.environment.host.keeps_a_loop_running();
        if receiver.is_none() && (!self.is_on_kernel() || is_in_terminal) {
            self.raise("RuntimeError", site, EventKind::NoRunningLoop { by: path }, Value::Unknown);
            return false;
        }
        if is_in_terminal {
            self.emit(site, EventKind::NeverStarts { by: path });
        }
        true
    }

    /// Says that what is scheduled on a loop of the terminal's thread waits for somebody who runs it.
    pub fn puts_on_idle_loop(&mut self, path: QualifiedName, site: Site) {
        let host = self.input.environment.host;
        let is_idle = self.context.running == Loop::None && !host.keeps_a_loop_running();
        if is_idle && self.is_on_kernel() {
            self.emit(site, EventKind::NeverStarts { by: path });
        }
    }

    /// A task of the kernel's loop fills an event, a queue or a future for which threads wait: it
    /// does so when the loop has its turn, and not before.
    pub fn fill_from_task(&mut self, filled: Value) -> bool {
        let Value::Object(id) = filled else { return false };
        if self.scheduled == 0 || !self.is_on_kernel() {
            return false;
        }
        let slot = match self.heap.object(id) {
            Some(Object::Foreign(foreign)) => foreign.taken,
            Some(Object::Future(_)) => self.heap.slot(Value::Int(0)),
            _ => return false,
        };
        let (asyncio, names) = (self.words.asyncio, &self.names);
        match self.heap.object_mut(id) {
            Some(Object::Foreign(foreign))
                if names.module_of(foreign.path) != names.module_of(asyncio) =>
            {
                foreign.waits_since = Some(self.during);
            }
            Some(Object::Future(future)) if future.class == self.words.thread_future => {
                future.filled_by = Loop::Kernel;
                future.done = slot;
            }
            _ => return false,
        }
        self.pending.push(slot);
        true
    }

    /// A blocking method of something that runs elsewhere: where that waits for the kernel's
    /// loop, and the loop for this call, both wait for ever.
    pub fn wait_for(&mut self, receiver: Value, path: QualifiedName, site: Site) {
        // Between two cells the loop had its turn.
        let waits = matches!(self.object(receiver), Some(Object::Foreign(foreign))
            if foreign.waits_since == Some(self.during)
                && self.heap.get(foreign.taken) == Value::Bool(false));
        if waits && self.is_on_kernel() && self.context.running == Loop::Kernel {
            self.emit(site, EventKind::Deadlocked { by: path });
        }
    }
}
