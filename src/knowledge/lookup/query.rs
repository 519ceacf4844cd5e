//! What somebody typed, made ready to be held against pages.

use super::super::words::{self, Word};
use super::vocabulary::{Place, Vocabulary};

/// How many words of a query count: more is a pasted text, not a query.
const WORDS: usize = 24;

/// The words of a query, each with what it may stand for.
pub(super) struct Query {
    pub words: Vec<Wanted>,
}

/// A word of a query.
pub(super) struct Wanted {
    /// What it tells: see [`Vocabulary::tells`]; the least for a word that no page has.
    pub tells: i64,
    /// The words of pages that it may stand for, in the order of their places.
    like: Vec<(Place, i64)>,
}

impl Wanted {
    /// How well it fits a word of a page, from 0 to 100.
    pub fn quality(&self, place: Place) -> i64 {
        let found = self.like.binary_search_by_key(&place, |(place, _)| *place);
        found.ok().and_then(|at| self.like.get(at)).map_or(0, |(_, quality)| *quality)
    }

    /// The words of pages that it may stand for.
    pub fn places(&self) -> impl Iterator<Item = (Place, i64)> {
        self.like.iter().copied()
    }

    fn new(like: Vec<(Place, i64)>, vocabulary: &Vocabulary, pages: usize) -> Self {
        let best = like.iter().map(|(_, quality)| *quality).max().unwrap_or_default();
        let tells = like.iter().filter(|(_, quality)| *quality == best);
        let tells = tells.map(|(place, _)| vocabulary.tells(*place, pages)).min();
        // A guess at what was meant tells less than the word itself.
        let tells = tells.map_or(1, |tells| (tells * best / 100).max(1));
        Self { tells, like }
    }
}

impl Query {
    /// Cuts `text` into words. Of a pasted text of several lines only the one counts that names
    /// the error.
    pub fn new(text: &str, vocabulary: &Vocabulary, pages: usize) -> Self {
        let text = telling_line(text).to_lowercase();
        let said = words::query(&text);
        let mut wanted = Vec::new();
        for (at, word) in said.iter().enumerate().take(WORDS) {
            match *word {
                Word::Chinese(run) => {
                    let pairs = words::pairs(run).map(|pair| vocabulary.find(pair));
                    let like = pairs.map(|place| place.map(|it| (it, 100)).into_iter().collect());
                    wanted.extend(like.map(|like| Wanted::new(like, vocabulary, pages)));
                }
                Word::Latin(word) => {
                    let joined = joined(&said, at, vocabulary);
                    let likes = latin(word, vocabulary).into_iter();
                    wanted.extend(likes.map(|mut like| {
                        like.extend(joined.iter().map(|place| (*place, 95)));
                        like.sort_unstable();
                        like.dedup_by_key(|(place, _)| *place);
                        Wanted::new(like, vocabulary, pages)
                    }));
                }
            }
        }
        Self { words: wanted }
    }
}

/// What a Latin word may stand for. `thing.run` is looked for as a whole; where no page has it,
/// each of its parts is.
fn latin(word: &str, vocabulary: &Vocabulary) -> Vec<Vec<(Place, i64)>> {
    let whole = vocabulary.like(word);
    let parts = words::parts(word);
    let good = whole.iter().any(|(_, quality)| *quality >= 75);
    if parts.is_empty() || good {
        return vec![whole];
    }
    let parts: Vec<_> = parts.into_iter().map(|part| vocabulary.like(part)).collect();
    if parts.iter().all(Vec::is_empty) { vec![whole] } else { parts }
}

/// Words of pages that a word and one of its neighbours make together, as `vs code` does.
fn joined(said: &[Word<'_>], at: usize, vocabulary: &Vocabulary) -> Vec<Place> {
    let latin = |at: Option<usize>| match at.and_then(|at| said.get(at)) {
        Some(Word::Latin(word)) => *word,
        _ => "",
    };
    let (before, own) = (latin(at.checked_sub(1)), latin(Some(at)));
    let after = latin(at.checked_add(1));
    let pairs = [(before, own), (own, after)].into_iter();
    let pairs = pairs.filter(|(one, other)| !one.is_empty() && !other.is_empty());
    let mut found: Vec<Place> = pairs
        .flat_map(|(one, other)| [format!("{one}{other}"), format!("{one}_{other}")])
        .filter_map(|both| vocabulary.find(&both))
        .collect();
    found.sort_unstable();
    found
}

/// The last line that begins with the class of an error, else the last that says something; a
/// single line is itself.
fn telling_line(text: &str) -> &str {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let names_error = |line: &&str| {
        let class = line.split([':', ' ']).next().unwrap_or_default();
        ["Error", "Exception", "Warning", "Interrupt", "Group"]
            .iter()
            .any(|end| class.ends_with(end))
    };
    lines().rfind(names_error).or_else(|| lines().next_back()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::telling_line;

    #[test]
    fn of_a_traceback_the_line_with_the_error_counts() {
        let text =
            "Cell In[3], line 2\n  1 import x\n\nx.Broken.TrioError: no such loop\nSee above.";
        assert_eq!(telling_line(text), "x.Broken.TrioError: no such loop");
        assert_eq!(telling_line("one\n\ntwo \n"), "two");
        assert_eq!(telling_line("  "), "");
    }
}
