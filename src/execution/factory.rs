//! Factories: what a container calls for a value that nobody gave.
//!
//! Source: <https://docs.python.org/3/library/collections.html#collections.defaultdict>,
//! <https://docs.python.org/3/library/dataclasses.html#default-factory-functions>.

use std::sync::Arc;

use super::machine::Machine;
use super::value::{Args, DescriptorKind, Object, Site, Value};
use crate::knowledge::callables::{Native, QualifiedName, Row, Segment, Symbol};

impl Machine<'_> {
    /// The factory among the arguments, where the notebook can be seen to have written it.
    fn factory(&self, row: &Row, args: &Args) -> Option<Value> {
        let mut given = row.takes.iter().filter_map(|take| {
            let name = take.name.as_deref().and_then(|name| self.names.find(name));
            args.get(take.at.unwrap_or(usize::MAX), name)
        });
        let is_followed = |value: &Value| {
            matches!(
                self.object(*value),
                Some(Object::Function(_) | Object::Bound { .. } | Object::Partial { .. })
            )
        };
        given.find(is_followed)
    }

    /// `defaultdict(factory, …)`: a dict that makes what is missing.
    pub fn default_dict(
        &mut self,
        row: &Arc<Row>,
        path: QualifiedName,
        args: &Args,
        site: Site,
    ) -> Value {
        let Some(factory) = self.factory(row, args) else {
            return self.unfollowed(path, args, site);
        };
        let positional = args.positional.iter().copied().skip(1).collect();
        let named = args.named.iter().copied().filter(|(_, value)| *value != factory).collect();
        let rest = Args { positional, named, spread: args.spread };
        let dict = self.collect(Native::Dict, row, path, &rest, site);
        if let Value::Object(id) = dict {
            self.factories.insert(id, factory);
        }
        dict
    }

    /// `field(default_factory=factory)` in a class body.
    pub fn field_factory(
        &mut self,
        row: &Arc<Row>,
        path: QualifiedName,
        args: &Args,
        site: Site,
    ) -> Value {
        match self.factory(row, args) {
            Some(factory) => self.descriptor(DescriptorKind::Factory, Some(factory)),
            None => self.unfollowed(path, args, site),
        }
    }

    fn unfollowed(&mut self, path: QualifiedName, args: &Args, site: Site) -> Value {
        self.may_raise();
        self.hand_to(path, args, site);
        Value::Path(self.names.step(path, Segment::Call))
    }

    /// Reads a key that is not seen in a dict: its factory makes the value, and the dict keeps it.
    /// Of what is no coroutine nothing is kept: which object it is, is told nobody.
    pub fn make_missing(
        &mut self,
        dict: Value,
        key: Value,
        held: Value,
        site: Site,
    ) -> Option<Value> {
        let Value::Object(id) = dict else { return None };
        let factory = self.factories.get(&id).copied()?;
        let made = self.call(factory, Args::default(), site);
        let Value::Object(coroutine) = made else { return Some(Value::Unknown) };
        let is_one = matches!(key, Value::Str(_) | Value::Int(_)) && held == Value::Never;
        match self.heap.object_mut(coroutine) {
            Some(Object::Coroutine(coroutine)) => coroutine.many |= !is_one,
            _ => {
                self.escape(made);
                return Some(Value::Unknown);
            }
        }
        self.set_item(dict, key, made);
        Some(if is_one { made } else { self.join(held, made) })
    }

    /// Fields to which nobody gives a value get what their factories make.
    pub fn fill_defaults(
        &mut self,
        class: Value,
        instance: Value,
        fields: &[Symbol],
        args: &Args,
        site: Site,
    ) {
        for (at, name) in fields.iter().enumerate() {
            if args.spread.is_some() || args.get(at, Some(*name)).is_some() {
                continue;
            }
            let member = self.class_member(class, *name).0;
            if let Some(Object::Descriptor { kind: DescriptorKind::Factory, function, .. }) =
                member.and_then(|it| self.object(it))
            {
                let made = self.call(*function, Args::default(), site);
                self.set_attribute(instance, *name, made);
            }
        }
    }
}
