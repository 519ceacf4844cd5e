//! Long computations, as far as their length can be told: loops that never let the event loop have a
//! turn, functions that call themselves twice, and calls that are known to be heavy.

use super::event::EventKind;
use super::machine::Machine;
use super::value::{Args, Function, Site, Value};
use crate::knowledge::callables::{QualifiedName, Segment};
use crate::python::{Builds, Detail, Kind, NameUse, NodeId, Role, Tree};

/// Why a computation takes long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// So many turns of a loop, its inner loops counted.
    Turns(i64),
    /// A loop that looks at the clock until some time has passed.
    Spins,
    /// A function that calls itself twice, with this number.
    Recursion(i64),
    /// A call that is known to be heavy.
    Call,
}

/// A million turns take some 0.05 to 0.1 s, as long as asyncio's debug mode calls slow.
///
/// Source: `loop.slow_callback_duration` is 0.1 s.
const LONG: i64 = 1_000_000;

/// `fib(28)` makes more than 800,000 calls.
const DEEP: i64 = 28;

const CLOCKS: [&str; 5] =
    ["time.time", "time.perf_counter", "time.monotonic", "time.process_time", "datetime.now"];

/// Functions that read a generator to its end.
const READERS: [&str; 9] = ["sum", "list", "tuple", "set", "dict", "sorted", "max", "min", "join"];

/// What was known where a loop began.
#[derive(Debug, Clone, Copy)]
pub(super) struct Computing {
    inside: i64,
    turns: usize,
    blocked: usize,
}

impl Machine<'_> {
    /// A loop begins.
    pub(super) fn start_computing(&mut self) -> Computing {
        let inside = std::mem::replace(&mut self.inside, 1);
        Computing { inside, turns: self.turns, blocked: self.blocked }
    }

    /// The loop at `node` has ended, which makes `length` turns where that can be told.
    pub(super) fn end_computing(&mut self, began: Computing, node: NodeId, length: Option<i64>) {
        // What blocks is a mistake of its own.
        let gave_way = self.turns != began.turns || self.blocked != began.blocked;
        let inside = std::mem::replace(&mut self.inside, began.inside);
        if gave_way {
            return;
        }
        let all = length.unwrap_or(1).saturating_mul(inside);
        self.inside = self.inside.max(all);
        if !self.context.on_loop {
            return;
        }
        let work = match length {
            _ if self.spins(node) => Work::Spins,
            Some(_) if all >= LONG => Work::Turns(all),
            _ => return,
        };
        if !self.may_stop(node) {
            self.emit(self.site(node), EventKind::Computed { work });
        }
    }

    /// Whether a loop may end when it has found something, or hands control to others in between.
    fn may_stop(&self, node: NodeId) -> bool {
        let Some(index) = self.index(self.cell()) else { return true };
        let tree = &index.syntax.tree;
        tree.descendants(node).any(|it| match tree.kind(it) {
            Kind::Simple => tree.source_of(it) == "break",
            Kind::Return | Kind::Raise | Kind::Yield => true,
            kind => kind.suspends(),
        })
    }

    /// How many turns a `for` over `range(…)` makes, where that can be told.
    pub(super) fn length_of_range(&mut self, node: NodeId) -> Option<i64> {
        let iter = self.node(node, Role::Iter)?;
        let func = self.node(iter, Role::Func)?;
        let index = self.index(self.cell()).cloned()?;
        if !matches!(index.syntax.tree.kind(func), Kind::Name { .. })
            || self.evaluate(func) != Value::Path(self.words.range)
        {
            return None;
        }
        let args = self.nodes(iter, Role::Arg);
        let mut numbers = Vec::new();
        for arg in args {
            match self.evaluate(arg) {
                Value::Int(number) => numbers.push(number),
                _ => return None,
            }
        }
        match numbers.as_slice() {
            [end] => Some(*end),
            [start, end] => end.checked_sub(*start),
            [start, end, step] if *step != 0 => end.checked_sub(*start).map(|it| it / step),
            _ => None,
        }
        .filter(|length| *length > 0)
    }

    /// `while i < N:` with `i += step`, counted from 0.
    pub(super) fn turns_of_while(&mut self, node: NodeId) -> Option<i64> {
        let index = self.index(self.cell()).cloned()?;
        let tree = &index.syntax.tree;
        let test = tree.child(node, Role::Test)?;
        let operands: Vec<NodeId> = tree.children_in(test, Role::Operand).collect();
        let [left, right] = operands.as_slice() else { return None };
        let is_compared = matches!(tree.kind(test), Kind::Compare)
            && matches!(tree.detail(test), Detail::Less | Detail::LessOrEqual)
            && matches!(tree.kind(*left), Kind::Name { used: NameUse::Load });
        let name = is_compared.then(|| tree.source_of(*left))?;
        let grows = tree.children_in(node, Role::Body).find(|it| {
            let target = tree.child(*it, Role::Target).map(|target| tree.source_of(target));
            matches!(tree.kind(*it), Kind::AugAssign)
                && target == Some(name)
                && tree.source_of(*it).contains("+=")
        })?;
        let step = self.written_number(tree, tree.child(grows, Role::Value)?)?;
        let end = self.written_number(tree, *right)?;
        (step > 0).then(|| end / step)
    }

    /// The number that an expression without calls stands for.
    fn written_number(&mut self, tree: &Tree, node: NodeId) -> Option<i64> {
        let mut all = std::iter::once(node).chain(tree.descendants(node));
        let does_nothing = all.all(|it| {
            matches!(
                tree.kind(it),
                Kind::Number | Kind::Name { .. } | Kind::Attribute { .. } | Kind::BinOp
            )
        });
        match does_nothing.then(|| self.evaluate(node))? {
            Value::Int(number) => Some(number),
            _ => None,
        }
    }

    /// `while time.time() < end: …`
    fn spins(&mut self, node: NodeId) -> bool {
        let Some(index) = self.index(self.cell()).cloned() else { return false };
        let tree = &index.syntax.tree;
        let test = tree.child(node, Role::Test).filter(|_| *tree.kind(node) == Kind::While);
        let calls = test.into_iter().flat_map(|test| tree.descendants(test));
        let asked = calls.filter(|it| *tree.kind(*it) == Kind::Call);
        let clocks: Vec<NodeId> = asked.filter_map(|it| tree.child(it, Role::Func)).collect();
        clocks.into_iter().any(|func| match self.evaluate(func) {
            Value::Path(path) => {
                let path = self.names.spell(path);
                CLOCKS.iter().any(|clock| path.ends_with(clock))
            }
            _ => false,
        })
    }

    /// The turns of a comprehension, where what it makes is made here.
    pub(super) fn turns_of_clauses(&mut self, node: NodeId, builds: Builds) -> Option<i64> {
        let is_made = builds != Builds::Generator || self.is_read_to_end(node);
        let clauses = self.nodes(node, Role::Clause);
        let mut total: i64 = 1;
        for clause in clauses {
            total = total.saturating_mul(self.length_of_range(clause)?);
        }
        is_made.then_some(total)
    }

    /// Whether a generator is the argument of what reads it to its end: not of `any`, `next` and
    /// their like.
    fn is_read_to_end(&mut self, node: NodeId) -> bool {
        let Some(index) = self.index(self.cell()).cloned() else { return false };
        let tree = &index.syntax.tree;
        let call = tree.parent(node).filter(|_| tree.role(node) == Role::Arg);
        let func = call.and_then(|call| tree.child(call, Role::Func));
        let name = func.map_or("", |it| tree.source_of(it)).rsplit('.').next().unwrap_or_default();
        READERS.contains(&name)
    }

    /// A call of a plain function that adds up what two calls of itself give.
    pub(super) fn note_recursion(&mut self, function: &Function, args: &Args, site: Site) {
        let number = match args.positional.first() {
            Some(Value::Int(number)) if *number >= DEEP && self.context.on_loop => *number,
            _ => return,
        };
        let Some(index) = self.index(function.def.cell) else { return };
        let (tree, def) = (&index.syntax.tree, function.def.node);
        let Kind::FunctionDef { name, is_async: false } = tree.kind(def) else { return };
        let is_own = |it: &NodeId| {
            let func = tree.child(*it, Role::Func);
            *tree.kind(*it) == Kind::Call
                && func.is_some_and(|func| tree.source_of(func) == tree.text(*name))
                && tree.parent(*it).is_some_and(|up| matches!(tree.kind(up), Kind::BinOp))
        };
        let is_cached = tree.child(def, Role::Decorator).is_some();
        if !is_cached && tree.descendants(def).filter(is_own).count() >= 2 {
            self.emit(site, EventKind::Computed { work: Work::Recursion(number) });
        }
    }

    /// A library's call that is known to take long.
    pub(super) fn note_heavy(&mut self, path: QualifiedName, args: &Args, site: Site) {
        if !self.context.on_loop {
            return;
        }
        let effects = &self.input.tables.effects;
        let may_be = match self.names.last_step(path) {
            Some((_, Segment::Attribute(name))) => effects.names_heavy(self.names.text(name)),
            _ => false,
        };
        let path = may_be.then(|| self.names.spell(path));
        let Some(number) = path.and_then(|path| effects.heavy(&path)) else { return };
        let is_long = number.is_none_or(|number| {
            let given = args.get(number.at, self.names.find(&number.name));
            matches!(given, Some(Value::Int(given)) if given >= number.least)
        });
        let is_awaited = self.index(site.cell).is_some_and(|index| {
            let tree = &index.syntax.tree;
            tree.parent(site.node).is_some_and(|up| matches!(tree.kind(up), Kind::Await))
        });
        if is_long && !is_awaited {
            self.emit(site, EventKind::Computed { work: Work::Call });
        }
    }
}
