//! Comments that stand alone: prose becomes Markdown, code and words to tools stay comments.

use crate::python::{self, Kind, NodeId, Role, Tree};

/// What a block of comments is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Comment {
    /// Markdown text.
    Prose(String),
    /// To be kept as it is.
    Code,
    /// For the operating system or the parser of a file: a cell has no use for it.
    Dropped,
}

/// Words with which tools are addressed.
const TO_TOOLS: [&str; 16] = [
    "/// ",
    "fmt:",
    "flake8:",
    "isort:",
    "mypy:",
    "nbasync:",
    "noqa",
    "pragma:",
    "pylint:",
    "pyright:",
    "region",
    "endregion",
    "ruff:",
    "type:",
    "vim:",
    "yapf:",
];

/// Reads a block of whole comment lines.
pub(super) fn read(block: &str) -> Comment {
    let lines: Vec<&str> = block.lines().map(bare).collect();
    if block.lines().all(is_of_file) {
        return Comment::Dropped;
    }
    let to_tools = |line: &&str| TO_TOOLS.iter().any(|word| line.trim_start().starts_with(word));
    if lines.iter().any(to_tools) || is_code(&lines.join("\n")) {
        return Comment::Code;
    }
    let prose = block.lines().filter(|line| !is_of_file(line)).map(bare).map(str::trim_end);
    Comment::Prose(prose.collect::<Vec<_>>().join("\n").trim_matches('\n').to_owned())
}

/// `#!/usr/bin/env python3` and `# -*- coding: utf-8 -*-`.
fn is_of_file(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("#!/") || line.contains("-*-") || line.starts_with("# coding")
}

/// A comment's text without its sign and one blank.
fn bare(line: &str) -> &str {
    let text = line.trim_start().trim_start_matches('#');
    text.strip_prefix(' ').unwrap_or(text)
}

/// Whether the text is Python that does something, and not words that happen to be Python.
fn is_code(text: &str) -> bool {
    let syntax = python::parse(text);
    let tree = &syntax.tree;
    syntax.errors.is_empty()
        && syntax.magic.is_none()
        && tree.statements().any(|statement| does_something(tree, statement))
}

fn does_something(tree: &Tree, statement: NodeId) -> bool {
    match tree.kind(statement) {
        Kind::FunctionDef { .. }
        | Kind::ClassDef { .. }
        | Kind::Assign
        | Kind::AugAssign
        | Kind::For { .. }
        | Kind::While
        | Kind::If
        | Kind::With { .. }
        | Kind::Try
        | Kind::Import { .. }
        | Kind::ImportFrom { .. } => true,
        Kind::AnnAssign => tree.child(statement, Role::Value).is_some(),
        Kind::Expression => tree.child(statement, Role::Value).is_some_and(|value| {
            // `licence (MIT)` reads as a call.
            let tight = |call| {
                let func = tree.child(call, Role::Func).map(|func| tree.range(func).end);
                let rest = func.and_then(|end| tree.source().get(end..));
                rest.is_some_and(|rest| rest.starts_with('('))
            };
            match tree.kind(value) {
                Kind::Call => tight(value),
                Kind::Await => true,
                _ => false,
            }
        }),
        _ => false,
    }
}

/// A docstring's text as `inspect.cleandoc` gives it: without quotes, and without the indentation
/// that all lines but the first share.
pub(super) fn cleaned(literal: &str) -> String {
    let text = literal.trim_start_matches(|char: char| char.is_ascii_alphabetic());
    let quotes = ["\"\"\"", "'''", "\"", "'"];
    let inner = quotes
        .iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(text);
    let rest = || inner.lines().skip(1).filter(|line| !line.trim().is_empty());
    let indent = rest().map(|line| line.len() - line.trim_start().len()).min().unwrap_or_default();
    let first = inner.lines().next().unwrap_or_default().trim_start();
    let others = inner.lines().skip(1).map(|line| line.get(indent..).unwrap_or_default());
    let lines: Vec<&str> = std::iter::once(first).chain(others).map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_told_from_code_and_from_words_to_tools() {
        let prose = |text: &str| Comment::Prose(text.to_owned());
        assert_eq!(read("# Fetching"), prose("Fetching"));
        assert_eq!(
            read("#!/usr/bin/env python3\n# TODO: fix\n#\n# licence (MIT)"),
            prose("TODO: fix\n\nlicence (MIT)")
        );
        assert_eq!(read("# -----\n# Part 2\n# -----"), prose("-----\nPart 2\n-----"));
        for code in
            ["# print(x)", "# x = 1", "# for a in b:\n#     c", "# await f()", "# type: ignore"]
        {
            assert_eq!(read(code), Comment::Code, "{code}");
        }
        assert_eq!(read("# /// script\n# dependencies = []\n# ///"), Comment::Code);
        assert_eq!(read("#!/usr/bin/env python3\n# -*- coding: utf-8 -*-"), Comment::Dropped);
    }

    #[test]
    fn a_docstring_loses_its_quotes_and_its_indentation() {
        assert_eq!(cleaned("\"\"\"A.\n\n    B\n      c\n    \"\"\""), "A.\n\nB\n  c");
        assert_eq!(cleaned("r'''\n  A\\d'''"), "A\\d");
        assert_eq!(cleaned("'one'"), "one");
    }
}
