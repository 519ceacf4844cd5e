//! Calls of libraries that want an event loop of their own, and the `await` that takes their place.

use super::awaiting::{await_method, lists_for_generators};
use super::colour::{OwnFix, plan_await};
use super::lambda;
use super::loop_entry::{LoopEntry, await_instead, is_caught};
use super::obstacle::Obstacle;
use crate::diagnostic::{Fix, Message};
use crate::facts::{Facts, Site, Value};
use crate::knowledge::tables::{AwaitForm, LoopOwner};
use crate::python::{Kind, Role};

/// The callee as written; of `wrap(f)()` that is `wrap`.
pub fn name_of_owner<'f>(facts: &'f Facts, site: Site) -> &'f str {
    let call = facts.origin(site).filter(|_| !matches!(facts.kind(site), Kind::Call));
    let call = call.unwrap_or(site);
    let Some(func) = facts.child(call, Role::Func) else { return facts.source_of(site) };
    if matches!(facts.kind(func), Kind::Call) && facts.child(func, Role::Arg).is_some() {
        return facts.callee_text(func);
    }
    facts.source_of(func)
}

/// The fix for such a call, or what keeps an `await` from standing there; `None` where no `await`
/// does what it does.
pub fn owner_instead(
    facts: &Facts,
    page: &'static str,
    site: Site,
    owner: &LoopOwner,
) -> Option<Result<Fix, Vec<Obstacle>>> {
    if !matches!(facts.kind(site), Kind::Call) {
        return None;
    }
    if let Some(method) = &owner.method {
        let called = facts.callee_text(site).rsplit('.').next().unwrap_or_default();
        return Some(method_fix(facts, page, site, owner, &method.replace('*', called)));
    }
    let entry = match owner.awaits? {
        AwaitForm::Argument => LoopEntry::of(facts, site, "main"),
        form => LoopEntry::of_function(facts, site, form),
    };
    Some(await_instead(facts, page, entry?))
}

/// `x.run_sync(…)` becomes `await x.run(…)`.
fn method_fix(
    facts: &Facts,
    page: &'static str,
    call: Site,
    owner: &LoopOwner,
    method: &str,
) -> Result<Fix, Vec<Obstacle>> {
    let value = facts.child(call, Role::Func).map(|func| facts.value(func));
    let path = value.as_ref().and_then(Value::path).and_then(|path| path.rsplit_once('.'));
    if path.is_some_and(|(object, _)| facts.tables.is_endless(&format!("{object}.{method}"))) {
        return Err(Vec::new());
    }
    let plan = plan_await(facts, call)?;
    let coloured = !plan.functions.is_empty();
    let as_script =
        facts.environment.is_script && facts.tree(call.cell).is_under_main_guard(call.node);
    let (mut edits, read_to_end) = lists_for_generators(facts, call);
    edits.extend(await_method(facts, call, method));
    let edits = plan.finish(facts, edits)?;
    let safe =
        owner.same && read_to_end && plan.is_direct() && !as_script && !is_caught(facts, call);
    let title = match plan.functions.first() {
        Some(id) => Message::new(page, "fix-colour").with("function", lambda::name_of(facts, *id)),
        None => Message::new(page, "fix-method").with("method", method),
    };
    let why = Message::new(page, "why-method").with("method", method);
    let reasons = vec![(facts.span(call), why)];
    let mut tradeoffs = Vec::new();
    if coloured {
        tradeoffs.push("callers-become-async");
    }
    if facts.environment.is_script || facts.tree(call.cell).is_under_main_guard(call.node) {
        tradeoffs.push("script-no-longer-runs");
    }
    Ok(plan.fix(facts, OwnFix { title, is_safe: safe, edits, reasons, tradeoffs }))
}
