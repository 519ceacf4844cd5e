//! A deviation goes on record: the reason is typed, the record looked at, then saved or inserted.

use std::sync::Arc;

use jiff::civil::Date;

use super::line::Line;
use super::moving::Move;
use super::pages::spent;
use super::popups::{Kind, Question, Window};
use super::proving::{Outcome, State};
use super::reading::{Reading, Writer, block, prose_of};
use super::view::{Block, Page, Tone};
use super::{Screen, Tutor, diff};
use crate::diagnostic::Message;
use crate::knowledge::{Language, PageKind, blocks};
use crate::review::{FileChange, Form, Place, Record, record, review_day, with_record};
use crate::transcript::Transcript;
use crate::tutor::message::Effect;
use crate::wording;

/// A record that is looked at.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The deviation's id.
    pub id: String,
    pub reason: String,
    pub page: Arc<Page>,
}

impl Tutor<'_> {
    /// Dates records with the day that this says, when one is made.
    pub fn with_today(mut self, today: fn() -> Date) -> Self {
        self.today = today;
        self
    }

    /// Asks for the reason of the deviation whose page is open.
    pub(super) fn begin_record(&mut self) {
        if let Some(id) = self.open_deviation() {
            self.windows.push(Window::new(Kind::Reason { line: Line::default(), id }));
        }
    }

    /// The deviation of the page that is open.
    pub(super) fn open_deviation(&self) -> Option<String> {
        match &self.windows.last()?.kind {
            Kind::Reader { id: Some((PageKind::Deviation, id)), .. } => Some(id.clone()),
            Kind::Outcome(outcome) if outcome.about.0 == PageKind::Deviation => {
                Some(outcome.about.1.clone())
            }
            _ => None,
        }
    }

    /// The reason was typed: shows the record.
    pub(super) fn show_record(&mut self) {
        let Some(Kind::Reason { line, id }) = self.windows.last().map(|it| &it.kind) else {
            return;
        };
        let (id, reason) = (id.clone(), line.text.trim().to_owned());
        let page = self.record_page(&id, &reason);
        self.windows.pop();
        self.windows.push(Window::new(Kind::Recorded(Recorded { id, reason, page })));
    }

    /// The record as Markdown; `None` when there is no such deviation.
    fn record_text(&self, id: &str, reason: &str, form: Form) -> Option<String> {
        let page = self.knowledge.page(PageKind::Deviation, id)?;
        let languages: &[Language] = match self.reading {
            Reading::Both(_) => &Language::ALL,
            Reading::One(Language::En) => &[Language::En],
            Reading::One(Language::Zh) => &[Language::Zh],
        };
        let place = match &self.screen {
            Screen::Walk(walk) => Some(Place {
                notebook: &walk.document.notebook,
                file: &walk.document.name,
                cell: Some(walk.cell),
                problem: walk.current(),
            }),
            Screen::Home { .. } | Screen::Learn(_) => None,
        };
        let decided = (self.today)();
        let review = review_day(decided);
        let it = Record { page, reason, decided, review, place };
        let text = record(self.knowledge, languages, form, &it);
        let Some(spent) = self.spent().filter(|_| form == Form::File) else { return Some(text) };
        Some(format!("{text}\n{spent}"))
    }

    /// Where the time of the cell went, as far as it was run here.
    fn spent(&self) -> Option<String> {
        let Screen::Walk(walk) = &self.screen else { return None };
        let State::Done(Outcome { before, after }) = &walk.attempt.as_ref()?.state else {
            return None;
        };
        let of = |ran: &Transcript| ran.cells.iter().find(|it| it.cell == walk.cell).cloned();
        let (before, after) = (of(before), after.as_ref().and_then(of));
        let language = self.reading.base();
        spent::markdown(self.knowledge, language, before.as_ref(), after.as_ref())
    }

    /// The record laid out to be read.
    pub(super) fn record_page(&self, id: &str, reason: &str) -> Arc<Page> {
        let mut writer = Writer::new(self.knowledge, self.reading);
        let text = self.record_text(id, reason, Form::Cell).unwrap_or_default();
        for (at, found) in blocks(&text).iter().enumerate() {
            writer.same(match block(found) {
                Block::Heading(title) if at == 0 => Block::Conclusion(title),
                block => block,
            });
        }
        Arc::new(writer.finish())
    }

    fn recorded(&self) -> Option<(&str, &str)> {
        match &self.windows.last()?.kind {
            Kind::Recorded(recorded) => Some((&recorded.id, &recorded.reason)),
            _ => None,
        }
    }

    /// The record for the clipboard.
    pub(super) fn record_to_copy(&self) -> Option<String> {
        let (id, reason) = self.recorded()?;
        self.record_text(id, reason, Form::File)
    }

    /// Asks the shell to save the record beside the notebook.
    pub(super) fn save_record(&self) -> Vec<Effect> {
        let Some((id, reason)) = self.recorded() else { return Vec::new() };
        let Some(text) = self.record_text(id, reason, Form::File) else { return Vec::new() };
        let (near, name) = match &self.screen {
            Screen::Home { .. } | Screen::Learn(_) => (None, format!("deviation-{id}.md")),
            Screen::Walk(walk) => {
                let near = walk.document.path.clone();
                let stem = near.as_ref().and_then(|path| path.file_stem());
                let stem = stem.map_or("cell".into(), |stem| stem.to_string_lossy().into_owned());
                (near, format!("{stem}-cell-{}-{id}.md", walk.cell.number()))
            }
        };
        vec![Effect::SaveAdvice { near, name, text }]
    }

    /// Whether the open notebook's file can take the record.
    pub(super) fn takes_record(&self) -> bool {
        let document = self.document();
        document.is_some_and(|it| it.path.is_some() && it.notebook.read_only().is_none())
    }

    /// Asks before the record becomes a cell of the notebook.
    pub(super) fn insert_record(&mut self) {
        if self.document().is_some_and(|document| document.is_unsaved()) {
            return self.say(wording::record::UNSAVED, &[], Tone::Caution);
        }
        match self.plan_insertion() {
            Some(Ok((planned, page))) => {
                self.moving = Some(planned);
                let title =
                    self.knowledge.ui(self.reading.base(), wording::record::INSERT_TITLE, &[]);
                let kind = Kind::Confirm { question: Question::Move, title, page: page.into() };
                self.windows.push(Window::new(kind));
            }
            Some(Err(why)) => self.say_unwritten(&why),
            None => self.say(wording::status::NO_FILE, &[], Tone::Caution),
        }
    }

    fn plan_insertion(&self) -> Option<Result<(Move, Page), Message>> {
        let (id, reason) = self.recorded()?;
        let text = self.record_text(id, reason, Form::Cell)?;
        let Screen::Walk(walk) = &self.screen else { return None };
        let path = walk.document.path.clone()?;
        let notebook = &walk.document.notebook;
        let (after, at) = match with_record(notebook, walk.cell, &text) {
            Ok(done) => done,
            Err(error) => return Some(Err(error.message())),
        };
        let mut writer = Writer::new(self.knowledge, self.reading);
        let cell = at.number().to_string();
        let args = [("file", walk.document.name.as_str()), ("cell", cell.as_str())];
        writer.conclusion(wording::record::INSERT_ASKS, &args);
        writer.same(Block::Diff(diff::lines("", text.trim_end())));
        let (expected, bytes) = (Some(notebook.original().to_vec()), after.original().to_vec());
        let files = vec![FileChange { path, expected, bytes }];
        Some(Ok((Move::of_record(files, at, walk.cell), writer.finish())))
    }

    /// The title of the window in which the reason is typed.
    pub(super) fn reason_title(
        knowledge: &crate::knowledge::Knowledge,
        language: Language,
        id: &str,
    ) -> String {
        let page = knowledge.page(PageKind::Deviation, id);
        let title = page.map(|page| prose_of(page.title.get(language)).text()).unwrap_or_default();
        knowledge.ui(language, wording::record::ASK, &[("title", &title)])
    }
}
