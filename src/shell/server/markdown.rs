//! Pages as Markdown for an editor's hover: what leads to another page is plain text there.

use crate::knowledge::{Block, Inline, Language, Page};

/// The page under its title, in one language.
pub fn page(page: &Page, language: Language) -> String {
    let mut out = format!("### {}", page.title.get(language));
    let mut after_item = false;
    for block in page.blocks(language) {
        let is_item = matches!(block, Block::Item { .. });
        out.push_str(if is_item && after_item { "\n" } else { "\n\n" });
        after_item = is_item;
        out.push_str(&written(block));
    }
    out
}

fn written(block: &Block) -> String {
    match block {
        Block::Heading { text, .. } => format!("#### {}", inlines(text)),
        Block::Paragraph(text) => inlines(text),
        Block::Item { number, text } => {
            let mark = number.map_or("-".to_owned(), |number| format!("{number}."));
            format!("{mark} {}", inlines(text))
        }
        Block::Code { language, text } => format!("```{language}\n{text}\n```"),
        Block::Table(rows) => {
            let row = |cells: &Vec<Vec<Inline>>| {
                let cells: Vec<String> =
                    cells.iter().map(|it| inlines(it).replace('|', "\\|")).collect();
                format!("| {} |", cells.join(" | "))
            };
            let mut lines: Vec<String> = rows.iter().map(row).collect();
            let rule = rows.first().map(|cells| format!("|{}", " --- |".repeat(cells.len())));
            lines.splice(1.min(lines.len())..1.min(lines.len()), rule);
            lines.join("\n")
        }
    }
}

fn inlines(text: &[Inline]) -> String {
    let written = |inline: &Inline| match inline {
        Inline::Text(text) => escaped(text),
        Inline::Code(text) => format!("`{text}`"),
        Inline::Strong(inner) => format!("**{}**", inlines(inner)),
        Inline::Emphasis(inner) => format!("*{}*", inlines(inner)),
        Inline::Link { text, .. } => inlines(text),
    };
    text.iter().map(written).collect()
}

/// Text that is nothing but text.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        if matches!(char, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>') {
            out.push('\\');
        }
        out.push(char);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::{Knowledge, PageKind};
    use crate::shell::embedded::Embedded;

    #[test]
    fn every_page_of_a_mistake_is_written_whole_and_without_links() {
        let knowledge = Knowledge::open(&Embedded);
        for it in knowledge.pages(PageKind::Mistake) {
            for language in Language::ALL {
                let written = page(it, language);
                assert!(!written.contains("]("), "{written}");
                assert_eq!(written.matches("```").count() % 2, 0, "{written}");
                let words = it.blocks(language).iter().map(Block::plain).collect::<String>();
                assert!(written.len() > words.len(), "{}", it.id);
            }
        }
    }

    #[test]
    fn a_table_has_a_rule_under_its_head_and_marks_are_escaped() {
        let cell = |text: &str| vec![Inline::Text(text.to_owned())];
        let table = Block::Table(vec![vec![cell("a"), cell("b_c")], vec![cell("x|y"), cell("*")]]);
        assert_eq!(written(&table), "| a | b\\_c |\n| --- | --- |\n| x\\|y | \\* |");
    }
}
