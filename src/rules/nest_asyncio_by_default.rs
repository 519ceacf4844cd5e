//! `nest_asyncio.apply()` and its disguises: a patch for the whole process.

use super::{Check, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::facts::{Call, Facts, Runs, Site, Usage};
use crate::python::{Kind, NameUse, Role};
use crate::rewrite::{checked, delete_import, delete_statement};
use crate::text::{Edit, Span, TextRange};

const NAME: &str = "nest-asyncio-by-default";

pub(super) const RULE: Rule = Rule { name: NAME, check: Check::Code(check) };

fn check(facts: &Facts, out: &mut Vec<Diagnostic>) {
    if facts.patches().next().is_none() {
        return;
    }
    // The whole notebook is looked through once, however many patches there are.
    let needing = calls_that_need_it(facts);
    let unsure = needing.is_empty() && may_need_it(facts);
    let need = Need { calls: needing, unsure, libraries: loud_imports(facts) };
    for call in facts.patches() {
        out.push(diagnose(facts, call, &need));
    }
}

/// What a notebook may need a patch for.
struct Need {
    calls: Vec<Site>,
    /// Something may run a loop without being seen to.
    unsure: bool,
    libraries: Vec<String>,
}

fn diagnose(facts: &Facts, call: &Call, need: &Need) -> Diagnostic {
    let Need { calls: needing, unsure, libraries } = need;
    let key = match (needing.is_empty(), libraries.is_empty()) {
        (false, _) => "needed",
        _ if *unsure => "unsure",
        (true, false) => "unneeded-here",
        (true, true) => "unneeded",
    };
    let mut found = Diagnostic::new(NAME, Severity::Warning, facts.span(call.site), key)
        .with("call", facts.callee_text(call.site))
        .with("count", needing.len())
        .with("libraries", libraries.join(", "));
    for site in needing.iter().take(6) {
        let note = Message::new(NAME, "needs-it")
            .with("cell", site.cell.number())
            .with("call", facts.callee_text(*site));
        found.note(note, Some(facts.span(*site)));
    }
    found.patterns.push("top-level-await");
    if !needing.is_empty() {
        found.note(Message::new(NAME, "fix-those-first"), None);
    } else if let Some(mut fix) = removal(facts, call) {
        if !libraries.is_empty() || *unsure {
            fix = fix.at_most(Applicability::Unsafe);
        }
        found.fixes.push(checked(facts, fix));
    }
    found
}

/// The notebook's own calls that re-enter the loop.
fn calls_that_need_it(facts: &Facts) -> Vec<Site> {
    let enters = |call: &&Call| {
        let Some(path) = call.callee.path() else { return false };
        let runs_loop = path == "asyncio.run"
            || path.ends_with(".run_until_complete")
            || path.ends_with(".run_forever")
            || path.ends_with(".run_app")
            || (path.ends_with(".run_sync") && path != "anyio.to_thread.run_sync")
            || facts.tables.may_want_a_patch(path);
        runs_loop && facts.runs(call.site) != Runs::Elsewhere
    };
    facts.calls.iter().filter(enters).map(|call| call.site).collect()
}

/// Whether something in the notebook may run a loop without being seen to: by another name, from
/// a place whose caller is not known, in code that is a string, in another file.
fn may_need_it(facts: &Facts) -> bool {
    let words = ["run_until_complete", "run_forever", "run_app", "run_sync"];
    facts.sites().any(|site| match facts.kind(site) {
        Kind::Attribute { name } => {
            let name = facts.tree(site.cell).text(*name);
            let runs = words.contains(&name) || facts.value(site).path() == Some("asyncio.run");
            runs && !is_kept_away(facts, site)
        }
        Kind::Name { .. } => {
            let value = facts.value(site);
            matches!(value.path(), Some("asyncio.run" | "builtins.exec" | "builtins.eval"))
                && !is_kept_away(facts, site)
        }
        Kind::Escape { sigil: '%', name } => facts.tree(site.cell).text(*name) == "run",
        // `%%capture` runs its cell inside the cell.
        Kind::Await => facts.cell(site.cell).and_then(|cell| cell.magic()) == Some("capture"),
        _ => false,
    })
}

/// Whether a worker thread runs the code, or a notebook never does.
fn is_kept_away(facts: &Facts, site: Site) -> bool {
    let by_worker = facts
        .owner(site)
        .and_then(|id| facts.reach.get(id.0))
        .is_some_and(|reach| reach.worker && !reach.kernel && !reach.escapes);
    by_worker || facts.is_guarded(site)
}

/// The imported packages that may run a loop behind a plain call.
fn loud_imports(facts: &Facts) -> Vec<String> {
    let mut loud = Vec::new();
    for site in facts.sites() {
        let tree = facts.tree(site.cell);
        let names: Vec<&str> = match facts.kind(site) {
            Kind::Import { names } => names.iter().map(|name| tree.text(name.name)).collect(),
            Kind::ImportFrom { module: Some(module), .. } => vec![tree.text(*module)],
            Kind::ImportFrom { module: None, .. } => vec!["."],
            _ => continue,
        };
        for name in names {
            let top = name.split('.').next().unwrap_or(name);
            if !facts.tables.is_quiet(top) && !loud.iter().any(|seen| seen == top) {
                loud.push(top.to_owned());
            }
        }
    }
    loud.truncate(4);
    loud
}

/// Takes out the call, the import that serves nothing else, and the line that installs it.
fn removal(facts: &Facts, call: &Call) -> Option<Fix> {
    let path = call.callee.path()?;
    let module = path.split('.').next()?;
    let is_statement = matches!(facts.usage(call.site), Usage::Dropped | Usage::Displayed);
    let statement = facts.parent(call.site).filter(|_| is_statement)?;
    let mut edits = vec![delete_statement(facts, statement)];
    let mut reasons = vec![(facts.span(statement), Message::new(NAME, "why-remove-apply"))];
    if let Some(package) = facts.tables.patch(path).and_then(|patch| patch.package.as_deref()) {
        let others = facts.patches().filter(|other| other.site != call.site).count();
        if others == 0 {
            for import in imports_of(facts, module).filter(|_| !is_read_elsewhere(facts, module)) {
                edits.extend(delete_import(facts, import, module));
                reasons.push((facts.span(import), Message::new(NAME, "why-remove-import")));
            }
            for (span, edit) in install_lines(facts, package) {
                edits.push(edit);
                reasons.push((span, Message::new(NAME, "why-remove-install")));
            }
        }
    }
    Some(Fix {
        title: Message::new(NAME, "fix-remove").with("call", facts.callee_text(call.site)),
        pattern: "top-level-await",
        applicability: Applicability::Safe,
        edits,
        reasons,
        tradeoffs: vec!["nested-order"],
    })
}

/// Whether the module's name is used for more than the patch.
fn is_read_elsewhere(facts: &Facts, module: &str) -> bool {
    facts.sites().any(|site| {
        matches!(facts.kind(site), Kind::Name { used: NameUse::Load })
            && facts.value(site).path() == Some(module)
            && !facts.patches().any(|patch| {
                patch.site.cell == site.cell
                    && facts.tree(site.cell).is_within(site.node, patch.site.node)
            })
    })
}

fn imports_of<'f>(facts: &'f Facts, module: &'f str) -> impl Iterator<Item = Site> + 'f {
    facts.sites().filter(move |site| {
        let tree = facts.tree(site.cell);
        match facts.kind(*site) {
            Kind::Import { names } => names.iter().any(|name| tree.text(name.name) == module),
            Kind::ImportFrom { module: Some(found), .. } => tree.text(*found) == module,
            _ => false,
        }
    })
}

/// `%pip install package` and `!pip install package`: the line goes, or the word where the line
/// installs other things too.
fn install_lines(facts: &Facts, package: &str) -> Vec<(Span, Edit)> {
    let mut found = Vec::new();
    for site in facts.sites() {
        if !matches!(facts.kind(site), Kind::Escape { .. }) || facts.role(site) != Role::Top {
            continue;
        }
        let (text, range) = (facts.source_of(site), facts.range(site));
        if !text.contains("pip") || !text.contains("install") {
            continue;
        }
        let dashed = package.replace('_', "-");
        let is_it = |word: &str| {
            let name = word.trim_matches(['"', '\'']).split(['=', '<', '>', '~', '[', '!']).next();
            name == Some(package) || name == Some(dashed.as_str())
        };
        let command = text.split(" #").next().unwrap_or(text);
        let words = words_of(command);
        let Some((at, word)) = words.iter().find(|(_, word)| is_it(word)) else { continue };
        let after_install = words.iter().skip_while(|(_, word)| !word.ends_with("install")).skip(1);
        let is_package = |word: &&(usize, &str)| !word.1.starts_with(['-', '|', '>', '&']);
        let edit = if after_install.filter(is_package).count() <= 1 {
            delete_statement(facts, site)
        } else {
            // The blank before the word goes with it.
            let start = range.start + at.saturating_sub(1);
            let gone = TextRange::new(start, range.start + at + word.len());
            Edit::delete(Span::new(site.cell, gone))
        };
        found.push((facts.span(site), edit));
    }
    found
}

/// The words of a line with the byte at which each starts.
fn words_of(line: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut at = 0;
    for word in line.split_whitespace() {
        let start = at + line.get(at..).and_then(|rest| rest.find(word)).unwrap_or_default();
        at = start + word.len();
        words.push((start, word));
    }
    words
}
