//! A name, an argument or a piece of syntax that the notebook's Python does not have yet.

use hashbrown::HashSet;

use super::Rule;
use super::events::place;
use crate::diagnostic::{Diagnostic, Message, Severity};
use crate::environment::PythonVersion;
use crate::execution::{EventKind, Run, Site};
use crate::knowledge::{Novelty, Versions};
use crate::python::{Builds, Detail, ImportedName, Kind, NameUse, Role};
use crate::rewrite::older_twin;
use crate::text::{Span, TextRange};

const NAME: &str = "needs-newer-python";

pub(super) const RULE: Rule = Rule { name: NAME, check };

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

/// A notebook and what its Python lacks.
struct Reader<'f, 't> {
    run: &'f Run<'t>,
    versions: &'f Versions,
    python: PythonVersion,
    /// The names and arguments that are missing, without what they belong to.
    lacking: HashSet<&'f str>,
    /// The names that the notebook itself binds, and those that it is ready to miss.
    bound: HashSet<&'f str>,
    expected: HashSet<&'f str>,
}

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    let Some(python) = run.environment().oldest_python() else { return };
    let lacking: HashSet<&str> = run.tables().versions.lacking(python).collect();
    if lacking.is_empty() {
        return;
    }
    let versions = &run.tables().versions;
    let (bound, expected) = (bound(run), expected(run));
    let reader = Reader { run, versions, python, lacking, bound, expected };
    let asks = asks_for_version(run);
    let mut lacks = Vec::new();
    for site in run.sites() {
        lacks.extend(reader.syntax(site));
        if !asks {
            reader.names(site, &mut lacks);
        }
    }
    let mut seen = HashSet::new();
    for lack in lacks {
        // Every use in a cell has the same cause.
        if seen.insert((lack.site.cell, lack.name.clone())) {
            out.push(diagnose(run, python, &lack));
        }
    }
}

fn diagnose(run: &Run, python: PythonVersion, lack: &Lack) -> Diagnostic {
    let (severity, key) = match run.environment().python.is_some_and(|it| it.or_newer) {
        false => (Severity::Error, lack.key),
        true => (Severity::Warning, on_oldest(lack.key)),
    };
    let mut found = Diagnostic::new(NAME, severity, lack.span, key)
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
    let at = place(run, lack.site);
    found.fixes.extend(at.and_then(|at| older_twin(run, NAME, python, at, lack.novelty)));
    found
}

/// The same message for a notebook that newer Pythons may run as well.
fn on_oldest(key: &str) -> &'static str {
    match key {
        "import" => "import-on-oldest",
        "keyword" => "keyword-on-oldest",
        "syntax" => "syntax-on-oldest",
        "nested-comprehension" => "nested-comprehension-on-oldest",
        "as-completed" => "as-completed-on-oldest",
        _ => "name-on-oldest",
    }
}

impl<'f> Reader<'f, '_> {
    /// Names and arguments that the code at `site` asks for.
    fn names(&self, site: Site, out: &mut Vec<Lack<'f>>) {
        let run = self.run;
        match run.kind(site) {
            Kind::ImportFrom { module: Some(module), level: 0, names } if run.trace.ran(site) => {
                out.extend(names.iter().filter_map(|name| self.imported(site, *module, name)));
            }
            Kind::Attribute { name } if run.role(site) != Role::Target => {
                out.extend(self.named(site, run.tree(site.cell).text(*name)));
            }
            // What an import binds is reported where it is imported.
            Kind::Name { used: NameUse::Load } => {
                let name = run.source_of(site);
                out.extend(self.named(site, name).filter(|_| !self.bound.contains(name)));
            }
            Kind::Call => self.keywords(site, out),
            _ => {}
        }
    }

    fn imported(&self, site: Site, module: TextRange, name: &ImportedName) -> Option<Lack<'f>> {
        let tree = self.run.tree(site.cell);
        let text = tree.text(name.name);
        let path = format!("{}.{text}", tree.text(module));
        let novelty = self.versions.lacks_name(self.python, &path)?;
        let span = self.run.span_of(site.cell, name.name);
        let lack = Lack { site, span, name: path, key: "import", novelty };
        (!self.is_expected(site, text)).then_some(lack)
    }

    fn named(&self, site: Site, name: &str) -> Option<Lack<'f>> {
        let path = self.lacking.contains(name).then(|| self.run.path(site)).flatten()?;
        let novelty = self.versions.lacks_name(self.python, &path)?;
        if self.is_expected(site, name) || self.is_refused_anyway(site, &path) {
            return None;
        }
        let (span, name) = (self.run.span(site)?, self.run.source_of(site).to_owned());
        Some(Lack { site, span, name, key: "name", novelty })
    }

    fn keywords(&self, call: Site, out: &mut Vec<Lack<'f>>) {
        let run = self.run;
        let tree = run.tree(call.cell);
        for argument in run.children_in(call, Role::Keyword) {
            let Kind::KeywordArg { name: Some(name) } = run.kind(argument) else { continue };
            let keyword = tree.text(*name);
            let path = self.lacking.contains(keyword).then(|| run.path_of_call(call)).flatten();
            let Some(path) = path else { continue };
            let mut lacks = self.versions.lacks_keywords(self.python, &path);
            let novelty = lacks.find(|it| it.keyword.as_deref() == Some(keyword));
            let expects = || self.is_expected(call, keyword) || self.is_refused_anyway(call, &path);
            if let (Some(novelty), Some(span)) = (novelty, run.span(argument))
                && !expects()
            {
                let name = format!("{}({keyword}=…)", run.callee(call));
                out.push(Lack { site: call, span, name, key: "keyword", novelty });
            }
        }
    }

    /// Whether the notebook is ready for the name to be missing.
    fn is_expected(&self, site: Site, name: &str) -> bool {
        let run = self.run;
        self.expected.contains(name)
            || run.ancestors(site).any(|up| match run.kind(up) {
                Kind::Try => run.children_in(up, Role::Handler).any(|it| takes_missing(run, it)),
                Kind::With { .. } => run.children_in(up, Role::Context).any(|item| {
                    let manager = run.child(item, Role::Context);
                    let path = manager.and_then(|it| run.path_of_call(it));
                    path.as_deref() == Some("contextlib.suppress")
                }),
                _ => false,
            })
    }

    /// A second loop is refused on the kernel's thread, whatever Python starts it; that is said
    /// already.
    fn is_refused_anyway(&self, site: Site, path: &str) -> bool {
        let refused = |by: &str| by == path || path == "asyncio.Runner" && by.starts_with(path);
        matches!(path, "asyncio.run" | "asyncio.Runner")
            && self.run.events().iter().any(|event| {
                matches!(event.kind, EventKind::LoopRefused { by, .. }
                    if event.site.cell == site.cell && refused(&self.run.spell(by)))
            })
    }

    /// Syntax that the notebook's Python cannot read, or reads and cannot run.
    fn syntax(&self, site: Site) -> Option<Lack<'f>> {
        let run = self.run;
        let (name, key) = match run.kind(site) {
            Kind::Handler { .. } if is_group_handler(run, site) => ("except*", "syntax"),
            Kind::Comprehension { .. } if is_nested_async(run, site) => {
                ("nested async comprehension", "nested-comprehension")
            }
            Kind::For { is_async: true } | Kind::Clause { is_async: true } => {
                let iterable = run.child(site, Role::Iter)?;
                let path = run.path_of_call(iterable).or_else(|| run.path(iterable))?;
                let completed = path.trim_end_matches("()") == "asyncio.as_completed";
                (completed.then_some("async for asyncio.as_completed()")?, "as-completed")
            }
            _ => return None,
        };
        let novelty = self.versions.lacks_name(self.python, name)?;
        let span = match key {
            "syntax" => {
                let start = run.range(site).start;
                let star = run.source_of(site).find('*').map_or(0, |at| at + 1);
                run.span_of(site.cell, TextRange::new(start, start + star))
            }
            _ => run.first_line(site),
        };
        Some(Lack { site, span, name: name.to_owned(), key, novelty })
    }
}

/// The names that the notebook binds, in whatever scope.
fn bound<'r>(run: &'r Run) -> HashSet<&'r str> {
    let mut bound = HashSet::new();
    for site in run.sites() {
        let tree = run.tree(site.cell);
        match run.kind(site) {
            Kind::Name { used: NameUse::Store } => _ = bound.insert(run.source_of(site)),
            Kind::FunctionDef { name, .. } | Kind::ClassDef { name } | Kind::Param { name } => {
                bound.insert(tree.text(*name));
            }
            Kind::Import { names } | Kind::ImportFrom { names, .. } => {
                bound.extend(names.iter().map(|it| tree.text(it.alias.unwrap_or(it.name))));
            }
            _ => {}
        }
    }
    bound
}

/// The names that the notebook is ready to miss: attributes that it sets itself, and what `hasattr`
/// or `getattr` asks for.
fn expected<'r>(run: &'r Run) -> HashSet<&'r str> {
    let named = |site: Site| {
        let tree = run.tree(site.cell);
        match run.kind(site) {
            Kind::Attribute { name } if run.role(site) == Role::Target => Some(tree.text(*name)),
            Kind::Call => {
                let text = run.argument(site, 1, "").and_then(|it| tree.string(it.node))?;
                let path = run.path_of_call(site)?;
                ["builtins.hasattr", "builtins.getattr"].contains(&path.as_str()).then_some(text)
            }
            _ => None,
        }
    };
    run.sites().filter_map(named).collect()
}

/// Whether a handler takes the error of a name that is not there.
fn takes_missing(run: &Run, handler: Site) -> bool {
    let Some(test) = run.child(handler, Role::Test) else { return true };
    run.within(test).any(|it| {
        let path = run.path(it);
        path.and_then(|path| MISSING.iter().find(|name| path.ends_with(**name)).copied()).is_some()
    })
}

/// Whether a condition of the notebook asks which Python runs it: then its author knows.
fn asks_for_version(run: &Run) -> bool {
    run.sites().any(|site| {
        run.role(site) == Role::Test
            && VERSION_WORDS.iter().any(|word| run.source_of(site).contains(word))
    })
}

/// `except* …`, once for each `try`.
fn is_group_handler(run: &Run, handler: Site) -> bool {
    let attempt = run.parent(handler);
    attempt.is_some_and(|attempt| {
        run.tree(attempt.cell).detail(attempt.node) == Detail::Star
            && run.child(attempt, Role::Handler) == Some(handler)
    })
}

/// Whether a list, set or dict comprehension awaits inside of one that does not: before 3.11
/// that is "asynchronous comprehension outside of an asynchronous function".
///
/// Source: `compile` in CPython 3.8 to 3.11.
fn is_nested_async(run: &Run, comprehension: Site) -> bool {
    let awaits = |around: Site| {
        run.descendants(around)
            .any(|site| run.kind(site).suspends() && run.comprehension_around(site) == Some(around))
    };
    let lazy =
        matches!(run.kind(comprehension), Kind::Comprehension { builds: Builds::Generator, .. });
    let outer = run.comprehension_around(comprehension);
    !lazy && outer.is_some_and(|outer| awaits(comprehension) && !awaits(outer))
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::{Applicability, Severity};
    use crate::notebook::{Pasted, parse, parse_pasted};
    use crate::review::review;
    use crate::rules::tests::tables;
    use crate::text::apply_edits;

    /// The older twin of `code` on the Python with this number.
    fn twin(minor: u32, code: &str) -> Option<String> {
        let head = "# ---\n# jupyter:\n#   language_info:\n#     version: 3";
        let text = format!("{head}.{minor}.1\n# ---\n# %%\n{code}");
        let Pasted::Notebook(notebook) = parse_pasted(&text) else { return None };
        let review = review(&notebook, &tables());
        let found = review.found().find(|found| found.rule == super::NAME)?;
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
    fn newer_pythons_may_run_it() {
        let told = |python: &str| {
            let text = format!(
                "# /// script\n# requires-python = \"{python}\"\n# ///\n\n# %%\nimport asyncio\n\n# %%\nasync with asyncio.timeout(5):\n    await asyncio.sleep(1)\n"
            );
            let notebook = parse("a.py", text).expect("a notebook");
            let review = review(&notebook, &tables());
            let found = review.found().find(|found| found.rule == super::NAME)?;
            Some((found.severity, found.message.key))
        };
        assert_eq!(told("==3.10.*"), Some((Severity::Error, "name")));
        assert_eq!(told(">=3.10"), Some((Severity::Warning, "name-on-oldest")));
        assert_eq!(told(">=3.11"), None);
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
