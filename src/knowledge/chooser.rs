//! "Which pattern?": a few questions that lead to a page and a skeleton to copy.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Deserializer};

use super::language::{Both, Language};
use super::page::{Page, PageKind};
use super::{Knowledge, strings};

/// The kinds of pages that an end may lead to, in the order in which an id is looked for.
pub(super) const KINDS: [PageKind; 3] =
    [PageKind::Pattern, PageKind::Deviation, PageKind::Situation];

/// `content/chooser.yaml`: questions, and where their answers lead.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chooser {
    /// The id of the first question.
    pub start: String,
    /// What stands for each `{name}` of a skeleton when there is nothing better.
    pub names: BTreeMap<String, String>,
    pub questions: BTreeMap<String, Question>,
    pub ends: BTreeMap<String, End>,
}

/// A question and its answers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    #[serde(deserialize_with = "both")]
    pub ask: Both<String>,
    pub choices: Vec<Answer>,
}

/// An answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "RawAnswer")]
pub struct Answer {
    pub text: Both<String>,
    /// `None` when it leads nowhere, or to two places.
    pub leads: Option<Leads>,
}

/// Where an answer leads, by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leads {
    Question(String),
    End(String),
}

/// Where questions end.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// The page to read: a pattern, a deviation or a situation.
    pub page: String,
    /// The kernel cases that run the skeleton.
    #[serde(default)]
    pub facts: Vec<String>,
    #[serde(deserialize_with = "both")]
    pub why: Both<String>,
    #[serde(deserialize_with = "both")]
    pub costs: Both<String>,
    /// Code with `{names}`; without it there is nothing to copy.
    pub skeleton: Option<String>,
}

/// What comes after some answers.
#[derive(Debug, Clone, Copy)]
pub enum Next<'c> {
    Question(&'c Question),
    End(&'c str, &'c End),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAnswer {
    en: String,
    zh: String,
    to: Option<String>,
    end: Option<String>,
}

impl From<RawAnswer> for Answer {
    fn from(raw: RawAnswer) -> Self {
        let leads = match (raw.to, raw.end) {
            (Some(to), None) => Some(Leads::Question(to)),
            (None, Some(end)) => Some(Leads::End(end)),
            _ => None,
        };
        Self { text: Both { en: raw.en, zh: raw.zh }, leads }
    }
}

fn both<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Both<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Raw {
        en: String,
        zh: String,
    }
    Raw::deserialize(deserializer).map(|raw| Both { en: raw.en, zh: raw.zh })
}

impl Chooser {
    /// What comes after these answers, each the number of a choice from 1.
    ///
    /// # Errors
    /// How many of the answers could be followed: the next one is no choice, or one too many.
    pub fn next(&self, answers: &[usize]) -> Result<Next<'_>, usize> {
        let mut at = Next::Question(self.questions.get(&self.start).ok_or(0_usize)?);
        for (count, answer) in answers.iter().enumerate() {
            let Next::Question(question) = at else { return Err(count) };
            let choice = answer.checked_sub(1).and_then(|at| question.choices.get(at));
            at = choice.and_then(|choice| self.after(choice)).ok_or(count)?;
        }
        Ok(at)
    }

    fn after(&self, answer: &Answer) -> Option<Next<'_>> {
        match answer.leads.as_ref()? {
            Leads::Question(id) => self.questions.get(id).map(Next::Question),
            Leads::End(id) => self.ends.get_key_value(id).map(|(id, end)| Next::End(id, end)),
        }
    }

    /// An end's skeleton with these names filled in; those that are not given are the chooser's
    /// own.
    pub fn skeleton(&self, end: &End, names: &HashMap<&str, String>) -> Option<String> {
        let own = self.names.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        let given = names.iter().map(|(name, text)| (*name, text.as_str()));
        // The first of equal names counts.
        let all: Vec<(&str, &str)> = given.chain(own).collect();
        Some(strings::fill(end.skeleton.as_ref()?, &all).trim_end().to_owned())
    }
}

impl Question {
    /// The question in a language.
    pub fn ask(&self, language: Language) -> &str {
        self.ask.get(language)
    }
}

impl Knowledge {
    /// The questions that lead to a pattern; none when their file is broken. Read when they are
    /// first asked for.
    pub fn chooser(&self) -> &Chooser {
        self.chooser.get_or_init(|| {
            let text = self.library.chooser.as_ref().and_then(|source| source.text().ok());
            text.and_then(|text| serde_yaml::from_str(text).ok()).unwrap_or_default()
        })
    }

    /// The page that an end leads to.
    pub fn page_of_end(&self, end: &End) -> Option<&Page> {
        KINDS.into_iter().find_map(|kind| self.page(kind, &end.page))
    }
}
