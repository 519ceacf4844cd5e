//! `run(x)` becomes `await x`: in the cell, in an `async def`, or in a helper that is coloured.

use super::awaiting::{await_argument, await_function, lists_for_generators};
use super::background::start_in_background;
use super::colour::{OwnFix, is_of_another_file, plan_await};
use super::factory::factory;
use super::hand_over::hand_over_instead;
use super::lambda::name_of;
use super::leaves::leaves;
use super::obstacle::{Obstacle, ObstacleKind, note_obstacles};
use super::removal::delete_statement;
use super::wanted::wants_coroutine;
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message};
use crate::execution::{Meaning, Run, Site, Usage, ValueKind};
use crate::knowledge::tables::AwaitForm;
use crate::python::{Kind, Role};
use crate::text::Edit;

/// Bytes of a name that fits into a sentence.
const LONGEST_NAME: usize = 40;

/// A call that runs a loop until its argument is done.
#[derive(Debug, Clone, Copy)]
pub struct LoopEntry {
    pub call: Site,
    pub argument: Site,
    /// Further arguments, such as `debug=True`, that have no place in an `await`.
    pub has_options: bool,
    pub form: AwaitForm,
}

impl LoopEntry {
    /// Reads `call(argument, …)`. `None` without a plain first argument.
    pub fn of(run: &Run, call: Site, keyword: &str) -> Option<Self> {
        let argument = run.argument(call, 0, keyword)?;
        let arguments =
            run.children_in(call, Role::Arg).count() + run.children_in(call, Role::Keyword).count();
        Some(Self { call, argument, has_options: arguments > 1, form: AwaitForm::Argument })
    }

    /// Reads a call that is given a function: `call(f, …)`, or `wrap(f)(…)`. `None` where it is
    /// not a coroutine function's plain name, or where there is no place for what else is given.
    pub fn of_function(run: &Run, call: Site, form: AwaitForm) -> Option<Self> {
        let func = run.child(call, Role::Func)?;
        let taker = if form == AwaitForm::Wrapped { func } else { call };
        let argument = run.children_in(taker, Role::Arg).next()?;
        let is_name = matches!(run.kind(argument), Kind::Name { .. } | Kind::Attribute { .. });
        let is_coroutine_function = match run.meaning(argument) {
            Meaning::Function(id) => run.function(id).is_some_and(|it| it.is_coroutine_function()),
            Meaning::Path(path) => {
                run.tables().is_coroutine_function(&path)
                    || run.modules().is_coroutine_function(&path)
            }
            _ => false,
        };
        let alone = run.children_in(taker, Role::Arg).count() == 1;
        let keywords = run.children_in(taker, Role::Keyword).count();
        let has_room = match form {
            AwaitForm::Function => keywords == usize::from(runs_on_asyncio(run, call)),
            AwaitForm::Argument | AwaitForm::Callable | AwaitForm::Wrapped => {
                alone && keywords == 0
            }
        };
        (is_name && is_coroutine_function && has_room).then_some(Self {
            call,
            argument,
            has_options: false,
            form,
        })
    }
}

/// The fix for a loop entry, or what keeps an `await` from standing there.
///
/// # Errors
/// Every obstacle that was met.
pub fn await_instead(
    run: &Run,
    page: &'static str,
    entry: LoopEntry,
) -> Result<Fix, Vec<Obstacle>> {
    // Shutting the loop down is asyncio.run's business; on the kernel's loop it is nobody's.
    if run.meaning(entry.argument).path().is_some_and(|path| path.contains(".shutdown_")) {
        return Err(Vec::new());
    }
    // `asyncio.run(main)` names the function and does not call it.
    let names_function = matches!(run.meaning(entry.argument), Meaning::Function(_));
    let is_named = names_function && entry.form == AwaitForm::Argument;
    if is_named && !needs_nothing(run, entry.argument) {
        return Err(Vec::new());
    }
    if entry.form == AwaitForm::Argument && !is_named && is_handed_on(run, entry.call) {
        return Ok(the_coroutine_itself(run, page, entry));
    }
    // What never ends is not waited for: nothing below would run any more.
    if never_ends(run, entry) {
        let alone = entry.form == AwaitForm::Argument && !entry.has_options;
        let started = alone.then(|| start_in_background(run, entry.call, entry.argument));
        return started.flatten().ok_or_else(Vec::new);
    }
    let plan = plan_await(run, entry.call)?;
    let coloured = !plan.functions.is_empty();
    let (mut edits, read_to_end) = lists_for_generators(run, entry.call);
    edits.extend(match entry.form {
        AwaitForm::Argument => {
            let mut edits = await_argument(run, entry.call, entry.argument);
            let end = run.range(entry.argument).end;
            let tail = edits.iter_mut().find(|it| is_named && it.span.range.start == end);
            match (tail, is_named) {
                (Some(tail), _) => tail.text.insert_str(0, "()"),
                (None, true) => return Err(Vec::new()),
                (None, false) => {}
            }
            edits
        }
        form => await_function(run, entry.call, entry.argument, form),
    });
    let why = Message::new(page, "why-await");
    let why = match awaited(run, entry.argument) {
        Some(work) => why.with("work", work),
        None => why,
    };
    let reasons = vec![(run.at(entry.call), why)];
    let edits = plan.finish(run, edits)?;
    let tradeoffs = tradeoffs(run, entry, coloured);
    let lossy = [
        "leftover-tasks",
        "executor-threads",
        "fresh-loop",
        "debug-mode",
        "shared-loop",
        "context-variables",
        "async-generators",
    ];
    // Of somebody else's coroutine nobody here knows what it leaves behind.
    let is_known =
        matches!(run.meaning(entry.argument), Meaning::Coroutine(_) | Meaning::Function(_))
            || run.meaning(entry.argument).path().is_some_and(|path| path == "asyncio.gather()");
    let keeps_result =
        is_known && !tradeoffs.iter().any(|id| lossy.contains(id)) && !is_caught(run, entry.call);
    let as_script = run.environment().is_script
        && run.tree(entry.call.cell).is_under_main_guard(entry.call.node);
    let safe = plan.is_direct() && read_to_end && keeps_result && !as_script;
    let name = run.source_of(run.child(entry.call, Role::Func).unwrap_or(entry.call));
    let title = if coloured {
        let helper = plan.functions.first().map(|id| name_of(run, *id));
        Message::new(page, "fix-colour").with("function", helper.unwrap_or_default())
    } else {
        Message::new(page, "fix-await").with("call", name)
    };
    Ok(plan.fix(run, OwnFix { title, is_safe: safe, edits, reasons, tradeoffs }))
}

/// Whether what is named is a coroutine function that can be called without arguments.
fn needs_nothing(run: &Run, named: Site) -> bool {
    let given = run.trace.given(named);
    !given.is_empty()
        && given.iter().all(|it| run.is_coroutine_function(*it) && run.takes_nothing(*it))
}

/// Whether the result goes to what wants a coroutine: `create_task(asyncio.run(work()))`.
fn is_handed_on(run: &Run, call: Site) -> bool {
    matches!(run.usage(call), Usage::Argument(_)) && wants_coroutine(run, call)
}

/// Takes the call away and leaves its coroutine to what wants one.
fn the_coroutine_itself(run: &Run, page: &'static str, entry: LoopEntry) -> Fix {
    let text = run.source_of(entry.argument);
    let name = run.source_of(run.child(entry.call, Role::Func).unwrap_or(entry.call));
    let fix = Fix {
        title: Message::new(page, "fix-itself").with("call", name),
        pattern: "top-level-await",
        applicability: Applicability::Unsafe,
        edits: vec![Edit::replace(run.at(entry.call), text)],
        reasons: vec![(run.at(entry.call), Message::new(page, "why-itself"))],
        tradeoffs: Vec::new(),
    };
    super::checked(run, fix)
}

/// What is awaited, as readers call it: `fetch()` of `fetch(urls)`.
fn awaited(run: &Run, argument: Site) -> Option<String> {
    let is_call = run.child(argument, Role::Func).is_some();
    let name = run.source_of(run.child(argument, Role::Func).unwrap_or(argument));
    let is_called = is_call || matches!(run.meaning(argument), Meaning::Function(_));
    let is_short = name.len() <= LONGEST_NAME && !name.contains(['\n', '`', '(']);
    is_short.then(|| if is_called { format!("{name}()") } else { name.to_owned() })
}

fn never_ends(run: &Run, entry: LoopEntry) -> bool {
    let (run, argument) = (run, entry.argument);
    let functions = run.definitions(argument, ValueKind::Function);
    if !functions.is_empty() {
        return functions.into_iter().all(|def| run.is_endless(def));
    }
    match run.path(argument).filter(|_| entry.form != AwaitForm::Argument) {
        Some(path) => run.tables().is_endless(&path),
        None => run.never_ends(entry.argument).is_some(),
    }
}

/// Whether `anyio.run` is told by name to run on asyncio, which it does anyway.
fn runs_on_asyncio(run: &Run, call: Site) -> bool {
    let backend = run.keyword(call, "backend");
    backend.is_some_and(|name| run.source_of(name).trim_matches(['"', '\'']) == "asyncio")
}

/// What changes in meaning for this very code.
fn tradeoffs(run: &Run, entry: LoopEntry, coloured: bool) -> Vec<&'static str> {
    let leaves = leaves(run, entry.argument);
    let caught = |what: &str| {
        run.ancestors(entry.call).any(|up| {
            matches!(run.kind(up), Kind::Try)
                && run.children_in(up, Role::Handler).any(|handler| {
                    let test = run.child(handler, Role::Test);
                    test.is_some_and(|test| run.source_of(test).contains(what))
                })
        })
    };
    let is_option = |name| run.keyword(entry.call, name).is_some();
    let displayed = matches!(run.usage(entry.call), Usage::Displayed)
        && matches!(run.meaning(entry.argument), Meaning::Coroutine(id) | Meaning::Function(id)
            if run.function(id).is_some_and(|function| !function.returns.is_empty()));
    let all = [
        (leaves.tasks, "leftover-tasks"),
        (leaves.executor_work, "executor-threads"),
        (leaves.returns_task, "fresh-loop"),
        (leaves.async_generators, "async-generators"),
        (leaves.context_variables, "context-variables"),
        (leaves.expects_ctrl_c || caught("KeyboardInterrupt"), "ctrl-c"),
        (entry.has_options && (is_option("debug") || is_option("loop_factory")), "debug-mode"),
        (leaves.counts_tasks, "shared-loop"),
        (coloured, "callers-become-async"),
        (
            run.environment().is_script
                || run.tree(entry.call.cell).is_under_main_guard(entry.call.node),
            "script-no-longer-runs",
        ),
        (displayed, "result-displayed"),
    ];
    all.into_iter().filter(|(applies, _)| *applies).map(|(_, id)| id).collect()
}

/// Whether a handler around the call hides the error that it raises.
pub(super) fn is_caught(run: &Run, call: Site) -> bool {
    run.events_at(call).any(|event| event.is_caught)
}

/// Adds a repair with its pattern, or what stands in its way with the patterns that get round it.
pub fn offer(run: &Run, found: &mut Diagnostic, repair: Result<Fix, Vec<Obstacle>>) {
    let patterns = match repair {
        Ok(fix) => {
            let pattern = fix.pattern;
            // What other files have to change is no edit, so the problem itself tells of it.
            let elsewhere = fix.reasons.iter().filter(|(_, reason)| is_of_another_file(reason));
            for (span, reason) in elsewhere {
                found.note(reason.clone(), Some(*span));
            }
            found.fixes.push(fix);
            vec![pattern]
        }
        Err(obstacles) => {
            found.fixes.extend(factory_instead(run, found, &obstacles));
            found.fixes.extend(hand_over_instead(run, found, &obstacles));
            note_obstacles(run, found, &obstacles)
        }
    };
    for pattern in patterns.into_iter().rev() {
        found.patterns.retain(|known| *known != pattern);
        found.patterns.insert(0, pattern);
    }
}

/// The factory that takes the place of an `__init__`, where that is all that stands in the way.
fn factory_instead(run: &Run, found: &Diagnostic, obstacles: &[Obstacle]) -> Option<Fix> {
    let [Obstacle { kind: ObstacleKind::SpecialMethod, site }] = obstacles else { return None };
    let init = Some(*site).filter(|it| run.is_function(*it))?;
    let own = run.calls_in(Some(init)).find(|call| run.at(call.site) == found.span);
    let own = match found.rule {
        "await-in-sync-def" => Vec::new(),
        "asyncio-run-in-cell" | "run-until-complete-in-cell" => {
            let entry = LoopEntry::of(run, own?.site, "main")?;
            let (mut edits, _) = lists_for_generators(run, entry.call);
            edits.extend(await_argument(run, entry.call, entry.argument));
            edits
        }
        _ => return None,
    };
    factory(run, init, own)
}

/// Removes a statement as part of a fix, with its reason.
pub fn remove(run: &Run, fix: &mut Fix, statement: Site, why: Message) {
    let edit = delete_statement(run, statement);
    if !fix.edits.contains(&edit) {
        fix.edits.push(edit);
        fix.reasons.push((run.at(statement), why));
    }
}
