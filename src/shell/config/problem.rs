//! What is wrong at a place in settings.

use std::fmt;

use crate::knowledge::likeness;
use crate::wording::{self, Wording};

/// What makes no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// A name that is none of those which there are.
    Unknown { what: Unknown, name: String, known: Vec<String> },
    /// A value of another kind than this, in the words of the reader of TOML: `a sequence`.
    Kind { found: String, expected: String },
    /// A pattern for files; the reason is that of its reader.
    Pattern(String),
    /// No TOML; the reason is that of its reader.
    Toml(String),
}

/// Of what there is no such name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    Key,
    Rule,
    Severity,
    Environment,
}

impl Unknown {
    /// The English word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Rule => "rule",
            Self::Severity => "severity",
            Self::Environment => "environment",
        }
    }

    pub fn wording(self) -> Wording {
        match self {
            Self::Key => wording::errors::settings::KEY,
            Self::Rule => wording::errors::settings::RULE,
            Self::Severity => wording::errors::settings::SEVERITY,
            Self::Environment => wording::errors::settings::ENVIRONMENT,
        }
    }
}

impl Problem {
    /// What the reader of TOML found.
    pub(super) fn of_toml(message: &str) -> Self {
        let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
        if message.starts_with("unknown field ")
            && let Some((name, known)) = quoted.split_first()
        {
            let known = known.iter().map(|it| (*it).to_owned()).collect();
            return Self::Unknown { what: Unknown::Key, name: (*name).to_owned(), known };
        }
        let kinds =
            message.strip_prefix("invalid type: ").and_then(|it| it.split_once(", expected "));
        match kinds {
            Some((found, expected)) => {
                Self::Kind { found: found.to_owned(), expected: expected.to_owned() }
            }
            None => Self::Toml(message.to_owned()),
        }
    }
}

/// The name that was likely meant.
pub fn meant<'k>(name: &str, known: &'k [String]) -> Option<&'k str> {
    let alike = |known: &&String| likeness(name, known);
    let nearest = known.iter().max_by(|one, other| alike(one).total_cmp(&alike(other)));
    nearest.filter(|it| alike(it) > 0.75).map(String::as_str)
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { what, name, known } => {
                write!(out, "unknown {} `{name}`", what.name())?;
                match meant(name, known) {
                    Some(nearest) => write!(out, "; did you mean `{nearest}`?"),
                    None => write!(out, "; there are {}", known.join(", ")),
                }
            }
            Self::Kind { found, expected } => {
                write!(out, "invalid type: {found}, expected {expected}")
            }
            Self::Pattern(why) | Self::Toml(why) => out.write_str(why),
        }
    }
}
