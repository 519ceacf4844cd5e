//! Displays and comprehensions: collections written down in the code.

use hashbrown::HashSet;

use super::event::{EventKind, ValueUse};
use super::expression::MOST_ITEMS;
use super::machine::Machine;
use super::value::{Args, Collection, CollectionKind, Object, Plain, Value};
use crate::python::{Builds, Detail, Kind, NodeId, Role};

/// What a comprehension makes.
#[derive(Default)]
pub(super) struct Made {
    /// The keys of a dict, one for each value.
    keys: Vec<Value>,
    values: Vec<Value>,
}

impl Machine<'_> {
    /// A list, tuple or set display.
    pub fn display(&mut self, node: NodeId, kind: CollectionKind) -> Value {
        let elements = self.nodes(node, Role::Element);
        let mut items = Vec::new();
        let mut rest = Value::Never;
        for element in elements {
            let starred = self
                .index(self.cell())
                .is_some_and(|it| *it.syntax.tree.kind(element) == Kind::Starred);
            if starred {
                let walked = self.part(element, Role::Value);
                let site = self.site(element);
                let walked = self.walk(walked, site);
                if walked.is_exact && items.len() + walked.values.len() <= MOST_ITEMS {
                    items.extend(walked.values);
                } else {
                    let joined = walked.joined(self);
                    rest = self.join(rest, joined);
                }
            } else {
                let value = self.evaluate(element);
                if items.len() < MOST_ITEMS {
                    items.push(value);
                } else {
                    rest = self.join(rest, value);
                }
            }
        }
        if kind == CollectionKind::Set {
            self.refuse_unhashable(&items, node);
        }
        self.collection(kind, items, rest)
    }

    /// Says that a set refuses a list, a set or a dict.
    ///
    /// Source: <https://docs.python.org/3/glossary.html#term-hashable>
    fn refuse_unhashable(&mut self, values: &[Value], node: NodeId) {
        let is_mutable = |value: &Value| match value {
            Value::Plain(plain) => matches!(plain, Plain::List | Plain::Set | Plain::Dict),
            _ => match self.object(*value) {
                Some(Object::Collection(it)) => matches!(
                    it.kind,
                    CollectionKind::List | CollectionKind::Set | CollectionKind::Dict
                ),
                _ => false,
            },
        };
        if let Some(value) = values.iter().copied().find(is_mutable) {
            let site = self.site(node);
            self.raise("TypeError", site, EventKind::Unhashable, value);
        }
    }

    pub fn collection(&mut self, kind: CollectionKind, items: Vec<Value>, rest: Value) -> Value {
        let items = items.into_iter().map(|value| self.heap.slot(value)).collect();
        let rest = self.heap.slot(rest);
        let (keys, names_of) = (Vec::new(), None);
        self.new_object(Object::Collection(Collection { kind, keys, items, rest, names_of }))
    }

    pub fn dict_display(&mut self, node: NodeId) -> Value {
        let Some(index) = self.index(self.cell()).cloned() else { return Value::Unknown };
        let tree = &index.syntax.tree;
        let (mut keys, mut items, mut rest) = (Vec::new(), Vec::new(), Value::Never);
        let mut key = Value::Unknown;
        for child in tree.children(node) {
            let value = self.evaluate(child);
            if tree.role(child) == Role::Index {
                key = value;
            } else if tree.detail(child) == Detail::Spread {
                let site = self.site(child);
                self.too_early(value, site, ValueUse::Given, None);
                let values = self.values_of(value);
                rest = self.join(rest, values);
            } else if keys.len() < MOST_ITEMS {
                keys.push(key);
                items.push(self.heap.slot(value));
            } else {
                rest = self.join(rest, value);
            }
        }
        let rest = self.heap.slot(rest);
        let kind = CollectionKind::Dict;
        let names_of = None;
        self.new_object(Object::Collection(Collection { kind, keys, items, rest, names_of }))
    }

    /// What the values of a mapping may be.
    pub fn values_of(&mut self, mapping: Value) -> Value {
        match self.object(mapping).cloned() {
            Some(Object::Collection(collection)) => self.any_item(&collection),
            _ => Value::Unknown,
        }
    }

    /// One value for all that a collection holds; `Never` when it is empty.
    pub fn any_item(&mut self, collection: &Collection) -> Value {
        let mut joined = self.heap.get(collection.rest);
        for slot in &collection.items {
            let value = self.heap.get(*slot);
            joined = self.join(joined, value);
        }
        joined
    }

    pub fn comprehension(&mut self, node: NodeId, builds: Builds) -> Value {
        let Some(index) = self.index(self.cell()).cloned() else { return Value::Unknown };
        let Some(scope) = index.opened_by(node) else { return Value::Unknown };
        let clauses = self.nodes(node, Role::Clause);
        let outer = self.node_of_first_iter(&clauses);
        let first = outer.map_or(Value::Unknown, |it| self.evaluate(it));
        let length = self.turns_of_clauses(node, builds);
        let count = index.scope(scope).map_or(0, |scope| scope.locals.len());
        let slots = self.heap.slots(count, Value::Never);
        let closure = self.calls.last().and_then(|call| call.frame);
        let frame = self.heap.add(Object::Frame { first: slots, closure });
        let before = self.calls.last_mut().and_then(|call| call.frame.replace(frame));
        let mut made = Made::default();
        let computing = self.start_computing();
        let mut follow =
            |it: &mut Self| it.clauses(node, &clauses, Some((first, outer)), &mut made);
        let exact = match builds {
            Builds::Generator => self.lazily(self.site(node), follow),
            _ => follow(self),
        };
        self.end_computing(computing, node, length);
        if let Some(call) = self.calls.last_mut() {
            call.frame = before;
        }
        let kind = match builds {
            Builds::List => CollectionKind::List,
            Builds::Set => CollectionKind::Set,
            Builds::Dict => CollectionKind::Dict,
            Builds::Generator => CollectionKind::Iterator,
        };
        // One that awaits is an asynchronous generator.
        if builds == Builds::Generator && index.scope(scope).is_some_and(|it| it.awaits) {
            made.values.into_iter().for_each(|value| self.escape(value));
            let walked = self.heap.slot(Value::Unknown);
            return self.new_object(Object::Generator {
                function: Value::Unknown,
                args: Args::default(),
                is_async: true,
                is_manager: false,
                walked,
            });
        }
        if builds == Builds::Set {
            self.refuse_unhashable(&made.values, node);
        }
        // A key that comes twice keeps the last value alone.
        let mut seen = HashSet::new();
        if exact && made.keys.iter().all(|key| seen.insert(*key)) {
            let keys = made.keys;
            let dict = self.collection(kind, made.values, Value::Never);
            if let Value::Object(id) = dict
                && let Some(Object::Collection(collection)) = self.heap.object_mut(id)
            {
                collection.keys = keys;
            }
            return dict;
        }
        let mut rest = Value::Never;
        for value in made.values {
            rest = self.join(rest, value);
        }
        self.collection(kind, Vec::new(), rest)
    }

    pub fn node_of_first_iter(&self, clauses: &[NodeId]) -> Option<NodeId> {
        self.node(*clauses.first()?, Role::Iter)
    }

    /// Runs the rest of a comprehension's clauses; whether what it makes is known one by one.
    pub fn clauses(
        &mut self,
        node: NodeId,
        clauses: &[NodeId],
        first: Option<(Value, Option<NodeId>)>,
        made: &mut Made,
    ) -> bool {
        let Some((clause, rest)) = clauses.split_first() else {
            let elements = self.nodes(node, Role::Element);
            for (number, element) in elements.iter().enumerate() {
                let value = self.evaluate(*element);
                match number + 1 == elements.len() {
                    true => made.values.push(value),
                    false => made.keys.push(value),
                }
            }
            return made.values.len() <= MOST_ITEMS;
        };
        let (walked, at) = match first {
            Some(first) => first,
            None => (self.part(*clause, Role::Iter), self.node(*clause, Role::Iter)),
        };
        let site = self.site(at.unwrap_or(*clause));
        let is_async = self
            .index(self.cell())
            .is_some_and(|it| *it.syntax.tree.kind(*clause) == (Kind::Clause { is_async: true }));
        let items = if is_async { self.walk_async(walked, site) } else { self.walk(walked, site) };
        let target = self.node(*clause, Role::Target);
        let mut exact = items.is_exact;
        if items.is_exact {
            for item in items.values {
                target.into_iter().for_each(|it| self.assign(it, item));
                exact &= self.filtered(node, *clause, rest, made);
            }
        } else {
            let element = items.joined(self);
            self.making_many(|it| {
                target.into_iter().for_each(|target| it.assign(target, element));
                it.filtered(node, *clause, rest, made)
            });
        }
        exact
    }

    pub fn filtered(
        &mut self,
        node: NodeId,
        clause: NodeId,
        rest: &[NodeId],
        made: &mut Made,
    ) -> bool {
        for test in self.nodes(clause, Role::Test) {
            let value = self.evaluate(test);
            self.ask_truth(value, self.site(test));
            match self.truth(value) {
                Some(true) => {}
                Some(false) => return true,
                None => {
                    self.making_many(|it| it.clauses(node, rest, None, made));
                    return false;
                }
            }
        }
        self.clauses(node, rest, None, made)
    }

    /// Runs what may run any number of times; coroutines made there stand for several.
    pub fn making_many(&mut self, body: impl FnOnce(&mut Self) -> bool) {
        let from = self.coroutines.len();
        self.doubt += 1;
        body(self);
        self.doubt -= 1;
        for id in self.coroutines.get(from..).unwrap_or_default().to_vec() {
            if let Some(Object::Coroutine(coroutine)) = self.heap.object_mut(id) {
                coroutine.many = true;
            }
        }
    }

    pub fn arguments(&mut self, node: NodeId) -> Args {
        let Some(index) = self.index(self.cell()).cloned() else { return Args::default() };
        let tree = &index.syntax.tree;
        let mut args = Args::default();
        let mut spread = None;
        for child in tree.children(node) {
            match (tree.role(child), tree.kind(child)) {
                (Role::Arg, Kind::Starred) => {
                    let value = self.part(child, Role::Value);
                    let site = self.site(child);
                    let items = self.walk(value, site);
                    if items.is_exact && spread.is_none() {
                        args.positional.extend(items.values);
                    } else {
                        let joined = items.joined(self);
                        spread = Some(self.join(spread.unwrap_or(Value::Never), joined));
                    }
                }
                (Role::Arg, _) => {
                    let value = self.evaluate(child);
                    match spread {
                        None => args.positional.push(value),
                        Some(before) => spread = Some(self.join(before, value)),
                    }
                }
                (Role::Keyword, Kind::KeywordArg { name: Some(name) }) => {
                    let value = self.part(child, Role::Value);
                    let name = self.names.symbol(tree.text(*name));
                    args.named.push((name, value));
                }
                (Role::Keyword, _) => {
                    let mapping = self.part(child, Role::Value);
                    self.spread_mapping(mapping, &mut args, &mut spread);
                }
                _ => {}
            }
        }
        args.spread = spread;
        args
    }

    /// `**mapping`.
    pub fn spread_mapping(&mut self, mapping: Value, args: &mut Args, spread: &mut Option<Value>) {
        if let Some(Object::Collection(collection)) = self.object(mapping).cloned() {
            for (key, item) in collection.keys.iter().zip(&collection.items) {
                let value = self.heap.get(*item);
                match key {
                    Value::Str(name) => args.named.push((*name, value)),
                    _ => *spread = Some(self.join(spread.unwrap_or(Value::Never), value)),
                }
            }
            let rest = self.heap.get(collection.rest);
            if rest != Value::Never {
                *spread = Some(self.join(spread.unwrap_or(Value::Never), rest));
            }
            return;
        }
        *spread = Some(Value::Unknown);
    }
}
