//! `asyncio.run()` reached on the kernel's thread, where the kernel's loop is running already.

use super::Rule;
use crate::diagnostic::{Diagnostic, Severity};
use crate::facts::modules::LoopStart;
use crate::facts::{Facts, Runs, Site};
use crate::python::Kind;
use crate::rewrite::{LoopEntry, await_instead, is_caught, note_origin, offer};

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
        offer(facts, &mut found, await_instead(facts, NAME, entry));
    }
    found
}

fn function_name(facts: &Facts, runs: Runs) -> String {
    match runs {
        Runs::Async(id) | Runs::Helper(id) => {
            facts.function(id).map_or(String::new(), |function| function.title().to_owned())
        }
        Runs::Cell | Runs::Elsewhere => String::new(),
    }
}
