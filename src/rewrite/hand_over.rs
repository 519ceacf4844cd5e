//! `run(f(x))` becomes `run(f, x)` where `run` wants the function and calls it later.

use super::imports::module_name;
use super::obstacle::{Obstacle, ObstacleKind};
use super::takers::{Passes, Taker, taker};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message};
use crate::facts::{Facts, Site};
use crate::python::{Builds, Kind, Role};
use crate::text::{Edit, Span, TextRange};

/// The page that says how.
const PAGE: &str = "to-thread";

/// The fix that hands the function and its arguments to the worker `taker`, in place of what the
/// call at `call` gives. `None` where the taker has no place for them.
pub fn hand_over(facts: &Facts, call: Site, taker: Taker) -> Option<Fix> {
    let edits = edits(facts, call, taker).filter(|_| taker.is_worker && taker.is_known)?;
    let title = Message::new(PAGE, "fix-hand-over")
        .with("call", facts.callee_text(call))
        .with("taker", facts.callee_text(taker.call));
    Some(super::checked(
        facts,
        Fix {
            title,
            pattern: PAGE,
            applicability: Applicability::Unsafe,
            edits,
            reasons: vec![(facts.span(call), Message::new(PAGE, "why-hand-over"))],
            tradeoffs: vec!["thread-safety", "thread-pool-limit", "late-interrupt"],
        },
    ))
}

/// What takes the place of an `await` that would stand where a function is wanted.
pub(super) fn hand_over_instead(
    facts: &Facts,
    found: &Diagnostic,
    obstacles: &[Obstacle],
) -> Option<Fix> {
    let [Obstacle { kind: ObstacleKind::FunctionWanted, site }] = obstacles else { return None };
    let is_call = matches!(facts.kind(*site), Kind::Call) && found.span == facts.span(*site);
    let callee = facts.child(*site, Role::Func).map(|func| facts.value(func))?;
    let path = callee.path()?;
    // A loop that another thread runs already can be run by nobody else.
    let makes_its_own = path == "asyncio.run" || facts.tables.runner(path).is_some();
    let taker = taker(facts, *site).filter(|_| is_call && makes_its_own)?;
    hand_over(facts, *site, taker)
}

fn edits(facts: &Facts, call: Site, taker: Taker) -> Option<Vec<Edit>> {
    let func = facts.child(call, Role::Func)?;
    let (whole, callee) = (facts.range(call), facts.range(func));
    let source = facts.tree(call.cell).source();
    let open = callee.end + TextRange::new(callee.end, whole.end).slice(source).find('(')? + 1;
    let close = whole.end.checked_sub(1)?;
    let args: Vec<Site> = facts.children_in(call, Role::Arg).collect();
    let keywords: Vec<Site> = facts.children_in(call, Role::Keyword).collect();
    if !has_room(facts, call, taker) || args.iter().any(|arg| is_bare_generator(facts, *arg)) {
        return None;
    }
    let given = !args.is_empty() || !keywords.is_empty();
    let at = |start, end| Span::new(call.cell, TextRange::new(start, end));
    match taker.passes {
        Passes::Nothing if !given => Some(vec![Edit::delete(at(callee.end, whole.end))]),
        Passes::Nothing => None,
        Passes::Positional if !keywords.is_empty() => {
            let (functools, import) = module_name(facts, call, "functools");
            let mut edits: Vec<Edit> = import.into_iter().collect();
            edits.push(Edit::insert(call.cell, whole.start, format!("{functools}.partial(")));
            edits.push(Edit::replace(at(callee.end, open), ", "));
            Some(edits)
        }
        Passes::Along | Passes::Positional => Some(vec![
            Edit::replace(at(callee.end, open), if given { ", " } else { "" }),
            Edit::delete(at(close, whole.end)),
        ]),
        Passes::Packed => {
            Some(vec![Edit::replace(at(callee.end, whole.end), packed(facts, &args, &keywords))])
        }
    }
}

/// Whether nothing follows in the taker that the function's arguments could be taken for.
fn has_room(facts: &Facts, call: Site, taker: Taker) -> bool {
    let last = facts.children_in(taker.call, Role::Arg).last();
    let by_name = last != Some(call);
    let keywords = facts.child(taker.call, Role::Keyword).is_some();
    match taker.passes {
        Passes::Packed => {
            ["args", "kwargs"].iter().all(|it| facts.keyword(taker.call, it).is_none())
        }
        Passes::Nothing => true,
        Passes::Along | Passes::Positional => !by_name && !keywords,
    }
}

/// `f(x for x in items)`, which is no argument beside others without its own brackets.
fn is_bare_generator(facts: &Facts, argument: Site) -> bool {
    matches!(
        facts.kind(argument),
        Kind::Comprehension { builds: Builds::Generator, parenthesized: false }
    )
}

/// `, args=(a,), kwargs={"k": b}`
fn packed(facts: &Facts, args: &[Site], keywords: &[Site]) -> String {
    let mut text = String::new();
    let texts: Vec<&str> = args.iter().map(|arg| facts.source_of(*arg)).collect();
    if !texts.is_empty() {
        let comma = if texts.len() == 1 { "," } else { "" };
        text.push_str(&format!(", args=({}{comma})", texts.join(", ")));
    }
    let pair = |keyword: &Site| {
        let value = facts.child(*keyword, Role::Value).map_or("", |value| facts.source_of(value));
        match facts.kind(*keyword) {
            Kind::KeywordArg { name: Some(name) } => {
                format!("\"{}\": {value}", facts.tree(keyword.cell).text(*name))
            }
            _ => format!("**{value}"),
        }
    };
    let pairs: Vec<String> = keywords.iter().map(pair).collect();
    if !pairs.is_empty() {
        text.push_str(&format!(", kwargs={{{}}}", pairs.join(", ")));
    }
    text
}
