//! An `await` at the top of a cell for what the notebook never brings, or brings further down alone.

use super::NAME;
use crate::diagnostic::{Diagnostic, Severity};
use crate::execution::{Endless, EventKind, Run, Site};
use crate::python::{Kind, Role};

/// Every such wait: it comes surely, nothing limits it, and no handler is prepared for its end.
pub(super) fn waits<'r>(run: &'r Run) -> impl Iterator<Item = Diagnostic> + 'r {
    let has_any = run.has_what_is_brought();
    let is_one = move |site: &Site| {
        has_any
            && matches!(run.kind(*site), Kind::Await)
            && run.owner(*site).is_none()
            && is_sure(run, *site)
    };
    run.sites().filter(is_one).filter_map(|site| diagnose(run, site))
}

fn is_sure(run: &Run, site: Site) -> bool {
    // A cell that raises before does not come there.
    let mut elsewhere =
        run.events().iter().filter(|it| matches!(it.kind, EventKind::SharedBetweenLoops { .. }));
    run.comes_to(site)
        && !elsewhere.any(|it| it.during == site.cell)
        && run.ancestors(site).all(|up| match run.kind(up) {
            Kind::With { .. } => !run.has_deadline(up),
            Kind::For { .. } => run.turns(up).is_some_and(|it| it > 0),
            kind => !matches!(
                kind,
                Kind::Try
                    | Kind::If
                    | Kind::IfExp
                    | Kind::BoolOp
                    | Kind::While
                    | Kind::Match
                    | Kind::Lambda
                    | Kind::Comprehension { .. }
            ),
        })
}

fn diagnose(run: &Run, site: Site) -> Option<Diagnostic> {
    let awaited = run.child(site, Role::Value)?;
    let key = match run.never_ends(awaited)? {
        Endless::Waits => "never",
        Endless::Later => "later",
        Endless::Undone => "undone",
        Endless::Full => "full",
        Endless::Turns | Endless::Serves => return None,
    };
    let mut found = Diagnostic::new(NAME, Severity::Warning, run.span(site)?, key)
        .with("value", run.source_of(awaited));
    found.patterns = vec!["keep-the-handle"];
    Some(found)
}
