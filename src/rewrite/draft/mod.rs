//! A repair that is found by running it: a change is made, the notebook is run, and where a
//! coroutine comes to light that nobody awaits, an `await` is written, until none is left.
//!
//! So a chain of calls is followed through whatever Python allows: properties, tables, decorators,
//! generators, managers. What does not end without a new fault is no repair.

mod changes;
mod faults;
mod fix;
mod joint;
mod place;
#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::awaiting::{await_node, list_around};
use crate::diagnostic::Message;
use crate::execution::{Made, Run, Site};
use crate::index::Index;
use crate::python::{self, Kind, NodeId, Role};
use crate::text::{Carrier, CellIndex, Edit, Span, TextRange, apply_edits};

pub use fix::drafted_fix;
pub use joint::hold_together;

use faults::{Faults, faults, is_no_worse, sum};
use place::{
    Holder, accessed, can_be_async, holder, keeps_from_awaiting, outer_awaits, property_decorator,
};

/// As many functions lie on a chain that is followed.
const ROUNDS: usize = 24;

/// The page that explains colouring.
const PAGE: &str = "async-all-the-way";

/// What a draft begins with.
#[derive(Debug, Clone)]
pub enum Start {
    /// An `await` at a place, by edits; where none can stand, the coroutine goes on by `otherwise`.
    Await { at: Site, own: Vec<Edit>, otherwise: Option<(Vec<Edit>, Vec<Site>)> },
    /// A change that is all there is to do.
    Edits(Vec<Edit>),
    /// A coroutine that is made there and that nobody awaits.
    Made(Site),
}

/// How a plain function on the way is treated that only hands a coroutine on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// It becomes `async`.
    Colour,
    /// It stays as it is.
    HandOn,
}

/// What a draft came to.
#[derive(Debug, Clone)]
pub struct Drafted {
    pub edits: Vec<Edit>,
    pub reasons: Vec<(Span, Message)>,
    /// The names of the functions that become `async`.
    pub coloured: Vec<String>,
}

struct Draft<'f, 't> {
    /// The notebook as it is.
    before: &'f Run<'t>,
    manner: Manner,
    /// Whether the manner made a difference.
    asks_manner: Cell<bool>,
    /// How often the notebook was run.
    runs: Cell<usize>,
    cells: Vec<Arc<Index>>,
    /// The edits of each round, in the places of the text before it.
    rounds: Vec<Vec<Edit>>,
    /// The names of functions that became `async`.
    coloured: Vec<Span>,
    /// The last bytes of what makes coroutines that have to be awaited.
    makers: Vec<Span>,
    drafted: Drafted,
}

/// Follows what `start` begins. `None` where that comes to no end, or leaves as many faults.
pub fn draft(run: &Run, start: &Start) -> Option<Drafted> {
    if !run.has_drafts() {
        return None;
    }
    let before = faults(run);
    followed(run, start, |after| is_no_worse(&before, after) && sum(after) < sum(&before))
}

/// The same for a fault that a run does not tell of: it brings no new one.
pub fn draft_unseen(run: &Run, start: &Start) -> Option<Drafted> {
    if !run.has_drafts() {
        return None;
    }
    let before = faults(run);
    followed(run, start, |after| is_no_worse(&before, after))
}

fn followed(run: &Run, start: &Start, is_good: impl Fn(&Faults) -> bool) -> Option<Drafted> {
    for manner in [Manner::Colour, Manner::HandOn] {
        let mut draft = Draft::new(run, manner);
        let drafted = draft.begin(start).and_then(|()| draft.follow(&is_good));
        if drafted.is_some() {
            return drafted;
        }
        // Where the manner made no difference the other one comes to the same.
        if !draft.asks_manner.get() {
            run.count_drafts(draft.runs.get());
            return None;
        }
    }
    None
}

impl<'f, 't> Draft<'f, 't> {
    fn new(before: &'f Run<'t>, manner: Manner) -> Self {
        let cells = before.cells().map(|(_, index)| Arc::clone(index)).collect();
        let drafted = Drafted { edits: Vec::new(), reasons: Vec::new(), coloured: Vec::new() };
        Self {
            before,
            manner,
            asks_manner: Cell::new(false),
            runs: Cell::new(0),
            cells,
            rounds: Vec::new(),
            coloured: Vec::new(),
            makers: Vec::new(),
            drafted,
        }
    }

    /// Makes the first change.
    fn begin(&mut self, start: &Start) -> Option<()> {
        match start {
            Start::Edits(edits) => self.apply(edits.clone()),
            Start::Made(call) => {
                self.makers.push(self.maker(self.before.position(call.cell), call.node)?);
                Some(())
            }
            Start::Await { at, own, otherwise } => {
                let cell = self.before.position(at.cell);
                let index = self.index(cell)?;
                match holder(&index.syntax.tree, at.node) {
                    Holder::Awaits => self.apply(own.clone()),
                    Holder::Plain(def) if can_be_async(&index, def) => {
                        let mut edits = own.clone();
                        edits.extend(self.colour(cell, def)?);
                        self.apply(edits)
                    }
                    Holder::Plain(_) | Holder::Closed => {
                        let (edits, made) = otherwise.clone()?;
                        for made in made {
                            self.makers
                                .push(self.maker(self.before.position(made.cell), made.node)?);
                        }
                        self.apply(edits)
                    }
                }
            }
        }
    }

    /// Runs and awaits until nothing is left to await.
    fn follow(&mut self, is_good: &impl Fn(&Faults) -> bool) -> Option<Drafted> {
        for _ in 0..ROUNDS {
            let run = self.run()?;
            let edits = self.awaits(&run)?;
            if !edits.is_empty() {
                self.apply(edits)?;
                continue;
            }
            if is_good(&faults(&run)) {
                return self.finished();
            }
            let outer = outer_awaits(&run);
            if outer.is_empty() {
                return None;
            }
            self.apply(outer)?;
        }
        None
    }

    fn index(&self, cell: CellIndex) -> Option<Arc<Index>> {
        self.cells.get(cell.0).cloned()
    }

    fn run(&self) -> Option<Run<'t>> {
        self.before.may_draft().then(|| {
            self.runs.set(self.runs.get() + 1);
            self.before.again_with(&self.cells)
        })
    }

    /// The edits that await what is made and not awaited, one more function out.
    fn awaits(&mut self, run: &Run) -> Option<Vec<Edit>> {
        let all: Vec<Made> = run.trace.made().collect();
        let mut edits = Vec::new();
        let mut done: BTreeSet<(CellIndex, NodeId)> = BTreeSet::new();
        for made in all {
            if !self.concerns(run, made) {
                continue;
            }
            let called = self.called_property(run, made);
            let Some((cell, node)) = self.place(run, made)? else { continue };
            if !done.insert((cell, node)) {
                continue;
            }
            let index = self.index(cell)?;
            if keeps_from_awaiting(&index, node) {
                return None;
            }
            let tree = &index.syntax.tree;
            edits.extend(list_around(tree, cell, node));
            edits.extend(await_node(tree, cell, node));
            edits.extend(called);
            let why = self.original(Span::new(cell, tree.range(node)));
            self.drafted.reasons.push((why, Message::new(PAGE, "why-await-caller")));
            if let Holder::Plain(def) = holder(tree, node) {
                edits.extend(self.colour(cell, def)?);
            }
        }
        let mut unique: Vec<Edit> = Vec::new();
        for edit in edits {
            // Two `async` in front of one `def` are one.
            if edit.text != "async " && !edit.span.range.is_empty() || !unique.contains(&edit) {
                unique.push(edit);
            }
        }
        Some(unique)
    }

    /// Where the next `await` for a coroutine belongs; `Some(None)` where it is awaited.
    #[allow(clippy::option_option)]
    fn place(&self, run: &Run, made: Made) -> Option<Option<(CellIndex, NodeId)>> {
        if made.is_awaited {
            return Some(None);
        }
        let seen = made.seen?;
        let cell = run.cell_of(seen.first.cell);
        let index = cell.and_then(|cell| self.index(cell));
        let here = index.as_ref().map(|index| holder(&index.syntax.tree, seen.first.node));
        let colours = match (here, &index) {
            (Some(Holder::Awaits), _) => true,
            (Some(Holder::Plain(def)), Some(index)) => {
                let passes_on = seen.in_reach.is_some() && !seen.is_mixed;
                can_be_async(index, def) && (!passes_on || self.colours())
            }
            _ => false,
        };
        let site = if colours { seen.first } else { seen.in_reach.filter(|_| !seen.is_mixed)? };
        let cell = run.cell_of(site.cell)?;
        let tree = run.tree(site.cell);
        let is_awaited =
            tree.parent(site.node).is_some_and(|up| matches!(tree.kind(up), Kind::Await));
        Some((!is_awaited).then_some((cell, site.node)))
    }

    /// Whether a function that only hands a coroutine on becomes `async`.
    fn colours(&self) -> bool {
        self.asks_manner.set(true);
        self.manner == Manner::Colour
    }

    /// Whether a coroutine is one that the draft brought, or began with.
    fn concerns(&self, run: &Run, made: Made) -> bool {
        let of_coloured = made.function.is_some_and(|def| {
            let name = name_of(run, def);
            name.is_some_and(|name| self.coloured.contains(&name))
        });
        of_coloured
            || made.by.is_some_and(|by| {
                let cell = run.cell_of(by.cell);
                let maker = cell.and_then(|cell| self.maker(cell, by.node));
                maker.is_some_and(|maker| self.makers.contains(&maker))
            })
    }

    /// The last byte of what makes a coroutine: of a call, that of its function.
    fn maker(&self, cell: CellIndex, node: NodeId) -> Option<Span> {
        let index = self.index(cell)?;
        let tree = &index.syntax.tree;
        let node = match tree.kind(node) {
            Kind::Call => tree.child(node, Role::Func)?,
            _ => node,
        };
        let end = tree.range(node).end;
        Some(Span::new(cell, TextRange::new(end.checked_sub(1)?, end)))
    }

    /// Makes a plain function `async`.
    fn colour(&mut self, cell: CellIndex, def: NodeId) -> Option<Vec<Edit>> {
        let index = self.index(cell)?;
        let tree = &index.syntax.tree;
        let Kind::FunctionDef { name, is_async: false } = tree.kind(def) else { return None };
        let span = Span::new(cell, *name);
        if self.coloured.contains(&span) {
            return Some(Vec::new());
        }
        let start = tree.range(def).start;
        let head = TextRange::new(start, name.start).slice(tree.source());
        let at = start + head.rfind("def")?;
        self.coloured.push(span);
        let text = tree.text(*name).to_owned();
        let why = Message::new(PAGE, "why-async-def").with("function", &text);
        self.drafted.reasons.push((self.original(Span::new(cell, tree.range(def))), why));
        self.drafted.coloured.push(text);
        Some(vec![Edit::insert(cell, at, "async ")])
    }

    /// A property that became `async` is written as a method, and called.
    fn called_property(&self, run: &Run, made: Made) -> Vec<Edit> {
        let edits = || {
            let def = made.function?;
            let cell = run.cell_of(def.cell)?;
            let decorator = property_decorator(run.tree(def.cell), def.node)?;
            name_of(run, def).filter(|name| self.coloured.contains(name))?;
            let by = accessed(run, made.by?)?;
            let at = run.cell_of(by.cell)?;
            Some(vec![
                Edit::delete(Span::new(cell, decorator)),
                Edit::insert(at, run.range(by).end, "()"),
            ])
        };
        edits().unwrap_or_default()
    }

    /// Makes edits and reads the cells that they change.
    fn apply(&mut self, mut edits: Vec<Edit>) -> Option<()> {
        edits.dedup();
        let carrier = Carrier::new(&edits);
        for span in self.coloured.iter_mut().chain(&mut self.makers) {
            *span = carrier.carry(*span);
        }
        drop(carrier);
        let touched: BTreeSet<CellIndex> = edits.iter().map(|edit| edit.span.cell).collect();
        for cell in touched {
            let index = self.index(cell)?;
            let source = index.syntax.tree.source();
            let text = apply_edits(cell, source, &edits)?;
            let syntax = python::parse(&text);
            if syntax.errors.len() > index.syntax.errors.len() {
                return None;
            }
            let slot = self.cells.get_mut(cell.0)?;
            *slot = Arc::new(Index::of(Arc::new(syntax)));
        }
        self.rounds.push(edits);
        Some(())
    }

    fn finished(&self) -> Option<Drafted> {
        let mut drafted = self.drafted.clone();
        for (cell, index) in self.cells.iter().enumerate() {
            let cell = CellIndex(cell);
            let before = self.before.tree(self.before.key_of(cell)).source();
            let after = index.syntax.tree.source();
            drafted.edits.extend(changes::edits(cell, before, after));
        }
        (!drafted.edits.is_empty()).then_some(drafted)
    }

    /// Where a piece of the text stood before the draft.
    fn original(&self, span: Span) -> Span {
        changes::original(&self.rounds, span)
    }
}

/// Whether an `await` can stand at a place: in a cell or in an `async def`.
pub fn can_await(run: &Run, site: Site) -> bool {
    place::is_awaiting(run.tree(site.cell), site.node)
}

/// The same of a place that a run tells of, which may be a module's.
pub fn holds_await(run: &Run, site: Site) -> bool {
    run.cell_of(site.cell).is_some() && place::is_awaiting(run.tree(site.cell), site.node)
}

/// The name in a function's definition, where a cell holds that.
fn name_of(run: &Run, def: Site) -> Option<Span> {
    match run.kind(def) {
        Kind::FunctionDef { name, .. } => Some(Span::new(run.cell_of(def.cell)?, *name)),
        _ => None,
    }
}
