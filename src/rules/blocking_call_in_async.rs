//! A call that holds the kernel's thread while tasks wait for it.

use super::Rule;
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::facts::{Background, Binding, Call, Facts, FnId, How, Runs, Site, Value};
use crate::knowledge::tables::{Blocking, BlockingKind, When};
use crate::python::{Kind, Role};
use crate::rewrite::{
    await_in_thread, checked, lists_for_generators, module_name, obstacle_to_await,
};
use crate::text::{CellIndex, Edit};

const NAME: &str = "blocking-call-in-async";

pub(super) const RULE: Rule = Rule { name: NAME, check };

/// Where the call stands, as far as others wait for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    InAsync(FnId),
    /// In a plain function that an `async def` calls.
    BelowAsync(FnId),
    /// In a cell while a task that an earlier place started is running.
    BesideTask(Background),
    /// In a cell that awaits, where nothing else is known to run.
    InAwaitingCell,
}

fn check(facts: &Facts, out: &mut Vec<Diagnostic>) {
    let background = facts.background();
    for call in &facts.calls {
        let blocking = call.callee.path().and_then(|path| facts.tables.blocking(path));
        let Some(blocking) = blocking.filter(|it| applies(facts, call.site, it.when)) else {
            continue;
        };
        if let Some(place) = place(facts, call, &background) {
            out.push(diagnose(facts, call.site, blocking, place));
        }
    }
}

/// Whether the call as it is written is one that blocks.
fn applies(facts: &Facts, call: Site, when: Option<When>) -> bool {
    match when {
        None => true,
        Some(When::Url) => {
            let first = facts.children_in(call, Role::Arg).next();
            let named = || SOURCES.iter().find_map(|name| facts.keyword(call, name));
            first.or_else(named).is_some_and(|source| is_url(facts, source))
        }
        Some(When::Waits) => {
            let first = facts.children_in(call, Role::Arg).next();
            let asks = ["block", "blocking"].map(|name| facts.keyword(call, name));
            let at_once = asks.into_iter().chain([first]).flatten();
            let timeout = facts.keyword(call, "timeout");
            !at_once.into_iter().any(|site| matches!(facts.kind(site), Kind::False))
                && !timeout.is_some_and(|site| matches!(facts.source_of(site), "0" | "0.0"))
        }
    }
}

/// What readers of data call their first parameter.
const SOURCES: [&str; 7] =
    ["filepath_or_buffer", "path_or_buf", "path_or_buffer", "io", "path", "source", "fname"];

/// Whether an expression is seen to be a URL, by what is written there or by its name.
fn is_url(facts: &Facts, site: Site) -> bool {
    match facts.kind(site) {
        Kind::Str | Kind::FString => facts.source_of(site).contains("://"),
        Kind::BinOp => facts.child(site, Role::Operand).is_some_and(|left| is_url(facts, left)),
        Kind::Attribute { name } => says_url(facts.tree(site.cell).text(*name)),
        Kind::Name { .. } => {
            let literal = |(cell, binding): &(CellIndex, Binding)| match binding.how {
                How::Value(node) => {
                    let value = Site { cell: *cell, node };
                    match facts.kind(value) {
                        Kind::Str | Kind::FString => Some(facts.source_of(value).contains("://")),
                        _ => None,
                    }
                }
                _ => None,
            };
            let literals = facts.bindings(site).iter().find_map(literal);
            literals.unwrap_or_else(|| says_url(facts.source_of(site)))
        }
        _ => false,
    }
}

fn says_url(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.split('_').any(|word| matches!(word, "url" | "uri" | "link" | "href"))
}

fn place(facts: &Facts, call: &Call, background: &[Background]) -> Option<Place> {
    if call_is_awaited(facts, call.site) {
        return None;
    }
    match facts.runs(call.site) {
        Runs::Async(id) => Some(Place::InAsync(id)),
        Runs::Helper(id) => {
            let below = facts.reach.get(id.0).is_some_and(|reach| reach.in_async);
            below.then_some(Place::BelowAsync(id))
        }
        Runs::Cell if is_deadlock(facts, call.site) => Some(Place::InAwaitingCell),
        Runs::Cell => {
            let running = background
                .iter()
                .find(|task| task.started < call.site && call.site < task.collected);
            match running {
                Some(task) => Some(Place::BesideTask(*task)),
                None => facts.awaits_at_top(call.site.cell).then_some(Place::InAwaitingCell),
            }
        }
        // A plain function below an `async def` that nothing is seen to call.
        Runs::Elsewhere => {
            let id = call.owner?;
            let below = facts.reach.get(id.0).is_some_and(|reach| reach.in_async && !reach.worker);
            (below && !facts.is_guarded(call.site)).then_some(Place::BelowAsync(id))
        }
    }
}

fn callee(facts: &Facts, call: Site) -> Value {
    facts.child(call, Role::Func).map_or(Value::Unknown, |func| facts.value(func))
}

/// `run_coroutine_threadsafe(c, kernel_loop).result()` on the kernel's thread waits for a loop
/// that waits for it.
///
/// Source: a kernel, where it ends in the timeout that was given, or never.
fn is_deadlock(facts: &Facts, call: Site) -> bool {
    if callee(facts, call).path() != Some("asyncio.run_coroutine_threadsafe().result") {
        return false;
    }
    let object = facts.child(call, Role::Func).and_then(|func| facts.child(func, Role::Value));
    let made = object.and_then(|object| facts.origin(object));
    let target = made.and_then(|made| facts.argument(made, 1, "loop"));
    let on_kernel = matches!(facts.runs(call), Runs::Cell | Runs::Async(_) | Runs::Helper(_));
    on_kernel
        && target.is_some_and(|target| {
            let value = facts.value(target);
            matches!(value.path(), Some("asyncio.get_running_loop()" | "asyncio.get_event_loop()"))
        })
}

/// `await open(…)` is another library's `open`, or an error of its own.
fn call_is_awaited(facts: &Facts, call: Site) -> bool {
    facts.parent(call).is_some_and(|up| matches!(facts.kind(up), Kind::Await))
}

fn diagnose(facts: &Facts, call: Site, blocking: &Blocking, place: Place) -> Diagnostic {
    if is_deadlock(facts, call) {
        return Diagnostic::new(NAME, Severity::Error, facts.span(call), "deadlock")
            .with("call", facts.callee_text(call));
    }
    let quiet = blocking.kind == BlockingKind::File || place == Place::InAwaitingCell;
    let severity = if quiet { Severity::Hint } else { Severity::Warning };
    let (key, function) = match place {
        Place::InAsync(id) if blocking.kind == BlockingKind::File => ("file-in-async", Some(id)),
        Place::InAsync(id) => ("in-async", Some(id)),
        Place::BelowAsync(id) => ("below-async", Some(id)),
        Place::BesideTask(_) => ("beside-task", None),
        Place::InAwaitingCell => ("in-awaiting-cell", None),
    };
    let name = function.and_then(|id| facts.function(id)).map_or("", |function| &function.name);
    let mut found = Diagnostic::new(NAME, severity, facts.span(call), key)
        .with("call", facts.callee_text(call))
        .with("function", name);
    if let Place::BesideTask(task) = place {
        let note = Message::new(NAME, "task-started").with("cell", task.started.cell.number());
        found.note(note, Some(facts.span(task.started)));
    }
    if let Some(twin) = &blocking.twin {
        found.note(Message::new(NAME, "twin").with("twin", twin), None);
    }
    found.patterns = match blocking.kind {
        BlockingKind::Sleep => vec!["async-sleep"],
        BlockingKind::Network | BlockingKind::Database => vec!["to-thread", "async-client"],
        _ => vec!["to-thread"],
    };
    if matches!(place, Place::InAsync(_) | Place::InAwaitingCell) {
        found.fixes.extend(fix(facts, call, blocking.kind, place));
    }
    found
}

fn fix(facts: &Facts, call: Site, kind: BlockingKind, place: Place) -> Option<Fix> {
    if obstacle_to_await(facts, call).is_some() {
        return None;
    }
    let opens = facts.parent(call).is_some_and(|up| matches!(facts.kind(up), Kind::WithItem));
    match kind {
        BlockingKind::Sleep => sleep_fix(facts, call, place),
        // A file object, a prompt or a future is more than one call, and a database connection
        // may belong to its thread.
        BlockingKind::File | BlockingKind::Input | BlockingKind::Wait | BlockingKind::Database => {
            None
        }
        // What these give is read later, and blocks then.
        _ if matches!(callee(facts, call).path(), Some("os.popen" | "urllib.request.urlopen")) => {
            None
        }
        _ if opens => None,
        _ => thread_fix(facts, call),
    }
}

/// `time.sleep(n)` becomes `await asyncio.sleep(n)`.
///
/// Safe only in a cell where nothing else runs: elsewhere others get their turn meanwhile, which
/// is what the fix is for, and which code between two lines may not expect. Under a plain `with`
/// they might wait for what it holds.
fn sleep_fix(facts: &Facts, call: Site, place: Place) -> Option<Fix> {
    let holds = facts
        .ancestors(call)
        .take_while(|up| !matches!(facts.kind(*up), Kind::FunctionDef { .. } | Kind::Lambda))
        .any(|up| matches!(facts.kind(up), Kind::With { is_async: false }));
    if holds {
        return None;
    }
    let func = facts.child(call, Role::Func)?;
    // A `partial` may hold the time.
    if facts.origin(func).is_some() {
        return None;
    }
    let (asyncio, import) = module_name(facts, call, "asyncio");
    let (lists, read_to_end) = lists_for_generators(facts, call);
    let mut edits: Vec<Edit> = import.into_iter().chain(lists).collect();
    edits.push(Edit::replace(facts.span(func), format!("await {asyncio}.sleep")));
    let alone = place == Place::InAwaitingCell && read_to_end;
    let safe = if alone { Applicability::Safe } else { Applicability::Unsafe };
    Some(checked(
        facts,
        Fix {
            title: Message::new(NAME, "fix-sleep"),
            pattern: "async-sleep",
            applicability: safe,
            edits,
            reasons: vec![(facts.span(call), Message::new(NAME, "why-sleep"))],
            tradeoffs: Vec::new(),
        },
    ))
}

/// `f(a, k=b)` becomes `await asyncio.to_thread(f, a, k=b)`.
fn thread_fix(facts: &Facts, call: Site) -> Option<Fix> {
    Some(checked(
        facts,
        Fix {
            title: Message::new(NAME, "fix-thread").with("call", facts.callee_text(call)),
            pattern: "to-thread",
            applicability: Applicability::Unsafe,
            edits: await_in_thread(facts, call)?,
            reasons: vec![(facts.span(call), Message::new(NAME, "why-thread"))],
            tradeoffs: vec!["thread-safety", "thread-pool-limit", "late-interrupt"],
        },
    ))
}
