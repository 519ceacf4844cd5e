//! `gather()` gets a list where it takes awaitables one by one.

use hashbrown::HashSet;

use super::Rule;
use super::events::{argument_of, found, place, report};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::execution::{Collection, Event, EventKind, Holds, Run, Site, Usage, ValueKind};
use crate::knowledge::callables::Wants;
use crate::python::{Kind, Role};
use crate::rewrite::{await_expression, can_await, checked, obstacle_to_await};
use crate::text::{Edit, TextRange};

const NAME: &str = "gather-needs-unpacking";

pub(super) const RULE: Rule = Rule { name: NAME, check };

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    let lost = |it: &Event| matches!(it.kind, EventKind::TaskLost { .. });
    let lost: HashSet<Site> = run.events().iter().filter(|it| lost(it)).map(|it| it.site).collect();
    report(out, run.events().iter().filter_map(|event| diagnose(run, event, &lost)));
}

fn may_be_awaited(run: &Run, call: Site) -> bool {
    can_await(run, call) && run.comes_to(call) && obstacle_to_await(run, call).is_none()
}

/// The arguments that are surely collections.
fn packed(run: &Run, call: Site) -> Vec<(Site, Collection)> {
    let collection = |arg: Site| Some((arg, run.collection(arg)?));
    run.children_in(call, Role::Arg).filter_map(collection).collect()
}

fn diagnose(run: &Run, event: &Event, lost: &HashSet<Site>) -> Option<Diagnostic> {
    let holds = holds(run, event)?;
    let call = place(run, event.site);
    let packed = call.map(|it| packed(run, it)).unwrap_or_default();
    let argument = argument_of(run, event).filter(|it| *run.kind(*it) != Kind::Starred)?;
    let written = packed.iter().find(|(it, _)| Some(*it) == place(run, argument));
    let holds = written.map_or(holds, |(_, it)| it.holds.as_str());
    let key = if holds == "generator" { "packed-generator" } else { "packed" };
    let mut found = found(run, event, argument, |span| {
        Diagnostic::new(NAME, Severity::Error, span, key)
            .with("call", run.callee(event.site))
            .with("holds", holds)
    })?;
    found.patterns.push("gather");
    let Some(call) = call else { return Some(found) };
    // Nothing would await the call's result either.
    let is_lost = lost.contains(&event.site) && may_be_awaited(run, call);
    if is_lost {
        found.note(Message::new(NAME, "not-awaited").with("call", run.callee(event.site)), None);
    }
    if !packed.is_empty() {
        found.fixes.push(fix(run, call, &packed, is_lost));
    }
    Some(found)
}

/// What kind of collection `gather` is given, and refuses, in place of what is in it.
fn holds(run: &Run, event: &Event) -> Option<&'static str> {
    let EventKind::WrongKind { by, value, wants: Wants::Awaitable, .. } = &event.kind else {
        return None;
    };
    let is_gather = run.spell(*by) == "asyncio.gather";
    let is_packed = is_gather && run.trace.kind_of(*value) == ValueKind::Collection;
    run.trace.collection_name(*value).filter(|_| is_packed)
}

fn fix(run: &Run, call: Site, packed: &[(Site, Collection)], is_lost: bool) -> Fix {
    let mut edits = Vec::new();
    let mut reasons = Vec::new();
    for (argument, collection) in packed {
        edits.extend(star(run, *argument, collection.holds));
        let done = collection.elements.iter().filter_map(|element| not_awaited(run, *element));
        edits.extend(done);
        reasons.push((run.at(*argument), Message::new(NAME, "why-star")));
    }
    if is_lost {
        edits.extend(await_expression(run, call));
        reasons.push((run.at(call), Message::new(NAME, "why-await")));
    }
    let alone = run.children_in(call, Role::Arg).count() == 1;
    let certain = alone && packed.iter().all(|(argument, it)| is_certain(run, *argument, it));
    let awaited = run.usage(call) == Usage::Awaited;
    checked(
        run,
        Fix {
            title: Message::new(NAME, "fix-star").with("call", run.callee(call)),
            pattern: "gather",
            applicability: if certain && awaited {
                Applicability::Safe
            } else {
                Applicability::Unsafe
            },
            edits,
            reasons,
            tradeoffs: Vec::new(),
        },
    )
}

/// Whether `gather` takes every element, and nothing else has used them up.
fn is_certain(run: &Run, argument: Site, collection: &Collection) -> bool {
    let fills = |read: &Site| matches!(run.usage(*read), Usage::Attribute(_)) && *read != argument;
    let used_once = !matches!(run.kind(argument), Kind::Name { .. })
        || run.reads_of(argument).iter().filter(|read| !fills(read)).count() == 1;
    used_once
        && collection.complete
        && collection.holds != Holds::Dict
        && collection.elements.iter().all(|element| run.is_awaitable(*element))
}

/// `[await f() for …]` awaits one after the other and leaves results, which `gather` refuses.
fn not_awaited(run: &Run, element: Site) -> Option<Edit> {
    let value = run.child(element, Role::Value);
    let value = value.filter(|_| matches!(run.kind(element), Kind::Await))?;
    let head = TextRange::new(run.range(element).start, run.range(value).start);
    Some(Edit::delete(run.span_of(element.cell, head)))
}

/// `*jobs`; a bare generator expression needs brackets, and a dict gives its values.
fn star(run: &Run, argument: Site, holds: Holds) -> Vec<Edit> {
    let range = run.range(argument);
    let bare = matches!(run.kind(argument), Kind::Comprehension { parenthesized: false, .. });
    let (open, close) = match holds {
        Holds::Dict => ("*", ".values()"),
        Holds::Generator if bare => ("*[", "]"),
        _ => ("*", ""),
    };
    let mut edits = vec![Edit::insert(run.position(argument.cell), range.start, open)];
    if !close.is_empty() {
        edits.push(Edit::insert(run.position(argument.cell), range.end, close));
    }
    edits
}
