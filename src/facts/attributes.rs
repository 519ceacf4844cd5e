//! What an attribute of an object of the notebook stands for: what its class assigns to it, or
//! what the class has from a library.

use super::definitions::{ClassId, FnId};
use super::value::canonical;
use super::{Facts, Site, Value};
use crate::python::{Kind, Role};

impl Facts<'_> {
    /// An attribute of a class or an instance that is no method.
    pub(super) fn data_value(&self, class: ClassId, of: &Value, name: &str) -> Value {
        let Some(found) = self.class(class) else { return Value::Unknown };
        if let Some(stores) = self.stores_of(name) {
            return self.agree(stores.iter().map(|store| self.stored_value(class, *store)));
        }
        let in_body = self.children_in(found.site, Role::Body).any(|statement| {
            let mut targets = self.children_in(statement, Role::Target);
            targets.any(|target| self.source_of(target) == name)
        });
        let bases: Vec<Value> = found.bases.iter().map(|base| self.value(*base)).collect();
        match bases.as_slice() {
            [Value::Path(base)] if !in_body => match of {
                Value::Instance(_) => Value::Path(canonical(&format!("{base}().{name}"))),
                _ => Value::Path(canonical(&format!("{base}.{name}"))),
            },
            _ => Value::Unknown,
        }
    }

    /// What `self.name = value` assigns, when the object is of this class.
    fn stored_value(&self, class: ClassId, target: Site) -> Value {
        let object = self.child(target, Role::Value).map(|object| self.value(object));
        match object {
            Some(Value::Instance(other)) if other == class || self.inherits(class, other) => {}
            // Another class has an attribute of that name.
            Some(Value::Instance(other)) if !self.inherits(other, class) => return Value::None,
            _ => return Value::Unknown,
        }
        let Some(assign) = self.parent(target) else { return Value::Unknown };
        let alone = self.children_in(assign, Role::Target).count() == 1;
        match self.kind(assign) {
            Kind::Assign | Kind::AnnAssign if alone => {
                self.child(assign, Role::Value).map_or(Value::Unknown, |value| self.value(value))
            }
            _ => Value::Unknown,
        }
    }

    fn inherits(&self, class: ClassId, from: ClassId) -> bool {
        self.class(class).is_some_and(|found| {
            found.bases.iter().any(|base| self.value(*base) == Value::Class(from))
        })
    }

    /// Whether something assigns to an attribute of this name, or a subclass has a method of the
    /// name in the other colour.
    pub(super) fn is_replaced(&self, class: ClassId, name: &str, id: FnId) -> bool {
        let others = self.definitions().classes_with.get(name).map_or(&[][..], Vec::as_slice);
        let overridden = others.iter().filter(|other| **other != class).any(|other| {
            let Some(found) = self.class(*other) else { return false };
            found.methods.get(name).is_some_and(|own| !self.same_colour(*own, id))
                && found.bases.iter().any(|base| self.value(*base) == Value::Class(class))
        });
        overridden || self.stores_of(name).is_some()
    }
}
