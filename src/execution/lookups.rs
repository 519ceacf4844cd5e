//! What is asked again and again, looked up once for the whole notebook.

use hashbrown::{HashMap, HashSet};

use super::collection::MEANINGS;
use super::meaning::Meaning;
use super::reading::Run;
use super::usage::Usage;
use super::value::{CellKey, Site};
use crate::index::TOP;
use crate::python::{Kind, NameUse, Role};

/// Methods that put something into a collection.
const PUTS_IN: [&str; 5] = ["append", "add", "extend", "insert", "update"];

/// A call and what is known of it.
#[derive(Debug, Clone)]
pub struct Call {
    pub site: Site,
    pub callee: Meaning,
    /// The function or lambda whose body the call stands in; `None` for the cell itself.
    pub owner: Option<Site>,
}

/// The lookups. Numbers are places in [`Run::calls`].
#[derive(Debug, Clone, Default)]
pub(super) struct Lookups {
    loads: HashMap<Box<str>, Vec<Site>>,
    global_loads: HashMap<Box<str>, Vec<Site>>,
    fills: HashMap<Site, Vec<Site>>,
    filled_anywhere: HashSet<Box<str>>,
    names: HashSet<Box<str>>,
    imports: Vec<Site>,
    by_owner: HashMap<Option<Site>, Vec<usize>>,
    by_function: HashMap<Site, Vec<usize>>,
    mentions: HashMap<Site, Vec<Site>>,
    unknown_methods: HashMap<Box<str>, Vec<Site>>,
}

impl Lookups {
    /// Looks everything up.
    pub(super) fn of(run: &Run) -> Self {
        let mut all = Self::default();
        for site in run.sites() {
            all.add_site(run, site);
        }
        for (place, call) in run.calls().iter().enumerate() {
            all.add_call(run, place, call);
        }
        all
    }

    fn add_site(&mut self, run: &Run, site: Site) {
        match run.kind(site) {
            Kind::Name { used } => {
                let name = run.source_of(site);
                if !self.names.contains(name) {
                    self.names.insert(name.into());
                }
                if *used == NameUse::Load {
                    push(&mut self.loads, name, site);
                    if run.binding_scope(site) == TOP {
                        push(&mut self.global_loads, name, site);
                    }
                    self.add_mention(run, site);
                    self.add_fill(run, site);
                }
            }
            Kind::Attribute { .. } => self.add_mention(run, site),
            Kind::Import { .. } if run.owner(site).is_none() => self.imports.push(site),
            _ => {}
        }
    }

    /// `jobs.append`, for each place that may have bound `jobs`.
    fn add_fill(&mut self, run: &Run, name: Site) {
        let Usage::Attribute(method) = run.usage(name) else { return };
        let Kind::Attribute { name: called } = run.kind(method) else { return };
        if !PUTS_IN.contains(&run.tree(method.cell).text(*called)) {
            return;
        }
        let bindings = run.bindings(name);
        if bindings.len() > MEANINGS {
            self.filled_anywhere.insert(run.source_of(name).into());
            return;
        }
        for (cell, binding) in bindings {
            self.fills.entry(Site { cell, node: binding.node }).or_default().push(method);
        }
    }

    fn add_mention(&mut self, run: &Run, site: Site) {
        if run.role(site) == Role::Func {
            return;
        }
        let Meaning::Function(id) = run.meaning(site) else { return };
        if !matches!(run.usage(site), Usage::Attribute(_) | Usage::Assigned(_)) {
            self.mentions.entry(id).or_default().push(site);
        }
    }

    fn add_call(&mut self, run: &Run, place: usize, call: &Call) {
        self.by_owner.entry(call.owner).or_default().push(place);
        if let Meaning::Function(id) = call.callee {
            self.by_function.entry(id).or_default().push(place);
        }
        if call.callee == Meaning::Unknown
            && let Some(func) = run.child(call.site, Role::Func)
            && let Kind::Attribute { name } = run.kind(func)
        {
            let name = run.tree(func.cell).text(*name);
            self.unknown_methods.entry(name.into()).or_default().push(call.site);
        }
    }
}

fn push(lists: &mut HashMap<Box<str>, Vec<Site>>, name: &str, site: Site) {
    match lists.get_mut(name) {
        Some(list) => list.push(site),
        None => _ = lists.insert(name.into(), vec![site]),
    }
}

impl Run<'_> {
    /// The places that read a name, in whatever scope, in order.
    pub(super) fn loads(&self, name: &str) -> &[Site] {
        self.lookups().loads.get(name).map_or(&[], Vec::as_slice)
    }

    /// The places that read the notebook's global of this name, in order.
    pub(super) fn global_loads(&self, name: &str) -> &[Site] {
        self.lookups().global_loads.get(name).map_or(&[], Vec::as_slice)
    }

    /// The methods that fill the collection which the name at `target` binds, such as
    /// `jobs.append`; and whether these are all.
    pub(super) fn fills(&self, target: Site) -> (&[Site], bool) {
        let fills = self.lookups().fills.get(&target).map_or(&[][..], Vec::as_slice);
        (fills, !self.lookups().filled_anywhere.contains(self.source_of(target)))
    }

    /// Whether the name stands anywhere in the notebook.
    pub fn has_name(&self, name: &str) -> bool {
        self.lookups().names.contains(name) || self.is_taken_elsewhere(name)
    }

    /// The `import` statements of the cells themselves, in order.
    pub fn imports(&self) -> &[Site] {
        &self.lookups().imports
    }

    /// The calls that stand in `owner`'s own body, or in the cells themselves.
    pub fn calls_in(&self, owner: Option<Site>) -> impl Iterator<Item = &Call> {
        self.calls_at(self.lookups().by_owner.get(&owner))
    }

    /// The calls of a function of the notebook, in order.
    pub fn calls_of(&self, function: Site) -> impl Iterator<Item = &Call> {
        self.calls_at(self.lookups().by_function.get(&function))
    }

    fn calls_at<'s>(&'s self, places: Option<&'s Vec<usize>>) -> impl Iterator<Item = &'s Call> {
        let places = places.map_or(&[][..], Vec::as_slice);
        self.counted(places.iter().filter_map(|place| self.calls().get(*place)))
    }

    /// The places that use a function as a value without calling it.
    pub fn mentions(&self, function: Site) -> &[Site] {
        self.lookups().mentions.get(&function).map_or(&[], Vec::as_slice)
    }

    /// Calls of a method of this name on something that is not known.
    pub fn unknown_method_calls(&self, name: &str) -> &[Site] {
        self.lookups().unknown_methods.get(name).map_or(&[], Vec::as_slice)
    }

    /// The calls of one cell, in order.
    pub fn calls_of_cell(&self, cell: CellKey) -> &[Call] {
        let start = self.calls().partition_point(|call| call.site.cell < cell);
        let end = self.calls().partition_point(|call| call.site.cell <= cell);
        self.calls().get(start..end).unwrap_or_default()
    }
}
