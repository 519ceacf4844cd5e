//! A call that holds the kernel's thread while tasks wait for it.

use super::{Check, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::facts::{
    Background, Binding, Call, Facts, FnId, Function, How, Runs, Site, Taker, Usage, Value,
};
use crate::knowledge::tables::{Blocking, BlockingKind, When};
use crate::python::{Kind, Role};
use crate::rewrite::{
    await_in_thread, checked, hand_over, is_read_to_end, lists_for_generators, module_name,
    obstacle_to_await,
};
use crate::text::{CellIndex, Edit, Span, TextRange};

const NAME: &str = "blocking-call-in-async";

pub(super) const RULE: Rule = Rule { name: NAME, check: Check::Code(check) };

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
        if let Some(taker) = called_too_early(facts, call) {
            out.push(called_here(facts, call.site, taker));
            continue;
        }
        let blocking = call.callee.path().and_then(|path| facts.tables.blocking(path));
        let holds = |it: &&Blocking| {
            applies(facts, call.site, it.when)
                && holds(facts, it)
                && waits_here(facts, call.site, it)
        };
        let Some(blocking) = blocking.filter(holds) else {
            continue;
        };
        // `await open(…)` may be another library's, or the kernel's own where it runs in a browser.
        let is_odd =
            facts.usage(call.site) == Usage::Awaited && !await_raises(facts, call.site, blocking);
        if let Some(place) = place(facts, call, &background).filter(|_| !is_odd) {
            out.push(diagnose(facts, call.site, blocking, place));
        }
    }
}

/// The worker that wants a function where the call at `call` stands and gives it no function.
fn called_too_early(facts: &Facts, call: &Call) -> Option<Taker> {
    let taker = facts.taker(call.site).filter(|taker| taker.is_worker && taker.is_known)?;
    let is_plain = match &call.callee {
        Value::Path(path) => facts.tables.blocking(path).is_some(),
        Value::Function(id) => facts.function(*id).is_some_and(Function::is_plain),
        _ => false,
    };
    let early = is_plain
        && !facts.may_give_a_function(call.site)
        && !facts.is_demonstrated(call.site)
        && facts.runs(call.site) != Runs::Elsewhere;
    early.then_some(taker)
}

/// Source: a kernel, which runs `f(x)` in `to_thread(f(x))` before anything else, and then answers
/// `TypeError: 'dict' object is not callable`.
fn called_here(facts: &Facts, call: Site, taker: Taker) -> Diagnostic {
    let mut found = Diagnostic::new(NAME, Severity::Warning, facts.span(call), "called-here")
        .with("call", facts.callee_text(call))
        .with("taker", facts.callee_text(taker.call));
    found.patterns = vec!["to-thread"];
    found.fixes.extend(hand_over(facts, call, taker));
    found
}

/// Whether tasks stand still during the call where the cells run.
///
/// Source: Pyodide 314 with JSPI, where `time.sleep` suspends the caller and tasks go on.
pub(super) fn holds(facts: &Facts, blocking: &Blocking) -> bool {
    blocking.kind != BlockingKind::Sleep || !facts.environment.host.suspends_the_caller()
}

/// Whether the waiting is done where the call stands: what blocks while it is walked may be handed
/// to somebody who walks it.
pub(super) fn waits_here(facts: &Facts, call: Site, blocking: &Blocking) -> bool {
    !blocking.is_lazy || facts.role(call) != Role::Arg || is_read_to_end(facts, call)
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
            let handed_on = facts.keyword(call, "async_");
            !at_once.into_iter().any(|site| matches!(facts.kind(site), Kind::False))
                && !timeout.is_some_and(|site| matches!(facts.source_of(site), "0" | "0.0"))
                && !handed_on.is_some_and(|site| *facts.kind(site) == Kind::True)
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
    match facts.runs(call.site) {
        Runs::Async(id) => Some(Place::InAsync(id)),
        Runs::Helper(id) => {
            let below = facts.reach.get(id.0).is_some_and(|reach| reach.in_async);
            below.then_some(Place::BelowAsync(id))
        }
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

/// The `await` in front of the call or of what is taken from its result: `await get(u).json()`.
fn await_around(facts: &Facts, call: Site) -> Option<Site> {
    let mut chain = facts.ancestors(call).skip_while(|up| {
        matches!(facts.kind(*up), Kind::Attribute { .. } | Kind::Subscript)
            || (matches!(facts.kind(*up), Kind::Call)
                && facts
                    .child(*up, Role::Func)
                    .is_some_and(|func| facts.tree(call.cell).is_within(call.node, func.node)))
    });
    chain.next().filter(|up| matches!(facts.kind(*up), Kind::Await))
}

/// Whether the `await` around the call raises: what blocks gives nothing to await. What another
/// thread answers may be anything, and of a star import a built-in name may be something else.
///
/// Source: a kernel, "object NoneType can't be used in 'await' expression" and its like.
fn await_raises(facts: &Facts, call: Site, blocking: &Blocking) -> bool {
    let built_in = callee(facts, call).path().is_some_and(|path| path.starts_with("builtins."));
    let may_be_another =
        built_in && (facts.has_star_import() || blocking.kind == BlockingKind::Input);
    blocking.kind != BlockingKind::Wait
        && !may_be_another
        && await_around(facts, call).is_some()
        && !facts.is_demonstrated(call)
}

fn diagnose(facts: &Facts, call: Site, blocking: &Blocking, place: Place) -> Diagnostic {
    let raises = await_raises(facts, call, blocking);
    let quiet = blocking.kind == BlockingKind::File || place == Place::InAwaitingCell;
    let severity = match quiet {
        _ if raises => Severity::Error,
        true => Severity::Hint,
        false => Severity::Warning,
    };
    let (key, function) = match place {
        _ if raises => ("awaited", None),
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
        let better = fix(facts, call, blocking.kind, place);
        found.fixes.extend(better.or_else(|| raises.then(|| plain_fix(facts, call)).flatten()));
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
    .map(|fix| without_await(facts, call, fix))
}

/// `await cursor.fetchall()` becomes `cursor.fetchall()`, where nothing better is known: it blocks
/// as before, and raises no more.
fn plain_fix(facts: &Facts, call: Site) -> Option<Fix> {
    await_around(facts, call)?;
    let fix = Fix {
        title: Message::new(NAME, "fix-plain"),
        pattern: "to-thread",
        applicability: Applicability::Unsafe,
        edits: Vec::new(),
        reasons: vec![(facts.span(call), Message::new(NAME, "why-plain"))],
        tradeoffs: Vec::new(),
    };
    Some(without_await(facts, call, fix))
}

/// The repair brings its own `await`.
fn without_await(facts: &Facts, call: Site, mut fix: Fix) -> Fix {
    let around = await_around(facts, call);
    let operand = around.and_then(|around| facts.child(around, Role::Value));
    if let (Some(around), Some(operand)) = (around, operand) {
        let word = TextRange::new(facts.range(around).start, facts.range(operand).start);
        fix.edits.push(Edit::delete(Span::new(call.cell, word)));
    }
    checked(facts, fix)
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
    Some(Fix {
        title: Message::new(NAME, "fix-sleep"),
        pattern: "async-sleep",
        applicability: safe,
        edits,
        reasons: vec![(facts.span(call), Message::new(NAME, "why-sleep"))],
        tradeoffs: Vec::new(),
    })
}

/// `f(a, k=b)` becomes `await asyncio.to_thread(f, a, k=b)`.
fn thread_fix(facts: &Facts, call: Site) -> Option<Fix> {
    Some(Fix {
        title: Message::new(NAME, "fix-thread").with("call", facts.callee_text(call)),
        pattern: "to-thread",
        applicability: Applicability::Unsafe,
        edits: await_in_thread(facts, call)?,
        reasons: vec![(facts.span(call), Message::new(NAME, "why-thread"))],
        tradeoffs: vec!["thread-safety", "thread-pool-limit", "late-interrupt"],
    })
}
