//! What an expression stands for, as the run shows it.

use super::definitions::{ClassId, FnId, Wrapping};
use super::{Facts, How, Site};
use crate::execution::{self, ValueKind};
use crate::python::{Kind, Role};

/// What an expression stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Unknown,
    None,
    /// Something imported or built in and what was done with it: `asyncio.run`,
    /// `asyncio.get_event_loop()`, `httpx.AsyncClient().get`. Built-ins start with `builtins.`.
    Path(String),
    /// A function of the notebook, or a method bound to its instance.
    Function(FnId),
    Class(ClassId),
    Instance(ClassId),
    /// What a call of a coroutine function of the notebook gives.
    Coroutine(FnId),
}

impl Value {
    /// The path, when it is one.
    pub fn path(&self) -> Option<&str> {
        match self {
            Value::Path(path) => Some(path),
            _ => None,
        }
    }
}

impl Facts<'_> {
    /// What the expression at `site` stands for.
    pub fn value(&self, site: Site) -> Value {
        self.budget.step(1);
        if self.budget.is_spent() {
            return Value::Unknown;
        }
        if let Some(known) = self.memo.borrow().get(&site) {
            return known.clone();
        }
        let value = self.given(site);
        self.memo.borrow_mut().insert(site, value.clone());
        value
    }

    fn given(&self, site: Site) -> Value {
        let given = self.run().trace.given(self.in_run(site));
        self.budget.step(given.len());
        let value = self.agree(given.into_iter().map(|value| self.known_as(value)));
        match value {
            // What a library's call gives is called by the call that gave it.
            Value::Path(_) | Value::Unknown | Value::None if *self.kind(site) == Kind::Call => {
                let path = self.child(site, Role::Func).map(|func| self.value(func));
                match path {
                    Some(Value::Path(path)) if path != "functools.partial" => {
                        Value::Path(format!("{path}()"))
                    }
                    _ => value,
                }
            }
            value => value,
        }
    }

    /// A value of the run, as far as it is of the notebook or of a library.
    fn known_as(&self, value: execution::Value) -> Value {
        let run = self.run();
        let trace = &run.trace;
        let kind = trace.kind_of(value);
        let def = match kind {
            ValueKind::None => return Value::None,
            ValueKind::Instance => trace.class_of(value),
            ValueKind::Class => trace.class_def(value),
            _ => trace.function_of(value),
        };
        let Some(def) = def else {
            return trace.known_as(value).map_or(Value::Unknown, Value::Path);
        };
        let Some(cell) = run.cell_of(def.cell) else {
            let path = run.path_in_module(def).filter(|_| kind != ValueKind::Other);
            return path.map_or(Value::Unknown, |path| match kind {
                ValueKind::Coroutine | ValueKind::Instance => Value::Path(format!("{path}()")),
                _ => Value::Path(path),
            });
        };
        let site = Site { cell, node: def.node };
        // What makes a manager of a generator function leaves no generator function.
        let is_itself = |id: &FnId| {
            self.function(*id)
                .is_some_and(|it| !it.is_generator || it.wrapping != Wrapping::Unknown)
        };
        let function = || self.function_at(site).filter(is_itself);
        let class = || self.definitions().class_at.get(&site).copied();
        let known = match kind {
            ValueKind::Function => function().map(Value::Function),
            ValueKind::Coroutine => function().map(Value::Coroutine),
            ValueKind::Class => class().map(Value::Class),
            ValueKind::Instance => class().map(Value::Instance),
            _ => trace.known_as(value).map(Value::Path),
        };
        known.unwrap_or(Value::Unknown)
    }

    /// The one value that the notebook gives to the name at `site`.
    pub fn only_value(&self, site: Site) -> Option<Site> {
        let bindings = self.bindings(site);
        let [(cell, binding)] = bindings.as_slice() else { return None };
        let How::Value(value) = binding.how else { return None };
        Some(Site { cell: *cell, node: value })
    }

    /// The path of what a call calls.
    pub fn path_of_call(&self, call: Site) -> Option<String> {
        let func = self.child(call, Role::Func)?;
        self.value(func).path().map(str::to_owned)
    }

    /// The call whose result the expression is: itself, or the one that its name is bound to.
    pub fn origin(&self, site: Site) -> Option<Site> {
        match self.kind(site) {
            Kind::Call => Some(site),
            Kind::Name { .. } => match self.bindings(site).as_slice() {
                [(cell, binding)] => match binding.how {
                    How::Value(node) => {
                        let value = Site { cell: *cell, node };
                        matches!(self.kind(value), Kind::Call).then_some(value)
                    }
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    /// One value for several possible ones: all the same, or functions of the same colour.
    /// `None` beside another value is how Python writes "not yet".
    fn agree(&self, values: impl IntoIterator<Item = Value>) -> Value {
        let mut result: Option<Value> = None;
        for value in values {
            match (&result, value) {
                (_, Value::None) => {}
                (None, value) => result = Some(value),
                (Some(old), value) if *old == value => {}
                (Some(Value::Function(old)), Value::Function(new))
                    if self.same_colour(*old, new) =>
                {
                    result = Some(Value::Function(new));
                }
                _ => return Value::Unknown,
            }
        }
        result.unwrap_or(Value::Unknown)
    }

    fn same_colour(&self, one: FnId, other: FnId) -> bool {
        let colour = |id| self.function(id).map(|f| (f.is_async, f.is_generator));
        colour(one) == colour(other)
    }
}
