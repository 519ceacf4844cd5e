//! A notebook's code cells joined to one text, with blank lines in between.

use crate::notebook::forms::{self, Part};
use crate::notebook::margin::Margin;
use crate::notebook::strings::multiline_literals;
use crate::notebook::{Format, Notebook};

/// Blank lines between two cells.
/// Source: `VirtualDocument.blank_lines_between_cells` of jupyterlab-lsp,
/// <https://github.com/jupyter-lsp/jupyterlab-lsp>.
const BETWEEN: usize = 2;

/// Reads code cells that somebody joined. A cell that itself holds so many blank lines becomes
/// several: it is then missed that they run together, and nothing is claimed that is not so.
pub fn parse_joined(text: &str) -> Notebook {
    let parts = divide(text);
    forms::of_parts(text.to_owned(), Format::Pasted, parts)
}

fn divide(text: &str) -> Vec<Part> {
    let literals = multiline_literals(text);
    let inside = |at: usize| {
        let next = literals.partition_point(|literal| literal.end <= at);
        literals.get(next).is_some_and(|literal| literal.start < at)
    };
    let (mut parts, mut start, mut at, mut blank) = (Vec::new(), 0, 0, 0);
    for line in text.split_inclusive('\n') {
        if line.trim().is_empty() {
            blank += 1;
        } else {
            if blank >= BETWEEN && at > start && begins(line) && !inside(at) {
                parts.push(start..at);
                start = at;
            }
            blank = 0;
        }
        at += line.len();
    }
    parts.push(start..text.len());
    let part = |whole: std::ops::Range<usize>| {
        let source = forms::without_blank_lines(text, whole.clone());
        Part::code(whole, Some(source), Margin::default())
    };
    parts.into_iter().map(part).collect()
}

/// Whether a line can be a cell's first one: it does not go on with what stands before it.
fn begins(line: &str) -> bool {
    const GOES_ON: [&str; 5] = ["elif", "else", "except", "finally", "case"];
    let word: String = line.chars().take_while(|char| char.is_alphanumeric()).collect();
    !line.starts_with([' ', '\t', ')', ']', '}']) && !GOES_ON.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::CellIndex;

    fn sources(text: &str) -> Vec<String> {
        parse_joined(text).cells.iter().map(|cell| cell.source.clone()).collect()
    }

    #[test]
    fn cells_are_divided_where_they_were_joined() {
        assert_eq!(sources("import a\n\n\nawait f()\n\n\n"), ["import a", "await f()"]);
        assert_eq!(sources("x = 1\n\ny = 2"), ["x = 1\n\ny = 2"]);
        assert_eq!(sources(""), [""]);
    }

    #[test]
    fn what_goes_on_over_blank_lines_stays_together() {
        for text in [
            "def f():\n    x\n\n\n    y",
            "t = '''\n\n\na'''",
            "x = [\n1,\n\n\n]",
            "try:\n    x\n\n\nexcept E:\n    y",
        ] {
            assert_eq!(sources(text), [text], "{text}");
        }
    }

    #[test]
    fn each_cell_stands_where_it_stood_in_the_text() {
        let text = "a\n\n\n\nawait é()";
        let notebook = parse_joined(text);
        assert_eq!(notebook.file_offset(CellIndex(1), 6), text.find('é'));
    }
}
