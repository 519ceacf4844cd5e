//! Statements: in which order things happen, which ways may be taken, what names are bound to.

use super::event::{Event, Thread};
use super::heap::Changes;
use super::machine::{Call, Machine};
use super::value::{CellKey, Function, Object, Site, Value};
use crate::execution::event::{EventKind, ValueUse};
use crate::python::{Detail, Kind, NodeId, Role};

/// How a statement ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    Break,
    Continue,
    /// The function is left, by a value or an exception.
    Return,
}

/// Handlers around a place, by their `try`, and what they take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    pub site: Site,
    pub takes: Vec<Value>,
}

/// A loop whose body is running.
#[derive(Debug, Clone, Default)]
pub(super) struct Looping {
    pub(super) exits: Vec<Changes>,
    pub(super) breaks: bool,
}

/// A `try` whose body is running.
#[derive(Debug, Clone, Default)]
pub(super) struct Trying {
    /// What its handlers take; `None` takes everything.
    pub(super) takes: Option<Vec<Value>>,
    /// Whether something in its body may raise.
    pub may_raise: bool,
    /// What raises for certain, until it is seen whether a handler does the same work.
    pub(super) pending: Vec<(Event, Value)>,
    /// Whether something in its body may raise a `TimeoutError` of its own.
    pub(super) may_time_out: bool,
    /// What was awaited since the handlers run.
    pub awaited: Vec<Value>,
    pub(super) is_handling: bool,
    pub(super) is_star: bool,
    /// Whether a handler raises again.
    pub(super) raises_again: bool,
    /// The `try` statement, or the manager.
    pub(super) site: Option<Site>,
    /// How many calls were going on.
    pub(super) depth: usize,
}

impl Machine<'_> {
    pub fn execute_all(&mut self, statements: &[NodeId]) -> Flow {
        for statement in statements {
            let flow = self.execute(*statement);
            if flow != Flow::Next {
                return flow;
            }
        }
        Flow::Next
    }

    pub fn body(&mut self, node: NodeId, role: Role) -> Flow {
        let statements = self.nodes(node, role);
        self.execute_all(&statements)
    }

    /// The children of `node` in `role`, in the cell whose code runs.
    pub fn nodes(&self, node: NodeId, role: Role) -> Vec<NodeId> {
        let index = self.index(self.cell());
        index.map_or_else(Vec::new, |it| it.syntax.tree.children_in(node, role).collect())
    }

    pub fn node(&self, node: NodeId, role: Role) -> Option<NodeId> {
        self.index(self.cell())?.syntax.tree.child(node, role)
    }

    pub fn detail(&self, node: NodeId) -> Detail {
        self.index(self.cell()).map_or(Detail::Plain, |it| it.syntax.tree.detail(node))
    }

    pub fn execute(&mut self, node: NodeId) -> Flow {
        if !self.step() {
            return Flow::Next;
        }
        let Some(index) = self.index(self.cell()).cloned() else { return Flow::Next };
        let tree = &index.syntax.tree;
        self.note_given(node, Value::None);
        match tree.kind(node) {
            Kind::Expression => {
                if let Some(value) = tree.child(node, Role::Value) {
                    let given = self.evaluate(value);
                    // Nothing is done with it: what is not awaited here never is.
                    self.fresh_coroutine(value, given);
                    self.note_unwalked(given, value);
                    self.note_unwaited(given);
                    self.note_shown(given, node);
                }
                Flow::Next
            }
            Kind::Assign => {
                let value =
                    tree.child(node, Role::Value).map_or(Value::Unknown, |it| self.evaluate(it));
                for target in tree.children_in(node, Role::Target) {
                    self.assign(target, value);
                }
                Flow::Next
            }
            Kind::AnnAssign => {
                if let Some(value) = tree.child(node, Role::Value) {
                    let value = self.evaluate(value);
                    tree.child(node, Role::Target)
                        .into_iter()
                        .for_each(|it| self.assign(it, value));
                }
                Flow::Next
            }
            Kind::AugAssign => {
                let target = tree.child(node, Role::Target);
                let before = target.map_or(Value::Unknown, |it| self.read_target(it));
                let added =
                    tree.child(node, Role::Value).map_or(Value::Unknown, |it| self.evaluate(it));
                let is_data = matches!(before, Value::Int(_) | Value::Str(_) | Value::Plain(_))
                    || matches!(self.object(before), Some(Object::Collection(_)));
                if let Some(at) = tree.child(node, Role::Value).filter(|_| is_data) {
                    let site = self.site(at);
                    self.too_early(added, site, ValueUse::Operator, None);
                }
                if let Some(at) = target {
                    let site = self.site(at);
                    self.too_early(before, site, ValueUse::Operator, None);
                }
                let value = self.binary(node, before, added);
                target.into_iter().for_each(|it| self.assign(it, value));
                Flow::Next
            }
            Kind::Return => {
                let value =
                    tree.child(node, Role::Value).map_or(Value::None, |it| self.evaluate(it));
                self.give_back(value);
                Flow::Return
            }
            Kind::Raise => {
                self.raise_statement(node);
                Flow::Return
            }
            Kind::Simple => match tree.detail(node) {
                Detail::Break => {
                    if let Some(looping) = self.loops.last_mut() {
                        looping.breaks = true;
                    }
                    Flow::Break
                }
                Detail::Continue => Flow::Continue,
                _ => Flow::Next,
            },
            Kind::If => self.if_statement(node),
            Kind::For { is_async } => self.for_statement(node, *is_async),
            Kind::While => self.while_statement(node),
            Kind::With { is_async } => self.with_statement(node, *is_async),
            Kind::Try => self.try_statement(node),
            Kind::Match => self.match_statement(node),
            Kind::FunctionDef { .. } => self.define_function(node),
            Kind::ClassDef { .. } => self.define_class(node),
            Kind::Import { .. } | Kind::ImportFrom { .. } => self.import(node),
            Kind::Assert => {
                for (number, child) in tree.children(node).enumerate() {
                    let value = self.evaluate(child);
                    if number == 0 {
                        self.ask_truth(value, self.site(child));
                    }
                }
                Flow::Next
            }
            Kind::Delete => {
                for target in tree.children_in(node, Role::Target) {
                    self.delete(target);
                }
                Flow::Next
            }
            Kind::Escape { sigil, .. } => {
                if *sigil == '%' {
                    self.emit(self.site(node), EventKind::Magic);
                }
                self.read_words_of(tree.source_of(node));
                self.body(node, Role::Body)
            }
            _ => Flow::Next,
        }
    }

    pub fn give_back(&mut self, value: Value) {
        self.hand_on(value);
        self.hand_task_on(value);
        let Some(before) = self.calls.last().map(|call| call.result) else { return };
        let joined = self.join(before, value);
        if let Some(call) = self.calls.last_mut() {
            call.result = joined;
        }
    }

    /// Runs one of two ways; what both leave is joined.
    pub fn either(
        &mut self,
        one: impl FnOnce(&mut Self) -> Flow,
        other: impl FnOnce(&mut Self) -> Flow,
    ) -> Flow {
        let branch = u32::from(self.calls.last().is_some_and(|call| call.frame.is_some()));
        self.doubt += 1;
        self.branches += branch;
        let mark = self.heap.mark();
        let flow = one(self);
        let changes = self.heap.take_back(mark);
        let mark = self.heap.mark();
        let other_flow = other(self);
        let other_changes = self.heap.take_back(mark);
        self.doubt -= 1;
        self.branches -= branch;
        match (flow, other_flow) {
            (a, b) if a == b => {
                let mut lost = Vec::new();
                self.heap.join_slots(&changes, &other_changes, &mut lost);
                lost.into_iter().for_each(|value| self.escape(value));
                a
            }
            (Flow::Next, b) => {
                self.heap.redo(&changes);
                self.leave(b, other_changes);
                Flow::Next
            }
            (a, b) => {
                self.heap.redo(&other_changes);
                self.leave(a, changes);
                b
            }
        }
    }

    /// Keeps what a way changed that leaves a loop or a function, until that ends.
    pub fn leave(&mut self, flow: Flow, changes: Changes) {
        match flow {
            Flow::Break | Flow::Continue => {
                if let Some(looping) = self.loops.last_mut() {
                    looping.exits.push(changes);
                }
            }
            Flow::Return | Flow::Next => {
                if let Some(call) = self.calls.last_mut() {
                    call.exits.push(changes);
                }
            }
        }
    }

    /// Lets what a way changed be possible as well.
    pub fn merge(&mut self, changes: &Changes) {
        let mut lost = Vec::new();
        self.heap.join_slots(changes, &Changes::default(), &mut lost);
        lost.into_iter().for_each(|value| self.escape(value));
    }

    pub fn define_function(&mut self, node: NodeId) -> Flow {
        let function = self.function_object(node);
        let value = self.decorate(node, function);
        if let Some(variable) = self.index(self.cell()).and_then(|it| it.variable(node)) {
            self.bind(variable, value);
        }
        Flow::Next
    }

    /// What the decorators of a definition make of it.
    pub fn decorate(&mut self, node: NodeId, mut value: Value) -> Value {
        for decorator in self.nodes(node, Role::Decorator).into_iter().rev() {
            let function = self.evaluate(decorator);
            let site = self.site(decorator);
            let given = self.call(function, super::value::Args::one(value), site);
            let is_seen = match given {
                Value::Unknown => false,
                Value::Path(path) => self.is_made_by_table(function, path),
                _ => true,
            };
            let is_function =
                matches!(self.object(value), Some(Object::Function(_) | Object::Wrapped { .. }));
            value = if is_seen || !is_function {
                given
            } else {
                self.new_object(Object::Wrapped { function: value })
            };
        }
        value
    }

    /// A function or lambda as it is made here.
    pub fn function_object(&mut self, node: NodeId) -> Value {
        let site = self.site(node);
        let Some(index) = self.index(site.cell).cloned() else { return Value::Unknown };
        let Some(scope) = index.opened_by(node) else { return Value::Unknown };
        let params = index.scope(scope).map_or(&[][..], |scope| &scope.params);
        let mut defaults = Vec::new();
        for (number, param) in params.iter().enumerate() {
            if let Some(default) = index.syntax.tree.child(*param, Role::Default) {
                defaults.push((number, self.evaluate(default)));
            }
        }
        let class = self.class_around();
        let closure = self.calls.last().and_then(|call| call.frame);
        let (makes_manager, cached) = (false, None);
        let function =
            Function { def: site, scope, closure, defaults, class, makes_manager, cached };
        let value = self.new_object(Object::Function(function));
        self.unseen.push(value);
        value
    }

    /// Whether code runs where the kernel's loop waits for it.
    pub fn is_on_kernel(&self) -> bool {
        self.context.thread == Thread::Kernel
    }

    /// A call that is about to run.
    pub fn call_of(
        &self,
        cell: CellKey,
        space: u32,
        frame: Option<super::value::ObjectId>,
    ) -> Call {
        Call {
            frame,
            space,
            cell,
            result: Value::Never,
            yielded: Value::Never,
            method_of: None,
            function: Value::Unknown,
            exits: Vec::new(),
            raised: Vec::new(),
            is_endless: false,
        }
    }

    /// Ends the innermost call: what its early exits left is possible as well.
    pub fn end_call(&mut self) -> Option<Call> {
        let call = self.calls.pop()?;
        for changes in &call.exits {
            self.merge(changes);
        }
        for class in &call.raised {
            self.note_raised(*class);
        }
        self.raised.clone_from(&call.raised);
        Some(call)
    }
}
