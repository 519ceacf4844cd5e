//! The script's entry point: what starts and ends the program makes way for the kernel.

use crate::diagnostic::{Applicability, Fix};
use crate::execution::{CellKey, Run, Site, Usage};
use crate::python::{Kind, Role};
use crate::rewrite::{merge_deletions, script};
use crate::text::{Edit, TextRange};

/// The edits of an entry point.
#[derive(Debug, Default)]
pub(super) struct Entry {
    pub edits: Vec<Edit>,
    /// Ids of tradeoff pages.
    pub tradeoffs: Vec<&'static str>,
    /// Calls of `sys.exit` whose argument is all that stays.
    pub exits: Vec<Site>,
}

/// Collects what has to change for the program to run on the kernel's loop. `fixes` are those of
/// the rules about second loops.
pub(super) fn change(run: &Run, fixes: &[Fix]) -> Entry {
    let mut entry = Entry::default();
    for fix in fixes.iter().filter(|fix| fix.applicability > Applicability::DisplayOnly) {
        if entry.takes(&fix.edits) {
            entry.tradeoffs.extend(&fix.tradeoffs);
        }
    }
    for statement in script::statements(run) {
        let body: Vec<Site> = match script::is_main_guard(run, statement) {
            true => run.children_in(statement, Role::Body).collect(),
            false => vec![statement],
        };
        for statement in body {
            if let Some((call, argument)) = exit_with(run, statement)
                && entry.takes(&around(run, call, argument))
            {
                entry.exits.push(call);
            }
        }
    }
    merge_deletions(&mut entry.edits);
    entry
}

impl Entry {
    /// Adds edits that meet no other one. Equal ones count once.
    fn takes(&mut self, edits: &[Edit]) -> bool {
        let overlap = |a: &Edit, b: &Edit| {
            let (x, y) = (a.span.range, b.span.range);
            a != b && a.span.cell == b.span.cell && x.overlaps(y)
        };
        if edits.iter().any(|new| self.edits.iter().any(|old| overlap(new, old))) {
            return false;
        }
        for edit in edits {
            if !self.edits.contains(edit) {
                self.edits.push(edit.clone());
            }
        }
        true
    }
}

/// `sys.exit(main())` as a statement: the call and its argument. A number or text stays.
fn exit_with(run: &Run, statement: Site) -> Option<(Site, Site)> {
    let call = match run.kind(statement) {
        Kind::Expression => run.child(statement, Role::Value)?,
        // `raise SystemExit(main())`
        Kind::Raise => run.child(statement, Role::Value)?,
        _ => return None,
    };
    let func = run.child(call, Role::Func)?;
    let value = run.meaning(func);
    let exits = ["sys.exit", "builtins.exit", "builtins.quit", "builtins.SystemExit"];
    let is_exit = value.path().is_some_and(|path| exits.contains(&path));
    let raises = matches!(run.kind(statement), Kind::Raise);
    let only = run.children_in(call, Role::Arg).count() == 1
        && run.child(call, Role::Keyword).is_none()
        && (raises || matches!(run.usage(call), Usage::Dropped | Usage::Displayed));
    let argument = run.child(call, Role::Arg)?;
    let works = matches!(run.kind(argument), Kind::Call | Kind::Await);
    (is_exit && only && works).then_some((if raises { statement } else { call }, argument))
}

/// Takes away what stands around `inner`.
fn around(run: &Run, outer: Site, inner: Site) -> [Edit; 2] {
    let (all, kept) = (run.range(outer), run.range(inner));
    let delete =
        |cell: CellKey, start, end| Edit::delete(run.span_of(cell, TextRange::new(start, end)));
    [delete(outer.cell, all.start, kept.start), delete(outer.cell, kept.end, all.end)]
}
