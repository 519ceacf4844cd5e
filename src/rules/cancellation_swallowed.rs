//! An `except` that catches a cancellation and lets the code go on.

use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::facts::{Facts, Site, Usage};
use crate::python::{Kind, NameUse, Role};
use crate::rewrite::{Catches, let_cancellation_pass};
use crate::text::{Span, TextRange};

const NAME: &str = "cancellation-swallowed";

pub(super) const RULE: Rule = Rule { name: NAME, check: Check::Code(check) };

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

fn check(facts: &Facts, out: &mut Vec<Diagnostic>) {
    for site in facts.sites() {
        if matches!(facts.kind(site), Kind::Try)
            && !facts.is_guarded(site)
            && let Some((handler, catches)) = catcher(facts, site)
            && swallows(facts, site, handler, catches)
        {
            out.push(diagnose(facts, site, handler, catches));
        }
    }
}

/// The first `except` of a `try` that a cancellation meets.
fn catcher(facts: &Facts, attempt: Site) -> Option<(Site, Catches)> {
    facts.children_in(attempt, Role::Handler).find_map(|handler| {
        if facts.child(handler, Role::Test).is_none() {
            return Some((handler, Catches::Everything));
        }
        let caught = facts.caught(handler);
        if caught.iter().any(|path| CANCELLED.contains(&path.as_str())) {
            return Some((handler, Catches::Cancellation));
        }
        let all = caught.iter().any(|path| path == "builtins.BaseException");
        all.then_some((handler, Catches::Base))
    })
}

fn swallows(facts: &Facts, attempt: Site, handler: Site, catches: Catches) -> bool {
    let awaits = awaits_in(facts, attempt);
    if awaits.is_empty() || passes_on(facts, handler) {
        return false;
    }
    // Then a `CancelledError` may be the end that it asked for.
    let cancels = facts.cancels_beside(attempt);
    let waits = awaits.iter().any(|site| waits_for_a_task(facts, *site));
    match catches {
        Catches::Cancellation => {
            let outermost = facts.owner(attempt).is_none() && !goes_round(facts, attempt, handler);
            let signal = outermost || shuts_down(facts, attempt, handler);
            !cancels && !waits && !signal && !makes_it_itself(facts, attempt)
        }
        Catches::Everything | Catches::Base => !(cancels && waits),
    }
}

/// Where the `try`'s own body suspends.
fn awaits_in(facts: &Facts, attempt: Site) -> Vec<Site> {
    let owner = facts.owner(attempt);
    let tree = facts.tree(attempt.cell);
    let body = facts.children_in(attempt, Role::Body);
    let inside = body.flat_map(|it| std::iter::once(it).chain(facts.descendants(it)));
    inside.filter(|site| tree.kind(site.node).suspends() && facts.owner(*site) == owner).collect()
}

/// Whether the handler raises, ends the process, or hands the error on.
fn passes_on(facts: &Facts, handler: Site) -> bool {
    let ends = |site: Site| {
        let Some(func) = facts.child(site, Role::Func) else { return false };
        let value = facts.value(func);
        let text = value.path().unwrap_or_else(|| facts.source_of(func));
        let last = text.rsplit('.').next().unwrap_or(text);
        matches!(last, "exit" | "_exit" | "quit" | "abort" | "uncancel" | "fail" | "skip")
    };
    let name = match facts.kind(handler) {
        Kind::Handler { name: Some(name) } => facts.tree(handler.cell).text(*name),
        _ => "",
    };
    facts.descendants(handler).any(|site| match facts.kind(site) {
        Kind::Raise => true,
        Kind::Call => ends(site),
        Kind::Name { .. } => facts.source_of(site) == name && is_handed_on(facts, site),
        _ => false,
    })
}

/// Whether an error is kept, returned or given to something that does not only report it.
fn is_handed_on(facts: &Facts, error: Site) -> bool {
    match facts.usage(error) {
        Usage::Argument(call) => {
            let func = facts.child(call, Role::Func);
            let value = func.map(|func| facts.value(func));
            let path = value.as_ref().and_then(crate::facts::Value::path).unwrap_or_default();
            let text = func.map_or("", |func| facts.source_of(func)).to_ascii_lowercase();
            let reports = ["builtins.print", "builtins.str", "builtins.repr", "builtins.type"];
            let logs = ["log", "traceback", "warn", "display", "echo", "pprint"];
            !reports.contains(&path)
                && !path.starts_with("traceback.")
                && !logs.iter().any(|word| text.contains(word))
        }
        Usage::Formatted
        | Usage::Attribute(_)
        | Usage::Operand
        | Usage::Tested
        | Usage::Compared
        | Usage::Dropped => false,
        _ => true,
    }
}

/// Whether the `await` at `site` may be for a task that somebody else cancelled.
fn waits_for_a_task(facts: &Facts, site: Site) -> bool {
    let Kind::Await = facts.kind(site) else { return false };
    let Some(value) = facts.child(site, Role::Value) else { return true };
    if !matches!(facts.kind(value), Kind::Call) {
        return !facts.is_coroutine(value);
    }
    let Some(func) = facts.child(value, Role::Func) else { return true };
    let callee = facts.value(func);
    let path = callee.path().unwrap_or_else(|| facts.source_of(func));
    if END_BY_CANCELLING.iter().any(|name| path.ends_with(name)) {
        return true;
    }
    let takes_tasks = WAITS_FOR.contains(&path) || facts.starts_task(path);
    takes_tasks
        && facts.children_in(value, Role::Arg).any(|argument| {
            !matches!(facts.kind(argument), Kind::Call | Kind::Number) || {
                facts.is_awaitable(argument) && !facts.is_coroutine(argument)
            }
        })
}

/// Whether the `try` stands in a loop that its handler does not leave.
fn goes_round(facts: &Facts, attempt: Site, handler: Site) -> bool {
    let inside = |up: &Site| !matches!(facts.kind(*up), Kind::FunctionDef { .. });
    let is_loop = |up: Site| matches!(facts.kind(up), Kind::For { .. } | Kind::While);
    let leaves =
        |site: Site| matches!(facts.kind(site), Kind::Return) || facts.source_of(site) == "break";
    facts.ancestors(attempt).take_while(inside).any(is_loop)
        && !facts.descendants(handler).any(leaves)
}

/// Whether the `try` also catches `KeyboardInterrupt` and ends with it: the program's own exit.
fn shuts_down(facts: &Facts, attempt: Site, handler: Site) -> bool {
    let by_hand = facts
        .children_in(attempt, Role::Handler)
        .any(|other| facts.caught(other).iter().any(|path| path == "builtins.KeyboardInterrupt"));
    by_hand && !goes_round(facts, attempt, handler)
}

/// Whether the same function names the error elsewhere than in an `except`: it raises it as a
/// signal of its own, or a test makes somebody else raise it.
fn makes_it_itself(facts: &Facts, attempt: Site) -> bool {
    let owner = facts.owner(attempt);
    let tree = facts.tree(attempt.cell);
    let in_except = |site: Site| {
        std::iter::once(site)
            .chain(facts.ancestors(site))
            .any(|it| facts.role(it) == Role::Test && is_handler(facts, it))
    };
    tree.all().map(|node| Site { node, ..attempt }).any(|site| {
        matches!(facts.kind(site), Kind::Name { used: NameUse::Load } | Kind::Attribute { .. })
            && facts.source_of(site).ends_with("CancelledError")
            && facts.owner(site) == owner
            && !in_except(site)
    })
}

fn is_handler(facts: &Facts, test: Site) -> bool {
    facts.parent(test).is_some_and(|up| matches!(facts.kind(up), Kind::Handler { .. }))
}

fn diagnose(facts: &Facts, attempt: Site, handler: Site, catches: Catches) -> Diagnostic {
    let in_loop = goes_round(facts, attempt, handler);
    let key = match (catches, in_loop) {
        (Catches::Cancellation, false) => "caught",
        (Catches::Cancellation, true) => "caught-in-loop",
        (Catches::Everything | Catches::Base, false) => "bare",
        (Catches::Everything | Catches::Base, true) => "bare-in-loop",
    };
    let head = head(facts, handler);
    let text = head.range.slice(facts.tree(handler.cell).source());
    let mut found = Diagnostic::new(NAME, Severity::Warning, head, key).with("except", text);
    found.patterns = vec!["keep-the-handle", "task-group"];
    found.fixes = fixes(facts, handler, catches);
    found
}

/// `except … as e`, without the body.
fn head(facts: &Facts, handler: Site) -> Span {
    let range = facts.range(handler);
    let end = facts
        .child(handler, Role::Test)
        .map_or(range.start + "except".len(), |test| facts.range(test).end);
    Span::new(handler.cell, TextRange::new(range.start, end))
}

fn fixes(facts: &Facts, handler: Site, catches: Catches) -> Vec<Fix> {
    let_cancellation_pass(facts, NAME, handler, catches, head(facts, handler))
}
