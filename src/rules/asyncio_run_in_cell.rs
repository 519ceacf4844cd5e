//! `asyncio.run()` reached on the kernel's thread, where the kernel's loop is running already.

use super::Rule;
use crate::diagnostic::{Diagnostic, Message, Severity};
use crate::facts::modules::LoopStart;
use crate::facts::{Facts, FnId, Runs, Site};
use crate::python::Kind;
use crate::rewrite::{LoopEntry, Obstacle, await_instead, is_caught, note_obstacles};

const NAME: &str = "asyncio-run-in-cell";

pub(super) const RULE: Rule = Rule { name: NAME, check };

fn check(facts: &Facts, out: &mut Vec<Diagnostic>) {
    let refused = |runs: Runs| {
        matches!(runs, Runs::Async(_)) || facts.environment.host.keeps_a_loop_running()
    };
    for call in &facts.calls {
        let Some(path @ ("asyncio.run" | "asyncio.Runner().run")) = call.callee.path() else {
            continue;
        };
        let runs = facts.runs(call.site);
        if runs == Runs::Elsewhere || !refused(runs) {
            continue;
        }
        out.push(diagnose(facts, call.site, runs, path == "asyncio.run"));
    }
    if !facts.environment.host.keeps_a_loop_running() {
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
    if let Some(patch) = patch {
        let note = Message::new(NAME, "patched-here").with("cell", patch.cell.number());
        found.note(note, Some(facts.span(patch)));
    }
    found.patterns = vec!["module", "to-thread", "dual-entry-point"];
    found
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
        _ if facts.under_main_guard(call) => "main-guard",
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
