//! What makes a class other than most: a class of its own that calls it, and members of an `Enum`.
//!
//! Source: <https://docs.python.org/3/reference/datamodel.html#metaclasses>,
//! <https://docs.python.org/3/library/enum.html>.

use hashbrown::HashMap;

use super::machine::Machine;
use super::value::{Args, Object, ObjectId, Site, Value};
use crate::knowledge::callables::Symbol;
use crate::python::{Kind, NodeId, Role};

/// Bases whose classes have members.
const ENUMS: [&str; 5] = ["enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag"];

impl Machine<'_> {
    /// Evaluates what a class is given beside its bases; gives its metaclass.
    pub fn class_keywords(&mut self, node: NodeId) -> Option<Value> {
        let mut meta = None;
        for keyword in self.nodes(node, Role::Keyword) {
            let value = self.part(keyword, Role::Value);
            let is_meta = self.index(self.cell()).is_some_and(|index| {
                let tree = &index.syntax.tree;
                matches!(tree.kind(keyword), Kind::KeywordArg { name: Some(name) }
                    if tree.text(*name) == "metaclass")
            });
            if is_meta {
                meta = Some(value);
            } else {
                // `__init_subclass__` has it.
                self.escape(value);
            }
        }
        meta
    }

    /// The metaclass of a class, its own or that of a base.
    fn meta_of(&self, class: Value) -> Option<Value> {
        let Some(Object::Class { bases, meta, .. }) = self.object(class) else { return None };
        let inherited = || bases.iter().filter(|base| **base != class);
        meta.or_else(|| inherited().find_map(|base| self.meta_of(*base)))
    }

    /// A class that is called: its metaclass may do it in its own way.
    pub fn call_class(&mut self, class: ObjectId, args: Args, site: Site) -> Value {
        let value = Value::Object(class);
        let members = self.members(value);
        if !members.is_empty() {
            self.may_raise();
            return members.into_iter().fold(Value::Never, |one, other| self.join(one, other));
        }
        let Some(meta) = self.meta_of(value) else { return self.instantiate(class, args, site) };
        match self.class_member(meta, self.words.call).0 {
            Some(call) => {
                let call = self.bound(call, value, meta);
                self.call(call, args, site)
            }
            None => self.instantiate(class, args, site),
        }
    }

    /// What a class has from its metaclass, bound to it.
    pub fn meta_member(&mut self, class: Value, name: Symbol) -> Option<Value> {
        let meta = self.meta_of(class)?;
        let found = self.class_member(meta, name).0?;
        Some(self.bound(found, class, meta))
    }

    fn is_enum(&self, class: Value) -> bool {
        match class {
            Value::Path(path) => ENUMS.contains(&self.names.spell(path).as_str()),
            _ => match self.object(class) {
                Some(Object::Class { bases, .. }) => {
                    bases.iter().any(|base| *base != class && self.is_enum(*base))
                }
                _ => false,
            },
        }
    }

    /// The values in the body of an `Enum` become its members.
    pub fn make_members(&mut self, class: ObjectId, site: Site) {
        let value = Value::Object(class);
        if !self.is_enum(value) {
            return;
        }
        let Some(Object::Class { attributes, .. }) = self.heap.object(class).cloned() else {
            return;
        };
        let names = ["value", "_value_", "name", "_name_"].map(|it| self.names.symbol(it));
        let is_open = !self.has_known_bases(value);
        for (name, slot) in attributes {
            let held = self.heap.get(slot);
            let is_member = !matches!(
                self.object(held),
                Some(Object::Function(_) | Object::Descriptor { .. } | Object::Wrapped { .. })
            );
            if held == Value::Never || !is_member || self.names.text(name).starts_with('_') {
                continue;
            }
            let fields = HashMap::new();
            let member = self.new_object(Object::Instance { class: value, fields, is_open });
            let given = [held, held, Value::Str(name), Value::Str(name)];
            for (field, given) in names.into_iter().zip(given) {
                self.set_attribute(member, field, given);
            }
            let items = self.walk_quietly(held).unwrap_or_else(|| vec![held]);
            let args = Args { positional: items, ..Args::default() };
            self.consult(member, ["__init__"], args, site);
            self.heap.set(slot, member);
        }
    }

    /// The members of an `Enum`, in order.
    pub fn members(&self, class: Value) -> Vec<Value> {
        let Some(Object::Class { attributes, .. }) = self.object(class) else { return Vec::new() };
        if !self.is_enum(class) {
            return Vec::new();
        }
        let mut slots: Vec<_> = attributes.values().copied().collect();
        slots.sort();
        let values = slots.into_iter().map(|slot| self.heap.get(slot));
        let is_own = |value: &Value| matches!(self.object(*value), Some(Object::Instance { class: own, .. }) if *own == class);
        values.filter(is_own).collect()
    }

    /// `Colour["RED"]`.
    pub fn member_named(&mut self, class: Value, key: Value) -> Value {
        let found = match key {
            Value::Str(name) => self.class_member(class, name).0,
            _ => None,
        };
        let members = self.members(class);
        found.unwrap_or_else(|| {
            members.into_iter().fold(Value::Never, |one, other| self.join(one, other))
        })
    }
}
