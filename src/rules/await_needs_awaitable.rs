//! `await`, `async for` or `async with` in front of what takes none of them.

mod method;

use hashbrown::HashMap;

use super::Rule;
use super::events::{Said, found, kind_key, known_lost, place, refused, repair, spoken};
use crate::diagnostic::{Diagnostic, Fix, Message, Severity};
use crate::execution::{CellKey, Event, EventKind, Run, Site, Value};
use crate::knowledge::callables::QualifiedName;
use crate::knowledge::tables::BlockingKind;
use crate::python::{Kind, Role};
use crate::rewrite::{
    Start, arguments_for, draft_unseen, drafted_fix, enclose, free_name, module_name,
};
use crate::text::{Edit, Span, TextRange};

/// Calls that block, by the cell during whose run they do.
type Blocking<'f> = HashMap<(CellKey, Site), &'f crate::knowledge::tables::Blocking>;

const NAME: &str = "await-needs-awaitable";

pub(super) const RULE: Rule = Rule { name: NAME, check };

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    let mut said = Said::of(out);
    let blocking = blocking_calls(run);
    let (refused, lost) = (refused(run), known_lost(out));
    let is_lost = |value: Value| {
        let made = run.trace.made_at(value).and_then(|made| run.span(made));
        made.is_some_and(|made| lost.contains(&made))
    };
    for event in run.events() {
        let diagnostic = match &event.kind {
            EventKind::AsyncForRefused { value } | EventKind::AsyncWithRefused { value }
                if is_lost(*value) =>
            {
                continue;
            }
            // `enumerate(stream())` raises before it is walked.
            EventKind::AsyncForRefused { value } if is_read_before(run, event, *value) => continue,
            EventKind::AwaitRefused { .. } if refused.contains(&operand_of(run, event)) => continue,
            EventKind::AwaitRefused { .. } if is_told(run, &said, event) => continue,
            EventKind::AwaitRefused { value } => awaited(run, event, *value, &blocking),
            EventKind::AsyncForRefused { value } => {
                let keys = ["async-for", "async-for-plain", "fix-for"];
                statement(run, event, *value, keys)
            }
            EventKind::AsyncWithRefused { value } => {
                let keys = ["async-with", "async-with-plain", "fix-with"];
                statement(run, event, *value, keys)
            }
            EventKind::HookUnawaited { name, of } => hook(run, event, name, *of),
            EventKind::SpecialUnawaited { name, raises, method } => {
                let (severity, key) = match (name.as_str(), raises) {
                    ("__init__", _) => (Severity::Error, "async-init"),
                    ("__await__", _) => (Severity::Error, "async-await"),
                    (_, true) => (Severity::Error, "async-special"),
                    (_, false) => (Severity::Warning, "async-special-lost"),
                };
                let mut special = found(run, event, event.site, |span| {
                    Diagnostic::new(NAME, severity, span, key)
                        .with("method", name)
                        .with("class", run.callee(event.site))
                });
                if let Some(special) = special.as_mut().filter(|_| name == "__exit__") {
                    special.fixes.extend(entered_async(run, event));
                }
                if let Some(special) = special.as_mut().filter(|_| name == "__await__") {
                    special.fixes.extend(method.and_then(|it| method::handed_on(run, it)));
                }
                if let Some(special) = special.as_mut().filter(|it| it.fixes.is_empty()) {
                    special.fixes.extend(method.and_then(|it| method::made_plain(run, it)));
                }
                special
            }
            _ => continue,
        };
        if let Some(diagnostic) = diagnostic.filter(|it| !said.error_or(it.span, NAME)) {
            said.add(&diagnostic);
            out.push(diagnostic);
        }
    }
}

/// A method that a library's class calls by itself.
fn hook(run: &Run, event: &Event, name: &str, of: QualifiedName) -> Option<Diagnostic> {
    let mut found = found(run, event, event.site, |span| {
        let span = match run.kind(event.site) {
            Kind::FunctionDef { name, .. } => Span::new(span.cell, *name),
            _ => span,
        };
        Diagnostic::new(NAME, Severity::Warning, span, "async-hook")
            .with("method", name)
            .with("class", run.spell(of))
    })?;
    found.fixes.extend(method::made_plain(run, event.site));
    Some(found)
}

/// The `async` methods of a plain manager become those of an async one, which is entered as one.
fn entered_async(run: &Run, event: &Event) -> Option<Fix> {
    let at = place(run, event.site)?;
    let is_with = |it: &Site| matches!(run.kind(*it), Kind::With { is_async: false });
    let with = std::iter::once(at).chain(run.ancestors(at)).find(is_with)?;
    let mut edits = Vec::new();
    for (plain, other) in [("__enter__", "__aenter__"), ("__exit__", "__aexit__")] {
        let mut own = run.functions_defined().iter().filter(|it| it.name == plain);
        // Of several managers it is not seen which one this is.
        let (Some(method), None) = (own.next(), own.next()) else { return None };
        let Kind::FunctionDef { name, is_async: true } = run.kind(method.site) else {
            return None;
        };
        edits.push(Edit::replace(run.span_of(method.site.cell, *name), other));
    }
    edits.push(Edit::insert(run.position(with.cell), run.range(with).start, "async "));
    let drafted = draft_unseen(run, &Start::Await { at, own: edits, otherwise: None })?;
    let reason = (run.at(with), Message::new(NAME, "why"));
    Some(drafted_fix(run, Message::new(NAME, "fix-entered"), reason, drafted))
}

/// Whether what gives it reads, in the plain way, what only `async for` walks.
fn is_read_before(run: &Run, event: &Event, value: Value) -> bool {
    run.events_at(event.site).any(
        |other| matches!(other.kind, EventKind::PlainWalkRefused { value: read } if read != value),
    )
}

/// Whether an older rule tells that the awaited call raises, and why.
fn is_told(run: &Run, said: &Said, event: &Event) -> bool {
    let told = |site: Site| {
        run.span(site).is_some_and(|span| said.at(span).iter().any(|it| it.1 == Severity::Error))
    };
    let receiver =
        |site: &Site| run.child(*site, Role::Func).or_else(|| run.child(*site, Role::Value));
    let mut chain = std::iter::successors(Some(operand_of(run, event)), receiver);
    told(event.site) || chain.any(told)
}

/// Whether `async for` takes what a library's call gives.
fn walks(run: &Run, value: Value) -> bool {
    let Value::Path(path) = value else { return false };
    let made_by = run.spell(path);
    made_by.strip_suffix("()").is_some_and(|it| run.tables().is_async_iterator(it))
}

/// What is awaited.
fn operand_of(run: &Run, event: &Event) -> Site {
    run.child(event.site, Role::Value).unwrap_or(event.site)
}

fn awaited(run: &Run, event: &Event, value: Value, blocking: &Blocking<'_>) -> Option<Diagnostic> {
    let operand = operand_of(run, event);
    let blocks = blocking.get(&(event.during, operand)).copied();
    let called = matches!(run.kind(operand), Kind::Call);
    let spoken = spoken(run, value);
    let key = match (kind_key(run, value), spoken) {
        _ if walks(run, value) => "async-generator",
        ("collection", _) if !run.trace.holds_awaitables(value) && called => "result",
        ("collection", _) if !run.trace.holds_awaitables(value) => "value",
        ("value" | "none", Some(_)) if called => "result",
        ("value" | "none", None) if called => "plain-result",
        ("value" | "none", Some(_)) => "value",
        ("value" | "none", None) => "plain-value",
        // A task can be awaited: this one belongs to a thread.
        ("task", _) => "thread-future",
        (key, _) => key,
    };
    let mut found = found(run, event, event.site, |span| {
        Diagnostic::new(NAME, Severity::Error, span, key)
            .with("call", run.callee(operand))
            .with("name", run.source_of(operand))
            .with("type", spoken.unwrap_or_default())
    })?;
    if let Some(twin) = blocks.and_then(|it| it.twin.as_ref()) {
        found.note(Message::new(NAME, "twin").with("twin", twin), None);
    }
    found.patterns = vec!["top-level-await"];
    found.fixes.extend(awaited_fix(run, event, key, blocks.map(|it| it.kind)));
    Some(found)
}

/// What the tables say of the calls that block, by the cell's run and the call.
fn blocking_calls<'t>(run: &Run<'t>) -> Blocking<'t> {
    let of_event = |event: &Event| match &event.kind {
        EventKind::Blocked { by } => {
            Some(((event.during, event.site), run.tables().blocking(&run.spell(*by))?))
        }
        _ => None,
    };
    run.events().iter().filter_map(of_event).collect()
}

fn awaited_fix(run: &Run, event: &Event, key: &str, blocks: Option<BlockingKind>) -> Option<Fix> {
    let operand = operand_of(run, event);
    let at = place(run, event.site)?;
    let inner = place(run, operand)?;
    let whole = run.range(at);
    let range = run.range(inner);
    let word = run.span_of(at.cell, TextRange::new(whole.start, range.start));
    let called = run.takes_nothing(operand_value(event));
    let (title, edits) = match key {
        "function" if run.is_coroutine_function(operand_value(event)) => {
            let given = arguments_for(run, inner, operand_value(event))?;
            ("fix-call", vec![Edit::insert(run.position(at.cell), range.end, given)])
        }
        "function" if !run.is_coroutine_function(operand_value(event)) && called => (
            "fix-plain-call",
            vec![Edit::replace(word, ""), Edit::insert(run.position(at.cell), range.end, "()")],
        ),
        // `async for x in await stream()` walks what the call gives.
        "async-generator" if is_walked(run, at) => ("fix-plain", vec![Edit::replace(word, "")]),
        "async-generator" if let Some(walk) = plain_for(run, at) => {
            let start = run.range(walk).start;
            let edits =
                vec![Edit::insert(run.position(at.cell), start, "async "), Edit::replace(word, "")];
            ("fix-async-for", edits)
        }
        "async-generator" if run.gives_without_end(inner) => return None,
        "async-generator" => {
            let item = free_name(run, "item");
            let head = format!("[{item} async for {item} in ");
            (
                "fix-list",
                vec![
                    Edit::replace(word, head),
                    Edit::insert(run.position(at.cell), range.end, "]"),
                ],
            )
        }
        "collection" if run.trace.holds_awaitables(operand_value(event)) => {
            let (asyncio, import) = module_name(run, at, "asyncio");
            let enclosed = enclose(run, inner, format!("{asyncio}.gather(*"));
            ("fix-gather", import.into_iter().chain(enclosed).collect())
        }
        "thread-future" => {
            let (asyncio, import) = module_name(run, at, "asyncio");
            let enclosed = enclose(run, inner, format!("{asyncio}.wrap_future("));
            ("fix-wrap", import.into_iter().chain(enclosed).collect())
        }
        "result" | "plain-result" | "value" | "plain-value" => match blocks {
            Some(BlockingKind::Sleep) => {
                let func = place(run, run.child(operand, Role::Func)?)?;
                let (asyncio, import) = module_name(run, at, "asyncio");
                let mut edits: Vec<Edit> = import.into_iter().collect();
                edits.push(Edit::replace(run.at(func), format!("{asyncio}.sleep")));
                ("fix-sleep", edits)
            }
            Some(_) => {
                let mut edits = vec![Edit::replace(word, "")];
                edits.extend(crate::rewrite::await_in_thread(run, inner)?);
                ("fix-thread", edits)
            }
            None => ("fix-plain", vec![Edit::replace(word, "")]),
        },
        _ => return None,
    };
    Some(repair(
        run,
        at,
        Message::new(NAME, title).with("call", run.callee(operand)),
        "top-level-await",
        edits,
    ))
}

/// The plain `for` statement that walks what stands there.
fn plain_for(run: &Run, at: Site) -> Option<Site> {
    let up = run.parent(at).filter(|_| run.role(at) == Role::Iter)?;
    matches!(run.kind(up), Kind::For { is_async: false }).then_some(up)
}

/// Whether `async for` walks what stands there.
fn is_walked(run: &Run, at: Site) -> bool {
    run.role(at) == Role::Iter
        && run.parent(at).is_some_and(|up| {
            matches!(run.kind(up), Kind::For { is_async: true } | Kind::Clause { is_async: true })
        })
}

fn operand_value(event: &Event) -> Value {
    match event.kind {
        EventKind::AwaitRefused { value } => value,
        _ => Value::Unknown,
    }
}

/// `async for` and `async with`: the plain statement is what was meant.
fn statement(
    run: &Run,
    event: &Event,
    value: Value,
    [key, plain, title]: [&'static str; 3],
) -> Option<Diagnostic> {
    let kind = kind_key(run, value);
    let spoken = spoken(run, value);
    let mut found = found(run, event, event.site, |span| {
        Diagnostic::new(NAME, Severity::Error, span, if spoken.is_some() { key } else { plain })
            .with("value", run.source_of(event.site))
            .with("type", spoken.unwrap_or_default())
    })?;
    let at = place(run, event.site)?;
    let own = match event.kind {
        EventKind::AsyncForRefused { .. } => method::as_wanted(run, value, method::WALKED),
        _ => method::as_wanted(run, value, method::ENTERED)
            .or_else(|| method::async_generator(run, value)),
    };
    if own.is_some() {
        found.fixes.extend(own);
        return Some(found);
    }
    // What belongs to a loop, such as a queue, takes the plain statement no more than this one.
    // A lock that holds its thread belongs to none.
    let path = run.trace.path_of(value);
    let of_thread =
        path.is_some_and(|it| run.tables().blocking(&format!("{it}.acquire")).is_some());
    let of_loop = matches!(value, Value::Object(_))
        && !of_thread
        && run.trace.kind_of(value) == crate::execution::ValueKind::Library;
    if of_loop || !matches!(kind, "collection" | "value" | "generator" | "none") {
        return Some(found);
    }
    let holder = std::iter::successors(run.parent(at), |site| run.parent(*site)).find(|site| {
        matches!(
            run.kind(*site),
            Kind::For { is_async: true }
                | Kind::With { is_async: true }
                | Kind::Clause { is_async: true }
        )
    })?;
    let start = run.range(holder).start;
    let word = run.span_of(at.cell, TextRange::new(start, start + "async ".len()));
    let is_word = run.tree(at.cell).text(word.range) == "async ";
    let alone =
        run.children(holder).filter(|it| matches!(run.kind(*it), Kind::WithItem)).count() < 2;
    if is_word && alone {
        let edits = vec![Edit::replace(word, "")];
        found.fixes.push(repair(run, at, Message::new(NAME, title), "top-level-await", edits));
    }
    Some(found)
}
