//! What a name was given, and what a call calls.

use super::{Facts, How, Site};
use crate::python::Role;

impl Facts<'_> {
    /// The one value that the notebook gives to the name at `site`.
    pub fn only_value(&self, site: Site) -> Option<Site> {
        let bindings = self.bindings(site);
        let [(cell, binding)] = bindings.as_slice() else { return None };
        let How::Value(value) = binding.how else { return None };
        Some(Site { cell: *cell, node: value })
    }

    /// The path of what a call calls.
    pub fn path_of_call(&self, call: Site) -> Option<String> {
        let func = self.child(call, Role::Func)?;
        self.value(func).path().map(str::to_owned)
    }
}
