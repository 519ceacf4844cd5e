//! Objects that have async ways alone, and objects that open where they are awaited or entered.

use super::event::EventKind;
use super::machine::Machine;
use super::value::{Foreign, Object, Site, Value};
use crate::knowledge::callables::{Gives, Symbol, Take};
use crate::python::{Kind, Role};

impl Machine<'_> {
    /// `value.name`, which is about to be called: too early, or in a way that it has not.
    pub fn note_way(&mut self, value: Value, name: Symbol, site: Site) {
        let Some(Object::Foreign(foreign)) = self.object(value) else { return };
        let Some(row) = self.row_of(foreign) else { return };
        let text = self.names.text(name);
        let is_closed = row.refuses_before.iter().any(|it| it == text)
            && self.heap.get(foreign.taken) == Value::Bool(false);
        let instead = row.plain_ways.get(text).cloned();
        let instead = instead.filter(|_| self.heap.get(foreign.left) == Value::Bool(false));
        let says = row.says_before.clone();
        let (taken, left) = (foreign.taken, foreign.left);
        if self.doubt > 0 || !self.is_called(site) {
            return;
        }
        // Nobody comes to what follows.
        if is_closed {
            self.heap.set(taken, Value::Unknown);
            self.raise("ValueError", site, EventKind::UsedUnopened { name, says }, Value::Unknown);
        } else if let Some(instead) = instead {
            self.heap.set(left, Value::Unknown);
            let kind = EventKind::PlainWayRefused { instead };
            self.raise("RuntimeError", site, kind, Value::Unknown);
        }
    }

    /// What a class of the notebook has from a library's class, and what is no method.
    pub fn library_attribute(&mut self, class: Value, name: Symbol) -> Option<Value> {
        let path = self.library_member(class, name, 0)?;
        let row = self.input.tables.callables.get(&self.names, path)?.row.as_ref()?;
        (row.gives == Gives::Data).then_some(Value::Path(path))
    }

    fn is_called(&self, attribute: Site) -> bool {
        self.index(attribute.cell).is_some_and(|index| {
            let tree = &index.syntax.tree;
            tree.role(attribute.node) == Role::Func
                && tree.parent(attribute.node).is_some_and(|up| *tree.kind(up) == Kind::Call)
        })
    }

    /// It is awaited, or entered by `async with`.
    pub fn open(&mut self, foreign: &Foreign) {
        if self.opens(foreign) {
            self.heap.set(foreign.taken, Value::Bool(true));
        }
    }

    /// Whether an object is of no use until it is awaited or entered.
    pub fn opens(&self, foreign: &Foreign) -> bool {
        self.row_of(foreign).is_some_and(|row| !row.refuses_before.is_empty())
    }

    /// An argument that has async ways alone, where plain ones are asked for.
    pub fn note_never(&mut self, take: &Take, value: Value, site: Site) {
        let path = match (value, self.object(value)) {
            (Value::Path(path), _) => path,
            (_, Some(Object::Foreign(foreign))) => foreign.path,
            _ => return,
        };
        let (Some(instead), 0) = (&take.instead, self.doubt) else { return };
        if take.never.iter().any(|it| self.names.find_path(it) == Some(path)) {
            let kind = EventKind::PlainWayRefused { instead: instead.clone() };
            self.raise("AttributeError", site, kind, Value::Unknown);
        }
    }
}
