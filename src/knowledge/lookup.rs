//! Finds pages by what people type, in either language. The door to the fuzzy matcher.

mod fields;
mod packed;
mod query;
mod vocabulary;

use std::collections::HashMap;

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;

use super::Knowledge;
use super::page::{Page, PageKind};
use super::words::{self, Word};
use fields::Tier;
use packed::Weights;
use query::{Query, Wanted};
use vocabulary::{Place, Vocabulary};

pub(super) use packed::Packed;

/// A page that a query found.
#[derive(Debug, Clone, Copy)]
pub struct Hit<'k> {
    pub page: &'k Page,
    /// Greater is better; only to be compared within one answer.
    pub score: i64,
}

/// Which of `names` hold the characters of `query` in their order, best first, as places in
/// `names`. Equals keep their order, and an empty query keeps all.
pub fn filter(query: &str, names: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<usize> {
    let matcher = SkimMatcherV2::default();
    let query = query.trim();
    let score = |name: &str| matcher.fuzzy_match(name, query);
    let mut found: Vec<(usize, i64)> = names
        .into_iter()
        .enumerate()
        .filter_map(|(at, name)| Some((at, score(name.as_ref())?)))
        .collect();
    found.sort_by_key(|(_, score)| std::cmp::Reverse(*score));
    found.into_iter().map(|(at, _)| at).collect()
}

/// The words of all pages, made once.
pub(super) struct Index {
    /// In the order of a table of contents.
    entries: Vec<Entry>,
    vocabulary: Vocabulary,
}

struct Entry {
    kind: PageKind,
    id: String,
    /// The greatest weight with which each word stands on the page.
    words: Weights,
    labels: Vec<Label>,
}

/// A short text that may be just what somebody typed.
struct Label {
    weight: i64,
    words: Vec<Place>,
}

/// The kinds in the order of a table of contents.
const CONTENTS: [PageKind; 10] = [
    PageKind::Situation,
    PageKind::Mistake,
    PageKind::Pattern,
    PageKind::Deviation,
    PageKind::Tradeoff,
    PageKind::Message,
    PageKind::Note,
    PageKind::Lesson,
    PageKind::Skill,
    PageKind::Reference,
];

/// The score of the page of an error whose text was looked up: more than any other page's.
const MESSAGE: i64 = i64::MAX;

/// Pages below this share of the best one's score, in percent, are not shown.
const LEAST: i64 = 12;

impl Index {
    /// Collects the words of all pages.
    pub fn new(knowledge: &Knowledge) -> Self {
        let mut vocabulary = Vocabulary::default();
        let pages = CONTENTS.into_iter().flat_map(|kind| knowledge.pages(kind));
        let entries = pages.map(|page| entry(page, &mut vocabulary)).collect();
        Self { entries, vocabulary }
    }

    /// The pages that the words of `query` find, best first. Every word counts by how much it
    /// tells, and none has to be there.
    pub fn lookup<'k>(&self, knowledge: &'k Knowledge, query: &str) -> Vec<Hit<'k>> {
        let pages = self.entries.len();
        let wanted = Query::new(query, &self.vocabulary, pages);
        // A pasted error leads to its page, whatever its other words are.
        let message = knowledge.recognise(query).map(|page| &page.id);
        let name = query.trim().to_lowercase().replace(' ', "-");
        let mut hits: Vec<_> = self
            .entries
            .iter()
            .filter_map(|entry| {
                let is_message = entry.kind == PageKind::Message && Some(&entry.id) == message;
                let score = if is_message { MESSAGE } else { self.score(&wanted, entry) };
                let found = score > 0 || query.trim().is_empty();
                let page = found.then(|| knowledge.page(entry.kind, &entry.id)).flatten()?;
                Some(Hit { page, score })
            })
            .collect();
        let best = hits.iter().map(|hit| hit.score).filter(|score| *score < MESSAGE).max();
        let least = best.unwrap_or_default().saturating_mul(LEAST) / 100;
        hits.retain(|hit| hit.score >= least || hit.page.id == name);
        // A page whose very name was typed comes first.
        hits.sort_by_key(|hit| (hit.page.id != name, std::cmp::Reverse(hit.score)));
        hits
    }

    /// How well a page answers a query: what its words find, more where a title or a keyword is
    /// just what was typed, less for the kinds that are seldom meant.
    fn score(&self, query: &Query, entry: &Entry) -> i64 {
        let found = query.words.iter().map(|word| word.tells.saturating_mul(entry.weight(word)));
        let found: i64 = found.fold(0, i64::saturating_add);
        let labels = entry.labels.iter().map(|label| self.likeness(query, label)).max();
        let all = found.saturating_add(labels.unwrap_or_default());
        all.saturating_mul(share_of(entry.kind)) / 100
    }

    /// How much of a label is in the query and of the query in the label, by what the words tell.
    fn likeness(&self, query: &Query, label: &Label) -> i64 {
        let pages = self.entries.len();
        let tells = |place: &Place| self.vocabulary.tells(*place, pages);
        let asked: i64 = query.words.iter().map(|word| word.tells).sum();
        let said: i64 = label.words.iter().map(tells).sum();
        let best = |place: &Place| {
            let each = query.words.iter().map(|word| word.quality(*place));
            each.max().unwrap_or_default()
        };
        let met: i64 = label.words.iter().map(|place| tells(place) * best(place) / 100).sum();
        let fit = |word: &Wanted| {
            let each = label.words.iter().map(|place| word.quality(*place));
            each.max().unwrap_or_default()
        };
        let answered: i64 = query.words.iter().map(|word| word.tells * fit(word) / 100).sum();
        // From 0 to 100: how far the two are the same.
        let same = (met + answered).saturating_mul(100).checked_div(asked + said);
        let same = same.unwrap_or_default();
        asked.saturating_mul(label.weight).saturating_mul(same).saturating_mul(same) / 10_000
    }
}

impl Entry {
    /// The weight with which a word of a query stands on the page, from 0 to 100.
    fn weight(&self, word: &Wanted) -> i64 {
        let weight = |place| self.words.of(place);
        word.places().map(|(place, quality)| weight(place) * quality / 100).max().unwrap_or(0)
    }
}

impl std::fmt::Debug for Index {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Index of {} pages", self.entries.len())
    }
}

/// What of its score a page keeps, in percent. Mistakes are what is mostly looked for; whoever
/// looks something up wants the answer before the lesson; messages are many, and a pasted one is
/// found in another way.
fn share_of(kind: PageKind) -> i64 {
    match kind {
        PageKind::Mistake => 106,
        PageKind::Pattern | PageKind::Note => 104,
        PageKind::Message => 88,
        PageKind::Skill | PageKind::Reference => 50,
        PageKind::Lesson => 30,
        _ => 95,
    }
}

fn entry(page: &Page, vocabulary: &mut Vocabulary) -> Entry {
    let mut words: HashMap<Place, i64> = HashMap::new();
    let mut labels = Vec::new();
    for (tier, text) in fields::texts(page) {
        let weight = tier.weight();
        let said = words::query(&text);
        let own: Vec<(Place, i64)> =
            said.iter().flat_map(|word| stems(*word, weight, vocabulary)).collect();
        if tier.is_label() {
            let whole = own.iter().filter(|(_, its)| *its == weight).map(|(place, _)| *place);
            labels.push(Label { weight, words: whole.collect() });
        }
        let joined = if tier == Tier::Body { Vec::new() } else { joined(&said, vocabulary) };
        for (place, weight) in own.into_iter().chain(joined.into_iter().map(|it| (it, weight))) {
            let slot = words.entry(place).or_default();
            *slot = (*slot).max(weight);
        }
    }
    words.keys().for_each(|place| vocabulary.count(*place));
    Entry { kind: page.kind, id: page.id.clone(), words: Weights::new(words), labels }
}

/// What a word is found by: a Latin word by itself and, less, by its parts; a Chinese run by each
/// two of its characters.
fn stems(word: Word<'_>, weight: i64, vocabulary: &mut Vocabulary) -> Vec<(Place, i64)> {
    match word {
        Word::Chinese(run) => {
            words::pairs(run).map(|pair| (vocabulary.learn(pair), weight)).collect()
        }
        Word::Latin(word) => {
            let parts = words::parts(word).into_iter();
            let parts: Vec<_> =
                parts.map(|part| (vocabulary.learn(part), weight * 7 / 10)).collect();
            [(vocabulary.learn(word), weight)].into_iter().chain(parts).collect()
        }
    }
}

/// Neighbours written as one word: `VS Code` is found by `vscode`.
fn joined(said: &[Word<'_>], vocabulary: &mut Vocabulary) -> Vec<Place> {
    let pairs = said.windows(2).filter_map(|pair| match pair {
        [Word::Latin(one), Word::Latin(other)] => Some(format!("{one}{other}")),
        _ => None,
    });
    pairs.map(|both| vocabulary.learn(&both)).collect()
}

#[cfg(test)]
mod tests;
