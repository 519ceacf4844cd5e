//! Methods of Python's own types: collections, coroutines, futures.

use super::event::{EventKind, ValueUse};
use super::machine::Machine;
use super::started::WAITED;
use super::value::{Args, CollectionKind, Loop, Object, Plain, Site, Value};
use crate::environment::PythonVersion;
use crate::knowledge::callables::{QualifiedName, Segment};

/// Methods of collections and texts that raise where something is not there, or does not fit.
const MAY_RAISE: [&str; 9] =
    ["index", "rindex", "remove", "pop", "popitem", "popleft", "encode", "format", "format_map"];

impl Machine<'_> {
    /// A method of one of Python's own types, called on an object of which something is known.
    pub fn builtin_method(
        &mut self,
        path: QualifiedName,
        args: &Args,
        site: Site,
        receiver: Option<Value>,
    ) -> Option<Value> {
        let receiver = receiver?;
        let (_, Segment::Attribute(name)) = self.names.last_step(path)? else { return None };
        let name = self.names.text(name).to_owned();
        if let Value::Str(_) | Value::Plain(Plain::Str) = receiver {
            if MAY_RAISE.contains(&name.as_str()) {
                self.may_raise();
            }
            self.read_into_text(&name, args, site);
            return Some(Value::Plain(Plain::Str));
        }
        match self.object(receiver).cloned()? {
            Object::Collection(collection) => {
                self.collection_method(&name, receiver, &collection, args, site)
            }
            Object::Coroutine(coroutine) => {
                if name == "__await__" {
                    self.outcome(receiver, site);
                    return Some(Value::Unknown);
                }
                // `close()` and `send()` take care of it.
                self.heap.set(coroutine.awaited, Value::Unknown);
                Some(Value::Unknown)
            }
            Object::Future(future)
                if matches!(name.as_str(), "exception" | "add_done_callback") =>
            {
                self.look_after(future.asked, Value::Bool(true));
                None
            }
            Object::Future(_) if name == "set_result" && self.front_end.calls => {
                self.fill_from_front_end(receiver);
                None
            }
            Object::Future(_) if matches!(name.as_str(), "set_result" | "set_exception") => {
                self.fill_from_task(receiver);
                None
            }
            Object::Future(future) if name == "result" => {
                self.look_after(future.asked, Value::Bool(true));
                if future.class == self.words.task {
                    if self.heap.get(future.done) == Value::Int(0) && self.doubt == 0 {
                        let how = ValueUse::Result;
                        let kind = EventKind::UsedTooEarly { value: receiver, how };
                        self.raise("InvalidStateError", site, kind, receiver);
                    }
                } else {
                    self.wait_here(path, &future, site);
                    // Just handed over: it cannot be done by now.
                    let is_new = self.heap.get(future.done) == Value::Int(0);
                    let is_busy = future.filled_by == Loop::Kernel || future.waits_for_kernel;
                    if is_new && !is_busy {
                        self.emit(site, EventKind::Blocked { by: path });
                    }
                }
                Some(future.result)
            }
            Object::Future(future) => {
                if self.takes_care(&name, site) {
                    self.look_after(future.asked, WAITED);
                }
                None
            }
            Object::Generator { is_async, function, args: given, walked, .. } => {
                self.heap.set(walked, Value::Unknown);
                let yielded = self.run_generator(function, &given, site);
                self.escape_all(args);
                Some(match name.as_str() {
                    "__anext__" | "asend" | "athrow" | "aclose" if is_async => {
                        self.step_of_generator(path, &name, yielded, site)
                    }
                    _ => Value::Unknown,
                })
            }
            _ => None,
        }
    }

    /// What a step of an async generator gives: it takes place where that is awaited.
    ///
    /// Source: kernels; since Python 3.13 "coroutine method 'asend' of 'ticks' was never awaited".
    fn step_of_generator(
        &mut self,
        path: QualifiedName,
        name: &str,
        yielded: Value,
        site: Site,
    ) -> Value {
        let warns = PythonVersion { major: 3, minor: 13 };
        let is_silent = self.input.environment.oldest_python().is_some_and(|it| it < warns);
        let result = if name == "aclose" { Value::None } else { yielded };
        self.coroutine_of(path, result, is_silent, site, None)
    }

    /// `", ".join(…)` refuses what is no text; `"{}".format(…)` writes down whatever it is given.
    fn read_into_text(&mut self, method: &str, args: &Args, site: Site) {
        for value in args.all().collect::<Vec<_>>() {
            match method {
                "format" | "format_map" | "join" => {
                    self.too_early(value, site, ValueUse::Text, None);
                }
                _ => {
                    let at = args.positional.iter().position(|it| *it == value);
                    let given = self.argument_site(site, at, None);
                    self.too_early(value, given, ValueUse::Given, None);
                }
            }
            if method == "join" {
                let items = self.walk(value, site);
                let given = self.argument_site(site, Some(0), None);
                self.each_too_early(&items.values, given);
            }
            self.read_elements(value);
        }
    }

    /// `mapping.update(other, name=value)`.
    fn update(&mut self, mapping: Value, args: &Args, site: Site) {
        for other in args.positional.iter().copied().chain(args.spread) {
            let Some(Object::Collection(given)) = self.object(other).cloned() else {
                let at = self.argument_site(site, Some(0), None);
                self.too_early(other, at, ValueUse::Given, None);
                self.escape(other);
                self.add_to(mapping, Value::Unknown);
                continue;
            };
            for (key, slot) in given.keys.iter().zip(&given.items) {
                let value = self.heap.get(*slot);
                self.set_item(mapping, *key, value);
            }
            let rest = match given.kind {
                CollectionKind::Dict => self.heap.get(given.rest),
                // Pairs of keys and values.
                _ => {
                    let pair = self.walk(other, site).joined(self);
                    self.pair_value(pair, site)
                }
            };
            if rest != Value::Never {
                self.add_to(mapping, rest);
            }
        }
        for (name, value) in &args.named {
            self.set_item(mapping, Value::Str(*name), *value);
        }
    }

    /// A thread waits for a future; where the future waits for that thread, for ever.
    pub fn wait_here(&mut self, path: QualifiedName, future: &super::value::Future, site: Site) {
        // Between two cells the loop had its turn.
        let is_new = future.done.cell == self.during && self.heap.get(future.done) == Value::Int(0);
        let for_kernel = is_new && (future.filled_by == Loop::Kernel || future.waits_for_kernel);
        if for_kernel && self.is_on_kernel() && self.context.running == Loop::Kernel {
            self.emit(site, EventKind::Deadlocked { by: path });
        } else if future.filled_by == Loop::Kernel {
            self.waits_for_kernel = true;
        }
    }

    pub fn collection_method(
        &mut self,
        name: &str,
        receiver: Value,
        collection: &super::value::Collection,
        args: &Args,
        site: Site,
    ) -> Option<Value> {
        let first = args.positional.first().copied();
        if MAY_RAISE.contains(&name) {
            self.may_raise();
        }
        match name {
            "append" | "add" | "appendleft" => {
                self.add_to(receiver, first.unwrap_or(Value::Unknown));
                Some(Value::None)
            }
            "insert" | "setdefault" => {
                let value = args.positional.get(1).copied().unwrap_or(Value::None);
                self.add_to(receiver, value);
                Some(if name == "insert" { Value::None } else { value })
            }
            "update" if collection.kind == CollectionKind::Dict => {
                self.update(receiver, args, site);
                Some(Value::None)
            }
            "extend" | "update" => {
                let items = first.map(|it| self.walk(it, site));
                for value in items.map(|it| it.values).unwrap_or_default() {
                    self.add_to(receiver, value);
                }
                Some(Value::None)
            }
            "sort" => {
                if let Some(function) = args.get(usize::MAX, self.names.find("key")) {
                    let path = self.words.sort;
                    self.call_as_key(path, function, &Args::one(receiver), site);
                } else {
                    let items = self.walk(receiver, site);
                    if !items.is_exact || items.values.len() > 1 {
                        self.each_too_early(&items.values, site);
                    }
                }
                Some(Value::None)
            }
            "clear" | "reverse" | "remove" | "discard" => Some(Value::None),
            "items" | "values" | "keys" | "copy" | "get" | "pop" | "popleft" | "popitem" => {
                if let ("get" | "pop", Some(key), CollectionKind::Dict) =
                    (name, first, collection.kind)
                {
                    return Some(self.item(receiver, key, site));
                }
                let joined = self.any_item(collection);
                let joined = if joined == Value::Never { Value::Unknown } else { joined };
                let exact = self.heap.get(collection.rest) == Value::Never;
                match name {
                    "values" | "copy" if exact => {
                        let values: Vec<Value> =
                            collection.items.iter().map(|slot| self.heap.get(*slot)).collect();
                        Some(self.collection(CollectionKind::List, values, Value::Never))
                    }
                    "items" if exact => {
                        let values: Vec<(Value, Value)> = collection
                            .keys
                            .iter()
                            .zip(&collection.items)
                            .map(|(key, slot)| (*key, self.heap.get(*slot)))
                            .collect();
                        Some(self.pairs(values, true))
                    }
                    "keys" if exact => Some(self.collection(
                        CollectionKind::List,
                        collection.keys.clone(),
                        Value::Never,
                    )),
                    "values" | "copy" => {
                        Some(self.collection(CollectionKind::List, Vec::new(), joined))
                    }
                    "items" => Some(self.pairs(vec![(Value::Unknown, joined)], false)),
                    "popitem" => {
                        let pair = vec![Value::Unknown, joined];
                        Some(self.collection(CollectionKind::Tuple, pair, Value::Never))
                    }
                    "keys" => Some(Value::Unknown),
                    _ => Some(joined),
                }
            }
            _ => {
                self.escape_all(args);
                // A column gives what it holds in many ways.
                if !self.input.tables.columns.only_shows(name) {
                    self.escape(receiver);
                }
                Some(Value::Unknown)
            }
        }
    }
}
