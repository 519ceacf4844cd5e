//! Tests to write for what moved: a file for pytest in which only the values are missing.

use std::collections::BTreeSet;

use super::Request;
use super::closure::Closure;
use crate::execution::{Function, Run, Site};
use crate::python::{Kind, Role};

/// A file with one test for each function and for each public method of a class.
pub(super) fn write(run: &Run, closure: &Closure, request: &Request) -> String {
    let mut tests = Vec::new();
    let mut imported = BTreeSet::new();
    for statement in closure.moved.keys() {
        let made = tests_of(run, *statement, request.skip_reason);
        if !made.is_empty() {
            imported.extend(closure.moved.get(statement).into_iter().flat_map(|it| &it.names));
        }
        tests.extend(made);
    }
    let imported: Vec<&str> = imported.into_iter().map(String::as_str).collect();
    let asyncio = tests.iter().any(|test| test.contains("asyncio."));
    let asyncio = if asyncio { "import asyncio\n\n" } else { "" };
    let import = format!("from {} import {}\n", request.module, imported.join(", "));
    let tests: String = tests.iter().map(|test| format!("\n\n{test}")).collect();
    format!("{asyncio}import pytest\n\n{import}{tests}")
}

fn tests_of(run: &Run, statement: Site, reason: &str) -> Vec<String> {
    let function = |site: Site| run.function(site);
    match run.kind(statement) {
        Kind::FunctionDef { .. } => {
            let made = function(statement).map(|it| test(&it.name, &call(run, it, ""), it, reason));
            made.into_iter().collect()
        }
        Kind::ClassDef { name } => {
            let class = run.tree(statement.cell).text(*name);
            let methods: Vec<&Function> =
                run.children_in(statement, Role::Body).filter_map(function).collect();
            let init = methods.iter().find(|method| method.name == "__init__");
            let new = format!("{class}({})", init.map_or(String::new(), |it| values(run, it, 1)));
            let public = methods.iter().filter(|method| !method.name.starts_with('_'));
            let of_method = |method: &&Function| {
                let name = format!("{}_{}", class.to_lowercase(), method.name);
                test(&name, &call(run, method, &new), method, reason)
            };
            public.map(of_method).collect()
        }
        _ => Vec::new(),
    }
}

/// The call with every value that has to be given; `on` is the object of a method.
fn call(run: &Run, function: &Function, on: &str) -> String {
    let skipped = usize::from(!on.is_empty());
    let dot = if on.is_empty() { "" } else { "." };
    format!("{on}{dot}{}({})", function.name, values(run, function, skipped))
}

/// `url=..., size=...` for the parameters without a default, the first `skipped` left out.
fn values(run: &Run, function: &Function, skipped: usize) -> String {
    let tree = run.tree(function.site.cell);
    let parameters = run.children_in(function.site, Role::Param).skip(skipped);
    let value = |site: Site| {
        let Kind::Param { name } = run.kind(site) else { return None };
        let before = tree.source().get(..name.start).unwrap_or_default();
        let wanted = run.child(site, Role::Default).is_none() && !before.ends_with('*');
        wanted.then(|| format!("{}=...", tree.text(*name)))
    };
    parameters.filter_map(value).collect::<Vec<_>>().join(", ")
}

fn test(name: &str, call: &str, function: &Function, reason: &str) -> String {
    let name = name.trim_matches('_');
    let reason = reason.replace(['\\', '"'], "'");
    let body = match (function.is_async, function.is_generator) {
        (true, true) => format!(
            "    async def collect():\n        return [item async for item in {call}]\n\n    \
             assert asyncio.run(collect()) == ...\n"
        ),
        (true, false) => format!("    assert asyncio.run({call}) == ...\n"),
        (false, true) => format!("    assert list({call}) == ...\n"),
        (false, false) => format!("    assert {call} == ...\n"),
    };
    format!("@pytest.mark.skip(reason=\"{reason}\")\ndef test_{name}():\n{body}")
}
