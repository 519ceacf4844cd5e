//! The imports that a module needs, written anew: one name each, merged by module.

use std::collections::{BTreeMap, BTreeSet};

use super::closure::Closure;
use crate::execution::{Run, Site};
use crate::python::Kind;

/// `import module as alias`, or `from module import name as alias`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Import {
    pub module: String,
    /// `None` for a plain `import`.
    pub name: Option<String>,
    pub alias: Option<String>,
}

impl Import {
    /// The name that the import binds.
    pub fn binds(&self) -> &str {
        let whole = self.name.as_deref().unwrap_or(&self.module);
        let top = || whole.split('.').next().unwrap_or_default();
        self.alias.as_deref().unwrap_or_else(|| if self.name.is_some() { whole } else { top() })
    }
}

/// The imports that the import statement at `site` makes.
pub(super) fn of_statement(run: &Run, site: Site) -> Vec<Import> {
    let tree = run.tree(site.cell);
    let compact = |text: &str| -> String {
        text.chars().filter(|char| !char.is_whitespace() && *char != '\\').collect()
    };
    let alias = |alias: Option<_>| alias.map(|range| tree.text(range).to_owned());
    match run.kind(site) {
        Kind::Import { names } => {
            let import = |name: &crate::python::ImportedName| Import {
                module: compact(tree.text(name.name)),
                name: None,
                alias: alias(name.alias),
            };
            names.iter().map(import).collect()
        }
        Kind::ImportFrom { module, level, names } => {
            let module = module.map(|range| compact(tree.text(range))).unwrap_or_default();
            let module = format!("{}{module}", ".".repeat(*level as usize));
            let import = |name: &crate::python::ImportedName| Import {
                module: module.clone(),
                name: Some(tree.text(name.name).to_owned()),
                alias: alias(name.alias),
            };
            names.iter().map(import).collect()
        }
        _ => Vec::new(),
    }
}

/// The imports that bind the names which the helpers need, in the notebook's order.
pub(super) fn needed(run: &Run, closure: &Closure) -> Vec<Import> {
    let mut found: Vec<(Site, Import)> = Vec::new();
    for (name, statements) in &closure.imports {
        for site in statements {
            let own = of_statement(run, *site).into_iter().filter(|it| it.binds() == name);
            for import in own {
                if !found.iter().any(|(_, other)| *other == import) {
                    found.push((*site, import));
                }
            }
        }
    }
    found.sort();
    found.into_iter().map(|(_, import)| import).collect()
}

/// The names that the notebook imports from `__future__` at or before the helpers: IPython keeps
/// them in force for the cells that follow.
///
/// Source: `codeop.Compile`, which IPython's compiler extends, remembers future statements.
pub(super) fn futures(run: &Run, closure: &Closure) -> BTreeSet<String> {
    let Some((last, _)) = closure.moved.last_key_value() else { return BTreeSet::new() };
    let statements = run.sites().take_while(|site| site <= last);
    let imports = statements.flat_map(|site| of_statement(run, site));
    imports.filter(|import| import.module == "__future__").filter_map(|it| it.name).collect()
}

/// The imports as lines; those from one module share a line.
pub(super) fn lines(imports: &[Import]) -> Vec<String> {
    let part = |name: &str, alias: &Option<String>| match alias {
        Some(alias) => format!("{name} as {alias}"),
        None => name.to_owned(),
    };
    let mut lines: Vec<String> = Vec::new();
    let mut of_module: BTreeMap<&str, usize> = BTreeMap::new();
    for Import { module, name, alias } in imports {
        let Some(name) = name else {
            lines.push(format!("import {}", part(module, alias)));
            continue;
        };
        match of_module.get(module.as_str()).and_then(|at| lines.get_mut(*at)) {
            Some(line) => line.push_str(&format!(", {}", part(name, alias))),
            None => {
                of_module.insert(module, lines.len());
                lines.push(format!("from {module} import {}", part(name, alias)));
            }
        }
    }
    lines
}
