//! An `except` that catches a cancellation and lets the code go on.

mod ends;

use std::cell::OnceCell;

use super::Rule;
use super::events::place;
use crate::diagnostic::{Diagnostic, Severity};
use crate::execution::{Run, Site, ValueKind};
use crate::python::{Detail, Kind, NameUse, Role};
use crate::rewrite::{Catches, let_cancellation_pass};
use crate::text::{Span, TextRange};
use ends::Ends;

const NAME: &str = "cancellation-swallowed";

pub(super) const RULE: Rule = Rule { name: NAME, check };

/// The exceptions that a cancellation raises.
const CANCELLED: [&str; 3] =
    ["asyncio.CancelledError", "anyio.get_cancelled_exc_class()", "trio.Cancelled"];

/// Coroutine functions that wait for what they are given, which may be a cancelled task.
const WAITS_FOR: [&str; 5] = [
    "asyncio.gather",
    "asyncio.wait_for",
    "asyncio.shield",
    "asyncio.wait",
    "asyncio.ensure_future",
];

/// Methods that raise `CancelledError` when their object is closed.
///
/// Source: `asyncio.Server.serve_forever`.
const END_BY_CANCELLING: [&str; 1] = ["serve_forever"];

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    let ends = OnceCell::new();
    for site in run.sites() {
        if matches!(run.kind(site), Kind::Try)
            && let Some((handler, catches)) = catcher(run, site)
            && swallows(run, site, handler, catches)
        {
            let ends = ends.get_or_init(|| Ends::of(run));
            out.extend(diagnose(run, (site, handler), catches, ends));
        }
    }
}

/// What a handler catches: the paths of what it names.
fn caught(run: &Run, handler: Site) -> Vec<String> {
    let Some(test) = run.child(handler, Role::Test) else { return Vec::new() };
    match run.kind(test) {
        Kind::Tuple { .. } => {
            run.children_in(test, Role::Element).filter_map(|it| run.path(it)).collect()
        }
        _ => run.path(test).into_iter().collect(),
    }
}

/// The first `except` of a `try` that a cancellation meets.
fn catcher(run: &Run, attempt: Site) -> Option<(Site, Catches)> {
    run.children_in(attempt, Role::Handler).find_map(|handler| {
        if run.child(handler, Role::Test).is_none() {
            return Some((handler, Catches::Everything));
        }
        let caught = caught(run, handler);
        if caught.iter().any(|path| CANCELLED.contains(&path.as_str())) {
            return Some((handler, Catches::Cancellation));
        }
        let all = caught.iter().any(|path| path == "builtins.BaseException");
        all.then_some((handler, Catches::Base))
    })
}

fn swallows(run: &Run, attempt: Site, handler: Site, catches: Catches) -> bool {
    let awaits = awaits_in(run, attempt);
    if awaits.is_empty() || passes_on(run, handler) {
        return false;
    }
    // Then a `CancelledError` may be the end that it asked for.
    let cancels = cancels_beside(run, attempt);
    let waits = awaits.iter().any(|site| waits_for_a_task(run, *site));
    match catches {
        Catches::Cancellation => {
            let outermost = run.owner(attempt).is_none() && !goes_round(run, attempt, handler);
            let signal = outermost || shuts_down(run, attempt, handler);
            !cancels && !waits && !signal && !makes_it_itself(run, attempt)
        }
        Catches::Everything | Catches::Base => !(cancels && waits),
    }
}

/// Where the `try`'s own body suspends, as far as it runs at all.
fn awaits_in(run: &Run, attempt: Site) -> Vec<Site> {
    let owner = run.owner(attempt);
    let inside = run.children_in(attempt, Role::Body).flat_map(|it| run.within(it));
    let suspends = |site: &Site| run.kind(*site).suspends() && run.owner(*site) == owner;
    inside.filter(suspends).filter(|site| run.trace.ran(run.statement(*site))).collect()
}

/// Whether the same function, or the same cell's own code, calls some `.cancel()`.
fn cancels_beside(run: &Run, attempt: Site) -> bool {
    let owner = run.owner(attempt);
    run.tree(attempt.cell).all().map(|node| Site { node, ..attempt }).any(|site| {
        matches!(run.kind(site), Kind::Call)
            && run.callee(site).ends_with(".cancel")
            && run.owner(site) == owner
    })
}

/// Whether the handler raises, ends the process, or hands the error on.
fn passes_on(run: &Run, handler: Site) -> bool {
    let ends = |call: Site| {
        let path = run.path_of_call(call).unwrap_or_else(|| run.callee(call).to_owned());
        let last = path.rsplit('.').next().unwrap_or(&path);
        matches!(last, "exit" | "_exit" | "quit" | "abort" | "uncancel" | "fail" | "skip")
    };
    let name = match run.kind(handler) {
        Kind::Handler { name: Some(name) } => run.tree(handler.cell).text(*name),
        _ => "",
    };
    run.descendants(handler).any(|site| match run.kind(site) {
        Kind::Raise => true,
        Kind::Call => ends(site),
        Kind::Name { .. } => run.source_of(site) == name && is_handed_on(run, site),
        _ => false,
    })
}

/// Whether an error is kept, returned or given to something that does not only report it.
fn is_handed_on(run: &Run, error: Site) -> bool {
    let Some(up) = run.parent(error) else { return true };
    match run.kind(up) {
        Kind::Call if run.role(error) == Role::Arg => !reports(run, up),
        Kind::KeywordArg { .. } => run.parent(up).is_none_or(|call| !reports(run, call)),
        Kind::FString
        | Kind::Attribute { .. }
        | Kind::BinOp
        | Kind::Unary
        | Kind::AugAssign
        | Kind::Not
        | Kind::BoolOp
        | Kind::Compare
        | Kind::Expression => false,
        Kind::If | Kind::While | Kind::Assert | Kind::IfExp => run.role(error) != Role::Test,
        _ => true,
    }
}

/// Whether a call shows or logs what it is given.
fn reports(run: &Run, call: Site) -> bool {
    let path = run.path_of_call(call).unwrap_or_else(|| run.callee(call).to_owned());
    let text = run.callee(call).to_ascii_lowercase();
    let reports = ["print", "str", "repr", "type"];
    let logs = ["log", "traceback", "warn", "display", "echo", "pprint"];
    reports.contains(&path.strip_prefix("builtins.").unwrap_or(&path))
        || path.starts_with("traceback.")
        || logs.iter().any(|word| text.contains(word))
}

/// Whether the `await` at `site` may be for a task that somebody else cancelled.
fn waits_for_a_task(run: &Run, site: Site) -> bool {
    let Kind::Await = run.kind(site) else { return false };
    let Some(value) = run.child(site, Role::Value) else { return true };
    if !matches!(run.kind(value), Kind::Call) {
        return !run.is_only(value, ValueKind::Coroutine);
    }
    let path = run.path_of_call(value).unwrap_or_else(|| run.callee(value).to_owned());
    if END_BY_CANCELLING.iter().any(|name| path.ends_with(name)) {
        return true;
    }
    let takes_tasks = WAITS_FOR.contains(&path.as_str()) || path.ends_with(".create_task");
    takes_tasks
        && run.children_in(value, Role::Arg).any(|argument| {
            !matches!(run.kind(argument), Kind::Call | Kind::Number)
                || run.is_only(argument, ValueKind::Task)
        })
}

/// Whether the `try` stands in a loop that its handler does not leave.
fn goes_round(run: &Run, attempt: Site, handler: Site) -> bool {
    let inside = |up: &Site| !matches!(run.kind(*up), Kind::FunctionDef { .. });
    let is_loop = |up: Site| matches!(run.kind(up), Kind::For { .. } | Kind::While);
    let leaves = |site: Site| {
        matches!(run.kind(site), Kind::Return)
            || run.tree(site.cell).detail(site.node) == Detail::Break
    };
    run.ancestors(attempt).take_while(inside).any(is_loop) && !run.descendants(handler).any(leaves)
}

/// Whether the `try` also catches `KeyboardInterrupt` and ends with it: the program's own exit.
fn shuts_down(run: &Run, attempt: Site, handler: Site) -> bool {
    let by_hand = run
        .children_in(attempt, Role::Handler)
        .any(|other| caught(run, other).iter().any(|path| path == "builtins.KeyboardInterrupt"));
    by_hand && !goes_round(run, attempt, handler)
}

/// Whether the same function names the error elsewhere than in an `except`: it raises it as a
/// signal of its own, or a test makes somebody else raise it.
fn makes_it_itself(run: &Run, attempt: Site) -> bool {
    let owner = run.owner(attempt);
    let in_except = |site: Site| {
        std::iter::once(site)
            .chain(run.ancestors(site))
            .any(|it| run.role(it) == Role::Test && is_handler(run, it))
    };
    run.tree(attempt.cell).all().map(|node| Site { node, ..attempt }).any(|site| {
        matches!(run.kind(site), Kind::Name { used: NameUse::Load } | Kind::Attribute { .. })
            && run.source_of(site).ends_with("CancelledError")
            && run.owner(site) == owner
            && !in_except(site)
    })
}

fn is_handler(run: &Run, test: Site) -> bool {
    run.parent(test).is_some_and(|up| matches!(run.kind(up), Kind::Handler { .. }))
}

fn diagnose(
    run: &Run,
    (attempt, handler): (Site, Site),
    catches: Catches,
    ends: &Ends,
) -> Option<Diagnostic> {
    let in_loop = goes_round(run, attempt, handler);
    let key = match (catches, in_loop) {
        (Catches::Cancellation, false) => "caught",
        (Catches::Cancellation, true) => "caught-in-loop",
        (Catches::Everything | Catches::Base, false) => "bare",
        (Catches::Everything | Catches::Base, true) => "bare-in-loop",
    };
    let head = head(run, handler);
    let text = head.range.slice(run.tree(handler.cell).source());
    let mut found = Diagnostic::new(NAME, Severity::Warning, head, key).with("except", text);
    found.patterns = vec!["keep-the-handle", "task-group"];
    if let Some(beside) = ends.gone_on_after(run, run.owner(attempt)) {
        let handler = place(run, handler)?;
        found.fixes = let_cancellation_pass(run, NAME, (handler, head), catches, &beside);
    }
    Some(found)
}

/// `except … as e`, without the body.
fn head(run: &Run, handler: Site) -> Span {
    let range = run.range(handler);
    let end = run
        .child(handler, Role::Test)
        .map_or(range.start + "except".len(), |test| run.range(test).end);
    run.span_of(handler.cell, TextRange::new(range.start, end))
}
