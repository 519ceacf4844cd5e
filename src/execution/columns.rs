//! Tables of pandas and their like, into which coroutines are put: a table shows them, and awaits
//! none.
//!
//! Source: pandas 3.1.1: `df["b"] = df["a"].apply(f)` with an `async def f` stores coroutines.

use super::machine::Machine;
use super::value::{Args, CollectionKind, Object, Site, Value};
use crate::knowledge::callables::{Native, QualifiedName, Segment};
use crate::python::{Kind, NodeId, Role};

impl Machine<'_> {
    /// `Series([…])` and `DataFrame({…})`, which hold what they are given.
    pub(super) fn table(
        &mut self,
        native: Native,
        path: QualifiedName,
        args: &Args,
        site: Site,
    ) -> Value {
        let called = Value::Path(self.names.step(path, Segment::Call));
        let data = self.names.find("data");
        let Some(first) = args.get(0, data) else { return called };
        let mut held = Value::Never;
        self.gather_held(first, &mut held, 3);
        if held == Value::Never {
            args.all().collect::<Vec<_>>().into_iter().for_each(|it| self.escape(it));
            return called;
        }
        self.too_early(first, site, super::event::ValueUse::Argument, None);
        let column = self.collection(CollectionKind::List, Vec::new(), held);
        match native {
            Native::Table => self.collection(CollectionKind::List, Vec::new(), column),
            _ => column,
        }
    }

    /// The coroutines in a value, so many collections deep.
    fn gather_held(&mut self, value: Value, held: &mut Value, depth: usize) {
        match self.object(value).cloned() {
            Some(Object::Coroutine(_)) => *held = self.join(*held, value),
            Some(Object::Collection(collection)) if depth > 0 => {
                let slots = collection.items.iter().chain([&collection.rest]);
                let inner: Vec<Value> = slots.map(|slot| self.heap.get(*slot)).collect();
                for value in inner {
                    self.gather_held(value, held, depth - 1);
                }
            }
            _ => {
                for one in self.heap.alternatives(value) {
                    if one != value {
                        self.gather_held(one, held, depth);
                    }
                }
            }
        }
    }

    /// `df["b"] = …`: what a column is given stays in the table, until somebody reads it there.
    pub(super) fn keep_column(&mut self, table: QualifiedName, key: Value, value: Value) {
        let is_table = self
            .names
            .module_of(table)
            .is_some_and(|module| self.input.tables.columns.is_module(self.names.text(module)));
        if is_table && self.doubt == 0 {
            self.trace.switched = true;
            self.columns.entry(table).or_default().push((key, value));
        } else {
            self.escape(value);
        }
    }

    /// A name that stands for a table is read: whoever gets a column may await what is in it.
    pub(super) fn note_table(&mut self, node: NodeId, value: Value) {
        let Value::Path(path) = value else { return };
        if !self.columns.contains_key(&path) {
            return;
        }
        let Some(index) = self.index(self.cell()).cloned() else { return };
        let tree = &index.syntax.tree;
        let Some(parent) = tree.parent(node) else { return };
        let shows = &self.input.tables.columns;
        let wanted = match tree.kind(parent) {
            Kind::Subscript if tree.role(parent) == Role::Target => return,
            Kind::Subscript => tree.child(parent, Role::Index).map(|it| self.evaluate(it)),
            Kind::Attribute { name } if shows.only_shows(tree.text(*name)) => return,
            Kind::Expression => return,
            Kind::Call if tree.role(node) == Role::Arg => {
                let func = tree.child(parent, Role::Func).map(|it| tree.source_of(it));
                if func.is_some_and(|it| shows.is_shower(it)) {
                    return;
                }
                None
            }
            _ => None,
        };
        let all = self.columns.remove(&path).unwrap_or_default();
        let other = |key: Value| wanted.is_some_and(|wanted| self.same(key, wanted) == Some(false));
        let (kept, read): (Vec<_>, Vec<_>) = all.into_iter().partition(|(key, _)| other(*key));
        if !kept.is_empty() {
            self.columns.insert(path, kept);
        }
        for (_, value) in read {
            self.escape(value);
        }
    }
}
