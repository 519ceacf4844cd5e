//! Short texts of pages that may be just what somebody types.

use super::super::bytes::Rows;
use super::vocabulary::Place;

/// A title, a keyword, the words of an error.
pub(super) struct Label<'l> {
    /// The page's place among all, from 0.
    pub entry: usize,
    /// From 0 to 100.
    pub weight: i64,
    words: &'l [u8],
}

/// All of them: the bytes of each are its page, in two, its weight, and its words, in three each.
#[derive(Default)]
pub(super) struct Labels(Rows);

impl Label<'_> {
    /// The places of its words in the vocabulary.
    pub fn words(&self) -> impl Iterator<Item = Place> {
        let (words, _) = self.words.as_chunks::<3>();
        words.iter().map(|[one, two, three]| {
            Place::from(*one) | Place::from(*two) << 8 | Place::from(*three) << 16
        })
    }
}

impl Labels {
    /// Labels that the program carries: what [`Labels::parts`] gave.
    pub fn carried(parts: [&'static [u8]; 2]) -> Self {
        Self(Rows::carried(parts))
    }

    pub fn parts(&self) -> [&[u8]; 2] {
        self.0.parts()
    }

    pub fn push(&mut self, entry: usize, weight: i64, words: impl Iterator<Item = Place>) {
        let entry = u16::try_from(entry).unwrap_or(u16::MAX).to_le_bytes();
        let weight = u8::try_from(weight).unwrap_or(u8::MAX);
        let words = words.flat_map(|place| place.to_le_bytes().into_iter().take(3));
        self.0.push(&entry.into_iter().chain([weight]).chain(words).collect::<Vec<_>>());
    }

    pub fn all(&self) -> impl Iterator<Item = Label<'_>> {
        (0..self.0.len()).filter_map(|at| match self.0.get(at) {
            [low, high, weight, words @ ..] => Some(Label {
                entry: usize::from(u16::from_le_bytes([*low, *high])),
                weight: i64::from(*weight),
                words,
            }),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_read_as_it_was_written() {
        let mut labels = Labels::default();
        labels.push(300, 90, [1, 70_000].into_iter());
        labels.push(0, 100, [].into_iter());
        let read = labels.all().map(|it| (it.entry, it.weight, it.words().collect::<Vec<_>>()));
        assert_eq!(read.collect::<Vec<_>>(), [(300, 90, vec![1, 70_000]), (0, 100, vec![])]);
    }
}
