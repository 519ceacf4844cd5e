//! Holds porting to its fixture: scripts, and the cells that come of them.

use std::path::Path;

use super::{ABOUT_LOOPS, Ported, Request, Words, to_notebook};
use crate::diagnostic::{Diagnostic, Fix};
use crate::knowledge::Tables;
use crate::notebook::{CellKind, percent_of};
use crate::python;
use crate::rewrite::pieces::pieces;
use crate::rewrite::script;
use crate::rules;

/// A `##` section of a fixture: its title, its `port: …` line and its blocks by their kind.
pub(super) struct Case {
    pub title: String,
    pub flags: String,
    blocks: Vec<(String, String)>,
}

impl Case {
    pub fn block(&self, kind: &str) -> &str {
        self.blocks.iter().find(|(found, _)| found == kind).map_or("", |(_, text)| text)
    }
}

pub(super) fn cases(file: &str) -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let mut cases: Vec<Case> = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in text.lines() {
        match &mut open {
            None if line.starts_with("## ") => {
                let title = line.trim_start_matches("## ").to_owned();
                cases.push(Case { title, flags: String::new(), blocks: Vec::new() });
            }
            None if line.starts_with("port: ") => {
                line.trim_start_matches("port: ").clone_into(&mut cases.last_mut().unwrap().flags);
            }
            None if line.starts_with("````") => {
                open = Some((line.trim_start_matches('`').to_owned(), String::new()));
            }
            None => {}
            Some(_) if line == "````" => {
                cases.last_mut().unwrap().blocks.extend(open.take());
            }
            Some((_, body)) => {
                body.push_str(line);
                body.push('\n');
            }
        }
    }
    cases
}

fn tables() -> Tables {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("content/tables");
    let read = |name: &str| std::fs::read_to_string(folder.join(name).with_extension("yaml"));
    Tables::parse(|name| read(name).unwrap()).unwrap()
}

fn port(source: &str, unroll: bool) -> Ported {
    let tables = tables();
    let run = script::read(source.trim_end(), &tables);
    let fixes: Vec<Fix> = rules::check(&run)
        .diagnostics
        .iter()
        .filter(|it| ABOUT_LOOPS.contains(&it.rule))
        .filter_map(Diagnostic::fix)
        .cloned()
        .collect();
    let words = Words { file: "job.py", required: "required", argv: "in place of sys.argv" };
    to_notebook(&run, &tables, Request { fixes: &fixes, unroll, words }).unwrap()
}

fn said(ported: &Ported) -> String {
    let tradeoffs = ported.tradeoffs.iter().map(|id| format!("{id}\n"));
    let notes = ported.notes.iter().map(|note| {
        let key = note.message.key.trim_start_matches("port.note.");
        let args =
            note.message.args.iter().map(|(name, value)| format!(" {name}={}", value.text()));
        let line = note.line.map(|line| format!("{line} ")).unwrap_or_default();
        format!("{line}{key}{}\n", args.collect::<String>())
    });
    tradeoffs.chain(notes).collect()
}

#[test]
fn every_script_becomes_what_the_fixture_says() {
    let mut wrong = String::new();
    for case in cases("src/rewrite/port/cases.md") {
        let ported = port(case.block("python"), case.flags.contains("unroll"));
        let cells = percent_of(&ported.cells);
        for (seen, wanted) in [(cells, "python cells"), (said(&ported), "text")] {
            if seen != case.block(wanted) {
                wrong.push_str(&format!("## {}\n````{wanted}\n{seen}````\n", case.title));
            }
        }
        for cell in ported.cells.iter().filter(|cell| cell.kind == CellKind::Code) {
            assert!(python::is_valid(&cell.source), "{}", cell.source);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The statements of some sources, each as its text without what differs in layout.
fn statements(source: &str) -> Vec<String> {
    let syntax = python::parse(source);
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let tree = &syntax.tree;
    let nodes = pieces(&syntax).into_iter().flat_map(|piece| piece.nodes);
    nodes.map(|node| squeezed(tree.source_of(node))).collect()
}

#[test]
fn without_an_entry_point_every_statement_ends_in_one_cell_and_in_order() {
    let source = "'''Doc.'''\nimport a; import b\n# why\nX = 1\n\n\ndef f():\n    '''x\n  y'''\n    \
                  # end\n@d\nclass C: pass\nfor i in X:\n    f()\nelse:\n    pass\n\n\ntry:\n    \
                  import c\nfinally:\n    pass\ndel X\n";
    let ported = port(source, false);
    let code = ported.cells.iter().filter(|cell| cell.kind == CellKind::Code);
    let after: Vec<String> = code.flat_map(|cell| statements(&cell.source)).collect();
    assert_eq!(after, statements(source)[1..]);
    let inked =
        |text: &str| text.lines().filter(|it| !it.trim().is_empty()).map(str::to_owned).collect();
    let all: Vec<String> = inked(source);
    let cells: Vec<&str> = ported.cells.iter().skip(1).map(|cell| &*cell.source).collect();
    let kept: Vec<String> = inked(&cells.join("\n"));
    assert_eq!(kept, all[1..], "byte for byte");
}

#[test]
fn what_is_no_python_is_refused_with_its_line() {
    let tables = Tables::default();
    let run = script::read("x = 1\nprint 'two'\n", &tables);
    let words = Words { file: "", required: "", argv: "" };
    let request = Request { fixes: &[], unroll: false, words };
    let refused = to_notebook(&run, &tables, request);
    assert_eq!(refused, Err(super::Refusal::Unreadable { line: 2 }));
}
