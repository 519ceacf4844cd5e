//! Objects that nothing outside a stretch of code knows, so that changing them shows nowhere else.

use super::scope::How;
use super::{Facts, Site};
use crate::python::{Kind, Role};

impl Facts<'_> {
    /// The expression at the left end of `a.b[c](d)`.
    pub fn root(&self, site: Site) -> Site {
        let mut root = site;
        loop {
            let role = match self.kind(root) {
                Kind::Attribute { .. } | Kind::Subscript | Kind::Starred => Role::Value,
                _ => return root,
            };
            let Some(inner) = self.child(root, role) else { return root };
            root = inner;
        }
    }

    /// Whether the object at `site` was made inside `region`, so that nothing else knows it.
    pub fn is_fresh(&self, site: Site, region: Site) -> bool {
        let root = self.root(site);
        if !matches!(self.kind(root), Kind::Name { .. }) {
            // What a call gives, or a literal.
            return true;
        }
        let tree = self.tree(root.cell);
        let bindings = self.bindings(root);
        let made_here = |(cell, binding): &(_, super::Binding)| {
            *cell == region.cell
                && tree.is_within(binding.node, region.node)
                && match binding.how {
                    How::Value(value) | How::Enter(value) | How::Iterate(value) => {
                        self.is_made(Site { cell: *cell, node: value }, region)
                    }
                    _ => false,
                }
        };
        !bindings.is_empty() && bindings.iter().all(made_here)
    }

    fn is_made(&self, value: Site, region: Site) -> bool {
        match self.kind(value) {
            Kind::Name { .. } | Kind::Attribute { .. } | Kind::Subscript => {
                self.is_fresh(value, region)
            }
            Kind::IfExp | Kind::BoolOp => self
                .descendants(value)
                .filter(|it| self.parent(*it) == Some(value))
                .all(|it| self.is_made(it, region)),
            _ => true,
        }
    }
}
