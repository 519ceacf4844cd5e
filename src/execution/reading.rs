//! A run as rules read it: events with their places in the notebook, and the text there.

use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

use super::budget::Budget;
use super::event::{Event, StackId};
use super::joined::Joined;
use super::modules::Modules;
use super::stage::Stage;
use super::trace::Trace;
use super::value::{CellKey, Site, Value};
use super::waited::Waited;
use crate::environment::Environment;
use crate::index::Index;
use crate::knowledge::callables::QualifiedName;
use crate::knowledge::tables::Tables;
use crate::python::{Detail, Kind, NodeId, Role, Tree};
use crate::text::{CellIndex, Span, TextRange};

/// A notebook and what running it showed.
pub struct Run<'t> {
    pub trace: Trace,
    stage: Rc<Stage<'t>>,
    cells: Vec<(CellKey, Arc<Index>)>,
    /// Made when somebody asks what never ends.
    pub(super) waited: OnceCell<Waited>,
    pub(super) joined: Joined,
}

impl<'t> Run<'t> {
    pub(super) fn new(
        stage: Rc<Stage<'t>>,
        trace: Trace,
        cells: Vec<(CellKey, Arc<Index>)>,
    ) -> Self {
        Self { trace, stage, cells, waited: OnceCell::new(), joined: Joined::default() }
    }

    pub(super) fn stage(&self) -> &Rc<Stage<'t>> {
        &self.stage
    }

    /// What is known of libraries.
    pub fn tables(&self) -> &'t Tables {
        self.stage.input.tables
    }

    /// Where the cells run.
    pub fn environment(&self) -> Environment {
        self.stage.input.environment
    }

    /// The user's modules beside the notebook.
    pub fn modules(&self) -> &Modules {
        &self.stage.modules
    }

    pub(super) fn budget(&self) -> &Budget {
        &self.stage.budget
    }

    /// Whether a name is taken where nobody looks.
    pub(super) fn is_taken_elsewhere(&self, name: &str) -> bool {
        self.stage.elsewhere.has(name)
    }

    /// What happened, in order.
    pub fn events(&self) -> &[Event] {
        &self.trace.events
    }

    /// What the names of a cell or module mean.
    pub fn index(&self, cell: CellKey) -> Option<&Arc<Index>> {
        let own = self.cells.get(cell.0 as usize).map(|(_, index)| index);
        own.or_else(|| Some(&self.module(cell)?.2))
    }

    /// The notebook's cells under their keys, in order.
    pub fn cells(&self) -> impl Iterator<Item = (CellKey, &Arc<Index>)> {
        self.cells.iter().map(|(key, index)| (*key, index))
    }

    /// The keys of the notebook's cells, in order.
    pub fn keys(&self) -> impl Iterator<Item = CellKey> + '_ {
        self.cells.iter().map(|(key, _)| *key)
    }

    pub(super) fn module(&self, key: CellKey) -> Option<&(String, CellKey, Arc<Index>)> {
        self.stage.input.modules.get(self.module_at(key)?)
    }

    /// The number of a module: their keys follow those of the cells.
    fn module_at(&self, key: CellKey) -> Option<usize> {
        (key.0 as usize).checked_sub(self.cells.len())
    }

    /// The syntax of the cell or module that holds `site`.
    pub fn tree(&self, cell: CellKey) -> &Tree {
        static EMPTY: std::sync::LazyLock<Tree> = std::sync::LazyLock::new(Tree::default);
        self.index(cell).map_or(&EMPTY, |index| &index.syntax.tree)
    }

    /// The cell that a key stands for; `None` for a module's.
    pub fn cell_of(&self, key: CellKey) -> Option<CellIndex> {
        let at = key.0 as usize;
        (at < self.cells.len()).then_some(CellIndex(at))
    }

    /// Where a node stands in the notebook; `None` when it is a module's.
    pub fn span(&self, site: Site) -> Option<Span> {
        let cell = self.cell_of(site.cell)?;
        Some(Span::new(cell, self.tree(site.cell).range(site.node)))
    }

    /// The file and the line, from 1, of a node in a module.
    pub fn in_module(&self, site: Site) -> Option<(&str, usize)> {
        let at = self.module_at(site.cell)?;
        Some((&self.modules().sources().get(at)?.path, self.line(site)))
    }

    /// The sites of the calls that lead to an event, outermost first.
    pub fn stack(&self, id: StackId) -> Vec<Site> {
        self.trace.stack(id)
    }

    /// The event's own site, or, where that is in a module, the call in a cell that leads there.
    pub fn site_of(&self, event: &Event) -> Site {
        let in_cell = |site: &Site| self.cell_of(site.cell).is_some();
        if in_cell(&event.site) {
            return event.site;
        }
        self.stack(event.stack).into_iter().rev().find(in_cell).unwrap_or(event.site)
    }

    pub fn source_of(&self, site: Site) -> &str {
        self.tree(site.cell).source_of(site.node)
    }

    pub fn kind(&self, site: Site) -> &Kind {
        self.tree(site.cell).kind(site.node)
    }

    pub fn child(&self, site: Site, role: Role) -> Option<Site> {
        let node = self.tree(site.cell).child(site.node, role)?;
        Some(Site { node, ..site })
    }

    pub fn parent(&self, site: Site) -> Option<Site> {
        let node = self.tree(site.cell).parent(site.node)?;
        Some(Site { node, ..site })
    }

    /// The value of the keyword argument `name`.
    pub fn keyword(&self, call: Site, name: &str) -> Option<Site> {
        let node = self.tree(call.cell).keyword(call.node, name)?;
        Some(Site { node, ..call })
    }

    /// What a call calls, as it is written.
    pub fn callee(&self, call: Site) -> &str {
        self.child(call, Role::Func)
            .map_or_else(|| self.source_of(call), |func| self.source_of(func))
    }

    /// The name of the function, method or lambda that a value is, or whose call made it.
    pub fn name_of(&self, value: Value) -> Option<&str> {
        let def = self.trace.function_of(value)?;
        let tree = self.tree(def.cell);
        match tree.kind(def.node) {
            Kind::FunctionDef { name, .. } => Some(tree.text(*name)),
            _ => None,
        }
    }

    /// The name of the notebook's class that an instance is of.
    pub fn class_of(&self, value: Value) -> Option<&str> {
        let def = self.trace.class_of(value)?;
        let tree = self.tree(def.cell);
        match tree.kind(def.node) {
            Kind::ClassDef { name } => Some(tree.text(*name)),
            _ => None,
        }
    }

    /// The line, from 1, of a node in its cell or module.
    pub fn line(&self, site: Site) -> usize {
        let tree = self.tree(site.cell);
        tree.lines().line(tree.range(site.node).start) + 1
    }

    /// The bytes of the innermost statement around a node.
    pub fn statement_around(&self, site: Site) -> TextRange {
        let tree = self.tree(site.cell);
        tree.range(tree.statement_of(site.node))
    }

    /// Whether the cell shows what a call gives, as its last line.
    pub fn is_shown(&self, call: Site) -> bool {
        let Some(index) = self.index(call.cell) else { return false };
        let tree = &index.syntax.tree;
        let Some(statement) = tree.parent(call.node) else { return false };
        *tree.kind(statement) == Kind::Expression
            && tree.role(statement) == Role::Top
            && tree.statements().last() == Some(statement)
            && !index.syntax.ends_in_semicolon
    }

    /// The name of the function or method in whose body a node stands; a lambda has none.
    pub fn function_around(&self, site: Site) -> Option<&str> {
        let tree = self.tree(site.cell);
        tree.ancestors(site.node).find_map(|node| match tree.kind(node) {
            Kind::FunctionDef { name, .. } => Some(tree.text(*name)),
            _ => None,
        })
    }

    /// What a function is called by people.
    pub fn title(&self, function: Site) -> &str {
        let tree = self.tree(function.cell);
        match tree.kind(function.node) {
            Kind::FunctionDef { name, .. } => tree.text(*name),
            _ => "lambda",
        }
    }

    /// The first line of a loop; the whole of anything else.
    pub fn head(&self, site: Site) -> Span {
        let end = self.child(site, Role::Iter).or_else(|| self.child(site, Role::Test));
        let range = self.range(site);
        let end = end.map_or(range.end, |end| self.range(end).end);
        let cell = self.cell_of(site.cell).unwrap_or_default();
        Span::new(cell, TextRange::new(range.start, end))
    }

    /// Whether something in a cell awaits that stands in no function: the cell runs on the loop.
    pub fn awaits_at_top(&self, cell: CellKey) -> bool {
        self.index(cell).is_some_and(|index| index.awaits_at_top())
    }

    /// Whether the innermost function around a node is an `async def`.
    pub fn is_in_async(&self, site: Site) -> bool {
        let tree = self.tree(site.cell);
        let inner = tree.ancestors(site.node).map(|node| tree.kind(node));
        let mut functions =
            inner.filter(|kind| matches!(kind, Kind::FunctionDef { .. } | Kind::Lambda));
        matches!(functions.next(), Some(Kind::FunctionDef { is_async: true, .. }))
    }

    /// What the first handler of a `try` statement takes.
    pub fn handler_of(&self, site: Site) -> Option<Site> {
        let tree = self.tree(site.cell);
        let handler = tree.child(site.node, Role::Handler)?;
        let node = tree.child(handler, Role::Test).unwrap_or(handler);
        Some(Site { node, ..site })
    }

    /// What the first handler of the `try` around a node takes.
    pub fn handler_around(&self, site: Site) -> Option<Site> {
        let tree = self.tree(site.cell);
        let mut inner = site.node;
        for node in tree.ancestors(site.node) {
            if *tree.kind(node) == Kind::Try && tree.role(inner) == Role::Body {
                let handler = tree.child(node, Role::Handler)?;
                let node = tree.child(handler, Role::Test).unwrap_or(handler);
                return Some(Site { node, ..site });
            }
            inner = node;
        }
        None
    }

    /// Whether a function of the notebook can be called without arguments.
    pub fn takes_nothing(&self, value: Value) -> bool {
        let Some(def) = self.trace.function_of(value) else { return false };
        let tree = self.tree(def.cell);
        let bound = usize::from(self.trace.is_bound(value));
        // What `*args` hand on to another function may be needed there.
        let optional = |param: NodeId| tree.child(param, Role::Default).is_some();
        tree.children_in(def.node, Role::Param).skip(bound).all(optional)
    }

    /// How many arguments a function of the notebook needs, all of them by their place.
    pub fn needs(&self, value: Value) -> Option<usize> {
        let def = self.trace.function_of(value)?;
        let tree = self.tree(def.cell);
        let bound = usize::from(self.trace.is_bound(value));
        let mut needed = 0;
        for param in tree.children_in(def.node, Role::Param).skip(bound) {
            if tree.child(param, Role::Default).is_some() {
                continue;
            }
            match tree.detail(param) {
                Detail::Plain | Detail::PositionalOnly => needed += 1,
                _ => return None,
            }
        }
        Some(needed)
    }

    /// Whether a value is an `async def` function of the notebook.
    pub fn is_coroutine_function(&self, value: Value) -> bool {
        let def = self.trace.function_of(value);
        let is_async =
            |def: Site| matches!(self.kind(def), Kind::FunctionDef { is_async: true, .. });
        def.is_some_and(is_async) && self.trace.kind_of(value) == super::trace::ValueKind::Function
    }

    /// A qualified name as it is written.
    pub fn spell(&self, name: QualifiedName) -> String {
        self.trace.spell(name)
    }

    /// The argument of the call at `call` that stands at `at`, from 0, or under `name`.
    pub fn argument(&self, call: Site, at: usize, name: &str) -> Option<Site> {
        let node = self.tree(call.cell).argument(call.node, at, name)?;
        Some(Site { node, ..call })
    }

    /// The argument of a call that has just one.
    pub fn only_argument(&self, call: Site) -> Option<Site> {
        let tree = self.tree(call.cell);
        let is_argument = |it: &NodeId| matches!(tree.role(*it), Role::Arg | Role::Keyword);
        let mut arguments = tree.children(call.node).filter(is_argument);
        let only = arguments.next().filter(|it| tree.role(*it) == Role::Arg)?;
        arguments.next().is_none().then_some(Site { node: only, ..call })
    }

    /// The bytes that a node takes in its cell.
    pub fn range(&self, site: Site) -> TextRange {
        self.tree(site.cell).range(site.node)
    }
}
