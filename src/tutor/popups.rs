//! The windows over the screen: look-up, notebooks, deviations, keys, pages and questions.

use std::path::PathBuf;
use std::sync::Arc;

use super::choosing::{self, Outcome};
use super::consent::Consent;
use super::drafts::FoundDraft;
use super::keys::Context;
use super::line::Line;
use super::listing::{self, Listed};
use super::palette::{self, Entry};
use super::reading::{Reading, prose_of, whole_page};
use super::recording::Recorded;
use super::view::{ListRow, Page, Popup};
use crate::knowledge::{self, Hit, Knowledge, Language, PageKind};
use crate::review::Within;
use crate::review::called;
use crate::text::CellIndex;
use crate::text::Wording;
use crate::wording::{self, popup};

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
    /// All problems of the notebook; `shown` are places in `all`.
    Problems {
        query: Line,
        all: Vec<Listed>,
        shown: Vec<usize>,
    },
    /// What can be repaired at once, and how many problems each of it is.
    Several(Vec<(Within, usize)>),
    Deviations(Vec<Found>),
    SeeAlso(Vec<Found>),
    Reader {
        title: String,
        page: Arc<Page>,
        /// The content page, for its raw text and its see-also list.
        id: Option<(PageKind, String)>,
    },
    /// The keys that hold what was typed; `here` is the screen below.
    Keys {
        query: Line,
        page: Arc<Page>,
        here: Context,
    },
    /// All commands of the screen below; `shown` are places in `all`.
    Palette {
        query: Line,
        all: Vec<Entry>,
        shown: Vec<usize>,
    },
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
    /// Write the file, with these cells changed first.
    Write(Vec<(CellIndex, String)>),
    /// Change these cells, which no file holds.
    Repair(Vec<(CellIndex, String)>),
    Leave,
    /// The file was changed here and elsewhere.
    Both,
    /// Move a helper into a module.
    Move,
    /// Take up what an earlier sitting left unsaved.
    Draft(FoundDraft),
    /// Remove what saves left behind.
    Leftovers(Vec<PathBuf>),
    /// Open another file in place of a notebook with changes.
    Open(PathBuf),
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

impl Kind {
    /// The look-up before anything is typed.
    pub fn look_up() -> Self {
        Self::LookUp { query: Line::default(), hits: Vec::new(), glance: false, preview: None }
    }
}

impl Window {
    pub fn new(kind: Kind) -> Self {
        Self { kind, selected: 0, scroll: 0, measured: (0, 0) }
    }

    /// Which keys it has.
    pub fn context(&self) -> Context {
        match &self.kind {
            Kind::LookUp { .. }
            | Kind::Notebooks { .. }
            | Kind::Problems { .. }
            | Kind::Palette { .. }
            | Kind::Keys { .. } => Context::Filter,
            Kind::Several(_) | Kind::Deviations(_) | Kind::SeeAlso(_) => Context::List,
            Kind::Reader { .. } => Context::Reader,
            Kind::Run(_) => Context::Consent,
            Kind::Choosing { .. } => Context::Choosing,
            Kind::Outcome(_) => Context::Outcome,
            Kind::Reason { .. } => Context::Reason,
            Kind::Recorded(_) => Context::Record,
            Kind::Confirm { question: Question::Leave, .. } => Context::Leaving,
            Kind::Confirm { question: Question::Both, .. } => Context::Both,
            Kind::Confirm { question: Question::Draft(_), .. } => Context::Draft,
            Kind::Confirm { .. } => Context::Confirm,
        }
    }

    /// The line that is typed in, if there is one.
    pub fn line(&mut self) -> Option<&mut Line> {
        match &mut self.kind {
            Kind::LookUp { query, .. }
            | Kind::Notebooks { query, .. }
            | Kind::Problems { query, .. }
            | Kind::Palette { query, .. }
            | Kind::Keys { query, .. } => Some(query),
            Kind::Reason { line, .. } => Some(line),
            _ => None,
        }
    }

    /// How many rows there are to choose from.
    pub fn rows(&self) -> usize {
        match &self.kind {
            Kind::LookUp { hits, .. } => hits.len(),
            Kind::Notebooks { shown, .. } => shown.len(),
            Kind::Problems { shown, .. } | Kind::Palette { shown, .. } => shown.len(),
            Kind::Several(batches) => batches.len(),
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
                let found_pages = knowledge.lookup(&query.text);
                let pages = found_pages.iter().filter_map(Hit::page);
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
            Kind::Problems { query, all, shown } => {
                *shown = listing::filter(&query.text, all);
                self.selected = 0;
            }
            Kind::Palette { query, all, shown } => {
                *shown = palette::filter(&query.text, all);
                self.selected = 0;
            }
            Kind::Keys { query, page, here } => {
                *page = palette::keys_page(knowledge, reading, *here, &query.text).into();
                self.scroll = 0;
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
        let ui = |key: Wording| knowledge.ui(language, key, &[]);
        let list = |title: Wording, rows: Vec<ListRow>| Popup::List {
            title: ui(title),
            query: None,
            rows,
            selected: self.selected,
            preview: None,
            scroll: None,
            empty: ui(popup::NOTHING),
        };
        match &self.kind {
            Kind::LookUp { query, hits, preview, .. } => Popup::List {
                title: ui(popup::LOOK_UP),
                query: Some((query.text.clone(), query.cursor)),
                rows: hits.iter().map(|it| row(knowledge, language, it)).collect(),
                selected: self.selected,
                preview: preview.clone(),
                scroll: None,
                empty: ui(popup::NOTHING_FOUND),
            },
            Kind::Notebooks { query, shown, searching, .. } => Popup::List {
                title: ui(popup::NOTEBOOKS),
                query: Some((query.text.clone(), query.cursor)),
                rows: shown.iter().map(|path| file_row(path)).collect(),
                selected: self.selected,
                preview: None,
                scroll: None,
                empty: ui(if *searching { popup::SEARCHING } else { popup::NO_NOTEBOOKS }),
            },
            Kind::Problems { query, all, shown } => Popup::List {
                title: ui(popup::PROBLEMS),
                query: Some((query.text.clone(), query.cursor)),
                rows: shown.iter().filter_map(|at| all.get(*at)).map(|it| it.row.clone()).collect(),
                selected: self.selected,
                preview: None,
                scroll: None,
                empty: ui(if all.is_empty() { popup::NO_PROBLEMS } else { popup::NOTHING_FOUND }),
            },
            Kind::Several(batches) => {
                let row = |(batch, count): &(Within, usize)| {
                    let (key, rule) = match batch {
                        Within::Rule(_, rule) => (wording::several::RULE, *rule),
                        Within::Cell(_) | Within::About(_) => (wording::several::CELL, ""),
                        Within::Notebook => (wording::several::NOTEBOOK, ""),
                    };
                    let args = [("count", &*count.to_string()), ("rule", rule)];
                    let label = knowledge.ui(language, key, &args);
                    ListRow { label, detail: String::new() }
                };
                list(wording::several::TITLE, batches.iter().map(row).collect())
            }
            Kind::Deviations(found) => {
                // All of one kind, and their reasons take the room.
                let row = |it: &Found| ListRow { label: it.label.clone(), detail: String::new() };
                list(popup::DEVIATIONS, found.iter().map(row).collect())
            }
            Kind::SeeAlso(found) => {
                let rows = found.iter().map(|it| row(knowledge, language, it)).collect();
                list(popup::SEE_ALSO, rows)
            }
            Kind::Run(consent) => Popup::List {
                title: ui(wording::proof::TITLE),
                query: None,
                rows: consent.rows(knowledge, language),
                selected: self.selected,
                preview: consent.preview.clone(),
                scroll: Some(self.scroll),
                empty: ui(popup::NOTHING),
            },
            Kind::Reader { title, page, .. } => {
                let (title, page) = (title.clone(), page.clone());
                Popup::Reader { title, query: None, page, scroll: self.scroll }
            }
            Kind::Keys { query, page, .. } => Popup::Reader {
                title: ui(popup::KEYS),
                query: Some((query.text.clone(), query.cursor)),
                page: page.clone(),
                scroll: self.scroll,
            },
            Kind::Palette { query, all, shown } => Popup::List {
                title: ui(popup::PALETTE),
                query: Some((query.text.clone(), query.cursor)),
                rows: shown.iter().filter_map(|at| all.get(*at)).map(|it| it.row.clone()).collect(),
                selected: self.selected,
                preview: None,
                scroll: None,
                empty: ui(popup::NOTHING_FOUND),
            },
            Kind::Choosing { answers, both, .. } => {
                let (title, rows) = choosing::asked(knowledge, language, answers);
                let (selected, empty) = (self.selected, String::new());
                let (query, preview, scroll) = (None, both.clone(), None);
                Popup::List { title, query, rows, selected, preview, scroll, empty }
            }
            Kind::Reason { line, id } => Popup::Line {
                title: super::Tutor::reason_title(knowledge, language, id),
                text: line.text.clone(),
                cursor: line.cursor,
                note: ui(wording::record::ASK_MORE),
            },
            Kind::Recorded(recorded) => Popup::Reader {
                title: ui(wording::record::WINDOW),
                query: None,
                page: recorded.page.clone(),
                scroll: self.scroll,
            },
            Kind::Outcome(outcome) => Popup::Reader {
                title: ui(wording::pattern_chooser::TITLE),
                query: None,
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
    ListRow {
        label: found.label.clone(),
        detail: knowledge.ui(language, called::kind(found.kind), &[]),
    }
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
