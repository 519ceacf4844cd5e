//! A coroutine or a task is used as if it were its result.

use hashbrown::HashSet;

use super::Rule;
use super::events::{found, kind_key, known_lost, place, repair};
use crate::diagnostic::{Diagnostic, Fix, Message, Severity};
use crate::execution::{Event, EventKind, Run, Site, Value, ValueUse};
use crate::python::{Builds, Kind, Role};
use crate::rewrite::{
    await_expression, can_await, lists_for_generators, module_name, obstacle_to_await, outer_await,
    without_await,
};
use crate::text::{Edit, Span, TextRange};

const NAME: &str = "result-before-it-is-there";

pub(super) const RULE: Rule = Rule { name: NAME, check };

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    let lost = known_lost(out);
    let unawaited: HashSet<Site> = run.events().iter().filter_map(never_awaited).collect();
    let busy: HashSet<Value> = run.events().iter().filter_map(endless).collect();
    let errors = out.iter().filter(|it| it.severity == Severity::Error);
    let mut said: HashSet<Span> = errors.map(|it| it.span).collect();
    out.extend(run.events().iter().filter_map(|event| unopened(run, event)));
    // A call that stands where a function belongs comes too early by itself.
    let misplaced: HashSet<Span> = out
        .iter()
        .filter(|it| it.rule == "call-where-a-function-belongs")
        .map(|it| it.span)
        .collect();
    for event in run.events() {
        let is_misplaced = |site: Site| run.span(site).is_some_and(|it| misplaced.contains(&it));
        if !misplaced.is_empty() && run.stack(event.stack).into_iter().any(is_misplaced) {
            continue;
        }
        let EventKind::UsedTooEarly { value, how } = &event.kind else { continue };
        // One that is only shown, and awaited later, does no harm.
        let is_lost = || run.trace.made_at(*value).is_some_and(|made| unawaited.contains(&made));
        if busy.contains(value) || how.goes_on() && !is_lost() {
            continue;
        }
        let at = operand(run, event.site, *value, *how);
        let at = if run.cell_of(at.cell).is_some() { at } else { run.site_of(event) };
        let made = run.trace.made_at(*value).and_then(|made| run.span(made));
        let Some(here) = run.span(at) else { continue };
        let told = |span: &Span| said.contains(span) || lost.contains(span);
        if made.into_iter().chain(run.span(event.site)).any(|it| told(&it)) || !said.insert(here) {
            continue;
        }
        if let Some(diagnostic) = diagnose(run, event, at, *value, *how) {
            out.push(diagnostic);
        }
    }
}

/// What opens where it is awaited or entered, used before that.
fn unopened(run: &Run, event: &Event) -> Option<Diagnostic> {
    let EventKind::UsedUnopened { says, .. } = &event.kind else { return None };
    let object = run.child(event.site, Role::Value)?;
    let mut found = found(run, event, event.site, |span| {
        Diagnostic::new(NAME, Severity::Error, span, "unopened")
            .with("value", run.source_of(object))
            .with("says", says.as_deref().unwrap_or_default())
    })?;
    found.patterns = vec!["top-level-await"];
    let made = place(run, object).and_then(|it| run.origin(it));
    if let Some(made) =
        made.filter(|it| can_await(run, *it) && obstacle_to_await(run, *it).is_none())
    {
        let title = Message::new(NAME, "fix-await").with("value", run.source_of(made));
        let edits = await_expression(run, made);
        found.fixes.push(repair(run, made, title, "top-level-await", edits));
    }
    Some(found)
}

/// The call that made a coroutine which nobody awaits.
fn never_awaited(event: &Event) -> Option<Site> {
    matches!(event.kind, EventKind::CoroutineLost { .. }).then_some(event.site)
}

/// The task for which a loop waits that never ends: nobody comes to what stands after it.
fn endless(event: &Event) -> Option<Value> {
    match event.kind {
        EventKind::BusyWait { value } => Some(value),
        _ => None,
    }
}

/// The expression whose value is used too early; the whole call where it is one of several
/// arguments.
pub(super) fn operand(run: &Run, site: Site, value: Value, how: ValueUse) -> Site {
    let inner = match (how, run.kind(site)) {
        (ValueUse::Attribute | ValueUse::Subscript, Kind::Attribute { .. } | Kind::Subscript) => {
            run.child(site, Role::Value)
        }
        (ValueUse::Argument | ValueUse::Passed, Kind::Call) => run.only_argument(site),
        (ValueUse::Element, Kind::Call) if run.callee(site).ends_with(".sort") => {
            run.child(site, Role::Func).and_then(|func| run.child(func, Role::Value))
        }
        (ValueUse::Iteration, Kind::Tuple { .. } | Kind::List) => unpacked(run, site),
        (ValueUse::Iteration, Kind::Call) if !is_walked(run, site, value) => {
            run.only_argument(site)
        }
        _ => None,
    };
    inner.unwrap_or(site)
}

/// Whether it is what the call at `site` gives that is walked, and not what it is given.
fn is_walked(run: &Run, site: Site, value: Value) -> bool {
    run.trace.made_at(value) == Some(site) || run.tree(site.cell).role(site.node) == Role::Iter
}

/// What is unpacked into the names at `site`.
fn unpacked(run: &Run, site: Site) -> Option<Site> {
    let assign = run.parent(site).filter(|up| *run.kind(*up) == Kind::Assign)?;
    run.child(assign, Role::Value)
}

fn diagnose(run: &Run, event: &Event, at: Site, value: Value, how: ValueUse) -> Option<Diagnostic> {
    let is_task = kind_key(run, value) == "task";
    let walked = run.child(at, Role::Value).filter(|_| *run.kind(at) == Kind::Yield);
    let is_in_async = place(run, at).is_some_and(|at| {
        run.owner(at).and_then(|id| run.function(id)).is_some_and(|it| it.is_async)
    });
    let is_held = how == ValueUse::Element && !run.trace.given(at).contains(&value);
    let key = match (how, is_task) {
        _ if is_held && is_task => "tasks",
        _ if is_held => "coroutines",
        _ if walked.is_some() && is_in_async => "yield-from-async",
        _ if walked.is_some() => "yield-from",
        (ValueUse::Result, _) => "result",
        _ if how.goes_on() && is_task => return None,
        (ValueUse::Passed, _) => "passed",
        _ if how.goes_on() => "shown",
        (_, true) => "task",
        (_, false) => "coroutine",
    };
    let severity = if how.goes_on() { Severity::Warning } else { Severity::Error };
    let mut found = found(run, event, at, |span| {
        Diagnostic::new(NAME, severity, span, key)
            .with("value", run.source_of(walked.unwrap_or(at)))
            .with("function", run.name_of(value).unwrap_or_else(|| run.source_of(at)))
    })?;
    found.patterns = vec!["top-level-await"];
    if let Some((at, value)) = place(run, at).zip(walked.and_then(|it| place(run, it))) {
        found.fixes.extend(is_in_async.then(|| awaited_there(run, at, value)));
        return Some(found);
    }
    if is_held {
        found.patterns = vec!["gather"];
        found.fixes.extend(gathered(run, at));
        return Some(found);
    }
    // A bare future may be one that nobody fills.
    if key != "result" || run.trace.function_of(value).is_some() {
        found.fixes.extend(fix(run, asked_for(run, at), key));
    }
    Some(found)
}

/// `sum(tasks)` becomes `sum(await asyncio.gather(*tasks))`.
fn gathered(run: &Run, at: Site) -> Option<Fix> {
    let site = place(run, at).filter(|it| obstacle_to_await(run, *it).is_none())?;
    let is_given = matches!(run.role(site), Role::Arg | Role::Keyword);
    let given = run.trace.given(at);
    let can_be = |it: &Value| run.trace.holds_awaitables(*it);
    if !is_given || given.is_empty() || !given.iter().all(can_be) {
        return None;
    }
    let (open, close) = match run.kind(site) {
        Kind::Comprehension { builds: Builds::Generator, .. } => ("(*[", "])"),
        _ => ("(*", ")"),
    };
    let (asyncio, import) = module_name(run, site, "asyncio");
    let (whole, cell) = (run.range(site), run.position(site.cell));
    let head = Edit::insert(cell, whole.start, format!("await {asyncio}.gather{open}"));
    let tail = Edit::insert(cell, whole.end, close.to_owned());
    let title = Message::new(NAME, "fix-gather").with("value", run.source_of(site));
    let edits = import.into_iter().chain([head, tail]).collect();
    Some(repair(run, site, title, "gather", edits))
}

/// `yield from work()` becomes `await work()`.
fn awaited_there(run: &Run, at: Site, value: Site) -> Fix {
    let word = TextRange::new(run.range(at).start, run.range(value).start);
    let title = Message::new(NAME, "fix-await").with("value", run.source_of(value));
    let edits = vec![Edit::replace(run.span_of(at.cell, word), "await ")];
    repair(run, at, title, "top-level-await", edits)
}

/// Of `coroutine.result()` the whole call, which an `await` takes the place of.
fn asked_for(run: &Run, at: Site) -> Site {
    let attribute = run.parent(at).filter(|up| {
        let name = run.source_of(*up).rsplit('.').next();
        matches!(run.kind(*up), Kind::Attribute { .. }) && name.map(str::trim) == Some("result")
    });
    let call = attribute.and_then(|it| run.parent(it)).filter(|up| *run.kind(*up) == Kind::Call);
    let is_empty = |call: &Site| {
        run.child(*call, Role::Arg).is_none() && run.child(*call, Role::Keyword).is_none()
    };
    call.filter(is_empty).unwrap_or(at)
}

fn fix(run: &Run, at: Site, key: &str) -> Option<Fix> {
    let site = place(run, at)?;
    let is_asked =
        matches!(run.kind(at), Kind::Call) && run.callee(at).rsplit('.').next() == Some("result");
    let key = if is_asked && key == "coroutine" { "result" } else { key };
    let target = match key {
        // `task.result()` becomes `await task`.
        "result" => {
            let func = run.child(site, Role::Func)?;
            run.child(func, Role::Value)?
        }
        _ => site,
    };
    if obstacle_to_await(run, site).is_some() || run.role(site) == Role::Target {
        return None;
    }
    // `sum(t.result() for t in tasks)` reads a list: a generator that awaits is an asynchronous one.
    let (mut edits, _) = lists_for_generators(run, site);
    match key {
        "result" => {
            let inside = run.parent(site).is_some_and(|up| {
                matches!(
                    run.kind(up),
                    Kind::Attribute { .. } | Kind::Subscript | Kind::Call | Kind::BinOp
                )
            });
            let is_wrapped = inside && run.role(site) != Role::Arg;
            let (open, close) = if is_wrapped { ("(await ", ")") } else { ("await ", "") };
            let (whole, kept) = (run.range(site), run.range(target));
            edits.push(Edit::insert(run.position(site.cell), kept.start, open));
            let rest = TextRange::new(kept.end, whole.end);
            edits.push(Edit::replace(run.span_of(site.cell, rest), close));
        }
        _ => {
            edits.extend(await_expression(run, target));
            // An item of a result is no coroutine: the `await` before it was meant for the whole.
            let outer = outer_await(run, target).filter(|outer| {
                run.child(*outer, Role::Value).is_some_and(|it| *run.kind(it) == Kind::Subscript)
            });
            edits.extend(outer.map(|outer| without_await(run, outer)));
        }
    }
    Some(repair(
        run,
        site,
        Message::new(NAME, "fix-await").with("value", run.source_of(target)),
        "top-level-await",
        edits,
    ))
}
