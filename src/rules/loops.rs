//! What rules share that speak of loops: where one is refused, in which words, and under which patch.

use hashbrown::HashSet;

use super::events::place;
use crate::diagnostic::{Diagnostic, Message, Severity};
use crate::execution::{Event, EventKind, Run, Site, StackId};
use crate::knowledge::tables::{Answers, LoopOwner};
use crate::python::Kind;
use crate::rewrite::{name_of_owner, offer, owner_instead};
use crate::text::Span;
use crate::wording;

/// Something that happens at a place of the notebook.
pub(super) struct Happening<'r> {
    pub event: &'r Event,
    /// Where a cell comes to it; the event itself may be in a module beside the notebook.
    pub site: Site,
    pub at: Site,
    pub span: Span,
}

impl<'r> Happening<'r> {
    /// `None` where nothing in a cell leads there, or where it hangs on what is not seen.
    pub(super) fn of(run: &'r Run, event: &'r Event) -> Option<Self> {
        let site = run.site_of(event);
        let at = place(run, site).filter(|_| event.is_seen)?;
        Some(Self { event, site, at, span: run.span(site)? })
    }

    /// A diagnostic with the names that its sentences need.
    pub(super) fn report(
        &self,
        run: &Run,
        rule: &'static str,
        severity: Severity,
        key: &'static str,
        call: &str,
    ) -> Diagnostic {
        let function = run.owner(self.site).map_or("", |it| run.title(it));
        Diagnostic::new(rule, severity, self.span, key)
            .with("call", call)
            .with("function", function)
    }

    /// The calls in cells that lead to a helper, in order.
    fn entries(&self, run: &Run) -> Vec<Span> {
        if place_key(run, self.site, false) != "helper" {
            return Vec::new();
        }
        let ways = std::iter::once(&self.event.stack).chain(&self.event.also);
        let outermost = |way: &StackId| run.span(*run.stack(*way).first()?);
        let mut entries: Vec<Span> = ways.filter_map(outermost).collect();
        entries.sort_unstable();
        entries.dedup();
        entries
    }

    /// Notes which calls in cells lead to a helper and, where one lets the loop through, the patch.
    pub(super) fn note_way(&self, run: &Run, found: &mut Diagnostic, is_patched: bool) {
        for span in self.entries(run).into_iter().take(MOST_CALLERS) {
            let note = Message::new(found.rule, "called-here").at_cell(span.cell);
            found.note(note, Some(span));
        }
        if is_patched {
            note_patch(run, found, "patched-here");
        }
    }
}

/// As many callers as a note names.
const MOST_CALLERS: usize = 4;

/// The happenings that `pick` knows, the first at each place.
pub(super) fn happenings<'r, T: 'r>(
    run: &'r Run,
    pick: impl Fn(&'r Event) -> Option<T> + 'r,
) -> impl Iterator<Item = (Happening<'r>, T)> + 'r {
    let mut told = HashSet::new();
    run.events().iter().filter_map(move |event| {
        let picked = pick(event)?;
        let happening = Happening::of(run, event)?;
        told.insert(happening.span).then_some((happening, picked))
    })
}

/// The patches of the kernel's loop.
pub(super) fn patches<'r>(run: &'r Run) -> impl Iterator<Item = Happening<'r>> {
    let is_patch =
        |event: &Event| matches!(event.kind, EventKind::LoopPatched { .. }).then_some(());
    happenings(run, is_patch).map(|(happening, ())| happening)
}

fn note_patch(run: &Run, found: &mut Diagnostic, key: &'static str) {
    if let Some(patch) = patches(run).next() {
        let note = Message::new(found.rule, key).at_cell(patch.span.cell);
        found.note(note, Some(patch.span));
    }
}

/// Which sentence tells of a loop that is refused at a place.
pub(super) fn place_key(run: &Run, site: Site, is_caught: bool) -> &'static str {
    match run.owner(site).map(|it| run.kind(it)) {
        Some(Kind::FunctionDef { is_async: true, .. }) => "in-async",
        Some(_) => "helper",
        None if is_caught => "caught",
        None if run.tree(site.cell).is_under_main_guard(site.node) => "main-guard",
        None => "direct",
    }
}

/// The calls that `find` knows and that want a loop of their own where one is running.
pub(super) fn owners<'r>(
    run: &'r Run,
    find: impl Fn(&str) -> Option<&'r LoopOwner> + 'r,
) -> impl Iterator<Item = (Happening<'r>, &'r LoopOwner)> + 'r {
    let wanted = move |event: &Event| match event.kind {
        EventKind::OwnLoopWanted { by } => find(&run.spell(by)),
        _ => None,
    };
    // An `await` in front comes too late for what the call itself does. What was only read of may
    // give something to await there.
    happenings(run, wanted).filter(|(happening, owner)| {
        let up = run.parent(happening.site);
        !(owner.docs && up.is_some_and(|up| *run.kind(up) == Kind::Await))
    })
}

/// The patterns that what is written in a cell instead belongs to; none where it is no async code.
fn patterns_for(twin: Option<&str>) -> Vec<&'static str> {
    let Some(twin) = twin else { return vec!["top-level-await", "to-thread"] };
    if twin.starts_with("asyncio.create_task(") {
        // A server or a bot: to await it would hold the cell until it ends.
        vec!["keep-the-handle", "to-thread"]
    } else if twin.starts_with("await asyncio.to_thread(") {
        vec!["to-thread"]
    } else if twin.to_lowercase().contains("async") || twin.contains("await") {
        vec!["top-level-await", "to-thread"]
    } else {
        Vec::new()
    }
}

/// What there is to say of a call that wants its own loop, in the words of `page`.
pub(super) fn report_owner(
    run: &Run,
    page: &'static str,
    happening: &Happening,
    owner: &LoopOwner,
) -> Diagnostic {
    let (site, event) = (happening.site, happening.event);
    let works = event.is_patched && owner.patchable;
    // Nothing catches the end of the kernel.
    let caught = event.is_caught && owner.answers != Answers::Dies;
    let severity = if works || caught || owner.docs { Severity::Warning } else { Severity::Error };
    let key = match owner.answers {
        _ if works => "patched",
        _ if owner.docs => "documented",
        Answers::Hangs => "hangs",
        Answers::Dies => "dies",
        Answers::Asynchronous => "asynchronous",
        _ => place_key(run, site, caught),
    };
    let call = name_of_owner(run, happening.at);
    let mut found = happening.report(run, page, severity, key, call);
    if let Some(says) = owner.says.as_ref().filter(|_| !works) {
        found.note(Message::new(page, "says").with("text", says), None);
    }
    if let Some(twin) = &owner.twin {
        // `connectAsync` for `connect`.
        let callee = run.callee(happening.at);
        let method = callee.rsplit('.').next().unwrap_or_default();
        let is_made_of_it = owner.method.as_ref().is_some_and(|it| it.contains('*'));
        let twin = if is_made_of_it { twin.replace('*', method) } else { twin.clone() };
        found.note(Message::new(page, "twin").with("twin", twin), None);
    }
    happening.note_way(run, &mut found, works);
    if let Some((path, line)) = run.in_module(event.site) {
        let note = Message::says(wording::HAPPENS_IN).with("path", path).with("line", line);
        found.note(note, None);
    }
    if event.is_patched && !works {
        note_patch(run, &mut found, "patch-no-help");
    }
    found.patterns = patterns_for(owner.twin.as_deref());
    if let Some(repair) = owner_instead(run, page, happening.at, owner) {
        offer(run, &mut found, repair);
    }
    found
}
