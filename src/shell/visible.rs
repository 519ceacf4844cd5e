//! Makes any text safe for a terminal: what would act on it or hide in it is shown as a mark.
//!
//! Escape sequences, control characters, direction overrides, invisible and unassigned characters
//! become marks such as `␛` or `‹U+202E›`; a tab becomes spaces. Every byte of the original keeps a
//! known column.

use std::borrow::Cow;
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

pub use crate::document::columns as width;
use crate::text::TextRange;

/// Columns from one tab stop to the next.
const TAB: usize = 4;

/// Characters of one cluster that are drawn on top of each other; more are left out.
const STACK: usize = 16;

/// What the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Charset {
    #[default]
    Unicode,
    /// A terminal whose locale is not UTF-8: every byte written is ASCII.
    Ascii,
}

/// What a reader sees as one character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cluster {
    /// Bytes of the original.
    pub source: TextRange,
    /// Bytes of [`Visible::text`].
    pub shown: TextRange,
    /// First column, from 0.
    pub column: usize,
    /// Columns taken; never 0.
    pub width: usize,
    /// Whether a mark stands in for the original.
    pub marked: bool,
}

/// One line of text as a terminal may show it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Visible {
    pub text: String,
    pub clusters: Vec<Cluster>,
    /// Columns taken by all of it.
    pub width: usize,
}

impl Visible {
    /// Makes one line safe. A line end inside becomes a mark too.
    pub fn new(line: &str, charset: Charset) -> Self {
        let mut out = Self { text: String::with_capacity(line.len()), ..Self::default() };
        for (at, cluster) in line.grapheme_indices(true) {
            out.push(at, cluster, charset);
        }
        out
    }

    /// The columns that show the bytes `range` of the original, from 0. A cluster counts whole;
    /// an empty range, or one past the end, is an empty stretch where its text would stand.
    pub fn columns(&self, range: TextRange) -> Range<usize> {
        let start = self.column_of(range.start);
        let last = self.clusters.partition_point(|cluster| cluster.source.start < range.end);
        let end = last
            .checked_sub(1)
            .and_then(|at| self.clusters.get(at))
            .map_or(start, |cluster| cluster.column + cluster.width);
        start..end.max(start)
    }

    /// The column where the byte `offset` of the original is shown, from 0.
    pub fn column_of(&self, offset: usize) -> usize {
        let at = self.clusters.partition_point(|cluster| cluster.source.end <= offset);
        self.clusters.get(at).map_or(self.width, |cluster| cluster.column)
    }

    fn push(&mut self, at: usize, cluster: &str, charset: Charset) {
        if cluster == "\t" {
            let width = TAB - self.width % TAB;
            self.add(TextRange::new(at, at + 1), &" ".repeat(width), width, false);
        } else if charset == Charset::Unicode && is_safe(cluster) {
            let width = width(cluster);
            self.add(TextRange::new(at, at + cluster.len()), cluster, width, false);
        } else {
            self.push_apart(at, cluster, charset);
        }
    }

    /// Adds a cluster in which something has to be marked, one character at a time.
    fn push_apart(&mut self, at: usize, cluster: &str, charset: Charset) {
        for (inner, char) in cluster.char_indices() {
            let source = TextRange::new(at + inner, at + inner + char.len_utf8());
            let mut buffer = [0; 4];
            let alone = char.encode_utf8(&mut buffer);
            match (charset, is_safe(alone)) {
                (Charset::Unicode, true) => self.add(source, alone, width(alone), false),
                (Charset::Ascii, true) if char.is_ascii() => self.add(source, alone, 1, false),
                (Charset::Ascii, true) if stand_in(char).is_some() => {
                    let text = stand_in(char).unwrap_or_default();
                    self.add(source, text, text.len(), false);
                }
                _ => {
                    let mark = mark(char, charset);
                    self.add(source, &mark, width(&mark), true);
                }
            }
        }
    }

    fn add(&mut self, source: TextRange, shown: &str, width: usize, marked: bool) {
        let start = self.text.len();
        self.text.push_str(shown);
        let shown = TextRange::new(start, self.text.len());
        self.clusters.push(Cluster { source, shown, column: self.width, width, marked });
        self.width += width;
    }
}

/// Makes one line safe for a Unicode terminal; what is safe already is not copied.
pub fn line(text: &str) -> Cow<'_, str> {
    line_in(text, Charset::Unicode)
}

/// Makes one line safe for a terminal with `charset`; what is safe already is not copied.
pub fn line_in(text: &str, charset: Charset) -> Cow<'_, str> {
    let plain = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let safe = plain
        || (charset == Charset::Unicode
            && !text.contains('\t')
            && text.graphemes(true).all(is_safe));
    if safe { Cow::Borrowed(text) } else { Cow::Owned(Visible::new(text, charset).text) }
}

/// Makes each line of `text` safe and keeps its line ends; `\r\n` becomes `\n`.
pub fn lines(text: &str, charset: Charset) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, piece) in text.split('\n').enumerate() {
        if at > 0 {
            out.push('\n');
        }
        out.push_str(&line_in(piece.strip_suffix('\r').unwrap_or(piece), charset));
    }
    out
}

/// Text that cannot become markup in HTML; what hides in it is to be made visible before.
pub fn in_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            char => out.push(char),
        }
    }
    out
}

/// Whether a cluster can go to a terminal as it is.
fn is_safe(cluster: &str) -> bool {
    if let [byte] = cluster.as_bytes() {
        return (b' '..=b'~').contains(byte);
    }
    let mut before = None;
    let mut rest = cluster.chars().peekable();
    let mut count = 0;
    while let Some(char) = rest.next() {
        count += 1;
        let fits = match char {
            '\u{200D}' => joins(before, rest.peek().copied()),
            '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' => varies(before, char),
            _ => is_printable(char),
        };
        if !fits {
            return false;
        }
        before = Some(char);
    }
    count <= STACK && width(cluster) > 0
}

/// Whether a zero-width joiner stands between two parts of an emoji. Segmentation keeps a wide
/// character behind a joiner in the same cluster only there.
fn joins(before: Option<char>, after: Option<char>) -> bool {
    before.is_some_and(|char| !char.is_alphanumeric() && char != '\u{200D}')
        && after.is_some_and(|char| char.width().is_some_and(|width| width > 0))
}

/// Whether a variation selector has a character to vary.
fn varies(before: Option<char>, selector: char) -> bool {
    before.is_some_and(|char| match char {
        '#' | '*' | '0'..='9' => selector == '\u{FE0F}',
        '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' => false,
        _ => !char.is_ascii() && char.width().is_some_and(|width| width > 0),
    })
}

/// Whether a character is assigned, shows something or is a space, and commands nothing.
fn is_printable(char: char) -> bool {
    match char {
        ' '..='~' => true,
        '\u{4E00}'..='\u{9FFF}' | '\u{3001}'..='\u{3020}' | '\u{FF01}'..='\u{FF5E}' => true,
        '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => {
            true
        }
        // Letters and marks that are assigned and show nothing.
        '\u{34F}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{17B4}'
        | '\u{17B5}'
        | '\u{180B}'..='\u{180F}'
        | '\u{3164}'
        | '\u{FFA0}' => false,
        // The standard library knows which characters are assigned and printable: it escapes the
        // others. A letter in front keeps it from escaping combining marks as well.
        _ => ['a', char].iter().collect::<String>().escape_debug().count() == 2,
    }
}

/// What a reader sees in place of a character.
fn mark(char: char, charset: Charset) -> String {
    let code = u32::from(char);
    match (charset, char) {
        (Charset::Unicode, '\0'..='\u{1F}') => {
            char::from_u32(0x2400 + code).map_or_else(String::new, String::from)
        }
        (Charset::Unicode, '\u{7F}') => "␡".to_owned(),
        (Charset::Unicode, _) => format!("‹U+{code:04X}›"),
        (Charset::Ascii, _) => format!("<U+{code:04X}>"),
    }
}

/// ASCII that says the same as a sign of the interface or of typography.
fn stand_in(char: char) -> Option<&'static str> {
    Some(match char {
        '→' => "->",
        '←' => "<-",
        '↑' => "^",
        '↓' => "v",
        '—' => "--",
        '–' | '‐' | '‑' | '─' => "-",
        '│' | '┃' => "|",
        '…' => "...",
        '‘' | '’' => "'",
        '“' | '”' => "\"",
        '×' => "x",
        '·' => ".",
        '•' => "-",
        '✖' => "x",
        '▲' => "!",
        '✔' => "+",
        '●' => "[x]",
        '○' => "[ ]",
        '≥' => ">=",
        '≤' => "<=",
        '≠' => "!=",
        '\u{A0}' => " ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, unicode: &str, ascii: &str) {
        assert_eq!(line(text), unicode);
        assert_eq!(line_in(text, Charset::Ascii), ascii);
    }

    #[test]
    fn an_escape_sequence_is_shown_and_not_obeyed() {
        check("a\u{1b}[31mb", "a␛[31mb", "a<U+001B>[31mb");
        check("\u{9b}2J", "‹U+009B›2J", "<U+009B>2J");
    }

    #[test]
    fn control_characters_have_pictures() {
        check("\0\u{7}\r\n\u{7f}", "␀␇␍␊␡", "<U+0000><U+0007><U+000D><U+000A><U+007F>");
    }

    #[test]
    fn direction_overrides_and_invisible_characters_are_named() {
        for char in
            "\u{202A}\u{202E}\u{2066}\u{2069}\u{200E}\u{200F}\u{61C}\u{200B}\u{200C}\u{200D}\
                     \u{FEFF}\u{2028}\u{2029}\u{E0041}\u{FE0F}\u{AD}\u{2060}\u{3164}\u{115F}"
                .chars()
        {
            let code = u32::from(char);
            check(&format!("a{char}b"), &format!("a‹U+{code:04X}›b"), &format!("a<U+{code:04X}>b"));
        }
    }

    #[test]
    fn private_and_unassigned_characters_are_named() {
        check(
            "\u{E000}\u{378}\u{10FFFF}",
            "‹U+E000›‹U+0378›‹U+10FFFF›",
            "<U+E000><U+0378><U+10FFFF>",
        );
    }

    #[test]
    fn an_emoji_sequence_stays_whole() {
        for text in ["👨‍👩‍👧‍👦", "🏳️‍🌈", "❤️", "1️⃣", "👍🏽", "🇨🇳"]
        {
            let visible = Visible::new(text, Charset::Unicode);
            assert_eq!((visible.text.as_str(), visible.clusters.len()), (text, 1));
        }
    }

    #[test]
    fn a_joiner_outside_an_emoji_is_named() {
        check("a\u{200D}b", "a‹U+200D›b", "a<U+200D>b");
        check("👨\u{200D}", "👨‹U+200D›", "<U+1F468><U+200D>");
    }

    #[test]
    fn hidden_bytes_in_variation_selectors_come_out() {
        assert_eq!(line("a\u{E0101}\u{E0102}"), "a‹U+E0101›‹U+E0102›");
    }

    #[test]
    fn a_mark_without_a_letter_is_named_and_a_tower_of_marks_is_taken_apart() {
        assert_eq!(line("\u{301}"), "‹U+0301›");
        assert_eq!(line("e\u{301}"), "e\u{301}");
        let tower = format!("e{}", "\u{301}".repeat(40));
        assert!(line(&tower).starts_with("e‹U+0301›"));
    }

    #[test]
    fn a_tab_reaches_the_next_stop() {
        assert_eq!(line("a\tb\t\tc"), "a   b       c");
        assert_eq!(line("中\tb"), "中  b");
    }

    #[test]
    fn byte_ranges_find_their_columns() {
        let visible = Visible::new("\t中\u{202E}x = é", Charset::Unicode);
        assert_eq!(visible.columns(TextRange::new(0, 1)), 0..4);
        assert_eq!(visible.columns(TextRange::new(1, 4)), 4..6);
        assert_eq!(visible.columns(TextRange::new(4, 7)), 6..14);
        assert_eq!(visible.columns(TextRange::new(7, 8)), 14..15);
        assert_eq!(visible.columns(TextRange::new(11, 13)), 18..19);
        assert_eq!(visible.columns(TextRange::new(99, 120)), 19..19);
        assert_eq!(visible.column_of(2), 4);
    }

    #[test]
    fn safe_text_is_not_copied() {
        for text in ["plain", "中文，标点。", "naïve → 结果 👍"] {
            assert!(matches!(line(text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn lines_keep_their_ends() {
        assert_eq!(lines("a\tb\r\nc\u{1b}\n", Charset::Unicode), "a   b\nc␛\n");
    }

    #[test]
    fn an_ascii_terminal_gets_ascii_alone() {
        assert_eq!(line_in("→ next — “é”", Charset::Ascii), "-> next -- \"<U+00E9>\"");
    }
}
