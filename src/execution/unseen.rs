//! Functions that no cell calls: they are run once, from nowhere in particular, and their methods
//! on an object as its class makes it.

use hashbrown::{HashMap, HashSet};

use super::event::Context;
use super::machine::Machine;
use super::value::{Args, Loop, Object, ObjectId, Site, Value};
use crate::knowledge::callables::Symbol;
use crate::python::{Kind, NodeId, Role};

/// Objects of the notebook's classes are known so far in the attributes of others.
const NESTED: usize = 3;

impl Machine<'_> {
    /// Runs a function from nowhere in particular, with arguments of which nothing is known.
    pub fn run_unseen(&mut self, value: Value, context: Context) {
        let Some(Object::Function(function)) = self.object(value).cloned() else { return };
        if self.entered.contains(&function.def) {
            return;
        }
        self.during = function.def.cell;
        self.stack = None;
        self.context = context;
        if self.is_coroutine_function(value) == Some(true) {
            // Whoever runs it, a loop runs there.
            self.context = Context { running: Loop::Own(function.def), on_loop: true, ..context };
        }
        // A coroutine function is run where a loop runs, whoever calls it.
        let guess = u32::from(self.context.running == Loop::Unknown);
        self.doubt += 1;
        self.guesses += guess;
        let args = Args::unknown();
        let args = match function.class {
            Some(class) if self.takes_receiver(&function) => {
                let receiver = self.receiver(class, function.def, NESTED);
                args.after(receiver)
            }
            _ => args,
        };
        let (result, yielded) = self.run_body(value, &function, &args, function.def);
        self.escape(result);
        self.escape(yielded);
        // Whoever called it has what it was given.
        self.escape_all(&args);
        self.doubt -= 1;
        self.guesses -= guess;
    }

    /// An object of a class, as it is when its methods run: with what `__init__` alone sets, as far
    /// as that has members which matter. What it holds may have changed since.
    fn receiver(&mut self, class: ObjectId, site: Site, depth: usize) -> Value {
        let fields = match depth.checked_sub(1) {
            Some(depth) => self.fields_of(class, site, depth),
            None => HashMap::new(),
        };
        let class = Value::Object(class);
        let fields =
            fields.into_iter().map(|(name, value)| (name, self.heap.slot(value))).collect();
        self.new_object(Object::Instance { class, fields, is_open: true })
    }

    fn fields_of(&mut self, class: ObjectId, site: Site, depth: usize) -> HashMap<Symbol, Value> {
        if let Some(known) = self.missing.receivers.get(&class) {
            return known.clone();
        }
        // An object whose class makes another of its own kind is known no further.
        self.missing.receivers.insert(class, HashMap::new());
        let fields = self.initialised(Value::Object(class), site);
        let set_again = self.set_more_than_once(class);
        let mut known = HashMap::new();
        for (name, value) in fields.into_iter().filter(|(name, _)| !set_again.contains(name)) {
            let value = match value {
                Value::Path(path) => Value::Path(path),
                value => match self.object(value).cloned() {
                    Some(Object::Foreign(foreign)) => Value::Path(foreign.path),
                    Some(Object::Instance { class: Value::Object(other), .. }) => {
                        self.receiver(other, site, depth)
                    }
                    _ => continue,
                },
            };
            known.insert(name, value);
        }
        self.missing.receivers.insert(class, known.clone());
        known
    }

    /// What an object of a class holds when its plain `__init__` is done with whatever it is given.
    fn initialised(&mut self, class: Value, site: Site) -> HashMap<Symbol, Value> {
        let init = self.class_member(class, self.words.init).0;
        let Some(init) = init.filter(|it| self.is_coroutine_function(*it) == Some(false)) else {
            return HashMap::new();
        };
        let new = Object::Instance { class, fields: Default::default(), is_open: true };
        let object = self.new_object(new);
        let args = Args::unknown();
        let init = self.bound(init, object, class);
        self.call(init, args, site);
        let fields = match self.object(object) {
            Some(Object::Instance { fields, .. }) => fields.clone(),
            _ => HashMap::new(),
        };
        let held = fields.into_iter().map(|(name, slot)| (name, self.heap.get(slot))).collect();
        // Whoever made it has what it holds.
        self.escape(object);
        held
    }

    /// The attributes that a class's methods set in more than one place.
    fn set_more_than_once(&mut self, class: ObjectId) -> HashSet<Symbol> {
        let Some(Object::Class { def, .. }) = self.heap.object(class) else {
            return HashSet::new();
        };
        let def = *def;
        let Some(index) = self.index(def.cell).cloned() else { return HashSet::new() };
        let tree = &index.syntax.tree;
        let (mut once, mut again) = (HashSet::new(), HashSet::new());
        let is_set = |it: &NodeId| tree.role(*it) == Role::Target;
        for node in tree.descendants(def.node).filter(is_set) {
            let Kind::Attribute { name } = tree.kind(node) else { continue };
            let name = self.names.symbol(tree.text(*name));
            if !once.insert(name) {
                again.insert(name);
            }
        }
        again
    }
}
