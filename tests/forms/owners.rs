//! What marimo and Jupytext say of repaired files, where `NBASYNC_OWNERS` names the Python that has
//! them (or `python3` does).

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use nbasync::diagnostic::Applicability;
use nbasync::notebook::{CellKind, NewCell, Notebook};
use nbasync::review::{Repairs, review};
use nbasync::text::CellIndex;

use crate::files::fixtures;
use crate::read;
use crate::tables::tables;

/// A Python that can import `module`.
fn python(module: &str) -> Option<String> {
    let python = std::env::var("NBASYNC_OWNERS").unwrap_or_else(|_| "python3".to_owned());
    let asked = Command::new(&python).args(["-c", &format!("import {module}")]).output();
    let has = asked.is_ok_and(|output| output.status.success());
    if !has {
        let said = format!("skipped: {python} has no {module}\n");
        std::io::stderr().write_all(said.as_bytes()).unwrap();
    }
    has.then_some(python)
}

fn repaired(notebook: &Notebook) -> Notebook {
    let tables = tables();
    let found = review(notebook, &tables);
    let mut repairs = Repairs::new(notebook.clone(), found, Applicability::Unsafe, &tables);
    repairs.run();
    repairs.notebook
}

/// The codes of a marimo file's cells as marimo reads them, and whether it would write the file's
/// signatures and returns as they are.
const MARIMO: &str = r#"
import json, re, sys
from marimo._ast.parse import parse_notebook
from marimo._ast.codegen import generate_filecontents_from_ir
text = open(sys.argv[1], newline="", encoding="utf-8").read()
parsed = parse_notebook(text)
cells = [cell.code.strip() for cell in parsed.cells]
written = generate_filecontents_from_ir(parsed)
print(json.dumps({
    "cells": cells,
    "violations": [it.description for it in parsed.violations],
    "signatures": re.findall(r"^(?:async )?def .*:$", text, re.M),
    "written": re.findall(r"^(?:async )?def .*:$", written, re.M),
}))
"#;

fn asked(python: &str, code: &str, path: &Path) -> serde_json::Value {
    let output = Command::new(python).arg("-c").arg(code).arg(path).output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{}: {words}", path.display());
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn marimo_reads_the_same_cells_and_would_write_the_same_signatures() {
    let Some(python) = python("marimo") else { return };
    let folder = tempfile::tempdir().unwrap();
    for file in fixtures().iter().filter(|file| file.form == "marimo") {
        let before = read(file);
        let mut held = false;
        for (notebook, is_before) in [(&before, true), (&repaired(&before), false)] {
            let path = folder.path().join("notebook.py");
            fs::write(&path, notebook.original()).unwrap();
            let told = asked(&python, MARIMO, &path);
            let own: Vec<&str> = notebook.cells.iter().map(|cell| cell.source.trim()).collect();
            assert_eq!(told["cells"], serde_json::json!(own), "{}", file.name);
            assert_eq!(told["violations"], serde_json::json!([]), "{}", file.name);
            // What marimo itself would write anew is left as it is.
            if held {
                assert_eq!(told["signatures"], told["written"], "{}", file.name);
            }
            held |= is_before && told["signatures"] == told["written"];
        }
    }
}

#[test]
fn marimo_takes_a_new_shared_name_and_a_new_cell() {
    let Some(python) = python("marimo") else { return };
    let text = "import marimo\n\n__generated_with = \"0.25.2\"\napp = marimo.App()\n\n\n\
        @app.cell\ndef _():\n    first = 1\n    return\n\n\n\
        @app.cell\ndef _():\n    return\n\n\nif __name__ == \"__main__\":\n    app.run()\n";
    let notebook = nbasync::notebook::parse("a.py", text).unwrap();
    let long: String = (0..20).map(|n| format!("some_name_{n} = first + {n}\n")).collect();
    let reads: String = (0..20).map(|n| format!("print(some_name_{n})\n")).collect();
    let bytes = notebook.save(&[(CellIndex(1), long.trim_end().to_owned())]).unwrap();
    let notebook = notebook.reload(bytes).unwrap();
    let cell = |source: &str| NewCell { kind: CellKind::Code, source: source.to_owned(), id: None };
    let bytes = notebook.insert_after(None, &cell(reads.trim_end())).unwrap();
    let notebook = notebook.reload(bytes).unwrap();
    let bytes = notebook.insert_after(Some(CellIndex(2)), &cell("await first\nlast = '''\na\n'''"));
    let notebook = notebook.reload(bytes.unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notebook.py");
    fs::write(&path, notebook.original()).unwrap();
    const SAME: &str = r#"
import json, sys
from marimo._ast.parse import parse_notebook
from marimo._ast.codegen import generate_filecontents_from_ir
text = open(sys.argv[1], encoding="utf-8").read()
written = generate_filecontents_from_ir(parse_notebook(text))
print(json.dumps([text, written]))
"#;
    let told = asked(&python, SAME, &path);
    let version = |text: &serde_json::Value| {
        let text = text.as_str().unwrap().to_owned();
        let lines = text.lines().filter(|line| !line.starts_with("__generated_with"));
        lines.map(str::to_owned).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(version(&told[0]), version(&told[1]));
}

/// What the review takes for granted of marimo: a loop runs, cells run by what they need of each
/// other, and a name with one underscore is the cell's own.
#[test]
fn marimo_keeps_a_loop_running_and_runs_cells_by_need() {
    let Some(python) = python("marimo") else { return };
    let cell = |signature: &str, body: &str| {
        let body = body.replace('\n', "\n    ");
        format!("\n\n@app.cell\n{signature}:\n    {body}\n    return\n")
    };
    let head = "import marimo\n\n__generated_with = \"0.25.2\"\napp = marimo.App()\n";
    let uses = "try:\n    asyncio.run(work())\nexcept RuntimeError as error:\n    print('SAID', error)\n\
                asyncio.get_event_loop().create_task(work())";
    let gives = "import asyncio\nasync def work():\n    pass\n_own = 2";
    let text = [
        head.to_owned(),
        cell("def _(asyncio, work)", uses),
        cell("async def _(work)", "print('AWAITED', await work())"),
        cell("def _()", gives).replace("return\n", "return asyncio, work\n"),
        cell("def _()", "print('OWN', '_own' in globals())"),
        "\n\nif __name__ == \"__main__\":\n    app.run()\n".to_owned(),
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notebook.py");
    fs::write(&path, text.concat()).unwrap();
    let page = folder.path().join("page.html");
    let mut export = Command::new(&python);
    export.args(["-m", "marimo", "export", "html", "--no-sandbox"]).arg(&path).arg("-o").arg(&page);
    let output = export.current_dir(folder.path()).output().unwrap();
    let page = fs::read_to_string(&page).unwrap_or_default();
    for words in [
        "SAID asyncio.run() cannot be called from a running event loop",
        "AWAITED None",
        "OWN False",
    ] {
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(page.contains(words), "{words}: {told}");
    }
}

/// The sources of the Python cells as Jupytext reads them.
const JUPYTEXT: &str = r#"
import json, sys
import jupytext
notebook = jupytext.read(sys.argv[1])
cells = [cell.source.strip() for cell in notebook.cells if cell.cell_type == "code"]
print(json.dumps(cells))
"#;

#[test]
fn jupytext_reads_the_same_cells() {
    let Some(python) = python("jupytext") else { return };
    let folder = tempfile::tempdir().unwrap();
    for file in fixtures().iter().filter(|it| matches!(&*it.form, "jupytext" | "percent")) {
        if file.name.ends_with("light.py") {
            continue;
        }
        let before = read(file);
        // In another language's notebook Jupytext marks what is Python.
        for notebook in [&before, &repaired(&before)].into_iter().filter(|it| it.is_python()) {
            let end = Path::new(&file.name).extension().unwrap();
            let path = folder.path().join("notebook").with_extension(end);
            fs::write(&path, notebook.original()).unwrap();
            let told = asked(&python, JUPYTEXT, &path);
            let told: Vec<String> = serde_json::from_value(told).unwrap();
            for cell in notebook.cells.iter().filter(|it| it.kind == CellKind::Code) {
                let source = cell.source.trim();
                let is_header = source.is_empty() || source.starts_with("# ---");
                let language = cell.language.is_some();
                let is_known = told.iter().any(|known| known == source);
                assert!(is_header || language || is_known, "{}: {source}\n{told:?}", file.name);
            }
        }
    }
}
