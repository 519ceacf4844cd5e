//! The tables as the program carries them: entries stay bytes until they are asked, texts stay where
//! they are.

use std::sync::OnceLock;

use hashbrown::{HashMap, HashSet};
use serde::{Deserialize, Serialize};

use super::super::callables::{self, Callables};
use super::super::effects::Effects;
use super::super::versions::{Novelty, Removal, Versions};
use super::dated::Dated;
use super::waking::Waking;
use super::{Columns, Name, Tables};
use crate::environment::LoopKind;
use crate::libraries::Libraries;

/// [`Tables`] as [`Tables::parse`] made them.
#[derive(Serialize, Deserialize)]
pub struct Packed<'p> {
    #[serde(borrow)]
    endless_methods: Vec<&'p str>,
    exports: Vec<(&'p str, Vec<&'p str>)>,
    loops: Vec<(&'p str, (LoopKind, &'p str))>,
    quiet_modules: Vec<&'p str>,
    unmistakable: Vec<&'p str>,
    plain_modules: Vec<&'p str>,
    versions: Vec<(&'p str, Vec<Novelty>)>,
    removals: Vec<(String, Removal)>,
    effects: Effects,
    columns: Columns,
    waking: Option<Waking>,
    callables: callables::Packed<'p>,
    dated: Vec<Dated>,
}

/// Packs tables to which nobody added anything.
///
/// # Errors
/// When something cannot be written in this form.
pub fn pack(tables: &Tables) -> Result<Vec<u8>, postcard::Error> {
    let callables: Callables = tables.callables.clone().carried()?;
    let exports = tables.exports.iter().map(|(module, names)| (&**module, sorted(names)));
    let mut exports: Vec<_> = exports.collect();
    exports.sort();
    postcard::to_stdvec(&Packed {
        endless_methods: sorted(&tables.endless_methods),
        exports,
        loops: by_name(&tables.loops)
            .into_iter()
            .map(|(call, _)| (call, &tables.loops[call]))
            .map(|(call, (kind, says))| (call, (*kind, &**says)))
            .collect(),
        quiet_modules: sorted(&tables.quiet_modules),
        unmistakable: sorted(&tables.unmistakable),
        plain_modules: sorted(&tables.plain_modules),
        versions: by_name(&tables.versions.entries),
        removals: tables.versions.removals.clone(),
        effects: tables.effects.clone(),
        columns: tables.columns.clone(),
        waking: tables.waking.get().cloned(),
        callables: callables.pack(),
        dated: tables.dated.clone(),
    })
}

impl Packed<'static> {
    /// The tables that were packed.
    pub fn unpack(self) -> Tables {
        let exports = self.exports.into_iter();
        Tables {
            endless_methods: set(self.endless_methods),
            exports: exports.map(|(module, names)| (module.into(), set(names))).collect(),
            loops: self
                .loops
                .into_iter()
                .map(|(call, (kind, says))| (call.into(), (kind, says.into())))
                .collect(),
            quiet_modules: set(self.quiet_modules),
            unmistakable: set(self.unmistakable),
            plain_modules: set(self.plain_modules),
            versions: Versions {
                entries: self.versions.into_iter().map(owned).collect(),
                removals: self.removals,
            },
            effects: self.effects.closed(),
            columns: self.columns,
            callables: self.callables.unpack(),
            dated: self.dated,
            libraries: Libraries::default(),
            waking: self.waking.map_or_else(OnceLock::new, OnceLock::from),
        }
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

fn owned<V>((name, value): (&str, V)) -> (String, V) {
    (name.to_owned(), value)
}
