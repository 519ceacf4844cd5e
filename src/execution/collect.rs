//! Built-in functions that walk what they are given: `list`, `map`, `zip` and their like.

use super::event::ValueUse;
use super::machine::Machine;
use super::value::{Args, CollectionKind, Object, Plain, Site, Value};
use crate::knowledge::callables::{Native, QualifiedName, Row, Use, Wants};
use std::sync::Arc;

/// Longer ranges are not walked number by number.
const MOST_TURNS: i64 = 5;

impl Machine<'_> {
    /// `range(n)`: a few numbers one by one, or any.
    pub fn range(&mut self, args: &Args, site: Site) -> Value {
        for (at, value) in args.positional.iter().enumerate() {
            let given = self.argument_site(site, Some(at), None);
            self.too_early(*value, given, ValueUse::Given, None);
        }
        let numbers: Vec<i64> = match args.positional.as_slice() {
            [Value::Int(end)] => (0..(*end).min(MOST_TURNS + 1)).collect(),
            [Value::Int(start), Value::Int(end)] => {
                (*start..(*end).min(start.saturating_add(MOST_TURNS + 1))).collect()
            }
            _ => Vec::new(),
        };
        let known = !numbers.is_empty() && numbers.len() as i64 <= MOST_TURNS;
        let items = if known { numbers.into_iter().map(Value::Int).collect() } else { Vec::new() };
        let rest = if known { Value::Never } else { Value::Plain(Plain::Int) };
        self.collection(CollectionKind::Iterator, items, rest)
    }

    /// Collections and iterators.
    pub fn collect(
        &mut self,
        native: Native,
        row: &Arc<Row>,
        path: QualifiedName,
        args: &Args,
        site: Site,
    ) -> Value {
        let kind = match native {
            Native::List => CollectionKind::List,
            Native::Tuple => CollectionKind::Tuple,
            Native::Set => CollectionKind::Set,
            Native::Dict => CollectionKind::Dict,
            _ => CollectionKind::Iterator,
        };
        match native {
            Native::Map | Native::Filter => {
                self.lazily(site, |it| it.map(native, path, args, site))
            }
            Native::Dict => {
                let keys = args.named.iter().map(|(name, _)| Value::Str(*name)).collect();
                let items = args.named.iter().map(|(_, value)| self.heap.slot(*value)).collect();
                let others: Vec<Value> =
                    args.positional.iter().copied().chain(args.spread).collect();
                let mut rest = Value::Never;
                for other in others {
                    let given = match self.object(other) {
                        Some(Object::Collection(_)) => {
                            let items = self.walk(other, site);
                            let joined = items.joined(self);
                            self.pair_value(joined, site)
                        }
                        _ => {
                            let at = self.argument_site(site, Some(0), None);
                            self.too_early(other, at, ValueUse::Given, None);
                            Value::Unknown
                        }
                    };
                    rest = self.join(rest, given);
                }
                let rest = self.heap.slot(rest);
                self.new_object(Object::Collection(super::value::Collection {
                    kind,
                    keys,
                    items,
                    rest,
                    names_of: None,
                }))
            }
            Native::Reduce => self.reduce(path, args, site),
            Native::Accumulate => self.accumulate(path, args, site),
            Native::Enumerate => {
                let walked = args.positional.first().copied().unwrap_or(Value::Unknown);
                let items = self.walk(walked, site);
                let pairs =
                    items.values.iter().map(|value| (Value::Plain(Plain::Int), *value)).collect();
                self.pairs(pairs, items.is_exact)
            }
            Native::Zip => {
                let columns: Vec<Value> =
                    args.positional.iter().copied().chain(args.spread).collect();
                let mut elements = Vec::new();
                for column in columns {
                    let items = self.walk(column, site);
                    elements.push(items.joined(self));
                }
                let tuple = self.collection(CollectionKind::Tuple, elements, Value::Never);
                self.collection(CollectionKind::Iterator, Vec::new(), tuple)
            }
            Native::Chain => {
                let mut rest = Value::Never;
                for value in args.positional.clone() {
                    let items = self.walk(value, site);
                    let joined = items.joined(self);
                    rest = self.join(rest, joined);
                }
                self.collection(kind, Vec::new(), rest)
            }
            _ => {
                let takes = row.takes.clone();
                for take in &takes {
                    let name = take.name.as_deref().and_then(|name| self.names.find(name));
                    if let Some(function) = args.get(usize::MAX, name) {
                        self.call_as_key(path, function, args, site);
                    }
                }
                match args.positional.first() {
                    None => self.collection(kind, Vec::new(), args.spread.unwrap_or(Value::Never)),
                    Some(walked) => {
                        let items = self.walk(*walked, site);
                        let mut compares = takes.iter().filter(|it| it.used == Use::Compares);
                        if let (Some(take), 1) = (compares.next(), args.positional.len()) {
                            self.combine_items(take, &items, args, site);
                        }
                        if items.is_exact {
                            self.collection(kind, items.values, Value::Never)
                        } else {
                            let rest = items.joined(self);
                            self.collection(kind, Vec::new(), rest)
                        }
                    }
                }
            }
        }
    }

    pub fn pairs(&mut self, pairs: Vec<(Value, Value)>, is_exact: bool) -> Value {
        let mut tuples = Vec::new();
        for (one, other) in pairs {
            tuples.push(self.collection(CollectionKind::Tuple, vec![one, other], Value::Never));
        }
        if is_exact {
            return self.collection(CollectionKind::Iterator, tuples, Value::Never);
        }
        let rest = tuples.first().copied().unwrap_or(Value::Unknown);
        self.collection(CollectionKind::Iterator, Vec::new(), rest)
    }

    pub fn pair_value(&mut self, pair: Value, site: Site) -> Value {
        let items = self.walk(pair, site);
        match items.values.as_slice() {
            [_, value] if items.is_exact => *value,
            _ => items.joined(self),
        }
    }

    /// `sorted(…, key=f)`: what `f` gives is compared.
    pub fn call_as_key(&mut self, path: QualifiedName, function: Value, args: &Args, site: Site) {
        let walked = args.positional.first().copied().unwrap_or(Value::Unknown);
        let items = self.walk(walked, site);
        let element = items.joined(self);
        self.call_and_use(path, function, Args::one(element), site, None);
    }

    /// Calls a function whose result the caller uses as a plain value.
    pub fn call_and_use(
        &mut self,
        path: QualifiedName,
        function: Value,
        args: Args,
        site: Site,
        at: Option<usize>,
    ) -> Value {
        if function != Value::None && self.is_callable(function) == Some(false) {
            let wants = crate::knowledge::callables::Wants::Function;
            let name = at.is_none().then(|| "key".to_owned());
            let kind = self.wrong_kind(path, (at, name), function, wants, true);
            self.raise("TypeError", site, kind, function);
            self.escape(function);
            return Value::Unknown;
        }
        if self.is_coroutine_function(function) == Some(true) {
            let wants = Wants::PlainFunction;
            let value = function;
            self.emit(
                site,
                self.wrong_kind(
                    path,
                    (at, at.is_none().then(|| "key".to_owned())),
                    value,
                    wants,
                    false,
                ),
            );
            self.escape(function);
            return Value::Unknown;
        }
        let given = self.call(function, args, site);
        if at.is_none() && self.is_coroutines(given) {
            // A plain function that gives a coroutine, which has no order.
            let wants = Wants::PlainFunction;
            let name = (None, Some("key".to_owned()));
            self.emit(site, self.wrong_kind(path, name, function, wants, false));
            self.told_of_coroutines(given);
        }
        given
    }

    /// `map(f, xs)`, `filter(f, xs)`.
    pub fn map(&mut self, native: Native, path: QualifiedName, args: &Args, site: Site) -> Value {
        let Some((function, lists)) = args.positional.split_first() else {
            self.escape_all(args);
            return Value::Unknown;
        };
        if *function != Value::None && self.is_callable(*function) == Some(false) {
            self.not_a_function(path, *function, site);
            return Value::Unknown;
        }
        let mut elements = Vec::new();
        let mut exact = lists.len() == 1;
        let mut columns = Vec::new();
        for list in lists {
            let items = self.walk(*list, site);
            exact &= items.is_exact && items.values.len() <= super::expression::MOST_ITEMS;
            elements.push(items.joined(self));
            columns = items.values;
        }
        if native == Native::Filter {
            let given = Args { positional: elements.clone(), ..Args::default() };
            self.call_and_use(path, *function, given, site, Some(0));
            let rest = elements.first().copied().unwrap_or(Value::Unknown);
            return self.collection(CollectionKind::Iterator, Vec::new(), rest);
        }
        if exact {
            let mut results = Vec::new();
            for value in columns {
                results.push(self.mapped(path, *function, Args::one(value), site, false));
            }
            return self.collection(CollectionKind::Iterator, results, Value::Never);
        }
        let given = Args { positional: elements, ..Args::default() };
        let result = self.mapped(path, *function, given, site, true);
        self.collection(CollectionKind::Iterator, Vec::new(), result)
    }

    pub fn mapped(
        &mut self,
        path: QualifiedName,
        function: Value,
        args: Args,
        site: Site,
        many: bool,
    ) -> Value {
        let caller = self.called_by.replace(path);
        let result = self.call(function, args, site);
        self.called_by = caller;
        self.made_at(result, site);
        if let Value::Object(id) = result
            && let Some(Object::Coroutine(coroutine)) = self.heap.object_mut(id)
        {
            coroutine.called_by = Some(path);
            coroutine.many |= many;
        }
        result
    }

    pub fn not_a_function(&mut self, path: QualifiedName, value: Value, site: Site) {
        let wants = crate::knowledge::callables::Wants::Function;
        let kind = self.wrong_kind(path, (Some(0), None), value, wants, true);
        self.raise("TypeError", site, kind, value);
        self.escape(value);
    }
}
