//! Which thread runs what: the kernel's, a worker's, or one that the notebook does not show.

use super::definitions::Wrapping;
use super::{Call, Facts, FnId, Function, Site, Usage, Value};
use crate::python::{Kind, NameUse, Role};
use crate::text::{CellIndex, Span};

/// Who is seen to run a function's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reach {
    /// The kernel's thread, where the loop runs.
    pub kernel: bool,
    /// A worker thread or another process.
    pub worker: bool,
    /// Handed to code that is not seen here, or wrapped by an unknown decorator.
    pub escapes: bool,
    /// Called, on the kernel's thread, below an `async def`.
    pub in_async: bool,
}

impl Reach {
    fn union(self, other: Self) -> Self {
        Self {
            kernel: self.kernel || other.kernel,
            worker: self.worker || other.worker,
            escapes: self.escapes || other.escapes,
            in_async: self.in_async || other.in_async,
        }
    }
}

/// Where a piece of code runs, as far as loops are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runs {
    /// In the cell itself.
    Cell,
    /// In the body of an `async def`: wherever it runs, a loop is running there.
    Async(FnId),
    /// In a plain function or lambda that a cell calls on the kernel's thread.
    Helper(FnId),
    /// Not on the kernel's thread, in a branch for other places, or not at all.
    Elsewhere,
}

impl Facts<'_> {
    /// Where the code at `site` runs.
    pub fn runs(&self, site: Site) -> Runs {
        if self.is_guarded(site) {
            return Runs::Elsewhere;
        }
        let Some(id) = self.owner(site) else { return Runs::Cell };
        if self.function(id).is_some_and(|function| function.is_async) {
            return Runs::Async(id);
        }
        let reach = self.reach(id);
        if reach.kernel { Runs::Helper(id) } else { Runs::Elsewhere }
    }

    /// The calls in cells that lead to `function`, nearest cause first: those that the cells make
    /// of it, or of something that calls it.
    pub fn entry_calls(&self, function: FnId) -> Vec<Site> {
        let mut entries = Vec::new();
        let mut waiting = vec![function];
        let mut seen = std::collections::BTreeSet::from([function]);
        while let Some(id) = waiting.pop() {
            for call in self.counted(self.callers_of(id)) {
                match call.owner {
                    None => entries.push(call.site),
                    Some(owner) if seen.insert(owner) => waiting.push(owner),
                    Some(_) => {}
                }
            }
        }
        entries.sort_unstable();
        entries
    }

    /// A cell that runs the function in which `span` lies, where that is another cell: the first
    /// that has no problem of its own, else the first.
    pub fn cell_that_runs(
        &self,
        span: Span,
        has_problem: impl Fn(CellIndex) -> bool,
    ) -> Option<CellIndex> {
        let holds = |function: &&Function| {
            let range = self.range(function.site);
            function.site.cell == span.cell && range.contains(span.range)
        };
        self.budget.step(self.functions().len());
        let around = self.functions().iter().filter(holds);
        let innermost = around.min_by_key(|function| self.range(function.site).len())?;
        let calls = self.entry_calls(self.function_at(innermost.site)?);
        if calls.iter().any(|call| call.cell == span.cell) {
            return None;
        }
        let mut cells = calls.iter().map(|call| call.cell);
        cells.clone().find(|cell| !has_problem(*cell)).or_else(|| cells.next())
    }
}

const WORKER: Reach = Reach { kernel: false, worker: true, escapes: false, in_async: false };
const ESCAPED: Reach = Reach { kernel: false, worker: false, escapes: true, in_async: false };

/// Calls that run the function they are given at once, on the same thread.
const AT_ONCE: [&str; 8] = [
    "builtins.map",
    "builtins.filter",
    "builtins.sorted",
    "builtins.min",
    "builtins.max",
    "functools.reduce",
    "itertools.starmap",
    ".sort",
];

/// Works out who runs each function.
pub(super) fn of(facts: &Facts) -> Vec<Reach> {
    let mut reach = vec![Reach::default(); facts.functions().len()];
    for (id, function) in facts.functions().iter().enumerate() {
        if function.wrapping == Wrapping::Unknown {
            add(&mut reach, FnId(id), ESCAPED);
        }
    }
    handed_over(facts, &mut reach);
    follow(facts, &mut reach);
    reach
}

/// Hands on who runs the code of a function to the functions that it calls, until nothing changes.
/// Each function is looked at again only when something new is known of it.
fn follow(facts: &Facts, reach: &mut [Reach]) {
    let mut runs: Vec<Vec<FnId>> = vec![Vec::new(); facts.functions().len()];
    let mut waiting = Vec::new();
    for (owner, target) in edges(facts) {
        match owner.and_then(|owner| runs.get_mut(owner.0)) {
            Some(targets) => targets.push(target),
            None if add(reach, target, owner_reach(facts, None, reach)) => waiting.push(target),
            None => {}
        }
    }
    waiting.extend((0..facts.functions().len()).map(FnId));
    while let Some(id) = waiting.pop() {
        let caller = owner_reach(facts, Some(id), reach);
        if caller == Reach::default() {
            continue;
        }
        for target in runs.get(id.0).map_or(&[][..], Vec::as_slice) {
            if add(reach, *target, caller) {
                waiting.push(*target);
            }
        }
    }
}

/// Which function, or which cell, runs which function, by a call or by reading a property.
fn edges(facts: &Facts) -> Vec<(Option<FnId>, FnId)> {
    let getters = property_reads(facts).into_iter();
    let read = getters.filter(|(site, _)| !facts.is_guarded(*site));
    let mut edges: Vec<_> = read.map(|(site, getter)| (facts.owner(site), getter)).collect();
    for call in facts.calls().iter().filter(|call| !facts.is_guarded(call.site)) {
        edges.extend(targets(facts, call).into_iter().map(|target| (call.owner, target)));
    }
    edges
}

fn add(reach: &mut [Reach], id: FnId, more: Reach) -> bool {
    let Some(entry) = reach.get_mut(id.0) else { return false };
    let before = *entry;
    *entry = before.union(more);
    before != *entry
}

/// Functions that are passed, stored or returned instead of called.
fn handed_over(facts: &Facts, reach: &mut [Reach]) {
    for site in facts.sites() {
        let mentions = match facts.kind(site) {
            Kind::Name { used: NameUse::Load } | Kind::Attribute { .. } | Kind::Lambda => true,
            Kind::Call => facts
                .child(site, Role::Func)
                .is_some_and(|func| facts.value(func).path() == Some("functools.partial")),
            _ => false,
        };
        if !mentions || facts.role(site) == Role::Func {
            continue;
        }
        let Value::Function(id) = facts.value(site) else { continue };
        match facts.usage(site) {
            // A new name for it; calls of that name are seen as calls of the function.
            Usage::Assigned(_) | Usage::Attribute(_) | Usage::Compared | Usage::Tested => {}
            Usage::Argument(call) => match runner(facts, call, site) {
                Runner::Worker => {
                    add(reach, id, WORKER);
                }
                // Seen again with the thread that runs the call, in each round.
                Runner::Caller | Runner::Partial => {}
                Runner::Unknown => {
                    add(reach, id, ESCAPED);
                }
            },
            _ => {
                add(reach, id, ESCAPED);
            }
        }
    }
}

enum Runner {
    Worker,
    Caller,
    Partial,
    Unknown,
}

/// Who runs the function that stands at `argument` in `call`.
fn runner(facts: &Facts, call: Site, argument: Site) -> Runner {
    let Some(func) = facts.child(call, Role::Func) else { return Runner::Unknown };
    let value = facts.value(func);
    let name = value.path().unwrap_or_else(|| facts.source_of(func));
    if name == "functools.partial" {
        return Runner::Partial;
    }
    if facts.is_worker_slot(call, name, argument) {
        return Runner::Worker;
    }
    let at_once = AT_ONCE.iter().any(|end| name.ends_with(end)) || is_column_method(facts, func);
    if at_once { Runner::Caller } else { Runner::Unknown }
}

/// `frame["column"].apply` and its like on a frame that pandas made.
///
/// Source: <https://pandas.pydata.org/docs/reference/api/pandas.Series.apply.html>.
fn is_column_method(facts: &Facts, func: Site) -> bool {
    let Kind::Attribute { name } = facts.kind(func) else { return false };
    let columns = &facts.tables.columns;
    if !columns.is_call(facts.tree(func.cell).text(*name)) {
        return false;
    }
    let mut object = facts.child(func, Role::Value);
    while let Some(column) = object.filter(|site| matches!(facts.kind(*site), Kind::Subscript)) {
        object = facts.child(column, Role::Value);
    }
    let value = object.map(|object| facts.value(object));
    let module = value.as_ref().and_then(Value::path).and_then(|path| path.split('.').next());
    module.is_some_and(|module| columns.is_module(module))
}

/// The places that read a property of an object of the notebook, with its getter.
fn property_reads(facts: &Facts) -> Vec<(Site, FnId)> {
    let has_property =
        |function: &super::definitions::Function| function.wrapping == Wrapping::Property;
    if !facts.functions().iter().any(has_property) {
        return Vec::new();
    }
    let read = |site: Site| {
        let Kind::Attribute { name } = facts.kind(site) else { return None };
        let name = facts.tree(site.cell).text(*name);
        let object = facts.child(site, Role::Value)?;
        let Value::Instance(class) = facts.value(object) else { return None };
        let id = facts.method(class, name, 0)?;
        let is_getter = facts.function(id).is_some_and(has_property);
        (is_getter && facts.role(site) != Role::Target).then_some((site, id))
    };
    facts.sites().filter_map(read).collect()
}

/// Who runs the code that stands in a function's body, or in a cell.
fn owner_reach(facts: &Facts, owner: Option<FnId>, reach: &[Reach]) -> Reach {
    let Some(owner) = owner else {
        return Reach { kernel: true, ..Reach::default() };
    };
    let mut here = reach.get(owner.0).copied().unwrap_or_default();
    let is_async = facts.function(owner).is_some_and(|function| function.is_async);
    here.in_async |= is_async && !here.worker;
    here
}

/// Words in the names of decorators that move a function to another thread, process or time.
const MOVING: [&str; 28] = [
    "udf",
    "isolated",
    "fixture",
    "command",
    "route",
    "app.",
    "cli",
    "register",
    "hook",
    "subscribe",
    "schedule",
    "cron",
    "defer",
    "lazy",
    "thread",
    "executor",
    "async",
    "remote",
    "delayed",
    "task",
    "background",
    "process",
    "worker",
    "flow",
    "job",
    "parallel",
    "callback",
    "event",
];

/// A plain function under decorators that are not known but whose names do not say that they run
/// it elsewhere: calling the name runs the body here.
fn decorated_target(facts: &Facts, call: &Call) -> Option<FnId> {
    let func = facts.child(call.site, Role::Func)?;
    let bindings = matches!(facts.kind(func), Kind::Name { .. }).then(|| facts.bindings(func))?;
    let [(cell, binding)] = bindings.as_slice() else { return None };
    let def = Site { cell: *cell, node: binding.node };
    let id = facts.function_at(def)?;
    let stays = facts.children_in(def, Role::Decorator).all(|decorator| {
        let own = match facts.value(decorator) {
            Value::Function(id) => facts.function(id).map(|it| facts.source_of(it.site)),
            _ => None,
        };
        let text = own.unwrap_or_else(|| facts.source_of(decorator)).to_ascii_lowercase();
        !MOVING.iter().any(|word| text.contains(word))
    });
    let plain = facts.function(id).is_some_and(|function| !function.is_async);
    (stays && plain).then_some(id)
}

/// The functions of the notebook that a call runs.
pub(super) fn targets(facts: &Facts, call: &Call) -> Vec<FnId> {
    let mut targets = Vec::new();
    match &call.callee {
        Value::Function(id) => targets.push(*id),
        Value::Class(class) => {
            let special = ["__init__", "__new__", "__post_init__", "__enter__", "__exit__"];
            targets.extend(special.iter().filter_map(|name| facts.method(*class, name, 0)));
        }
        Value::Instance(class) => targets.extend(facts.method(*class, "__call__", 0)),
        Value::Unknown => targets.extend(decorated_target(facts, call)),
        _ => {}
    }
    let args = facts.children_in(call.site, Role::Arg);
    let keywords = facts
        .children_in(call.site, Role::Keyword)
        .filter_map(|keyword| facts.child(keyword, Role::Value));
    for argument in args.chain(keywords) {
        if let Value::Function(id) = facts.value(argument)
            && matches!(runner(facts, call.site, argument), Runner::Caller)
        {
            targets.push(id);
        }
    }
    targets
}
