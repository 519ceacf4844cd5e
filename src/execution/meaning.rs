//! What an expression stands for, where it stands for one thing.

use super::definitions::Wrapping;
use super::reading::Run;
use super::trace::ValueKind;
use super::value::{Site, Value};
use crate::index::How;
use crate::python::{Kind, Role};

/// What an expression stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    Unknown,
    None,
    /// Something imported or built in and what was done with it: `asyncio.run`,
    /// `asyncio.get_event_loop()`, `httpx.AsyncClient().get`. Built-ins start with `builtins.`.
    Path(String),
    /// A function of the notebook, or a method bound to its instance.
    Function(Site),
    Class(Site),
    Instance(Site),
    /// What a call of a coroutine function of the notebook gives.
    Coroutine(Site),
}

impl Meaning {
    /// The path, when it is one.
    pub fn path(&self) -> Option<&str> {
        match self {
            Meaning::Path(path) => Some(path),
            _ => None,
        }
    }
}

impl Run<'_> {
    /// What the expression at `site` stands for.
    pub fn meaning(&self, site: Site) -> Meaning {
        self.budget().step(1);
        if self.budget().is_spent() {
            return Meaning::Unknown;
        }
        if let Some(known) = self.joined.meanings.borrow().get(&site) {
            return known.clone();
        }
        let value = self.meant(site);
        self.joined.meanings.borrow_mut().insert(site, value.clone());
        value
    }

    fn meant(&self, site: Site) -> Meaning {
        let given = self.trace.given(site);
        self.budget().step(given.len());
        let value = self.agree(given.into_iter().map(|value| self.meaning_of(value)));
        match value {
            // What a library's call gives is called by the call that gave it.
            Meaning::Path(_) | Meaning::Unknown | Meaning::None
                if *self.kind(site) == Kind::Call =>
            {
                let path = self.child(site, Role::Func).map(|func| self.meaning(func));
                match path {
                    Some(Meaning::Path(path)) if path != "functools.partial" => {
                        Meaning::Path(format!("{path}()"))
                    }
                    _ => value,
                }
            }
            value => value,
        }
    }

    /// A value of the run, as far as it is of the notebook or of a library.
    fn meaning_of(&self, value: Value) -> Meaning {
        let trace = &self.trace;
        let kind = trace.kind_of(value);
        let def = match kind {
            ValueKind::None => return Meaning::None,
            ValueKind::Instance => trace.class_of(value),
            ValueKind::Class => trace.class_def(value),
            _ => trace.function_of(value),
        };
        let Some(def) = def else {
            return trace.known_as(value).map_or(Meaning::Unknown, Meaning::Path);
        };
        if self.cell_of(def.cell).is_none() {
            let path = self.path_in_module(def).filter(|_| kind != ValueKind::Other);
            return path.map_or(Meaning::Unknown, |path| match kind {
                ValueKind::Coroutine | ValueKind::Instance => Meaning::Path(format!("{path}()")),
                _ => Meaning::Path(path),
            });
        }
        // What makes a manager of a generator function leaves no generator function.
        let is_itself = !self.is_generator(def) || self.wrapping(def) != Wrapping::Unknown;
        match kind {
            ValueKind::Function if is_itself => Meaning::Function(def),
            ValueKind::Coroutine if is_itself => Meaning::Coroutine(def),
            ValueKind::Function | ValueKind::Coroutine => Meaning::Unknown,
            ValueKind::Class => Meaning::Class(def),
            ValueKind::Instance => Meaning::Instance(def),
            _ => trace.known_as(value).map_or(Meaning::Unknown, Meaning::Path),
        }
    }

    /// The one value that the notebook gives to the name at `site`.
    pub fn only_value(&self, site: Site) -> Option<Site> {
        let bindings = self.bindings(site);
        let [(cell, binding)] = bindings.as_slice() else { return None };
        let How::Value(value) = binding.how else { return None };
        Some(Site { cell: *cell, node: value })
    }

    /// The path of what a library has, or a call of it gives, where that is written there.
    pub(super) fn library_path(&self, site: Site) -> Option<String> {
        match self.kind(site) {
            Kind::Call => Some(format!("{}()", self.library_path(self.child(site, Role::Func)?)?)),
            _ => self.path(site),
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

    /// One value for several possible ones: all the same, or functions of the same colour.
    /// `None` beside another value is how Python writes "not yet".
    fn agree(&self, values: impl IntoIterator<Item = Meaning>) -> Meaning {
        let mut result: Option<Meaning> = None;
        for value in values {
            match (&result, value) {
                (_, Meaning::None) => {}
                (None, value) => result = Some(value),
                (Some(old), value) if *old == value => {}
                (Some(Meaning::Function(old)), Meaning::Function(new))
                    if self.same_colour(*old, new) =>
                {
                    result = Some(Meaning::Function(new));
                }
                _ => return Meaning::Unknown,
            }
        }
        result.unwrap_or(Meaning::Unknown)
    }

    fn same_colour(&self, one: Site, other: Site) -> bool {
        let is_async = |def| matches!(self.kind(def), Kind::FunctionDef { is_async: true, .. });
        let colour = |def| (is_async(def), self.is_generator(def));
        colour(one) == colour(other)
    }
}
