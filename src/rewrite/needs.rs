//! What a statement needs of the notebook's names, and what each statement binds.

use std::collections::BTreeMap;

use crate::execution::{Run, Site};
use crate::index::{How, TOP};
use crate::python::{Kind, NameUse, Role};

/// A name of the notebook's top level that a statement reads or changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need<'f> {
    pub name: &'f str,
    pub site: Site,
    /// Whether the name is looked up when the statement itself runs, not when a function that it
    /// defines is called.
    pub eager: bool,
    /// Whether a function gives the name another value.
    pub rebinds: bool,
}

/// A place that gives a name of the notebook's top level a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// The cell's own statement that holds the place.
    pub statement: Site,
    pub site: Site,
    pub how: How,
    /// Whether it happens when some function is called.
    pub deferred: bool,
}

/// Every name of the notebook's top level.
#[derive(Debug, Default)]
pub struct Names<'f> {
    by_name: BTreeMap<&'f str, Vec<Bound>>,
    by_statement: BTreeMap<Site, Vec<&'f str>>,
}

impl<'f> Names<'f> {
    /// Gathers the names.
    pub fn of(run: &'f Run) -> Self {
        let mut names = Self::default();
        for (name, bindings) in run.globals() {
            for (cell, binding) in bindings {
                let site = Site { cell: *cell, node: binding.node };
                let statement = top_statement(run, site);
                let deferred = run.owner(site).is_some();
                let how = binding.how.clone();
                let bound = Bound { statement, site, how, deferred };
                names.by_name.entry(name).or_default().push(bound);
                let of_statement = names.by_statement.entry(statement).or_default();
                if !deferred && !of_statement.contains(&name) {
                    of_statement.push(name);
                }
            }
        }
        for list in names.by_statement.values_mut() {
            list.sort_unstable();
        }
        names
    }

    /// The places that bind `name`, in order.
    pub fn bound(&self, name: &str) -> &[Bound] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// The names that a cell's own statement binds when it runs, sorted.
    pub fn of_statement(&self, statement: Site) -> &[&'f str] {
        self.by_statement.get(&statement).map_or(&[], Vec::as_slice)
    }

    /// All names, sorted.
    pub fn all(&self) -> impl Iterator<Item = &'f str> {
        self.by_name.keys().copied()
    }
}

/// The cell's own statement that holds `site`.
pub fn top_statement(run: &Run, site: Site) -> Site {
    run.ancestors(site).last().unwrap_or(site)
}

/// The names that `statement` needs, in order, each place once.
pub fn needs<'f>(run: &'f Run, statement: Site) -> Vec<Need<'f>> {
    let mut found = Vec::new();
    for site in std::iter::once(statement).chain(run.descendants(statement)) {
        match run.kind(site) {
            Kind::Name { used } if run.binding_scope(site) == TOP => {
                let in_function = run.owner(site).is_some();
                let reads = *used == NameUse::Load;
                if reads || in_function {
                    let eager = is_eager(run, statement, site);
                    let name = run.source_of(site);
                    found.push(Need { name, site, eager, rebinds: !reads });
                }
            }
            Kind::Global { names } => {
                let tree = run.tree(site.cell);
                let need = |name| Need { name, site, eager: false, rebinds: true };
                found.extend(names.iter().map(|range| need(tree.text(*range))));
            }
            _ => {}
        }
    }
    found
}

fn is_eager(run: &Run, statement: Site, site: Site) -> bool {
    let mut inner = site;
    for outer in run.ancestors(site) {
        let function = matches!(run.kind(outer), Kind::FunctionDef { .. } | Kind::Lambda);
        if function && run.role(inner) == Role::Body {
            return false;
        }
        if outer == statement {
            break;
        }
        inner = outer;
    }
    true
}
