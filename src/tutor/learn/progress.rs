//! What a learner has done, and when what was learnt comes back.
//!
//! The schedule: a drill that was solved without a hint comes back after 3 days, then after 7, then
//! after 21, and then no more. One that took a hint, or the solution, comes back tomorrow.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The version of the record's shape.
pub const VERSION: u32 = 1;

/// Days until a drill comes back that was solved without a hint once, twice, three times.
const DAYS: [i64; 3] = [3, 7, 21];

/// Everything that is kept of a learner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub version: u32,
    #[serde(default)]
    pub lessons: BTreeMap<String, LessonRecord>,
    #[serde(default)]
    pub drills: BTreeMap<String, DrillRecord>,
}

/// What is kept of a lesson.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LessonRecord {
    /// The stage where the learner was last, from 0.
    pub stage: usize,
    /// The choice of the prediction, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predicted: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub begun: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished: Option<Date>,
    /// The placement round showed that it may be skipped.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub placed: bool,
}

/// What is kept of a drill.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DrillRecord {
    /// How often it was solved.
    pub solved: u32,
    /// How many repairs were tried and found wrong.
    pub tries: u32,
    /// The hints that the last repair took.
    pub hints: u8,
    /// Whether the solution was shown before the last repair.
    pub shown: bool,
    /// How often in a row it was solved without a hint, each time when it was due.
    pub step: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<Date>,
    /// When it comes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// The cells of a repair that is under way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub draft: Vec<String>,
}

/// How far somebody is with a lesson.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    New,
    Begun,
    Finished,
    /// Not read, and known by the placement round.
    Known,
}

impl Default for Progress {
    fn default() -> Self {
        Self { version: VERSION, lessons: BTreeMap::new(), drills: BTreeMap::new() }
    }
}

impl Progress {
    /// How far a lesson is.
    pub fn state(&self, lesson: &str) -> State {
        match self.lessons.get(lesson) {
            Some(record) if record.finished.is_some() => State::Finished,
            Some(record) if record.begun.is_some() => State::Begun,
            Some(record) if record.placed => State::Known,
            _ => State::New,
        }
    }

    /// Where to go on in a lesson.
    pub fn stage(&self, lesson: &str) -> usize {
        self.lessons.get(lesson).map_or(0, |record| record.stage)
    }

    /// What was predicted in a lesson, from 0.
    pub fn predicted(&self, lesson: &str) -> Option<usize> {
        self.lessons.get(lesson)?.predicted?.checked_sub(1)
    }

    /// Whether a drill was ever solved.
    pub fn is_solved(&self, drill: &str) -> bool {
        self.drills.get(drill).is_some_and(|record| record.solved > 0)
    }

    /// The drills that come back by `today`, the longest due first.
    pub fn due(&self, today: Date) -> Vec<&str> {
        let due = self.drills.iter().filter_map(|(id, it)| Some((it.due?, id.as_str())));
        let mut due: Vec<_> = due.filter(|(day, _)| *day <= today).collect();
        due.sort_unstable();
        due.into_iter().map(|(_, id)| id).collect()
    }

    /// The day on which the next drill comes back.
    pub fn next_due(&self) -> Option<Date> {
        self.drills.values().filter_map(|record| record.due).min()
    }

    /// Somebody is at a stage of a lesson.
    pub fn visit(&mut self, lesson: &str, stage: usize, today: Date) {
        let record = self.lessons.entry(lesson.to_owned()).or_default();
        record.stage = stage;
        if stage > 0 {
            record.begun.get_or_insert(today);
        }
    }

    /// Somebody answered the prediction of a lesson; `choice` from 0.
    pub fn predict(&mut self, lesson: &str, choice: usize) {
        self.lessons.entry(lesson.to_owned()).or_default().predicted = Some(choice + 1);
    }

    /// A lesson is done.
    pub fn finish(&mut self, lesson: &str, today: Date) {
        let record = self.lessons.entry(lesson.to_owned()).or_default();
        record.begun.get_or_insert(today);
        record.finished.get_or_insert(today);
    }

    /// The placement round says whether a lesson may be skipped.
    pub fn place(&mut self, lesson: &str, known: bool) {
        if known || self.lessons.contains_key(lesson) {
            self.lessons.entry(lesson.to_owned()).or_default().placed = known;
        }
    }

    /// A repair was tried and is not right.
    pub fn miss(&mut self, drill: &str, today: Date) {
        let record = self.drills.entry(drill.to_owned()).or_default();
        record.tries += 1;
        record.last = Some(today);
    }

    /// A drill was solved, with so many hints; `shown` when the solution had been shown.
    pub fn solve(&mut self, drill: &str, hints: u8, shown: bool, today: Date) {
        let record = self.drills.entry(drill.to_owned()).or_default();
        record.solved += 1;
        record.hints = hints;
        record.shown = shown;
        record.last = Some(today);
        record.draft = Vec::new();
        if hints > 0 || shown {
            record.step = 0;
            record.due = Some(after(today, 1));
        } else if record.solved == 1 || record.due.is_some_and(|due| due <= today) {
            record.due = DAYS.get(record.step).map(|days| after(today, *days));
            record.step += 1;
        }
    }

    /// Keeps a repair that is under way, or forgets it.
    pub fn draft(&mut self, drill: &str, cells: Option<Vec<String>>) {
        match (cells, self.drills.get_mut(drill)) {
            (Some(cells), Some(record)) => record.draft = cells,
            (Some(draft), None) => {
                let record = DrillRecord { draft, ..DrillRecord::default() };
                self.drills.insert(drill.to_owned(), record);
            }
            (None, Some(record)) => record.draft = Vec::new(),
            (None, None) => {}
        }
    }

    /// Forgets a lesson and its drills.
    pub fn forget(&mut self, lesson: &str, drills: &[String]) {
        self.lessons.remove(lesson);
        self.drills.retain(|id, _| !drills.contains(id));
    }

    /// Takes in another record, such as one from another machine: of each lesson and drill what
    /// says more or is later.
    pub fn merge(&mut self, other: Progress) {
        for (id, theirs) in other.lessons {
            let ours = self.lessons.entry(id).or_default();
            ours.stage = ours.stage.max(theirs.stage);
            ours.predicted = ours.predicted.or(theirs.predicted);
            ours.begun = earlier(ours.begun, theirs.begun);
            ours.finished = earlier(ours.finished, theirs.finished);
            ours.placed |= theirs.placed;
        }
        for (id, theirs) in other.drills {
            let ours = self.drills.entry(id).or_default();
            let (solved, tries) = (ours.solved.max(theirs.solved), ours.tries.max(theirs.tries));
            if theirs.last > ours.last {
                *ours = theirs;
            }
            (ours.solved, ours.tries) = (solved, tries);
        }
    }
}

fn after(today: Date, days: i64) -> Date {
    today.saturating_add(days.days())
}

fn earlier(one: Option<Date>, other: Option<Date>) -> Option<Date> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const DAY: Date = date(2026, 2, 27);

    #[test]
    fn what_was_solved_alone_comes_back_after_3_then_7_then_21_days_and_then_no_more() {
        let mut progress = Progress::default();
        let mut today = DAY;
        for days in [3, 7, 21] {
            progress.solve("d", 0, false, today);
            let due = progress.drills["d"].due.unwrap();
            assert_eq!(today.until(due).unwrap().get_days(), days);
            assert!(progress.due(due.yesterday().unwrap()).is_empty());
            assert_eq!(progress.due(due), ["d"]);
            today = due;
        }
        progress.solve("d", 0, false, today);
        assert_eq!((progress.next_due(), progress.drills["d"].solved), (None, 4));
    }

    #[test]
    fn a_hint_or_the_solution_brings_it_back_tomorrow() {
        for (hints, shown) in [(1, false), (0, true)] {
            let mut progress = Progress::default();
            progress.solve("d", 0, false, DAY);
            progress.solve("d", hints, shown, DAY);
            assert_eq!(progress.drills["d"].due, Some(date(2026, 2, 28)));
            progress.solve("d", 0, false, date(2026, 2, 28));
            assert_eq!(progress.drills["d"].due, Some(date(2026, 3, 3)));
        }
    }

    #[test]
    fn solving_it_again_on_the_same_day_changes_nothing() {
        let mut progress = Progress::default();
        progress.solve("d", 0, false, DAY);
        progress.solve("d", 0, false, DAY);
        let record = &progress.drills["d"];
        assert_eq!((record.step, record.due), (1, Some(date(2026, 3, 2))));
    }

    #[test]
    fn a_lesson_is_new_then_begun_then_finished() {
        let mut progress = Progress::default();
        progress.visit("a", 0, DAY);
        assert_eq!(progress.state("a"), State::New);
        progress.visit("a", 3, DAY);
        assert_eq!((progress.state("a"), progress.stage("a")), (State::Begun, 3));
        progress.finish("a", DAY);
        progress.finish("a", date(2026, 3, 1));
        assert_eq!(progress.lessons["a"].finished, Some(DAY));
        progress.place("b", true);
        progress.place("c", false);
        assert_eq!((progress.state("b"), progress.state("c")), (State::Known, State::New));
    }

    #[test]
    fn forgetting_a_lesson_takes_its_drills_along() {
        let mut progress = Progress::default();
        progress.visit("a", 1, DAY);
        progress.solve("d", 0, false, DAY);
        progress.miss("e", DAY);
        progress.forget("a", &["d".to_owned()]);
        assert_eq!(progress.drills.keys().collect::<Vec<_>>(), ["e"]);
        assert!(progress.lessons.is_empty());
    }

    #[test]
    fn of_two_records_the_later_counts() {
        let (mut one, mut other) = (Progress::default(), Progress::default());
        one.solve("d", 1, false, DAY);
        one.visit("a", 4, DAY);
        other.solve("d", 0, false, date(2026, 3, 5));
        other.solve("d", 0, false, date(2026, 3, 8));
        other.visit("a", 2, date(2026, 1, 1));
        other.predict("a", 0);
        one.merge(other);
        assert_eq!((one.drills["d"].solved, one.drills["d"].step), (2, 2));
        assert_eq!(one.lessons["a"].begun, Some(date(2026, 1, 1)));
        assert_eq!((one.stage("a"), one.predicted("a")), (4, Some(0)));
    }

    #[test]
    fn a_repair_under_way_is_kept_until_it_is_right() {
        let mut progress = Progress::default();
        progress.draft("d", Some(vec!["x".to_owned()]));
        assert_eq!(progress.drills["d"].draft, ["x"]);
        progress.solve("d", 0, false, DAY);
        assert!(progress.drills["d"].draft.is_empty());
        progress.draft("e", None);
        assert!(!progress.drills.contains_key("e"));
    }
}
