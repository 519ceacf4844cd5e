//! Calls of libraries that want an event loop of their own, and the `await` that takes their place.

use super::awaiting::{await_method, lists_for_generators};
use super::colour::{OwnFix, plan_await};
use super::lambda;
use super::loop_entry::{LoopEntry, await_instead, is_caught};
use super::obstacle::Obstacle;
use crate::diagnostic::{Fix, Message};
use crate::execution::{Meaning, Run, Site};
use crate::knowledge::tables::{AwaitForm, LoopOwner};
use crate::python::{Kind, Role};

/// The callee as written; of `wrap(f)()` that is `wrap`.
pub fn name_of_owner<'f>(run: &'f Run, site: Site) -> &'f str {
    let call = run.origin(site).filter(|_| !matches!(run.kind(site), Kind::Call));
    let call = call.unwrap_or(site);
    let Some(func) = run.child(call, Role::Func) else { return run.source_of(site) };
    if matches!(run.kind(func), Kind::Call) && run.child(func, Role::Arg).is_some() {
        return run.callee(func);
    }
    run.source_of(func)
}

/// The fix for such a call, or what keeps an `await` from standing there; `None` where no `await`
/// does what it does.
pub fn owner_instead(
    run: &Run,
    page: &'static str,
    site: Site,
    owner: &LoopOwner,
) -> Option<Result<Fix, Vec<Obstacle>>> {
    if !matches!(run.kind(site), Kind::Call) {
        return None;
    }
    if let Some(method) = &owner.method {
        let called = run.callee(site).rsplit('.').next().unwrap_or_default();
        return Some(method_fix(run, page, site, owner, &method.replace('*', called)));
    }
    let entry = match owner.awaits? {
        AwaitForm::Argument => LoopEntry::of(run, site, "main"),
        form => LoopEntry::of_function(run, site, form),
    };
    Some(await_instead(run, page, entry?))
}

/// `x.run_sync(…)` becomes `await x.run(…)`.
fn method_fix(
    run: &Run,
    page: &'static str,
    call: Site,
    owner: &LoopOwner,
    method: &str,
) -> Result<Fix, Vec<Obstacle>> {
    let value = run.child(call, Role::Func).map(|func| run.meaning(func));
    let path = value.as_ref().and_then(Meaning::path).and_then(|path| path.rsplit_once('.'));
    if path.is_some_and(|(object, _)| run.tables().is_endless(&format!("{object}.{method}"))) {
        return Err(Vec::new());
    }
    let plan = plan_await(run, call)?;
    let coloured = !plan.functions.is_empty();
    let as_script =
        run.environment().is_script && run.tree(call.cell).is_under_main_guard(call.node);
    let (mut edits, read_to_end) = lists_for_generators(run, call);
    edits.extend(await_method(run, call, method));
    let edits = plan.finish(run, edits)?;
    let safe = owner.same && read_to_end && plan.is_direct() && !as_script && !is_caught(run, call);
    let title = match plan.functions.first() {
        Some(id) => Message::new(page, "fix-colour").with("function", lambda::name_of(run, *id)),
        None => Message::new(page, "fix-method").with("method", method),
    };
    let why = Message::new(page, "why-method").with("method", method);
    let reasons = vec![(run.at(call), why)];
    let mut tradeoffs = Vec::new();
    if coloured {
        tradeoffs.push("callers-become-async");
    }
    if run.environment().is_script || run.tree(call.cell).is_under_main_guard(call.node) {
        tradeoffs.push("script-no-longer-runs");
    }
    Ok(plan.fix(run, OwnFix { title, is_safe: safe, edits, reasons, tradeoffs }))
}
