//! How a review is made: of the whole notebook, or of what an edit may have changed.

use std::sync::Arc;

use hashbrown::HashSet;

use super::known::Told;
use super::linked::Touched;
use super::{Review, Surroundings, not_looked_at, saved, suppress, syntax_errors};
use crate::classify::{self, Classification};
use crate::diagnostic::{Fix, Found};
use crate::environment::Environment;
use crate::execution::{Elsewhere, Stage};
use crate::index::{ReadCell, names_of};
use crate::knowledge::Tables;
use crate::notebook::{Format, Notebook};
use crate::rules::{self, Reported};
use crate::text::{CellIndex, words};

/// A notebook and all that a review of it is a function of.
pub(super) struct Scene<'s> {
    pub notebook: &'s Notebook,
    pub tables: &'s Tables,
    pub surroundings: Surroundings,
    pub environment: Environment,
    pub cells: Vec<Arc<ReadCell>>,
}

impl Scene<'_> {
    /// Reviews every cell.
    pub fn whole(self) -> Review {
        let run = self.stage(&self.cells).run();
        // A script without cells is no notebook: its own entry point is right.
        let Reported { diagnostics, unanswered } = match self.notebook.format {
            Format::Script => Reported::default(),
            _ => rules::check(&run),
        };
        run.ask_freely();
        let concerns_all = self.notebook.format == Format::Script
            || !unanswered.is_empty()
            || run.trace.concerns_all();
        let told =
            self.told(concerns_all).with_found(diagnostics.into_iter().map(Found::from).collect());
        let classify = |found: &[Found]| classify::classify(self.notebook, &run, found);
        let (told, review) = self.review(told, &unanswered, run.steps(), classify);
        Review { told: Some(Arc::new(told)), ..review }
    }

    /// Reviews what differs from what was told before. `None` where that may be anything.
    pub fn again(&self, before: &Told) -> Option<Review> {
        let touched = before.touched(&self.cells)?;
        let Touched { aligned, run, cells, elsewhere, links, stands } = touched;
        let repairs = words_of(stands.iter().flat_map(|found| &found.said().fixes));
        let run = self.stage(&run).among(Elsewhere { cells: elsewhere, repairs }).run();
        let Reported { diagnostics, unanswered } = rules::check(&run);
        run.ask_freely();
        if !unanswered.is_empty() || run.trace.concerns_all() {
            return None;
        }
        let mut found = stands;
        let new = diagnostics.into_iter().filter(|found| cells.contains(&found.span.cell));
        found.extend(new.map(Found::from));
        found.sort_by_key(Found::order);
        let told = self.told(false).with_links(links).with_found(found);
        // Under another cell an output may find its explanation, or lose it.
        if told.rules() != before.rules() && saved::speaks(self.notebook) {
            return None;
        }
        let classify = |found: &[Found]| {
            let mut all = before.classifications(&aligned, self.cells.len());
            // The text of other cells is read where it stands.
            let others = (0..).zip(&self.cells).filter(|(_, cell)| !cell.runs);
            let others = others.map(|(at, _)| CellIndex(at));
            let renewed = cells.iter().copied().chain(others);
            classify::renew(self.notebook, &run, found, renewed, &mut all);
            all
        };
        let (told, review) = self.review(told, &[], run.steps(), classify);
        Some(Review { told: Some(Arc::new(told)), ..review })
    }

    fn stage(&self, cells: &[Arc<ReadCell>]) -> Stage<'_> {
        let tables = self.surroundings.tables(self.tables);
        let modules = Arc::clone(&self.surroundings.modules);
        let stop = self.surroundings.stop.clone();
        Stage::new(names_of(cells), modules, tables, self.environment).within(stop)
    }

    fn told(&self, concerns_all: bool) -> Told {
        Told::new(self.cells.clone(), self.surroundings.clone(), self.environment, concerns_all)
    }

    /// What comes of what the rules say: cells that are no Python, saved outputs, comments that
    /// silence, settings that select.
    fn review(
        &self,
        mut told: Told,
        unanswered: &[&str],
        steps: u64,
        classify: impl FnOnce(&[Found]) -> Vec<Arc<Classification>>,
    ) -> (Told, Review) {
        let Self { notebook, cells, surroundings, .. } = self;
        let mut diagnostics = told.found.clone();
        diagnostics.extend(syntax_errors(cells, notebook.format).into_iter().map(Found::from));
        if notebook.format != Format::Script {
            saved::add(notebook, cells, &mut diagnostics);
            saved::weigh(notebook, &mut diagnostics);
        }
        diagnostics.extend(not_looked_at(cells, unanswered).map(Found::from));
        let (mut diagnostics, mut silenced) = suppress::apply(cells, diagnostics);
        told.classifications = classify(&diagnostics);
        let classifications = told.classifications.clone();
        let selection = &surroundings.settings.selection;
        silenced.extend(diagnostics.extract_if(.., |found| !selection.takes(found.said())));
        let verdict = classify::verdict_of_file(notebook, &classifications);
        let review = Review {
            cells: cells.clone(),
            environment: self.environment,
            surroundings: surroundings.clone(),
            diagnostics,
            silenced,
            classifications,
            verdict,
            steps,
            told: None,
        };
        (told, review)
    }
}

/// The words that repairs bring in, names among them.
fn words_of<'f>(fixes: impl Iterator<Item = &'f Fix>) -> HashSet<String> {
    let edits = fixes.flat_map(|fix| &fix.edits);
    edits.flat_map(|edit| words(&edit.text)).map(str::to_owned).collect()
}
