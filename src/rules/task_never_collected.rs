//! A task that a name keeps and that nothing awaits, gathers, cancels or asks for its result.

use super::{Check, Rule, dropped_task, gather_needs_unpacking};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::facts::{Call, Endless, Facts, Handle, Value};
use crate::python::{Kind, Role};
use crate::rewrite::{await_handle, checked, module_name};

const NAME: &str = "task-never-collected";

pub(super) const RULE: Rule = Rule { name: NAME, check: Check::Code(check) };

/// Methods that serve until their object is told to stop, which another name may do.
const SERVICES: [&str; 7] =
    ["serve", "serve_forever", "run_forever", "start", "start_polling", "listen", "run_async"];

fn check(facts: &Facts, out: &mut Vec<Diagnostic>) {
    for (call, gathers) in facts.task_starts() {
        if let Some(handle) = facts.handle(call.site)
            && !is_looked_after(facts, call, handle)
            && !(gathers && dropped_task::are_kept(facts, call.site))
        {
            out.push(diagnose(facts, call, handle, gathers));
        }
    }
}

fn is_looked_after(facts: &Facts, call: &Call, handle: Handle) -> bool {
    facts.is_guarded(call.site)
        || facts.never_ends(call.site) == Some(Endless::Serves)
        || runs_on_another_loop(facts, call)
        || is_service(facts, call)
        || gather_needs_unpacking::speaks_of(facts, call.site)
        || facts.is_collected(handle.target)
}

/// A task of another loop ends with that loop's own run.
fn runs_on_another_loop(facts: &Facts, call: &Call) -> bool {
    let of_new_loop = call.callee.path().is_some_and(|path| path.contains("new_event_loop()"));
    of_new_loop || facts.keyword(call.site, "loop").is_some()
}

fn is_service(facts: &Facts, call: &Call) -> bool {
    let Some(argument) = facts.argument(call.site, 0, "coro") else { return false };
    let Some(func) = facts.child(argument, Role::Func) else { return false };
    let Kind::Attribute { name } = facts.kind(func) else { return false };
    SERVICES.contains(&facts.tree(func.cell).text(*name))
}

fn diagnose(facts: &Facts, call: &Call, handle: Handle, gathers: bool) -> Diagnostic {
    let name = facts.source_of(handle.target);
    let coroutine = facts.argument(call.site, 0, "coro").map(|it| facts.value(it));
    let runs = match coroutine {
        Some(Value::Coroutine(id)) => Some(id),
        _ => None,
    };
    let waits = facts.never_ends(call.site);
    let endless = waits.is_some_and(|it| it != Endless::Later);
    let key = match (endless, gathers, handle.many) {
        (true, _, None) => "endless",
        (true, _, Some(_)) => "endless-all",
        (_, true, _) => "gather",
        (_, _, Some(_)) => "tasks",
        _ => "task",
    };
    // A later cell can end what a name of the cells keeps.
    let is_global = facts.owner(handle.target).is_none();
    let severity = if waits.is_some() && is_global { Severity::Hint } else { Severity::Warning };
    let mut found = Diagnostic::new(NAME, severity, facts.span(call.site), key)
        .with("name", name)
        .with("call", facts.callee_text(call.site));
    found.patterns =
        vec!["keep-the-handle", if handle.many.is_some() { "gather" } else { "task-group" }];
    if endless {
        let key = if handle.many.is_some() { "cancel-all" } else { "cancel" };
        found.note(Message::new(NAME, key).with("name", name), None);
    } else if waits.is_none() && !runs.is_some_and(|id| facts.may_go_on(id)) {
        found.fixes.extend(fix(facts, handle));
    }
    found
}

fn fix(facts: &Facts, handle: Handle) -> Option<Fix> {
    let (asyncio, import) = module_name(facts, handle.target, "asyncio");
    let mut edits = await_handle(facts, handle, &asyncio)?;
    let awaits = edits.last()?.span;
    let gathers = edits.iter().any(|edit| edit.text.contains(".gather("));
    if gathers {
        edits.extend(import);
    }
    let name = facts.source_of(handle.target);
    let key = if gathers { "fix-await-all" } else { "fix-await" };
    Some(checked(
        facts,
        Fix {
            title: Message::new(NAME, key).with("name", name),
            pattern: if gathers { "gather" } else { "keep-the-handle" },
            // What is awaited here no longer runs beside later cells.
            applicability: Applicability::Unsafe,
            edits,
            reasons: vec![(awaits, Message::new(NAME, "why-await").with("name", name))],
            tradeoffs: vec!["late-interrupt"],
        },
    ))
}
