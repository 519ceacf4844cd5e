//! The overview of an open notebook: a row for each cell, brought up to date row by row.

use std::sync::Arc;

use super::document::Document;
use super::marks::mark;
use super::view::OverviewRow;
use crate::diagnostic::Severity;
use crate::index::ReadCell;
use crate::notebook::{Cell, CellKind};
use crate::text::CellIndex;

impl Document {
    /// Brings the rows of some cells up to date.
    pub(super) fn renew_rows(&mut self, cells: impl Iterator<Item = CellIndex>) {
        for cell in cells {
            let row = self.notebook.cell(cell).map(|cell| self.overview_row(cell));
            let known = self.overview.get(cell.0);
            let Some(row) = row.filter(|row| known.is_some_and(|known| known != row)) else {
                continue;
            };
            let mut rows = self.overview.to_vec();
            if let Some(known) = rows.get_mut(cell.0) {
                *known = row;
            }
            self.overview = rows.into();
        }
    }

    /// Brings all rows up to date with the review. Those of cells that are as they were `before`
    /// change in their marks alone.
    pub(super) fn renew_overview(&mut self, before: &[Arc<ReadCell>]) {
        let mut worst = vec![None; self.notebook.cells.len()];
        for found in &self.review.diagnostics {
            if let Some(slot) = worst.get_mut(found.place().cell.0) {
                *slot = (*slot).max(Some(found.said().severity));
            }
        }
        let is_known = before.len() == self.overview.len();
        let row = |(cell, worst): (&Cell, Option<Severity>)| {
            let at = cell.index.0;
            let read = self.review.cells.get(at).zip(before.get(at));
            let known = self.overview.get(at).filter(|_| is_known);
            match known.filter(|_| read.is_some_and(|(now, before)| Arc::ptr_eq(now, before))) {
                Some(known) => OverviewRow {
                    mark: worst.map(mark),
                    edited: self.is_changed(cell.index),
                    ..known.clone()
                },
                None => self.overview_row(cell),
            }
        };
        self.overview = self.notebook.cells.iter().zip(worst).map(row).collect();
    }

    fn overview_row(&self, cell: &Cell) -> OverviewRow {
        OverviewRow {
            number: cell.index.number(),
            line: telling_line(&cell.source).into(),
            mark: self.worst(cell.index).map(mark),
            kind: self.kind_of(cell),
            edited: self.is_changed(cell.index),
        }
    }

    fn worst(&self, cell: CellIndex) -> Option<Severity> {
        self.review.of_cell(cell).map(|found| found.severity).max()
    }

    fn kind_of(&self, cell: &Cell) -> Option<String> {
        match &cell.kind {
            CellKind::Markdown => Some("md".to_owned()),
            CellKind::Raw => Some("raw".to_owned()),
            CellKind::Other(kind) => Some(kind.clone()),
            CellKind::Code => {
                let read = self.review.cells.get(cell.index.0)?;
                read.magic().map(|magic| format!("%%{magic}")).or_else(|| cell.language.clone())
            }
        }
    }
}

/// The first line that says something: no blank one, no comment, no magic where there is more.
fn telling_line(source: &str) -> String {
    let lines = || source.lines().map(str::trim).filter(|line| !line.is_empty());
    let telling = |line: &&str| !line.starts_with(['#', '%', '!']);
    let found = lines().find(telling).or_else(|| lines().next()).unwrap_or_default();
    found.chars().take(120).collect()
}
