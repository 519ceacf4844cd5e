//! Calls: who is called, with what, and what comes back.

use super::event::{Context, EventKind, Thread, ValueUse};
use super::machine::{DEEPEST_CALLS, MOST_NESTED, MOST_RUNS, Machine};
use super::value::{
    Args, Coroutine, DescriptorKind, Function, Loop, Object, ObjectId, Site, Value,
};
use crate::index::{Index, ScopeKind};
use crate::knowledge::callables::QualifiedName;
use crate::python::{Kind, NodeId, Role};

impl Machine<'_> {
    /// Calls a value.
    pub fn call(&mut self, function: Value, args: Args, site: Site) -> Value {
        match function {
            Value::Path(path) => self.call_path(path, args, site, None),
            Value::Object(id) => self.call_object(id, args, site),
            Value::Union(_) => {
                let all = self.heap.alternatives(function);
                self.guessing(|it| {
                    all.into_iter().fold(Value::Never, |result, one| {
                        let value = it.call(one, args.clone(), site);
                        it.join(result, value)
                    })
                })
            }
            _ => self.call_unknown(&args),
        }
    }

    pub fn call_object(&mut self, id: ObjectId, args: Args, site: Site) -> Value {
        match self.heap.object(id).cloned() {
            Some(Object::Function(function)) => self.call_function(id, &function, args, site),
            Some(Object::Bound { receiver, function }) => match function {
                Value::Path(path) => self.call_path(path, args, site, Some(receiver)),
                function => self.call(function, args.after(receiver), site),
            },
            Some(Object::Partial { function, args: first }) => {
                let mut all = first;
                all.positional.extend(args.positional);
                all.named.retain(|(name, _)| !args.named.iter().any(|(other, _)| other == name));
                all.named.extend(args.named);
                all.spread = match (all.spread, args.spread) {
                    (Some(one), Some(other)) => Some(self.join(one, other)),
                    (one, other) => one.or(other),
                };
                self.call(function, all, site)
            }
            Some(Object::Class { .. }) => self.call_class(id, args, site),
            Some(Object::Instance { .. }) => {
                let call = self.words.call;
                match self.class_attribute(Value::Object(id), call) {
                    Some(method) => self.call(method, args, site),
                    None => self.call_unknown(&args),
                }
            }
            Some(Object::Setter { of }) => self.with_setter(of, &args),
            Some(Object::Dispatch { choices }) => {
                let one = self.heap.get(choices);
                self.call(one, args, site)
            }
            Some(Object::Registrar { choices }) => self.register(choices, &args),
            // A manager of `contextlib` can decorate a function, which is entered at each call.
            Some(Object::Generator { is_manager: true, walked, .. }) => {
                self.heap.set(walked, Value::Unknown);
                args.positional.first().copied().unwrap_or(Value::Unknown)
            }
            Some(Object::Wrapped { function }) => self.call_wrapped(function, args, site),
            Some(Object::Coroutine(_)) => {
                self.too_early(Value::Object(id), site, ValueUse::Call, None);
                self.call_unknown(&args)
            }
            Some(Object::MethodCaller { name, args: given }) => {
                let object = args.positional.first().copied().unwrap_or(Value::Unknown);
                let method = self.read_attribute(object, name, site);
                self.call(method, given, site)
            }
            Some(Object::Descriptor { function, kind: DescriptorKind::StaticMethod, .. }) => {
                self.call(function, args, site)
            }
            _ => self.call_unknown(&args),
        }
    }

    /// A decorator that is not seen calls its function, or does not, or somewhere else.
    pub fn call_wrapped(&mut self, function: Value, args: Args, site: Site) -> Value {
        self.may_raise();
        let given = self.guessing(|it| it.call(function, args, site));
        self.escape(given);
        Value::Unknown
    }

    pub fn call_unknown(&mut self, args: &Args) -> Value {
        self.may_time_out();
        self.escape_all(args);
        Value::Unknown
    }

    /// Does what is only one of several possibilities, or happens where nobody is seen to do it.
    pub fn guessing<T>(&mut self, body: impl FnOnce(&mut Self) -> T) -> T {
        self.doubt += 1;
        self.guesses += 1;
        let given = body(self);
        self.doubt -= 1;
        self.guesses -= 1;
        given
    }

    pub fn escape_all(&mut self, args: &Args) {
        let all: Vec<Value> = args.all().collect();
        all.into_iter().for_each(|value| self.escape(value));
    }

    pub fn call_function(
        &mut self,
        id: ObjectId,
        function: &Function,
        args: Args,
        site: Site,
    ) -> Value {
        let Some(index) = self.index(function.def.cell).cloned() else { return Value::Unknown };
        let Some(scope) = index.scope(function.scope) else { return Value::Unknown };
        let is_async = scope.kind == ScopeKind::Function { is_async: true };
        let function_value = Value::Object(id);
        match (is_async, scope.is_generator) {
            (_, true) => {
                let walked = self.heap.slot(Value::Bool(false));
                let is_manager = function.makes_manager;
                let function = function_value;
                let generator = Object::Generator { function, args, is_async, is_manager, walked };
                let id = self.heap.add(generator);
                if is_async {
                    self.generators.push((id, site));
                }
                Value::Object(id)
            }
            (true, false) if self.is_left_to_others(&index, function, &args) => {
                self.call_unknown(&args)
            }
            (true, false) => {
                let made = self.coroutine(function_value, args, Value::Unknown, None, false);
                self.made_at(made, site);
                made
            }
            // Python does not compile it, or a subclass is meant to write it.
            (false, false) if scope.awaits || self.is_left_to_others(&index, function, &args) => {
                self.call_unknown(&args)
            }
            (false, false) => {
                let given = self.enter(function_value, function, &args, site);
                if let Some((by, at)) = function.cached.filter(|_| self.is_coroutines(given)) {
                    self.emit(at, EventKind::CoroutineCached { by, function: function_value });
                }
                given
            }
        }
    }

    /// Whether a method has no body of its own and its object may be of a subclass that has one.
    pub fn is_left_to_others(&self, index: &Index, function: &Function, args: &Args) -> bool {
        let receiver = args.positional.first().copied().unwrap_or(Value::Unknown);
        let is_open = matches!(self.object(receiver), Some(Object::Instance { is_open: true, .. }));
        let tree = &index.syntax.tree;
        is_open
            && function.class.is_some()
            && tree.children_in(function.def.node, Role::Body).all(|it| match tree.kind(it) {
                Kind::Simple | Kind::Raise => true,
                Kind::Expression => tree
                    .child(it, Role::Value)
                    .is_some_and(|it| matches!(tree.kind(it), Kind::Str | Kind::Ellipsis)),
                _ => false,
            })
    }

    /// A new coroutine object.
    pub fn coroutine(
        &mut self,
        function: Value,
        args: Args,
        result: Value,
        called_by: Option<QualifiedName>,
        is_silent: bool,
    ) -> Value {
        let awaited = self.heap.slot(Value::Int(0));
        let coroutine = Coroutine {
            function,
            args,
            result,
            awaited,
            called_by,
            many: false,
            is_silent,
            made: None,
            stack: None,
            context: None,
            tried: Vec::new(),
        };
        let id = self.heap.add(Object::Coroutine(coroutine));
        self.coroutines.push(id);
        Value::Object(id)
    }

    /// Runs the body of a plain function, or of a coroutine or generator that is being used.
    pub fn enter(&mut self, value: Value, function: &Function, args: &Args, site: Site) -> Value {
        self.run_body(value, function, args, site).0
    }

    /// Runs a body: what it returns, and what it yields.
    pub fn run_body(
        &mut self,
        value: Value,
        function: &Function,
        args: &Args,
        site: Site,
    ) -> (Value, Value) {
        let unknown = (Value::Unknown, Value::Unknown);
        let most = if self.doubt == 0 { MOST_NESTED } else { 2 };
        let nested = self.calls.iter().filter(|call| call.function == value).count();
        if nested == 0 {
            self.note_recursion(function, args, site);
        }
        if nested >= most || self.calls.len() >= DEEPEST_CALLS || !self.step() {
            self.escape_all(args);
            return unknown;
        }
        let key = (function.def, self.context);
        if let Some((count, result, yielded)) = self.runs.get(&key)
            && *count >= MOST_RUNS
        {
            let given = (*result, *yielded);
            self.escape_all(args);
            return given;
        }
        let Some(index) = self.index(function.def.cell).cloned() else { return unknown };
        let Some(scope) = index.scope(function.scope) else { return unknown };
        self.entered.insert(function.def);
        self.note_reached(function.def);
        let first = self.heap.slots(scope.locals.len(), Value::Never);
        let closure = function.closure;
        let frame = self.heap.add(Object::Frame { first, closure });
        let space = self.space_of(function.def);
        let mut call = self.call_of(function.def.cell, space, Some(frame));
        call.function = value;
        if let Some(class) = function.class {
            let receiver = args.positional.first().copied().unwrap_or(Value::Unknown);
            call.method_of = Some((class, receiver));
        }
        let before = self.push_stack(site);
        let caller = self.called_by.take();
        // Whether a function comes to another one may be what it asks first.
        let branches = std::mem::take(&mut self.branches);
        self.guesses += u32::from(branches > 0);
        self.calls.push(call);
        self.bind_parameters(&index, scope, function, args);
        stacker::maybe_grow(256 * 1024, 4 * 1024 * 1024, || {
            self.run_statements(&index, function.def.node)
        });
        let ended = self.end_call();
        self.stack = before;
        self.called_by = caller;
        self.branches = branches;
        self.guesses -= u32::from(branches > 0);
        let Some(call) = ended else { return unknown };
        let result = match call.result {
            Value::Never if call.is_endless => Value::Unknown,
            Value::Never => Value::None,
            value => value,
        };
        self.note_run(key, result, call.yielded);
        (result, call.yielded)
    }

    /// Keeps what a run gave, for the case that there will be many of them.
    pub fn note_run(&mut self, key: (Site, Context), result: Value, yielded: Value) {
        let lasting = |value: Value| {
            if matches!(value, Value::Object(_) | Value::Union(_)) { Value::Unknown } else { value }
        };
        let (result, yielded) = (lasting(result), lasting(yielded));
        let kept = self.runs.entry(key).or_insert((0, result, yielded));
        kept.0 += 1;
        if kept.1 != result {
            kept.1 = Value::Unknown;
        }
        if kept.2 != yielded {
            kept.2 = Value::Unknown;
        }
    }

    pub fn run_statements(&mut self, index: &Index, def: NodeId) {
        let tree = &index.syntax.tree;
        if matches!(tree.kind(def), Kind::Lambda) {
            if let Some(body) = tree.child(def, Role::Body) {
                let value = self.evaluate(body);
                self.give_back(value);
            }
            return;
        }
        let statements: Vec<NodeId> = tree.children_in(def, Role::Body).collect();
        let loops = std::mem::take(&mut self.loops);
        let flow = self.execute_all(&statements);
        self.loops = loops;
        // Who comes to the end without a `return` gives `None`.
        let returned = self.calls.last().is_some_and(|call| call.result != Value::Never);
        if flow == super::statement::Flow::Next && returned {
            self.give_back(Value::None);
        }
    }

    pub fn space_of(&self, def: Site) -> u32 {
        self.cells.get(&def.cell).map_or(0, |code| code.space)
    }

    /// Calls a function in another place than here.
    pub fn call_in(&mut self, context: Context, function: Value, args: Args, site: Site) -> Value {
        let before = std::mem::replace(&mut self.context, context);
        let value = self.call(function, args, site);
        self.context = before;
        value
    }

    /// The place of a new thread.
    pub fn worker() -> Context {
        Context { thread: Thread::Worker, running: Loop::None, on_loop: false }
    }

    pub fn takes_receiver(&self, function: &Function) -> bool {
        let Some(index) = self.index(function.def.cell) else { return false };
        let tree = &index.syntax.tree;
        !tree
            .children_in(function.def.node, Role::Decorator)
            .any(|it| matches!(tree.source_of(it), "staticmethod" | "classmethod"))
    }
}
