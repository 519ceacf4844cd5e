//! Which node of which cell.

use crate::python::NodeId;

/// A cell by identity: its number stays when other cells are inserted, moved or deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellKey(pub u32);

/// A node of one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Site {
    pub cell: CellKey,
    pub node: NodeId,
}
