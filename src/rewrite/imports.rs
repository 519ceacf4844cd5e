//! The name under which a cell knows a module, and the import that gives it one.

use crate::execution::{CellKey, Run, Site};
use crate::index::How;
use crate::python::{Kind, Role};
use crate::text::Edit;

/// The name that stands for `module` at `site`, with the edit that imports it where nothing does.
pub fn module_name(run: &Run, site: Site, module: &str) -> (String, Option<Edit>) {
    if let Some(name) = name_of_module(run, site, module) {
        return (name, None);
    }
    (module.to_owned(), Some(import_at_top(run, site.cell, module)))
}

/// The global name that an earlier statement, in this cell or one before, gives to `module`; where
/// cells run by what they need, that of any cell.
pub fn name_of_module(run: &Run, site: Site, module: &str) -> Option<String> {
    let by_need = run.environment().host.runs_by_dependence();
    let binds = |other: &Site| {
        (by_need && other.cell != site.cell) || (other.cell, other.node) < (site.cell, site.node)
    };
    let is_module_s = |statement: &Site| !by_need || run.owner(*statement).is_none();
    run.imports().iter().copied().filter(binds).filter(is_module_s).find_map(|statement| {
        let Kind::Import { names } = run.kind(statement) else { return None };
        let tree = run.tree(statement.cell);
        let found = names.iter().find(|name| tree.text(name.name) == module)?;
        let bound = tree.text(found.alias.unwrap_or(found.name));
        let still = run.global(bound).last()?;
        let same = matches!(&still.1.how, How::Import(path) if path == module);
        same.then(|| bound.to_owned())
    })
}

/// `import module` as the cell's first statement, below a docstring and `from __future__`.
fn import_at_top(run: &Run, cell: CellKey, module: &str) -> Edit {
    let tree = run.tree(cell);
    let mut before = None;
    for node in tree.statements() {
        let is_future = matches!(tree.kind(node), Kind::ImportFrom { module: Some(name), .. }
            if tree.text(*name) == "__future__");
        let is_docstring = matches!(tree.kind(node), Kind::Expression)
            && tree
                .child(node, Role::Value)
                .is_some_and(|value| matches!(tree.kind(value), Kind::Str));
        if !is_future && !is_docstring && !matches!(tree.kind(node), Kind::Escape { .. }) {
            before = Some(node);
            break;
        }
    }
    let start = before.map_or(tree.source().len(), |node| tree.range(node).start);
    Edit::insert(run.position(cell), start, format!("import {module}\n"))
}
