//! Fenced blocks at the top level of a Markdown file, and the options at their front.

use std::ops::Range;

use super::super::part::lines_from;
use crate::notebook::Flavour;
use crate::notebook::marker::{self, Metadata};

/// A fenced block, in bytes of the file.
#[derive(Debug)]
pub(super) struct Fence<'f> {
    /// What stands after the opening marks.
    pub(super) info: &'f str,
    /// From the opening line to the closing one, line ends included.
    pub(super) whole: Range<usize>,
    /// The lines between.
    pub(super) body: Range<usize>,
    pub(super) is_indented: bool,
    /// Whether its marks are `~`, not backticks.
    pub(super) is_tilde: bool,
}

/// What opens a block: the mark, how many of them, the blanks before them, and the info string.
struct Opening<'l> {
    mark: char,
    count: usize,
    indent: usize,
    /// Where the marks would be code themselves, were they not a cell's.
    is_deep: bool,
    info: &'l str,
}

/// The fenced blocks from byte `from` on. What stands in another block, or in one of Jupytext's
/// `<!-- #region -->`, is text. A block that nobody closes reaches to the file's end.
pub(super) fn blocks(file: &str, from: usize, flavour: Option<Flavour>) -> Vec<Fence<'_>> {
    let regions = flavour == Some(Flavour::Jupytext);
    let mut found = Vec::new();
    let mut open: Option<(Opening<'_>, usize, usize)> = None;
    let mut depth = 0_usize;
    for (at, line) in lines_from(file, from) {
        let end = at + line.len();
        if let Some((opening, start, body)) = open.take() {
            if closes(&opening, line) {
                found.push(block(&opening, start..end, body..at));
            } else {
                open = Some((opening, start, body));
            }
            continue;
        }
        depth = if regions { region(line, depth) } else { 0 };
        if depth == 0 {
            open = opening(line, flavour).map(|opening| (opening, at, end));
        }
    }
    if let Some((opening, start, body)) = open {
        found.push(block(&opening, start..file.len(), body..file.len()));
    }
    found
}

fn block<'f>(opening: &Opening<'f>, whole: Range<usize>, body: Range<usize>) -> Fence<'f> {
    let (is_indented, is_tilde) = (opening.indent > 0, opening.mark == '~');
    Fence { info: opening.info, whole, body, is_indented, is_tilde }
}

impl Fence<'_> {
    /// Whether it stands in an item of a list: what it is indented under begins one.
    pub(super) fn is_in_list(&self, file: &str) -> bool {
        let above = file.get(..self.whole.start).unwrap_or_default().lines().rev();
        let mut outer = above.filter(|line| !line.starts_with([' ', '\t']) && !line.is_empty());
        self.is_indented && outer.next().is_some_and(begins_item)
    }
}

/// Whether a line begins an item of a list.
fn begins_item(line: &str) -> bool {
    let number = line.trim_start_matches(|it: char| it.is_ascii_digit());
    let rest = match line.len() - number.len() {
        0 => line.strip_prefix(['-', '*', '+']),
        1..=9 => number.strip_prefix(['.', ')']),
        _ => None,
    };
    rest.is_some_and(|rest| rest.starts_with([' ', '\t']))
}

/// How many of Jupytext's regions are open after a line.
fn region(line: &str, depth: usize) -> usize {
    let comment = line.trim().strip_prefix("<!--").map(str::trim_start).unwrap_or_default();
    let begins = |names: [&str; 3]| names.iter().any(|name| comment.starts_with(name));
    match () {
        () if begins(["#region", "#md", "#raw"]) => depth + 1,
        () if begins(["#endregion", "#endmd", "#endraw"]) => depth.saturating_sub(1),
        () => depth,
    }
}

/// The deepest that a block stands: what is indented more is code already, without any marks.
const DEEPEST: usize = 3;

/// Quarto takes its cells from any depth, behind tabs too, as in the items of a list.
///
/// Source: `quartoMdToJupyter` in Quarto's `jupyter.ts`.
fn opening(line: &str, flavour: Option<Flavour>) -> Option<Opening<'_>> {
    let is_quarto = flavour == Some(Flavour::Quarto);
    let text = line.trim_start_matches(|char| char == ' ' || is_quarto && char == '\t');
    let indent = line.len() - text.len();
    let is_deep = indent > DEEPEST || line.trim_start_matches(' ').starts_with('\t');
    let mark = text.chars().next().filter(|char| matches!(char, '`' | '~'))?;
    let rest = text.trim_start_matches(mark);
    let (count, info) = (text.len() - rest.len(), rest.trim());
    let is_cell = is_quarto && mark == '`' && info.starts_with('{');
    let valid = (!is_deep || is_cell) && count >= 3 && !(mark == '`' && info.contains('`'));
    valid.then_some(Opening { mark, count, indent, is_deep, info })
}

fn closes(opening: &Opening<'_>, line: &str) -> bool {
    let text = line.trim_start_matches(|char| char == ' ' || opening.is_deep && char == '\t');
    let rest = text.trim_start_matches(opening.mark);
    line.len() - text.len() <= if opening.is_deep { opening.indent } else { DEEPEST }
        && text.len() - rest.len() >= opening.count
        && rest.trim().is_empty()
}

/// The lines of a MyST cell's options, and where its source begins.
pub(super) fn options<'f>(file: &'f str, body: &Range<usize>) -> (Vec<&'f str>, usize) {
    let text = file.get(..body.end).unwrap_or_default();
    let mut found = Vec::new();
    let mut block = false;
    for (at, line) in lines_from(text, body.start) {
        let word = line.trim_end();
        if word == "---" && (block || at == body.start) {
            if block {
                return (found, at + line.len());
            }
            block = true;
        } else if block {
            found.push(word);
        } else if word.starts_with(':') {
            found.push(word.trim_start_matches(':'));
        } else {
            return (found, at);
        }
    }
    // A block of options that nobody closes is source.
    if block { (Vec::new(), body.start) } else { (found, body.end) }
}

/// The tags of an option line such as `tags: [a, b]`.
pub(super) fn tags(line: &str) -> Vec<String> {
    let Some((name, value)) = line.split_once(':') else { return Vec::new() };
    if name.trim() != "tags" {
        return Vec::new();
    }
    let list = value.trim().trim_start_matches('[').trim_end_matches(']');
    let tags = list.split(',').map(|tag| tag.trim().trim_matches(['"', '\'']));
    tags.filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

/// What Jupytext writes after the language: `tags=["a"]`.
pub(super) fn metadata(info: &str) -> Metadata {
    let rest = info.split_once(' ').map_or("", |(_, rest)| rest);
    let from = rest.find(|char: char| char.is_alphabetic()).filter(|_| rest.contains('='));
    from.and_then(|from| marker::read_metadata(rest.get(from..)?)).unwrap_or_default()
}

/// Backticks that no line of `text` closes.
pub(super) fn longer_than_in(text: &str) -> String {
    let marks = |line: &str| {
        let text = line.trim_start();
        text.len() - text.trim_start_matches('`').len()
    };
    let longest = text.lines().map(marks).max().unwrap_or_default();
    "`".repeat(longest.max(2) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn infos(file: &str, flavour: Option<Flavour>) -> Vec<(&str, &str)> {
        let blocks = blocks(file, 0, flavour);
        blocks.iter().map(|it| (it.info, file.get(it.body.clone()).unwrap())).collect()
    }

    #[test]
    fn a_block_ends_at_marks_of_its_own_kind_and_length() {
        let text = "````md\n```{code-cell}\nx\n```\n````\n~~~ python\n```\n~~~\n```a`b\n    ```\n";
        assert_eq!(infos(text, None), [("md", "```{code-cell}\nx\n```\n"), ("python", "```\n")]);
        assert_eq!(infos("```python\nx\n", None), [("python", "x\n")]);
        assert_eq!(infos(" ```a\n x\n ``` \n", None), [("a", " x\n")]);
    }

    #[test]
    fn what_is_indented_under_an_item_is_in_its_list() {
        for (file, is_in) in [
            ("- item\n\n  ```x\n  ```\n", true),
            ("12. item\n    more\n\n   ~~~x\n   ~~~\n", true),
            ("- item\n\ntext\n\n  ```x\n  ```\n", false),
            ("- item\n\n```x\n```\n", false),
            ("-item\n  ```x\n  ```\n", false),
            ("  ```x\n  ```\n", false),
        ] {
            let found = blocks(file, 0, None);
            assert_eq!(found.len(), 1, "{file}");
            assert_eq!(found[0].is_in_list(file), is_in, "{file}");
        }
    }

    #[test]
    fn cells_of_quarto_stand_at_any_depth_and_end_no_deeper() {
        let quarto = |text: &'static str| infos(text, Some(Flavour::Quarto));
        let deep = "- item\n\n    ```{python}\n    x\n        ```\n    ```\ny\n";
        assert_eq!(quarto(deep), [("{python}", "    x\n        ```\n")]);
        assert_eq!(quarto("\t```{python}\n\tx\n\t```\ny\n"), [("{python}", "\tx\n")]);
        // What is no cell is code of the text, and holds nothing.
        assert_eq!(quarto("    ```python\n    x\n"), []);
        assert_eq!(infos(deep, Some(Flavour::Myst)), []);
        assert_eq!(infos("\t```{python}\n\tx\n\t```\n", None), []);
    }

    #[test]
    fn a_region_of_jupytext_is_prose() {
        let text = "<!-- #region -->\n```python\nx\n```\n<!-- #endregion -->\n```python\ny\n```\n";
        assert_eq!(infos(text, Some(Flavour::Jupytext)), [("python", "y\n")]);
        assert_eq!(infos(text, None).len(), 2);
    }

    #[test]
    fn options_stand_before_the_source() {
        let source = |text: &'static str| {
            let (lines, from) = options(text, &(0..text.len()));
            (lines, &text[from..])
        };
        assert_eq!(source(":tags: [a]\n:x: y\nz"), (vec!["tags: [a]", "x: y"], "z"));
        assert_eq!(source("---\ntags: [b]\n---\nz"), (vec!["tags: [b]"], "z"));
        assert_eq!(source("---\nz").1, "---\nz");
        assert_eq!(tags("tags: [a, 'b']"), ["a", "b"]);
        assert_eq!(metadata("python tags=[\"p\"]").tags, ["p"]);
    }
}
