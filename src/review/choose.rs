//! Which fixes can be made together.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use crate::diagnostic::{Applicability, Diagnostic, Fix, Found};
use crate::text::{CellIndex, Edit};

/// A fix and what it repairs.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'r> {
    pub diagnostic: &'r Diagnostic,
    pub fix: &'r Fix,
}

/// The fixes to apply together: those that may be trusted at least as far as `limit`, in order,
/// each only where it touches nothing that an earlier one changes. Fixes that say the same twice
/// count once.
pub fn fixes(diagnostics: &[Found], limit: Applicability) -> Vec<&Fix> {
    let diagnostics: Vec<&Diagnostic> = diagnostics.iter().map(Deref::deref).collect();
    choose(&diagnostics, limit).into_iter().map(|choice| choice.fix).collect()
}

/// The [`fixes`] with what they repair.
pub fn choose<'r>(diagnostics: &[&'r Diagnostic], limit: Applicability) -> Vec<Choice<'r>> {
    let mut chosen: Vec<Choice<'r>> = Vec::new();
    let mut said: BTreeSet<&[Edit]> = BTreeSet::new();
    let mut taken = Taken::default();
    for diagnostic in diagnostics {
        let Some(fix) = diagnostic.fix() else { continue };
        let trusted = fix.applicability >= limit && fix.applicability > Applicability::DisplayOnly;
        let fits = trusted && !said.contains(&*fix.edits);
        if fits && !fix.edits.iter().any(|edit| taken.touches(edit)) {
            fix.edits.iter().for_each(|edit| taken.take(edit));
            said.insert(&fix.edits);
            chosen.push(Choice { diagnostic, fix });
        }
    }
    chosen
}

/// The edits of the fixes that were chosen, by where they begin. Those of different fixes lie
/// apart from each other, so that only the nearest ones can be in the way of another.
#[derive(Default)]
struct Taken<'r> {
    edits: BTreeMap<(CellIndex, usize), Vec<&'r Edit>>,
}

impl<'r> Taken<'r> {
    fn take(&mut self, edit: &'r Edit) {
        let here = self.edits.entry((edit.span.cell, edit.span.range.start)).or_default();
        if !here.contains(&edit) {
            here.push(edit);
        }
    }

    /// Whether an edit cannot be made beside those that were taken.
    fn touches(&self, edit: &Edit) -> bool {
        let (cell, range) = (edit.span.cell, edit.span.range);
        let before = self.edits.range((cell, 0)..=(cell, range.end)).rev();
        let near = before.map(|(_, edits)| edits);
        let reaches =
            |edits: &&Vec<&Edit>| edits.iter().any(|other| other.span.range.end >= range.start);
        near.take_while(reaches).flatten().any(|other| touch(other, edit))
    }
}

/// Whether two edits cannot both be made. The same import, added by both, is one edit, and lines
/// that both add at one place follow each other; any other insertion at one place would have to
/// know of the other.
fn touch(a: &Edit, b: &Edit) -> bool {
    let (x, y) = (a.span.range, b.span.range);
    let meet = a.span.cell == b.span.cell && x.start <= y.end && y.start <= x.end;
    let same = a == b && (!x.is_empty() || a.text.starts_with("import "));
    let follow = a.text != b.text && added(a).is_some_and(|end| added(b) == Some(end));
    meet && !same && !follow
}

/// Where an edit that adds lines of their own adds them: `true` after the end of a line, `false`
/// before one.
fn added(edit: &Edit) -> Option<bool> {
    let (begins, ends) = (edit.text.starts_with('\n'), edit.text.ends_with('\n'));
    (edit.span.range.is_empty() && begins != ends).then_some(begins)
}
