//! The words of all pages as the program carries them, of which a query reads only what it asks for.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::super::page::PageKind;
use super::vocabulary::{Place, Vocabulary};
use super::{Entry, Index, Label};

/// The weights of a page's words: for each, in the order of their places, the place in three bytes,
/// the lowest first, and the weight in one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Weights(Cow<'static, [u8]>);

/// How many bytes a word takes.
const SIZE: usize = 4;

impl Weights {
    /// Weights are from 0 to 100.
    pub fn new(words: impl IntoIterator<Item = (Place, i64)>) -> Self {
        let mut words: Vec<(Place, i64)> = words.into_iter().collect();
        words.sort_unstable();
        let word = |(place, weight): (Place, i64)| {
            let [one, two, three, ..] = place.to_le_bytes();
            [one, two, three, u8::try_from(weight).unwrap_or(u8::MAX)]
        };
        Self(words.into_iter().flat_map(word).collect())
    }

    /// The weight of a word; 0 where it does not stand.
    pub fn of(&self, place: Place) -> i64 {
        let words = self.0.as_chunks::<SIZE>().0;
        let found = words.binary_search_by_key(&place, |[one, two, three, _]| {
            Place::from(*one) | Place::from(*two) << 8 | Place::from(*three) << 16
        });
        found.ok().and_then(|at| words.get(at)).map_or(0, |[.., weight]| i64::from(*weight))
    }
}

/// An [`Index`].
#[derive(Serialize, Deserialize)]
pub struct Packed<'p> {
    /// By place: the word, and how many pages have it.
    #[serde(borrow)]
    words: Vec<(&'p str, usize)>,
    entries: Vec<PackedEntry<'p>>,
}

#[derive(Serialize, Deserialize)]
struct PackedEntry<'p> {
    kind: PageKind,
    id: String,
    #[serde(borrow)]
    words: &'p [u8],
    labels: Vec<(i64, Vec<Place>)>,
}

impl Index {
    pub fn pack(&self) -> Packed<'_> {
        let entries = self.entries.iter().map(PackedEntry::new).collect();
        Packed { words: self.vocabulary.counted().collect(), entries }
    }

    pub fn unpack(packed: Packed<'static>) -> Self {
        let entries = packed.entries.into_iter().map(PackedEntry::unpack).collect();
        Self { entries, vocabulary: Vocabulary::of(packed.words) }
    }
}

impl<'p> PackedEntry<'p> {
    fn new(entry: &'p Entry) -> Self {
        let labels = entry.labels.iter().map(|label| (label.weight, label.words.clone()));
        let labels = labels.collect();
        Self { kind: entry.kind, id: entry.id.clone(), words: &entry.words.0, labels }
    }
}

impl PackedEntry<'static> {
    fn unpack(self) -> Entry {
        let labels = self.labels.into_iter().map(|(weight, words)| Label { weight, words });
        let labels = labels.collect();
        Entry { kind: self.kind, id: self.id, words: Weights(Cow::Borrowed(self.words)), labels }
    }
}
