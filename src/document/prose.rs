//! Running text in tones, which a back end wraps and colours.

use crate::knowledge::{Inline, inlines};

/// What a stretch of text means. A back end gives each meaning a colour; wherever a meaning
/// matters a [`super::Mark`] says the same without colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Tone {
    #[default]
    Plain,
    Quiet,
    Strong,
    Emphasis,
    Code,
    /// A key to press.
    Key,
    Link,
    Mistake,
    Caution,
    Advice,
    Right,
    Evidence,
}

/// A stretch of text in one tone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub text: String,
    pub tone: Tone,
}

/// Running text, wrapped by the back end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prose(pub Vec<Run>);

impl Prose {
    /// Inline Markdown.
    pub fn of(markdown: &str) -> Self {
        Self::of_inlines(&inlines(markdown))
    }

    /// Parsed inline Markdown.
    pub fn of_inlines(inlines: &[Inline]) -> Self {
        Self::toned_inlines(inlines, Tone::Plain)
    }

    /// Lines of inline Markdown; their ends stay.
    pub fn of_lines(markdown: &str) -> Self {
        let mut runs = Vec::new();
        for (at, line) in markdown.lines().enumerate() {
            runs.extend((at > 0).then(|| Run { text: "\n".to_owned(), tone: Tone::Plain }));
            runs.extend(Self::of(line).0);
        }
        Self(runs)
    }

    /// The same, with what has no tone of its own in `tone`.
    pub fn toned_inlines(inlines: &[Inline], tone: Tone) -> Self {
        Self(runs(inlines, tone))
    }

    /// Text in one tone.
    pub fn toned(text: impl Into<String>, tone: Tone) -> Self {
        Self(vec![Run { text: text.into(), tone }])
    }

    /// Text in the plain tone.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::toned(text, Tone::Plain)
    }

    /// The same text with its plain parts in `tone`; code stays code.
    #[must_use]
    pub fn in_tone(mut self, tone: Tone) -> Self {
        for run in self.0.iter_mut().filter(|run| run.tone == Tone::Plain) {
            run.tone = tone;
        }
        self
    }

    /// The text alone.
    pub fn text(&self) -> String {
        self.0.iter().map(|run| run.text.as_str()).collect()
    }
}

fn runs(inlines: &[Inline], tone: Tone) -> Vec<Run> {
    let mut out = Vec::new();
    for inline in inlines {
        match inline {
            Inline::Text(text) => out.push(Run { text: text.clone(), tone }),
            Inline::Code(text) => out.push(Run { text: text.clone(), tone: Tone::Code }),
            Inline::Strong(inner) => out.extend(runs(inner, Tone::Strong)),
            Inline::Emphasis(inner) => out.extend(runs(inner, Tone::Emphasis)),
            Inline::Link { text, .. } => out.extend(runs(text, Tone::Link)),
        }
    }
    out
}
