//! On which pages each word stands, and with which weight.

use super::super::bytes::{Bytes, Rising};
use super::vocabulary::Place;

/// By word: the pages that have it, as their places among all, and its weight on each, from 0 to 100.
/// First the lower byte of all pages, then the higher, then the weights: like beside like is smaller
/// once it is packed for people to download.
#[derive(Default)]
pub(super) struct Postings {
    /// By word: where its pages end, counted in pages.
    ends: Rising,
    low: Bytes,
    high: Bytes,
    weights: Bytes,
}

impl Postings {
    /// Postings that the program carries: what [`Postings::parts`] gave.
    pub fn carried([ends, low, high, weights]: [&'static [u8]; 4]) -> Self {
        Self {
            ends: Rising::carried(ends),
            low: low.into(),
            high: high.into(),
            weights: weights.into(),
        }
    }

    pub fn parts(&self) -> [&[u8]; 4] {
        [self.ends.steps(), &self.low, &self.high, &self.weights]
    }

    fn range(&self, place: Place) -> std::ops::Range<usize> {
        self.ends.range(place).unwrap_or_default()
    }

    /// How many pages have a word.
    pub fn count(&self, place: Place) -> usize {
        self.range(place).len()
    }

    /// The pages that have a word, each with the word's weight there.
    pub fn of(&self, place: Place) -> impl Iterator<Item = (usize, i64)> {
        let range = self.range(place);
        let [low, high, weights] = [&self.low, &self.high, &self.weights]
            .map(|bytes| bytes.get(range.clone()).unwrap_or_default());
        let pages = low.iter().zip(high);
        let pages = pages.map(|(low, high)| usize::from(u16::from_le_bytes([*low, *high])));
        pages.zip(weights.iter().copied().map(i64::from))
    }
}

impl<'w> FromIterator<&'w Vec<(usize, i64)>> for Postings {
    fn from_iter<I: IntoIterator<Item = &'w Vec<(usize, i64)>>>(words: I) -> Self {
        let mut postings = Self::default();
        for word in words {
            for (page, weight) in word {
                let [low, high] = u16::try_from(*page).unwrap_or(u16::MAX).to_le_bytes();
                postings.low.to_mut().push(low);
                postings.high.to_mut().push(high);
                postings.weights.to_mut().push(u8::try_from(*weight).unwrap_or(u8::MAX));
            }
            postings.ends.push(postings.low.len());
        }
        postings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_its_pages_and_others_have_theirs() {
        let words = [vec![(0, 100), (300, 7)], vec![], vec![(1, 0)]];
        let postings: Postings = words.iter().collect();
        for (place, word) in words.iter().enumerate() {
            assert_eq!(postings.of(place).collect::<Vec<_>>(), *word);
            assert_eq!(postings.count(place), word.len());
        }
        assert_eq!(postings.count(3), 0);
    }
}
