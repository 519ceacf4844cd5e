//! What a value is: whether it can be awaited, called, or neither.

use super::event::EventKind;
use super::machine::Machine;
use super::value::{Object, Value};
use std::sync::Arc;

use crate::knowledge::callables::{Entry, Gives, QualifiedName, Segment, Symbol, Wants};
use crate::knowledge::tables::{BlockingKind, When};

impl Machine<'_> {
    /// What all alternatives of a value answer, where they answer the same.
    pub fn agreed(&self, value: Value, ask: fn(&Self, Value) -> Option<bool>) -> Option<bool> {
        let mut answers = self.heap.alternatives(value).into_iter().map(|one| ask(self, one));
        let first = answers.next()??;
        answers.all(|answer| answer == Some(first)).then_some(first)
    }

    /// Whether instances of a class have a special method; an open one may have any.
    pub fn instances_have(&self, class: Value, is_open: bool, name: Symbol) -> Option<bool> {
        match self.class_member(class, name) {
            (Some(_), _) => Some(true),
            (None, true) if !is_open => Some(false),
            _ => None,
        }
    }

    /// What is known of the callable whose call a path stands for.
    pub fn entry_of_call(&self, path: QualifiedName) -> Option<&Arc<Entry>> {
        let (called, Segment::Call) = self.names.last_step(path)? else { return None };
        self.input.tables.callables.get(&self.names, called)
    }

    /// Whether `await` takes a value.
    pub fn is_awaitable(&self, value: Value) -> Option<bool> {
        match value {
            Value::Never | Value::Unknown => None,
            Value::None | Value::Bool(_) | Value::Int(_) | Value::Str(_) | Value::Plain(_) => {
                Some(false)
            }
            Value::Union(_) => self.agreed(value, Self::is_awaitable),
            Value::Path(path) => self.is_path_awaitable(path),
            Value::Object(_) => match self.object(value)? {
                Object::Coroutine(_) => Some(true),
                Object::Future(future) => Some(future.is_awaitable),
                Object::Instance { class, is_open, .. } => {
                    self.instances_have(*class, *is_open, self.words.await_)
                }
                Object::Foreign(foreign) => self.is_path_awaitable(foreign.path),
                Object::Frame { .. }
                | Object::Descriptor { .. }
                | Object::Setter { .. }
                | Object::Super { .. }
                | Object::Suppress { .. }
                | Object::Wrapped { .. } => None,
                Object::MethodCaller { .. }
                | Object::Dispatch { .. }
                | Object::Registrar { .. } => Some(false),
                Object::Bound { function: Value::Path(path), .. } => {
                    self.is_function(*path).map(|_| false)
                }
                Object::Function(_)
                | Object::Bound { .. }
                | Object::Partial { .. }
                | Object::Class { .. }
                | Object::Generator { .. }
                | Object::Collection(_)
                | Object::Module { .. } => Some(false),
            },
        }
    }

    pub fn is_path_awaitable(&self, path: QualifiedName) -> Option<bool> {
        let (called, step) = self.names.last_step(path)?;
        let callables = &self.input.tables.callables;
        match step {
            Segment::Call => {
                let Some(entry) = callables.get(&self.names, called) else {
                    return self.is_plain(called).then_some(false);
                };
                let gives = entry.row.as_ref().map(|row| row.gives);
                match gives {
                    _ if entry.is_coroutine_function => Some(true),
                    _ if self.may_be_another(called) => None,
                    Some(Gives::Coroutine | Gives::Task | Gives::Future) => Some(true),
                    Some(Gives::Nothing | Gives::Plain | Gives::Object | Gives::Data) => {
                        Some(false)
                    }
                    Some(Gives::AsyncManager | Gives::AsyncIterator) => Some(false),
                    _ if entry.blocking.as_ref().is_some_and(|it| {
                        it.kind == BlockingKind::Wait || it.when == Some(When::Waits)
                    }) =>
                    {
                        None
                    }
                    _ if entry.blocking.is_some() && !self.is_dual(called) => Some(false),
                    _ if entry.runner.as_ref().is_some_and(|it| it.awaits.is_some()) => Some(false),
                    _ if entry.runner.is_some() => Some(false),
                    _ => None,
                }
            }
            Segment::Attribute(_) => self.is_function(path).map(|_| false),
        }
    }

    /// Whether a built-in name may be that of a module of which everything is imported.
    pub fn may_be_another(&self, called: QualifiedName) -> bool {
        let is_builtin =
            self.names.last_step(called).is_some_and(|(from, _)| from == self.words.builtins);
        let space = self.calls.last().map_or(0, |call| call.space);
        is_builtin && self.spaces.get(space as usize).is_some_and(|it| !it.stars.is_empty())
    }

    /// Whether it belongs to a module that knows nothing of coroutines.
    pub fn is_plain(&self, path: QualifiedName) -> bool {
        self.names
            .module_of(path)
            .is_some_and(|module| self.input.tables.is_plain_module(self.names.text(module)))
    }

    /// Libraries whose objects answer `await` and plain calls alike.
    pub fn is_dual(&self, called: QualifiedName) -> bool {
        let entry = self.input.tables.callables.get(&self.names, called);
        entry.is_some_and(|entry| entry.is_walked || entry.is_async_manager)
    }

    /// Whether a path is known to be a function, which has to be called.
    pub fn is_function(&self, path: QualifiedName) -> Option<bool> {
        let entry = self.input.tables.callables.get(&self.names, path)?;
        let known = entry.is_coroutine_function || entry.row.is_some() || entry.blocking.is_some();
        known.then_some(true)
    }

    /// Whether a value is not what an argument has to be.
    pub fn is_wrong(&self, wants: Wants, value: Value) -> Option<bool> {
        if matches!(value, Value::Unknown | Value::Never) {
            return None;
        }
        let is_coroutine = || match self.object(value) {
            Some(Object::Coroutine(coroutine)) => (!coroutine.is_silent).then_some(true),
            // Up to Python 3.11 a plain generator was taken for a coroutine.
            Some(Object::Generator { is_async: false, .. }) => None,
            Some(Object::Foreign(_) | Object::Instance { is_open: true, .. }) => None,
            Some(_) => Some(false),
            None => self.is_awaitable(value).filter(|it| !it),
        };
        match wants {
            Wants::Anything => None,
            Wants::Coroutine => is_coroutine().map(|it| !it),
            Wants::Awaitable => match self.object(value) {
                Some(Object::Generator { is_async: false, .. }) => None,
                _ => self.is_awaitable(value).map(|it| !it),
            },
            Wants::Future => match self.object(value) {
                Some(Object::Coroutine(_)) => Some(true),
                _ => None,
            },
            Wants::Function => self.is_callable(value).map(|it| !it),
            Wants::PlainFunction => match self.is_callable(value) {
                Some(true) => self.is_coroutine_function(value),
                Some(false) if value == Value::None => None,
                other => other.map(|it| !it),
            },
            Wants::CoroutineFunction => self.is_coroutine_function(value).map(|it| !it),
        }
    }

    /// What there is to say of an argument of the wrong kind: its place and name in the call, and
    /// what was wanted.
    pub fn wrong_kind(
        &self,
        by: QualifiedName,
        (at, name): (Option<usize>, Option<String>),
        value: Value,
        wants: Wants,
        refuses: bool,
    ) -> EventKind {
        let is_async = self.is_coroutine_function(value) == Some(true);
        EventKind::WrongKind { by, at, name, value, wants, is_async, refuses }
    }
}
