//! Conditions: yes, no, or unknown.

use super::event::ValueUse;
use super::machine::Machine;
use super::value::{Args, Object, Plain, Value};
use crate::knowledge::callables::{Native, QualifiedName};
use crate::python::{Detail, Kind, NameUse, NodeId, Role};

impl Machine<'_> {
    /// Whether a value counts as true.
    pub fn truth(&self, value: Value) -> Option<bool> {
        match value {
            Value::None => Some(false),
            Value::Bool(truth) => Some(truth),
            Value::Int(number) => Some(number != 0),
            Value::Str(text) => Some(!self.names.text(text).is_empty()),
            Value::Union(_) => self.agreed(value, Self::truth),
            Value::Path(path) if self.is_for_checkers_alone(path) => Some(false),
            Value::Path(_) => self.is_there(value).then_some(true),
            Value::Object(_) => match self.object(value)? {
                Object::Function(_)
                | Object::Bound { .. }
                | Object::Partial { .. }
                | Object::Class { .. }
                | Object::Coroutine(_)
                | Object::Generator { .. }
                | Object::Future(_)
                | Object::Module { .. } => Some(true),
                Object::Foreign(_) => self.is_there(value).then_some(true),
                Object::Collection(collection) => {
                    if !collection.items.is_empty() {
                        Some(true)
                    } else {
                        (self.heap.get(collection.rest) == Value::Never).then_some(false)
                    }
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// What is true where types are checked, and false where code runs.
    ///
    /// Source: <https://docs.python.org/3/library/typing.html#typing.TYPE_CHECKING>
    fn is_for_checkers_alone(&self, path: QualifiedName) -> bool {
        ["typing.TYPE_CHECKING", "typing_extensions.TYPE_CHECKING"]
            .iter()
            .any(|it| self.names.find_path(it) == Some(path))
    }

    /// Whether two values are equal.
    pub fn same(&self, one: Value, other: Value) -> Option<bool> {
        use Value::{Bool, Int, None as Nothing, Str};
        match (one, other) {
            (Int(_) | Str(_) | Bool(_) | Nothing, Int(_) | Str(_) | Bool(_) | Nothing) => {
                Some(one == other)
            }
            (Nothing, Value::Plain(_)) | (Value::Plain(_), Nothing) => Some(false),
            (Nothing, Value::Object(_)) | (Value::Object(_), Nothing) => Some(false),
            (Nothing, Value::Path(_)) => self.is_there(other).then_some(false),
            (Value::Path(_), Nothing) => self.is_there(one).then_some(false),
            (Value::Object(a), Value::Object(b)) if a == b => Some(true),
            _ => None,
        }
    }

    pub fn compare(&mut self, node: NodeId) -> Value {
        let operands = self.nodes(node, Role::Operand);
        let values: Vec<Value> = operands.iter().map(|it| self.evaluate(*it)).collect();
        let detail = self.detail(node);
        if matches!(
            detail,
            Detail::Less | Detail::LessOrEqual | Detail::Greater | Detail::GreaterOrEqual
        ) {
            for (operand, value) in operands.iter().zip(&values) {
                let site = self.site(*operand);
                self.too_early(*value, site, ValueUse::Operator, None);
            }
        }
        if let (Detail::In | Detail::NotIn, [_, operand], [_, held]) =
            (detail, operands.as_slice(), values.as_slice())
        {
            self.too_early(*held, self.site(*operand), ValueUse::Given, None);
        }
        if matches!(detail, Detail::Equal | Detail::NotEqual | Detail::Is | Detail::IsNot) {
            for (operand, value) in operands.iter().zip(&values) {
                self.too_early(*value, self.site(*operand), ValueUse::Truth, None);
            }
        }
        let [left, right] = values.as_slice() else { return Value::Plain(Plain::Bool) };
        if let Some(given) = self.compared(node, *left, *right) {
            return given;
        }
        let truth = match detail {
            Detail::Equal | Detail::Is => self.same(*left, *right),
            Detail::NotEqual | Detail::IsNot => self.same(*left, *right).map(|same| !same),
            Detail::In => self.contains(*right, *left),
            Detail::NotIn => self.contains(*right, *left).map(|it| !it),
            Detail::Less => self.ordered(*left, *right, |a, b| a < b),
            Detail::LessOrEqual => self.ordered(*left, *right, |a, b| a <= b),
            Detail::Greater => self.ordered(*left, *right, |a, b| a > b),
            Detail::GreaterOrEqual => self.ordered(*left, *right, |a, b| a >= b),
            _ => None,
        };
        truth.map_or(Value::Plain(Plain::Bool), Value::Bool)
    }

    /// What the left operand's own method for a comparison gives; of `in` it is the right one's.
    fn compared(&mut self, node: NodeId, left: Value, right: Value) -> Option<Value> {
        let name = match self.detail(node) {
            Detail::Equal => "__eq__",
            Detail::NotEqual => "__ne__",
            Detail::Less => "__lt__",
            Detail::LessOrEqual => "__le__",
            Detail::Greater => "__gt__",
            Detail::GreaterOrEqual => "__ge__",
            Detail::In | Detail::NotIn => {
                self.consult(right, ["__contains__"], Args::one(left), self.site(node));
                self.refuse_plain_walk(right, self.site(node));
                return None;
            }
            _ => return None,
        };
        let site = self.site(node);
        self.special(left, name, Args::one(right), site)
    }

    fn ordered(&self, one: Value, other: Value, holds: impl Fn(i64, i64) -> bool) -> Option<bool> {
        match (one, other) {
            (Value::Int(a), Value::Int(b)) => Some(holds(a, b)),
            _ => None,
        }
    }

    fn contains(&mut self, container: Value, element: Value) -> Option<bool> {
        match (container, element) {
            (Value::Path(path), Value::Str(text)) => {
                return self.path_holds(path, self.names.text(text));
            }
            (Value::Str(whole), Value::Str(part)) => {
                return Some(self.names.text(whole).contains(self.names.text(part)));
            }
            _ => {}
        }
        let Some(Object::Collection(collection)) = self.object(container) else { return None };
        let is_dict = collection.kind == super::value::CollectionKind::Dict;
        let known: Vec<Value> = match is_dict {
            true => collection.keys.clone(),
            false => collection.items.iter().map(|slot| self.heap.get(*slot)).collect(),
        };
        let complete = self.heap.get(collection.rest) == Value::Never;
        let answers: Vec<_> = known.into_iter().map(|it| self.same(it, element)).collect();
        match () {
            () if answers.contains(&Some(true)) => Some(true),
            () if complete && answers.iter().all(|it| *it == Some(false)) => Some(false),
            () => match element {
                Value::Str(name) if collection.names_of.is_some() => {
                    self.names_hold(self.names.text(name))
                }
                _ => None,
            },
        }
    }

    /// Keeps in mind what a condition tells of a name: `inspect.isawaitable(x)`, `x is None`.
    pub fn assume(&mut self, test: NodeId, truth: bool) {
        let Some(index) = self.index(self.cell()).cloned() else { return };
        let tree = &index.syntax.tree;
        match tree.kind(test) {
            Kind::Not => {
                if let Some(inner) = tree.child(test, Role::Operand) {
                    self.assume(inner, !truth);
                }
            }
            Kind::BoolOp if (tree.detail(test) == Detail::And) == truth => {
                for operand in tree.children_in(test, Role::Operand).collect::<Vec<_>>() {
                    self.assume(operand, truth);
                }
            }
            Kind::Name { used: NameUse::Load } => {
                self.narrow(test, |it, value| it.truth(value).is_none_or(|known| known == truth));
            }
            Kind::Compare => {
                let operands: Vec<NodeId> = tree.children_in(test, Role::Operand).collect();
                let [left, right] = operands.as_slice() else { return };
                let is_none = *tree.kind(*right) == Kind::None;
                let is = match tree.detail(test) {
                    Detail::Is | Detail::Equal => truth,
                    Detail::IsNot | Detail::NotEqual => !truth,
                    _ => return,
                };
                if is_none {
                    self.narrow(*left, |_, value| {
                        (value == Value::None) == is || value == Value::Unknown
                    });
                }
            }
            Kind::Call => self.assume_call(test, truth),
            _ => {}
        }
    }

    /// `isawaitable(x)` and its like tell alternatives of `x` apart.
    fn assume_call(&mut self, test: NodeId, truth: bool) {
        let Some(func) = self.node(test, Role::Func) else { return };
        let Some(argument) = self.node(test, Role::Arg) else { return };
        let Value::Path(path) = self.evaluate(func) else { return };
        let entry = self.input.tables.callables.get(&self.names, path);
        let Some(mut native) = entry.and_then(|it| it.row.as_ref()?.native) else { return };
        if native == Native::Isinstance {
            let class = self.nodes(test, Role::Arg).get(1).map(|class| self.evaluate(*class));
            let Some(asked) = class.and_then(|class| self.asked_kind(class)) else { return };
            native = asked;
        }
        self.narrow(argument, |it, value| {
            it.is_kind(native, value).is_none_or(|known| known == truth)
        });
        let kinds = [Native::IsCoroutineFunction, Native::IsCoroutine, Native::IsAwaitable];
        if truth && kinds.contains(&native) {
            self.forget_unless(argument, |it, value| it.is_kind(native, value).is_some());
        }
    }

    /// Where a condition tells of a name what the run cannot, nothing is known of it.
    fn forget_unless(&mut self, name: NodeId, is_told: impl Fn(&Self, Value) -> bool) {
        let Some(variable) = self.index(self.cell()).and_then(|it| it.variable(name)) else {
            return;
        };
        let value = self.read(variable);
        if value != Value::Never
            && !self.heap.alternatives(value).iter().all(|it| is_told(self, *it))
        {
            self.escape(value);
            self.bind(variable, Value::Unknown);
        }
    }

    /// Leaves only those alternatives of a name that fit; where none does, it is unknown.
    fn narrow(&mut self, name: NodeId, fits: impl Fn(&Self, Value) -> bool) {
        let Some(variable) = self.index(self.cell()).and_then(|it| it.variable(name)) else {
            return;
        };
        let value = self.read(variable);
        if !matches!(value, Value::Union(_)) {
            return;
        }
        let mut kept = Value::Never;
        for one in self.heap.alternatives(value) {
            if fits(self, one) {
                kept = self.join(kept, one);
            }
        }
        let kept = if kept == Value::Never { Value::Unknown } else { kept };
        self.bind(variable, kept);
    }
}
