//! What happens in the notebook: names, definitions, calls and values over all cells in order.
//!
//! Each cell is read on its own ([`CellFacts`]); [`Facts`] joins the cells and answers questions
//! lazily, so that editing one cell costs one cell's reading and a cheap join.

mod asks;
mod attributes;
mod awaits;
mod collection;
mod definitions;
mod effects;
mod fresh;
mod guard;
mod handles;
mod heavy;
mod index;
mod limits;
pub mod modules;
mod number;
mod protocol;
mod reach;
mod resolve;
mod scope;
mod tasks;
mod turns;
mod usage;
pub mod users;
mod value;
mod waiting;

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use crate::environment::Environment;
use crate::knowledge::Tables;
use crate::notebook::{Cell, CellKind};
use crate::python::{self, CellSyntax, Kind, NodeId, Tree};
use crate::text::{CellIndex, Span, TextRange};

pub use awaits::Holder;
pub use collection::{Collection, Holds};
pub use definitions::{Class, ClassId, FnId, Function, Wrapping};
pub use effects::Leaves;
pub use handles::Handle;
pub use heavy::{Heavy, Work};
pub use limits::Many;
pub use modules::{ModuleSource, Modules};
pub use protocol::AsyncOnly;
pub use reach::{Reach, Runs};
pub use scope::{Binding, How, MODULE, ScopeId, ScopeKind};
pub use tasks::{Background, is_loop, is_running_loop};
pub use turns::Turns;
pub use usage::Usage;
pub use users::{Access, Use, User};
pub use value::Value;
pub use waiting::Waiting;

use scope::Scopes;

/// A node of one of the notebook's cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Site {
    pub cell: CellIndex,
    pub node: NodeId,
}

/// What one cell says by itself.
#[derive(Debug, Clone)]
pub struct CellFacts {
    pub syntax: CellSyntax,
    scopes: Scopes,
    /// Whether the kernel compiles this cell as Python at all.
    pub runs: bool,
}

impl CellFacts {
    /// Reads one cell. Markdown, raw and other languages' cells give an empty answer.
    pub fn read(cell: &Cell, is_python: bool) -> Self {
        let (runs, source) = readable(cell, is_python);
        let syntax = python::parse(source);
        let scopes = Scopes::of(&syntax.tree);
        Self { syntax, scopes, runs }
    }

    /// Whether these are the facts of `cell` as it is now.
    pub fn is_of(&self, cell: &Cell, is_python: bool) -> bool {
        readable(cell, is_python) == (self.runs, self.syntax.tree.source())
    }

    /// The name of the cell magic that opens the cell.
    pub fn magic(&self) -> Option<&str> {
        self.syntax.magic.as_ref().map(|magic| self.syntax.tree.text(magic.name))
    }
}

/// Whether the kernel compiles the cell as Python, and the text to read if so.
fn readable(cell: &Cell, is_python: bool) -> (bool, &str) {
    let runs = cell.kind == CellKind::Code
        && is_python
        && cell.language.as_deref().is_none_or(crate::notebook::is_python);
    (runs, if runs { cell.source.as_str() } else { "" })
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
    /// The places that assign to an attribute, by its name.
    stored_attributes: HashMap<String, Vec<Site>>,
    index: index::Index,
    readers: std::cell::OnceCell<usage::Readers>,
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
        let mut facts = Self {
            cells,
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
            stored_attributes: HashMap::new(),
            index: index::Index::default(),
            readers: std::cell::OnceCell::new(),
            same_import: HashMap::new(),
        };
        facts.gather_globals();
        facts.gather_stored_attributes();
        facts.gather_definitions();
        facts.calls = facts.find_calls();
        facts.reach = reach::of(&facts);
        facts.index = index::Index::of(&facts);
        facts
    }

    fn gather_globals(&mut self) {
        for (index, cell) in self.cells.iter().enumerate() {
            let index = CellIndex(index);
            let Some(module) = cell.scopes.get(MODULE) else { continue };
            for (name, bindings) in &module.bindings {
                let list = self.globals.entry(name.clone()).or_default();
                list.extend(bindings.iter().map(|binding| (index, binding.clone())));
            }
            let star = |(node, module): &(NodeId, String)| {
                (Site { cell: index, node: *node }, module.clone())
            };
            self.stars.extend(cell.scopes.stars.iter().map(star));
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

    /// All nodes of all cells, in order.
    pub fn sites(&self) -> impl Iterator<Item = Site> + '_ {
        let sites = |(index, cell): (usize, &Arc<CellFacts>)| {
            let cell_index = CellIndex(index);
            cell.syntax.tree.all().map(move |node| Site { cell: cell_index, node })
        };
        self.cells.iter().enumerate().flat_map(sites)
    }

    /// The cell with this number.
    pub fn cell(&self, index: CellIndex) -> Option<&CellFacts> {
        self.cells.get(index.0).map(|cell| &**cell)
    }

    /// The syntax of the cell that holds `site`.
    pub fn tree(&self, cell: CellIndex) -> &Tree {
        static EMPTY: std::sync::LazyLock<Tree> = std::sync::LazyLock::new(Tree::default);
        self.cell(cell).map_or(&EMPTY, |cell| &cell.syntax.tree)
    }

    pub fn kind(&self, site: Site) -> &Kind {
        self.tree(site.cell).kind(site.node)
    }

    pub fn role(&self, site: Site) -> python::Role {
        self.tree(site.cell).role(site.node)
    }

    pub fn range(&self, site: Site) -> TextRange {
        self.tree(site.cell).range(site.node)
    }

    pub fn span(&self, site: Site) -> Span {
        Span::new(site.cell, self.range(site))
    }

    /// The source text of a node.
    pub fn source_of(&self, site: Site) -> &str {
        self.tree(site.cell).source_of(site.node)
    }

    pub fn parent(&self, site: Site) -> Option<Site> {
        self.tree(site.cell).parent(site.node).map(|node| Site { node, ..site })
    }

    pub fn child(&self, site: Site, role: python::Role) -> Option<Site> {
        self.tree(site.cell).child(site.node, role).map(|node| Site { node, ..site })
    }

    /// The statement that holds `site`, or is it.
    pub fn statement(&self, site: Site) -> Site {
        Site { node: self.tree(site.cell).statement_of(site.node), ..site }
    }

    /// The statements of the block that holds `statement`.
    pub fn block(&self, statement: Site) -> Vec<Site> {
        match self.parent(statement) {
            Some(parent) => self.children_in(parent, self.role(statement)).collect(),
            None => {
                let at = |node| Site { node, ..statement };
                self.tree(statement.cell).statements().map(at).collect()
            }
        }
    }

    pub fn children_in(&self, site: Site, role: python::Role) -> impl Iterator<Item = Site> + '_ {
        let at = move |node| Site { node, ..site };
        self.tree(site.cell).children_in(site.node, role).map(at)
    }

    pub fn ancestors(&self, site: Site) -> impl Iterator<Item = Site> + '_ {
        let at = move |node| Site { node, ..site };
        self.tree(site.cell).ancestors(site.node).map(at)
    }

    pub fn descendants(&self, site: Site) -> impl Iterator<Item = Site> + '_ {
        let at = move |node| Site { node, ..site };
        self.tree(site.cell).descendants(site.node).map(at)
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

    /// The argument at `position` (from 0) or called `name`.
    pub fn argument(&self, call: Site, position: usize, name: &str) -> Option<Site> {
        let starred = |arg: &Site| matches!(self.kind(*arg), Kind::Starred);
        let args: Vec<Site> = self.children_in(call, python::Role::Arg).collect();
        if !args.iter().take(position + 1).any(starred)
            && let Some(found) = args.get(position)
        {
            return Some(*found);
        }
        self.keyword(call, name)
    }

    /// The value of the keyword argument `name`.
    pub fn keyword(&self, call: Site, name: &str) -> Option<Site> {
        self.children_in(call, python::Role::Keyword).find_map(|keyword| {
            let Kind::KeywordArg { name: Some(range) } = self.kind(keyword) else { return None };
            let matches = self.tree(call.cell).text(*range) == name;
            matches.then(|| self.child(keyword, python::Role::Value)).flatten()
        })
    }

    /// The callee of a call as the source writes it.
    pub fn callee_text(&self, call: Site) -> &str {
        self.child(call, python::Role::Func).map_or("", |func| self.source_of(func))
    }

    /// The patch that is in force where `site` runs: one that stands before it, or before the
    /// first call of the helper that it stands in.
    pub fn patch_before(&self, site: Site) -> Option<Site> {
        let runs_at = match self.runs(site) {
            Runs::Helper(id) | Runs::Async(id) => {
                self.entry_calls(id).first().copied().unwrap_or(site)
            }
            Runs::Cell | Runs::Elsewhere => site,
        };
        let before = |call: &&Call| call.site < runs_at;
        self.patches().find(before).map(|call| call.site)
    }

    /// Whether the cell itself awaits: an `await`, `async for` or `async with` outside functions.
    pub fn awaits_at_top(&self, cell: CellIndex) -> bool {
        let tree = self.tree(cell);
        tree.all().any(|node| is_await(tree, node) && self.owner(Site { cell, node }).is_none())
    }
}

/// Whether the node suspends what runs it.
pub fn is_await(tree: &Tree, node: NodeId) -> bool {
    matches!(
        tree.kind(node),
        Kind::Await
            | Kind::For { is_async: true }
            | Kind::With { is_async: true }
            | Kind::Clause { is_async: true }
    )
}
