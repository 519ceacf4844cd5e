//! Special methods, which Python calls by itself: for operators, built-in functions, statements.
//! It never awaits what they give.
//!
//! Source: <https://docs.python.org/3/reference/datamodel.html#special-method-names>; a kernel
//! (ipykernel 7.4, Python 3.11): `len()` of a coroutine function's object raises `TypeError`,
//! `object[0] = 1` makes a coroutine that nobody gets.

use super::event::{EventKind, ValueUse};
use super::machine::Machine;
use super::value::{Args, Object, Site, Value};
use crate::knowledge::callables::{Segment, Symbol};
use crate::python::{NodeId, Role};
use crate::text::TextRange;

/// Methods whose answer Python looks at: a coroutine is refused by a `TypeError`.
const LOOKED_AT: [&str; 12] = [
    "__init__",
    "__await__",
    "__len__",
    "__str__",
    "__repr__",
    "__format__",
    "__bool__",
    "__hash__",
    "__int__",
    "__float__",
    "__index__",
    "__bytes__",
];

/// The name of an operator's method, without what stands around it.
fn method_of_operator(symbol: &str) -> Option<&'static str> {
    Some(match symbol {
        "+" => "add",
        "-" => "sub",
        "*" => "mul",
        "/" => "truediv",
        "//" => "floordiv",
        "%" => "mod",
        "**" => "pow",
        "@" => "matmul",
        "|" => "or",
        "&" => "and",
        "^" => "xor",
        "<<" => "lshift",
        ">>" => "rshift",
        _ => return None,
    })
}

impl Machine<'_> {
    /// Calls the first of the special methods that the notebook's own class of `value` has, for
    /// Python alone: nobody gets what it gives. Says so where that is a coroutine.
    pub fn consult<'n>(
        &mut self,
        value: Value,
        names: impl IntoIterator<Item = &'n str>,
        args: Args,
        site: Site,
    ) {
        if !self.is_own(value) {
            return;
        }
        for name in names {
            if let Some(given) = self.special(value, name, args.clone(), site) {
                self.note_unawaited(name, given, site);
                return;
            }
        }
    }

    /// Whether a value is an object of one of the notebook's own classes.
    pub fn is_own(&self, value: Value) -> bool {
        matches!(self.object(value), Some(Object::Instance { .. }))
    }

    /// Calls a special method of the notebook's own class of `value`; gives what it gives.
    pub fn special(&mut self, value: Value, name: &str, args: Args, site: Site) -> Option<Value> {
        let name = self.names.find(name)?;
        let method = self.class_attribute(value, name)?;
        Some(self.call(method, args, site))
    }

    /// Says so where a special method gave a coroutine, which Python does not await.
    pub fn note_unawaited(&mut self, name: &str, given: Value, site: Site) {
        let Some(Object::Coroutine(coroutine)) = self.object(given) else { return };
        let method = match self.object(coroutine.function) {
            Some(Object::Function(function)) => Some(function.def),
            _ => None,
        };
        let raises = LOOKED_AT.contains(&name);
        let kind = EventKind::SpecialUnawaited { name: name.to_owned(), raises, method };
        if raises {
            self.raise("TypeError", site, kind, given);
        } else {
            self.emit(site, kind);
        }
        self.escape(given);
    }

    /// A value that is asked whether it is true.
    pub fn ask_truth(&mut self, value: Value, site: Site) {
        self.too_early(value, site, ValueUse::Truth, None);
        self.consult(value, ["__bool__", "__len__"], Args::default(), site);
    }

    /// What an operator's method gives, where the class of one of its operands is the notebook's.
    pub fn operated(&mut self, node: NodeId, left: Value, right: Value) -> Option<Value> {
        let is_library = |value: &Value| matches!(value, Value::Path(_));
        let any_own = self.is_own(left) || self.is_own(right);
        if !any_own && ![left, right].iter().any(is_library) {
            return None;
        }
        let symbol = self.operator_between(node)?;
        let name = method_of_operator(symbol.trim_end_matches('='))?;
        let site = self.site(node);
        if !any_own {
            let ways =
                [(left, format!("__{name}__"), right), (right, format!("__r{name}__"), left)];
            return ways.into_iter().find_map(|(library, name, other)| {
                self.library_operator(library, &name, other, site)
            });
        }
        let mut ways =
            vec![(left, format!("__{name}__"), right), (right, format!("__r{name}__"), left)];
        if symbol.ends_with('=') {
            ways.insert(0, (left, format!("__i{name}__"), right));
        }
        ways.into_iter()
            .find_map(|(own, name, other)| self.special(own, &name, Args::one(other), site))
    }

    /// What a library's operator gives, where a row says so: `prompt | model`.
    fn library_operator(
        &mut self,
        library: Value,
        name: &str,
        other: Value,
        site: Site,
    ) -> Option<Value> {
        let Value::Path(path) = library else { return None };
        let symbol = self.names.symbol(name);
        let method = self.names.step(path, Segment::Attribute(symbol));
        self.input.tables.callables.get(&self.names, method)?;
        Some(self.call_path(method, Args::one(other), site, None))
    }

    /// The operator as it is written between two operands, or before a target's new value.
    fn operator_between(&self, node: NodeId) -> Option<String> {
        let index = self.index(self.cell())?;
        let tree = &index.syntax.tree;
        let mut parts = tree.children(node);
        let (first, second) = (parts.next()?, parts.next()?);
        let between = TextRange::new(tree.range(first).end, tree.range(second).start);
        let text = tree.source().get(between.start..between.end)?;
        Some(text.chars().filter(|it| "+-*/%@|&^<>=".contains(*it)).collect())
    }

    /// `-value`, `+value`, `~value`.
    pub fn signed(&mut self, node: NodeId, operand: Value) -> Option<Value> {
        let index = self.index(self.cell())?.clone();
        let name = match index.syntax.tree.source_of(node).chars().next()? {
            '-' => "__neg__",
            '+' => "__pos__",
            '~' => "__invert__",
            _ => return None,
        };
        let site = self.site(node);
        self.special(operand, name, Args::default(), site)
    }

    /// What an object of the notebook's own class gives for a name that it does not have, or whose
    /// value has a say in how it is read.
    pub fn computed(
        &mut self,
        value: Value,
        name: Symbol,
        found: Value,
        site: Site,
    ) -> Option<Value> {
        let Some(Object::Instance { class, fields, .. }) = self.object(value).cloned() else {
            return None;
        };
        if fields.contains_key(&name) {
            return None;
        }
        match self.class_member(class, name) {
            (Some(_), _) => {
                let args = Args { positional: vec![value, class], ..Args::default() };
                self.special(found, "__get__", args, site)
            }
            (None, _) if !self.names.text(name).starts_with("__") => {
                let args = Args::one(Value::Str(name));
                self.special(value, "__getattr__", args, site)
            }
            (None, _) => None,
        }
    }

    /// `value.name = new`, where the class has a say in it: a setter, `__set__`, `__setattr__`.
    pub fn set_by_class(&mut self, value: Value, name: Symbol, new: Value, site: Site) -> bool {
        let Some(Object::Instance { class, .. }) = self.object(value).cloned() else {
            return false;
        };
        let two = |first| Args { positional: vec![first, new], ..Args::default() };
        if self.special(value, "__setattr__", two(Value::Str(name)), site).is_some() {
            return false;
        }
        let (Some(member), _) = self.class_member(class, name) else { return false };
        if let Some(Object::Descriptor { setter: Some(setter), .. }) = self.object(member) {
            let setter = *setter;
            self.call(setter, two(value), site);
            return true;
        }
        self.special(member, "__set__", two(value), site).is_some()
    }

    /// Whether the code that runs is a generator that stands for a coroutine: its `yield from` waits
    /// as `await` does.
    ///
    /// Source: <https://docs.python.org/3/library/types.html#types.coroutine>
    pub fn delegates(&self) -> bool {
        let makers = ["types.coroutine", "asyncio.coroutine"];
        let makers = makers.map(|it| self.names.find_path(it).map(Value::Path));
        let function = self.calls.last().map(|call| call.function);
        let Some(Object::Function(function)) = function.and_then(|it| self.object(it)) else {
            return false;
        };
        let def = function.def;
        let Some(index) = self.index(def.cell) else { return false };
        index.syntax.tree.children_in(def.node, Role::Decorator).any(|node| {
            let mut given = self.trace.given(Site { node, ..def }).into_iter();
            given.any(|it| makers.contains(&Some(it)))
        })
    }
}
