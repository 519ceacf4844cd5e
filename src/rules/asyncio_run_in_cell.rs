//! `asyncio.run()` reached on the kernel's thread, where the kernel's loop is running already.

use super::Rule;
use super::loops::{Happening, happenings, place_key};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::execution::{Event, EventKind, Meaning, Run, Site, Usage};
use crate::python::{Kind, Role};
use crate::rewrite::{LoopEntry, await_instead, checked, obstacle_to_await, offer};
use crate::text::{Edit, TextRange};

const NAME: &str = "asyncio-run-in-cell";

pub(super) const RULE: Rule = Rule { name: NAME, check };

/// Who runs the loop that is refused.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Starter {
    /// `asyncio.run`, called here.
    Direct,
    /// A `Runner`, which the patch leaves alone.
    ///
    /// Source: a kernel, after `nest_asyncio.apply()`.
    Runner,
    /// A library's callable that is given `asyncio.run`.
    HandedOn,
    /// A module beside the notebook.
    Module,
}

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    for (happening, starter) in happenings(run, |event| starter(run, event)) {
        out.push(match starter {
            Starter::Module => in_module(run, &happening),
            Starter::HandedOn => handed_on(run, &happening),
            _ => diagnose(run, &happening, starter),
        });
    }
}

fn starter(run: &Run, event: &Event) -> Option<Starter> {
    let EventKind::LoopRefused { by, called_by, .. } = event.kind else { return None };
    if run.in_module(event.site).is_some() {
        return Some(Starter::Module);
    }
    match run.spell(by).as_str() {
        "asyncio.run" if called_by.is_some() => Some(Starter::HandedOn),
        "asyncio.run" => Some(Starter::Direct),
        "asyncio.Runner().run" => Some(Starter::Runner),
        _ => None,
    }
}

/// `asyncio.run` in the hands of something that calls it here.
fn handed_on(run: &Run, happening: &Happening) -> Diagnostic {
    let event = happening.event;
    let goes_on = event.is_patched || event.is_caught;
    let severity = if goes_on { Severity::Warning } else { Severity::Error };
    let given = run.argument(happening.site, 0, "").map_or("", |it| run.source_of(it));
    let (key, call) = match event.is_patched {
        true => ("patched", given),
        false => ("handed-on", run.callee(happening.site)),
    };
    let mut found = happening.report(run, NAME, severity, key, call);
    happening.note_way(run, &mut found, event.is_patched);
    found.patterns = vec!["top-level-await", "gather"];
    if place_key(run, happening.site, false) != "helper" {
        found.fixes.extend(await_each(run, happening.at));
    }
    found
}

/// `list(map(asyncio.run, xs))` becomes `[await x for x in xs]`.
fn await_each(run: &Run, map: Site) -> Option<Fix> {
    let Usage::Argument(list) = run.usage(map) else { return None };
    let builds_list = run.child(list, Role::Func).map(|func| run.meaning(func));
    let is_list = builds_list.as_ref().and_then(Meaning::path) == Some("builtins.list");
    let mut args = run.children_in(map, Role::Arg).skip(1);
    let (Some(items), None) = (args.next(), args.next()) else { return None };
    let plain = matches!(
        run.kind(items),
        Kind::Name { .. } | Kind::List | Kind::Comprehension { .. } | Kind::Call
    );
    if !is_list || !plain || obstacle_to_await(run, list).is_some() {
        return None;
    }
    let (outer, inner) = (run.range(list), run.range(items));
    let at = |start, end| run.span_of(map.cell, TextRange::new(start, end));
    let fix = Fix {
        title: Message::new(NAME, "fix-await-each"),
        pattern: "top-level-await",
        applicability: Applicability::Unsafe,
        edits: vec![
            Edit::replace(at(outer.start, inner.start), "[await each for each in "),
            Edit::replace(at(inner.end, outer.end), "]"),
        ],
        reasons: vec![(run.at(map), Message::new(NAME, "why-await"))],
        tradeoffs: Vec::new(),
    };
    Some(checked(run, fix))
}

/// A loop that a module beside the notebook starts when this cell calls or imports it.
fn in_module(run: &Run, happening: &Happening) -> Diagnostic {
    let event = happening.event;
    let severity = if event.is_patched { Severity::Warning } else { Severity::Error };
    let is_call = *run.kind(happening.site) == Kind::Call;
    let key = if is_call { "in-module" } else { "at-import" };
    let (path, line) = run.in_module(event.site).unwrap_or_default();
    let mut found = happening
        .report(run, NAME, severity, key, run.callee(happening.site))
        .with("start", run.callee(event.site))
        .with("file", path)
        .with("line", line);
    happening.note_way(run, &mut found, event.is_patched);
    found.patterns = vec!["module", "to-thread", "dual-entry-point"];
    found
}

fn diagnose(run: &Run, happening: &Happening, starter: Starter) -> Diagnostic {
    let (event, call) = (happening.event, happening.at);
    let can_be_patched = starter == Starter::Direct;
    let is_patched = event.is_patched && can_be_patched;
    // Where an `except` takes the error the cell goes on, without the work.
    let goes_on = is_patched || event.is_caught;
    let severity = if goes_on { Severity::Warning } else { Severity::Error };
    let key = match is_patched {
        true => "patched",
        false => place_key(run, happening.site, event.is_caught),
    };
    let mut found = happening.report(run, NAME, severity, key, run.callee(happening.site));
    happening.note_way(run, &mut found, is_patched);
    found.patterns.push("top-level-await");
    // A `Runner` has a `with` around it that would have to go too.
    let entry = LoopEntry::of(run, call, "main").filter(|_| can_be_patched);
    if let Some(entry) = entry {
        // A `partial` may hold options that the cell does not show.
        let limit = if is_partial(run, call) { Applicability::Unsafe } else { Applicability::Safe };
        let repair = await_instead(run, NAME, entry).map(|fix| fix.at_most(limit));
        offer(run, &mut found, repair);
    }
    found
}

fn is_partial(run: &Run, call: Site) -> bool {
    run.child(call, Role::Func).and_then(|func| run.origin(func)).is_some()
}
