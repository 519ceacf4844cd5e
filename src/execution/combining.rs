//! Calls that add, compare or join what they are given, and what raises at a coroutine or a task.
//!
//! Source: kernels (ipykernel 7.4 and 6.29, Python 3.11): `sum(tasks)`, `sorted(coroutines)`,
//! `int(task)` and `json.dumps([coroutine])` raise `TypeError`; `max([coroutine])` does not.

use super::event::ValueUse;
use super::iterate::Items;
use super::machine::Machine;
use super::value::{Args, CollectionKind, Object, Plain, Site, Value};
use crate::knowledge::callables::{Take, Use};
use crate::python::{Detail, Kind, NodeId};

/// So many collections deep something is looked at.
const DEPTH: usize = 3;

impl Machine<'_> {
    /// Whether a call is given one of these keywords.
    pub fn is_among(&self, keywords: &[String], args: &Args) -> bool {
        let mut known = keywords.iter().filter_map(|it| self.names.find(it));
        known.any(|name| args.named.iter().any(|(given, _)| *given == name))
    }

    /// Says that what is written at `site` raises: a coroutine or a task, or a collection of them.
    pub fn refuse_unfinished(&mut self, value: Value, site: Site) {
        self.too_early(value, site, ValueUse::Given, None);
        self.refuse_elements(value, site, DEPTH);
    }

    fn refuse_elements(&mut self, value: Value, site: Site, depth: usize) {
        let Some(Object::Collection(collection)) = self.object(value) else { return };
        let slots: Vec<_> = collection.items.iter().copied().chain([collection.rest]).collect();
        for slot in slots {
            let held = self.heap.get(slot);
            self.too_early(held, self.written(held, site), ValueUse::Element, None);
            if depth > 0 {
                self.refuse_elements(held, site, depth - 1);
            }
        }
    }

    /// `sum(values)`, `max(values)` and `max(one, other)`; gives what may be picked.
    pub fn combine(&mut self, take: &Take, value: Value, args: &Args, site: Site) -> Value {
        if args.positional.len() > 1 && take.used == Use::Compares {
            let place = args.positional.iter().position(|it| *it == value);
            let given = self.argument_site(site, place, None);
            self.too_early(value, given, ValueUse::Given, None);
            return value;
        }
        let items = self.walk(value, site);
        self.combine_items(take, &items, args, site);
        match take.used {
            Use::Adds => self.added(&items.values),
            _ => items.joined(self),
        }
    }

    /// Says which of the items are not there yet, where adding or comparing them raises.
    pub fn combine_items(&mut self, take: &Take, items: &Items, args: &Args, site: Site) {
        let has_key =
            args.get(usize::MAX, self.names.find("key")).is_some_and(|it| it != Value::None);
        let is_alone = items.is_exact && items.values.len() < 2;
        if take.used == Use::Adds || !has_key && !is_alone {
            let given = self.argument_site(site, Some(0), None);
            self.each_too_early(&items.values, given);
        }
    }

    /// The sum of lists is a list of all that is in them; any other is a number or its like.
    fn added(&mut self, items: &[Value]) -> Value {
        let mut held = Value::Never;
        for item in items {
            if let Some(Object::Collection(collection)) = self.object(*item).cloned() {
                let inner = self.any_item(&collection);
                held = self.join(held, inner);
            }
        }
        match held {
            Value::Never => Value::Plain(Plain::Other),
            held => self.collection(CollectionKind::List, Vec::new(), held),
        }
    }

    /// The operands of an operator. What `%` puts into a text as `%s` is only shown.
    pub fn use_operands(&mut self, node: NodeId, operands: &[NodeId], values: &[Value]) {
        let shows = self.detail(node) == Detail::Remainder
            && match values.first() {
                Some(Value::Str(text)) => only_shows(self.names.text(*text)),
                Some(Value::Plain(Plain::Str)) => true,
                _ => false,
            };
        let how = if shows { ValueUse::Text } else { ValueUse::Operator };
        for (operand, value) in operands.iter().zip(values) {
            self.too_early(*value, self.site(*operand), how, None);
        }
        if let (true, [_, operand], [Value::Str(_), given]) =
            (self.detail(node) == Detail::Remainder && !shows, operands, values)
        {
            self.refuse_elements(*given, self.site(*operand), 0);
        }
    }

    /// `xs[:n]`: a bound has to be a number.
    pub fn use_bounds(&mut self, slice: NodeId) {
        let Some(index) = self.index(self.cell()).cloned() else { return };
        let tree = &index.syntax.tree;
        let bounds = tree.children(slice).filter(|_| *tree.kind(slice) == Kind::Slice);
        for site in bounds.map(|it| self.site(it)).collect::<Vec<_>>() {
            for value in self.trace.given.of(site).collect::<Vec<_>>() {
                self.too_early(value, site, ValueUse::Given, None);
            }
        }
    }

    /// Says of the elements of what is written at `site` that they are not there yet.
    pub fn each_too_early(&mut self, items: &[Value], site: Site) {
        for item in items {
            self.too_early(*item, self.written(*item, site), ValueUse::Element, None);
        }
    }

    /// Whether a value is a coroutine, whichever of several it is.
    pub fn is_coroutines(&self, value: Value) -> bool {
        let all = self.heap.alternatives(value);
        let is_one = |it: &Value| matches!(self.object(*it), Some(Object::Coroutine(_)));
        !all.is_empty() && all.iter().all(is_one)
    }

    /// What was said of the coroutines in another way is not said once more.
    pub fn told_of_coroutines(&mut self, value: Value) {
        for one in self.heap.alternatives(value) {
            if let Some(Object::Coroutine(coroutine)) = self.object(one) {
                self.heap.set(coroutine.awaited, Value::Unknown);
            }
        }
    }

    /// Where an element is written, in a list or its like at `site`.
    fn written(&self, element: Value, site: Site) -> Site {
        let Some(index) = self.index(site.cell) else { return site };
        let tree = &index.syntax.tree;
        let kind = tree.kind(site.node);
        if !matches!(kind, Kind::List | Kind::Tuple { .. } | Kind::Set | Kind::Dict) {
            return site;
        }
        let mut inside = tree.children(site.node).map(|node| Site { node, ..site });
        let is_it = |it: &Site| self.trace.given.of(*it).any(|given| given == element);
        inside.find(is_it).unwrap_or(site)
    }
}

/// Whether a format writes down whatever it is given.
fn only_shows(format: &str) -> bool {
    let mut parts = format.split("%%").flat_map(|it| it.split('%').skip(1));
    parts.all(|it| it.starts_with(['s', 'r', 'a']))
}
