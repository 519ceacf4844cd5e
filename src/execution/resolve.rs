//! Which bindings a use of a name may see, over all cells in order.

use hashbrown::HashMap;

use super::reading::Run;
use super::value::{CellKey, Site};
use crate::index::{Binding, How, ScopeId, TOP, is_private};

/// Steps that a copy of a binding counts for.
const COPYING: usize = 4;

/// The names that all cells share.
#[derive(Debug, Clone, Default)]
pub(super) struct Globals {
    by_name: HashMap<Box<str>, Vec<(CellKey, Binding)>>,
    /// Names that every binding imports from the same place.
    same_import: HashMap<Box<str>, (CellKey, Binding)>,
}

impl Globals {
    /// Where the notebook's cells bind them.
    pub(super) fn of(run: &Run) -> Self {
        let mut globals = Self::default();
        for (key, names) in run.cells() {
            for (name, bindings) in names.bound().shared() {
                let list = globals.by_name.entry(names.name(name).into()).or_default();
                list.extend(bindings.iter().map(|binding| (key, binding.clone())));
            }
        }
        let imported = |list: &Vec<(CellKey, Binding)>| {
            let first = list.first().filter(|(_, it)| matches!(it.how, How::Import(_)))?;
            let same = list.iter().all(|(_, binding)| binding.how == first.1.how);
            (same && list.len() > 1).then(|| first.clone())
        };
        let all = globals.by_name.iter();
        let same = all.filter_map(|(name, list)| Some((name.clone(), imported(list)?)));
        globals.same_import = same.collect();
        globals
    }
}

impl Run<'_> {
    /// The bindings that the name at `site` may see; empty when the notebook binds it nowhere.
    pub fn bindings(&self, site: Site) -> Vec<(CellKey, Binding)> {
        if self.budget().is_spent() {
            return Vec::new();
        }
        let Some(index) = self.index(site.cell) else { return Vec::new() };
        let Some(home) = index.home_of(site.node) else { return Vec::new() };
        let deferred = index.is_deferred(site.node, home.0);
        if home.0 != TOP {
            let found = index.bound().of_name(home);
            self.budget().step(COPYING * found.len());
            let found: Vec<_> = found.iter().map(|binding| (site.cell, binding.clone())).collect();
            return self.seen(site, &found, deferred);
        }
        let name = self.source_of(site);
        if self.environment().host.runs_by_dependence() && is_private(name) {
            let mine = self.global(name).iter().filter(|(cell, _)| *cell == site.cell);
            let mine: Vec<_> = mine.cloned().collect();
            return self.seen(site, &mine, deferred);
        }
        // `import asyncio` in every cell: whichever is seen, it is the same.
        if let Some(same) = self.globals_by_name().same_import.get(name) {
            return vec![same.clone()];
        }
        self.seen(site, self.global(name), deferred)
    }

    /// Every binding of a global name, in order.
    pub fn global(&self, name: &str) -> &[(CellKey, Binding)] {
        self.globals_by_name().by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether nothing but imports of `path` bind a global name, in cells that nobody looks at too.
    pub fn imports_alone(&self, name: &str, path: &str) -> bool {
        let is_one = |it: &Binding| matches!(&it.how, How::Import(what) if what == path);
        self.global(name).iter().all(|(_, it)| is_one(it))
            && self.stage().elsewhere.binds_alone(name, is_one)
    }

    /// The names that the notebook binds at its top level, in no order, with their bindings.
    pub fn globals(&self) -> impl Iterator<Item = (&str, &[(CellKey, Binding)])> {
        self.globals_by_name().by_name.iter().map(|(name, bindings)| (&**name, bindings.as_slice()))
    }

    /// The scope that binds the name at `site`: its cell's, or [`TOP`], which all cells share.
    pub fn binding_scope(&self, site: Site) -> ScopeId {
        self.index(site.cell)
            .and_then(|index| index.home_of(site.node))
            .map_or(TOP, |(scope, _)| scope)
    }

    /// Those of `all`, which stand in order of their cells, that the use at `site` may see.
    fn seen(
        &self,
        site: Site,
        all: &[(CellKey, Binding)],
        deferred: bool,
    ) -> Vec<(CellKey, Binding)> {
        let start = all.partition_point(|(cell, _)| *cell < site.cell);
        let (earlier, rest) = all.split_at_checked(start).unwrap_or_default();
        let end = rest.partition_point(|(cell, _)| *cell == site.cell);
        let (here, after) = rest.split_at_checked(end).unwrap_or_default();
        // A cell's bindings stand in the order of its nodes.
        let written = here.partition_point(|(_, binding)| binding.node < site.node);
        let (above, below) = here.split_at_checked(written).unwrap_or_default();
        let tree = self.tree(site.cell);
        let is_other =
            |found: &&(CellKey, Binding)| !found.1.how.is_own_value(tree, found.1.node, site.node);
        let mut before = above.iter().rev().filter(is_other).chain(earlier.iter().rev()).peekable();
        let is_first = before.peek().is_none();
        let mut seen = Vec::new();
        for found in before {
            if found.1.how == How::Delete {
                break;
            }
            seen.push(found.clone());
            if self.surely_runs(site, found) {
                break;
            }
        }
        // Later bindings count for code that runs later, and where nothing came before: people
        // run cells out of order, imports above all.
        if deferred || is_first {
            let own = above.iter().filter(|found| !is_other(found));
            let later = own.chain(below).chain(after);
            seen.extend(later.filter(|found| found.1.how != How::Delete).cloned());
        }
        self.budget().step(1 + COPYING * seen.len());
        seen
    }

    /// Whether the binding has happened whenever the code at `site` runs.
    fn surely_runs(&self, site: Site, (cell, binding): &(CellKey, Binding)) -> bool {
        let Some(branch) = binding.branch else { return true };
        *cell == site.cell && branch.holds(self.tree(*cell), site.node)
    }
}
