//! `asyncio.run()` reached on the kernel's thread, where the kernel's loop is running already.

use super::{Check, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::facts::modules::LoopStart;
use crate::facts::{Call, Facts, Runs, Site, Usage, Value};
use crate::python::{Kind, Role};
use crate::rewrite::{
    LoopEntry, await_instead, checked, is_caught, note_origin, obstacle_to_await, offer,
};
use crate::text::{Edit, Span, TextRange};

const NAME: &str = "asyncio-run-in-cell";

pub(super) const RULE: Rule = Rule { name: NAME, check: Check::Code(check) };

fn check(facts: &Facts, out: &mut Vec<Diagnostic>) {
    let host = facts.environment.host;
    let meets_a_loop = |runs: Runs| matches!(runs, Runs::Async(_)) || host.keeps_a_loop_running();
    let refused = |runs: Runs| meets_a_loop(runs) && !host.suspends_the_caller();
    for call in &facts.calls {
        let Some(path @ ("asyncio.run" | "asyncio.Runner().run")) = call.callee.path() else {
            continue;
        };
        let runs = facts.runs(call.site);
        let is_runner = path != "asyncio.run";
        if runs == Runs::Elsewhere || !(refused(runs) || is_runner && meets_a_loop(runs)) {
            continue;
        }
        out.push(diagnose(facts, call.site, runs, path == "asyncio.run"));
    }
    for call in &facts.calls {
        let runs = facts.runs(call.site);
        if runs != Runs::Elsewhere && refused(runs) && hands_on(facts, call) {
            out.push(handed_on(facts, call.site));
        }
    }
    if !host.refuses_a_run() {
        return;
    }
    for call in &facts.calls {
        let start = call.callee.path().and_then(|path| facts.modules.runs(path));
        if let Some(start) = start.filter(|_| facts.runs(call.site) != Runs::Elsewhere) {
            out.push(in_module(facts, call.site, start, "in-module"));
        }
    }
    imports(facts, out);
}

/// Whether the call is given `asyncio.run` itself and calls it at once, or gives an iterator that
/// is read at once: `list(map(asyncio.run, coroutines))`.
fn hands_on(facts: &Facts, call: &Call) -> bool {
    let first = facts.children_in(call.site, Role::Arg).next();
    let is_run = |site: Site| facts.value(site).path() == Some("asyncio.run");
    match call.callee.path() {
        Some("builtins.map" | "builtins.filter" | "itertools.starmap") => {
            first.is_some_and(is_run) && is_read_at_once(facts, call.site)
        }
        Some("functools.reduce") => first.is_some_and(is_run),
        Some("builtins.sorted" | "builtins.min" | "builtins.max") => {
            facts.keyword(call.site, "key").is_some_and(is_run)
        }
        _ => false,
    }
}

fn is_read_at_once(facts: &Facts, iterator: Site) -> bool {
    match facts.usage(iterator) {
        Usage::Iterated => true,
        Usage::Argument(reader) => {
            let func = facts.child(reader, Role::Func).map(|func| facts.value(func));
            matches!(
                func.as_ref().and_then(Value::path),
                Some(
                    "builtins.list"
                        | "builtins.tuple"
                        | "builtins.set"
                        | "builtins.sorted"
                        | "builtins.sum"
                        | "builtins.max"
                        | "builtins.min"
                        | "builtins.any"
                        | "builtins.all"
                        | "builtins.next"
                        | "builtins.dict"
                )
            )
        }
        _ => false,
    }
}

/// `asyncio.run` in the hands of something that calls it here.
fn handed_on(facts: &Facts, call: Site) -> Diagnostic {
    let patch = facts.patch_before(call);
    let goes_on = patch.is_some() || is_caught(facts, call);
    let severity = if goes_on { Severity::Warning } else { Severity::Error };
    let key = if patch.is_some() { "patched" } else { "handed-on" };
    let run = facts.children_in(call, Role::Arg).next().map_or("", |run| facts.source_of(run));
    let mut found = Diagnostic::new(NAME, severity, facts.span(call), key)
        .with("call", if patch.is_some() { run } else { facts.callee_text(call) });
    note_origin(facts, &mut found, call, patch);
    found.patterns = vec!["top-level-await", "gather"];
    found.fixes.extend(await_each(facts, call));
    found
}

/// `list(map(asyncio.run, xs))` becomes `[await x for x in xs]`.
fn await_each(facts: &Facts, map: Site) -> Option<Fix> {
    let Usage::Argument(list) = facts.usage(map) else { return None };
    let builds_list = facts.child(list, Role::Func).map(|func| facts.value(func));
    let is_list = builds_list.as_ref().and_then(Value::path) == Some("builtins.list");
    let mut args = facts.children_in(map, Role::Arg).skip(1);
    let (Some(items), None) = (args.next(), args.next()) else { return None };
    let plain = matches!(
        facts.kind(items),
        Kind::Name { .. } | Kind::List | Kind::Comprehension { .. } | Kind::Call
    );
    let here = !matches!(facts.runs(map), Runs::Helper(_));
    if !is_list || !plain || !here || obstacle_to_await(facts, list).is_some() {
        return None;
    }
    let (outer, inner) = (facts.range(list), facts.range(items));
    let at = |start, end| Span::new(map.cell, TextRange::new(start, end));
    let fix = Fix {
        title: Message::new(NAME, "fix-await-each"),
        pattern: "top-level-await",
        applicability: Applicability::Unsafe,
        edits: vec![
            Edit::replace(at(outer.start, inner.start), "[await each for each in "),
            Edit::replace(at(inner.end, outer.end), "]"),
        ],
        reasons: vec![(facts.span(map), Message::new(NAME, "why-await"))],
        tradeoffs: Vec::new(),
    };
    Some(checked(facts, fix))
}

/// Imports of the user's modules that start a loop when they are imported.
fn imports(facts: &Facts, out: &mut Vec<Diagnostic>) {
    for site in facts.sites() {
        let tree = facts.tree(site.cell);
        let names: Vec<&str> = match facts.kind(site) {
            Kind::Import { names } => names.iter().map(|name| tree.text(name.name)).collect(),
            Kind::ImportFrom { module: Some(module), .. } => vec![tree.text(*module)],
            _ => continue,
        };
        let start = names.into_iter().find_map(|name| facts.modules.at_import(name));
        if let Some(start) = start.filter(|_| facts.runs(site) != Runs::Elsewhere) {
            out.push(in_module(facts, site, start, "at-import"));
        }
    }
}

/// A loop that a module beside the notebook starts when this cell calls or imports it.
fn in_module(facts: &Facts, site: Site, start: &LoopStart, key: &'static str) -> Diagnostic {
    let patch = facts.patch_before(site);
    let severity = if patch.is_some() { Severity::Warning } else { Severity::Error };
    let mut found = Diagnostic::new(NAME, severity, facts.span(site), key)
        .with("call", facts.callee_text(site))
        .with("start", &start.call)
        .with("file", &start.path)
        .with("line", start.line);
    note_origin(facts, &mut found, site, patch);
    found.patterns = vec!["module", "to-thread", "dual-entry-point"];
    found
}

fn diagnose(facts: &Facts, call: Site, runs: Runs, can_be_patched: bool) -> Diagnostic {
    // The patch leaves `Runner` alone. Source: a kernel, after `nest_asyncio.apply()`.
    let patch = facts.patch_before(call).filter(|_| can_be_patched);
    // Where an `except` takes the error the cell goes on, without the work.
    let goes_on = patch.is_some() || is_caught(facts, call);
    let severity = if goes_on { Severity::Warning } else { Severity::Error };
    let key = match runs {
        _ if patch.is_some() => "patched",
        Runs::Async(_) => "in-async",
        Runs::Helper(_) => "helper",
        _ if is_caught(facts, call) => "caught",
        _ if facts.under_main_guard(call) => "main-guard",
        _ => "direct",
    };
    let mut found = Diagnostic::new(NAME, severity, facts.span(call), key)
        .with("call", facts.callee_text(call))
        .with("function", function_name(facts, runs));
    note_origin(facts, &mut found, call, patch);
    found.patterns.push("top-level-await");
    // A `Runner` has a `with` around it that would have to go too.
    let entry = LoopEntry::of(facts, call, "main").filter(|_| can_be_patched);
    if let Some(entry) = entry {
        // A `partial` may hold options that the cell does not show.
        let limit =
            if is_partial(facts, call) { Applicability::Unsafe } else { Applicability::Safe };
        let repair = await_instead(facts, NAME, entry).map(|fix| fix.at_most(limit));
        offer(facts, &mut found, repair);
    }
    found
}

fn is_partial(facts: &Facts, call: Site) -> bool {
    facts.child(call, Role::Func).and_then(|func| facts.origin(func)).is_some()
}

fn function_name(facts: &Facts, runs: Runs) -> String {
    match runs {
        Runs::Async(id) | Runs::Helper(id) => {
            facts.function(id).map_or(String::new(), |function| function.title().to_owned())
        }
        Runs::Cell | Runs::Elsewhere => String::new(),
    }
}
