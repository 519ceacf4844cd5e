//! What stands before each line of a cell in a text file and is no part of the cell.

use std::collections::BTreeSet;

use crate::notebook::multiline_literals;

/// The kind of margin that the lines of a cell have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Margin {
    #[default]
    None,
    /// The indentation of a block, as marimo's cells have it.
    Indent,
    /// `# MAGIC `, as Databricks comments what is no Python.
    Magic,
}

/// How Databricks begins a line that is no Python.
pub(super) const MAGIC: &str = "# MAGIC";

/// What marimo writes before each line of a cell.
const INDENT: &str = "    ";

impl Margin {
    /// The bytes of each line's margin.
    pub(super) fn widths(self, source: &str) -> Vec<usize> {
        match self {
            Self::None => Vec::new(),
            Self::Indent => indents(source),
            Self::Magic => source.split('\n').map(magic).collect(),
        }
    }
}

/// The bytes of `# MAGIC ` at the front of a line.
fn magic(line: &str) -> usize {
    match line.strip_prefix(MAGIC) {
        Some(rest) if rest.starts_with(' ') => MAGIC.len() + 1,
        Some(rest) if rest.trim_end_matches('\r').is_empty() => MAGIC.len(),
        _ => 0,
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// By how many bytes each line is moved to the left. A text literal whose lines do not all reach
/// that far stays as it is.
///
/// Source: `smart_dedent` in marimo 0.25's `_ast/dedent.py`.
fn indents(source: &str) -> Vec<usize> {
    let inside = lines_in_literals(source);
    let lines: Vec<&str> = source.split('\n').collect();
    let is_blank = |line: &str| line.trim().is_empty();
    let outside = lines.iter().zip(&inside).filter(|(_, inside)| inside.is_none());
    let mut code = outside.map(|(line, _)| *line).filter(|line| !is_blank(line));
    let is_comment = |line: &&str| line.trim_start().starts_with('#');
    let first = code.clone().find(|line| !is_comment(line)).or_else(|| code.next());
    let Some(shift) = first.map(indent) else { return vec![0; lines.len()] };
    let stay: BTreeSet<usize> = lines
        .iter()
        .zip(&inside)
        .filter(|(line, _)| !is_blank(line) && indent(line) < shift)
        .filter_map(|(_, inside)| *inside)
        .collect();
    let width = |(line, inside): (&&str, &Option<usize>)| {
        let stays = inside.is_some_and(|literal| stay.contains(&literal));
        if stays { 0 } else { indent(line).min(shift) }
    };
    lines.iter().zip(&inside).map(width).collect()
}

/// For each line the number of the text literal inside of which it begins.
fn lines_in_literals(source: &str) -> Vec<Option<usize>> {
    let literals = multiline_literals(source);
    let mut at = 0;
    let number = |line: &str| {
        let start = at;
        at += line.len() + 1;
        let next = literals.partition_point(|literal| literal.end <= start);
        literals.get(next).filter(|literal| literal.start < start).map(|_| next)
    };
    source.split('\n').map(number).collect()
}

/// The margin of each line of `new`: `known` where the line is an old one; else as the cell's
/// other lines, of which `shown` are the margins, have it.
pub(super) fn margins<'a>(
    kind: Margin,
    new: &str,
    shown: &[&'a str],
    known: impl Fn(usize) -> Option<&'a str>,
) -> Vec<&'a str> {
    let lines: Vec<&str> = new.split('\n').collect();
    if kind == Margin::None {
        return vec![""; lines.len()];
    }
    let inside = lines_in_literals(new);
    let usual = shown.iter().find(|margin| !margin.is_empty()).copied();
    // A cell in another language is commented all through.
    let all_magic = new.trim_start().starts_with('%') && is_other_language(new);
    let mut before: Option<(Option<usize>, bool)> = None;
    let mut out = Vec::with_capacity(lines.len());
    for (index, (line, inside)) in lines.iter().zip(&inside).enumerate() {
        let stays = matches!(before, Some((of, true)) if of.is_some() && of == *inside);
        let margin = known(index).unwrap_or(match kind {
            Margin::Indent if line.is_empty() || stays => "",
            Margin::Indent => usual.unwrap_or(INDENT),
            _ if all_magic && line.is_empty() => MAGIC,
            _ if all_magic || (inside.is_none() && line.starts_with(['%', '!'])) => "# MAGIC ",
            _ => "",
        });
        let unmoved = margin.is_empty() && !line.trim().is_empty();
        before = Some((*inside, unmoved));
        out.push(margin);
    }
    out
}

/// Whether a Databricks cell's first word names what its lines are, and they are no Python.
pub(super) fn is_other_language(source: &str) -> bool {
    let first = source.split_whitespace().next().unwrap_or_default();
    matches!(first, "%md" | "%md-sandbox" | "%sql" | "%scala" | "%r" | "%sh" | "%fs" | "%python")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_that_stands_further_left_than_the_code_stays() {
        let text = "    x = '''\n  a\n      b\n    '''\n\n    y = '''\n      c\n    '''\n  ";
        assert_eq!(Margin::Indent.widths(text), [4, 0, 0, 0, 0, 4, 4, 4, 2]);
    }

    #[test]
    fn a_new_line_has_the_margin_of_the_others() {
        let shown = ["\t", "\t"];
        assert_eq!(margins(Margin::Indent, "a\n\nb", &shown, |_| None), ["\t", "", "\t"]);
        let kept = |line: usize| (line == 1).then_some("");
        let text = "x = '''\na\nb\n'''\ny";
        assert_eq!(margins(Margin::Indent, text, &shown, kept), ["\t", "", "", "", "\t"]);
    }

    #[test]
    fn what_is_no_python_is_commented() {
        let magic = |text| margins(Margin::Magic, text, &[], |_| None);
        assert_eq!(magic("%sql\n\nselect 1"), ["# MAGIC ", "# MAGIC", "# MAGIC "]);
        assert_eq!(magic("%pip install x\nimport x"), ["# MAGIC ", ""]);
        assert_eq!(magic("x = '''\n%pip\n'''"), ["", "", ""]);
        assert_eq!(Margin::Magic.widths("# MAGIC %md\n# MAGIC\n# MAGICAL\nx"), [8, 7, 0, 0]);
    }
}
