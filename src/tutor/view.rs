//! What a front end draws: the tutor's screen as plain values, with no terminal in them.
//!
//! Text here may still hold anything a notebook held; a front end makes it safe when it draws.

use std::sync::Arc;

use crate::document::{Block, Mark, Prose, Tone};
use crate::text::TextRange;

/// A block in the reader's language or languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// The same in every language (code, differences), or a page read in one language.
    One(Block),
    /// English and Chinese side by side, or one above the other on a narrow screen.
    Pair(Block, Block),
}

/// A guide page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    pub rows: Vec<Row>,
}

/// The whole screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    pub header: Header,
    /// Who is speaking: `Skill in use: python-notebooks-async` on the left, the invocation
    /// notice's name on the right. On the home screen, and on the first screen after it until the
    /// next key; later a mark in the header stands for it.
    pub announcement: Option<(String, String)>,
    pub body: Body,
    pub popup: Option<Popup>,
    /// A message; it goes with the next key. Drawn in the status row above the footer.
    pub status: Option<Prose>,
    /// The likeliest next keys, most important first; the front end shows those that fit.
    pub footer: Vec<KeyHint>,
    /// Whether a theme change or a language change makes the front end redraw everything.
    pub theme: ThemeChoice,
    /// The front end sends [`super::message::Msg::Tick`] while something moves.
    pub ticking: bool,
    /// A key that asks the review had better wait for it: it will be there in a moment.
    pub settling: bool,
    /// Shown to many: wide margins and space between blocks.
    pub roomy: bool,
}

/// The first row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Header {
    /// The program's name.
    pub program: String,
    /// The skill is in use and was announced: its mark stands in front.
    pub in_use: bool,
    /// File name or what stands for it, such as "pasted cell"; empty on the home screen.
    pub file: String,
    /// "cell 7 of 23"; empty on the home screen.
    pub place: String,
    /// Severity counts over the notebook: errors, warnings, hints. `None` on the home screen.
    pub counts: Option<[usize; 3]>,
    /// "EN", "中文", "EN+中文".
    pub language: String,
    /// Whether there are changes that no file holds yet.
    pub unsaved: bool,
}

/// The middle of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    Home(Home),
    Walkthrough(Box<Walkthrough>),
}

/// The first screen when no file was named.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Home {
    pub title: String,
    pub subtitle: String,
    /// What pasting does.
    pub invitation: String,
    pub choices: Vec<HomeChoice>,
}

/// A line of the home screen's menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeChoice {
    pub key: String,
    pub label: String,
    pub detail: String,
    pub selected: bool,
}

/// A cell with its guide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walkthrough {
    /// `None` where there is only something to read.
    pub code: Option<CodePane>,
    pub steps: Vec<StepTab>,
    pub guide: Arc<Page>,
    /// Rows of the guide scrolled away at the top; the front end clamps it and reports the
    /// bound by `Msg::Measured`.
    pub guide_scroll: usize,
    /// All cells; made once for each review, not for each frame.
    pub overview: Arc<[OverviewRow]>,
    /// Index into `overview`.
    pub current: usize,
    /// Which pane has the keys that scroll. On a narrow screen a focused code pane or overview
    /// takes the whole body.
    pub focus: Pane,
    pub overview_title: String,
    /// Diagrams show this many ticks; all of them when there is no number.
    pub frame: Option<usize>,
}

/// Where scrolling keys go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Pane {
    #[default]
    Guide,
    Code,
    Overview,
}

/// The cell's source as shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CodePane {
    /// Short title for the frame: the cell's number, and its kind when it is not code.
    pub title: String,
    pub source: String,
    /// `python`, `markdown`, or another language's name, for colouring.
    pub language: String,
    pub underlines: Vec<Underline>,
    /// Byte in `source` that the pane scrolls to.
    pub reveal: usize,
    /// Lines scrolled away by the reader, on top of the automatic position; only when focused.
    pub scroll: Option<usize>,
    /// The cell is being edited: the front end shows its text area here and reports each change
    /// by `Msg::Edited`. The number changes when the editor must be filled anew from `source`.
    pub editing: Option<u64>,
}

/// Evidence or a diagnostic drawn under the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Underline {
    /// Bytes of the source; may span lines.
    pub range: TextRange,
    pub tone: Tone,
    /// Sign and words set after the underline, such as the rule's name.
    pub mark: Option<Mark>,
    pub label: String,
}

/// A step of the walkthrough in the row of tabs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepTab {
    pub number: usize,
    pub label: String,
    pub state: StepState,
}

/// Whether a step can be entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepState {
    Open,
    Current,
    /// Done, and open.
    Done,
    /// Nothing to say for this cell.
    Skipped,
}

/// A cell in the overview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverviewRow {
    /// From 1.
    pub number: usize,
    /// Its first telling line.
    pub line: Arc<str>,
    pub mark: Option<Mark>,
    /// "md", "raw" or a magic's name for cells that are no Python.
    pub kind: Option<String>,
    pub edited: bool,
}

/// A window over the screen; Esc closes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Popup {
    /// A list, filtered by typing where `query` is there.
    List {
        title: String,
        /// The typed text and the cursor's place in it, in characters.
        query: Option<(String, usize)>,
        rows: Vec<ListRow>,
        selected: usize,
        preview: Option<Arc<Page>>,
        /// The preview's first line, where it can be read to its end. Then it is the preview that
        /// is measured.
        scroll: Option<usize>,
        /// Shown in place of rows when there is none.
        empty: String,
    },
    /// A line of text is asked for.
    Line {
        title: String,
        text: String,
        /// The cursor's place in the text, in characters.
        cursor: usize,
        /// What to type, and what comes then.
        note: String,
    },
    /// A page to read.
    Reader {
        title: String,
        /// What was typed to find something on it, and the cursor's place, in characters.
        query: Option<(String, usize)>,
        page: Arc<Page>,
        scroll: usize,
    },
    /// A question; the answers are keys of the footer.
    Confirm { title: String, page: Arc<Page>, scroll: usize },
}

/// A row of a list popup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRow {
    pub label: String,
    /// A quiet word at the right: the page's kind, the number of problems.
    pub detail: String,
}

/// A key and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyHint {
    pub key: String,
    pub label: String,
    /// It has its room before all others: help, and the way out.
    pub always: bool,
}

/// Which colours to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ThemeChoice {
    #[default]
    Auto,
    Dark,
    Light,
}
