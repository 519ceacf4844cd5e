//! Where the answers to "which pattern?" lead.

use std::sync::Arc;

use super::choosing::{back, told};
use super::{At, Popup};
use crate::document::{Block, Mark, Prose, Tone};
use crate::knowledge::{End, Knowledge, Next, PageKind};
use crate::review::{Names, names, skeleton};
use crate::tutor::key::Code;
use crate::tutor::keys::Act::{Asks, Does};
use crate::tutor::keys::{
    BOTTOM, Chord, Keys, TOP, c, close, down, k, page_down, page_up, row, up, window,
};
use crate::tutor::message::Effect;
use crate::tutor::reading::Writer;
use crate::tutor::view::{self, Page};
use crate::tutor::{Screen, Tutor};
use crate::wording::{keys, pattern_chooser};

const READ: &[Chord] = &[k(Code::Enter), k(Code::Right), c('l')];

pub static KEYS: Keys = window("outcome").heading(keys::OUTCOME).rows(&[
    row(&[c('y')], Asks(|it| it.copy_skeleton()), "y", keys::COPY_SKELETON)
        .footer(1)
        .number(2)
        .when(|it| it.top::<Outcome>().is_some_and(|it| it.code.is_some()))
        .after_review(),
    row(READ, Does(|it| it.read_outcome()), "Enter", keys::READ_PAGE).footer(2).number(1),
    back(3, 3),
    down(&[k(Code::Down), c('j')]).footer(4),
    up(&[k(Code::Up), c('k')]),
    page_down(&[k(Code::PageDown), c(' ')]),
    page_up(&[k(Code::PageUp)]),
    TOP,
    BOTTOM,
    close(&[k(Code::Esc), c('q')]).footer(5).number(0),
    row(&[c('r')], Does(|it| it.begin_record()), "r", keys::RECORD)
        .footer(4)
        .number(4)
        .when(|it| it.open_deviation().is_some()),
]);

/// The page to which answers lead.
#[derive(Debug)]
pub struct Outcome {
    /// The numbers of the choices that led here, from 1.
    pub answers: Vec<usize>,
    page: Arc<Page>,
    /// The content page to read.
    pub about: (PageKind, String),
    /// The skeleton, filled.
    code: Option<String>,
    names: Names,
}

impl Popup for Outcome {
    fn keys(&self) -> &'static Keys {
        &KEYS
    }

    fn write(&mut self, _: usize, tutor: &Tutor<'_>) {
        if let Ok(Next::End(_, end)) = tutor.knowledge.chooser().next(&self.answers) {
            self.page = Arc::new(tutor.outcome_page(self, end));
        }
    }

    fn view(&self, at: At<'_>) -> view::Popup {
        let title = at.ui(pattern_chooser::TITLE);
        view::Popup::Reader { title, query: None, page: self.page.clone(), scroll: at.scroll }
    }
}

impl Tutor<'_> {
    pub(super) fn show_outcome(&mut self, end: &End, answers: Vec<usize>) {
        let Some(page) = self.knowledge.page_of_end(end) else { return };
        let names = self.names_of_cell();
        let code = skeleton(self.knowledge.chooser(), end, &names);
        let about = (page.kind, page.id.clone());
        self.open_window(Outcome { answers, page: Arc::default(), about, code, names });
    }

    fn read_outcome(&mut self) {
        let about = self.top::<Outcome>().map(|it| &it.about);
        let page = about.and_then(|(kind, id)| self.knowledge.page(*kind, id));
        self.read(page);
    }

    fn copy_skeleton(&mut self) -> Vec<Effect> {
        let code = self.top::<Outcome>().and_then(|it| it.code.clone());
        self.copy_text(code)
    }

    /// What the open cell calls the things that a skeleton needs.
    fn names_of_cell(&self) -> Names {
        let Screen::Walk(walk) = &self.screen else { return Names::new() };
        let (notebook, review) = (&walk.document.notebook, &walk.document.review);
        names(notebook, &self.knowledge.tables, &review.surroundings, &review.cells, walk.cell)
    }

    fn outcome_page(&self, outcome: &Outcome, end: &End) -> Page {
        let knowledge = self.knowledge;
        let mut writer = Writer::new(knowledge, self.reading);
        let (kind, id) = &outcome.about;
        let Some(page) = knowledge.page(*kind, id) else { return writer.finish() };
        writer.opening(page);
        let both = |writer: &mut Writer, text: &crate::knowledge::Both<String>| {
            writer.each(|language| Block::Paragraph(Prose::of(text.get(language))));
        };
        if let Some(code) = &outcome.code {
            let cell = self.cell_number().filter(|_| is_filled(knowledge, end, outcome));
            match &cell {
                Some(cell) => writer.paragraph(pattern_chooser::NAMES_OF_CELL, &[("cell", cell)]),
                None => writer.paragraph(pattern_chooser::NAMES_TO_FILL, &[]),
            }
            writer.same(Block::Code { language: "python".to_owned(), text: code.clone() });
        }
        writer.heading(pattern_chooser::WHY);
        both(&mut writer, &end.why);
        writer.heading(pattern_chooser::COSTS);
        both(&mut writer, &end.costs);
        writer.heading(pattern_chooser::SAID);
        for (asked, chosen) in told(knowledge.chooser(), &outcome.answers) {
            writer.each(|language| {
                let text = format!("{} {}", asked.get(language), chosen.get(language));
                Block::Item { mark: Mark::Bullet, body: Prose::of(&text) }
            });
        }
        writer.heading(pattern_chooser::READ);
        writer.each(|language| {
            let mut body = Prose::of(page.title.get(language));
            body.0.iter_mut().for_each(|run| run.tone = Tone::Link);
            Block::Item { mark: Mark::Bullet, body }
        });
        writer.finish()
    }

    fn cell_number(&self) -> Option<String> {
        match &self.screen {
            Screen::Walk(walk) => Some(walk.cell.number().to_string()),
            Screen::Home { .. } | Screen::Learn(_) => None,
        }
    }
}

/// Whether the code holds a name of the open cell.
fn is_filled(knowledge: &Knowledge, end: &End, outcome: &Outcome) -> bool {
    let chooser = knowledge.chooser();
    let marked = outcome.names.keys().map(|name| (*name, "\0".to_owned())).collect();
    let takes = chooser.skeleton(end, &marked).is_some_and(|code| code.contains('\0'));
    takes && chooser.skeleton(end, &outcome.names) == outcome.code
}
