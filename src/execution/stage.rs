//! A notebook that is set up to be run: its cells, what lies beside it, and what questions may cost.

use std::cell::{Cell, OnceCell};
use std::rc::Rc;
use std::sync::Arc;

use hashbrown::HashSet;

use super::budget::{Budget, Size, Stop};
use super::machine::{Input, run};
use super::modules::{Module, Modules};
use super::moments::Moments;
use super::reading::Run;
use super::value::CellKey;
use crate::environment::Environment;
use crate::index::{Binding, Index, ReadCell, Shared, by_dependence};
use crate::knowledge::tables::Tables;
use crate::python::Tree;

/// Names that are taken where nobody looks.
#[derive(Debug, Default)]
pub struct Elsewhere {
    /// Cells that are not looked at.
    pub cells: Vec<Arc<ReadCell>>,
    /// What repairs bring in that stand.
    pub repairs: HashSet<String>,
}

impl Elsewhere {
    pub(super) fn has(&self, name: &str) -> bool {
        let says = |cell: &Arc<ReadCell>| cell.names().names().iter().any(|said| **said == *name);
        self.repairs.contains(name) || self.cells.iter().any(says)
    }

    /// Whether every place that binds a name which all cells share is such.
    pub(super) fn binds_alone(&self, name: &str, is_such: impl Fn(&Binding) -> bool) -> bool {
        self.cells.iter().all(|cell| {
            let index = cell.names();
            let is_it = |id| index.name(id) == name;
            let mut shared = index.bound().shared();
            shared.all(|(id, places)| !is_it(id) || places.iter().all(&is_such))
        })
    }
}

/// A notebook that can be run again and again, each time with a few cells that read otherwise.
pub struct Stage<'t> {
    pub(super) input: Input<'t>,
    pub(super) modules: Arc<Modules>,
    cells: Vec<(CellKey, Arc<Index>)>,
    pub(super) elsewhere: Elsewhere,
    pub(super) budget: Budget,
    /// Made when a second run asks for them: one alone costs less without.
    moments: OnceCell<Moments<'t>>,
    was_run_with: Cell<bool>,
}

impl<'t> Stage<'t> {
    /// A notebook's cells, which stand in order, and the modules beside it.
    pub fn new(
        cells: impl IntoIterator<Item = Arc<Index>>,
        modules: Arc<Modules>,
        tables: &'t Tables,
        environment: Environment,
    ) -> Self {
        let key = |at: usize| CellKey(u32::try_from(at).unwrap_or(u32::MAX));
        let cells: Vec<_> = cells.into_iter().enumerate().map(|(at, it)| (key(at), it)).collect();
        let module = |(at, module): (usize, &Module)| {
            (module.name.clone(), key(cells.len() + at), Arc::clone(&module.index))
        };
        let beside = modules.sources().iter().enumerate().map(module).collect();
        let input = Input { modules: beside, tables, environment };
        let budget = Budget::without_limit(size(&cells));
        let (moments, elsewhere) = (OnceCell::new(), Elsewhere::default());
        Self { input, modules, cells, elsewhere, budget, moments, was_run_with: Cell::new(false) }
    }

    /// The same within a number of steps that grows as the cells do, and only while nobody wants a
    /// stop: see [`Run::ask`].
    #[must_use]
    pub fn within(self, stop: Stop) -> Self {
        let budget = Budget::of(size(&self.cells), stop);
        Self { budget, ..self }
    }

    /// The same where more names are taken.
    #[must_use]
    pub fn among(self, elsewhere: Elsewhere) -> Self {
        Self { elsewhere, ..self }
    }

    /// Runs the cells in order or, where the place does so, by what they need.
    pub fn run(self) -> Run<'t> {
        let trace = run(&self.input, &in_order(&self.cells, self.input.environment));
        let cells = self.cells.clone();
        Run::new(Rc::new(self), trace, cells)
    }
}

fn size(cells: &[(CellKey, Arc<Index>)]) -> Size {
    let trees = || cells.iter().map(|(_, index)| &index.syntax.tree);
    Size {
        nodes: trees().map(Tree::len).sum(),
        bytes: trees().map(|tree| tree.source().len()).sum(),
    }
}

impl<'t> Run<'t> {
    /// Runs a notebook's cells once.
    pub fn of(
        cells: impl IntoIterator<Item = Arc<Index>>,
        modules: Arc<Modules>,
        tables: &'t Tables,
        environment: Environment,
    ) -> Self {
        Stage::new(cells, modules, tables, environment).run()
    }

    /// Runs as many other cells in their places, to see what a change leads to. From the second time
    /// on, what runs before the first that differs is not run again.
    pub fn again_with(&self, cells: &[Arc<Index>]) -> Self {
        let stage = self.stage();
        let keys = stage.cells.iter().map(|(key, _)| *key);
        let cells: Vec<_> = keys.zip(cells.iter().map(Arc::clone)).collect();
        let environment = self.environment();
        let ordered = in_order(&cells, environment);
        let trace = if stage.was_run_with.replace(true) {
            let before = || in_order(&stage.cells, environment);
            stage.moments.get_or_init(|| Moments::of(&stage.input, before())).run(&ordered)
        } else {
            run(&stage.input, &ordered)
        };
        Run::new(Rc::clone(stage), trace, cells)
    }
}

/// The cells in the order in which they run.
fn in_order(
    cells: &[(CellKey, Arc<Index>)],
    environment: Environment,
) -> Vec<(CellKey, Arc<Index>)> {
    if !environment.host.runs_by_dependence() {
        return cells.to_vec();
    }
    let shared: Vec<Shared> = cells.iter().map(|(_, index)| Shared::of(index)).collect();
    by_dependence(&shared).into_iter().filter_map(|at| cells.get(at).cloned()).collect()
}
