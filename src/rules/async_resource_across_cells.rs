//! An async resource whose life is spread over cells, or that is used when it is over.

use super::Rule;
use super::events::{found, place, report};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::execution::{Event, EventKind, Run, Site};
use crate::python::{Kind, Role};
use crate::rewrite::{checked, delete_statement};
use crate::text::{Edit, indentation, line_range};

const NAME: &str = "async-resource-across-cells";

pub(super) const RULE: Rule = Rule { name: NAME, check };

/// As many places as a note names.
const MOST: usize = 4;

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    let single = run.events().iter().filter_map(|event| match &event.kind {
        EventKind::HeldByHand { left, .. } => split(run, event, *left),
        EventKind::ReadAfterBlock { .. } => after_block(run, event, "after-block"),
        EventKind::UsedAfterBlock { says: None, .. } => after_block(run, event, "over"),
        EventKind::ContextLost => context_lost(run, event),
        _ => None,
    });
    let closed = closed(run);
    let closed = closed.iter().filter_map(|it| used_when_closed(run, it));
    report(out, single.chain(closed));
}

/// `await thing.__aenter__()` in one cell, `await thing.__aexit__(…)` in a later one.
fn split(run: &Run, event: &Event, left: Site) -> Option<Diagnostic> {
    let EventKind::HeldByHand { value, .. } = event.kind else { return None };
    run.parent(event.site).filter(|up| *run.kind(*up) == Kind::Await)?;
    let manager = run.child(run.child(event.site, Role::Func)?, Role::Value)?;
    let scoped = run.trace.path_of(value).is_some_and(|path| path.starts_with("anyio."));
    let key = if scoped { "split-scope" } else { "split" };
    let cell = run.cell_of(left.cell)?;
    let mut found = found(run, event, event.site, |span| {
        Diagnostic::new(NAME, Severity::Warning, span, key)
            .with("name", run.source_of(manager))
            .at_cell(cell)
    })?;
    found.note(Message::new(NAME, "left-here").at_cell(cell), run.span(left));
    found.patterns = vec!["owned-lifetime"];
    Some(found)
}

fn after_block(run: &Run, event: &Event, key: &'static str) -> Option<Diagnostic> {
    let mut diagnostic = found(run, event, event.site, |span| {
        Diagnostic::new(NAME, Severity::Error, span, key).with("name", run.source_of(event.site))
    })?;
    diagnostic.patterns = vec!["owned-lifetime"];
    Some(diagnostic)
}

/// What an awaiting cell sets in its own context, and another cell asks for.
fn context_lost(run: &Run, event: &Event) -> Option<Diagnostic> {
    run.awaits_at_top(event.during).then_some(())?;
    let variable = run.child(event.site, Role::Func).and_then(|it| run.child(it, Role::Value))?;
    let mut diagnostic = found(run, event, event.site, |span| {
        Diagnostic::new(NAME, Severity::Hint, span, "context").with("name", run.source_of(variable))
    })?;
    diagnostic.patterns = vec!["owned-lifetime"];
    Some(diagnostic)
}

/// A client that its block has closed, and what uses it afterwards.
struct Closed<'r> {
    /// What gives the manager of the block.
    manager: Site,
    name: &'r str,
    error: &'r str,
    uses: Vec<Site>,
}

fn closed<'r>(run: &'r Run) -> Vec<Closed<'r>> {
    let mut all: Vec<Closed> = Vec::new();
    for event in run.events() {
        let EventKind::UsedAfterBlock { left: Some(manager), says: Some(error), .. } = &event.kind
        else {
            continue;
        };
        let (manager, Some(name)) = (*manager, name_of(run, *manager)) else { continue };
        let Some(used) = use_after(run, event, manager, name) else { continue };
        match all.iter_mut().find(|it| it.manager == manager) {
            Some(known) if known.uses.contains(&used) => {}
            Some(known) => known.uses.push(used),
            None => all.push(Closed { manager, name, error, uses: vec![used] }),
        }
    }
    all
}

/// What a block calls its manager.
fn name_of<'r>(run: &'r Run, manager: Site) -> Option<&'r str> {
    let target = run.child(run.parent(manager)?, Role::Target);
    Some(run.source_of(target.unwrap_or(manager)))
}

/// What comes after the block: the use itself, or the call that leads to it in a helper that stands
/// before.
fn use_after(run: &Run, event: &Event, manager: Site, name: &str) -> Option<Site> {
    let with = run.range(run.parent(run.parent(manager)?)?);
    let follows = |site: &Site| match site.cell == manager.cell {
        true => run.range(*site).start >= with.end,
        false => site.cell == event.during || site.cell > manager.cell,
    };
    if follows(&event.site) {
        return match run.kind(event.site) {
            Kind::Attribute { .. } | Kind::Await => run.child(event.site, Role::Value),
            _ => Some(event.site),
        };
    }
    let way = run.stack(event.stack).into_iter().rev();
    let call = way.filter(follows).find_map(|site| match run.kind(site) {
        Kind::Await => run.child(site, Role::Value),
        _ => Some(site),
    })?;
    let tree = run.tree(call.cell);
    let mut arguments = tree.children_in(call.node, Role::Arg);
    let argument = arguments.find(|it| tree.source_of(*it) == name);
    Some(argument.map_or(call, |node| Site { node, ..call }))
}

fn used_when_closed(run: &Run, closed: &Closed) -> Option<Diagnostic> {
    let (first, rest) = closed.uses.split_first()?;
    let cell = run.cell_of(closed.manager.cell)?;
    let key = if first.cell == closed.manager.cell { "closed-above" } else { "closed" };
    let mut found = Diagnostic::new(NAME, Severity::Warning, run.span(*first)?, key)
        .with("name", closed.name)
        .at_cell(cell)
        .with("error", closed.error);
    let item = run.parent(closed.manager)?;
    found.note(Message::new(NAME, "closed-here").at_cell(cell), run.span(item));
    for other in rest.iter().take(MOST) {
        let Some(span) = run.span(*other) else { continue };
        found.note(Message::new(NAME, "also-here").at_cell(span.cell), Some(span));
    }
    found.patterns = vec!["owned-lifetime"];
    let uses: Vec<Site> = closed.uses.iter().filter_map(|it| place(run, *it)).collect();
    let with = place(run, run.parent(item)?)?;
    found.fixes.extend(move_fix(run, with, closed.name, &uses));
    Some(found)
}

/// The statements that come too late move to the end of the block. Only shown: what stands
/// between the two cells may be needed as well.
fn move_fix(run: &Run, with: Site, name: &str, uses: &[Site]) -> Option<Fix> {
    let last = run.children_in(with, Role::Body).last()?;
    let source = run.tree(last.cell).source();
    let indent = indentation(source, run.range(last).start);
    let end = line_range(source, run.range(last).end).end;
    let mut edits: Vec<Edit> = Vec::new();
    let mut moved = String::new();
    let mut reasons = Vec::new();
    let mut seen: Vec<Site> = Vec::new();
    for site in uses {
        let statement = run.statement(*site);
        let whole = run.source_of(statement);
        if seen.contains(&statement) {
            continue;
        }
        seen.push(statement);
        if run.role(statement) != Role::Top || whole.contains("\"\"\"") || whole.contains("'''") {
            return None;
        }
        for line in whole.lines() {
            moved.push_str(&format!("\n{indent}{line}"));
        }
        edits.push(delete_statement(run, statement));
        reasons.push((run.at(statement), Message::new(NAME, "why-move")));
    }
    edits.push(Edit::insert(run.position(last.cell), end, moved));
    let fix = Fix {
        title: Message::new(NAME, "fix-move").with("name", name),
        pattern: "owned-lifetime",
        applicability: Applicability::DisplayOnly,
        edits,
        reasons,
        tradeoffs: Vec::new(),
    };
    Some(checked(run, fix))
}
