//! A plain function where what it gives will be awaited.

use super::{NAME, named};
use crate::diagnostic::{Diagnostic, Fix, Message, Severity};
use crate::execution::{Event, Run, Site, Value};
use crate::python::Kind;
use crate::rewrite::{Start, draft_unseen, drafted_fix};
use crate::rules::events::{found, function_name, place};
use crate::text::{Edit, TextRange};

/// A plain function in the hands of what wants a coroutine function; `refuses` says whether the call
/// itself raises.
pub(super) fn plain(
    run: &Run,
    event: &Event,
    argument: Site,
    value: Value,
    refuses: bool,
) -> Option<Diagnostic> {
    let written = written_at(run, argument, value);
    let name = function_name(run, value).unwrap_or_else(|| named(run, written, value));
    let key = if refuses { "plain" } else { "plain-later" };
    let mut found = found(run, event, written, |span| {
        Diagnostic::new(NAME, Severity::Error, span, key)
            .with("taker", run.callee(event.site))
            .with("function", name)
    })?;
    found.patterns = vec!["keep-the-handle"];
    found.fixes.extend(made_async(run, written, value));
    Some(found)
}

/// Where the function itself stands, in a list or a dict that is handed over.
pub(super) fn written_at(run: &Run, argument: Site, value: Value) -> Site {
    let is_it = |it: &Site| run.trace.given(*it).contains(&value);
    let inside = || run.descendants(argument).find(is_it);
    Some(argument).filter(is_it).or_else(inside).unwrap_or(argument)
}

/// `def f` becomes `async def f`, and who calls it awaits.
fn made_async(run: &Run, at: Site, value: Value) -> Option<Fix> {
    let def = place(run, run.trace.function_of(value)?)?;
    let Kind::FunctionDef { name, is_async: false } = run.kind(def) else { return None };
    if run.is_generator(def) {
        return None;
    }
    let start = run.range(def).start;
    let head = TextRange::new(start, name.start).slice(run.tree(def.cell).source());
    let word = start + head.rfind("def")?;
    let edits = vec![Edit::insert(run.position(def.cell), word, "async ")];
    let drafted = draft_unseen(run, &Start::Edits(edits))?;
    let name = run.tree(def.cell).text(*name);
    let title = Message::new(NAME, "fix-async").with("function", name);
    let reason = (run.span(at)?, Message::new(NAME, "why-async"));
    Some(drafted_fix(run, title, reason, drafted))
}
