//! The callables as the program carries them: nothing of an entry is read before somebody asks it.

use std::sync::{Arc, OnceLock};

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::super::bytes::{Bytes, Rows, number, push};
use super::chains::Chains;
use super::closed::Closed;
use super::{Callables, Entry, Names, QualifiedName};

/// [`Callables`] that are closed.
#[derive(Serialize, Deserialize)]
pub struct Packed<'p> {
    #[serde(borrow)]
    names: [&'p [u8]; 5],
    places: &'p [u8],
    #[serde(borrow)]
    entries: [&'p [u8]; 2],
    chains: Vec<(&'p str, &'p str, &'p [u8])>,
}

/// Entries in bytes, each made when it is first asked.
#[derive(Debug, Clone, Default)]
pub(super) struct Carried {
    /// By name: the place of its entry plus 1, or 0. Many names share one.
    places: Bytes,
    /// By place.
    rows: Rows,
    made: Box<[OnceLock<Arc<Entry>>]>,
}

impl Carried {
    fn new(places: Bytes, rows: Rows) -> Self {
        let made = std::iter::repeat_with(OnceLock::new).take(rows.len()).collect();
        Self { places, rows, made }
    }

    /// The same entries in bytes; names are numbered from 0 without a gap.
    ///
    /// # Errors
    /// When an entry cannot be written.
    fn of(callables: &Callables) -> Result<Self, postcard::Error> {
        let (mut places, mut rows) = (Bytes::default(), Rows::default());
        let mut known: HashMap<Vec<u8>, u32> = HashMap::new();
        for name in 0..callables.names.base.names() {
            let Some(entry) = callables.exact(QualifiedName(name)) else {
                push(&mut places, 0);
                continue;
            };
            let count = known.len() as u32;
            let written = postcard::to_stdvec(&**entry)?;
            let place = *known.entry(written).or_insert_with_key(|written| {
                rows.push(written);
                count
            });
            push(&mut places, place + 1);
        }
        Ok(Self::new(places, rows))
    }

    /// The entry of a name.
    pub fn get(&self, name: QualifiedName) -> Option<&Arc<Entry>> {
        let place = number(&self.places, name.0)?.checked_sub(1)?;
        let made = self.made.get(place as usize)?;
        Some(made.get_or_init(|| self.read(place).unwrap_or_default()))
    }

    fn read(&self, place: u32) -> Option<Arc<Entry>> {
        postcard::from_bytes(self.rows.get(place as usize)).ok().map(Arc::new)
    }

    /// Every entry, by name.
    pub fn all(&self) -> impl Iterator<Item = (QualifiedName, &Arc<Entry>)> {
        let names = 0..(self.places.len() / size_of::<u32>()) as u32;
        names.filter_map(|name| Some((QualifiedName(name), self.get(QualifiedName(name))?)))
    }
}

impl Callables {
    /// The same with all entries in bytes, as [`Callables::pack`] wants it.
    ///
    /// # Errors
    /// When an entry cannot be written.
    pub fn carried(mut self) -> Result<Self, postcard::Error> {
        self.names.close();
        self.chains.close()?;
        self.carried = Arc::new(Carried::of(&self)?);
        self.entries = HashMap::new();
        Ok(self)
    }

    /// What is packed of callables that are [`carried`](Callables::carried).
    pub fn pack(&self) -> Packed<'_> {
        let chains = self.chains.all().iter();
        let chains = chains.map(|it| (&*it.before, &*it.after, &*it.packed));
        Packed {
            names: self.names.base.parts(),
            places: &self.carried.places,
            entries: self.carried.rows.parts(),
            chains: chains.collect(),
        }
    }
}

impl Packed<'static> {
    /// The callables that were packed.
    pub fn unpack(self) -> Callables {
        let rows = Rows::carried(self.entries);
        Callables {
            names: Names::over(Closed::carried(self.names)),
            carried: Arc::new(Carried::new(self.places.into(), rows)),
            entries: HashMap::new(),
            chains: Chains::carried(self.chains),
        }
    }
}
