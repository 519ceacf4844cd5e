//! What in a cell speaks for each situation.

use hashbrown::HashMap;

use super::{Evidence, Situation};
use crate::diagnostic::{Found, Message};
use crate::execution::{CellKey, Run, Site, is_loop, starts_kept_task};
use crate::notebook::{Cell, CellKind, Format, Notebook, Output};
use crate::python::{Kind, NodeId, Role, cell_magic};
use crate::text::{CellIndex, TextRange};

/// As many places as help a reader; the first ones are shown.
const ENOUGH: usize = 6;

/// The situations of one cell, in no order. Empty when the cell cannot be judged.
pub(super) fn of_cell(
    notebook: &Notebook,
    run: &Run,
    told: &[Told],
    cell: CellIndex,
) -> Vec<Situation> {
    if notebook.format == Format::Script {
        return vec![Situation { id: "no-notebook", evidence: script_evidence(run, cell) }];
    }
    let mut collected = Collected::default();
    if notebook.runs(cell) {
        let clear = told.iter().filter(|(_, _, key)| *key != MISTAKEN);
        clear.for_each(|(id, range, key)| collected.add(id, *range, key));
        collected.look_at_calls(run, cell);
        collected.look_at_awaits(run, cell);
        collected.look_at_definitions(run, cell);
        collected.look_at_written_file(run, cell);
        if !collected.found.is_empty() {
            collected.look_at_outputs(notebook, run, cell);
        } else {
            told.iter().for_each(|(id, range, key)| collected.add(id, *range, key));
        }
    }
    if collected.found.is_empty() && !is_unclear(run, cell) {
        collected
            .found
            .push(Situation { id: "no-async", evidence: quiet_evidence(notebook, cell) });
    }
    collected.found
}

/// The reason where nothing but a mistake speaks for a situation.
const MISTAKEN: &str = "mistaken";

/// A situation that a diagnostic speaks for, where, and the key of the reason.
pub(super) type Told = (&'static str, TextRange, &'static str);

/// What the diagnostics say of each cell.
pub(super) fn of_diagnostics(diagnostics: &[Found]) -> HashMap<CellIndex, Vec<Told>> {
    let mut told: HashMap<CellIndex, Vec<Told>> = HashMap::new();
    for found in diagnostics {
        let said = found.said();
        let (id, key) = match said.rule {
            // It raises nothing where the loop was patched.
            "asyncio-run-in-cell" if said.message.key == "patched" => {
                ("event-loop-conflict", "re-enters")
            }
            "asyncio-run-in-cell" => ("asyncio-run-error", "run"),
            "run-until-complete-in-cell" => ("event-loop-conflict", "loop-run"),
            "framework-runner-in-cell" | "loop-owning-sync-api" => {
                ("event-loop-conflict", "runner")
            }
            "competing-event-loop" => match said.message.key {
                "exit" => ("orchestrating-tasks", MISTAKEN),
                "needs-proactor" | "needs-selector" | "on-selector" | "on-proactor" => {
                    ("event-loop-conflict", "other-loop")
                }
                _ => ("event-loop-conflict", "second-loop"),
            },
            "nest-asyncio-by-default" => ("event-loop-conflict", "patch"),
            "coroutine-never-awaited" if said.message.key == "generator" => {
                ("orchestrating-tasks", "never-walked")
            }
            "coroutine-never-awaited" => ("orchestrating-tasks", "never-awaited"),
            "await-in-sync-def" => ("porting-a-script", "await-in-def"),
            "await-under-magic" => ("porting-a-script", "under-magic"),
            // What was saved is no part of the code.
            "saved-output" => continue,
            _ => ("orchestrating-tasks", MISTAKEN),
        };
        told.entry(found.place().cell).or_default().push((id, said.span.range, key));
        let called = said.notes.iter().filter(|note| note.message.key == "called-here");
        for span in called.filter_map(|note| note.span).map(|span| found.now(span)) {
            told.entry(span.cell).or_default().push((id, span.range, "calls-helper"));
        }
    }
    told
}

#[derive(Default)]
struct Collected {
    found: Vec<Situation>,
}

impl Collected {
    fn add(&mut self, id: &'static str, range: TextRange, key: &'static str) {
        self.add_message(id, range, Message::new(id, key));
    }

    fn add_message(&mut self, id: &'static str, range: TextRange, why: Message) {
        let evidence = Evidence { range, why };
        match self.found.iter_mut().find(|situation| situation.id == id) {
            Some(situation) => {
                let known = situation.evidence.iter().any(|old| old.range == range);
                if !known && situation.evidence.len() < ENOUGH {
                    situation.evidence.push(evidence);
                }
            }
            None => self.found.push(Situation { id, evidence: vec![evidence] }),
        }
    }

    fn look_at_calls(&mut self, run: &Run, cell: CellIndex) {
        let key = run.key_of(cell);
        let defines_async = functions_of(run, key).any(|function| is_async(run, function));
        let Some(index) = run.index(run.key_of(cell)) else { return };
        let tree = &index.syntax.tree;
        for node in tree.all().filter(|node| *tree.kind(*node) == Kind::Call) {
            let site = Site { cell: key, node };
            let Some(path) = run.path_of_call(site) else { continue };
            let path = path.as_str();
            let range = run.at(site).range;
            // An `async def` may ask for the loop it runs on; other code steers one by hand.
            let owner = index.owner(node).map(|node| Site { cell: key, node });
            let at_top = owner.is_none_or(|function| !is_async(run, function));
            match path {
                "asyncio.gather"
                | "asyncio.wait"
                | "asyncio.as_completed"
                | "asyncio.TaskGroup"
                | "asyncio.create_task"
                | "asyncio.ensure_future"
                | "asyncio.wait_for"
                    if at_top =>
                {
                    self.add("orchestrating-tasks", range, "concurrent");
                }
                "asyncio.new_event_loop"
                | "asyncio.run_coroutine_threadsafe"
                | "asyncio.set_event_loop"
                | "asyncio.set_event_loop_policy"
                | "asyncio.get_event_loop"
                    if at_top =>
                {
                    self.add("event-loop-conflict", range, "loop-object");
                }
                "asyncio.run" if run.tree(site.cell).is_under_main_guard(site.node) => {
                    self.add("porting-a-script", range, "main-guard");
                }
                "argparse.ArgumentParser" if defines_async => {
                    self.add("porting-a-script", range, "arguments");
                }
                _ if at_top && path.rsplit_once('.').is_some_and(|(owner, _)| is_loop(owner)) => {
                    if starts_kept_task(path) {
                        self.add("orchestrating-tasks", range, "concurrent");
                    } else if !path.ends_with(".time") {
                        self.add("event-loop-conflict", range, "loop-object");
                    }
                }
                _ => {}
            }
        }
    }

    fn look_at_awaits(&mut self, run: &Run, cell: CellIndex) {
        let Some(index) = run.index(run.key_of(cell)) else { return };
        let tree = &index.syntax.tree;
        for node in tree.all().filter(|node| tree.kind(*node).suspends()) {
            if index.owner(node).is_some() {
                continue;
            }
            let range = tree.range(node);
            // A whole `async with` block would underline half the cell.
            let first_line = tree.text(range).lines().next().map_or(0, str::len);
            let range = TextRange::new(range.start, range.start + first_line.min(range.len()));
            self.add("orchestrating-tasks", range, "top-level-await");
            if tree.is_under_main_guard(node) {
                self.add("porting-a-script", range, "main-guard");
            }
        }
    }

    fn look_at_definitions(&mut self, run: &Run, cell: CellIndex) {
        let Some(index) = run.index(run.key_of(cell)) else { return };
        let key = run.key_of(cell);
        for function in functions_of(run, key) {
            let Kind::FunctionDef { name, is_async } = run.kind(function) else { continue };
            if *is_async || run.tree(key).text(*name) == "__await__" {
                let key = if index.is_method(function.node) { "async-method" } else { "async-def" };
                self.add("placing-reusable-logic", *name, key);
            }
        }
    }

    /// `%%writefile server.py` with async code: the kernel does not run it.
    fn look_at_written_file(&mut self, run: &Run, cell: CellIndex) {
        let Some(here) = run.index(run.key_of(cell)) else { return };
        let Some(magic) = &here.syntax.magic else { return };
        let source = here.syntax.tree.source();
        let writes = matches!(magic.name.slice(source), "writefile" | "file")
            && magic.arguments.slice(source).trim().trim_matches(['"', '\'']).ends_with(".py");
        let body = magic.body.slice(source);
        let async_words = ["async def", "await ", "asyncio.", "uvicorn", "FastAPI("];
        let found = async_words
            .iter()
            .filter_map(|word| body.find(word).map(|at| (at, word.trim_end().len())));
        if let Some((at, len)) = found.min().filter(|_| writes) {
            let start = magic.body.start + at;
            let range = TextRange::new(start, start + len);
            self.add("general-api-design", range, "written-file");
        }
    }

    /// A saved error of the kind that a situation describes.
    fn look_at_outputs(&mut self, notebook: &Notebook, run: &Run, cell: CellIndex) {
        for output in notebook.outputs(cell) {
            let Output::Error { message: value, .. } = output else { continue };
            let id = match value.as_str() {
                text if text.contains("asyncio.run() cannot be called") => "asyncio-run-error",
                text if text.contains("This event loop is already running")
                    || text.contains("while another loop is running") =>
                {
                    "event-loop-conflict"
                }
                _ => continue,
            };
            let tree = run.tree(run.key_of(cell));
            let first = tree.last_statement();
            let range = first.map_or(TextRange::default(), |node| tree.range(node));
            self.add(id, range, "saved-error");
        }
    }
}

/// The functions that a cell defines.
fn functions_of(run: &Run, cell: CellKey) -> impl Iterator<Item = Site> {
    let tree = run.tree(cell);
    let is_def = |node: &NodeId| matches!(tree.kind(*node), Kind::FunctionDef { .. });
    tree.all().filter(is_def).map(move |node| Site { cell, node })
}

fn is_async(run: &Run, function: Site) -> bool {
    matches!(run.kind(function), Kind::FunctionDef { is_async: true, .. })
}

/// A cell that cannot be read, with async words in it.
fn is_unclear(run: &Run, cell: CellIndex) -> bool {
    let Some(here) = run.index(run.key_of(cell)) else { return false };
    let source = here.syntax.tree.source();
    !here.syntax.errors.is_empty()
        && ["async ", "await ", "asyncio"].iter().any(|word| source.contains(word))
}

/// The entry point of a plain script, as evidence that it is one.
fn script_evidence(run: &Run, cell: CellIndex) -> Vec<Evidence> {
    let tree = run.tree(run.key_of(cell));
    let guard = tree.statements().find(|node| {
        matches!(tree.kind(*node), Kind::If)
            && tree
                .child(*node, Role::Test)
                .is_some_and(|test| tree.source_of(test).contains("__name__"))
    });
    let test = guard.and_then(|guard| tree.child(guard, Role::Test));
    let evidence = test.map(|test| Evidence {
        range: tree.range(test),
        why: Message::new("no-notebook", "main-guard"),
    });
    evidence.into_iter().collect()
}

/// Why a cell has nothing to do with async, where there is more to say than that.
pub(super) fn quiet_evidence(notebook: &Notebook, cell: CellIndex) -> Vec<Evidence> {
    let Some(here) = notebook.cells.get(cell.0) else { return Vec::new() };
    let first_line = here.source.lines().next().map_or(0, str::len);
    let range = TextRange::new(0, first_line);
    let key = match &here.kind {
        CellKind::Code if !notebook.is_python() => "other-language",
        CellKind::Code if !here.holds_python() => "other-language",
        CellKind::Code if has_foreign_magic(here) => "other-magic",
        CellKind::Code => return Vec::new(),
        CellKind::Markdown => "markdown",
        CellKind::Raw | CellKind::Other(_) => "raw",
    };
    vec![Evidence { range, why: Message::new("no-async", key) }]
}

fn has_foreign_magic(cell: &Cell) -> bool {
    cell_magic(&cell.source).is_some_and(|magic| !magic.holds_python)
}
