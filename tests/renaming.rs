//! What a notebook calls its own things decides nothing: with every name that it binds itself
//! replaced, the rules say the same at the same places, over all their fixtures.

#[path = "common/tables.rs"]
mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use nbasync::diagnostic::Severity;
use nbasync::knowledge::{Fixture, Tables};
use nbasync::notebook::{Notebook, Pasted, parse_pasted};
use nbasync::python::{self, Kind, NameUse};
use nbasync::review::review;
use nbasync::rules::RULES;
use nbasync::text::{TextRange, position};

use tables::tables;

fn notebook(code: &str) -> Notebook {
    match parse_pasted(code) {
        Pasted::Notebook(notebook) => notebook,
        Pasted::Traceback { .. } => panic!("a fixture is no traceback"),
    }
}

/// Where names stand in a cell, and which of them the cell binds.
fn names(source: &str) -> (Vec<String>, BTreeSet<String>) {
    let syntax = python::parse(source);
    let tree = &syntax.tree;
    let (mut all, mut bound) = (Vec::new(), BTreeSet::new());
    let mut add = |range: TextRange, binds: bool| {
        let name = range.slice(source).to_owned();
        if binds {
            bound.insert(name.clone());
        }
        all.push(name);
    };
    for node in tree.all() {
        match tree.kind(node) {
            Kind::Name { used } => add(tree.range(node), *used == NameUse::Store),
            Kind::FunctionDef { name, .. } | Kind::ClassDef { name } | Kind::Param { name } => {
                add(*name, true);
            }
            Kind::Handler { name: Some(name) } => add(*name, true),
            Kind::Global { names } | Kind::Nonlocal { names } => {
                names.iter().for_each(|name| add(*name, false));
            }
            Kind::Import { names } | Kind::ImportFrom { names, .. } => {
                names.iter().filter_map(|name| name.alias).for_each(|alias| add(alias, true));
            }
            _ => {}
        }
    }
    (all, bound)
}

fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..)?;
        let skip = rest.find(is_word)?;
        let from = start + skip;
        let word = text.get(from..)?;
        let len = word.find(|c| !is_word(c)).unwrap_or(word.len());
        start = from + len;
        text.get(from..start).map(|word| (from, word))
    })
}

/// The code with new names for what it binds, and how many there are. A name that stands anywhere
/// else as well (as an attribute, a keyword, a built-in, in a text or a comment) is left alone, and
/// so is one by which a library's class calls a method: that name is not the notebook's to choose.
fn renamed(code: &str, hooks: &[String]) -> (String, usize) {
    let (mut seen, mut bound) = (BTreeMap::<String, usize>::new(), BTreeSet::new());
    for cell in &notebook(code).cells {
        let (all, own) = names(&cell.source);
        all.into_iter().for_each(|name| *seen.entry(name).or_default() += 1);
        bound.extend(own);
    }
    let mut counts = BTreeMap::<&str, usize>::new();
    words(code).for_each(|(_, word)| *counts.entry(word).or_default() += 1);
    let is_free = |name: &&String| {
        counts.get(name.as_str()) == seen.get(*name)
            && !name.starts_with("__")
            && !python::is_builtin(name)
            && !hooks.iter().any(|hook| match hook.strip_suffix('*') {
                Some(start) => name.starts_with(start),
                None => hook == *name,
            })
    };
    let free: Vec<&String> = bound.iter().filter(is_free).collect();
    let mut out = String::new();
    let mut end = 0;
    for (at, word) in words(code) {
        let Some(place) = free.iter().position(|name| *name == word) else { continue };
        out.push_str(&code[end..at]);
        out.push_str(&format!("zq{place}"));
        end = at + word.len();
    }
    (out + &code[end..], free.len())
}

/// The names of methods that some library's class calls of its subclasses.
fn hooks(tables: &Tables) -> Vec<String> {
    let rows = tables.callables.by_module().filter_map(|(_, entry)| entry.row.as_ref());
    rows.flat_map(|row| row.hooks.iter().cloned()).collect()
}

fn reported(code: &str, tables: &Tables) -> Vec<(usize, usize, &'static str, Severity)> {
    let notebook = notebook(code);
    let review = review(&notebook, tables);
    let place = |it: &nbasync::diagnostic::Diagnostic| {
        let source = &notebook.cell(it.span.cell).unwrap().source;
        let line = position(source, it.span.range.start).line;
        (it.span.cell.0, line, it.rule, it.severity)
    };
    review.found().map(place).collect()
}

#[test]
fn renaming_what_the_notebook_binds_changes_no_diagnostic() {
    let tables = tables();
    let (mut differing, mut replaced) = (Vec::new(), 0);
    let hooks = hooks(&tables);
    for rule in RULES {
        let file = format!("src/rules/{}.md", rule.name.replace('-', "_"));
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file));
        for case in Fixture::read(&text.unwrap()).unwrap() {
            let (other, count) = renamed(&case.code, &hooks);
            replaced += count;
            let (before, after) = (reported(&case.code, &tables), reported(&other, &tables));
            if before != after {
                differing.push(format!(
                    "{}: {}\n  {before:?}\n  {after:?}\n{other}",
                    rule.name, case.title
                ));
            }
        }
    }
    assert!(replaced > 500, "only {replaced} names were replaced");
    assert!(differing.is_empty(), "{} differ\n{}", differing.len(), differing.join("\n"));
}

#[test]
fn a_name_that_stands_elsewhere_too_is_left_alone() {
    let code = "import asyncio as aio\n\ndef run(work, loop=None):\n    return aio.run(work)\n\n\
        run(work=1)\nprint('loop')\n";
    let expected = "import asyncio as zq0\n\ndef run(work, loop=None):\n    return zq0.run(work)\n\n\
        run(work=1)\nprint('loop')\n";
    assert_eq!(renamed(code, &[]), (expected.to_owned(), 1));
}
