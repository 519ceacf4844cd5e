//! Breaks running text into lines by display width, by the customs of English and Chinese.
//!
//! Lines end at spaces, and beside Chinese, Japanese and Korean characters where Unicode allows it: no line
//! begins with a closing mark and none ends with an opening one.

use unicode_linebreak::linebreaks;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Signs after which a word that is longer than a line is best broken.
const SEAMS: &str = "/._-(,=&?";

/// Marks of Chinese after which a line may end before anything.
const STOPS: &str = "，。、；：？！”’）》」—…";

/// Columns that safe text takes; the terminal library counts the same way.
pub fn columns(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    // Terminals draw the half-width sound marks beside their letter, not over it.
    let beside = text.chars().filter(|char| matches!(char, '\u{FF9E}' | '\u{FF9F}')).count();
    text.width() + beside
}

/// Breaks safe text, in stretches of one look, into lines of at most `width` columns. There is always one
/// line; a character wider than `width` has a line to itself.
pub fn wrap<L: Copy + PartialEq>(stretches: &[(L, &str)], width: usize) -> Vec<Vec<(L, String)>> {
    let clusters = clusters(stretches);
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

/// A character as readers see it, with its look.
#[derive(Debug, Clone, Copy)]
struct Cluster<'a, L> {
    text: &'a str,
    look: L,
    columns: usize,
    /// Whether a line may end before it.
    may_begin: bool,
}

impl<L> Cluster<'_, L> {
    fn is_space(&self) -> bool {
        self.text == " "
    }

    fn is_one_of(&self, signs: &str) -> bool {
        signs.contains(self.text)
    }

    /// Whether this is a Chinese, Japanese or Korean character.
    fn is_wide(&self) -> bool {
        self.text.chars().next().is_some_and(|char| {
            matches!(char, '\u{2E80}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}' |
                '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}')
        }) && self.text.width() > 1
    }
}

fn clusters<'a, L: Copy>(stretches: &[(L, &'a str)]) -> Vec<Cluster<'a, L>> {
    let whole: String = stretches.iter().map(|(_, text)| *text).collect();
    // Without them lines end at spaces alone.
    let mut allowed = (!whole.is_ascii()).then(|| linebreaks(&whole).map(|(at, _)| at).peekable());
    let mut all: Vec<Cluster<'a, L>> = Vec::new();
    let mut start = 0;
    for (look, stretch) in stretches {
        for text in stretch.graphemes(true) {
            let mut cluster =
                Cluster { text, look: *look, columns: columns(text), may_begin: false };
            let is_allowed = allowed.as_mut().is_some_and(|allowed| {
                while allowed.next_if(|at| *at < start).is_some() {}
                allowed.peek() == Some(&start)
            });
            cluster.may_begin = all.last().is_some_and(|before| match before.is_space() {
                true => !cluster.is_space(),
                false => {
                    let beside = before.is_wide() || cluster.is_wide() || before.is_one_of(STOPS);
                    is_allowed && beside && !cluster.is_space()
                }
            });
            start += text.len();
            all.push(cluster);
        }
    }
    all
}

/// How many clusters the first line takes.
fn line_end<L>(clusters: &[Cluster<'_, L>], width: usize) -> usize {
    let mut used = 0;
    let mut best = None;
    let mut seam = None;
    for (at, cluster) in clusters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| clusters.get(at));
        if at > 0 && cluster.may_begin {
            best = Some(at);
        } else if before.is_some_and(|before| before.is_one_of(SEAMS)) && at * 2 > width {
            seam = Some(at);
        }
        used += cluster.columns;
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

fn trim_end<'c, 'a, L>(mut line: &'c [Cluster<'a, L>]) -> &'c [Cluster<'a, L>] {
    while let [head @ .., last] = line
        && last.is_space()
        && !head.iter().all(Cluster::is_space)
    {
        line = head;
    }
    line
}

fn trim_start<'c, 'a, L>(mut line: &'c [Cluster<'a, L>]) -> &'c [Cluster<'a, L>] {
    while let [first, tail @ ..] = line
        && first.is_space()
    {
        line = tail;
    }
    line
}

/// Joins neighbours of one look.
fn join<L: Copy + PartialEq>(line: &[Cluster<'_, L>]) -> Vec<(L, String)> {
    let mut stretches: Vec<(L, String)> = Vec::new();
    for cluster in line {
        match stretches.last_mut() {
            Some((look, text)) if *look == cluster.look => text.push_str(cluster.text),
            _ => stretches.push((cluster.look, cluster.text.to_owned())),
        }
    }
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, width: usize, expected: &[&str]) {
        let lines = wrap(&[((), text)], width).into_iter();
        let lines: Vec<String> =
            lines.map(|line| line.into_iter().map(|(_, text)| text).collect()).collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn english_breaks_at_spaces() {
        check("one two three", 8, &["one two", "three"]);
        check("one two three", 7, &["one two", "three"]);
        check("--one well-known a/b", 9, &["--one", "well-", "known a/b"]);
        check("", 7, &[""]);
    }

    #[test]
    fn chinese_breaks_between_characters() {
        check("单元格已经在事件循环里", 8, &["单元格已", "经在事件", "循环里"]);
    }

    #[test]
    fn no_line_begins_with_a_closing_mark() {
        for mark in "，。、；：？！）》」』】”’％…".chars() {
            let text = format!("一二三四{mark}五");
            check(&text, 8, &["一二三", &format!("四{mark}五")]);
        }
    }

    #[test]
    fn no_line_ends_with_an_opening_mark() {
        for mark in "（《「『【￥".chars() {
            check(&format!("一二三{mark}四"), 8, &["一二三", &format!("{mark}四")]);
        }
    }

    #[test]
    fn small_kana_and_long_vowels_stay_with_what_they_follow() {
        check("あいうっえ", 6, &["あい", "うっえ"]);
        check("アイウーエ", 6, &["アイ", "ウーエ"]);
    }

    #[test]
    fn chinese_and_code_part_where_they_meet() {
        check("请用await代替asyncio.run。", 10, &["请用await", "代替", "asyncio.", "run。"]);
    }

    #[test]
    fn a_long_word_breaks_at_a_seam_or_anywhere() {
        check(
            "see https://docs.python.org/3/library",
            20,
            &["see", "https://docs.python.", "org/3/library"],
        );
        check("abcdefgh", 3, &["abc", "def", "gh"]);
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
        let lines = wrap(&[(0, "a bb "), (1, "cc dd")], 7);
        let stretch = |look, text: &str| (look, text.to_owned());
        assert_eq!(lines, [vec![stretch(0, "a bb "), stretch(1, "cc")], vec![stretch(1, "dd")]]);
    }
}
