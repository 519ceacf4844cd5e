//! Operators, ways of passing and the like: what the kind of a node leaves open.

/// What a node's kind leaves open: which operator stands there, how a parameter is passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detail {
    #[default]
    Plain,
    // `BoolOp`.
    And,
    Or,
    // `Compare` with one operator; several are `Chained`.
    Equal,
    NotEqual,
    Is,
    IsNot,
    In,
    NotIn,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Chained,
    // `Unary` and `BinOp`; every other operator is `Plain`.
    Minus,
    Plus,
    Remainder,
    Times,
    Power,
    /// `/` or `//`.
    Divided,
    // `Simple`.
    Break,
    Continue,
    /// `yield from`.
    From,
    /// `except*`.
    Star,
    // `Param`.
    PositionalOnly,
    KeywordOnly,
    /// `*args`.
    Positionals,
    /// `**kwargs`.
    Keywords,
    /// `**mapping` in a dict display.
    Spread,
    /// A `case` pattern that takes whatever there is: a bare name or `_`.
    Irrefutable,
}

impl Detail {
    /// Whether an operator calculates: what it gives of a number or a text is one.
    pub fn calculates(self) -> bool {
        use Detail::{Divided, Minus, Plus, Power, Remainder, Times};
        matches!(self, Plus | Minus | Remainder | Times | Power | Divided)
    }
}
