//! A function is called where the function itself has to be handed over: `to_thread(f(x))`.

use hashbrown::{HashMap, HashSet};

use super::Rule;
use super::events::{Said, argument_of, found, kind_key, place, repair};
use crate::diagnostic::{Diagnostic, Fix, Message, Severity};
use crate::execution::{Event, EventKind, Run, Site, Value};
use crate::facts::Facts;
use crate::knowledge::callables::Wants;
use crate::python::{Kind, Role};
use crate::rewrite::{hand_over, taker};
use crate::text::{Edit, Span};

const NAME: &str = "call-where-a-function-belongs";

pub(super) const RULE: Rule = Rule { name: NAME, check };

fn check(facts: &Facts, run: &Run, out: &mut Vec<Diagnostic>) {
    let mut others = taken_over(run, out);
    let mut said = Said::of(out);
    for event in run.events() {
        let Some(misplaced) = misplaced(run, event) else { continue };
        let Some(mut diagnostic) = diagnose(facts, run, event, misplaced) else { continue };
        if said.error_or(diagnostic.span, NAME) {
            continue;
        }
        said.add(&diagnostic);
        if let Some(other) = others.remove(&diagnostic.span) {
            diagnostic.fixes.extend(other.fixes);
            diagnostic.fixes.truncate(1);
        }
        out.push(diagnostic);
    }
}

/// What stands where a function belongs.
#[derive(Clone, Copy)]
struct Misplaced {
    argument: Site,
    value: Value,
    refuses: bool,
}

/// What an event tells to stand where a function belongs.
fn misplaced(run: &Run, event: &Event) -> Option<Misplaced> {
    let EventKind::WrongKind { value, wants, refuses, is_async: false, .. } = &event.kind else {
        return None;
    };
    let is_wanted = matches!(wants, Wants::Function | Wants::PlainFunction);
    let argument = argument_of(run, event).filter(|_| is_wanted)?;
    let is_function = matches!(kind_key(run, *value), "function" | "class");
    (!is_function).then_some(Misplaced { argument, value: *value, refuses: *refuses })
}

/// What the older rules say of calls in the places where a function belongs: this one says it.
fn taken_over(run: &Run, out: &mut Vec<Diagnostic>) -> HashMap<Span, Diagnostic> {
    let places = run.events().iter().filter_map(|event| misplaced(run, event));
    let places: HashSet<Span> = places.filter_map(|it| run.span(it.argument)).collect();
    let mine = |it: &mut Diagnostic| {
        places.contains(&it.span)
            && matches!(it.rule, "blocking-call-in-async" | "coroutine-never-awaited")
    };
    out.extract_if(.., mine).map(|it| (it.span, it)).collect()
}

fn diagnose(
    facts: &Facts,
    run: &Run,
    event: &Event,
    Misplaced { argument, value, refuses }: Misplaced,
) -> Option<Diagnostic> {
    let called = matches!(run.kind(argument), Kind::Call);
    let key = match (called, kind_key(run, value)) {
        (true, "coroutine") => "coroutine",
        (true, _) => "called",
        (false, _) => "value",
    };
    let severity = if refuses { Severity::Error } else { Severity::Warning };
    let mut found = found(run, event, argument, |span| {
        Diagnostic::new(NAME, severity, span, key)
            .with("taker", run.callee(event.site))
            .with("call", run.callee(argument))
            .with("value", run.source_of(argument))
    })?;
    found.patterns = vec!["to-thread"];
    let better = || {
        let call = place(run, argument)?;
        hand_over(facts, call, taker(facts, call)?)
    };
    found.fixes.extend(fix(facts, run, event, argument, value).or_else(better));
    Some(found)
}

fn fix(facts: &Facts, run: &Run, event: &Event, argument: Site, value: Value) -> Option<Fix> {
    let EventKind::WrongKind { by, .. } = &event.kind else { return None };
    let by = run.spell(*by);
    let at = place(run, argument)?;
    let call = place(run, event.site)?;
    if !matches!(facts.kind(at), Kind::Call) {
        return None;
    }
    let func = facts.child(at, Role::Func)?;
    let args: Vec<_> = facts.children_in(at, Role::Arg).collect();
    let named = facts.children_in(at, Role::Keyword).next().is_some();
    let starred = args.iter().any(|it| matches!(facts.kind(*it), Kind::Starred));
    let (title, edits) = if kind_key(run, value) == "coroutine" {
        // The coroutine needs no thread: it is awaited as it is.
        let awaited = facts.parent(call).is_some_and(|up| matches!(facts.kind(up), Kind::Await));
        let only = facts.children_in(call, Role::Arg).count()
            == if by.ends_with("run_in_executor") { 2 } else { 1 };
        let waits = by == "asyncio.to_thread" || by.ends_with(".run_in_executor");
        if !awaited || !only || !waits {
            return None;
        }
        ("fix-await", vec![Edit::replace(facts.span(call), facts.source_of(at))])
    } else if let "builtins.map" | "builtins.filter" | "builtins.sorted" | "builtins.min"
    | "builtins.max" = by.as_str()
    {
        // It calls the function with each element, in the place of this one argument.
        let is_own = facts.value(func).path().is_none_or(|path| !path.starts_with("builtins."));
        let takes_one = args.len() == 1 && !named && !starred && is_own;
        if !takes_one {
            return None;
        }
        ("fix-each", vec![Edit::replace(facts.span(at), facts.source_of(func))])
    } else if by.starts_with("threading.") || by.starts_with("multiprocessing.") {
        if named || starred || facts.keyword(call, "args").is_some() {
            return None;
        }
        let texts: Vec<&str> = args.iter().map(|it| facts.source_of(*it)).collect();
        let given = match texts.as_slice() {
            [] => String::new(),
            [only] => format!(", args=({only},)"),
            all => format!(", args=({})", all.join(", ")),
        };
        (
            "fix-args",
            vec![Edit::replace(facts.span(at), format!("{}{given}", facts.source_of(func)))],
        )
    } else {
        let takes_named =
            by == "asyncio.to_thread" || by.ends_with(".submit") || by == "functools.partial";
        if named && !takes_named
            || !facts.children_in(call, Role::Keyword).collect::<Vec<_>>().is_empty()
        {
            return None;
        }
        let last = facts.children_in(call, Role::Arg).last() == Some(at);
        if !last {
            return None;
        }
        let inner = facts.range(at);
        let start = facts.range(func).end;
        let text = facts.tree(at.cell).source().get(start..inner.end)?;
        let list = text.trim_start().strip_prefix('(')?.strip_suffix(')')?.trim();
        let list = list.strip_suffix(',').unwrap_or(list);
        let joined = if list.is_empty() { String::new() } else { format!(", {list}") };
        (
            "fix-pass",
            vec![Edit::replace(facts.span(at), format!("{}{joined}", facts.source_of(func)))],
        )
    };
    Some(repair(
        facts,
        at,
        Message::new(NAME, title).with("function", facts.source_of(func)),
        if title == "fix-await" { "top-level-await" } else { "to-thread" },
        edits,
    ))
}
