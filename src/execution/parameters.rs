//! How arguments reach parameters.

use super::machine::Machine;
use super::value::{Args, CollectionKind, Function, Object, Value};
use crate::index::{Index, Scope};
use crate::knowledge::callables::{QualifiedName, Segment};
use crate::python::{Detail, Kind, NodeId, Role};

impl Machine<'_> {
    pub fn bind_parameters(
        &mut self,
        index: &Index,
        scope: &Scope,
        function: &Function,
        args: &Args,
    ) {
        let tree = &index.syntax.tree;
        let mut positional = args.positional.iter().copied();
        let mut named = args.named.clone();
        for (number, param) in scope.params.iter().enumerate() {
            let text = match tree.kind(*param) {
                Kind::Param { name } => tree.text(*name),
                _ => continue,
            };
            let symbol = self.names.symbol(text);
            let by_name = named.iter().position(|(name, _)| *name == symbol);
            let value = match tree.detail(*param) {
                Detail::Positionals => {
                    let rest: Vec<Value> = positional.by_ref().collect();
                    self.collection(
                        CollectionKind::Tuple,
                        rest,
                        args.spread.unwrap_or(Value::Never),
                    )
                }
                Detail::Keywords => self.keywords(std::mem::take(&mut named), args.spread),
                Detail::KeywordOnly => self.given(by_name, &mut named, function, number, args),
                _ => match positional.next() {
                    Some(value) => value,
                    None => self.given(by_name, &mut named, function, number, args),
                },
            };
            let handed = self.handed_to(function, number).filter(|_| value == Value::Unknown);
            let value = match (handed, tree.child(*param, Role::Annotation)) {
                (Some(handed), _) => handed,
                (None, Some(annotation)) if value == Value::Unknown => self.annotated(annotation),
                _ => value,
            };
            if let Some(variable) = index.variable(*param) {
                self.bind(variable, value);
            }
        }
    }

    pub fn given(
        &mut self,
        by_name: Option<usize>,
        named: &mut Vec<(crate::knowledge::callables::Symbol, Value)>,
        function: &Function,
        number: usize,
        args: &Args,
    ) -> Value {
        if let Some(at) = by_name {
            return named.swap_remove(at).1;
        }
        let default =
            function.defaults.iter().find(|(at, _)| *at == number).map(|(_, value)| *value);
        match (args.spread, default) {
            (Some(spread), Some(default)) => self.join(spread, default),
            (Some(spread), None) => spread,
            (None, Some(default)) => default,
            (None, None) => Value::Unknown,
        }
    }

    pub fn keywords(
        &mut self,
        named: Vec<(crate::knowledge::callables::Symbol, Value)>,
        spread: Option<Value>,
    ) -> Value {
        let keys = named.iter().map(|(name, _)| Value::Str(*name)).collect();
        let items = named.iter().map(|(_, value)| self.heap.slot(*value)).collect();
        let rest = self.heap.slot(spread.unwrap_or(Value::Never));
        let kind = CollectionKind::Dict;
        let names_of = None;
        let given = super::value::Collection { kind, keys, items, rest, names_of };
        self.new_object(Object::Collection(given))
    }

    /// What an annotation says of an argument that is not seen.
    pub fn annotated(&mut self, annotation: NodeId) -> Value {
        let Some(index) = self.index(self.cell()).cloned() else { return Value::Unknown };
        let tree = &index.syntax.tree;
        match tree.kind(annotation) {
            Kind::Name { .. } | Kind::Attribute { .. } => {}
            Kind::Subscript => return self.annotated_by_parts(annotation),
            _ => return Value::Unknown,
        }
        match self.evaluate(annotation) {
            Value::Path(path) if self.names_a_class(path) => {
                Value::Path(self.names.step(path, Segment::Call))
            }
            Value::Object(id) if matches!(self.heap.object(id), Some(Object::Class { .. })) => {
                let class = Value::Object(id);
                self.new_object(Object::Instance {
                    class,
                    fields: Default::default(),
                    is_open: true,
                })
            }
            _ => Value::Unknown,
        }
    }

    /// `Annotated[Session, …]` is a `Session`, and `Queue[int]` a `Queue`.
    fn annotated_by_parts(&mut self, annotation: NodeId) -> Value {
        let Some(index) = self.index(self.cell()).cloned() else { return Value::Unknown };
        let tree = &index.syntax.tree;
        let Some(base) = tree.child(annotation, Role::Value) else { return Value::Unknown };
        let of = match tree.kind(base) {
            Kind::Name { .. } | Kind::Attribute { .. } => self.evaluate(base),
            _ => return Value::Unknown,
        };
        let Value::Path(path) = of else { return self.annotated(base) };
        match self.names.spell(path).as_str() {
            "typing.Annotated" | "typing_extensions.Annotated" => {
                let items = tree.child(annotation, Role::Index);
                let first = items.and_then(|items| tree.child(items, Role::Element));
                first.map_or(Value::Unknown, |first| self.annotated(first))
            }
            name if name.starts_with("typing") => Value::Unknown,
            _ => self.annotated(base),
        }
    }

    pub fn names_a_class(&self, path: QualifiedName) -> bool {
        match self.names.last_step(path) {
            Some((from, Segment::Attribute(name))) => {
                from != self.words.builtins
                    && self.names.text(name).starts_with(|c: char| c.is_ascii_uppercase())
            }
            _ => false,
        }
    }
}
