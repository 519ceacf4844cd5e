//! A name, an argument or a piece of syntax that the notebook's Python does not have yet.

use hashbrown::HashSet;

use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Message, Severity};
use crate::environment::PythonVersion;
use crate::facts::{Facts, Runs, Site, Value};
use crate::knowledge::Novelty;
use crate::python::{Builds, Kind, NameUse, Role};
use crate::rewrite::older_twin;
use crate::text::{CellIndex, Span, TextRange};

const NAME: &str = "needs-newer-python";

pub(super) const RULE: Rule = Rule { name: NAME, check: Check::Code(check) };

/// Words in a condition that asks which Python this is.
const VERSION_WORDS: [&str; 4] = ["version_info", "hexversion", "python_version", "sys.version"];

/// What an `except` catches when a name is missing.
const MISSING: [&str; 6] =
    ["ImportError", "ModuleNotFoundError", "AttributeError", "NameError", "Exception", "TypeError"];

/// Something that the notebook uses and its Python lacks.
struct Lack<'f> {
    site: Site,
    span: Span,
    /// What a reader is told is missing.
    name: String,
    key: &'static str,
    novelty: &'f Novelty,
}

fn check(facts: &Facts, out: &mut Vec<Diagnostic>) {
    let Some(python) = facts.environment.python else { return };
    let asks = asks_for_version(facts);
    let mut seen: HashSet<(CellIndex, String)> = HashSet::new();
    let mut lacks = Vec::new();
    for site in facts.sites() {
        lacks.extend(syntax(facts, python, site));
        if !asks {
            names(facts, python, site, &mut lacks);
        }
    }
    for lack in lacks {
        // Every use in a cell has the same cause.
        if seen.insert((lack.site.cell, lack.name.clone())) {
            out.push(diagnose(facts, python, &lack));
        }
    }
}

fn diagnose(facts: &Facts, python: PythonVersion, lack: &Lack) -> Diagnostic {
    let mut found = Diagnostic::new(NAME, Severity::Error, lack.span, lack.key)
        .with("name", &lack.name)
        .with("since", lack.novelty.since)
        .with("python", python);
    let Some(older) = &lack.novelty.older else { return found };
    found.note(Message::new(NAME, "older").with("older", older).with("python", python), None);
    found.patterns = match older.as_str() {
        "asyncio.gather" => vec!["gather"],
        "loop.run_in_executor" => vec!["to-thread"],
        _ => Vec::new(),
    };
    found.fixes.extend(older_twin(facts, NAME, python, lack.site, lack.novelty));
    found
}

/// Names and arguments that the code at `site` asks for.
fn names<'f>(facts: &'f Facts, python: PythonVersion, site: Site, out: &mut Vec<Lack<'f>>) {
    let versions = &facts.tables.versions;
    match facts.kind(site) {
        Kind::ImportFrom { module: Some(module), level: 0, names } => {
            let tree = facts.tree(site.cell);
            for name in names {
                let path = format!("{}.{}", tree.text(*module), tree.text(name.name));
                if let Some(novelty) = versions.lacks_name(python, &path)
                    && !is_expected(facts, site, tree.text(name.name))
                {
                    let span = Span::new(site.cell, name.name);
                    out.push(Lack { site, span, name: path, key: "import", novelty });
                }
            }
        }
        Kind::Attribute { name } if facts.role(site) != Role::Target => {
            let value = facts.value(site);
            let Some(path) = value.path() else { return };
            let Some(novelty) = versions.lacks_name(python, path) else { return };
            let name = facts.tree(site.cell).text(*name);
            if !is_expected(facts, site, name) && !is_refused_anyway(facts, site, path) {
                let (span, name) = (facts.span(site), facts.source_of(site).to_owned());
                out.push(Lack { site, span, name, key: "name", novelty });
            }
        }
        // What an import binds is reported where it is imported.
        Kind::Name { used: NameUse::Load } if facts.bindings(site).is_empty() => {
            let value = facts.value(site);
            let novelty = value.path().and_then(|path| versions.lacks_name(python, path));
            let name = facts.source_of(site);
            if let Some(novelty) = novelty.filter(|_| !is_expected(facts, site, name)) {
                let (span, name) = (facts.span(site), name.to_owned());
                out.push(Lack { site, span, name, key: "name", novelty });
            }
        }
        Kind::Call => keywords(facts, python, site, out),
        _ => {}
    }
}

fn keywords<'f>(facts: &'f Facts, python: PythonVersion, call: Site, out: &mut Vec<Lack<'f>>) {
    let callee = facts.child(call, Role::Func).map(|func| facts.value(func));
    let Some(Value::Path(path)) = callee else { return };
    for novelty in facts.tables.versions.lacks_keywords(python, &path) {
        let Some(keyword) = novelty.keyword.as_deref() else { continue };
        let value = facts.keyword(call, keyword).and_then(|value| facts.parent(value));
        let Some(argument) = value else { continue };
        if is_expected(facts, call, keyword) || is_refused_anyway(facts, call, &path) {
            continue;
        }
        let name = format!("{}({keyword}=…)", facts.callee_text(call));
        out.push(Lack { site: call, span: facts.span(argument), name, key: "keyword", novelty });
    }
}

/// Whether the notebook is ready for the name to be missing: a `try`, a `hasattr`, an attribute
/// that it sets itself, code that other places run.
fn is_expected(facts: &Facts, site: Site, name: &str) -> bool {
    if facts.stores_attribute(name) || facts.is_guarded(site) || is_asked_for(facts, name) {
        return true;
    }
    facts.ancestors(site).any(|up| match facts.kind(up) {
        Kind::Try => facts.children_in(up, Role::Handler).any(|handler| {
            let test = facts.child(handler, Role::Test).map(|test| facts.source_of(test));
            test.is_none_or(|test| MISSING.iter().any(|word| test.contains(word)))
        }),
        Kind::With { .. } => {
            let items = facts.children_in(up, Role::Context);
            items.into_iter().any(|item| facts.source_of(item).contains("suppress("))
        }
        _ => false,
    })
}

/// Whether `hasattr` or `getattr` asks for the name somewhere.
fn is_asked_for(facts: &Facts, name: &str) -> bool {
    facts.calls.iter().any(|call| {
        matches!(call.callee.path(), Some("builtins.hasattr" | "builtins.getattr"))
            && facts
                .argument(call.site, 1, "")
                .and_then(|argument| facts.tree(argument.cell).string(argument.node))
                == Some(name)
    })
}

/// Whether a condition of the notebook asks which Python runs it: then its author knows.
fn asks_for_version(facts: &Facts) -> bool {
    facts.sites().any(|site| {
        facts.role(site) == Role::Test
            && VERSION_WORDS.iter().any(|word| facts.source_of(site).contains(word))
    })
}

/// A second loop is refused on the kernel's thread, whatever Python starts it; that is said
/// already.
fn is_refused_anyway(facts: &Facts, site: Site, path: &str) -> bool {
    let runner = matches!(path, "asyncio.run" | "asyncio.Runner");
    let host = facts.environment.host;
    runner
        && match facts.runs(site) {
            Runs::Async(_) => !host.suspends_the_caller(),
            Runs::Cell | Runs::Helper(_) => host.refuses_a_run(),
            Runs::Elsewhere => false,
        }
}

/// Syntax that the notebook's Python cannot read, or reads and cannot run.
fn syntax<'f>(facts: &'f Facts, python: PythonVersion, site: Site) -> Option<Lack<'f>> {
    let (name, key) = match facts.kind(site) {
        Kind::Handler { .. } if is_group_handler(facts, site) => ("except*", "syntax"),
        Kind::Comprehension { .. } if is_nested_async(facts, site) => {
            ("nested async comprehension", "nested-comprehension")
        }
        Kind::For { is_async: true } | Kind::Clause { is_async: true } => {
            let value = facts.child(site, Role::Iter).map(|iterable| facts.value(iterable));
            let completed = value?.path() == Some("asyncio.as_completed()");
            (completed.then_some("async for asyncio.as_completed()")?, "as-completed")
        }
        _ => return None,
    };
    let novelty = facts.tables.versions.lacks_name(python, name)?;
    let span = match key {
        "syntax" => {
            let start = facts.range(site).start;
            let star = facts.source_of(site).find('*').map_or(0, |at| at + 1);
            Span::new(site.cell, TextRange::new(start, start + star))
        }
        _ => facts.await_span(site),
    };
    Some(Lack { site, span, name: name.to_owned(), key, novelty })
}

/// `except* …`, once for each `try`.
fn is_group_handler(facts: &Facts, handler: Site) -> bool {
    let rest = facts.source_of(handler).strip_prefix("except");
    let is_group = rest.is_some_and(|rest| rest.trim_start().starts_with('*'));
    let attempt = facts.parent(handler);
    is_group && attempt.and_then(|it| facts.child(it, Role::Handler)) == Some(handler)
}

/// Whether a list, set or dict comprehension awaits inside of one that does not: before 3.11
/// that is "asynchronous comprehension outside of an asynchronous function".
///
/// Source: `compile` in CPython 3.8 to 3.11.
fn is_nested_async(facts: &Facts, comprehension: Site) -> bool {
    let awaits = |around: Site| {
        facts.descendants(around).any(|site| {
            facts.kind(site).suspends() && facts.comprehension_around(site) == Some(around)
        })
    };
    let lazy =
        matches!(facts.kind(comprehension), Kind::Comprehension { builds: Builds::Generator, .. });
    let outer = facts.comprehension_around(comprehension);
    !lazy && outer.is_some_and(|outer| !awaits(outer) && awaits(comprehension))
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Applicability;
    use crate::notebook::{Pasted, parse_pasted};
    use crate::review::review;
    use crate::rules::tests::tables;
    use crate::text::apply_edits;

    /// The older twin of `code` on the Python with this number.
    fn twin(minor: u32, code: &str) -> Option<String> {
        let head = "# ---\n# jupyter:\n#   language_info:\n#     version: 3";
        let text = format!("{head}.{minor}.1\n# ---\n# %%\n{code}");
        let Pasted::Notebook(notebook) = parse_pasted(&text) else { return None };
        let review = review(&notebook, &tables());
        let found = review.diagnostics.iter().find(|found| found.rule == super::NAME)?;
        let fix = found.fix()?;
        assert_eq!(fix.applicability, Applicability::DisplayOnly);
        let cell = notebook.cell(found.span.cell)?;
        apply_edits(cell.index, &cell.source, &fix.edits)
    }

    fn check(minor: u32, code: &str, older: &str) {
        let start = "import asyncio\n";
        let twin = twin(minor, &format!("{start}{code}"));
        assert_eq!(twin, Some(format!("{start}{older}")));
    }

    #[test]
    fn a_timeout_around_one_await_becomes_wait_for() {
        let code = "async with asyncio.timeout(5):\n    data = (await f(1)) + 1\nprint(data)";
        assert_eq!(twin(10, &format!("import asyncio\n{code}")), None);
        let code = "async with asyncio.timeout(5):\n    data = await f(1)\nprint(data)";
        check(10, code, "data = await asyncio.wait_for(f(1), timeout=5)\nprint(data)");
    }

    #[test]
    fn a_group_of_bare_tasks_becomes_one_gather() {
        let code = "async with asyncio.TaskGroup() as group:\n    group.create_task(f(1))\n    group.create_task(f(2))";
        check(10, code, "await asyncio.gather(f(1), f(2))");
        let code = "async with asyncio.TaskGroup() as group:\n    for n in range(3):\n        group.create_task(f(n))";
        check(10, code, "await asyncio.gather(*[f(n) for n in range(3)])");
    }

    #[test]
    fn a_thread_and_the_next_item_have_older_forms() {
        let older = "x = await asyncio.get_running_loop().run_in_executor(None, f, 1)";
        check(8, "x = await asyncio.to_thread(f, 1)", older);
        check(9, "x = await anext(rows)", "x = await rows.__anext__()");
        check(9, "for_rows = aiter(rows())", "for_rows = rows().__aiter__()");
    }

    #[test]
    fn names_of_python_3_7_had_others_before() {
        check(6, "task = asyncio.create_task(f())", "task = asyncio.ensure_future(f())");
        check(6, "loop = asyncio.get_running_loop()", "loop = asyncio.get_event_loop()");
    }
}
