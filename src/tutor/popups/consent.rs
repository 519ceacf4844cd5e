//! The question before cells run: which, where, and what they do besides.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{At, Popup};
use crate::document::{Block, Mark, Prose, Tone};
use crate::knowledge::{Knowledge, Language};
use crate::proof::{Plan, Step};
use crate::review::sentence;
use crate::text::CellIndex;
use crate::tutor::Tutor;
use crate::tutor::key::Code;
use crate::tutor::keys::Act::{Asks, Does};
use crate::tutor::keys::{Keys, c, down, k, page_down, page_up, question, row, up};
use crate::tutor::message::{Effect, FoundKernel};
use crate::tutor::proving::Claim;
use crate::tutor::reading::Writer;
use crate::tutor::view::{self, ListRow, Page};
use crate::wording::{self, kernels, keys, pattern, popup, prove};

pub static KEYS: Keys = question("consent").rows(&[
    row(&[c('y')], Asks(|it| it.run_agreed()), "y", keys::RUN_THESE).footer(1).number(21),
    row(&[c('n'), k(Code::Esc), c('q')], Does(|it| it.refuse()), "n", keys::RUN_NOTHING)
        .footer(2)
        .number(0),
    row(&[c(' '), k(Code::Enter)], Does(|it| it.toggle()), "Space", keys::TOGGLE).footer(4),
    row(&[c('a')], Does(|it| it.toggle_all()), "a", keys::ALL_CELLS).footer(5).number(22),
    up(&[k(Code::Up), c('k')]),
    down(&[k(Code::Down), c('j')]).footer(6),
    page_up(&[k(Code::PageUp)]),
    page_down(&[k(Code::PageDown)]).footer(3),
]);

/// What would run.
#[derive(Debug)]
pub struct Consent {
    kernel: FoundKernel,
    /// The cells that are needed, and all earlier ones.
    plans: [Plan; 2],
    all: bool,
    /// Cells of the plan that the reader has left out.
    out: BTreeSet<CellIndex>,
    asked: BTreeSet<CellIndex>,
    sources: Vec<String>,
    is_changed: bool,
    preview: Option<Arc<Page>>,
}

impl Consent {
    /// Everything that is needed, before the reader has chosen.
    pub fn new(kernel: FoundKernel, plans: [Plan; 2], claim: &Claim, sources: Vec<String>) -> Self {
        Self {
            kernel,
            plans,
            all: false,
            out: BTreeSet::new(),
            asked: claim.asked.clone(),
            sources,
            is_changed: !claim.changes.is_empty(),
            preview: None,
        }
    }

    /// The cells that could run, in order.
    fn steps(&self) -> &[Step] {
        let [needed, all] = &self.plans;
        if self.all { &all.steps } else { &needed.steps }
    }

    /// The cells that would run after a yes.
    fn cells(&self) -> BTreeSet<CellIndex> {
        let cells = self.steps().iter().map(|step| step.cell);
        cells.filter(|cell| !self.out.contains(cell)).collect()
    }

    /// Leaves a cell out or takes it in again; those in question always run.
    fn toggle(&mut self, row: usize) {
        let Some(cell) = self.steps().get(row).map(|step| step.cell) else { return };
        if !self.asked.contains(&cell) && !self.out.remove(&cell) {
            self.out.insert(cell);
        }
    }

    /// Takes every earlier cell, or only those that are needed; the row of the same cell then.
    fn toggle_all(&mut self, row: usize) -> usize {
        let cell = self.steps().get(row).map(|step| step.cell);
        self.all = !self.all;
        let same = self.steps().iter().position(|step| Some(step.cell) == cell);
        same.unwrap_or(self.steps().len().saturating_sub(1))
    }

    /// A row for each cell.
    fn listed(&self, knowledge: &Knowledge, language: Language) -> Vec<ListRow> {
        let row = |step: &Step| {
            let mark = if self.out.contains(&step.cell) { "[ ]" } else { "[x]" };
            let said = Prose::of(&sentence(knowledge, language, &step.message())).text();
            let detail = match step.effects.as_slice() {
                [] => String::new(),
                [one] => one.clone(),
                [one, ..] => format!("{one} …"),
            };
            ListRow { label: format!("{mark} {said}"), detail }
        };
        self.steps().iter().map(row).collect()
    }
}

impl Popup for Consent {
    fn keys(&self) -> &'static Keys {
        &KEYS
    }

    fn rows(&self) -> usize {
        self.steps().len()
    }

    fn is_read_beside(&self) -> bool {
        true
    }

    /// Where it runs and how, and the chosen cell.
    fn write(&mut self, row: usize, tutor: &Tutor<'_>) {
        let (knowledge, reading) = (tutor.knowledge, tutor.reading);
        let mut writer = Writer::new(knowledge, reading);
        writer.each(|language| Block::Paragraph(Prose::of(self.kernel.reason.get(language))));
        if self.kernel.is_found_here {
            writer.each(|language| {
                let said = knowledge.ui(language, kernels::FOUND_HERE, &[]);
                let body = Prose::toned(said, Tone::Caution);
                Block::Item { mark: Mark::Warning, body }
            });
        }
        writer.paragraph(wording::proof::COMMAND, &[]);
        let (language, text) = ("text".to_owned(), self.kernel.command.clone());
        writer.same(Block::Code { language, text });
        let key =
            if self.is_changed { wording::proof::RUNS_TWICE } else { wording::proof::RUNS_ONCE };
        writer.paragraph(key, &[]);
        if let Some(step) = self.steps().get(row) {
            writer.paragraph(pattern::IN_CELL, &[("cell", &step.cell.number().to_string())]);
            for effect in &step.effects {
                writer.each(|language| {
                    let said = knowledge.ui(language, prove::EFFECT, &[("line", effect)]);
                    let body = Prose::toned(said, Tone::Caution);
                    Block::Item { mark: Mark::Warning, body }
                });
            }
            let text = self.sources.get(step.cell.0).cloned().unwrap_or_default();
            writer.same(Block::Code { language: "python".to_owned(), text });
        }
        self.preview = Some(Arc::new(writer.finish()));
    }

    fn view(&self, at: At<'_>) -> view::Popup {
        view::Popup::List {
            title: at.ui(wording::proof::TITLE),
            query: None,
            rows: self.listed(at.knowledge, at.language),
            selected: at.selected,
            preview: self.preview.clone(),
            scroll: Some(at.scroll),
            empty: at.ui(popup::NOTHING),
        }
    }
}

impl Tutor<'_> {
    /// Asks which cells are to run, at the last.
    pub(in crate::tutor) fn ask_to_run(&mut self, consent: Consent) {
        let last = consent.steps().len().saturating_sub(1);
        self.open_window(consent);
        self.change_top(|_: &mut Consent, selected| *selected = last);
    }

    /// Leaves the chosen cell out of what will run, or takes it in.
    fn toggle(&mut self) {
        self.change_top(|it: &mut Consent, selected| it.toggle(*selected));
    }

    /// Takes every earlier cell, or only those that are needed.
    fn toggle_all(&mut self) {
        self.change_top(|it: &mut Consent, selected| *selected = it.toggle_all(*selected));
    }

    fn run_agreed(&mut self) -> Vec<Effect> {
        let cells = self.top::<Consent>().map(Consent::cells);
        self.close();
        cells.map(|cells| self.run_cells(&cells)).unwrap_or_default()
    }

    fn refuse(&mut self) {
        self.close();
        self.refuse_run();
    }
}
