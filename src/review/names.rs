//! The names of a cell that a skeleton takes in: what it calls, over what, and with which client.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Surroundings, environment_of, read_cells};
use crate::facts::{Call, CellFacts, Facts, How, Site, Value};
use crate::knowledge::{BlockingKind, Chooser, End, Tables};
use crate::notebook::Notebook;
use crate::python::{self, Kind, NameUse, Role};
use crate::text::CellIndex;

/// Columns of a piece of code that still fits a skeleton.
const WIDTH: usize = 48;

/// What stands for the `{names}` of a skeleton.
pub type Names = HashMap<&'static str, String>;

/// The names that `cell` has for a skeleton, as far as the notebook shows what they are. `known`
/// are cells that were read before.
pub fn names(
    notebook: &Notebook,
    tables: &Tables,
    surroundings: &Surroundings,
    known: &[Arc<CellFacts>],
    cell: CellIndex,
) -> Names {
    let tables = surroundings.tables(tables);
    let environment = surroundings.settings.environment(environment_of(notebook));
    let cells = read_cells(notebook, known);
    let facts = Facts::join(cells, tables, environment, Arc::clone(&surroundings.modules));
    let mut names = Names::new();
    names.extend(coroutine(&facts, cell));
    names.extend(blocking(&facts, cell));
    names.extend(client(&facts, cell));
    names
}

/// An end's skeleton with the names of a cell; with the chooser's own where those make no Python.
pub fn skeleton(chooser: &Chooser, end: &End, names: &Names) -> Option<String> {
    let filled = chooser.skeleton(end, names)?;
    if python::is_valid(&filled) { Some(filled) } else { chooser.skeleton(end, &Names::new()) }
}

/// The coroutine function that the cell calls, or else the last one that it defines.
fn coroutine(facts: &Facts, cell: CellIndex) -> Names {
    let calls = facts.calls_of_cell(cell).iter();
    let calls: Vec<&Call> = calls.filter(|call| makes_own_coroutine(facts, call)).collect();
    let written = |call: &&&Call| fits(facts.source_of(call.site));
    let turn = |call: &Call| Some((text(facts, call.site)?, repeated(facts, call.site)?));
    let each = calls.iter().find_map(|call| turn(call));
    let in_loop = |site: Site| facts.tree(site.cell).loop_around(site.node).is_some();
    let once = calls.iter().filter(|call| !in_loop(call.site)).find(written);
    let called = calls.first().and_then(|call| plain_name(facts, call));
    let defined = || {
        facts.functions().iter().rev().find(|it| {
            it.site.cell == cell
                && it.is_coroutine_function()
                && it.outer.is_none()
                && it.class.is_none()
        })
    };
    let function = called.or_else(|| defined().map(|function| function.name.clone()));
    let mut names = Names::new();
    let signature = function.as_ref().and_then(|name| signature(facts, name));
    let by_signature = signature.as_ref().map(|(call, _)| call.clone());
    if let Some(call) = once.and_then(|call| text(facts, call.site)).or(by_signature) {
        names.insert("call", call);
    }
    let by_signature = signature.map(|(call, item)| (call, (item.clone(), format!("{item}s"))));
    if let Some((call, (item, items))) = each.or(by_signature) {
        names.extend([("each", call), ("item", item), ("items", items)]);
    }
    names.extend(function.map(|name| ("function", name)));
    names
}

/// Whether a call makes a coroutine, and by something else than asyncio's own building blocks.
fn makes_own_coroutine(facts: &Facts, call: &Call) -> bool {
    let own = call.callee.path().is_none_or(|path| {
        !["asyncio.", "anyio.", "trio."].iter().any(|module| path.starts_with(module))
    });
    own && facts.is_coroutine(call.site) && is_dotted(facts.callee_text(call.site))
}

/// The function that is called, where a bare name stands for it.
fn plain_name(facts: &Facts, call: &Call) -> Option<String> {
    let name = facts.callee_text(call.site);
    (!name.contains('.')).then(|| name.to_owned())
}

/// A call of a function of the notebook with its own parameters, and the one that changes from
/// call to call: the last. `None` for a function without parameters, or one that is not known.
fn signature(facts: &Facts, name: &str) -> Option<(String, String)> {
    let function = facts.functions().iter().rev().find(|function| {
        function.name == name && function.class.is_none() && function.outer.is_none()
    })?;
    let tree = facts.tree(function.site.cell);
    let required = facts.children_in(function.site, Role::Param).filter_map(|param| {
        let Kind::Param { name } = facts.kind(param) else { return None };
        let starred = tree.source().get(..name.start).is_some_and(|before| before.ends_with('*'));
        let given = starred || facts.child(param, Role::Default).is_some();
        (!given).then(|| tree.text(*name).to_owned())
    });
    let required: Vec<String> = required.collect();
    let last = required.last()?.clone();
    Some((format!("{name}({})", required.join(", ")), last))
}

/// What the loop around a call binds in each turn, and over what it runs.
fn repeated(facts: &Facts, call: Site) -> Option<(String, String)> {
    let around = Site { node: facts.tree(call.cell).loop_around(call.node)?, ..call };
    let holder = match facts.kind(around) {
        Kind::For { is_async: false } => around,
        Kind::Comprehension { .. } => {
            let clauses: Vec<Site> = facts.children_in(around, Role::Clause).collect();
            match clauses.as_slice() {
                [clause] if matches!(facts.kind(*clause), Kind::Clause { is_async: false }) => {
                    *clause
                }
                _ => return None,
            }
        }
        _ => return None,
    };
    let item = facts.child(holder, Role::Target)?;
    let items = facts.child(holder, Role::Iter)?;
    Some((text(facts, item)?, text(facts, items)?))
}

/// The first call that blocks, as a thread takes it.
fn blocking(facts: &Facts, cell: CellIndex) -> Names {
    let blocks = |call: &&Call| {
        let path = call.callee.path();
        let entry = path.and_then(|path| facts.tables.blocking(path));
        entry.is_some_and(|entry| !matches!(entry.kind, BlockingKind::Sleep | BlockingKind::Input))
            && is_dotted(facts.callee_text(call.site))
    };
    let calls: Vec<&Call> = facts.calls_of_cell(cell).iter().filter(blocks).collect();
    let mut names = Names::new();
    let Some(first) = calls.first() else { return names };
    let in_thread = |call: &Call| {
        let given = facts.children_in(call.site, Role::Arg);
        let given = given.chain(facts.children_in(call.site, Role::Keyword));
        let mut parts = vec![facts.callee_text(call.site).to_owned()];
        parts.extend(given.map(|part| facts.source_of(part).to_owned()));
        Some(parts.join(", ")).filter(|text| fits(text))
    };
    names.extend(in_thread(first).map(|text| ("in-thread", text)));
    let turn = |call: &&Call| Some((in_thread(call)?, repeated(facts, call.site)?));
    match calls.iter().find_map(turn) {
        Some((call, (item, items))) => names.extend([
            ("each-in-thread", call),
            ("blocking-item", item),
            ("blocking-items", items),
        ]),
        None => {
            let callee = facts.callee_text(first.site);
            names.insert("each-in-thread", format!("{callee}, path"));
        }
    }
    names
}

/// The first async client that the cell uses, how it is made, and a call that uses it.
fn client(facts: &Facts, cell: CellIndex) -> Names {
    let is_load = |site: &Site| matches!(facts.kind(*site), Kind::Name { used: NameUse::Load });
    let mut sites = facts.sites().filter(|site| site.cell == cell).filter(is_load);
    let found = sites.find_map(|site| {
        let Value::Path(path) = facts.value(site) else { return None };
        let maker = path.strip_suffix("()")?;
        let is_own = ["asyncio.", "anyio.", "contextlib."].iter().any(|it| maker.starts_with(it));
        let made =
            made_by(facts, site).filter(|_| facts.tables.is_async_manager(maker) && !is_own)?;
        let func = facts.child(made, Role::Func)?;
        let root = Site { node: facts.tree(func.cell).root(func.node), ..func };
        let import = import_of(facts, root)?;
        let name = facts.source_of(site).to_owned();
        Some([
            ("client-call", use_of(facts, cell, &name)?),
            ("client", name),
            ("open", text(facts, made)?),
            ("open-import", import),
        ])
    });
    found.into_iter().flatten().collect()
}

/// The call that makes the object which a name stands for: assigned, or entered by `with`.
fn made_by(facts: &Facts, name: Site) -> Option<Site> {
    let bindings = facts.bindings(name);
    let [(cell, binding)] = bindings.as_slice() else { return None };
    let (How::Value(node) | How::Enter(node)) = binding.how else { return None };
    let made = Site { cell: *cell, node };
    matches!(facts.kind(made), Kind::Call).then_some(made)
}

/// A coroutine that takes the client as an argument, or one of its own.
fn use_of(facts: &Facts, cell: CellIndex, client: &str) -> Option<String> {
    let takes = |call: &&Call| {
        facts.children_in(call.site, Role::Arg).any(|argument| facts.source_of(argument) == client)
    };
    let own = |call: &&Call| {
        let func = facts.child(call.site, Role::Func);
        let object = func.and_then(|func| facts.child(func, Role::Value));
        object.is_some_and(|object| facts.source_of(object) == client)
    };
    let calls: Vec<&Call> =
        facts.calls_of_cell(cell).iter().filter(|call| facts.is_coroutine(call.site)).collect();
    let found = calls
        .iter()
        .copied()
        .find(|call| takes(call))
        .or_else(|| calls.iter().copied().find(|call| own(call)));
    text(facts, found?.site)
}

/// The statement that imports what the name at `root` stands for.
fn import_of(facts: &Facts, root: Site) -> Option<String> {
    let name = facts.source_of(root);
    let bindings = facts.bindings(root);
    let (_, binding) = bindings.first()?;
    let How::Import(path) = &binding.how else { return None };
    Some(match path.rsplit_once('.') {
        _ if path == name => format!("import {name}"),
        Some((module, last)) if last == name => format!("from {module} import {name}"),
        _ => format!("import {path} as {name}"),
    })
}

fn text(facts: &Facts, site: Site) -> Option<String> {
    Some(facts.source_of(site)).filter(|text| fits(text)).map(str::to_owned)
}

/// Whether a piece of code stands well on a line of a skeleton.
fn fits(text: &str) -> bool {
    !text.contains('\n') && text.chars().count() <= WIDTH
}

/// `a.b.c`, and nothing else.
fn is_dotted(text: &str) -> bool {
    let is_name = |part: &str| {
        !part.is_empty() && part.chars().all(|char| char.is_alphanumeric() || char == '_')
    };
    text.split('.').all(is_name)
}

#[cfg(test)]
mod tests;
