//! What several kernels answered, side by side: a row for each, a column for what the cases are for.

use super::Kind;
use crate::shell::report::Voice;
use crate::shell::visible;
use crate::transcript::Versions;
use crate::wording::{Wording, content};

/// What a column counts.
const COLUMNS: [(Kind, Wording); 4] = [
    (Kind::Claim, content::matrix::CLAIMS),
    (Kind::Lesson, content::matrix::LESSONS),
    (Kind::Mistake, content::matrix::MISTAKES),
    (Kind::Fixture, content::matrix::FIXTURES),
];

/// How many cases came to which end.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub passed: usize,
    pub skipped: usize,
    pub failed: usize,
}

/// What one kernel answered: each case's kind and how it ended.
pub(super) struct Row {
    pub versions: Versions,
    pub ends: Vec<(Kind, Counts)>,
}

impl Row {
    /// How many cases ended how, of one kind or of all.
    pub fn counts(&self, kind: Option<Kind>) -> Counts {
        let mut all = Counts::default();
        for (_, one) in self.ends.iter().filter(|(of, _)| kind.is_none_or(|kind| kind == *of)) {
            all.passed += one.passed;
            all.skipped += one.skipped;
            all.failed += one.failed;
        }
        all
    }
}

/// The table in each of the reader's languages; kinds without a case have no column.
pub(super) fn table(voice: Voice<'_>, rows: &[Row]) -> Vec<String> {
    let columns: Vec<_> = COLUMNS
        .into_iter()
        .filter(|(kind, _)| rows.iter().any(|row| row.ends.iter().any(|(of, _)| of == kind)))
        .collect();
    let mut lines = Vec::new();
    for language in voice.languages() {
        let ui = |key: Wording| voice.knowledge.ui(language, key, &[]);
        let mut head = vec!["Python".to_owned(), "ipykernel".to_owned(), "IPython".to_owned()];
        head.extend(columns.iter().map(|(_, key)| ui(*key)));
        let cells = |row: &Row| {
            let Versions { python, ipykernel, ipython, .. } = &row.versions;
            let version = |of: &Option<String>| of.clone().unwrap_or_else(|| "?".to_owned());
            let mut cells = vec![version(python), version(ipykernel), version(ipython)];
            cells.extend(columns.iter().map(|(kind, _)| {
                let Counts { passed, skipped, failed } = row.counts(Some(*kind));
                format!("{passed} / {skipped} / {failed}")
            }));
            cells
        };
        let all: Vec<Vec<String>> = std::iter::once(head).chain(rows.iter().map(cells)).collect();
        lines.push(String::new());
        lines.push(ui(content::matrix::TITLE));
        lines.extend(aligned(&all));
    }
    lines
}

/// The cells of a table under each other.
fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| visible::width(cell)).max().unwrap_or_default()
    };
    let line = |row: &Vec<String>| {
        let padded = row.iter().enumerate().map(|(column, cell)| {
            let pad = width(column).saturating_sub(visible::width(cell));
            format!("{cell}{}", " ".repeat(pad))
        });
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_counted_by_themselves_and_columns_align() {
        let one = |passed, failed| Counts { passed, skipped: 0, failed };
        let ends =
            vec![(Kind::Claim, one(1, 0)), (Kind::Claim, one(0, 1)), (Kind::Lesson, one(1, 0))];
        let row = Row { versions: Versions::default(), ends };
        let Counts { passed, failed, .. } = row.counts(Some(Kind::Claim));
        assert_eq!((passed, failed, row.counts(None).passed), (1, 1, 2));
        let rows = [vec!["Python", "说法"], vec!["3.9", "10 / 0"]];
        let rows = rows.map(|row| row.into_iter().map(str::to_owned).collect());
        assert_eq!(aligned(&rows), ["Python  说法", "3.9     10 / 0"]);
    }
}
