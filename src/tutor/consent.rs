//! The question before cells run: which, where, and what they do besides.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Tutor;
use super::message::FoundKernel;
use super::popups::Kind;
use super::proving::Claim;
use super::reading::{Reading, Writer, prose_of};
use super::view::{Block, ListRow, Mark, Page, Tone};
use crate::knowledge::{Knowledge, Language};
use crate::proof::{Plan, Step};
use crate::review::sentence;
use crate::text::CellIndex;
use crate::wording;

/// What would run.
#[derive(Debug, Clone)]
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
    pub preview: Option<Arc<Page>>,
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
    pub fn steps(&self) -> &[Step] {
        let [needed, all] = &self.plans;
        if self.all { &all.steps } else { &needed.steps }
    }

    /// The cells that would run after a yes.
    pub fn cells(&self) -> BTreeSet<CellIndex> {
        let cells = self.steps().iter().map(|step| step.cell);
        cells.filter(|cell| !self.out.contains(cell)).collect()
    }

    /// Leaves a cell out or takes it in again; those in question always run.
    pub fn toggle(&mut self, row: usize) {
        let Some(cell) = self.steps().get(row).map(|step| step.cell) else { return };
        if !self.asked.contains(&cell) && !self.out.remove(&cell) {
            self.out.insert(cell);
        }
    }

    /// Takes every earlier cell, or only those that are needed; the row of the same cell then.
    pub fn toggle_all(&mut self, row: usize) -> usize {
        let cell = self.steps().get(row).map(|step| step.cell);
        self.all = !self.all;
        let same = self.steps().iter().position(|step| Some(step.cell) == cell);
        same.unwrap_or(self.steps().len().saturating_sub(1))
    }

    /// A row for each cell.
    pub fn rows(&self, knowledge: &Knowledge, language: Language) -> Vec<ListRow> {
        let row = |step: &Step| {
            let mark = if self.out.contains(&step.cell) { "[ ]" } else { "[x]" };
            let said = prose_of(&sentence(knowledge, language, &step.message())).text();
            let detail = match step.effects.as_slice() {
                [] => String::new(),
                [one] => one.clone(),
                [one, ..] => format!("{one} …"),
            };
            ListRow { label: format!("{mark} {said}"), detail }
        };
        self.steps().iter().map(row).collect()
    }

    /// Where it runs and how, and the chosen cell.
    pub fn write(&mut self, row: usize, knowledge: &Knowledge, reading: Reading) {
        let mut writer = Writer::new(knowledge, reading);
        writer.each(|language| Block::Paragraph(prose_of(self.kernel.reason.get(language))));
        if self.kernel.is_found_here {
            writer.each(|language| {
                let said = knowledge.ui(language, wording::kernels::FOUND_HERE, &[]);
                let body = super::view::Prose::toned(said, Tone::Caution);
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
            writer
                .paragraph(wording::pattern::IN_CELL, &[("cell", &step.cell.number().to_string())]);
            for effect in &step.effects {
                writer.each(|language| {
                    let said = knowledge.ui(language, wording::prove::EFFECT, &[("line", effect)]);
                    let body = super::view::Prose::toned(said, Tone::Caution);
                    Block::Item { mark: Mark::Warning, body }
                });
            }
            let text = self.sources.get(step.cell.0).cloned().unwrap_or_default();
            writer.same(Block::Code { language: "python".to_owned(), text });
        }
        self.preview = Some(Arc::new(writer.finish()));
    }
}

impl Tutor<'_> {
    /// Leaves the chosen cell out of what will run, or takes it in.
    pub(super) fn toggle(&mut self) {
        let (knowledge, reading) = (self.knowledge, self.reading);
        if let Some(window) = self.windows.last_mut()
            && let Kind::Run(consent) = &mut window.kind
        {
            consent.toggle(window.selected);
            window.preview(knowledge, reading);
        }
    }

    /// Takes every earlier cell, or only those that are needed.
    pub(super) fn toggle_all(&mut self) {
        let (knowledge, reading) = (self.knowledge, self.reading);
        if let Some(window) = self.windows.last_mut()
            && let Kind::Run(consent) = &mut window.kind
        {
            window.selected = consent.toggle_all(window.selected);
            window.preview(knowledge, reading);
        }
    }
}
