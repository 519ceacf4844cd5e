//! A loop that is started where one is running: what it runs is awaited, there or further out.

use super::{as_a_whole, to_thread};
use crate::diagnostic::{Fix, Message};
use crate::execution::{Event, EventKind, Run};
use crate::facts::{self, Facts};
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
pub(super) fn awaited(facts: &Facts, run: &Run, event: &Event) -> Option<Fix> {
    if let EventKind::OwnLoopWanted { by } = event.kind {
        return function_awaited(facts, run, event, &run.spell(by));
    }
    let EventKind::LoopRefused { .. } = event.kind else { return None };
    let Some(call) = place(run, event.site) else {
        // A module's own loop is right in a thread that has none.
        let (at, edits) = as_a_whole(facts, run, event)?;
        let drafted = draft(facts, run, &Start::Edits(edits))?;
        return Some(to_thread(facts, at, drafted));
    };
    let entry = started(facts, call)?;
    let argument = plain_argument(facts, entry.argument)?;
    if facts.never_ends(argument).is_some() {
        return None;
    }
    if let Some(fix) = above_class(facts, run, call, argument) {
        return Some(fix);
    }
    let mut own = await_argument(facts, call, argument);
    if let Some(with) = runner_around(facts, call) {
        own.extend(unwrapped(facts, with)?);
    }
    let is_call = matches!(facts.kind(argument), Kind::Call);
    let otherwise = is_call.then(|| {
        let all: Vec<_> = std::iter::once((call, argument)).chain(beside(facts, call)).collect();
        let edits =
            all.iter().flat_map(|(call, argument)| hand_on_argument(facts, *call, *argument));
        (edits.collect(), all.iter().map(|(_, argument)| *argument).collect())
    });
    let start = Start::Await { at: call, own, otherwise };
    let drafted = draft(facts, run, &start)?;
    let reason = (facts.span(call), Message::new(PAGE, "why-await"));
    Some(drafted_fix(facts, title(facts, call, &drafted), reason, drafted))
}

/// What starts a loop at `call`, by whichever name its argument has.
fn started(facts: &Facts, call: facts::Site) -> Option<LoopEntry> {
    ["main", "future"].iter().find_map(|name| LoopEntry::of(facts, call, name))
}

/// What the repair does: it makes a function `async`, or awaits in place of the call.
fn title(facts: &Facts, call: facts::Site, drafted: &Drafted) -> Message {
    match drafted.coloured.first() {
        Some(function) => Message::new(PAGE, "fix-colour").with("function", function),
        None => Message::new(PAGE, "fix-await").with("call", facts.callee_text(call)),
    }
}

/// The other entries of a table of lambdas that start a loop as the one at `call` does: whoever looks
/// a function up there, gets a coroutine of each.
fn beside(facts: &Facts, call: facts::Site) -> Vec<(facts::Site, facts::Site)> {
    let is_lambda = |it: &facts::Site| matches!(facts.kind(*it), Kind::Lambda);
    let Some(lambda) = facts.ancestors(call).find(is_lambda) else { return Vec::new() };
    let is_table =
        |it: &facts::Site| matches!(facts.kind(*it), Kind::Dict | Kind::List | Kind::Tuple { .. });
    let Some(table) = facts.parent(lambda).filter(is_table) else { return Vec::new() };
    let entries = facts.children(table).filter(|it| is_lambda(it) && *it != lambda);
    let bodies = entries.filter_map(|it| facts.child(it, Role::Body));
    let same = bodies.filter(|it| {
        matches!(facts.kind(*it), Kind::Call) && facts.callee_text(*it) == facts.callee_text(call)
    });
    let entry = |it: facts::Site| {
        let entry = started(facts, it)?;
        let is_call = matches!(facts.kind(entry.argument), Kind::Call);
        is_call.then_some((it, entry.argument))
    };
    same.filter_map(entry).collect()
}

/// The `with asyncio.Runner() as runner` whose runner runs something at `call`: with nothing to run
/// it, too, would be refused.
fn runner_around(facts: &Facts, call: facts::Site) -> Option<facts::Site> {
    let func = facts.child(call, Role::Func)?;
    let path = facts.value(func).path().map(str::to_owned)?;
    let name = facts.source_of(facts.child(func, Role::Value)?);
    let binds = |with: &facts::Site| {
        let item = facts.child(*with, Role::Context);
        let target = item.and_then(|item| facts.child(item, Role::Target));
        target.is_some_and(|target| facts.source_of(target) == name)
    };
    let is_with = |it: &facts::Site| matches!(facts.kind(*it), Kind::With { is_async: false });
    let is_runner = path.starts_with("asyncio.Runner()");
    facts.ancestors(call).filter(is_with).find(binds).filter(|_| is_runner)
}

/// The edits that take a `with` of one manager away from around its block.
fn unwrapped(facts: &Facts, with: facts::Site) -> Option<Vec<Edit>> {
    let source = facts.tree(with.cell).source();
    let body: Vec<facts::Site> = facts.children_in(with, Role::Body).collect();
    let (first, last) = (body.first()?, body.last()?);
    let (outer, inner) = (facts.range(with).start, facts.range(*first).start);
    let (head, line) = (line_range(source, outer), line_range(source, inner));
    let surplus = (inner - line.start).checked_sub(outer - head.start)?;
    let block = TextRange::new(line.start, facts.range(*last).end);
    let is_text = |site: facts::Site| {
        matches!(facts.kind(site), Kind::Str | Kind::FString | Kind::Bytes)
            && facts.source_of(site).contains('\n')
    };
    let is_alone = facts.children_in(with, Role::Context).count() == 1
        && head.end < line.start
        && !facts.descendants(with).any(is_text);
    if !is_alone {
        return None;
    }
    let mut edits = vec![Edit::delete(Span::new(
        with.cell,
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
        edits.push(Edit::delete(Span::new(with.cell, TextRange::new(from, to))));
    }
    edits.retain(|edit| !edit.span.range.is_empty());
    Some(edits)
}

/// What is run: of `lambda: f(x)` the call in it.
fn plain_argument(facts: &Facts, argument: facts::Site) -> Option<facts::Site> {
    match facts.kind(argument) {
        Kind::Lambda => {
            let has_parameters = facts.child(argument, Role::Param).is_some();
            facts.child(argument, Role::Body).filter(|_| !has_parameters)
        }
        _ => Some(argument),
    }
}

/// `run(f, x)` of a library's own runner becomes `await f(x)`.
fn function_awaited(facts: &Facts, run: &Run, event: &Event, by: &str) -> Option<Fix> {
    let form = facts.tables.runner(by)?.awaits?;
    let call = place(run, event.site)?;
    let entry = LoopEntry::of_function(facts, call, form)?;
    let own = await_function(facts, call, entry.argument, form);
    let drafted = draft(facts, run, &Start::Await { at: call, own, otherwise: None })?;
    let reason = (facts.span(call), Message::new("framework-runner-in-cell", "why-await"));
    Some(drafted_fix(facts, title(facts, call, &drafted), reason, drafted))
}

/// In the body of a class, which cannot await, stands what was awaited above the class.
fn above_class(facts: &Facts, run: &Run, call: facts::Site, argument: facts::Site) -> Option<Fix> {
    let bounds = |it: &facts::Site| {
        matches!(
            facts.kind(*it),
            Kind::FunctionDef { .. }
                | Kind::Lambda
                | Kind::ClassDef { .. }
                | Kind::Comprehension { .. }
        )
    };
    let class = facts.ancestors(call).find(bounds)?;
    if !matches!(facts.kind(class), Kind::ClassDef { .. })
        || !facts.ancestors(call).take_while(|up| *up != class).all(|up| is_sure(facts, up))
        || !can_await(facts, class)
        || obstacle_to_await(facts, class).is_some()
    {
        return None;
    }
    // What the body made before is not there above it.
    let tree = facts.tree(call.cell);
    let reads: Vec<&str> = std::iter::once(argument)
        .chain(facts.descendants(argument))
        .filter(|it| matches!(facts.kind(*it), Kind::Name { used: NameUse::Load }))
        .filter_map(|it| tree.name(it.node))
        .collect();
    let statement = tree.statement_of(call.node);
    let start = tree.range(statement).start;
    let made = facts.descendants(class).any(|it| {
        let name = match facts.kind(it) {
            Kind::Name { used: NameUse::Store } => tree.name(it.node),
            Kind::FunctionDef { name, .. } | Kind::ClassDef { name } => Some(tree.text(*name)),
            _ => None,
        };
        facts.range(it).end <= start && name.is_some_and(|name| reads.contains(&name))
    });
    let at = facts.range(class).start;
    let line = line_range(tree.source(), at);
    let alone = TextRange::new(line.start, at).slice(tree.source()).trim().is_empty();
    if made || !alone {
        return None;
    }
    let base = facts.callee_text(argument).rsplit('.').next().unwrap_or_default().to_owned();
    let base = if base.is_empty() { "result".to_owned() } else { format!("{base}_result") };
    let name = free_name(facts, &base);
    let indent = indentation(tree.source(), at);
    let text = format!("{name} = await {}\n{indent}", facts.source_of(argument));
    let edits = vec![Edit::insert(call.cell, at, text), Edit::replace(facts.span(call), name)];
    let drafted = draft(facts, run, &Start::Edits(edits))?;
    let title = Message::new(PAGE, "fix-await").with("call", facts.callee_text(call));
    let reason = (facts.span(call), Message::new(PAGE, "why-await"));
    Some(drafted_fix(facts, title, reason, drafted))
}

/// Whether what stands in it runs once and for certain.
fn is_sure(facts: &Facts, site: facts::Site) -> bool {
    !matches!(
        facts.kind(site),
        Kind::If
            | Kind::IfExp
            | Kind::BoolOp
            | Kind::For { .. }
            | Kind::While
            | Kind::Try
            | Kind::Match
    )
}
