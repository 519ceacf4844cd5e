//! What an `await` stands in, as Python's compiler sees it, and what the kernel makes of it.

use super::{Facts, FnId, Site};
use crate::python::{Builds, Kind, Role};
use crate::text::{CellIndex, Span, TextRange};

/// What would have to suspend when an `await` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// The cell, which the kernel runs as a coroutine; a cell magic may keep it from doing so.
    Cell,
    /// An `async def`, or a generator expression, which turns into an asynchronous generator.
    Async,
    /// A plain `def` or a lambda: Python refuses to compile it.
    Plain(FnId),
    /// The body of the class at this site, which Python refuses as well.
    Class(Site),
    /// The Python that the line magic at this site is given.
    LineMagic(Site),
}

impl Facts<'_> {
    /// Every place that suspends what it stands in, in order.
    pub fn awaits(&self) -> impl Iterator<Item = Site> + '_ {
        self.sites().filter(|site| self.kind(*site).suspends())
    }

    /// What holds the `await`, `async for`, `async with` or asynchronous clause at `site`.
    ///
    /// Source: CPython's compiler, by `compile` with `PyCF_ALLOW_TOP_LEVEL_AWAIT`, 3.8 to 3.13.
    pub fn holder(&self, site: Site) -> Holder {
        let (mut below, mut inner) = (site, site);
        for outer in self.ancestors(site) {
            let in_body = self.role(inner) == Role::Body;
            match self.kind(outer) {
                Kind::Comprehension { builds: Builds::Generator, .. }
                    if !self.is_first_iterable(outer, inner, below) =>
                {
                    return Holder::Async;
                }
                Kind::FunctionDef { is_async: true, .. } if in_body => return Holder::Async,
                Kind::FunctionDef { .. } | Kind::Lambda if in_body => {
                    return self.function_at(outer).map_or(Holder::Async, Holder::Plain);
                }
                Kind::ClassDef { .. } if in_body => return Holder::Class(outer),
                Kind::Escape { .. } => return Holder::LineMagic(outer),
                _ => {}
            }
            (below, inner) = (inner, outer);
        }
        Holder::Cell
    }

    /// The innermost comprehension, of whatever kind, that evaluates `site` within itself.
    pub fn comprehension_around(&self, site: Site) -> Option<Site> {
        let (mut below, mut inner) = (site, site);
        for outer in self.ancestors(site) {
            match self.kind(outer) {
                Kind::Comprehension { .. } if !self.is_first_iterable(outer, inner, below) => {
                    return Some(outer);
                }
                Kind::FunctionDef { .. } | Kind::ClassDef { .. } | Kind::Lambda => return None,
                _ => {}
            }
            (below, inner) = (inner, outer);
        }
        None
    }

    /// A comprehension's first iterable is evaluated outside of it.
    fn is_first_iterable(&self, comprehension: Site, clause: Site, iterable: Site) -> bool {
        self.child(comprehension, Role::Clause) == Some(clause)
            && self.child(clause, Role::Iter) == Some(iterable)
    }

    /// The word that suspends at `site`.
    pub fn await_word(&self, site: Site) -> &'static str {
        match self.kind(site) {
            Kind::With { .. } => "async with",
            Kind::For { .. } | Kind::Clause { .. } => "async for",
            _ => "await",
        }
    }

    /// The first line of what suspends at `site`: of a block, its head.
    pub fn await_span(&self, site: Site) -> Span {
        let range = self.range(site);
        let first_line = self.source_of(site).lines().next().map_or(0, str::len);
        Span::new(site.cell, TextRange::new(range.start, range.start + first_line))
    }

    /// Whether something at `range`, or earlier on its first line, is no Python, so that what was
    /// read of it is a guess.
    pub fn is_guesswork(&self, cell: CellIndex, range: TextRange) -> bool {
        let Some(facts) = self.cell(cell) else { return true };
        let line = crate::text::line_range(facts.syntax().tree.source(), range.start);
        let whole = TextRange::new(line.start, range.end);
        let meets = |error: TextRange| error.start <= whole.end && whole.start <= error.end;
        facts.syntax().errors.iter().any(|error| meets(error.range))
    }

    /// Whether something assigns to an attribute of this name.
    pub fn stores_attribute(&self, name: &str) -> bool {
        self.stored_attributes.contains_key(name)
    }
}
