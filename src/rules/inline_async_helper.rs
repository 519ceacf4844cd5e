//! An `async def` in a cell that has grown into something other cells rely on.

use std::collections::BTreeSet;

use super::{Check, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::facts::{Facts, FnId, Function, Value};
use crate::python::{Kind, Role};
use crate::text::CellIndex;

const NAME: &str = "inline-async-helper";

pub(super) const RULE: Rule = Rule { name: NAME, check: Check::Code(check) };

/// A helper of so many lines wants a test, even when one other cell uses it.
const LONG: usize = 20;

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

fn check(facts: &Facts, out: &mut Vec<Diagnostic>) {
    for (id, function) in facts.functions.iter().enumerate() {
        if function.is_async && function.class.is_none() && function.outer.is_none() {
            out.extend(diagnose(facts, FnId(id), function));
        }
    }
}

fn diagnose(facts: &Facts, id: FnId, function: &Function) -> Option<Diagnostic> {
    let Kind::FunctionDef { name, .. } = facts.kind(function.site) else { return None };
    if is_exported(facts, function.site.cell) {
        return None;
    }
    let reads = facts.reads_of_global(&function.name, function.site);
    // What takes nothing and is used once is what the notebook does, cut off from its cell: an entry point.
    if reads.len() < 2 && facts.children_in(function.site, Role::Param).next().is_none() {
        return None;
    }
    let users: BTreeSet<CellIndex> =
        reads.into_iter().map(|read| read.cell).filter(|cell| *cell > function.site.cell).collect();
    let lines = facts.source_of(function.site).lines().count();
    let statements = statements(facts, function);
    let key = match users.len() {
        0 => return None,
        1 if lines < LONG => return None,
        1 => "long",
        _ => "shared",
    };
    if statements <= 2 || is_toy(facts, id, &mut BTreeSet::new()) {
        return None;
    }
    let span = crate::text::Span::new(function.site.cell, *name);
    let mut found = Diagnostic::new(NAME, Severity::Hint, span, key)
        .with("function", &function.name)
        .with("lines", lines)
        .with("cells", users.len());
    for cell in users.iter().take(4) {
        found.note(Message::new(NAME, "used-here").with("cell", cell.number()), None);
    }
    found.patterns.push("module");
    // Of two definitions nobody knows which one is meant.
    if facts.global(&function.name).len() == 1 {
        found.fixes.push(by_command(function));
    }
    Some(found)
}

/// A module is another file, which no edit of a cell can make: `nbasync extract` does.
fn by_command(function: &Function) -> Fix {
    Fix {
        title: Message::new(NAME, "fix-extract").with("function", &function.name),
        pattern: "module",
        applicability: Applicability::DisplayOnly,
        edits: Vec::new(),
        reasons: Vec::new(),
        tradeoffs: Vec::new(),
    }
}

/// Statements of the body, a docstring not counted.
fn statements(facts: &Facts, function: &Function) -> usize {
    let is_docstring = |site: &crate::facts::Site| {
        matches!(facts.kind(*site), Kind::Expression)
            && facts.child(*site, Role::Value).is_some_and(|it| matches!(facts.kind(it), Kind::Str))
    };
    let inside = facts
        .descendants(function.site)
        .filter(|site| facts.tree(site.cell).is_statement(site.node) && !is_docstring(site));
    inside.count()
}

/// Whether nbdev exports the cell to a module already.
///
/// Source: nbdev's `#| export` directives.
fn is_exported(facts: &Facts, cell: CellIndex) -> bool {
    let source = facts.tree(cell).source();
    source.lines().take_while(|line| line.starts_with('#') || line.trim().is_empty()).any(|line| {
        let words = line.trim_start_matches('#').trim_start_matches([' ', '|']).trim();
        line.contains('|') && (words.starts_with("export") || words.starts_with("exec_doc"))
    })
}

/// A body that sleeps, prints, computes and returns, and calls nothing else than its like.
fn is_toy(facts: &Facts, id: FnId, seen: &mut BTreeSet<FnId>) -> bool {
    if !seen.insert(id) {
        return true;
    }
    let Some(function) = facts.function(id) else { return false };
    let iterates = facts.descendants(function.site).any(|site| {
        matches!(facts.kind(site), Kind::For { is_async: true } | Kind::Clause { is_async: true })
    });
    let enters_others = facts.descendants(function.site).any(|site| {
        matches!(facts.kind(site), Kind::WithItem)
            && !facts
                .child(site, Role::Context)
                .is_some_and(|it| facts.value(it).path().is_some_and(is_toy_call))
    });
    !iterates
        && !enters_others
        && facts.calls_in(Some(id)).all(|call| match &call.callee {
            Value::Path(path) => is_toy_call(path),
            Value::Function(callee) => is_toy(facts, *callee, seen),
            Value::Class(class) => facts.class(*class).is_some_and(|class| {
                class.bases.iter().any(|base| facts.value(*base).path().is_some_and(is_exception))
            }),
            _ => false,
        })
}

/// asyncio's own tools, but not its subprocesses and sockets, which do real work.
fn is_toy_call(path: &str) -> bool {
    let real_work = ["subprocess", "connection", "server", "to_thread", "executor"];
    // A module that the notebook gets by a star import reads as built in.
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
