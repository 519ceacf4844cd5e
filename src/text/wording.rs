//! Which text of the interface is meant.

/// A text of the interface by its dotted key. `src/wording.rs` has a name for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wording(&'static str);

/// What is said of one thing, and what of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    pub one: Wording,
    pub many: Wording,
}

impl Wording {
    /// The text at a key of `content/interface.yaml`.
    pub const fn at(key: &'static str) -> Self {
        Self(key)
    }

    pub const fn key(self) -> &'static str {
        self.0
    }
}

impl Counted {
    /// The form for so many.
    pub fn of(self, number: usize) -> Wording {
        if number == 1 { self.one } else { self.many }
    }
}
