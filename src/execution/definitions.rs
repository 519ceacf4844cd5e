//! The functions, methods and lambdas that the notebook defines, as they are written.

use super::reading::Run;
use super::value::Site;
use crate::python::{Kind, Role};

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
    /// The class whose body holds it.
    pub class: Option<Site>,
    /// The function around this one.
    pub outer: Option<Site>,
    /// The values of its `return`s, or a lambda's body.
    pub returns: Vec<Site>,
}

impl Function {
    /// Whether calling it makes a coroutine.
    pub fn is_coroutine_function(&self) -> bool {
        self.is_async && !self.is_generator && self.wrapping == Wrapping::Transparent
    }
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

/// What the notebook's cells define, in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Definitions {
    functions: Vec<Function>,
    classes: Vec<Site>,
}

impl Definitions {
    pub(super) fn of(run: &Run) -> Self {
        let mut all = Self::default();
        for site in run.sites() {
            match run.kind(site) {
                Kind::ClassDef { .. } => all.classes.push(site),
                _ => all.functions.extend(run.defined_at(site)),
            }
        }
        all
    }
}

impl Run<'_> {
    /// The function or lambda that `def` defines.
    pub fn function(&self, def: Site) -> Option<&Function> {
        let all = self.functions_defined();
        all.get(all.binary_search_by_key(&def, |it| it.site).ok()?)
    }

    /// Every function, method and lambda of the notebook's cells, in order.
    pub fn functions_defined(&self) -> &[Function] {
        &self.all_definitions().functions
    }

    /// The classes of the notebook's cells, in order.
    pub fn classes_defined(&self) -> &[Site] {
        &self.all_definitions().classes
    }

    fn defined_at(&self, def: Site) -> Option<Function> {
        let (name, is_async) = match self.kind(def) {
            Kind::FunctionDef { name, is_async } => (self.tree(def.cell).text(*name), *is_async),
            Kind::Lambda => ("", false),
            _ => return None,
        };
        Some(Function {
            site: def,
            name: name.to_owned(),
            is_async,
            is_generator: self.is_generator(def),
            wrapping: self.wrapping(def),
            class: self.class_around(def),
            outer: self.owner(def),
            returns: self.returns(def),
        })
    }

    /// Whether a node defines a function or lambda.
    pub fn is_function(&self, site: Site) -> bool {
        matches!(self.kind(site), Kind::FunctionDef { .. } | Kind::Lambda)
    }

    /// What the decorators make of a function.
    pub fn wrapping(&self, def: Site) -> Wrapping {
        let mut result = Wrapping::Transparent;
        for decorator in self.children_in(def, Role::Decorator) {
            match self.library_path(decorator).as_deref() {
                Some("builtins.property") => result = Wrapping::Property,
                Some(path) if TRANSPARENT.contains(&path) => {}
                _ => return Wrapping::Unknown,
            }
        }
        result
    }

    /// The class in whose body a function is defined.
    fn class_around(&self, def: Site) -> Option<Site> {
        let index = self.index(def.cell).filter(|index| index.is_method(def.node))?;
        let node = index.scope(index.scope_of(def.node))?.node?;
        Some(Site { node, ..def })
    }

    fn returns(&self, def: Site) -> Vec<Site> {
        if matches!(self.kind(def), Kind::Lambda) {
            return self.child(def, Role::Body).into_iter().collect();
        }
        let is_return = |site: &Site| matches!(self.kind(*site), Kind::Return);
        let returns = self.body_of(def).filter(is_return);
        returns.filter_map(|site| self.child(site, Role::Value)).collect()
    }
}
