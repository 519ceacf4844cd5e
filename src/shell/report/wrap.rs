//! Text in tones, broken into painted lines.

use super::{Paper, Tone};
use crate::document;

/// A stretch of text of one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub tone: Tone,
    pub text: String,
}

impl Piece {
    /// A stretch of text.
    pub fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self { tone, text: text.into() }
    }
}

/// Makes text safe and breaks it into painted lines of at most `width` columns; without a width
/// there is one line. A word that is longer than a line is broken.
pub fn wrap(paper: Paper, pieces: &[Piece], width: Option<usize>) -> Vec<String> {
    let safe: Vec<_> = pieces.iter().map(|piece| (piece.tone, paper.safe(&piece.text))).collect();
    let stretches: Vec<_> = safe.iter().map(|(tone, text)| (*tone, &**text)).collect();
    let lines = document::wrap(&stretches, width.unwrap_or(usize::MAX)).into_iter();
    let painted = lines.map(|line| {
        let last = line.len().saturating_sub(1);
        let stretch = |(at, (tone, text)): (usize, (Tone, String))| match at == last {
            true => paper.paint(tone, text.trim_end()),
            false => paper.paint(tone, &text),
        };
        line.into_iter().enumerate().map(stretch).collect()
    });
    painted.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_goes_on_in_the_next_line() {
        let paper = Paper { color: true, ..Paper::PLAIN };
        let pieces = [Piece::new(Tone::Plain, "a "), Piece::new(Tone::Strong, "bb cc")];
        let lines = wrap(paper, &pieces, Some(5));
        assert_eq!(lines, ["a \u{1b}[1mbb\u{1b}[0m", "\u{1b}[1mcc\u{1b}[0m"]);
        assert_eq!(wrap(paper, &pieces, None), ["a \u{1b}[1mbb cc\u{1b}[0m"]);
    }
}
