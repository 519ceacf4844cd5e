//! A function is called where the function itself has to be handed over: `to_thread(f(x))`.

use hashbrown::{HashMap, HashSet};

use super::Rule;
use super::events::{Said, argument_of, found, kind_key, place, repair};
use crate::diagnostic::{Diagnostic, Fix, Message, Severity};
use crate::execution::{Event, EventKind, Run, Site, Value, ValueKind};
use crate::knowledge::callables::{Use, Wants, With};
use crate::python::{Kind, Role};
use crate::rewrite::{hand_over, module_name, taker};
use crate::text::{Edit, Span};

const NAME: &str = "call-where-a-function-belongs";

pub(super) const RULE: Rule = Rule { name: NAME, check };

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    let mut others = taken_over(run, out);
    let mut said = Said::of(out);
    for event in run.events() {
        let Some(misplaced) = misplaced(run, event) else { continue };
        let Some(mut diagnostic) = diagnose(run, event, misplaced) else { continue };
        if said.error_or(diagnostic.span, NAME) {
            continue;
        }
        said.add(&diagnostic);
        if let Some(other) = others.remove(&diagnostic.span) {
            diagnostic.fixes.extend(other.fixes);
            diagnostic.fixes.truncate(1);
        }
        out.push(diagnostic);
    }
    out.extend(run.events().iter().filter_map(|event| keyword(run, event)));
}

/// A keyword for a function whose caller hands on none: `run_in_executor(None, f, n=2)`.
fn keyword(run: &Run, event: &Event) -> Option<Diagnostic> {
    let EventKind::KeywordRefused { name, .. } = &event.kind else { return None };
    let mut found = found(run, event, event.site, |span| {
        Diagnostic::new(NAME, Severity::Error, span, "keyword")
            .with("taker", run.callee(event.site))
            .with("name", name)
    })?;
    found.patterns = vec!["to-thread"];
    found.fixes.extend(place(run, event.site).and_then(|call| bound_before(run, call)));
    Some(found)
}

/// `run_in_executor(None, f, 1, n=2)` becomes `run_in_executor(None, functools.partial(f, 1, n=2))`.
fn bound_before(run: &Run, call: Site) -> Option<Fix> {
    let path = run.path_of_call(call)?;
    let row = run.tables().callables.ask(&path, |entry| entry.row.as_ref())?;
    let at = row.takes.iter().find(|take| take.used == Use::Calls)?.at?;
    let args: Vec<_> = run.children_in(call, Role::Arg).collect();
    let func = *args.get(at)?;
    let own = row.keywords.as_ref()?;
    let is_own = |it: &Site| match run.kind(*it) {
        Kind::KeywordArg { name: Some(name) } => {
            own.iter().any(|own| own == run.tree(it.cell).text(*name))
        }
        _ => true,
    };
    let starred = args.iter().take(at + 1).any(|it| matches!(run.kind(*it), Kind::Starred));
    if starred || run.children_in(call, Role::Keyword).any(|it| is_own(&it)) {
        return None;
    }
    let (functools, import) = module_name(run, call, "functools");
    let mut edits: Vec<Edit> = import.into_iter().collect();
    edits.push(Edit::insert(
        run.position(call.cell),
        run.range(func).start,
        format!("{functools}.partial("),
    ));
    edits.push(Edit::insert(run.position(call.cell), run.range(call).end.checked_sub(1)?, ")"));
    let title = Message::new(NAME, "fix-partial").with("function", run.source_of(func));
    Some(repair(run, call, title, "to-thread", edits))
}

/// What stands where a function belongs.
#[derive(Clone, Copy)]
struct Misplaced {
    argument: Site,
    value: Value,
    refuses: bool,
}

/// What an event tells to stand where a function belongs.
fn misplaced(run: &Run, event: &Event) -> Option<Misplaced> {
    let EventKind::WrongKind { value, wants, refuses, is_async: false, .. } = &event.kind else {
        return None;
    };
    let is_wanted = matches!(wants, Wants::Function | Wants::PlainFunction);
    let argument = argument_of(run, event).filter(|_| is_wanted)?;
    let is_function = matches!(kind_key(run, *value), "function" | "class");
    (!is_function).then_some(Misplaced { argument, value: *value, refuses: *refuses })
}

/// What the older rules say of calls in the places where a function belongs: this one says it.
fn taken_over(run: &Run, out: &mut Vec<Diagnostic>) -> HashMap<Span, Diagnostic> {
    let places = run.events().iter().filter_map(|event| misplaced(run, event));
    let places: HashSet<Span> = places.filter_map(|it| run.span(it.argument)).collect();
    let mine = |it: &mut Diagnostic| {
        places.contains(&it.span)
            && matches!(it.rule, "blocking-call-in-async" | "coroutine-never-awaited")
    };
    out.extract_if(.., mine).map(|it| (it.span, it)).collect()
}

fn diagnose(
    run: &Run,
    event: &Event,
    Misplaced { argument, value, refuses }: Misplaced,
) -> Option<Diagnostic> {
    let called = matches!(run.kind(argument), Kind::Call);
    let key = match (called, kind_key(run, value)) {
        (true, "coroutine") => "coroutine",
        (true, _) => "called",
        (false, _) => "value",
    };
    let severity = if refuses { Severity::Error } else { Severity::Warning };
    let mut found = found(run, event, argument, |span| {
        Diagnostic::new(NAME, severity, span, key)
            .with("taker", run.callee(event.site))
            .with("call", run.callee(argument))
            .with("value", run.source_of(argument))
    })?;
    found.patterns = vec!["to-thread"];
    let better = || {
        let call = place(run, argument)?;
        hand_over(run, call, taker(run, call)?)
    };
    found.fixes.extend(fix(run, event, argument, value).or_else(better));
    Some(found)
}

fn fix(run: &Run, event: &Event, argument: Site, value: Value) -> Option<Fix> {
    let EventKind::WrongKind { by, .. } = &event.kind else { return None };
    let by = run.spell(*by);
    let at = place(run, argument)?;
    let call = place(run, event.site)?;
    if *run.kind(at) == Kind::Await {
        return without_thread(run, call, at, &by);
    }
    if !matches!(run.kind(at), Kind::Call) {
        return None;
    }
    let func = run.child(at, Role::Func)?;
    let args: Vec<_> = run.children_in(at, Role::Arg).collect();
    let named = run.children_in(at, Role::Keyword).next().is_some();
    let starred = args.iter().any(|it| matches!(run.kind(*it), Kind::Starred));
    let (title, edits) = if kind_key(run, value) == "coroutine" {
        // The coroutine needs no thread: it is awaited as it is.
        let awaited = run.parent(call).is_some_and(|up| matches!(run.kind(up), Kind::Await));
        let only = run.children_in(call, Role::Arg).count()
            == if by.ends_with("run_in_executor") { 2 } else { 1 };
        let waits = by == "asyncio.to_thread" || by.ends_with(".run_in_executor");
        if !awaited || !only || !waits {
            return None;
        }
        ("fix-await", vec![Edit::replace(run.at(call), run.source_of(at))])
    } else if let "builtins.map" | "builtins.filter" | "builtins.sorted" | "builtins.min"
    | "builtins.max" = by.as_str()
    {
        // It calls the function with each element, in the place of this one argument.
        let is_own = run.meaning(func).path().is_none_or(|path| !path.starts_with("builtins."));
        let takes_one = args.len() == 1 && !named && !starred && is_own;
        if !takes_one {
            return None;
        }
        ("fix-each", vec![Edit::replace(run.at(at), run.source_of(func))])
    } else if by.starts_with("threading.") || by.starts_with("multiprocessing.") {
        if named || starred || run.keyword(call, "args").is_some() {
            return None;
        }
        let texts: Vec<&str> = args.iter().map(|it| run.source_of(*it)).collect();
        let given = match texts.as_slice() {
            [] => String::new(),
            [only] => format!(", args=({only},)"),
            all => format!(", args=({})", all.join(", ")),
        };
        ("fix-args", vec![Edit::replace(run.at(at), format!("{}{given}", run.source_of(func)))])
    } else if let Some(text) = made_for(run, call, at, &by) {
        ("fix-later", vec![Edit::replace(text.0, text.1)])
    } else {
        let takes_named =
            by == "asyncio.to_thread" || by.ends_with(".submit") || by == "functools.partial";
        if named && !takes_named
            || !run.children_in(call, Role::Keyword).collect::<Vec<_>>().is_empty()
        {
            return None;
        }
        let last = run.children_in(call, Role::Arg).last() == Some(at);
        if !last {
            return None;
        }
        let inner = run.range(at);
        let start = run.range(func).end;
        let text = run.tree(at.cell).source().get(start..inner.end)?;
        let list = text.trim_start().strip_prefix('(')?.strip_suffix(')')?.trim();
        let list = list.strip_suffix(',').unwrap_or(list);
        let joined = if list.is_empty() { String::new() } else { format!(", {list}") };
        ("fix-pass", vec![Edit::replace(run.at(at), format!("{}{joined}", run.source_of(func)))])
    };
    Some(repair(
        run,
        at,
        Message::new(NAME, title).with("function", run.source_of(func)),
        if title == "fix-await" { "top-level-await" } else { "to-thread" },
        edits,
    ))
}

/// What hands arguments of its own to the function, or none, is given one that makes the call: the
/// bare function where the call's only argument is what it will be given, else a `lambda`. What gives
/// a function is called with the arguments.
fn made_for(run: &Run, call: Site, at: Site, by: &str) -> Option<(Span, String)> {
    let row = run.tables().callables.ask(by, |entry| entry.row.as_ref())?;
    let take = row.takes.iter().find(|take| take.wants != Wants::default())?;
    let func = run.child(at, Role::Func)?;
    let args: Vec<&str> = run.children(at).skip(1).map(|it| run.source_of(it)).collect();
    let whole = |text: String| Some((run.at(at), text));
    match (take.used, take.with) {
        (Use::Calls, With::Receiver) => {
            let receiver = run.child(run.child(call, Role::Func)?, Role::Value)?;
            match args.as_slice() {
                [only] if *only == run.source_of(receiver) => whole(run.source_of(func).to_owned()),
                _ if args.is_empty() && !takes_nothing(run, func) => None,
                _ => whole(format!("lambda _: {}", run.source_of(at))),
            }
        }
        (Use::Keeps, With::Unknown) if run.children(call).count() == 2 => {
            let taker = run.source_of(run.child(call, Role::Func)?);
            let text = format!("{taker}({})({})", run.source_of(func), args.join(", "));
            let is_awaited = run.parent(call).is_some_and(|up| *run.kind(up) == Kind::Await);
            is_awaited.then(|| (run.at(call), text))
        }
        _ => None,
    }
}

/// Whether a function of the notebook has no parameters.
fn takes_nothing(run: &Run, func: Site) -> bool {
    let defs = run.definitions(func, ValueKind::Function);
    !defs.is_empty() && defs.iter().all(|def| run.children_in(*def, Role::Param).next().is_none())
}

/// `await to_thread(await f(x))` becomes `await f(x)`: what was to be handed over has run.
fn without_thread(run: &Run, call: Site, at: Site, by: &str) -> Option<Fix> {
    let awaited = run.parent(call).is_some_and(|up| *run.kind(up) == Kind::Await);
    let only = run.children(call).count() == if by.ends_with(".run_in_executor") { 3 } else { 2 };
    let waits = by == "asyncio.to_thread" || by.ends_with(".run_in_executor");
    let work = run.child(at, Role::Value).filter(|_| awaited && only && waits)?;
    let title = Message::new(NAME, "fix-await").with("function", run.callee(work));
    let edits = vec![Edit::replace(run.at(call), run.source_of(work))];
    Some(repair(run, call, title, "top-level-await", edits))
}
