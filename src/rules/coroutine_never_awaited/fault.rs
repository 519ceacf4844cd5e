//! What goes wrong with a coroutine, as the run shows it: nobody awaits it, or it is used before.

use hashbrown::HashMap;

use super::super::events::handed_out;
use super::super::result_before_it_is_there::operand;
use crate::execution::{Event, EventKind, Run, Site, ValueKind, ValueUse};
use crate::python::{Kind, NameUse, Role};

/// What goes wrong with a coroutine in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Dropped,
    Displayed,
    Kept,
    Shown,
    /// A library gets it in place of its result.
    Passed,
    Tested,
    /// The place raises: an attribute, an item, arithmetic, iteration.
    Used,
    /// It is added to others, or compared with them, and that raises.
    Combined,
    /// A function of the notebook calls it.
    Called,
    /// `async for` or `async with` raises: what it is given.
    Protocol(Site),
}

impl Fault {
    /// Whether nothing at all is done with the value.
    pub(super) fn is_left_behind(self) -> bool {
        matches!(self, Fault::Dropped | Fault::Displayed | Fault::Kept)
    }

    pub(super) fn key(self) -> &'static str {
        match self {
            Fault::Dropped => "dropped",
            Fault::Displayed => "displayed",
            Fault::Kept => "kept",
            Fault::Shown => "shown",
            Fault::Passed => "passed",
            Fault::Tested => "tested",
            Fault::Used | Fault::Combined => "used",
            Fault::Called => "called",
            Fault::Protocol(_) => "protocol",
        }
    }

    pub(super) fn raises(self) -> bool {
        matches!(self, Fault::Used | Fault::Combined | Fault::Called | Fault::Protocol(_))
    }

    /// Whether a plain use of the value is at fault, and no `async` statement.
    pub(super) fn is_plain(self) -> bool {
        !matches!(self, Fault::Protocol(_))
    }
}

/// A coroutine with its fault.
pub(super) struct Faulty<'r> {
    /// The first event that shows it.
    pub event: &'r Event,
    /// The call that gives it, out of helpers that only hand it on.
    pub site: Site,
    pub is_silent: bool,
    pub fault: Fault,
}

impl Faulty<'_> {
    /// Whether it is an object of a class of the notebook.
    pub(super) fn is_object(&self, run: &Run) -> bool {
        is_object(run, self.event)
    }
}

fn is_object(run: &Run, event: &Event) -> bool {
    matches!(event.kind, EventKind::CoroutineLost { function, .. }
        if run.trace.kind_of(function) == ValueKind::Class)
}

/// What the run shows of one coroutine.
struct Seen<'r> {
    event: &'r Event,
    site: Site,
    is_lost: bool,
    is_silent: bool,
    uses: Vec<(Fault, Site)>,
}

/// Every coroutine that is left behind, or used where it stands or by its name.
pub(super) fn faulty<'r>(run: &'r Run) -> Vec<Faulty<'r>> {
    let mut all: Vec<Seen> = Vec::new();
    let mut known: HashMap<Site, usize> = HashMap::new();
    for event in run.events() {
        let (made, stack, use_) = match &event.kind {
            EventKind::CoroutineLost { called_by: None, .. } => (event.site, event.stack, None),
            // What `map` makes is told where that stands.
            EventKind::UsedTooEarly { value, how: ValueUse::Element }
                if run.trace.is_made_by_a_library(*value) =>
            {
                continue;
            }
            EventKind::UsedTooEarly { value, how } => {
                let Some((made, stack)) = run.trace.making_of(*value) else { continue };
                (made, stack, Some((used_as(*how), operand(run, event.site, *value, *how))))
            }
            EventKind::AsyncForRefused { value } | EventKind::AsyncWithRefused { value }
                if run.trace.kind_of(*value) == ValueKind::Coroutine =>
            {
                let Some((made, stack)) = run.trace.making_of(*value) else { continue };
                (made, stack, Some((Fault::Protocol(event.site), event.site)))
            }
            _ => continue,
        };
        let site = handed_out(run, made, stack);
        let at = *known.entry(made).or_insert_with(|| {
            let (is_lost, is_silent, uses) = (false, false, Vec::new());
            all.push(Seen { event, site, is_lost, is_silent, uses });
            all.len() - 1
        });
        let Some(seen) = all.get_mut(at) else { continue };
        match (use_, &event.kind) {
            (Some(use_), _) => seen.uses.push(use_),
            (None, EventKind::CoroutineLost { is_silent, .. }) => {
                (seen.event, seen.is_lost, seen.is_silent) = (event, true, *is_silent);
            }
            _ => {}
        }
    }
    all.iter().filter_map(|it| it.faulty(run)).collect()
}

fn used_as(how: ValueUse) -> Fault {
    match how {
        ValueUse::Text | ValueUse::Argument => Fault::Shown,
        ValueUse::Passed => Fault::Passed,
        ValueUse::Truth => Fault::Tested,
        ValueUse::Call => Fault::Called,
        ValueUse::Element => Fault::Combined,
        _ => Fault::Used,
    }
}

impl<'r> Seen<'r> {
    fn faulty(&self, run: &Run) -> Option<Faulty<'r>> {
        let fault = self.fault(run)?;
        let is_object = is_object(run, self.event);
        // An object of the notebook's own may be kept for something else, or be worth a look.
        let is_told =
            (!self.is_silent || fault.is_left_behind()) && (!is_object || fault == Fault::Dropped);
        let (event, site, is_silent) = (self.event, self.site, self.is_silent);
        is_told.then_some(Faulty { event, site, is_silent, fault })
    }

    fn fault(&self, run: &Run) -> Option<Fault> {
        let is_here = |at: Site| {
            let is_argument =
                || run.parent(self.site).is_some_and(|up| up == at && *run.kind(up) == Kind::Call);
            at == self.site || is_argument()
        };
        let worst = |uses: &mut dyn Iterator<Item = Fault>| uses.max_by_key(|it| it.raises());
        let mut direct = self.uses.iter().filter(|(_, at)| is_here(*at)).map(|(fault, _)| *fault);
        if let Some(fault) = worst(&mut direct) {
            // What Python calls by itself is told where its value is used.
            let is_call = *run.kind(self.site) == Kind::Call;
            let is_told = if fault.raises() { is_call } else { self.is_lost };
            return is_told.then_some(fault);
        }
        let raising = self.uses.iter().filter(|(fault, _)| fault.raises());
        let raising: Vec<(Fault, Site)> = raising.copied().collect();
        if let [(Fault::Called, _), ..] = raising.as_slice()
            && is_argument_of_own(run, self.site)
        {
            return Some(Fault::Called);
        }
        if let Some(name) = kept_as(run, self.site) {
            let by_name =
                |at: Site| matches!(run.kind(at), Kind::Name { .. }) && run.source_of(at) == name;
            return match raising.as_slice() {
                [] => self.is_lost.then_some(Fault::Kept),
                [(fault @ Fault::Protocol(_), at)] if by_name(*at) => Some(*fault),
                all if self.is_lost && all.iter().all(|(it, at)| it.is_plain() && by_name(*at)) => {
                    Some(Fault::Used)
                }
                _ => None,
            };
        }
        match raising.as_slice() {
            [] => self.is_lost.then(|| left_behind(run, self.site)),
            all => {
                let is_call = *run.kind(self.site) == Kind::Call;
                let is_alone = all.iter().all(|(it, _)| *it == Fault::Combined);
                (self.is_lost && is_call && is_alone).then_some(Fault::Combined)
            }
        }
    }
}

/// Whether it is given to a call.
fn is_argument_of_own(run: &Run, site: Site) -> bool {
    run.parent(site).is_some_and(|up| *run.kind(up) == Kind::Call)
        && run.tree(site.cell).role(site.node) == Role::Arg
}

/// The name that keeps it.
fn kept_as<'r>(run: &'r Run, site: Site) -> Option<&'r str> {
    let up = run.parent(site)?;
    if !matches!(run.kind(up), Kind::Assign | Kind::AnnAssign | Kind::Named) {
        return None;
    }
    let tree = run.tree(site.cell);
    let mut targets = tree.children_in(up.node, Role::Target);
    let (Some(target), None) = (targets.next(), targets.next()) else { return None };
    let is_name = matches!(tree.kind(target), Kind::Name { used: NameUse::Store });
    is_name.then(|| tree.source_of(target))
}

/// What becomes of it where nothing is done with it, by itself or in a list.
fn left_behind(run: &Run, site: Site) -> Fault {
    let mut whole = site;
    while run.tree(whole.cell).role(whole.node) == Role::Element
        && let Some(up) = run.parent(whole)
    {
        whole = up;
    }
    match run.parent(whole).map(|up| run.kind(up)) {
        Some(Kind::Expression) if run.is_shown(whole) => Fault::Displayed,
        Some(Kind::Expression) => Fault::Dropped,
        _ => Fault::Kept,
    }
}
