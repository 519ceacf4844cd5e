//! The list of what was put into a folder, such as one of skills.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Place, SkillsError, look};
use crate::shell::report::fingerprint_of;

/// The list's name.
pub const LIST: &str = ".nbasync-skills.json";

/// Files by their names below the folder, each with the fingerprint of what was written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    version: u32,
    files: BTreeMap<String, String>,
}

impl List {
    /// Reads the list of a place, and its bytes; an empty one where there is none.
    ///
    /// # Errors
    /// When it cannot be read, or is no such list.
    pub fn read(place: &Place) -> Result<(Self, Option<Vec<u8>>), SkillsError> {
        let path = place.folder.join(LIST);
        let bytes = look(place, &path)?;
        match Self::parse(bytes.as_deref()) {
            Some(list) => Ok((list, bytes)),
            None => Err(SkillsError::List { path }),
        }
    }

    /// Reads a list's text; an empty one where there is none. `None` where the text is no list.
    pub fn parse(text: Option<&[u8]>) -> Option<Self> {
        let Some(text) = text else { return Some(Self { version: 1, files: BTreeMap::new() }) };
        serde_json::from_slice::<Self>(text).ok().filter(|list| list.version == 1)
    }

    /// Whether a file holds what was installed.
    pub fn holds(&self, name: &str, bytes: &[u8]) -> bool {
        self.files.get(name).is_some_and(|known| *known == fingerprint_of(bytes))
    }

    /// The names on the list.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// A file is installed with these bytes.
    pub fn take(&mut self, name: &str, bytes: &[u8]) {
        self.files.insert(name.to_owned(), fingerprint_of(bytes));
    }

    /// A file is not installed any more.
    pub fn drop(&mut self, name: &str) {
        self.files.remove(name);
    }

    /// Drops all files but these.
    pub fn keep(&mut self, names: &[&str]) {
        self.files.retain(|name, _| names.contains(&name.as_str()));
    }

    /// Whether nothing is installed.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The list as it stands in its file.
    pub fn written(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}
