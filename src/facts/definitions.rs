//! The functions, lambdas and classes that the notebook defines.

use std::sync::Arc;

use hashbrown::HashMap;

use super::{CellFacts, Facts, Site, Value};
use crate::python::{Kind, NodeId, Role, Tree};
use crate::text::CellIndex;

/// A function, method or lambda of the notebook, by order of definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FnId(pub usize);

/// A class of the notebook, by order of definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassId(pub usize);

/// What the decorators make of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrapping {
    /// Calling the name calls this body and gives its result.
    Transparent,
    Property,
    /// Something that is not known here.
    Unknown,
}

/// A function, method or lambda.
#[derive(Debug, Clone)]
pub struct Function {
    pub site: Site,
    /// Empty for a lambda.
    pub name: String,
    pub is_async: bool,
    pub is_generator: bool,
    pub wrapping: Wrapping,
    pub class: Option<ClassId>,
    /// The function around this one.
    pub outer: Option<FnId>,
    /// The values of its `return`s, or a lambda's body.
    pub returns: Vec<Site>,
}

impl Function {
    /// Its name, or what a function without one is called.
    pub fn title(&self) -> &str {
        if self.name.is_empty() { "lambda" } else { &self.name }
    }

    /// Whether calling it makes a coroutine.
    pub fn is_coroutine_function(&self) -> bool {
        self.is_async && !self.is_generator && self.wrapping == Wrapping::Transparent
    }
}

/// A class.
#[derive(Debug, Clone)]
pub struct Class {
    pub name: String,
    pub methods: HashMap<String, FnId>,
    pub bases: Vec<Site>,
}

/// Decorators that leave a coroutine function a coroutine function.
///
/// Source: `functools`, `abc`, `typing` documentation; tenacity and backoff wrap `async def` in
/// `async def`.
const TRANSPARENT: [&str; 16] = [
    "builtins.staticmethod",
    "builtins.classmethod",
    "functools.wraps()",
    "functools.cache",
    "functools.lru_cache",
    "functools.lru_cache()",
    "abc.abstractmethod",
    "typing.override",
    "typing.no_type_check",
    "typing.final",
    "typing_extensions.override",
    "tenacity.retry",
    "tenacity.retry()",
    "backoff.on_exception()",
    "backoff.on_predicate()",
    "asyncio.coroutine",
];

/// Whether a decorator leaves a coroutine function a coroutine function.
pub(super) fn is_transparent(decorator: &str) -> bool {
    TRANSPARENT.contains(&decorator)
}

/// All of them, with what finds them.
#[derive(Debug, Default)]
pub(super) struct Definitions {
    /// As they are without their decorators.
    pub functions: Vec<Function>,
    pub classes: Vec<Class>,
    pub function_at: HashMap<Site, FnId>,
    pub class_at: HashMap<Site, ClassId>,
}

impl Definitions {
    /// The definitions of the cells, in order.
    pub(super) fn of(cells: &[Arc<CellFacts>]) -> Self {
        let mut all = Self::default();
        for (index, cell) in cells.iter().enumerate() {
            all.add_cell(CellIndex(index), cell);
        }
        all
    }

    fn add_cell(&mut self, cell: CellIndex, facts: &CellFacts) {
        let tree = &facts.syntax().tree;
        for node in tree.all() {
            let site = Site { cell, node };
            match tree.kind(node) {
                Kind::FunctionDef { name, is_async } => {
                    self.add_function(site, tree.text(*name).to_owned(), *is_async, facts);
                }
                Kind::Lambda => self.add_function(site, String::new(), false, facts),
                Kind::ClassDef { name } => {
                    let bases = tree.children_in(node, Role::Base);
                    let class = Class {
                        name: tree.text(*name).to_owned(),
                        methods: HashMap::new(),
                        bases: bases.map(|node| Site { cell, node }).collect(),
                    };
                    self.class_at.insert(site, ClassId(self.classes.len()));
                    self.classes.push(class);
                }
                _ => {}
            }
        }
    }

    fn add_function(&mut self, site: Site, name: String, is_async: bool, facts: &CellFacts) {
        let id = FnId(self.functions.len());
        let index = facts.names();
        let around = index.scope(index.scope_of(site.node)).and_then(|scope| scope.node);
        let class = around.and_then(|node| self.class_at.get(&Site { node, ..site }).copied());
        if let Some(class) = class.and_then(|class| self.classes.get_mut(class.0)) {
            class.methods.insert(name.clone(), id);
        }
        let (returns, is_generator) = body_facts(&facts.syntax().tree, site);
        let outer = self.owner(facts, site);
        self.function_at.insert(site, id);
        self.functions.push(Function {
            site,
            name,
            is_async,
            is_generator,
            wrapping: Wrapping::Transparent,
            class,
            outer,
            returns,
        });
    }

    /// The function or lambda whose body holds `site`, which is in the cell of `facts`.
    fn owner(&self, facts: &CellFacts, site: Site) -> Option<FnId> {
        let node = facts.names().owner(site.node)?;
        self.function_at.get(&Site { node, ..site }).copied()
    }
}

impl Facts<'_> {
    /// The functions with what their decorators make of them.
    pub(super) fn judged(&self, functions: &[Function]) -> Vec<Function> {
        let judge = |it: &Function| Function { wrapping: self.wrapping(it), ..it.clone() };
        functions.iter().map(judge).collect()
    }

    fn wrapping(&self, function: &Function) -> Wrapping {
        let mut result = Wrapping::Transparent;
        for decorator in self.children_in(function.site, Role::Decorator) {
            match self.value(decorator) {
                Value::Path(path) if path == "builtins.property" => result = Wrapping::Property,
                Value::Path(path) if is_transparent(&path) => {}
                _ => return Wrapping::Unknown,
            }
        }
        result
    }

    /// The function or lambda whose body holds `site`; `None` for code of the cell itself, class
    /// bodies included.
    pub fn owner(&self, site: Site) -> Option<FnId> {
        self.definitions().owner(self.cell(site.cell)?, site)
    }
}

/// The values that a function returns, and whether it yields.
fn body_facts(tree: &Tree, site: Site) -> (Vec<Site>, bool) {
    if matches!(tree.kind(site.node), Kind::Lambda) {
        let body = tree.child(site.node, Role::Body);
        return (body.map(|node| Site { node, ..site }).into_iter().collect(), false);
    }
    let mut returns = Vec::new();
    let mut yields = false;
    for node in own_nodes(tree, site.node) {
        match tree.kind(node) {
            Kind::Return => {
                let value = tree.child(node, Role::Value);
                returns.extend(value.map(|node| Site { node, ..site }));
            }
            Kind::Yield => yields = true,
            _ => {}
        }
    }
    (returns, yields)
}

/// The nodes of a definition's body without those of definitions inside it.
pub(super) fn own_nodes(tree: &Tree, def: NodeId) -> impl Iterator<Item = NodeId> + '_ {
    let is_definition = |node: NodeId| {
        matches!(tree.kind(node), Kind::FunctionDef { .. } | Kind::ClassDef { .. } | Kind::Lambda)
    };
    tree.descendants(def).filter(move |node| {
        let mut ups = std::iter::once(*node).chain(tree.ancestors(*node));
        ups.find(|up| is_definition(*up)) == Some(def)
    })
}
