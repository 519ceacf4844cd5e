//! What is joined of all cells, each part once somebody asks for it.

use std::cell::{OnceCell, RefCell};

use hashbrown::HashMap;

use super::definitions::Definitions;
use super::event::Event;
use super::lookups::{Call, Lookups};
use super::meaning::Meaning;
use super::reading::Run;
use super::resolve::Globals;
use super::usage::Readers;
use super::value::Site;
use crate::python::{Kind, Role};

/// The parts.
#[derive(Debug, Clone, Default)]
pub(super) struct Joined {
    pub meanings: RefCell<HashMap<Site, Meaning>>,
    pub readers: OnceCell<Readers>,
    globals: OnceCell<Globals>,
    definitions: OnceCell<Definitions>,
    calls: OnceCell<Vec<Call>>,
    lookups: OnceCell<Lookups>,
    /// The numbers of the events at each place.
    events: OnceCell<HashMap<Site, Vec<usize>>>,
    /// Of functions somebody asked about: whether they never end.
    pub endless: RefCell<HashMap<Site, bool>>,
    /// Of functions somebody asked about: whether anything leaves them before their last statement.
    pub left: RefCell<HashMap<Site, bool>>,
}

impl Run<'_> {
    /// Every call of the notebook in order.
    pub fn calls(&self) -> &[Call] {
        self.joined.calls.get_or_init(|| self.budget().aside(|| self.find_calls()))
    }

    pub(super) fn all_definitions(&self) -> &Definitions {
        self.joined.definitions.get_or_init(|| self.budget().aside(|| Definitions::of(self)))
    }

    pub(super) fn lookups(&self) -> &Lookups {
        self.joined.lookups.get_or_init(|| self.budget().aside(|| Lookups::of(self)))
    }

    pub(super) fn globals_by_name(&self) -> &Globals {
        self.joined.globals.get_or_init(|| Globals::of(self))
    }

    /// What happens at a place, in order.
    pub fn events_at(&self, site: Site) -> impl Iterator<Item = &Event> {
        let by_site = self.joined.events.get_or_init(|| {
            let mut by_site: HashMap<Site, Vec<usize>> = HashMap::new();
            for (at, event) in self.events().iter().enumerate() {
                by_site.entry(event.site).or_default().push(at);
            }
            by_site
        });
        by_site.get(&site).into_iter().flatten().filter_map(|at| self.events().get(*at))
    }

    fn find_calls(&self) -> Vec<Call> {
        let is_call = |site: &Site| matches!(self.kind(*site), Kind::Call);
        let call = |site: Site| {
            let func = self.child(site, Role::Func)?;
            Some(Call { site, callee: self.meaning(func), owner: self.owner(site) })
        };
        self.sites().filter(is_call).filter_map(call).collect()
    }
}
