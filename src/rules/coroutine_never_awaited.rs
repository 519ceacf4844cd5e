//! A coroutine function is called and nothing ever awaits what it gives.

mod fault;

use super::Rule;
use super::events::{found, place, report};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::execution::{self, Event, EventKind, Run, ValueKind};
use crate::facts::{Facts, Site, Usage, Value};
use crate::python::{Builds, Kind, Role};
use crate::rewrite::{
    Start, Taker, async_statement, async_words, await_argument, await_before_use, await_expression,
    can_await, checked, colour, draft_unseen, drafted_fix, lists_for_generators, module_name,
    obstacle_to_await, offer, start_in_background, taker,
};
use crate::text::{Edit, Span, TextRange};

use fault::{Fault, Faulty, faulty};

const NAME: &str = "coroutine-never-awaited";

pub(super) const RULE: Rule = Rule { name: NAME, check };

fn check(facts: &Facts, run: &Run, out: &mut Vec<Diagnostic>) {
    let coroutines = faulty(run).into_iter().filter_map(|it| diagnose(facts, run, &it));
    let is_one = |it: &&Event| matches!(it.kind, EventKind::GeneratorLost { .. });
    let generators = run.events().iter().filter(is_one).filter_map(|it| generator(run, it));
    report(out, coroutines.chain(generators));
}

fn diagnose(facts: &Facts, run: &Run, faulty: &Faulty) -> Option<Diagnostic> {
    let (fault, site) = (faulty.fault, faulty.site);
    let severity = if fault.raises() { Severity::Error } else { Severity::Warning };
    let key = if faulty.is_silent { "silent" } else { fault.key() };
    let mut found = found(run, faulty.event, site, |span| {
        Diagnostic::new(NAME, severity, span, key).with("call", maker(run, faulty.event, site))
    })?;
    let call = place(run, site);
    let in_collection = run.tree(site.cell).role(site.node) == Role::Element;
    found.patterns.push(if in_collection { "gather" } else { "top-level-await" });
    if let Fault::Protocol(used) = fault
        && let Some(statement) = place(run, used).and_then(|it| async_statement(facts, it))
    {
        found = found.with("statement", async_words(facts, statement));
    }
    if fault == Fault::Called {
        found = found.with("taker", run.parent(site).map_or("", |up| run.callee(up)));
    }
    let is_object = faulty.is_object(run);
    let Some(call) = call.filter(|it| is_object || is_seen(facts, *it)) else {
        return Some(found);
    };
    let fix = match (fault, taker(facts, call)) {
        _ if in_collection && !is_mixed(run, site) => gather_fix(facts, call),
        (Fault::Called, Some(taker)) => without_taker(facts, call, taker)
            .or_else(|none| function_itself(facts, call, taker).ok_or(none)),
        _ => await_fix(facts, run, call, fault),
    };
    if fix.is_ok()
        && let Some((then, _)) = super::wait_needs_tasks::brought_along(facts, run, call)
    {
        found.note(then, None);
    }
    offer(facts, &mut found, fix);
    Some(found)
}

/// Whether the repairs, which read the code as it is written, see the same coroutine.
fn is_seen(facts: &Facts, call: Site) -> bool {
    match facts.kind(call) {
        // An item of what a generator gave.
        Kind::Subscript => return true,
        Kind::Call => {}
        _ => return false,
    }
    facts.is_coroutine(call)
        || facts.child(call, Role::Func).is_some_and(|func| {
            facts.value(func).path().is_some_and(|path| {
                // What a generator hands out is there where `next` gives it.
                path == "builtins.next" || facts.tables.is_coroutine_function(path)
            })
        })
}

/// What made a coroutine, in words: what is called, or the function where Python, or what hands on
/// what a generator yields, calls it.
fn maker<'r>(run: &'r Run, event: &Event, site: execution::Site) -> &'r str {
    let is_yielded = |made: execution::Site| {
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
    facts: &Facts,
    site: Site,
    taker: Taker,
) -> Result<Fix, Vec<crate::rewrite::Obstacle>> {
    let last = facts.children_in(taker.call, Role::Arg).last() == Some(site);
    let alone = last && facts.child(taker.call, Role::Keyword).is_none();
    let fits = taker.is_worker && alone && facts.usage(taker.call) == Usage::Awaited;
    if !fits || facts.never_ends(site).is_some() {
        return Err(Vec::new());
    }
    let title = Message::new(NAME, "fix-await").with("call", facts.callee_text(site));
    Ok(checked(
        facts,
        Fix {
            title,
            pattern: "top-level-await",
            applicability: Applicability::Unsafe,
            edits: await_argument(facts, taker.call, site),
            reasons: vec![(facts.span(site), Message::new(NAME, "why-await"))],
            tradeoffs: Vec::new(),
        },
    ))
}

/// `retry(f(x))` becomes `retry(partial(f, x))`, where a function of the notebook calls what it is
/// given.
fn function_itself(facts: &Facts, site: Site, taker: Taker) -> Option<Fix> {
    let func = facts.child(site, Role::Func).filter(|_| !taker.is_worker)?;
    let (whole, callee) = (facts.range(site), facts.range(func));
    let at = |start, end| Span::new(site.cell, TextRange::new(start, end));
    let given = [Role::Arg, Role::Keyword].into_iter().any(|it| facts.child(site, it).is_some());
    let edits = if given {
        let rest = TextRange::new(callee.end, whole.end).slice(facts.tree(site.cell).source());
        let open = callee.end + rest.find('(')? + 1;
        let (functools, import) = module_name(facts, site, "functools");
        let mut edits: Vec<Edit> = import.into_iter().collect();
        edits.push(Edit::insert(site.cell, whole.start, format!("{functools}.partial(")));
        edits.push(Edit::replace(at(callee.end, open), ", "));
        edits
    } else {
        vec![Edit::delete(at(callee.end, whole.end))]
    };
    let drafted = draft_unseen(facts, facts.run(), &Start::Edits(edits))?;
    let title = Message::new(NAME, "fix-function").with("function", facts.callee_text(site));
    let reason = (facts.span(site), Message::new(NAME, "why-function"));
    Some(drafted_fix(facts, title, reason, drafted))
}

/// Puts `await` in front; in a plain helper the helper becomes `async`, with its callers.
fn await_fix(
    facts: &Facts,
    run: &Run,
    site: Site,
    fault: Fault,
) -> Result<Fix, Vec<crate::rewrite::Obstacle>> {
    if let Some(kind) = obstacle_to_await(facts, site) {
        return Err(vec![crate::rewrite::Obstacle { kind, site }]);
    }
    if facts.never_ends(site).is_some() {
        let started = start_in_background(facts, site, site);
        return started.or_else(|| put_as_task(facts, site)).ok_or_else(Vec::new);
    }
    let outer = awaited_further_out(facts, site);
    if outer.is_some_and(|outer| is_plain_chain(facts, site, outer).is_none()) {
        return Err(Vec::new());
    }
    let owner = facts.owner(site);
    let plain = owner.filter(|id| facts.function(*id).is_some_and(|function| !function.is_async));
    let plan = match plain {
        Some(id) => colour(facts, id)?,
        None => crate::rewrite::Colouring::default(),
    };
    let (mut edits, read_to_end) = lists_for_generators(facts, site);
    if let Fault::Protocol(used) = fault {
        let statement = place(run, used).and_then(|it| async_statement(facts, it));
        let edited = statement.and_then(|it| await_before_use(facts, site, it));
        edits.extend(edited.ok_or_else(Vec::new)?);
    } else {
        edits.extend(await_expression(facts, site));
    }
    if let Some(outer) = outer.filter(|it| is_plain_chain(facts, site, *it) == Some(true)) {
        let operand = facts.child(outer, Role::Value).unwrap_or(site);
        let word = TextRange::new(facts.range(outer).start, facts.range(operand).start);
        edits.push(Edit::delete(Span::new(outer.cell, word)));
    }
    let mut edits = plan.finish(facts, edits)?;
    if let Some((_, more)) = super::wait_needs_tasks::brought_along(facts, run, site) {
        edits.extend(more);
    }
    // A name that held a coroutine holds a result afterwards; somebody may have counted on it.
    let safe = plain.is_none() && read_to_end && fault != Fault::Kept && fault != Fault::Tested;
    let runs_here = facts.comes_to(site);
    // What a client's call gives is not seen here.
    let is_seen = fault.is_plain() || matches!(facts.value(site), Value::Coroutine(_));
    // It may wait for what a later line was to bring.
    let path = facts.child(site, Role::Func).map(|func| facts.value(func));
    let waits =
        path.as_ref().and_then(Value::path).is_some_and(|it| facts.tables.waits_for_others(it));
    let safe = safe && runs_here && is_seen && !waits;
    Ok(checked(
        facts,
        Fix {
            title: Message::new(NAME, "fix-await").with("call", facts.callee_text(site)),
            pattern: if plain.is_some() { "async-all-the-way" } else { "top-level-await" },
            applicability: if safe { Applicability::Safe } else { Applicability::Unsafe },
            edits,
            reasons: vec![(facts.span(site), Message::new(NAME, "why-await"))],
            tradeoffs: if plain.is_some() { vec!["callers-become-async"] } else { Vec::new() },
        },
    )
    .at_most(plan.limit()))
}

/// `jobs.append(work())` becomes `jobs.append(asyncio.create_task(work()))`, where that never ends.
fn put_as_task(facts: &Facts, site: Site) -> Option<Fix> {
    let Usage::Argument(call) = facts.usage(site) else { return None };
    let Kind::Attribute { name } = facts.kind(facts.child(call, Role::Func)?) else { return None };
    let is_kept = matches!(facts.tree(call.cell).text(*name), "append" | "add");
    if !is_kept || !can_await(facts, site) || !facts.comes_to(site) {
        return None;
    }
    let (asyncio, import) = module_name(facts, site, "asyncio");
    let mut edits: Vec<Edit> = import.into_iter().collect();
    let range = facts.range(site);
    edits.push(Edit::insert(site.cell, range.start, format!("{asyncio}.create_task(")));
    edits.push(Edit::insert(site.cell, range.end, ")"));
    Some(as_tasks(facts, site, edits))
}

/// What never ends, started as tasks that something keeps.
fn as_tasks(facts: &Facts, at: Site, edits: Vec<Edit>) -> Fix {
    let fix = Fix {
        title: Message::new(NAME, "fix-tasks"),
        pattern: "keep-the-handle",
        applicability: Applicability::Unsafe,
        edits,
        reasons: vec![(facts.span(at), Message::new(NAME, "why-tasks"))],
        tradeoffs: vec!["leftover-tasks"],
    };
    checked(facts, fix)
}

/// The `await` of `await f().json()`: it stands before the whole chain.
fn awaited_further_out(facts: &Facts, site: Site) -> Option<Site> {
    let mut chain = facts.ancestors(site).skip_while(|up| {
        matches!(facts.kind(*up), Kind::Attribute { .. } | Kind::Subscript | Kind::Call)
    });
    chain.next().filter(|up| matches!(facts.kind(*up), Kind::Await) && *up != site)
}

/// Whether the last call of a chain that begins with what `site` gives does its work at once; where
/// no table tells, what was meant is the author's to say.
fn is_plain_chain(facts: &Facts, site: Site, outer: Site) -> Option<bool> {
    let mut path = facts.value(facts.child(site, Role::Func)?).path()?.to_owned();
    path.push_str("()");
    for up in facts.ancestors(site).take_while(|up| *up != outer) {
        match facts.kind(up) {
            Kind::Attribute { name } => {
                path.push('.');
                path.push_str(facts.tree(up.cell).text(*name));
            }
            Kind::Call => path.push_str("()"),
            _ => return None,
        }
    }
    let called = path.strip_suffix("()")?;
    let is_plain = facts.tables.is_plain_call(called);
    (is_plain || facts.tables.is_coroutine_function(called)).then_some(is_plain)
}

/// Whether a list holds something beside it that `gather` refuses: a result, a constant.
fn is_mixed(run: &Run, site: execution::Site) -> bool {
    let Some(list) = run.parent(site).filter(|up| *run.kind(*up) == Kind::List) else {
        return false;
    };
    let refused = |it: execution::Site| {
        *run.kind(it) == Kind::Await
            || run.is_only(it, ValueKind::Plain)
            || run.is_only(it, ValueKind::None)
    };
    run.children_in(list, Role::Element).any(refused)
}

/// `[f(i) for i in x]` becomes `await asyncio.gather(*[f(i) for i in x])`.
fn gather_fix(facts: &Facts, site: Site) -> Result<Fix, Vec<crate::rewrite::Obstacle>> {
    let container = std::iter::successors(Some(site), |site| match facts.usage(*site) {
        Usage::Element(container) => Some(container),
        _ => None,
    })
    .last()
    .unwrap_or(site);
    if let Some(kind) = obstacle_to_await(facts, container) {
        return Err(vec![crate::rewrite::Obstacle { kind, site: container }]);
    }
    let direct = facts.usage(site) == Usage::Element(container);
    let plain = !direct || !can_await(facts, container) || !facts.comes_to(container);
    let is_list = matches!(
        facts.kind(container),
        Kind::List | Kind::Comprehension { builds: Builds::List, .. }
    );
    if plain || !is_list {
        return Err(Vec::new());
    }
    let (asyncio, import) = crate::rewrite::module_name(facts, container, "asyncio");
    let cell = container.cell;
    let mut edits: Vec<_> = import.into_iter().collect();
    // Who waits for what never ends goes no further.
    let goes_on = facts.never_ends(site).is_some();
    let (around, head) = match goes_on {
        true => (facts.range(site), format!("{asyncio}.create_task(")),
        false => (facts.range(container), format!("await {asyncio}.gather(*")),
    };
    edits.push(Edit::insert(cell, around.start, head));
    edits.push(Edit::insert(cell, around.end, ")"));
    if goes_on {
        return Ok(as_tasks(facts, container, edits));
    }
    Ok(checked(
        facts,
        Fix {
            title: Message::new(NAME, "fix-gather"),
            pattern: "gather",
            applicability: Applicability::Unsafe,
            edits,
            reasons: vec![(facts.span(container), Message::new(NAME, "why-gather"))],
            tradeoffs: vec!["completion-order", "sibling-failure"],
        },
    ))
}
