//! `asyncio.wait()` gets coroutines where it takes tasks.

use hashbrown::HashSet;

use super::Rule;
use super::events::{argument_of, found, handed_out, place, report};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::environment::PythonVersion;
use crate::execution::{Event, EventKind, Run, Site, ValueKind};
use crate::knowledge::callables::Wants;
use crate::python::Kind;
use crate::rewrite::{checked, module_name};
use crate::text::{Edit, TextRange};

const NAME: &str = "wait-needs-tasks";

pub(super) const RULE: Rule = Rule { name: NAME, check };

/// Python 3.8 began to warn of coroutines, 3.11 refuses them.
///
/// Source: <https://docs.python.org/3/library/asyncio-task.html#asyncio.wait>.
const WARNS: PythonVersion = PythonVersion { major: 3, minor: 8 };
const REFUSES: PythonVersion = PythonVersion { major: 3, minor: 11 };

/// The coroutines that a call of `wait` gets.
struct Passed {
    argument: Site,
    coroutines: Vec<Site>,
    /// A coroutine stands in the place of the collection.
    bare: bool,
}

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    // Where nothing awaits the call it never gets so far as to raise.
    let lost = |it: &Event| matches!(it.kind, EventKind::CoroutineLost { .. });
    let lost: HashSet<Site> = run.events().iter().filter(|it| lost(it)).map(|it| it.site).collect();
    let awaited = run.events().iter().filter(|it| !lost.contains(&it.site));
    report(out, awaited.filter_map(|event| diagnose(run, event)));
}

/// What an `await` in front of a `wait` call has to bring along: a note and the edits that make
/// tasks of its coroutines.
pub(super) fn brought_along(run: &Run, call: Site) -> Option<(Message, Vec<Edit>)> {
    let event = run.events_at(call).find(|it| is_bare(run, it).is_some())?;
    severity(run, is_bare(run, event)?)?;
    let edits = edits(run, call, &passed(run, event)?)?;
    Some((Message::new(NAME, "then").with("call", run.callee(call)), edits))
}

/// Whether what `wait` is given and refuses is a coroutine by itself; `None` where it refuses nothing.
fn is_bare(run: &Run, event: &Event) -> Option<bool> {
    match event.kind {
        EventKind::WrongKind { value, wants: Wants::Future, .. } => {
            Some(run.trace.kind_of(value) == ValueKind::Coroutine)
        }
        _ => None,
    }
}

fn passed(run: &Run, event: &Event) -> Option<Passed> {
    let EventKind::WrongKind { value, .. } = event.kind else { return None };
    let bare = is_bare(run, event)?;
    let held = if bare { vec![value] } else { run.trace.held(value) };
    let made = |it| {
        let (site, stack) = run.trace.making_of(it)?;
        place(run, handed_out(run, site, stack))
    };
    let mut coroutines: Vec<Site> = held.into_iter().filter_map(made).collect();
    coroutines.sort_unstable();
    coroutines.dedup();
    Some(Passed { argument: place(run, argument_of(run, event)?)?, coroutines, bare })
}

/// `None` for a Python that takes coroutines without a word.
fn severity(run: &Run, bare: bool) -> Option<Severity> {
    match run.environment().newest_python() {
        _ if bare => Some(Severity::Error),
        Some(python) if python < WARNS => None,
        Some(python) if python < REFUSES => Some(Severity::Warning),
        _ => Some(Severity::Error),
    }
}

fn diagnose(run: &Run, event: &Event) -> Option<Diagnostic> {
    let bare = is_bare(run, event)?;
    let severity = severity(run, bare)?;
    let key = match (bare, severity) {
        (true, _) => "not-a-list",
        (false, Severity::Error) => "coroutines",
        (false, _) => "deprecated",
    };
    let mut found = found(run, event, event.site, |span| {
        Diagnostic::new(NAME, severity, span, key).with("call", run.callee(event.site))
    })?;
    found.patterns = vec!["gather", "keep-the-handle"];
    let (Some(call), Some(passed)) = (place(run, event.site), passed(run, event)) else {
        return Some(found);
    };
    if let Some(first) = passed.coroutines.first().filter(|_| is_far(run, &passed)) {
        let made = Message::new(NAME, "made-here").at_cell(run.position(first.cell));
        found.note(made, Some(run.at(*first)));
    }
    found.fixes.extend(fix(run, call, &passed));
    Some(found)
}

/// Whether the coroutines are made elsewhere than in the call.
fn is_far(run: &Run, passed: &Passed) -> bool {
    let inside = |site: &Site| {
        site.cell == passed.argument.cell
            && run.tree(site.cell).is_within(site.node, passed.argument.node)
    };
    !passed.coroutines.iter().all(inside)
}

fn fix(run: &Run, call: Site, passed: &Passed) -> Option<Fix> {
    let made_in_place = passed.coroutines.iter().all(|it| matches!(run.kind(*it), Kind::Call));
    // A coroutine that is looked for in `done` afterwards would not be found there.
    let safe = made_in_place
        && !passed.bare
        && !is_far(run, passed)
        && run.parent(call).is_some_and(|up| *run.kind(up) == Kind::Await);
    Some(checked(
        run,
        Fix {
            title: Message::new(NAME, "fix-tasks"),
            pattern: "keep-the-handle",
            applicability: if safe { Applicability::Safe } else { Applicability::Unsafe },
            edits: edits(run, call, passed)?,
            reasons: passed
                .coroutines
                .iter()
                .map(|it| (run.at(*it), Message::new(NAME, "why-task")))
                .collect(),
            tradeoffs: Vec::new(),
        },
    ))
}

/// Wraps every coroutine where it is made.
fn edits(run: &Run, call: Site, passed: &Passed) -> Option<Vec<Edit>> {
    let on_the_loop = |site: &Site| run.is_on_kernel(*site);
    if !passed.coroutines.iter().chain([&call]).all(on_the_loop) {
        return None;
    }
    let (asyncio, import) = module_name(run, *passed.coroutines.first()?, "asyncio");
    // A generator's bracket comes before what may stand at the same place.
    let mut edits: Vec<Edit> = import.into_iter().chain(brackets(run, passed.argument)).collect();
    let (open, close) = if passed.bare { ("[", "]") } else { ("", "") };
    for coroutine in &passed.coroutines {
        let range = run.range(*coroutine);
        let open = format!("{open}{asyncio}.create_task(");
        edits.push(Edit::insert(run.position(coroutine.cell), range.start, open));
        edits.push(Edit::insert(run.position(coroutine.cell), range.end, format!("){close}")));
    }
    Some(edits)
}

/// Up to Python 3.11 `wait` takes a generator for a coroutine; a list it always reads.
fn brackets(run: &Run, argument: Site) -> Vec<Edit> {
    let Kind::Comprehension { builds: crate::python::Builds::Generator, parenthesized } =
        run.kind(argument)
    else {
        return Vec::new();
    };
    let (range, wide) = (run.range(argument), usize::from(*parenthesized));
    let span = |start, end| run.span_of(argument.cell, TextRange::new(start, end));
    vec![
        Edit::replace(span(range.start, range.start + wide), "["),
        Edit::replace(span(range.end.saturating_sub(wide), range.end), "]"),
    ]
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Severity;
    use crate::notebook::parse_ipynb;
    use crate::review::review;
    use crate::rules::tables_for_tests;

    const BARE: &str = "import asyncio\nasync def f(): ...\nawait asyncio.wait(f())";
    const LIST: &str = "import asyncio\nasync def f(): ...\nawait asyncio.wait([f()])";

    fn severity(python: &str, source: &str) -> Option<Severity> {
        let notebook = serde_json::json!({
            "cells": [{"cell_type": "code", "id": "a", "metadata": {}, "execution_count": null,
                "source": source, "outputs": []}],
            "metadata": {"language_info": {"name": "python", "version": python}},
            "nbformat": 4, "nbformat_minor": 5,
        });
        let notebook = parse_ipynb(notebook.to_string()).expect("a notebook");
        let review = review(&notebook, &tables_for_tests());
        review.diagnostics.first().map(|found| found.severity)
    }

    #[test]
    fn a_python_that_takes_coroutines_warns_of_them_or_is_silent() {
        assert_eq!(severity("3.13.0", LIST), Some(Severity::Error));
        assert_eq!(severity("3.10.2", LIST), Some(Severity::Warning));
        assert_eq!(severity("3.7.9", LIST), None);
    }

    #[test]
    fn one_coroutine_in_place_of_the_list_is_an_error_everywhere() {
        assert_eq!(severity("3.7.9", BARE), Some(Severity::Error));
    }
}
