//! A page as Markdown for other programs: without links to pages that they do not have.

use crate::knowledge::{Block, Inline, Language, Page, inlines, plain};

/// The page's title without marks.
pub fn title(page: &Page, language: Language) -> String {
    plain(&inlines(page.title.get(language)))
}

/// The page's conclusion without marks.
pub fn conclusion(page: &Page, language: Language) -> String {
    page.opening(language).iter().map(Block::plain).collect::<Vec<_>>().join(" ")
}

/// The page as GitHub's Markdown. Links to other pages are their text and the page's name.
pub fn markdown(page: &Page, language: Language) -> String {
    let mut out = format!("# {}\n", spans(&inlines(page.title.get(language))));
    let mut after_item = false;
    for block in page.blocks(language) {
        let is_item = matches!(block, Block::Item { .. });
        if !(is_item && after_item) {
            out.push('\n');
        }
        after_item = is_item;
        out.push_str(&of_block(block));
        out.push('\n');
    }
    out
}

fn of_block(block: &Block) -> String {
    match block {
        Block::Heading { text, .. } => format!("## {}", spans(text)),
        Block::Paragraph(text) => spans(text),
        Block::Item { number: Some(number), text } => format!("{number}. {}", spans(text)),
        Block::Item { number: None, text } => format!("- {}", spans(text)),
        Block::Code { language, text } => {
            let fence = fence(text, 3);
            format!("{fence}{language}\n{text}\n{fence}")
        }
        Block::Table(rows) => {
            let line = |row: &Vec<Vec<Inline>>| {
                let cells: Vec<String> =
                    row.iter().map(|cell| spans(cell).replace('|', "\\|")).collect();
                format!("| {} |", cells.join(" | "))
            };
            let mut lines: Vec<String> = rows.iter().map(line).collect();
            let rule = format!("|{}", " --- |".repeat(rows.first().map_or(0, Vec::len)));
            lines.insert(1.min(lines.len()), rule);
            lines.join("\n")
        }
    }
}

fn spans(inlines: &[Inline]) -> String {
    let span = |inline: &Inline| match inline {
        Inline::Text(text) => escaped(text),
        Inline::Code(text) => code(text),
        Inline::Strong(text) => format!("**{}**", spans(text)),
        Inline::Emphasis(text) => format!("*{}*", spans(text)),
        Inline::Link { to, text } => format!("{} ({})", spans(text), code(to)),
    };
    inlines.iter().map(span).collect()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        if "\\`*_[]<>#".contains(char) {
            out.push('\\');
        }
        out.push(char);
    }
    out
}

fn code(text: &str) -> String {
    let fence = fence(text, 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// At least `least` backticks, and more than stand together in `text`.
fn fence(text: &str, least: usize) -> String {
    let runs = text.split(|char| char != '`').map(str::len);
    "`".repeat(runs.max().map_or(least, |run| least.max(run + usize::from(run > 0))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(spans(&inlines(text)), expected);
    }

    #[test]
    fn running_text_keeps_its_marks_and_loses_its_links() {
        check("write `await x`, *not* **that**", "write `await x`, *not* **that**");
        check("[at every call](async-all-the-way)", "at every call (`async-all-the-way`)");
        check("a_b \\* c", "a\\_b \\* c");
    }

    #[test]
    fn code_with_backticks_has_a_longer_fence() {
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        let text = "```\nx\n```".to_owned();
        let block = Block::Code { language: "python".to_owned(), text };
        assert!(of_block(&block).starts_with("````python\n"));
    }

    #[test]
    fn a_table_has_a_rule_under_its_first_row() {
        let cell = |text: &str| inlines(text);
        let rows = vec![vec![cell("a"), cell("b")], vec![cell("`x|y`"), cell("2")]];
        assert_eq!(of_block(&Block::Table(rows)), "| a | b |\n| --- | --- |\n| `x\\|y` | 2 |");
    }
}
