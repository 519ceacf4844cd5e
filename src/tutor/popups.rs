//! The windows over the screen: look-up, notebooks, deviations, keys, pages and questions.

use std::path::PathBuf;
use std::sync::Arc;

use super::choosing::{self, Outcome};
use super::consent::Consent;
use super::keys::{self, Context};
use super::reading::{Reading, Writer, prose_of};
use super::recording::Recorded;
use super::view::{Block, ListRow, Page, Popup};
use crate::knowledge::{self, Knowledge, Language, PageKind};

/// An open window.
#[derive(Debug, Clone)]
pub struct Window {
    pub kind: Kind,
    pub selected: usize,
    pub scroll: usize,
    /// Content and visible rows, as the front end measured them.
    pub measured: (usize, usize),
}

/// What the window is for.
#[derive(Debug, Clone)]
pub enum Kind {
    LookUp {
        query: Line,
        hits: Vec<Found>,
        /// The preview in the other language.
        glance: bool,
        preview: Option<Arc<Page>>,
    },
    Notebooks {
        query: Line,
        found: Vec<PathBuf>,
        shown: Vec<PathBuf>,
        searching: bool,
    },
    Deviations(Vec<Found>),
    SeeAlso(Vec<Found>),
    Reader {
        title: String,
        page: Arc<Page>,
        /// The content page, for its raw text and its see-also list.
        id: Option<(PageKind, String)>,
    },
    Keys(Arc<Page>),
    /// Which cells are to run.
    Run(Box<Consent>),
    /// A question of "which pattern?".
    Choosing {
        /// The numbers of the choices so far, from 1.
        answers: Vec<usize>,
        rows: usize,
        /// The question in both languages, for who reads both.
        both: Option<Arc<Page>>,
    },
    /// Where the answers lead.
    Outcome(Outcome),
    /// The reason of a deviation is typed.
    Reason {
        line: Line,
        /// The deviation's id.
        id: String,
    },
    /// A deviation's record.
    Recorded(Recorded),
    Confirm {
        question: Question,
        title: String,
        page: Arc<Page>,
    },
}

/// What a confirmation is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    Write,
    Leave,
    /// Move a helper into a module.
    Move,
    /// Open pasted text in place of a notebook with changes.
    Replace(String),
}

/// A page in a list.
#[derive(Debug, Clone)]
pub struct Found {
    pub kind: PageKind,
    pub id: String,
    pub label: String,
}

/// A line of typed text and the cursor in it, in characters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    pub text: String,
    pub cursor: usize,
}

impl Line {
    fn at(&self) -> usize {
        self.text.char_indices().nth(self.cursor).map_or(self.text.len(), |(at, _)| at)
    }

    pub fn insert(&mut self, text: &str) {
        let at = self.at();
        self.text.insert_str(at, text);
        self.cursor += text.chars().count();
    }

    pub fn backspace(&mut self) {
        if self.cursor > 0 {
            self.cursor -= 1;
            let at = self.at();
            self.text.remove(at);
        }
    }

    pub fn delete(&mut self) {
        if self.cursor < self.text.chars().count() {
            let at = self.at();
            self.text.remove(at);
        }
    }

    pub fn left(&mut self) {
        self.cursor = self.cursor.saturating_sub(1);
    }

    pub fn right(&mut self) {
        self.cursor = (self.cursor + 1).min(self.text.chars().count());
    }
}

impl Window {
    pub fn new(kind: Kind) -> Self {
        Self { kind, selected: 0, scroll: 0, measured: (0, 0) }
    }

    /// Which keys it has.
    pub fn context(&self) -> Context {
        match &self.kind {
            Kind::LookUp { .. } | Kind::Notebooks { .. } => Context::Filter,
            Kind::Deviations(_) | Kind::SeeAlso(_) => Context::List,
            Kind::Reader { .. } | Kind::Keys(_) => Context::Reader,
            Kind::Run(_) => Context::Consent,
            Kind::Choosing { .. } => Context::Choosing,
            Kind::Outcome(_) => Context::Outcome,
            Kind::Reason { .. } => Context::Reason,
            Kind::Recorded(_) => Context::Record,
            Kind::Confirm { question: Question::Leave, .. } => Context::Leaving,
            Kind::Confirm { .. } => Context::Confirm,
        }
    }

    /// The line that is typed in, if there is one.
    pub fn line(&mut self) -> Option<&mut Line> {
        match &mut self.kind {
            Kind::LookUp { query, .. } | Kind::Notebooks { query, .. } => Some(query),
            Kind::Reason { line, .. } => Some(line),
            _ => None,
        }
    }

    /// How many rows there are to choose from.
    pub fn rows(&self) -> usize {
        match &self.kind {
            Kind::LookUp { hits, .. } => hits.len(),
            Kind::Notebooks { shown, .. } => shown.len(),
            Kind::Deviations(list) | Kind::SeeAlso(list) => list.len(),
            Kind::Run(consent) => consent.steps().len(),
            Kind::Choosing { rows, .. } => *rows,
            _ => 0,
        }
    }

    /// The page that is chosen, where the rows are pages.
    pub fn chosen_page(&self) -> Option<&Found> {
        match &self.kind {
            Kind::LookUp { hits, .. } => hits.get(self.selected),
            Kind::Deviations(list) | Kind::SeeAlso(list) => list.get(self.selected),
            _ => None,
        }
    }

    /// Brings the list up to the typed text.
    pub fn refresh(&mut self, knowledge: &Knowledge, reading: Reading) {
        match &mut self.kind {
            Kind::LookUp { query, hits, .. } => {
                let pages = knowledge.lookup(&query.text).into_iter().map(|hit| hit.page);
                *hits = pages.map(|page| found(page, reading)).collect();
                self.selected = 0;
            }
            Kind::Notebooks { query, found, shown, .. } => {
                let names: Vec<String> =
                    found.iter().map(|path| path.display().to_string()).collect();
                let order = knowledge::filter(&query.text, &names);
                *shown = order.into_iter().filter_map(|at| found.get(at).cloned()).collect();
                self.selected = 0;
            }
            _ => {}
        }
        self.preview(knowledge, reading);
    }

    /// Writes the preview of the chosen page.
    pub fn preview(&mut self, knowledge: &Knowledge, reading: Reading) {
        let chosen = self.chosen_page().and_then(|it| knowledge.page(it.kind, &it.id));
        if let Kind::Run(consent) = &mut self.kind {
            return consent.write(self.selected, knowledge, reading);
        }
        let Kind::LookUp { glance, .. } = &self.kind else { return };
        // A preview is narrow: it shows one language.
        let one = Reading::One(reading.base());
        let reading = if *glance { one.other() } else { one };
        let page = chosen.map(|page| Arc::new(whole_page(knowledge, page, reading)));
        if let Kind::LookUp { preview, .. } = &mut self.kind {
            *preview = page;
        }
    }

    /// The window as a front end draws it.
    pub fn view(&self, knowledge: &Knowledge, language: Language) -> Popup {
        let ui = |key: &str| knowledge.ui(language, key, &[]);
        let list = |title: &str, rows: Vec<ListRow>| Popup::List {
            title: ui(title),
            query: None,
            rows,
            selected: self.selected,
            preview: None,
            empty: ui("popup.nothing"),
        };
        match &self.kind {
            Kind::LookUp { query, hits, preview, .. } => Popup::List {
                title: ui("popup.look-up"),
                query: Some((query.text.clone(), query.cursor)),
                rows: hits.iter().map(|it| row(knowledge, language, it)).collect(),
                selected: self.selected,
                preview: preview.clone(),
                empty: ui("popup.nothing-found"),
            },
            Kind::Notebooks { query, shown, searching, .. } => Popup::List {
                title: ui("popup.notebooks"),
                query: Some((query.text.clone(), query.cursor)),
                rows: shown.iter().map(|path| file_row(path)).collect(),
                selected: self.selected,
                preview: None,
                empty: ui(if *searching { "popup.searching" } else { "popup.no-notebooks" }),
            },
            Kind::Deviations(found) => {
                // All of one kind, and their reasons take the room.
                let row = |it: &Found| ListRow { label: it.label.clone(), detail: String::new() };
                list("popup.deviations", found.iter().map(row).collect())
            }
            Kind::SeeAlso(found) => {
                let rows = found.iter().map(|it| row(knowledge, language, it)).collect();
                list("popup.see-also", rows)
            }
            Kind::Run(consent) => Popup::List {
                title: ui("proof.title"),
                query: None,
                rows: consent.rows(knowledge, language),
                selected: self.selected,
                preview: consent.preview.clone(),
                empty: ui("popup.nothing"),
            },
            Kind::Reader { title, page, .. } => {
                Popup::Reader { title: title.clone(), page: page.clone(), scroll: self.scroll }
            }
            Kind::Keys(page) => {
                Popup::Reader { title: ui("popup.keys"), page: page.clone(), scroll: self.scroll }
            }
            Kind::Choosing { answers, both, .. } => {
                let (title, rows) = choosing::asked(knowledge, language, answers);
                let (selected, empty) = (self.selected, String::new());
                Popup::List { title, query: None, rows, selected, preview: both.clone(), empty }
            }
            Kind::Reason { line, id } => Popup::Line {
                title: super::Tutor::reason_title(knowledge, language, id),
                text: line.text.clone(),
                cursor: line.cursor,
                note: ui("record.ask-more"),
            },
            Kind::Recorded(recorded) => Popup::Reader {
                title: ui("record.window"),
                page: recorded.page.clone(),
                scroll: self.scroll,
            },
            Kind::Outcome(outcome) => Popup::Reader {
                title: ui("pattern-chooser.title"),
                page: outcome.page.clone(),
                scroll: self.scroll,
            },
            Kind::Confirm { title, page, .. } => {
                Popup::Confirm { title: title.clone(), page: page.clone(), scroll: self.scroll }
            }
        }
    }
}

fn row(knowledge: &Knowledge, language: Language, found: &Found) -> ListRow {
    let key = format!("kinds.{}", found.kind.as_str());
    ListRow { label: found.label.clone(), detail: knowledge.ui(language, &key, &[]) }
}

fn file_row(path: &std::path::Path) -> ListRow {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let folder = path.parent().map(|folder| folder.display().to_string()).unwrap_or_default();
    ListRow { label: name.into_owned(), detail: folder }
}

/// A page as a row of a list; its title in the reader's language.
pub fn found(page: &knowledge::Page, reading: Reading) -> Found {
    let label = prose_of(page.title.get(reading.base())).text();
    Found { kind: page.kind, id: page.id.clone(), label }
}

/// A window that shows a content page.
pub fn reader(knowledge: &Knowledge, page: &knowledge::Page, reading: Reading) -> Window {
    Window::new(Kind::Reader {
        title: prose_of(page.title.get(reading.base())).text(),
        page: Arc::new(whole_page(knowledge, page, reading)),
        id: Some((page.kind, page.id.clone())),
    })
}

/// A content page and what it points to.
pub fn whole_page(knowledge: &Knowledge, page: &knowledge::Page, reading: Reading) -> Page {
    let mut writer = Writer::new(knowledge, reading);
    writer.page(page);
    let see: Vec<&knowledge::Page> = page.see.iter().filter_map(|id| knowledge.find(id)).collect();
    if !see.is_empty() {
        writer.heading("popup.see-also");
        for page in see {
            writer.each(|language| Block::Item {
                mark: super::view::Mark::Bullet,
                body: prose_of(page.title.get(language)),
            });
        }
    }
    writer.finish()
}

/// The page of all keys, drawn from the table.
pub fn keys_page(knowledge: &Knowledge, reading: Reading) -> Page {
    let mut writer = Writer::new(knowledge, reading);
    let parts = [
        (Context::Walkthrough, "keys.walkthrough"),
        (Context::Home, "keys.home"),
        (Context::Lessons, "keys.lesson-list"),
        (Context::Stage, "keys.lesson"),
        (Context::Predict, "keys.question"),
        (Context::Drill, "keys.drill"),
        (Context::Filter, "keys.filter"),
        (Context::Reader, "keys.reader"),
        (Context::Outcome, "keys.outcome"),
        (Context::Record, "keys.record-window"),
        (Context::Editor, "keys.editor"),
        (Context::Everywhere, "keys.everywhere"),
    ];
    for (context, heading) in parts {
        writer.heading(heading);
        let shown = keys::all().filter(|row| row.context == context && !row.shown.is_empty());
        for row in shown {
            writer.each(|language| {
                let label = knowledge.ui(language, &format!("keys.{}", row.label), &[]);
                let mut runs = prose_of(&format!("`{}`", row.shown)).0;
                runs.extend(super::view::Prose::plain(format!("  {label}")).0);
                Block::Item { mark: super::view::Mark::Bullet, body: super::view::Prose(runs) }
            });
        }
    }
    writer.finish()
}
