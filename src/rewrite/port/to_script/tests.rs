//! Holds the way back to its fixture: cells, and the script that comes of them.

use super::{Request, Script, to_script};
use crate::execution::Run;
use crate::index::ReadCell;
use crate::knowledge::Tables;
use crate::notebook::{Notebook, parse_ipynb, parse_script};
use crate::review::environment_of;
use crate::rewrite::port::tests::cases;

fn port(notebook: &Notebook, dual: bool) -> Script {
    let tables = Tables::default();
    let read = |cell| std::sync::Arc::clone(ReadCell::of_cell(cell, true).names());
    let cells = notebook.cells.iter().map(read);
    let run = Run::of(cells, Default::default(), &tables, environment_of(notebook));
    let request =
        Request { dual, title: "From cells.", install: "install first", left_out: "left out" };
    to_script(&run, notebook, &request).unwrap()
}

fn said(script: &Script) -> String {
    let note = |note: &super::CellNote| {
        let key = note.message.key.trim_start_matches("port.script.");
        let args = note.message.args.iter().filter(|(_, value)| !value.text().is_empty());
        let args: String = args.map(|(name, value)| format!(" {name}={}", value.text())).collect();
        let cell = note.cell.map(|cell| format!("{} ", cell.number())).unwrap_or_default();
        format!("{cell}{key}{args}\n")
    };
    script.notes.iter().map(note).collect()
}

#[test]
fn every_notebook_becomes_what_the_fixture_says() {
    let mut wrong = String::new();
    for case in cases("src/rewrite/port/to_script/cases.md") {
        let notebook = parse_script(case.block("python cells")).unwrap();
        let script = port(&notebook, case.flags.contains("dual"));
        for (seen, wanted) in [(&script.text, "python"), (&said(&script), "text")] {
            if seen != case.block(wanted) {
                wrong.push_str(&format!("## {}\n````{wanted}\n{seen}````\n", case.title));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn markdown_of_a_notebook_becomes_comments_whole() {
    let json = r##"{"cells": [{"cell_type": "markdown", "metadata": {}, "source": "# Title\n## Two"},
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": null, "source": "x"}],
        "metadata": {}, "nbformat": 4, "nbformat_minor": 4}"##;
    let script = port(&parse_ipynb(json).unwrap(), false);
    assert_eq!(script.text, "# From cells.\n\n# # Title\n# ## Two\n\nx\n");
}
