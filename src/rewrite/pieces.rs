//! A cell's source in pieces: its statements with the comments above them, and comments that stand
//! alone. Every line that is not blank belongs to exactly one piece.

use std::ops::RangeInclusive;

use crate::notebook::multiline_literals;
use crate::python::{CellSyntax, Kind, NodeId, Tree};
use crate::text::TextRange;

/// A stretch of whole lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The statements; several where they share a line, none for comments that stand alone.
    pub nodes: Vec<NodeId>,
    /// Bytes from the first comment's line to the end of the last line, its line end left out.
    pub range: TextRange,
    /// Where the line of the first statement begins; above it stand comments. For comments that
    /// stand alone, the end of the range.
    pub code: usize,
    /// How many blank lines stand above.
    pub blanks: usize,
}

impl Piece {
    /// The only statement of the piece.
    pub fn statement(&self) -> Option<NodeId> {
        match self.nodes.as_slice() {
            [node] => Some(*node),
            _ => None,
        }
    }

    /// The text of the piece.
    pub fn text<'t>(&self, tree: &'t Tree) -> &'t str {
        tree.text(self.range)
    }
}

/// Divides a cell's source. The line of a `%%magic` belongs to no piece.
pub fn pieces(syntax: &CellSyntax) -> Vec<Piece> {
    let lines = Lines::of(syntax.tree.source());
    let first = syntax.magic.as_ref().map_or(0, |magic| lines.at(magic.body.start));
    let mut pieces = Vec::new();
    let mut done = first;
    for (range, nodes) in blocks(&syntax.tree, &lines) {
        let compound = pieces.last().is_some_and(|piece: &Piece| is_compound(&syntax.tree, piece));
        done = lines.extend(&mut pieces, done, *range.start(), compound);
        let above = lines.comments_above(done, *range.start());
        lines.alone(&mut pieces, done..above);
        pieces.push(Piece {
            nodes,
            range: lines.range(above..=*range.end()),
            code: lines.start(*range.start()),
            blanks: lines.blanks_above(above, first),
        });
        done = range.end() + 1;
    }
    let compound = pieces.last().is_some_and(|piece| is_compound(&syntax.tree, piece));
    done = lines.extend(&mut pieces, done, lines.list.len(), compound);
    lines.alone(&mut pieces, done..lines.list.len());
    pieces
}

/// The statements with the lines from their first to their last, joined where they share a line.
fn blocks(tree: &Tree, lines: &Lines) -> Vec<(RangeInclusive<usize>, Vec<NodeId>)> {
    let mut blocks: Vec<(RangeInclusive<usize>, Vec<NodeId>)> = Vec::new();
    for node in tree.statements() {
        let range = tree.range(node);
        let (start, end) = (lines.at(range.start), lines.at(range.end.max(range.start)));
        match blocks.last_mut() {
            Some((before, nodes)) if start <= *before.end() => {
                *before = *before.start()..=end.max(*before.end());
                nodes.push(node);
            }
            _ => blocks.push((start..=end, vec![node])),
        }
    }
    blocks
}

fn is_compound(tree: &Tree, piece: &Piece) -> bool {
    piece.nodes.last().is_some_and(|node| {
        use Kind::*;
        matches!(
            tree.kind(*node),
            FunctionDef { .. }
                | ClassDef { .. }
                | For { .. }
                | With { .. }
                | While
                | If
                | Try
                | Match
        )
    })
}

/// The lines of a source, by number from 0.
struct Lines<'t> {
    source: &'t str,
    list: Vec<TextRange>,
}

impl<'t> Lines<'t> {
    fn of(source: &'t str) -> Self {
        let mut at = 0;
        let line = |line: &str| {
            let range = TextRange::new(at, at + line.trim_end_matches('\n').len());
            at += line.len();
            range
        };
        Self { source, list: source.split_inclusive('\n').map(line).collect() }
    }

    /// The line that holds byte `offset`.
    fn at(&self, offset: usize) -> usize {
        self.list.partition_point(|line| line.start <= offset).saturating_sub(1)
    }

    fn text(&self, line: usize) -> &'t str {
        self.list.get(line).map_or("", |range| range.slice(self.source))
    }

    fn is_blank(&self, line: usize) -> bool {
        self.text(line).trim().is_empty()
    }

    fn start(&self, line: usize) -> usize {
        self.list.get(line).map_or(self.source.len(), |range| range.start)
    }

    fn range(&self, lines: RangeInclusive<usize>) -> TextRange {
        let end = self.list.get(*lines.end()).map_or(self.source.len(), |range| range.end);
        TextRange::new(self.start(*lines.start()), end)
    }

    /// Gives indented comments right below a block to that block. Returns the next line.
    fn extend(&self, pieces: &mut [Piece], from: usize, to: usize, compound: bool) -> usize {
        let mut next = from;
        while next < to
            && compound
            && self.text(next).starts_with([' ', '\t'])
            && !self.is_blank(next)
        {
            next += 1;
        }
        if let Some(piece) = pieces.last_mut().filter(|_| next > from) {
            piece.range.end = self.range(next - 1..=next - 1).end;
        }
        next
    }

    /// The first line of the comments that stand right above line `to`.
    fn comments_above(&self, from: usize, to: usize) -> usize {
        (from..to).rev().take_while(|line| !self.is_blank(*line)).last().unwrap_or(to)
    }

    fn blanks_above(&self, line: usize, first: usize) -> usize {
        (first..line).rev().take_while(|line| self.is_blank(*line)).count()
    }

    /// Adds the comments in `lines` as pieces of their own, divided by blank lines.
    fn alone(&self, pieces: &mut Vec<Piece>, lines: std::ops::Range<usize>) {
        let mut open: Option<usize> = None;
        for line in lines.clone().chain([usize::MAX]) {
            let blank = line == usize::MAX || self.is_blank(line);
            match (open, blank) {
                (None, false) => open = Some(line),
                (Some(start), true) => {
                    let end = line.min(lines.end) - 1;
                    let range = self.range(start..=end);
                    let blanks = self.blanks_above(start, 0);
                    pieces.push(Piece { nodes: Vec::new(), range, code: range.end, blanks });
                    open = None;
                }
                _ => {}
            }
        }
    }
}

/// The stretches of the source in which a line's start belongs to a string, so that no blank may
/// be added or taken away there.
pub fn rigid(tree: &Tree) -> Vec<TextRange> {
    let mut found = Vec::new();
    for node in tree.all() {
        let range = tree.range(node);
        let text = tree.text(range);
        if !text.contains('\n') {
            continue;
        }
        match tree.kind(node) {
            Kind::Str | Kind::Bytes => found.extend(
                multiline_literals(text)
                    .into_iter()
                    .map(|it| TextRange::new(range.start + it.start, range.start + it.end)),
            ),
            // Quotes inside of an f-string's braces keep us from looking closer.
            Kind::FString if ["\"\"\"", "'''", "\\\n"].iter().any(|sign| text.contains(sign)) => {
                found.push(range);
            }
            // What is nested too deeply to look into is left as it is.
            Kind::Opaque => found.push(range),
            _ => {}
        }
    }
    found
}

/// Changes the start of each line in `range`, those inside of strings left as they are.
fn each_line(tree: &Tree, range: TextRange, change: impl Fn(&str) -> String) -> String {
    let rigid = rigid(tree);
    let mut out = String::new();
    let mut at = range.start;
    for line in tree.text(range).split_inclusive('\n') {
        let in_string = rigid.iter().any(|it| it.start < at && at < it.end);
        if in_string {
            out.push_str(line);
        } else {
            out.push_str(&change(line));
        }
        at += line.len();
    }
    out
}

/// The lines of `range` with `indent` before each that is not blank.
pub fn indented(tree: &Tree, range: TextRange, indent: &str) -> String {
    each_line(tree, range, |line| match line.trim().is_empty() {
        true => line.trim_start_matches([' ', '\t']).to_owned(),
        false => format!("{indent}{line}"),
    })
}

/// The lines of `range` without `indent`, or as much of it as each has.
pub fn dedented(tree: &Tree, range: TextRange, indent: &str) -> String {
    each_line(tree, range, |line| {
        let same = line.bytes().zip(indent.bytes()).take_while(|(a, b)| a == b).count();
        line.get(same..).unwrap_or_default().to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::parse;

    fn check(source: &str, expected: &[&str]) {
        let syntax = parse(source);
        let pieces = pieces(&syntax);
        let texts: Vec<&str> = pieces.iter().map(|piece| piece.text(&syntax.tree)).collect();
        assert_eq!(texts, expected, "{source}");
        let inked = |text: &str| {
            text.lines()
                .filter(|line| !line.trim().is_empty())
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let magic = usize::from(syntax.magic.is_some());
        let all: Vec<String> = inked(source).into_iter().skip(magic).collect();
        assert_eq!(inked(&texts.join("\n")), all, "every line once: {source}");
    }

    #[test]
    fn comments_right_above_belong_to_the_statement_and_others_stand_alone() {
        check(
            "# licence\n\n# why\n# so\nx = 1  # one\n\n\n# section\n\n@d\ndef f():\n    pass\n# end\n",
            &[
                "# licence",
                "# why\n# so\nx = 1  # one",
                "# section",
                "@d\ndef f():\n    pass",
                "# end",
            ],
        );
    }

    #[test]
    fn indented_comments_below_a_block_belong_to_it() {
        check(
            "def f():\n    x\n    # end of f\n# of y\ny",
            &["def f():\n    x\n    # end of f", "# of y\ny"],
        );
        check(
            "if x:\n    y\n\n    # after a blank\nz",
            &["if x:\n    y", "    # after a blank\nz"],
        );
    }

    #[test]
    fn statements_on_one_line_are_one_piece() {
        check("a = 1; b = (\n  2)\nc", &["a = 1; b = (\n  2)", "c"]);
        check("%%time\nf()\n", &["f()"]);
        check("pip install x\n%cd y\nz", &["pip install x\n%cd y", "z"]);
    }

    #[test]
    fn strings_keep_their_lines_when_code_moves() {
        let source = "if x:\n    y = '''\n    a\n'''\n    z = (\"a\"\n         \"b\")\n  # odd\n\n    f\"\"\"\n    {y}\"\"\"";
        let syntax = parse(source);
        let body = TextRange::new(6, source.len());
        let flat = dedented(&syntax.tree, body, "    ");
        assert_eq!(
            flat,
            "y = '''\n    a\n'''\nz = (\"a\"\n     \"b\")\n# odd\n\nf\"\"\"\n    {y}\"\"\""
        );
        let flat = parse(&flat);
        let all = TextRange::new(0, flat.tree.source().len());
        let again = indented(&flat.tree, all, "    ");
        assert_eq!(again.replace("    # odd", "  # odd"), &source[6..]);
    }
}
