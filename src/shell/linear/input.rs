//! Lines of input, whatever ends them.

use std::io::{self, BufRead};

/// Input in lines that a line feed, a carriage return or both end.
pub struct Lines<R> {
    input: R,
    /// Whether the last line ended in a carriage return, to which a line feed may belong.
    returned: bool,
}

impl<R: BufRead> Lines<R> {
    /// Nothing is read yet.
    pub fn new(input: R) -> Self {
        Self { input, returned: false }
    }

    /// The next line with `\n` at its end, which the last may lack; `None` when there is no more.
    ///
    /// # Errors
    /// When the input cannot be read.
    pub(super) fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        loop {
            let held = match self.input.fill_buf() {
                Ok(held) => held,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if held.is_empty() {
                break;
            }
            let skipped =
                usize::from(std::mem::take(&mut self.returned) && held.first() == Some(&b'\n'));
            let rest = held.get(skipped..).unwrap_or_default();
            let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            line.extend_from_slice(rest.get(..end.unwrap_or(rest.len())).unwrap_or_default());
            let Some(end) = end else {
                let taken = held.len();
                self.input.consume(taken);
                continue;
            };
            self.returned = rest.get(end) == Some(&b'\r');
            self.input.consume(skipped + end + 1);
            line.push(b'\n');
            break;
        }
        Ok((!line.is_empty()).then(|| String::from_utf8_lossy(&line).into_owned()))
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    /// The lines of `text`, read in pieces of `size` bytes.
    fn lines(text: &str, size: usize) -> Vec<String> {
        let mut lines = Lines::new(BufReader::with_capacity(size, text.as_bytes()));
        std::iter::from_fn(|| lines.line().expect("memory can be read")).collect()
    }

    #[test]
    fn a_line_ends_at_a_line_feed_a_carriage_return_or_both() {
        for size in 1..9 {
            for text in ["1\n\nx = 中\n.\n", "1\r\rx = 中\r.\r", "1\r\n\r\nx = 中\r\n.\r\n"] {
                assert_eq!(lines(text, size), ["1\n", "\n", "x = 中\n", ".\n"], "{text:?}");
            }
            assert_eq!(lines("a\r\nb", size), ["a\n", "b"]);
            assert_eq!(lines("", size), [""; 0]);
        }
    }
}
