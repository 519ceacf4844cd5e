//! Assignments: what targets get, one by one or unpacked.

use super::event::ValueUse;
use super::expression::MOST_ITEMS;
use super::machine::Machine;
use super::value::{Args, CollectionKind, Object, Value};
use crate::python::{Kind, NodeId, Role};

impl Machine<'_> {
    /// Binds what an assignment, `for` or `with` names.
    pub fn assign(&mut self, target: NodeId, value: Value) {
        let Some(index) = self.index(self.cell()).cloned() else { return };
        let tree = &index.syntax.tree;
        match tree.kind(target) {
            Kind::Name { .. } => {
                if let Some(variable) = index.variable(target) {
                    self.bind(variable, value);
                }
            }
            Kind::Attribute { .. } => {
                let object = self.part(target, Role::Value);
                let name = self.attribute_name(target);
                if !self.set_by_class(object, name, value, self.site(target)) {
                    self.set_attribute(object, name, value);
                }
            }
            Kind::Subscript => {
                let object = self.part(target, Role::Value);
                let key = self.part(target, Role::Index);
                self.too_early(object, self.site(target), ValueUse::Subscript, None);
                let args = Args { positional: vec![key, value], ..Args::default() };
                self.consult(object, ["__setitem__"], args, self.site(target));
                self.set_item(object, key, value);
            }
            Kind::Tuple { .. } | Kind::List => {
                let targets: Vec<NodeId> = tree.children_in(target, Role::Element).collect();
                self.unpack(&targets, value, target);
            }
            Kind::Starred => {
                let inner = tree.child(target, Role::Value);
                inner.into_iter().for_each(|it| self.assign(it, value));
            }
            _ => self.escape(value),
        }
    }

    pub fn unpack(&mut self, targets: &[NodeId], value: Value, at: NodeId) {
        let site = self.site(at);
        let items = self.walk(value, site);
        let is_starred = |it: &NodeId| {
            self.index(self.cell())
                .is_some_and(|index| *index.syntax.tree.kind(*it) == Kind::Starred)
        };
        let star = targets.iter().position(is_starred);
        if items.is_exact && star.is_none() && items.values.len() == targets.len() {
            for (target, value) in targets.iter().zip(items.values) {
                self.assign(*target, value);
            }
            return;
        }
        if let (true, Some(star)) = (items.is_exact, star)
            && items.values.len() + 1 >= targets.len()
        {
            let after = targets.len() - star - 1;
            let middle = items.values.len() - star - after;
            let mut values = items.values.into_iter();
            for (at, target) in targets.iter().enumerate() {
                if at == star {
                    let some: Vec<Value> = values.by_ref().take(middle).collect();
                    let list = self.collection(CollectionKind::List, some, Value::Never);
                    self.assign(*target, list);
                } else if let Some(value) = values.next() {
                    self.assign(*target, value);
                }
            }
            return;
        }
        let element = items.joined(self);
        for (at, target) in targets.iter().enumerate() {
            if Some(at) == star {
                let list = self.collection(CollectionKind::List, Vec::new(), element);
                self.assign(*target, list);
            } else {
                self.assign(*target, element);
            }
        }
    }

    /// `del name`, `del object[key]`.
    pub fn delete(&mut self, target: NodeId) {
        let Some(index) = self.index(self.cell()).cloned() else { return };
        let site = self.site(target);
        if let Some(variable) = index.variable(target) {
            let value = self.read(variable);
            self.bind(variable, Value::Never);
            self.consult(value, ["__del__"], Args::default(), site);
        } else if *index.syntax.tree.kind(target) == Kind::Subscript {
            let object = self.part(target, Role::Value);
            let key = self.part(target, Role::Index);
            self.consult(object, ["__delitem__"], Args::one(key), site);
        }
    }

    /// What an augmented assignment reads first.
    pub fn read_target(&mut self, target: NodeId) -> Value {
        let Some(index) = self.index(self.cell()).cloned() else { return Value::Unknown };
        match index.syntax.tree.kind(target) {
            Kind::Name { .. } => index.variable(target).map_or(Value::Unknown, |it| self.read(it)),
            Kind::Attribute { .. } => {
                let object = self.part(target, Role::Value);
                let name = self.attribute_name(target);
                self.attribute(object, name)
            }
            Kind::Subscript => {
                let object = self.part(target, Role::Value);
                let key = self.part(target, Role::Index);
                let site = self.site(target);
                self.item(object, key, site)
            }
            _ => Value::Unknown,
        }
    }

    /// `object[key] = value`.
    pub fn set_item(&mut self, object: Value, key: Value, value: Value) {
        if let Value::Path(table) = object {
            return self.keep_column(table, key, value);
        }
        let Value::Object(id) = object else { return self.escape(value) };
        let Some(Object::Collection(collection)) = self.heap.object(id).cloned() else {
            return self.escape(value);
        };
        let at = collection.keys.iter().position(|known| *known == key);
        let known = !matches!(key, Value::Unknown | Value::Plain(_) | Value::Union(_));
        if let Some(slot) = at.filter(|_| known).and_then(|at| collection.items.get(at)) {
            self.heap.set(*slot, value);
        } else if let (Some(module), Value::Str(name)) = (collection.names_of, key) {
            self.set_attribute(Value::Object(module), name, value);
        } else if known
            && self.doubt == 0
            && collection.kind == CollectionKind::Dict
            && collection.items.len() < MOST_ITEMS
        {
            let slot = self.heap.slot(value);
            if let Some(Object::Collection(collection)) = self.heap.object_mut(id) {
                collection.keys.push(key);
                collection.items.push(slot);
            }
        } else {
            let rest = self.heap.get(collection.rest);
            let joined = self.join(rest, value);
            self.heap.set(collection.rest, joined);
        }
    }

    /// `list.append(value)` and its like.
    pub fn add_to(&mut self, object: Value, value: Value) {
        let Value::Object(id) = object else { return self.escape(value) };
        let Some(Object::Collection(collection)) = self.heap.object(id).cloned() else {
            return self.escape(value);
        };
        let rest = self.heap.get(collection.rest);
        let is_fresh =
            rest == Value::Never && self.doubt == 0 && collection.items.len() < MOST_ITEMS;
        if is_fresh && collection.kind != CollectionKind::Dict {
            let slot = self.heap.slot(value);
            if let Some(Object::Collection(collection)) = self.heap.object_mut(id) {
                collection.items.push(slot);
            }
        } else {
            let joined = self.join(rest, value);
            self.heap.set(collection.rest, joined);
        }
    }
}
