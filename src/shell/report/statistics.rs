//! How often each rule speaks, over all files.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Paper, Reviewed, Tone, Voice};
use crate::diagnostic::{Applicability, Severity};
use crate::review::called;
use crate::wording::report;

/// Counts for each rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statistics {
    rules: BTreeMap<&'static str, Count>,
    files: usize,
    failed: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Count {
    /// The worst that was seen.
    severity: Severity,
    number: usize,
    safe_fixes: usize,
}

/// What `check --statistics --format json` prints.
#[derive(Debug, Serialize)]
pub struct Report {
    version: u32,
    files: usize,
    failed: usize,
    statistics: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    rule: &'static str,
    severity: &'static str,
    count: usize,
    safe_fixes: usize,
}

impl Statistics {
    /// Those of one file.
    pub fn of(file: &Reviewed) -> Self {
        let mut counts = Self { files: 1, ..Self::default() };
        let Ok((_, review)) = &file.outcome else { return Self { failed: 1, ..counts } };
        for found in &review.diagnostics {
            let is_safe = found.fix().is_some_and(|fix| fix.applicability == Applicability::Safe);
            let one =
                Count { severity: found.severity, number: 1, safe_fixes: usize::from(is_safe) };
            counts.count(found.rule, one);
        }
        counts
    }

    /// Both together.
    pub fn add(&mut self, other: Self) {
        self.files += other.files;
        self.failed += other.failed;
        other.rules.into_iter().for_each(|(rule, more)| self.count(rule, more));
    }

    /// A line for each rule, most first.
    pub fn text(&self, paper: Paper, voice: Voice<'_>) -> String {
        let rows = self.rows();
        let width = rows.first().map_or(0, |(_, count)| count.number.to_string().len());
        let row = |(rule, count): &(&str, Count)| {
            let severity = voice.label(called::severity(count.severity), &[]);
            let severity = format!("{} {severity}", paper.sign(count.severity));
            let severity = paper.paint(Tone::Severity(count.severity), &severity);
            let safe = count.safe_fixes.to_string();
            let safe = match count.safe_fixes {
                0 => String::new(),
                _ => format!("  {}", voice.label(report::WITH_SAFE_FIX, &[("n", &safe)])),
            };
            let safe = paper.paint(Tone::Quiet, &safe);
            format!("{:>width$}  {severity} {rule}{safe}\n", count.number)
        };
        rows.iter().map(row).collect()
    }

    /// The same for programs.
    pub fn json(&self) -> Report {
        let row = |(rule, count): (&'static str, Count)| Row {
            rule,
            severity: count.severity.as_str(),
            count: count.number,
            safe_fixes: count.safe_fixes,
        };
        let statistics = self.rows().into_iter().map(row).collect();
        Report { version: 1, files: self.files, failed: self.failed, statistics }
    }

    fn count(&mut self, rule: &'static str, more: Count) {
        let none = Count { severity: more.severity, number: 0, safe_fixes: 0 };
        let count = self.rules.entry(rule).or_insert(none);
        count.severity = count.severity.max(more.severity);
        count.number += more.number;
        count.safe_fixes += more.safe_fixes;
    }

    /// Most first; where there are as many, by name.
    fn rows(&self) -> Vec<(&'static str, Count)> {
        let mut rows: Vec<_> = self.rules.iter().map(|(rule, count)| (*rule, *count)).collect();
        rows.sort_by_key(|(rule, count)| (std::cmp::Reverse(count.number), *rule));
        rows
    }
}
