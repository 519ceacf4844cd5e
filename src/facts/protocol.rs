//! Objects that only `async for` or `async with` can use, and what an `except` names.

use super::collection::MEANINGS;
use super::definitions::Wrapping;
use super::{ClassId, Facts, FnId, How, Site, Value};
use crate::python::{Builds, Kind, Role};

/// How a value has to be used, where the plain statement raises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsyncOnly {
    /// `async for`.
    Iterator,
    /// `async with`.
    Manager,
    /// Both of them.
    Both,
}

impl AsyncOnly {
    /// Whether a plain statement raises in place of this one.
    pub fn asks_for(self, wanted: AsyncOnly) -> bool {
        self == wanted || self == AsyncOnly::Both
    }
}

/// Names are followed so many steps back.
const STEPS: usize = 8;

/// Bases that add neither protocol.
const NEUTRAL_BASES: [&str; 6] = [
    "builtins.object",
    "abc.ABC",
    "typing.Generic",
    "typing.Protocol",
    "contextlib.AbstractAsyncContextManager",
    "collections.abc.AsyncIterator",
];

impl Facts<'_> {
    /// The async statement that the value at `site` asks for; `None` where a plain one may do.
    pub fn async_only(&self, site: Site) -> Option<AsyncOnly> {
        self.async_only_within(site, STEPS)
    }

    fn async_only_within(&self, site: Site, steps: usize) -> Option<AsyncOnly> {
        let steps = steps.checked_sub(1)?;
        match self.kind(site) {
            Kind::Comprehension { builds: Builds::Generator, .. } => {
                self.is_async_generator_expression(site).then_some(AsyncOnly::Iterator)
            }
            Kind::Call => self.async_only_result(site, steps),
            Kind::Named => self.async_only_within(self.child(site, Role::Value)?, steps),
            Kind::Name { .. } => {
                let bindings = self.bindings(site);
                let few = (bindings.len() <= MEANINGS).then_some(bindings)?;
                self.agreed(few.into_iter().map(|(cell, binding)| match binding.how {
                    How::Value(node) => self.async_only_within(Site { cell, node }, steps),
                    How::Param(_) | How::Enter(_) => self.async_only_value(&self.value(site)),
                    _ => None,
                }))
            }
            Kind::Attribute { .. } => self.async_only_value(&self.value(site)),
            // What a manager's call gives once it was awaited may have a plain side as well.
            Kind::Await => self
                .async_only_value(&self.value(site))
                .filter(|it| it.asks_for(AsyncOnly::Iterator))
                .map(|_| AsyncOnly::Iterator),
            _ => None,
        }
    }

    /// What a call gives.
    fn async_only_result(&self, call: Site, steps: usize) -> Option<AsyncOnly> {
        let func = self.child(call, Role::Func)?;
        match self.value(func) {
            Value::Function(id) => {
                let function = self.function(id)?;
                if function.is_async && function.is_generator {
                    return Some(AsyncOnly::Iterator);
                }
                let handed_on = function.is_plain().then_some(&function.returns)?;
                self.agreed(handed_on.iter().map(|value| self.async_only_within(*value, steps)))
            }
            Value::Unknown => {
                let id = self.decorated(func)?;
                self.makes_manager(id).then_some(AsyncOnly::Manager)
            }
            _ => self.async_only_value(&self.value(call)),
        }
    }

    fn async_only_value(&self, value: &Value) -> Option<AsyncOnly> {
        match value {
            Value::Path(path) => {
                let made_by = path.strip_suffix("()");
                let enters = made_by.is_some_and(|it| self.tables.is_async_manager(it));
                let walks = self.tables.is_async_iterator(made_by.unwrap_or(path))
                    || self.tables.is_walked_too(path)
                    || self.tables.is_async_iterable(path);
                match (enters, walks) {
                    (true, true) => Some(AsyncOnly::Both),
                    (true, false) => Some(AsyncOnly::Manager),
                    (false, walks) => walks.then_some(AsyncOnly::Iterator),
                }
            }
            Value::Instance(class) => self.async_only_instance(*class),
            _ => None,
        }
    }

    fn async_only_instance(&self, class: ClassId) -> Option<AsyncOnly> {
        let has = |name| self.method(class, name, 0).is_some();
        if !self.bases_are_known(class, STEPS) {
            return None;
        }
        if has("__aenter__") && !has("__enter__") {
            return Some(AsyncOnly::Manager);
        }
        let plain = has("__iter__") || has("__getitem__");
        (has("__aiter__") && !plain).then_some(AsyncOnly::Iterator)
    }

    fn bases_are_known(&self, class: ClassId, steps: usize) -> bool {
        let Some(found) = self.class(class) else { return false };
        let Some(steps) = steps.checked_sub(1) else { return false };
        found.bases.iter().all(|base| match self.value(*base) {
            Value::Class(base) => self.bases_are_known(base, steps),
            Value::Path(path) => NEUTRAL_BASES.contains(&path.as_str()),
            _ => false,
        })
    }

    /// The one function that a name or an attribute means, decorators set aside.
    fn decorated(&self, func: Site) -> Option<FnId> {
        match self.kind(func) {
            Kind::Name { .. } => match self.bindings(func).as_slice() {
                [(cell, binding)] => self.function_at(Site { cell: *cell, node: binding.node }),
                _ => None,
            },
            Kind::Attribute { name } => {
                let receiver = self.child(func, Role::Value)?;
                let (Value::Instance(class) | Value::Class(class)) = self.value(receiver) else {
                    return None;
                };
                self.method(class, self.tree(func.cell).text(*name), 0)
            }
            _ => None,
        }
    }

    /// Whether `@asynccontextmanager` is the only thing that wraps the function.
    fn makes_manager(&self, id: FnId) -> bool {
        let Some(function) = self.function(id) else { return false };
        let decorators: Vec<Site> = self.children_in(function.site, Role::Decorator).collect();
        let [only] = decorators.as_slice() else { return false };
        function.wrapping == Wrapping::Unknown
            && self.value(*only).path() == Some("contextlib.asynccontextmanager")
    }

    /// Whether a generator expression awaits, which makes it asynchronous. Its first iterable is
    /// evaluated outside.
    ///
    /// Source: PEP 530.
    fn is_async_generator_expression(&self, site: Site) -> bool {
        let first =
            self.child(site, Role::Clause).and_then(|clause| self.child(clause, Role::Iter));
        let tree = self.tree(site.cell);
        let is_generator = |up: &Site| {
            matches!(
                self.kind(*up),
                Kind::Comprehension { builds: Builds::Generator, .. } | Kind::Lambda
            )
        };
        self.descendants(site).any(|inner| {
            tree.kind(inner.node).suspends()
                && first.is_none_or(|first| !tree.is_within(inner.node, first.node))
                && self.ancestors(inner).find(is_generator) == Some(site)
        })
    }

    fn agreed(&self, mut values: impl Iterator<Item = Option<AsyncOnly>>) -> Option<AsyncOnly> {
        let first = values.next()??;
        values.all(|value| value == Some(first)).then_some(first)
    }
}
