//! What marimo's cells may hold, and what is refused in place of writing a notebook that it cannot run.

use nbasync::notebook::{Notebook, SaveError, parse};
use nbasync::review::review;
use nbasync::text::CellIndex;

use crate::tables::tables;

fn notebook(cells: &[&str]) -> Notebook {
    let head = "import marimo\n\napp = marimo.App()\n";
    let text = [&[head], cells].concat().join("\n\n");
    parse("a.py", text).unwrap()
}

fn cell(body: &str) -> String {
    let body: String = body.lines().map(|line| format!("    {line}\n")).collect();
    format!("@app.cell\ndef _():\n{body}    return\n")
}

fn rules(cells: &[&str]) -> Vec<String> {
    let cells: Vec<String> = cells.iter().map(|body| cell(body)).collect();
    let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
    let found = review(&notebook(&cells), &tables()).diagnostics;
    found.iter().map(|it| it.rule.to_owned()).collect()
}

#[test]
fn cells_run_by_what_they_need_and_not_as_they_stand() {
    let work = "import asyncio\nasync def work():\n    await asyncio.sleep(0)\n    return 1";
    assert_eq!(rules(&["print(value + 1)", "value = await work()", work]), [""; 0]);
    assert_eq!(rules(&["value + 1", "value = work()", work]), ["result-before-it-is-there"]);
    assert_eq!(
        rules(&["session = opened", "opened = asyncio.run(work())", work]),
        ["asyncio-run-in-cell"]
    );
}

#[test]
fn a_private_name_is_another_in_each_cell() {
    let first = "import asyncio\n_run = asyncio.run\nasync def work():\n    return 1";
    assert_eq!(rules(&[first, "_run = print\n_run(await work())"]), [""; 0]);
    assert_eq!(rules(&[first, "_run = asyncio.run\n_run(work())"]), ["asyncio-run-in-cell"]);
    // Nothing is known of a name that its own cell does not bind.
    assert_eq!(rules(&[first, "_run(work())"]), ["coroutine-never-awaited"; 0]);
}

#[test]
fn a_name_that_two_cells_would_give_is_refused() {
    let user = cell("print(x)").replace("_()", "_(x)");
    let cells = [cell("import asyncio"), cell("x = 1"), user];
    let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
    let notebook = notebook(&cells);
    let save = |source: &str| notebook.save(&[(CellIndex(2), source.to_owned())]);
    let refused = save("import asyncio\nprint(x)");
    let expected = SaveError::GivenTwice { cell: CellIndex(2), name: "asyncio".to_owned() };
    assert_eq!(refused, Err(expected));
    let written = String::from_utf8(save("_x = x\nawait asyncio.sleep(_x)").unwrap()).unwrap();
    assert!(written.contains("async def _(asyncio, x):\n    _x = x\n"), "{written}");
    assert!(written.contains("    import asyncio\n    return (asyncio,)\n"), "{written}");
}

#[test]
fn what_stands_under_app_function_stays_one_function() {
    let function = "@app.function\ndef one():\n    return 1\n";
    let notebook = notebook(&[function, &cell("one()")]);
    let save = |source: &str| notebook.save(&[(CellIndex(0), source.to_owned())]);
    let refused = save("import asyncio\n\ndef one():\n    return 1");
    assert_eq!(refused, Err(SaveError::OneDefinition { cell: CellIndex(0) }));
    let written = save("async def one():\n    return 1").unwrap();
    let written = String::from_utf8(written).unwrap();
    assert!(written.contains("@app.function\nasync def one():\n    return 1\n"), "{written}");
}

#[test]
fn an_empty_cell_takes_text_and_a_cell_that_loses_its_text_stays_a_function() {
    let notebook =
        notebook(&["@app.cell\ndef _():\n    return\n", "@app.cell\ndef _():\n    x = 1\n"]);
    let changes =
        [(CellIndex(0), "y = 1\n\nz = y".to_owned()), (CellIndex(1), "# gone".to_owned())];
    let written = String::from_utf8(notebook.save(&changes).unwrap()).unwrap();
    assert!(written.contains("def _():\n    y = 1\n\n    z = y\n    return\n"), "{written}");
    assert!(written.ends_with("def _():\n    # gone\n    return\n"), "{written}");
}
