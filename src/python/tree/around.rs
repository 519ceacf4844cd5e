//! What stands around an expression, and at its left end.

use super::{Kind, NodeId, Role, Tree};

impl Tree {
    /// The innermost loop or comprehension whose turns run the code at `id`.
    pub fn loop_around(&self, id: NodeId) -> Option<NodeId> {
        let mut inner = id;
        for outer in self.ancestors(id) {
            let role = self.role(inner);
            match self.kind(outer) {
                Kind::FunctionDef { .. } | Kind::ClassDef { .. } | Kind::Lambda => return None,
                Kind::For { .. } if role == Role::Body => return Some(outer),
                Kind::While if matches!(role, Role::Body | Role::Test) => return Some(outer),
                Kind::Comprehension { .. } if role != Role::Clause => return Some(outer),
                // A later clause runs once for each item of the one before.
                Kind::Comprehension { .. } if self.child(outer, Role::Clause) != Some(inner) => {
                    return Some(outer);
                }
                Kind::Clause { .. } if role == Role::Test => return self.parent(outer),
                _ => {}
            }
            inner = outer;
        }
        None
    }

    /// The expression at the left end of `a.b[c](d)`.
    pub fn root(&self, id: NodeId) -> NodeId {
        let mut root = id;
        while let Kind::Attribute { .. } | Kind::Subscript | Kind::Starred = self.kind(root)
            && let Some(inner) = self.child(root, Role::Value)
        {
            root = inner;
        }
        root
    }
}
