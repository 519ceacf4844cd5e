//! Other files beside the notebook that use its functions.

use std::sync::Arc;

use crate::environment::Environment;
use crate::execution::{Run, Site, Stage, Stop, Usage, Use};
use crate::index::{ReadCell, names_of};
use crate::knowledge::Tables;
use crate::notebook::{Format, Notebook};
use crate::python::{Kind, NameUse};

/// Another file as it was found.
#[derive(Debug, Clone)]
pub struct User {
    /// The file, as people are told.
    pub path: String,
    pub notebook: Notebook,
}

/// How another file comes by the notebook's functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access<'a> {
    /// It imports the notebook, a script, as a module of this name.
    Module(&'a str),
    /// It runs the notebook or is run in it, and shares its names.
    Names,
}

/// The places where `user` uses one of `functions`.
pub fn uses(user: &User, access: Access<'_>, functions: &[String], tables: &Tables) -> Vec<Use> {
    let is_python = user.notebook.is_python();
    let read = |cell| Arc::new(ReadCell::of_cell(cell, is_python));
    let cells: Vec<Arc<ReadCell>> = user.notebook.cells.iter().map(read).collect();
    let is_notebook = user.notebook.format != Format::Script;
    let environment = Environment { is_script: !is_notebook, ..Environment::default() };
    let run = Stage::new(names_of(&cells), Arc::default(), tables, environment)
        .within(Stop::default())
        .run();
    if !run.ask() {
        return Vec::new();
    }
    let all_names = match access {
        Access::Module(module) => imports_all_of(&run, module),
        Access::Names => true,
    };
    let used = |site: Site| -> Option<Use> {
        let name = match access {
            Access::Module(module) => member_of(&run, site, module),
            Access::Names => None,
        };
        let name = name.or_else(|| unbound(&run, site).filter(|_| all_names))?;
        let known = functions.contains(&name) && !is_awaited(&run, site);
        let tree = run.tree(site.cell);
        known.then(|| Use {
            name,
            path: user.path.clone(),
            cell: is_notebook.then(|| run.position(site.cell).number()),
            line: tree.position(run.range(site).start).line,
        })
    };
    run.sites().filter_map(used).collect()
}

/// The function of `module` that the name or attribute at `site` stands for.
fn member_of(run: &Run, site: Site, module: &str) -> Option<String> {
    if !matches!(run.kind(site), Kind::Name { used: NameUse::Load } | Kind::Attribute { .. }) {
        return None;
    }
    let value = run.meaning(site);
    let member = value.path()?.strip_prefix(module)?.strip_prefix('.')?;
    (!member.contains(['.', '('])).then(|| member.to_owned())
}

/// A name that is read and bound nowhere in the file.
fn unbound(run: &Run, site: Site) -> Option<String> {
    let is_read = matches!(run.kind(site), Kind::Name { used: NameUse::Load });
    let free = is_read && run.bindings(site).is_empty();
    free.then(|| run.source_of(site).to_owned())
}

fn imports_all_of(run: &Run, module: &str) -> bool {
    run.sites().any(|site| {
        let Kind::ImportFrom { module: Some(from), level: 0, names } = run.kind(site) else {
            return false;
        };
        let tree = run.tree(site.cell);
        tree.text(*from) == module && names.iter().any(|it| tree.text(it.name) == "*")
    })
}

/// Whether the call of what stands at `site` is awaited already.
fn is_awaited(run: &Run, site: Site) -> bool {
    let call = run.parent(site).filter(|up| matches!(run.kind(*up), Kind::Call));
    call.is_some_and(|call| run.usage(call) == Usage::Awaited)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::{FreshCell, ipynb_of, parse_ipynb, parse_script};

    fn found(notebook: Notebook, access: Access<'_>) -> Vec<(Option<usize>, usize)> {
        let user = User { path: "other".to_owned(), notebook };
        let functions = ["get".to_owned()];
        let uses = uses(&user, access, &functions, &Tables::default());
        uses.into_iter().map(|found| (found.cell, found.line)).collect()
    }

    fn script(source: &str) -> Notebook {
        parse_script(source).unwrap()
    }

    #[test]
    fn an_importing_module_uses_a_function_by_each_of_its_names() {
        let module = Access::Module("report");
        let source = "import report as r\nfrom report import get as g\n\ndef f():\n    return r.get(), map(g, [1])\n";
        assert_eq!(found(script(source), module), [(None, 5), (None, 5)]);
        assert_eq!(found(script("from report import *\nget()\n"), module), [(None, 2)]);
    }

    #[test]
    fn other_names_and_awaited_calls_are_no_use() {
        let module = Access::Module("report");
        assert_eq!(found(script("from other import get\nget()\n"), module), []);
        assert_eq!(found(script("def get(): ...\nget()\n"), Access::Names), []);
        let source = "from report import get\nasync def f():\n    await get()\n";
        assert_eq!(found(script(source), module), []);
    }

    #[test]
    fn a_notebook_that_runs_this_one_shares_its_names() {
        let cells = ["%run report.ipynb", "x = 1\nrows = get()"].map(FreshCell::code);
        let notebook = parse_ipynb(ipynb_of(&cells)).unwrap();
        assert_eq!(found(notebook, Access::Names), [(Some(2), 2)]);
    }
}
