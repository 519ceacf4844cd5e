//! Libraries whose tables and columns hold what they are given and await none of it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// What is known of such libraries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Columns {
    /// Their top-level modules.
    modules: BTreeSet<String>,
    /// Members that show or count what a table holds, and hand on none of it.
    shown: BTreeSet<String>,
    /// Functions that show what they are given, as they are written.
    showers: BTreeSet<String>,
    /// Methods that give a column of what a function gives for each element of theirs.
    column_calls: BTreeSet<String>,
    /// Methods that give a table of what a function gives for each element of theirs.
    table_calls: BTreeSet<String>,
}

impl Columns {
    /// Whether the tables of a top-level module are of this kind.
    pub fn is_module(&self, module: &str) -> bool {
        self.modules.contains(module)
    }

    /// Whether a member hands on nothing of what the table holds.
    pub fn only_shows(&self, member: &str) -> bool {
        self.shown.contains(member)
    }

    /// Whether a function shows what it is given and keeps none of it.
    pub fn is_shower(&self, function: &str) -> bool {
        self.showers.contains(function)
    }

    /// Whether a call of `path` gives a column of what a function gives for each element.
    pub fn gives_column(&self, path: &str) -> bool {
        let module = path.split('.').next().unwrap_or_default();
        let method = path.rsplit('.').next().unwrap_or_default();
        self.is_module(module) && self.column_calls.contains(method)
    }

    /// Whether a method of this name calls a function for each element.
    pub fn is_call(&self, method: &str) -> bool {
        self.column_calls.contains(method) || self.table_calls.contains(method)
    }
}
