//! A plain `for` or `with` over what only `async for` or `async with` can use.

mod ways;

use hashbrown::HashSet;

use super::Rule;
use super::events::{found, place, report};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::execution::{self, Event, EventKind, Run, Value};
use crate::facts::{Facts, Site, Usage};
use crate::python::{Kind, Role};
use crate::rewrite::{
    Colouring, Obstacle, await_expression, checked, colour, free_name, lists_for_generators,
    obstacle_to_await, offer,
};
use crate::text::{Edit, Span, TextRange};

const NAME: &str = "async-protocol-needs-async";

pub(super) const RULE: Rule = Rule { name: NAME, check };

/// Functions that read their first argument as a plain iterable to its end.
const READERS: [&str; 10] =
    ["list", "tuple", "set", "frozenset", "dict", "sorted", "sum", "max", "min", "join"];

/// Functions that read as much as is asked of them.
const LAZY_READERS: [&str; 6] = ["any", "all", "enumerate", "iter", "zip", "reversed"];

/// What reads the iterator, or enters the manager, in the plain way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plain {
    /// A `for` statement.
    For(Site),
    /// A `for` of a comprehension: the clause.
    Clause(Site),
    /// A `with` statement.
    With(Site),
    /// The call of a function that reads an iterable, and whether to its end.
    Reader(Site, bool),
    /// `*x` and `a, b = x`.
    Unpacked,
}

fn check(facts: &Facts, run: &Run, out: &mut Vec<Diagnostic>) {
    let others = |it: &Event| match it.kind {
        // What an `async for` does not take is walked in the plain way by nobody.
        EventKind::AsyncForRefused { .. } => Some(it.site),
        _ => None,
    };
    let others: HashSet<execution::Site> = run.events().iter().filter_map(others).collect();
    let refused = Refused::of(run);
    let found = run.events().iter().filter_map(|event| match event.kind {
        EventKind::PlainWalkRefused { value } if !others.contains(&event.site) => {
            diagnose(facts, run, event, value, &refused)
        }
        EventKind::PlainWithRefused { value } => diagnose(facts, run, event, value, &refused),
        EventKind::PlainWayRefused { .. } => ways::refused(facts, run, event),
        _ => None,
    });
    report(out, found);
}

/// The managers that a plain `with` refuses.
#[derive(Default)]
struct Refused(HashSet<execution::Site>);

impl Refused {
    fn of(run: &Run) -> Self {
        let is_one = |it: &&Event| matches!(it.kind, EventKind::PlainWithRefused { .. });
        Self(run.events().iter().filter(is_one).map(|it| it.site).collect())
    }

    fn holds(&self, facts: &Facts, manager: Site) -> bool {
        self.0.contains(&facts.in_run(manager))
    }
}

fn plain_use(facts: &Facts, site: Site) -> Option<Plain> {
    let parent = facts.parent(site)?;
    match (facts.kind(parent), facts.role(site)) {
        (Kind::For { is_async: false }, Role::Iter) => Some(Plain::For(parent)),
        (Kind::Clause { is_async: false }, Role::Iter) => Some(Plain::Clause(parent)),
        (Kind::WithItem, Role::Context) => {
            let with = facts.parent(parent)?;
            matches!(facts.kind(with), Kind::With { is_async: false }).then_some(Plain::With(with))
        }
        (Kind::Starred, _) => Some(Plain::Unpacked),
        (Kind::Assign, Role::Value) => {
            (facts.usage(site) == Usage::Iterated).then_some(Plain::Unpacked)
        }
        (Kind::Call, Role::Arg) => reader(facts, parent, site),
        _ => None,
    }
}

fn reader(facts: &Facts, call: Site, argument: Site) -> Option<Plain> {
    let func = facts.child(call, Role::Func)?;
    let name = facts.callee_text(call).rsplit('.').next()?;
    let (to_end, lazily) = (READERS.contains(&name), LAZY_READERS.contains(&name));
    if !to_end && !lazily {
        return None;
    }
    let known = match facts.child(func, Role::Value) {
        // `", ".join(…)`.
        Some(receiver) => matches!(facts.kind(receiver), Kind::Str | Kind::FString),
        None => facts.value(func).path().and_then(|it| it.strip_prefix("builtins.")) == Some(name),
    };
    let first = facts.children_in(call, Role::Arg).next() == Some(argument);
    let reads = known && (first || name == "zip");
    reads.then_some(Plain::Reader(call, to_end))
}

fn diagnose(
    facts: &Facts,
    run: &Run,
    event: &Event,
    value: Value,
    refused: &Refused,
) -> Option<Diagnostic> {
    let place = place(run, event.site);
    let site = place.and_then(|at| walked_at(facts, at, value));
    let plain = site.and_then(|site| plain_use(facts, site));
    if let (Some(site), Some(Plain::With(with))) = (site, plain)
        && managers(facts, with).find(|it| refused.holds(facts, *it)) != Some(site)
    {
        // One `async` serves all managers of a `with`.
        return None;
    }
    let is_expression = |site: Site| matches!(facts.kind(site), Kind::Comprehension { .. });
    let key = match plain {
        Some(Plain::With(_)) => "with",
        _ if site.is_some_and(is_expression) => "generator-expression",
        Some(Plain::For(_) | Plain::Clause(_)) => "for",
        _ if matches!(event.kind, EventKind::PlainWithRefused { .. }) => "with",
        _ => "reader",
    };
    let at = site.map_or(event.site, |site| facts.in_run(site));
    let mut found = found(run, event, at, |span| {
        Diagnostic::new(NAME, Severity::Error, span, key)
            .with("what", first_line(run.source_of(at)))
    })?;
    if let (Some(site), Some(plain)) = (site, plain)
        && let Some(repair) = fix(facts, site, plain, refused)
    {
        offer(facts, &mut found, repair);
    }
    Some(found)
}

/// What is walked, or entered, in the plain way at a place of which the run tells.
fn walked_at(facts: &Facts, at: Site, value: Value) -> Option<Site> {
    let gave = |it: &Site| facts.run().trace.given(facts.in_run(*it)).contains(&value);
    let is_part =
        |it: &Site| matches!(facts.role(*it), Role::Iter | Role::Arg | Role::Value | Role::Context);
    let is_assignment = |it: &Site| matches!(facts.kind(*it), Kind::Assign);
    let unpacked = facts.parent(at).filter(is_assignment);
    let unpacked = unpacked.and_then(|it| facts.child(it, Role::Value));
    let parts = facts.children(at).filter(is_part);
    let mut all = std::iter::once(at).chain(parts).chain(unpacked);
    all.find(|it| plain_use(facts, *it).is_some() && gave(it))
}

fn first_line(text: &str) -> String {
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    if lines.next().is_some() { format!("{first}…") } else { first.to_owned() }
}

/// The repair, or what stands in its way; `None` where one `async` would not do.
fn fix(
    facts: &Facts,
    site: Site,
    plain: Plain,
    refused: &Refused,
) -> Option<Result<Fix, Vec<Obstacle>>> {
    if let Some(kind) = obstacle_to_await(facts, site) {
        return Some(Err(vec![Obstacle { kind, site }]));
    }
    let helper = facts.owner(site).filter(|id| facts.function(*id).is_some_and(|it| !it.is_async));
    let plan = match helper.map(|id| colour(facts, id)) {
        Some(Err(obstacles)) => return Some(Err(obstacles)),
        Some(Ok(plan)) => plan,
        None => Colouring::default(),
    };
    let (edits, key, keeps) = edits(facts, site, plain, refused)?;
    let edits = match plan.finish(facts, edits) {
        Ok(edits) => edits,
        Err(obstacles) => return Some(Err(obstacles)),
    };
    let safe = helper.is_none() && keeps;
    Some(Ok(checked(
        facts,
        Fix {
            title: Message::new(NAME, key),
            pattern: match plain {
                _ if key == "fix-list" => "list-not-generator",
                Plain::With(_) if helper.is_none() => "async-client",
                _ => "async-all-the-way",
            },
            applicability: if safe { Applicability::Safe } else { Applicability::Unsafe },
            edits,
            reasons: vec![(facts.span(site), Message::new(NAME, reason(key)))],
            tradeoffs: if helper.is_some() { vec!["callers-become-async"] } else { Vec::new() },
        },
    )
    .at_most(plan.limit())))
}

/// The edits that walk, or enter, what stands at `site` as it wants to be, with a place that has to
/// be able to await.
pub(super) fn edits_at(facts: &Facts, site: Site) -> Option<Vec<Edit>> {
    if let Some(plain) = plain_use(facts, site) {
        return edits(facts, site, plain, &Refused::default()).map(|(edits, ..)| edits);
    }
    let call = facts.parent(site).filter(|call| facts.callee_text(*call) == "next")?;
    let func = facts.child(call, Role::Func)?;
    let edit = Edit::replace(facts.span(func), "anext");
    let alone = facts.children_in(call, Role::Arg).count() == 1;
    alone.then(|| std::iter::once(edit).chain(await_expression(facts, call)).collect())
}

/// The expressions that a `with` enters.
fn managers<'f>(facts: &'f Facts, with: Site) -> impl Iterator<Item = Site> + 'f {
    facts.children_in(with, Role::Context).filter_map(|item| facts.child(item, Role::Context))
}

fn reason(title: &str) -> &'static str {
    match title {
        "fix-with" => "why-with",
        "fix-list" => "why-list",
        _ => "why-for",
    }
}

/// The edits, the key of their title, and whether the reader takes everything anyway.
fn edits(
    facts: &Facts,
    site: Site,
    plain: Plain,
    refused: &Refused,
) -> Option<(Vec<Edit>, &'static str, bool)> {
    let asynchronous = |at: Site| Edit::insert(at.cell, facts.range(at).start, "async ");
    let expression = matches!(facts.kind(site), Kind::Comprehension { .. });
    match plain {
        Plain::With(with) => {
            let all = managers(facts, with).all(|it| refused.holds(facts, it));
            // `with await lock:` awaits what is entered, and not what that gives.
            let words = managers(facts, with).filter_map(|it| {
                let value =
                    facts.child(it, Role::Value).filter(|_| *facts.kind(it) == Kind::Await)?;
                let word = TextRange::new(facts.range(it).start, facts.range(value).start);
                Some(Edit::delete(Span::new(it.cell, word)))
            });
            let edits = std::iter::once(asynchronous(with)).chain(words).collect();
            all.then_some((edits, "fix-with", true))
        }
        Plain::For(statement) => Some((vec![asynchronous(statement)], "fix-for", true)),
        Plain::Clause(clause) => {
            let inside = facts.child(facts.parent(clause)?, Role::Element)?;
            let (lists, read_to_end) = lists_for_generators(facts, inside);
            let edits = lists.into_iter().chain([asynchronous(clause)]).collect();
            Some((edits, "fix-for", read_to_end))
        }
        Plain::Reader(call, to_end) if expression => {
            Some((bracketed(facts, call, site), "fix-list", to_end))
        }
        Plain::Reader(call, to_end) => Some((listed(facts, call, site), "fix-list", to_end)),
        Plain::Unpacked if expression => {
            let inside = facts.child(site, Role::Element)?;
            Some((lists_for_generators(facts, inside).0, "fix-list", true))
        }
        Plain::Unpacked => Some((listed(facts, site, site), "fix-list", true)),
    }
}

/// `sum(await f(i) for i in x)` becomes `sum([await f(i) for i in x])`.
fn bracketed(facts: &Facts, call: Site, expression: Site) -> Vec<Edit> {
    let parenthesized =
        matches!(facts.kind(expression), Kind::Comprehension { parenthesized: true, .. });
    let (range, wide) = (facts.range(expression), usize::from(parenthesized));
    let whole = if is_list_call(facts, call) { facts.range(call) } else { range };
    let kept = TextRange::new(range.start + wide, range.end.saturating_sub(wide));
    around(call, whole, kept, "[")
}

/// `list(x)` becomes `[item async for item in x]`, any other reader gets that list.
fn listed(facts: &Facts, call: Site, iterator: Site) -> Vec<Edit> {
    let item = free_name(facts, "item");
    let range = facts.range(iterator);
    let whole = if is_list_call(facts, call) { facts.range(call) } else { range };
    around(call, whole, range, &format!("[{item} async for {item} in "))
}

/// Puts `open` and `]` around `kept`, in place of the rest of `whole`.
fn around(call: Site, whole: TextRange, kept: TextRange, open: &str) -> Vec<Edit> {
    let span = |start, end| Span::new(call.cell, TextRange::new(start, end));
    vec![
        Edit::replace(span(whole.start, kept.start), open),
        Edit::replace(span(kept.end, whole.end), "]"),
    ]
}

/// `list(x)` with nothing else in it.
fn is_list_call(facts: &Facts, call: Site) -> bool {
    let func = facts.child(call, Role::Func).map(|func| facts.value(func));
    func.as_ref().and_then(crate::facts::Value::path) == Some("builtins.list")
        && facts.children_in(call, Role::Arg).count() == 1
        && facts.child(call, Role::Keyword).is_none()
}
