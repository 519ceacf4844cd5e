//! A coroutine function in the hands of something that calls it and drops what comes, or a
//! function where a coroutine is wanted.

mod many;
mod plain;
mod reduced;
mod together;

use super::Rule;
use super::events::{
    Said, argument_of, found, function_name, kind_key, place, refused, repair, taker,
};
use crate::diagnostic::{Diagnostic, Fix, Message, Severity};
use crate::execution::{Event, EventKind, Loop, Run, Site, Value};
use crate::knowledge::callables::{QualifiedName, Wants};
use crate::python::{Kind, Role};
use crate::rewrite::{
    arguments_for, arguments_of, callback_starter, enclose, module_name, obstacle_to_await,
    written_out,
};
use crate::text::{Edit, TextRange, indentation, line_range};
use many::gathered_instead;
use plain::{plain, written_at};
use reduced::reduced;

const NAME: &str = "async-function-handed-over";

pub(super) const RULE: Rule = Rule { name: NAME, check };

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    let mut said = Said::of(out);
    let refused = refused(run);
    for event in run.events() {
        let diagnostic = match &event.kind {
            EventKind::WrongKind { at, name, value, wants, refuses, by, is_async } => {
                let argument = argument_of(run, event).unwrap_or(event.site);
                if refused.contains(&argument) || raises_first(run, event, *by) {
                    continue;
                }
                match (wants, if *is_async { "function" } else { kind_key(run, *value) }) {
                    (Wants::PlainFunction, "function") if at.is_some() || name.is_some() => {
                        let key =
                            if name.as_deref() == Some("key") { "compared" } else { "dropped" };
                        let written = written_at(run, argument, *value);
                        dropped(run, event, (written, *by), *value, (key, *refuses))
                    }
                    (Wants::CoroutineFunction, "function") if !is_async => {
                        plain(run, event, argument, *value, *refuses)
                    }
                    (Wants::Coroutine | Wants::Awaitable, _) => {
                        wanted(run, event, argument, *value, *by)
                    }
                    _ => continue,
                }
            }
            EventKind::CoroutineLost { function, called_by: Some(by), .. } => {
                lost(run, event, *function, *by)
            }
            _ => continue,
        };
        let is_new =
            |it: &Diagnostic| said.at(it.span).iter().all(|(_, severity)| *severity < it.severity);
        if let Some(diagnostic) = diagnostic.filter(is_new) {
            said.add(&diagnostic);
            if diagnostic.message.key == "keys" {
                let made = together::in_values(run, event);
                out.retain(|it| it.rule != "coroutine-never-awaited" || !made.contains(&it.span));
            }
            // A call that raises starts no task.
            let call = run.span(event.site).filter(|_| diagnostic.severity == Severity::Error);
            let is_task = |rule: &str| ["dropped-task", "task-never-collected"].contains(&rule);
            out.retain(|other| Some(other.span) != call || !is_task(other.rule));
            out.push(diagnostic);
        }
    }
}

/// Whether a running loop is refused before anybody looks at the argument.
///
/// Source: `asyncio/runners.py` and `asyncio/base_events.py` ask for a running loop first.
fn raises_first(run: &Run, event: &Event, by: QualifiedName) -> bool {
    let is_runner = ["asyncio.run", "asyncio.Runner().run"].contains(&run.spell(by).as_str())
        || run.spell(by).ends_with(".run_until_complete");
    is_runner && matches!(event.context.running, Loop::Kernel | Loop::Own(_))
}

/// A callback whose coroutine nobody awaits, or a key that gives coroutines.
fn dropped(
    run: &Run,
    event: &Event,
    (argument, by): (Site, QualifiedName),
    value: Value,
    (key, refuses): (&'static str, bool),
) -> Option<Diagnostic> {
    let severity = if refuses { Severity::Error } else { Severity::Warning };
    let mut found = found(run, event, argument, |span| {
        Diagnostic::new(NAME, severity, span, key)
            .with("taker", run.callee(event.site))
            .with("function", named(run, argument, value))
    })?;
    found.patterns = vec![if key == "compared" { "gather" } else { "keep-the-handle" }];
    if run.is_coroutine_function(value) {
        let by = run.spell(by);
        let fix = match by.as_str() {
            "contextlib.AsyncExitStack().callback" => awaited_at_the_end(run, event),
            "functools.reduce" => place(run, event.site).and_then(|it| reduced(run, it)),
            by => run_there(run, argument, by),
        };
        found.fixes.extend(fix);
    }
    Some(found)
}

/// An argument in words: as it is written, or what one of many, or what a decorator is given, is.
fn named(run: &Run, argument: Site, value: Value) -> String {
    let is_decorator = run.tree(argument.cell).role(argument.node) == Role::Decorator;
    let is_unwritten = is_decorator || matches!(run.kind(argument), Kind::Starred);
    let name = function_name(run, value).filter(|_| is_unwritten);
    name.unwrap_or_else(|| run.source_of(argument).to_owned())
}

/// A coroutine that a library's callable got by calling a function, and that nobody awaits.
fn lost(run: &Run, event: &Event, function: Value, by: QualifiedName) -> Option<Diagnostic> {
    let mut found = found(run, event, event.site, |span| {
        Diagnostic::new(NAME, Severity::Warning, span, "lost")
            .with("taker", taker(run, event.site, by))
            .with("function", function_name(run, function).unwrap_or_default())
    })?;
    found.patterns = vec!["gather", "top-level-await"];
    let by = run.spell(by);
    let fix = match by.as_str() {
        "asyncio.to_thread" => without_thread(run, event, 0),
        "builtins.map" | "itertools.starmap" => gathered(run, event),
        "functools.reduce" => place(run, event.site).and_then(|it| reduced(run, it)),
        "concurrent.futures.ThreadPoolExecutor().submit" => submitted(run, event),
        by if run.tables().columns.gives_column(by) => gathered_column(run, event),
        by if by.ends_with(".run_in_executor") => without_thread(run, event, 1),
        by => {
            let last = by.rsplit('.').next().unwrap_or_default();
            let is_it = |it: &Site| run.callee(*it).rsplit('.').next() == Some(last);
            let call = place(run, event.site).and_then(|call| {
                let mut inside = run.children_in(call, Role::Arg);
                Some(call).filter(is_it).or_else(|| inside.find(is_it))
            });
            let first = call.and_then(|call| run.children_in(call, Role::Arg).next());
            let named = call.and_then(|call| run.keyword(call, "target"));
            let at = if by == "threading.Thread" { named } else { first };
            at.and_then(|at| run_in_worker(run, at, by))
        }
    };
    found.fixes.extend(fix);
    Some(found)
}

/// `await to_thread(f, x)` becomes `await f(x)`.
fn without_thread(run: &Run, event: &Event, skipped: usize) -> Option<Fix> {
    let call = place(run, event.site)?;
    if !run.parent(call).is_some_and(|up| matches!(run.kind(up), Kind::Await)) {
        return None;
    }
    let mut arguments =
        run.children(call).filter(|it| matches!(run.role(*it), Role::Arg | Role::Keyword));
    let mut arguments = arguments.by_ref().skip(skipped);
    let function = arguments.next()?;
    let rest: Vec<&str> = arguments.map(|it| run.source_of(it)).collect();
    let own = run.child(function, Role::Body).filter(|_| *run.kind(function) == Kind::Lambda);
    let text = match own {
        Some(_) if !rest.is_empty() || run.child(function, Role::Param).is_some() => return None,
        Some(body) => run.source_of(body).to_owned(),
        None => format!("{}({})", run.source_of(function), rest.join(", ")),
    };
    let function = own.and_then(|body| run.child(body, Role::Func)).unwrap_or(function);
    Some(fix(
        run,
        call,
        "fix-await",
        run.source_of(function),
        vec![Edit::replace(run.at(call), text)],
    ))
}

/// Built-in functions that need what a `map` gives, and not the `map` itself.
const NEED_ALL: [&str; 7] = ["sum", "min", "max", "sorted", "set", "tuple", "enumerate"];

/// `list(map(f, items))` becomes `await asyncio.gather(*map(f, items))`, and so does the `map` in
/// `sum(map(f, items))`.
fn gathered(run: &Run, event: &Event) -> Option<Fix> {
    let site = place(run, event.site)?;
    let is_map = |it: &Site| matches!(run.callee(*it).rsplit('.').next(), Some("map" | "starmap"));
    let inside = || run.children_in(site, Role::Arg).find(is_map);
    // The call in `lambda n: f(n)`, which `map` calls.
    let around = || {
        let lambda = run.parent(site).filter(|up| *run.kind(*up) == Kind::Lambda)?;
        run.parent(lambda).filter(is_map)
    };
    let map = Some(site).filter(is_map).or_else(inside).or_else(around)?;
    let list = run.parent(map)?;
    if NEED_ALL.contains(&run.callee(list)) && run.role(map) == Role::Arg {
        let (asyncio, import) = module_name(run, map, "asyncio");
        let enclosed = enclose(run, map, format!("await {asyncio}.gather(*"));
        let edits = import.into_iter().chain(enclosed).collect();
        return Some(fix(run, map, "fix-gather", "", edits));
    }
    let list = Some(list).filter(|it| run.callee(*it) == "list")?;
    let (outer, inner) = (run.range(list), run.range(map));
    let (asyncio, import) = module_name(run, list, "asyncio");
    let mut edits: Vec<Edit> = import.into_iter().collect();
    let head = run.span_of(list.cell, TextRange::new(outer.start, inner.start));
    edits.push(Edit::replace(head, format!("await {asyncio}.gather(*")));
    Some(fix(run, list, "fix-gather", "", edits))
}

/// `frame["b"] = column.apply(f)` becomes `frame["b"] = await asyncio.gather(*column.apply(f))`. A name
/// stays the column that it was: `column = type(column)(await asyncio.gather(*column), …)` below it.
fn gathered_column(run: &Run, event: &Event) -> Option<Fix> {
    let site = place(run, event.site).filter(|it| *run.kind(*it) == Kind::Call)?;
    let assign = run.parent(site).filter(|up| *run.kind(*up) == Kind::Assign)?;
    if obstacle_to_await(run, site).is_some() {
        return None;
    }
    let (asyncio, import) = module_name(run, site, "asyncio");
    let mut edits: Vec<Edit> = import.into_iter().collect();
    let targets: Vec<Site> = run.children_in(assign, Role::Target).collect();
    match targets.as_slice() {
        [target] if matches!(run.kind(*target), Kind::Name { .. }) => {
            let (source, name) = (run.tree(assign.cell).source(), run.source_of(*target));
            let end = run.range(assign).end;
            let line = line_range(source, end).end;
            let rest = TextRange::new(end, line).slice(source).trim_start();
            if !rest.is_empty() && !rest.starts_with('#') {
                return None;
            }
            let indent = indentation(source, run.range(assign).start);
            let text = format!(
                "\n{indent}{name} = type({name})(await {asyncio}.gather(*{name}), index={name}.index)"
            );
            edits.push(Edit::insert(run.position(assign.cell), line, text));
        }
        _ => edits.extend(enclose(run, site, format!("await {asyncio}.gather(*"))),
    }
    Some(fix(run, site, "fix-gather", "", edits))
}

/// `pool.submit(f, x)` becomes `pool.submit(asyncio.run, f(x))`.
fn submitted(run: &Run, event: &Event) -> Option<Fix> {
    let call = place(run, event.site).filter(|it| *run.kind(*it) == Kind::Call)?;
    let mut given =
        run.children(call).filter(|it| matches!(run.role(*it), Role::Arg | Role::Keyword));
    let function = given.next().filter(|it| run.role(*it) == Role::Arg)?;
    let rest: Vec<&str> = given.map(|it| run.source_of(it)).collect();
    let name = run.source_of(function);
    let is_callable = matches!(run.kind(function), Kind::Name { .. } | Kind::Attribute { .. });
    let (asyncio, import) = module_name(run, call, "asyncio");
    let mut edits: Vec<Edit> = import.into_iter().collect();
    let arguments = TextRange::new(run.range(function).start, run.range(call).end);
    let text = format!("{asyncio}.run, {name}({}))", rest.join(", "));
    edits.push(Edit::replace(run.span_of(call.cell, arguments), text));
    is_callable.then(|| fix(run, call, "fix-run", name, edits))
}

/// `stack.callback(f, x)` becomes `stack.push_async_callback(f, x)`.
fn awaited_at_the_end(run: &Run, event: &Event) -> Option<Fix> {
    let call = place(run, event.site)?;
    let func = run.child(call, Role::Func)?;
    let Kind::Attribute { name } = run.kind(func) else { return None };
    let edits = vec![Edit::replace(run.span_of(call.cell, *name), "push_async_callback")];
    Some(fix(run, call, "fix-pushed", "", edits))
}

/// A coroutine function in the hands of a plain caller: a thread runs it on a loop of its own, and
/// for a callback a plain function starts its task.
fn run_there(run: &Run, argument: Site, by: &str) -> Option<Fix> {
    let at = place(run, argument)?;
    if let Some(edits) = written_out(run, at) {
        return Some(fix(run, at, "fix-keys", run.source_of(at), edits));
    }
    let edits = match callback_starter(run, at) {
        Some(edits) => edits,
        None => return run_in_worker(run, at, by),
    };
    let function = run.source_of(at).to_owned();
    Some(fix(run, at, "fix-start", &function, edits))
}

/// `Thread(target=f)` becomes `Thread(target=lambda *args: asyncio.run(f(*args)))`.
fn run_in_worker(run: &Run, at: Site, by: &str) -> Option<Fix> {
    let is_thread = by.contains("Thread") || ["asyncio.to_thread", "threading.Timer"].contains(&by);
    let is_named = matches!(
        run.kind(at),
        Kind::Name { .. } | Kind::Attribute { .. } | Kind::Subscript | Kind::Call
    );
    if !is_thread || !is_named {
        return None;
    }
    let (asyncio, import) = module_name(run, at, "asyncio");
    let mut edits: Vec<Edit> = import.into_iter().collect();
    let (range, head) = (run.range(at), format!("lambda *args: {asyncio}.run("));
    edits.push(Edit::insert(run.position(at.cell), range.start, head));
    edits.push(Edit::insert(run.position(at.cell), range.end, "(*args))"));
    Some(fix(run, at, "fix-run", run.source_of(at), edits))
}

/// A value of the wrong kind where a coroutine is wanted.
fn wanted(
    run: &Run,
    event: &Event,
    argument: Site,
    value: Value,
    by: QualifiedName,
) -> Option<Diagnostic> {
    let argument = together::argument(run, event, argument);
    let keys = together::unpacks_keys(run, argument);
    let key = match kind_key(run, value) {
        _ if keys => "keys",
        "function" => "function",
        "task" => "future",
        "async-generator" => "async-generator",
        // `gather-needs-unpacking` speaks of that.
        "collection" if run.trace.holds_awaitables(value) => return None,
        _ => "value",
    };
    let mut found = found(run, event, argument, |span| {
        Diagnostic::new(NAME, Severity::Error, span, key)
            .with("taker", run.callee(event.site))
            .with("function", named(run, argument, value))
    })?;
    found.patterns = vec!["top-level-await", "gather"];
    // What a module does is mended there.
    let (Some(call), Some(at)) = (place(run, event.site), place(run, argument)) else {
        return Some(found);
    };
    if matches!(run.kind(at), Kind::Starred) {
        found.fixes.extend(together::unpacked(run, call, at, keys));
        return Some(found);
    }
    let by = run.spell(by);
    if *run.kind(at) == Kind::Await && together::TAKERS.contains(&&*by) {
        found.fixes.extend(together::arguments(run, call));
    } else if key == "async-generator" && by == "asyncio.gather" {
        found.fixes.extend(together::walked(run, call, at));
    } else if key == "function" && by != "asyncio.run" {
        let edits = called(run, event, (call, at), value);
        found.fixes.extend(edits.map(|edits| fix(run, at, "fix-call", "", edits)));
    } else if key == "function" && by == "asyncio.run" && run.takes_nothing(value) {
        let is_async = run.is_coroutine_function(value);
        if is_async && obstacle_to_await(run, call).is_none() && run.owner(call).is_none() {
            let text = format!("await {}()", run.source_of(at));
            found.fixes.push(fix(
                run,
                call,
                "fix-await",
                run.source_of(at),
                vec![Edit::replace(run.at(call), text)],
            ));
        }
    } else if key == "value" && ["asyncio.create_task", "asyncio.ensure_future"].contains(&&*by) {
        let edits = gathered_instead(run, call, at);
        found.fixes.extend(edits.map(|edits| fix(run, call, "fix-gather", "", edits)));
    } else if key == "future" && by.ends_with("create_task") {
        let text = run.source_of(at);
        found.fixes.push(fix(run, call, "fix-future", "", vec![Edit::replace(run.at(call), text)]));
    }
    Some(found)
}

/// `gather(f, g)` becomes `gather(f(), g())`: all that are refused there, in one step.
fn called(run: &Run, event: &Event, (call, at): (Site, Site), value: Value) -> Option<Vec<Edit>> {
    let refused = |other: &&Event| other.site == event.site && other.during == event.during;
    let place_of = |other: &Event| match &other.kind {
        EventKind::WrongKind { at: Some(number), value, .. } => {
            let place = run.children_in(call, Role::Arg).nth(*number)?;
            Some((place, arguments_for(run, place, *value)?))
        }
        _ => None,
    };
    let own = arguments_for(run, at, value)?;
    // The first one is refused, and nobody looks at those that come after it.
    let is_same = |it: &Site| run.source_of(*it) == run.source_of(at);
    let again = run.children_in(call, Role::Arg).filter_map(|it| match is_same(&it) {
        true => Some((it, own.clone())),
        false => Some((it, arguments_of(run, it)?)),
    });
    let again = again.chain([(at, own.clone())]);
    let mut all: Vec<(Site, String)> =
        run.events().iter().filter(refused).filter_map(place_of).chain(again).collect();
    all.sort_by_key(|(it, _)| run.range(*it).start);
    all.dedup_by_key(|(it, _)| *it);
    let edits = all
        .into_iter()
        .map(|(it, given)| Edit::insert(run.position(it.cell), run.range(it).end, given));
    Some(edits.collect())
}

fn fix(run: &Run, at: Site, title: &'static str, function: &str, edits: Vec<Edit>) -> Fix {
    repair(run, at, Message::new(NAME, title).with("function", function), "top-level-await", edits)
}
