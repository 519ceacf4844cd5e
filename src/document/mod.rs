//! The one form of everything that is shown: blocks of running text, code, differences and tables, drawn by
//! thin back ends (the cells of a terminal, its text, spoken lines, the HTML of notebooks).
//!
//! Text here may still hold anything a notebook held; a back end makes it safe when it draws.

mod breaking;
mod diff;
mod prose;

use std::sync::Arc;

use crate::knowledge::timeline::{State, Timeline};
use crate::knowledge::{self, Inline};
use crate::text::TextRange;

pub use breaking::{columns, wrap};
pub use diff::diff;
pub use prose::{Prose, Run, Tone};

/// The sign in front of a list item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    Bullet,
    /// Something that belongs to the item above it.
    Under,
    Number(usize),
    /// A situation that this cell is in.
    Fits,
    /// A situation that this cell is not in.
    FitsNot,
    /// Several of them in one line, which says so itself.
    Others,
    /// Something that is not done, or not known.
    Open,
    Error,
    Warning,
    Hint,
    /// Nothing to mend; or something that is done.
    Right,
    /// Something that is begun and not done.
    Begun,
    /// An answer to choose, under its letter.
    Choice(char, Picked),
}

/// What has become of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Picked {
    /// Nothing: it may still be chosen, or was not.
    No,
    /// It was chosen, and is wrong.
    Wrong,
    /// It is the right one.
    Right,
}

/// One line of a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffLine {
    pub change: Change,
    pub text: String,
    /// The bytes of `text` that differ from the line on the other side.
    pub changed: Vec<TextRange>,
}

impl DiffLine {
    /// The line behind the sign of what happens to it; lines left out are an ellipsis, or what they are
    /// called.
    pub fn signed(&self) -> String {
        let sign = match self.change {
            Change::Same => " ",
            Change::Removed => "-",
            Change::Added => "+",
            Change::Gap if self.text.is_empty() => "…",
            Change::Gap => "",
        };
        format!("{sign}{}", self.text)
    }
}

/// What happens to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    Same,
    Removed,
    Added,
    /// Lines left out; `text` is empty, or what the next ones belong to.
    Gap,
}

/// A block of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// The page's first sentence: a reader may stop after it.
    Conclusion(Prose),
    Heading(Prose),
    Paragraph(Prose),
    Item {
        mark: Mark,
        body: Prose,
    },
    /// Code or an exact message; `language` as in a Markdown fence (`python`, `text`, `shell`).
    Code {
        language: String,
        text: String,
    },
    Diff(Vec<DiffLine>),
    /// The first row is the heading.
    Table(Vec<Vec<Prose>>),
    /// A stretch of a whole, in thousandths of it, and what it stands for.
    Bar {
        share: u16,
        said: Prose,
    },
    /// Two lists of lines, beside each other where there is room; the right one may be empty.
    Beside {
        left: Vec<Side>,
        right: Vec<Side>,
    },
    /// Who runs and who waits, tick by tick; the words of the states that it shows.
    Timeline {
        timeline: Arc<Timeline>,
        legend: Vec<(State, String)>,
    },
}

/// A line of one of two lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Side {
    Line(Prose),
    /// A strip of bars, each from 0 to 7, and what it says in words.
    Strip {
        levels: Vec<usize>,
        said: Prose,
    },
}

impl Block {
    /// The whole of a [`Block::Bar`].
    pub const WHOLE: u16 = 1000;
}

impl From<&knowledge::Block> for Block {
    /// A block of a content page; links lose where they lead.
    fn from(block: &knowledge::Block) -> Self {
        match block {
            knowledge::Block::Heading { text, .. } => {
                Self::Heading(Prose::toned_inlines(text, Tone::Strong))
            }
            knowledge::Block::Paragraph(text) => Self::Paragraph(Prose::of_inlines(text)),
            knowledge::Block::Item { number, text } => Self::Item {
                mark: match number {
                    Some(number) => Mark::Number(usize::try_from(*number).unwrap_or(1)),
                    None => Mark::Bullet,
                },
                body: Prose::of_inlines(text),
            },
            knowledge::Block::Code { language, text } => {
                Self::Code { language: language.clone(), text: text.clone() }
            }
            knowledge::Block::Table(rows) => {
                let cell = |text: &Vec<Inline>| Prose::of_inlines(text);
                Self::Table(rows.iter().map(|row| row.iter().map(cell).collect()).collect())
            }
        }
    }
}
