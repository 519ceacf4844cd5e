//! What awaiting an expression does, over everything that it calls here: whether many of its kind
//! may wait at the same time and give what they give one after another.

use hashbrown::HashMap;
use std::collections::BTreeSet;

use super::definitions::own_nodes;
use super::scope::{How, MODULE};
use super::{Facts, FnId, Site, Usage, Value};
use crate::knowledge::Effect;
use crate::python::{Kind, NameUse, Role};

/// What is known of awaiting something that changes nothing of the notebook's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waiting {
    /// It hands control back to the loop.
    pub suspends: bool,
    pub sleeps: bool,
    /// It asks a service for something.
    pub asks: bool,
    pub prints: bool,
    /// Many calls wait together in it already.
    pub gathers: bool,
    /// The notebook's global names that it reads.
    pub reads: BTreeSet<String>,
}

/// The values of a function's parameters at one call, by name.
pub(super) type Arguments = HashMap<String, Value>;

impl Waiting {
    /// Whether many of these may wait together, and there is something to win by it. A pause
    /// beside a request is a rate limit; who gathers already has chosen how many wait at once.
    pub fn may_join(&self) -> bool {
        let paced = self.sleeps && self.asks;
        self.suspends && !self.prints && !self.gathers && !paced
    }
}

impl Facts<'_> {
    /// What awaiting the expression at `site` does, where everything that it does is known and
    /// leaves nothing behind. Names that are bound inside `region` belong to this one wait.
    pub fn waiting(&self, site: Site, region: Site) -> Option<Waiting> {
        let mut reader = Reader { facts: self, seen: Vec::new(), found: Waiting::default() };
        let place = Place { region, arguments: self.own_arguments(site), in_thread: false };
        let clean = reader.awaited(site, &place) && reader.expression(site, &place);
        clean.then_some(reader.found)
    }

    /// What calling a plain function of the notebook does, under the same conditions.
    pub fn doing(&self, call: Site, region: Site) -> Option<Waiting> {
        let mut reader = Reader { facts: self, seen: Vec::new(), found: Waiting::default() };
        let place = Place { region, arguments: self.own_arguments(call), in_thread: true };
        reader.call(call, &place).then_some(reader.found)
    }

    /// What the parameters of the function around `site` are, where all its calls agree.
    pub(super) fn own_arguments(&self, site: Site) -> Arguments {
        let Some(owner) = self.owner(site) else { return Arguments::new() };
        let mut known: Option<Arguments> = None;
        for call in self.calls_of(owner) {
            let here = self.arguments_of(call.site, owner, &Arguments::new());
            known = Some(match known {
                None => here,
                Some(mut old) => {
                    old.retain(|name, value| here.get(name) == Some(value));
                    old
                }
            });
        }
        known.unwrap_or_default()
    }

    /// The values that a call gives to the parameters of `callee`.
    pub(super) fn arguments_of(&self, call: Site, callee: FnId, outer: &Arguments) -> Arguments {
        let Some(function) = self.function(callee) else { return Arguments::new() };
        let bound = usize::from(function.class.is_some());
        let params = self.children_in(function.site, Role::Param).skip(bound).enumerate();
        let value = |(at, param): (usize, Site)| {
            let Kind::Param { name } = self.kind(param) else { return None };
            let name = self.tree(param.cell).text(*name);
            let argument = self.argument(call, at, name)?;
            Some((name.to_owned(), self.value_with(argument, outer)))
        };
        params.filter_map(value).collect()
    }

    /// The value of an expression whose names may be parameters.
    pub(super) fn value_with(&self, site: Site, arguments: &Arguments) -> Value {
        let known = self.value(site);
        if known != Value::Unknown {
            return known;
        }
        let inner = |role| self.child(site, role).map(|it| self.value_with(it, arguments));
        match self.kind(site) {
            Kind::Name { .. } if self.is_parameter(site) => {
                arguments.get(self.source_of(site)).cloned().unwrap_or(Value::Unknown)
            }
            Kind::Attribute { name } => match inner(Role::Value) {
                Some(Value::Path(path)) => {
                    let name = self.tree(site.cell).text(*name);
                    Value::Path(format!("{path}.{name}"))
                }
                _ => Value::Unknown,
            },
            Kind::Call => match inner(Role::Func) {
                Some(Value::Path(path)) => Value::Path(format!("{path}()")),
                _ => Value::Unknown,
            },
            _ => Value::Unknown,
        }
    }

    fn is_parameter(&self, name: Site) -> bool {
        let bindings = self.bindings(name);
        !bindings.is_empty() && bindings.iter().all(|(_, it)| matches!(it.how, How::Param(_)))
    }
}

/// The body that is read.
struct Place {
    /// The function, or the part of it, whose own names are fresh.
    region: Site,
    arguments: Arguments,
    /// Blocking is no fault in a worker thread.
    in_thread: bool,
}

/// Reads bodies; each answer is `false` as soon as something is not known or leaves a trace.
struct Reader<'f, 't> {
    facts: &'f Facts<'t>,
    seen: Vec<FnId>,
    found: Waiting,
}

impl Reader<'_, '_> {
    /// The expression and everything in it.
    fn expression(&mut self, site: Site, place: &Place) -> bool {
        let facts = self.facts;
        std::iter::once(site).chain(facts.descendants(site)).all(|node| self.node(node, place))
    }

    fn function(&mut self, id: FnId, arguments: Arguments, in_thread: bool) -> bool {
        let facts = self.facts;
        let Some(function) = facts.function(id) else { return false };
        if self.seen.contains(&id) || function.is_generator {
            return false;
        }
        self.seen.push(id);
        let place = Place { region: function.site, arguments, in_thread };
        let tree = facts.tree(function.site.cell);
        let own: Vec<Site> = own_nodes(tree, function.site.node)
            .map(|node| Site { node, ..function.site })
            .filter(|node| *node != function.site && !facts.is_signature(*node, function.site))
            .collect();
        let clean = own.into_iter().all(|node| self.node(node, &place));
        self.seen.pop();
        clean
    }

    fn node(&mut self, site: Site, place: &Place) -> bool {
        match self.facts.kind(site) {
            Kind::Call => self.call(site, place),
            Kind::Await => {
                let operand = self.facts.child(site, Role::Value);
                operand.is_some_and(|operand| self.awaited(operand, place))
            }
            Kind::With { is_async } => self.entered(site, *is_async, place),
            Kind::Name { used: NameUse::Load } => self.read(site),
            Kind::Name { used: NameUse::Store } => self.bound(site),
            Kind::Attribute { .. } | Kind::Subscript if self.is_target(site) => {
                self.facts.is_fresh(site, place.region)
            }
            Kind::For { is_async: true }
            | Kind::Clause { is_async: true }
            | Kind::While
            | Kind::Yield
            | Kind::Global { .. }
            | Kind::Nonlocal { .. }
            | Kind::Delete
            | Kind::Escape { .. }
            | Kind::ClassDef { .. }
            | Kind::Match
            | Kind::Opaque => false,
            _ => true,
        }
    }

    /// Adds to `reads`; modules, functions and classes stay what they are.
    fn read(&mut self, name: Site) -> bool {
        let facts = self.facts;
        let text = facts.source_of(name);
        let changes = |how: &How| !matches!(how, How::Import(_) | How::Function(_) | How::Class(_));
        if facts.binding_scope(name) == MODULE
            && facts.global(text).iter().any(|(_, binding)| changes(&binding.how))
        {
            self.found.reads.insert(text.to_owned());
        }
        true
    }

    /// `items += more` changes the list that a parameter stands for.
    fn bound(&self, name: Site) -> bool {
        let facts = self.facts;
        let grows = facts.parent(name).is_some_and(|up| matches!(facts.kind(up), Kind::AugAssign));
        let is_param = facts.bindings(name).iter().any(|(_, it)| matches!(it.how, How::Param(_)));
        !grows || !is_param
    }

    fn is_target(&self, site: Site) -> bool {
        let facts = self.facts;
        let mut inner = site;
        while let Some(up) = facts.parent(inner) {
            if facts.role(inner) == Role::Target {
                return true;
            }
            if !matches!(facts.kind(up), Kind::Tuple { .. } | Kind::List | Kind::Starred) {
                return false;
            }
            inner = up;
        }
        false
    }

    fn call(&mut self, site: Site, place: &Place) -> bool {
        let facts = self.facts;
        let Some(func) = facts.child(site, Role::Func) else { return false };
        match facts.value_with(func, &place.arguments) {
            Value::Function(id) => {
                let arguments = facts.arguments_of(site, id, &place.arguments);
                self.function(id, arguments, place.in_thread)
            }
            Value::Class(class) => {
                let special = ["__init__", "__new__", "__post_init__"];
                special.iter().all(|name| facts.method(class, name, 0).is_none())
            }
            Value::Path(path) => self.path_call(site, func, &path, place),
            _ if facts.asks_an_item(func) => {
                self.found.asks = true;
                !facts.continues_a_talk(site)
            }
            _ => self.method_call(func, place),
        }
    }

    fn path_call(&mut self, site: Site, func: Site, path: &str, place: &Place) -> bool {
        let facts = self.facts;
        if facts.tables.blocking(path).is_some() && !place.in_thread {
            return path == "builtins.open" && facts.only_reads(site);
        }
        if facts.asks_a_service(func, path) {
            self.found.asks = true;
            return !facts.continues_a_talk(site);
        }
        self.found.gathers |= matches!(path, "asyncio.gather" | "asyncio.TaskGroup");
        match facts.tables.effects.of(path) {
            Effect::Sleeps => self.found.sleeps = true,
            Effect::Prints => self.found.prints = true,
            Effect::Thread => return self.thread(site, place),
            Effect::Starts => return facts.usage(site) == Usage::Awaited,
            Effect::Harmless => {}
            Effect::Unknown => return path.contains("()") && self.method_call(func, place),
        }
        true
    }

    /// `to_thread(f, …)` and `loop.run_in_executor(pool, f, …)`.
    fn thread(&mut self, site: Site, place: &Place) -> bool {
        let facts = self.facts;
        let at = usize::from(facts.callee_text(site).ends_with("run_in_executor"));
        let Some(function) = facts.argument(site, at, "func") else { return false };
        match facts.value_with(function, &place.arguments) {
            Value::Function(id) => self.function(id, Arguments::new(), true),
            Value::Path(path) if facts.asks_a_service(function, &path) => {
                self.found.asks = true;
                true
            }
            Value::Path(path) => match facts.tables.effects.of(&path) {
                Effect::Sleeps => {
                    self.found.sleeps = true;
                    true
                }
                Effect::Harmless => true,
                _ => false,
            },
            _ => false,
        }
    }

    /// A method of an object that nothing else knows, or one that only looks.
    fn method_call(&self, func: Site, place: &Place) -> bool {
        let Kind::Attribute { name } = self.facts.kind(func) else { return false };
        let name = self.facts.tree(func.cell).text(*name);
        self.facts.is_fresh(func, place.region) || self.facts.tables.effects.only_looks(name)
    }

    /// The operand of an `await`.
    fn awaited(&mut self, operand: Site, place: &Place) -> bool {
        let facts = self.facts;
        match facts.kind(operand) {
            Kind::Call => {}
            // A coroutine object that was made before.
            Kind::Name { .. } => return self.coroutine_object(operand),
            _ => return false,
        }
        let Some(func) = facts.child(operand, Role::Func) else { return false };
        match facts.value_with(func, &place.arguments) {
            Value::Function(id) => facts.function(id).is_some_and(|it| it.is_coroutine_function()),
            Value::Path(path) => {
                let waits = facts.tables.effects.waits(&path) || facts.asks_a_service(func, &path);
                let own = path.contains("()") && facts.is_fresh(func, place.region);
                self.found.suspends |= waits || own;
                waits || own
            }
            _ => {
                let own = matches!(facts.kind(func), Kind::Attribute { .. })
                    && (facts.is_fresh(func, place.region) || facts.asks_an_item(func));
                self.found.suspends |= own;
                own
            }
        }
    }

    /// `later = f(x)`, then `await later`; or one of a list of such.
    fn coroutine_object(&mut self, name: Site) -> bool {
        let facts = self.facts;
        let Some(made) = facts.made_coroutine(name) else { return false };
        let Value::Coroutine(id) = facts.value(made) else { return false };
        let arguments = facts.arguments_of(made, id, &Arguments::new());
        self.function(id, arguments, false)
    }

    /// `async with client.get(…) as response`, `with open(…) as file`.
    fn entered(&mut self, with: Site, is_async: bool, place: &Place) -> bool {
        let facts = self.facts;
        let items = facts.children_in(with, Role::Context);
        let managers = items.filter_map(|item| facts.child(item, Role::Context));
        for manager in managers {
            let path = match facts.kind(manager) {
                Kind::Call => facts.child(manager, Role::Func),
                _ => return false,
            };
            let Some(func) = path else { return false };
            let value = facts.value_with(func, &place.arguments);
            let Some(path) = value.path() else { return false };
            let asks = facts.asks_a_service(func, path);
            if !asks && !facts.tables.effects.may_be_entered(path) {
                return false;
            }
            self.found.suspends |= is_async && (asks || path == "asyncio.TaskGroup");
        }
        true
    }
}
