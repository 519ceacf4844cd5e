//! What rules and the parser report: diagnostics with their notes and fixes, in no language yet.

mod found;

use std::borrow::Cow;
use std::iter::once;

use serde::{Deserialize, Serialize};

pub use found::Found;

use crate::text::{CellIndex, Edit, Span, Wording};

/// How bad it is. Errors: the kernel raises or hangs. Warnings: it runs and is wrong. Hints are
/// advice and never change an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    Hint,
    Warning,
    Error,
}

impl Severity {
    /// Every severity, the least first.
    pub const ALL: [Self; 3] = [Self::Hint, Self::Warning, Self::Error];

    /// The severity of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.as_str() == name)
    }

    /// The name that JSON and messages use.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "hint",
        }
    }
}

/// How far a fix may be trusted, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Applicability {
    /// Shown, never applied.
    DisplayOnly,
    /// Sound, but it changes something that the author must agree to.
    Unsafe,
    /// The same result in a kernel.
    Safe,
}

impl Applicability {
    /// The name that JSON and messages use.
    pub fn as_str(self) -> &'static str {
        match self {
            Applicability::DisplayOnly => "display",
            Applicability::Unsafe => "unsafe",
            Applicability::Safe => "safe",
        }
    }
}

/// What fills a placeholder of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Argument {
    Text(String),
    /// A cell, which people are shown by its number.
    Cell(CellIndex),
}

impl Argument {
    /// What a reader sees.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Cell(cell) => Cow::Owned(cell.number().to_string()),
        }
    }
}

/// A sentence by its key on a content page, with what fills its placeholders.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Message {
    /// The page whose front matter holds the sentence.
    pub page: &'static str,
    pub key: &'static str,
    pub args: Vec<(&'static str, Argument)>,
}

/// What stands for a page where the sentence is a text of the interface.
const INTERFACE: &str = "interface";

impl Message {
    /// The text of the interface that it is, if it is none of a page.
    pub fn wording(&self) -> Option<Wording> {
        (self.page == INTERFACE).then_some(Wording::at(self.key))
    }

    /// A text of the interface.
    pub fn says(wording: Wording) -> Self {
        Self { page: INTERFACE, key: wording.key(), args: Vec::new() }
    }

    /// What the content's reader says of a broken file: a text of the interface by its whole key, since
    /// `build.rs` reads content before any text has a name.
    pub fn complains(key: &'static str) -> Self {
        Self { page: INTERFACE, key, args: Vec::new() }
    }

    /// A sentence without placeholders.
    pub fn new(page: &'static str, key: &'static str) -> Self {
        Self { page, key, args: Vec::new() }
    }

    /// Fills the placeholder `{name}`.
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, Argument::Text(value.to_string())));
        self
    }

    /// Fills the placeholder `{cell}` with the number of a cell.
    pub fn at_cell(mut self, cell: CellIndex) -> Self {
        self.args.push(("cell", Argument::Cell(cell)));
        self
    }

    /// Lends each placeholder's name with the text that fills it.
    pub fn filled<R>(&self, read: impl FnOnce(&[(&str, &str)]) -> R) -> R {
        let texts: Vec<_> = self.args.iter().map(|(name, value)| (*name, value.text())).collect();
        read(&texts.iter().map(|(name, text)| (*name, &**text)).collect::<Vec<_>>())
    }

    fn cells(&self) -> impl Iterator<Item = CellIndex> {
        self.args.iter().filter_map(|(_, value)| match value {
            Argument::Cell(cell) => Some(*cell),
            Argument::Text(_) => None,
        })
    }

    fn cells_mut(&mut self) -> impl Iterator<Item = &mut CellIndex> {
        self.args.iter_mut().filter_map(|(_, value)| match value {
            Argument::Cell(cell) => Some(cell),
            Argument::Text(_) => None,
        })
    }

    /// The text that fills the placeholder `{name}`.
    pub fn argument(&self, name: &str) -> Option<Cow<'_, str>> {
        self.args.iter().find(|(of, _)| *of == name).map(|(_, value)| value.text())
    }
}

/// Something beside the diagnostic that a reader should know, with its place if it has one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Note {
    pub message: Message,
    pub span: Option<Span>,
}

/// A repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    pub title: Message,
    /// The pattern that it applies.
    pub pattern: &'static str,
    pub applicability: Applicability,
    pub edits: Vec<Edit>,
    /// Why each change is made, by the place it is made at.
    pub reasons: Vec<(Span, Message)>,
    /// What changes in meaning for this very code: ids of tradeoff pages.
    pub tradeoffs: Vec<&'static str>,
}

impl Note {
    fn cells(&self) -> impl Iterator<Item = CellIndex> {
        self.message.cells().chain(self.span.map(|span| span.cell))
    }

    fn cells_mut(&mut self) -> impl Iterator<Item = &mut CellIndex> {
        let place = self.span.as_mut().map(|span| &mut span.cell);
        self.message.cells_mut().chain(place)
    }
}

impl Fix {
    fn cells(&self) -> impl Iterator<Item = CellIndex> {
        let edits = self.edits.iter().map(|edit| edit.span.cell);
        let reasons = self.reasons.iter().flat_map(|(span, why)| why.cells().chain([span.cell]));
        self.title.cells().chain(edits).chain(reasons)
    }

    fn cells_mut(&mut self) -> impl Iterator<Item = &mut CellIndex> {
        let edits = self.edits.iter_mut().map(|edit| &mut edit.span.cell);
        let reasons = self.reasons.iter_mut();
        let reasons = reasons.flat_map(|(span, why)| why.cells_mut().chain(once(&mut span.cell)));
        self.title.cells_mut().chain(edits).chain(reasons)
    }

    /// The same fix, trusted no further than `limit`.
    pub fn at_most(mut self, limit: Applicability) -> Self {
        self.applicability = self.applicability.min(limit);
        self
    }
}

/// What a rule or the parser reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule's name; also its page's. `syntax-error` is the parser's.
    pub rule: &'static str,
    pub severity: Severity,
    pub span: Span,
    pub message: Message,
    pub notes: Vec<Note>,
    /// The best repair first; the others are alternatives to choose from.
    pub fixes: Vec<Fix>,
    /// Ids of the patterns that apply here, best first.
    pub patterns: Vec<&'static str>,
}

impl Diagnostic {
    /// A diagnostic of `rule` whose sentence stands under `key` on the rule's page.
    pub fn new(rule: &'static str, severity: Severity, span: Span, key: &'static str) -> Self {
        Self {
            rule,
            severity,
            span,
            message: Message::new(rule, key),
            notes: Vec::new(),
            fixes: Vec::new(),
            patterns: Vec::new(),
        }
    }

    /// Fills the placeholder `{name}` of the sentence.
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.message = self.message.with(name, value);
        self
    }

    /// Fills the placeholder `{cell}` of the sentence with the number of a cell.
    pub fn at_cell(mut self, cell: CellIndex) -> Self {
        self.message = self.message.at_cell(cell);
        self
    }

    /// Adds a note from the rule's page.
    pub fn note(&mut self, message: Message, span: Option<Span>) {
        let note = Note { message, span };
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Every cell that it names, some of them several times.
    pub fn cells(&self) -> impl Iterator<Item = CellIndex> {
        let notes = self.notes.iter().flat_map(Note::cells);
        let fixes = self.fixes.iter().flat_map(Fix::cells);
        once(self.span.cell).chain(self.message.cells()).chain(notes).chain(fixes)
    }

    /// Whether its sentence or its notes name a cell by its number.
    fn says_numbers(&self) -> bool {
        let notes = self.notes.iter().map(|note| &note.message);
        once(&self.message).chain(notes).any(|said| said.cells().next().is_some())
    }

    /// Each place at which it names a cell.
    pub fn cells_mut(&mut self) -> impl Iterator<Item = &mut CellIndex> {
        let notes = self.notes.iter_mut().flat_map(Note::cells_mut);
        let fixes = self.fixes.iter_mut().flat_map(Fix::cells_mut);
        once(&mut self.span.cell).chain(self.message.cells_mut()).chain(notes).chain(fixes)
    }

    /// The repair to offer first.
    pub fn fix(&self) -> Option<&Fix> {
        self.fixes.first()
    }
}
