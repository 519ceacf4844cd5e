//! What this Python's asyncio no longer has: names and arguments.

use super::Rule;
use super::events::{found, place, repair};
use crate::diagnostic::{Diagnostic, Fix, Message, Severity};
use crate::execution::{Event, EventKind, Run, Site};
use crate::knowledge::callables::QualifiedName;
use crate::python::{Kind, Role};
use crate::rewrite::module_name;
use crate::text::{Edit, TextRange, line_range};

const NAME: &str = "removed-from-asyncio";

pub(super) const RULE: Rule = Rule { name: NAME, check };

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
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
            diagnostic.fixes.extend(without_argument(run, event, keyword));
        } else if let Some(instead) = &removal.instead {
            diagnostic.fixes.extend(renamed(run, event, instead));
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
fn renamed(run: &Run, event: &Event, instead: &str) -> Option<Fix> {
    let at = place(run, event.site)?;
    let title = Message::new(NAME, "fix-name").with("instead", instead);
    if instead == "async def" {
        let edits = as_async_def(run, at)?;
        return Some(repair(run, at, title, "async-all-the-way", edits));
    }
    let (module, name) = instead.rsplit_once('.')?;
    let named = match run.kind(at) {
        Kind::Call => run.child(at, Role::Func)?,
        _ => at,
    };
    let is_member = matches!(run.kind(named), Kind::Attribute { .. });
    let (module, import) = module_name(run, at, module);
    let mut edits: Vec<Edit> = import.into_iter().collect();
    edits.push(Edit::replace(run.at(named), format!("{module}.{name}")));
    is_member.then(|| repair(run, at, title, "top-level-await", edits))
}

/// A decorated plain function without its decorator's line, and with `async`.
fn as_async_def(run: &Run, at: Site) -> Option<Vec<Edit>> {
    let def = match run.role(at) {
        Role::Decorator => run.parent(at)?,
        _ => at,
    };
    let decorators: Vec<_> = run.children_in(def, Role::Decorator).collect();
    let function = run.function(Some(def).filter(|it| run.is_function(*it))?)?;
    let Kind::FunctionDef { name, is_async: false } = run.kind(def) else { return None };
    let [only] = decorators.as_slice() else { return None };
    if function.is_generator {
        return None;
    }
    let source = run.tree(def.cell).source();
    let line = line_range(source, run.range(*only).start);
    let start = run.range(*only).end;
    let word = start + TextRange::new(start, name.start).slice(source).rfind("def")?;
    let line = TextRange::new(line.start, (line.end + 1).min(word));
    Some(vec![
        Edit::delete(run.span_of(def.cell, line)),
        Edit::insert(run.position(def.cell), word, "async "),
    ])
}

/// Takes `loop=loop` away: asyncio finds the running loop by itself.
fn without_argument(run: &Run, event: &Event, keyword: &str) -> Option<Fix> {
    let call = place(run, event.site)?;
    let value = run.keyword(call, keyword)?;
    let argument = run.parent(value)?;
    let before = run
        .children(call)
        .filter(|it| matches!(run.role(*it), Role::Arg | Role::Keyword))
        .take_while(|it| *it != argument)
        .last();
    let after = run
        .children(call)
        .filter(|it| matches!(run.role(*it), Role::Arg | Role::Keyword))
        .skip_while(|it| *it != argument)
        .nth(1);
    let range = match (before, after) {
        (Some(before), _) => TextRange::new(run.range(before).end, run.range(argument).end),
        (None, Some(after)) => TextRange::new(run.range(argument).start, run.range(after).start),
        (None, None) => run.range(argument),
    };
    let edits = vec![Edit::replace(run.span_of(call.cell, range), "")];
    let title = Message::new(NAME, "fix-argument").with("argument", keyword);
    let mut fix = repair(run, call, title, "top-level-await", edits);
    fix.reasons = vec![(run.at(call), Message::new(NAME, "why-argument"))];
    Some(fix)
}

#[cfg(test)]
mod tests {
    use crate::notebook::parse;
    use crate::review::review;
    use crate::rules::tables_for_tests;

    #[test]
    fn the_newest_python_that_is_asked_for_decides_what_is_gone() {
        let told = |python: &str, code: &str| {
            let block = format!("# /// script\n# requires-python = \"{python}\"\n# ///\n");
            let text = format!("{block}\n# %%\nimport asyncio\n\n# %%\n{code}\n");
            let notebook = parse("a.py", text).expect("a notebook");
            let review = review(&notebook, &tables_for_tests());
            review.found().any(|found| found.rule == super::NAME)
        };
        let removed = "@asyncio.coroutine\ndef load():\n    yield";
        let deprecated = "asyncio.iscoroutinefunction(print)";
        for (python, is_gone, is_deprecated) in [
            (">=3.8", true, false),
            (">=3.8,<3.11", false, false),
            (">=3.8,<3.12", true, false),
            ("==3.8.*", false, false),
            (">=3.14", true, true),
            (">=3.10,<3.15", true, true),
        ] {
            assert_eq!(told(python, removed), is_gone, "{python}");
            assert_eq!(told(python, deprecated), is_deprecated, "{python}");
        }
    }
}
