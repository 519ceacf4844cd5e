//! Running text in tones, which a front end wraps and colours.

/// What a stretch of text means. A front end gives each meaning a colour; wherever a meaning
/// matters a [`super::view::Mark`] says the same without colour.
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

/// Running text, wrapped by the front end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prose(pub Vec<Run>);

impl Prose {
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
