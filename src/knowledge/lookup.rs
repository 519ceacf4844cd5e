//! Finds pages by what people type, in either language. The door to the fuzzy matcher.

mod fields;
mod gather;
mod labels;
mod packed;
mod postings;
mod query;
mod vocabulary;

use std::borrow::Cow;

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;

use super::Knowledge;
use super::library::Slot;
use super::page::{Page, PageKind};
use labels::{Label, Labels};
use query::{Query, Wanted};
use vocabulary::{Place, Vocabulary};

pub(super) use packed::Packed;

/// A page that a query found.
#[derive(Debug, Clone, Copy)]
pub struct Hit<'k> {
    slot: &'k Slot,
    /// Greater is better; only to be compared within one answer.
    pub score: i64,
}

impl<'k> Hit<'k> {
    /// The page, which is read now where nobody asked for it before.
    pub fn page(&self) -> Option<&'k Page> {
        self.slot.page()
    }

    /// The page's kind and id.
    pub fn name(&self) -> (PageKind, &'k str) {
        (self.slot.kind, &self.slot.id)
    }
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
    labels: Labels,
}

/// A page that can be found.
struct Entry {
    kind: PageKind,
    id: Cow<'static, str>,
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
    /// The pages that the words of `query` find, best first. Every word counts by how much it
    /// tells, and none has to be there.
    pub fn lookup<'k>(&self, knowledge: &'k Knowledge, query: &str) -> Vec<Hit<'k>> {
        // A pasted error leads to its page, whatever its other words are.
        let message = knowledge.recognised(query);
        let name = query.trim().to_lowercase().replace(' ', "-");
        let is_empty = query.trim().is_empty();
        let scores = self.scores(&Query::new(query, &self.vocabulary, self.entries.len()));
        let scored = self.entries.iter().zip(scores).filter_map(|(entry, score)| {
            let is_message = entry.kind == PageKind::Message && Some(&*entry.id) == message;
            let score = if is_message { MESSAGE } else { score };
            (score > 0 || is_empty).then_some((entry, score))
        });
        let mut scored: Vec<_> = scored.collect();
        let best = scored.iter().map(|(_, score)| *score).filter(|score| *score < MESSAGE).max();
        let least = best.unwrap_or_default().saturating_mul(LEAST) / 100;
        scored.retain(|(entry, score)| *score >= least || entry.id == name);
        // A page whose very name was typed comes first.
        scored.sort_by_key(|(entry, score)| (entry.id != name, std::cmp::Reverse(*score)));
        let hit = |(entry, score): (&Entry, i64)| {
            Some(Hit { slot: knowledge.library.slot(entry.kind, &entry.id)?, score })
        };
        scored.into_iter().filter_map(hit).collect()
    }

    /// How well each page answers a query: what its words find, more where a title or a keyword is
    /// just what was typed, less for the kinds that are seldom meant.
    fn scores(&self, query: &Query) -> Vec<i64> {
        let mut found = vec![0_i64; self.entries.len()];
        for word in &query.words {
            for (score, weight) in found.iter_mut().zip(self.weights(word)) {
                *score = score.saturating_add(word.tells.saturating_mul(weight));
            }
        }
        let mut likest = vec![0_i64; self.entries.len()];
        let is_met = self.met(query);
        for label in self.labels.all() {
            if label.words().any(|place| is_met.get(place) == Some(&true))
                && let Some(best) = likest.get_mut(label.entry)
            {
                *best = (*best).max(self.likeness(query, &label));
            }
        }
        let all = self.entries.iter().zip(found.into_iter().zip(likest));
        all.map(|(entry, (found, likest))| {
            found.saturating_add(likest).saturating_mul(share_of(entry.kind)) / 100
        })
        .collect()
    }

    /// The weight with which a word of a query stands on each page, from 0 to 100.
    fn weights(&self, word: &Wanted) -> Vec<i64> {
        let mut weights = vec![0_i64; self.entries.len()];
        for (place, quality) in word.places() {
            for (entry, weight) in self.vocabulary.pages(place) {
                if let Some(best) = weights.get_mut(entry) {
                    *best = (*best).max(weight * quality / 100);
                }
            }
        }
        weights
    }

    /// By place: whether some word of the query may stand for that word.
    fn met(&self, query: &Query) -> Vec<bool> {
        let mut met = vec![false; self.vocabulary.len()];
        for (place, _) in query.words.iter().flat_map(Wanted::places) {
            if let Some(is_met) = met.get_mut(place) {
                *is_met = true;
            }
        }
        met
    }

    /// How much of a label is in the query and of the query in the label, by what the words tell.
    fn likeness(&self, query: &Query, label: &Label) -> i64 {
        let pages = self.entries.len();
        let tells = |place: Place| self.vocabulary.tells(place, pages);
        let asked: i64 = query.words.iter().map(|word| word.tells).sum();
        let said: i64 = label.words().map(tells).sum();
        let best = |place: Place| {
            let each = query.words.iter().map(|word| word.quality(place));
            each.max().unwrap_or_default()
        };
        let met: i64 = label.words().map(|place| tells(place) * best(place) / 100).sum();
        let fit = |word: &Wanted| {
            let each = label.words().map(|place| word.quality(place));
            each.max().unwrap_or_default()
        };
        let answered: i64 = query.words.iter().map(|word| word.tells * fit(word) / 100).sum();
        // From 0 to 100: how far the two are the same.
        let same = (met + answered).saturating_mul(100).checked_div(asked + said);
        let same = same.unwrap_or_default();
        asked.saturating_mul(label.weight).saturating_mul(same).saturating_mul(same) / 10_000
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

#[cfg(test)]
mod tests;
