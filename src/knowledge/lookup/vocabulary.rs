//! Every word of every page, once, and how well a word that somebody types fits each of them.

use std::borrow::Cow;

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;
use hashbrown::HashMap;

use super::super::words;

/// A word's place in the vocabulary.
pub(super) type Place = usize;

/// The words, each with its place and the number of pages that have it.
#[derive(Default)]
pub(super) struct Vocabulary {
    places: HashMap<Cow<'static, str>, Place>,
    words: Vec<Cow<'static, str>>,
    pages: Vec<usize>,
    matcher: SkimMatcherV2,
}

impl Vocabulary {
    /// Words in the order of their places, each with the number of pages that have it.
    pub fn of(counted: Vec<(&'static str, usize)>) -> Self {
        let words = counted.iter().map(|(word, _)| Cow::Borrowed(*word));
        Self {
            places: words.clone().zip(0..).collect(),
            words: words.collect(),
            pages: counted.iter().map(|(_, pages)| *pages).collect(),
            matcher: SkimMatcherV2::default(),
        }
    }

    /// Each word with the number of pages that have it, in the order of their places.
    pub fn counted(&self) -> impl Iterator<Item = (&str, usize)> {
        self.words.iter().map(|word| &**word).zip(self.pages.iter().copied())
    }

    /// The word's place; a new word gets the next one.
    pub fn learn(&mut self, word: &str) -> Place {
        if let Some(place) = self.places.get(word) {
            return *place;
        }
        let place = self.words.len();
        self.places.insert(Cow::Owned(word.to_owned()), place);
        self.words.push(Cow::Owned(word.to_owned()));
        self.pages.push(0);
        place
    }

    /// Counts a page for a word that stands on it.
    pub fn count(&mut self, place: Place) {
        if let Some(pages) = self.pages.get_mut(place) {
            *pages = pages.saturating_add(1);
        }
    }

    /// The word's place, if a page has just this word.
    pub fn find(&self, word: &str) -> Option<Place> {
        self.places.get(word).copied()
    }

    /// How much a word tells, from 1: the fewer of `all` pages have it, the more.
    pub fn tells(&self, place: Place, all: usize) -> i64 {
        let pages = self.pages.get(place).copied().unwrap_or_default().max(1);
        let times = all.checked_div(pages).unwrap_or_default().max(1);
        // Half steps of the binary logarithm are fine enough.
        let square = times.saturating_mul(times);
        i64::from(square.checked_ilog2().unwrap_or_default()).saturating_add(1)
    }

    /// The words that `word` may stand for, each with its quality from 1 to 100. A misspelt word
    /// is only guessed at when nothing else fits.
    pub fn like(&self, word: &str) -> Vec<(Place, i64)> {
        let near = self.all(|known| quality(word, known));
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
        let each = self.words.iter().enumerate();
        each.map(|(place, known)| (place, quality(known))).filter(|(_, it)| *it > 0).collect()
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

/// One letter wrong in a short word, two in a long one; two that changed places are one.
fn misspelt(word: &str, known: &str) -> i64 {
    let letters = word.chars().count();
    let allowed = match letters {
        0..=3 => return 0,
        4..=7 => 1,
        _ => 2,
    };
    if letters.abs_diff(known.chars().count()) > allowed || !word.is_ascii() {
        return 0;
    }
    match words::distance(word, known) {
        1 => 75,
        2 if allowed == 2 => 60,
        _ => 0,
    }
}
