//! What a review leaves for the next one of the same notebook: cells as they were read, and what
//! rules said of them. Where a few cells changed, rules look at these and at what hangs together
//! with them alone, and what was said of the others stands.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use super::aligned::Aligned;
use super::linked::{Links, Touched, touched};
use super::{Review, Surroundings};
use crate::classify::Classification;
use crate::diagnostic::Found;
use crate::environment::Environment;
use crate::index::ReadCell;

/// What is known of a notebook from a review of an earlier text of it.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Cells that were read, in order; one with another text is read again.
    pub cells: Vec<Arc<ReadCell>>,
    told: Option<Arc<Told>>,
}

/// What rules said of cells, and under which circumstances.
#[derive(Debug)]
pub(super) struct Told {
    pub cells: Vec<Arc<ReadCell>>,
    links: OnceLock<Vec<Arc<Links>>>,
    pub surroundings: Surroundings,
    pub environment: Environment,
    /// As the rules gave it: neither silenced nor weighed against outputs.
    pub found: Vec<Found>,
    pub classifications: Vec<Arc<Classification>>,
    /// Whether something happens that other cells notice without a name, or a rule gave no answer.
    pub concerns_all: bool,
}

impl Known {
    /// What was said of the cells, where it still holds for those that are the same.
    pub(super) fn told(
        &self,
        surroundings: &Surroundings,
        environment: Environment,
    ) -> Option<&Told> {
        let told = self.told.as_deref()?;
        let versions = |it: &Surroundings| it.dated.as_ref().map(|dated| dated.libraries().clone());
        let is_same = told.environment == environment
            && !environment.host.runs_by_dependence()
            && told.surroundings.settings == surroundings.settings
            && told.surroundings.modules == surroundings.modules
            && told.surroundings.libraries == surroundings.libraries
            && versions(&told.surroundings) == versions(surroundings);
        (is_same && !told.concerns_all).then_some(told)
    }
}

impl Known {
    /// Looks up once what every later change asks for, while nobody waits.
    pub fn prepare(&self) {
        if let Some(told) = self.told.as_deref().filter(|told| !told.concerns_all) {
            told.links();
        }
    }
}

impl Review {
    /// What the next review of the notebook may build on.
    pub fn known(&self) -> Known {
        Known { cells: self.cells.clone(), told: self.told.clone() }
    }
}

impl Told {
    pub fn new(
        cells: Vec<Arc<ReadCell>>,
        surroundings: Surroundings,
        environment: Environment,
        concerns_all: bool,
    ) -> Self {
        let (found, classifications) = (Vec::new(), Vec::new());
        let links = OnceLock::new();
        Self { cells, links, surroundings, environment, found, classifications, concerns_all }
    }

    /// Which of `cells` have to be looked at again; `None` where that is as good as all of them.
    pub fn touched(&self, cells: &[Arc<ReadCell>]) -> Option<Touched> {
        touched(self, cells, Aligned::between(&self.cells, cells))
    }

    /// What was said of each of the cells that were there before.
    pub fn classifications(&self, aligned: &Aligned, count: usize) -> Vec<Arc<Classification>> {
        let unclear = Arc::new(Classification::unclear());
        let said = |at: usize| self.classifications.get(aligned.before(at)?).map(Arc::clone);
        (0..count).map(|at| said(at).unwrap_or_else(|| Arc::clone(&unclear))).collect()
    }

    /// What each cell has to do with others.
    pub fn links(&self) -> &[Arc<Links>] {
        self.links.get_or_init(|| self.cells.iter().map(|it| Arc::new(Links::of(it))).collect())
    }

    /// Takes over what each of the cells has to do with others.
    pub fn with_links(self, links: Vec<Arc<Links>>) -> Self {
        Self { links: OnceLock::from(links), ..self }
    }

    pub fn with_found(self, found: Vec<Found>) -> Self {
        Self { found, ..self }
    }

    /// The names of the rules that said something.
    pub fn rules(&self) -> BTreeSet<&'static str> {
        self.found.iter().map(|found| found.said().rule).collect()
    }
}
