//! Porting for every front end: scripts as notebooks, with a word on what changes.

use std::sync::Arc;

use super::{environment_of, read_cells, sentence};
use crate::diagnostic::{Diagnostic, Fix};
use crate::execution::Run;
use crate::index::{Shared, by_dependence, names_of};
use crate::knowledge::{Knowledge, Language};
use crate::notebook::{FreshCell, Notebook};
use crate::rewrite::port::to_script::{self, CellNote, Script};
use crate::rewrite::port::{self, Note, Ported, Refusal, Request, Words};
use crate::rewrite::script;
use crate::rules;
use crate::wording::{self, Wording};

/// Turns a script into cells; a notice for people comes first.
///
/// # Errors
/// When the script is no Python.
pub fn port(
    script: &Notebook,
    knowledge: &Knowledge,
    languages: &[Language],
    unroll: bool,
    file: &str,
) -> Result<Ported, Refusal> {
    let source = script.cells.first().map_or("", |cell| &cell.source);
    let run = script::read(source, &knowledge.tables);
    let found = rules::check(&run).diagnostics;
    let about_loops = |found: &&Diagnostic| port::ABOUT_LOOPS.contains(&found.rule);
    let fixes: Vec<Fix> =
        found.iter().filter(about_loops).filter_map(Diagnostic::fix).cloned().collect();
    let first = languages.first().copied().unwrap_or_default();
    let ui = |key: Wording| knowledge.ui(first, key, &[]);
    let (required, argv) = (ui(wording::port::REQUIRED), ui(wording::port::ARGV));
    let words = Words { file, required: &required, argv: &argv };
    let request = Request { fixes: &fixes, unroll, words };
    let mut ported = port::to_notebook(&run, &knowledge.tables, request)?;
    let notices = languages.iter().map(|language| notice(knowledge, *language, &ported, file));
    let notice = notices.collect::<Vec<_>>().join("\n\n");
    ported.cells.insert(0, FreshCell::markdown(notice));
    Ok(ported)
}

/// Turns a notebook into a script.
///
/// # Errors
/// When the result would be no Python.
pub fn to_script(
    notebook: &Notebook,
    knowledge: &Knowledge,
    language: Language,
    dual: bool,
    file: &str,
) -> Result<Script, Refusal> {
    let environment = environment_of(notebook);
    let ordered = environment.host.runs_by_dependence().then(|| {
        let cells = read_cells(notebook, &[]);
        let shared: Vec<Shared> = cells.iter().map(|cell| Shared::of(cell.names())).collect();
        notebook.rearranged(&by_dependence(&shared))
    });
    let notebook = ordered.as_ref().unwrap_or(notebook);
    let cells = read_cells(notebook, &[]);
    let run = Run::of(names_of(&cells), Arc::default(), &knowledge.tables, environment);
    let ui = |key: Wording| knowledge.ui(language, key, &[("file", file)]);
    let (title, install) =
        (ui(wording::port::script::TITLE), ui(wording::port::script::INSTALL_FIRST));
    let left_out = ui(wording::port::script::LEFT_OUT);
    let request =
        to_script::Request { dual, title: &title, install: &install, left_out: &left_out };
    to_script::to_script(&run, notebook, &request)
}

/// What there is to say of a script, each with its cell.
pub fn cell_notes(knowledge: &Knowledge, language: Language, notes: &[CellNote]) -> Vec<String> {
    let say = |note: &CellNote| {
        let said = sentence(knowledge, language, &note.message);
        let Some(cell) = note.cell else { return said };
        let args = [("cell", cell.number().to_string()), ("note", said)];
        let args = args.each_ref().map(|(name, value)| (*name, value.as_str()));
        knowledge.ui(language, wording::port::AT_CELL, &args)
    };
    notes.iter().map(say).collect()
}

/// The first cell: where the notebook comes from, and what is not the same.
fn notice(knowledge: &Knowledge, language: Language, ported: &Ported, file: &str) -> String {
    let ui = |key: Wording| knowledge.ui(language, key, &[("file", file)]);
    let mut out = format!("# {file}\n\n{}", ui(wording::port::NOTICE));
    let lists = [
        (wording::port::CHANGES, changes(knowledge, language, &ported.tradeoffs)),
        (wording::port::NOTES, notes(knowledge, language, &ported.notes)),
    ];
    for (heading, items) in lists {
        if !items.is_empty() {
            let items: Vec<String> = items.iter().map(|item| format!("- {item}")).collect();
            out.push_str(&format!("\n\n{}\n\n{}", ui(heading), items.join("\n")));
        }
    }
    out
}

/// What each tradeoff says, with the command that tells more.
pub fn changes(knowledge: &Knowledge, language: Language, tradeoffs: &[&str]) -> Vec<String> {
    let say = |id: &&str| {
        let the_call = knowledge.ui(language, wording::tradeoffs::THE_CALL, &[]);
        let says = knowledge.price(language, id, &the_call)?;
        let args = [("says", says.as_str()), ("id", *id)];
        Some(knowledge.ui(language, wording::port::CHANGE, &args))
    };
    tradeoffs.iter().filter_map(say).collect()
}

/// The notes, each with its line.
pub fn notes(knowledge: &Knowledge, language: Language, notes: &[Note]) -> Vec<String> {
    let say = |note: &Note| {
        let said = sentence(knowledge, language, &note.message);
        let Some(line) = note.line else { return said };
        let args = [("line", line.to_string()), ("note", said)];
        let args = args.each_ref().map(|(name, value)| (*name, value.as_str()));
        knowledge.ui(language, wording::port::AT_LINE, &args)
    };
    notes.iter().map(say).collect()
}
