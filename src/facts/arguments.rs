//! What a call is given.

use super::{Facts, Site};
use crate::python;

impl Facts<'_> {
    /// The argument at `position` (from 0) or called `name`.
    pub fn argument(&self, call: Site, position: usize, name: &str) -> Option<Site> {
        let node = self.tree(call.cell).argument(call.node, position, name)?;
        Some(Site { node, ..call })
    }

    /// The value of the keyword argument `name`.
    pub fn keyword(&self, call: Site, name: &str) -> Option<Site> {
        let node = self.tree(call.cell).keyword(call.node, name)?;
        Some(Site { node, ..call })
    }

    /// The callee of a call as the source writes it.
    pub fn callee_text(&self, call: Site) -> &str {
        self.child(call, python::Role::Func).map_or("", |func| self.source_of(func))
    }
}
