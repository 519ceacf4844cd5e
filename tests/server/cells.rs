//! A notebook cell by cell.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::client::{Client, apply, item};

const BOOK: &str = "file:///nowhere/a.ipynb";

fn texts(uris: &[String], cells: &[&str]) -> BTreeMap<String, String> {
    uris.iter().cloned().zip(cells.iter().map(|text| (*text).to_owned())).collect()
}

fn titled<'a>(actions: &'a [Value], words: &str) -> &'a Value {
    let titled = |it: &&Value| it["title"].as_str().unwrap().contains(words);
    actions.iter().find(titled).unwrap_or_else(|| panic!("{words}: {actions:#?}"))
}

#[test]
fn each_cell_has_its_diagnostics_and_a_clean_one_an_empty_list() {
    let mut client = Client::start();
    let cells = ["import asyncio\nasync def main(): ...", "s = '𝄞'; asyncio.run(main())", "1 + 1"];
    let uris = client.open_cells(BOOK, &cells);
    client.settle(&uris[0]);
    assert_eq!(client.rules(&uris[1]), ["asyncio-run-in-cell"]);
    assert_eq!([client.rules(&uris[0]), client.rules(&uris[2])], [[""; 0]; 2]);
    let found = &client.diagnostics[&uris[1]][0];
    assert_eq!(found["severity"], 1);
    assert_eq!(found["source"], "nbasync");
    // The clef is one character, four bytes and two units.
    assert_eq!(found["range"]["start"], json!({"line": 0, "character": 10}));
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn only_what_changed_is_said_again() {
    let mut client = Client::start();
    let cells = ["import asyncio\nasync def main(): ...", "x = 1", "asyncio.run(main())"];
    let uris = client.open_cells(BOOK, &cells);
    client.settle(&uris[0]);
    assert_eq!(client.published, 3);
    let change = json!({"range": range(0, 4, 0, 5), "text": "2"});
    let content = json!({"document": {"uri": uris[1], "version": 2}, "changes": [change]});
    client.change_cells(BOOK, json!({"textContent": [content]}));
    client.settle(&uris[0]);
    assert_eq!(client.published, 3, "nothing new");
    let text = json!({"text": "asyncio.run(main())\nasyncio.run(main())"});
    let content = json!({"document": {"uri": uris[1], "version": 3}, "changes": [text]});
    client.change_cells(BOOK, json!({"textContent": [content]}));
    client.settle(&uris[0]);
    assert_eq!(client.rules(&uris[1]).len(), 2);
    assert_eq!(client.stop(), Some(0));
}

fn range(line: u32, character: u32, end_line: u32, end: u32) -> Value {
    json!({
        "start": {"line": line, "character": character},
        "end": {"line": end_line, "character": end},
    })
}

#[test]
fn cells_come_move_and_go() {
    let mut client = Client::start();
    let cells = ["def f(): ...", "import asyncio\nasync def f(): ...", "f()"];
    let uris = client.open_cells(BOOK, &cells);
    client.settle(&uris[0]);
    assert_eq!(client.rules(&uris[2]), ["coroutine-never-awaited"]);
    // A new cell before the last; then the first two change places, so that `f` is another one.
    let new = format!("{BOOK}#new");
    let structure = json!({
        "array": {"start": 2, "deleteCount": 0, "cells": [{"kind": 2, "document": new}]},
        "didOpen": [item(&new, "asyncio.run(f())")],
    });
    client.change_cells(BOOK, json!({"structure": structure}));
    client.settle(&new);
    assert_eq!(client.rules(&new), ["asyncio-run-in-cell"]);
    let gone = json!({"array": {"start": 2, "deleteCount": 1}, "didClose": [{"uri": new}]});
    client.change_cells(BOOK, json!({"structure": gone}));
    client.settle(&uris[0]);
    assert_eq!(client.rules(&new), [""; 0]);
    let told: Vec<Value> =
        [1, 0, 2].map(|at: usize| json!({"kind": 2, "document": uris[at]})).into();
    let moved = json!({"array": {"start": 0, "deleteCount": 3, "cells": told}});
    client.change_cells(BOOK, json!({"structure": moved}));
    client.settle(&uris[2]);
    assert_eq!(client.rules(&uris[2]), [""; 0], "what it calls is a plain function now");
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn a_hover_tells_the_mistake_and_shows_its_page() {
    let mut client = Client::start();
    let uris = client.open_cells(BOOK, &["import asyncio\nasync def f(): ...\nasyncio.run(f())"]);
    let shown = client.hover(&uris[0], 2, 4);
    let text = shown["contents"]["value"].as_str().unwrap();
    assert_eq!(shown["contents"]["kind"], "markdown");
    assert_eq!(shown["range"]["start"]["line"], 2);
    for words in ["asyncio-run-in-cell", "#### ", "```python"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(client.hover(&uris[0], 0, 0).is_null());
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn a_fix_over_several_cells_is_one_edit_of_the_workspace() {
    let mut client = Client::start();
    let cells = [
        "import asyncio\nasync def f(): ...",
        "def load():\n    return asyncio.run(f())",
        "load()",
    ];
    let uris = client.open_cells(BOOK, &cells);
    let actions = client.actions(&uris[1], 1, json!(["quickfix"]));
    let fix = titled(&actions, "async");
    assert!(fix["title"].as_str().unwrap().contains("look before"), "{fix}");
    let mut texts = texts(&uris, &cells);
    apply(fix, &mut texts);
    assert_eq!(texts[&uris[1]], "async def load():\n    return await f()");
    assert_eq!(texts[&uris[2]], "await load()");
    assert_eq!(fix["diagnostics"][0]["code"], "asyncio-run-in-cell");
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn a_diagnostic_can_be_kept_quiet_on_its_line() {
    let mut client = Client::start();
    let cells = ["import asyncio\nasync def f(): ...\nasyncio.run(f())"];
    let uris = client.open_cells(BOOK, &cells);
    let actions = client.actions(&uris[0], 2, Value::Null);
    let mut texts = texts(&uris, &cells);
    apply(titled(&actions, "quiet"), &mut texts);
    assert!(texts[&uris[0]].ends_with("(f())  # nbasync: ignore[asyncio-run-in-cell]"));
    let content =
        json!({"document": {"uri": uris[0], "version": 2}, "changes": [{"text": texts[&uris[0]]}]});
    client.change_cells(BOOK, json!({"textContent": [content]}));
    client.settle(&uris[0]);
    assert_eq!(client.rules(&uris[0]), [""; 0]);
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn all_safe_fixes_of_a_notebook_are_made_at_once_and_never_for_one_cell() {
    let mut client = Client::start();
    let cells =
        ["import asyncio\nasync def f(): ...", "asyncio.run(f())", "# 中文\nx = asyncio.run(f())"];
    let uris = client.open_cells(BOOK, &cells);
    let none = client.actions(&uris[1], 0, json!(["source.fixAll"]));
    assert!(none.is_empty(), "{none:?}");
    let plain = client.actions(&uris[1], 0, Value::Null);
    assert!(plain.iter().all(|it| it["kind"] != "notebook.source.fixAll.nbasync"));
    let actions = client.actions(&uris[0], 0, json!(["notebook.source.fixAll"]));
    let [action] = actions.as_slice() else { panic!("{actions:?}") };
    assert_eq!(action["kind"], "notebook.source.fixAll.nbasync");
    let mut texts = texts(&uris, &cells);
    apply(action, &mut texts);
    assert_eq!([&*texts[&uris[1]], &*texts[&uris[2]]], ["await f()", "# 中文\nx = await f()"]);
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn a_helper_moves_into_a_module_that_need_not_be_there() {
    let folder = tempfile::tempdir().unwrap();
    let book = format!("file://{}/a.ipynb", folder.path().display());
    let cells = [
        "import httpx",
        "async def fetch(url):\n    async with httpx.AsyncClient() as client:\n        \
         response = await client.get(url)\n        return response.json()",
        "a = await fetch('a')",
        "b = await fetch('b')",
    ];
    let mut client = Client::start();
    let uris = client.open_cells(&book, &cells);
    client.settle(&uris[0]);
    let line = client.diagnostics[&uris[1]]
        .iter()
        .find(|it| it["code"] == "inline-async-helper")
        .map(|it| it["range"]["start"]["line"].as_u64().unwrap() as u32);
    let line = line.unwrap_or_else(|| panic!("{:?}", client.diagnostics));
    let actions = client.actions(&uris[1], line, json!(["refactor.extract"]));
    let action = titled(&actions, "helpers.py");
    let mut texts = texts(&uris, &cells);
    apply(action, &mut texts);
    let module = &texts[&format!("file://{}/helpers.py", folder.path().display())];
    assert!(module.contains("async def ") && module.contains("import httpx"), "{module}");
    assert!(texts[&uris[1]].contains("from helpers import"), "{texts:?}");
    assert!(texts[&uris[1]].starts_with("%load_ext autoreload\n%autoreload 2\n"), "{texts:?}");
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "the editor writes");
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn cells_in_other_languages_and_other_kernels_are_left_alone() {
    let mut client = Client::start();
    let uri = format!("{BOOK}#0");
    for (metadata, kind, language) in [
        (json!({"kernelspec": {"language": "julia"}}), 2, "python"),
        (json!({"custom": {"metadata": {"kernelspec": {"language": "R"}}}}), 2, "python"),
        (json!({"metadata": {"language_info": {"name": "scala"}}}), 2, "python"),
        (json!({}), 2, "sql"),
        (json!({}), 2, "raw"),
        (json!({}), 1, "markdown"),
    ] {
        let notebook = json!({
            "uri": BOOK, "notebookType": "jupyter-notebook", "version": 1, "metadata": metadata,
            "cells": [{"kind": kind, "document": uri}],
        });
        let text = "import asyncio\nasyncio.run(f())";
        let text = json!({"uri": uri, "languageId": language, "version": 1, "text": text});
        let params = json!({"notebookDocument": notebook, "cellTextDocuments": [text]});
        client.notify("notebookDocument/didOpen", params);
        client.settle(&uri);
        assert_eq!(client.rules(&uri), [""; 0], "{metadata} {language}");
        client.notify(
            "notebookDocument/didClose",
            json!({
                "notebookDocument": {"uri": BOOK}, "cellTextDocuments": [{"uri": uri}],
            }),
        );
    }
    assert_eq!(client.stop(), Some(0));
}
