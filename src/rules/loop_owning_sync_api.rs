//! A sync facade over async code, which refuses to work beside a running loop.

use super::Rule;
use super::loops::{owners, report_owner};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message};
use crate::execution::{Run, Site};
use crate::python::{Kind, Role};
use crate::rewrite::{await_expression, checked, obstacle_to_await};
use crate::text::{Edit, TextRange};

const NAME: &str = "loop-owning-sync-api";

pub(super) const RULE: Rule = Rule { name: NAME, check };

/// Facades that have an async twin of the same shape: the twin's module and manager.
///
/// Source: Playwright for Python, <https://playwright.dev/python/docs/library>; Patchright keeps
/// the names.
const TWINS: [(&str, &str, &str); 2] = [
    ("playwright.sync_api.sync_playwright", "playwright.async_api", "async_playwright"),
    ("patchright.sync_api.sync_playwright", "patchright.async_api", "async_playwright"),
];

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    for (happening, owner) in owners(run, |path| run.tables().sync_api(path)) {
        let mut found = report_owner(run, NAME, &happening, owner);
        note_lacking_twin(run, &mut found, happening.at);
        if found.fixes.is_empty() {
            found.fixes.extend(async_api(run, happening.at));
        }
        out.push(found);
    }
}

/// The facade that a call makes, and its async twin: the module and the manager.
fn twin_of(
    run: &Run,
    manager: Site,
) -> Option<&'static (&'static str, &'static str, &'static str)> {
    let value = run.meaning(manager);
    let called = value.path()?.strip_suffix("()")?;
    TWINS.iter().find(|(sync, ..)| *sync == called)
}

/// A twin that the loop of a Windows kernel may not carry either.
fn note_lacking_twin(run: &Run, found: &mut Diagnostic, manager: Site) {
    let Some((_, module, twin)) = twin_of(run, manager) else { return };
    let needed = run.tables().needed_loop(&format!("{module}.{twin}"));
    if let Some((_, says)) = needed.filter(|(kind, _)| run.environment().may_lack(*kind)) {
        let lacking = Message::new(NAME, "twin-lacks").with("twin", twin).with("error", says);
        found.note(lacking, None);
    }
}

/// `with sync_playwright() as p:` with its async twin and an `await` before each call of it that
/// is known to be a coroutine. Shown only: calls on things that are not known need theirs too.
fn async_api(run: &Run, manager: Site) -> Option<Fix> {
    let (sync, module, twin) = twin_of(run, manager)?;
    let item = run.parent(manager).filter(|up| matches!(run.kind(*up), Kind::WithItem))?;
    let with = run.parent(item)?;
    let func = run.child(manager, Role::Func)?;
    let is_name = matches!(run.kind(func), Kind::Name { .. });
    if !is_name || obstacle_to_await(run, with).is_some() || run.owner(with).is_some() {
        return None;
    }
    let mut edits = vec![
        Edit::insert(run.position(with.cell), run.range(with).start, "async "),
        Edit::replace(run.at(func), *twin),
    ];
    edits.extend(import_edits(run, sync, module, twin));
    let inside =
        |site: Site| site.cell == with.cell && run.tree(with.cell).is_within(site.node, with.node);
    for call in run.calls_of_cell(with.cell).iter().filter(|call| inside(call.site)) {
        let path = call.callee.path().and_then(|path| path.strip_prefix(sync));
        let path = path.map(|rest| format!("{module}.{twin}{rest}"));
        if path.is_some_and(|path| run.tables().is_coroutine_function(&path)) {
            edits.extend(await_expression(run, call.site));
        }
    }
    Some(checked(
        run,
        Fix {
            title: Message::new(NAME, "fix-async-api").with("twin", twin),
            pattern: "owned-lifetime",
            applicability: Applicability::DisplayOnly,
            edits,
            reasons: vec![(run.at(manager), Message::new(NAME, "why-async-api"))],
            tradeoffs: Vec::new(),
        },
    ))
}

/// `from sync_api import sync_playwright` imports the twin; where more comes from there, or the
/// import has another shape, it is left to the reader.
fn import_edits(run: &Run, sync: &str, module: &str, twin: &str) -> Vec<Edit> {
    let Some((sync_module, name)) = sync.rsplit_once('.') else { return Vec::new() };
    let found = run.sites().find(|site| {
        let tree = run.tree(site.cell);
        matches!(run.kind(*site), Kind::ImportFrom { module: Some(from), names, level: 0 }
            if tree.text(*from) == sync_module
                && matches!(names.as_slice(), [only] if tree.text(only.name) == name
                    && only.alias.is_none()))
    });
    let Some(site) = found else { return Vec::new() };
    let Kind::ImportFrom { module: Some(from), names, .. } = run.kind(site) else {
        return Vec::new();
    };
    let at = |range: TextRange| run.span_of(site.cell, range);
    let mut edits = vec![Edit::replace(at(*from), module)];
    edits.extend(names.first().map(|only| Edit::replace(at(only.name), twin)));
    edits
}
