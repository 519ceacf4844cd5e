//! Finds pages by what people type, in either language. The door to the fuzzy matcher.

use std::collections::HashMap;

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;

use super::block::Block;
use super::language::Language;
use super::page::{Front, Page, PageKind};
use super::words::{self, Word};
use super::{Knowledge, markdown, plain};

/// A page that a query found.
#[derive(Debug, Clone, Copy)]
pub struct Hit<'k> {
    pub page: &'k Page,
    /// Greater is better; only to be compared within one answer.
    pub score: i64,
}

/// Which of `names` hold the characters of `query` in their order, best first, as places in
/// `names`. Equals keep their order, and an empty query keeps all.
pub fn filter(query: &str, names: &[String]) -> Vec<usize> {
    let matcher = SkimMatcherV2::default();
    let query = query.trim();
    let score = |name: &String| matcher.fuzzy_match(name, query);
    let mut found: Vec<(usize, i64)> =
        names.iter().enumerate().filter_map(|(at, name)| Some((at, score(name)?))).collect();
    found.sort_by_key(|(_, score)| std::cmp::Reverse(*score));
    found.into_iter().map(|(at, _)| at).collect()
}

/// The words of all pages, made once.
pub(super) struct Index {
    /// In the order of a table of contents.
    entries: Vec<Entry>,
    /// Every Latin word of every page, once.
    vocabulary: Vec<String>,
    matcher: SkimMatcherV2,
}

struct Entry {
    kind: PageKind,
    id: String,
    fields: Vec<Field>,
}

/// A stretch of a page's text.
struct Field {
    tier: Tier,
    /// In lower case, without Markdown marks.
    text: String,
    /// Places in the vocabulary.
    words: Vec<usize>,
}

/// What a stretch of text weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tier {
    /// Id or title.
    Name,
    /// With its place among the keywords, from 0: the first ones say most.
    Keyword(usize),
    /// The words of an error, or the line that says when a page fits.
    Error,
    Heading,
    Opening,
}

impl Tier {
    fn weight(self) -> i64 {
        match self {
            Self::Name => 100,
            Self::Keyword(0) => 82,
            Self::Keyword(1) => 81,
            Self::Keyword(_) => 80,
            Self::Error => 60,
            Self::Heading => 40,
            Self::Opening => 20,
        }
    }
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

impl Index {
    /// Collects the words of all pages.
    pub fn new(knowledge: &Knowledge) -> Self {
        let mut places = HashMap::new();
        let pages = CONTENTS.into_iter().flat_map(|kind| knowledge.pages(kind));
        let entries = pages
            .map(|page| {
                let fields = texts(page).into_iter();
                let fields = fields.map(|(tier, text)| field(tier, &text, &mut places)).collect();
                Entry { kind: page.kind, id: page.id.clone(), fields }
            })
            .collect();
        let mut vocabulary = vec![String::new(); places.len()];
        for (word, place) in places {
            if let Some(slot) = vocabulary.get_mut(place) {
                *slot = word;
            }
        }
        Self { entries, vocabulary, matcher: SkimMatcherV2::default() }
    }

    /// The pages that every word of `query` matches, best first.
    pub fn lookup<'k>(&self, knowledge: &'k Knowledge, query: &str) -> Vec<Hit<'k>> {
        // A pasted error leads to its page, whatever its other words are.
        let message = knowledge.recognise(query).map(|page| &page.id);
        let name = query.trim().to_lowercase().replace(' ', "-");
        let query = Query::new(query, self);
        let mut hits: Vec<_> = self
            .entries
            .iter()
            .filter_map(|entry| {
                let is_message = entry.kind == PageKind::Message && Some(&entry.id) == message;
                let score = if is_message { MESSAGE } else { query.score(entry)? };
                let page = knowledge.page(entry.kind, &entry.id)?;
                // Whoever looks something up wants the answer before the lesson.
                let is_lesson = entry.kind == PageKind::Lesson;
                let score = if is_lesson { score / 4 } else { score };
                Some(Hit { page, score })
            })
            .collect();
        // A page whose very name was typed comes first.
        hits.sort_by_key(|hit| (hit.page.id != name, std::cmp::Reverse(hit.score)));
        hits
    }

    /// How well a Latin word of a query matches each word of the vocabulary, from 0 to 100.
    fn qualities(&self, word: &str) -> Vec<i64> {
        self.vocabulary.iter().map(|known| self.quality(word, known)).collect()
    }

    fn quality(&self, word: &str, known: &str) -> i64 {
        let (long, short) = (word.len().max(known.len()), word.len().min(known.len()));
        let extra = long.saturating_sub(short);
        if word == known {
            100
        } else if known.starts_with(word) && short > 1 {
            if extra <= 3 { 90 } else { 60 }
        } else if short > 3 && extra <= 3 && words::is_form(word, known) {
            80
        } else if short > 2 && known.contains(word) {
            40
        } else if short > 3 && extra <= 4 && word.as_bytes().first() == known.as_bytes().first() {
            // Letters left out; anything looser finds words that have nothing to do with it.
            self.matcher.fuzzy_match(known, word).map_or(0, |_| 20)
        } else {
            0
        }
    }
}

impl std::fmt::Debug for Index {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Index of {} pages", self.entries.len())
    }
}

/// The texts of a page that can be found, with what they weigh.
fn texts(page: &Page) -> Vec<(Tier, String)> {
    let mut texts = vec![(Tier::Name, page.id.replace('-', " "))];
    for language in Language::ALL {
        let title = plain(&markdown::inlines(page.title.get(language)));
        texts.push((Tier::Name, title));
        let keywords = page.keywords.get(language).iter().enumerate();
        texts.extend(keywords.map(|(at, keyword)| (Tier::Keyword(at), keyword.clone())));
        texts.extend(front_text(page, language).map(|text| (Tier::Error, text)));
        for block in page.blocks.get(language) {
            let tier = match block {
                Block::Heading { .. } => Tier::Heading,
                Block::Item { .. } if page.kind == PageKind::Skill => Tier::Opening,
                Block::Code { language, text } if language == "text" => {
                    texts.push((Tier::Error, text.clone()));
                    continue;
                }
                _ => continue,
            };
            texts.push((tier, block.plain()));
        }
        let opening = page.opening(language).iter();
        texts.extend(opening.map(|block| (Tier::Opening, block.plain())));
    }
    if let Front::Message { matches, error, .. } = &page.front {
        texts.extend(matches.iter().chain([error]).map(|text| (Tier::Error, text.clone())));
    }
    texts
}

fn front_text(page: &Page, language: Language) -> Option<String> {
    let text = match &page.front {
        Front::Pattern { choose: text }
        | Front::Tradeoff { says: text }
        | Front::Deviation { because: text } => text.get(language),
        Front::Skill(front) => front.description.get(language),
        _ => return None,
    };
    Some(plain(&markdown::inlines(text)))
}

fn field(tier: Tier, text: &str, places: &mut HashMap<String, usize>) -> Field {
    let text = text.to_lowercase();
    let words = words::latin(&text)
        .into_iter()
        .map(|word| {
            let known = places.get(word).copied();
            known.unwrap_or_else(|| {
                let next = places.len();
                places.insert(word.to_owned(), next);
                next
            })
        })
        .collect();
    Field { tier, text, words }
}

/// How many words of a query count: more is a pasted text, not a query.
const WORDS: usize = 24;

/// A query made ready for the index.
struct Query {
    text: String,
    words: Vec<Wanted>,
}

/// A word that a page has to match.
enum Wanted {
    /// How well each word of the vocabulary matches it.
    Latin(Vec<i64>),
    Chinese(String),
}

impl Query {
    fn new(query: &str, index: &Index) -> Self {
        let text = query.trim().to_lowercase();
        let mut wanted = Vec::new();
        for word in words::query(&text).into_iter().take(WORDS) {
            match word {
                Word::Chinese(word) => wanted.push(Wanted::Chinese(word.to_owned())),
                Word::Latin(word) => {
                    let qualities = index.qualities(word);
                    let parts = words::parts(word);
                    if parts.is_empty() || qualities.iter().any(|quality| *quality > 0) {
                        wanted.push(Wanted::Latin(qualities));
                    } else {
                        let parts = parts.into_iter().map(|part| index.qualities(part));
                        wanted.extend(parts.map(Wanted::Latin));
                    }
                }
            }
        }
        Self { text, words: wanted }
    }

    /// How well a page matches; `None` when a word of the query matches nothing in it.
    fn score(&self, entry: &Entry) -> Option<i64> {
        if self.words.is_empty() {
            return Some(0);
        }
        let mut score = 0_i64;
        for word in &self.words {
            let best = entry.fields.iter().map(|field| word.score(field)).max()?;
            let best = if best > 0 { best } else { word.scattered(entry) };
            if best == 0 {
                return None;
            }
            score = score.saturating_add(best);
        }
        let whole = entry.fields.iter().map(|field| self.whole(field)).max().unwrap_or_default();
        Some(score.saturating_add(whole).saturating_add(lead(entry.kind)))
    }

    /// What it adds that the query as it was typed stands in a field, or is all of it.
    fn whole(&self, field: &Field) -> i64 {
        if self.text.is_empty() || !field.text.contains(&self.text) {
            0
        } else if field.text == self.text {
            field.tier.weight()
        } else {
            field.tier.weight() / 2
        }
    }
}

/// The score of the page of an error whose text was looked up: more than any other page's.
const MESSAGE: i64 = 1_000_000;

/// What a page is ahead of others that match as well. Mistakes are what is mostly looked for; of
/// messages there are many, and a pasted one is found in another way.
fn lead(kind: PageKind) -> i64 {
    match kind {
        PageKind::Mistake => 120,
        PageKind::Message => -120,
        _ => 0,
    }
}

impl Wanted {
    fn score(&self, field: &Field) -> i64 {
        let quality = match self {
            Self::Latin(qualities) => {
                let words = field.words.iter();
                words.filter_map(|place| qualities.get(*place)).max().copied().unwrap_or_default()
            }
            Self::Chinese(word) if field.text == *word => 100,
            Self::Chinese(word) if field.text.contains(word) => 85,
            Self::Chinese(word) => {
                let share = words::share(words::pairs(word), |pair| field.text.contains(pair));
                if share < 50 { 0 } else { share.saturating_mul(6) / 10 }
            }
        };
        field.tier.weight().saturating_mul(quality) / 10
    }

    /// A Chinese word whose characters stand in different titles and keywords of the page.
    fn scattered(&self, entry: &Entry) -> i64 {
        let Self::Chinese(word) = self else { return 0 };
        let strong = |field: &&Field| matches!(field.tier, Tier::Name | Tier::Keyword(_));
        let fields: Vec<&Field> = entry.fields.iter().filter(strong).collect();
        let stands = |char: &str| fields.iter().any(|field| field.text.contains(char));
        let share = words::share(words::characters(word), stands);
        if share < 70 || word.chars().nth(1).is_none() { 0 } else { share }
    }
}

#[cfg(test)]
mod tests;
