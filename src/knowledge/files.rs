//! Where content comes from, and what is said about a file that is not as it should be.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::text;

/// Read access to the content folders. Paths use `/` and start with `content/` or `skills/`.
pub trait Files {
    /// Every file's path, in any order.
    fn list(&self) -> Vec<String>;
    /// The bytes of the file at `path`; `None` when there is none or it cannot be read.
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>>;
    /// The same files as [`super::pack`] read them once.
    fn packed(&self) -> Option<&'static [u8]> {
        None
    }
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
#[error("{file}:{line}:{column}: {message}")]
pub struct ContentError {
    pub file: String,
    /// From 1.
    pub line: usize,
    /// In characters from 1.
    pub column: usize,
    pub message: String,
}

impl ContentError {
    /// An error about a file as a whole.
    pub fn whole(file: &str, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: 1, column: 1, message: message.into() }
    }
}

/// A file's bytes, kept until they are needed.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub path: String,
    pub bytes: Cow<'static, [u8]>,
}

impl Source {
    /// The text.
    ///
    /// # Errors
    /// The first byte that is not UTF-8.
    pub fn text(&self) -> Result<&str, ContentError> {
        str::from_utf8(&self.bytes).map_err(|error| {
            let good = self.bytes.get(..error.valid_up_to()).unwrap_or_default();
            let good = str::from_utf8(good).unwrap_or_default();
            at(&self.path, good, good.len(), "not UTF-8")
        })
    }
}

/// An error at byte `offset` of `text`, the text of `file`.
pub(super) fn at(
    file: &str,
    text: &str,
    offset: usize,
    message: impl Into<String>,
) -> ContentError {
    let text::Position { line, column } = text::position(text, offset);
    ContentError { file: file.to_owned(), line, column, message: message.into() }
}

/// The error of a YAML text that starts at byte `start` of `text`, the text of `file`.
pub(super) fn yaml(
    file: &str,
    text: &str,
    start: usize,
    error: &serde_yaml::Error,
) -> ContentError {
    let said = error.to_string();
    let Some(place) = error.location() else { return at(file, text, start, said) };
    let tail = format!(" at line {} column {}", place.line(), place.column());
    let message = said.strip_suffix(&tail).unwrap_or(&said);
    let before = text::position(text, start).line;
    ContentError {
        file: file.to_owned(),
        line: before.saturating_add(place.line()).saturating_sub(1),
        column: place.column(),
        message: message.to_owned(),
    }
}
