//! The names of a cell that a skeleton takes in: what it calls, over what, and with which client.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Surroundings, read_cells};
use crate::execution::{Call, CellKey, Meaning, Run, Site};
use crate::index::{How, ReadCell, names_of};
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
    known: &[Arc<ReadCell>],
    cell: CellIndex,
) -> Names {
    let tables = surroundings.tables(tables);
    let environment = surroundings.environment(notebook);
    let cells = read_cells(notebook, known);
    let run = Run::of(names_of(&cells), Arc::clone(&surroundings.modules), tables, environment);
    let cell = run.key_of(cell);
    let mut names = Names::new();
    names.extend(coroutine(&run, cell));
    names.extend(blocking(&run, cell));
    names.extend(client(&run, cell));
    names
}

/// An end's skeleton with the names of a cell; with the chooser's own where those make no Python.
pub fn skeleton(chooser: &Chooser, end: &End, names: &Names) -> Option<String> {
    let filled = chooser.skeleton(end, names)?;
    if python::is_valid(&filled) { Some(filled) } else { chooser.skeleton(end, &Names::new()) }
}

/// The coroutine function that the cell calls, or else the last one that it defines.
fn coroutine(run: &Run, cell: CellKey) -> Names {
    let calls = run.calls_of_cell(cell).iter();
    let calls: Vec<&Call> = calls.filter(|call| makes_own_coroutine(run, call)).collect();
    let written = |call: &&&Call| fits(run.source_of(call.site));
    let turn = |call: &Call| Some((text(run, call.site)?, repeated(run, call.site)?));
    let each = calls.iter().find_map(|call| turn(call));
    let in_loop = |site: Site| run.tree(site.cell).loop_around(site.node).is_some();
    let once = calls.iter().filter(|call| !in_loop(call.site)).find(written);
    let called = calls.first().and_then(|call| plain_name(run, call));
    let defined = || {
        run.functions_defined().iter().rev().find(|it| {
            it.site.cell == cell
                && it.is_coroutine_function()
                && it.outer.is_none()
                && it.class.is_none()
        })
    };
    let function = called.or_else(|| defined().map(|function| function.name.clone()));
    let mut names = Names::new();
    let signature = function.as_ref().and_then(|name| signature(run, name));
    let by_signature = signature.as_ref().map(|(call, _)| call.clone());
    if let Some(call) = once.and_then(|call| text(run, call.site)).or(by_signature) {
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
fn makes_own_coroutine(run: &Run, call: &Call) -> bool {
    let own = call.callee.path().is_none_or(|path| {
        !["asyncio.", "anyio.", "trio."].iter().any(|module| path.starts_with(module))
    });
    own && run.is_coroutine(call.site) && is_dotted(run.callee(call.site))
}

/// The function that is called, where a bare name stands for it.
fn plain_name(run: &Run, call: &Call) -> Option<String> {
    let name = run.callee(call.site);
    (!name.contains('.')).then(|| name.to_owned())
}

/// A call of a function of the notebook with its own parameters, and the one that changes from
/// call to call: the last. `None` for a function without parameters, or one that is not known.
fn signature(run: &Run, name: &str) -> Option<(String, String)> {
    let function = run.functions_defined().iter().rev().find(|function| {
        function.name == name && function.class.is_none() && function.outer.is_none()
    })?;
    let tree = run.tree(function.site.cell);
    let required = run.children_in(function.site, Role::Param).filter_map(|param| {
        let Kind::Param { name } = run.kind(param) else { return None };
        let starred = tree.source().get(..name.start).is_some_and(|before| before.ends_with('*'));
        let given = starred || run.child(param, Role::Default).is_some();
        (!given).then(|| tree.text(*name).to_owned())
    });
    let required: Vec<String> = required.collect();
    let last = required.last()?.clone();
    Some((format!("{name}({})", required.join(", ")), last))
}

/// What the loop around a call binds in each turn, and over what it runs.
fn repeated(run: &Run, call: Site) -> Option<(String, String)> {
    let around = Site { node: run.tree(call.cell).loop_around(call.node)?, ..call };
    let holder = match run.kind(around) {
        Kind::For { is_async: false } => around,
        Kind::Comprehension { .. } => {
            let clauses: Vec<Site> = run.children_in(around, Role::Clause).collect();
            match clauses.as_slice() {
                [clause] if matches!(run.kind(*clause), Kind::Clause { is_async: false }) => {
                    *clause
                }
                _ => return None,
            }
        }
        _ => return None,
    };
    let item = run.child(holder, Role::Target)?;
    let items = run.child(holder, Role::Iter)?;
    Some((text(run, item)?, text(run, items)?))
}

/// The first call that blocks, as a thread takes it.
fn blocking(run: &Run, cell: CellKey) -> Names {
    let blocks = |call: &&Call| {
        let path = call.callee.path();
        let entry = path.and_then(|path| run.tables().blocking(path));
        entry.is_some_and(|entry| !matches!(entry.kind, BlockingKind::Sleep | BlockingKind::Input))
            && is_dotted(run.callee(call.site))
    };
    let calls: Vec<&Call> = run.calls_of_cell(cell).iter().filter(blocks).collect();
    let mut names = Names::new();
    let Some(first) = calls.first() else { return names };
    let in_thread = |call: &Call| {
        let given = run.children_in(call.site, Role::Arg);
        let given = given.chain(run.children_in(call.site, Role::Keyword));
        let mut parts = vec![run.callee(call.site).to_owned()];
        parts.extend(given.map(|part| run.source_of(part).to_owned()));
        Some(parts.join(", ")).filter(|text| fits(text))
    };
    names.extend(in_thread(first).map(|text| ("in-thread", text)));
    let turn = |call: &&Call| Some((in_thread(call)?, repeated(run, call.site)?));
    match calls.iter().find_map(turn) {
        Some((call, (item, items))) => names.extend([
            ("each-in-thread", call),
            ("blocking-item", item),
            ("blocking-items", items),
        ]),
        None => {
            let callee = run.callee(first.site);
            names.insert("each-in-thread", format!("{callee}, path"));
        }
    }
    names
}

/// The first async client that the cell uses, how it is made, and a call that uses it.
fn client(run: &Run, cell: CellKey) -> Names {
    let is_load = |site: &Site| matches!(run.kind(*site), Kind::Name { used: NameUse::Load });
    let mut sites = run.sites().filter(|site| site.cell == cell).filter(is_load);
    let found = sites.find_map(|site| {
        let Meaning::Path(path) = run.meaning(site) else { return None };
        let maker = path.strip_suffix("()")?;
        let is_own = ["asyncio.", "anyio.", "contextlib."].iter().any(|it| maker.starts_with(it));
        let made =
            made_by(run, site).filter(|_| run.tables().is_async_manager(maker) && !is_own)?;
        let func = run.child(made, Role::Func)?;
        let root = Site { node: run.tree(func.cell).root(func.node), ..func };
        let import = import_of(run, root)?;
        let name = run.source_of(site).to_owned();
        Some([
            ("client-call", use_of(run, cell, &name)?),
            ("client", name),
            ("open", text(run, made)?),
            ("open-import", import),
        ])
    });
    found.into_iter().flatten().collect()
}

/// The call that makes the object which a name stands for: assigned, or entered by `with`.
fn made_by(run: &Run, name: Site) -> Option<Site> {
    let bindings = run.bindings(name);
    let [(cell, binding)] = bindings.as_slice() else { return None };
    let (How::Value(node) | How::Enter(node)) = binding.how else { return None };
    let made = Site { cell: *cell, node };
    matches!(run.kind(made), Kind::Call).then_some(made)
}

/// A coroutine that takes the client as an argument, or one of its own.
fn use_of(run: &Run, cell: CellKey, client: &str) -> Option<String> {
    let takes = |call: &&Call| {
        run.children_in(call.site, Role::Arg).any(|argument| run.source_of(argument) == client)
    };
    let own = |call: &&Call| {
        let func = run.child(call.site, Role::Func);
        let object = func.and_then(|func| run.child(func, Role::Value));
        object.is_some_and(|object| run.source_of(object) == client)
    };
    let calls: Vec<&Call> =
        run.calls_of_cell(cell).iter().filter(|call| run.is_coroutine(call.site)).collect();
    let found = calls
        .iter()
        .copied()
        .find(|call| takes(call))
        .or_else(|| calls.iter().copied().find(|call| own(call)));
    text(run, found?.site)
}

/// The statement that imports what the name at `root` stands for.
fn import_of(run: &Run, root: Site) -> Option<String> {
    let name = run.source_of(root);
    let bindings = run.bindings(root);
    let (_, binding) = bindings.first()?;
    let How::Import(path) = &binding.how else { return None };
    Some(match path.rsplit_once('.') {
        _ if path == name => format!("import {name}"),
        Some((module, last)) if last == name => format!("from {module} import {name}"),
        _ => format!("import {path} as {name}"),
    })
}

fn text(run: &Run, site: Site) -> Option<String> {
    Some(run.source_of(site)).filter(|text| fits(text)).map(str::to_owned)
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
