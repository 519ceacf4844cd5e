//! The name under which a cell knows a module, and the import that gives it one.

use crate::facts::{Facts, How, Site};
use crate::python::{Kind, Role};
use crate::text::{CellIndex, Edit};

/// The name that stands for `module` at `site`, with the edit that imports it where nothing does.
pub fn module_name(facts: &Facts, site: Site, module: &str) -> (String, Option<Edit>) {
    if let Some(name) = name_of_module(facts, site, module) {
        return (name, None);
    }
    (module.to_owned(), Some(import_at_top(facts, site.cell, module)))
}

/// The global name that an earlier statement, in this cell or one before, gives to `module`; where
/// cells run by what they need, that of any cell.
pub fn name_of_module(facts: &Facts, site: Site, module: &str) -> Option<String> {
    let by_need = facts.environment.host.runs_by_dependence();
    let binds = |other: &Site| {
        (by_need && other.cell != site.cell) || (other.cell, other.node) < (site.cell, site.node)
    };
    let is_module_s = |statement: &Site| !by_need || facts.owner(*statement).is_none();
    facts.imports().iter().copied().filter(binds).filter(is_module_s).find_map(|statement| {
        let Kind::Import { names } = facts.kind(statement) else { return None };
        let tree = facts.tree(statement.cell);
        let found = names.iter().find(|name| tree.text(name.name) == module)?;
        let bound = tree.text(found.alias.unwrap_or(found.name));
        let still = facts.global(bound).last()?;
        let same = matches!(&still.1.how, How::Import(path) if path == module);
        same.then(|| bound.to_owned())
    })
}

/// `import module` as the cell's first statement, below a docstring and `from __future__`.
fn import_at_top(facts: &Facts, cell: CellIndex, module: &str) -> Edit {
    let tree = facts.tree(cell);
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
    Edit::insert(cell, start, format!("import {module}\n"))
}
