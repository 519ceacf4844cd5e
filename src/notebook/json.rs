//! A JSON scanner that keeps byte positions and takes what Python's `json` module takes.
//!
//! Beyond RFC 8259 that is: lone surrogates (`"\ud800"`), duplicate keys (the last one counts),
//! and the names `NaN`, `Infinity` and `-Infinity`. A byte order mark is the caller's to skip.
//! Source: <https://docs.python.org/3/library/json.html#standard-compliance-and-interoperability>.

use std::ops::Range;

use crate::notebook::escapes::{decode, hex4};
use crate::text::CellIndex;

/// What is wrong, at which byte of the file from 0, and in which cell where that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) what: &'static str,
    pub(super) cell: Option<CellIndex>,
}

impl Fault {
    pub(super) fn new(at: usize, what: &'static str) -> Self {
        Self { at, what, cell: None }
    }

    /// The same fault, told as one of `cell`.
    pub(super) fn in_cell(self, cell: CellIndex) -> Self {
        Self { cell: self.cell.or(Some(cell)), ..self }
    }
}

pub(super) type Scan<T> = Result<T, Fault>;

/// Reads one value after the other, from byte `at` of `text`.
#[derive(Debug, Clone)]
pub(super) struct Json<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Json<'a> {
    pub(super) fn new(text: &'a str, at: usize) -> Self {
        Self { text, at }
    }

    /// The next byte that is not white space. Stands before that byte afterwards.
    pub(super) fn peek(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let blank = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t'));
        self.at += blank.count();
        self.byte()
    }

    /// Where the next value starts, in bytes.
    pub(super) fn position(&mut self) -> usize {
        self.peek();
        self.at
    }

    /// Reads an object: `member` is called with each key and has to read the value. Any other
    /// value is skipped.
    pub(super) fn object(
        &mut self,
        mut member: impl FnMut(&mut Self, &str) -> Scan<()>,
    ) -> Scan<Range<usize>> {
        if self.peek() != Some(b'{') {
            return self.skip();
        }
        let start = self.at;
        self.at += 1;
        if self.take(b'}') {
            return Ok(start..self.at);
        }
        loop {
            let key = self.key()?;
            member(self, &decode(self.text, key).text)?;
            if self.take(b'}') {
                return Ok(start..self.at);
            }
            self.expect(b',', "expected ',' or '}'")?;
        }
    }

    /// Reads an array: `element` is called before each element and has to read it. Any other
    /// value is skipped.
    pub(super) fn array(
        &mut self,
        mut element: impl FnMut(&mut Self) -> Scan<()>,
    ) -> Scan<Range<usize>> {
        if self.peek() != Some(b'[') {
            return self.skip();
        }
        let start = self.at;
        self.at += 1;
        if self.take(b']') {
            return Ok(start..self.at);
        }
        loop {
            element(self)?;
            if self.take(b']') {
                return Ok(start..self.at);
            }
            self.expect(b',', "expected ',' or ']'")?;
        }
    }

    /// Reads a string as text. Any other value is skipped and gives `None`.
    pub(super) fn text(&mut self) -> Scan<Option<String>> {
        if self.peek() != Some(b'"') {
            self.skip()?;
            return Ok(None);
        }
        let raw = self.string()?;
        Ok(Some(decode(self.text, raw).text.into_owned()))
    }

    /// Reads a whole number from 0. Any other value is skipped and gives `None`.
    pub(super) fn number(&mut self) -> Scan<Option<u32>> {
        let span = self.skip()?;
        Ok(self.text.get(span).and_then(|digits| digits.parse().ok()))
    }

    /// Reads a value of any kind, however deep, without recursion. Gives its bytes.
    pub(super) fn skip(&mut self) -> Scan<Range<usize>> {
        let start = self.position();
        let mut open: Vec<u8> = Vec::new();
        loop {
            let entered = self.enter_or_skip_scalar(&mut open)?;
            if !entered && self.leave(&mut open)? {
                return Ok(start..self.at);
            }
        }
    }

    /// Reads a string and gives the bytes between its quotes.
    pub(super) fn string(&mut self) -> Scan<Range<usize>> {
        self.expect(b'"', "expected a string")?;
        let start = self.at;
        loop {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            let Some(found) = special(rest) else {
                return Err(Fault::new(start - 1, "this string has no end"));
            };
            self.at += found;
            match rest.get(found) {
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                _ => return Err(self.fault("control character in a string")),
            }
        }
        self.at += 1;
        Ok(start..self.at - 1)
    }

    /// Fails unless nothing but white space is left.
    pub(super) fn end(&mut self) -> Scan<()> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.fault("text after the end")),
        }
    }

    /// Reads a scalar, or the opening of an object or array that has members: the latter gives
    /// `true`, and the next value follows.
    fn enter_or_skip_scalar(&mut self, open: &mut Vec<u8>) -> Scan<bool> {
        match self.peek() {
            Some(b'{') => {
                self.at += 1;
                if self.take(b'}') {
                    return Ok(false);
                }
                open.push(b'}');
                self.key()?;
                Ok(true)
            }
            Some(b'[') => {
                self.at += 1;
                if self.take(b']') {
                    return Ok(false);
                }
                open.push(b']');
                Ok(true)
            }
            Some(b'"') => self.string().map(|_| false),
            Some(_) => self.scalar().map(|()| false),
            None => Err(self.fault("the text ends too early")),
        }
    }

    /// Reads what follows a value: closings, then a comma. `true` when nothing is open any more.
    fn leave(&mut self, open: &mut Vec<u8>) -> Scan<bool> {
        while let Some(&closing) = open.last() {
            if self.take(closing) {
                open.pop();
            } else if closing == b'}' {
                self.expect(b',', "expected ',' or '}'")?;
                self.key()?;
                return Ok(false);
            } else {
                self.expect(b',', "expected ',' or ']'")?;
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Reads a key and its colon.
    fn key(&mut self) -> Scan<Range<usize>> {
        if self.peek() != Some(b'"') {
            return Err(self.fault("expected a key in double quotes"));
        }
        let key = self.string()?;
        self.peek();
        self.expect(b':', "expected ':'")?;
        Ok(key)
    }

    fn scalar(&mut self) -> Scan<()> {
        const NAMES: [&str; 6] = ["true", "false", "null", "NaN", "Infinity", "-Infinity"];
        let rest = self.text.get(self.at..).unwrap_or_default();
        if let Some(name) = NAMES.iter().find(|name| rest.starts_with(**name)) {
            self.at += name.len();
            return Ok(());
        }
        match number_length(rest.as_bytes()) {
            0 => Err(self.fault("expected a value")),
            length => {
                self.at += length;
                Ok(())
            }
        }
    }

    fn escape(&mut self) -> Scan<()> {
        let bytes = self.text.as_bytes();
        match bytes.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
            Some(b'u') if hex4(bytes, self.at + 2).is_some() => self.at += 6,
            _ => return Err(self.fault("invalid escape in a string")),
        }
        Ok(())
    }

    /// Skips white space and then `byte`, if that comes next.
    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8, otherwise: &'static str) -> Scan<()> {
        if self.take(byte) { Ok(()) } else { Err(self.fault(otherwise)) }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn fault(&self, what: &'static str) -> Fault {
        let what = if self.byte().is_none() { "the text ends too early" } else { what };
        Fault::new(self.at, what)
    }
}

/// Where the first quote, backslash or control character stands. The first bytes are looked at in
/// words, since most strings are short; the rest of a long one in larger steps.
fn special(bytes: &[u8]) -> Option<usize> {
    const SHORT: usize = 64;
    let (head, rest) = bytes.split_at(bytes.len().min(SHORT));
    let (words, tail) = head.as_chunks();
    for (index, word) in words.iter().enumerate() {
        let found = special_in_word(u64::from_le_bytes(*word));
        if found != 0 {
            return Some(index * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let is_control = |byte: &u8| *byte < 0x20;
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\') || is_control(byte);
    if let Some(found) = tail.iter().position(is_special) {
        return Some(words.len() * 8 + found);
    }
    let found = memchr::memchr2(b'"', b'\\', rest);
    let plain = rest.get(..found.unwrap_or(rest.len()))?;
    let dirty = |block: &[u8]| block.iter().fold(false, |seen, byte| seen | is_control(byte));
    let control = plain.chunks(64).any(dirty).then(|| plain.iter().position(is_control));
    control.flatten().or(found).map(|at| at + head.len())
}

/// Sets the high bit of the first special byte of `word`, the lowest, and perhaps of later ones.
/// Source: <https://graphics.stanford.edu/~seander/bithacks.html#HasLessInWord>.
fn special_in_word(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let less = |word: u64, than: u64| word.wrapping_sub(ONES * than) & !word;
    let is = |byte: u8| less(word ^ (ONES * u64::from(byte)), 1);
    (less(word, 0x20) | is(b'"') | is(b'\\')) & (ONES << 7)
}

/// How many bytes a JSON number at the start of `bytes` takes; 0 when there is none.
fn number_length(bytes: &[u8]) -> usize {
    let digits = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let mut at = usize::from(bytes.first() == Some(&b'-'));
    at += match bytes.get(at) {
        Some(b'0') => 1,
        Some(b'1'..=b'9') => digits(at),
        _ => return 0,
    };
    if bytes.get(at) == Some(&b'.') && digits(at + 1) > 0 {
        at += 1 + digits(at + 1);
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        if digits(at + 1 + sign) > 0 {
            at += 1 + sign + digits(at + 1 + sign);
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skip(text: &str) -> Result<Range<usize>, (usize, &'static str)> {
        let mut json = Json::new(text, 0);
        let value = json.skip().map_err(|fault| (fault.at, fault.what))?;
        json.end().map_err(|fault| (fault.at, fault.what)).map(|()| value)
    }

    #[test]
    fn values_that_python_reads_are_read() {
        for text in ["{}", "[]", " [ 1 , -0.5e+3,[ ] ]\n", r#"{"a":{"a":null},"a":[true]}"#] {
            assert!(skip(text).is_ok(), "{text}");
        }
        for text in ["NaN", "[Infinity,-Infinity]", r#""\ud800""#, r#""\/\b\f""#] {
            assert!(skip(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn values_that_python_refuses_are_refused_where_they_go_wrong() {
        assert_eq!(skip("[1,]"), Err((3, "expected a value")));
        assert_eq!(skip("{\"a\" 1}"), Err((5, "expected ':'")));
        assert_eq!(skip("{a:1}"), Err((1, "expected a key in double quotes")));
        assert_eq!(skip("[1}"), Err((2, "expected ',' or ']'")));
        assert_eq!(skip("01"), Err((1, "text after the end")));
        assert_eq!(skip("[\"a\nb\"]"), Err((3, "control character in a string")));
        assert_eq!(skip(r#""\x""#), Err((1, "invalid escape in a string")));
        assert_eq!(skip(r#"["abc"#), Err((1, "this string has no end")));
        assert_eq!(skip("[[1]"), Err((4, "the text ends too early")));
    }

    #[test]
    fn the_first_special_byte_is_found_wherever_it_stands() {
        for special_byte in [b'"', b'\\', 0, 0x1f] {
            for at in (0..80).chain([127, 128, 200]) {
                let mut bytes = "é!#[]\u{7f} x".repeat(25).into_bytes();
                bytes[at] = special_byte;
                bytes[at + 1] = b'"';
                assert_eq!(special(&bytes), Some(at), "{special_byte}");
            }
        }
        assert_eq!(special(&[b' '; 300]), None);
    }

    #[test]
    fn a_million_brackets_do_not_overflow_the_stack() {
        let depth = 1_000_000;
        let text = "[".repeat(depth) + &"]".repeat(depth);
        assert_eq!(skip(&text), Ok(0..2 * depth));
        assert_eq!(skip(&"[".repeat(depth)), Err((depth, "the text ends too early")));
    }
}
