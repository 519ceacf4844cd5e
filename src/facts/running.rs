//! The notebook's run on abstract values, and the runs that show what repairs lead to.

use std::sync::Arc;

use super::{Facts, Site};
use crate::execution::{self, Endless, Run, Stage};
use crate::index::Index;

impl<'a> Facts<'a> {
    /// Whether there are runs left to see what repairs lead to.
    pub fn has_drafts(&self) -> bool {
        self.drafts.get() > 0
    }

    /// Whether the notebook may be run once more to see what a repair leads to; counts it.
    pub fn may_draft(&self) -> bool {
        let left = self.drafts.get();
        self.drafts.set(left.saturating_sub(1));
        left > 0
    }

    /// Counts runs that are known to show what others have shown.
    pub fn count_drafts(&self, count: usize) {
        self.drafts.set(self.drafts.get().saturating_sub(count));
    }

    /// Runs the cells on abstract values.
    pub fn run(&self) -> &Run {
        self.run.get_or_init(|| self.stage().run())
    }

    /// Runs other cells in place of these, to see what a change leads to.
    pub fn run_with(&self, cells: &[Arc<Index>]) -> Run {
        self.stage().run_with(cells)
    }

    /// The same place, as the run names places.
    pub fn in_run(&self, site: Site) -> execution::Site {
        execution::Site { cell: self.run().key_of(site.cell), node: site.node }
    }

    /// Whether anybody comes to the code at `site`.
    pub fn comes_to(&self, site: Site) -> bool {
        self.run().comes_to(self.in_run(site))
    }

    /// Whether awaiting what the expression at `site` gives never comes to an end.
    pub fn never_ends(&self, site: Site) -> Option<Endless> {
        self.run().never_ends(self.in_run(site), self.tables)
    }

    fn stage(&self) -> &Stage<'a> {
        self.stage.get_or_init(|| {
            let cells = self.cells.iter().map(|cell| Arc::clone(cell.names()));
            Stage::new(cells, self.modules.sources(), self.tables, self.environment)
        })
    }
}
