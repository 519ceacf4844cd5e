//! A loop that is started where one is running: what it runs is awaited, there or further out.

use super::{as_a_whole, to_thread};
use crate::diagnostic::{Fix, Message};
use crate::execution::{Event, EventKind, Run, Site};
use crate::index::Binding;
use crate::python::{Kind, NameUse, Role};
use crate::rewrite::{
    Drafted, LoopEntry, Start, await_argument, await_function, can_await, draft, drafted_fix,
    free_name, hand_on_argument, obstacle_to_await,
};
use crate::rules::events::place;
use crate::text::{Edit, Span, TextRange, indentation, line_range};

/// The page whose words the repairs use.
const PAGE: &str = "asyncio-run-in-cell";

/// A loop that is started: its coroutine is awaited, or goes on to whoever can.
pub(super) fn awaited(run: &Run, event: &Event) -> Option<Fix> {
    if let EventKind::OwnLoopWanted { by } = event.kind {
        return function_awaited(run, event, &run.spell(by));
    }
    let EventKind::LoopRefused { .. } = event.kind else { return None };
    let Some(call) = place(run, event.site) else {
        // A module's own loop is right in a thread that has none.
        let (at, edits) = as_a_whole(run, event)?;
        let drafted = draft(run, &Start::Edits(edits))?;
        return Some(to_thread(run, at, drafted));
    };
    let entry = started(run, call)?;
    let argument = plain_argument(run, entry.argument)?;
    if run.never_ends(argument).is_some() {
        return None;
    }
    if let Some(fix) = above_class(run, call, argument) {
        return Some(fix);
    }
    let mut own = await_argument(run, call, argument);
    if let Some(with) = runner_around(run, call) {
        own.extend(unwrapped(run, with)?);
    }
    let is_call = matches!(run.kind(argument), Kind::Call);
    let otherwise = is_call.then(|| {
        let all: Vec<_> = std::iter::once((call, argument)).chain(beside(run, call)).collect();
        let edits = all.iter().flat_map(|(call, argument)| hand_on_argument(run, *call, *argument));
        (edits.collect(), all.iter().map(|(_, argument)| *argument).collect())
    });
    let start = Start::Await { at: call, own, otherwise };
    let drafted = draft(run, &start)?;
    let reason = (run.at(call), Message::new(PAGE, "why-await"));
    Some(drafted_fix(run, title(run, call, &drafted), reason, drafted))
}

/// What starts a loop at `call`, by whichever name its argument has.
fn started(run: &Run, call: Site) -> Option<LoopEntry> {
    ["main", "future"].iter().find_map(|name| LoopEntry::of(run, call, name))
}

/// What the repair does: it makes a function `async`, or awaits in place of the call.
fn title(run: &Run, call: Site, drafted: &Drafted) -> Message {
    match drafted.coloured.first() {
        Some(function) => Message::new(PAGE, "fix-colour").with("function", function),
        None => Message::new(PAGE, "fix-await").with("call", run.callee(call)),
    }
}

/// The other entries of a table of lambdas that start a loop as the one at `call` does: whoever looks
/// a function up there, gets a coroutine of each.
fn beside(run: &Run, call: Site) -> Vec<(Site, Site)> {
    let is_lambda = |it: &Site| matches!(run.kind(*it), Kind::Lambda);
    let Some(lambda) = run.ancestors(call).find(is_lambda) else { return Vec::new() };
    let is_table =
        |it: &Site| matches!(run.kind(*it), Kind::Dict | Kind::List | Kind::Tuple { .. });
    let Some(table) = run.parent(lambda).filter(is_table) else { return Vec::new() };
    let entries = run.children(table).filter(|it| is_lambda(it) && *it != lambda);
    let bodies = entries.filter_map(|it| run.child(it, Role::Body));
    let same = bodies
        .filter(|it| matches!(run.kind(*it), Kind::Call) && run.callee(*it) == run.callee(call));
    let entry = |it: Site| {
        let entry = started(run, it)?;
        let is_call = matches!(run.kind(entry.argument), Kind::Call);
        is_call.then_some((it, entry.argument))
    };
    same.filter_map(entry).collect()
}

/// The `with asyncio.Runner() as runner` whose runner runs something at `call`: with nothing to run
/// it, too, would be refused.
fn runner_around(run: &Run, call: Site) -> Option<Site> {
    let func = run.child(call, Role::Func)?;
    let path = run.meaning(func).path().map(str::to_owned)?;
    let name = run.source_of(run.child(func, Role::Value)?);
    let binds = |with: &Site| {
        let item = run.child(*with, Role::Context);
        let target = item.and_then(|item| run.child(item, Role::Target));
        target.is_some_and(|target| run.source_of(target) == name)
    };
    let is_with = |it: &Site| matches!(run.kind(*it), Kind::With { is_async: false });
    let is_runner = path.starts_with("asyncio.Runner()");
    run.ancestors(call).filter(is_with).find(binds).filter(|_| is_runner)
}

/// The edits that take a `with` of one manager away from around its block.
fn unwrapped(run: &Run, with: Site) -> Option<Vec<Edit>> {
    let source = run.tree(with.cell).source();
    let body: Vec<Site> = run.children_in(with, Role::Body).collect();
    let (first, last) = (body.first()?, body.last()?);
    let (outer, inner) = (run.range(with).start, run.range(*first).start);
    let (head, line) = (line_range(source, outer), line_range(source, inner));
    let surplus = (inner - line.start).checked_sub(outer - head.start)?;
    let block = TextRange::new(line.start, run.range(*last).end);
    let is_text = |site: Site| {
        matches!(run.kind(site), Kind::Str | Kind::FString | Kind::Bytes)
            && run.source_of(site).contains('\n')
    };
    let is_alone = run.children_in(with, Role::Context).count() == 1
        && head.end < line.start
        && !run.descendants(with).any(is_text);
    if !is_alone {
        return None;
    }
    let mut edits = vec![Edit::delete(Span::new(
        run.position(with.cell),
        TextRange::new(outer, line.start + (outer - head.start)),
    ))];
    let starts = block.slice(source).match_indices('\n').map(|(at, _)| block.start + at + 1);
    for start in std::iter::once(line.start).chain(starts) {
        let rest = source.get(start..)?;
        let spaces = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let (from, to) = match start == line.start {
            true => (start + (outer - head.start), inner),
            false => (start, start + surplus.min(spaces)),
        };
        edits.push(Edit::delete(run.span_of(with.cell, TextRange::new(from, to))));
    }
    edits.retain(|edit| !edit.span.range.is_empty());
    Some(edits)
}

/// What is run: of `lambda: f(x)` the call in it.
fn plain_argument(run: &Run, argument: Site) -> Option<Site> {
    match run.kind(argument) {
        Kind::Lambda => {
            let has_parameters = run.child(argument, Role::Param).is_some();
            run.child(argument, Role::Body).filter(|_| !has_parameters)
        }
        _ => Some(argument),
    }
}

/// `run(f, x)` of a library's own runner becomes `await f(x)`.
fn function_awaited(run: &Run, event: &Event, by: &str) -> Option<Fix> {
    let form = run.tables().runner(by)?.awaits?;
    let call = place(run, event.site)?;
    let entry = LoopEntry::of_function(run, call, form)?;
    let own = await_function(run, call, entry.argument, form);
    let drafted = draft(run, &Start::Await { at: call, own, otherwise: None })?;
    let reason = (run.at(call), Message::new("framework-runner-in-cell", "why-await"));
    Some(drafted_fix(run, title(run, call, &drafted), reason, drafted))
}

/// In the body of a class, which cannot await, stands what was awaited above the class.
fn above_class(run: &Run, call: Site, argument: Site) -> Option<Fix> {
    let bounds = |it: &Site| {
        matches!(
            run.kind(*it),
            Kind::FunctionDef { .. }
                | Kind::Lambda
                | Kind::ClassDef { .. }
                | Kind::Comprehension { .. }
        )
    };
    let class = run.ancestors(call).find(bounds)?;
    if !matches!(run.kind(class), Kind::ClassDef { .. })
        || !run.ancestors(call).take_while(|up| *up != class).all(|up| is_sure(run, up))
        || !can_await(run, class)
        || obstacle_to_await(run, class).is_some()
    {
        return None;
    }
    // What the body made before is not there above it.
    let tree = run.tree(call.cell);
    let start = tree.range(tree.statement_of(call.node)).start;
    let index = run.index(call.cell)?;
    let is_above = |it: &Binding| {
        tree.is_within(it.node, class.node)
            && it.node != class.node
            && tree.range(it.node).end <= start
    };
    let made = run.within(argument).any(|read| {
        let is_read = matches!(run.kind(read), Kind::Name { used: NameUse::Load });
        let home = index.home_of(read.node).filter(|_| is_read);
        home.is_some_and(|home| index.bound().of_name(home).iter().any(is_above))
    });
    let at = run.range(class).start;
    let line = line_range(tree.source(), at);
    let alone = TextRange::new(line.start, at).slice(tree.source()).trim().is_empty();
    if made || !alone {
        return None;
    }
    let base = run.callee(argument).rsplit('.').next().unwrap_or_default().to_owned();
    let base = if base.is_empty() { "result".to_owned() } else { format!("{base}_result") };
    let name = free_name(run, &base);
    let indent = indentation(tree.source(), at);
    let text = format!("{name} = await {}\n{indent}", run.source_of(argument));
    let edits =
        vec![Edit::insert(run.position(call.cell), at, text), Edit::replace(run.at(call), name)];
    let drafted = draft(run, &Start::Edits(edits))?;
    let title = Message::new(PAGE, "fix-await").with("call", run.callee(call));
    let reason = (run.at(call), Message::new(PAGE, "why-await"));
    Some(drafted_fix(run, title, reason, drafted))
}

/// Whether what stands in it runs once and for certain.
fn is_sure(run: &Run, site: Site) -> bool {
    !matches!(
        run.kind(site),
        Kind::If
            | Kind::IfExp
            | Kind::BoolOp
            | Kind::For { .. }
            | Kind::While
            | Kind::Try
            | Kind::Match
    )
}
