//! What a report is written on: how wide it is, which signs and colours it takes.

use std::borrow::Cow;
use std::path::Path;

use crate::diagnostic::Severity;
use crate::shell::visible::{self, Charset};

/// The place that output goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paper {
    pub charset: Charset,
    pub color: bool,
    /// Columns of the terminal; `None` when the output is no terminal.
    pub width: Option<usize>,
    /// Whether the terminal follows links.
    pub links: bool,
}

/// What a stretch of text means, which decides how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Strong,
    Emphasis,
    Quiet,
    Code,
    Link,
    Heading,
    Right,
    Removed,
    Severity(Severity),
}

impl Tone {
    /// The parameters of the escape sequence that sets the look.
    fn look(self) -> &'static str {
        match self {
            Tone::Plain => "",
            Tone::Strong => "1",
            Tone::Emphasis => "3",
            Tone::Quiet => "2",
            Tone::Code => "36",
            Tone::Link => "4;34",
            Tone::Heading => "1;35",
            Tone::Right => "32",
            Tone::Removed => "31",
            Tone::Severity(Severity::Error) => "1;31",
            Tone::Severity(Severity::Warning) => "1;33",
            Tone::Severity(Severity::Hint) => "1;34",
        }
    }
}

impl Paper {
    /// Plain Unicode text, as for a file.
    pub const PLAIN: Self =
        Self { charset: Charset::Unicode, color: false, width: None, links: false };

    /// Makes one line of foreign text safe to show; line ends inside become marks.
    pub fn safe<'t>(&self, text: &'t str) -> Cow<'t, str> {
        visible::line_in(text, self.charset)
    }

    /// Makes one line of text safe and gives it its look.
    pub fn paint(&self, tone: Tone, text: &str) -> String {
        let safe = self.safe(text);
        match tone.look() {
            look if self.color && !look.is_empty() && !safe.is_empty() => {
                format!("\u{1b}[{look}m{safe}\u{1b}[0m")
            }
            _ => safe.into_owned(),
        }
    }

    /// Text that leads to a file, where the terminal follows links. `text` is safe already.
    ///
    /// Source: <https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda>.
    pub fn link(&self, file: &Path, text: String) -> String {
        match (self.links, std::path::absolute(file)) {
            (true, Ok(whole)) => {
                format!("\u{1b}]8;;{}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\", address(&whole))
            }
            _ => text,
        }
    }

    /// The sign of a severity, so that colour is not alone in saying it.
    pub fn sign(&self, severity: Severity) -> &'static str {
        match (self.charset, severity) {
            (Charset::Unicode, Severity::Error) => "✖",
            (Charset::Unicode, Severity::Warning) => "▲",
            (Charset::Unicode, Severity::Hint) => "·",
            (Charset::Ascii, Severity::Error) => "x",
            (Charset::Ascii, Severity::Warning) => "!",
            (Charset::Ascii, Severity::Hint) => "-",
        }
    }

    /// The sign that all is well.
    pub fn right(&self) -> &'static str {
        self.either("✔", "ok:")
    }

    /// One of two signs, by what can be shown.
    pub fn either(&self, unicode: &'static str, ascii: &'static str) -> &'static str {
        match self.charset {
            Charset::Unicode => unicode,
            Charset::Ascii => ascii,
        }
    }
}

/// The address of a file. Every byte that a terminal could take for something else is escaped.
fn address(file: &Path) -> String {
    let path = file.to_string_lossy().replace('\\', "/");
    let mut out = String::from(if path.starts_with('/') { "file://" } else { "file:///" });
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' | b'~' | b':' => {
                out.push(char::from(byte));
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_painted_text_cannot_end_its_own_colour() {
        let paper = Paper { color: true, ..Paper::PLAIN };
        assert_eq!(paper.paint(Tone::Code, "a\u{1b}[0mb"), "\u{1b}[36ma␛[0mb\u{1b}[0m");
        assert_eq!(Paper::PLAIN.paint(Tone::Code, "a"), "a");
    }

    #[test]
    fn a_link_names_the_file_and_no_name_ends_it() {
        assert_eq!(address(Path::new("/a b/é\u{1b}.py")), "file:///a%20b/%C3%A9%1B.py");
        let file = Path::new("/x.py");
        let paper = Paper { links: true, ..Paper::PLAIN };
        let linked = paper.link(file, "x".to_owned());
        assert_eq!(linked, "\u{1b}]8;;file:///x.py\u{1b}\\x\u{1b}]8;;\u{1b}\\");
        assert_eq!(Paper::PLAIN.link(file, "x".to_owned()), "x");
    }
}
