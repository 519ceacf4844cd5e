//! The front matter of a page: which keys each kind has, and what they hold.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::diagnostic::{Message, Severity};

use super::files::{self, ContentError};
use super::language::Language;
use super::page::PageKind;
use super::recording::Shown;
use super::tables::BlockingKind;

/// Every key that front matter may have; [`keys`] says which of them a kind has.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawFront {
    pub id: String,
    pub kind: String,
    pub title: String,
    pub keywords: Vec<String>,
    pub see: Vec<String>,
    pub facts: Vec<String>,
    pub only: BTreeMap<String, Vec<BlockingKind>>,
    pub order: u32,
    pub when: When,
    pub handoff: Option<String>,
    pub family: String,
    #[serde(deserialize_with = "severity")]
    pub severity: Option<Severity>,
    pub patterns: Vec<String>,
    pub situations: Vec<String>,
    pub tradeoffs: Vec<String>,
    pub deviations: Vec<String>,
    pub choose: String,
    pub says: String,
    pub because: String,
    #[serde(rename = "match")]
    pub matches: Vec<String>,
    pub error: String,
    pub mistakes: Vec<String>,
    pub messages: Texts,
    pub minutes: u32,
    pub teaches: Vec<String>,
    pub drills: Vec<String>,
    pub answer: usize,
    pub case: String,
    pub lesson: String,
    pub level: u32,
    pub rules: Vec<String>,
    pub keeps: Vec<String>,
    pub uses: Vec<Vec<String>>,
    pub avoids: Vec<String>,
    pub python: Option<String>,
    pub runs: bool,
    pub shown: Shown,
    pub name: String,
    pub description: String,
    pub license: Option<String>,
    pub compatibility: Option<String>,
    pub metadata: Texts,
    #[serde(rename = "allowed-tools")]
    pub allowed_tools: Option<String>,
}

/// Whether a situation calls for the skill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    #[default]
    Use,
    NotUse,
}

/// The keys that a skill may have, the first two of which it must. What else it has to say of itself
/// is texts under `metadata`.
///
/// Source: <https://agentskills.io/specification>.
const SKILL_KEYS: [&str; 6] =
    ["name", "description", "license?", "compatibility?", "metadata?", "allowed-tools?"];

/// A map in which no key stands twice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Texts(pub BTreeMap<String, String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Map;
        impl<'de> Visitor<'de> for Map {
            type Value = Texts;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a map of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Texts, A::Error> {
                let mut texts = BTreeMap::new();
                while let Some((key, text)) = map.next_entry::<String, String>()? {
                    if texts.insert(key.clone(), text).is_some() {
                        return Err(A::Error::custom(format!("`{key}` stands twice")));
                    }
                }
                Ok(Texts(texts))
            }
        }
        deserializer.deserialize_map(Map)
    }
}

/// The front matter of a page's text, read as whatever it is to be; `None` where there is none
/// that reads so.
pub fn front_matter<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    let (yaml, _) = text.strip_prefix("---\n")?.split_once("\n---")?;
    serde_yaml::from_str(yaml).ok()
}

fn severity<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Severity>, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "error" => Ok(Some(Severity::Error)),
        "warning" => Ok(Some(Severity::Warning)),
        "hint" => Ok(Some(Severity::Hint)),
        _ => Err(D::Error::custom("a severity is error, warning or hint")),
    }
}

/// The keys that a kind's front matter has in a language, in their order; those that end in `?`
/// may be left out.
fn keys(kind: PageKind, language: Language) -> Vec<&'static str> {
    let translated = ["choose", "says", "because", "messages?"];
    let mut keys = match (kind, language) {
        (PageKind::Skill, _) => return SKILL_KEYS.to_vec(),
        (PageKind::Reference, Language::En) => {
            return vec!["id", "kind?", "title", "keywords?", "see?", "facts?"];
        }
        (PageKind::Reference, Language::Zh) => return vec!["id", "title", "keywords?"],
        (PageKind::Lesson, Language::En) => {
            vec!["id", "kind", "order", "minutes", "title", "keywords", "see?", "facts?"]
        }
        (PageKind::Drill, Language::En) => {
            vec!["id", "kind", "lesson", "level", "title", "keywords", "see?", "facts?"]
        }
        (_, Language::En) => vec!["id", "kind", "title", "keywords", "see?", "facts?"],
        (_, Language::Zh) => vec!["id", "title", "keywords"],
    };
    let own = own_keys(kind).iter();
    keys.extend(own.filter(|key| language == Language::En || translated.contains(key)));
    keys
}

fn own_keys(kind: PageKind) -> &'static [&'static str] {
    match kind {
        PageKind::Situation => &["order", "when", "handoff?", "messages?"],
        PageKind::Mistake => &[
            "family",
            "severity",
            "patterns?",
            "situations?",
            "tradeoffs?",
            "deviations?",
            "shown",
            "only?",
            "messages?",
        ],
        PageKind::Pattern => &["only?", "choose", "messages?"],
        PageKind::Tradeoff => &["says"],
        PageKind::Deviation => &["only?", "because"],
        PageKind::Message => &["match", "error", "mistakes?", "patterns?"],
        PageKind::Lesson => &["teaches", "drills", "answer", "case"],
        PageKind::Drill => &["rules", "patterns", "keeps", "uses?", "avoids?", "python?", "runs"],
        PageKind::Note | PageKind::Skill | PageKind::Reference => &[],
    }
}

/// A content file in its two parts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Document<'s> {
    pub file: &'s str,
    pub text: &'s str,
    pub front: &'s str,
    /// Where the front matter's first key stands in `text`, in bytes.
    pub front_at: usize,
    pub body: &'s str,
    /// Where the body begins in `text`, in bytes.
    pub body_at: usize,
}

impl<'s> Document<'s> {
    /// Splits a file at its two `---` lines.
    ///
    /// # Errors
    /// When there are no such lines, or the file is not UTF-8.
    pub fn split(source: &'s files::Source) -> Result<Self, ContentError> {
        let (file, text) = (&*source.path, source.text()?);
        let whole = |key| ContentError::whole(file, Message::complains(key));
        let rest = text.strip_prefix("---\n").ok_or_else(|| whole("complaints.front.none"))?;
        let (front, body) =
            rest.split_once("\n---\n").ok_or_else(|| whole("complaints.front.no-end"))?;
        let body_at = text.len().saturating_sub(body.len());
        Ok(Self { file, text, front, front_at: "---\n".len(), body, body_at })
    }

    /// An error at byte `offset` of the body.
    pub fn in_body(&self, offset: usize, message: Message) -> ContentError {
        files::at(self.file, self.text, self.body_at.saturating_add(offset), message)
    }

    /// An error at byte `offset` of the front matter.
    pub fn in_front_at(&self, offset: usize, message: Message) -> ContentError {
        files::at(self.file, self.text, self.front_at.saturating_add(offset), message)
    }

    /// An error at front matter key `key`, or at `value` when that stands under the key.
    pub fn in_front(&self, key: &str, value: &str, message: Message) -> ContentError {
        let found = self.top_keys().find(|(name, _)| *name == key);
        let key_at = found.map_or(0, |(_, at)| at);
        let value_at = self.value_place(key_at, value).unwrap_or_default();
        let offset = self.front_at.saturating_add(key_at).saturating_add(value_at);
        files::at(self.file, self.text, offset, message)
    }

    /// How far behind the key at `key_at` the whole word `value` stands, in bytes.
    fn value_place(&self, key_at: usize, value: &str) -> Option<usize> {
        let rest = self.front.get(key_at..)?;
        let colon = rest.find(':')?;
        let is_part = |char: char| char.is_alphanumeric() || char == '-' || char == '_';
        let found = rest.match_indices(value).filter(|(at, found)| {
            let end = at.saturating_add(found.len());
            let (before, after) = (rest.get(..*at), rest.get(end..));
            !before.is_some_and(|text| text.ends_with(is_part))
                && !after.is_some_and(|text| text.starts_with(is_part))
        });
        found.map(|(at, _)| at).find(|at| *at > colon && !value.is_empty())
    }

    /// Reads the front matter and holds it to the keys of its kind.
    ///
    /// # Errors
    /// Everything that makes the front matter unusable.
    pub fn front(&self, kind: PageKind, language: Language) -> Result<RawFront, Vec<ContentError>> {
        if kind == PageKind::Skill {
            // What other programs write there is told with the keys that a skill may have.
            self.skill_keys()?;
        }
        let raw = serde_yaml::from_str::<RawFront>(self.front);
        let raw =
            raw.map_err(|error| vec![files::yaml(self.file, self.text, self.front_at, &error)])?;
        if kind == PageKind::Skill {
            return Ok(raw);
        }
        let errors = self.key_errors(&keys(kind, language));
        if errors.is_empty() { Ok(raw) } else { Err(errors) }
    }

    /// A skill's keys stand in any order.
    fn skill_keys(&self) -> Result<(), Vec<ContentError>> {
        let name = |key: &'static str| key.trim_end_matches('?');
        let known: Vec<&str> = SKILL_KEYS.into_iter().map(name).collect();
        let unknown = self.top_keys().filter(|(key, _)| !known.contains(key));
        let mut errors: Vec<ContentError> = unknown
            .map(|(key, at)| {
                let message = Message::complains("complaints.front.skill-key")
                    .with("key", key)
                    .with("known", known.join(", "));
                self.in_front_at(at, message)
            })
            .collect();
        errors.extend(self.missing(&SKILL_KEYS));
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    fn missing(&self, wanted: &[&str]) -> Vec<ContentError> {
        let needed = wanted.iter().filter(|key| !key.ends_with('?'));
        let missing = needed.filter(|key| !self.top_keys().any(|(name, _)| name == **key));
        let message = |key: &&str| Message::complains("complaints.front.missing").with("key", key);
        missing.map(|key| self.in_front("", "", message(key))).collect()
    }

    fn key_errors(&self, wanted: &[&str]) -> Vec<ContentError> {
        let place = |key: &str| wanted.iter().position(|name| name.trim_end_matches('?') == key);
        let mut errors = Vec::new();
        let mut last = 0;
        for (key, _) in self.top_keys() {
            let message = match place(key) {
                None => Message::complains("complaints.front.foreign"),
                Some(at) if at < last => Message::complains("complaints.front.late"),
                Some(at) => {
                    last = at;
                    continue;
                }
            };
            errors.push(self.in_front(key, "", message.with("key", key)));
        }
        errors.extend(self.missing(wanted));
        errors
    }

    /// The keys of the front matter's first level, with their places in `front`.
    pub fn top_keys(&self) -> impl Iterator<Item = (&'s str, usize)> + use<'s> {
        let mut at = 0_usize;
        self.front.split_inclusive('\n').filter_map(move |line| {
            let start = at;
            at = at.saturating_add(line.len());
            let key = line.split_once(':')?.0;
            let is_key =
                key.chars().all(|char| char.is_alphanumeric() || matches!(char, '-' | '_'));
            (is_key && !key.is_empty()).then_some((key, start))
        })
    }
}
