//! The places of the notebook: the nodes of its cells' syntax, and how they hang together.

use std::sync::Arc;

use super::{CellFacts, Facts, Site};
use crate::python::{self, Kind, Tree};
use crate::text::{CellIndex, Span, TextRange};

impl Facts<'_> {
    /// All nodes of all cells, in order.
    pub fn sites(&self) -> impl Iterator<Item = Site> + '_ {
        let sites = |(index, cell): (usize, &Arc<CellFacts>)| {
            let cell_index = CellIndex(index);
            cell.syntax().tree.all().map(move |node| Site { cell: cell_index, node })
        };
        self.counted(self.cells.iter().enumerate().flat_map(sites))
    }

    /// The cell with this number.
    pub fn cell(&self, index: CellIndex) -> Option<&CellFacts> {
        self.cells.get(index.0).map(|cell| &**cell)
    }

    /// The syntax of the cell that holds `site`.
    pub fn tree(&self, cell: CellIndex) -> &Tree {
        static EMPTY: std::sync::LazyLock<Tree> = std::sync::LazyLock::new(Tree::default);
        self.cell(cell).map_or(&EMPTY, |cell| &cell.syntax().tree)
    }

    pub fn kind(&self, site: Site) -> &Kind {
        self.budget.step(1);
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

    /// The direct children of a node, in source order.
    pub fn children(&self, site: Site) -> impl Iterator<Item = Site> + '_ {
        self.tree(site.cell).children(site.node).map(move |node| Site { node, ..site })
    }

    pub fn parent(&self, site: Site) -> Option<Site> {
        self.tree(site.cell).parent(site.node).map(|node| Site { node, ..site })
    }

    pub fn child(&self, site: Site, role: python::Role) -> Option<Site> {
        self.budget.step(1);
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
                self.counted(self.tree(statement.cell).statements().map(at)).collect()
            }
        }
    }

    pub fn children_in(&self, site: Site, role: python::Role) -> impl Iterator<Item = Site> + '_ {
        let at = move |node| Site { node, ..site };
        self.counted(self.tree(site.cell).children_in(site.node, role).map(at))
    }

    pub fn ancestors(&self, site: Site) -> impl Iterator<Item = Site> + '_ {
        let at = move |node| Site { node, ..site };
        self.counted(self.tree(site.cell).ancestors(site.node).map(at))
    }

    pub fn descendants(&self, site: Site) -> impl Iterator<Item = Site> + '_ {
        let at = move |node| Site { node, ..site };
        self.counted(self.tree(site.cell).descendants(site.node).map(at))
    }
}
