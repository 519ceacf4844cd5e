//! What is said below the screen.

use super::{Tutor, reading};
use crate::document::{Prose, Tone};
use crate::knowledge::{Both, Language, fill};
use crate::text::Wording;

impl Tutor<'_> {
    /// Says a text of the interface until the next key.
    pub(super) fn say(&mut self, key: Wording, args: &[(&str, &str)], tone: Tone) {
        self.status = Some(self.clause(key, args).in_tone(tone));
    }

    /// Says why something was not done.
    pub(super) fn say_why(&mut self, why: &Both<String>, tone: Tone) {
        self.status = Some(Prose::toned(self.in_words(why).to_owned(), tone));
    }

    /// What was told in both languages, in the reader's.
    pub(super) fn in_words<'w>(&self, why: &'w Both<String>) -> &'w str {
        why.get(self.reading.base())
    }

    /// A text of the interface, filled after it is read: what a file is called is no Markdown.
    pub(super) fn clause(&self, key: Wording, args: &[(&str, &str)]) -> Prose {
        let mut said = reading::ui(self.knowledge, self.reading.base(), key, &[]);
        for run in &mut said.0 {
            run.text = fill(&run.text, args);
        }
        said
    }

    /// Several clauses as one message.
    pub(super) fn say_all(&mut self, clauses: Vec<Prose>, tone: Tone) {
        let is_chinese = self.reading.base() == Language::Zh;
        let between = if is_chinese { "；" } else { "; " };
        let mut whole = Prose::default();
        for (at, clause) in clauses.into_iter().enumerate() {
            let between = if at > 0 { between } else { "" };
            whole.0.extend(Prose::plain(between).0.into_iter().chain(clause.0));
        }
        self.status = Some(whole.in_tone(tone));
    }
}
