//! What an expression stands for, as far as the notebook shows it.

use super::definitions::{ClassId, FnId, Wrapping};
use super::scope::How;
use super::{Facts, Site};
use crate::python::{Kind, NameUse, Role};

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

/// Bytes of a path at most: what comes of a longer chain of calls is not known to any table.
const LONGEST_PATH: usize = 2048;

/// Other names under which the standard library offers the same thing.
///
/// Source: `asyncio/__init__.py` re-exports these modules' names.
const ASYNCIO_MODULES: [&str; 10] = [
    "asyncio.runners.",
    "asyncio.tasks.",
    "asyncio.events.",
    "asyncio.base_events.",
    "asyncio.futures.",
    "asyncio.locks.",
    "asyncio.queues.",
    "asyncio.taskgroups.",
    "asyncio.exceptions.",
    "asyncio.timeouts.",
];

impl Facts<'_> {
    /// What the expression at `site` stands for.
    pub fn value(&self, site: Site) -> Value {
        self.budget.step(1);
        if self.budget.is_spent() {
            return Value::Unknown;
        }
        if let Some(known) = self.memo.borrow().get(&site) {
            // An entry without a value is being worked out: `x = f(x)` refers to itself.
            return known.clone().unwrap_or(Value::Unknown);
        }
        self.memo.borrow_mut().insert(site, None);
        let value = stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || self.evaluate(site));
        // What was found when there were no steps left does not count later on.
        match self.budget.is_spent() {
            true => self.memo.borrow_mut().remove(&site),
            false => self.memo.borrow_mut().insert(site, Some(value.clone())),
        };
        value
    }

    fn evaluate(&self, site: Site) -> Value {
        match self.kind(site) {
            Kind::Name { used: NameUse::Load } => self.name_value(site),
            Kind::Attribute { .. } => self.attribute_value(site),
            Kind::Call => self.call_value(site),
            Kind::None => Value::None,
            Kind::Named => self.child_value(site, Role::Value),
            Kind::Lambda => self.function_at(site).map_or(Value::Unknown, Value::Function),
            Kind::Await => self.awaited_value(site),
            Kind::IfExp => {
                self.agree([self.child_value(site, Role::Body), self.child_value(site, Role::Else)])
            }
            Kind::BoolOp => {
                self.agree(self.children_in(site, Role::Operand).map(|operand| self.value(operand)))
            }
            _ => Value::Unknown,
        }
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

    fn child_value(&self, site: Site, role: Role) -> Value {
        self.child(site, role).map_or(Value::Unknown, |child| self.value(child))
    }

    fn name_value(&self, site: Site) -> Value {
        let bindings = self.bindings(site);
        if bindings.is_empty() {
            return self.unbound_value(site);
        }
        self.agree(bindings.iter().map(|(cell, binding)| {
            self.bound_value(Site { cell: *cell, node: binding.node }, &binding.how)
        }))
    }

    /// A name that nothing in the notebook binds: from a star import, or built in.
    fn unbound_value(&self, site: Site) -> Value {
        let name = self.source_of(site);
        let star =
            self.global_names().stars.iter().find(|(_, module)| self.tables.exports(module, name));
        match star {
            Some((_, module)) => Value::Path(format!("{module}.{name}")),
            None => Value::Path(format!("builtins.{name}")),
        }
    }

    fn bound_value(&self, site: Site, how: &How) -> Value {
        let at = |node| Site { node, ..site };
        match how {
            How::Value(value) => self.value(at(*value)),
            How::Import(path) => Value::Path(canonical(path)),
            How::Function(def) => {
                let wrapped = |id: &FnId| {
                    self.function(*id).is_some_and(|f| f.wrapping == Wrapping::Transparent)
                };
                let id = self.function_at(at(*def)).filter(wrapped);
                id.map_or(Value::Unknown, Value::Function)
            }
            How::Class(def) => {
                let id = self.definitions().class_at.get(&at(*def)).copied();
                let plain = self.child(at(*def), Role::Decorator).is_none_or(|decorator| {
                    self.value(decorator)
                        .path()
                        .is_some_and(|path| path.starts_with("dataclasses."))
                });
                id.filter(|_| plain).map_or(Value::Unknown, Value::Class)
            }
            How::Enter(manager) => self.entered_value(at(*manager)),
            How::Param(param) => self.param_value(at(*param)),
            How::Iterate(_) | How::Delete | How::Other => Value::Unknown,
        }
    }

    /// `with manager as name`: most managers give themselves.
    fn entered_value(&self, manager: Site) -> Value {
        match self.value(manager) {
            Value::Path(path) if path.ends_with("()") => Value::Path(path),
            Value::Instance(class) => Value::Instance(class),
            _ => Value::Unknown,
        }
    }

    /// `self` is an instance of its class; an annotated parameter is one of its annotation.
    fn param_value(&self, param: Site) -> Value {
        let Some(def) = self.parent(param) else { return Value::Unknown };
        let function = self.function_at(def).and_then(|id| self.function(id));
        let first = self.child(def, Role::Param) == Some(param);
        if let Some(class) = function.and_then(|function| function.class).filter(|_| first) {
            let decorator = self.child(def, Role::Decorator).map(|site| self.value(site));
            return match decorator.as_ref().and_then(Value::path) {
                Some("builtins.staticmethod") => Value::Unknown,
                Some("builtins.classmethod") => Value::Class(class),
                _ => Value::Instance(class),
            };
        }
        match self.child(param, Role::Annotation).map(|annotation| self.value(annotation)) {
            Some(Value::Class(class)) => Value::Instance(class),
            Some(Value::Path(path)) if names_a_class(&path) => Value::Path(format!("{path}()")),
            _ => Value::Unknown,
        }
    }

    fn attribute_value(&self, site: Site) -> Value {
        let Kind::Attribute { name } = self.kind(site) else { return Value::Unknown };
        let name = self.tree(site.cell).text(*name);
        match self.child_value(site, Role::Value) {
            Value::Path(path) if path.len() > LONGEST_PATH => Value::Unknown,
            Value::Path(path) => Value::Path(canonical(&format!("{path}.{name}"))),
            value @ (Value::Instance(class) | Value::Class(class)) => {
                let method = self.method(class, name, 0);
                if method.is_none() {
                    return self.data_value(class, &value, name);
                }
                let method = method.filter(|id| !self.is_replaced(class, name, *id));
                let transparent = method.filter(|id| {
                    self.function(*id).is_some_and(|f| f.wrapping == Wrapping::Transparent)
                });
                transparent.map_or(Value::Unknown, Value::Function)
            }
            _ => Value::Unknown,
        }
    }

    /// A method by name, looked up in the class and in the bases that the notebook defines.
    pub fn method(&self, class: ClassId, name: &str, depth: usize) -> Option<FnId> {
        let found = self.class(class)?;
        if let Some(id) = found.methods.get(name) {
            return Some(*id);
        }
        if depth > 8 {
            return None;
        }
        found.bases.iter().find_map(|base| match self.value(*base) {
            Value::Class(base) => self.method(base, name, depth + 1),
            _ => None,
        })
    }

    fn call_value(&self, site: Site) -> Value {
        match self.child_value(site, Role::Func) {
            Value::Path(path) if path == "functools.partial" => {
                let only = self.children_in(site, Role::Arg).count() == 1;
                match self.argument(site, 0, "func").map(|func| self.value(func)) {
                    Some(function @ Value::Function(_)) => function,
                    // With its first arguments given it takes others than the function does.
                    Some(Value::Path(path)) if only => Value::Path(path),
                    _ => Value::Unknown,
                }
            }
            Value::Path(path) if path.len() > LONGEST_PATH => Value::Unknown,
            Value::Path(path) => Value::Path(format!("{path}()")),
            Value::Class(class) => Value::Instance(class),
            Value::Function(id) => self.result_value(id),
            _ => Value::Unknown,
        }
    }

    /// What calling a function of the notebook gives.
    fn result_value(&self, id: FnId) -> Value {
        let Some(function) = self.function(id) else { return Value::Unknown };
        if function.is_coroutine_function() {
            return Value::Coroutine(id);
        }
        if function.is_plain() { self.returned_value(id) } else { Value::Unknown }
    }

    fn returned_value(&self, id: FnId) -> Value {
        let Some(function) = self.function(id) else { return Value::Unknown };
        // One `return None` beside others: which it is cannot be told here.
        if function.returns.iter().any(|value| self.value(*value) == Value::None) {
            return Value::Unknown;
        }
        self.agree(function.returns.iter().map(|value| self.value(*value)))
    }

    fn awaited_value(&self, site: Site) -> Value {
        match self.child_value(site, Role::Value) {
            Value::Coroutine(id) => self.returned_value(id),
            // Awaiting a factory such as `asyncpg.connect()` gives the object itself.
            Value::Path(path) if self.tables.is_awaited_factory(&path) => Value::Path(path),
            _ => Value::Unknown,
        }
    }

    /// One value for several possible ones: all the same, or functions of the same colour.
    /// `None` beside another value is how Python writes "not yet".
    pub(super) fn agree(&self, values: impl IntoIterator<Item = Value>) -> Value {
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

    pub(super) fn same_colour(&self, one: FnId, other: FnId) -> bool {
        let colour = |id| self.function(id).map(|f| (f.is_async, f.is_generator));
        colour(one) == colour(other)
    }
}

/// The usual name of a path.
pub(super) fn canonical(path: &str) -> String {
    for module in ASYNCIO_MODULES {
        if let Some(name) = path.strip_prefix(module) {
            return format!("asyncio.{name}");
        }
    }
    path.to_owned()
}

/// Whether the last part of a path reads as a class: `httpx.AsyncClient`.
fn names_a_class(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or_default();
    last.starts_with(|c: char| c.is_ascii_uppercase())
}
