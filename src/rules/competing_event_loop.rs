//! A second event loop on the kernel's thread: made, set, scheduled on or run there.

use super::Rule;
use super::loops::{Happening, happenings, owners, place_key};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::environment::LoopKind;
use crate::execution::{Event, EventKind, Loop, Run, Site, Usage};
use crate::knowledge::callables::{QualifiedName, Steering};
use crate::knowledge::tables::{Answers, LoopOwner};
use crate::python::{Kind, Role};
use crate::rewrite::{await_in_thread, checked, delete_statement, obstacle_to_await};

const NAME: &str = "competing-event-loop";

pub(super) const RULE: Rule = Rule { name: NAME, check };

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    for (happening, owner) in owners(run, |path| run.tables().runner(path)) {
        match owner.answers {
            Answers::Blocks => out.push(blocks(run, &happening, owner)),
            Answers::Foreign => out.push(foreign(run, &happening, owner)),
            _ => {}
        }
    }
    let exits = |event: &Event| matches!(event.kind, EventKind::ExitInTask { .. }).then_some(());
    out.extend(
        happenings(run, exits)
            .map(|(happening, ())| told(run, &happening, "exit", &["top-level-await"])),
    );
    if !run.environment().host.refuses_a_run() {
        return;
    }
    out.extend(happenings(run, lacking).map(|(it, (by, needs))| lacks(run, &it, by, needs)));
    out.extend(never_run(run).map(|(happening, on)| never_runs(run, &happening, on)));
    for (happening, (how, on)) in happenings(run, steered) {
        match how {
            Steering::Set if !is_told_elsewhere(run, &happening, on) => {
                let mut found = told(run, &happening, "set-loop", &["top-level-await"]);
                found.fixes.extend(removal(run, happening.at, Vec::new()));
                out.push(found);
            }
            // A policy, or what sets one, reaches loops that are made later, on other threads.
            Steering::Policy if !run.events().iter().any(starts) => {
                let mut found = told(run, &happening, "policy", &["top-level-await"]);
                found.fixes.extend(removal(run, happening.at, vec!["loops-of-threads"]));
                out.push(found);
            }
            Steering::Step => out.push(told(run, &happening, "by-hand", &["top-level-await"])),
            _ => {}
        }
    }
}

/// What a cell asks of which loop.
fn steered(event: &Event) -> Option<(Steering, Loop)> {
    match event.kind {
        EventKind::LoopSteered { how, on } => Some((how, on)),
        _ => None,
    }
}

/// What the loop of a Windows kernel may lack.
fn lacking(event: &Event) -> Option<(QualifiedName, LoopKind)> {
    match event.kind {
        EventKind::LoopLacks { by, needs } => Some((by, needs)),
        _ => None,
    }
}

/// A call that one of Windows' two loops refuses: which one the kernel has hangs on ipykernel.
fn lacks(run: &Run, happening: &Happening, by: QualifiedName, needs: LoopKind) -> Diagnostic {
    let is_known = run.environment().windows_loop.is_some();
    let (key, how) = match (needs, is_known) {
        (LoopKind::Proactor, true) => ("on-selector", "how-on-selector"),
        (LoopKind::Selector, true) => ("on-proactor", "how-on-proactor"),
        (LoopKind::Proactor, false) => ("needs-proactor", "how-needs-proactor"),
        (LoopKind::Selector, false) => ("needs-selector", "how-needs-selector"),
    };
    let says = run.tables().needed_loop(&run.spell(by)).map_or("", |(_, says)| says);
    let mut found = told(run, happening, key, &["to-thread"]).with("error", says);
    found.note(Message::new(NAME, how), None);
    found
}

/// Whether another thread than the kernel's runs a loop, which a policy is for.
fn starts(event: &Event) -> bool {
    matches!(event.kind, EventKind::LoopStarted { .. })
}

/// Work that is put on loops of the notebook's own which nothing runs.
fn never_run<'r>(run: &'r Run) -> impl Iterator<Item = (Happening<'r>, Loop)> {
    let put = |event: &Event| match event.kind {
        EventKind::NeverRuns { on } => Some(on),
        _ => None,
    };
    happenings(run, put).filter(|(happening, _)| is_named(run, happening.site))
}

/// Whether a call names the loop: what an object holds, methods that nobody called may run.
fn is_named(run: &Run, call: Site) -> bool {
    let object = || run.child(run.child(call, Role::Func)?, Role::Value);
    let asked = run.argument(call, usize::MAX, "loop").or_else(object);
    asked.is_some_and(|it| matches!(run.kind(it), Kind::Name { .. }))
}

/// A warning, with the way that leads there.
fn told(
    run: &Run,
    happening: &Happening,
    key: &'static str,
    patterns: &[&'static str],
) -> Diagnostic {
    let call = run.callee(happening.site);
    let mut found = happening.report(run, NAME, Severity::Warning, key, call);
    happening.note_way(run, &mut found, false);
    found.patterns = patterns.to_vec();
    found
}

/// Whether a run or a schedule of the same loop is reported: one cause is told once.
///
/// Source: a kernel, where `get_event_loop()` keeps giving the running loop.
fn is_told_elsewhere(run: &Run, set: &Happening, on: Loop) -> bool {
    let owner = run.owner(set.site);
    let is_beside = |site: Site| site.cell == set.site.cell && run.owner(site) == owner;
    run.events().iter().any(|event| match event.kind {
        EventKind::LoopRefused { .. } | EventKind::OwnLoopWanted { .. } => is_beside(event.site),
        EventKind::NeverRuns { on: other } => other == on,
        _ => false,
    })
}

/// Work that is put on a loop of the notebook's own which nothing runs.
///
/// Source: a kernel, where such a task stays pending and nothing complains.
fn never_runs(run: &Run, happening: &Happening, on: Loop) -> Diagnostic {
    let patterns = ["top-level-await", "keep-the-handle"];
    let mut found = told(run, happening, "never-runs", &patterns);
    if let Loop::Own(made) = on
        && let Some(span) = run.span(made)
    {
        let note = Message::new(NAME, "made-here").at_cell(span.cell);
        found.note(note, Some(span));
    }
    found
}

/// Another library's loop, which works and holds the kernel's until it is done.
///
/// Source: a kernel, where a task that ticks each 0.01 s stands still during `trio.run`.
fn blocks(run: &Run, happening: &Happening, owner: &LoopOwner) -> Diagnostic {
    let mut found =
        happening.report(run, NAME, Severity::Warning, "blocks", run.callee(happening.site));
    if let Some(twin) = &owner.twin {
        found.note(Message::new(NAME, "twin").with("twin", twin), None);
    }
    happening.note_way(run, &mut found, false);
    found.patterns = vec!["to-thread"];
    let call = happening.at;
    let in_helper = place_key(run, happening.site, false) == "helper";
    // A reactor that wants signals is refused in a thread: it has to be known to work there.
    let works_there = owner.twin.as_ref().is_some_and(|twin| twin.contains("asyncio.to_thread"));
    if works_there
        && !in_helper
        && obstacle_to_await(run, call).is_none()
        && let Some(edits) = await_in_thread(run, call)
    {
        let fix = Fix {
            title: Message::new(NAME, "fix-thread").with("call", run.callee(call)),
            pattern: "to-thread",
            applicability: Applicability::Unsafe,
            edits,
            reasons: vec![(run.at(call), Message::new(NAME, "why-thread"))],
            tradeoffs: vec!["thread-safety", "late-interrupt"],
        };
        found.fixes.push(checked(run, fix));
    }
    found
}

/// What belongs to another library's loop.
fn foreign(run: &Run, happening: &Happening, owner: &LoopOwner) -> Diagnostic {
    let mut found =
        happening.report(run, NAME, Severity::Error, "foreign", run.callee(happening.site));
    if let Some(twin) = &owner.twin {
        found.note(Message::new(NAME, "twin").with("twin", twin), None);
    }
    happening.note_way(run, &mut found, false);
    found.patterns = vec!["top-level-await", "to-thread"];
    found
}

/// A fix that takes the statement out. What is set counts for loops that are made later.
fn removal(run: &Run, call: Site, tradeoffs: Vec<&'static str>) -> Option<Fix> {
    if !matches!(run.usage(call), Usage::Dropped | Usage::Displayed) {
        return None;
    }
    let statement = run.parent(call)?;
    let fix = Fix {
        title: Message::new(NAME, "fix-remove").with("call", run.callee(call)),
        pattern: "top-level-await",
        applicability: Applicability::Unsafe,
        edits: vec![delete_statement(run, statement)],
        reasons: vec![(run.at(statement), Message::new(NAME, "why-remove"))],
        tradeoffs,
    };
    Some(checked(run, fix))
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Diagnostic;
    use crate::environment::Host;
    use crate::notebook::{Pasted, parse_pasted};
    use crate::review::{Known, Settings, Surroundings, review_again};
    use crate::rules::tables_for_tests;

    /// What is said of cells at a place, as `key: call`.
    fn said(host: Host, code: &str) -> Vec<String> {
        told(host, code, |found, call| format!("{}: {call}", found.message.key))
    }

    fn told(host: Host, code: &str, of: impl Fn(&Diagnostic, &str) -> String) -> Vec<String> {
        let Pasted::Notebook(notebook) = parse_pasted(&format!("# %%\nimport asyncio\n{code}"))
        else {
            return Vec::new();
        };
        let settings = Settings { host: Some(host), ..Settings::default() };
        let surroundings = Surroundings { settings, ..Surroundings::default() };
        let review = review_again(&notebook, &tables_for_tests(), &surroundings, &Known::default());
        let found = review.found().filter(|it| it.rule == super::NAME);
        found
            .map(|it| {
                let source = &notebook.cell(it.span.cell).unwrap().source;
                of(it, &source[it.span.range.start..it.span.range.end])
            })
            .collect()
    }

    #[test]
    fn what_a_windows_kernel_may_lack_is_told_there_alone() {
        for (code, expected) in [
            (
                "await asyncio.create_subprocess_exec('x')",
                "needs-proactor: asyncio.create_subprocess_exec('x')",
            ),
            (
                "async def run(it):\n    p = await asyncio.create_subprocess_shell(it)\n    await p.wait()\nawait run('dir')",
                "needs-proactor: asyncio.create_subprocess_shell(it)",
            ),
            (
                "from playwright.async_api import async_playwright\np = await async_playwright().start()",
                "needs-proactor: async_playwright()",
            ),
            (
                "asyncio.get_running_loop().add_reader(3, print)",
                "needs-selector: asyncio.get_running_loop().add_reader(3, print)",
            ),
            (
                "import psycopg\nc = await psycopg.AsyncConnection.connect('')",
                "needs-selector: psycopg.AsyncConnection.connect('')",
            ),
        ] {
            assert_eq!(said(Host::Windows, code), [expected], "{code}");
            assert!(said(Host::Jupyter, code).is_empty(), "{code}");
        }
    }

    #[test]
    fn the_ipykernel_that_is_known_decides_which_loop_it_is() {
        let code = |version| {
            let work = "await asyncio.create_subprocess_exec('x')\n\
                asyncio.get_running_loop().add_reader(3, print)";
            said(Host::Windows, &format!("%pip install ipykernel{version}\n{work}"))
        };
        let (program, reader) = (
            "asyncio.create_subprocess_exec('x')",
            "asyncio.get_running_loop().add_reader(3, print)",
        );
        assert_eq!(code("==6.29.5"), [format!("on-selector: {program}")]);
        assert_eq!(code(">=7.4"), [format!("on-proactor: {reader}")]);
        let either = [format!("needs-proactor: {program}"), format!("needs-selector: {reader}")];
        assert_eq!(code(">=7"), either);
    }

    #[test]
    fn the_way_out_is_that_of_the_message_whichever_ipykernel_it_is() {
        for version in ["", "==6.29.5", ">=7.4"] {
            let code = format!(
                "%pip install ipykernel{version}\nawait asyncio.create_subprocess_exec('x')\n\
                 asyncio.get_running_loop().add_reader(3, print)"
            );
            let ways = told(Host::Windows, &code, |found, _| {
                let notes = found.notes.iter().map(|note| note.message.key);
                assert!(notes.eq([format!("how-{}", found.message.key)]), "{version}");
                String::new()
            });
            assert!(!ways.is_empty(), "{version}");
        }
    }

    #[test]
    fn a_server_over_pipes_is_started_without_the_loop_where_that_cannot() {
        let code = "from mcp.client.stdio import stdio_client, StdioServerParameters\n\
            async with stdio_client(StdioServerParameters(command='x')) as (read, write):\n    pass";
        assert!(said(Host::Windows, code).is_empty());
    }

    #[test]
    fn a_loop_of_its_own_in_a_thread_lacks_nothing() {
        let code = "async def run():\n    await asyncio.create_subprocess_exec('x')\n\
            def alone():\n    loop = asyncio.ProactorEventLoop()\n    loop.run_until_complete(run())\n\
            await asyncio.to_thread(alone)";
        assert!(said(Host::Windows, code).is_empty());
        let plain = "import subprocess\ndone = await asyncio.to_thread(subprocess.run, ['x'])";
        assert!(said(Host::Windows, plain).is_empty());
    }
}
