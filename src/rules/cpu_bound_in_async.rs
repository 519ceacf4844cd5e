//! A long computation in an `async def` that never lets the loop go on.

use hashbrown::HashSet;

use super::Rule;
use super::events;
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::execution::{Event, EventKind, Meaning, Run, Site, Thread, Work};
use crate::python::{Kind, Role};
use crate::rewrite::{await_in_thread, checked, obstacle_to_await};
use crate::text::Span;

const NAME: &str = "cpu-bound-in-async";

pub(super) const RULE: Rule = Rule { name: NAME, check };

/// Turns that hold the loop for a quarter of a second and more.
const VERY_LONG: i64 = 5_000_000;

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    let computed: Vec<(&Event, Work)> = run
        .events()
        .iter()
        .filter_map(|event| match event.kind {
            EventKind::Computed { work } if is_felt(event) => Some((event, work)),
            _ => None,
        })
        .collect();
    let mut told: HashSet<Site> = HashSet::new();
    for (event, work) in &computed {
        // The outermost loop counts those inside it.
        let is_inside = computed.iter().any(|(other, _)| {
            other.site.cell == event.site.cell
                && other.site != event.site
                && run.tree(event.site.cell).is_within(event.site.node, other.site.node)
        });
        if !is_inside && told.insert(event.site) {
            out.extend(diagnose(run, event, *work));
        }
    }
}

/// Whether the loop's own thread computes.
fn is_felt(event: &Event) -> bool {
    event.context.on_loop && !matches!(event.context.thread, Thread::Worker | Thread::Process)
}

/// The call in an `async def` that leads to a plain function.
fn async_caller(run: &Run, event: &Event) -> Option<Site> {
    let is_async = run.is_in_async(event.site);
    let mut way = run.stack(event.stack).into_iter().rev();
    way.find(|site| !is_async && run.is_in_async(*site) && matches!(run.kind(*site), Kind::Call))
}

fn diagnose(run: &Run, event: &Event, work: Work) -> Option<Diagnostic> {
    let name = run.function_around(event.site)?;
    let (key, count) = match work {
        Work::Turns(count) => ("turns", count),
        Work::Spins => ("spins", 0),
        Work::Recursion(count) => ("recursion", count),
        Work::Call => ("call", 0),
    };
    let severity = match work {
        Work::Turns(count) if count >= VERY_LONG => Severity::Warning,
        _ => Severity::Hint,
    };
    let is_loop = matches!(work, Work::Turns(_) | Work::Spins);
    let at = run.site_of(event);
    let span: Span = if is_loop && at == event.site { run.head(at) } else { run.span(at)? };
    let mut found = Diagnostic::new(NAME, severity, span, key)
        .with("function", name)
        .with("count", grouped(count))
        .with("call", run.callee(event.site));
    let caller = async_caller(run, event);
    if let Some(caller) = caller {
        let note = Message::new(NAME, "called-here")
            .with("function", name)
            .with("caller", run.function_around(caller).unwrap_or_default());
        found.note(note, run.span(caller));
    }
    found.patterns = vec!["to-thread"];
    let moved = caller.or_else(|| (!is_loop && run.is_in_async(event.site)).then_some(event.site));
    let fix = moved.and_then(|call| thread_fix(run, events::place(run, call)?));
    found.fixes.extend(fix);
    Some(found)
}

/// `f(n)` becomes `await asyncio.to_thread(f, n)`. Only shown: a thread lets the loop go on, but
/// the computation does not get faster, and a process asks for more than an edit.
fn thread_fix(run: &Run, call: Site) -> Option<Fix> {
    let known = run.path_of_call(call).is_some()
        || matches!(run.meaning(run.child(call, Role::Func)?), Meaning::Function(_));
    if !known || obstacle_to_await(run, call).is_some() {
        return None;
    }
    let fix = Fix {
        title: Message::new(NAME, "fix-thread").with("call", run.callee(call)),
        pattern: "to-thread",
        applicability: Applicability::DisplayOnly,
        edits: await_in_thread(run, call)?,
        reasons: vec![(run.at(call), Message::new(NAME, "why-thread"))],
        tradeoffs: vec!["thread-safety", "late-interrupt"],
    };
    Some(checked(run, fix))
}

/// `1000000` as `1,000,000`.
fn grouped(number: i64) -> String {
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
