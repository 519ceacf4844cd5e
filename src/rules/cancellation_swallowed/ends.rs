//! Bare `await`s of tasks that the notebook cancels: once the cancellation passes, they raise it.
//!
//! Source: a kernel (ipykernel 7.4, Python 3.11): `await task` and `await asyncio.gather(*tasks)` end
//! the cell with `CancelledError` where a task's coroutine lets its cancellation through.

use hashbrown::HashSet;

use super::{catcher, place};
use crate::execution::{Run, Site, Value, ValueKind};
use crate::python::{Kind, Role};
use crate::rewrite::module_name;
use crate::text::Edit;

/// As many functions are looked at on the way from a task's to one that it calls.
const MOST: usize = 64;

/// One such `await`: what it is of, and the functions of those tasks.
struct End {
    operand: Site,
    defs: Vec<Site>,
}

/// All of them.
pub(super) struct Ends(Vec<End>);

impl Ends {
    pub fn of(run: &Run) -> Self {
        let cancelled: HashSet<Value> = run
            .calls()
            .iter()
            .filter(|call| run.callee(call.site).ends_with(".cancel"))
            .filter_map(|call| run.child(run.child(call.site, Role::Func)?, Role::Value))
            .flat_map(|task| run.trace.given(task))
            .collect();
        if cancelled.is_empty() {
            return Self(Vec::new());
        }
        let awaits = run.sites().filter(|it| matches!(run.kind(*it), Kind::Await));
        let bare = awaits.filter(|it| !is_handled(run, *it));
        let ends = bare.filter_map(|site| {
            let operand = run.child(site, Role::Value)?;
            let tasks = tasks_of(run, operand).into_iter().filter(|it| cancelled.contains(it));
            let defs: Vec<Site> = tasks.filter_map(|it| run.trace.function_of(it)).collect();
            (!defs.is_empty()).then_some(End { operand, defs })
        });
        Self(ends.collect())
    }

    /// What lets the code go on after each `await` of a task in which the function at `owner` runs;
    /// `None` where that cannot be written.
    pub fn gone_on_after(&self, run: &Run, owner: Option<Site>) -> Option<Vec<Edit>> {
        let Some(owner) = owner else { return Some(Vec::new()) };
        let mut edits: Vec<Edit> = Vec::new();
        for end in self.0.iter().filter(|end| end.defs.iter().any(|it| comes_to(run, *it, owner))) {
            let new = kept_apart(run, end.operand)?;
            edits.extend(new.into_iter().filter(|it| !edits.contains(it)).collect::<Vec<_>>());
        }
        Some(edits)
    }
}

/// The tasks for which an `await` of this waits, by themselves or gathered.
fn tasks_of(run: &Run, operand: Site) -> Vec<Value> {
    if *run.kind(operand) != Kind::Call {
        return run.trace.given(operand);
    }
    let path = run.path_of_call(operand).unwrap_or_default();
    let waits = ["asyncio.gather", "asyncio.wait_for", "asyncio.shield"].contains(&path.as_str());
    if !waits || run.keyword(operand, "return_exceptions").is_some() {
        return Vec::new();
    }
    let args = run.children_in(operand, Role::Arg);
    let given = args.flat_map(|arg| match run.kind(arg) {
        Kind::Starred => {
            let lists = run.child(arg, Role::Value).map(|it| run.trace.given(it));
            lists.into_iter().flatten().flat_map(|it| run.trace.held(it)).collect()
        }
        _ => run.trace.given(arg),
    });
    given.collect()
}

/// Whether code around an `await` takes a cancellation.
fn is_handled(run: &Run, site: Site) -> bool {
    let mut inner = site;
    for up in run.ancestors(site) {
        match run.kind(up) {
            Kind::FunctionDef { .. } | Kind::Lambda => return false,
            Kind::Try if run.role(inner) == Role::Body && catcher(run, up).is_some() => {
                return true;
            }
            Kind::With { .. } if suppresses(run, up) => return true,
            _ => {}
        }
        inner = up;
    }
    false
}

/// `with contextlib.suppress(…):`
fn suppresses(run: &Run, with: Site) -> bool {
    let mut inside = run.children(with).flat_map(|it| run.children(it));
    inside.any(|it| run.path_of_call(it).as_deref() == Some("contextlib.suppress"))
}

/// Whether a function runs another: it is that one, or calls it, over any number of others.
fn comes_to(run: &Run, def: Site, other: Site) -> bool {
    let mut seen: HashSet<Site> = HashSet::from([def]);
    let mut waiting = vec![def];
    while let Some(def) = waiting.pop().filter(|_| seen.len() < MOST) {
        if def == other {
            return true;
        }
        for call in run.calls_in(Some(def)) {
            let func = run.child(call.site, Role::Func);
            let called = func.map(|it| run.definitions(it, ValueKind::Function));
            waiting.extend(called.into_iter().flatten().filter(|it| seen.insert(*it)));
        }
    }
    false
}

/// `await task` becomes `await asyncio.gather(task, return_exceptions=True)`.
fn kept_apart(run: &Run, operand: Site) -> Option<Vec<Edit>> {
    let at = place(run, operand)?;
    run.parent(run.parent(at)?).filter(|up| *run.kind(*up) == Kind::Expression)?;
    let (cell, range) = (run.position(at.cell), run.range(at));
    if *run.kind(at) != Kind::Call {
        let (asyncio, import) = module_name(run, at, "asyncio");
        let mut edits: Vec<Edit> = import.into_iter().collect();
        edits.push(Edit::insert(cell, range.start, format!("{asyncio}.gather(")));
        edits.push(Edit::insert(cell, range.end, ", return_exceptions=True)"));
        return Some(edits);
    }
    let is_gather = run.path_of_call(at).as_deref() == Some("asyncio.gather");
    let source = run.source_of(at).strip_suffix(')').filter(|_| is_gather)?.trim_end();
    let comma = if source.ends_with(',') { " " } else { ", " };
    let text = format!("{comma}return_exceptions=True");
    Some(vec![Edit::insert(cell, range.start + source.len(), text)])
}
