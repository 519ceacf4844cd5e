//! An `async def` in a cell that has grown into something other cells rely on.

use std::collections::BTreeSet;

use hashbrown::HashMap;

use super::Rule;
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::execution::{Bindings, CellKey, Run, Site};
use crate::python::{Kind, NameUse, Role};

const NAME: &str = "inline-async-helper";

pub(super) const RULE: Rule = Rule { name: NAME, check };

/// A helper of so many lines wants a test, even when one other cell uses it.
const LONG: usize = 20;

/// A toy calls no more functions than these.
const MOST_FUNCTIONS: usize = 100;

/// What a toy that shows how asyncio behaves is made of, beside asyncio itself.
const TOY_CALLS: [&str; 19] = [
    "time.time",
    "time.sleep",
    "time.perf_counter",
    "time.monotonic",
    "time.strftime",
    "time.ctime",
    "random.random",
    "random.uniform",
    "random.randint",
    "datetime.datetime.now",
    "builtins.print",
    "builtins.range",
    "builtins.len",
    "builtins.str",
    "builtins.int",
    "builtins.float",
    "builtins.repr",
    "builtins.id",
    "builtins.round",
];

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    let (reads, bindings) = (reads(run), Bindings::of(run));
    for site in run.sites() {
        if let Kind::FunctionDef { is_async: true, .. } = run.kind(site)
            && run.is_at_top(site)
            && let Some(reads) = reads.get(&site)
        {
            out.extend(diagnose(&bindings, site, reads));
        }
    }
}

/// The names that stand for a function where they are read, by its definition.
fn reads(run: &Run) -> HashMap<Site, Vec<Site>> {
    let mut reads: HashMap<Site, Vec<Site>> = HashMap::new();
    for site in run.sites() {
        if let Kind::Name { used: NameUse::Load } = run.kind(site) {
            for def in run.functions(site) {
                reads.entry(def).or_default().push(site);
            }
        }
    }
    reads
}

fn diagnose(bindings: &Bindings, def: Site, reads: &[Site]) -> Option<Diagnostic> {
    let run = bindings.run;
    let Kind::FunctionDef { name, .. } = run.kind(def) else { return None };
    if is_exported(run, def.cell) {
        return None;
    }
    // What takes nothing and is used once is what the notebook does, cut off from its cell: an entry point.
    if reads.len() < 2 && run.child(def, Role::Param).is_none() {
        return None;
    }
    let cells = reads.iter().map(|read| read.cell).filter(|cell| *cell > def.cell);
    let users: BTreeSet<CellKey> = cells.collect();
    let lines = run.source_of(def).lines().count();
    let key = match users.len() {
        0 => return None,
        1 if lines < LONG => return None,
        1 => "long",
        _ => "shared",
    };
    if statements(run, def) <= 2 || is_toy(bindings, def, &mut BTreeSet::new()) {
        return None;
    }
    let function = run.tree(def.cell).text(*name);
    let mut found = Diagnostic::new(NAME, Severity::Hint, run.span_of(def.cell, *name), key)
        .with("function", function)
        .with("lines", lines)
        .with("cells", users.len());
    for cell in users.iter().filter_map(|cell| run.cell_of(*cell)).take(4) {
        found.note(Message::new(NAME, "used-here").at_cell(cell), None);
    }
    found.patterns.push("module");
    // Of two definitions nobody knows which one is meant.
    if run.global(function).len() == 1 {
        found.fixes.push(by_command(function));
    }
    Some(found)
}

/// A module is another file, which no edit of a cell can make: `nbasync extract` does.
fn by_command(function: &str) -> Fix {
    Fix {
        title: Message::new(NAME, "fix-extract").with("function", function),
        pattern: "module",
        applicability: Applicability::DisplayOnly,
        edits: Vec::new(),
        reasons: Vec::new(),
        tradeoffs: Vec::new(),
    }
}

/// Statements of the body, a docstring not counted.
fn statements(run: &Run, def: Site) -> usize {
    let is_docstring = |site: &Site| {
        matches!(run.kind(*site), Kind::Expression)
            && run.child(*site, Role::Value).is_some_and(|it| matches!(run.kind(it), Kind::Str))
    };
    let inside = run
        .descendants(def)
        .filter(|site| run.tree(site.cell).is_statement(site.node) && !is_docstring(site));
    inside.count()
}

/// Whether nbdev exports the cell to a module already.
///
/// Source: nbdev's `#| export` directives.
fn is_exported(run: &Run, cell: CellKey) -> bool {
    let source = run.tree(cell).source();
    source.lines().take_while(|line| line.starts_with('#') || line.trim().is_empty()).any(|line| {
        let words = line.trim_start_matches('#').trim_start_matches([' ', '|']).trim();
        line.contains('|') && (words.starts_with("export") || words.starts_with("exec_doc"))
    })
}

/// A body that sleeps, prints, computes and returns, and calls nothing else than its like.
fn is_toy(bindings: &Bindings, def: Site, seen: &mut BTreeSet<Site>) -> bool {
    let run = bindings.run;
    if !seen.insert(def) {
        return true;
    }
    if seen.len() > MOST_FUNCTIONS {
        return false;
    }
    let is_plain = |site: Site| match run.kind(site) {
        Kind::For { is_async: true } | Kind::Clause { is_async: true } => false,
        Kind::WithItem => {
            let path = run.child(site, Role::Context).and_then(|it| run.path(it));
            path.is_some_and(|path| is_toy_call(&path))
        }
        _ => true,
    };
    let is_call = |site: &Site| matches!(run.kind(*site), Kind::Call);
    run.descendants(def).all(is_plain)
        && run.body_of(def).filter(is_call).all(|call| {
            let Some(func) = run.child(call, Role::Func) else { return false };
            if let Some(path) = run.path(func) {
                return is_toy_call(&path);
            }
            if let Some(class) = run.class(func) {
                let mut bases = run.children_in(class, Role::Base).filter_map(|it| run.path(it));
                return bases.any(|path| is_exception(&path));
            }
            let functions = run.functions(func);
            if functions.is_empty() {
                // A module that the notebook gets by a star import.
                return !bindings.binds(run.root(func)) && is_toy_call(run.callee(call));
            }
            functions.into_iter().all(|def| is_toy(bindings, def, seen))
        })
}

/// asyncio's own tools, but not its subprocesses and sockets, which do real work.
fn is_toy_call(path: &str) -> bool {
    let real_work = ["subprocess", "connection", "server", "to_thread", "executor"];
    let plain = path.strip_prefix("builtins.").unwrap_or(path).trim_end_matches("()");
    let is_asyncio =
        plain.starts_with("asyncio.") && !real_work.iter().any(|word| plain.contains(word));
    is_asyncio || TOY_CALLS.contains(&path) || TOY_CALLS.contains(&plain) || is_exception(path)
}

fn is_exception(path: &str) -> bool {
    path.strip_prefix("builtins.").is_some_and(|name| {
        name.ends_with("Error") || name.ends_with("Exception") || name == "ExceptionGroup"
    })
}
