//! A question of the pattern chooser, or the pattern to which the answers lead, as text.

use super::{Paper, Piece, Tone, Voice, wrap};
use crate::knowledge::{Both, End, Language, Question, inlines, plain};
use crate::wording::{Wording, pattern_chooser};

/// Columns of running text at most, however wide the terminal is.
const WIDTH: usize = 88;

/// What stands before a line of code.
const INDENT: &str = "    ";

/// A question with its numbered answers, in each language.
pub fn question(paper: Paper, voice: Voice<'_>, question: &Question) -> String {
    let mut lines = Vec::new();
    for language in voice.languages() {
        lines.extend(paragraph(paper, Tone::Heading, question.ask.get(language)));
        for (at, choice) in question.choices.iter().enumerate() {
            let text = format!("{}  {}", at + 1, words(choice.text.get(language)));
            lines.push(format!("  {}", paper.paint(Tone::Plain, &text)));
        }
        lines.push(String::new());
    }
    lines.pop();
    lines.join("\n") + "\n"
}

/// The page's title and opening, the skeleton, why it fits and what it costs, in each language.
/// The code stands once.
pub fn chosen(paper: Paper, voice: Voice<'_>, end: &End, code: Option<String>) -> String {
    let Some(page) = voice.knowledge.page_of_end(end) else { return String::new() };
    let mut lines = Vec::new();
    let ui = |language: Language, key: Wording| voice.knowledge.ui(language, key, &[]);
    for language in voice.languages() {
        lines.extend(paragraph(paper, Tone::Heading, page.title.get(language)));
        let opening = page.opening(language).iter().map(|block| block.plain());
        lines.extend(paragraph(paper, Tone::Plain, &opening.collect::<Vec<_>>().join(" ")));
        lines.push(String::new());
    }
    if let Some(code) = code {
        let line = |line: &str| match line.is_empty() {
            true => String::new(),
            false => format!("{INDENT}{}", paper.paint(Tone::Code, line)),
        };
        lines.extend(code.lines().map(line));
        lines.push(String::new());
    }
    for language in voice.languages() {
        let mut part = |key: Wording, text: &Both<String>| {
            lines.extend(paragraph(paper, Tone::Strong, &ui(language, key)));
            lines.extend(paragraph(paper, Tone::Plain, text.get(language)));
        };
        part(pattern_chooser::WHY, &end.why);
        part(pattern_chooser::COSTS, &end.costs);
        lines.push(String::new());
    }
    let label = voice.label(pattern_chooser::READ, &[]);
    lines.push(paper.paint(Tone::Quiet, &label));
    lines.push(format!(
        "{INDENT}{}",
        paper.paint(Tone::Link, &format!("nbasync explain {}", page.id))
    ));
    lines.join("\n") + "\n"
}

fn paragraph(paper: Paper, tone: Tone, markdown: &str) -> Vec<String> {
    let width = paper.width.map(|width| width.clamp(20, WIDTH));
    wrap(paper, &[Piece::new(tone, words(markdown))], width)
}

fn words(markdown: &str) -> String {
    plain(&inlines(markdown))
}
