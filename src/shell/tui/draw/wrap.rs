//! Breaks running text into lines by display width, by the customs of English and Chinese.
//!
//! Lines end at spaces and between Chinese characters; no line begins with a closing mark and none
//! ends with an opening one.

use ratatui::style::Style;
use ratatui::text::Span;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::shell::visible;

/// Marks that no line begins with.
const CLOSING: &str = "，。、；：？！）》」』】〕〉｝］”’…—％‰℃·・々ー,.;:?!)]}»%~～\
                       ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ";

/// Marks that no line ends with.
const OPENING: &str = "（《「『【〔〈｛［“‘([{«￥＄";

/// Signs after which a word that is longer than a line is best broken.
const SEAMS: &str = "/._-(,=&?";

/// A line of styled text.
pub type Spans = Vec<Span<'static>>;

/// Breaks safe text into lines of at most `width` columns. There is always one line; a character
/// wider than `width` has a line to itself.
pub fn wrap(spans: &[Span<'_>], width: usize) -> Vec<Spans> {
    let clusters: Vec<Cluster<'_>> = spans
        .iter()
        .flat_map(|span| span.content.graphemes(true).map(|text| Cluster::new(text, span.style)))
        .collect();
    let mut lines = Vec::new();
    let mut rest = clusters.as_slice();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(line_end(rest, width.max(1)));
        lines.push(join(trim_end(line)));
        rest = trim_start(after);
    }
    if lines.is_empty() {
        lines.push(Vec::new());
    }
    lines
}

/// A grapheme cluster with its look.
#[derive(Debug, Clone, Copy)]
struct Cluster<'a> {
    text: &'a str,
    width: usize,
    style: Style,
}

impl<'a> Cluster<'a> {
    fn new(text: &'a str, style: Style) -> Self {
        Self { text, width: visible::width(text), style }
    }

    fn is_space(self) -> bool {
        self.text == " "
    }

    fn is_one_of(self, signs: &str) -> bool {
        signs.contains(self.text)
    }

    /// Whether this is a Chinese, Japanese or Korean character, where a line may end anywhere.
    fn is_wide(self) -> bool {
        self.text.chars().next().is_some_and(|char| {
            matches!(char, '\u{2E80}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}' |
                '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}')
        }) && self.text.width() > 1
    }
}

/// How many clusters the first line takes.
fn line_end(clusters: &[Cluster<'_>], width: usize) -> usize {
    let mut used = 0;
    let mut best = None;
    let mut seam = None;
    for (at, cluster) in clusters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| clusters.get(at));
        if before.is_some_and(|before| may_break(*before, *cluster)) {
            best = Some(at);
        } else if before.is_some_and(|before| before.is_one_of(SEAMS)) && at * 2 > width {
            seam = Some(at);
        }
        used += cluster.width;
        if used > width && !cluster.is_space() {
            let last = best.or(seam).unwrap_or(at).max(1);
            // A break that would leave most of the line empty is worse than a broken word.
            return if best.is_some_and(|best| best * 5 < at) {
                seam.unwrap_or(last)
            } else {
                last
            };
        }
    }
    clusters.len()
}

/// Whether a line may end between two neighbours.
fn may_break(before: Cluster<'_>, after: Cluster<'_>) -> bool {
    if after.is_space() || before.is_space() {
        return before.is_space() && !after.is_space();
    }
    let kept = after.is_one_of(CLOSING) || before.is_one_of(OPENING);
    !kept && (before.is_wide() || after.is_wide() || before.is_one_of("，。、；：？！”’）》」—…"))
}

fn trim_end<'c, 'a>(mut line: &'c [Cluster<'a>]) -> &'c [Cluster<'a>] {
    while let [head @ .., last] = line
        && last.is_space()
        && !head.iter().all(|cluster| cluster.is_space())
    {
        line = head;
    }
    line
}

fn trim_start<'c, 'a>(mut line: &'c [Cluster<'a>]) -> &'c [Cluster<'a>] {
    while let [first, tail @ ..] = line
        && first.is_space()
    {
        line = tail;
    }
    line
}

/// Joins neighbours of one look.
fn join(line: &[Cluster<'_>]) -> Spans {
    let mut spans: Spans = Vec::new();
    for cluster in line {
        match spans.last_mut() {
            Some(last) if last.style == cluster.style => {
                last.content.to_mut().push_str(cluster.text);
            }
            _ => spans.push(Span::styled(cluster.text.to_owned(), cluster.style)),
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, width: usize, expected: &[&str]) {
        let lines: Vec<String> = wrap(&[Span::raw(text)], width)
            .iter()
            .map(|line| line.iter().map(|span| span.content.as_ref()).collect())
            .collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn english_breaks_at_spaces() {
        check("one two three", 8, &["one two", "three"]);
        check("one two three", 7, &["one two", "three"]);
        check("", 7, &[""]);
    }

    #[test]
    fn chinese_breaks_between_characters() {
        check("单元格已经在事件循环里", 8, &["单元格已", "经在事件", "循环里"]);
    }

    #[test]
    fn no_line_begins_with_a_closing_mark() {
        for mark in "，。、；：？！）》」』】”’".chars() {
            let text = format!("一二三四{mark}五");
            check(&text, 8, &["一二三", &format!("四{mark}五")]);
        }
    }

    #[test]
    fn no_line_ends_with_an_opening_mark() {
        check("一二三（四五）", 8, &["一二三", "（四五）"]);
    }

    #[test]
    fn chinese_and_code_part_where_they_meet() {
        check("请用await代替asyncio.run。", 10, &["请用await", "代替", "asyncio.", "run。"]);
    }

    #[test]
    fn a_long_word_breaks_at_a_seam() {
        check(
            "see https://docs.python.org/3/library",
            20,
            &["see", "https://docs.python.", "org/3/library"],
        );
    }

    #[test]
    fn leading_spaces_of_the_text_stay() {
        check("    return await x", 12, &["    return", "await x"]);
    }

    #[test]
    fn a_column_too_narrow_for_a_character_still_ends() {
        check("中文", 1, &["中", "文"]);
    }

    #[test]
    fn looks_survive_the_break() {
        let bold = Style::new().bold();
        let lines = wrap(&[Span::raw("a bb "), Span::styled("cc dd", bold)], 7);
        assert_eq!(
            lines,
            [vec![Span::raw("a bb "), Span::styled("cc", bold)], vec![Span::styled("dd", bold)],]
        );
    }
}
