//! What a script does that a notebook does not, or does otherwise: named, with its line.

use super::Note;
use super::arguments::Arguments;
use super::entry::Entry;
use crate::diagnostic::Message;
use crate::execution::{Run, Site};
use crate::python::{Kind, NameUse};
use crate::rewrite::script;
use crate::text::position;
use crate::wording::{self, Wording};

/// Calls that are left as they are, and the key of what to know about them.
const CALLS: [(&str, &str); 17] = [
    ("anyio.run", "loop"),
    ("asyncio.Runner", "loop"),
    ("asyncio.run", "loop"),
    ("asyncio.set_event_loop_policy", "policy"),
    ("atexit.register", "atexit"),
    ("builtins.exit", "exit"),
    ("builtins.quit", "exit"),
    ("concurrent.futures.ProcessPoolExecutor", "processes"),
    ("curio.run", "loop"),
    ("multiprocessing.Pool", "processes"),
    ("multiprocessing.Process", "processes"),
    ("os._exit", "exit"),
    ("signal.signal", "signals"),
    ("sys.exit", "exit"),
    ("trio.run", "loop"),
    ("uvloop.install", "policy"),
    ("uvloop.run", "loop"),
];

/// Methods of a loop that are left as they are.
const METHODS: [(&str, &str); 3] =
    [(".run_until_complete", "loop"), (".run_forever", "loop"), (".add_signal_handler", "signals")];

/// Libraries that read the command line by themselves.
///
/// Source: their documentation; each parses `sys.argv` when its entry point is called.
const COMMAND_LINES: [&str; 7] = ["absl", "click", "cyclopts", "docopt", "fire", "hydra", "typer"];

/// Everything that needs a word, in no order.
pub(super) fn notes(run: &Run, entry: &Entry, arguments: &Arguments) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut add = |site: Site, key: Wording, args: &[(&'static str, &str)]| {
        let source = run.tree(site.cell).source();
        let line = position(source, run.range(site).start).line;
        let filled = Message::says(key);
        let message = args.iter().fold(filled, |message, (name, value)| message.with(name, value));
        notes.push(Note { line: Some(line), message });
    };
    for call in run.calls() {
        let changed = |site: Site| {
            entry.exits.contains(&site)
                || entry.edits.iter().any(|edit| {
                    edit.span.cell == run.position(site.cell)
                        && edit.span.range.start == run.range(site).start
                        && !edit.span.range.is_empty()
                })
        };
        let Some(path) = call.callee.path().filter(|_| !changed(call.site)) else { continue };
        let known = CALLS.iter().find(|(name, _)| *name == path);
        let method = || METHODS.iter().find(|(name, _)| path.ends_with(name));
        if let Some((_, kind)) = known.or_else(method)
            && (*kind != "loop" || run.comes_to(call.site))
        {
            add(call.site, key_of(kind), &[("call", run.callee(call.site))]);
        }
    }
    for site in &entry.exits {
        add(*site, wording::port::note::EXIT_STATUS, &[]);
    }
    for site in &arguments.left {
        add(*site, wording::port::note::ARGUMENTS_LEFT, &[]);
    }
    for site in run.sites() {
        match run.kind(site) {
            Kind::Name { used: NameUse::Load } if run.source_of(site) == "__file__" => {
                add(site, wording::port::note::FILE, &[]);
            }
            Kind::Raise if raises_exit(run, site) && !entry.exits.contains(&site) => {
                add(site, wording::port::note::EXIT, &[("call", "SystemExit")]);
            }
            Kind::ImportFrom { level: 1.., .. } => add(site, wording::port::note::RELATIVE, &[]),
            Kind::Import { .. } | Kind::ImportFrom { .. } => {
                if let Some(name) = command_line(run, site) {
                    add(site, wording::port::note::COMMAND_LINE, &[("name", name)]);
                }
            }
            _ => {}
        }
    }
    notes.extend(of_comments(run));
    notes.extend(of_parameters(arguments));
    notes
}

fn key_of(kind: &str) -> Wording {
    match kind {
        "loop" => wording::port::note::LOOP,
        "policy" => wording::port::note::POLICY,
        "atexit" => wording::port::note::ATEXIT,
        "processes" => wording::port::note::PROCESSES,
        "signals" => wording::port::note::SIGNALS,
        _ => wording::port::note::EXIT,
    }
}

fn raises_exit(run: &Run, raise: Site) -> bool {
    let value = run.child(raise, crate::python::Role::Value);
    value.is_some_and(|value| run.source_of(value).starts_with("SystemExit"))
}

/// The library by which the script reads its command line.
fn command_line<'f>(run: &'f Run, import: Site) -> Option<&'f str> {
    let tree = run.tree(import.cell);
    let top = |name: &'f str| name.split('.').next().unwrap_or(name);
    let names: Vec<&str> = match run.kind(import) {
        Kind::Import { names } => names.iter().map(|name| top(tree.text(name.name))).collect(),
        Kind::ImportFrom { module: Some(module), .. } => vec![top(tree.text(*module))],
        _ => Vec::new(),
    };
    names.into_iter().find(|name| COMMAND_LINES.contains(name))
}

/// Inline metadata, which installers of scripts read and notebooks do not.
///
/// Source: <https://packaging.python.org/en/latest/specifications/inline-script-metadata/>.
fn of_comments(run: &Run) -> Option<Note> {
    let cell = run.index(script::CELL)?;
    let tree = &cell.syntax.tree;
    let opens = |range: &&crate::text::TextRange| tree.text(**range).starts_with("# /// script");
    let range = cell.syntax.comments.iter().find(opens)?;
    let line = Some(position(tree.source(), range.start).line);
    Some(Note { line, message: Message::says(wording::port::note::METADATA) })
}

/// What became of the arguments.
fn of_parameters(arguments: &Arguments) -> Option<Note> {
    let required = arguments.parameters.iter().filter(|it| it.required);
    let names: Vec<&str> = required.map(|it| it.name.as_str()).collect();
    let key = if names.is_empty() {
        wording::port::note::PARAMETERS
    } else {
        wording::port::note::REQUIRED
    };
    let message = Message::says(key).with("names", names.join(", "));
    (!arguments.parameters.is_empty()).then_some(Note { line: None, message })
}
