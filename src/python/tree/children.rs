//! The children of a node by their role: counted out where they are few, looked up where they are
//! many.

use hashbrown::HashMap;
use std::borrow::Cow;

use super::{Kind, NodeId, Role, Tree};

/// Nodes with more children than this have their children's places looked up, not counted out.
const MANY: usize = 8;

impl Tree {
    /// Finds what is asked for again and again, when all nodes are there.
    pub(in crate::python) fn finish(&mut self) {
        let mut counts = vec![0_usize; self.nodes.len()];
        let parents = || self.nodes.iter().filter_map(|node| node.parent);
        for parent in parents() {
            if let Some(count) = counts.get_mut(parent.0 as usize) {
                *count += 1;
            }
        }
        for (node, count) in self.nodes.iter_mut().zip(counts) {
            node.is_wide = count > MANY;
        }
        let mut wide: HashMap<(NodeId, Role), Vec<NodeId>> = HashMap::new();
        for (at, node) in self.nodes.iter().enumerate() {
            if let Some(parent) = node.parent.filter(|parent| self.many(*parent)) {
                wide.entry((parent, node.role)).or_default().push(NodeId(at as u32));
            }
        }
        let starts = self.nodes.len() as u32;
        let next = |node: &NodeId| self.node(*node).map(|node| NodeId(node.end));
        self.top = std::iter::successors((starts > 0).then_some(NodeId(0)), |node| {
            next(node).filter(|next| next.0 < starts)
        })
        .collect();
        self.wide = wide;
    }

    /// The direct children of `id`.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let end = self.node(id).map_or(0, |node| node.end);
        std::iter::successors((id.0 + 1 < end).then_some(NodeId(id.0 + 1)), move |child| {
            let next = self.node(*child)?.end;
            (next < end).then_some(NodeId(next))
        })
    }

    /// The first child in `role`.
    pub fn child(&self, id: NodeId, role: Role) -> Option<NodeId> {
        match self.many(id) {
            true => self.wide.get(&(id, role))?.first().copied(),
            false => self.children(id).find(|child| self.role(*child) == role),
        }
    }

    /// The children in `role`.
    pub fn children_in(&self, id: NodeId, role: Role) -> impl Iterator<Item = NodeId> + '_ {
        let listed = self.wide.get(&(id, role)).map_or(&[][..], Vec::as_slice);
        let few = (!self.many(id)).then(|| self.children(id));
        let few = few.into_iter().flatten().filter(move |child| self.role(*child) == role);
        listed.iter().copied().chain(few)
    }

    /// The child in `role` at a place, from 0.
    pub fn nth_child(&self, id: NodeId, role: Role, place: usize) -> Option<NodeId> {
        match self.many(id) {
            true => self.wide.get(&(id, role))?.get(place).copied(),
            false => self.children_in(id, role).nth(place),
        }
    }

    /// The last child in `role`.
    pub fn last_child(&self, id: NodeId, role: Role) -> Option<NodeId> {
        match self.many(id) {
            true => self.wide.get(&(id, role))?.last().copied(),
            false => self.children_in(id, role).last(),
        }
    }

    /// Whether a node stands under `if __name__ == "__main__":` or another question of that name.
    pub fn is_under_main_guard(&self, id: NodeId) -> bool {
        let asks = |it: NodeId| {
            matches!(self.kind(it), Kind::Name { .. }) && self.source_of(it) == "__name__"
        };
        self.ancestors(id).filter(|up| matches!(self.kind(*up), Kind::If)).any(|up| {
            let test = self.child(up, Role::Test);
            test.is_some_and(|test| asks(test) || self.descendants(test).any(asks))
        })
    }

    /// The place of a node among its parent's children in the same role, from 0; of a statement of
    /// the cell itself, `None`.
    pub fn place(&self, id: NodeId) -> Option<usize> {
        let (parent, role) = (self.parent(id)?, self.role(id));
        match self.many(parent) {
            true => self.wide.get(&(parent, role))?.binary_search(&id).ok(),
            false => self.children_in(parent, role).position(|child| child == id),
        }
    }

    /// Whether a node has so many children that they are listed.
    fn many(&self, id: NodeId) -> bool {
        self.node(id).is_some_and(|node| node.is_wide)
    }

    /// The statements that a node holds in `role`; those of the cell itself where there is none.
    pub fn block(&self, holder: Option<NodeId>, role: Role) -> Cow<'_, [NodeId]> {
        match holder {
            None => Cow::Borrowed(&self.top),
            Some(id) if self.many(id) => {
                Cow::Borrowed(self.wide.get(&(id, role)).map_or(&[], Vec::as_slice))
            }
            Some(id) => Cow::Owned(self.children_in(id, role).collect()),
        }
    }
}
