//! Where coroutine objects come to light: the expressions that give them.

use super::machine::Machine;
use super::trace::Trace;
use super::value::{Object, ObjectId, Site, Value};
use crate::python::{Kind, NodeId};

/// Where a coroutine object was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sighting {
    /// The first expression that gave it.
    pub first: Site,
    /// The first one at a place that can await: in a cell, or in an `async def`.
    pub in_reach: Option<Site>,
    /// There it may also be something that cannot be awaited.
    pub is_mixed: bool,
}

/// A coroutine object that the notebook makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// The notebook's function whose call makes it.
    pub function: Option<Site>,
    /// What makes it: a call, or what else runs a function, such as a property's name.
    pub by: Option<Site>,
    /// Whether it is awaited for certain.
    pub is_awaited: bool,
    pub seen: Option<Sighting>,
}

impl Machine<'_> {
    /// Notes which expression gives a coroutine object.
    pub(super) fn note_sighting(&mut self, node: NodeId, value: Value) {
        self.note_tried(value);
        match value {
            Value::Object(id) => self.sight(id, node, false),
            Value::Union(_) => {
                let all = self.heap.alternatives(value);
                let is_mixed = all.iter().any(|one| !self.can_be_awaited(*one));
                for one in all {
                    if let Value::Object(id) = one {
                        self.sight(id, node, is_mixed);
                    }
                }
            }
            _ => {}
        }
    }

    fn can_be_awaited(&self, value: Value) -> bool {
        matches!(self.object(value), Some(Object::Coroutine(_) | Object::Future(_)))
    }

    fn sight(&mut self, id: ObjectId, node: NodeId, is_mixed: bool) {
        if !matches!(self.heap.object(id), Some(Object::Coroutine(_))) {
            return;
        }
        let site = self.site(node);
        let in_reach = self.awaits_here().then_some(site);
        let new = Sighting { first: site, in_reach, is_mixed: is_mixed && in_reach.is_some() };
        let known = self.trace.sightings.entry(id).or_insert(new);
        if known.in_reach.is_none() {
            (known.in_reach, known.is_mixed) = (new.in_reach, new.is_mixed);
        }
    }

    /// Whether an `await` can stand in the code that runs: a cell's own, or an `async def`'s.
    fn awaits_here(&self) -> bool {
        let Some(call) = self.calls.last() else { return false };
        if call.frame.is_none() {
            return call.space == 0;
        }
        let Some(Object::Function(function)) = self.object(call.function) else { return false };
        let index = self.index(function.def.cell);
        index.is_some_and(|it| {
            matches!(
                it.syntax.tree.kind(function.def.node),
                Kind::FunctionDef { is_async: true, .. }
            )
        })
    }
}

impl Trace {
    /// Every coroutine object that was made, in order.
    pub fn made(&self) -> impl Iterator<Item = Made> + '_ {
        self.coroutines.iter().filter_map(|id| {
            let Some(Object::Coroutine(coroutine)) = self.object(Value::Object(*id)) else {
                return None;
            };
            Some(Made {
                function: self.heap.function_of(coroutine.function),
                by: coroutine.made,
                is_awaited: self.heap.get(coroutine.awaited) == Value::Int(1),
                seen: self.sightings.get(id).copied(),
            })
        })
    }
}
