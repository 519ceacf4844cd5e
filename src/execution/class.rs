//! Classes of the notebook: their bodies, what they inherit, and their instances.

use hashbrown::HashMap;

use super::machine::Machine;
use super::statement::Flow;
use super::value::{Args, Object, ObjectId, Site, Slot, Value};
use crate::knowledge::callables::{QualifiedName, Segment, Symbol};
use crate::python::{NodeId, Role};

/// Longer chains of bases are not followed.
const DEEPEST_BASES: usize = 16;

impl Machine<'_> {
    pub fn define_class(&mut self, node: NodeId) -> Flow {
        let site = self.site(node);
        let Some(index) = self.index(site.cell).cloned() else { return Flow::Next };
        let Some(scope) = index.opened_by(node).and_then(|id| index.scope(id)) else {
            return Flow::Next;
        };
        let bases: Vec<Value> =
            self.nodes(node, Role::Base).into_iter().map(|base| self.evaluate(base)).collect();
        let first = self.heap.slots(scope.locals.len(), Value::Never);
        let closure = self.calls.last().and_then(|call| call.frame);
        let frame = self.heap.add(Object::Frame { first, closure });
        let slot = |at: usize| Slot { index: first.index + at as u32, ..first };
        let attributes: HashMap<Symbol, Slot> = scope
            .locals
            .iter()
            .enumerate()
            .filter_map(|(at, name)| Some((self.symbol_of(site.cell, *name)?, slot(at))))
            .collect();
        let meta = self.class_keywords(node);
        self.note_bases(&bases);
        let class = self.heap.add(Object::Class { def: site, bases, meta, attributes });
        let space = self.calls.last().map_or(0, |call| call.space);
        let mut call = self.call_of(site.cell, space, Some(frame));
        call.method_of = Some((class, Value::Never));
        self.calls.push(call);
        let statements = self.nodes(node, Role::Body);
        self.execute_all(&statements);
        self.end_call();
        self.note_hooks(class);
        self.make_members(class, site);
        self.tell_base(class, site);
        let value = self.decorate(node, Value::Object(class));
        if let Some(variable) = self.index(site.cell).and_then(|it| it.variable(node)) {
            self.bind(variable, value);
        }
        Flow::Next
    }

    /// A class may change what calls of its base's library do, as an object of the base would.
    fn note_bases(&mut self, bases: &[Value]) {
        for base in bases {
            if let Value::Path(path) = *base {
                let made = self.names.step(path, Segment::Call);
                self.made.insert(made);
            }
        }
    }

    /// A class that is made is shown to the `__init_subclass__` of its bases.
    fn tell_base(&mut self, class: ObjectId, site: Site) {
        let Some(name) = self.names.find("__init_subclass__") else { return };
        if let Some(method) = self.member_after(class, name).0 {
            let function = match self.object(method) {
                Some(Object::Descriptor { function, .. }) => *function,
                _ => method,
            };
            self.call(function, Args::one(Value::Object(class)), site);
        }
    }

    /// The class in whose body code runs right now.
    pub fn class_around(&self) -> Option<ObjectId> {
        let (class, receiver) = self.calls.last()?.method_of?;
        (receiver == Value::Never).then_some(class)
    }

    /// What a class gives for a name, looked up through its bases; the second says whether all
    /// that was asked is known.
    pub fn class_member(&self, class: Value, name: Symbol) -> (Option<Value>, bool) {
        self.member_of(class, name, 0)
    }

    fn member_of(&self, class: Value, name: Symbol, depth: usize) -> (Option<Value>, bool) {
        match self.object(class) {
            Some(Object::Class { bases, attributes, .. }) if depth < DEEPEST_BASES => {
                let own = attributes.get(&name).map(|slot| self.heap.get(*slot));
                if let Some(value) = own.filter(|value| *value != Value::Never) {
                    return (Some(value), true);
                }
                self.member_of_bases(bases, name, depth)
            }
            _ => (None, self.is_plain_base(class)),
        }
    }

    fn member_of_bases(
        &self,
        bases: &[Value],
        name: Symbol,
        depth: usize,
    ) -> (Option<Value>, bool) {
        let mut known = true;
        for base in bases {
            let (found, complete) = self.member_of(*base, name, depth + 1);
            known &= complete;
            if found.is_some() {
                return (found, known);
            }
        }
        (None, known)
    }

    /// The next definition of a name after `class` in its own bases.
    pub fn member_after(&self, class: ObjectId, name: Symbol) -> (Option<Value>, bool) {
        match self.heap.object(class) {
            Some(Object::Class { bases, .. }) => self.member_of_bases(bases, name, 0),
            _ => (None, false),
        }
    }

    /// The method of a library's class that a class of the notebook inherits, where the tables know
    /// it. A base of which nothing is known may bring another one.
    pub fn library_member(
        &mut self,
        class: Value,
        name: Symbol,
        depth: usize,
    ) -> Option<QualifiedName> {
        let Some(Object::Class { bases, .. }) = self.object(class).cloned() else { return None };
        for base in bases.into_iter().filter(|_| depth < DEEPEST_BASES) {
            match base {
                Value::Path(path) => {
                    let made = self.names.step(path, Segment::Call);
                    let method = self.names.step(made, Segment::Attribute(name));
                    if self.input.tables.callables.get(&self.names, method).is_some() {
                        return Some(method);
                    }
                    if !self.is_plain_base(base) {
                        return None;
                    }
                }
                Value::Object(_) => {
                    let inherited = self.library_member(base, name, depth + 1);
                    if inherited.is_some() || !self.has_known_bases(base) {
                        return inherited;
                    }
                }
                _ => return None,
            }
        }
        None
    }

    /// Bases that bring no methods that matter here.
    pub fn is_plain_base(&self, base: Value) -> bool {
        match base {
            Value::Path(path) => {
                let path = self.names.spell(path);
                matches!(
                    path.as_str(),
                    "builtins.object"
                        | "abc.ABC"
                        | "typing.Protocol"
                        | "enum.Enum"
                        | "typing.NamedTuple"
                        | "typing.Generic"
                        | "typing.TypedDict"
                )
            }
            Value::None | Value::Plain(_) => true,
            _ => false,
        }
    }

    /// What an instance's class gives for a special method, bound to the instance.
    pub fn class_attribute(&mut self, instance: Value, name: Symbol) -> Option<Value> {
        let class = match self.object(instance) {
            Some(Object::Instance { class, .. }) => *class,
            _ => return None,
        };
        let found = self.class_member(class, name).0?;
        Some(self.bound(found, instance, class))
    }

    /// Makes an instance: `__new__` as usual, then `__init__`, and `__post_init__` of dataclasses.
    pub fn instantiate(&mut self, class: ObjectId, args: Args, site: Site) -> Value {
        let class_value = Value::Object(class);
        // What `__new__` gives is the object, and where it is `async`, a coroutine.
        let new = self.names.find("__new__").and_then(|it| self.class_member(class_value, it).0);
        if let Some(new) = new.filter(|it| self.is_coroutine_function(*it) == Some(true)) {
            return self.call(new, args.after(class_value), site);
        }
        let (init, init_known) = self.class_member(class_value, self.words.init);
        let fields = HashMap::new();
        let is_open = !self.has_known_bases(class_value);
        let instance = self.new_object(Object::Instance { class: class_value, fields, is_open });
        match init {
            Some(init) => {
                let init = self.bound(init, instance, class_value);
                let given = self.call(init, args, site);
                self.note_unawaited("__init__", given, site);
            }
            None => self.fill_fields(class, instance, &args, init_known, site),
        }
        self.note_awaitable(instance, class_value, site);
        instance
    }

    pub fn has_known_bases(&self, class: Value) -> bool {
        // A name that nobody binds is looked for in every base.
        self.class_member(class, self.words.nobody).1
    }

    /// A dataclass takes its fields in order, by place or by name.
    fn fill_fields(
        &mut self,
        class: ObjectId,
        instance: Value,
        args: &Args,
        is_known: bool,
        site: Site,
    ) {
        let fields = self.declared_fields(class);
        self.fill_defaults(Value::Object(class), instance, &fields, args, site);
        if !is_known {
            return self.escape_all(args);
        }
        for (at, name) in fields.iter().enumerate() {
            if let Some(value) = args.get(at, Some(*name)) {
                self.set_attribute(instance, *name, value);
            }
        }
        if fields.is_empty() {
            self.escape_all(args);
        }
        self.consult(instance, ["__post_init__"], Args::default(), site);
    }

    /// The annotated names of a class body, in order, those of its bases first.
    fn declared_fields(&mut self, class: ObjectId) -> Vec<Symbol> {
        let Some(Object::Class { def, bases, .. }) = self.heap.object(class).cloned() else {
            return Vec::new();
        };
        let mut fields = Vec::new();
        for base in bases {
            if let Value::Object(base) = base
                && base != class
            {
                fields.extend(self.declared_fields(base));
            }
        }
        let Some(index) = self.index(def.cell).cloned() else { return fields };
        let tree = &index.syntax.tree;
        for statement in tree.children_in(def.node, Role::Body) {
            if !matches!(tree.kind(statement), crate::python::Kind::AnnAssign) {
                continue;
            }
            if let Some(target) = tree.child(statement, Role::Target) {
                let symbol = self.names.symbol(tree.source_of(target));
                fields.push(symbol);
            }
        }
        fields
    }
}
