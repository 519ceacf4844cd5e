//! Counts what was caught, missed and wrongly reported, and prints it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::replay::Outcome;

/// How it went for one row of the table.
#[derive(Default, Clone, Copy, PartialEq, Eq, Debug)]
pub struct Score {
    pub notebooks: usize,
    pub faults: usize,
    pub caught: usize,
    /// Reports that foretold what a kernel shows.
    pub right: usize,
    /// Reports of what no kernel shows.
    pub wrong: usize,
}

impl Score {
    /// Of the faults, those that were reported; of none, all.
    pub fn recall(&self) -> f64 {
        share(self.caught, self.faults)
    }

    /// Of the reports, those that foretold something.
    pub fn precision(&self) -> f64 {
        share(self.right, self.right + self.wrong)
    }

    fn add(&mut self, outcome: &Outcome<'_>) {
        self.notebooks += 1;
        self.faults += usize::from(outcome.caught.is_some());
        self.caught += usize::from(outcome.caught == Some(true));
        self.right += outcome.right;
        self.wrong += outcome.false_alarms.len();
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// The scores by a key of the program, and of all together.
pub fn scores<'p>(
    outcomes: &[Outcome<'p>],
    key: impl Fn(&Outcome<'p>) -> &'p str,
) -> (BTreeMap<&'p str, Score>, Score) {
    let mut rows: BTreeMap<&str, Score> = BTreeMap::new();
    let mut all = Score::default();
    for outcome in outcomes {
        rows.entry(key(outcome)).or_default().add(outcome);
        all.add(outcome);
    }
    (rows, all)
}

/// A table in Markdown, with a last row for all.
pub fn table(head: &str, rows: &BTreeMap<&str, Score>, all: Score) -> String {
    let mut text = format!(
        "| {head} | notebooks | faults | caught | recall | false alarms | precision |\n\
         | --- | --: | --: | --: | --: | --: | --: |\n"
    );
    let rows = rows.iter().map(|(name, score)| (*name, *score)).chain([("all", all)]);
    for (name, score) in rows {
        let [recall, precision] = [score.recall(), score.precision()].map(|it| it * 100.0);
        let recall = if score.faults == 0 { "".to_owned() } else { format!("{recall:.0} %") };
        let Score { notebooks, faults, caught, wrong, .. } = score;
        writeln!(
            text,
            "| {name} | {notebooks} | {faults} | {caught} | {recall} | {wrong} | {precision:.0} % |"
        )
        .unwrap();
    }
    text
}
