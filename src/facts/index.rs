//! What is asked again and again, looked up once for the whole notebook.

use hashbrown::{HashMap, HashSet};

use super::collection::MEANINGS;
use super::{Call, Facts, FnId, Site, Usage, Value};
use crate::index::TOP;
use crate::python::{Kind, NameUse, Role};
use crate::text::CellIndex;

/// Methods that put something into a collection.
const PUTS_IN: [&str; 5] = ["append", "add", "extend", "insert", "update"];

/// The lookups. Numbers are places in [`Facts::calls`].
#[derive(Debug, Default)]
pub(super) struct Index {
    loads: HashMap<Box<str>, Vec<Site>>,
    global_loads: HashMap<Box<str>, Vec<Site>>,
    fills: HashMap<Site, Vec<Site>>,
    filled_anywhere: HashSet<Box<str>>,
    names: HashSet<Box<str>>,
    imports: Vec<Site>,
    by_owner: HashMap<Option<FnId>, Vec<usize>>,
    by_function: HashMap<FnId, Vec<usize>>,
    mentions: HashMap<FnId, Vec<Site>>,
    unknown_methods: HashMap<Box<str>, Vec<Site>>,
}

impl Index {
    /// Looks everything up.
    pub(super) fn of(facts: &Facts) -> Self {
        let mut index = Self::default();
        for site in facts.sites() {
            index.add_site(facts, site);
        }
        for (place, call) in facts.calls().iter().enumerate() {
            index.add_call(facts, place, call);
        }
        index
    }

    fn add_site(&mut self, facts: &Facts, site: Site) {
        match facts.kind(site) {
            Kind::Name { used } => {
                let name = facts.source_of(site);
                if !self.names.contains(name) {
                    self.names.insert(name.into());
                }
                if *used == NameUse::Load {
                    push(&mut self.loads, name, site);
                    if facts.binding_scope(site) == TOP {
                        push(&mut self.global_loads, name, site);
                    }
                    self.add_mention(facts, site);
                    self.add_fill(facts, site);
                }
            }
            Kind::Attribute { .. } => self.add_mention(facts, site),
            Kind::Import { .. } if facts.owner(site).is_none() => self.imports.push(site),
            _ => {}
        }
    }

    /// `jobs.append`, for each place that may have bound `jobs`.
    fn add_fill(&mut self, facts: &Facts, name: Site) {
        let Usage::Attribute(method) = facts.usage(name) else { return };
        let Kind::Attribute { name: called } = facts.kind(method) else { return };
        if !PUTS_IN.contains(&facts.tree(method.cell).text(*called)) {
            return;
        }
        let bindings = facts.bindings(name);
        if bindings.len() > MEANINGS {
            self.filled_anywhere.insert(facts.source_of(name).into());
            return;
        }
        for (cell, binding) in bindings {
            self.fills.entry(Site { cell, node: binding.node }).or_default().push(method);
        }
    }

    fn add_mention(&mut self, facts: &Facts, site: Site) {
        if facts.role(site) == Role::Func {
            return;
        }
        let Value::Function(id) = facts.value(site) else { return };
        if !matches!(facts.usage(site), Usage::Attribute(_) | Usage::Assigned(_)) {
            self.mentions.entry(id).or_default().push(site);
        }
    }

    fn add_call(&mut self, facts: &Facts, place: usize, call: &Call) {
        self.by_owner.entry(call.owner).or_default().push(place);
        if let Value::Function(id) = call.callee {
            self.by_function.entry(id).or_default().push(place);
        }
        if call.callee == Value::Unknown
            && let Some(func) = facts.child(call.site, Role::Func)
            && let Kind::Attribute { name } = facts.kind(func)
        {
            let name = facts.tree(func.cell).text(*name);
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

impl Facts<'_> {
    /// The places that read a name, in whatever scope, in order.
    pub(super) fn loads(&self, name: &str) -> &[Site] {
        self.index().loads.get(name).map_or(&[], Vec::as_slice)
    }

    /// The places that read the notebook's global of this name, in order.
    pub(super) fn global_loads(&self, name: &str) -> &[Site] {
        self.index().global_loads.get(name).map_or(&[], Vec::as_slice)
    }

    /// The methods that fill the collection which the name at `target` binds, such as
    /// `jobs.append`; and whether these are all.
    pub(super) fn fills(&self, target: Site) -> (&[Site], bool) {
        let fills = self.index().fills.get(&target).map_or(&[][..], Vec::as_slice);
        (fills, !self.index().filled_anywhere.contains(self.source_of(target)))
    }

    /// Whether the name stands anywhere in the notebook.
    pub fn has_name(&self, name: &str) -> bool {
        self.index().names.contains(name) || self.elsewhere.has(name)
    }

    /// The `import` statements of the cells themselves, in order.
    pub fn imports(&self) -> &[Site] {
        &self.index().imports
    }

    /// The calls that stand in `owner`'s own body, or in the cells themselves.
    pub fn calls_in(&self, owner: Option<FnId>) -> impl Iterator<Item = &Call> {
        self.calls_at(self.index().by_owner.get(&owner))
    }

    /// The calls of a function of the notebook, in order.
    pub fn calls_of(&self, function: FnId) -> impl Iterator<Item = &Call> {
        self.calls_at(self.index().by_function.get(&function))
    }

    fn calls_at<'s>(&'s self, places: Option<&'s Vec<usize>>) -> impl Iterator<Item = &'s Call> {
        let places = places.map_or(&[][..], Vec::as_slice);
        self.counted(places.iter().filter_map(|place| self.calls().get(*place)))
    }

    /// The places that use a function as a value without calling it.
    pub fn mentions(&self, function: FnId) -> &[Site] {
        self.index().mentions.get(&function).map_or(&[], Vec::as_slice)
    }

    /// Calls of a method of this name on something that is not known.
    pub fn unknown_method_calls(&self, name: &str) -> &[Site] {
        self.index().unknown_methods.get(name).map_or(&[], Vec::as_slice)
    }

    /// The calls of one cell, in order.
    pub fn calls_of_cell(&self, cell: CellIndex) -> &[Call] {
        let start = self.calls().partition_point(|call| call.site.cell < cell);
        let end = self.calls().partition_point(|call| call.site.cell <= cell);
        self.calls().get(start..end).unwrap_or_default()
    }
}
