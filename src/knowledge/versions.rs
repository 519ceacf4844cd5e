//! Which Python first had what asyncio and its surroundings offer: `content/tables/versions.yaml`.

use hashbrown::HashMap;

use serde::{Deserialize, Serialize};

use crate::environment::PythonVersion;

/// The table, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Versions {
    pub(super) entries: HashMap<String, Vec<Novelty>>,
    pub(super) removals: Vec<(String, Removal)>,
}

/// A name, an argument or a piece of syntax that a Python was the first to have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Novelty {
    /// The argument that is new; `None` when the name is.
    pub keyword: Option<String>,
    pub since: PythonVersion,
    /// What does the same on an older Python, as a reader would look it up.
    pub older: Option<String>,
    /// Whether `older` stands in the same place with the same arguments.
    pub drop_in: bool,
}

/// A name or an argument that some Python no longer has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    /// The argument that is gone; `None` when the name is.
    pub keyword: Option<String>,
    /// The first Python without it.
    pub from: PythonVersion,
    /// What does the same, as a reader would look it up.
    pub instead: Option<String>,
    /// Whether it still works there, with a warning.
    pub is_deprecation: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Entry {
    names: Vec<String>,
    keyword: Option<String>,
    since: Option<String>,
    /// The first Python without it.
    gone: Option<String>,
    /// The first Python that warns of it.
    deprecated: Option<String>,
    instead: Option<String>,
    older: Option<String>,
    #[serde(default)]
    drop_in: bool,
    /// Where this is documented; for readers of the table.
    #[serde(rename = "source")]
    _source: String,
}

impl Versions {
    /// Reads the table's YAML. What names no version of Python 3 is left out.
    ///
    /// # Errors
    /// The first place that is not what the format asks for, with line and column.
    pub fn parse(yaml: &str) -> Result<Self, serde_yaml::Error> {
        let entries: Vec<Entry> = serde_yaml::from_str(yaml)?;
        let mut versions = Self::default();
        for entry in entries {
            versions.add_removal(&entry);
            let Some(since) = entry.since.as_deref().and_then(PythonVersion::parse) else {
                continue;
            };
            let novelty = Novelty {
                keyword: entry.keyword,
                since,
                older: entry.older,
                drop_in: entry.drop_in,
            };
            for name in entry.names {
                versions.entries.entry(name).or_default().push(novelty.clone());
            }
        }
        Ok(versions)
    }

    fn add_removal(&mut self, entry: &Entry) {
        let (from, is_deprecation) = match (&entry.gone, &entry.deprecated) {
            (Some(gone), _) => (gone, false),
            (None, Some(deprecated)) => (deprecated, true),
            (None, None) => return,
        };
        let Some(from) = PythonVersion::parse(from) else { return };
        let removal = Removal {
            keyword: entry.keyword.clone(),
            from,
            instead: entry.instead.clone(),
            is_deprecation,
        };
        self.removals.extend(entry.names.iter().map(|name| (name.clone(), removal.clone())));
    }

    /// What is gone from some Python, by name.
    pub fn removals(&self) -> &[(String, Removal)] {
        &self.removals
    }

    /// What `python` lacks of the name at `path`: the name itself.
    pub fn lacks_name(&self, python: PythonVersion, path: &str) -> Option<&Novelty> {
        self.of(python, path).find(|novelty| novelty.keyword.is_none())
    }

    /// The names and arguments that `python` lacks, without what they belong to.
    pub fn lacking(&self, python: PythonVersion) -> impl Iterator<Item = &str> {
        let newer = self.entries.iter().flat_map(move |(name, entries)| {
            let newer = entries.iter().filter(move |it| python < it.since);
            newer.map(move |it| (name.as_str(), it.keyword.as_deref()))
        });
        newer.map(|(name, keyword)| {
            keyword.unwrap_or_else(|| name.rsplit('.').next().unwrap_or(name))
        })
    }

    /// The arguments of `path` that `python` lacks.
    pub fn lacks_keywords<'v>(
        &'v self,
        python: PythonVersion,
        path: &str,
    ) -> impl Iterator<Item = &'v Novelty> {
        self.of(python, path).filter(|novelty| novelty.keyword.is_some())
    }

    fn of<'v>(&'v self, python: PythonVersion, path: &str) -> impl Iterator<Item = &'v Novelty> {
        let entries = self.entries.get(path).map_or(&[][..], Vec::as_slice);
        entries.iter().filter(move |novelty| python < novelty.since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "- names: [asyncio.run]\n  since: \"3.7\"\n  source: s\n\
                         - names: [asyncio.run]\n  keyword: loop_factory\n  since: \"3.12\"\n  source: s\n";

    #[test]
    fn a_name_may_be_older_than_its_argument() {
        let versions = Versions::parse(TABLE).expect("a table");
        let python = |minor| PythonVersion { major: 3, minor };
        let keywords = |minor| versions.lacks_keywords(python(minor), "asyncio.run").count();
        assert!(versions.lacks_name(python(6), "asyncio.run").is_some());
        assert!(versions.lacks_name(python(11), "asyncio.run").is_none());
        assert_eq!((keywords(11), keywords(12)), (1, 0));
        assert!(versions.lacks_name(python(6), "asyncio.gather").is_none());
    }
}
