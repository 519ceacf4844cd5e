//! A key press, named without a terminal library.

/// A key press. Shifted letters come as the upper-case character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    pub code: Code,
    pub ctrl: bool,
    pub alt: bool,
}

/// Which key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    Char(char),
    Enter,
    Esc,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Left,
    Right,
    Up,
    Down,
    PageUp,
    PageDown,
    Home,
    End,
}

impl Key {
    /// A key without modifiers.
    pub fn plain(code: Code) -> Self {
        Self { code, ctrl: false, alt: false }
    }

    /// A character key without modifiers.
    pub fn char(char: char) -> Self {
        Self::plain(Code::Char(char))
    }

    /// A character key with Control held.
    pub fn ctrl(char: char) -> Self {
        Self { code: Code::Char(char), ctrl: true, alt: false }
    }
}
