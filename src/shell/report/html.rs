//! A document as HTML for notebooks.
//!
//! The HTML takes its colours from the variables of Jupyter, or of VS Code, and means what it says
//! without them: lines that go are `del`, lines that come are `ins`, and their signs stay.

use crate::document::{Block, Change, DiffLine, Mark, Prose, Run, Side, Tone};
use crate::shell::visible::{self, Charset};

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

/// The document as HTML. A screen reader calls it, and the differences in it, by these names.
pub fn html(label: &str, difference: &str, blocks: &[Block]) -> String {
    let mut body = String::new();
    for together in blocks.chunk_by(|one, next| list(one).is_some() && list(one) == list(next)) {
        let said: String = together.iter().map(|block| of_block(block, difference)).collect();
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

/// The list that a block is an item of.
fn list(block: &Block) -> Option<List> {
    match block {
        Block::Item { mark: Mark::Number(_), .. } => Some(List::Numbers),
        Block::Item { .. } => Some(List::Points),
        _ => None,
    }
}

fn of_block(block: &Block, difference: &str) -> String {
    match block {
        Block::Heading(said) => format!("<h4 style=\"margin:8px 0 4px\">{}</h4>", words(said)),
        Block::Conclusion(said) | Block::Paragraph(said) => paragraph(said),
        Block::Item { mark: Mark::Number(number), body } => {
            format!("<li value=\"{number}\">{}</li>", words(body))
        }
        Block::Item { body, .. } => format!("<li>{}</li>", words(body)),
        Block::Code { text, .. } => format!("<pre style=\"{CODE}\">{}</pre>", escaped(text)),
        Block::Diff(lines) => {
            let label = escaped(difference);
            let lines: String = lines.iter().map(of_line).collect();
            format!("<pre aria-label=\"{label}\" style=\"{CODE}\">{lines}</pre>")
        }
        Block::Table(rows) => table(rows),
        Block::Bar { share, said } => {
            let percent = 100 * u32::from(*share) / u32::from(Block::WHOLE);
            format!(
                "<div style=\"margin:2px 0\"><span aria-hidden=\"true\" style=\"display:inline-block;width:160px\">\
                 <span style=\"display:inline-block;height:8px;width:{percent}%;\
                 background:var(--jp-brand-color1,#1976d2)\"></span></span> {}</div>",
                words(said)
            )
        }
        Block::Beside { left, right } => {
            let said = |side: &Side| match side {
                Side::Line(said) | Side::Strip { said, .. } => paragraph(said),
            };
            left.iter().chain(right).map(said).collect()
        }
        Block::Timeline { timeline, .. } => {
            let lanes: String = timeline.lanes.iter().map(|lane| format!("{lane}\n")).collect();
            format!("<pre style=\"{CODE}\">{}</pre>", escaped(&lanes))
        }
    }
}

fn paragraph(said: &Prose) -> String {
    let is_quiet = said.0.iter().all(|run| run.tone == Tone::Quiet);
    let look = if is_quiet { QUIET } else { "" };
    let gap = if is_quiet { ";" } else { "" };
    format!("<p style=\"margin:4px 0{gap}{look}\">{}</p>", words(said))
}

fn of_line(line: &DiffLine) -> String {
    let text = escaped(&line.signed());
    match line.change {
        Change::Removed => format!("<del style=\"{GOES}\">{text}</del>\n"),
        Change::Added => format!("<ins style=\"{COMES}\">{text}</ins>\n"),
        Change::Gap => format!("<span style=\"{QUIET}\">{text}</span>\n"),
        Change::Same => format!("{text}\n"),
    }
}

fn table(rows: &[Vec<Prose>]) -> String {
    let rows = rows.iter().enumerate().map(|(at, row)| {
        let tag = if at == 0 { "th" } else { "td" };
        let cell = |cell: &Prose| format!("<{tag}>{}</{tag}>", words(cell));
        format!("<tr>{}</tr>", row.iter().map(cell).collect::<String>())
    });
    format!("<table>{}</table>", rows.collect::<String>())
}

/// Running text; its lines stay.
fn words(said: &Prose) -> String {
    let Prose(runs) = said;
    let run = |run: &Run| {
        let text = escaped(&run.text).replace('\n', "<br>");
        match run.tone {
            Tone::Code | Tone::Key => format!("<code>{text}</code>"),
            Tone::Strong => format!("<strong>{text}</strong>"),
            Tone::Emphasis => format!("<em>{text}</em>"),
            _ => text,
        }
    };
    runs.iter().map(run).collect()
}

/// Text that cannot become markup, and in which nothing hides; its lines stay.
fn escaped(text: &str) -> String {
    visible::in_html(&visible::lines(text, Charset::Unicode))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::report::plain::text;

    fn diff(change: Change, text: &str) -> DiffLine {
        DiffLine { change, text: text.to_owned(), changed: Vec::new() }
    }

    #[test]
    fn foreign_text_becomes_no_markup_and_acts_on_no_terminal() {
        let hostile = "<script>alert(1)</script>\u{1b}[2J\" onload='x";
        let lines = vec![diff(Change::Removed, hostile)];
        let blocks = [Block::Paragraph(Prose::plain(hostile)), Block::Diff(lines)];
        let page = html(hostile, hostile, &blocks);
        assert!(!page.contains("<script>") && !page.contains("' "), "{page}");
        assert!(!page.contains('\u{1b}') && !text(&blocks).contains('\u{1b}'), "{page}");
    }

    #[test]
    fn a_change_is_told_without_colour() {
        let lines = [diff(Change::Removed, "a"), diff(Change::Added, "b"), diff(Change::Same, "c")];
        let blocks = [Block::Diff(lines.to_vec())];
        assert_eq!(text(&blocks), "  -a\n  +b\n   c\n");
        let page = html("l", "d", &blocks);
        assert!(page.contains(">-a</del>") && page.contains(">+b</ins>"), "{page}");
    }

    #[test]
    fn code_keeps_its_lines_and_items_stand_in_one_list() {
        let item = |text: &str| Block::Item { mark: Mark::Bullet, body: Prose::plain(text) };
        let code = Block::Code { language: String::new(), text: "a = 1\n\u{7}b = 2\n".into() };
        let page = html("l", "d", &[item("x"), item("y"), code, item("z")]);
        assert!(page.contains("<li>x</li><li>y</li></ul>"), "{page}");
        assert!(page.contains("a = 1\n␇b = 2\n</pre>"), "{page}");
        assert_eq!(page.matches("<ul").count(), 2, "{page}");
    }

    #[test]
    fn a_share_of_nothing_still_has_a_mark() {
        let bar = Block::Bar { share: 0, said: Prose::plain("w") };
        assert_eq!(text(&[bar]), "  █                     w\n");
    }
}
