//! What is joined of all cells, each part once somebody asks for it.

use std::cell::{Cell, OnceCell};

use hashbrown::HashMap;

use super::definitions::Definitions;
use super::index::Index;
use super::{Binding, Call, ClassId, Facts, FnId, Function, How, Site};
use crate::python::{Kind, Role};
use crate::text::CellIndex;

/// The parts.
#[derive(Debug, Default)]
pub(super) struct Joined {
    globals: OnceCell<Globals>,
    definitions: OnceCell<Definitions>,
    functions: OnceCell<Vec<Function>>,
    is_judging: Cell<bool>,
    calls: Part<Vec<Call>>,
    index: Part<Index>,
}

/// The names that all cells share.
#[derive(Debug, Default)]
pub(super) struct Globals {
    pub by_name: HashMap<Box<str>, Vec<(CellIndex, Binding)>>,
    /// Names that every binding imports from the same place.
    pub same_import: HashMap<Box<str>, (CellIndex, Binding)>,
}

/// A part that asks others; whoever asks for it meanwhile gets what there is: nothing.
#[derive(Debug, Default)]
struct Part<T> {
    whole: OnceCell<T>,
    nothing: T,
    is_begun: Cell<bool>,
}

impl<T> Part<T> {
    fn get(&self, join: impl FnOnce() -> T) -> &T {
        if self.whole.get().is_none() && self.is_begun.replace(true) {
            return &self.nothing;
        }
        self.whole.get_or_init(join)
    }
}

impl Facts<'_> {
    /// Every call of the notebook in order.
    pub fn calls(&self) -> &[Call] {
        self.joined.calls.get(|| self.budget.aside(|| self.find_calls()))
    }

    pub(super) fn index(&self) -> &Index {
        self.joined.index.get(|| self.budget.aside(|| Index::of(self)))
    }

    pub(super) fn global_names(&self) -> &Globals {
        self.joined.globals.get_or_init(|| self.find_globals())
    }

    pub(super) fn definitions(&self) -> &Definitions {
        self.joined.definitions.get_or_init(|| Definitions::of(&self.cells))
    }

    /// The functions, methods and lambdas of the notebook in order.
    pub fn functions(&self) -> &[Function] {
        if let Some(judged) = self.joined.functions.get() {
            return judged;
        }
        // Decorators may be defined in any cell, so they are judged when all names are known. What
        // is thought of a value meanwhile does not count.
        let unjudged = &self.definitions().functions;
        if self.joined.is_judging.replace(true) {
            return unjudged;
        }
        let thought = self.memo.take();
        let judged = self.budget.aside(|| self.judged(unjudged));
        self.memo.replace(thought);
        self.joined.functions.get_or_init(|| judged)
    }

    pub fn function(&self, id: FnId) -> Option<&Function> {
        self.functions().get(id.0)
    }

    /// The function that `site` defines.
    pub fn function_at(&self, site: Site) -> Option<FnId> {
        self.definitions().function_at.get(&site).copied()
    }

    /// The classes of the notebook in order.
    pub fn classes(&self) -> &[super::Class] {
        &self.definitions().classes
    }

    pub fn class(&self, id: ClassId) -> Option<&super::Class> {
        self.classes().get(id.0)
    }

    fn find_globals(&self) -> Globals {
        let mut globals = Globals::default();
        for (index, cell) in self.cells.iter().enumerate() {
            let index = CellIndex(index);
            let names = cell.names();
            for (name, bindings) in names.bound().shared() {
                let list = globals.by_name.entry(names.name(name).into()).or_default();
                list.extend(bindings.iter().map(|binding| (index, binding.clone())));
            }
        }
        let imported = |list: &Vec<(CellIndex, Binding)>| {
            let first = list.first().filter(|(_, it)| matches!(it.how, How::Import(_)))?;
            let same = list.iter().all(|(_, binding)| binding.how == first.1.how);
            (same && list.len() > 1).then(|| first.clone())
        };
        let all = globals.by_name.iter();
        let same = all.filter_map(|(name, list)| Some((name.clone(), imported(list)?)));
        globals.same_import = same.collect();
        globals
    }

    fn find_calls(&self) -> Vec<Call> {
        let is_call = |site: &Site| matches!(self.kind(*site), Kind::Call);
        let call = |site: Site| {
            let func = self.child(site, Role::Func)?;
            Some(Call { site, callee: self.value(func), owner: self.owner(site) })
        };
        self.sites().filter(is_call).filter_map(call).collect()
    }
}
