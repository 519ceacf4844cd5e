//! A document as plain text: for the cells of a notebook whose front end shows no HTML, and for programs.

use crate::document::{Block, DiffLine, Mark, Prose, Run, Side, Tone};
use crate::shell::visible::{self, Charset};

/// Marks of a bar's whole width.
const MARKS: usize = 20;

/// The document, block under block; no line of it acts on a terminal.
pub fn text(blocks: &[Block]) -> String {
    joined(blocks, "")
}

/// The document with an empty line between its blocks.
pub fn text_apart(blocks: &[Block]) -> String {
    joined(blocks, "\n")
}

fn joined(blocks: &[Block], between: &str) -> String {
    let lines = blocks.iter().map(|block| format!("{}\n", of_block(block).trim_end_matches('\n')));
    visible::lines(&lines.collect::<Vec<_>>().join(between), Charset::Unicode)
}

fn of_block(block: &Block) -> String {
    match block {
        Block::Conclusion(said) | Block::Paragraph(said) => words(said),
        Block::Heading(said) => format!("\n{}", words(said)),
        Block::Item { mark, body } => {
            let mark = match mark {
                Mark::Number(number) => format!("{number}."),
                _ => "-".to_owned(),
            };
            format!("  {mark} {}", words(body).replace('\n', "\n    "))
        }
        Block::Code { text, .. } => text.lines().map(|line| format!("    {line}\n")).collect(),
        Block::Diff(lines) => {
            let line = |line: &DiffLine| format!("  {}\n", line.signed());
            lines.iter().map(line).collect()
        }
        Block::Table(rows) => {
            let row = |row: &Vec<Prose>| row.iter().map(words).collect::<Vec<_>>().join("  ");
            rows.iter().map(row).collect::<Vec<_>>().join("\n")
        }
        Block::Bar { share, said } => {
            let marks = (MARKS * usize::from(*share) / usize::from(Block::WHOLE)).clamp(1, MARKS);
            format!("  {:MARKS$}  {}", "█".repeat(marks), words(said))
        }
        Block::Beside { left, right } => {
            let said = |side: &Side| match side {
                Side::Line(said) | Side::Strip { said, .. } => format!("{}\n", words(said)),
            };
            left.iter().chain(right).map(said).collect()
        }
        Block::Timeline { timeline, .. } => {
            timeline.lanes.iter().map(|lane| format!("{lane}\n")).collect()
        }
    }
}

/// Running text, with code between backticks.
fn words(said: &Prose) -> String {
    let Prose(runs) = said;
    let word = |run: &Run| match run.tone {
        Tone::Code | Tone::Key => format!("`{}`", run.text),
        _ => run.text.clone(),
    };
    runs.iter().map(word).collect()
}
