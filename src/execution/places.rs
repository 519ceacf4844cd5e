//! The places of a run: the nodes of its cells, how they hang together, and whose code they are.

use super::event::{Event, EventKind, Thread};
use super::reading::Run;
use super::value::{CellKey, Site};
use crate::index::{Index, TOP};
use crate::python::{Builds, Kind, Role};
use crate::text::{CellIndex, Span, TextRange};

/// What would have to suspend when an `await` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// The cell, which the kernel runs as a coroutine; a cell magic may keep it from doing so.
    Cell,
    /// An `async def`, or a generator expression, which turns into an asynchronous generator.
    Async,
    /// The plain `def` or lambda at this site: Python refuses to compile it.
    Plain(Site),
    /// The body of the class at this site, which Python refuses as well.
    Class(Site),
    /// The Python that the line magic at this site is given.
    LineMagic(Site),
}

impl Run<'_> {
    /// All nodes of the notebook's cells, in order.
    pub fn sites(&self) -> impl Iterator<Item = Site> + '_ {
        let all = |cell| self.tree(cell).all().map(move |node| Site { cell, node });
        self.keys().flat_map(all)
    }

    /// The direct children of a node, in source order.
    pub fn children(&self, site: Site) -> impl Iterator<Item = Site> + '_ {
        self.tree(site.cell).children(site.node).map(move |node| Site { node, ..site })
    }

    pub fn role(&self, site: Site) -> Role {
        self.tree(site.cell).role(site.node)
    }

    pub fn children_in(&self, site: Site, role: Role) -> impl Iterator<Item = Site> + '_ {
        let at = move |node| Site { node, ..site };
        self.tree(site.cell).children_in(site.node, role).map(at)
    }

    /// Parent, grandparent and so on.
    pub fn ancestors(&self, site: Site) -> impl Iterator<Item = Site> + '_ {
        let at = move |node| Site { node, ..site };
        self.tree(site.cell).ancestors(site.node).map(at)
    }

    /// Everything below a node, without it; each place is a step.
    pub fn descendants(&self, site: Site) -> impl Iterator<Item = Site> + '_ {
        let at = move |node| Site { node, ..site };
        let below = self.tree(site.cell).descendants(site.node).map(at);
        below.inspect(|_| self.budget().step(1))
    }

    /// A node and everything below it.
    pub fn within(&self, site: Site) -> impl Iterator<Item = Site> + '_ {
        std::iter::once(site).chain(self.descendants(site))
    }

    /// The statement that holds a node, or is it.
    pub fn statement(&self, site: Site) -> Site {
        Site { node: self.tree(site.cell).statement_of(site.node), ..site }
    }

    /// The statements of the block that holds `statement`.
    pub fn block(&self, statement: Site) -> Vec<Site> {
        let tree = self.tree(statement.cell);
        let block = tree.block(tree.parent(statement.node), tree.role(statement.node));
        block.iter().map(|node| Site { node: *node, ..statement }).collect()
    }

    /// Whether a node is evaluated by a cell's own code, in no function, class or comprehension.
    pub fn is_at_top(&self, site: Site) -> bool {
        self.index(site.cell).is_some_and(|index| index.scope_of(site.node) == TOP)
    }

    /// The function or lambda whose body holds a node; `None` for a cell's own code, class bodies
    /// included.
    pub fn owner(&self, site: Site) -> Option<Site> {
        let node = self.index(site.cell)?.owner(site.node)?;
        Some(Site { node, ..site })
    }

    /// The nodes of a function's own body, without those of functions inside it.
    pub fn body_of(&self, def: Site) -> impl Iterator<Item = Site> + '_ {
        self.descendants(def).filter(move |site| self.owner(*site) == Some(def))
    }

    /// Whether a function's body holds a `yield`.
    pub fn is_generator(&self, def: Site) -> bool {
        let scope = |index: &Index| Some(index.scope(index.opened_by(def.node)?)?.is_generator);
        self.index(def.cell).and_then(|index| scope(index)).unwrap_or(false)
    }

    /// The innermost loop or comprehension whose turns run the code at `site`.
    pub fn loop_around(&self, site: Site) -> Option<Site> {
        let node = self.tree(site.cell).loop_around(site.node)?;
        Some(Site { node, ..site })
    }

    /// The expression at the left end of `a.b[c](d)`.
    pub fn root(&self, site: Site) -> Site {
        Site { node: self.tree(site.cell).root(site.node), ..site }
    }

    /// Every place that suspends what it stands in, in order.
    pub fn awaits(&self) -> impl Iterator<Item = Site> + '_ {
        self.sites().filter(|site| self.kind(*site).suspends())
    }

    /// What holds the `await`, `async for`, `async with` or asynchronous clause at `site`.
    ///
    /// Source: CPython's compiler, by `compile` with `PyCF_ALLOW_TOP_LEVEL_AWAIT`, 3.8 to 3.13.
    pub fn holder(&self, site: Site) -> Holder {
        let (mut below, mut inner) = (site, site);
        for outer in self.ancestors(site) {
            let in_body = self.role(inner) == Role::Body;
            match self.kind(outer) {
                Kind::Comprehension { builds: Builds::Generator, .. }
                    if !self.is_first_iterable(outer, inner, below) =>
                {
                    return Holder::Async;
                }
                Kind::FunctionDef { is_async: true, .. } if in_body => return Holder::Async,
                Kind::FunctionDef { .. } | Kind::Lambda if in_body => return Holder::Plain(outer),
                Kind::ClassDef { .. } if in_body => return Holder::Class(outer),
                Kind::Escape { .. } => return Holder::LineMagic(outer),
                _ => {}
            }
            (below, inner) = (inner, outer);
        }
        Holder::Cell
    }

    /// The innermost comprehension, of whatever kind, that evaluates `site` within itself.
    pub fn comprehension_around(&self, site: Site) -> Option<Site> {
        let (mut below, mut inner) = (site, site);
        for outer in self.ancestors(site) {
            match self.kind(outer) {
                Kind::Comprehension { .. } if !self.is_first_iterable(outer, inner, below) => {
                    return Some(outer);
                }
                Kind::FunctionDef { .. } | Kind::ClassDef { .. } | Kind::Lambda => return None,
                _ => {}
            }
            (below, inner) = (inner, outer);
        }
        None
    }

    /// A comprehension's first iterable is evaluated outside of it.
    fn is_first_iterable(&self, comprehension: Site, clause: Site, iterable: Site) -> bool {
        self.child(comprehension, Role::Clause) == Some(clause)
            && self.child(clause, Role::Iter) == Some(iterable)
    }

    /// The word that suspends at `site`.
    pub fn await_word(&self, site: Site) -> &'static str {
        match self.kind(site) {
            Kind::With { .. } => "async with",
            Kind::For { .. } | Kind::Clause { .. } => "async for",
            _ => "await",
        }
    }

    /// The first line of a node in a cell: of a block, its head.
    pub fn first_line(&self, site: Site) -> Span {
        let range = self.range(site);
        let length = self.source_of(site).lines().next().map_or(0, str::len);
        self.span_of(site.cell, TextRange::new(range.start, range.start + length))
    }

    /// The key of one of the notebook's cells.
    pub fn key_of(&self, cell: CellIndex) -> CellKey {
        CellKey(u32::try_from(cell.0).unwrap_or(u32::MAX))
    }

    /// Where the notebook has the cell of a key; a module's has no place there.
    pub fn position(&self, cell: CellKey) -> CellIndex {
        self.cell_of(cell).unwrap_or_default()
    }

    /// Where a node stands in its cell.
    pub fn at(&self, site: Site) -> Span {
        self.span_of(site.cell, self.range(site))
    }

    /// A stretch of a cell.
    pub fn span_of(&self, cell: CellKey, range: TextRange) -> Span {
        Span::new(self.position(cell), range)
    }

    /// Whether something in a node, or earlier on its first line, is no Python, so that what was
    /// read of it is a guess.
    pub fn is_guesswork(&self, site: Site) -> bool {
        let Some(index) = self.index(site.cell) else { return true };
        let range = self.range(site);
        let line = crate::text::line_range(index.syntax.tree.source(), range.start);
        let whole = TextRange::new(line.start, range.end);
        let meets = |error: TextRange| error.start <= whole.end && whole.start <= error.end;
        index.syntax.errors.iter().any(|error| meets(error.range))
    }

    /// Where the cell's own code begins what leads to an event.
    pub fn begun_at(&self, event: &Event) -> Site {
        self.stack(event.stack).first().copied().unwrap_or(event.site)
    }

    /// What makes the kernel's loop re-entrant, in order.
    pub fn patches(&self) -> impl Iterator<Item = &Event> {
        self.events().iter().filter(|it| {
            matches!(it.kind, EventKind::LoopPatched { .. }) && it.context.thread != Thread::Unseen
        })
    }

    /// The patch of the kernel's loop that is in force where a cell's own code at `site` runs.
    pub fn patch_before(&self, site: Site) -> Option<Site> {
        let mut patches = self.patches();
        patches.find(|patch| self.begun_at(patch) < site).map(|patch| self.site_of(patch))
    }

    /// The name of the cell magic that opens a cell.
    pub fn cell_magic(&self, cell: CellKey) -> Option<&str> {
        let syntax = &self.index(cell)?.syntax;
        syntax.magic.as_ref().map(|magic| syntax.tree.text(magic.name))
    }

    /// The name of a line magic.
    pub fn magic_name(&self, escape: Site) -> &str {
        match self.kind(escape) {
            Kind::Escape { name, .. } => self.tree(escape.cell).text(*name),
            _ => "",
        }
    }
}
