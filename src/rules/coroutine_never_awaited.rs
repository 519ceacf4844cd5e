//! A coroutine function is called and nothing ever awaits what it gives.

mod fault;
mod item;

use super::Rule;
use super::events::{found, place, report};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::execution::{Event, EventKind, Meaning, Run, Site, Usage, ValueKind};
use crate::python::{Builds, Kind, Role};
use crate::rewrite::{
    Start, Taker, async_statement, async_words, await_argument, await_before_use, await_expression,
    can_await, checked, colour, draft_unseen, drafted_fix, enclose, lists_for_generators,
    module_name, obstacle_to_await, offer, outer_await, start_in_background, taker, without_await,
};
use crate::text::{Edit, TextRange};

use fault::{Fault, Faulty, faulty};

const NAME: &str = "coroutine-never-awaited";

pub(super) const RULE: Rule = Rule { name: NAME, check };

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    let coroutines = faulty(run).into_iter().filter_map(|it| diagnose(run, &it));
    let is_one = |it: &&Event| matches!(it.kind, EventKind::GeneratorLost { .. });
    let generators = run.events().iter().filter(is_one).filter_map(|it| generator(run, it));
    report(out, coroutines.chain(generators));
}

fn diagnose(run: &Run, faulty: &Faulty) -> Option<Diagnostic> {
    let (fault, site) = (faulty.fault, faulty.site);
    let severity = if fault.raises() { Severity::Error } else { Severity::Warning };
    let walked = item::walked(run, faulty.event);
    let key = match faulty.is_silent {
        true => "silent",
        false if walked.is_some() => "item",
        false => fault.key(),
    };
    let mut found = found(run, faulty.event, site, |span| {
        let call = walked.as_deref().unwrap_or_else(|| maker(run, faulty.event, site));
        Diagnostic::new(NAME, severity, span, key).with("call", call)
    })?;
    let call = place(run, site);
    let in_collection = run.tree(site.cell).role(site.node) == Role::Element;
    found.patterns.push(if in_collection { "gather" } else { "top-level-await" });
    if let Fault::Protocol(used) = fault
        && let Some(statement) = place(run, used).and_then(|it| async_statement(run, it))
    {
        found = found.with("statement", async_words(run, statement));
    }
    if walked.is_some() {
        found.fixes.extend(call.and_then(|it| item::fix(run, it)));
        return Some(found);
    }
    if fault == Fault::Called {
        found = found.with("taker", run.parent(site).map_or("", |up| run.callee(up)));
    }
    let is_object = faulty.is_object(run);
    let Some(call) = call.filter(|it| is_object || is_seen(run, *it)) else {
        return Some(found);
    };
    let fix = match (fault, taker(run, call)) {
        _ if in_collection && !is_mixed(run, site) => gather_fix(run, call),
        (Fault::Called, Some(taker)) => without_taker(run, call, taker)
            .or_else(|none| function_itself(run, call, taker).ok_or(none)),
        _ => await_fix(run, call, fault),
    };
    if fix.is_ok()
        && let Some((then, _)) = super::wait_needs_tasks::brought_along(run, call)
    {
        found.note(then, None);
    }
    offer(run, &mut found, fix);
    Some(found)
}

/// Whether the repairs, which read the code as it is written, see the same coroutine.
fn is_seen(run: &Run, call: Site) -> bool {
    match run.kind(call) {
        // An item of what a generator gave.
        Kind::Subscript => return true,
        Kind::Call => {}
        _ => return false,
    }
    run.is_coroutine(call)
        || run.child(call, Role::Func).is_some_and(|func| {
            run.meaning(func).path().is_some_and(|path| {
                // What a generator hands out is there where `next` gives it.
                path == "builtins.next" || run.tables().is_coroutine_function(path)
            })
        })
}

/// What made a coroutine, in words: what is called, or the function where Python, or what hands on
/// what a generator yields, calls it.
fn maker<'r>(run: &'r Run, event: &Event, site: Site) -> &'r str {
    let is_yielded = |made: Site| {
        run.parent(made).is_some_and(|up| *run.kind(up) == Kind::Yield) && made != site
    };
    let method = match event.kind {
        EventKind::CoroutineLost { function, .. }
            if *run.kind(site) != Kind::Call || is_yielded(event.site) =>
        {
            run.name_of(function)
        }
        _ => None,
    };
    method.unwrap_or_else(|| run.callee(site))
}

fn generator(run: &Run, event: &Event) -> Option<Diagnostic> {
    found(run, event, event.site, |span| {
        Diagnostic::new(NAME, Severity::Warning, span, "generator")
            .with("call", run.callee(event.site))
    })
}

/// `await to_thread(f())` becomes `await f()`: what waits by itself needs no thread.
fn without_taker(
    run: &Run,
    site: Site,
    taker: Taker,
) -> Result<Fix, Vec<crate::rewrite::Obstacle>> {
    let last = run.children_in(taker.call, Role::Arg).last() == Some(site);
    let alone = last && run.child(taker.call, Role::Keyword).is_none();
    let fits = taker.is_worker && alone && run.usage(taker.call) == Usage::Awaited;
    if !fits || run.never_ends(site).is_some() {
        return Err(Vec::new());
    }
    let title = Message::new(NAME, "fix-await").with("call", run.callee(site));
    Ok(checked(
        run,
        Fix {
            title,
            pattern: "top-level-await",
            applicability: Applicability::Unsafe,
            edits: await_argument(run, taker.call, site),
            reasons: vec![(run.at(site), Message::new(NAME, "why-await"))],
            tradeoffs: Vec::new(),
        },
    ))
}

/// `retry(f(x))` becomes `retry(partial(f, x))`, where a function of the notebook calls what it is
/// given.
fn function_itself(run: &Run, site: Site, taker: Taker) -> Option<Fix> {
    let func = run.child(site, Role::Func).filter(|_| !taker.is_worker)?;
    let (whole, callee) = (run.range(site), run.range(func));
    let at = |start, end| run.span_of(site.cell, TextRange::new(start, end));
    let given = [Role::Arg, Role::Keyword].into_iter().any(|it| run.child(site, it).is_some());
    let edits = if given {
        let rest = TextRange::new(callee.end, whole.end).slice(run.tree(site.cell).source());
        let open = callee.end + rest.find('(')? + 1;
        let (functools, import) = module_name(run, site, "functools");
        let mut edits: Vec<Edit> = import.into_iter().collect();
        edits.push(Edit::insert(
            run.position(site.cell),
            whole.start,
            format!("{functools}.partial("),
        ));
        edits.push(Edit::replace(at(callee.end, open), ", "));
        edits
    } else {
        vec![Edit::delete(at(callee.end, whole.end))]
    };
    let drafted = draft_unseen(run, &Start::Edits(edits))?;
    let title = Message::new(NAME, "fix-function").with("function", run.callee(site));
    let reason = (run.at(site), Message::new(NAME, "why-function"));
    Some(drafted_fix(run, title, reason, drafted))
}

/// Puts `await` in front; in a plain helper the helper becomes `async`, with its callers.
fn await_fix(run: &Run, site: Site, fault: Fault) -> Result<Fix, Vec<crate::rewrite::Obstacle>> {
    if let Some(kind) = obstacle_to_await(run, site) {
        return Err(vec![crate::rewrite::Obstacle { kind, site }]);
    }
    if run.never_ends(site).is_some() {
        let started = start_in_background(run, site, site);
        return started.or_else(|| put_as_task(run, site)).ok_or_else(Vec::new);
    }
    let outer = outer_await(run, site);
    if outer.is_some_and(|outer| is_plain_chain(run, site, outer).is_none()) {
        return Err(Vec::new());
    }
    let owner = run.owner(site);
    let plain = owner.filter(|id| run.function(*id).is_some_and(|function| !function.is_async));
    let plan = match plain {
        Some(id) => colour(run, id)?,
        None => crate::rewrite::Colouring::default(),
    };
    let (mut edits, read_to_end) = lists_for_generators(run, site);
    if let Fault::Protocol(used) = fault {
        let statement = place(run, used).and_then(|it| async_statement(run, it));
        let edited = statement.and_then(|it| await_before_use(run, site, it));
        edits.extend(edited.ok_or_else(Vec::new)?);
    } else {
        edits.extend(await_expression(run, site));
    }
    if let Some(outer) = outer.filter(|it| is_plain_chain(run, site, *it) == Some(true)) {
        edits.push(without_await(run, outer));
    }
    let mut edits = plan.finish(run, edits)?;
    if let Some((_, more)) = super::wait_needs_tasks::brought_along(run, site) {
        edits.extend(more);
    }
    // A name that held a coroutine holds a result afterwards; somebody may have counted on it.
    let safe = plain.is_none() && read_to_end && fault != Fault::Kept && fault != Fault::Tested;
    let runs_here = run.comes_to(site);
    // What a client's call gives is not seen here.
    let is_seen = fault.is_plain() || matches!(run.meaning(site), Meaning::Coroutine(_));
    // It may wait for what a later line was to bring.
    let path = run.child(site, Role::Func).map(|func| run.meaning(func));
    let waits =
        path.as_ref().and_then(Meaning::path).is_some_and(|it| run.tables().waits_for_others(it));
    let safe = safe && runs_here && is_seen && !waits;
    Ok(checked(
        run,
        Fix {
            title: Message::new(NAME, "fix-await").with("call", run.callee(site)),
            pattern: if plain.is_some() { "async-all-the-way" } else { "top-level-await" },
            applicability: if safe { Applicability::Safe } else { Applicability::Unsafe },
            edits,
            reasons: vec![(run.at(site), Message::new(NAME, "why-await"))],
            tradeoffs: if plain.is_some() { vec!["callers-become-async"] } else { Vec::new() },
        },
    )
    .at_most(plan.limit()))
}

/// `jobs.append(work())` becomes `jobs.append(asyncio.create_task(work()))`, where that never ends.
fn put_as_task(run: &Run, site: Site) -> Option<Fix> {
    let Usage::Argument(call) = run.usage(site) else { return None };
    let Kind::Attribute { name } = run.kind(run.child(call, Role::Func)?) else { return None };
    let is_kept = matches!(run.tree(call.cell).text(*name), "append" | "add");
    if !is_kept || !can_await(run, site) || !run.comes_to(site) {
        return None;
    }
    let (asyncio, import) = module_name(run, site, "asyncio");
    let started = enclose(run, site, format!("{asyncio}.create_task("));
    Some(as_tasks(run, site, import.into_iter().chain(started).collect()))
}

/// What never ends, started as tasks that something keeps.
fn as_tasks(run: &Run, at: Site, edits: Vec<Edit>) -> Fix {
    let fix = Fix {
        title: Message::new(NAME, "fix-tasks"),
        pattern: "keep-the-handle",
        applicability: Applicability::Unsafe,
        edits,
        reasons: vec![(run.at(at), Message::new(NAME, "why-tasks"))],
        tradeoffs: vec!["leftover-tasks"],
    };
    checked(run, fix)
}

/// Whether the last call of a chain that begins with what `site` gives does its work at once, as an item
/// is there at once; where no table tells, what was meant is the author's to say.
fn is_plain_chain(run: &Run, site: Site, outer: Site) -> Option<bool> {
    let mut path = run.meaning(run.child(site, Role::Func)?).path()?.to_owned();
    path.push_str("()");
    for up in run.ancestors(site).take_while(|up| *up != outer) {
        match run.kind(up) {
            Kind::Attribute { name } => {
                path.push('.');
                path.push_str(run.tree(up.cell).text(*name));
            }
            Kind::Call => path.push_str("()"),
            Kind::Subscript if run.parent(up) == Some(outer) => return Some(true),
            _ => return None,
        }
    }
    let called = path.strip_suffix("()")?;
    let is_plain = run.tables().is_plain_call(called);
    (is_plain || run.tables().is_coroutine_function(called)).then_some(is_plain)
}

/// Whether a list holds something beside it that `gather` refuses: a result, a constant.
fn is_mixed(run: &Run, site: Site) -> bool {
    let Some(list) = run.parent(site).filter(|up| *run.kind(*up) == Kind::List) else {
        return false;
    };
    let refused = |it: Site| {
        *run.kind(it) == Kind::Await
            || run.is_only(it, ValueKind::Plain)
            || run.is_only(it, ValueKind::None)
    };
    run.children_in(list, Role::Element).any(refused)
}

/// `[f(i) for i in x]` becomes `await asyncio.gather(*[f(i) for i in x])`.
fn gather_fix(run: &Run, site: Site) -> Result<Fix, Vec<crate::rewrite::Obstacle>> {
    let container = std::iter::successors(Some(site), |site| match run.usage(*site) {
        Usage::Element(container) => Some(container),
        _ => None,
    })
    .last()
    .unwrap_or(site);
    if let Some(kind) = obstacle_to_await(run, container) {
        return Err(vec![crate::rewrite::Obstacle { kind, site: container }]);
    }
    let direct = run.usage(site) == Usage::Element(container);
    let plain = !direct || !can_await(run, container) || !run.comes_to(container);
    let is_list = matches!(
        run.kind(container),
        Kind::List | Kind::Comprehension { builds: Builds::List, .. }
    );
    if plain || !is_list {
        return Err(Vec::new());
    }
    let (asyncio, import) = crate::rewrite::module_name(run, container, "asyncio");
    // Who waits for what never ends goes no further.
    let goes_on = run.never_ends(site).is_some();
    let enclosed = match goes_on {
        true => enclose(run, site, format!("{asyncio}.create_task(")),
        false => enclose(run, container, format!("await {asyncio}.gather(*")),
    };
    let edits = import.into_iter().chain(enclosed).collect();
    if goes_on {
        return Ok(as_tasks(run, container, edits));
    }
    Ok(checked(
        run,
        Fix {
            title: Message::new(NAME, "fix-gather"),
            pattern: "gather",
            applicability: Applicability::Unsafe,
            edits,
            reasons: vec![(run.at(container), Message::new(NAME, "why-gather"))],
            tradeoffs: vec!["completion-order", "sibling-failure"],
        },
    ))
}
