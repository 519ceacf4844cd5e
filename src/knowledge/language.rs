//! The two languages that every page speaks.

use serde::{Deserialize, Serialize};

/// English or Chinese.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    #[default]
    En,
    Zh,
}

impl Language {
    /// Both, in the order in which they are shown.
    pub const ALL: [Self; 2] = [Self::En, Self::Zh];

    /// `en` or `zh`, as on the command line and in `interface.yaml`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }

    /// The language that a tag such as `zh`, `zh-CN` or `en_GB.UTF-8` begins with.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_', '.']).next()?;
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.as_str()))
    }
}

/// The same thing in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Both<T> {
    pub en: T,
    pub zh: T,
}

impl<T> Both<T> {
    /// The one in `language`.
    pub fn get(&self, language: Language) -> &T {
        match language {
            Language::En => &self.en,
            Language::Zh => &self.zh,
        }
    }

    /// Both made anew by `change`.
    pub fn map<U>(self, mut change: impl FnMut(T) -> U) -> Both<U> {
        Both { en: change(self.en), zh: change(self.zh) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_names_its_language_by_the_first_part() {
        assert_eq!(Language::from_tag("zh-Hans-CN"), Some(Language::Zh));
        assert_eq!(Language::from_tag("en_GB.UTF-8"), Some(Language::En));
        assert_eq!(Language::from_tag("de"), None);
    }
}
