//! A task that is started and whose handle nothing keeps.

use super::Rule;
use super::events::{Said, found, lost_tasks, place, repair, report};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::execution::{Event, EventKind, Run, Site, ValueKind};
use crate::python::{Kind, Role};
use crate::rewrite::{
    FreeNames, Start, await_expression, can_await, checked, draft_unseen, drafted_fix, keep_handle,
    keep_in_background, module_name, obstacle_to_await,
};
use crate::text::Edit;

const NAME: &str = "dropped-task";

pub(super) const RULE: Rule = Rule { name: NAME, check };

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    let mut names = FreeNames::default();
    // What nothing runs is told as that.
    let said = Said::of(out);
    let never_runs = |it: &Event| {
        let at = run.span(it.site).map_or(&[][..], |span| said.at(span));
        at.iter().any(|(rule, _)| *rule == "competing-event-loop")
    };
    let lost = lost_tasks(run).into_iter().filter(|(it, _)| !never_runs(it));
    let dropped = lost.filter_map(|(it, gathers)| dropped(run, it, gathers, &mut names));
    let posted = run.events().iter().filter(|it| it.kind == EventKind::PostedToOwnLoop);
    let posted = posted.filter_map(|it| posted_here(run, it));
    report(out, dropped.chain(posted));
}

/// A task that a statement starts, by itself or in a list, and that goes nowhere.
fn dropped(run: &Run, event: &Event, gathers: bool, names: &mut FreeNames) -> Option<Diagnostic> {
    let whole = element_of(run, event.site).filter(|_| !gathers).unwrap_or(event.site);
    run.parent(whole).filter(|up| *run.kind(*up) == Kind::Expression)?;
    let key = match (gathers, run.is_shown(whole)) {
        (true, false) => "gather",
        (true, true) => "gather-displayed",
        (false, false) => "task",
        (false, true) => "task-displayed",
    };
    let mut found = found(run, event, event.site, |span| {
        Diagnostic::new(NAME, Severity::Warning, span, key).with("call", run.callee(event.site))
    })?;
    found.patterns = if gathers { vec!["gather"] } else { vec!["keep-the-handle", "task-group"] };
    match place(run, event.site) {
        Some(call) if gathers => found.fixes.extend(await_fix(run, call, names)),
        Some(call) if run.never_ends(call).is_some() => {
            let in_vain = waits_in_vain(run, event.site);
            found.fixes.extend(handle_fix(run, call, names).filter(|_| !in_vain));
        }
        Some(call) => found.fixes.extend(handle_fix(run, call, names)),
        // A module beside the notebook starts it.
        None => found.note(Message::new(NAME, "there"), None),
    }
    Some(found)
}

/// The list, or its like, in which an expression stands.
fn element_of(run: &Run, site: Site) -> Option<Site> {
    let is_element = run.tree(site.cell).role(site.node) == Role::Element;
    run.parent(site).filter(|_| is_element)
}

/// A coroutine given to the loop that runs here as if from another thread, and its future dropped.
fn posted_here(run: &Run, event: &Event) -> Option<Diagnostic> {
    run.parent(event.site).filter(|up| *run.kind(*up) == Kind::Expression)?;
    let mut diagnostic = found(run, event, event.site, |span| {
        Diagnostic::new(NAME, Severity::Warning, span, "posted")
            .with("call", run.callee(event.site))
    })?;
    diagnostic.patterns = vec!["top-level-await", "keep-the-handle"];
    diagnostic.fixes.extend(awaited_here(run, event));
    Some(diagnostic)
}

/// `run_coroutine_threadsafe(work(), loop)` becomes `await work()`.
fn awaited_here(run: &Run, event: &Event) -> Option<Fix> {
    let call = place(run, event.site)?;
    let coroutine = run.argument(call, 0, "coro")?;
    if obstacle_to_await(run, call).is_some() {
        return None;
    }
    let text = format!("await {}", run.source_of(coroutine));
    let title = Message::new(NAME, "fix-posted").with("call", run.callee(event.site));
    let edits = vec![Edit::replace(run.at(call), text)];
    Some(repair(run, call, title, "top-level-await", edits))
}

/// `await gather(…)` where it stands.
fn await_fix(run: &Run, call: Site, names: &mut FreeNames) -> Option<Fix> {
    let here = can_await(run, call) && run.comes_to(call);
    if run.never_ends(call).is_some() {
        return keep_in_background(run, call, names);
    }
    if !here || obstacle_to_await(run, call).is_some() {
        return None;
    }
    Some(checked(
        run,
        Fix {
            title: Message::new(NAME, "fix-await").with("call", run.callee(call)),
            pattern: "gather",
            applicability: Applicability::Unsafe,
            edits: await_expression(run, call),
            reasons: vec![(run.at(call), Message::new(NAME, "why-await"))],
            tradeoffs: vec!["sibling-failure"],
        },
    ))
}

/// Whether a task's work wants, for what it does next, something that nobody can bring: a handle
/// makes it no better. What only keeps its place by such a wait, as a server does, is at its end
/// there.
fn waits_in_vain(run: &Run, task: Site) -> bool {
    let mut waiting: Vec<_> = run.argument(task, 0, "coro").into_iter().collect();
    let mut seen: Vec<Site> = Vec::new();
    while let Some(work) = waiting.pop() {
        for def in run.definitions(work, ValueKind::Coroutine) {
            if seen.contains(&def) {
                continue;
            }
            seen.push(def);
            for it in run.descendants(def).filter(|it| *run.kind(*it) == Kind::Await) {
                let Some(awaited) = run.child(it, Role::Value) else { continue };
                if is_fresh_future(run, awaited) && goes_on_after(run, it) {
                    return true;
                }
                waiting.push(awaited);
            }
        }
    }
    false
}

fn is_fresh_future(run: &Run, awaited: Site) -> bool {
    let path = run.path_of_call(awaited).unwrap_or_default();
    *run.kind(awaited) == Kind::Call
        && (path == "asyncio.Future" || path.ends_with(".create_future"))
}

/// Whether the value of an expression is used, or its block goes on behind it.
fn goes_on_after(run: &Run, site: Site) -> bool {
    let Some(up) = run.parent(site).filter(|up| *run.kind(*up) == Kind::Expression) else {
        return true;
    };
    let tree = run.tree(up.cell);
    let Some(block) = tree.parent(up.node) else { return false };
    tree.children_in(block, tree.role(up.node)).last() != Some(up.node)
}

/// A name for the task, and an `await` at the end of the cell or function.
fn handle_fix(run: &Run, call: Site, names: &mut FreeNames) -> Option<Fix> {
    // A task of another loop cannot be awaited on this one.
    if run.keyword(call, "loop").is_some() {
        return None;
    }
    // What never ends is not waited for at the end of a cell.
    if run.never_ends(call).is_some() {
        return keep_in_background(run, call, names);
    }
    let (asyncio, _) = module_name(run, call, "asyncio");
    let edits = keep_handle(run, call, &asyncio, names)?;
    if !can_await(run, call) {
        let start = Start::Await { at: call, own: edits, otherwise: None };
        let drafted = draft_unseen(run, &start)?;
        let reason = (run.at(call), Message::new(NAME, "why-keep"));
        return Some(drafted_fix(run, Message::new(NAME, "fix-keep"), reason, drafted));
    }
    let mut reasons = vec![(run.at(call), Message::new(NAME, "why-keep"))];
    if let Some(last) = edits.last() {
        reasons.push((last.span, Message::new(NAME, "why-await-end")));
    }
    Some(checked(
        run,
        Fix {
            title: Message::new(NAME, "fix-keep"),
            pattern: "keep-the-handle",
            applicability: Applicability::Unsafe,
            edits,
            reasons,
            tradeoffs: vec!["late-interrupt"],
        },
    ))
}
