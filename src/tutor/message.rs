//! What the tutor is told and what it asks for: the only words between it and a front end.

use std::path::PathBuf;

use super::drafts::{Draft, FoundDraft, Leftover};
use super::key::Key;
use super::learn;
use super::reviewing::{Job, Reviewed};
use super::view::Pane;
use crate::diagnostic::Message;
use crate::knowledge::{Both, Language};
use crate::notebook::Kernel;
use crate::review::{FileChange, Surroundings};
use crate::text::{CellIndex, Wording};
use crate::transcript::Transcript;
use crate::wording::status;

/// Why the user's own editor gave no text back. `editor` is the command, `why` what keeps it
/// from working.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditorError {
    NoneNamed,
    Missing { editor: String },
    NotStarted { editor: String, why: Both<String> },
    Failed { editor: String, code: i32 },
    Killed { editor: String },
    NoFile { why: Both<String> },
    Unread { why: Both<String> },
    NoText,
}

impl EditorError {
    /// The interface text that says it, and what it is filled with.
    pub(super) fn said(&self, language: Language) -> (Wording, Vec<(&'static str, String)>) {
        let editor = |it: &String| ("editor", it.clone());
        let why = |it: &Both<String>| ("why", it.get(language).clone());
        match self {
            EditorError::NoneNamed => (status::EDITOR_NONE, Vec::new()),
            EditorError::Missing { editor: it } => (status::EDITOR_MISSING, vec![editor(it)]),
            EditorError::NotStarted { editor: it, why: reason } => {
                (status::EDITOR_START, vec![editor(it), why(reason)])
            }
            EditorError::Failed { editor: it, code } => {
                (status::EDITOR_FAILED, vec![editor(it), ("code", code.to_string())])
            }
            EditorError::Killed { editor: it } => (status::EDITOR_KILLED, vec![editor(it)]),
            EditorError::NoFile { why: reason } => (status::EDITOR_FILE, vec![why(reason)]),
            EditorError::Unread { why: reason } => (status::EDITOR_UNREAD, vec![why(reason)]),
            EditorError::NoText => (status::EDITOR_TEXT, Vec::new()),
        }
    }
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Key(Key),
    /// Text pasted at once (bracketed paste).
    Pasted(String),
    /// The front end's text area holds this now.
    Edited(String),
    /// The cells of a drill are to be written in an editor of the user's own.
    Rewrite,
    /// The text as it was written in an editor of one's own.
    Rewritten(Result<String, EditorError>),
    /// A fifth of a second has passed, while [`super::view::View::ticking`].
    Tick,
    /// A click on a list row, overview row, step tab or home choice.
    Clicked(Target),
    /// The wheel over a pane; positive is down, in lines.
    Wheel(Pane, isize),
    /// How tall a pane's content is and how much of it can be seen, in rows.
    Measured {
        pane: Pane,
        content: usize,
        visible: usize,
    },
    /// The same for the open popup.
    PopupMeasured {
        content: usize,
        visible: usize,
    },
    /// Answers to effects; why something was not done is told in both languages.
    Opened(Result<Opened, Both<String>>),
    /// A review that was asked for, or an older one.
    Reviewed(Reviewed),
    /// The open file was written by somebody else: what it holds now.
    Changed(Result<Opened, Both<String>>),
    Found(Vec<PathBuf>),
    /// The left-overs that could not be removed, each with the reason.
    LeftoversRemoved(Vec<(PathBuf, Both<String>)>),
    /// What there is to say of the file, or why it was not written.
    Saved(Result<Saved, Message>),
    /// How many characters of the text became marks.
    Copied(Result<usize, Both<String>>),
    AdviceSaved(Result<PathBuf, Both<String>>),
    /// What the file holds, or that it is not there.
    Looked(PathBuf, Result<Option<Vec<u8>>, Both<String>>),
    /// What there is to say of the files, or why not all of them were written.
    Moved(Result<Vec<Told>, Vec<Told>>),
    KernelFound(Result<FoundKernel, NoKernel>),
    Proving(Progress),
    Kept(Result<(), Both<String>>),
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    pub path: PathBuf,
    /// What there is to say of it.
    pub remarks: Vec<Message>,
}

/// Something to be said of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub path: PathBuf,
    pub message: Message,
}

/// A kernel that can run the open notebook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundKernel {
    /// Which one and why, in a sentence.
    pub reason: Both<String>,
    /// What would be started, in one line, with what it gets in its environment.
    pub command: String,
    /// It was found where the notebook lies, and nothing of it was run.
    pub is_found_here: bool,
}

/// Why there is none, in lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoKernel {
    pub why: Both<String>,
}

/// Cells to run, each with its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    pub before: Vec<(CellIndex, String)>,
    /// `None` where no cell is repaired.
    pub after: Option<Vec<(CellIndex, String)>>,
}

/// Which of the two runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    Before,
    After,
}

/// How far the cells are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// A kernel is started.
    Started(Stage),
    Cell(CellIndex),
    /// Seconds since the kernel or the cell was started, and the last line that was written.
    Going {
        seconds: u64,
        last: String,
    },
    /// The cell was interrupted and goes on: a second wish ends its kernel.
    Holds,
    Done(Stage, Transcript),
    /// There is nothing more to run.
    Over,
    Failed(Both<String>),
}

/// Something a mouse can hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Step(usize),
    Overview(usize),
    PopupRow(usize),
    HomeChoice(usize),
    Pane(Pane),
}

/// A file as read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Opened {
    pub path: PathBuf,
    pub bytes: Vec<u8>,
    /// What lies beside it, and the settings that count there.
    pub surroundings: Surroundings,
    /// Modules beside it were not looked for; its first review does that.
    pub is_unsearched: bool,
    /// What is wrong with the settings; they count as not there.
    pub complaint: Option<Box<Both<String>>>,
    /// What was changed in it and never written.
    pub draft: Option<FoundDraft>,
    /// What saves left behind in its folder.
    pub leftovers: Vec<Leftover>,
}

/// Something the tutor wants done; the shell does it and answers with a [`Msg`].
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    Quit,
    Suspend,
    /// Read a file. Answer: `Opened`.
    Open(PathBuf),
    /// Review a notebook that is too long to be reviewed at once; the newest job alone counts.
    /// Answer: `Reviewed`.
    Review(Box<Job>),
    /// List notebooks and percent scripts under this folder. Answer: `Found`.
    Find(PathBuf),
    /// Write the file when it still holds `expected`. Answer: `Saved`.
    Save {
        path: PathBuf,
        expected: Vec<u8>,
        bytes: Vec<u8>,
    },
    /// Keep what is unsaved of the file at `path`; nothing is kept of an empty draft.
    KeepDraft {
        path: PathBuf,
        draft: Draft,
    },
    /// Forget a draft that was found.
    DropDraft(PathBuf),
    /// Remove what saves left behind. Answer: `LeftoversRemoved`.
    RemoveLeftovers(Vec<PathBuf>),
    /// Put text on the clipboard, as the screen shows it. Answer: `Copied`.
    Copy(String),
    /// Write a new file beside the notebook, never over another. Answer: `AdviceSaved`.
    SaveAdvice {
        near: Option<PathBuf>,
        name: String,
        text: String,
    },
    /// Read a file that may not be there. Answer: `Looked`.
    Look(PathBuf),
    /// Write these files, all or none. Answer: `Moved`.
    SaveTogether(Vec<FileChange>),
    /// Take back what was written together. Answer: `Moved`.
    TakeBack(Vec<FileChange>),
    /// Find a kernel for a notebook. Answer: `KernelFound`.
    FindKernel {
        near: Option<PathBuf>,
        notebook: Box<Kernel>,
    },
    /// Run cells in the kernel that was found, each time in a fresh one. Answers: `Proving`, the
    /// last of them `Over`, `Failed` or the second `Done`.
    Prove(Box<Trial>),
    /// Interrupt the cell that runs; the rest is left out. Asked for again after `Holds`, or before
    /// any cell runs: end its kernel.
    Interrupt,
    /// Write down what was learnt. Answer: `Kept`.
    KeepProgress(Box<learn::Progress>),
    /// Write down where somebody is who shows a lesson to others. Answer: `Kept`.
    Present(learn::notes::Place),
    /// Open the user's own editor on a text. Answer: `Rewritten`.
    Rewrite {
        name: String,
        text: String,
    },
    /// Take mouse events or leave them to the terminal.
    Mouse(bool),
}
