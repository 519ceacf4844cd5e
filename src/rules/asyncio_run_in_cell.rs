//! `asyncio.run()` reached on the kernel's thread, where the kernel's loop is running already.

use super::Rule;
use crate::diagnostic::{Diagnostic, Message, Severity};
use crate::facts::{Facts, FnId, Runs, Site};
use crate::rewrite::{
    LoopEntry, Obstacle, await_instead, is_caught, note_obstacles, under_main_guard,
};

const NAME: &str = "asyncio-run-in-cell";

pub(super) const RULE: Rule = Rule { name: NAME, check };

fn check(facts: &Facts, out: &mut Vec<Diagnostic>) {
    for call in &facts.calls {
        let Some(path @ ("asyncio.run" | "asyncio.Runner().run")) = call.callee.path() else {
            continue;
        };
        let runs = facts.runs(call.site);
        if runs == Runs::Elsewhere {
            continue;
        }
        out.push(diagnose(facts, call.site, runs, path == "asyncio.run"));
    }
}

fn diagnose(facts: &Facts, call: Site, runs: Runs, can_be_patched: bool) -> Diagnostic {
    // The patch leaves `Runner` alone. Source: a kernel, after `nest_asyncio.apply()`.
    let patch = facts.patch_before(call).filter(|_| can_be_patched);
    let severity = if patch.is_some() { Severity::Warning } else { Severity::Error };
    let key = match runs {
        _ if patch.is_some() => "patched",
        Runs::Async(_) => "in-async",
        Runs::Helper(_) => "helper",
        _ if is_caught(facts, call) => "caught",
        _ if under_main_guard(facts, call) => "main-guard",
        _ => "direct",
    };
    let mut found = Diagnostic::new(NAME, severity, facts.span(call), key)
        .with("call", facts.callee_text(call))
        .with("function", function_name(facts, runs));
    if let Runs::Helper(id) = runs {
        for entry in facts.entry_calls(id).into_iter().take(4) {
            let note = Message::new(NAME, "called-here").with("cell", entry.cell.number());
            found.note(note, Some(facts.span(entry)));
        }
    }
    if let Some(patch) = patch {
        let note = Message::new(NAME, "patched-here").with("cell", patch.cell.number());
        found.note(note, Some(facts.span(patch)));
    }
    add_fix(facts, call, &mut found, can_be_patched);
    found
}

fn add_fix(facts: &Facts, call: Site, found: &mut Diagnostic, is_function: bool) {
    let entry = LoopEntry::of(facts, call, if is_function { "main" } else { "coro" });
    // A `Runner` has a `with` around it that would have to go too.
    let fix = entry.filter(|_| is_function).map(|entry| await_instead(facts, NAME, entry));
    match fix {
        Some(Ok(fix)) => {
            found.patterns.push(fix.pattern);
            found.fixes.push(fix);
        }
        Some(Err(obstacles)) => blocked(facts, found, &obstacles),
        None => {}
    }
    if !found.patterns.contains(&"top-level-await") {
        found.patterns.push("top-level-await");
    }
}

fn blocked(facts: &Facts, found: &mut Diagnostic, obstacles: &[Obstacle]) {
    let patterns = note_obstacles(facts, found, obstacles);
    found.patterns.extend(patterns);
}

fn function_name(facts: &Facts, runs: Runs) -> String {
    let name = |id: FnId| facts.function(id).map(|function| function.name.clone());
    match runs {
        Runs::Async(id) | Runs::Helper(id) => {
            name(id).filter(|name| !name.is_empty()).unwrap_or_else(|| "lambda".to_owned())
        }
        Runs::Cell | Runs::Elsewhere => String::new(),
    }
}
