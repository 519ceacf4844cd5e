//! What is asked of event loops, other than to run something, and work for loops that nothing runs.

use super::event::{EventKind, Thread};
use super::machine::Machine;
use super::value::{Args, Foreign, Loop, Object, Site, Value};
use crate::knowledge::callables::{QualifiedName, Row, Steering, Use, Where};
use crate::python::{Kind, NodeId, Role};

impl Machine<'_> {
    /// A loop that nothing runs so far.
    pub fn new_loop(&mut self, site: Site) -> Value {
        let taken = self.heap.slot(Value::Bool(false));
        let path = self.words.event_loop;
        let foreign = Foreign::event_loop(&mut self.heap, path, Loop::Own(site));
        self.new_object(Object::Foreign(Foreign { taken, ..foreign }))
    }

    /// Somebody runs a loop, or has it for that.
    pub fn let_go_of_loop(&mut self, value: Value) {
        let Some(Object::Foreign(foreign)) = self.object(value) else { return };
        if foreign.path == self.words.event_loop && matches!(foreign.made, Loop::Own(_)) {
            self.heap.set(foreign.taken, Value::Bool(true));
        }
    }

    /// What a call asks of a loop.
    pub fn steer(
        &mut self,
        how: Steering,
        path: QualifiedName,
        args: &Args,
        site: Site,
        receiver: Option<Value>,
    ) {
        let first = args.get(0, self.names.find("loop"));
        let asked = receiver.or(first).unwrap_or(Value::Unknown);
        let on = self.loop_of(asked);
        let kind = EventKind::LoopSteered { how, on };
        match how {
            Steering::Run => self.run_for_ever(path, asked, site),
            Steering::Stop | Steering::Close => {
                if on == Loop::Kernel && self.context.running == Loop::Kernel {
                    self.emit(site, kind);
                }
            }
            Steering::Step => {
                self.let_go_of_loop(asked);
                if self.is_beside_a_loop() && on != Loop::Kernel {
                    self.emit(site, kind);
                }
            }
            Steering::Policy => {
                if self.is_beside_a_loop() && first != Some(Value::None) {
                    self.emit(site, kind);
                }
            }
            Steering::Set => {
                self.made.insert(path);
                self.note_idle(asked, kind, site);
            }
        }
    }

    /// `loop.run_forever()`.
    fn run_for_ever(&mut self, by: QualifiedName, loop_: Value, site: Site) {
        self.let_go_of_loop(loop_);
        if !self.refuses_a_loop(Some(loop_)) {
            self.note_start(by, site);
        } else if !self.is_suspended(by) {
            let (on, called_by) = (self.loop_of(loop_), self.called_by);
            let runs = Value::Never;
            let kind = EventKind::LoopRefused { by, runs, on, called_by };
            self.raise("RuntimeError", site, kind, runs);
        }
    }

    /// Says that a loop is started on another thread, or by code of which it is not known who runs it.
    pub fn note_start(&mut self, by: QualifiedName, site: Site) {
        if !self.is_on_kernel() {
            self.emit(site, EventKind::LoopStarted { by });
        }
    }

    /// Says that what starts a loop is read, and not called at once; of what runs code that nobody
    /// sees, also that it is called.
    pub fn note_named(&mut self, node: NodeId, value: Value) {
        let Value::Path(path) = value else { return };
        let Some(at) = self.words.starters_by_name.iter().position(|it| *it == path) else {
            return;
        };
        let is_callee =
            self.index(self.cell()).is_some_and(|it| it.syntax.tree.role(node) == Role::Func);
        if at > 0 || !is_callee {
            self.emit(self.site(node), EventKind::StarterNamed { path });
        }
    }

    /// Whether code runs where a loop does, and on no thread that the notebook starts.
    fn is_beside_a_loop(&self) -> bool {
        let is_running = matches!(self.context.running, Loop::Kernel | Loop::Own(_));
        is_running && !matches!(self.context.thread, Thread::Worker | Thread::Process)
    }

    /// Work is put on the loop whose method is called, or which an argument names.
    pub fn note_put_on_loop(
        &mut self,
        row: &Row,
        args: &Args,
        site: Site,
        receiver: Option<Value>,
    ) {
        let puts = row.takes.iter().any(|it| it.used == Use::Schedules || it.place == Where::Loop);
        let named = args.get(usize::MAX, self.names.find("loop"));
        if let Some(asked) = named.or(receiver).filter(|_| puts) {
            let on = self.loop_of(asked);
            self.note_idle(asked, EventKind::NeverRuns { on }, site);
        }
    }

    /// Keeps in mind what is done with a loop of the notebook's own, until it is seen whether
    /// anybody runs that.
    fn note_idle(&mut self, asked: Value, kind: EventKind, site: Site) {
        let on = self.loop_of(asked);
        if let Value::Object(id) = asked
            && matches!(on, Loop::Own(_))
            && on != self.context.running
            && self.is_beside_a_loop()
        {
            let event = self.happening(site, kind);
            self.idle.push((event, id));
        }
    }

    /// Whether a loop of the notebook's own runs somewhere, as far as is seen by now, while the
    /// kernel's awaits what stands at a place.
    pub fn is_run_elsewhere(&self, on: Loop, awaited: Site) -> bool {
        let index = self.index(awaited.cell);
        let is_await = index.is_some_and(|it| *it.syntax.tree.kind(awaited.node) == Kind::Await);
        let mut of_it = self.idle.iter().filter(
            |(event, _)| matches!(event.kind, EventKind::NeverRuns { on: other } if other == on),
        );
        is_await
            && matches!(on, Loop::Own(_))
            && of_it.all(|(_, id)| {
                matches!(self.heap.object(*id), Some(Object::Foreign(foreign))
                    if self.heap.get(foreign.taken) != Value::Bool(false))
            })
    }

    /// Says what is done with loops that nobody runs.
    pub fn report_idle(&mut self) {
        for (event, id) in std::mem::take(&mut self.idle) {
            let is_idle = matches!(self.heap.object(id), Some(Object::Foreign(foreign))
                if self.heap.get(foreign.taken) == Value::Bool(false));
            if is_idle {
                self.record(event);
            }
        }
    }
}
