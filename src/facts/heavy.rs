//! Long computations in pure Python, as far as their length can be read.

use super::definitions::own_nodes;
use super::{Facts, FnId, Site, Usage, Value};
use crate::execution::{Bindings, CellKey};
use crate::python::{Builds, Kind, Role};

/// A stretch of code that computes for long and never awaits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heavy {
    pub site: Site,
    pub work: Work,
}

/// Why it takes long.
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

impl Facts<'_> {
    /// The long computations in a function's own body, outermost first.
    pub fn heavy_in(&self, id: FnId, bindings: &Bindings) -> Vec<Heavy> {
        let Some(function) = self.function(id) else { return Vec::new() };
        let tree = self.tree(function.site.cell);
        let mut found: Vec<Heavy> = Vec::new();
        for node in own_nodes(tree, function.site.node) {
            let site = Site { node, ..function.site };
            let inside = found.iter().any(|outer| tree.is_within(node, outer.site.node));
            if !inside && let Some(work) = self.work(site, bindings) {
                found.push(Heavy { site, work });
            }
        }
        found
    }

    fn work(&self, site: Site, bindings: &Bindings) -> Option<Work> {
        match self.kind(site) {
            Kind::Call => self.work_of_call(site, bindings),
            Kind::For { .. } | Kind::While | Kind::Comprehension { .. } => {
                let work = match self.looks_at_the_clock(site) {
                    true => Work::Spins,
                    false => {
                        Work::Turns(self.turns_inside(site, bindings).filter(|it| *it >= LONG)?)
                    }
                };
                (!self.gives_way(site) && !self.may_stop(site)).then_some(work)
            }
            _ => None,
        }
    }

    fn work_of_call(&self, call: Site, bindings: &Bindings) -> Option<Work> {
        let awaited = self.usage(call) == Usage::Awaited;
        match self.value(self.child(call, Role::Func)?) {
            Value::Path(path) if !awaited => {
                let long = match self.tables.effects.heavy(&path)? {
                    Some(number) => {
                        let given = self.argument(call, number.at, &number.name)?;
                        bindings.integer(in_run(given))? >= number.least
                    }
                    None => true,
                };
                long.then_some(Work::Call)
            }
            Value::Function(id) if self.owner(call) != Some(id) && self.calls_itself_twice(id) => {
                let number = bindings.integer(in_run(self.argument(call, 0, "n")?))?;
                (number >= DEEP).then_some(Work::Recursion(number))
            }
            _ => None,
        }
    }

    /// `return f(n - 1) + f(n - 2)` in a plain function without a cache.
    fn calls_itself_twice(&self, id: FnId) -> bool {
        let Some(function) = self.function(id) else { return false };
        let cached = self.child(function.site, Role::Decorator).is_some();
        let added =
            |call: Site| self.parent(call).is_some_and(|up| matches!(self.kind(up), Kind::BinOp));
        let own = self.calls_in(Some(id)).filter(|call| call.callee == Value::Function(id));
        function.is_plain() && !cached && own.filter(|call| added(call.site)).count() >= 2
    }

    /// The turns of a loop times those of the loops inside it.
    fn turns_inside(&self, site: Site, bindings: &Bindings) -> Option<i64> {
        let own = match self.kind(site) {
            Kind::For { is_async: false } => {
                bindings.length(in_run(self.child(site, Role::Iter)?))?
            }
            Kind::While => self.turns_of_while(site, bindings)?,
            Kind::Comprehension { .. } if self.is_used_up(site) => {
                self.turns_of_clauses(site, bindings)?
            }
            _ => return None,
        };
        let inner = self.descendants(site).filter(|it| self.nearest_loop(*it) == Some(site));
        let most = inner.filter_map(|it| self.turns_inside(it, bindings)).max().unwrap_or(1);
        own.checked_mul(most.max(1))
    }

    fn nearest_loop(&self, site: Site) -> Option<Site> {
        let is_loop = |up: &Site| {
            matches!(self.kind(*up), Kind::For { .. } | Kind::While | Kind::Comprehension { .. })
        };
        let is_own =
            matches!(self.kind(site), Kind::For { .. } | Kind::While | Kind::Comprehension { .. });
        is_own.then(|| self.ancestors(site).find(is_loop)).flatten()
    }

    fn turns_of_clauses(&self, comprehension: Site, bindings: &Bindings) -> Option<i64> {
        let mut total: i64 = 1;
        for clause in self.children_in(comprehension, Role::Clause) {
            let length = bindings.length(in_run(self.child(clause, Role::Iter)?))?;
            total = total.checked_mul(length)?;
        }
        Some(total)
    }

    /// `while i < N:` with `i += step`, counted from 0.
    fn turns_of_while(&self, site: Site, bindings: &Bindings) -> Option<i64> {
        let test = self.child(site, Role::Test)?;
        let operands: Vec<Site> = self.children_in(test, Role::Operand).collect();
        let [left, right] = operands.as_slice() else { return None };
        let compared = self.source_of(test).contains('<')
            && matches!(self.kind(test), Kind::Compare)
            && matches!(self.kind(*left), Kind::Name { .. });
        let name = compared.then(|| self.source_of(*left))?;
        let grows = self.children_in(site, Role::Body).find(|it| {
            let target = self.child(*it, Role::Target).map(|target| self.source_of(target));
            matches!(self.kind(*it), Kind::AugAssign)
                && target == Some(name)
                && self.source_of(*it).contains("+=")
        })?;
        let step =
            bindings.integer(in_run(self.child(grows, Role::Value)?)).filter(|step| *step > 0)?;
        Some(bindings.integer(in_run(*right))? / step)
    }

    /// A generator that `any`, `next` and their like may leave early, or that nobody reads here.
    fn is_used_up(&self, comprehension: Site) -> bool {
        if !matches!(
            self.kind(comprehension),
            Kind::Comprehension { builds: Builds::Generator, .. }
        ) {
            return true;
        }
        let Usage::Argument(call) = self.usage(comprehension) else { return false };
        let readers = ["sum", "list", "tuple", "set", "dict", "sorted", "max", "min", "join"];
        let name = self.callee_text(call);
        readers.contains(&name.rsplit('.').next().unwrap_or(name))
    }

    /// Whether something in the loop hands control to another, or blocks, which is a mistake of
    /// its own.
    fn gives_way(&self, site: Site) -> bool {
        let tree = self.tree(site.cell);
        let blocks = |call| {
            self.path_of_call(call).is_some_and(|path| self.tables.blocking(&path).is_some())
        };
        let mut all = std::iter::once(site).chain(self.descendants(site));
        all.any(|it| match self.kind(it) {
            Kind::Yield => true,
            Kind::Call => blocks(it),
            _ => tree.kind(it.node).suspends(),
        })
    }

    /// A loop that ends when it has found something is as long as its data.
    fn may_stop(&self, site: Site) -> bool {
        self.descendants(site).any(|it| match self.kind(it) {
            Kind::Simple => self.source_of(it) == "break",
            Kind::Return | Kind::Raise => true,
            _ => false,
        })
    }

    /// `while time.time() < end: …`
    fn looks_at_the_clock(&self, site: Site) -> bool {
        let Some(test) = self.child(site, Role::Test) else { return false };
        let asks = |it: Site| {
            let path = matches!(self.kind(it), Kind::Call).then(|| self.path_of_call(it)).flatten();
            path.is_some_and(|path| is_clock(&path))
        };
        self.descendants(test).any(asks)
    }
}

/// The same place, as a run names it.
fn in_run(site: Site) -> crate::execution::Site {
    let cell = CellKey(u32::try_from(site.cell.0).unwrap_or(u32::MAX));
    crate::execution::Site { cell, node: site.node }
}

/// Whether `path` tells the time.
fn is_clock(path: &str) -> bool {
    CLOCKS.iter().any(|clock| path.ends_with(clock))
}
