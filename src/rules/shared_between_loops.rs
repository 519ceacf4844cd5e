//! What belongs to one event loop is used on another, or where none is running.

use super::Rule;
use super::events::found;
use crate::diagnostic::{Diagnostic, Message, Severity};
use crate::execution::{Event, EventKind, Run, Thread};
use crate::python::Kind;

const NAME: &str = "shared-between-loops";

pub(super) const RULE: Rule = Rule { name: NAME, check };

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    for event in run.events() {
        let (key, severity) = match event.kind {
            // As long as nobody has to wait, asyncio does not look at the loop.
            EventKind::SharedBetweenLoops { .. } => ("shared", Severity::Warning),
            EventKind::NoRunningLoop { .. } if event.context.thread != Thread::Kernel => {
                ("no-loop", Severity::Error)
            }
            EventKind::NoRunningLoop { .. } if !is_in_prompt(run) => {
                ("no-loop-here", Severity::Error)
            }
            EventKind::NeverStarts { .. } if !may_be_run(run, event) => {
                ("never-starts", Severity::Warning)
            }
            _ => continue,
        };
        let diagnostic = found(run, event, event.site, |span| {
            Diagnostic::new(NAME, severity, span, key).with("call", run.callee(event.site))
        });
        let Some(mut diagnostic) = diagnostic else { continue };
        // For a thread that is there already no pattern is at hand: the page shows what to write.
        if matches!(key, "no-loop-here" | "never-starts") {
            diagnostic.note(Message::new(NAME, "await-here"), None);
            diagnostic.patterns = vec!["top-level-await", "keep-the-handle"];
        }
        out.push(diagnostic);
    }
}

/// Whether a terminal may run the loop while it waits for the next cell: `%gui asyncio`.
fn is_in_prompt(run: &Run) -> bool {
    run.cells().any(|(_, cell)| cell.syntax.tree.source().contains("%gui"))
}

/// Whether somebody may run the idle loop later: another call of the notebook, or code to which what
/// was scheduled is handed on.
fn may_be_run(run: &Run, event: &Event) -> bool {
    let runs = ["run_until_complete", "run_forever", "%gui"];
    let stays = run.parent(event.site).is_some_and(|up| {
        matches!(run.kind(up), Kind::Expression | Kind::Assign | Kind::AnnAssign)
    });
    let has = |source: &str| runs.iter().any(|it| source.contains(it));
    !stays || run.cells().any(|(_, cell)| has(cell.syntax.tree.source()))
}

#[cfg(test)]
mod tests {
    use crate::environment::Host;
    use crate::notebook::{Pasted, parse_pasted};
    use crate::review::{Known, Settings, Surroundings, review_again};
    use crate::rules::tables_for_tests;

    const HEAD: &str = "# %%\nimport asyncio\n\nasync def work():\n    return 42\n\n# %%\n";

    /// What is said of the code below the head, as `key line`.
    fn said(host: Host, code: &str) -> Vec<String> {
        let Pasted::Notebook(notebook) = parse_pasted(&format!("{HEAD}{code}")) else {
            return Vec::new();
        };
        let settings = Settings { host: Some(host), ..Settings::default() };
        let surroundings = Surroundings { settings, ..Surroundings::default() };
        let review = review_again(&notebook, &tables_for_tests(), &surroundings, &Known::default());
        let said = |it: &crate::diagnostic::Diagnostic| {
            let source = &notebook.cell(it.span.cell).unwrap().source;
            format!("{}: {}", it.message.key, &source[it.span.range.start..it.span.range.end])
        };
        review.found().map(said).collect()
    }

    fn in_terminal(code: &str) -> Vec<String> {
        said(Host::IpythonTerminal, code)
    }

    /// Source: IPython 9.18 on 3.11 in a pseudo-terminal.
    #[test]
    fn a_terminal_starts_no_task_in_a_cell_that_awaits_nothing() {
        for (code, expected) in [
            ("task = asyncio.create_task(work())\n", "no-loop-here: asyncio.create_task(work())"),
            ("asyncio.create_task(work())\n", "no-loop-here: asyncio.create_task(work())"),
            (
                "task = asyncio.ensure_future(work())\n",
                "never-starts: asyncio.ensure_future(work())",
            ),
            (
                "both = asyncio.gather(work(), work())\n",
                "never-starts: asyncio.gather(work(), work())",
            ),
            (
                "task = asyncio.get_event_loop().create_task(work())\n",
                "never-starts: asyncio.get_event_loop().create_task(work())",
            ),
            (
                "def go():\n    return asyncio.create_task(work())\n\ntask = go()\n",
                "no-loop-here: asyncio.create_task(work())",
            ),
        ] {
            assert_eq!(in_terminal(code), [expected], "{code}");
            assert!(!said(Host::Jupyter, code).contains(&expected.to_owned()), "{code}");
        }
    }

    /// Source: IPython 9.18 in a terminal, on Python 3.11 and 3.14.
    #[test]
    fn a_terminal_has_no_loop_to_ask_for_in_a_cell_that_awaits_nothing() {
        let running = "loop = asyncio.get_running_loop()\n";
        assert_eq!(in_terminal(running), ["no-loop-here: asyncio.get_running_loop()"]);
        for code in [
            "try:\n    loop = asyncio.get_running_loop()\nexcept RuntimeError:\n    loop = None\nprint(loop)\n",
            "loop = asyncio.get_running_loop()\nawait work()\nprint(loop)\n",
            "async def main():\n    return asyncio.get_running_loop()\n\nprint(asyncio.run(main()))\n",
        ] {
            let said = in_terminal(code);
            assert!(!said.iter().any(|it| it.starts_with("no-loop")), "{code}: {said:?}");
        }
    }

    #[test]
    fn a_cell_that_awaits_has_a_loop_and_another_may_run_the_idle_one() {
        for code in [
            "task = asyncio.create_task(work())\nawait asyncio.sleep(0)\nawait task\n",
            "task = asyncio.create_task(work())\nprint([it async for it in stream(task)])\n",
            "async def main():\n    task = asyncio.create_task(work())\n    return await task\n\nasyncio.run(main())\n",
            "both = asyncio.gather(work(), work())\nloop = asyncio.get_event_loop()\nloop.run_until_complete(both)\n",
            "try:\n    task = asyncio.create_task(work())\nexcept RuntimeError:\n    asyncio.run(work())\n",
            "%gui asyncio\ntask = asyncio.ensure_future(work())\n",
        ] {
            let said = in_terminal(code);
            let of_loops =
                |it: &&String| it.starts_with("no-loop") || it.starts_with("never-starts");
            assert_eq!(said.iter().find(of_loops), None, "{code}");
        }
    }
}
