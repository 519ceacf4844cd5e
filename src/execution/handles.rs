//! Names that keep tasks.

use super::collection::Holds;
use super::reading::Run;
use super::usage::Usage;
use super::value::{CellKey, Site};
use crate::index::{Binding, ScopeKind};
use crate::python::{Kind, NameUse, Role};

/// The name that keeps what a call started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handle {
    /// The name where it is bound.
    pub target: Site,
    /// The collection of tasks that the name holds; `None` for a task by itself.
    pub many: Option<Holds>,
}

/// Names are followed so many steps on.
const STEPS: usize = 6;

impl Run<'_> {
    /// The name in which what the call at `site` gives is kept, by itself or in a collection.
    pub fn handle(&self, site: Site) -> Option<Handle> {
        let handle = self.handle_within(site, STEPS)?;
        (!self.is_in_class_body(handle.target)).then_some(handle)
    }

    fn handle_within(&self, site: Site, steps: usize) -> Option<Handle> {
        let steps = steps.checked_sub(1)?;
        match self.usage(site) {
            Usage::Assigned(target) => {
                Some(self.passed_on(target).unwrap_or(Handle { target, many: None }))
            }
            Usage::Element(container) => {
                if let Some(target) = self.paired(container, site) {
                    return Some(Handle { target, many: None });
                }
                let holds = self.collection(container)?.holds;
                // A generator starts nothing until it is read; a list of lists is beyond us.
                let outer = self.handle_within(container, steps)?;
                let keeps = holds != Holds::Generator && outer.many.is_none();
                keeps.then_some(Handle { many: Some(holds), ..outer })
            }
            Usage::Argument(call) => {
                let target = self.filled_by(call)?;
                Some(Handle { target, many: Some(Holds::List) })
            }
            _ => None,
        }
    }

    /// `job = f()` and then `jobs.append(job)`: the list is the handle.
    fn passed_on(&self, target: Site) -> Option<Handle> {
        let list = self.reads_that_see(target).into_iter().find_map(|read| {
            let Usage::Argument(call) = self.usage(read) else { return None };
            self.filled_by(call)
        })?;
        Some(Handle { target: list, many: Some(Holds::List) })
    }

    /// `a, b = f(), g()`: the name that the element at `site` is bound to.
    fn paired(&self, container: Site, site: Site) -> Option<Site> {
        let assign = self.parent(container).filter(|up| matches!(self.kind(*up), Kind::Assign))?;
        let mut targets = self.children_in(assign, Role::Target);
        let (names, None) = (targets.next()?, targets.next()) else { return None };
        let is_tuple = |at: Site| matches!(self.kind(at), Kind::Tuple { .. } | Kind::List);
        if !is_tuple(names) || !is_tuple(container) {
            return None;
        }
        let tree = self.tree(site.cell);
        let at = tree.place(site.node).filter(|_| self.role(site) == Role::Element)?;
        let node = tree.nth_child(names.node, Role::Element, at)?;
        let target = Site { node, ..site };
        matches!(self.kind(target), Kind::Name { used: NameUse::Store }).then_some(target)
    }

    /// `jobs.append(…)`: where the list `jobs` is bound, when one place binds it.
    fn filled_by(&self, call: Site) -> Option<Site> {
        let func = self.child(call, Role::Func)?;
        let Kind::Attribute { name } = self.kind(func) else { return None };
        let list = self.child(func, Role::Value)?;
        let appends = self.tree(call.cell).text(*name) == "append"
            && matches!(self.kind(list), Kind::Name { .. })
            && self.collection(list).is_some_and(|it| it.holds == Holds::List);
        let bindings = self.bindings(list);
        let [(cell, binding)] = bindings.as_slice() else { return None };
        appends.then_some(Site { cell: *cell, node: binding.node })
    }

    /// The reads of the name that may see what `target` binds.
    pub fn reads_that_see(&self, target: Site) -> Vec<Site> {
        let mut reads = self.reads_of(target);
        reads.retain(|read| self.sees(*read, target));
        reads
    }

    fn sees(&self, read: Site, target: Site) -> bool {
        // Cells are run in any order, and one of two cells may be an alternative to the other;
        // only its own cell surely binds the name anew.
        if read.cell != target.cell {
            return self.last_of_cell(target) || self.may_mean(read, target);
        }
        if self.may_mean(read, target) {
            return true;
        }
        let is_loop = |up: &Site| matches!(self.kind(*up), Kind::For { .. } | Kind::While);
        let around = self.ancestors(target).find(is_loop);
        around.is_some_and(|up| self.tree(read.cell).is_within(read.node, up.node))
    }

    fn may_mean(&self, read: Site, target: Site) -> bool {
        let is_target =
            |(cell, it): &(CellKey, Binding)| (*cell, it.node) == (target.cell, target.node);
        self.bindings(read).iter().any(is_target)
    }

    /// Whether no later place of its cell binds the global name of `target`.
    fn last_of_cell(&self, target: Site) -> bool {
        let all = self.global(self.source_of(target));
        let end = all.partition_point(|(cell, _)| *cell <= target.cell);
        let last = all.get(..end).and_then(<[_]>::last);
        last.is_some_and(|(cell, it)| (*cell, it.node) == (target.cell, target.node))
    }

    fn is_in_class_body(&self, target: Site) -> bool {
        let Some(index) = self.index(target.cell) else { return false };
        let scope = index.scope(self.binding_scope(target));
        scope.is_some_and(|scope| scope.kind == ScopeKind::Class)
    }
}
