//! `functools.reduce` and `itertools.accumulate`: a function that gets what came so far and the next
//! item.
//!
//! Source: a kernel (ipykernel 7.4, Python 3.11): `reduce(operator.add, [f(1), f(2)])` and
//! `list(accumulate([f(1), f(2)]))` raise `TypeError` at coroutines and tasks; with one item and no
//! start neither does. `accumulate` is lazy.

use super::machine::Machine;
use super::value::{Args, CollectionKind, Object, Site, Value};
use crate::knowledge::callables::QualifiedName;
use crate::python::{Kind, Role};

impl Machine<'_> {
    /// `functools.reduce(function, items, start)`.
    pub fn reduce(&mut self, path: QualifiedName, args: &Args, site: Site) -> Value {
        let given = |at| args.positional.get(at).copied();
        let (Some(function), Some(items)) = (given(0), given(1)) else {
            self.escape_all(args);
            return Value::Unknown;
        };
        let start = given(2).or_else(|| args.get(usize::MAX, self.names.find("initial")));
        self.fold(path, (Some(function), 0), (items, 1), start, site)
    }

    /// `itertools.accumulate(items, function, initial=start)`.
    pub fn accumulate(&mut self, path: QualifiedName, args: &Args, site: Site) -> Value {
        let Some(items) = args.positional.first().copied() else {
            self.escape_all(args);
            return Value::Unknown;
        };
        let function = args.get(1, self.names.find("func")).filter(|it| *it != Value::None);
        let start = args.get(usize::MAX, self.names.find("initial"));
        let start = start.filter(|it| *it != Value::None);
        let given = self.lazily(site, |it| it.fold(path, (function, 1), (items, 0), start, site));
        self.collection(CollectionKind::Iterator, Vec::new(), given)
    }

    /// What comes of it; the function and the items come with their places in the call.
    fn fold(
        &mut self,
        path: QualifiedName,
        (function, function_at): (Option<Value>, usize),
        (items, items_at): (Value, usize),
        start: Option<Value>,
        site: Site,
    ) -> Value {
        let items = self.walk(items, site);
        let item = items.joined(self);
        if items.is_exact && items.values.len() < 2 && start.is_none() {
            return item;
        }
        let so_far = start.unwrap_or(item);
        let args = Args { positional: vec![so_far, item], ..Args::default() };
        let given = match function {
            // Each turn awaits the one before, and the reader the last.
            Some(function) if self.awaits_so_far(function) => {
                self.escape_all(&args);
                return Value::Unknown;
            }
            Some(function) if !self.is_operator(function) => {
                if self.is_coroutine_function(function) == Some(true)
                    || self.is_callable(function) == Some(false)
                {
                    self.call_and_use(path, function, args, site, Some(function_at))
                } else {
                    self.mapped(path, function, args, site, !items.is_exact)
                }
            }
            _ => {
                let written = self.argument_site(site, Some(items_at), None);
                self.each_too_early(&items.values, written);
                Value::Unknown
            }
        };
        self.join(so_far, given)
    }

    /// Whether it is an async function that awaits what came so far.
    ///
    /// Source: a kernel (ipykernel 7.4, Python 3.11), where `await reduce(chain, [1, 2], zero())` gives
    /// 3 if `chain` is `async def chain(acc, n): return await acc + n`.
    fn awaits_so_far(&self, function: Value) -> bool {
        let Some(Object::Function(function)) = self.object(function) else { return false };
        let Some(index) = self.index(function.def.cell) else { return false };
        let tree = &index.syntax.tree;
        let def = function.def.node;
        let first = tree.children_in(def, Role::Param).next();
        let Some(Kind::Param { name, .. }) = first.map(|it| tree.kind(it)) else { return false };
        let so_far = tree.text(*name);
        tree.descendants(def).any(|node| {
            let awaited = tree.child(node, Role::Value).filter(|_| *tree.kind(node) == Kind::Await);
            awaited.is_some_and(|it| tree.name(it) == Some(so_far))
        })
    }

    /// Whether it is a function of `operator`, which does what an operator does.
    fn is_operator(&self, function: Value) -> bool {
        let Value::Path(path) = function else { return false };
        self.names.module_of(path).is_some_and(|it| self.names.text(it) == "operator")
    }
}
