//! What is known of callables that a notebook does not define: one entry for each qualified name,
//! in a tree of names that a run walks without comparing texts.

mod packed;
mod row;

use std::borrow::Cow;
use std::sync::Arc;

use hashbrown::HashMap;

pub(super) use packed::Packed;
pub use row::{Given, Gives, Native, Outcome, Row, Take, Use, Variant, Wants, Where, With};

use super::tables::{Blocking, CoroutineEntry, LoopOwner, is_in_chain};
use super::versions::Removal;

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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
    pub is_patch: bool,
    /// What some Python no longer has of it.
    pub removals: Vec<Removal>,
}

/// All entries, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Callables {
    names: Names,
    entries: HashMap<QualifiedName, Arc<Entry>>,
    /// Names that stand for a chain of attributes and calls: what comes before and after it.
    chains: Vec<(String, String, Arc<Entry>)>,
}

/// A tree of qualified names, to which a run may add its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    base: Option<Arc<Names>>,
    symbols: HashMap<Cow<'static, str>, Symbol>,
    texts: Vec<Cow<'static, str>>,
    children: HashMap<(QualifiedName, Segment), QualifiedName>,
    steps: Vec<(QualifiedName, Segment)>,
}

/// The name above all modules.
pub const ROOT: QualifiedName = QualifiedName(u32::MAX);

impl Names {
    /// Names that are added to those of `base` without changing it.
    pub fn over(base: Arc<Names>) -> Self {
        Self { base: Some(base), ..Self::default() }
    }

    fn base_symbols(&self) -> u32 {
        self.base.as_ref().map_or(0, |base| base.texts.len() as u32)
    }

    fn base_steps(&self) -> u32 {
        self.base.as_ref().map_or(0, |base| base.steps.len() as u32)
    }

    /// The symbol of `text`.
    pub fn symbol(&mut self, text: &str) -> Symbol {
        if let Some(known) = self.find(text) {
            return known;
        }
        let symbol = Symbol(self.base_symbols() + self.texts.len() as u32);
        self.texts.push(text.to_owned().into());
        self.symbols.insert(text.to_owned().into(), symbol);
        symbol
    }

    /// The symbol of `text`, where somebody said it before.
    pub fn find(&self, text: &str) -> Option<Symbol> {
        let in_base = || self.base.as_ref()?.find(text);
        self.symbols.get(text).copied().or_else(in_base)
    }

    /// The text of a symbol.
    pub fn text(&self, symbol: Symbol) -> &str {
        match (&self.base, symbol.0.checked_sub(self.base_symbols())) {
            (Some(base), None) => base.text(symbol),
            (_, Some(at)) => self.texts.get(at as usize).map_or("", |text| text),
            (None, None) => "",
        }
    }

    /// The name one step further than `from`.
    pub fn step(&mut self, from: QualifiedName, segment: Segment) -> QualifiedName {
        if let Some(known) = self.find_step(from, segment) {
            return known;
        }
        let name = QualifiedName(self.base_steps() + self.steps.len() as u32);
        self.steps.push((from, segment));
        self.children.insert((from, segment), name);
        name
    }

    fn find_step(&self, from: QualifiedName, segment: Segment) -> Option<QualifiedName> {
        let in_base = || self.base.as_ref()?.find_step(from, segment);
        self.children.get(&(from, segment)).copied().or_else(in_base)
    }

    /// The name that `path` says, such as `httpx.AsyncClient().get`.
    pub fn path(&mut self, path: &str) -> QualifiedName {
        let mut name = ROOT;
        for part in path.split('.') {
            let plain = part.trim_end_matches("()");
            let symbol = self.symbol(plain);
            name = self.step(name, Segment::Attribute(symbol));
            for _ in 0..(part.len() - plain.len()) / 2 {
                name = self.step(name, Segment::Call);
            }
        }
        name
    }

    /// The step that made a name, and from which name.
    pub fn last_step(&self, name: QualifiedName) -> Option<(QualifiedName, Segment)> {
        match (&self.base, name.0.checked_sub(self.base_steps())) {
            (Some(base), None) => base.last_step(name),
            (_, Some(at)) => self.steps.get(at as usize).copied(),
            (None, None) => None,
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
        if let Some((before, after)) = path.split_once('*') {
            let known = self.chains.iter().position(|it| it.0 == before && it.1 == after);
            let at = known.unwrap_or(self.chains.len());
            if known.is_none() {
                self.chains.push((before.to_owned(), after.to_owned(), Arc::default()));
            }
            if let Some((_, _, entry)) = self.chains.get_mut(at) {
                return Arc::make_mut(entry);
            }
        }
        let name = self.names.path(path);
        Arc::make_mut(self.entries.entry(name).or_default())
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
    }

    /// Every entry with the module that its path begins with; chains left out.
    pub fn by_module(&self) -> impl Iterator<Item = (Symbol, &Entry)> {
        self.entries
            .iter()
            .filter_map(|(name, entry)| Some((self.names.module_of(*name)?, entry.as_ref())))
    }

    /// The entries of chains, each with what its paths begin with.
    pub fn chains(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.chains.iter().map(|(before, _, entry)| (before.as_str(), entry.as_ref()))
    }

    /// The name that a symbol of some entry stands for.
    pub fn text(&self, symbol: Symbol) -> &str {
        self.names.text(symbol)
    }

    /// The symbol of a name that some entry has in its path.
    pub fn symbol(&self, text: &str) -> Option<Symbol> {
        self.names.find(text)
    }

    /// Closes the table: runs share its names from here on.
    pub fn close(&mut self) {
        let names = std::mem::take(&mut self.names);
        self.names = Names::over(Arc::new(names));
    }

    /// What is known of `name`; `names` are those of the run.
    pub fn get(&self, names: &Names, name: QualifiedName) -> Option<&Arc<Entry>> {
        if let Some(entry) = self.entries.get(&name) {
            return Some(entry);
        }
        // Most libraries have no chains, and their paths need not be spelled.
        let module = names.text(names.module_of(name)?);
        let of_module = |before: &str| before.is_empty() || before.starts_with(module);
        if !self.chains.iter().any(|(before, ..)| of_module(before)) {
            return None;
        }
        let path = names.spell(name);
        let fits =
            |(before, after, _): &&(String, String, Arc<Entry>)| is_in_chain(&path, before, after);
        self.chains.iter().rev().find(fits).map(|(_, _, entry)| entry)
    }
}
