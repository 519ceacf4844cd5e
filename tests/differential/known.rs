//! The committed list of what is missed, wrongly reported or badly repaired today. It may only
//! shrink: what is not listed must not happen, and what is listed must still happen.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::recording::folder;
use crate::replay::Outcome;

/// How often, by core and dress.
pub type Counts = BTreeMap<String, BTreeMap<String, usize>>;

/// The list.
#[derive(Serialize, Deserialize, Default, PartialEq, Eq, Debug)]
pub struct Known {
    /// Rule names by core and dress.
    #[serde(default)]
    pub false_alarms: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// Repairs after which a kernel still shows a fault, or other values, by core, kind and dress.
    #[serde(default)]
    pub bad_repairs: Counts,
    /// Faults of which nothing is said, by core and dress.
    #[serde(default)]
    pub misses: Counts,
}

/// How to write the list anew.
pub const REWRITE: &str = "NBASYNC_DIFFERENTIAL_WRITE=1 cargo test --test differential";

const HEAD: &str = "\
# What is missed, wrongly reported or badly repaired today, in notebooks and dresses. It may only
# shrink. Written by
#   NBASYNC_DIFFERENTIAL_WRITE=1 cargo test --test differential
";

fn path() -> PathBuf {
    folder().join("known_misses.toml")
}

impl Known {
    /// The committed list; empty where there is none.
    pub fn read() -> Self {
        let text = std::fs::read_to_string(path()).unwrap_or_default();
        toml::from_str(&text).unwrap_or_else(|error| panic!("known_misses.toml: {error}"))
    }

    /// Keeps the list, for the next one who reads it.
    pub fn write(&self) {
        let body = toml::to_string(self).unwrap();
        std::fs::write(path(), format!("{HEAD}\n{body}")).unwrap();
    }

    /// Adds what reviews miss and what they report wrongly.
    pub fn add_outcomes(&mut self, outcomes: &[Outcome<'_>]) {
        for outcome in outcomes {
            let (core, dress) = (&outcome.program.core, &outcome.program.dress);
            if outcome.caught == Some(false) {
                count(&mut self.misses, core, dress);
            }
            if !outcome.false_alarms.is_empty() {
                let rules = outcome.false_alarms.iter().map(|rule| (*rule).to_owned());
                let row = self.false_alarms.entry(core.clone()).or_default();
                row.entry(dress.clone()).or_default().extend(rules);
            }
        }
    }

    /// Says where the two lists are not the same: `self` is what happens now.
    pub fn differences(&self, listed: &Self) -> Vec<String> {
        let alarms = |known: &Self| {
            let rows = known.false_alarms.iter();
            rows.map(|(core, row)| {
                let row = row.iter().map(|(dress, rules)| (format!("{dress} {rules:?}"), 1));
                (core.clone(), row.collect())
            })
            .collect()
        };
        let mut found = unlike("false alarm", &alarms(self), &alarms(listed));
        found.extend(unlike("bad repair", &self.bad_repairs, &listed.bad_repairs));
        found.extend(unlike("miss", &self.misses, &listed.misses));
        found
    }
}

/// One more.
pub fn count(counts: &mut Counts, row: &str, column: &str) {
    *counts.entry(row.to_owned()).or_default().entry(column.to_owned()).or_default() += 1;
}

fn unlike(what: &str, now: &Counts, listed: &Counts) -> Vec<String> {
    let flat = |counts: &Counts| -> BTreeMap<(String, String), usize> {
        let rows = counts.iter();
        rows.flat_map(|(row, columns)| {
            columns.iter().map(|(column, count)| ((row.clone(), column.clone()), *count))
        })
        .collect()
    };
    let (now, listed) = (flat(now), flat(listed));
    let keys: std::collections::BTreeSet<_> = now.keys().chain(listed.keys()).collect();
    let of = |counts: &BTreeMap<_, usize>, key| counts.get(key).copied().unwrap_or(0);
    keys.into_iter()
        .filter_map(|key| {
            let (is, was) = (of(&now, key), of(&listed, key));
            let (core, dress) = key;
            match is.cmp(&was) {
                std::cmp::Ordering::Equal => None,
                std::cmp::Ordering::Greater => {
                    Some(format!("new {what}: {core} / {dress}: {is}, {was} listed"))
                }
                std::cmp::Ordering::Less => {
                    Some(format!("listed {what} is gone: {core} / {dress}: {is}, {was} listed"))
                }
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missed(core: &str, dress: &str, times: usize) -> Known {
        let mut known = Known::default();
        (0..times).for_each(|_| count(&mut known.misses, core, dress));
        known
    }

    #[test]
    fn the_same_list_has_no_differences() {
        let list = missed("lost list", "helper", 2);
        assert!(list.differences(&missed("lost list", "helper", 2)).is_empty());
    }

    #[test]
    fn a_miss_that_is_not_listed_is_told() {
        let now = missed("lost list", "helper", 2);
        let told = now.differences(&missed("lost list", "helper", 1));
        assert_eq!(told, ["new miss: lost list / helper: 2, 1 listed"]);
    }

    #[test]
    fn a_listed_miss_that_is_gone_is_told() {
        let told = Known::default().differences(&missed("lost list", "helper", 1));
        assert_eq!(told, ["listed miss is gone: lost list / helper: 0, 1 listed"]);
    }

    #[test]
    fn a_false_alarm_is_listed_with_its_rule() {
        let mut now = Known::default();
        let row = now.false_alarms.entry("loop owner, done well".to_owned()).or_default();
        row.insert("map".to_owned(), vec!["dropped-task".to_owned()]);
        let told = now.differences(&Known::default());
        let wanted = "new false alarm: loop owner, done well / map [\"dropped-task\"]: 1, 0 listed";
        assert_eq!(told, [wanted]);
    }
}
