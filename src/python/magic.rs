//! IPython's own syntax in a cell: cell magics, line magics, shell lines, prompts, automagic.

use ruff_python_ast::IpyEscapeKind;

use super::tree::Kind;
use crate::text::TextRange;

/// A `%%magic` that opens a cell. Ranges are bytes of the cell's source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellMagic {
    /// The name without `%%`.
    pub name: TextRange,
    /// The rest of the magic's line.
    pub arguments: TextRange,
    /// What follows that line.
    pub body: TextRange,
    pub holds_python: bool,
}

/// Cell magics whose body IPython compiles as Python in this kernel.
///
/// Source: IPython 9 core magics; `ipytest` and `pypy` by ruff's list of Python cell magics.
const PYTHON_BODIES: [&str; 7] = ["capture", "debug", "ipytest", "prun", "time", "timeit", "memit"];

/// Line magics that run the rest of their line as Python in this kernel.
const PYTHON_LINES: [&str; 5] = ["time", "timeit", "prun", "memit", "debug"];

/// Lines that IPython's automagic takes as magics although they are no Python.
///
/// Source: `%automagic` is on by default; the names are the aliases of IPython's `AliasManager`
/// and the `%pip`, `%conda`, `%cd` family.
const AUTOMAGIC: [&str; 17] = [
    "pip", "conda", "mamba", "uv", "cd", "ls", "ll", "cat", "cp", "mv", "rm", "mkdir", "rmdir",
    "pwd", "less", "more", "man",
];

/// The cell magic that opens `source`, if one does: `%%` on the first line that is not blank.
pub fn cell_magic(source: &str) -> Option<CellMagic> {
    let start = source.len() - source.trim_start_matches(['\n', ' ', '\t', '\r']).len();
    let rest = source.get(start..)?.strip_prefix("%%")?;
    let name_start = start + 2;
    let name_len = rest.find(|c: char| c.is_whitespace()).unwrap_or(rest.len());
    let line_len = rest.find('\n').unwrap_or(rest.len());
    let name = TextRange::new(name_start, name_start + name_len.min(line_len));
    let body_start = (name_start + line_len + 1).min(source.len());
    let text = name.slice(source);
    Some(CellMagic {
        name,
        arguments: TextRange::new(name.end, name_start + line_len),
        body: TextRange::new(body_start, source.len()),
        holds_python: PYTHON_BODIES.contains(&text),
    })
}

/// The node for an escape command at `range`.
pub(super) fn escape(source: &str, range: TextRange, kind: IpyEscapeKind) -> Kind {
    let sigil = match kind {
        IpyEscapeKind::Shell | IpyEscapeKind::ShCap => '!',
        IpyEscapeKind::Help | IpyEscapeKind::Help2 => '?',
        IpyEscapeKind::Magic | IpyEscapeKind::Magic2 => '%',
        IpyEscapeKind::Quote => ',',
        IpyEscapeKind::Quote2 => ';',
        IpyEscapeKind::Paren => '/',
    };
    Kind::Escape { sigil, name: line_magic(source, range).0 }
}

/// The name of the line magic written at `range`, and the Python it runs.
pub(super) fn line_magic(source: &str, range: TextRange) -> (TextRange, Option<TextRange>) {
    let text = range.slice(source);
    let after = text.trim_start_matches('%');
    let name_start = range.start + (text.len() - after.len());
    let name_len = after.find(|c: char| c.is_whitespace()).unwrap_or(after.len());
    let name = TextRange::new(name_start, name_start + name_len);
    if !PYTHON_LINES.contains(&name.slice(source)) {
        return (name, None);
    }
    let mut at = name.end;
    while let Some(rest) = source.get(at..range.end) {
        let trimmed = rest.trim_start();
        at += rest.len() - trimmed.len();
        if !trimmed.starts_with('-') {
            break;
        }
        at += option_length(trimmed);
    }
    let code = TextRange::new(at, range.end);
    (name, (!code.is_empty()).then_some(code))
}

/// Length in bytes of an option and its value: `-n 10`, `-n10`, `-q`.
fn option_length(text: &str) -> usize {
    let word = text.find(char::is_whitespace).unwrap_or(text.len());
    let takes_value =
        matches!(text.get(..word), Some("-n" | "-r" | "-p" | "-t" | "-l" | "-s" | "-T" | "-D"));
    if !takes_value || text.starts_with("-t ") {
        return word;
    }
    let rest = text.get(word..).unwrap_or_default();
    let gap = rest.len() - rest.trim_start().len();
    let value = rest.trim_start();
    word + gap + value.find(char::is_whitespace).unwrap_or(value.len())
}

/// Puts a comment of the same length in place of each automagic line, so that the rest of the
/// cell can be read as Python. `None` when there is none.
pub(super) fn without_automagic(source: &str) -> Option<String> {
    let is_automagic = |line: &str| {
        let mut words = line.split_whitespace();
        let first = words.next().unwrap_or_default();
        let second = words.next().unwrap_or_default();
        let operator = ["=", "+=", "-=", ".", ",", ":", "in", "is", "==", "and", "or", "if"];
        AUTOMAGIC.contains(&first)
            && line.starts_with(first)
            && !second.is_empty()
            && !operator.contains(&second)
            && !second.starts_with(['=', '(', '['])
    };
    if !source.lines().any(is_automagic) {
        return None;
    }
    let blank = |line: &str| {
        let text = line.trim_end_matches('\n');
        if is_automagic(text) {
            format!("{}{}", "#".repeat(text.len()), line.get(text.len()..).unwrap_or_default())
        } else {
            line.to_owned()
        }
    };
    Some(source.split_inclusive('\n').map(blank).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(source: &str) -> Option<&str> {
        let (_, code) = line_magic(source, TextRange::new(0, source.len()));
        code.map(|range| range.slice(source))
    }

    #[test]
    fn a_line_magic_gives_up_its_python_without_its_options() {
        assert_eq!(code("%time f()"), Some("f()"));
        assert_eq!(code("%timeit -n 10 -r3 f()"), Some("f()"));
        assert_eq!(code("%matplotlib inline"), None);
    }

    #[test]
    fn a_cell_magic_may_stand_under_blank_lines() {
        let magic = cell_magic("\n\n%%time -q\nf()\n").expect("a magic");
        assert_eq!(magic.body.slice("\n\n%%time -q\nf()\n"), "f()\n");
        assert!(magic.holds_python);
        assert_eq!(cell_magic("x = 1\n%%time"), None);
    }

    #[test]
    fn automagic_lines_become_comments_of_the_same_length() {
        let source = "pip install x\npip = 3\nls -l\n";
        assert_eq!(without_automagic(source).as_deref(), Some("#############\npip = 3\n#####\n"));
    }
}
