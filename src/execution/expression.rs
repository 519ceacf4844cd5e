//! Expressions: what each gives, and what happens on the way.

use super::event::{EventKind, ValueUse};
use super::machine::Machine;
use super::statement::Flow;
use super::value::{Args, CollectionKind, Object, Plain, Value};
use crate::knowledge::callables::Symbol;
use crate::python::{Detail, Kind, NameUse, NodeId, Role, Tree};

/// Longer displays are not followed element by element.
pub(super) const MOST_ITEMS: usize = 64;
/// Longer texts are not told apart.
const LONGEST_TEXT: usize = 80;

impl Machine<'_> {
    /// What an expression gives.
    pub fn evaluate(&mut self, node: NodeId) -> Value {
        if !self.step() {
            return Value::Unknown;
        }
        let value = stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || self.evaluate_here(node));
        self.note_sighting(node, value);
        self.note_given(node, value);
        value
    }

    pub fn evaluate_here(&mut self, node: NodeId) -> Value {
        let Some(index) = self.index(self.cell()).cloned() else { return Value::Unknown };
        let tree = &index.syntax.tree;
        match tree.kind(node) {
            Kind::Name { used: NameUse::Load } => {
                let value = index.variable(node).map_or(Value::Unknown, |it| self.read(it));
                if !self.columns.is_empty() {
                    self.note_table(node, value);
                }
                self.note_named(node, value);
                value
            }
            Kind::Attribute { .. } => {
                let mut object = self.part(node, Role::Value);
                let name = self.attribute_name(node);
                let site = self.site(node);
                if let Some(at) = tree.child(node, Role::Value)
                    && let Some(coroutine) = self.fresh_coroutine(at, object)
                    && !self.is_silent(coroutine)
                {
                    object = coroutine;
                }
                self.too_early(object, site, ValueUse::Attribute, Some(name));
                if self.is_coroutine_member(name)
                    && matches!(self.object(object), Some(Object::Coroutine(_)))
                {
                    self.escape(object);
                }
                let value = self.read_attribute(object, name, site);
                self.note_named(node, value);
                value
            }
            Kind::Call => self.call_expression(node),
            Kind::Await => {
                let awaited = self.part(node, Role::Value);
                let site = self.site(node);
                self.await_value(awaited, site)
            }
            Kind::None => Value::None,
            Kind::True => Value::Bool(true),
            Kind::False => Value::Bool(false),
            Kind::Number => number(tree.source_of(node)),
            Kind::Str => self.text(tree.string(node)),
            Kind::Bytes => Value::Plain(Plain::Bytes),
            Kind::FString => {
                let mut values = Vec::new();
                for part in tree.children(node) {
                    let value = self.evaluate(part);
                    values.push(value);
                    let site = self.site(part);
                    let how =
                        if is_formatted(tree, part) { ValueUse::Given } else { ValueUse::Text };
                    self.too_early(value, site, how, None);
                    let names = ["__format__", "__str__", "__repr__"];
                    self.consult(value, names, Args::one(Value::Plain(Plain::Str)), site);
                }
                self.filled_in(node, &values)
            }
            Kind::Named => {
                let value = self.part(node, Role::Value);
                tree.child(node, Role::Target).into_iter().for_each(|it| self.assign(it, value));
                value
            }
            Kind::Lambda => self.function_object(node),
            Kind::IfExp => self.conditional(node),
            Kind::BoolOp => self.bool_operation(node),
            Kind::Not => {
                let value = self.asked_part(node, Role::Operand);
                self.truth(value).map_or(Value::Plain(Plain::Bool), |truth| Value::Bool(!truth))
            }
            Kind::Compare => self.compare(node),
            Kind::BinOp => {
                let operands = self.nodes(node, Role::Operand);
                let values: Vec<Value> = operands.iter().map(|it| self.evaluate(*it)).collect();
                self.use_operands(node, &operands, &values);
                match values.as_slice() {
                    [left, right] => self.binary(node, *left, *right),
                    _ => Value::Unknown,
                }
            }
            Kind::Unary => match (self.part(node, Role::Operand), tree.detail(node)) {
                (Value::Int(number), Detail::Minus) => {
                    number.checked_neg().map_or(Value::Plain(Plain::Int), Value::Int)
                }
                (Value::Plain(plain), _) => Value::Plain(plain),
                (operand, _) => {
                    if let Some(at) = self.node(node, Role::Operand) {
                        self.too_early(operand, self.site(at), ValueUse::Operator, None);
                    }
                    self.signed(node, operand).unwrap_or(Value::Unknown)
                }
            },
            Kind::List => self.display(node, CollectionKind::List),
            Kind::Set => self.display(node, CollectionKind::Set),
            Kind::Tuple { .. } => self.display(node, CollectionKind::Tuple),
            Kind::Dict => self.dict_display(node),
            Kind::Comprehension { builds, .. } => self.comprehension(node, *builds),
            Kind::Subscript => self.subscript(node),
            Kind::Starred => {
                let value = self.part(node, Role::Value);
                let site = self.site(node);
                let items = self.walk(value, site);
                items.joined(self)
            }
            Kind::Yield => self.yield_value(node),
            Kind::Escape { sigil, .. } => {
                self.read_words_of(tree.source_of(node));
                for statement in tree.children_in(node, Role::Body) {
                    self.execute_all(&[statement]);
                }
                if *sigil == '!' { Value::Plain(Plain::Other) } else { Value::Unknown }
            }
            _ => {
                for child in tree.children(node) {
                    self.evaluate(child);
                }
                Value::Unknown
            }
        }
    }

    /// What the child of `node` in `role` gives.
    pub fn part(&mut self, node: NodeId, role: Role) -> Value {
        self.node(node, role).map_or(Value::Unknown, |child| self.evaluate(child))
    }

    pub fn text(&mut self, text: Option<&str>) -> Value {
        match text.filter(|text| text.len() <= LONGEST_TEXT) {
            Some(text) => Value::Str(self.names.symbol(text)),
            None => Value::Plain(Plain::Str),
        }
    }

    pub fn attribute_name(&mut self, node: NodeId) -> Symbol {
        let text = self.index(self.cell()).and_then(|index| match index.syntax.tree.kind(node) {
            Kind::Attribute { name } => Some(index.syntax.tree.text(*name).to_owned()),
            _ => None,
        });
        self.names.symbol(&text.unwrap_or_default())
    }

    /// Evaluates an expression that may not be reached.
    pub fn maybe(&mut self, node: NodeId) -> Value {
        let mut value = Value::Unknown;
        self.either(
            |it| {
                value = it.evaluate(node);
                Flow::Next
            },
            |_| Flow::Next,
        );
        value
    }

    /// What a part gives that is asked for its truth.
    fn asked_part(&mut self, node: NodeId, role: Role) -> Value {
        let value = self.part(node, role);
        self.ask_truth(value, self.site(self.node(node, role).unwrap_or(node)));
        value
    }

    pub fn conditional(&mut self, node: NodeId) -> Value {
        let test = self.asked_part(node, Role::Test);
        match self.truth(test) {
            Some(true) => self.part(node, Role::Body),
            Some(false) => self.part(node, Role::Else),
            None => {
                let test = self.node(node, Role::Test);
                let (mut one, mut other) = (Value::Unknown, Value::Unknown);
                self.either(
                    |it| {
                        test.into_iter().for_each(|test| it.assume(test, true));
                        one = it.part(node, Role::Body);
                        Flow::Next
                    },
                    |it| {
                        test.into_iter().for_each(|test| it.assume(test, false));
                        other = it.part(node, Role::Else);
                        Flow::Next
                    },
                );
                self.join(one, other)
            }
        }
    }

    pub fn bool_operation(&mut self, node: NodeId) -> Value {
        let is_and = self.detail(node) == Detail::And;
        let operands = self.nodes(node, Role::Operand);
        let mut result = Value::Never;
        let mut doubtful = false;
        for (number, operand) in operands.iter().enumerate() {
            let value = if doubtful { self.maybe(*operand) } else { self.evaluate(*operand) };
            self.ask_truth(value, self.site(*operand));
            let truth = self.truth(value);
            if truth == Some(!is_and) {
                return self.join(result, value);
            }
            doubtful |= truth.is_none();
            // What does not decide gives way to the next, where there is one.
            if truth.is_none() || number + 1 == operands.len() {
                result = self.join(result, value);
            }
        }
        result
    }

    pub fn subscript(&mut self, node: NodeId) -> Value {
        let object = self.part(node, Role::Value);
        let index = self.part(node, Role::Index);
        let site = self.site(node);
        self.too_early(object, site, ValueUse::Subscript, None);
        if matches!(self.object(object), Some(Object::Generator { is_async: true, .. })) {
            self.refuse_plain_walk(object, site);
        }
        let is_counted = match self.object(object) {
            Some(Object::Collection(it)) => {
                matches!(it.kind, CollectionKind::List | CollectionKind::Tuple)
            }
            _ => matches!(object, Value::Str(_) | Value::Plain(Plain::Str)),
        };
        if let Some(at) = self.node(node, Role::Index).filter(|_| is_counted) {
            self.too_early(index, self.site(at), ValueUse::Given, None);
            self.use_bounds(at);
        }
        self.item(object, index, site)
    }

    pub fn yield_value(&mut self, node: NodeId) -> Value {
        let value = self.node(node, Role::Value).map_or(Value::None, |it| self.evaluate(it));
        let given = if self.detail(node) == Detail::From {
            let site = self.site(node);
            if self.delegates() && self.is_awaitable(value) == Some(true) {
                return self.await_value(value, site);
            }
            let items = self.walk(value, site);
            items.joined(self)
        } else {
            value
        };
        let before = self.calls.last().map_or(Value::Never, |call| call.yielded);
        let joined = self.join(before, given);
        if let Some(call) = self.calls.last_mut() {
            call.yielded = joined;
        }
        Value::Unknown
    }

    /// `left + right` and its like.
    pub fn binary(&mut self, node: NodeId, left: Value, right: Value) -> Value {
        if let Some(given) = self.operated(node, left, right) {
            return given;
        }
        match (self.detail(node), left, right) {
            (
                detail @ (Detail::Plus | Detail::Minus | Detail::Times | Detail::Power),
                Value::Int(a),
                Value::Int(b),
            ) => calculated(detail, a, b).map_or(Value::Plain(Plain::Other), Value::Int),
            (Detail::Plus, Value::Str(a), Value::Str(b)) => {
                let text = format!("{}{}", self.names.text(a), self.names.text(b));
                self.text(Some(&text))
            }
            (Detail::Plus, Value::Object(_), _) | (Detail::Plus, _, Value::Object(_)) => {
                self.concatenated(left, right)
            }
            (Detail::Remainder, Value::Str(_) | Value::Plain(Plain::Str), given) => {
                self.may_raise();
                self.read_elements(given);
                Value::Plain(Plain::Str)
            }
            (
                _,
                Value::Int(_) | Value::Plain(_) | Value::Str(_),
                Value::Int(_) | Value::Plain(_) | Value::Str(_),
            ) => Value::Plain(Plain::Other),
            (detail, Value::Unknown, Value::Int(_) | Value::Plain(_) | Value::Str(_))
            | (detail, Value::Int(_) | Value::Plain(_) | Value::Str(_), Value::Unknown)
                if detail.calculates() =>
            {
                self.may_raise();
                Value::Plain(Plain::Other)
            }
            _ => {
                self.may_raise();
                self.escape(left);
                self.escape(right);
                Value::Unknown
            }
        }
    }

    /// `[a] + [b]`.
    pub fn concatenated(&mut self, left: Value, right: Value) -> Value {
        let (Some(mut one), Some(other)) = (self.walk_quietly(left), self.walk_quietly(right))
        else {
            self.escape(left);
            self.escape(right);
            return Value::Unknown;
        };
        one.extend(other);
        self.collection(CollectionKind::List, one, Value::Never)
    }

    pub fn call_expression(&mut self, node: NodeId) -> Value {
        let Some(func) = self.node(node, Role::Func) else { return Value::Unknown };
        let function = self.evaluate(func);
        let args = self.arguments(node);
        let site = self.site(node);
        self.note_by_hand(func, function, site);
        self.call(function, args, site)
    }

    /// Says that a coroutine or task is used as if it were its result.
    pub fn too_early(
        &mut self,
        value: Value,
        site: super::value::Site,
        how: ValueUse,
        name: Option<Symbol>,
    ) {
        let fits = |one: &Value| match self.object(*one) {
            Some(Object::Coroutine(_)) => name.is_none_or(|name| !self.is_coroutine_member(name)),
            // A future is asked for its truth where there may be none.
            Some(Object::Future { .. }) if how == ValueUse::Truth => false,
            Some(Object::Future { .. }) => name.is_none_or(|name| !self.is_future_member(name)),
            _ => false,
        };
        // One of several is what all of them are.
        let all = self.heap.alternatives(value);
        let Some(value) = all.first().copied().filter(|_| all.iter().all(fits)) else { return };
        {
            let error = if how == ValueUse::Attribute { "AttributeError" } else { "TypeError" };
            let kind = EventKind::UsedTooEarly { value, how };
            match how {
                how if how.goes_on() => self.emit(site, kind),
                _ => {
                    self.care_for(value);
                    self.raise(error, site, kind, value);
                }
            }
        }
    }
}

/// Whether a part of an f-string has a format of its own, which objects do not understand.
fn is_formatted(tree: &Tree, part: NodeId) -> bool {
    let rest = tree.source().get(tree.range(part).end..).unwrap_or_default();
    rest.trim_start().strip_prefix(':').is_some_and(|it| !it.starts_with('}'))
}

fn number(text: &str) -> Value {
    match text.replace('_', "").parse() {
        Ok(number) => Value::Int(number),
        Err(_) if text.contains(['.', 'e', 'E', 'j', 'J']) => Value::Plain(Plain::Float),
        Err(_) => Value::Plain(Plain::Int),
    }
}

/// The whole number that an operator gives, where it is one that fits.
fn calculated(detail: Detail, a: i64, b: i64) -> Option<i64> {
    match detail {
        Detail::Plus => a.checked_add(b),
        Detail::Minus => a.checked_sub(b),
        Detail::Times => a.checked_mul(b),
        Detail::Power => a.checked_pow(u32::try_from(b).ok()?),
        _ => None,
    }
}
