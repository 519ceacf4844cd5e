//! What awaiting an expression does, over everything that it calls here: whether many of its kind
//! may wait at the same time and give what they give one after another.

use std::cell::Cell;
use std::collections::BTreeSet;

use crate::execution::{Bindings, How, Run, Site, ValueKind, starts_task};
use crate::knowledge::Effect;
use crate::knowledge::tables::Tables;
use crate::python::{Builds, Kind, NameUse, Role};

/// Places that the answer to one question may look at, and functions that call each other there.
const MOST: usize = 5_000;
const DEEPEST: usize = 40;

/// What is known of awaiting something that changes nothing of the notebook's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Waiting {
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

impl Waiting {
    /// Whether many of these may wait together, and there is something to win by it. A pause
    /// beside a request is a rate limit; who gathers already has chosen how many wait at once.
    pub fn may_join(&self) -> bool {
        let paced = self.sleeps && self.asks;
        self.suspends && !self.prints && !self.gathers && !paced
    }
}

/// A notebook that ran, and where it binds its names.
pub(super) struct Reader<'r, 't> {
    pub run: &'r Run<'t>,
    pub tables: &'r Tables,
    pub bindings: Bindings<'r, 't>,
}

impl<'r, 't> Reader<'r, 't> {
    pub fn new(run: &'r Run<'t>) -> Self {
        Self { run, tables: run.tables(), bindings: Bindings::of(run) }
    }

    /// What awaiting the expression at `site` does, where everything that it does is known and
    /// leaves nothing behind. Names that are bound inside `region` belong to this one wait.
    pub fn waiting(&self, site: Site, region: Site) -> Option<Waiting> {
        let mut walk = Walk::new(self);
        let place = Place { region, in_thread: false };
        let clean = walk.awaited(site, place) && walk.expression(site, place);
        clean.then_some(walk.found)
    }

    /// What calling a plain function of the notebook does, under the same conditions.
    pub fn doing(&self, call: Site, region: Site) -> Option<Waiting> {
        let mut walk = Walk::new(self);
        walk.call(call, Place { region, in_thread: true }).then_some(walk.found)
    }

    /// Whether every callable that `func` may be asks a service for something and leaves nothing
    /// behind.
    pub fn asks_a_service(&self, func: Site) -> bool {
        let paths = self.run.paths(func);
        !paths.is_empty() && paths.iter().all(|path| self.tables.effects.is_request(path))
    }

    /// What makes a coroutine: `fetch(x)` in `create_task(fetch(x))` too.
    pub fn started(&self, operand: Site) -> Site {
        let run = self.run;
        let is_task = || self.starts_task(operand);
        let only = run.only_argument(operand);
        only.filter(|_| matches!(run.kind(operand), Kind::Call) && is_task()).unwrap_or(operand)
    }

    /// Whether a call starts a task that its caller has to look after.
    fn starts_task(&self, call: Site) -> bool {
        self.run.path_of_call(call).is_some_and(|path| starts_task(&path))
    }

    /// Whether a request is part of a talk that has an order.
    fn continues_a_talk(&self, call: Site) -> bool {
        let talks = self.tables.effects.talks();
        talks.iter().any(|name| self.run.argument(call, usize::MAX, name).is_some())
    }
}

/// The body that is read.
#[derive(Clone, Copy)]
struct Place {
    /// The function, or the part of it, whose own names are fresh.
    region: Site,
    /// Blocking is no fault in a worker thread.
    in_thread: bool,
}

/// Reads bodies; each answer is `false` as soon as something is not known or leaves a trace.
struct Walk<'w, 'r, 't> {
    reader: &'w Reader<'r, 't>,
    run: &'r Run<'t>,
    seen: Vec<Site>,
    left: Cell<usize>,
    found: Waiting,
}

impl<'w, 'r, 't> Walk<'w, 'r, 't> {
    fn new(reader: &'w Reader<'r, 't>) -> Self {
        let (run, left) = (reader.run, Cell::new(MOST));
        Self { reader, run, seen: Vec::new(), left, found: Waiting::default() }
    }

    /// The expression and everything in it.
    fn expression(&mut self, site: Site, place: Place) -> bool {
        let run = self.run;
        run.within(site).all(|node| self.node(node, place))
    }

    fn function(&mut self, def: Site, in_thread: bool) -> bool {
        let run = self.run;
        if self.seen.len() > DEEPEST || self.seen.contains(&def) || run.is_generator(def) {
            return false;
        }
        self.seen.push(def);
        let place = Place { region: def, in_thread };
        // What no call comes to, as where an argument is refused, was never looked at: nothing is
        // known of it, and nothing of it happens.
        let is_called = run.body_of(def).any(|node| run.comes_to(node));
        let happens = |node: &Site| !is_called || run.comes_to(*node);
        let clean = run.body_of(def).filter(happens).all(|node| self.node(node, place));
        self.seen.pop();
        clean
    }

    fn node(&mut self, site: Site, place: Place) -> bool {
        let Some(left) = self.left.get().checked_sub(1) else { return false };
        self.left.set(left);
        match self.run.kind(site) {
            Kind::Call => self.call(site, place),
            Kind::Await => {
                let operand = self.run.child(site, Role::Value);
                operand.is_some_and(|operand| self.awaited(operand, place))
            }
            Kind::With { is_async } => self.entered(site, *is_async),
            Kind::Name { used: NameUse::Load } => {
                self.read(site);
                true
            }
            Kind::Name { used: NameUse::Store } => !self.grows_parameter(site),
            Kind::Attribute { .. } | Kind::Subscript if self.is_target(site) => {
                self.reader.bindings.is_fresh(site, place.region)
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
    fn read(&mut self, name: Site) {
        if self.run.is_shared(name) && self.reader.bindings.is_variable(name) {
            self.found.reads.insert(self.run.source_of(name).to_owned());
        }
    }

    /// `items += more` changes the list that a parameter stands for.
    fn grows_parameter(&self, name: Site) -> bool {
        let run = self.run;
        let grows = run.parent(name).is_some_and(|up| matches!(run.kind(up), Kind::AugAssign));
        grows && self.reader.bindings.is_parameter(name)
    }

    fn is_target(&self, site: Site) -> bool {
        let run = self.run;
        let mut inner = site;
        while let Some(up) = run.parent(inner) {
            if run.role(inner) == Role::Target {
                return true;
            }
            if !matches!(run.kind(up), Kind::Tuple { .. } | Kind::List | Kind::Starred) {
                return false;
            }
            inner = up;
        }
        false
    }

    fn call(&mut self, site: Site, place: Place) -> bool {
        let run = self.run;
        let Some(func) = run.child(site, Role::Func) else { return false };
        let functions = run.definitions(func, ValueKind::Function);
        if !functions.is_empty() {
            return functions.into_iter().all(|def| self.function(def, place.in_thread));
        }
        if let Some(class) = run.class(func) {
            return !run.has_constructor(class);
        }
        if self.reader.asks_a_service(func) {
            self.found.asks = true;
            return !self.reader.continues_a_talk(site);
        }
        match run.path(func) {
            Some(path) => self.path_call(site, func, &path, place),
            None => self.method_call(func, place),
        }
    }

    fn path_call(&mut self, site: Site, func: Site, path: &str, place: Place) -> bool {
        let tables = self.reader.tables;
        if tables.blocking(path).is_some() && !place.in_thread {
            return path == "builtins.open" && self.only_reads(site);
        }
        self.found.gathers |= matches!(path, "asyncio.gather" | "asyncio.TaskGroup");
        match tables.effects.of(path) {
            Effect::Sleeps => self.found.sleeps = true,
            Effect::Prints => self.found.prints = true,
            Effect::Thread => return self.thread(site),
            Effect::Starts => {
                let up = self.run.parent(site);
                return up.is_some_and(|up| matches!(self.run.kind(up), Kind::Await));
            }
            Effect::Harmless => {}
            Effect::Unknown => return path.contains("()") && self.method_call(func, place),
        }
        true
    }

    /// Whether `open(…)` is given no mode that writes.
    fn only_reads(&self, call: Site) -> bool {
        let Some(mode) = self.run.argument(call, 1, "mode") else { return true };
        let text = self.run.tree(mode.cell).string(mode.node);
        text.is_some_and(|mode| !mode.contains(['w', 'a', 'x', '+']))
    }

    /// `to_thread(f, …)` and `loop.run_in_executor(pool, f, …)`.
    fn thread(&mut self, site: Site) -> bool {
        let run = self.run;
        let at = usize::from(run.callee(site).ends_with("run_in_executor"));
        let Some(function) = run.argument(site, at, "func") else { return false };
        let functions = run.definitions(function, ValueKind::Function);
        if !functions.is_empty() {
            return functions.into_iter().all(|def| self.function(def, true));
        }
        if self.reader.asks_a_service(function) {
            self.found.asks = true;
            return true;
        }
        match run.path(function).map(|path| self.reader.tables.effects.of(&path)) {
            Some(Effect::Sleeps) => {
                self.found.sleeps = true;
                true
            }
            Some(Effect::Harmless) => true,
            _ => false,
        }
    }

    /// A method of an object that nothing else knows, or one that only looks.
    fn method_call(&self, func: Site, place: Place) -> bool {
        let Kind::Attribute { name } = self.run.kind(func) else { return false };
        let name = self.run.tree(func.cell).text(*name);
        self.reader.bindings.is_fresh(func, place.region)
            || self.reader.tables.effects.only_looks(name)
    }

    /// The operand of an `await`.
    fn awaited(&mut self, operand: Site, place: Place) -> bool {
        let (run, tables) = (self.run, self.reader.tables);
        match run.kind(operand) {
            Kind::Call => {}
            // A coroutine object that was made before.
            Kind::Name { .. } => {
                let makers = run.definitions(operand, ValueKind::Coroutine);
                return self.is_made_here(operand)
                    && !makers.is_empty()
                    && makers.into_iter().all(|it| self.function(it, false));
            }
            _ => return false,
        }
        let Some(func) = run.child(operand, Role::Func) else { return false };
        let functions = run.definitions(func, ValueKind::Function);
        if !functions.is_empty() {
            let is_async = |def: &Site| {
                matches!(run.kind(*def), Kind::FunctionDef { is_async: true, .. })
                    && !run.is_generator(*def)
            };
            return functions.iter().all(is_async);
        }
        let path = run.path(func);
        let waits = self.reader.asks_a_service(func)
            || path.as_ref().is_some_and(|path| tables.effects.waits(path));
        let is_method = match &path {
            Some(path) => path.contains("()"),
            None => matches!(run.kind(func), Kind::Attribute { .. }),
        };
        let own = is_method && self.reader.bindings.is_fresh(func, place.region);
        self.found.suspends |= waits || own;
        waits || own
    }

    /// Whether a name stands for what one call gives, or for the items of a list that is written out.
    fn is_made_here(&self, name: Site) -> bool {
        let (run, bindings) = (self.run, &self.reader.bindings);
        let iterable = match bindings.only(name) {
            Some(How::Value(made)) => return matches!(run.kind(made), Kind::Call),
            Some(How::Iterate(iterable)) => iterable,
            _ => return false,
        };
        let list = match run.kind(iterable) {
            Kind::Name { .. } => bindings.only_value(iterable).unwrap_or(iterable),
            _ => iterable,
        };
        matches!(run.kind(list), Kind::List | Kind::Comprehension { builds: Builds::List, .. })
    }

    /// `async with client.get(…) as response`, `with open(…) as file`.
    fn entered(&mut self, with: Site, is_async: bool) -> bool {
        let run = self.run;
        for item in run.children_in(with, Role::Context) {
            let Some(manager) = run.child(item, Role::Context) else { continue };
            let func = run.child(manager, Role::Func);
            let Some(func) = func.filter(|_| matches!(run.kind(manager), Kind::Call)) else {
                return false;
            };
            let Some(path) = run.path(func) else { return false };
            let asks = self.reader.asks_a_service(func);
            if !asks && !self.reader.tables.effects.may_be_entered(&path) {
                return false;
            }
            self.found.suspends |= is_async && (asks || path == "asyncio.TaskGroup");
        }
        true
    }
}
