//! Names to which no more are added, as bytes in which each is found where it lies: a program that
//! carries them has nothing to read before it asks.

use super::super::bytes::{Bytes, NUMBER, Rows, number, push};
use super::{QualifiedName, Segment, Symbol};

/// A tree of qualified names that is done. Every number is a little-endian `u32`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Closed {
    /// By symbol.
    texts: Rows,
    by_text: Bytes,
    /// By name: the name before it, and the symbol of an attribute plus 1 or 0 for a call.
    steps: Bytes,
    by_step: Bytes,
}

impl Closed {
    /// Closes names: the texts by symbol, and the step of each name.
    pub fn of<'t>(
        texts: impl Iterator<Item = &'t str>,
        steps: impl Iterator<Item = (QualifiedName, Segment)>,
    ) -> Self {
        let mut closed = Self::default();
        let mut hashes = Vec::new();
        for text in texts {
            closed.texts.push(text.as_bytes());
            hashes.push(hash(text.as_bytes()));
        }
        closed.by_text = table(&hashes);
        hashes.clear();
        for (from, segment) in steps {
            let step = packed(from, segment);
            step.iter().for_each(|part| push(&mut closed.steps, *part));
            hashes.push(hash_of_step(step));
        }
        closed.by_step = table(&hashes);
        closed
    }

    /// Names that were closed when the program was built: what [`Closed::parts`] gave.
    pub fn carried([texts, ends, by_text, steps, by_step]: [&'static [u8]; 5]) -> Self {
        Self {
            texts: Rows::carried([texts, ends]),
            by_text: by_text.into(),
            steps: steps.into(),
            by_step: by_step.into(),
        }
    }

    /// All that there is of them.
    pub fn parts(&self) -> [&[u8]; 5] {
        let [texts, ends] = self.texts.parts();
        [texts, ends, &self.by_text, &self.steps, &self.by_step]
    }

    /// How many symbols there are.
    pub fn symbols(&self) -> u32 {
        self.texts.len() as u32
    }

    /// How many names there are.
    pub fn names(&self) -> u32 {
        (self.steps.len() / NUMBER / 2) as u32
    }

    pub fn text(&self, symbol: Symbol) -> &str {
        self.texts.text(symbol.0 as usize)
    }

    pub fn find(&self, text: &str) -> Option<Symbol> {
        let is_it = |at: u32| self.texts.get(at as usize) == text.as_bytes();
        probe(&self.by_text, hash(text.as_bytes()), is_it).map(Symbol)
    }

    pub fn step(&self, name: QualifiedName) -> Option<(QualifiedName, Segment)> {
        let [from, symbol] = self.step_at(name.0)?;
        let segment =
            symbol.checked_sub(1).map_or(Segment::Call, |it| Segment::Attribute(Symbol(it)));
        Some((QualifiedName(from), segment))
    }

    pub fn find_step(&self, from: QualifiedName, segment: Segment) -> Option<QualifiedName> {
        let step = packed(from, segment);
        let is_it = |at: u32| self.step_at(at) == Some(step);
        probe(&self.by_step, hash_of_step(step), is_it).map(QualifiedName)
    }

    fn step_at(&self, name: u32) -> Option<[u32; 2]> {
        let at = name.checked_mul(2)?;
        Some([number(&self.steps, at)?, number(&self.steps, at + 1)?])
    }
}

fn packed(from: QualifiedName, segment: Segment) -> [u32; 2] {
    let symbol = match segment {
        Segment::Attribute(symbol) => symbol.0 + 1,
        Segment::Call => 0,
    };
    [from.0, symbol]
}

fn hash_of_step([from, symbol]: [u32; 2]) -> u32 {
    mixed(mixed(0, from.into()), symbol.into())
}

/// The same on every machine, since the program that writes it may run on another.
fn hash(text: &[u8]) -> u32 {
    let (words, rest) = text.as_chunks::<8>();
    let rest = rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    let whole = words.iter().map(|word| u64::from_le_bytes(*word));
    whole.chain([rest]).fold(text.len() as u32, mixed)
}

fn mixed(hash: u32, word: u64) -> u32 {
    let product = (u64::from(hash).rotate_left(32) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (product ^ (product >> 32)) as u32
}

/// A table with open addressing: each slot holds a place plus 1, or 0.
fn table(hashes: &[u32]) -> Bytes {
    let size = match hashes.len() {
        0 => 0,
        // A quarter at least is free, so that a search is short.
        count => (count + count / 3 + 1).next_power_of_two(),
    };
    let mut slots = vec![0; size];
    for (place, hash) in (1..).zip(hashes) {
        let free = around(*hash, size).find(|at| slots.get(*at) == Some(&0));
        if let Some(slot) = free.and_then(|at| slots.get_mut(at)) {
            *slot = place;
        }
    }
    slots.into_iter().flat_map(u32::to_le_bytes).collect()
}

/// The place in a [`table`] that is the one looked for.
fn probe(table: &[u8], hash: u32, is_it: impl Fn(u32) -> bool) -> Option<u32> {
    for slot in around(hash, table.len() / NUMBER) {
        let place = number(table, slot as u32)?.checked_sub(1)?;
        if is_it(place) {
            return Some(place);
        }
    }
    None
}

/// All slots of a table of `size`, a power of two, beginning with that of a hash.
fn around(hash: u32, size: usize) -> impl Iterator<Item = usize> {
    (0..size).map(move |step| (hash as usize + step) & (size - 1))
}

#[cfg(test)]
mod tests {
    use super::super::Names;
    use super::*;

    const PATHS: [&str; 4] =
        ["asyncio.run", "httpx.AsyncClient().get", "a", "a_rather_long_name.of_it().again"];

    #[test]
    fn what_was_closed_is_found_again() {
        let mut names = Names::default();
        let known = PATHS.map(|path| names.path(path));
        let symbols = ["run", "get", "a_rather_long_name"].map(|text| names.symbol(text));
        names.close();
        assert_eq!(PATHS.map(|path| names.path(path)), known);
        assert_eq!(known.map(|name| names.spell(name)), PATHS.map(str::to_owned));
        assert_eq!(symbols.map(|symbol| names.text(symbol)), ["run", "get", "a_rather_long_name"]);
        assert_eq!(names.find("ru"), None);
        assert_eq!(names.find(""), None);
    }

    #[test]
    fn names_go_on_behind_those_that_are_closed() {
        let mut names = Names::default();
        names.path("asyncio.run");
        names.close();
        let (one, other) = (names.path("asyncio.run().more"), names.path("else.where"));
        names.close();
        assert_eq!((names.path("asyncio.run().more"), names.path("else.where")), (one, other));
        assert_eq!(names.spell(other), "else.where");
    }

    #[test]
    fn nothing_is_found_in_what_is_empty_or_cut_off() {
        let empty = Closed::default();
        assert_eq!(empty.find("a"), None);
        assert_eq!(empty.step(QualifiedName(0)), None);
        let closed: &Closed =
            Box::leak(Box::new(Closed::of(["ab", "cd"].into_iter(), [].into_iter())));
        let [texts, ends, by_text, steps, by_step] = closed.parts();
        let texts = texts.get(..3).unwrap_or_default();
        let cut = Closed::carried([texts, ends, by_text, steps, by_step]);
        assert_eq!((cut.text(Symbol(1)), cut.find("cd")), ("", None));
        assert_eq!(cut.find("ab"), Some(Symbol(0)));
    }
}
