//! The page of keys, this screen's first.

use std::sync::Arc;

use super::{At, Popup, TABLES};
use crate::document::{Block, Prose, Side};
use crate::knowledge::{Knowledge, Language};
use crate::tutor::key::Code;
use crate::tutor::keys::{Keys, Row, close, ctrl, down, k, page_down, page_up, typing, up};
use crate::tutor::line::Line;
use crate::tutor::reading::{Reading, Writer};
use crate::tutor::view::{self, Page};
use crate::tutor::{Tutor, everywhere};
use crate::wording::{header, popup};

pub static KEYS: Keys = typing("help").rows(&[
    up(&[k(Code::Up), ctrl('p')]),
    down(&[k(Code::Down), ctrl('n')]).footer(2),
    page_up(&[k(Code::PageUp)]),
    page_down(&[k(Code::PageDown)]),
    close(&[k(Code::Esc)]).footer(4).number(0),
]);

/// The keys that hold what was typed.
#[derive(Debug)]
struct Help {
    query: Line,
    page: Arc<Page>,
    /// The keys of the screen below.
    here: &'static Keys,
}

impl Popup for Help {
    fn keys(&self) -> &'static Keys {
        &KEYS
    }

    fn line(&mut self) -> Option<&mut Line> {
        Some(&mut self.query)
    }

    fn write(&mut self, _: usize, tutor: &Tutor<'_>) {
        self.page = keys_page(tutor.knowledge, tutor.reading, self.here, &self.query.text).into();
    }

    fn view(&self, at: At<'_>) -> view::Popup {
        let (title, page) = (at.ui(popup::KEYS), self.page.clone());
        let query = Some((self.query.text.clone(), self.query.cursor));
        view::Popup::Reader { title, query, page, scroll: at.scroll }
    }
}

impl Tutor<'_> {
    /// Opens the page of keys.
    pub(in crate::tutor) fn open_keys(&mut self) {
        let here = self.keys();
        self.open_window(Help { query: Line::default(), page: Arc::default(), here });
    }
}

/// The page of the keys that hold the words of `query`: those of `here` first, then those of
/// everywhere, then the others.
fn keys_page(knowledge: &Knowledge, reading: Reading, here: &'static Keys, query: &str) -> Page {
    let mut writer = Writer::new(knowledge, reading);
    let rank = |table: &Keys| match table {
        table if table == here || here.wider == Some(table) => 0,
        table if *table == everywhere::KEYS => 1,
        _ => 2,
    };
    let mut parts = TABLES;
    parts.sort_by_key(|table| rank(table));
    for table in parts {
        let Some(heading) = table.heading else { continue };
        let rows = table.rows.iter().filter(|row| holds(knowledge, row, query));
        let rows: Vec<&Row> = rows.collect();
        if !rows.is_empty() {
            writer.heading(heading);
            in_columns(&mut writer, &rows);
        }
    }
    if query.is_empty() {
        let skill = knowledge.skill();
        let args = [("skill", &*skill.name), ("notice", &skill.invocation_notice)];
        writer.paragraph(header::MARK, &args);
    }
    writer.finish()
}

/// Whether a row's key or its words, in either language, hold what was typed.
fn holds(knowledge: &Knowledge, row: &Row, query: &str) -> bool {
    let Some(label) = row.label else { return false };
    let query = query.trim().to_lowercase();
    let [en, zh] = Language::ALL.map(|language| knowledge.ui(language, label, &[]));
    query.is_empty()
        || [row.shown, &en, &zh].iter().any(|text| text.to_lowercase().contains(&query))
}

/// The keys in two columns, the first half on the left.
fn in_columns(writer: &mut Writer, rows: &[&Row]) {
    let knowledge = writer.knowledge;
    writer.each(|language| {
        let line = |row: &&Row| {
            let label = row.label.map(|label| knowledge.ui(language, label, &[]));
            let mut runs = Prose::of(&format!("`{}`", row.shown)).0;
            runs.extend(Prose::plain(format!("  {}", label.unwrap_or_default())).0);
            Side::Line(Prose(runs))
        };
        let (left, right) = rows.split_at(rows.len().div_ceil(2));
        let side = |rows: &[&Row]| rows.iter().map(line).collect();
        Block::Beside { left: side(left), right: side(right) }
    });
}
