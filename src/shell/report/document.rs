//! A short document as plain text and as HTML for notebooks.
//!
//! The HTML takes its colours from the variables of Jupyter, or of VS Code, and means what it says
//! without them: lines that go are `del`, lines that come are `ins`, and their signs stay.

use crate::knowledge::{Block, Inline};
use crate::shell::visible::{self, Charset};

/// A part of the document.
#[derive(Debug, Clone)]
pub enum Piece {
    Sentence(String),
    Quiet(String),
    Item(String),
    /// Lines of a unified diff.
    Diff {
        label: String,
        lines: String,
    },
    /// A stretch of a whole, `share` between 0 and 1.
    Bar {
        share: f64,
        words: String,
    },
    Block(Block),
}

/// Marks of a bar's whole width in text.
const MARKS: f64 = 20.0;

/// The document as plain text; no line of it acts on a terminal.
pub fn text(pieces: &[Piece]) -> String {
    let mut out = String::new();
    for piece in pieces {
        let lines = match piece {
            Piece::Sentence(said) | Piece::Quiet(said) => said.clone(),
            Piece::Item(said) => format!("  - {}", said.replace('\n', "\n    ")),
            Piece::Diff { lines, .. } => lines.lines().map(|line| format!("  {line}\n")).collect(),
            Piece::Bar { share, words } => {
                let marks = (share * MARKS).round().clamp(1.0, MARKS) as usize;
                format!("  {:20}  {words}", "█".repeat(marks))
            }
            Piece::Block(block) => plain_block(block),
        };
        out.push_str(lines.trim_end_matches('\n'));
        out.push('\n');
    }
    visible::lines(&out, Charset::Unicode)
}

fn plain_block(block: &Block) -> String {
    match block {
        Block::Code { text, .. } => text.lines().map(|line| format!("    {line}\n")).collect(),
        Block::Item { number: Some(number), .. } => format!("  {number}. {}", block.plain()),
        Block::Item { number: None, .. } => format!("  - {}", block.plain()),
        Block::Heading { .. } => format!("\n{}", block.plain()),
        Block::Paragraph(_) | Block::Table(_) => block.plain(),
    }
}

/// How the whole looks: a rule at its side and the colours of the notebook.
const FRAME: &str = "border-left:3px solid var(--jp-brand-color1,var(--vscode-focusBorder,#1976d2));\
padding:4px 12px;margin:4px 0;color:var(--jp-content-font-color1,var(--vscode-foreground,inherit));\
font-family:var(--jp-content-font-family,sans-serif);font-size:var(--jp-content-font-size1,14px)";

const CODE: &str = "font-family:var(--jp-code-font-family,var(--vscode-editor-font-family,monospace));\
font-size:var(--jp-code-font-size,13px);margin:4px 0;padding:4px 8px;white-space:pre-wrap;\
color:inherit;background:var(--jp-layout-color2,var(--vscode-textCodeBlock-background,transparent))";

const QUIET: &str =
    "color:var(--jp-content-font-color2,var(--vscode-descriptionForeground,inherit))";

const LIST: &str = "margin:2px 0";

const GOES: &str = "text-decoration:none;color:var(--jp-error-color1,#b00020)";

const COMES: &str = "text-decoration:none;color:var(--jp-success-color1,#2e7d32)";

/// The document as HTML. `label` is what a screen reader calls it.
pub fn html(label: &str, pieces: &[Piece]) -> String {
    let mut body = String::new();
    for together in pieces.chunk_by(|one, next| list(one).is_some() && list(one) == list(next)) {
        let said: String = together.iter().map(of_piece).collect();
        match together.first().and_then(list) {
            Some(List::Numbers) => body.push_str(&format!("<ol style=\"{LIST}\">{said}</ol>")),
            Some(List::Points) => body.push_str(&format!("<ul style=\"{LIST}\">{said}</ul>")),
            None => body.push_str(&said),
        }
    }
    let label = escaped(label);
    format!(
        "<div class=\"nbasync\" role=\"note\" aria-label=\"{label}\" style=\"{FRAME}\">{body}</div>"
    )
}

/// What holds items that follow each other: a screen reader counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum List {
    Numbers,
    Points,
}

/// The list that a piece is an item of.
fn list(piece: &Piece) -> Option<List> {
    match piece {
        Piece::Item(_) | Piece::Block(Block::Item { number: None, .. }) => Some(List::Points),
        Piece::Block(Block::Item { number: Some(_), .. }) => Some(List::Numbers),
        _ => None,
    }
}

/// Blocks of a page as HTML.
pub fn html_of(label: &str, blocks: &[Block]) -> String {
    let pieces: Vec<Piece> = blocks.iter().cloned().map(Piece::Block).collect();
    html(label, &pieces)
}

/// Blocks of a page as plain text.
pub fn text_of(blocks: &[Block]) -> String {
    let paragraphs = blocks.iter().map(plain_block).map(|text| text.trim_end().to_owned() + "\n");
    visible::lines(&paragraphs.collect::<Vec<_>>().join("\n"), Charset::Unicode)
}

fn of_piece(piece: &Piece) -> String {
    match piece {
        Piece::Sentence(said) => format!("<p style=\"margin:4px 0\">{}</p>", words(said)),
        Piece::Quiet(said) => format!("<p style=\"margin:4px 0;{QUIET}\">{}</p>", words(said)),
        Piece::Item(said) => format!("<li>{}</li>", words(said)),
        Piece::Diff { label, lines } => {
            let lines: String = lines.lines().map(of_line).collect();
            format!("<pre aria-label=\"{}\" style=\"{CODE}\">{lines}</pre>", escaped(label))
        }
        Piece::Bar { share, words: said } => {
            let percent = share * 100.0;
            format!(
                "<div style=\"margin:2px 0\"><span aria-hidden=\"true\" style=\"display:inline-block;width:160px\">\
                 <span style=\"display:inline-block;height:8px;width:{percent:.0}%;\
                 background:var(--jp-brand-color1,#1976d2)\"></span></span> {}</div>",
                words(said)
            )
        }
        Piece::Block(block) => of_block(block),
    }
}

fn of_line(line: &str) -> String {
    let text = escaped(line);
    match line.chars().next() {
        Some('-') => format!("<del style=\"{GOES}\">{text}</del>\n"),
        Some('+') => format!("<ins style=\"{COMES}\">{text}</ins>\n"),
        Some('#') => format!("<span style=\"{QUIET}\">{text}</span>\n"),
        _ => format!("{text}\n"),
    }
}

fn of_block(block: &Block) -> String {
    match block {
        Block::Heading { text, .. } => {
            format!("<h4 style=\"margin:8px 0 4px\">{}</h4>", spans(text))
        }
        Block::Paragraph(text) => format!("<p style=\"margin:4px 0\">{}</p>", spans(text)),
        Block::Item { number: Some(number), text } => {
            format!("<li value=\"{number}\">{}</li>", spans(text))
        }
        Block::Item { number: None, text } => format!("<li>{}</li>", spans(text)),
        Block::Code { text, .. } => format!("<pre style=\"{CODE}\">{}</pre>", escaped(text)),
        Block::Table(rows) => {
            let rows = rows.iter().enumerate().map(|(at, row)| {
                let tag = if at == 0 { "th" } else { "td" };
                let cell = |cell: &Vec<Inline>| format!("<{tag}>{}</{tag}>", spans(cell));
                format!("<tr>{}</tr>", row.iter().map(cell).collect::<String>())
            });
            format!("<table>{}</table>", rows.collect::<String>())
        }
    }
}

fn spans(inlines: &[Inline]) -> String {
    let span = |inline: &Inline| match inline {
        Inline::Text(text) => escaped(text),
        Inline::Code(text) => format!("<code>{}</code>", escaped(text)),
        Inline::Strong(text) => format!("<strong>{}</strong>", spans(text)),
        Inline::Emphasis(text) => format!("<em>{}</em>", spans(text)),
        Inline::Link { to, text } => format!("{} (<code>{}</code>)", spans(text), escaped(to)),
    };
    inlines.iter().map(span).collect()
}

/// Words with code between backticks, line by line.
fn words(said: &str) -> String {
    let line = |line: &str| spans(&crate::knowledge::inlines(line));
    said.lines().map(line).collect::<Vec<_>>().join("<br>")
}

/// Text that cannot become markup, and in which nothing hides; its lines stay.
fn escaped(text: &str) -> String {
    visible::in_html(&visible::lines(text, Charset::Unicode))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff(lines: &str) -> Piece {
        Piece::Diff { label: "change".to_owned(), lines: lines.to_owned() }
    }

    #[test]
    fn foreign_text_becomes_no_markup_and_acts_on_no_terminal() {
        let hostile = "<script>alert(1)</script>\u{1b}[2J\" onload='x";
        let pieces = [Piece::Sentence(hostile.to_owned()), diff(&format!("-{hostile}\n"))];
        let page = html(hostile, &pieces);
        assert!(!page.contains("<script>") && !page.contains("' "), "{page}");
        assert!(!page.contains('\u{1b}') && !text(&pieces).contains('\u{1b}'), "{page}");
    }

    #[test]
    fn a_change_is_told_without_colour() {
        let pieces = [diff("-a\n+b\n c\n")];
        assert_eq!(text(&pieces), "  -a\n  +b\n   c\n");
        let page = html("l", &pieces);
        assert!(page.contains(">-a</del>") && page.contains(">+b</ins>"), "{page}");
    }

    #[test]
    fn code_keeps_its_lines_and_items_stand_in_one_list() {
        let item = |text: &str| Block::Item { number: None, text: vec![Inline::Text(text.into())] };
        let code = Block::Code { language: String::new(), text: "a = 1\n\u{7}b = 2\n".into() };
        let page = html_of("l", &[item("x"), item("y"), code, item("z")]);
        assert!(page.contains("<li>x</li><li>y</li></ul>"), "{page}");
        assert!(page.contains("a = 1\n␇b = 2\n</pre>"), "{page}");
        assert_eq!(page.matches("<ul").count(), 2, "{page}");
    }

    #[test]
    fn a_share_of_nothing_still_has_a_mark() {
        let bar = Piece::Bar { share: 0.0, words: "w".to_owned() };
        assert_eq!(text(&[bar]), "  █                     w\n");
    }
}
