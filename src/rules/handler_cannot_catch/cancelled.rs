//! An `await` of a task that was cancelled just before, with no handler at all: `CancelledError` ends
//! the cell.
//!
//! Source: kernels (ipykernel 7.4 and 6.29). A task that has not begun is cancelled whatever its body
//! says; one that has may take the cancellation, or be done by then.

use super::NAME;
use crate::diagnostic::{Diagnostic, Fix, Message, Severity};
use crate::execution::{Run, Site};
use crate::python::{Kind, Role};
use crate::rewrite::module_name;
use crate::rules::events::{place, repair};
use crate::text::Edit;

/// Every such `await` at the top of a cell.
pub(super) fn awaits<'r>(run: &'r Run) -> impl Iterator<Item = Diagnostic> + 'r {
    let is_one = |site: &Site| matches!(run.kind(*site), Kind::Await) && run.owner(*site).is_none();
    run.sites().filter(is_one).filter_map(|site| diagnose(run, site))
}

fn diagnose(run: &Run, site: Site) -> Option<Diagnostic> {
    let task =
        run.child(site, Role::Value).filter(|it| matches!(run.kind(*it), Kind::Name { .. }))?;
    let name = run.source_of(task);
    let statement = run.statement(site);
    let block = run.block(statement);
    let mut before = block.iter().rev().skip_while(|it| **it != statement).skip(1);
    let cancels = |it: &Site| run.source_of(*it) == format!("{name}.cancel()");
    before.by_ref().find(|it| !is_pause(run, **it)).filter(|it| cancels(it))?;
    let is_new = before.next().is_some_and(|it| makes_task(run, *it, name));
    let is_bare = !run
        .ancestors(site)
        .any(|up| matches!(run.kind(up), Kind::Try | Kind::With { .. } | Kind::Lambda));
    if !is_bare || !run.comes_to(site) || !is_new && !goes_on(run, task) {
        return None;
    }
    let mut found =
        Diagnostic::new(NAME, Severity::Warning, run.span(site)?, "cancelled").with("task", name);
    found.patterns = vec!["keep-the-handle"];
    found.fixes.extend(fix(run, site, task));
    Some(found)
}

/// A statement that may stand between and changes nothing.
fn is_pause(run: &Run, statement: Site) -> bool {
    let value = run.child(statement, Role::Value);
    let call = value.map(|it| {
        run.child(it, Role::Value).filter(|_| *run.kind(it) == Kind::Await).unwrap_or(it)
    });
    let path = call.and_then(|it| run.path_of_call(it));
    matches!(path.as_deref(), Some("asyncio.sleep" | "builtins.print"))
}

fn makes_task(run: &Run, statement: Site, name: &str) -> bool {
    let target = run.child(statement, Role::Target).map(|it| run.source_of(it));
    let path = run.child(statement, Role::Value).and_then(|it| run.path_of_call(it));
    target == Some(name)
        && path.is_some_and(|it| it == "asyncio.create_task" || it == "asyncio.ensure_future")
}

/// Whether a task runs for ever, and takes no cancellation.
fn goes_on(run: &Run, task: Site) -> bool {
    let given = run.trace.given(task);
    let [value] = given.as_slice() else { return false };
    run.trace.function_of(*value).is_some_and(|def| {
        let takes = |it: Site| matches!(run.kind(it), Kind::Try | Kind::With { .. });
        run.is_endless(def) && !run.descendants(def).any(takes)
    })
}

/// `await task` becomes `await asyncio.gather(task, return_exceptions=True)`.
fn fix(run: &Run, site: Site, task: Site) -> Option<Fix> {
    let at = place(run, task)?;
    run.parent(site).filter(|up| *run.kind(*up) == Kind::Expression)?;
    let (asyncio, import) = module_name(run, at, "asyncio");
    let mut edits: Vec<Edit> = import.into_iter().collect();
    let (cell, range) = (run.position(at.cell), run.range(at));
    edits.push(Edit::insert(cell, range.start, format!("{asyncio}.gather(")));
    edits.push(Edit::insert(cell, range.end, ", return_exceptions=True)"));
    let title = Message::new(NAME, "fix-cancelled").with("task", run.source_of(task));
    Some(repair(run, at, title, "keep-the-handle", edits))
}
