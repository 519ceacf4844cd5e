//! `gather()` gets a list where it takes awaitables one by one.

use super::{Check, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::facts::{Collection, Facts, Holds, Runs, Site, Usage};
use crate::python::{Kind, Role};
use crate::rewrite::{await_expression, checked, obstacle_to_await};
use crate::text::{Edit, Span, TextRange};

const NAME: &str = "gather-needs-unpacking";

pub(super) const RULE: Rule = Rule { name: NAME, check: Check::Code(check) };

fn check(facts: &Facts, out: &mut Vec<Diagnostic>) {
    for call in &facts.calls {
        if call.callee.path() != Some("asyncio.gather") || facts.is_guarded(call.site) {
            continue;
        }
        let packed = packed(facts, call.site);
        if !packed.is_empty() && !facts.is_demonstrated(call.site) {
            out.push(diagnose(facts, call.site, &packed));
        }
    }
}

/// Whether this rule speaks of the call, and its repair awaits it as well: the call raises at
/// once, so that what becomes of its result is no question yet.
pub(super) fn speaks_of(facts: &Facts, call: Site) -> bool {
    let func = facts.child(call, Role::Func).map(|func| facts.value(func));
    func.as_ref().and_then(crate::facts::Value::path) == Some("asyncio.gather")
        && !packed(facts, call).is_empty()
        && (can_await(facts, call) || facts.is_demonstrated(call))
}

fn can_await(facts: &Facts, call: Site) -> bool {
    let here = matches!(facts.runs(call), Runs::Cell | Runs::Async(_));
    here && obstacle_to_await(facts, call).is_none()
}

/// The arguments that are surely collections.
fn packed(facts: &Facts, call: Site) -> Vec<(Site, Collection)> {
    let collection = |arg: Site| Some((arg, facts.collection(arg)?));
    facts.children_in(call, Role::Arg).filter_map(collection).collect()
}

fn diagnose(facts: &Facts, call: Site, packed: &[(Site, Collection)]) -> Diagnostic {
    let first = packed.first();
    let span = first.map_or(facts.span(call), |(argument, _)| facts.span(*argument));
    let holds = first.map_or(Holds::List, |(_, collection)| collection.holds);
    let key = if holds == Holds::Generator { "packed-generator" } else { "packed" };
    let mut found = Diagnostic::new(NAME, Severity::Error, span, key)
        .with("call", facts.callee_text(call))
        .with("holds", holds.as_str());
    found.patterns.push("gather");
    if can_await(facts, call) && is_left_alone(facts, call) {
        found.note(Message::new(NAME, "not-awaited").with("call", facts.callee_text(call)), None);
    }
    found.fixes.push(fix(facts, call, packed));
    found
}

/// Whether nothing would await the call's result either.
fn is_left_alone(facts: &Facts, call: Site) -> bool {
    match facts.usage(call) {
        Usage::Dropped | Usage::Displayed => true,
        Usage::Assigned(_) => {
            facts.handle(call).is_some_and(|handle| !facts.is_collected(handle.target))
        }
        _ => false,
    }
}

fn fix(facts: &Facts, call: Site, packed: &[(Site, Collection)]) -> Fix {
    let mut edits = Vec::new();
    let mut reasons = Vec::new();
    for (argument, collection) in packed {
        edits.extend(star(facts, *argument, collection.holds));
        let done = collection.elements.iter().filter_map(|element| not_awaited(facts, *element));
        edits.extend(done);
        reasons.push((facts.span(*argument), Message::new(NAME, "why-star")));
    }
    if can_await(facts, call) && is_left_alone(facts, call) {
        edits.extend(await_expression(facts, call));
        reasons.push((facts.span(call), Message::new(NAME, "why-await")));
    }
    let alone = facts.children_in(call, Role::Arg).count() == 1;
    let certain = alone && packed.iter().all(|(argument, it)| is_certain(facts, *argument, it));
    let awaited = facts.usage(call) == Usage::Awaited;
    checked(
        facts,
        Fix {
            title: Message::new(NAME, "fix-star").with("call", facts.callee_text(call)),
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
fn is_certain(facts: &Facts, argument: Site, collection: &Collection) -> bool {
    let fills =
        |read: &Site| matches!(facts.usage(*read), Usage::Attribute(_)) && *read != argument;
    let used_once = !matches!(facts.kind(argument), Kind::Name { .. })
        || facts.reads_of(argument).iter().filter(|read| !fills(read)).count() == 1;
    used_once
        && collection.complete
        && collection.holds != Holds::Dict
        && collection.elements.iter().all(|element| facts.is_awaitable(*element))
}

/// `[await f() for …]` awaits one after the other and leaves results, which `gather` refuses.
fn not_awaited(facts: &Facts, element: Site) -> Option<Edit> {
    let value = facts.child(element, Role::Value);
    let value = value.filter(|_| matches!(facts.kind(element), Kind::Await))?;
    let head = TextRange::new(facts.range(element).start, facts.range(value).start);
    Some(Edit::delete(Span::new(element.cell, head)))
}

/// `*jobs`; a bare generator expression needs brackets, and a dict gives its values.
fn star(facts: &Facts, argument: Site, holds: Holds) -> Vec<Edit> {
    let range = facts.range(argument);
    let bare = matches!(facts.kind(argument), Kind::Comprehension { parenthesized: false, .. });
    let (open, close) = match holds {
        Holds::Dict => ("*", ".values()"),
        Holds::Generator if bare => ("*[", "]"),
        _ => ("*", ""),
    };
    let mut edits = vec![Edit::insert(argument.cell, range.start, open)];
    if !close.is_empty() {
        edits.push(Edit::insert(argument.cell, range.end, close));
    }
    edits
}
