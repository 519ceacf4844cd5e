//! Objects that have async ways alone, and objects that open where they are awaited or entered.

use super::event::{Event, EventKind};
use super::machine::Machine;
use super::value::{Args, Coroutine, Foreign, Object, Site, Value};
use crate::knowledge::callables::{Gives, QualifiedName, Row, Segment, Symbol, Take};
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

    /// A coroutine of a method that was called in a block, and is awaited when that is left.
    pub fn note_late(
        &mut self,
        coroutine: &Coroutine,
        receiver: Value,
        method: QualifiedName,
        site: Site,
    ) {
        let (Value::Object(id), Some(Object::Foreign(foreign))) = (receiver, self.object(receiver))
        else {
            return;
        };
        let Some((_, Segment::Attribute(name))) = self.names.last_step(method) else { return };
        let Some(row) = self.row_of(foreign) else { return };
        let is_refused = row.refuses_after.iter().any(|it| it == self.names.text(name));
        let is_left = self.doubt == 0 && self.heap.get(foreign.left) == Value::Bool(true);
        let says = row.says_after.clone();
        if !is_refused || !is_left || self.is_said_of(coroutine) {
            return;
        }
        let left = self.blocks.left.get(&id).copied();
        let kind = EventKind::UsedAfterBlock { name, left, says };
        self.raise("RuntimeError", site, kind, Value::Unknown);
    }

    /// Whether the call that made a coroutine came too late by itself.
    fn is_said_of(&self, coroutine: &Coroutine) -> bool {
        let attribute = coroutine.made.and_then(|made| {
            let node = self.index(made.cell)?.syntax.tree.child(made.node, Role::Func)?;
            Some(Site { node, ..made })
        });
        let is_it = |event: &Event| {
            matches!(event.kind, EventKind::UsedAfterBlock { .. }) && Some(event.site) == attribute
        };
        self.trace.events.iter().any(is_it)
    }

    /// Keywords that a call does not take, and does not hand on either.
    pub fn refuse_keywords(&mut self, row: &Row, path: QualifiedName, args: &Args, site: Site) {
        let Some(own) = &row.keywords else { return };
        let is_own = |name: &str| {
            own.iter().any(|it| it == name)
                || row.takes.iter().any(|it| it.name.as_deref() == Some(name))
        };
        let other = args.named.iter().map(|(name, _)| self.names.text(*name).to_owned());
        if let Some(name) = other.into_iter().find(|it| !is_own(it)) {
            let kind = EventKind::KeywordRefused { by: path, name };
            self.raise("TypeError", site, kind, Value::Unknown);
        }
    }
}
