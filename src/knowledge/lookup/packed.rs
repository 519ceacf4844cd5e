//! The words of all pages as the program carries them, of which a query reads only what it asks for.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::super::page::PageKind;
use super::vocabulary::{Place, Vocabulary};
use super::{Entry, Index, Label};

/// The weights of a page's words, in the order of their places: first the lowest byte of each place,
/// then the second, then the third, then the weights. Like beside like is smaller once it is packed
/// for people to download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Weights(Cow<'static, [u8]>);

/// How many bytes a word takes.
const SIZE: usize = 4;

impl Weights {
    /// Weights are from 0 to 100.
    pub fn new(words: impl IntoIterator<Item = (Place, i64)>) -> Self {
        let mut words: Vec<(Place, i64)> = words.into_iter().collect();
        words.sort_unstable();
        let bytes = |at: usize| {
            words.iter().map(move |(place, weight)| match place.to_le_bytes().get(at) {
                Some(byte) if at + 1 < SIZE => *byte,
                _ => u8::try_from(*weight).unwrap_or(u8::MAX),
            })
        };
        Self((0..SIZE).flat_map(bytes).collect())
    }

    /// The weight of a word; 0 where it does not stand.
    pub fn of(&self, place: Place) -> i64 {
        let count = self.0.len() / SIZE;
        let byte = |at: usize, part: usize| self.0.get(part * count + at).copied().unwrap_or(0);
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low + (high - low) / 2;
            let [one, two, three] = [0, 1, 2].map(|part| Place::from(byte(middle, part)));
            match (one | two << 8 | three << 16).cmp(&place) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return i64::from(byte(middle, SIZE - 1)),
            }
        }
        0
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_its_weight_and_others_have_none() {
        let words = [(70_000, 3), (2, 100), (300, 7), (256, 0)];
        let weights = Weights::new(words);
        for (place, weight) in words {
            assert_eq!(weights.of(place), weight, "{place}");
        }
        for place in [0, 3, 299, 301, 65_536, 70_001] {
            assert_eq!(weights.of(place), 0, "{place}");
        }
        assert_eq!(Weights::new([]).of(0), 0);
    }
}
