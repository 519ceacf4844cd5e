//! Which stretches of Python text are string literals that run over a line end.

use std::ops::Range;

/// The literals that span lines, from quote to quote, in bytes of `text` and in order. Comments
/// are skipped; a single-quoted literal ends with its line unless a backslash carries it on.
///
/// Text that is being typed may open three quotes and never close them. Nobody can tell then
/// which quotes open and which close, so no literal is reported.
pub fn multiline_literals(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = memchr::memchr3(b'#', b'"', b'\'', bytes.get(at..).unwrap_or_default()) {
        let start = at + next;
        at = match bytes.get(start) {
            Some(b'#') => line_end(bytes, start),
            Some(&quote) => {
                let Some(end) = literal_end(bytes, start, quote) else { return Vec::new() };
                if memchr::memchr(b'\n', bytes.get(start..end).unwrap_or_default()).is_some() {
                    found.push(start..end);
                }
                end
            }
            None => break,
        };
    }
    found
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + memchr::memchr(b'\n', rest).unwrap_or(rest.len())
}

/// Where the literal that opens at `start` ends; `None` when three quotes are never closed.
fn literal_end(bytes: &[u8], start: usize, quote: u8) -> Option<usize> {
    let triple = [quote; 3];
    if bytes.get(start..start + 3) != Some(triple.as_slice()) {
        return Some(short_literal_end(bytes, start, quote));
    }
    let mut at = start + 3;
    loop {
        at += memchr::memchr2(quote, b'\\', bytes.get(at..)?)?;
        if bytes.get(at) == Some(&b'\\') {
            at += 2;
        } else if bytes.get(at..at + 3) == Some(triple.as_slice()) {
            return Some(at + 3);
        } else {
            at += 1;
        }
    }
}

fn short_literal_end(bytes: &[u8], start: usize, quote: u8) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' if bytes.get(at + 1..at + 3) == Some(b"\r\n".as_slice()) => at += 3,
            b'\\' => at += 2,
            b'\n' => return at,
            _ if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found = multiline_literals(text);
        let found: Vec<&str> = found.into_iter().filter_map(|range| text.get(range)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn triple_quotes_and_carried_lines_span_lines() {
        check(
            "x = '''a\nb''' + \"\"\"c\\\"\"\"\nd\"\"\"",
            &["'''a\nb'''", "\"\"\"c\\\"\"\"\nd\"\"\""],
        );
        check("x = 'a \\\nb'", &["'a \\\nb'"]);
        check("x = 'a \\\r\nb'", &["'a \\\r\nb'"]);
        check("x = \"\"\"a\"\"\"\ny = ''", &[]);
    }

    #[test]
    fn quotes_in_comments_and_broken_lines_open_nothing() {
        check("# it's \"\"\" here\nx = 1\n!echo don't\ny = '''\n'''", &["'''\n'''"]);
    }

    #[test]
    fn an_open_literal_hides_nothing() {
        check("x = '''a\n'''\ny = \"\"\" b\n# %%\nz = 1", &[]);
        check("x = \"\"\"a\\", &[]);
    }
}
