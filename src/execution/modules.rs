//! The user's own modules beside the notebook: which of their functions are coroutine functions,
//! and which start an event loop.

use hashbrown::HashSet;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::definitions::Wrapping;
use super::event::{EventKind, Thread};
use super::reading::Run;
use super::value::Site;
use crate::environment::Environment;
use crate::index::{Index, ReadCell, script_of};
use crate::knowledge::Tables;
use crate::notebook::Notebook;
use crate::python::{self, Kind, NodeId};

/// A module's text as it was found beside the notebook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleSource {
    /// The dotted name under which a cell imports it, or a script's path as `%run` names it.
    pub name: String,
    /// The file, as people are told.
    pub path: String,
    pub source: String,
}

/// A module beside the notebook, as it was read.
#[derive(Debug, Clone)]
pub struct Module {
    /// The dotted name under which a cell imports it.
    pub name: String,
    /// The file, as people are told.
    pub path: String,
    pub index: Arc<Index>,
}

/// A place in another file that uses a function of the notebook and does not await it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The function's name.
    pub name: String,
    /// The other file, as people are told.
    pub path: String,
    /// The cell, from 1, where the file is a notebook.
    pub cell: Option<usize>,
    /// The line in the file or cell, from 1.
    pub line: usize,
}

/// What is known of the modules beside the notebook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Modules {
    /// Full paths: `helpers.fetch`, `helpers.Client().get`.
    coroutines: HashSet<String>,
    at_import: BTreeMap<String, LoopStart>,
    as_script: BTreeMap<String, LoopStart>,
    users: Vec<Use>,
    /// The modules themselves, as a run takes them.
    read: Read,
}

/// Modules as they were read; two are the same when their texts are.
#[derive(Debug, Clone, Default)]
struct Read(Vec<Module>);

impl PartialEq for Read {
    fn eq(&self, other: &Self) -> bool {
        let texts = |it: &Self| -> Vec<(String, String)> {
            let text = |module: &Module| {
                (module.name.clone(), module.index.syntax.tree.source().to_owned())
            };
            it.0.iter().map(text).collect()
        };
        texts(self) == texts(other)
    }
}

impl Eq for Read {}

/// A place in a module that starts an event loop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoopStart {
    /// The module's file.
    pub path: String,
    /// From 1.
    pub line: usize,
    /// The call as written there.
    pub call: String,
}

impl Modules {
    /// Reads the modules.
    pub fn read(sources: &[ModuleSource], tables: &Tables) -> Self {
        let mut modules = Self::default();
        for source in sources {
            modules.add(source, tables);
        }
        modules
    }

    /// Whether there are none, and nobody uses the notebook's functions.
    pub fn is_empty(&self) -> bool {
        self.read.0.is_empty() && self.users.is_empty()
    }

    /// Adds the places in other files that use the notebook's own functions.
    #[must_use]
    pub fn with_users(self, users: Vec<Use>) -> Self {
        Self { users, ..self }
    }

    /// Where other files use the notebook's function `name`.
    pub fn uses_of<'m>(&'m self, name: &'m str) -> impl Iterator<Item = &'m Use> {
        self.users.iter().filter(move |found| found.name == name)
    }

    /// The modules as a run takes them.
    pub fn sources(&self) -> &[Module] {
        &self.read.0
    }

    /// Whether `path` is a coroutine function of one of the modules.
    pub fn is_coroutine_function(&self, path: &str) -> bool {
        self.coroutines.contains(path)
    }

    /// Where importing the module `name` starts a loop.
    pub fn at_import(&self, name: &str) -> Option<&LoopStart> {
        self.at_import.get(name)
    }

    /// Where running the file `name` as a script starts a loop.
    pub fn as_script(&self, name: &str) -> Option<&LoopStart> {
        self.as_script.get(name)
    }

    fn add(&mut self, module: &ModuleSource, tables: &Tables) {
        let index = Arc::new(Index::of(Arc::new(python::parse(&module.source))));
        // As a kernel runs the file.
        let run = Run::of([Arc::clone(&index)], Arc::default(), tables, Environment::default());
        let defs = run.sites().filter(|site| is_coroutine_function(&run, &index, *site));
        let paths = defs.filter_map(|def| run.path_as_of(&module.name, def));
        self.coroutines.extend(paths);
        let refused = run.events().iter().filter(|event| {
            matches!(event.kind, EventKind::LoopRefused { .. })
                && event.context.thread == Thread::Kernel
                && !event.is_caught
        });
        for event in refused {
            let start = LoopStart {
                path: module.path.clone(),
                line: run.line(event.site),
                call: run.callee(event.site).to_owned(),
            };
            // An import skips what stands under `if __name__ == "__main__":`.
            if !index.syntax.tree.is_under_main_guard(run.begun_at(event).node) {
                self.at_import.entry(module.name.clone()).or_insert_with(|| start.clone());
            }
            self.as_script.entry(module.name.clone()).or_insert(start);
        }
        let (name, path) = (module.name.clone(), module.path.clone());
        self.read.0.push(Module { name, path, index });
    }
}

/// Whether a module or a class of it defines a coroutine function there that its decorators leave
/// one.
fn is_coroutine_function(run: &Run, index: &Index, def: Site) -> bool {
    let is_async = matches!(run.kind(def), Kind::FunctionDef { is_async: true, .. });
    is_async
        && index.owner(def.node).is_none()
        && !run.is_generator(def)
        && run.wrapping(def) == Wrapping::Transparent
}

/// The modules that the cells import and the scripts that they `%run`, as names to look for
/// beside the notebook.
pub fn wanted(cells: &[Arc<ReadCell>]) -> (Vec<String>, Vec<String>) {
    let (mut modules, mut scripts) = (BTreeSet::new(), BTreeSet::new());
    for wanted in cells.iter().map(|cell| cell.wanted()) {
        modules.extend(wanted.modules.iter().map(|it| &**it));
        scripts.extend(wanted.scripts.iter().map(|it| &**it));
    }
    let list = |all: BTreeSet<&str>| all.into_iter().map(str::to_owned).collect();
    (list(modules), list(scripts))
}

/// The scripts that a notebook runs with its own names, by `%run -i`.
pub fn run_with_names(notebook: &Notebook) -> Vec<String> {
    let lines = run_lines(notebook).into_iter();
    let shared = lines.filter(|line| line.split_whitespace().any(|word| word == "-i"));
    shared.filter_map(|line| script_of(&line)).collect()
}

/// Whether `notebook` runs the file at `path` by `%run`, which leaves its names there.
pub fn runs(notebook: &Notebook, path: &Path) -> bool {
    run_lines(notebook)
        .iter()
        .filter_map(|line| script_of(line))
        .any(|named| Path::new(&named).file_name() == path.file_name())
}

fn run_lines(notebook: &Notebook) -> Vec<String> {
    let is_python = notebook.is_python();
    let mut found = Vec::new();
    for cell in &notebook.cells {
        let read = ReadCell::of_cell(cell, is_python);
        let tree = &read.syntax().tree;
        let is_run = |node: &NodeId| matches!(tree.kind(*node), Kind::Escape { sigil: '%', name } if tree.text(*name) == "run");
        found.extend(tree.all().filter(is_run).map(|node| tree.source_of(node).to_owned()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modules(source: &str) -> Modules {
        let source = ModuleSource {
            name: "helpers".to_owned(),
            path: "helpers.py".to_owned(),
            source: source.to_owned(),
        };
        Modules::read(&[source], &crate::rules::tables_for_tests())
    }

    #[test]
    fn functions_and_methods_are_known_by_their_path() {
        let known = modules(
            "async def fetch(): ...\nclass Client:\n    async def get(self): ...\ndef plain(): ...\n",
        );
        assert!(known.is_coroutine_function("helpers.fetch"));
        assert!(known.is_coroutine_function("helpers.Client().get"));
        assert!(!known.is_coroutine_function("helpers.plain"));
    }

    #[test]
    fn the_main_guard_tells_an_import_from_a_script() {
        let known = modules(
            "import asyncio\nasync def main(): ...\nif __name__ == '__main__':\n    asyncio.run(main())\n",
        );
        assert!(known.at_import("helpers").is_none());
        assert!(known.as_script("helpers").is_some());
        let known = modules("import asyncio\nasync def main(): ...\nasyncio.run(main())\n");
        assert!(known.at_import("helpers").is_some());
    }

    #[test]
    fn a_start_is_seen_however_it_is_written() {
        let start = "import asyncio\nasync def main(): ...\n";
        let starts = |more: &str| modules(&format!("{start}{more}")).as_script("helpers").is_some();
        assert!(starts("ways = {'run': asyncio.run}\nways['run'](main())\n"));
        assert!(starts("for go in [asyncio.run]:\n    go(main())\n"));
        assert!(!starts("try:\n    asyncio.run(main())\nexcept RuntimeError:\n    pass\n"));
        assert!(!starts("def later():\n    asyncio.run(main())\n"));
    }
}
