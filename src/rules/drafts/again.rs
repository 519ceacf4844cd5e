//! A coroutine that is awaited a second time: a task may be.

use crate::diagnostic::{Fix, Message};
use crate::execution::{Event, EventKind, Made, Run, Site};
use crate::python::{Kind, Role};
use crate::rewrite::{
    Drafted, Start, draft, draft_unseen, drafted_fix, enclose, keep_tasks, module_name,
};
use crate::rules::events::place;
use crate::text::Edit;

/// What keeps the coroutines of a function keeps tasks instead.
pub(super) fn cached_tasks(run: &Run, event: &Event) -> Option<Fix> {
    let def = match event.kind {
        EventKind::CoroutineCached { function, .. } => run.trace.function_of(function)?,
        EventKind::AwaitedTwice { made } => {
            let is_it = |it: &Made| it.by == Some(made);
            let def = run.trace.made().find(is_it)?.function?;
            let is_kept = |it: Site| run.meaning(it).path() == Some("functools.cached_property");
            let at = place(run, def)?;
            run.children_in(at, Role::Decorator).any(is_kept).then_some(def)?
        }
        _ => return None,
    };
    let at = place(run, def)?;
    let edits = keep_tasks(run, at)?;
    let start = Start::Edits(edits);
    let drafted = match event.kind {
        EventKind::AwaitedTwice { .. } => draft(run, &start)?,
        _ => draft_unseen(run, &start)?,
    };
    let title = Message::new("awaited-twice", "fix-kept").with("function", run.title(at));
    Some(kept(run, at, title, drafted))
}

/// The repair at `at` that keeps tasks.
fn kept(run: &Run, at: Site, title: Message, drafted: Drafted) -> Fix {
    let reason = (run.at(at), Message::new("awaited-twice", "why-task"));
    let mut fix = drafted_fix(run, title, reason, drafted);
    fix.pattern = "keep-the-handle";
    fix
}

/// A coroutine that is awaited twice becomes a task, which may be.
pub(super) fn as_task(run: &Run, event: &Event) -> Option<Fix> {
    let EventKind::AwaitedTwice { made } = event.kind else { return None };
    let is_it = |it: &Made| it.by == Some(made);
    let seen = run.trace.made().filter(is_it).find_map(|it| it.seen)?;
    let site: Site = seen.in_reach.filter(|_| !seen.is_mixed)?;
    let at = place(run, site)?;
    let (asyncio, import) = module_name(run, at, "asyncio");
    let mut edits: Vec<Edit> = import.into_iter().collect();
    // Those beside it in a list are walked as often as it is.
    let around = run
        .parent(at)
        .filter(|up| matches!(run.kind(*up), Kind::List | Kind::Tuple { .. } | Kind::Set));
    let beside: Vec<Site> = run.trace.made().filter_map(|it| it.seen?.in_reach).collect();
    let is_made = |it: &Site| beside.iter().any(|site| place(run, *site) == Some(*it));
    let all: Vec<Site> = match around {
        Some(around) => run.children(around).filter(is_made).collect(),
        None => vec![at],
    };
    for one in all {
        edits.extend(enclose(run, one, format!("{asyncio}.ensure_future(")));
    }
    let drafted = draft(run, &Start::Edits(edits))?;
    let title = Message::new("awaited-twice", "fix-task").with("call", run.source_of(at));
    Some(kept(run, at, title, drafted))
}
