//! Grades a repair: is the mistake gone, is everything still there, is nothing new wrong.

use std::collections::BTreeSet;

use super::names;
use super::task::{Wants, is_grave};
use crate::diagnostic::Diagnostic;
use crate::execution::{Meaning, Run, Site};
use crate::knowledge::Tables;
use crate::python::{Kind, Role};
use crate::review::{Review, silences};
use crate::text::{CellIndex, Span};

/// What a repair has to fulfil, and whether it does.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    pub point: Point,
    pub holds: bool,
}

/// One thing that a repair has to fulfil.
#[derive(Debug, Clone, PartialEq)]
pub enum Point {
    /// Every cell reads as Python; else the first place that does not.
    Reads(Option<(Span, String)>),
    /// Every name means something; else the first that does not.
    Known(Option<(Span, String)>),
    /// This mistake is gone; else where it still is.
    Gone { rule: String, still: Option<Box<Diagnostic>> },
    /// No comment silences it; else the comment.
    Silenced(Option<Span>),
    /// Nothing else is wrong; else the first thing that is.
    NothingNew(Option<Box<Diagnostic>>),
    /// The name is still bound or called.
    Keeps(String),
    /// One of these is called or handed on.
    Uses(Vec<String>),
    /// The name is not used.
    Avoids(String),
}

/// Grades the cells as `review` found them. The points come in a fixed order; those that most
/// repairs fulfil by themselves (it reads, nothing new, nothing to avoid) are there only when they
/// do not hold.
pub fn grade(wants: &Wants, review: &Review, tables: &Tables) -> Vec<Check> {
    let run = review.run(tables);
    let names = Names::of(&run);
    let mut checks = vec![reads(review)];
    let unknown = names::unknown(&run, &wants.unknown);
    checks.push(Check { holds: unknown.is_none(), point: Point::Known(unknown) });
    checks.extend(wants.rules.iter().map(|rule| gone(rule, wants, review)));
    checks.push(silenced(wants, review));
    checks.push(nothing_new(wants, review));
    let keeps = wants.keeps.iter().map(|name| Check {
        point: Point::Keeps(name.clone()),
        holds: is_bound(&run, name) || has(&names.used, name),
    });
    checks.extend(keeps);
    let uses = wants.uses.iter().map(|list| Check {
        point: Point::Uses(list.clone()),
        holds: list.iter().any(|name| has(&names.used, name)),
    });
    checks.extend(uses);
    let avoids = wants
        .avoids
        .iter()
        .map(|name| Check { point: Point::Avoids(name.clone()), holds: !has(&names.named, name) });
    checks.extend(avoids);
    checks.retain(|check| !check.holds || !goes_without_saying(&check.point));
    checks
}

/// Whether the repair is right.
pub fn is_right(checks: &[Check]) -> bool {
    checks.iter().all(|check| check.holds)
}

fn goes_without_saying(point: &Point) -> bool {
    let (Point::Gone { .. } | Point::Keeps(_) | Point::Uses(_)) = point else { return true };
    false
}

fn reads(review: &Review) -> Check {
    let error = review.cells.iter().enumerate().find_map(|(index, cell)| {
        let error = cell.syntax().errors.first()?;
        Some((Span::new(CellIndex(index), error.range), error.message.clone()))
    });
    Check { holds: error.is_none(), point: Point::Reads(error) }
}

fn gone(rule: &str, wants: &Wants, review: &Review) -> Check {
    let here = |found: &&Diagnostic| wants.at.is_none_or(|cell| cell == found.span.cell);
    let still = review.everything().filter(here).find(|found| found.rule == rule);
    let point = Point::Gone { rule: rule.to_owned(), still: still.cloned().map(Box::new) };
    Check { holds: still.is_none(), point }
}

fn silenced(wants: &Wants, review: &Review) -> Check {
    let found = silences(&review.cells);
    let new = found.get(wants.silences..).and_then(|new| new.last()).copied();
    Check { holds: new.is_none(), point: Point::Silenced(new) }
}

/// What is graver than a hint and was not there before.
fn nothing_new(wants: &Wants, review: &Review) -> Check {
    let of = |rule: &str| review.everything().filter(|it| it.rule == rule).count();
    let is_new = |found: &&Diagnostic| {
        let known = wants.known.get(found.rule).copied().unwrap_or_default();
        is_grave(found)
            && !wants.rules.iter().any(|rule| rule == found.rule)
            && of(found.rule) > known
    };
    let new = review.everything().find(is_new);
    Check { holds: new.is_none(), point: Point::NothingNew(new.cloned().map(Box::new)) }
}

/// Whether a cell gives the name a value.
fn is_bound(run: &Run<'_>, name: &str) -> bool {
    run.global(name).iter().any(|(_, binding)| binding.how != crate::index::How::Delete)
}

/// The dotted names in a notebook, as they are written and as they resolve.
#[derive(Default)]
struct Names {
    /// What is called, or handed to a call.
    used: BTreeSet<String>,
    /// Everything that is imported or read.
    named: BTreeSet<String>,
}

impl Names {
    fn of(run: &Run<'_>) -> Self {
        let mut names = Self::default();
        for site in run.sites() {
            match run.kind(site) {
                Kind::Import { .. } | Kind::ImportFrom { .. } => {
                    names.named.extend(imported(run, site));
                }
                Kind::Name { .. } | Kind::Attribute { .. } => {
                    if is_used(run, site) {
                        names.used.extend(spellings(run, site));
                    }
                    names.named.extend(spellings(run, site));
                }
                _ => {}
            }
        }
        names
    }
}

/// Whether an expression is what a call calls, or an argument of it, where the cells come to it.
fn is_used(run: &Run<'_>, site: Site) -> bool {
    if run.owner(site).is_none() && !run.comes_to(site) {
        return false;
    }
    match run.role(site) {
        Role::Func | Role::Arg => true,
        Role::Value => {
            run.parent(site).is_some_and(|it| matches!(run.kind(it), Kind::KeywordArg { .. }))
        }
        _ => false,
    }
}

/// Whether `name` stands in the list: itself, or something below it.
fn has(list: &BTreeSet<String>, name: &str) -> bool {
    list.iter().any(|found| {
        let rest = found.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '(']))
    })
}

/// A name as it is written, and what it stands for.
fn spellings(run: &Run<'_>, site: Site) -> Vec<String> {
    let resolved = match run.meaning(site) {
        Meaning::Path(path) => Some(path),
        Meaning::Function(id) => Some(run.title(id).to_owned()),
        _ => None,
    };
    std::iter::once(run.source_of(site).to_owned()).chain(resolved).collect()
}

/// The dotted names that an import statement makes known.
fn imported(run: &Run<'_>, site: Site) -> Vec<String> {
    let tree = run.tree(site.cell);
    match run.kind(site) {
        Kind::Import { names } => names.iter().map(|it| tree.text(it.name).to_owned()).collect(),
        Kind::ImportFrom { module: Some(module), names, .. } => {
            let module = tree.text(*module);
            let name =
                |it: &crate::python::ImportedName| format!("{module}.{}", tree.text(it.name));
            names.iter().map(name).collect()
        }
        _ => Vec::new(),
    }
}
