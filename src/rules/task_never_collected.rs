//! A task that a name keeps and that nothing awaits, gathers, cancels or asks for its result.

use super::Rule;
use super::events::{found, lost_tasks, place, report};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::execution::{Endless, Event, EventKind, Handle, Loop, Run, Site, ValueKind};
use crate::python::{Kind, NodeId, Role};
use crate::rewrite::{await_handle, checked, module_name};

const NAME: &str = "task-never-collected";

pub(super) const RULE: Rule = Rule { name: NAME, check };

/// Methods that serve until their object is told to stop, which another name may do.
const SERVICES: [&str; 7] =
    ["serve", "serve_forever", "run_forever", "start", "start_polling", "listen", "run_async"];

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    let kept = lost_tasks(run).into_iter().filter_map(|(event, gathers)| {
        let call = place(run, event.site)?;
        let handle = run.handle(call)?;
        let is_elsewhere = runs_on_another_loop(run, event) || is_service(run, event.site);
        let ends = !is_elsewhere && run.never_ends(call) != Some(Endless::Serves);
        ends.then(|| diagnose(run, call, handle, gathers))
    });
    let in_modules = lost_tasks(run).into_iter();
    let kept = kept.chain(
        in_modules.filter_map(|(event, gathers)| kept_in_module(run, event).filter(|_| !gathers)),
    );
    let unasked = run.events().iter().filter(|it| it.kind == EventKind::ErrorsUnasked);
    report(out, kept.chain(unasked.filter_map(|event| unasked_errors(run, event))));
}

/// A task of another loop ends with that loop's own run.
fn runs_on_another_loop(run: &Run, event: &Event) -> bool {
    matches!(event.kind, EventKind::TaskLost { on: Loop::Own(_), .. })
        || run.argument(event.site, usize::MAX, "loop").is_some()
}

fn is_service(run: &Run, call: Site) -> bool {
    let argument = run.argument(call, 0, "coro");
    let func = argument.and_then(|it| run.child(it, Role::Func));
    func.is_some_and(|func| match run.kind(func) {
        Kind::Attribute { name } => SERVICES.contains(&run.tree(func.cell).text(*name)),
        _ => false,
    })
}

/// A task that a function of a module beside the notebook keeps in a variable of its own, which
/// nobody else comes to, and whose work has an end.
fn kept_in_module(run: &Run, event: &Event) -> Option<Diagnostic> {
    if place(run, event.site).is_some() {
        return None;
    }
    let name = own_variable(run, event.site)?;
    let coroutine = run.argument(event.site, 0, "coro")?;
    let works = run.definitions(coroutine, ValueKind::Coroutine);
    let goes_on = |site: Site| match run.kind(site) {
        Kind::While => true,
        Kind::Attribute { name } => SERVICES.contains(&run.tree(site.cell).text(*name)),
        _ => false,
    };
    let ends = !works.is_empty() && !works.iter().any(|it| run.descendants(*it).any(goes_on));
    if !ends || runs_on_another_loop(run, event) {
        return None;
    }
    let mut found = found(run, event, event.site, |span| {
        Diagnostic::new(NAME, Severity::Warning, span, "task")
            .with("name", name)
            .with("call", run.callee(event.site))
    })?;
    found.patterns = vec!["keep-the-handle", "task-group"];
    found.note(Message::new(NAME, "there").with("name", name), None);
    Some(found)
}

/// The variable of the function around it that alone keeps what the call at `site` gives.
fn own_variable<'r>(run: &'r Run, site: Site) -> Option<&'r str> {
    let up =
        run.parent(site).filter(|up| matches!(run.kind(*up), Kind::Assign | Kind::AnnAssign))?;
    let tree = run.tree(site.cell);
    let mut targets = tree.children_in(up.node, Role::Target);
    let (target, None) = (targets.next()?, targets.next()) else { return None };
    let is_function = |it: &NodeId| matches!(tree.kind(*it), Kind::FunctionDef { .. });
    let function = tree.ancestors(site.node).find(is_function)?;
    let is_shared =
        |it: NodeId| matches!(tree.kind(it), Kind::Global { .. } | Kind::Nonlocal { .. });
    let is_own = matches!(tree.kind(target), Kind::Name { .. })
        && !tree.descendants(function).any(is_shared);
    is_own.then(|| tree.source_of(target))
}

fn unasked_errors(run: &Run, event: &Event) -> Option<Diagnostic> {
    let mut diagnostic = found(run, event, event.site, |span| {
        Diagnostic::new(NAME, Severity::Warning, span, "waited")
            .with("call", run.callee(event.site))
    })?;
    diagnostic.patterns = vec!["gather", "task-group"];
    Some(diagnostic)
}

fn diagnose(run: &Run, call: Site, handle: Handle, gathers: bool) -> Diagnostic {
    let name = run.source_of(handle.target);
    let coroutine = run.argument(call, 0, "coro");
    let runs = coroutine.map(|it| run.definitions(it, ValueKind::Coroutine)).unwrap_or_default();
    let waits = run.never_ends(call);
    let endless = waits.is_some_and(|it| it != Endless::Later);
    let key = match (endless, gathers, handle.many) {
        (true, _, None) => "endless",
        (true, _, Some(_)) => "endless-all",
        (_, true, _) => "gather",
        (_, _, Some(_)) => "tasks",
        _ => "task",
    };
    // A later cell can end what a name of the cells keeps.
    let is_global = run.owner(handle.target).is_none();
    let severity = if waits.is_some() && is_global { Severity::Hint } else { Severity::Warning };
    let mut found = Diagnostic::new(NAME, severity, run.at(call), key)
        .with("name", name)
        .with("call", run.callee(call));
    found.patterns =
        vec!["keep-the-handle", if handle.many.is_some() { "gather" } else { "task-group" }];
    if endless {
        let key = if handle.many.is_some() { "cancel-all" } else { "cancel" };
        found.note(Message::new(NAME, key).with("name", name), None);
    } else if waits.is_none() && !runs.into_iter().any(|def| run.may_go_on(def)) {
        found.fixes.extend(fix(run, handle));
    }
    let place = run.environment().host;
    if place.is_batch() {
        found.note(Message::new(NAME, "batch").with("place", place.title()), None);
    }
    found
}

fn fix(run: &Run, handle: Handle) -> Option<Fix> {
    let (asyncio, import) = module_name(run, handle.target, "asyncio");
    let mut edits = await_handle(run, handle, &asyncio)?;
    let awaits = edits.last()?.span;
    let gathers = edits.iter().any(|edit| edit.text.contains(".gather("));
    if gathers {
        edits.extend(import);
    }
    let name = run.source_of(handle.target);
    let key = if gathers { "fix-await-all" } else { "fix-await" };
    Some(checked(
        run,
        Fix {
            title: Message::new(NAME, key).with("name", name),
            pattern: if gathers { "gather" } else { "keep-the-handle" },
            // What is awaited here no longer runs beside later cells.
            applicability: Applicability::Unsafe,
            edits,
            reasons: vec![(awaits, Message::new(NAME, "why-await").with("name", name))],
            tradeoffs: vec!["late-interrupt"],
        },
    ))
}

#[cfg(test)]
mod tests {
    use crate::environment::Host;
    use crate::notebook::parse;
    use crate::review::{Known, Settings, Surroundings, review_again};
    use crate::rules::tables_for_tests;

    const TASK: &str = "# %%\nimport asyncio\n\nasync def work():\n    await asyncio.sleep(9)\n\n# %%\ntask = asyncio.create_task(work())\n";

    /// Source: nbclient 0.10 and papermill 2.7: what the task writes after its cell does not come.
    #[test]
    fn a_batch_run_is_said_to_end_before_the_task() {
        let notebook = parse("a.py", TASK.to_owned()).expect("a notebook");
        for (host, ends) in [(Host::Jupyter, false), (Host::Papermill, true)] {
            let settings = Settings { host: Some(host), ..Settings::default() };
            let alone = Surroundings { settings, ..Surroundings::default() };
            let review = review_again(&notebook, &tables_for_tests(), &alone, &Known::default());
            let notes = review.found().filter(|it| it.rule == super::NAME);
            let notes: Vec<_> = notes.flat_map(|it| &it.notes).map(|it| it.message.key).collect();
            assert_eq!(notes.contains(&"batch"), ends, "{notes:?}");
        }
    }
}
