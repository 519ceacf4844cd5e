//! What a cell shares with others where cells run by what they need of each other, as in marimo.

use hashbrown::HashMap;
use std::collections::BTreeSet;

use super::{Index, Variable};
use crate::python::{Kind, NameUse, NodeId, is_builtin};

/// The names that a cell gives to others and wants of them. Private ones are its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shared {
    pub binds: BTreeSet<String>,
    /// What it reads and does not bind.
    pub reads: BTreeSet<String>,
    /// Whether it awaits by itself, outside of every function.
    pub awaits: bool,
}

/// Whether a name belongs to its cell alone.
///
/// Source: `is_local` in marimo 0.25's `_ast/variables.py`; the kernel says so in its `NameError`.
pub fn is_private(name: &str) -> bool {
    name == "__" || (name.starts_with('_') && !name.starts_with("__"))
}

impl Shared {
    /// What a cell shares.
    pub fn of(index: &Index) -> Self {
        let tree = &index.syntax.tree;
        let mut binds = BTreeSet::new();
        let mut loads = BTreeSet::new();
        for node in tree.all() {
            match tree.kind(node) {
                Kind::Name { used: NameUse::Load } => loads.extend(index.global(node)),
                Kind::Name { .. } | Kind::FunctionDef { .. } | Kind::ClassDef { .. } => {
                    binds.extend(index.global(node));
                }
                Kind::Import { .. } | Kind::ImportFrom { .. } => {
                    let bound = index.imported(node).iter();
                    binds.extend(bound.filter_map(|variable| index.global_name(*variable)));
                }
                _ => {}
            }
        }
        let own = |names: BTreeSet<&str>| {
            let shared = names.into_iter().filter(|name| !is_private(name));
            shared.map(str::to_owned).collect::<BTreeSet<String>>()
        };
        let (binds, loads) = (own(binds), own(loads));
        let reads = loads.difference(&binds).cloned().collect();
        let awaits = index.awaits_at_top();
        Self { binds, reads, awaits }
    }

    /// The names that somebody has to give. Built-in ones count where a cell binds them.
    pub fn wants<'s>(&'s self, bound: &'s BTreeSet<String>) -> impl Iterator<Item = &'s String> {
        self.reads.iter().filter(move |name| bound.contains(*name) || !is_builtin(name))
    }
}

impl Index {
    fn global(&self, node: NodeId) -> Option<&str> {
        self.global_name(self.variable(node)?)
    }

    fn global_name(&self, variable: Variable) -> Option<&str> {
        match variable {
            Variable::Global(name) => Some(self.name(name)),
            Variable::Local { .. } => None,
        }
    }
}

/// The order in which cells run that need each other's names: what is needed comes first, and else
/// the order is as it was. Cells that need each other in a circle keep their places at the end.
///
/// Source: `topological_sort` in marimo 0.25's `_runtime/dataflow`.
pub fn by_dependence(cells: &[Shared]) -> Vec<usize> {
    let mut binders: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, cell) in cells.iter().enumerate() {
        for name in &cell.binds {
            binders.entry(name).or_default().push(index);
        }
    }
    let needs = |index: usize, cell: &Shared| -> BTreeSet<usize> {
        let known = cell.reads.iter().filter_map(|name| binders.get(name.as_str())).flatten();
        known.copied().filter(|binder| *binder != index).collect()
    };
    let mut wanted: Vec<usize> = Vec::with_capacity(cells.len());
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); cells.len()];
    for (index, cell) in cells.iter().enumerate() {
        let needs = needs(index, cell);
        wanted.push(needs.len());
        for binder in needs {
            if let Some(list) = users.get_mut(binder) {
                list.push(index);
            }
        }
    }
    let free = wanted.iter().enumerate().filter(|(_, count)| **count == 0);
    let mut ready: BTreeSet<usize> = free.map(|(index, _)| index).collect();
    let mut order = Vec::with_capacity(cells.len());
    while let Some(index) = ready.pop_first() {
        order.push(index);
        for user in users.get(index).into_iter().flatten() {
            if let Some(count) = wanted.get_mut(*user) {
                *count -= 1;
                if *count == 0 {
                    ready.insert(*user);
                }
            }
        }
    }
    let done: BTreeSet<usize> = order.iter().copied().collect();
    order.extend((0..cells.len()).filter(|index| !done.contains(index)));
    order
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::python;

    fn shared(source: &str) -> Shared {
        Shared::of(&Index::of(Arc::new(python::parse(source))))
    }

    fn list(names: &BTreeSet<String>) -> String {
        names.iter().cloned().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_cell_shares_what_it_binds_and_reads_outside_of_its_functions() {
        let cell = shared(
            "import a.b as c, d.e\nfrom x import y as _y\ndef f(n, m=k):\n    global g\n    g = n + z\n    q = 1\n[i for i in range(3)]\nawait w(_v)",
        );
        assert_eq!(list(&cell.binds), "c d f g");
        assert_eq!(list(&cell.reads), "k range w z");
        assert!(cell.awaits);
        assert!(!shared("async def f():\n    await g()").awaits);
    }

    #[test]
    fn what_is_needed_runs_first_and_else_the_order_stays() {
        let order = |sources: &[&str]| {
            by_dependence(&sources.iter().map(|source| shared(source)).collect::<Vec<_>>())
        };
        assert_eq!(order(&["f(x)", "y = 1", "import f", "x = y"]), [1, 2, 3, 0]);
        assert_eq!(order(&["a", "b", "c"]), [0, 1, 2]);
        assert_eq!(order(&["a = b", "b = a", "c = 1"]), [2, 0, 1]);
        assert_eq!(order(&["_x = 1", "print(_x)"]), [0, 1]);
    }
}
