//! What happens in the notebook: names, definitions, calls and values over all cells in order.
//!
//! Each cell is read on its own ([`CellFacts`]); [`Facts`] joins the cells and answers questions
//! lazily, so that editing one cell costs one cell's reading and a cheap join.

mod arguments;
mod budget;
mod cell;
mod collection;
mod definitions;
mod handles;
mod index;
mod joined;
pub mod modules;
mod places;
mod resolve;
mod running;
mod tasks;
mod usage;
mod value;

use hashbrown::{HashMap, HashSet};
use std::cell::RefCell;
use std::sync::Arc;

use crate::environment::Environment;
use crate::execution::{Run, Stage};
use crate::knowledge::Tables;
use crate::python::NodeId;
use crate::text::CellIndex;

pub use crate::index::{Binding, How};
pub use budget::Stop;
pub use cell::CellFacts;
pub use collection::{Collection, Holds};
pub use definitions::{Class, ClassId, FnId, Function, Wrapping};
pub use handles::Handle;
pub use modules::{ModuleSource, Modules, Use};
pub use tasks::is_loop;
pub use usage::Usage;
pub use value::Value;

/// How often the cells may be read again to see whether fixes hold, all in all.
const READINGS: usize = 40;

/// How often a notebook may be run to see what repairs lead to, and the nodes of all these runs.
const MOST_DRAFTS: usize = 200;
const DRAFTED_NODES: usize = 1 << 19;

/// Bytes that may be read again whatever there is.
const SMALL: usize = 1 << 20;

/// A node of one of the notebook's cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Site {
    pub cell: CellIndex,
    pub node: NodeId,
}

/// A call and what is known of it.
#[derive(Debug, Clone)]
pub struct Call {
    pub site: Site,
    pub callee: Value,
    /// The function or lambda whose body the call stands in; `None` for the cell itself.
    pub owner: Option<FnId>,
}

/// Names that are taken where nobody looks.
#[derive(Debug, Default)]
pub struct Elsewhere {
    /// Cells that are not looked at.
    pub cells: Vec<Arc<CellFacts>>,
    /// What repairs bring in that stand.
    pub repairs: HashSet<String>,
}

impl Elsewhere {
    fn has(&self, name: &str) -> bool {
        let says = |cell: &Arc<CellFacts>| cell.names().names().iter().any(|said| **said == *name);
        self.repairs.contains(name) || self.cells.iter().any(says)
    }
}

/// The whole notebook's facts.
pub struct Facts<'a> {
    pub cells: Vec<Arc<CellFacts>>,
    /// Names that are taken where nobody looks.
    elsewhere: Elsewhere,
    pub tables: &'a Tables,
    pub environment: Environment,
    /// The user's modules beside the notebook.
    pub modules: Arc<Modules>,
    memo: RefCell<HashMap<Site, Value>>,
    budget: budget::Budget,
    /// Bytes that may still be read again to see whether fixes hold.
    readable: std::cell::Cell<usize>,
    /// How often the notebook may still be run to see what a repair leads to.
    drafts: std::cell::Cell<usize>,
    joined: joined::Joined,
    readers: std::cell::OnceCell<usage::Readers>,
    run: std::cell::OnceCell<Run>,
    stage: std::cell::OnceCell<Stage<'a>>,
}

impl<'a> Facts<'a> {
    /// Joins the cells, which stand in execution order.
    pub fn join(
        cells: Vec<Arc<CellFacts>>,
        tables: &'a Tables,
        environment: Environment,
        modules: Arc<Modules>,
    ) -> Self {
        let budget = budget::Budget::without_limit();
        Self::join_with(cells, tables, environment, modules, budget)
    }

    /// The same within a number of steps that grows as the cells do, and only while nobody wants a
    /// stop: see [`Facts::ask`].
    pub fn join_within(
        cells: Vec<Arc<CellFacts>>,
        tables: &'a Tables,
        environment: Environment,
        modules: Arc<Modules>,
        stop: Stop,
    ) -> Self {
        let nodes = cells.iter().map(|cell| cell.syntax().tree.len()).sum();
        Self::join_with(cells, tables, environment, modules, budget::Budget::of(nodes, stop))
    }

    fn join_with(
        cells: Vec<Arc<CellFacts>>,
        tables: &'a Tables,
        environment: Environment,
        modules: Arc<Modules>,
        budget: budget::Budget,
    ) -> Self {
        let bytes = cells.iter().map(|cell| cell.syntax().tree.source().len()).sum::<usize>();
        let readable = bytes.saturating_mul(READINGS).saturating_add(SMALL);
        let nodes = cells.iter().map(|cell| cell.syntax().tree.len()).sum::<usize>();
        let drafts = MOST_DRAFTS.min(DRAFTED_NODES / nodes.max(1));
        Self {
            cells,
            elsewhere: Elsewhere::default(),
            tables,
            environment,
            modules,
            memo: RefCell::default(),
            budget,
            readable: std::cell::Cell::new(readable),
            drafts: std::cell::Cell::new(drafts),
            joined: joined::Joined::default(),
            readers: std::cell::OnceCell::new(),
            run: std::cell::OnceCell::new(),
            stage: std::cell::OnceCell::new(),
        }
    }

    /// The same where more names are taken.
    pub fn among(self, elsewhere: Elsewhere) -> Self {
        Self { elsewhere, ..self }
    }

    /// Whether the cell itself awaits: an `await`, `async for` or `async with` outside functions.
    pub fn awaits_at_top(&self, cell: CellIndex) -> bool {
        self.cells.get(cell.0).is_some_and(|it| it.names().awaits_at_top())
    }
}
