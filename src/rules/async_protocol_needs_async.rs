//! A plain `for` or `with` over what only `async for` or `async with` can use.

mod turns;
mod ways;

use hashbrown::HashSet;

use super::Rule;
use super::events::{found, place, report};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::execution::{Event, EventKind, Meaning, Run, Site, Usage, Value};
use crate::python::{Kind, Role};
use crate::rewrite::{
    Colouring, Obstacle, await_expression, checked, colour, free_name, lists_for_generators,
    obstacle_to_await, offer,
};
use crate::text::{Edit, TextRange};

const NAME: &str = "async-protocol-needs-async";

pub(super) const RULE: Rule = Rule { name: NAME, check };

/// Functions that read their first argument as a plain iterable to its end.
const READERS: [&str; 10] =
    ["list", "tuple", "set", "frozenset", "dict", "sorted", "sum", "max", "min", "join"];

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
    /// `*x` and `a, b = x`, `a in x`, `x[0]`.
    Unpacked,
}

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    let others = |it: &Event| match it.kind {
        // What an `async for` does not take is walked in the plain way by nobody.
        EventKind::AsyncForRefused { value } => Some((it.site, value)),
        _ => None,
    };
    let others: HashSet<(Site, Value)> = run.events().iter().filter_map(others).collect();
    let refused = Refused::of(run);
    let found = run.events().iter().filter_map(|event| match event.kind {
        EventKind::PlainWalkRefused { value } if !others.contains(&(event.site, value)) => {
            diagnose(run, event, value, &refused)
        }
        EventKind::PlainWithRefused { value } => diagnose(run, event, value, &refused),
        EventKind::PlainWayRefused { .. } => ways::refused(run, event),
        _ => None,
    });
    report(out, found);
}

/// What is refused for a reason that goes before this one, or together with it.
#[derive(Default)]
struct Refused {
    /// The managers that a plain `with` refuses.
    managers: HashSet<Site>,
    /// The `await`s that raise.
    awaits: HashSet<Site>,
}

impl Refused {
    fn of(run: &Run) -> Self {
        let mut refused = Self::default();
        for event in run.events() {
            match event.kind {
                EventKind::PlainWithRefused { .. } => _ = refused.managers.insert(event.site),
                EventKind::AwaitRefused { .. } => _ = refused.awaits.insert(event.site),
                _ => {}
            }
        }
        refused
    }

    fn holds(&self, manager: Site) -> bool {
        self.managers.contains(&manager)
    }
}

fn plain_use(run: &Run, site: Site) -> Option<Plain> {
    let parent = run.parent(site)?;
    match (run.kind(parent), run.role(site)) {
        (Kind::For { is_async: false }, Role::Iter) => Some(Plain::For(parent)),
        (Kind::Clause { is_async: false }, Role::Iter) => Some(Plain::Clause(parent)),
        (Kind::WithItem, Role::Context) => {
            let with = run.parent(parent)?;
            matches!(run.kind(with), Kind::With { is_async: false }).then_some(Plain::With(with))
        }
        (Kind::Starred, _) | (Kind::Compare, Role::Operand) | (Kind::Subscript, Role::Value) => {
            Some(Plain::Unpacked)
        }
        (Kind::Assign, Role::Value) => {
            (run.usage(site) == Usage::Iterated).then_some(Plain::Unpacked)
        }
        (Kind::Call, Role::Arg) => reader(run, parent, site),
        _ => None,
    }
}

fn reader(run: &Run, call: Site, argument: Site) -> Option<Plain> {
    let func = run.child(call, Role::Func)?;
    let name = run.callee(call).rsplit('.').next()?;
    let to_end = READERS.contains(&name);
    let first = run.children_in(call, Role::Arg).next() == Some(argument);
    let reads = match run.child(func, Role::Value) {
        // `", ".join(…)`.
        Some(receiver) if matches!(run.kind(receiver), Kind::Str | Kind::FString) => first,
        // What the run says of a library's function: one of `map`'s later arguments, too.
        _ => run.meaning(func).path().is_some(),
    };
    reads.then_some(Plain::Reader(call, to_end && first))
}

fn diagnose(run: &Run, event: &Event, value: Value, refused: &Refused) -> Option<Diagnostic> {
    let place = place(run, event.site);
    let site = place.and_then(|at| walked_at(run, at, value));
    // `for x in await stream()` raises before it walks.
    let is_walk = matches!(event.kind, EventKind::PlainWalkRefused { .. });
    if is_walk && site.is_some_and(|site| refused.awaits.contains(&site)) {
        return None;
    }
    let plain = site.and_then(|site| plain_use(run, site));
    if let (Some(site), Some(Plain::With(with))) = (site, plain)
        && managers(run, with).find(|it| refused.holds(*it)) != Some(site)
    {
        // One `async` serves all managers of a `with`.
        return None;
    }
    let is_expression = |site: Site| matches!(run.kind(site), Kind::Comprehension { .. });
    let key = match plain {
        Some(Plain::With(_)) => "with",
        _ if site.is_some_and(is_expression) => "generator-expression",
        Some(Plain::For(_) | Plain::Clause(_)) => "for",
        _ if matches!(event.kind, EventKind::PlainWithRefused { .. }) => "with",
        _ => "reader",
    };
    let at = site.map_or(event.site, |site| site);
    let mut found = found(run, event, at, |span| {
        Diagnostic::new(NAME, Severity::Error, span, key)
            .with("what", first_line(run.source_of(at)))
    })?;
    if let (Some(site), Some(plain)) = (site, plain)
        && let Some(repair) = fix(run, site, plain, refused)
    {
        offer(run, &mut found, repair);
    }
    Some(found)
}

/// What is walked, or entered, in the plain way at a place of which the run tells.
fn walked_at(run: &Run, at: Site, value: Value) -> Option<Site> {
    let gave = |it: &Site| run.trace.given(*it).contains(&value);
    let is_part = |it: &Site| {
        use Role::{Arg, Context, Iter, Operand, Value};
        matches!(run.role(*it), Iter | Arg | Value | Context | Operand)
    };
    let is_assignment = |it: &Site| matches!(run.kind(*it), Kind::Assign);
    let unpacked = run.parent(at).filter(is_assignment);
    let unpacked = unpacked.and_then(|it| run.child(it, Role::Value));
    let parts = run.children(at).filter(is_part);
    let mut all = std::iter::once(at).chain(parts).chain(unpacked);
    all.find(|it| plain_use(run, *it).is_some() && gave(it))
}

fn first_line(text: &str) -> String {
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    if lines.next().is_some() { format!("{first}…") } else { first.to_owned() }
}

/// The repair, or what stands in its way; `None` where one `async` would not do.
fn fix(
    run: &Run,
    site: Site,
    plain: Plain,
    refused: &Refused,
) -> Option<Result<Fix, Vec<Obstacle>>> {
    if let Some(kind) = obstacle_to_await(run, site) {
        return Some(Err(vec![Obstacle { kind, site }]));
    }
    let helper = run.owner(site).filter(|id| run.function(*id).is_some_and(|it| !it.is_async));
    let plan = match helper.map(|id| colour(run, id)) {
        Some(Err(obstacles)) => return Some(Err(obstacles)),
        Some(Ok(plan)) => plan,
        None => Colouring::default(),
    };
    let (edits, key, keeps) = edits(run, site, plain, refused)?;
    let edits = match plan.finish(run, edits) {
        Ok(edits) => edits,
        Err(obstacles) => return Some(Err(obstacles)),
    };
    let safe = helper.is_none() && keeps;
    Some(Ok(checked(
        run,
        Fix {
            title: Message::new(NAME, key),
            pattern: match plain {
                _ if key == "fix-list" => "list-not-generator",
                Plain::With(_) if helper.is_none() => "async-client",
                _ => "async-all-the-way",
            },
            applicability: if safe { Applicability::Safe } else { Applicability::Unsafe },
            edits,
            reasons: vec![(run.at(site), Message::new(NAME, reason(key)))],
            tradeoffs: if helper.is_some() { vec!["callers-become-async"] } else { Vec::new() },
        },
    )
    .at_most(plan.limit())))
}

/// The edits that walk, or enter, what stands at `site` as it wants to be, with a place that has to
/// be able to await.
pub(super) fn edits_at(run: &Run, site: Site) -> Option<Vec<Edit>> {
    if let Some(plain) = plain_use(run, site) {
        return edits(run, site, plain, &Refused::default()).map(|(edits, ..)| edits);
    }
    let call = run.parent(site).filter(|call| run.callee(*call) == "next")?;
    let func = run.child(call, Role::Func)?;
    let edit = Edit::replace(run.at(func), "anext");
    let alone = run.children_in(call, Role::Arg).count() == 1;
    alone.then(|| std::iter::once(edit).chain(await_expression(run, call)).collect())
}

/// The expressions that a `with` enters.
fn managers<'f>(run: &'f Run, with: Site) -> impl Iterator<Item = Site> + 'f {
    run.children_in(with, Role::Context).filter_map(|item| run.child(item, Role::Context))
}

fn reason(title: &str) -> &'static str {
    match title {
        "fix-with" => "why-with",
        "fix-list" => "why-list",
        "fix-count" => "why-count",
        _ => "why-for",
    }
}

/// The edits, the key of their title, and whether the reader takes everything anyway.
fn edits(
    run: &Run,
    site: Site,
    plain: Plain,
    refused: &Refused,
) -> Option<(Vec<Edit>, &'static str, bool)> {
    let asynchronous =
        |at: Site| Edit::insert(run.position(at.cell), run.range(at).start, "async ");
    let expression = matches!(run.kind(site), Kind::Comprehension { .. });
    match plain {
        Plain::With(with) => {
            let all = managers(run, with).all(|it| refused.holds(it));
            // `with await lock:` awaits what is entered, and not what that gives.
            let words = managers(run, with).filter_map(|it| {
                let value = run.child(it, Role::Value).filter(|_| *run.kind(it) == Kind::Await)?;
                let word = TextRange::new(run.range(it).start, run.range(value).start);
                Some(Edit::delete(run.span_of(it.cell, word)))
            });
            let edits = std::iter::once(asynchronous(with)).chain(words).collect();
            all.then_some((edits, "fix-with", true))
        }
        Plain::For(statement) => Some((vec![asynchronous(statement)], "fix-for", true)),
        Plain::Clause(clause) => {
            let inside = run.child(run.parent(clause)?, Role::Element)?;
            let (lists, read_to_end) = lists_for_generators(run, inside);
            let edits = lists.into_iter().chain([asynchronous(clause)]).collect();
            Some((edits, "fix-for", read_to_end))
        }
        Plain::Reader(call, to_end) if expression => {
            Some((bracketed(run, call, site), "fix-list", to_end))
        }
        Plain::Reader(call, _) if let Some(edits) = turns::counted(run, call, site) => {
            Some((edits, "fix-count", true))
        }
        // A list of what never ends is never there.
        Plain::Reader(..) | Plain::Unpacked if run.gives_without_end(site) => None,
        Plain::Reader(call, to_end) => {
            let edits = listed(run, call, site).into_iter().chain(plain_turns(run, call)).collect();
            Some((edits, "fix-list", to_end))
        }
        Plain::Unpacked if expression => {
            let inside = run.child(site, Role::Element)?;
            Some((lists_for_generators(run, inside).0, "fix-list", true))
        }
        Plain::Unpacked => Some((listed(run, site, site), "fix-list", true)),
    }
}

/// `sum(await f(i) for i in x)` becomes `sum([await f(i) for i in x])`.
fn bracketed(run: &Run, call: Site, expression: Site) -> Vec<Edit> {
    let parenthesized =
        matches!(run.kind(expression), Kind::Comprehension { parenthesized: true, .. });
    let (range, wide) = (run.range(expression), usize::from(parenthesized));
    let whole = if is_list_call(run, call) { run.range(call) } else { range };
    let kept = TextRange::new(range.start + wide, range.end.saturating_sub(wide));
    around(run, call, whole, kept, "[")
}

/// `list(x)` becomes `[item async for item in x]`, any other reader gets that list.
fn listed(run: &Run, call: Site, iterator: Site) -> Vec<Edit> {
    let item = free_name(run, "item");
    let range = run.range(iterator);
    let whole = if is_list_call(run, call) { run.range(call) } else { range };
    around(run, call, whole, range, &format!("[{item} async for {item} in "))
}

/// `async for i, x in enumerate(…)` walks a list in the plain way: the edit that takes its `async` away.
fn plain_turns(run: &Run, walked: Site) -> Option<Edit> {
    let up = run.parent(walked).filter(|_| run.role(walked) == Role::Iter)?;
    let (Kind::For { is_async: true } | Kind::Clause { is_async: true }) = run.kind(up) else {
        return None;
    };
    let range = run.range(up);
    let word = range.slice(run.tree(up.cell).source()).find("for")?;
    let word = TextRange::new(range.start, range.start + word);
    Some(Edit::delete(run.span_of(up.cell, word)))
}

/// Puts `open` and `]` around `kept`, in place of the rest of `whole`.
fn around(run: &Run, call: Site, whole: TextRange, kept: TextRange, open: &str) -> Vec<Edit> {
    let span = |start, end| run.span_of(call.cell, TextRange::new(start, end));
    vec![
        Edit::replace(span(whole.start, kept.start), open),
        Edit::replace(span(kept.end, whole.end), "]"),
    ]
}

/// `list(x)` with nothing else in it.
fn is_list_call(run: &Run, call: Site) -> bool {
    let func = run.child(call, Role::Func).map(|func| run.meaning(func));
    func.as_ref().and_then(Meaning::path) == Some("builtins.list")
        && run.children_in(call, Role::Arg).count() == 1
        && run.child(call, Role::Keyword).is_none()
}
