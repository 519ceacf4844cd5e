//! Which modules bring loops, coroutines or threads into a notebook that has none of its own.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::knowledge::callables::{Callables, Entry, Gives, Row, Where};

/// The modules of which a table knows more than that they block or look at what they are given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Waking {
    modules: BTreeSet<String>,
    /// What the names of modules begin with whose members stand for whole chains.
    beginnings: BTreeSet<String>,
}

impl Waking {
    /// Modules that are `plain` know nothing of coroutines, whatever they do besides.
    pub(super) fn of(callables: &Callables, plain: impl Fn(&str) -> bool) -> Self {
        let module = |(module, entry): (&str, &Entry)| {
            (wakes(entry) && !plain(module)).then(|| module.to_owned())
        };
        let beginning = |(before, entry): (&str, &Entry)| {
            let name = before.split('.').next().unwrap_or_default();
            (wakes(entry) && !plain(name)).then(|| name.to_owned())
        };
        let modules = callables.by_module().filter_map(module).collect();
        let beginnings = callables.chains().filter_map(beginning).collect();
        Self { modules, beginnings }
    }

    pub(super) fn holds(&self, module: &str) -> bool {
        self.modules.contains(module)
            || self.beginnings.iter().any(|beginning| module.starts_with(beginning.as_str()))
    }
}

/// Whether what is known of a callable can matter where no code is `async`.
fn wakes(entry: &Entry) -> bool {
    entry.runner.is_some()
        || entry.sync_api.is_some()
        || entry.is_coroutine_function
        || entry.is_factory
        || entry.is_async_manager
        || entry.is_walked
        || entry.patch.is_some()
        || !entry.removals.is_empty()
        || entry.row.as_ref().is_some_and(|row| row_wakes(row))
}

fn row_wakes(row: &Row) -> bool {
    let gives = !matches!(
        row.gives,
        Gives::Itself
            | Gives::Unknown
            | Gives::Nothing
            | Gives::Plain
            | Gives::Object
            | Gives::Data
            | Gives::Receiver
            | Gives::Result
            | Gives::Results
    );
    gives
        || row.has_to_be_closed
        || row.bound_to_loop
        || row.raises.is_some()
        || row.takes.iter().any(|take| !matches!(take.place, Where::Here | Where::Unseen))
}
