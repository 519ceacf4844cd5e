//! Every command of a screen by its name, in both languages; and the page of keys, this screen's
//! first.

use super::Tutor;
use super::keys::{self, Binding, Command, Context};
use super::line::Line;
use super::message::Effect;
use super::pages::Step;
use super::popups::Kind;
use super::reading::{Reading, Writer, prose_of};
use super::view::{Block, ListRow, Page, Prose, Side};
use crate::knowledge::{self, Knowledge, Language};
use crate::text::Wording;
use crate::wording;

/// A command that can be chosen.
#[derive(Debug, Clone)]
pub struct Entry {
    pub command: Command,
    pub row: ListRow,
    /// What the filter sees: its name in both languages, its key, and where it belongs.
    words: String,
}

impl Entry {
    fn new(knowledge: &Knowledge, language: Language, command: Command, row: &Row) -> Self {
        let label = knowledge.ui(language, row.name, &[]);
        let [en, zh] = [Language::En, Language::Zh].map(|it| knowledge.ui(it, row.name, &[]));
        let detail = row.key.to_owned();
        let words = format!("{en} {zh} {} {detail}", row.name.key());
        Self { command, row: ListRow { label, detail }, words }
    }
}

/// How a command is called and what brings it.
struct Row {
    name: Wording,
    key: &'static str,
}

/// The places in `all` of those that hold the words.
pub fn filter(query: &str, all: &[Entry]) -> Vec<usize> {
    knowledge::filter(query, all.iter().map(|it| it.words.as_str()))
}

/// The parts of the page of keys, each under its heading.
const PARTS: [(Context, Wording); 12] = [
    (Context::Walkthrough, wording::keys::WALKTHROUGH),
    (Context::Home, wording::keys::HOME),
    (Context::Lessons, wording::keys::LESSON_LIST),
    (Context::Stage, wording::keys::LESSON),
    (Context::Predict, wording::keys::QUESTION),
    (Context::Drill, wording::keys::DRILL),
    (Context::Filter, wording::keys::FILTER),
    (Context::Reader, wording::keys::READER),
    (Context::Outcome, wording::keys::OUTCOME),
    (Context::Record, wording::keys::RECORD_WINDOW),
    (Context::Editor, wording::keys::EDITOR),
    (Context::Everywhere, wording::keys::EVERYWHERE),
];

/// The page of the keys that hold the words of `query`: those of `here` first, then those of
/// everywhere, then the others.
pub fn keys_page(knowledge: &Knowledge, reading: Reading, here: Context, query: &str) -> Page {
    let mut writer = Writer::new(knowledge, reading);
    let is_here = |context: Context| here == context || here.wider() == Some(context);
    let rank = |context: Context| match context {
        context if is_here(context) => 0,
        Context::Everywhere => 1,
        _ => 2,
    };
    let mut parts = PARTS;
    parts.sort_by_key(|(context, _)| rank(*context));
    for (context, heading) in parts {
        let rows = keys::all().filter(|row| row.context == context && row.label.is_some());
        let rows: Vec<&Binding> = rows.filter(|row| holds(knowledge, row, query)).collect();
        if !rows.is_empty() {
            writer.heading(heading);
            in_columns(&mut writer, &rows);
        }
    }
    if query.is_empty() {
        let skill = knowledge.skill();
        let args = [("skill", &*skill.name), ("notice", &skill.invocation_notice)];
        writer.paragraph(wording::header::MARK, &args);
    }
    writer.finish()
}

/// Whether a row's key or its words, in either language, hold what was typed.
fn holds(knowledge: &Knowledge, row: &Binding, query: &str) -> bool {
    let query = query.trim().to_lowercase();
    let label =
        |language| row.label.map(|label| knowledge.ui(language, label, &[])).unwrap_or_default();
    let mut texts = [row.shown.to_owned(), label(Language::En), label(Language::Zh)].into_iter();
    query.is_empty() || texts.any(|text| text.to_lowercase().contains(&query))
}

/// The keys in two columns, the first half on the left.
fn in_columns(writer: &mut Writer, rows: &[&Binding]) {
    let knowledge = writer.knowledge;
    writer.each(|language| {
        let line = |row: &&Binding| {
            let label = row.label.map(|label| knowledge.ui(language, label, &[]));
            let label = label.unwrap_or_default();
            let mut runs = prose_of(&format!("`{}`", row.shown)).0;
            runs.extend(Prose::plain(format!("  {label}")).0);
            Side::Line(Prose(runs))
        };
        let (left, right) = rows.split_at(rows.len().div_ceil(2));
        let side = |rows: &[&Binding]| rows.iter().map(line).collect();
        Block::Beside { left: side(left), right: side(right) }
    });
}

impl Tutor<'_> {
    /// Opens the list of the commands that this screen has.
    pub(super) fn open_palette(&mut self) {
        let all = self.commands_here();
        let shown = (0..all.len()).collect();
        self.open_window(Kind::Palette { query: Line::default(), all, shown });
    }

    /// Opens the page of keys.
    pub(super) fn open_keys(&mut self) {
        let here = self.context();
        let page = keys_page(self.knowledge, self.reading, here, "").into();
        self.open_window(Kind::Keys { query: Line::default(), page, here });
    }

    /// The commands of this screen that would do something, each once.
    fn commands_here(&self) -> Vec<Entry> {
        let (knowledge, language) = (self.knowledge, self.reading.base());
        let here = self.context();
        let mut found: Vec<Entry> = Vec::new();
        let rows = keys::all().filter(|row| here.has(row) || row.context == Context::Everywhere);
        for row in rows.filter(|row| !row.shown.is_empty() && row.command != Command::Palette) {
            let is_new = !found.iter().any(|entry| entry.command == row.command);
            if let Some(name) = name(row).filter(|_| is_new && self.is_useful(row.command)) {
                let row_of = Row { name, key: row.shown };
                found.push(Entry::new(knowledge, language, row.command, &row_of));
            }
        }
        if here == Context::Walkthrough {
            let steps = Step::ALL.into_iter().zip(["1", "2", "3", "4", "5", "6"]);
            for (step, key) in steps.filter(|(step, _)| self.is_step_open(*step)) {
                let row = Row { name: step.label(), key };
                let command = Command::Step(step.number());
                found.push(Entry::new(knowledge, language, command, &row));
            }
        }
        found
    }

    fn is_step_open(&self, step: Step) -> bool {
        self.walk_seen().is_some_and(|walk| walk.is_open(step))
    }

    /// Does what was chosen, on the screen below the list.
    pub(super) fn run_chosen(&mut self, command: Option<Command>) -> Vec<Effect> {
        self.windows.pop();
        command.map(|command| self.run(command)).unwrap_or_default()
    }
}

/// The interface text that names a row's command. Steps have their own names.
fn name(row: &Binding) -> Option<Wording> {
    row.label.filter(|_| !matches!(row.command, Command::Step(_)))
}
