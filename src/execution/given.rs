//! What the expressions of the notebook gave when they ran.

use std::sync::Arc;

use hashbrown::HashMap;

use super::machine::Machine;
use super::reading::Run;
use super::trace::{Trace, ValueKind};
use super::value::{Object, Site, Value};
use crate::python::{Kind, NodeId, Role};

/// More values of one expression are not told apart.
const MOST: usize = 8;

/// What each expression gave. A copy shares what neither of both changes.
#[derive(Debug, Clone, Default)]
pub(super) struct Given {
    /// By cell and node, what it gave first; `Never` where it did not run.
    first: Vec<Arc<Vec<Value>>>,
    /// What else it gave, at other times.
    more: HashMap<Site, Vec<Value>>,
}

impl Given {
    fn note(&mut self, site: Site, value: Value) {
        let at = site.cell.0 as usize;
        if self.first.len() <= at {
            self.first.resize_with(at + 1, Arc::default);
        }
        let Some(cell) = self.first.get_mut(at) else { return };
        let known = cell.get(site.node.index()).copied().unwrap_or(Value::Never);
        if known == value {
            return;
        }
        if known == Value::Never {
            let cell = Arc::make_mut(cell);
            if cell.len() <= site.node.index() {
                cell.resize(site.node.index() + 1, Value::Never);
            }
            cell.get_mut(site.node.index()).into_iter().for_each(|held| *held = value);
            return;
        }
        let more = self.more.entry(site).or_default();
        if more.len() < MOST && !more.contains(&value) {
            more.push(value);
        }
    }

    pub(super) fn of(&self, site: Site) -> impl Iterator<Item = Value> + '_ {
        let cell = self.first.get(site.cell.0 as usize);
        let first = cell.and_then(|it| it.get(site.node.index())).copied();
        let more = self.more.get(&site).map_or(&[][..], Vec::as_slice);
        first.filter(|it| *it != Value::Never).into_iter().chain(more.iter().copied())
    }
}

impl Machine<'_> {
    /// Notes what an expression gave.
    pub(super) fn note_given(&mut self, node: NodeId, value: Value) {
        let value = if value == Value::Never { Value::Unknown } else { value };
        self.trace.given.note(self.site(node), value);
    }
}

impl Trace {
    /// What an expression gave, each time that it ran; nothing where it never did.
    pub fn given(&self, site: Site) -> Vec<Value> {
        let mut all = Vec::new();
        for value in self.given.of(site) {
            match value {
                Value::Union(_) => all.extend(self.heap.alternatives(value)),
                value => all.push(value),
            }
        }
        all
    }

    /// Whether an expression ran at all.
    pub fn ran(&self, site: Site) -> bool {
        self.given.of(site).next().is_some()
    }

    /// The path by which tables know a value: a library's member, or what a call of one gave.
    pub fn known_as(&self, value: Value) -> Option<String> {
        match value {
            Value::Path(path) => Some(self.spell(path)),
            _ => match self.object(value)? {
                Object::Foreign(foreign) => Some(self.spell(foreign.path)),
                Object::Bound { function: Value::Path(path), .. } => Some(self.spell(*path)),
                Object::Coroutine(it) => match it.function {
                    Value::Path(path) => Some(format!("{}()", self.spell(path))),
                    _ => None,
                },
                Object::Future(future) => Some(self.spell(future.class)),
                _ => None,
            },
        }
    }
}

impl Trace {
    /// The calls that made the coroutines which a collection holds, by themselves or in tasks.
    pub fn makers_in(&self, value: Value) -> Vec<Site> {
        match self.object(value) {
            Some(Object::Collection(collection)) => {
                let slots = collection.items.iter().chain([&collection.rest]);
                let held = slots.flat_map(|slot| self.heap.alternatives(self.heap.get(*slot)));
                held.flat_map(|value| self.maker_of(value)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn maker_of(&self, value: Value) -> Option<Site> {
        match self.object(value)? {
            Object::Future(future) => self.made_at(future.of),
            _ => self.made_at(value),
        }
    }
}

impl Run<'_> {
    /// The path by which a cell reaches a function or class of a module beside the notebook.
    pub fn path_in_module(&self, def: Site) -> Option<String> {
        self.path_as_of(&self.module(def.cell)?.0, def)
    }

    /// The same, if the cell or module that defines it is imported as `module`.
    pub fn path_as_of(&self, module: &str, def: Site) -> Option<String> {
        let tree = self.tree(def.cell);
        let (Kind::FunctionDef { name, .. } | Kind::ClassDef { name }) = self.kind(def) else {
            return None;
        };
        let name = tree.text(*name);
        let is_method = self.index(def.cell)?.is_method(def.node);
        let class = self.ancestors(def).filter(|_| is_method).find_map(|up| match self.kind(up) {
            Kind::ClassDef { name } => Some(tree.text(*name)),
            _ => None,
        });
        Some(match class {
            Some(class) => format!("{module}.{class}().{name}"),
            None => format!("{module}.{name}"),
        })
    }

    /// Of what library an expression is, by each of the values that it gave; empty where one of them
    /// is something else.
    pub fn paths(&self, site: Site) -> Vec<String> {
        let all = self.trace.given(site).into_iter().filter(|it| *it != Value::None);
        let paths: Option<Vec<String>> = all.map(|it| self.trace.known_as(it)).collect();
        paths.unwrap_or_default()
    }

    /// The definitions of the functions of the notebook that an expression is, where it is nothing
    /// else; of coroutine objects, those of the functions that made them.
    pub fn definitions(&self, site: Site, kind: ValueKind) -> Vec<Site> {
        let def =
            |value| self.trace.function_of(value).filter(|_| self.trace.kind_of(value) == kind);
        let all = self.trace.given(site).into_iter().filter(|it| *it != Value::None);
        let found: Option<Vec<Site>> = all.map(def).collect();
        let mut found = found.unwrap_or_default();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Of what library an expression is: `asyncio.run`, `httpx.AsyncClient().get`. `None` where it
    /// gave something else as well, `None` itself apart: that is how Python writes "not yet".
    pub fn path(&self, site: Site) -> Option<String> {
        let mut all = self.trace.given(site).into_iter().filter(|it| *it != Value::None);
        let path = self.trace.known_as(all.next()?)?;
        all.all(|it| self.trace.known_as(it).as_ref() == Some(&path)).then_some(path)
    }

    /// Of what library the callable is that a call calls.
    pub fn path_of_call(&self, call: Site) -> Option<String> {
        self.path(self.child(call, Role::Func)?)
    }

    /// The definitions of the functions of the notebook that an expression is.
    pub fn functions(&self, site: Site) -> Vec<Site> {
        let is_function = |value: &Value| {
            self.trace.kind_of(*value) == ValueKind::Function
                || matches!(self.trace.object(*value), Some(Object::Wrapped { .. }))
        };
        let all = self.trace.given(site).into_iter().filter(is_function);
        let mut found: Vec<Site> = all.filter_map(|it| self.trace.function_of(it)).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The definition of the class of the notebook that an expression is, and nothing else.
    pub fn class(&self, site: Site) -> Option<Site> {
        let mut all = self.trace.given(site).into_iter().map(|it| self.trace.class_def(it));
        let first = all.next()??;
        all.all(|it| it == Some(first)).then_some(first)
    }

    /// Whether an expression gave values of this kind alone.
    pub fn is_only(&self, site: Site, kind: ValueKind) -> bool {
        let all = self.trace.given(site);
        !all.is_empty() && all.into_iter().all(|it| self.trace.kind_of(it) == kind)
    }

    /// Whether a class of the notebook, or one that it is made of here, does something when it is
    /// called.
    pub fn has_constructor(&self, class: Site) -> bool {
        self.has_constructor_within(class, 8)
    }

    fn has_constructor_within(&self, class: Site, depth: usize) -> bool {
        let special = |site: Site| match self.kind(site) {
            Kind::FunctionDef { name, .. } => {
                let name = self.tree(site.cell).text(*name);
                ["__init__", "__new__", "__post_init__"].contains(&name)
            }
            _ => false,
        };
        depth == 0
            || self.children_in(class, Role::Body).any(special)
            || self
                .children_in(class, Role::Base)
                .filter_map(|base| self.class(base))
                .any(|base| self.has_constructor_within(base, depth - 1))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::environment::Environment;
    use crate::index::Index;
    use crate::knowledge::Tables;
    use crate::python::parse;
    use crate::rules::tables_for_tests;

    /// The run of one cell.
    pub fn run_of(source: &str) -> Run<'static> {
        static TABLES: LazyLock<Tables> = LazyLock::new(tables_for_tests);
        let index = Arc::new(Index::of(Arc::new(parse(source))));
        Run::of([index], Arc::default(), &TABLES, Environment::default())
    }

    /// The last place where `text` is written.
    pub fn last(run: &Run, text: &str) -> Site {
        run.sites().filter(|site| run.source_of(*site) == text).last().expect("such a text")
    }

    #[test]
    fn an_expression_is_what_it_gave_each_time() {
        let start = "import asyncio, time\ndef f(module): return module.sleep\nf(asyncio)\n";
        let path = |more: &str| {
            let run = run_of(&format!("{start}{more}"));
            run.path(last(&run, "module.sleep"))
        };
        assert_eq!(path("f(asyncio)").as_deref(), Some("asyncio.sleep"));
        assert_eq!(path("f(time)"), None);
    }

    #[test]
    fn what_does_not_run_gave_nothing() {
        let run = run_of("if __name__ != '__main__':\n    print(1)\nelse:\n    print(2)");
        let ran = |text| run.trace.ran(last(&run, text));
        assert_eq!((ran("print(1)"), ran("print(2)")), (false, true));
    }

    #[test]
    fn a_list_knows_who_made_what_it_holds() {
        let run = run_of(
            "import asyncio\nasync def f(x): return x\njobs = []\nfor i in range(9):\n    \
             jobs.append(asyncio.create_task(f(i)))\nawait asyncio.gather(*jobs)",
        );
        let held = run.trace.given(last(&run, "jobs")).into_iter();
        let mut makers: Vec<Site> = held.flat_map(|it| run.trace.makers_in(it)).collect();
        makers.dedup();
        assert_eq!(makers, [last(&run, "f(i)")]);
    }
}
