//! Walking: what `for`, unpacking and `*` get from a value.

use std::sync::Arc;

use super::event::{EventKind, ValueUse};
use super::machine::Machine;
use super::value::{Args, CollectionKind, Coroutine, Object, Plain, Site, Value};
use crate::knowledge::callables::{Entry, Gives, Segment};
use crate::python::NodeId;

/// What a walk gives.
pub(super) struct Items {
    pub values: Vec<Value>,
    /// Whether it gives just these, each once, in this order.
    pub is_exact: bool,
}

impl Items {
    pub fn unknown() -> Self {
        Self { values: vec![Value::Unknown], is_exact: false }
    }

    pub fn any(value: Value) -> Self {
        Self { values: vec![value], is_exact: false }
    }

    /// One value for all of them.
    pub fn joined(&self, machine: &mut Machine<'_>) -> Value {
        let mut joined = Value::Never;
        for value in &self.values {
            joined = machine.join(joined, *value);
        }
        if joined == Value::Never { Value::Unknown } else { joined }
    }
}

impl Machine<'_> {
    /// What `for … in value` gives.
    pub fn walk(&mut self, value: Value, site: Site) -> Items {
        self.too_early(value, site, ValueUse::Iteration, None);
        self.refuse_plain_walk(value, site);
        match self.object(value).cloned() {
            Some(Object::Collection(collection)) => {
                let rest = self.heap.get(collection.rest);
                if collection.kind == CollectionKind::Dict {
                    let mut keys = collection.keys;
                    let is_exact = rest == Value::Never;
                    if !is_exact {
                        keys.push(Value::Unknown);
                    }
                    return Items { values: keys, is_exact };
                }
                let mut values: Vec<Value> =
                    collection.items.iter().map(|slot| self.heap.get(*slot)).collect();
                if rest != Value::Never {
                    values.push(rest);
                }
                Items { values, is_exact: rest == Value::Never }
            }
            Some(Object::Generator { function, args, is_async: false, .. }) => {
                let yielded = self.run_generator(function, &args, site);
                Items::any(yielded)
            }
            Some(Object::Instance { .. }) => self.walk_instance(value, site, false),
            Some(Object::Class { .. }) if !self.members(value).is_empty() => {
                Items { values: self.members(value), is_exact: true }
            }
            _ if self.gives_coroutines(value) => {
                let Value::Path(path) = value else { return Items::unknown() };
                let given = self.coroutine_of(path, Value::Unknown, false, site, None);
                if let Value::Object(id) = given
                    && let Some(Object::Coroutine(coroutine)) = self.heap.object_mut(id)
                {
                    coroutine.many = true;
                }
                Items::any(given)
            }
            _ => {
                self.note_owner_of(value, self.words.iter, site);
                self.may_raise();
                self.escape(value);
                match value {
                    Value::Str(_) | Value::Plain(Plain::Str) => {
                        Items::any(Value::Plain(Plain::Str))
                    }
                    _ => Items::unknown(),
                }
            }
        }
    }

    /// Whether each turn of a plain walk over a library's object gives a coroutine.
    pub fn gives_coroutines(&self, value: Value) -> bool {
        let Value::Path(path) = value else { return false };
        let row = self.entry_of_call(path).and_then(|entry| entry.row.as_ref());
        row.is_some_and(|row| row.of_coroutines)
    }

    /// Says that a plain walk refuses what only `async for` walks.
    pub fn refuse_plain_walk(&mut self, value: Value, site: Site) {
        let refused = match self.object(value) {
            Some(Object::Generator { is_async, .. }) => *is_async,
            _ => self.is_walked_by_async_for(value),
        };
        if refused {
            self.raise("TypeError", site, EventKind::PlainWalkRefused { value }, value);
            self.escape(value);
        }
    }

    /// Whether a library's call gives what only `async for` walks, or what it leads to is that.
    fn is_walked_by_async_for(&mut self, value: Value) -> bool {
        let path = match (value, self.object(value)) {
            (Value::Path(path), _) => path,
            (_, Some(Object::Foreign(foreign))) => foreign.path,
            // `response.content`: what an object holds.
            (_, Some(Object::Bound { function: Value::Path(path), .. })) => *path,
            _ => return false,
        };
        let walk = self.names.step(path, Segment::Attribute(self.words.aiter));
        let callables = &self.input.tables.callables;
        let gives_iterator = |entry: &Arc<Entry>| {
            entry.row.as_ref().map(|row| row.gives) == Some(Gives::AsyncIterator)
        };
        callables.get(&self.names, walk).is_some_and(gives_iterator)
            || self.entry_of_call(path).is_some_and(|entry| {
                let is_path = matches!(value, Value::Path(_));
                gives_iterator(entry) || is_path && entry.is_walked
            })
    }

    /// A statement that only makes a library's async iterator: nobody walks it.
    pub fn note_unwalked(&mut self, value: Value, node: NodeId) {
        let Value::Path(path) = value else { return };
        let Some((function, Segment::Call)) = self.names.last_step(path) else { return };
        let is_iterator = self.entry_of_call(path).is_some_and(|entry| {
            let gives = entry.row.as_ref().map(|row| row.gives);
            gives == Some(Gives::AsyncIterator) && !entry.is_async_manager
        });
        if is_iterator {
            let function = Value::Path(function);
            self.emit(self.site(node), EventKind::GeneratorLost { function });
        }
    }

    /// The elements of a collection, without walking anything that runs code.
    pub fn walk_quietly(&self, value: Value) -> Option<Vec<Value>> {
        let Some(Object::Collection(collection)) = self.object(value) else { return None };
        (self.heap.get(collection.rest) == Value::Never)
            .then(|| collection.items.iter().map(|slot| self.heap.get(*slot)).collect())
    }

    /// Runs a generator's body: what it yields.
    pub fn run_generator(&mut self, function: Value, args: &Args, site: Site) -> Value {
        match self.object(function).cloned() {
            Some(Object::Function(body)) => {
                let yielded = self.run_body(function, &body, args, site).1;
                if yielded == Value::Never { Value::Unknown } else { yielded }
            }
            _ => Value::Unknown,
        }
    }

    pub fn walk_instance(&mut self, value: Value, site: Site, is_async: bool) -> Items {
        let (iter, next) = match is_async {
            true => (self.words.aiter, self.words.anext),
            false => (self.words.iter, self.words.next),
        };
        let walked = match self.class_attribute(value, iter) {
            Some(method) => self.call(method, Args::default(), site),
            None => {
                self.escape(value);
                return Items::unknown();
            }
        };
        if is_async && self.is_awaitable(walked) == Some(true) {
            self.raise("TypeError", site, EventKind::AsyncForRefused { value }, value);
            self.escape(walked);
            return Items::unknown();
        }
        match self.class_attribute(walked, next) {
            Some(method) => {
                let given = self.call(method, Args::default(), site);
                if is_async && self.is_awaitable(given) == Some(false) {
                    self.refuse_async_for(value, site);
                }
                let given = if is_async { self.outcome(given, site) } else { given };
                Items::any(given)
            }
            None if walked != value => {
                if is_async {
                    self.walk_async(walked, site)
                } else {
                    self.walk(walked, site)
                }
            }
            None => Items::unknown(),
        }
    }

    /// What `async for … in value` gives.
    pub fn walk_async(&mut self, value: Value, site: Site) -> Items {
        self.let_loop_run();
        match self.object(value).cloned() {
            Some(Object::Generator {
                function,
                args,
                is_async: true,
                is_manager: false,
                walked,
            }) => {
                self.heap.set(walked, Value::Unknown);
                let yielded = self.run_generator(function, &args, site);
                Items::any(yielded)
            }
            Some(Object::Instance { class, is_open, .. }) => {
                let (found, known) = self.class_member(class, self.words.aiter);
                if found.is_none() && known && !is_open {
                    self.refuse_async_for(value, site);
                    return Items::unknown();
                }
                self.walk_instance(value, site, true)
            }
            Some(Object::Foreign(foreign)) => {
                if self.is_async_iterable(Value::Path(foreign.path)) == Some(false) {
                    self.refuse_async_for(value, site);
                    return Items::unknown();
                }
                self.use_on_loop(value, site, true);
                Items::unknown()
            }
            _ => {
                if self.is_async_iterable(value) == Some(false) {
                    self.refuse_async_for(value, site);
                    return match self.object(value) {
                        Some(Object::Coroutine(_)) => {
                            self.escape(value);
                            Items::unknown()
                        }
                        Some(_) => {
                            let mut items = self.walk(value, site);
                            items.is_exact = false;
                            items
                        }
                        None => Items::unknown(),
                    };
                }
                self.may_raise();
                self.escape(value);
                Items::unknown()
            }
        }
    }

    pub fn refuse_async_for(&mut self, value: Value, site: Site) {
        self.raise("TypeError", site, EventKind::AsyncForRefused { value }, value);
    }

    /// Whether a library's call gives a coroutine and nothing that can do more.
    pub fn is_bare_coroutine(&self, coroutine: &Coroutine) -> bool {
        let Value::Path(path) = coroutine.function else { return false };
        let entry = self.input.tables.callables.get(&self.names, path);
        entry.is_some_and(|it| {
            it.is_coroutine_function && !it.is_silent && !it.is_walked && !it.is_async_manager
        })
    }

    /// Whether `async for` takes a value.
    pub fn is_async_iterable(&self, value: Value) -> Option<bool> {
        match value {
            Value::None | Value::Bool(_) | Value::Int(_) | Value::Str(_) | Value::Plain(_) => {
                Some(false)
            }
            Value::Path(path) => {
                let entry = self.entry_of_call(path)?;
                let row = entry.row.as_ref()?;
                let plain = matches!(row.gives, Gives::Plain | Gives::Nothing | Gives::Data);
                (plain && !entry.is_walked).then_some(false)
            }
            _ => match self.object(value)? {
                Object::Collection(_) | Object::Function(_) | Object::Class { .. } => Some(false),
                Object::Generator { is_async, is_manager, .. } => Some(*is_async && !is_manager),
                Object::Coroutine(coroutine) => match self.object(coroutine.function) {
                    Some(Object::Function(_)) => Some(false),
                    _ => self.is_bare_coroutine(coroutine).then_some(false),
                },
                Object::Future(_) => Some(false),
                _ => None,
            },
        }
    }

    /// `object[key]`.
    pub fn item(&mut self, object: Value, key: Value, site: Site) -> Value {
        match self.object(object).cloned() {
            Some(Object::Collection(collection)) => {
                let rest = self.heap.get(collection.rest);
                if collection.kind == CollectionKind::Dict {
                    let at = collection.keys.iter().position(|known| *known == key);
                    if let Some(slot) = at.and_then(|at| collection.items.get(at))
                        && !matches!(key, Value::Unknown | Value::Plain(_))
                    {
                        return self.heap.get(*slot);
                    }
                } else if let (Value::Int(at), Value::Never) = (key, rest) {
                    let length = collection.items.len() as i64;
                    let at = if at < 0 { at + length } else { at };
                    if let Some(slot) =
                        usize::try_from(at).ok().and_then(|at| collection.items.get(at))
                    {
                        return self.heap.get(*slot);
                    }
                }
                self.may_raise();
                let joined = self.any_item(&collection);
                if let Some(made) = self.make_missing(object, key, joined, site) {
                    return made;
                }
                if joined == Value::Never { Value::Unknown } else { joined }
            }
            Some(Object::Instance { .. }) => {
                let getitem = self.words.getitem;
                match self.class_attribute(object, getitem) {
                    Some(method) => self.call(method, Args::one(key), site),
                    None => Value::Unknown,
                }
            }
            // `Box[int]` is the class itself, as far as its instances go.
            Some(Object::Class { .. }) if self.members(object).is_empty() => object,
            Some(Object::Class { .. }) => self.member_named(object, key),
            _ => {
                self.may_raise();
                match object {
                    Value::Path(path) => self.item_of_path(path),
                    _ => Value::Unknown,
                }
            }
        }
    }

    /// `deque[int]` is a class still; other objects give what their table says.
    pub fn item_of_path(&mut self, path: crate::knowledge::callables::QualifiedName) -> Value {
        let is_class = matches!(self.names.last_step(path), Some((_, Segment::Attribute(name)))
            if self.names.text(name).starts_with(|c: char| c.is_ascii_uppercase()));
        if is_class {
            return Value::Path(path);
        }
        let getitem = self.names.step(path, Segment::Attribute(self.words.getitem));
        let entry = self.input.tables.callables.get(&self.names, getitem);
        match entry.and_then(|entry| entry.row.clone()).and_then(|row| row.like.clone()) {
            Some(like) => Value::Path(self.names.path(&like)),
            None => Value::Unknown,
        }
    }
}
