//! Breaks text into lines by display width, by the customs of English and Chinese.
//!
//! Lines end at spaces and between Chinese characters; no line begins with a closing mark and none
//! ends with an opening one.

use unicode_segmentation::UnicodeSegmentation;

use super::{Paper, Tone};
use crate::shell::visible;

/// Marks that no line begins with.
const CLOSING: &str = "，。、；：？！）》」』】〕〉｝］”’…—％,.;:?!)]}»%～";

/// Marks that no line ends with.
const OPENING: &str = "（《「『【〔〈｛［“‘([{«￥";

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
    let safe: Vec<(Tone, _)> =
        pieces.iter().map(|piece| (piece.tone, paper.safe(&piece.text))).collect();
    let clusters: Vec<Cluster<'_>> = safe
        .iter()
        .flat_map(|(tone, text)| text.graphemes(true).map(|text| Cluster { tone: *tone, text }))
        .collect();
    let mut lines = Vec::new();
    let mut rest = clusters.as_slice();
    while !rest.is_empty() {
        let end = width.map_or(rest.len(), |width| line_end(rest, width.max(1)));
        let (line, after) = rest.split_at(end);
        lines.push(join(paper, line));
        rest = trim_start(after);
    }
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

/// A character as readers see it, with its look.
#[derive(Debug, Clone, Copy)]
struct Cluster<'a> {
    tone: Tone,
    text: &'a str,
}

impl Cluster<'_> {
    fn is_space(self) -> bool {
        self.text == " "
    }

    fn is_one_of(self, signs: &str) -> bool {
        signs.contains(self.text)
    }

    fn is_wide(self) -> bool {
        visible::width(self.text) > 1
    }
}

/// How many clusters the first line takes.
fn line_end(clusters: &[Cluster<'_>], width: usize) -> usize {
    let mut used = 0;
    let mut best = None;
    let mut before: Option<Cluster<'_>> = None;
    for (at, cluster) in clusters.iter().enumerate() {
        if before.is_some_and(|before| may_break(before, *cluster)) {
            best = Some(at);
        }
        used += visible::width(cluster.text);
        if used > width && !cluster.is_space() {
            return best.unwrap_or(at).max(1);
        }
        before = Some(*cluster);
    }
    clusters.len()
}

/// Whether a line may end between two neighbours.
fn may_break(before: Cluster<'_>, after: Cluster<'_>) -> bool {
    if after.is_space() || before.is_space() {
        return before.is_space() && !after.is_space();
    }
    let kept = after.is_one_of(CLOSING) || before.is_one_of(OPENING);
    !kept && (before.is_wide() || after.is_wide())
}

fn trim_start<'c, 'a>(mut line: &'c [Cluster<'a>]) -> &'c [Cluster<'a>] {
    while let [first, tail @ ..] = line
        && first.is_space()
    {
        line = tail;
    }
    line
}

/// Paints a line, neighbours of one look together, without spaces at its end.
fn join(paper: Paper, line: &[Cluster<'_>]) -> String {
    let mut pieces: Vec<Piece> = Vec::new();
    for cluster in line {
        match pieces.last_mut() {
            Some(last) if last.tone == cluster.tone => last.text.push_str(cluster.text),
            _ => pieces.push(Piece::new(cluster.tone, cluster.text)),
        }
    }
    if let Some(last) = pieces.last_mut() {
        last.text.truncate(last.text.trim_end().len());
    }
    pieces.iter().map(|piece| paper.paint(piece.tone, &piece.text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, width: usize, expected: &[&str]) {
        let pieces = [Piece::new(Tone::Plain, text)];
        assert_eq!(wrap(Paper::PLAIN, &pieces, Some(width)), expected);
    }

    #[test]
    fn english_breaks_at_spaces_and_long_words_anywhere() {
        check("one two three", 8, &["one two", "three"]);
        check("one two three", 7, &["one two", "three"]);
        check("abcdefgh", 3, &["abc", "def", "gh"]);
        check("", 7, &[""]);
    }

    #[test]
    fn chinese_breaks_between_characters_but_not_before_a_full_stop() {
        check("单元格已经在事件循环里", 8, &["单元格已", "经在事件", "循环里"]);
        check("一二三四。五", 8, &["一二三", "四。五"]);
        check("一二三（四五）", 8, &["一二三", "（四五）"]);
    }

    #[test]
    fn a_look_goes_on_in_the_next_line() {
        let paper = Paper { color: true, ..Paper::PLAIN };
        let pieces = [Piece::new(Tone::Plain, "a "), Piece::new(Tone::Strong, "bb cc")];
        let lines = wrap(paper, &pieces, Some(5));
        assert_eq!(lines, ["a \u{1b}[1mbb\u{1b}[0m", "\u{1b}[1mcc\u{1b}[0m"]);
    }
}
