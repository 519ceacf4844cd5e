//! Calls that ask a service for something and leave nothing behind in the notebook.

use super::scope::How;
use super::{Facts, Site, Value};
use crate::python::{Builds, Kind, Role};

impl Facts<'_> {
    /// Whether `open(…)` is given no mode that writes.
    pub(super) fn only_reads(&self, call: Site) -> bool {
        let Some(mode) = self.argument(call, 1, "mode") else { return true };
        let text = self.tree(mode.cell).string(mode.node);
        text.is_some_and(|mode| !mode.contains(['w', 'a', 'x', '+']))
    }

    /// Whether a request is part of a talk that has an order.
    pub(super) fn continues_a_talk(&self, call: Site) -> bool {
        self.tables.effects.talks().iter().any(|name| self.keyword(call, name).is_some())
    }

    /// Whether a call of `path`, written as `func`, asks a service for something and leaves
    /// nothing behind.
    pub fn asks_a_service(&self, func: Site, path: &str) -> bool {
        self.tables.effects.is_request(path) || self.asks_an_item(func)
    }

    /// `metric.ascore` where `metric` runs over a list of imported objects that are all known.
    pub(super) fn asks_an_item(&self, func: Site) -> bool {
        let Kind::Attribute { name } = self.kind(func) else { return false };
        let method = self.tree(func.cell).text(*name);
        let Some(object) = self.child(func, Role::Value) else { return false };
        let items = self.items_of(object);
        let known = |item: &Site| match self.value(*item) {
            Value::Path(path) => self.tables.effects.is_request(&format!("{path}.{method}")),
            _ => false,
        };
        !items.is_empty() && items.iter().all(known)
    }

    /// The elements of the list display that the loop variable at `name` runs over.
    fn items_of(&self, name: Site) -> Vec<Site> {
        let Some(iterable) = self.iterated(name) else { return Vec::new() };
        match self.kind(iterable) {
            Kind::List | Kind::Tuple { .. } => self.children_in(iterable, Role::Element).collect(),
            _ => Vec::new(),
        }
    }

    /// What the loop variable at `name` runs over, through one name.
    fn iterated(&self, name: Site) -> Option<Site> {
        if !matches!(self.kind(name), Kind::Name { .. }) {
            return None;
        }
        let bindings = self.bindings(name);
        let [(cell, binding)] = bindings.as_slice() else { return None };
        let How::Iterate(iterable) = binding.how else { return None };
        let iterable = Site { cell: *cell, node: iterable };
        match self.kind(iterable) {
            Kind::Name { .. } => self.only_value(iterable),
            _ => Some(iterable),
        }
    }

    /// The call that made the coroutine which the name at `site` stands for: by itself, or one
    /// of a list that a loop runs over.
    pub(super) fn made_coroutine(&self, site: Site) -> Option<Site> {
        if let Some(made) = self.only_value(site) {
            return matches!(self.kind(made), Kind::Call).then_some(made);
        }
        let iterable = self.iterated(site)?;
        let is_list = matches!(
            self.kind(iterable),
            Kind::List | Kind::Comprehension { builds: Builds::List, .. }
        );
        let elements: Vec<Site> = self.children_in(iterable, Role::Element).collect();
        let first = *elements.first()?;
        let same = elements.iter().all(|it| self.value(*it) == self.value(first));
        (is_list && same && matches!(self.kind(first), Kind::Call)).then_some(first)
    }
}
