//! An `except` around what raises something else: a task group's group, an interrupt's
//! cancellation.

mod cancelled;

use super::Rule;
use super::events::{Said, found, place, repair};
use crate::diagnostic::{Diagnostic, Fix, Message, Severity};
use crate::environment::PythonVersion;
use crate::execution::{EventKind, Miss, Run, Site};
use crate::python::{Kind, NameUse, NodeId, Role, Tree};
use crate::rewrite::{await_expression, can_await, enclose, module_name};
use crate::text::{Edit, TextRange};

const NAME: &str = "handler-cannot-catch";

pub(super) const RULE: Rule = Rule { name: NAME, check };

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    let mut said = Said::of(out);
    out.extend(cancelled::awaits(run));
    for event in run.events() {
        let EventKind::HandlerMisses { why } = event.kind else { continue };
        if !is_all_there_is(run, why, event.site) {
            continue;
        }
        let key = match why {
            Miss::Group => "group",
            Miss::Interrupt => "interrupt",
            Miss::Early => "early",
            Miss::Limit => "limit",
        };
        let handler = match why {
            Miss::Limit => Some(event.site),
            Miss::Early => run.handler_of(event.site),
            _ => run.handler_around(event.site),
        };
        let Some(handler) = handler else { continue };
        let diagnostic = found(run, event, handler, |span| {
            Diagnostic::new(NAME, Severity::Warning, span, key).with("type", run.source_of(handler))
        });
        if let Some(mut diagnostic) = diagnostic.filter(|it| !said.error_or(it.span, NAME)) {
            said.add(&diagnostic);
            diagnostic.fixes.extend(fix(run, handler, why));
            out.push(diagnostic);
        }
    }
}

fn fix(run: &Run, handler: Site, why: Miss) -> Option<Fix> {
    let test = place(run, handler)?;
    let around = run.ancestors(test).find(|it| *run.kind(*it) == Kind::Try)?;
    let (title, edits) = match why {
        Miss::Group => ("fix-star", starred(run, around)?),
        Miss::Early => ("fix-inside", awaited_inside(run, around)?),
        Miss::Limit => ("fix-outside", outside(run, around)?),
        Miss::Interrupt => return None,
    };
    Some(repair(run, test, Message::new(NAME, title), "task-group", edits))
}

/// `except ValueError` becomes `except* ValueError`, in the whole `try`.
///
/// Source: <https://docs.python.org/3/reference/compound_stmts.html#except-star>: since 3.11, never
/// beside a plain `except`, and without `return`, `break` and `continue`.
fn starred(run: &Run, around: Site) -> Option<Vec<Edit>> {
    let version = PythonVersion { major: 3, minor: 11 };
    if run.environment().oldest_python().is_some_and(|it| it < version) {
        return None;
    }
    let leaves = |site: Site| {
        matches!(run.kind(site), Kind::Return)
            || matches!(run.source_of(site), "break" | "continue")
    };
    let star = |handler: Site| {
        let is_typed = run.child(handler, Role::Test).is_some();
        let start = run.range(handler).start + "except".len();
        let stays = !run.descendants(handler).any(leaves);
        (is_typed && stays).then(|| Edit::insert(run.position(handler.cell), start, "*"))
    };
    run.children_in(around, Role::Handler).map(star).collect()
}

/// The coroutine or task that a `try` only makes is awaited there, and no more after it.
fn awaited_inside(run: &Run, around: Site) -> Option<Vec<Edit>> {
    let mut body = run.children_in(around, Role::Body);
    let assign = body.next().filter(|it| *run.kind(*it) == Kind::Assign)?;
    let (target, value) = (run.child(assign, Role::Target)?, run.child(assign, Role::Value)?);
    let is_plain = matches!(run.kind(target), Kind::Name { .. })
        && matches!(run.kind(value), Kind::Call | Kind::List)
        && body.next().is_none();
    if !is_plain || !can_await(run, value) {
        return None;
    }
    let is_list = *run.kind(value) == Kind::List;
    let mut edits = match is_list {
        true => gathering(run, value),
        false => await_expression(run, value),
    };
    let name = run.source_of(target);
    let end = run.range(around).end;
    let is_read = |site: &Site| {
        matches!(run.kind(*site), Kind::Name { used: NameUse::Load })
            && run.source_of(*site) == name
    };
    for read in run.sites().filter(is_read) {
        let taken = if is_list { gathered(run, read)? } else { read };
        let up = run.parent(taken).filter(|up| *run.kind(*up) == Kind::Await)?;
        if read.cell < around.cell || read.cell == around.cell && run.range(read).start < end {
            return None;
        }
        let (whole, kept) = (run.range(up), run.range(read));
        let span = |start, end| run.span_of(up.cell, TextRange::new(start, end));
        edits.push(Edit::delete(span(whole.start, kept.start)));
        if kept.end < whole.end {
            edits.push(Edit::delete(span(kept.end, whole.end)));
        }
    }
    Some(edits)
}

/// The `try` that is all there is in a `with` becomes one around it.
fn outside(run: &Run, around: Site) -> Option<Vec<Edit>> {
    let with = run.parent(around).filter(|it| matches!(run.kind(*it), Kind::With { .. }))?;
    let is_alone = run.children_in(with, Role::Body).count() == 1
        && run.child(around, Role::Else).is_none()
        && run.child(around, Role::Finally).is_none();
    let source = run.tree(around.cell).source();
    let (whole, inner) = (run.range(with), run.range(around));
    let first = run.range(run.child(around, Role::Body)?).start;
    let margin = |at: usize| {
        source.get(..at).map(|text| text.len() - text.rfind('\n').map_or(0, |it| it + 1))
    };
    let by = margin(inner.start)?.checked_sub(margin(whole.start)?)?;
    let head = source.get(whole.start..inner.start)?.trim_end();
    let handler = run.range(run.child(around, Role::Handler)?).start;
    let tail = TextRange::new(handler, inner.end);
    let spans_lines = |it: Site| {
        matches!(run.kind(it), Kind::Str | Kind::FString) && run.source_of(it).contains('\n')
    };
    let is_plain = is_alone
        && !head.contains('\n')
        && source.get(inner.start..first)?.trim() == "try:"
        && !run.children_in(around, Role::Handler).any(|it| run.descendants(it).any(spans_lines));
    if !is_plain {
        return None;
    }
    let span = |start, end| run.span_of(with.cell, TextRange::new(start, end));
    let mut edits = vec![
        Edit::replace(span(whole.start, whole.start + head.len()), "try:"),
        Edit::replace(span(inner.start, inner.start + "try:".len()), head),
    ];
    let mut at = source.get(..handler)?.rfind('\n')? + 1;
    for line in source.get(at..tail.end)?.split_inclusive('\n') {
        if line.get(..by).is_some_and(|margin| margin.trim().is_empty()) {
            edits.push(Edit::delete(span(at, at + by)));
        }
        at += line.len();
    }
    Some(edits)
}

/// `[f(), g()]` becomes `await asyncio.gather(*[f(), g()])`.
fn gathering(run: &Run, list: Site) -> Vec<Edit> {
    let (asyncio, import) = module_name(run, list, "asyncio");
    let gathered = enclose(run, list, format!("await {asyncio}.gather(*"));
    import.into_iter().chain(gathered).collect()
}

/// The call `gather(*name)` around the name at `read`, with nothing else in it.
fn gathered(run: &Run, read: Site) -> Option<Site> {
    let starred = run.parent(read).filter(|up| *run.kind(*up) == Kind::Starred)?;
    let call = run.parent(starred).filter(|up| *run.kind(*up) == Kind::Call)?;
    let func = run.child(call, Role::Func).map(|func| run.meaning(func))?;
    let alone =
        run.children_in(call, Role::Arg).count() == 1 && run.child(call, Role::Keyword).is_none();
    (alone && func.path() == Some("asyncio.gather")).then_some(call)
}

/// Calls that raise nothing that anybody would write a handler for.
const HARMLESS: [&str; 11] = [
    "print",
    "len",
    "range",
    "result",
    "append",
    "extend",
    "create_task",
    "ensure_future",
    "gather",
    "wait_for",
    "shield",
];

/// Whether what the handler misses is all that the `try` is for: what raises beside it, a file that
/// is opened or a timeout, raises its own error, which the handler does catch.
fn is_all_there_is(run: &Run, why: Miss, site: Site) -> bool {
    let tree = run.tree(site.cell);
    let (around, group) = match why {
        // The run tells of these only where nothing else in the `try` raises.
        Miss::Interrupt | Miss::Early | Miss::Limit => return true,
        Miss::Group => {
            let is_with = |it: &NodeId| matches!(tree.kind(*it), Kind::With { .. });
            let mut above = tree.ancestors(site.node).skip_while(|it| !is_with(it));
            let (Some(with), Some(around)) = (above.next(), above.next()) else { return false };
            if tree.children_in(with, Role::Context).count() != 1 {
                return false;
            }
            (around, Some(with))
        }
    };
    let body = || tree.children_in(around, Role::Body);
    *tree.kind(around) == Kind::Try
        && group.is_none_or(|group| body().any(|it| it == group))
        && body()
            .filter(|it| Some(*it) != group)
            .flat_map(|it| std::iter::once(it).chain(tree.descendants(it)))
            .all(|it| is_harmless(run, tree, it))
}

fn is_harmless(run: &Run, tree: &Tree, node: NodeId) -> bool {
    match tree.kind(node) {
        Kind::Await | Kind::Subscript | Kind::Raise => false,
        Kind::Call => tree.child(node, Role::Func).is_some_and(|func| {
            let name = tree.source_of(func).rsplit('.').next().unwrap_or_default();
            let mut own = run.functions_defined().iter().filter(|it| it.name == name);
            HARMLESS.contains(&name) || own.any(|it| it.is_coroutine_function())
        }),
        _ => true,
    }
}
