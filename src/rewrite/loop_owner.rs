//! Calls of libraries that want an event loop of their own: where they stand on the kernel's
//! thread, what is said of them, and the `await` that takes their place.

use super::awaiting::{await_method, lists_for_generators};
use super::colour::{OwnFix, plan_await};
use super::lambda;
use super::loop_entry::{LoopEntry, await_instead, is_caught, note_origin, offer};
use super::obstacle::Obstacle;
use crate::diagnostic::{Diagnostic, Fix, Message, Severity};
use crate::facts::{Call, Facts, Runs, Site, Usage, Value, Wrapping};
use crate::knowledge::tables::{Answers, AwaitForm, LoopOwner};
use crate::python::{Kind, Role};

/// The calls that `find` knows by their path and that the kernel's thread makes while a loop is
/// running there. An entry whose path ends in `.__enter__` is looked for in plain `with`s.
pub fn owners<'f>(
    facts: &'f Facts,
    find: impl Fn(&str) -> Option<&'f LoopOwner>,
) -> Vec<(Site, &'f LoopOwner)> {
    let mut found = Vec::new();
    let decorated = facts.functions.iter().any(|it| it.wrapping == Wrapping::Unknown);
    for call in &facts.calls {
        let owner = match call.callee.path() {
            Some(path) => find(path),
            None if decorated => decorator_of(facts, call).and_then(|path| find(&path)),
            None => None,
        };
        found.extend(owner.map(|owner| (call.site, owner)));
    }
    for site in facts.sites().filter(|site| matches!(facts.kind(*site), Kind::WithItem)) {
        let plain = facts
            .parent(site)
            .is_some_and(|with| matches!(facts.kind(with), Kind::With { is_async: false }));
        let Some(manager) = facts.child(site, Role::Context).filter(|_| plain) else { continue };
        let value = facts.value(manager);
        let owner = value.path().and_then(|path| find(&format!("{path}.__enter__")));
        found.extend(owner.map(|owner| (manager, owner)));
    }
    found.retain(|(site, owner)| is_beside_a_loop(facts, *site, owner));
    found.sort_by_key(|(site, _)| *site);
    found
}

/// An `await` in front comes too late for what the call itself does. What was only read of may
/// give something to await there.
fn is_beside_a_loop(facts: &Facts, site: Site, owner: &LoopOwner) -> bool {
    // What depends on another object is seen by the run.
    let works = |name: &String| facts.keyword(site, name).is_some();
    if owner.after.is_some() || owner.unless.as_ref().is_some_and(works) {
        return false;
    }
    let awaited = facts.usage(site) == Usage::Awaited;
    match facts.runs(site) {
        _ if awaited && owner.docs => false,
        Runs::Async(_) => !facts.environment.host.suspends_the_caller(),
        Runs::Cell | Runs::Helper(_) => facts.environment.host.refuses_a_run(),
        Runs::Elsewhere => false,
    }
}

/// The path of the decorator that made what is called, as a call of it.
fn decorator_of(facts: &Facts, call: &Call) -> Option<String> {
    let func = facts.child(call.site, Role::Func).filter(|_| call.callee == Value::Unknown)?;
    let bindings = matches!(facts.kind(func), Kind::Name { .. }).then(|| facts.bindings(func))?;
    let [(cell, binding)] = bindings.as_slice() else { return None };
    let def = Site { cell: *cell, node: binding.node };
    facts.function_at(def)?;
    let mut decorators = facts.children_in(def, Role::Decorator);
    let (Some(decorator), None) = (decorators.next(), decorators.next()) else { return None };
    facts.value(decorator).path().map(|path| format!("{path}()"))
}

/// What there is to say of a call that wants its own loop, in the words of `page`.
pub fn report_owner(
    facts: &Facts,
    page: &'static str,
    site: Site,
    owner: &LoopOwner,
) -> Diagnostic {
    let patch = facts.patch_before(site);
    let works = patch.is_some() && owner.patchable;
    // Nothing catches the end of the kernel.
    let caught = is_caught(facts, site) && owner.answers != Answers::Dies;
    let severity = if works || caught || owner.docs { Severity::Warning } else { Severity::Error };
    let runs = facts.runs(site);
    let key = match runs {
        _ if works => "patched",
        _ if owner.docs => "documented",
        _ if owner.answers == Answers::Hangs => "hangs",
        _ if owner.answers == Answers::Dies => "dies",
        _ if owner.answers == Answers::Asynchronous => "asynchronous",
        Runs::Async(_) => "in-async",
        Runs::Helper(_) => "helper",
        _ if caught => "caught",
        _ if facts.under_main_guard(site) => "main-guard",
        _ => "direct",
    };
    let function = facts.owner(site).and_then(|id| facts.function(id));
    let mut found = Diagnostic::new(page, severity, facts.span(site), key)
        .with("call", name_of(facts, site))
        .with("function", function.map_or("", |function| function.title()));
    if let Some(says) = owner.says.as_ref().filter(|_| !works) {
        found.note(Message::new(page, "says").with("text", says), None);
    }
    if let Some(twin) = &owner.twin {
        found.note(Message::new(page, "twin").with("twin", twin), None);
    }
    note_origin(facts, &mut found, site, patch.filter(|_| works));
    if let Some(patch) = patch.filter(|_| !works) {
        let note = Message::new(page, "patch-no-help").with("cell", patch.cell.number());
        found.note(note, Some(facts.span(patch)));
    }
    found.patterns = vec!["top-level-await", "to-thread"];
    if let Some(repair) = repair(facts, page, site, owner) {
        offer(facts, &mut found, repair);
    }
    found
}

/// The callee as written; of `wrap(f)()` that is `wrap`.
pub(super) fn name_of<'f>(facts: &'f Facts, site: Site) -> &'f str {
    let call = facts.origin(site).filter(|_| !matches!(facts.kind(site), Kind::Call));
    let call = call.unwrap_or(site);
    let Some(func) = facts.child(call, Role::Func) else { return facts.source_of(site) };
    if matches!(facts.kind(func), Kind::Call) && facts.child(func, Role::Arg).is_some() {
        return facts.callee_text(func);
    }
    facts.source_of(func)
}

fn repair(
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
    let as_script = facts.environment.is_script && facts.under_main_guard(call);
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
    if facts.environment.is_script || facts.under_main_guard(call) {
        tradeoffs.push("script-no-longer-runs");
    }
    Ok(plan.fix(facts, OwnFix { title, is_safe: safe, edits, reasons, tradeoffs }))
}
