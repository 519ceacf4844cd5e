//! Attributes: of modules, classes, instances, library objects and coroutines.

use super::machine::Machine;
use super::value::{DescriptorKind, Object, Plain, Site, Value};
use crate::knowledge::callables::{Segment, Symbol};

/// What a coroutine object has, apart from what every object has.
///
/// Source: `dir()` of a coroutine, Python 3.11.
const COROUTINE_MEMBERS: [&str; 11] = [
    "send",
    "throw",
    "close",
    "cr_await",
    "cr_code",
    "cr_frame",
    "cr_origin",
    "cr_running",
    "cr_suspended",
    "__name__",
    "__qualname__",
];

/// What a task or future has, apart from what every object has.
///
/// Source: `dir()` of a task and of a `concurrent.futures.Future`, Python 3.11.
const FUTURE_MEMBERS: [&str; 22] = [
    "result",
    "exception",
    "done",
    "cancelled",
    "cancel",
    "add_done_callback",
    "remove_done_callback",
    "set_result",
    "set_exception",
    "get_loop",
    "get_coro",
    "get_name",
    "set_name",
    "get_stack",
    "print_stack",
    "cancelling",
    "uncancel",
    "get_context",
    "running",
    "set_running_or_notify_cancel",
    "add_cancel_callback",
    "key",
];

impl Machine<'_> {
    pub fn is_coroutine_member(&self, name: Symbol) -> bool {
        let text = self.names.text(name);
        text.starts_with("__") || COROUTINE_MEMBERS.contains(&text)
    }

    pub fn is_future_member(&self, name: Symbol) -> bool {
        let text = self.names.text(name);
        text.starts_with('_') || FUTURE_MEMBERS.contains(&text)
    }

    /// `value.name` where it is read; a property runs.
    pub fn read_attribute(&mut self, value: Value, name: Symbol, site: Site) -> Value {
        if let Value::Union(_) = value {
            // Whoever reads it expects no `None`.
            let mut all = self.heap.alternatives(value);
            all.retain(|one| *one != Value::None);
            if let [only] = all.as_slice() {
                self.doubt += 1;
                let read = self.read_attribute(*only, name, site);
                self.doubt -= 1;
                return read;
            }
            return self.guessing(|it| {
                all.into_iter().fold(Value::Never, |result, one| {
                    let read = it.read_attribute(one, name, site);
                    it.join(result, read)
                })
            });
        }
        self.note_way(value, name, site);
        self.note_read(value, name, site);
        let found = self.attribute(value, name);
        if let Some(given) = self.computed(value, name, found, site) {
            return given;
        }
        match self.object(found).cloned() {
            Some(Object::Bound { receiver, function }) => match self.object(function).cloned() {
                Some(Object::Descriptor { kind: DescriptorKind::Property, function, .. }) => {
                    self.call(function, super::value::Args::one(receiver), site)
                }
                Some(Object::Descriptor {
                    kind: DescriptorKind::CachedProperty, function, ..
                }) => {
                    let given = self.call(function, super::value::Args::one(receiver), site);
                    self.set_attribute(receiver, name, given);
                    given
                }
                _ => found,
            },
            _ => found,
        }
    }

    /// `value.name`, a property left as it is.
    pub fn attribute(&mut self, value: Value, name: Symbol) -> Value {
        let text = self.names.text(name);
        if self.row_of_value(value).is_some_and(|row| row.has.iter().any(|it| it == text)) {
            return Value::Plain(Plain::Other);
        }
        match value {
            Value::Path(path) => {
                let name = self.names.step(path, Segment::Attribute(name));
                let told = self.name_of_shell(name);
                told.unwrap_or_else(|| Value::Path(self.usual_name(name)))
            }
            Value::Object(_) => self.object_attribute(value, name),
            Value::Str(_) | Value::Plain(Plain::Str) => {
                let function = Value::Path(self.method_path(value, name));
                self.new_object(Object::Bound { receiver: value, function })
            }
            _ => {
                self.may_raise();
                Value::Unknown
            }
        }
    }

    fn object_attribute(&mut self, value: Value, name: Symbol) -> Value {
        match self.object(value).cloned() {
            Some(Object::Module { space }) => {
                let slot =
                    self.spaces.get(space as usize).and_then(|it| it.names.get(&name)).copied();
                slot.map_or(Value::Unknown, |slot| self.heap.get(slot))
            }
            Some(Object::Instance { class, fields, .. }) => {
                let own = fields.get(&name).map(|slot| self.heap.get(*slot));
                match own.filter(|value| *value != Value::Never) {
                    Some(value) => value,
                    None => self.inherited(value, class, name),
                }
            }
            Some(Object::Class { .. }) => match self.class_member(value, name) {
                (Some(found), _) => match self.object(found).cloned() {
                    Some(Object::Descriptor {
                        kind: DescriptorKind::ClassMethod,
                        function,
                        ..
                    }) => self.new_object(Object::Bound { receiver: value, function }),
                    Some(Object::Descriptor {
                        kind: DescriptorKind::StaticMethod,
                        function,
                        ..
                    }) => function,
                    _ => found,
                },
                (None, true) if self.names.text(name) == "__name__" => Value::Plain(Plain::Str),
                (None, _) => self
                    .meta_member(value, name)
                    .or_else(|| self.library_attribute(value, name))
                    .unwrap_or(Value::Unknown),
            },
            Some(Object::Super { class, receiver }) => match self.member_after(class, name) {
                (Some(found), _) => {
                    let class = Value::Object(class);
                    self.bound(found, receiver, class)
                }
                // A metaclass hands its class on to `type`.
                (None, _) if name == self.words.call && self.is_class(receiver) => {
                    let function = Value::Path(self.words.make);
                    self.new_object(Object::Bound { receiver, function })
                }
                (None, true) => Value::Path(self.words.object_init),
                (None, false) => match self.library_member(Value::Object(class), name, 0) {
                    Some(method) => {
                        let function = Value::Path(method);
                        self.new_object(Object::Bound { receiver, function })
                    }
                    None => Value::Unknown,
                },
            },
            Some(Object::Foreign(foreign)) => {
                let function = Value::Path(self.names.step(foreign.path, Segment::Attribute(name)));
                self.new_object(Object::Bound { receiver: value, function })
            }
            // `client.chat.completions`: still the client's.
            Some(Object::Bound { receiver, function: Value::Path(path) })
                if matches!(self.object(receiver), Some(Object::Foreign(_))) =>
            {
                let function = Value::Path(self.names.step(path, Segment::Attribute(name)));
                self.new_object(Object::Bound { receiver, function })
            }
            Some(Object::Future(future)) => {
                let function = Value::Path(self.names.step(future.class, Segment::Attribute(name)));
                self.new_object(Object::Bound { receiver: value, function })
            }
            Some(Object::Coroutine(_) | Object::Collection(_) | Object::Generator { .. }) => {
                let function = Value::Path(self.method_path(value, name));
                self.new_object(Object::Bound { receiver: value, function })
            }
            Some(Object::Dispatch { choices }) if self.names.text(name) == "register" => {
                self.new_object(Object::Registrar { choices })
            }
            Some(Object::Partial { function, .. }) if self.names.text(name) == "func" => function,
            Some(Object::Descriptor { .. }) if self.names.text(name) == "setter" => {
                self.new_object(Object::Setter { of: value })
            }
            _ => Value::Unknown,
        }
    }

    /// The path of a method of Python's own types: `coroutine.close`, `list.append`.
    fn method_path(
        &mut self,
        value: Value,
        name: Symbol,
    ) -> crate::knowledge::callables::QualifiedName {
        let class = match self.object(value) {
            Some(Object::Coroutine(_)) => "coroutine",
            Some(Object::Generator { is_async: true, .. }) => "async_generator",
            Some(Object::Generator { .. }) => "generator",
            Some(Object::Collection(it)) => it.kind.name(),
            _ if matches!(value, Value::Str(_) | Value::Plain(_)) => "str",
            _ => "object",
        };
        let class = self.names.symbol(class);
        let class = self.names.step(self.words.builtins, Segment::Attribute(class));
        let class = self.names.step(class, Segment::Call);
        self.names.step(class, Segment::Attribute(name))
    }

    fn inherited(&mut self, instance: Value, class: Value, name: Symbol) -> Value {
        match self.class_member(class, name) {
            (Some(found), _) => self.bound(found, instance, class),
            (None, _) => match self.library_member(class, name, 0) {
                Some(method) => {
                    let function = Value::Path(method);
                    self.new_object(Object::Bound { receiver: instance, function })
                }
                None => {
                    self.may_raise();
                    Value::Unknown
                }
            },
        }
    }

    /// What a class's member becomes when it is read through an instance.
    pub fn bound(&mut self, member: Value, instance: Value, class: Value) -> Value {
        match self.object(member).cloned() {
            Some(Object::Function(_) | Object::Dispatch { .. }) => {
                self.new_object(Object::Bound { receiver: instance, function: member })
            }
            Some(Object::Descriptor { kind, function, .. }) => match kind {
                DescriptorKind::StaticMethod => function,
                DescriptorKind::Factory => Value::Unknown,
                DescriptorKind::ClassMethod => {
                    self.new_object(Object::Bound { receiver: class, function })
                }
                DescriptorKind::Property | DescriptorKind::CachedProperty => {
                    self.new_object(Object::Bound { receiver: instance, function: member })
                }
            },
            // `partialmethod` gets the instance first.
            Some(Object::Partial { function, args }) if self.is_method(function) => {
                self.new_object(Object::Partial { function, args: args.after(instance) })
            }
            _ => member,
        }
    }

    fn is_class(&self, value: Value) -> bool {
        matches!(self.object(value), Some(Object::Class { .. }))
    }

    fn is_method(&self, function: Value) -> bool {
        matches!(self.object(function), Some(Object::Function(function)) if function.class.is_some())
    }

    /// Whether `value` has an attribute, as far as that is known.
    pub fn has_attribute(&self, value: Value, name: Symbol) -> Option<bool> {
        match self.object(value)? {
            Object::Module { space } => {
                let slot = self.spaces.get(*space as usize)?.names.get(&name);
                Some(slot.is_some_and(|slot| self.heap.get(*slot) != Value::Never))
            }
            Object::Instance { class, fields, is_open } => {
                let own =
                    fields.get(&name).is_some_and(|slot| self.heap.get(*slot) != Value::Never);
                if own { Some(true) } else { self.instances_have(*class, *is_open, name) }
            }
            Object::Coroutine(_) => Some(self.is_coroutine_member(name)),
            _ => None,
        }
    }

    /// `value.name = new`.
    pub fn set_attribute(&mut self, value: Value, name: Symbol, new: Value) {
        self.hand_on(new);
        let Value::Object(id) = value else {
            self.escape(new);
            return;
        };
        let slot = match self.heap.object(id) {
            Some(Object::Instance { fields, .. }) => fields.get(&name).copied(),
            Some(Object::Class { attributes, .. }) => attributes.get(&name).copied(),
            Some(Object::Module { space }) => {
                let space = *space;
                Some(self.global_slot(space, name))
            }
            _ => {
                self.escape(new);
                return;
            }
        };
        let slot = slot.unwrap_or_else(|| {
            let slot = self.heap.slot(Value::Never);
            match self.heap.object_mut(id) {
                Some(Object::Instance { fields, .. }) => _ = fields.insert(name, slot),
                Some(Object::Class { attributes, .. }) => _ = attributes.insert(name, slot),
                _ => {}
            }
            slot
        });
        self.heap.set(slot, new);
    }
}
