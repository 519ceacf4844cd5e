//! Takes the words of all pages together.

use std::borrow::Cow;

use hashbrown::HashMap;

use super::super::Knowledge;
use super::super::page::Page;
use super::super::words::{self, Word};
use super::fields::{self, Tier};
use super::labels::Labels;
use super::postings::Postings;
use super::vocabulary::{Place, Vocabulary};
use super::{CONTENTS, Entry, Index};

/// Words by the order in which they were met.
#[derive(Default)]
struct Met {
    places: HashMap<String, Place>,
    words: Vec<String>,
}

/// The words of one page.
struct Gathered {
    /// The greatest weight with which each word stands there.
    words: HashMap<Place, i64>,
    /// Short texts that may be just what somebody types, each with its weight.
    labels: Vec<(i64, Vec<Place>)>,
}

impl Index {
    /// Collects the words of all pages.
    pub fn new(knowledge: &Knowledge) -> Self {
        let mut met = Met::default();
        let pages = CONTENTS.into_iter().flat_map(|kind| knowledge.pages(kind));
        let pages: Vec<(Entry, Gathered)> = pages
            .map(|page| {
                let entry = Entry { kind: page.kind, id: Cow::Owned(page.id.clone()) };
                (entry, gathered(page, &mut met))
            })
            .collect();
        let (words, places) = met.sorted();
        let place = |met: Place| places.get(met).copied().unwrap_or_default();
        let mut by_word: Vec<Vec<(usize, i64)>> = vec![Vec::new(); words.len()];
        let mut labels = Labels::default();
        for (at, (_, page)) in pages.iter().enumerate() {
            for (word, weight) in &page.words {
                if let Some(list) = by_word.get_mut(place(*word)) {
                    list.push((at, *weight));
                }
            }
            for (weight, words) in &page.labels {
                labels.push(at, *weight, words.iter().map(|word| place(*word)));
            }
        }
        let postings = by_word.iter().collect::<Postings>();
        let vocabulary = Vocabulary::of(words.iter().map(String::as_str).collect(), postings);
        Self { entries: pages.into_iter().map(|(entry, _)| entry).collect(), vocabulary, labels }
    }
}

impl Met {
    /// The word's place; a new word gets the next one.
    fn learn(&mut self, word: &str) -> Place {
        if let Some(place) = self.places.get(word) {
            return *place;
        }
        let place = self.words.len();
        self.places.insert(word.to_owned(), place);
        self.words.push(word.to_owned());
        place
    }

    /// The words in their order, and the place there of each word that was met.
    fn sorted(self) -> (Vec<String>, Vec<Place>) {
        let mut order: Vec<Place> = (0..self.words.len()).collect();
        order.sort_by_key(|place| self.words.get(*place));
        let mut places = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            if let Some(place) = places.get_mut(*old) {
                *place = new;
            }
        }
        let mut words = self.words;
        words.sort_unstable();
        (words, places)
    }
}

fn gathered(page: &Page, met: &mut Met) -> Gathered {
    let mut words: HashMap<Place, i64> = HashMap::new();
    let mut labels = Vec::new();
    for (tier, text) in fields::texts(page) {
        let weight = tier.weight();
        let said = words::query(&text);
        let own: Vec<(Place, i64)> =
            said.iter().flat_map(|word| stems(*word, weight, met)).collect();
        if tier.is_label() {
            let whole = own.iter().filter(|(_, its)| *its == weight).map(|(place, _)| *place);
            labels.push((weight, whole.collect()));
        }
        let joined = if tier == Tier::Body { Vec::new() } else { joined(&said, met) };
        for (place, weight) in own.into_iter().chain(joined.into_iter().map(|it| (it, weight))) {
            let slot = words.entry(place).or_default();
            *slot = (*slot).max(weight);
        }
    }
    Gathered { words, labels }
}

/// What a word is found by: a Latin word by itself and, less, by its parts; a Chinese run by each
/// two of its characters.
fn stems(word: Word<'_>, weight: i64, met: &mut Met) -> Vec<(Place, i64)> {
    match word {
        Word::Chinese(run) => words::pairs(run).map(|pair| (met.learn(pair), weight)).collect(),
        Word::Latin(word) => {
            let parts = words::parts(word).into_iter();
            let parts: Vec<_> = parts.map(|part| (met.learn(part), weight * 7 / 10)).collect();
            [(met.learn(word), weight)].into_iter().chain(parts).collect()
        }
    }
}

/// Neighbours written as one word: `VS Code` is found by `vscode`.
fn joined(said: &[Word<'_>], met: &mut Met) -> Vec<Place> {
    let pairs = said.windows(2).filter_map(|pair| match pair {
        [Word::Latin(one), Word::Latin(other)] => Some(format!("{one}{other}")),
        _ => None,
    });
    pairs.map(|both| met.learn(&both)).collect()
}
