//! A long computation in an `async def` that never lets the loop go on.

use super::{Check, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::facts::{Call, Facts, FnId, Heavy, Site, Value, Work};
use crate::python::{Kind, Role};
use crate::rewrite::{await_in_thread, checked, obstacle_to_await};
use crate::text::{Span, TextRange};

use super::by_events::VERY_LONG;

const NAME: &str = "cpu-bound-in-async";

pub(super) const RULE: Rule = Rule { name: NAME, check: Check::Code(check) };

/// As many callers as a note names.
const MOST_CALLERS: usize = 4;

fn check(facts: &Facts, out: &mut Vec<Diagnostic>) {
    for (index, function) in facts.functions.iter().enumerate() {
        let id = FnId(index);
        let callers = match function.is_async {
            true => Vec::new(),
            false => async_callers(facts, id),
        };
        if !function.is_async && callers.is_empty() {
            continue;
        }
        for heavy in facts.heavy_in(id) {
            out.push(diagnose(facts, id, &heavy, &callers));
        }
    }
}

/// The calls of a plain function that stand in an `async def` themselves.
fn async_callers<'f>(facts: &'f Facts, id: FnId) -> Vec<&'f Call> {
    let reach = facts.reach.get(id.0).copied().unwrap_or_default();
    if !reach.in_async || reach.worker || reach.escapes {
        return Vec::new();
    }
    let in_async = |call: &&Call| {
        call.owner.and_then(|owner| facts.function(owner)).is_some_and(|owner| owner.is_async)
    };
    facts.calls_of(id).filter(in_async).collect()
}

fn diagnose(facts: &Facts, id: FnId, heavy: &Heavy, callers: &[&Call]) -> Diagnostic {
    let name = facts.function(id).map_or("", |function| &function.name);
    let (key, count) = match heavy.work {
        Work::Turns(count) => ("turns", count),
        Work::Spins => ("spins", 0),
        Work::Recursion(count) => ("recursion", count),
        Work::Call => ("call", 0),
    };
    let severity = match heavy.work {
        Work::Turns(count) if count >= VERY_LONG => Severity::Warning,
        _ => Severity::Hint,
    };
    let mut found = Diagnostic::new(NAME, severity, head(facts, heavy.site), key)
        .with("function", name)
        .with("count", grouped(count))
        .with("call", facts.callee_text(heavy.site));
    for caller in callers.iter().take(MOST_CALLERS) {
        let owner = caller.owner.and_then(|owner| facts.function(owner));
        let note = Message::new(NAME, "called-here")
            .with("function", name)
            .with("caller", owner.map_or("", |owner| &owner.name));
        found.note(note, Some(facts.span(caller.site)));
    }
    found.patterns = vec!["to-thread"];
    let moved = match heavy.work {
        Work::Call | Work::Recursion(_) if callers.is_empty() => Some(heavy.site),
        _ => callers.first().map(|call| call.site),
    };
    found.fixes.extend(moved.and_then(|call| thread_fix(facts, call)));
    found
}

/// The loop's first line, or the call.
fn head(facts: &Facts, site: Site) -> Span {
    let end = match facts.kind(site) {
        Kind::For { .. } => facts.child(site, Role::Iter),
        Kind::While => facts.child(site, Role::Test),
        _ => None,
    };
    let range = facts.range(site);
    let end = end.map_or(range.end, |end| facts.range(end).end);
    Span::new(site.cell, TextRange::new(range.start, end))
}

/// `f(n)` becomes `await asyncio.to_thread(f, n)`. Only shown: a thread lets the loop go on, but
/// the computation does not get faster, and a process asks for more than an edit.
fn thread_fix(facts: &Facts, call: Site) -> Option<Fix> {
    let known = facts.path_of_call(call).is_some()
        || matches!(facts.value(facts.child(call, Role::Func)?), Value::Function(_));
    if !known || obstacle_to_await(facts, call).is_some() {
        return None;
    }
    let fix = Fix {
        title: Message::new(NAME, "fix-thread").with("call", facts.callee_text(call)),
        pattern: "to-thread",
        applicability: Applicability::DisplayOnly,
        edits: await_in_thread(facts, call)?,
        reasons: vec![(facts.span(call), Message::new(NAME, "why-thread"))],
        tradeoffs: vec!["thread-safety", "late-interrupt"],
    };
    Some(checked(facts, fix))
}

/// `1000000` as `1,000,000`.
pub(super) fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
