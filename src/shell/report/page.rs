//! A page of the tutor's, drawn for a terminal.

use super::{Paper, Piece, Tone, Voice, wrap};
use crate::knowledge::{Block, Inline, Language, Page, inlines};
use crate::review::called;
use crate::shell::visible;
use crate::wording::cli;

/// Columns of running text at most, however wide the terminal is.
pub(super) const WIDTH: usize = 88;

/// What stands before a block's lines.
const INDENT: &str = "    ";

/// The page in the voice's languages, one after the other.
pub fn page(paper: Paper, voice: Voice<'_>, page: &Page) -> String {
    let width = paper.width.unwrap_or(WIDTH).clamp(20, WIDTH);
    let mut lines = Vec::new();
    for language in voice.languages() {
        let title = pieces(&inlines(page.title.get(language)), Tone::Heading);
        lines.extend(wrap(paper, &title, Some(width)));
        let kind = voice.knowledge.ui(language, called::kind(page.kind), &[]);
        lines.push(paper.paint(Tone::Quiet, &format!("{kind} {}", page.id)));
        let blocks = page.blocks(language);
        let mut after_item = false;
        for block in blocks {
            let is_item = matches!(block, Block::Item { .. });
            if !(is_item && after_item) {
                lines.push(String::new());
            }
            after_item = is_item;
            lines.extend(block_lines(paper, block, width));
        }
        lines.extend(see_also(paper, voice, language, page, width));
        lines.push(String::new());
    }
    lines.pop();
    lines.join("\n") + "\n"
}

fn block_lines(paper: Paper, block: &Block, width: usize) -> Vec<String> {
    match block {
        Block::Heading { text, .. } => wrap(paper, &pieces(text, Tone::Heading), Some(width)),
        Block::Paragraph(text) => wrap(paper, &pieces(text, Tone::Plain), Some(width)),
        Block::Item { number, text } => {
            let bullet = paper.either("•", "-").to_owned();
            let mark = number.map_or(bullet, |number| format!("{number}."));
            let hang = " ".repeat(visible::width(&mark) + 3);
            let room = Some(width.saturating_sub(hang.len()));
            let lines = wrap(paper, &pieces(text, Tone::Plain), room);
            let lead = |at: usize| if at == 0 { format!("  {mark} ") } else { hang.clone() };
            lines.iter().enumerate().map(|(at, line)| lead(at) + line).collect()
        }
        Block::Code { text, .. } => {
            let line = |line: &str| format!("{INDENT}{}", paper.paint(Tone::Code, line));
            text.lines().map(line).map(|line| line.trim_end().to_owned()).collect()
        }
        Block::Table(rows) => table(paper, rows, width),
    }
}

/// A table with columns as wide as they need to be, the last one wrapped to what is left.
fn table(paper: Paper, rows: &[Vec<Vec<Inline>>], width: usize) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let needs = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell_width(paper, cell)).max().unwrap_or_default()
    };
    let mut widths: Vec<usize> = (0..columns).map(needs).collect();
    let gaps = 2 * columns.saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > width
        && let Some(widest) = widths.iter_mut().max_by_key(|width| **width)
        && *widest > 8
    {
        *widest -= 1;
    }
    let mut out = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let tone = if at == 0 { Tone::Strong } else { Tone::Plain };
        out.extend(table_row(paper, row, &widths, tone));
        if at == 0 {
            let rule = paper.either("─", "-").repeat(widths.iter().sum::<usize>() + gaps);
            out.push(paper.paint(Tone::Quiet, &rule));
        }
    }
    out
}

fn cell_width(paper: Paper, cell: &[Inline]) -> usize {
    let pieces = pieces(cell, Tone::Plain);
    pieces.iter().map(|piece| visible::width(&paper.safe(&piece.text))).sum()
}

fn table_row(paper: Paper, row: &[Vec<Inline>], widths: &[usize], tone: Tone) -> Vec<String> {
    let plain = Paper { color: false, ..paper };
    let wrapped: Vec<(usize, Vec<String>, Vec<String>)> = row
        .iter()
        .zip(widths)
        .map(|(cell, width)| {
            let pieces = pieces(cell, tone);
            let lines = wrap(paper, &pieces, Some(*width));
            (*width, lines, wrap(plain, &pieces, Some(*width)))
        })
        .collect();
    let height = wrapped.iter().map(|(_, lines, _)| lines.len()).max().unwrap_or_default();
    let line = |at: usize| {
        let cell = |(width, painted, plain): &(usize, Vec<String>, Vec<String>)| {
            let text = painted.get(at).map_or("", String::as_str);
            let used = plain.get(at).map_or(0, |text| visible::width(text));
            format!("{text}{}", " ".repeat(width.saturating_sub(used)))
        };
        wrapped.iter().map(cell).collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    (0..height).map(line).collect()
}

/// Where to read on.
fn see_also(
    paper: Paper,
    voice: Voice<'_>,
    language: Language,
    page: &Page,
    width: usize,
) -> Vec<String> {
    if page.see.is_empty() {
        return Vec::new();
    }
    let label = voice.knowledge.ui(language, cli::SEE_ALSO, &[]);
    let text = [Piece::new(Tone::Quiet, label), Piece::new(Tone::Link, page.see.join(", "))];
    let mut lines = vec![String::new()];
    lines.extend(wrap(paper, &text, Some(width)));
    lines
}

/// Running text as stretches of one look. Code in a heading keeps the heading's.
fn pieces(text: &[Inline], tone: Tone) -> Vec<Piece> {
    let mut out = Vec::new();
    for inline in text {
        match inline {
            Inline::Text(text) => out.push(Piece::new(tone, text.as_str())),
            Inline::Code(text) if tone == Tone::Plain => {
                out.push(Piece::new(Tone::Code, text.as_str()));
            }
            Inline::Code(text) => out.push(Piece::new(tone, text.as_str())),
            Inline::Strong(inner) => out.extend(pieces(inner, Tone::Strong)),
            Inline::Emphasis(inner) => out.extend(pieces(inner, Tone::Emphasis)),
            Inline::Link { text, .. } => out.extend(pieces(text, Tone::Link)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::knowledge::{Knowledge, PageKind};
    use crate::tutor::Reading;

    const EN: &str = "---
id: a
kind: note
title: \"`f` here\"
keywords: [f]
see: [b]
---
One sentence with `code` and **weight**.

## Head {#head}

- an item that is longer than a line
- another

```python
x = 1
```

| a | b |
| --- | --- |
| one | two words |
";

    fn draw(paper: Paper) -> String {
        let interface =
            "kinds:\n  note: {en: note, zh: 说明}\ncli:\n  see-also: {en: 'See: ', zh: 见}\n";
        let files = [("content/notes/a.md", EN), ("content/interface.yaml", interface)];
        let files: BTreeMap<String, String> =
            files.map(|(path, text)| (path.to_owned(), text.to_owned())).into();
        let knowledge = Knowledge::open(&files);
        let voice = Voice { knowledge: &knowledge, reading: Reading::One(Language::En) };
        page(paper, voice, knowledge.page(PageKind::Note, "a").unwrap())
    }

    #[test]
    fn a_page_is_laid_out_to_the_width() {
        let page = draw(Paper { width: Some(28), ..Paper::PLAIN });
        let lines: Vec<&str> = page.lines().collect();
        let body = ["One sentence with code and", "weight.", "", "Head", ""];
        let items = ["  • an item that is longer", "    than a line", "  • another", ""];
        let rest = ["    x = 1", "", "a    b", "──────────────", "one  two words", "", "See: b"];
        let head = ["f here", "note a", ""];
        assert_eq!(lines, [&head[..], &body, &items, &rest].concat());
    }

    #[test]
    fn meanings_have_colours() {
        let page = draw(Paper { color: true, ..Paper::PLAIN });
        assert!(page.starts_with("\u{1b}[1;35mf here\u{1b}[0m\n"), "{page}");
        assert!(page.contains("\u{1b}[36mcode\u{1b}[0m and \u{1b}[1mweight\u{1b}[0m."), "{page}");
    }
}
