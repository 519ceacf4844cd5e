//! What the tutor is told and what it asks for: the only words between it and a front end.

use std::path::PathBuf;

use super::key::Key;
use super::view::Pane;
use crate::review::{FileChange, Surroundings};

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Key(Key),
    /// Text pasted at once (bracketed paste).
    Pasted(String),
    /// The front end's text area holds this now.
    Edited(String),
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
    /// Answers to effects.
    Opened(Result<Opened, String>),
    Found(Vec<PathBuf>),
    Saved(Result<PathBuf, String>),
    Copied(Result<(), String>),
    AdviceSaved(Result<PathBuf, String>),
    /// What the file holds, or that it is not there.
    Looked(PathBuf, Result<Option<Vec<u8>>, String>),
    Moved(Result<(), String>),
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
    /// What is wrong with the settings; they count as not there.
    pub complaint: Option<String>,
}

/// Something the tutor wants done; the shell does it and answers with a [`Msg`].
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    Quit,
    Suspend,
    /// Read a file. Answer: `Opened`.
    Open(PathBuf),
    /// List notebooks and percent scripts under the current folder. Answer: `Found`.
    Find,
    /// Write the file when it still holds `expected`. Answer: `Saved`.
    Save {
        path: PathBuf,
        expected: Vec<u8>,
        bytes: Vec<u8>,
    },
    /// Put text on the clipboard. Answer: `Copied`.
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
    /// Take mouse events or leave them to the terminal.
    Mouse(bool),
}
