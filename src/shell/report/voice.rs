//! In which languages a command speaks, and its sentences in them.

use crate::diagnostic::Message;
use crate::knowledge::{Knowledge, Language};
use crate::review::sentence;
use crate::shell::told::Teller;
use crate::text::{Counted, Wording};
use crate::tutor::Reading;

/// The knowledge, spoken in the reader's languages.
#[derive(Debug, Clone, Copy)]
pub struct Voice<'k> {
    pub knowledge: &'k Knowledge,
    pub reading: Reading,
}

impl Voice<'_> {
    /// The languages in which sentences are said, in the order in which they are shown.
    pub fn languages(&self) -> Vec<Language> {
        match self.reading {
            Reading::One(language) => vec![language],
            Reading::Both(_) => Language::ALL.to_vec(),
        }
    }

    /// A text of the interface in the reader's first language, for labels that stand once.
    pub fn label(&self, key: Wording, args: &[(&str, &str)]) -> String {
        self.knowledge.ui(self.reading.base(), key, args)
    }

    /// A text of the interface, once for each language.
    pub fn say(&self, key: Wording, args: &[(&str, &str)]) -> Vec<String> {
        let ui = |language| self.knowledge.ui(language, key, args);
        self.languages().into_iter().map(ui).collect()
    }

    /// A message's sentence, once for each language.
    pub fn sentences(&self, message: &Message) -> Vec<String> {
        let sentence = |language| sentence(self.knowledge, language, message);
        self.languages().into_iter().map(sentence).collect()
    }

    /// An error with its causes, once for each language.
    pub fn tell(&self, error: &(dyn std::error::Error + 'static)) -> Vec<String> {
        let tell = |language| Teller { knowledge: self.knowledge, language }.tell(error);
        self.languages().into_iter().map(tell).collect()
    }

    /// How many there are of something.
    pub fn count(&self, language: Language, what: Counted, number: usize) -> String {
        self.knowledge.ui(language, what.of(number), &[("n", &number.to_string())])
    }
}
