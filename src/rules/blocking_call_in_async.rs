//! A call that holds the kernel's thread while tasks wait for it.

use hashbrown::HashSet;

use super::Rule;
use super::events::{self, found, repair};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::execution::{Event, EventKind, Meaning, Run, Site, Thread};
use crate::knowledge::tables::{Blocking, BlockingKind};
use crate::python::{Kind, Role};
use crate::rewrite::{
    await_in_thread, checked, lists_for_generators, module_name, obstacle_to_await, without_await,
};
use crate::text::Edit;

const NAME: &str = "blocking-call-in-async";

pub(super) const RULE: Rule = Rule { name: NAME, check };

/// Where the call stands, as far as others wait for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    InAsync,
    /// In a plain function that an `async def` calls.
    BelowAsync,
    /// In a cell while a task that this call started is running.
    BesideTask(Site),
    /// In a cell that awaits, where nothing else is known to run.
    InAwaitingCell,
}

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    let mut told: HashSet<Site> = HashSet::new();
    let refused = refused_awaits(run);
    for (at, event) in run.events().iter().enumerate() {
        let diagnostic = match &event.kind {
            EventKind::Blocked { by } if !told.contains(&event.site) => {
                let path = run.spell(*by);
                let Some(blocking) = run.tables().blocking(&path) else { continue };
                let awaited = refused.contains(&event.site);
                // What is awaited and gives no error may be another library's.
                let is_odd = !awaited && awaited_chain(run, event.site).is_some();
                let place = place_of(run, event, at).filter(|_| !is_odd);
                place.and_then(|place| {
                    diagnose(run, event, &Blocked { blocking, place, raises: awaited })
                })
            }
            EventKind::SocketBlocks { for_ever } => socket(run, event, *for_ever),
            _ => None,
        };
        if let Some(diagnostic) = diagnostic {
            told.insert(event.site);
            out.push(diagnostic);
        }
    }
}

/// A call that blocks, and what is known of it.
struct Blocked<'f> {
    blocking: &'f Blocking,
    place: Place,
    /// An `await` stands before it, which raises: what blocks gives nothing to await.
    raises: bool,
}

/// The calls in front of which an `await` raises, alone or as the head of a chain:
/// `await get(u).json()`.
fn refused_awaits(run: &Run) -> HashSet<Site> {
    let refused =
        run.events().iter().filter(|it| matches!(it.kind, EventKind::AwaitRefused { .. }));
    let operands = refused.filter_map(|it| run.child(it.site, Role::Value));
    operands.flat_map(|operand| chain(run, operand)).collect()
}

/// What stands at `site` and what it is taken from, outermost first.
fn chain<'r>(run: &'r Run, site: Site) -> impl Iterator<Item = Site> + 'r {
    let receiver = |it: &Site| match run.kind(*it) {
        Kind::Call => run.child(*it, Role::Func),
        Kind::Attribute { .. } | Kind::Subscript => run.child(*it, Role::Value),
        _ => None,
    };
    std::iter::successors(Some(site), receiver)
}

/// The `await` in front of a call, or of what is taken from its result.
fn awaited_chain(run: &Run, call: Site) -> Option<Site> {
    let up = std::iter::successors(run.parent(call), |it| run.parent(*it));
    let mut around = up.skip_while(|it| chain(run, *it).any(|inner| inner == call));
    around.next().filter(|it| matches!(run.kind(*it), Kind::Await))
}

fn place_of(run: &Run, event: &Event, at: usize) -> Option<Place> {
    if matches!(event.context.thread, Thread::Worker | Thread::Process) {
        return None;
    }
    if run.function_around(event.site).is_some() {
        let is_async = run.is_in_async(event.site);
        let place = if is_async { Place::InAsync } else { Place::BelowAsync };
        return event.context.on_loop.then_some(place);
    }
    let running = run.trace.running_at(at);
    let beside = running.map(|task| Place::BesideTask(task.by));
    beside.or_else(|| run.awaits_at_top(event.site.cell).then_some(Place::InAwaitingCell))
}

fn diagnose(run: &Run, event: &Event, blocked: &Blocked<'_>) -> Option<Diagnostic> {
    let Blocked { blocking, place, raises } = *blocked;
    let is_file = blocking.kind == BlockingKind::File;
    let severity = match is_file || place == Place::InAwaitingCell {
        _ if raises => Severity::Error,
        true => Severity::Hint,
        false => Severity::Warning,
    };
    let key = match place {
        _ if raises => "awaited",
        Place::InAsync if is_file => "file-in-async",
        Place::InAsync => "in-async",
        Place::BelowAsync => "below-async",
        Place::BesideTask(_) => "beside-task",
        Place::InAwaitingCell => "in-awaiting-cell",
    };
    let span = run.span(run.site_of(event))?;
    let mut found = Diagnostic::new(NAME, severity, span, key)
        .with("call", run.callee(event.site))
        .with("function", run.function_around(event.site).unwrap_or_default());
    // Of an `async def` it does not matter who runs it.
    if place == Place::BelowAsync || run.cell_of(event.site.cell).is_none() {
        events::lead(run, event, event.site, &mut found);
    }
    if let Place::BesideTask(task) = place
        && let Some(started) = run.span(task)
    {
        let note = Message::new(NAME, "task-started").at_cell(started.cell);
        found.note(note, Some(started));
    }
    let is_lacking = |twin: &&String| {
        let needed = run.tables().needed_loop(twin);
        needed.is_some_and(|(kind, _)| run.environment().may_lack(kind))
    };
    if let Some(twin) = blocking.twin.as_ref().filter(|twin| !is_lacking(twin)) {
        found.note(Message::new(NAME, "twin").with("twin", twin), None);
    }
    found.patterns = match blocking.kind {
        BlockingKind::Sleep => vec!["async-sleep"],
        BlockingKind::Network | BlockingKind::Database => vec!["to-thread", "async-client"],
        _ => vec!["to-thread"],
    };
    let call = events::place(run, event.site);
    if let Some(call) = call.filter(|_| matches!(place, Place::InAsync | Place::InAwaitingCell)) {
        let better = fix(run, call, blocking.kind, place);
        found.fixes.extend(better.or_else(|| raises.then(|| plain_fix(run, call)).flatten()));
    }
    Some(found)
}

fn callee(run: &Run, call: Site) -> Meaning {
    run.child(call, Role::Func).map_or(Meaning::Unknown, |func| run.meaning(func))
}

/// The `await` in front of the call or of what is taken from its result: `await get(u).json()`.
fn await_around(run: &Run, call: Site) -> Option<Site> {
    let mut chain = run.ancestors(call).skip_while(|up| {
        matches!(run.kind(*up), Kind::Attribute { .. } | Kind::Subscript)
            || (matches!(run.kind(*up), Kind::Call)
                && run
                    .child(*up, Role::Func)
                    .is_some_and(|func| run.tree(call.cell).is_within(call.node, func.node)))
    });
    chain.next().filter(|up| matches!(run.kind(*up), Kind::Await))
}

fn fix(run: &Run, call: Site, kind: BlockingKind, place: Place) -> Option<Fix> {
    if obstacle_to_await(run, call).is_some() {
        return None;
    }
    let opens = run.parent(call).is_some_and(|up| matches!(run.kind(up), Kind::WithItem));
    match kind {
        BlockingKind::Sleep => sleep_fix(run, call, place),
        // A file object, a prompt or a future is more than one call, and a database connection
        // may belong to its thread.
        BlockingKind::File | BlockingKind::Input | BlockingKind::Wait | BlockingKind::Database => {
            None
        }
        // What these give is read later, and blocks then.
        _ if matches!(callee(run, call).path(), Some("os.popen" | "urllib.request.urlopen")) => {
            None
        }
        _ if opens => None,
        _ => thread_fix(run, call),
    }
    .map(|fix| in_place_of_await(run, call, fix))
}

/// `await cursor.fetchall()` becomes `cursor.fetchall()`, where nothing better is known: it blocks
/// as before, and raises no more.
fn plain_fix(run: &Run, call: Site) -> Option<Fix> {
    await_around(run, call)?;
    let fix = Fix {
        title: Message::new(NAME, "fix-plain"),
        pattern: "to-thread",
        applicability: Applicability::Unsafe,
        edits: Vec::new(),
        reasons: vec![(run.at(call), Message::new(NAME, "why-plain"))],
        tradeoffs: Vec::new(),
    };
    Some(in_place_of_await(run, call, fix))
}

/// The repair brings its own `await`.
fn in_place_of_await(run: &Run, call: Site, mut fix: Fix) -> Fix {
    fix.edits.extend(await_around(run, call).map(|around| without_await(run, around)));
    checked(run, fix)
}

/// `time.sleep(n)` becomes `await asyncio.sleep(n)`.
///
/// Safe only in a cell where nothing else runs: elsewhere others get their turn meanwhile, which
/// is what the fix is for, and which code between two lines may not expect. Under a plain `with`
/// they might wait for what it holds.
fn sleep_fix(run: &Run, call: Site, place: Place) -> Option<Fix> {
    let holds = run
        .ancestors(call)
        .take_while(|up| !matches!(run.kind(*up), Kind::FunctionDef { .. } | Kind::Lambda))
        .any(|up| matches!(run.kind(up), Kind::With { is_async: false }));
    if holds {
        return None;
    }
    let func = run.child(call, Role::Func)?;
    // A `partial` may hold the time.
    if run.origin(func).is_some() {
        return None;
    }
    let (asyncio, import) = module_name(run, call, "asyncio");
    let (lists, read_to_end) = lists_for_generators(run, call);
    let mut edits: Vec<Edit> = import.into_iter().chain(lists).collect();
    edits.push(Edit::replace(run.at(func), format!("await {asyncio}.sleep")));
    // What was held for longer than the limit went on; what waits is cancelled.
    let is_limited = run
        .ancestors(call)
        .any(|up| matches!(run.kind(up), Kind::With { .. }) && run.has_deadline(up));
    let alone = place == Place::InAwaitingCell && read_to_end && !is_limited;
    let safe = if alone { Applicability::Safe } else { Applicability::Unsafe };
    Some(Fix {
        title: Message::new(NAME, "fix-sleep"),
        pattern: "async-sleep",
        applicability: safe,
        edits,
        reasons: vec![(run.at(call), Message::new(NAME, "why-sleep"))],
        tradeoffs: Vec::new(),
    })
}

/// `f(a, k=b)` becomes `await asyncio.to_thread(f, a, k=b)`.
fn thread_fix(run: &Run, call: Site) -> Option<Fix> {
    Some(Fix {
        title: Message::new(NAME, "fix-thread").with("call", run.callee(call)),
        pattern: "to-thread",
        applicability: Applicability::Unsafe,
        edits: await_in_thread(run, call)?,
        reasons: vec![(run.at(call), Message::new(NAME, "why-thread"))],
        tradeoffs: vec!["thread-safety", "thread-pool-limit", "late-interrupt"],
    })
}

/// A socket that blocks, in the hands of the loop.
fn socket(run: &Run, event: &Event, for_ever: bool) -> Option<Diagnostic> {
    let severity = if for_ever { Severity::Error } else { Severity::Warning };
    let socket = run.argument(event.site, 0, "sock")?;
    let mut diagnostic = found(run, event, event.site, |span| {
        Diagnostic::new(NAME, severity, span, "socket")
            .with("call", run.callee(event.site))
            .with("name", run.source_of(socket))
    })?;
    diagnostic.patterns = vec!["async-client"];
    diagnostic.fixes.extend(without_blocking(run, event, socket));
    Some(diagnostic)
}

/// `sock.setblocking(False)` before the statement that uses it.
fn without_blocking(run: &Run, event: &Event, socket: Site) -> Option<Fix> {
    let (call, name) = (events::place(run, event.site)?, run.source_of(socket));
    let statement = run.statement_around(event.site);
    let source = run.tree(event.site.cell).source();
    let line = source.get(..statement.start)?.rsplit('\n').next()?;
    if !matches!(run.kind(socket), Kind::Name { .. }) || !line.trim().is_empty() {
        return None;
    }
    let text = format!("{name}.setblocking(False)\n{line}");
    let title = Message::new(NAME, "fix-socket").with("name", name);
    let edits = vec![Edit::insert(run.position(call.cell), statement.start, text)];
    Some(repair(run, call, title, "async-client", edits))
}
