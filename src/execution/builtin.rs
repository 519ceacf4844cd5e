//! Python's own functions and the methods of its own types.

use std::sync::Arc;

use super::event::EventKind;
use super::machine::Machine;
use super::value::{Args, CollectionKind, DescriptorKind, Loop, Object, Plain, Site, Value};
use crate::index::ScopeKind;
use crate::knowledge::callables::{Gives, Native, QualifiedName, Row, Segment};

impl Machine<'_> {
    /// Whether a value can be called.
    pub fn is_callable(&self, value: Value) -> Option<bool> {
        match value {
            Value::Never | Value::Unknown => None,
            Value::Path(path) => self.is_data(path).then_some(false),
            Value::None | Value::Bool(_) | Value::Int(_) | Value::Str(_) | Value::Plain(_) => {
                Some(false)
            }
            Value::Union(_) => self.agreed(value, Self::is_callable),
            Value::Object(_) => match self.object(value)? {
                Object::Function(_)
                | Object::Bound { .. }
                | Object::Partial { .. }
                | Object::Dispatch { .. }
                | Object::Registrar { .. }
                | Object::Class { .. } => Some(true),
                Object::Coroutine(_)
                | Object::Generator { .. }
                | Object::Future(_)
                | Object::Collection(_)
                | Object::Module { .. } => Some(false),
                Object::Instance { class, is_open, .. } => {
                    self.instances_have(*class, *is_open, self.words.call)
                }
                _ => None,
            },
        }
    }

    /// Whether a path stands for what a library's call gave, and that is nothing to call: a response, a row.
    fn is_data(&self, path: QualifiedName) -> bool {
        let Some((callable, Segment::Call)) = self.names.last_step(path) else { return false };
        let entry = self.input.tables.callables.get(&self.names, callable);
        entry
            .and_then(|it| it.row.as_ref())
            .is_some_and(|row| matches!(row.gives, Gives::Object | Gives::Data))
    }

    /// Whether calling a value gives a coroutine and does nothing else.
    pub fn is_coroutine_function(&self, value: Value) -> Option<bool> {
        match value {
            Value::Path(path) => {
                let entry = self.input.tables.callables.get(&self.names, path)?;
                entry.is_coroutine_function.then_some(true)
            }
            Value::Union(_) => self.agreed(value, Self::is_coroutine_function),
            _ => match self.object(value)? {
                Object::Function(function) => {
                    let index = self.index(function.def.cell)?;
                    let scope = index.scope(function.scope)?;
                    Some(
                        scope.kind == ScopeKind::Function { is_async: true } && !scope.is_generator,
                    )
                }
                Object::Bound { function, .. } | Object::Partial { function, .. } => {
                    self.is_coroutine_function(*function)
                }
                Object::Dispatch { choices } => {
                    let one = self.heap.get(*choices);
                    self.agreed(one, Self::is_coroutine_function)
                }
                Object::Instance { class, .. } => {
                    let call = self.class_member(*class, self.words.call).0?;
                    self.is_coroutine_function(call)
                }
                _ => None,
            },
        }
    }

    /// What a question about a value's kind answers.
    pub fn is_kind(&self, native: Native, value: Value) -> Option<bool> {
        match native {
            Native::IsAwaitable => self.is_awaitable(value),
            Native::IsCoroutine => match self.object(value) {
                Some(Object::Coroutine(_)) => Some(true),
                Some(_) => Some(false),
                None => self.is_awaitable(value).filter(|it| !it),
            },
            Native::IsCoroutineFunction => self.is_coroutine_function(value),
            Native::Callable => self.is_callable(value),
            _ => None,
        }
    }

    #[allow(clippy::too_many_lines)]
    pub fn call_native(
        &mut self,
        native: Native,
        row: &Arc<Row>,
        path: QualifiedName,
        args: Args,
        site: Site,
        receiver: Option<Value>,
    ) -> Value {
        let first = args.positional.first().copied().or(args.spread);
        match native {
            Native::Partial => match args.positional.split_first() {
                Some((function, rest)) => {
                    if self.is_callable(*function) == Some(false) {
                        self.not_a_function(path, *function, site);
                        return Value::Unknown;
                    }
                    let args = Args { positional: rest.to_vec(), ..args.clone() };
                    self.new_object(Object::Partial { function: *function, args })
                }
                None => Value::Unknown,
            },
            Native::Identity => {
                let alone = args.named.is_empty() && args.positional.len() < 2;
                self.decorator(path, first, alone, site)
            }
            Native::IdentityFactory => Value::Path(self.words.identity),
            Native::Dispatch => self.dispatch(first),
            Native::Dataclass => match first {
                Some(class) => class,
                None => Value::Path(self.words.identity),
            },
            Native::Property => self.descriptor(DescriptorKind::Property, first),
            Native::CachedProperty => self.descriptor(DescriptorKind::CachedProperty, first),
            Native::ClassMethod => self.descriptor(DescriptorKind::ClassMethod, first),
            Native::StaticMethod => self.descriptor(DescriptorKind::StaticMethod, first),
            Native::ContextManager | Native::AsyncContextManager => {
                if let Some(Value::Object(id)) = first
                    && let Some(Object::Function(function)) = self.heap.object_mut(id)
                {
                    function.makes_manager = true;
                }
                first.unwrap_or(Value::Unknown)
            }
            Native::Instantiate => {
                let class = receiver.or(first).unwrap_or(Value::Unknown);
                let skipped = usize::from(receiver.is_none());
                let positional = args.positional.iter().skip(skipped).copied().collect();
                match class {
                    Value::Object(id) => {
                        self.instantiate(id, Args { positional, ..args.clone() }, site)
                    }
                    _ => self.call_unknown(&args),
                }
            }
            Native::EnterContext => {
                let manager = first.unwrap_or(Value::Unknown);
                let entered = self.enter_manager(manager, false, site);
                // Somebody else leaves it.
                self.escape(manager);
                entered
            }
            Native::Super => self.super_object(&args),
            Native::Getattr => self.getattr(&args, site),
            Native::Setattr => {
                if let [object, Value::Str(name), value] = args.positional.as_slice() {
                    self.set_attribute(*object, *name, *value);
                } else {
                    self.escape_all(&args);
                }
                Value::None
            }
            Native::Hasattr => match args.positional.as_slice() {
                [object, Value::Str(name)] => self
                    .has_attribute(*object, *name)
                    .or_else(|| self.has_here(*object, self.names.text(*name)))
                    .map_or(Value::Plain(Plain::Bool), Value::Bool),
                _ => Value::Plain(Plain::Bool),
            },
            Native::Callable
            | Native::IsAwaitable
            | Native::IsCoroutine
            | Native::IsCoroutineFunction => {
                let answer = first.and_then(|value| self.is_kind(native, value));
                // Whoever asks for its kind knows what it is.
                first.into_iter().for_each(|value| self.escape(value));
                answer.map_or(Value::Plain(Plain::Bool), Value::Bool)
            }
            Native::Isinstance => self.isinstance(&args),
            Native::Type => {
                first.into_iter().for_each(|value| self.escape(value));
                match first.and_then(|value| self.object(value)) {
                    Some(Object::Instance { class, .. }) => *class,
                    _ => Value::Unknown,
                }
            }
            Native::Globals => {
                let space = self.calls.last().map_or(0, |call| call.space);
                self.globals(space)
            }
            Native::IsRunning => self.is_running(receiver),
            Native::IsClosed => match receiver.map(|it| self.loop_of(it)) {
                Some(Loop::Kernel) => Value::Bool(false),
                _ => Value::Plain(Plain::Bool),
            },
            Native::GetIpython => Value::Path(self.names.step(path, Segment::Call)),
            Native::Suppress => {
                let types = args.all().collect();
                self.new_object(Object::Suppress { types })
            }
            Native::MethodCaller => match args.positional.split_first() {
                Some((Value::Str(name), rest)) => {
                    let args = Args { positional: rest.to_vec(), ..args.clone() };
                    self.new_object(Object::MethodCaller { name: *name, args })
                }
                _ => Value::Unknown,
            },
            Native::Namespace => {
                let class = Value::None;
                let value = self.new_object(Object::Instance {
                    class,
                    fields: Default::default(),
                    is_open: true,
                });
                for (name, field) in &args.named {
                    self.set_attribute(value, *name, *field);
                }
                value
            }
            Native::DefaultDict => self.default_dict(row, path, &args, site),
            Native::FieldFactory => self.field_factory(row, path, &args, site),
            Native::Column | Native::Table => self.table(native, path, &args, site),
            Native::Range => self.range(&args, site),
            Native::Next => {
                let walked = first.unwrap_or(Value::Unknown);
                if let Some(given) = self.special(walked, "__next__", Args::default(), site) {
                    return given;
                }
                self.refuse_plain_walk(walked, site);
                let items = self.walk(walked, site);
                self.may_raise_as(&["StopIteration", "Exception", "BaseException"]);
                items.joined(self)
            }
            Native::Anext => {
                let walked = first.unwrap_or(Value::Unknown);
                if args.positional.len() != 1 {
                    // With a default it never raises, and gives that at the end.
                    self.escape(walked);
                    return Value::Unknown;
                }
                let step = self.attribute(walked, self.words.anext);
                self.call(step, Args::default(), site)
            }
            _ => self.collect(native, row, path, &args, site),
        }
    }

    /// A decorator that gives what it is given, with or without arguments of its own.
    pub fn decorator(
        &mut self,
        path: QualifiedName,
        first: Option<Value>,
        alone: bool,
        site: Site,
    ) -> Value {
        match first {
            Some(function) if alone && self.is_callable(function) != Some(false) => {
                self.note_cached(path, first, site);
                function
            }
            _ => self
                .new_object(Object::Partial { function: Value::Path(path), args: Args::default() }),
        }
    }

    /// A cache around a coroutine function keeps coroutines, and not what they give.
    pub fn note_cached(&mut self, path: QualifiedName, first: Option<Value>, site: Site) {
        let caches = ["functools.cache", "functools.lru_cache", "cachetools.cached"];
        let Some(function) = first.filter(|_| caches.contains(&self.names.spell(path).as_str()))
        else {
            return;
        };
        if self.is_coroutine_function(function) == Some(true) {
            self.emit(site, EventKind::CoroutineCached { by: path, function });
        } else if let Value::Object(id) = function
            && let Some(Object::Function(function)) = self.heap.object_mut(id)
        {
            function.cached = Some((path, site));
        }
    }

    pub fn descriptor(&mut self, kind: DescriptorKind, function: Option<Value>) -> Value {
        match function {
            Some(function) => self.new_object(Object::Descriptor { kind, function, setter: None }),
            None => Value::Unknown,
        }
    }

    /// `@name.setter`: the property of before, with what sets it.
    pub fn with_setter(&mut self, property: Value, args: &Args) -> Value {
        let setter = args.positional.first().copied();
        match self.object(property).cloned() {
            Some(Object::Descriptor { kind, function, .. }) => {
                self.new_object(Object::Descriptor { kind, function, setter })
            }
            _ => Value::Unknown,
        }
    }

    pub fn super_object(&mut self, args: &Args) -> Value {
        match args.positional.as_slice() {
            [Value::Object(class), receiver] => {
                self.new_object(Object::Super { class: *class, receiver: *receiver })
            }
            _ => match self.calls.iter().rev().find_map(|call| call.method_of) {
                Some((class, receiver)) => self.new_object(Object::Super { class, receiver }),
                None => Value::Unknown,
            },
        }
    }

    pub fn getattr(&mut self, args: &Args, site: Site) -> Value {
        match args.positional.as_slice() {
            [object, Value::Str(name)] => self.read_attribute(*object, *name, site),
            [object, Value::Str(name), default] => match self.has_attribute(*object, *name) {
                Some(false) => *default,
                Some(true) => self.read_attribute(*object, *name, site),
                None => {
                    let read = self.read_attribute(*object, *name, site);
                    self.join(read, *default)
                }
            },
            [object, name @ Value::Union(_)] => {
                let mut result = Value::Never;
                for one in self.heap.alternatives(*name) {
                    let value = match one {
                        Value::Str(name) => self.read_attribute(*object, name, site),
                        _ => Value::Unknown,
                    };
                    result = self.join(result, value);
                }
                result
            }
            _ => {
                self.escape_all(args);
                Value::Unknown
            }
        }
    }

    pub fn isinstance(&mut self, args: &Args) -> Value {
        let [value, class] = args.positional.as_slice() else { return Value::Plain(Plain::Bool) };
        if let Some(asked) = self.asked_kind(*class) {
            let answer = self.is_kind(asked, *value);
            return answer.map_or(Value::Plain(Plain::Bool), Value::Bool);
        }
        let answer = match (self.object(*value), *class) {
            (Some(Object::Instance { class: own, .. }), class) if *own == class => Some(true),
            _ => None,
        };
        answer.map_or(Value::Plain(Plain::Bool), Value::Bool)
    }

    /// What `isinstance` with one of the abstract classes asks.
    pub fn asked_kind(&self, class: Value) -> Option<Native> {
        let Value::Path(path) = class else { return None };
        match self.names.spell(path).as_str() {
            "collections.abc.Awaitable" | "typing.Awaitable" => Some(Native::IsAwaitable),
            "collections.abc.Coroutine" | "typing.Coroutine" | "types.CoroutineType" => {
                Some(Native::IsCoroutine)
            }
            _ => None,
        }
    }

    /// `globals()`: every name that is bound by now.
    pub fn globals(&mut self, space: u32) -> Value {
        let names: Vec<_> = self
            .spaces
            .get(space as usize)
            .map(|space| space.names.iter().map(|(name, slot)| (*name, *slot)).collect())
            .unwrap_or_default();
        let keys = names.iter().map(|(name, _)| Value::Str(*name)).collect();
        let items = names.iter().map(|(_, slot)| *slot).collect();
        let rest = self.heap.slot(Value::Unknown);
        let kind = CollectionKind::Dict;
        let names_of = Some(self.heap.add(Object::Module { space }));
        let names = super::value::Collection { kind, keys, items, rest, names_of };
        self.new_object(Object::Collection(names))
    }
}
