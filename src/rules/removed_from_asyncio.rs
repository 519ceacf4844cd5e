//! What this Python's asyncio no longer has: names and arguments.

use super::Rule;
use super::events::{found, place, repair};
use crate::diagnostic::{Diagnostic, Fix, Message, Severity};
use crate::execution::{Event, EventKind, Run, Site};
use crate::facts::Facts;
use crate::knowledge::callables::QualifiedName;
use crate::python::{Kind, Role};
use crate::rewrite::module_name;
use crate::text::{Edit, Span, TextRange, line_range};

const NAME: &str = "removed-from-asyncio";

pub(super) const RULE: Rule = Rule { name: NAME, check };

fn check(facts: &Facts, run: &Run, out: &mut Vec<Diagnostic>) {
    for event in run.events() {
        let EventKind::Removed { by, removal } = &event.kind else { continue };
        let key = match (&removal.keyword, removal.is_deprecation) {
            (Some(_), _) => "argument",
            (None, false) if is_import(run, event.site) => "import",
            (None, false) => "name",
            (None, true) => "deprecated",
        };
        let severity = if removal.is_deprecation { Severity::Warning } else { Severity::Error };
        let diagnostic = found(run, event, event.site, |span| {
            Diagnostic::new(NAME, severity, span, key)
                .with("call", named(run, event.site, *by))
                .with("argument", removal.keyword.as_deref().unwrap_or_default())
                .with("version", removal.from)
        });
        let Some(mut diagnostic) = diagnostic else { continue };
        if let Some(instead) = &removal.instead {
            diagnostic.note(Message::new(NAME, "instead").with("instead", instead), None);
        }
        if let Some(keyword) = &removal.keyword {
            diagnostic.fixes.extend(without_argument(facts, run, event, keyword));
        } else if let Some(instead) = &removal.instead {
            diagnostic.fixes.extend(renamed(facts, run, event, instead));
        }
        out.push(diagnostic);
    }
}

fn is_import(run: &Run, site: Site) -> bool {
    matches!(run.kind(site), Kind::ImportFrom { .. })
}

/// What is gone, as it is written where it is called, or by its full name where it is imported.
fn named(run: &Run, site: Site, by: QualifiedName) -> String {
    match run.kind(site) {
        Kind::Call => run.callee(site).to_owned(),
        _ => run.spell(by),
    }
}

/// `asyncio.Task.all_tasks()` becomes `asyncio.all_tasks()`, `@asyncio.coroutine` an `async def`.
fn renamed(facts: &Facts, run: &Run, event: &Event, instead: &str) -> Option<Fix> {
    let at = place(run, event.site)?;
    let title = Message::new(NAME, "fix-name").with("instead", instead);
    if instead == "async def" {
        let edits = as_async_def(facts, at)?;
        return Some(repair(facts, at, title, "async-all-the-way", edits));
    }
    let (module, name) = instead.rsplit_once('.')?;
    let named = match facts.kind(at) {
        Kind::Call => facts.child(at, Role::Func)?,
        _ => at,
    };
    let is_member = matches!(facts.kind(named), Kind::Attribute { .. });
    let (module, import) = module_name(facts, at, module);
    let mut edits: Vec<Edit> = import.into_iter().collect();
    edits.push(Edit::replace(facts.span(named), format!("{module}.{name}")));
    is_member.then(|| repair(facts, at, title, "top-level-await", edits))
}

/// A decorated plain function without its decorator's line, and with `async`.
fn as_async_def(facts: &Facts, at: crate::facts::Site) -> Option<Vec<Edit>> {
    let def = match facts.role(at) {
        Role::Decorator => facts.parent(at)?,
        _ => at,
    };
    let decorators: Vec<_> = facts.children_in(def, Role::Decorator).collect();
    let function = facts.function(facts.function_at(def)?)?;
    let Kind::FunctionDef { name, is_async: false } = facts.kind(def) else { return None };
    let [only] = decorators.as_slice() else { return None };
    if function.is_generator {
        return None;
    }
    let source = facts.tree(def.cell).source();
    let line = line_range(source, facts.range(*only).start);
    let start = facts.range(*only).end;
    let word = start + TextRange::new(start, name.start).slice(source).rfind("def")?;
    let line = TextRange::new(line.start, (line.end + 1).min(word));
    Some(vec![Edit::delete(Span::new(def.cell, line)), Edit::insert(def.cell, word, "async ")])
}

/// Takes `loop=loop` away: asyncio finds the running loop by itself.
fn without_argument(facts: &Facts, run: &Run, event: &Event, keyword: &str) -> Option<Fix> {
    let call = place(run, event.site)?;
    let value = facts.keyword(call, keyword)?;
    let argument = facts.parent(value)?;
    let before = facts
        .children(call)
        .filter(|it| matches!(facts.role(*it), Role::Arg | Role::Keyword))
        .take_while(|it| *it != argument)
        .last();
    let after = facts
        .children(call)
        .filter(|it| matches!(facts.role(*it), Role::Arg | Role::Keyword))
        .skip_while(|it| *it != argument)
        .nth(1);
    let range = match (before, after) {
        (Some(before), _) => TextRange::new(facts.range(before).end, facts.range(argument).end),
        (None, Some(after)) => {
            TextRange::new(facts.range(argument).start, facts.range(after).start)
        }
        (None, None) => facts.range(argument),
    };
    let edits = vec![Edit::replace(Span::new(call.cell, range), "")];
    Some(repair(
        facts,
        call,
        Message::new(NAME, "fix-argument").with("argument", keyword),
        "top-level-await",
        edits,
    ))
}
