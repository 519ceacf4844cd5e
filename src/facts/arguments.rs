//! What a call is given.

use super::{Facts, Site};
use crate::python::{self, Kind};

impl Facts<'_> {
    /// The argument at `position` (from 0) or called `name`.
    pub fn argument(&self, call: Site, position: usize, name: &str) -> Option<Site> {
        let node = self.tree(call.cell).argument(call.node, position, name)?;
        Some(Site { node, ..call })
    }

    /// Whether what is given at `position` (from 0), or under `name`, is the value at `site`.
    pub fn is_argument(&self, call: Site, site: Site, position: usize, name: &str) -> bool {
        let tree = self.tree(call.cell);
        if self.role(site) == python::Role::Arg {
            return tree.place(site.node) == Some(position)
                && self.argument(call, position, name) == Some(site);
        }
        let keyword = self.parent(site).map(|up| self.kind(up));
        let is_named = matches!(keyword, Some(Kind::KeywordArg { name: Some(range) })
            if tree.text(*range) == name);
        is_named && self.argument(call, position, name) == Some(site)
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
