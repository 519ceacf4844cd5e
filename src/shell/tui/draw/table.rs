//! Lays tables out: in columns where they fit, as a list of rows where they do not.

use ratatui::text::Span;

use super::ink::Ink;
use super::page::{longest_word, strong};
use super::wrap::{Spans, wrap};
use crate::document::Prose;
use crate::shell::tui::theme::Slot;
use crate::shell::visible;

/// Columns between two columns.
const GAP: usize = 2;

/// A column narrower than this is no pleasure to read.
const NARROWEST: usize = 8;

/// Lays a table out; its first row is the heading.
pub fn lay_out(rows: &[Vec<Prose>], width: usize, ink: &Ink<'_>) -> Vec<Spans> {
    let Some((heading, body)) = rows.split_first() else { return Vec::new() };
    let Some(widths) = column_widths(rows, width, ink) else {
        return as_list(heading, body, width, ink);
    };
    let bold: Vec<Spans> = heading.iter().map(|cell| strong(cell, ink)).collect();
    let mut lines = table_row(&bold, &widths);
    let rule = |width: &usize| Span::styled(ink.glyphs.dash.repeat(*width), ink.style(Slot::Frame));
    let gap = || Span::raw(" ".repeat(GAP));
    lines.push(widths.iter().flat_map(|width| [rule(width), gap()]).collect());
    for row in body {
        let cells: Vec<Spans> = row.iter().map(|cell| ink.prose(cell)).collect();
        lines.extend(table_row(&cells, &widths));
    }
    lines
}

/// How wide each column is; `None` when the table does not fit.
fn column_widths(rows: &[Vec<Prose>], width: usize, ink: &Ink<'_>) -> Option<Vec<usize>> {
    let columns = rows.iter().map(Vec::len).max()?;
    let cells = |column: usize| rows.iter().filter_map(move |row| row.get(column));
    let natural = |cell: &Prose| visible::width(&ink.safe(&cell.text()));
    let mut widths: Vec<usize> =
        (0..columns).map(|column| cells(column).map(natural).max().unwrap_or(0)).collect();
    let room = width.checked_sub(GAP * columns.checked_sub(1)?)?;
    // The widest column gives first; none gets narrower than its longest word, within reason.
    let least: Vec<usize> = (0..columns)
        .map(|column| cells(column).map(|cell| longest_word(cell, ink)).max().unwrap_or(0))
        .map(|longest| longest.clamp(1, NARROWEST * 2))
        .collect();
    while widths.iter().sum::<usize>() > room {
        let spare = |(_, (width, least)): &(usize, (&usize, &usize))| width.saturating_sub(**least);
        let (at, _) =
            widths.iter().zip(&least).enumerate().max_by_key(spare).filter(|at| spare(at) > 0)?;
        *widths.get_mut(at)? -= 1;
    }
    Some(widths)
}

/// One row, as many lines high as its highest cell.
fn table_row(cells: &[Spans], widths: &[usize]) -> Vec<Spans> {
    let mut columns: Vec<_> = cells
        .iter()
        .zip(widths)
        .map(|(cell, width)| (wrap(cell, *width).into_iter(), *width))
        .collect();
    let height = columns.iter().map(|(lines, _)| lines.len()).max().unwrap_or(0);
    (0..height)
        .map(|_| {
            let mut out = Vec::new();
            for (lines, width) in &mut columns {
                let line = lines.next().unwrap_or_default();
                let used: usize = line.iter().map(|span| visible::width(&span.content)).sum();
                out.extend(line);
                out.push(Span::raw(" ".repeat((*width + GAP).saturating_sub(used))));
            }
            out
        })
        .collect()
}

/// Each row as lines "heading: cell", for a screen that is too narrow for columns.
fn as_list(heading: &[Prose], body: &[Vec<Prose>], width: usize, ink: &Ink<'_>) -> Vec<Spans> {
    let mut lines = Vec::new();
    for row in body {
        if !lines.is_empty() {
            lines.push(Vec::new());
        }
        for (name, cell) in heading.iter().zip(row) {
            let mut spans = strong(name, ink);
            spans.push(Span::raw(": "));
            spans.extend(ink.prose(cell));
            lines.extend(wrap(&spans, width));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::tui::testing::with_ink;

    fn draw(width: usize) -> String {
        let row = |cells: [&str; 2]| cells.map(Prose::plain).to_vec();
        let rows = [
            row(["choose", "when"]),
            row(["await", "the cell may wait for it"]),
            row(["gather", "顺序要与输入一致，而且都要成功"]),
        ];
        with_ink(|ink| {
            let lines = lay_out(&rows, width, ink);
            let text =
                |line: Spans| line.iter().map(|span| span.content.as_ref()).collect::<String>();
            lines.into_iter().map(|line| text(line).trim_end().to_owned() + "\n").collect()
        })
    }

    #[test]
    fn columns_shrink_to_fit() {
        insta::assert_snapshot!(draw(26), @"
        choose  when
        ──────  ──────────────────
        await   the cell may wait
                for it
        gather  顺序要与输入一致，
                而且都要成功
        ");
    }

    #[test]
    fn a_table_that_does_not_fit_becomes_a_list() {
        insta::assert_snapshot!(draw(9), @"
        choose:
        await
        when: the
        cell may
        wait for
        it

        choose:
        gather
        when: 顺
        序要与输
        入一致，
        而且都要
        成功
        ");
    }
}
