//! Fuzzy choice among names.

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;

/// The indices of the names that match `query`, best first; all of them, in their order, when it
/// is empty.
pub fn filter(query: &str, names: &[String]) -> Vec<usize> {
    if query.trim().is_empty() {
        return (0..names.len()).collect();
    }
    let matcher = SkimMatcherV2::default();
    let mut hits: Vec<(i64, usize)> = names
        .iter()
        .enumerate()
        .filter_map(|(at, name)| Some((matcher.fuzzy_match(name, query)?, at)))
        .collect();
    hits.sort_by_key(|(score, at)| (std::cmp::Reverse(*score), *at));
    hits.into_iter().map(|(_, at)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_name_comes_first() {
        let names = ["etl.py", "notes/scrape.ipynb", "scrape.ipynb"].map(str::to_owned);
        assert_eq!(filter("etl", &names), [0]);
        assert_eq!(filter("", &names), [0, 1, 2]);
        assert!(filter("zzz", &names).is_empty());
    }
}
