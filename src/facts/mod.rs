//! What happens in the notebook: names, definitions, calls and values over all cells in order.
//!
//! Each cell is read on its own ([`CellFacts`]); [`Facts`] joins the cells and answers questions
//! lazily, so that editing one cell costs one cell's reading and a cheap join.

mod arguments;
mod attributes;
mod budget;
mod cell;
mod collection;
mod definitions;
mod effects;
mod endless;
mod guard;
mod handles;
mod index;
pub mod modules;
mod number;
mod places;
mod protocol;
mod reach;
mod resolve;
mod running;
mod scope;
mod takers;
mod tasks;
mod truth;
mod usage;
pub mod users;
mod value;

use hashbrown::HashMap;
use std::cell::RefCell;
use std::sync::Arc;

use crate::environment::Environment;
use crate::execution::{Run, Stage};
use crate::knowledge::Tables;
use crate::python::{self, Kind, NodeId};
use crate::text::CellIndex;

pub use budget::Stop;
pub use cell::CellFacts;
pub use collection::{Collection, Holds};
pub use definitions::{Class, ClassId, FnId, Function, Wrapping};
pub use effects::Leaves;
pub use endless::Endless;
pub use handles::Handle;
pub use modules::{ModuleSource, Modules};
pub use protocol::AsyncOnly;
pub use reach::{Reach, Runs};
pub use scope::{Binding, How, MODULE, ScopeId, ScopeKind};
pub use takers::{Passes, Taker};
pub use tasks::{is_loop, is_running_loop};
pub use usage::Usage;
pub use users::{Access, Use, User};
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

/// The whole notebook's facts.
pub struct Facts<'a> {
    pub cells: Vec<Arc<CellFacts>>,
    /// Cells that are not looked at, but whose names are taken.
    elsewhere: Vec<Arc<CellFacts>>,
    pub tables: &'a Tables,
    pub environment: Environment,
    /// The user's modules beside the notebook.
    pub modules: Arc<Modules>,
    pub functions: Vec<Function>,
    pub classes: Vec<Class>,
    /// Every call of the notebook in order.
    pub calls: Vec<Call>,
    pub reach: Vec<Reach>,
    function_at: HashMap<Site, FnId>,
    class_at: HashMap<Site, ClassId>,
    globals: HashMap<Box<str>, Vec<(CellIndex, Binding)>>,
    stars: Vec<(Site, String)>,
    memo: RefCell<HashMap<Site, Option<Value>>>,
    guards: guard::Guards,
    budget: budget::Budget,
    /// Whether the notebook was too much to be joined.
    unfinished: bool,
    /// Bytes that may still be read again to see whether fixes hold.
    readable: std::cell::Cell<usize>,
    /// How often the notebook may still be run to see what a repair leads to.
    drafts: std::cell::Cell<usize>,
    /// The classes that define a method, by its name.
    classes_with: HashMap<String, Vec<ClassId>>,
    /// The places that assign to an attribute, by its name.
    stored_attributes: HashMap<String, Vec<Site>>,
    index: index::Index,
    readers: std::cell::OnceCell<usage::Readers>,
    run: std::cell::OnceCell<Run>,
    stage: std::cell::OnceCell<Stage<'a>>,
    /// Global names that every binding imports from the same place.
    same_import: HashMap<Box<str>, (CellIndex, Binding)>,
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
        let mut facts = Self {
            cells,
            elsewhere: Vec::new(),
            tables,
            environment,
            modules,
            functions: Vec::new(),
            classes: Vec::new(),
            calls: Vec::new(),
            reach: Vec::new(),
            function_at: HashMap::new(),
            class_at: HashMap::new(),
            globals: HashMap::new(),
            stars: Vec::new(),
            memo: RefCell::default(),
            guards: guard::Guards::default(),
            budget,
            unfinished: false,
            readable: std::cell::Cell::new(0),
            drafts: std::cell::Cell::new(0),
            classes_with: HashMap::new(),
            stored_attributes: HashMap::new(),
            index: index::Index::default(),
            readers: std::cell::OnceCell::new(),
            run: std::cell::OnceCell::new(),
            stage: std::cell::OnceCell::new(),
            same_import: HashMap::new(),
        };
        let bytes = facts.cells.iter().map(|cell| cell.syntax().tree.source().len()).sum::<usize>();
        facts.readable = std::cell::Cell::new(bytes.saturating_mul(READINGS).saturating_add(SMALL));
        let nodes = facts.cells.iter().map(|cell| cell.syntax().tree.len()).sum::<usize>();
        facts.drafts = std::cell::Cell::new(MOST_DRAFTS.min(DRAFTED_NODES / nodes.max(1)));
        facts.gather_globals();
        facts.gather_stored_attributes();
        facts.gather_definitions();
        facts.calls = facts.find_calls();
        facts.reach = reach::of(&facts);
        facts.index = index::Index::of(&facts);
        facts.unfinished = facts.budget.is_spent();
        facts
    }

    /// The same beside cells that are not looked at.
    pub fn among(self, elsewhere: Vec<Arc<CellFacts>>) -> Self {
        Self { elsewhere, ..self }
    }

    fn gather_globals(&mut self) {
        for (index, cell) in self.cells.iter().enumerate() {
            let index = CellIndex(index);
            let Some(module) = cell.scopes().get(MODULE) else { continue };
            for (name, bindings) in &module.bindings {
                let list = self.globals.entry(name.clone()).or_default();
                list.extend(bindings.iter().map(|binding| (index, binding.clone())));
            }
            let star = |(node, module): &(NodeId, String)| {
                (Site { cell: index, node: *node }, module.clone())
            };
            self.stars.extend(cell.scopes().stars.iter().map(star));
        }
        let imported = |list: &Vec<(CellIndex, Binding)>| {
            let first = list.first().filter(|(_, it)| matches!(it.how, How::Import(_)))?;
            let same = list.iter().all(|(_, binding)| binding.how == first.1.how);
            (same && list.len() > 1).then(|| first.clone())
        };
        let same =
            self.globals.iter().filter_map(|(name, list)| Some((name.clone(), imported(list)?)));
        self.same_import = same.collect();
    }

    fn gather_stored_attributes(&mut self) {
        let mut stored: HashMap<String, Vec<Site>> = HashMap::new();
        for site in self.sites().filter(|site| self.role(*site) == python::Role::Target) {
            let Kind::Attribute { name } = self.kind(site) else { continue };
            let name = self.tree(site.cell).text(*name).to_owned();
            stored.entry(name).or_default().push(site);
        }
        self.stored_attributes = stored;
    }

    fn find_calls(&self) -> Vec<Call> {
        let is_call = |site: &Site| matches!(self.kind(*site), Kind::Call);
        let call = |site: Site| {
            let func = self.child(site, python::Role::Func)?;
            Some(Call { site, callee: self.value(func), owner: self.owner(site) })
        };
        self.sites().filter(is_call).filter_map(call).collect()
    }

    pub fn function(&self, id: FnId) -> Option<&Function> {
        self.functions.get(id.0)
    }

    /// The function that `site` defines.
    pub fn function_at(&self, site: Site) -> Option<FnId> {
        self.function_at.get(&site).copied()
    }

    pub fn class(&self, id: ClassId) -> Option<&Class> {
        self.classes.get(id.0)
    }

    /// Whether the cell itself awaits: an `await`, `async for` or `async with` outside functions.
    pub fn awaits_at_top(&self, cell: CellIndex) -> bool {
        self.cells.get(cell.0).is_some_and(|it| it.names().awaits_at_top())
    }
}
