//! `run(f(x))` becomes `run(f, x)` where `run` wants the function and calls it later.

use super::imports::module_name;
use super::obstacle::{Obstacle, ObstacleKind};
use super::takers::{Passes, Taker, taker};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message};
use crate::execution::{Run, Site};
use crate::python::{Builds, Kind, Role};
use crate::text::{Edit, TextRange};

/// The page that says how.
const PAGE: &str = "to-thread";

/// The fix that hands the function and its arguments to the worker `taker`, in place of what the
/// call at `call` gives. `None` where the taker has no place for them.
pub fn hand_over(run: &Run, call: Site, taker: Taker) -> Option<Fix> {
    let edits = edits(run, call, taker).filter(|_| taker.is_worker && taker.is_known)?;
    let title = Message::new(PAGE, "fix-hand-over")
        .with("call", run.callee(call))
        .with("taker", run.callee(taker.call));
    Some(super::checked(
        run,
        Fix {
            title,
            pattern: PAGE,
            applicability: Applicability::Unsafe,
            edits,
            reasons: vec![(run.at(call), Message::new(PAGE, "why-hand-over"))],
            tradeoffs: vec!["thread-safety", "thread-pool-limit", "late-interrupt"],
        },
    ))
}

/// What takes the place of an `await` that would stand where a function is wanted.
pub(super) fn hand_over_instead(
    run: &Run,
    found: &Diagnostic,
    obstacles: &[Obstacle],
) -> Option<Fix> {
    let [Obstacle { kind: ObstacleKind::FunctionWanted, site }] = obstacles else { return None };
    let is_call = matches!(run.kind(*site), Kind::Call) && found.span == run.at(*site);
    let callee = run.child(*site, Role::Func).map(|func| run.meaning(func))?;
    let path = callee.path()?;
    // A loop that another thread runs already can be run by nobody else.
    let makes_its_own = path == "asyncio.run" || run.tables().runner(path).is_some();
    let taker = taker(run, *site).filter(|_| is_call && makes_its_own)?;
    hand_over(run, *site, taker)
}

fn edits(run: &Run, call: Site, taker: Taker) -> Option<Vec<Edit>> {
    let func = run.child(call, Role::Func)?;
    let (whole, callee) = (run.range(call), run.range(func));
    let source = run.tree(call.cell).source();
    let open = callee.end + TextRange::new(callee.end, whole.end).slice(source).find('(')? + 1;
    let close = whole.end.checked_sub(1)?;
    let args: Vec<Site> = run.children_in(call, Role::Arg).collect();
    let keywords: Vec<Site> = run.children_in(call, Role::Keyword).collect();
    if !has_room(run, call, taker) || args.iter().any(|arg| is_bare_generator(run, *arg)) {
        return None;
    }
    let given = !args.is_empty() || !keywords.is_empty();
    let at = |start, end| run.span_of(call.cell, TextRange::new(start, end));
    match taker.passes {
        Passes::Nothing if !given => Some(vec![Edit::delete(at(callee.end, whole.end))]),
        Passes::Nothing => None,
        Passes::Positional if !keywords.is_empty() => {
            let (functools, import) = module_name(run, call, "functools");
            let mut edits: Vec<Edit> = import.into_iter().collect();
            edits.push(Edit::insert(
                run.position(call.cell),
                whole.start,
                format!("{functools}.partial("),
            ));
            edits.push(Edit::replace(at(callee.end, open), ", "));
            Some(edits)
        }
        Passes::Along | Passes::Positional => Some(vec![
            Edit::replace(at(callee.end, open), if given { ", " } else { "" }),
            Edit::delete(at(close, whole.end)),
        ]),
        Passes::Packed => {
            Some(vec![Edit::replace(at(callee.end, whole.end), packed(run, &args, &keywords))])
        }
    }
}

/// Whether nothing follows in the taker that the function's arguments could be taken for.
fn has_room(run: &Run, call: Site, taker: Taker) -> bool {
    let last = run.children_in(taker.call, Role::Arg).last();
    let by_name = last != Some(call);
    let keywords = run.child(taker.call, Role::Keyword).is_some();
    match taker.passes {
        Passes::Packed => ["args", "kwargs"].iter().all(|it| run.keyword(taker.call, it).is_none()),
        Passes::Nothing => true,
        Passes::Along | Passes::Positional => !by_name && !keywords,
    }
}

/// `f(x for x in items)`, which is no argument beside others without its own brackets.
fn is_bare_generator(run: &Run, argument: Site) -> bool {
    matches!(
        run.kind(argument),
        Kind::Comprehension { builds: Builds::Generator, parenthesized: false }
    )
}

/// `, args=(a,), kwargs={"k": b}`
fn packed(run: &Run, args: &[Site], keywords: &[Site]) -> String {
    let mut text = String::new();
    let texts: Vec<&str> = args.iter().map(|arg| run.source_of(*arg)).collect();
    if !texts.is_empty() {
        let comma = if texts.len() == 1 { "," } else { "" };
        text.push_str(&format!(", args=({}{comma})", texts.join(", ")));
    }
    let pair = |keyword: &Site| {
        let value = run.child(*keyword, Role::Value).map_or("", |value| run.source_of(value));
        match run.kind(*keyword) {
            Kind::KeywordArg { name: Some(name) } => {
                format!("\"{}\": {value}", run.tree(keyword.cell).text(*name))
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
