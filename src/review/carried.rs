//! What a review still says of a text that was changed since, until the next one is made.

use std::sync::Arc;

use super::Review;
use crate::text::{Edit, Span, TextRange};

impl Review {
    /// Follows a change of one cell: what was said of places in it stands where they are now, and
    /// repairs that would change the cell are gone, since they were made for another text.
    pub fn carry(&mut self, edit: &Edit) {
        let cell = edit.span.cell;
        let carry = |span: &mut Span| *span = moved(*span, edit);
        let all = self.diagnostics.iter_mut().chain(&mut self.silenced);
        for found in all.filter(|found| found.cells().any(|named| named == cell)) {
            let found = found.make_mut();
            carry(&mut found.span);
            found.notes.iter_mut().filter_map(|note| note.span.as_mut()).for_each(carry);
            found.fixes.retain(|fix| fix.edits.iter().all(|edit| edit.span.cell != cell));
        }
        let classification = self.classifications.get_mut(cell.0).map(Arc::make_mut);
        let situations = classification.into_iter();
        let evidence = situations.flat_map(|it| &mut it.situations).flat_map(|it| &mut it.evidence);
        evidence.for_each(|it| it.range = moved(Span::new(cell, it.range), edit).range);
    }
}

/// Where a span stands after an edit. What is put at either end of it is no part of it.
fn moved(span: Span, edit: &Edit) -> Span {
    let (gone, added) = (edit.span.range, edit.text.len());
    if span.cell != edit.span.cell {
        return span;
    }
    let after = |place: usize| place - gone.len() + added;
    let TextRange { start, end } = span.range;
    let start = if start >= gone.end { after(start) } else { start.min(gone.start) };
    let end = match () {
        () if end <= gone.start => end,
        () if end >= gone.end => after(end),
        () => gone.start + added,
    };
    Span::new(span.cell, TextRange::new(start, end.max(start)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::{FreshCell, ipynb_of, parse_ipynb};
    use crate::review::review;
    use crate::rules::tables_for_tests;
    use crate::text::CellIndex;

    const CELLS: [&str; 3] = [
        "import asyncio\nasync def main(): ...",
        "x = 1\nasyncio.run(main())",
        "asyncio.run(main())",
    ];

    fn said(cells: &[&str]) -> Review {
        let cells: Vec<FreshCell> = cells.iter().map(|source| FreshCell::code(*source)).collect();
        review(&parse_ipynb(ipynb_of(&cells)).unwrap(), &tables_for_tests())
    }

    #[test]
    fn what_was_said_stands_where_its_place_is_now() {
        let edited = "y = 22\nx = 1\nasyncio.run(main())";
        let (mut before, after) = (said(&CELLS), said(&[CELLS[0], edited, CELLS[2]]));
        before.carry(&Edit::between(CellIndex(1), CELLS[1], edited));
        let spans =
            |review: &Review| review.found().map(|it| (it.span, it.rule)).collect::<Vec<_>>();
        assert_eq!(spans(&before), spans(&after));
        assert_eq!(spans(&before).len(), 2);
    }

    #[test]
    fn a_repair_of_the_text_before_is_gone_and_the_others_stay() {
        let mut review = said(&CELLS);
        let fixes =
            |review: &Review, cell| review.of_cell(CellIndex(cell)).any(|it| it.fix().is_some());
        assert!(fixes(&review, 1) && fixes(&review, 2));
        review.carry(&Edit::insert(CellIndex(1), 0, "z = 3\n"));
        assert!(!fixes(&review, 1) && fixes(&review, 2));
    }

    #[test]
    fn a_place_moves_with_what_is_put_before_it_and_ends_where_it_is_cut() {
        let cell = CellIndex(0);
        let carried = |start, end, (from, to, text): (usize, usize, &str)| {
            let range = |start, end| Span::new(cell, TextRange::new(start, end));
            let moved = moved(range(start, end), &Edit::replace(range(from, to), text)).range;
            (moved.start, moved.end)
        };
        assert_eq!(carried(4, 7, (4, 4, "ab")), (6, 9));
        assert_eq!(carried(4, 7, (7, 7, "ab")), (4, 7));
        assert_eq!(carried(4, 7, (5, 5, "ab")), (4, 9));
        assert_eq!(carried(4, 7, (0, 9, "")), (0, 0));
        assert_eq!(carried(4, 7, (6, 9, "x")), (4, 7));
        assert_eq!(carried(4, 4, (4, 4, "x")), (5, 5));
        assert_eq!(carried(4, 7, (0, 2, "")), (2, 5));
    }
}
