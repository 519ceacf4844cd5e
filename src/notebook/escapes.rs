//! Strings between their quotes: from JSON to text, and back in the style of their neighbours.

use std::borrow::Cow;
use std::ops::Range;

/// A decoded string; `lone` when a lone surrogate became U+FFFD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decoded<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) lone: bool,
}

/// Decodes the bytes between the quotes of a string that the scanner has accepted.
pub(super) fn decode(text: &str, raw: Range<usize>) -> Decoded<'_> {
    let inner = text.get(raw.clone()).unwrap_or_default();
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Decoded { text: Cow::Borrowed(inner), lone: false };
    }
    let mut out = String::with_capacity(inner.len());
    let mut lone = false;
    for (unit, range) in units(text, raw) {
        match unit {
            Unit::Plain => out.push_str(text.get(range).unwrap_or_default()),
            Unit::Char(char) => out.push(char),
            Unit::Lone => {
                out.push(char::REPLACEMENT_CHARACTER);
                lone = true;
            }
        }
    }
    Decoded { text: Cow::Owned(out), lone }
}

/// A piece of a raw string: a stretch without escapes, one escaped character, or the escape of a
/// lone surrogate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Plain,
    Char(char),
    Lone,
}

/// The pieces of the raw string `raw` with their bytes in `text`.
pub(crate) fn units(text: &str, raw: Range<usize>) -> impl Iterator<Item = (Unit, Range<usize>)> {
    let mut at = raw.start;
    std::iter::from_fn(move || {
        let start = at;
        let rest = text.as_bytes().get(at..raw.end).filter(|rest| !rest.is_empty())?;
        let plain = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
        let (unit, length) =
            if plain > 0 { (Unit::Plain, plain) } else { escaped(text.as_bytes(), at) };
        at += length;
        Some((unit, start..at.min(raw.end)))
    })
}

/// How many bytes of the raw string `raw` the first `length` bytes of its text take.
pub(super) fn raw_length(text: &str, raw: Range<usize>, length: usize) -> usize {
    let mut left = length;
    let mut taken = 0;
    for (unit, range) in units(text, raw) {
        let decoded = match unit {
            Unit::Plain => range.len(),
            Unit::Char(char) => char.len_utf8(),
            Unit::Lone => char::REPLACEMENT_CHARACTER.len_utf8(),
        };
        if left < decoded {
            return taken + if unit == Unit::Plain { left } else { 0 };
        }
        left -= decoded;
        taken += range.len();
    }
    taken
}

fn escaped(bytes: &[u8], at: usize) -> (Unit, usize) {
    let char = match bytes.get(at + 1) {
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return escaped_code_unit(bytes, at),
        Some(&byte) => char::from(byte),
        None => char::REPLACEMENT_CHARACTER,
    };
    (Unit::Char(char), 2)
}

fn escaped_code_unit(bytes: &[u8], at: usize) -> (Unit, usize) {
    let low = || {
        let escape = bytes.get(at + 6..at + 8) == Some(b"\\u".as_slice());
        hex4(bytes, at + 8).filter(|low| escape && (0xDC00..0xE000).contains(low))
    };
    match (hex4(bytes, at + 2).unwrap_or(0xD800), low()) {
        (high @ 0xD800..0xDC00, Some(low)) => {
            let code = 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00);
            (char::from_u32(code).map_or(Unit::Lone, Unit::Char), 12)
        }
        (code, _) => (char::from_u32(code).map_or(Unit::Lone, Unit::Char), 6),
    }
}

/// The value of four hexadecimal digits at byte `at`.
pub(super) fn hex4(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = bytes.get(at..at + 4)?;
    digits.iter().try_fold(0, |code, digit| Some(code * 16 + char::from(*digit).to_digit(16)?))
}

/// How a file writes characters that JSON lets one write in several ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Escapes {
    /// Everything beyond ASCII is escaped (`ensure_ascii` in Python).
    pub(super) ascii: bool,
    /// `<`, `>` and `&` are escaped, as Go and Colab do.
    pub(super) html: bool,
    /// Hexadecimal digits are upper-case.
    pub(super) upper: bool,
}

impl Escapes {
    /// The habits seen in the first of `samples` that shows each; samples are JSON texts, the
    /// nearest to the change first.
    pub(super) fn seen_in<'a>(samples: impl Iterator<Item = &'a str> + Clone) -> Self {
        let habit =
            |seen: fn(&str) -> Option<bool>| samples.clone().find_map(seen).unwrap_or_default();
        Self { ascii: habit(ascii_habit), html: habit(html_habit), upper: habit(upper_habit) }
    }

    /// Appends `text` to `out`, escaped.
    pub(super) fn encode(self, text: &str, out: &mut String) {
        for char in text.chars() {
            match char {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '\u{8}' => out.push_str("\\b"),
                '\u{c}' => out.push_str("\\f"),
                '<' | '>' | '&' if self.html => self.escape(char, out),
                '\0'..=' ' if char != ' ' => self.escape(char, out),
                '\u{7f}'.. if self.ascii => self.escape(char, out),
                _ => out.push(char),
            }
        }
    }

    fn escape(self, char: char, out: &mut String) {
        for unit in char.encode_utf16(&mut [0; 2]) {
            let escape =
                if self.upper { format!("\\u{unit:04X}") } else { format!("\\u{unit:04x}") };
            out.push_str(&escape);
        }
    }
}

fn ascii_habit(json: &str) -> Option<bool> {
    if !json.is_ascii() {
        return Some(false);
    }
    let escaped = |unit| matches!(unit, Unit::Char(char) if !char.is_ascii());
    units(json, 0..json.len()).any(|(unit, _)| escaped(unit)).then_some(true)
}

fn html_habit(json: &str) -> Option<bool> {
    for (unit, range) in units(json, 0..json.len()) {
        match unit {
            Unit::Char('<' | '>' | '&') => return Some(true),
            Unit::Plain if json.get(range)?.contains(['<', '>', '&']) => return Some(false),
            _ => {}
        }
    }
    None
}

fn upper_habit(json: &str) -> Option<bool> {
    units(json, 0..json.len()).find_map(|(unit, range)| {
        let escape = json.get(range).filter(|escape| unit != Unit::Plain && escape.len() > 2)?;
        let letter = escape.get(2..6)?.chars().find(char::is_ascii_alphabetic)?;
        Some(letter.is_ascii_uppercase())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(raw: &str) -> (String, bool) {
        let decoded = decode(raw, 0..raw.len());
        (decoded.text.into_owned(), decoded.lone)
    }

    #[test]
    fn surrogate_pairs_join_and_lone_ones_are_marked() {
        assert_eq!(decoded(r"\ud83d\ude00"), ("😀".to_owned(), false));
        assert_eq!(decoded(r"a\ud800b"), ("a\u{fffd}b".to_owned(), true));
        assert_eq!(decoded(r"\ud800\ud83d\ude00"), ("\u{fffd}😀".to_owned(), true));
        assert_eq!(decoded(r"\udc00\n"), ("\u{fffd}\n".to_owned(), true));
    }

    #[test]
    fn each_habit_comes_from_the_nearest_sample_that_shows_it() {
        let seen = |samples: &[&str]| Escapes::seen_in(samples.iter().copied());
        assert!(seen(&[r"caf\u00e9", "café"]).ascii);
        assert!(!seen(&["café", r"caf\u00e9"]).ascii);
        assert!(seen(&["abc", r"\u003ca\u003e"]).html);
        assert!(!seen(&["a < b", r"\u003c"]).html);
        assert!(seen(&[r"\u00E9"]).upper);
        assert_eq!(seen(&[r"\u001b[0m \ud800"]), Escapes::default());
    }

    #[test]
    fn text_is_escaped_as_the_file_does_it() {
        let encoded = |escapes: Escapes, text: &str| {
            let mut out = String::new();
            escapes.encode(text, &mut out);
            out
        };
        let plain = Escapes::default();
        assert_eq!(encoded(plain, "\0é\t\"\\\u{7f}😀<"), "\\u0000é\\t\\\"\\\\\u{7f}😀<");
        let ascii = Escapes { ascii: true, html: true, upper: false };
        assert_eq!(encoded(ascii, "é\u{7f}😀<"), r"\u00e9\u007f\ud83d\ude00\u003c");
        let upper = Escapes { ascii: true, html: false, upper: true };
        assert_eq!(encoded(upper, "é<"), r"\u00E9<");
    }
}
