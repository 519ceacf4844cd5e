//! A deviation goes on record: the reason is typed, the record looked at, then saved or inserted.

use std::sync::Arc;

use jiff::civil::Date;

use super::{At, Outcome, Popup, Question, Reader};
use crate::diagnostic::Message;
use crate::document::{Block, Prose, Tone, diff};
use crate::knowledge::{Language, PageKind, blocks};
use crate::review::{FileChange, Form, Place, Record, record, review_day, with_record};
use crate::transcript::Transcript;
use crate::tutor::key::Code;
use crate::tutor::keys::Act::{Asks, Does};
use crate::tutor::keys::{
    BOTTOM, Keys, TOP, c, close, ctrl, down, k, page_down, page_up, row, typing, up, window,
};
use crate::tutor::line::Line;
use crate::tutor::message::Effect;
use crate::tutor::moving::Move;
use crate::tutor::pages::spent;
use crate::tutor::proving::{self, State};
use crate::tutor::reading::{Reading, Writer};
use crate::tutor::view::{self, Page};
use crate::tutor::{Screen, Tutor};
use crate::wording::{self, keys, status};

/// The keys while a reason is typed.
pub static REASON: Keys = typing("reason").rows(&[
    row(&[k(Code::Enter)], Does(|it| it.show_record()), "Enter", keys::REASON_DONE).footer(1),
    close(&[k(Code::Esc)]).footer(2).number(0),
]);

/// The keys of a record that is looked at.
pub static KEYS: Keys = window("record").heading(keys::RECORD_WINDOW).rows(&[
    row(&[c('s')], Asks(|it| it.save_record()), "s", keys::SAVE_RECORD).footer(1).number(1),
    row(&[c('i')], Does(|it| it.insert_record()), "i", keys::INSERT_RECORD)
        .footer(2)
        .number(2)
        .when(|it| it.takes_record())
        .after_review(),
    row(&[c('y')], Asks(|it| it.copy_record()), "y", keys::COPY).footer(3).number(3).after_review(),
    down(&[k(Code::Down), c('j')]).footer(4),
    up(&[k(Code::Up), c('k')]),
    page_down(&[k(Code::PageDown), c(' '), ctrl('f')]),
    page_up(&[k(Code::PageUp), ctrl('b')]),
    TOP,
    BOTTOM,
    close(&[k(Code::Esc), c('q')]).footer(5).number(0),
]);

/// The reason of a deviation is typed.
#[derive(Debug)]
struct Reason {
    line: Line,
    /// The deviation's id.
    id: String,
}

/// A record that is looked at.
#[derive(Debug)]
struct Recorded {
    /// The deviation's id.
    id: String,
    reason: String,
    page: Arc<Page>,
}

impl Popup for Reason {
    fn keys(&self) -> &'static Keys {
        &REASON
    }

    fn line(&mut self) -> Option<&mut Line> {
        Some(&mut self.line)
    }

    fn view(&self, at: At<'_>) -> view::Popup {
        let page = at.knowledge.page(PageKind::Deviation, &self.id);
        let title = page.map(|page| Prose::of(page.title.get(at.language)).text());
        let args = [("title", &*title.unwrap_or_default())];
        view::Popup::Line {
            title: at.knowledge.ui(at.language, wording::record::ASK, &args),
            text: self.line.text.clone(),
            cursor: self.line.cursor,
            note: at.ui(wording::record::ASK_MORE),
        }
    }
}

impl Popup for Recorded {
    fn keys(&self) -> &'static Keys {
        &KEYS
    }

    fn write(&mut self, _: usize, tutor: &Tutor<'_>) {
        self.page = tutor.record_page(&self.id, &self.reason);
    }

    fn view(&self, at: At<'_>) -> view::Popup {
        let (title, page) = (at.ui(wording::record::WINDOW), self.page.clone());
        view::Popup::Reader { title, query: None, page, scroll: at.scroll }
    }
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
            self.open_window(Reason { line: Line::default(), id });
        }
    }

    /// The deviation of the page that is open.
    pub(super) fn open_deviation(&self) -> Option<String> {
        let read = self.top::<Reader>().and_then(|it| it.id.as_ref());
        let about = read.or_else(|| Some(&self.top::<Outcome>()?.about));
        about.filter(|(kind, _)| *kind == PageKind::Deviation).map(|(_, id)| id.clone())
    }

    /// The reason was typed: shows the record.
    fn show_record(&mut self) {
        let Some(Reason { line, id }) = self.top() else { return };
        let (id, reason) = (id.clone(), line.text.trim().to_owned());
        self.close();
        self.open_window(Recorded { id, reason, page: Arc::default() });
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
        let State::Done(proving::Outcome { before, after }) = &walk.attempt.as_ref()?.state else {
            return None;
        };
        let of = |ran: &Transcript| ran.cells.iter().find(|it| it.cell == walk.cell).cloned();
        let (before, after) = (of(before), after.as_ref().and_then(of));
        let language = self.reading.base();
        spent::markdown(self.knowledge, language, before.as_ref(), after.as_ref())
    }

    /// The record laid out to be read.
    fn record_page(&self, id: &str, reason: &str) -> Arc<Page> {
        let mut writer = Writer::new(self.knowledge, self.reading);
        let text = self.record_text(id, reason, Form::Cell).unwrap_or_default();
        for (at, found) in blocks(&text).iter().enumerate() {
            writer.same(match Block::from(found) {
                Block::Heading(title) if at == 0 => Block::Conclusion(title),
                block => block,
            });
        }
        Arc::new(writer.finish())
    }

    fn recorded(&self) -> Option<(&str, &str)> {
        self.top().map(|it: &Recorded| (&*it.id, &*it.reason))
    }

    /// The record for the clipboard.
    fn copy_record(&mut self) -> Vec<Effect> {
        let recorded = self.recorded();
        let text = recorded.and_then(|(id, reason)| self.record_text(id, reason, Form::File));
        self.copy_text(text)
    }

    /// Asks the shell to save the record beside the notebook.
    fn save_record(&self) -> Vec<Effect> {
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
    fn takes_record(&self) -> bool {
        let document = self.document();
        document.is_some_and(|it| it.path.is_some() && it.notebook.read_only().is_none())
    }

    /// Asks before the record becomes a cell of the notebook.
    fn insert_record(&mut self) {
        if self.document().is_some_and(|document| document.is_unsaved()) {
            return self.say(wording::record::UNSAVED, &[], Tone::Caution);
        }
        match self.plan_insertion() {
            Some(Ok((planned, page))) => {
                self.moving = Some(planned);
                self.confirm(Question::Move, wording::record::INSERT_TITLE, page);
            }
            Some(Err(why)) => self.say_unwritten(&why),
            None => self.say(status::NO_FILE, &[], Tone::Caution),
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
        writer.same(Block::Diff(diff("", text.trim_end())));
        let (expected, bytes) = (Some(notebook.original().to_vec()), after.original().to_vec());
        let files = vec![FileChange { path, expected, bytes }];
        Some(Ok((Move::of_record(files, at, walk.cell), writer.finish())))
    }
}
