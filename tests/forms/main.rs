//! Promises that hold for every form of notebook: read, reviewed, repaired and written back with no
//! other byte touched; and the programs that own the forms take what comes out.
//!
//! The fixtures are files of each form; `# mistake: NAME` marks a line that a rule has to report, and
//! every other line has to stay silent. Where `../shared/forms` is, its files are held to the same.

mod files;
mod marimo;
mod owners;

#[path = "../common/tables.rs"]
mod tables;

use std::collections::BTreeSet;

use nbasync::diagnostic::{Applicability, Severity};
use nbasync::notebook::{self, CellKind, Format, NewCell, Notebook};
use nbasync::review::{Repairs, review};
use nbasync::text::CellIndex;

use files::{Fixture, fixtures, shared};
use tables::tables;

fn read(file: &Fixture) -> Notebook {
    notebook::parse(&file.name, file.bytes.as_slice())
        .unwrap_or_else(|error| panic!("{}: {error}", file.name))
}

fn text(notebook: &Notebook) -> String {
    String::from_utf8(notebook.original().to_vec()).unwrap()
}

#[test]
fn every_file_is_recognised_by_its_form() {
    for file in fixtures() {
        let form = match read(&file).format {
            Format::Marimo => "marimo",
            Format::Databricks => "databricks",
            Format::Percent => "percent",
            Format::Markdown(flavour) => match flavour {
                notebook::Flavour::Myst => "myst",
                notebook::Flavour::Quarto => "quarto",
                notebook::Flavour::Jupytext => "jupytext",
                notebook::Flavour::Marimo => "marimo",
            },
            other => panic!("{}: {other:?}", file.name),
        };
        assert_eq!(form, file.form, "{}", file.name);
    }
}

#[test]
fn a_save_without_changes_gives_the_same_bytes() {
    for file in fixtures().into_iter().chain(shared()) {
        let Ok(notebook) = notebook::parse(&file.name, file.bytes.as_slice()) else { continue };
        let same: Vec<_> =
            notebook.cells.iter().map(|cell| (cell.index, cell.source.clone())).collect();
        assert!(notebook.save(&same).unwrap() == file.bytes, "{}", file.name);
    }
}

#[test]
fn a_line_more_changes_that_cell_alone() {
    for file in fixtures().into_iter().chain(shared()) {
        let Ok(notebook) = notebook::parse(&file.name, file.bytes.as_slice()) else { continue };
        for cell in notebook.cells.iter().filter(|cell| cell.kind == CellKind::Code) {
            let new = format!("{}\n# one more\n\n    # and one", cell.source);
            let new = if cell.source.is_empty() { "# one more".to_owned() } else { new };
            let Ok(bytes) = notebook.save(&[(cell.index, new.clone())]) else {
                // What stands under `@app.function` takes nothing after it at the margin.
                assert_eq!(notebook.format, Format::Marimo, "{} {}", file.name, cell.index.0);
                continue;
            };
            let after = notebook.reload(bytes).unwrap();
            for (old, now) in notebook.cells.iter().zip(&after.cells) {
                let expected = if old.index == cell.index { &new } else { &old.source };
                assert_eq!(&now.source, expected, "{} {}", file.name, cell.index.0);
            }
            let (before, after) = (text(&notebook), text(&after));
            let common = before.bytes().zip(after.bytes()).take_while(|(a, b)| a == b).count();
            let grown = after.len() - before.len();
            let end = before.len() - common;
            let same = before.bytes().rev().zip(after.bytes().rev());
            let tail = same.take_while(|(a, b)| a == b).count();
            assert!(tail >= end && grown > 0, "{} {}: {after}", file.name, cell.index.0);
        }
    }
}

#[test]
fn what_is_reported_stands_in_the_marked_lines() {
    let tables = tables();
    for file in fixtures() {
        let notebook = read(&file);
        let review = review(&notebook, &tables);
        let found = review.diagnostics.iter().filter(|it| it.severity >= Severity::Warning);
        let found: BTreeSet<(usize, String)> = found
            .map(|it| {
                let at = notebook.file_position(it.span.cell, it.span.range.start).unwrap();
                (at.line, it.rule.to_owned())
            })
            .collect();
        assert_eq!(found, file.marked(), "{}", file.name);
    }
}

#[test]
fn a_repair_leaves_every_other_line_as_it_is() {
    let tables = tables();
    for file in fixtures() {
        let notebook = read(&file);
        let marked = file.marked();
        let found = review(&notebook, &tables);
        let mut repairs = Repairs::new(notebook.clone(), found, Applicability::Unsafe, &tables);
        repairs.run();
        let left = repairs.review.diagnostics.iter().filter(|it| it.severity >= Severity::Warning);
        let left: Vec<&str> = left.map(|it| it.rule).collect();
        let made = marked.len() - left.len();
        assert!(marked.is_empty() || made > 0, "{}: {left:?}", file.name);
        let changed: BTreeSet<CellIndex> = notebook
            .cells
            .iter()
            .zip(&repairs.notebook.cells)
            .filter(|(old, new)| old.source != new.source)
            .map(|(old, _)| old.index)
            .collect();
        assert_eq!(changed.is_empty(), marked.is_empty(), "{}", file.name);
        // Lines that went away or came stand in changed cells, or frame them.
        let (before, after) = (text(&notebook), text(&repairs.notebook));
        let kept = |line: &&str| !line.contains("# mistake:");
        let framed = |line: &str| {
            let line = line.trim_start();
            ["def ", "async def ", "return", "# %%"].iter().any(|word| line.starts_with(word))
        };
        let others = before.split_inclusive('\n').filter(kept).filter(|line| !framed(line));
        let mut rest = after.split_inclusive('\n');
        for line in others {
            let is_of_changed = changed.iter().any(|cell| {
                let source = &notebook.cell(*cell).unwrap().source;
                source.lines().any(|own| !own.is_empty() && line.contains(own.trim()))
            });
            if !is_of_changed {
                assert!(rest.any(|now| now == line), "{}: {line:?} in\n{after}", file.name);
            }
        }
    }
}

#[test]
fn where_paragraphs_are_cells_none_is_added() {
    for file in fixtures().iter().filter(|file| file.form == "percent") {
        let cell = NewCell { kind: CellKind::Code, source: "x = 1".to_owned(), id: None };
        let added = read(file).insert_after(None, &cell);
        assert_eq!(added.is_err(), file.name.ends_with("light.py"), "{}", file.name);
    }
}

#[test]
fn damaged_files_are_read_or_refused_and_never_written_wrongly() {
    let mut chance = 7_u64;
    let mut below = |limit: usize| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        usize::try_from(chance >> 33).unwrap() % limit.max(1)
    };
    const PIECES: [&str; 14] = [
        "\n",
        "\r\n",
        "'''",
        "\"\"\"",
        "```",
        "# COMMAND ----------\n",
        "@app.cell\n",
        "    return\n",
        "# MAGIC ",
        "---\n",
        "\t",
        ")",
        "def _():\n",
        "é",
    ];
    for file in fixtures() {
        let whole = String::from_utf8(file.bytes.clone()).unwrap();
        for _ in 0..16 {
            let mut text = whole.clone();
            for _ in 0..=below(3) {
                let at = (0..=below(text.len() + 1))
                    .rev()
                    .find(|at| text.is_char_boundary(*at))
                    .unwrap();
                match below(3) {
                    0 => text.truncate(at.max(40).min(text.len())),
                    1 => text.insert_str(at, PIECES[below(PIECES.len())]),
                    _ => {
                        let end = (at..=text.len().min(at + below(30))).rev();
                        let end = end.into_iter().find(|at| text.is_char_boundary(*at)).unwrap();
                        text.replace_range(at..end, "");
                    }
                }
                while !text.is_char_boundary(text.len()) {
                    text.pop();
                }
            }
            let Ok(notebook) = notebook::parse(&file.name, text.clone()) else { continue };
            assert!(notebook.save(&[]).unwrap() == text.as_bytes(), "{text}");
            for cell in &notebook.cells {
                let new = format!("{}\nawait more()", cell.source);
                let Ok(bytes) = notebook.save(&[(cell.index, new.clone())]) else { continue };
                let after = notebook.reload(bytes).unwrap();
                assert_eq!(after.cells[cell.index.0].source, new, "{text}");
                assert_eq!(after.cells.len(), notebook.cells.len(), "{text}");
            }
        }
    }
}

#[test]
fn the_files_of_others_are_read_and_what_is_said_stands_in_a_cell() {
    let tables = tables();
    for file in shared() {
        let Ok(notebook) = notebook::parse(&file.name, file.bytes.as_slice()) else {
            assert!(file.name.ends_with(".md"), "{}", file.name);
            continue;
        };
        assert_ne!(notebook.format, Format::Script, "{}", file.name);
        let lines: Vec<String> = text(&notebook).lines().map(str::to_owned).collect();
        for it in review(&notebook, &tables).diagnostics {
            let at = notebook.file_position(it.span.cell, it.span.range.start).unwrap();
            let source = &notebook.cell(it.span.cell).unwrap().source;
            let said = it.span.range.slice(source).lines().next().unwrap_or_default();
            assert!(lines[at.line - 1].contains(said.trim()), "{}:{}", file.name, at.line);
        }
    }
}
