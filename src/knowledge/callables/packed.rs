//! The callables as the program carries them: names by number, texts that stay where they are.

use std::borrow::Cow;
use std::sync::Arc;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::super::tables::{Blocking, LoopOwner};
use super::super::versions::Removal;
use super::{Callables, Entry, Names, QualifiedName, Row, Segment, Symbol};

/// [`Callables`] that are closed and to which nobody has added anything since.
#[derive(Serialize, Deserialize)]
pub struct Packed<'p> {
    /// By symbol.
    #[serde(borrow)]
    texts: Vec<&'p str>,
    /// By name: the name before it, and the symbol of an attribute or `None` of a call.
    steps: Vec<(u32, Option<u32>)>,
    rows: Vec<Row>,
    /// Names of which no more is known than marks say.
    marked: Vec<(u32, u8)>,
    entries: Vec<(u32, PackedEntry)>,
    chains: Vec<(&'p str, &'p str, PackedEntry)>,
}

#[derive(Serialize, Deserialize)]
struct PackedEntry {
    /// Its place in `rows`.
    row: Option<u32>,
    blocking: Option<Blocking>,
    runner: Option<LoopOwner>,
    sync_api: Option<LoopOwner>,
    marks: u8,
    removals: Vec<Removal>,
}

impl<'p> Packed<'p> {
    /// Packs what is closed.
    pub fn new(callables: &'p Callables) -> Self {
        let names = || callables.names.base.iter();
        let mut rows = Rows::default();
        let mut all: Vec<(u32, &Entry)> =
            callables.entries.iter().map(|(name, entry)| (name.0, &**entry)).collect();
        all.sort_by_key(|(name, _)| *name);
        let (marked, entries): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|(_, entry)| marked(marks(entry)) == **entry);
        let chains = callables.chains.iter();
        Packed {
            texts: names().flat_map(|it| &it.texts).map(|text| &**text).collect(),
            steps: names().flat_map(|it| &it.steps).map(step).collect(),
            marked: marked.into_iter().map(|(name, entry)| (name, marks(entry))).collect(),
            entries: entries.into_iter().map(|(name, it)| (name, rows.entry(it))).collect(),
            chains: chains
                .map(|(before, after, it)| (before.as_str(), after.as_str(), rows.entry(it)))
                .collect(),
            rows: rows.0.iter().map(|row| Row::clone(row)).collect(),
        }
    }
}

impl Packed<'static> {
    /// The callables that were packed.
    pub fn unpack(self) -> Callables {
        let rows: Vec<Arc<Row>> = self.rows.into_iter().map(Arc::new).collect();
        // What holds no name was never closed.
        let names = match self.steps.is_empty() {
            true => Names::default(),
            false => Names::over(Arc::new(names(self.texts, &self.steps))),
        };
        let shared: Vec<Arc<Entry>> = (0..MARKS).map(|it| Arc::new(marked(it))).collect();
        let one = |marks: u8| shared.get(usize::from(marks)).map_or_else(Arc::default, Arc::clone);
        let mut entries = HashMap::with_capacity(self.marked.len() + self.entries.len());
        entries.extend(self.marked.into_iter().map(|(name, it)| (QualifiedName(name), one(it))));
        let whole = self.entries.into_iter();
        entries.extend(whole.map(|(name, it)| (QualifiedName(name), Arc::new(it.unpack(&rows)))));
        let chains = self.chains.into_iter();
        let chains = chains.map(|(before, after, it)| {
            (before.to_owned(), after.to_owned(), Arc::new(it.unpack(&rows)))
        });
        Callables { names, entries, chains: chains.collect() }
    }
}

impl PackedEntry {
    fn unpack(self, rows: &[Arc<Row>]) -> Entry {
        let row = self.row.and_then(|at| rows.get(at as usize));
        Entry {
            row: row.map(Arc::clone),
            blocking: self.blocking,
            runner: self.runner,
            sync_api: self.sync_api,
            removals: self.removals,
            ..marked(self.marks)
        }
    }
}

/// Rows that several names share, each once.
#[derive(Default)]
struct Rows(Vec<Arc<Row>>);

impl Rows {
    fn entry(&mut self, entry: &Entry) -> PackedEntry {
        PackedEntry {
            row: entry.row.as_ref().map(|row| self.place(row)),
            blocking: entry.blocking.clone(),
            runner: entry.runner.clone(),
            sync_api: entry.sync_api.clone(),
            marks: marks(entry),
            removals: entry.removals.clone(),
        }
    }

    fn place(&mut self, row: &Arc<Row>) -> u32 {
        let known = self.0.iter().position(|it| Arc::ptr_eq(it, row));
        let place = known.unwrap_or(self.0.len());
        if known.is_none() {
            self.0.push(Arc::clone(row));
        }
        place as u32
    }
}

/// How many sets of marks there are.
const MARKS: u8 = 1 << 6;

/// What is marked of an entry, one bit for each.
fn marks(entry: &Entry) -> u8 {
    let marks = [
        entry.is_coroutine_function,
        entry.is_silent,
        entry.is_factory,
        entry.is_async_manager,
        entry.is_walked,
        entry.is_patch,
    ];
    (0..).zip(marks).map(|(bit, is_set)| u8::from(is_set) << bit).sum()
}

/// An entry of which nothing but its marks is known.
fn marked(marks: u8) -> Entry {
    let is_set = |bit: u8| marks & (1 << bit) != 0;
    Entry {
        is_coroutine_function: is_set(0),
        is_silent: is_set(1),
        is_factory: is_set(2),
        is_async_manager: is_set(3),
        is_walked: is_set(4),
        is_patch: is_set(5),
        ..Entry::default()
    }
}

fn step((from, segment): &(QualifiedName, Segment)) -> (u32, Option<u32>) {
    let symbol = match segment {
        Segment::Attribute(symbol) => Some(symbol.0),
        Segment::Call => None,
    };
    (from.0, symbol)
}

/// The tree of names, with what leads down in it.
fn names(texts: Vec<&'static str>, steps: &[(u32, Option<u32>)]) -> Names {
    let mut names = Names::default();
    names.symbols.reserve(texts.len());
    names.children.reserve(steps.len());
    for (at, text) in (0..).zip(&texts) {
        names.symbols.insert(Cow::Borrowed(*text), Symbol(at));
    }
    names.texts = texts.into_iter().map(Cow::Borrowed).collect();
    for (at, (from, symbol)) in (0..).zip(steps) {
        let segment = symbol.map_or(Segment::Call, |it| Segment::Attribute(Symbol(it)));
        let from = QualifiedName(*from);
        names.steps.push((from, segment));
        names.children.insert((from, segment), QualifiedName(at));
    }
    names
}
