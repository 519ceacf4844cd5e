//! A small tolerant scanner for Python as notebooks write it; TOML is close enough to share it.

use super::Painted;
use crate::shell::tui::theme::Slot;

const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// Cell magics whose body is Python.
/// Source: `ipython_magics` and the bodies they compile, see CRATES.md of the plan.
const PYTHON_BODIES: [&str; 9] =
    ["capture", "debug", "ipytest", "prun", "pypy", "python", "python3", "time", "timeit"];

/// Whether this scanner reads `language`.
pub(super) fn knows(language: &str) -> bool {
    matches!(language, "python" | "py" | "python3" | "ipython" | "pycon" | "toml")
}

/// Colours a source in time proportional to its length.
pub(super) fn paint(language: &str, text: &str) -> Painted {
    let python = language != "toml";
    let mut scanner = Scanner {
        text,
        at: 0,
        python,
        depth: 0,
        after_equals: false,
        naming: false,
        out: Painted::default(),
    };
    if python && scanner.foreign_cell() {
        return scanner.out;
    }
    while scanner.at < text.len() {
        scanner.step();
    }
    scanner.out
}

struct Scanner<'a> {
    text: &'a str,
    /// The next byte, always at a character's start.
    at: usize,
    python: bool,
    /// Open brackets.
    depth: usize,
    /// The last token was `=`, so a magic may follow.
    after_equals: bool,
    /// The last token was `def` or `class`.
    naming: bool,
    out: Painted,
}

impl<'a> Scanner<'a> {
    /// Colours the `%%magic` line that opens a cell. Whether its body is no Python.
    fn foreign_cell(&mut self) -> bool {
        let start = self.text.len() - self.text.trim_start().len();
        let Some(name) = self.rest(start).strip_prefix("%%") else { return false };
        let name = name.split(|char: char| !char.is_alphanumeric() && char != '_').next();
        self.at = start;
        self.take(Slot::CodeMagic, |char| char != '\n');
        name.is_some_and(|name| !PYTHON_BODIES.contains(&name))
    }

    /// Reads one token.
    fn step(&mut self) {
        let Some(char) = self.rest(self.at).chars().next() else { return };
        if char.is_whitespace() {
            let rest = self.rest(self.at);
            self.at += rest.len() - rest.trim_start().len();
            return;
        }
        let line_start = self.opens_line();
        match char {
            '#' => self.take(Slot::CodeComment, |char| char != '\n'),
            '"' | '\'' => self.string(""),
            '%' | '!' if self.python && (line_start || self.after_equals) && self.depth == 0 => {
                self.take(Slot::CodeMagic, |char| char != '\n');
            }
            '@' if line_start && self.python => self.decorator(),
            char if char.is_ascii_digit() => {
                self.take(Slot::CodeNumber, |char| char.is_alphanumeric() || "._".contains(char));
            }
            char if char.is_alphabetic() || char == '_' => return self.word(),
            '(' | '[' | '{' => self.bracket(1),
            ')' | ']' | '}' => self.bracket(-1),
            '=' => {
                let start = self.at;
                self.take(Slot::CodeOperator, is_operator);
                self.after_equals = self.at == start + 1;
                return;
            }
            char if is_operator(char) => self.take(Slot::CodeOperator, is_operator),
            char => self.at += char.len_utf8(),
        }
        self.after_equals = false;
        self.naming = false;
    }

    fn bracket(&mut self, change: isize) {
        self.depth = self.depth.saturating_add_signed(change);
        self.at += 1;
    }

    /// A keyword, a name, or the letters before a string.
    fn word(&mut self) {
        let start = self.at;
        let rest = self.rest(start);
        let word = rest.split(|char: char| !char.is_alphanumeric() && char != '_').next();
        let word = word.unwrap_or_default();
        self.at += word.len();
        let quote = self.rest(self.at).starts_with(['"', '\'']);
        let letters = word.len() <= 2 && word.chars().all(|char| "rRbBuUfFtT".contains(char));
        if quote && letters && self.python {
            self.at = start;
            self.string(word);
            self.naming = false;
        } else if KEYWORDS.contains(&word) && self.python {
            self.out.push(start, self.at, Slot::CodeKeyword);
            self.naming = word == "def" || word == "class";
        } else {
            let named = if self.naming { Slot::CodeFunction } else { Slot::Plain };
            let toml = matches!(word, "true" | "false") && !self.python;
            self.out.push(start, self.at, if toml { Slot::CodeKeyword } else { named });
            self.naming = false;
        }
        self.after_equals = false;
    }

    fn decorator(&mut self) {
        self.take(Slot::CodeFunction, |char| {
            char.is_alphanumeric() || char == '_' || char == '.' || char == '@'
        });
    }

    /// A string whose letters (`f`, `rb`) stand at the current byte.
    fn string(&mut self, letters: &str) {
        let mut start = self.at;
        let after = self.rest(start + letters.len());
        let Some(quote) = after.chars().next() else { return };
        let triple = [quote; 3].iter().collect::<String>();
        let (delimiter, long) =
            if after.starts_with(&triple) { (triple, true) } else { (quote.to_string(), false) };
        let template = letters.contains(['f', 'F', 't', 'T']);
        self.at = start + letters.len() + delimiter.len();
        while let Some(char) = self.rest(self.at).chars().next() {
            if self.rest(self.at).starts_with(&delimiter) {
                self.at += delimiter.len();
                break;
            }
            match char {
                '\\' => {
                    self.at += 1;
                    self.at += self.rest(self.at).chars().next().map_or(0, char::len_utf8);
                }
                '\n' if !long => break,
                '{' if template && self.rest(self.at).starts_with("{{") => self.at += 2,
                '{' if template => {
                    self.out.push(start, self.at, Slot::CodeString);
                    self.field(long);
                    start = self.at;
                }
                char => self.at += char.len_utf8(),
            }
        }
        self.out.push(start, self.at, Slot::CodeString);
    }

    /// The code between braces in an f-string, left plain; ends after its closing brace, or at
    /// the end of the line where none comes.
    fn field(&mut self, long: bool) {
        let mut depth = 0_usize;
        while let Some(char) = self.rest(self.at).chars().next() {
            if char == '\n' && !long {
                return;
            }
            self.at += char.len_utf8();
            match char {
                '{' | '[' | '(' => depth += 1,
                '}' | ']' | ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// Takes characters as long as `more` says so.
    fn take(&mut self, slot: Slot, more: impl Fn(char) -> bool) {
        let start = self.at;
        let rest = self.rest(start);
        self.at += rest.find(|char| !more(char)).unwrap_or(rest.len());
        self.out.push(start, self.at, slot);
    }

    /// Whether only white space stands between the line's start and here.
    fn opens_line(&self) -> bool {
        let before = self.text.get(..self.at).unwrap_or_default().trim_end_matches([' ', '\t']);
        before.is_empty() || before.ends_with('\n')
    }

    fn rest(&self, at: usize) -> &'a str {
        self.text.get(at..).unwrap_or_default()
    }
}

fn is_operator(char: char) -> bool {
    "=+-*/%<>!&|^~@:".contains(char)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the looks of a source, one letter for each byte.
    fn check(source: &str, expected: &str) {
        let painted = paint("python", source);
        let letters: String = (0..source.len())
            .map(|at| match painted.slot(at) {
                Slot::CodeKeyword => 'k',
                Slot::CodeString => 's',
                Slot::CodeComment => 'c',
                Slot::CodeNumber => 'n',
                Slot::CodeFunction => 'f',
                Slot::CodeOperator => 'o',
                Slot::CodeMagic => 'm',
                _ => '.',
            })
            .collect();
        assert_eq!(letters, expected, "{source}");
    }

    #[test]
    fn keywords_names_and_numbers_have_looks() {
        check("async def go(x=1):", "kkkkk.kkk.ff..on.o");
        check("@app.get\nclass A: pass", "ffffffff.kkkkk.fo.kkkk");
        check("x = await y  # why", "..o.kkkkk....ccccc");
    }

    #[test]
    fn strings_end_where_python_ends_them() {
        check(r#"'a\'b' + "c""#, r"ssssss.o.sss");
        check("'''a\n'b''' 1", "ssssssssss.n");
        check("'open\nx", "sssss..");
        check("rb'x' bx", "sssss...");
    }

    #[test]
    fn an_f_string_leaves_its_fields_plain() {
        check("f'a{b['k']}c{{d'", "sss........sssss");
        check("f'a{b", "sss..");
    }

    #[test]
    fn magics_are_seen_where_they_can_stand() {
        check("%time f()", "mmmmmmmmm");
        check("!ls\nx = !ls", "mmm...o.mmm");
        check("(a\n % b)", "....o...");
        check("%%bash\ndef x", "mmmmmm......");
        check("%%time\ndef x", "mmmmmm.kkk.f");
    }

    #[test]
    fn half_typed_text_is_no_trouble() {
        for text in ["f\"{", "\\", "'''", "é\u{301}f'", "f'{{", "%%", "@", "b'\\"] {
            paint("python", text);
        }
    }
}
