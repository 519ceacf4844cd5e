//! The tables as the program carries them: sorted, and with texts that stay where they are.

use std::sync::OnceLock;

use hashbrown::{HashMap, HashSet};
use serde::{Deserialize, Serialize};

use super::super::callables;
use super::super::effects::Effects;
use super::super::versions::{Novelty, Removal, Versions};
use super::owners::{LoopOwner, Owners};
use super::{Blocking, Columns, Name, Patch, Tables};

/// [`Tables`] as [`Tables::parse`] made them.
#[derive(Serialize, Deserialize)]
pub struct Packed<'p> {
    #[serde(borrow)]
    blocking: Vec<(&'p str, Blocking)>,
    blocking_chains: Vec<(String, String, Blocking)>,
    coroutines: Vec<&'p str>,
    coroutine_chains: Vec<(String, String)>,
    factories: Vec<&'p str>,
    managers: Vec<&'p str>,
    iterators: Vec<&'p str>,
    walked: Vec<&'p str>,
    silent: Vec<&'p str>,
    endless: Vec<&'p str>,
    waits: Vec<&'p str>,
    exports: Vec<(&'p str, Vec<&'p str>)>,
    patches: Vec<(&'p str, Patch)>,
    quiet_modules: Vec<&'p str>,
    plain_modules: Vec<&'p str>,
    versions: Vec<(&'p str, Vec<Novelty>)>,
    removals: Vec<(String, Removal)>,
    effects: Effects,
    columns: Columns,
    runners: PackedOwners<'p>,
    sync_apis: PackedOwners<'p>,
    callables: callables::Packed<'p>,
}

#[derive(Serialize, Deserialize)]
struct PackedOwners<'p> {
    #[serde(borrow)]
    by_path: Vec<(&'p str, LoopOwner)>,
    chains: Vec<(String, String, LoopOwner)>,
}

impl<'p> Packed<'p> {
    /// Packs tables to which nobody added anything.
    pub fn new(tables: &'p Tables) -> Self {
        let exports = tables.exports.iter().map(|(module, names)| (&**module, sorted(names)));
        let mut exports: Vec<_> = exports.collect();
        exports.sort();
        Packed {
            blocking: by_name(&tables.blocking),
            blocking_chains: tables.blocking_chains.clone(),
            coroutines: sorted(&tables.coroutines),
            coroutine_chains: tables.coroutine_chains.clone(),
            factories: sorted(&tables.factories),
            managers: sorted(&tables.managers),
            iterators: sorted(&tables.iterators),
            walked: sorted(&tables.walked),
            silent: sorted(&tables.silent),
            endless: sorted(&tables.endless),
            waits: sorted(&tables.waits),
            exports,
            patches: by_name(&tables.patches),
            quiet_modules: sorted(&tables.quiet_modules),
            plain_modules: sorted(&tables.plain_modules),
            versions: by_name(&tables.versions.entries),
            removals: tables.versions.removals.clone(),
            effects: tables.effects.clone(),
            columns: tables.columns.clone(),
            runners: PackedOwners::new(&tables.runners),
            sync_apis: PackedOwners::new(&tables.sync_apis),
            callables: callables::Packed::new(&tables.callables),
        }
    }
}

impl Packed<'static> {
    /// The tables that were packed.
    pub fn unpack(self) -> Tables {
        let exports = self.exports.into_iter();
        Tables {
            blocking: self.blocking.into_iter().map(borrowed).collect(),
            blocking_chains: self.blocking_chains,
            coroutines: set(self.coroutines),
            coroutine_chains: self.coroutine_chains,
            factories: set(self.factories),
            managers: set(self.managers),
            iterators: set(self.iterators),
            walked: set(self.walked),
            silent: set(self.silent),
            endless: set(self.endless),
            waits: set(self.waits),
            exports: exports.map(|(module, names)| (module.into(), set(names))).collect(),
            patches: self.patches.into_iter().map(borrowed).collect(),
            quiet_modules: set(self.quiet_modules),
            plain_modules: set(self.plain_modules),
            versions: Versions {
                entries: self.versions.into_iter().map(owned).collect(),
                removals: self.removals,
            },
            effects: self.effects.closed(),
            columns: self.columns,
            runners: self.runners.unpack(),
            sync_apis: self.sync_apis.unpack(),
            callables: self.callables.unpack(),
            waking: OnceLock::new(),
        }
    }
}

impl<'p> PackedOwners<'p> {
    fn new(owners: &'p Owners) -> Self {
        Self { by_path: by_name(&owners.by_path), chains: owners.chains.clone() }
    }

    fn unpack(self) -> Owners {
        let by_path = self.by_path.into_iter().map(owned).collect();
        Owners { by_path, chains: self.chains }
    }
}

fn sorted(names: &HashSet<Name>) -> Vec<&str> {
    let mut names: Vec<&str> = names.iter().map(|name| &**name).collect();
    names.sort_unstable();
    names
}

fn by_name<K: AsRef<str>, V: Clone>(map: &HashMap<K, V>) -> Vec<(&str, V)> {
    let mut all: Vec<(&str, V)> =
        map.iter().map(|(name, value)| (name.as_ref(), value.clone())).collect();
    all.sort_by_key(|(name, _)| *name);
    all
}

fn set(names: Vec<&'static str>) -> HashSet<Name> {
    names.into_iter().map(Name::Borrowed).collect()
}

fn borrowed<V>((name, value): (&'static str, V)) -> (Name, V) {
    (Name::Borrowed(name), value)
}

fn owned<V>((name, value): (&str, V)) -> (String, V) {
    (name.to_owned(), value)
}
