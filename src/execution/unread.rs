//! Lazy iterators that nobody reads: `map(f, xs)`, `filter(f, xs)` and `(f(x) for x in xs)` whose
//! functions never run.
//!
//! Source: a kernel (ipykernel 7.4, Python 3.11): `results = map(asyncio.run, coroutines)` raises
//! nothing in its cell; `list(results)` does.

use std::sync::Arc;

use hashbrown::HashSet;

use super::event::EventKind;
use super::machine::Machine;
use super::value::Site;
use crate::index::Index;
use crate::knowledge::callables::{Names, Symbol};
use crate::python::{Kind, NameUse, Role};

/// What is found out about names that may keep what nobody reads.
#[derive(Debug, Clone, Default)]
pub(super) struct Unread {
    /// The names that some cell or module reads, once it was asked.
    read: Option<Arc<HashSet<Symbol>>>,
    /// The names of which it was asked.
    asked: HashSet<Symbol>,
    /// So many iterators that nobody reads are being followed.
    inside: usize,
}

impl Machine<'_> {
    /// Follows what a lazy iterator does that the expression at `site` makes. Where nobody reads it,
    /// nothing of that happens.
    pub fn lazily<T>(&mut self, site: Site, follow: impl FnOnce(&mut Self) -> T) -> T {
        let is_unread = usize::from(self.is_left_unread(site));
        self.unread.inside += is_unread;
        let given = follow(self);
        self.unread.inside -= is_unread;
        given
    }

    /// Whether what is told happens in code that nobody runs; what becomes of the coroutines that
    /// it would make is told all the same.
    pub fn happens_nowhere(&self, kind: &EventKind) -> bool {
        self.unread.inside > 0
            && !matches!(kind, EventKind::WrongKind { .. } | EventKind::CoroutineLost { .. })
    }

    /// Whether the value of an expression is thrown away, or kept by a name that nobody reads.
    fn is_left_unread(&mut self, site: Site) -> bool {
        let Some(index) = self.index(site.cell).cloned() else { return false };
        let tree = &index.syntax.tree;
        let Some(up) = tree.parent(site.node) else { return false };
        match (tree.kind(up), tree.role(site.node)) {
            (Kind::Expression, _) => true,
            (Kind::Assign, Role::Value) => {
                let targets: Vec<_> = tree.children_in(up, Role::Target).collect();
                let is_name = |it: &_| matches!(tree.kind(*it), Kind::Name { .. });
                targets.iter().all(is_name)
                    && targets.into_iter().all(|it| !self.is_read(tree.source_of(it)))
            }
            _ => false,
        }
    }

    fn is_read(&mut self, name: &str) -> bool {
        let read = match &self.unread.read {
            Some(known) => Arc::clone(known),
            None => Arc::new(self.find_read()),
        };
        self.unread.read = Some(Arc::clone(&read));
        let symbol = self.names.symbol(name);
        self.unread.asked.insert(symbol);
        read.contains(&symbol)
    }

    fn find_read(&mut self) -> HashSet<Symbol> {
        let indexes: Vec<Arc<Index>> =
            self.cells.values().map(|code| Arc::clone(&code.index)).collect();
        let names = indexes.iter().flat_map(|it| names_read(it));
        names.map(|name| self.names.symbol(name)).collect()
    }

    /// Whether somebody asked who reads a name that this cell, which has changed, reads or read.
    pub(super) fn asked_who_reads(&self, index: &Index, names: &Names) -> bool {
        let is_asked =
            |name: &str| names.find(name).is_some_and(|it| self.unread.asked.contains(&it));
        !self.unread.asked.is_empty() && names_read(index).any(is_asked)
    }

    /// Forgets what cells read: some of them read otherwise now.
    pub(super) fn forget_readers(&mut self) {
        self.unread.read = None;
    }
}

/// The names that are read somewhere in a cell.
fn names_read(index: &Index) -> impl Iterator<Item = &str> {
    let tree = &index.syntax.tree;
    let is_read = |node: &_| matches!(tree.kind(*node), Kind::Name { used: NameUse::Load });
    tree.all().filter(is_read).map(|node| tree.source_of(node))
}
