//! Messages between the editor and the program: JSON behind a header that tells its length.
//!
//! The crates for this end the connection at the first message that makes no sense. Here such a
//! message is an answer like the others, and the next one is read.
//! Source: <https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#baseProtocol>.

use std::io::{self, BufRead, Read, Write};

use serde_json::Value;

use crate::shell::files::NOTEBOOK;

/// Bytes of one line of a header.
const LINE: u64 = 4096;

/// Lines of one header.
const LINES: usize = 64;

/// What stood where a message should have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// There is no length, or one that nobody could mean.
    Header,
    TooLong,
    Json(String),
}

/// The next message; `None` at the end of the input.
///
/// # Errors
/// When the input cannot be read, or ends within a message.
pub fn read(input: &mut impl BufRead) -> io::Result<Option<Result<Value, Broken>>> {
    let Some(length) = header(input)? else { return Ok(None) };
    let length = match length {
        Ok(length) => length,
        Err(broken) => return Ok(Some(Err(broken))),
    };
    if length > NOTEBOOK {
        io::copy(&mut input.take(length), &mut io::sink())?;
        return Ok(Some(Err(Broken::TooLong)));
    }
    let mut body = Vec::new();
    input.take(length).read_to_end(&mut body)?;
    if (body.len() as u64) < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(serde_json::from_slice(&body).map_err(|error| Broken::Json(error.to_string()))))
}

/// Writes a message.
///
/// # Errors
/// When the output cannot be written to.
pub fn write(output: &mut impl Write, message: &Value) -> io::Result<()> {
    let body = serde_json::to_vec(message)?;
    write!(output, "Content-Length: {}\r\n\r\n", body.len())?;
    output.write_all(&body)?;
    output.flush()
}

/// The length that a header tells; `None` at the end of the input.
fn header(input: &mut impl BufRead) -> io::Result<Option<Result<u64, Broken>>> {
    let mut length = None;
    for count in 0..LINES {
        let mut line = Vec::new();
        if input.take(LINE).read_until(b'\n', &mut line)? == 0 {
            return Ok((count > 0).then_some(Err(Broken::Header)));
        }
        let line = String::from_utf8_lossy(&line);
        if line.trim().is_empty() {
            return Ok(Some(length.ok_or(Broken::Header)));
        }
        if let Some((name, value)) = line.split_once(':')
            && name.trim().eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok();
        }
    }
    Ok(Some(Err(Broken::Header)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn all(input: &[u8]) -> Vec<Result<Value, Broken>> {
        let mut input = input;
        std::iter::from_fn(|| read(&mut input).unwrap()).collect()
    }

    #[test]
    fn what_is_written_is_read_and_other_headers_are_passed_over() {
        let mut wire = Vec::new();
        write(&mut wire, &json!({"é": 1})).unwrap();
        wire.extend(b"content-type: x\r\nCONTENT-LENGTH:2\r\n\r\n{}");
        assert_eq!(all(&wire), [Ok(json!({"é": 1})), Ok(json!({}))]);
    }

    #[test]
    fn after_what_makes_no_sense_the_next_message_is_read() {
        let good = b"Content-Length: 2\r\n\r\n[]";
        for (bad, broken) in [
            (&b"Content-Length: 3\r\n\r\n{]}"[..], None),
            (b"Content-Length: 2\r\n\r\n\xff\xfe", None),
            (b"Content-Length: x\r\n\r\n", Some(Broken::Header)),
            (b"hello\r\n\r\n", Some(Broken::Header)),
            (b"Content-Length: -1\r\n\r\n", Some(Broken::Header)),
            (b"\r\n", Some(Broken::Header)),
        ] {
            let read = all(&[bad, good].concat());
            assert_eq!(read.len(), 2, "{read:?}");
            assert!(read[0].is_err() && read[1] == Ok(json!([])), "{read:?}");
            assert!(broken.is_none_or(|broken| read[0] == Err(broken)), "{read:?}");
        }
    }

    #[test]
    fn a_length_that_nobody_can_mean_takes_no_memory() {
        let wire = format!("Content-Length: {}\r\n\r\nab", u64::MAX);
        assert_eq!(all(wire.as_bytes()), [Err(Broken::TooLong)]);
        assert!(read(&mut &b"Content-Length: 9\r\n\r\nab"[..]).is_err());
    }

    #[test]
    fn deep_json_is_broken_and_not_the_end() {
        let deep = "[".repeat(100_000);
        let wire = format!("Content-Length: {}\r\n\r\n{deep}", deep.len());
        assert!(matches!(all(wire.as_bytes()).as_slice(), [Err(Broken::Json(_))]));
    }
}
