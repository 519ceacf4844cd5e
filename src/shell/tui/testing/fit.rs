//! What holds of every screen of the real content, whatever its texts say: nothing is cut, nothing is in
//! the other language, and the way on and the way out are there.

use super::{draw, with_ink};
use crate::document::{Block, Prose, Run, Side, Tone};
use crate::knowledge::Language;
use crate::shell::tui::draw::lay_out;
use crate::shell::tui::paint::Painter;
use crate::shell::visible;
use crate::tutor::Reading;
use crate::tutor::view::{Body, Page, Popup, Row, View};

/// Sizes at which every screen is looked at, in columns and rows.
const SIZES: [(u16, u16); 2] = [(80, 24), (160, 48)];

/// Widths at which a page is laid out: that of a pane, of half a wide screen, of a narrow one.
const WIDTHS: [usize; 3] = [38, 58, 78];

/// English words in a row that a Chinese text does not have.
const WORDS: usize = 4;

/// Looks at a screen, which `name` tells from others.
pub fn look_at(name: &str, view: &View, reading: Reading) {
    for text in texts(view) {
        // The key that changes the language names the other one.
        let text = text.replace("中文", "");
        let is_foreign = match reading {
            Reading::One(Language::En) => text.chars().any(is_chinese),
            // A kernel's own words stay what they are.
            Reading::One(Language::Zh) => is_english(&text) && !text.contains("Error: "),
            Reading::Both(_) => false,
        };
        assert!(!is_foreign, "{name}: in the other language: {text}");
        assert!(!text.contains('{') || text.contains('`'), "{name}: not filled in: {text}");
    }
    for page in pages(view) {
        for width in WIDTHS {
            fits(name, page, width);
        }
    }
    for (width, height) in SIZES {
        on_a_screen(name, view, draw(view, width, height), usize::from(width));
    }
}

fn on_a_screen(name: &str, view: &View, drawn: String, width: usize) {
    let rows: Vec<&str> = drawn.lines().collect();
    let (Some(head), Some(foot)) = (rows.first(), rows.last()) else { panic!("{name}: no rows") };
    for row in &rows {
        assert!(visible::width(row) <= width, "{name}: wider than {width}: {row}");
    }
    assert!(!head.contains('…') && !foot.contains('…'), "{name}: cut:\n{head}\n{foot}");
    for hint in view.footer.iter().filter(|hint| hint.always) {
        let shown = format!("{} {}", hint.key, hint.label);
        assert!(foot.contains(&shown), "{name}: `{shown}` is not in the last row: {foot}");
    }
    let first = view.footer.first().map(|hint| hint.key.as_str()).unwrap_or_default();
    assert!(foot.contains(first), "{name}: the likeliest key is not in the last row: {foot}");
}

/// Every line of a page has room, whatever its blocks are.
fn fits(name: &str, page: &Page, width: usize) {
    with_ink(|ink| {
        for line in lay_out(page, width, false, ink, &mut Painter::at_once()).lines {
            let columns = visible::width(line.to_string().trim_end());
            assert!(columns <= width, "{name}: {columns} columns where there are {width}: {line}");
        }
    });
}

/// The pages on a screen.
fn pages(view: &View) -> Vec<&Page> {
    let mut all: Vec<&Page> = Vec::new();
    if let Body::Walkthrough(walk) = &view.body {
        all.push(&walk.guide);
    }
    match &view.popup {
        Some(Popup::List { preview, .. }) => all.extend(preview.as_deref()),
        Some(Popup::Reader { page, .. } | Popup::Confirm { page, .. }) => all.push(page),
        Some(Popup::Line { .. }) | None => {}
    }
    all
}

/// The running texts on a screen, without what is code in them.
fn texts(view: &View) -> Vec<String> {
    let mut all: Vec<String> = view.status.iter().map(words).collect();
    all.extend(view.footer.iter().map(|hint| hint.label.clone()));
    all.push(view.header.place.clone());
    match &view.body {
        Body::Home(home) => {
            all.extend([home.subtitle.clone(), home.invitation.clone()]);
            all.extend(home.choices.iter().map(|choice| choice.label.clone()));
        }
        Body::Walkthrough(walk) => all.extend(walk.steps.iter().map(|step| step.label.clone())),
    }
    match &view.popup {
        // Rows may be the messages of errors, which are English everywhere.
        Some(Popup::List { title, empty, .. }) => all.extend([title.clone(), empty.clone()]),
        Some(Popup::Line { title, note, .. }) => all.extend([title.clone(), note.clone()]),
        Some(Popup::Reader { title, .. } | Popup::Confirm { title, .. }) => all.push(title.clone()),
        None => {}
    }
    let rows = pages(view).into_iter().flat_map(|page| &page.rows);
    let blocks = rows.flat_map(|row| match row {
        Row::One(block) => vec![block],
        Row::Pair(one, other) => vec![one, other],
    });
    all.extend(blocks.flat_map(of_block));
    all
}

fn of_block(block: &Block) -> Vec<String> {
    match block {
        Block::Conclusion(said) | Block::Heading(said) | Block::Paragraph(said) => {
            vec![words(said)]
        }
        Block::Item { body: said, .. } | Block::Bar { said, .. } => vec![words(said)],
        Block::Table(rows) => rows.iter().flatten().map(words).collect(),
        Block::Beside { left, right } => {
            let said = |side: &Side| match side {
                Side::Line(said) | Side::Strip { said, .. } => words(said),
            };
            left.iter().chain(right).map(said).collect()
        }
        Block::Timeline { legend, .. } => legend.iter().map(|(_, word)| word.clone()).collect(),
        Block::Code { .. } | Block::Diff(_) => Vec::new(),
    }
}

/// Running text with a tick in place of each stretch of code.
fn words(said: &Prose) -> String {
    let Prose(runs) = said;
    let word = |run: &Run| match run.tone {
        Tone::Code | Tone::Key => "`".to_owned(),
        _ => run.text.clone(),
    };
    runs.iter().map(word).collect()
}

fn is_chinese(char: char) -> bool {
    matches!(char, '\u{4e00}'..='\u{9fff}')
}

fn is_english(text: &str) -> bool {
    let mut row = 0;
    text.split_whitespace().any(|word| {
        let letters = word.trim_matches(|char: char| char.is_ascii_punctuation());
        let is_word = letters.len() > 1 && letters.chars().all(|char| char.is_ascii_lowercase());
        row = if is_word { row + 1 } else { 0 };
        row >= WORDS
    })
}
