//! A diagnostic where its cell stands now. Cells come and go above it all day, and what is said of
//! it stays the same but for numbers: these are put in when somebody reads them.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use super::Diagnostic;
use crate::text::{CellIndex, Span};

/// A diagnostic that moves with its cell, and shares what it says with where it stood before.
#[derive(Debug, Clone)]
pub struct Found {
    /// As it was said, of cells as they stood then.
    said: Arc<Diagnostic>,
    /// Where its cell stands now. All cells that it names have moved as far.
    cell: CellIndex,
    /// What it says of where the cells stand now, where they moved and somebody asked.
    here: OnceLock<Arc<Diagnostic>>,
}

impl From<Diagnostic> for Found {
    fn from(said: Diagnostic) -> Self {
        let cell = said.span.cell;
        Self { said: Arc::new(said), cell, here: OnceLock::new() }
    }
}

impl Deref for Found {
    type Target = Diagnostic;

    fn deref(&self) -> &Diagnostic {
        if self.is_where_it_was() {
            &self.said
        } else {
            self.here.get_or_init(|| self.renumbered())
        }
    }
}

impl PartialEq for Found {
    fn eq(&self, other: &Self) -> bool {
        self.says_as(other) && self.cell == other.cell || **self == **other
    }
}

impl Eq for Found {}

impl Found {
    /// What it says, numbers of cells aside: these are as they were when it was said.
    pub fn said(&self) -> &Diagnostic {
        &self.said
    }

    /// The place, where it stands now.
    pub fn place(&self) -> Span {
        self.now(self.said.span)
    }

    /// A place of [`said`](Self::said), where it stands now.
    pub fn now(&self, span: Span) -> Span {
        Span { cell: self.moved_alike(span.cell), ..span }
    }

    /// Every cell that it names, where it stands now; some of them several times.
    pub fn cells(&self) -> impl Iterator<Item = CellIndex> {
        self.said.cells().map(|cell| self.moved_alike(cell))
    }

    /// Whether both were said as one, of the same cells wherever these stand.
    pub fn says_as(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.said, &other.said)
    }

    /// Whether both read alike under their cells: numbers of cells are none of what they say, or the
    /// same.
    pub fn reads_as(&self, other: &Self) -> bool {
        self.says_as(other) && (self.cell == other.cell || !self.said.says_numbers())
    }

    /// By what it is put in order: its place, and its rule where several stand at one.
    pub fn order(&self) -> (Span, &'static str) {
        (self.place(), self.said.rule)
    }

    /// The diagnostic to be changed, its cell aside. Others that share it keep what they say.
    pub fn make_mut(&mut self) -> &mut Diagnostic {
        if !self.is_where_it_was() {
            self.said = self.here.take().unwrap_or_else(|| self.renumbered());
        }
        Arc::make_mut(&mut self.said)
    }

    /// The same of where cells stand after another change; `None` where one that it names is gone.
    pub fn moved(&self, now: impl Fn(CellIndex) -> Option<CellIndex>) -> Option<Self> {
        let cell = now(self.cell)?;
        let here = if cell == self.cell { self.here.clone() } else { OnceLock::new() };
        let moved = Self { said: Arc::clone(&self.said), cell, here };
        let move_alike = self.cells().zip(moved.cells()).all(|(was, is)| now(was) == Some(is));
        if move_alike {
            return Some(moved);
        }
        let mut said = Diagnostic::clone(self);
        for cell in said.cells_mut() {
            *cell = now(*cell)?;
        }
        Some(Self::from(said))
    }

    fn is_where_it_was(&self) -> bool {
        self.cell == self.said.span.cell
    }

    fn moved_alike(&self, cell: CellIndex) -> CellIndex {
        CellIndex((cell.0 + self.cell.0).saturating_sub(self.said.span.cell.0))
    }

    fn renumbered(&self) -> Arc<Diagnostic> {
        let mut said = Diagnostic::clone(&self.said);
        for cell in said.cells_mut() {
            *cell = self.moved_alike(*cell);
        }
        Arc::new(said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Message, Severity};
    use crate::text::TextRange;

    fn span(cell: usize) -> Span {
        Span::new(CellIndex(cell), TextRange::new(3, 5))
    }

    /// One in cell 4 that speaks of cell 2.
    fn found() -> Found {
        let mut said = Diagnostic::new("a-rule", Severity::Error, span(4), "key");
        said.note(Message::new("a-rule", "called").at_cell(CellIndex(2)), Some(span(2)));
        Found::from(said)
    }

    fn below(limit: usize, by: usize) -> impl Fn(CellIndex) -> Option<CellIndex> {
        move |cell| Some(CellIndex(if cell.0 < limit { cell.0 } else { cell.0 + by }))
    }

    fn numbers(found: &Found) -> Vec<usize> {
        Diagnostic::cells(found).map(|cell| cell.0).collect()
    }

    #[test]
    fn what_moves_as_one_is_shared_and_read_by_its_new_numbers() {
        let before = found();
        let after = before.moved(below(0, 3)).expect("all cells stand");
        assert!(after.says_as(&before));
        assert_eq!((after.place(), numbers(&after)), (span(7), vec![7, 5, 5]));
        assert!(after.cells().eq(Diagnostic::cells(&after)));
        let again = after.moved(below(6, 1)).expect("all cells stand");
        assert_eq!(numbers(&again), [8, 5, 5]);
        assert_ne!(again, after);
        assert!(!again.reads_as(&after));
    }

    #[test]
    fn what_comes_between_is_said_anew() {
        let before = found();
        let after = before.moved(below(3, 1)).expect("all cells stand");
        assert!(!after.says_as(&before));
        assert_eq!(numbers(&after), [5, 2, 2]);
        assert_eq!(before.moved(|cell| (cell.0 != 2).then_some(cell)), None);
    }

    #[test]
    fn a_change_reaches_none_that_shares_it() {
        let before = found();
        let mut after = before.moved(below(0, 3)).expect("all cells stand");
        after.make_mut().severity = Severity::Hint;
        assert_eq!((before.severity, after.severity), (Severity::Error, Severity::Hint));
        assert_eq!(numbers(&after), [7, 5, 5]);
    }
}
