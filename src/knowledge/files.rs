//! Where content comes from, and what is said about a file that is not as it should be.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::diagnostic::Message;
use crate::text;

/// Read access to the content folders. Paths use `/` and start with `content/` or `skills/`.
pub trait Files {
    /// Every file's path, in any order.
    fn list(&self) -> Vec<String>;
    /// The bytes of the file at `path`; `None` when there is none or it cannot be read.
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>>;
    /// The same files as they were packed once.
    fn bundle(&self) -> Option<Bundle> {
        None
    }
}

/// Files of which one is read when it is asked for.
pub type Shelf = dyn Files + Sync;

/// Files that were read when the program was built.
#[derive(Clone, Copy)]
pub struct Bundle {
    /// What [`super::pack`] made of them.
    pub packed: &'static [u8],
    /// The same files, one by one.
    pub files: &'static Shelf,
}

/// Files held in memory, by path.
impl Files for BTreeMap<String, String> {
    fn list(&self) -> Vec<String> {
        self.keys().cloned().collect()
    }

    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        self.get(path).map(|text| Cow::Owned(text.clone().into_bytes()))
    }
}

/// A place in a content file that breaks the format.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{file}:{line}:{column}: {}", message.key)]
pub struct ContentError {
    pub file: String,
    /// From 1.
    pub line: usize,
    /// In characters from 1.
    pub column: usize,
    pub message: Message,
}

impl ContentError {
    /// An error about a file as a whole.
    pub fn whole(file: &str, message: Message) -> Self {
        Self { file: file.to_owned(), line: 1, column: 1, message }
    }
}

/// A file, and its bytes once somebody needs them.
#[derive(Clone)]
pub(super) struct Source {
    pub path: Cow<'static, str>,
    bytes: OnceLock<Cow<'static, [u8]>>,
    /// Where the bytes come from.
    shelf: Option<&'static Shelf>,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Source of {}", self.path)
    }
}

impl Source {
    /// A file that was read.
    pub fn read(path: impl Into<Cow<'static, str>>, bytes: Cow<'static, [u8]>) -> Self {
        Self { path: path.into(), bytes: bytes.into(), shelf: None }
    }

    /// A file that is read when it is asked for; one that is not there is empty.
    pub fn on(shelf: &'static Shelf, path: &'static str) -> Self {
        Self { path: Cow::Borrowed(path), bytes: OnceLock::new(), shelf: Some(shelf) }
    }

    pub fn bytes(&self) -> &Cow<'static, [u8]> {
        self.bytes
            .get_or_init(|| self.shelf.and_then(|shelf| shelf.read(&self.path)).unwrap_or_default())
    }

    /// The text.
    ///
    /// # Errors
    /// The first byte that is not UTF-8.
    pub fn text(&self) -> Result<&str, ContentError> {
        let bytes = self.bytes();
        str::from_utf8(bytes).map_err(|error| {
            let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let good = str::from_utf8(good).unwrap_or_default();
            at(&self.path, good, good.len(), Message::complains("complaints.not-utf-8"))
        })
    }
}

/// An error at byte `offset` of `text`, the text of `file`.
pub(super) fn at(file: &str, text: &str, offset: usize, message: Message) -> ContentError {
    let text::Position { line, column } = text::position(text, offset);
    ContentError { file: file.to_owned(), line, column, message }
}

/// The error of a YAML text that starts at byte `start` of `text`, the text of `file`.
pub(super) fn yaml(
    file: &str,
    text: &str,
    start: usize,
    error: &serde_yaml::Error,
) -> ContentError {
    let said = error.to_string();
    let Some(place) = error.location() else {
        return at(file, text, start, Message::complains("complaints.yaml").with("problem", said));
    };
    let tail = format!(" at line {} column {}", place.line(), place.column());
    let problem = said.strip_suffix(&tail).unwrap_or(&said);
    let before = text::position(text, start).line;
    ContentError {
        file: file.to_owned(),
        line: before.saturating_add(place.line()).saturating_sub(1),
        column: place.column(),
        message: Message::complains("complaints.yaml").with("problem", problem),
    }
}
