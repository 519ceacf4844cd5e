//! What is known of callables that a notebook does not define: one entry for each qualified name,
//! in a tree of names that a run walks without comparing texts.

mod carried;
mod chains;
mod closed;
mod row;
mod take;

use std::sync::Arc;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

pub(super) use carried::Packed;
pub use row::{Given, Gives, Native, Outcome, Row, Steering, Variant};
pub use take::{Take, Use, Wants, Where, With};

use super::tables::{Blocking, CoroutineEntry, LoopOwner, Patch};
use super::versions::Removal;
use carried::Carried;
use chains::Chains;
use closed::Closed;

/// An interned name or short string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(pub u32);

/// An interned path such as `asyncio.run` or `httpx.AsyncClient().get`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QualifiedName(pub u32);

/// One step of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Segment {
    Attribute(Symbol),
    /// What calling it gives.
    Call,
}

/// What is known of one qualified name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub row: Option<Arc<Row>>,
    pub blocking: Option<Blocking>,
    pub runner: Option<LoopOwner>,
    pub sync_api: Option<LoopOwner>,
    /// A call gives a coroutine, or an awaitable like one.
    pub is_coroutine_function: bool,
    /// What it gives is dropped without a word of Python.
    pub is_silent: bool,
    /// Awaiting the call gives the object that the call's path stands for.
    pub is_factory: bool,
    /// What it gives is for `async with` alone.
    pub is_async_manager: bool,
    /// What it gives may be walked by `async for`.
    pub is_walked: bool,
    /// What it gives serves, once awaited, until it is told to stop.
    pub is_endless: bool,
    /// What it gives ends when something else happens.
    pub waits_for_others: bool,
    /// A call makes the kernel's loop re-entrant.
    pub patch: Option<Patch>,
    /// What some Python no longer has of it.
    pub removals: Vec<Removal>,
}

/// All entries, by name.
#[derive(Debug, Clone, Default)]
pub struct Callables {
    names: Names,
    /// What the program carries, as far as nobody added to it.
    carried: Arc<Carried>,
    entries: HashMap<QualifiedName, Arc<Entry>>,
    /// Names that stand for a chain of attributes and calls: what comes before and after it.
    chains: Chains,
}

/// A tree of qualified names, to which a run may add its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    base: Arc<Closed>,
    symbols: HashMap<Box<str>, Symbol>,
    texts: Vec<Box<str>>,
    children: HashMap<(QualifiedName, Segment), QualifiedName>,
    steps: Vec<(QualifiedName, Segment)>,
}

/// The name above all modules.
pub const ROOT: QualifiedName = QualifiedName(u32::MAX);

impl Names {
    /// Names that are added to those of `base` without changing it.
    fn over(base: Closed) -> Self {
        Self { base: Arc::new(base), ..Self::default() }
    }

    /// Whoever has a copy shares these names from here on.
    fn close(&mut self) {
        let texts = (0..self.base.symbols()).map(|at| self.base.text(Symbol(at)));
        let texts = texts.chain(self.texts.iter().map(|text| &**text));
        let steps = (0..self.base.names()).filter_map(|at| self.base.step(QualifiedName(at)));
        let closed = Closed::of(texts, steps.chain(self.steps.iter().copied()));
        *self = Self::over(closed);
    }

    /// The symbol of `text`.
    pub fn symbol(&mut self, text: &str) -> Symbol {
        if let Some(known) = self.find(text) {
            return known;
        }
        let symbol = Symbol(self.base.symbols() + self.texts.len() as u32);
        self.texts.push(text.into());
        self.symbols.insert(text.into(), symbol);
        symbol
    }

    /// The symbol of `text`, where somebody said it before.
    pub fn find(&self, text: &str) -> Option<Symbol> {
        self.symbols.get(text).copied().or_else(|| self.base.find(text))
    }

    /// The text of a symbol.
    pub fn text(&self, symbol: Symbol) -> &str {
        match symbol.0.checked_sub(self.base.symbols()) {
            None => self.base.text(symbol),
            Some(at) => self.texts.get(at as usize).map_or("", |text| text),
        }
    }

    /// The name one step further than `from`.
    pub fn step(&mut self, from: QualifiedName, segment: Segment) -> QualifiedName {
        if let Some(known) = self.find_step(from, segment) {
            return known;
        }
        let name = QualifiedName(self.base.names() + self.steps.len() as u32);
        self.steps.push((from, segment));
        self.children.insert((from, segment), name);
        name
    }

    fn find_step(&self, from: QualifiedName, segment: Segment) -> Option<QualifiedName> {
        let known = self.children.get(&(from, segment)).copied();
        known.or_else(|| self.base.find_step(from, segment))
    }

    /// The name that `path` says, such as `httpx.AsyncClient().get`.
    pub fn path(&mut self, path: &str) -> QualifiedName {
        let mut name = ROOT;
        for (text, calls) in parts(path) {
            let symbol = self.symbol(text);
            name = self.step(name, Segment::Attribute(symbol));
            for _ in 0..calls {
                name = self.step(name, Segment::Call);
            }
        }
        name
    }

    /// The same, where somebody said it before.
    pub fn find_path(&self, path: &str) -> Option<QualifiedName> {
        let mut name = ROOT;
        for (text, calls) in parts(path) {
            name = self.find_step(name, Segment::Attribute(self.find(text)?))?;
            for _ in 0..calls {
                name = self.find_step(name, Segment::Call)?;
            }
        }
        Some(name)
    }

    /// The step that made a name, and from which name.
    pub fn last_step(&self, name: QualifiedName) -> Option<(QualifiedName, Segment)> {
        match name.0.checked_sub(self.base.names()) {
            None => self.base.step(name),
            Some(at) => self.steps.get(at as usize).copied(),
        }
    }

    /// The path as it is written.
    pub fn spell(&self, name: QualifiedName) -> String {
        let mut parts = Vec::new();
        let mut at = name;
        while let Some((from, segment)) = self.last_step(at) {
            parts.push(segment);
            at = from;
        }
        let mut text = String::new();
        for segment in parts.iter().rev() {
            match segment {
                Segment::Call => text.push_str("()"),
                Segment::Attribute(symbol) => {
                    if !text.is_empty() {
                        text.push('.');
                    }
                    text.push_str(self.text(*symbol));
                }
            }
        }
        text
    }

    /// The first module of a path.
    pub fn module_of(&self, name: QualifiedName) -> Option<Symbol> {
        let mut at = name;
        loop {
            match self.last_step(at)? {
                (ROOT, Segment::Attribute(symbol)) => return Some(symbol),
                (from, _) => at = from,
            }
        }
    }
}

impl Callables {
    /// The names that have entries, to which a run may add its own.
    pub fn names(&self) -> Names {
        self.names.clone()
    }

    /// The entry of `path`, made where there is none.
    pub fn entry(&mut self, path: &str) -> &mut Entry {
        if let Some((before, after)) = path.split_once('*')
            && let Some(entry) = self.chains.entry(before, after)
        {
            return Arc::make_mut(entry);
        }
        let name = self.names.path(path);
        let carried = || self.carried.get(name).cloned().unwrap_or_default();
        Arc::make_mut(self.entries.entry(name).or_insert_with(carried))
    }

    /// Takes away what libraries' rows say of `path`.
    pub fn forget(&mut self, path: &str) {
        let entry = self.entry(path);
        let Entry { removals, patch, .. } = std::mem::take(entry);
        *entry = Entry { removals, patch, ..Entry::default() };
    }

    /// Adds what a row says of each of its calls.
    pub fn add(&mut self, row: Row) {
        let row = Arc::new(row);
        for call in &row.calls {
            self.entry(call).row = Some(Arc::clone(&row));
        }
    }

    /// Adds what an entry says of coroutine functions and what they give.
    pub fn add_coroutines(&mut self, entry: &CoroutineEntry) {
        let full = |name: &String| format!("{}.{name}", entry.under);
        for name in entry.names.iter().chain(&entry.factories) {
            self.entry(&full(name)).is_coroutine_function = true;
        }
        for name in &entry.factories {
            self.entry(&full(name)).is_factory = true;
        }
        for name in &entry.silent {
            self.entry(&full(name)).is_silent = true;
        }
        for name in entry.managers.iter().chain(&entry.entered) {
            self.entry(&full(name)).is_async_manager = true;
        }
        let given = [
            (&entry.entered, Gives::AsyncManager),
            (&entry.iterators, Gives::AsyncIterator),
            (&entry.plain, Gives::Object),
        ];
        for (names, gives) in given.into_iter().filter(|(names, _)| !names.is_empty()) {
            let calls = names.iter().map(full).collect();
            self.add(Row { calls, gives, ..Row::default() });
        }
        for name in &entry.walked {
            self.entry(&full(name)).is_walked = true;
        }
        for name in &entry.endless {
            self.entry(&full(name)).is_endless = true;
        }
        for name in &entry.waits {
            self.entry(&full(name)).waits_for_others = true;
        }
    }

    /// Every entry by its name; chains left out.
    fn all(&self) -> impl Iterator<Item = (QualifiedName, &Arc<Entry>)> {
        let carried = self.carried.all().filter(|(name, _)| !self.entries.contains_key(name));
        carried.chain(self.entries.iter().map(|(name, entry)| (*name, entry)))
    }

    /// Every entry with the module that its path begins with; chains left out.
    pub fn by_module(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.all().filter_map(|(name, entry)| {
            Some((self.names.text(self.names.module_of(name)?), entry.as_ref()))
        })
    }

    /// The entries of chains, each with what its paths begin with.
    pub fn chains(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.chains.all().iter().map(|chain| (&*chain.before, chain.entry().as_ref()))
    }

    /// Closes the table: runs share its names from here on.
    pub fn close(&mut self) {
        self.names.close();
    }

    /// What is known of `name`; `names` are those of the run.
    pub fn get(&self, names: &Names, name: QualifiedName) -> Option<&Arc<Entry>> {
        if let Some(entry) = self.exact(name) {
            return Some(entry);
        }
        // Most libraries have no chains, and their paths need not be spelled.
        if !self.chains.has(names.text(names.module_of(name)?)) {
            return None;
        }
        self.chains.of(&names.spell(name)).next()
    }

    fn exact(&self, name: QualifiedName) -> Option<&Arc<Entry>> {
        self.entries.get(&name).or_else(|| self.carried.get(name))
    }

    /// What `field` gives of the entry of `path`, or else of the last chain that `path` is and which
    /// has something there.
    pub fn ask<'s, T>(&'s self, path: &str, field: impl Fn(&'s Entry) -> Option<T>) -> Option<T> {
        let exact = self.names.find_path(path).and_then(|name| self.exact(name));
        let in_chain = || self.chains.of(path).find_map(|entry| field(entry));
        exact.and_then(|entry| field(entry)).or_else(in_chain)
    }
}

impl PartialEq for Callables {
    fn eq(&self, other: &Self) -> bool {
        let is_known = |(name, entry)| other.exact(name) == Some(entry);
        self.names == other.names
            && self.chains == other.chains
            && self.all().count() == other.all().count()
            && self.all().all(is_known)
    }
}

impl Eq for Callables {}

/// The names of a path, each with how often it is called: `a.b()` has `a` and a called `b`.
fn parts(path: &str) -> impl Iterator<Item = (&str, usize)> {
    path.split('.').map(|part| {
        let plain = part.trim_end_matches("()");
        (plain, (part.len() - plain.len()) / 2)
    })
}
