//! The callables as the program carries them: nothing of an entry is read before somebody asks it.

use std::sync::{Arc, OnceLock};

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::chains::Chains;
use super::closed::{Bytes, Closed, number, push};
use super::{Callables, Entry, Names, QualifiedName};

/// [`Callables`] that are closed.
#[derive(Serialize, Deserialize)]
pub struct Packed<'p> {
    #[serde(borrow)]
    names: [&'p [u8]; 5],
    #[serde(borrow)]
    entries: [&'p [u8]; 3],
    chains: Vec<(&'p str, &'p str, Entry)>,
}

/// Entries in bytes, each made when it is first asked.
#[derive(Debug, Clone, Default)]
pub(super) struct Carried {
    /// By name: the place of its entry plus 1, or 0. Many names share one.
    places: Bytes,
    /// By place: where its bytes end.
    ends: Bytes,
    bytes: Bytes,
    made: Box<[OnceLock<Arc<Entry>>]>,
}

impl Carried {
    fn new(places: Bytes, ends: Bytes, bytes: Bytes) -> Self {
        let count = ends.len() / size_of::<u32>();
        let made = std::iter::repeat_with(OnceLock::new).take(count).collect();
        Self { places, ends, bytes, made }
    }

    /// The same entries in bytes; names are numbered from 0 without a gap.
    ///
    /// # Errors
    /// When an entry cannot be written.
    fn of(callables: &Callables) -> Result<Self, postcard::Error> {
        let (mut places, mut ends, mut bytes) = (Bytes::default(), Bytes::default(), Vec::new());
        let mut known: HashMap<Vec<u8>, u32> = HashMap::new();
        for name in 0..callables.names.base.names() {
            let Some(entry) = callables.exact(QualifiedName(name)) else {
                push(&mut places, 0);
                continue;
            };
            let count = known.len() as u32;
            let written = postcard::to_stdvec(&**entry)?;
            let place = *known.entry(written).or_insert_with_key(|written| {
                bytes.extend_from_slice(written);
                push(&mut ends, bytes.len() as u32);
                count
            });
            push(&mut places, place + 1);
        }
        Ok(Self::new(places, ends, bytes.into()))
    }

    /// The entry of a name.
    pub fn get(&self, name: QualifiedName) -> Option<&Arc<Entry>> {
        let place = number(&self.places, name.0)?.checked_sub(1)?;
        let made = self.made.get(place as usize)?;
        Some(made.get_or_init(|| self.read(place).unwrap_or_default()))
    }

    fn read(&self, place: u32) -> Option<Arc<Entry>> {
        let end = |at: u32| number(&self.ends, at).map(|end| end as usize);
        let start = place.checked_sub(1).map_or(Some(0), end)?;
        postcard::from_bytes(self.bytes.get(start..end(place)?)?).ok().map(Arc::new)
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
        self.carried = Arc::new(Carried::of(&self)?);
        self.entries = HashMap::new();
        Ok(self)
    }

    /// What is packed of callables that are [`carried`](Callables::carried).
    pub fn pack(&self) -> Packed<'_> {
        let chains = self.chains.all().iter();
        let chains = chains.map(|it| (&*it.before, &*it.after, (*it.entry).clone()));
        Packed {
            names: self.names.base.parts(),
            entries: [&self.carried.places, &self.carried.ends, &self.carried.bytes],
            chains: chains.collect(),
        }
    }
}

impl Packed<'static> {
    /// The callables that were packed.
    pub fn unpack(self) -> Callables {
        let [places, ends, bytes] = self.entries.map(Bytes::from);
        let mut chains = Chains::default();
        for (before, after, known) in self.chains {
            if let Some(entry) = chains.entry(before, after) {
                *entry = Arc::new(known);
            }
        }
        Callables {
            names: Names::over(Closed::carried(self.names)),
            carried: Arc::new(Carried::new(places, ends, bytes)),
            entries: HashMap::new(),
            chains,
        }
    }
}
