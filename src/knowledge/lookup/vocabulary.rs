//! Every word of every page, once, and how well a word that somebody types fits each of them.

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;

use super::super::bytes::Rows;
use super::super::words;
use super::postings::Postings;

/// A word's place in the vocabulary.
pub(super) type Place = usize;

/// The words in their order, each with the pages that have it.
pub(super) struct Vocabulary {
    pub words: Rows,
    pub postings: Postings,
    matcher: SkimMatcherV2,
}

impl Vocabulary {
    /// Sorted words, each with its postings.
    pub fn of(words: Rows, postings: Postings) -> Self {
        Self { words, postings, matcher: SkimMatcherV2::default() }
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// The word's place, if a page has just this word.
    pub fn find(&self, word: &str) -> Option<Place> {
        let place = self.words.first_from(word.as_bytes(), 1);
        (self.words.get(place) == word.as_bytes() && !word.is_empty()).then_some(place)
    }

    /// The pages that have a word, as their places among all, each with its weight there.
    pub fn pages(&self, place: Place) -> impl Iterator<Item = (usize, i64)> {
        self.postings.of(place)
    }

    /// How much a word tells, from 1: the fewer of `all` pages have it, the more.
    pub fn tells(&self, place: Place, all: usize) -> i64 {
        let pages = self.postings.count(place).max(1);
        let times = all.checked_div(pages).unwrap_or_default().max(1);
        // Half steps of the binary logarithm are fine enough.
        let square = times.saturating_mul(times);
        i64::from(square.checked_ilog2().unwrap_or_default()).saturating_add(1)
    }

    /// The words that `word` may stand for, each with its quality from 1 to 100. A misspelt word
    /// is only guessed at when nothing else fits.
    pub fn like(&self, word: &str) -> Vec<(Place, i64)> {
        let near = self.near(word);
        if !near.is_empty() {
            // What merely begins alike says little beside the word itself.
            let best = near.iter().map(|(_, quality)| *quality).max().unwrap_or_default();
            return near.into_iter().filter(|(_, quality)| quality * 2 > best).collect();
        }
        let misspelt = self.all(|known| misspelt(word, known));
        if !misspelt.is_empty() {
            return misspelt;
        }
        let inside = self.all(|known| inside(word, known));
        if inside.is_empty() { self.all(|known| self.abbreviated(word, known)) } else { inside }
    }

    fn all(&self, quality: impl Fn(&str) -> i64) -> Vec<(Place, i64)> {
        self.among(0..self.len(), quality)
    }

    /// The words that are `word`, a form of it, or begin with it: they begin with the same letter.
    fn near(&self, word: &str) -> Vec<(Place, i64)> {
        let Some(first) = word.as_bytes().first() else { return Vec::new() };
        let begin = |byte: u8| self.words.first_from(&[byte], 1);
        self.among(begin(*first)..begin(first.saturating_add(1)), |known| quality(word, known))
    }

    fn among(
        &self,
        places: std::ops::Range<Place>,
        quality: impl Fn(&str) -> i64,
    ) -> Vec<(Place, i64)> {
        let each = places.map(|place| (place, quality(self.words.text(place))));
        each.filter(|(_, quality)| *quality > 0).collect()
    }

    /// Letters left out, as in `wsckt`; anything looser finds words that have nothing to do with it.
    fn abbreviated(&self, word: &str, known: &str) -> i64 {
        let close = word.len() > 4
            && known.len() <= word.len().saturating_add(4)
            && word.as_bytes().first() == known.as_bytes().first();
        if close && self.matcher.fuzzy_match(known, word).is_some() { 25 } else { 0 }
    }
}

/// The same word, another form of it, or its beginning.
fn quality(word: &str, known: &str) -> i64 {
    let (long, short) = (word.len().max(known.len()), word.len().min(known.len()));
    let extra = long.saturating_sub(short);
    if word == known {
        100
    } else if short > 3 && extra <= 3 && words::is_form(word, known) {
        85
    } else if known.starts_with(word) && short > 1 {
        if extra <= 3 { 60 } else { 49 }
    } else {
        0
    }
}

fn inside(word: &str, known: &str) -> i64 {
    if word.len() > 2 && known.contains(word) { 40 } else { 0 }
}

/// Whether two words are so unlike that more than `letters` are wrong: a letter that is changed takes
/// one away and brings another.
fn differ_by_more(letters: usize, one: &str, other: &str) -> bool {
    let set = |word: &str| word.bytes().fold(0_u32, |set, byte| set | 1 << (byte & 31));
    one.len().abs_diff(other.len()) > letters
        || (set(one) ^ set(other)).count_ones() as usize > 2 * letters
}

/// One letter wrong in a short word, two in a long one; two that changed places are one.
fn misspelt(word: &str, known: &str) -> i64 {
    let letters = word.chars().count();
    let allowed = match letters {
        0..=3 => return 0,
        4..=7 => 1,
        _ => 2,
    };
    if !word.is_ascii() || known.is_ascii() && differ_by_more(allowed, word, known) {
        return 0;
    }
    if letters.abs_diff(known.chars().count()) > allowed {
        return 0;
    }
    match words::distance(word, known) {
        1 => 75,
        2 if allowed == 2 => 60,
        _ => 0,
    }
}
