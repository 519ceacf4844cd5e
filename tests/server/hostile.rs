//! Clients that break off, flood, lie or talk nonsense.

use serde_json::{Value, json};

use crate::acting::{everything, raw_in, shown, sources};
use crate::client::{Client, item};

const BOOK: &str = "file:///nowhere/a.ipynb";

fn code(answer: &Value) -> i64 {
    answer["error"]["code"].as_i64().unwrap_or_else(|| panic!("{answer}"))
}

#[test]
fn whoever_says_twice_how_to_talk_is_served() {
    for said in [&["--stdio"][..], &["--stdio", "--stdio"], &["--stdio", "--lang", "zh", "--stdio"]]
    {
        let mut client = Client::spawn(said);
        let answer = client.initialize(json!({"processId": null, "capabilities": {}}));
        assert_eq!(answer["serverInfo"]["name"], "nbasync", "{said:?}");
        assert_eq!(client.stop(), Some(0));
    }
}

#[test]
fn nonsense_is_answered_and_the_session_goes_on() {
    let mut client = Client::start();
    for bytes in [
        &b"Content-Length: 7\r\n\r\n{\"id\": "[..],
        b"Content-Length: nine\r\n\r\n",
        b"hello\r\n\r\n",
        b"Content-Length: 2\r\n\r\n\xff\xfe",
        b"Content-Length: 4\r\n\r\ntrue",
        b"Content-Length: 2\r\n\r\n[]",
        b"Content-Length: 2\r\n\r\n{}",
    ] {
        client.raw(bytes);
        let answer = client.read().unwrap();
        assert!(matches!(code(&answer), -32700 | -32600) && answer["id"].is_null(), "{answer}");
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    client.raw(format!("Content-Length: {}\r\n\r\n{deep}", deep.len()).as_bytes());
    assert_eq!(code(&client.read().unwrap()), -32700);
    assert_eq!(code(&client.request("no/such", json!({}))), -32601);
    assert_eq!(code(&client.request("textDocument/hover", json!({"position": 3}))), -32602);
    assert_eq!(code(&client.request("initialize", json!({}))), -32600);
    client.notify("no/such", json!([1, 2]));
    client.notify("textDocument/didOpen", json!("x"));
    client.notify("$/setTrace", json!({"value": "off"}));
    let uris = client.open_cells(BOOK, &["import asyncio\nasyncio.run(f())"]);
    client.settle(&uris[0]);
    assert_eq!(client.rules(&uris[0]), ["asyncio-run-in-cell"]);
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn what_comes_too_early_or_too_late_is_refused() {
    let mut client = Client::spawn(&[]);
    assert_eq!(code(&client.request("textDocument/hover", json!({}))), -32002);
    client.open_cells(BOOK, &["x"]);
    client.initialize(json!({"capabilities": {}}));
    assert_eq!(code(&client.settle(&format!("{BOOK}#0"))), -32602, "it was opened too early");
    assert!(client.request("shutdown", Value::Null).get("error").is_none());
    assert_eq!(code(&client.settle(&format!("{BOOK}#0"))), -32600);
    client.notify("exit", Value::Null);
    assert_eq!(client.die(), Some(0));
}

#[test]
fn a_client_that_goes_away_takes_the_server_along() {
    let mut client = Client::start();
    client.open_cells(BOOK, &["import asyncio\nasyncio.run(f())"; 50]);
    assert_eq!(client.die(), Some(1));
    let mut client = Client::start();
    client.notify("exit", Value::Null);
    assert_eq!(client.die(), Some(1), "without shutdown");
    let mut client = Client::start();
    client.raw(b"Content-Length: 100\r\n\r\n{");
    assert_eq!(client.die(), Some(1), "within a message");
}

#[test]
fn unknown_documents_and_places_are_errors() {
    let mut client = Client::start();
    let uris = client.open_cells(BOOK, &["x = 1"]);
    assert_eq!(code(&client.settle("file:///nowhere/other.py")), -32602);
    assert_eq!(code(&client.settle(BOOK)), -32602, "a notebook is no text");
    let at = |line: u64, character: u64| json!({"line": line, "character": character});
    let far = json!({"textDocument": {"uri": uris[0]}, "position": at(7, 0)});
    assert_eq!(code(&client.request("textDocument/hover", far)), -32602);
    let huge = json!({"textDocument": {"uri": uris[0]}, "position": at(0, u64::MAX)});
    assert_eq!(code(&client.request("textDocument/hover", huge)), -32602);
    let back = json!({
        "textDocument": {"uri": uris[0]}, "context": {"diagnostics": []},
        "range": {"start": at(0, 3), "end": at(0, 0)},
    });
    assert_eq!(code(&client.request("textDocument/codeAction", back)), -32602);
    let past = json!({"textDocument": {"uri": uris[0]}, "position": at(0, 4_000_000_000)});
    assert!(client.request("textDocument/hover", past).get("error").is_none(), "the line's end");
    assert_eq!(client.stop(), Some(0));
}

/// Without its range a change reads as one of the whole text, which the editor never meant.
#[test]
fn a_range_that_is_none_does_not_make_a_whole_text_of_what_was_typed() {
    let text = "# %%\nimport asyncio\nasyncio.run(f())\n";
    let uri = "file:///nowhere/a.py";
    let mut client = Client::start();
    let place = |line: Value, character: Value| json!({"line": line, "character": character});
    for range in [
        json!({"start": place(json!(1), json!(-1)), "end": place(json!(1), json!(0))}),
        json!({"start": place(json!("x"), json!(0)), "end": place(json!(1), json!(0))}),
        json!({"start": place(json!(0), json!(0))}),
        json!([0, 1]),
        json!("all"),
    ] {
        client.open_text(uri, "python", text);
        client.settle(uri);
        assert_eq!(client.rules(uri), ["asyncio-run-in-cell"]);
        let typed = json!([{"range": range, "text": "y"}]);
        let change = json!({"textDocument": {"uri": uri, "version": 2}, "contentChanges": typed});
        client.notify("textDocument/didChange", change);
        assert_eq!(code(&client.settle(uri)), -32803, "{range}");
        assert_eq!(client.rules(uri), [""; 0], "{range}");

        let uris = client.open_cells(BOOK, &["import asyncio\nasyncio.run(f())"]);
        client.settle(&uris[0]);
        assert_eq!(client.rules(&uris[0]), ["asyncio-run-in-cell"]);
        let document = json!({"uri": uris[0], "version": 2});
        client
            .change_cells(BOOK, json!({"textContent": [{"document": document, "changes": typed}]}));
        assert_eq!(code(&client.settle(&uris[0])), -32803, "{range}");
    }
    // A range of null is none at all, as some editors write a whole text.
    let change = json!({
        "textDocument": {"uri": uri, "version": 3}, "contentChanges": [{"range": null, "text": text}],
    });
    client.notify("textDocument/didChange", change);
    client.settle(uri);
    assert_eq!(client.rules(uri), ["asyncio-run-in-cell"]);
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn of_a_text_that_went_astray_nothing_is_claimed_until_it_is_whole_again() {
    let text = "# %%\nimport asyncio\nasyncio.run(f())\n";
    let uri = "file:///nowhere/a.py";
    let mut client = Client::start();
    client.open_text(uri, "python", text);
    client.settle(uri);
    let range = json!({"start": {"line": 90, "character": 0}, "end": {"line": 91, "character": 0}});
    let change = |change: Value| json!({"textDocument": {"uri": uri, "version": 1}, "contentChanges": [change]});
    client.notify("textDocument/didChange", change(json!({"range": range, "text": "x"})));
    assert_eq!(code(&client.settle(uri)), -32803);
    assert_eq!(client.rules(uri), [""; 0]);
    client.notify("textDocument/didChange", change(json!({"text": text})));
    client.settle(uri);
    assert_eq!(client.rules(uri), ["asyncio-run-in-cell"]);

    let uris = client.open_cells(BOOK, &["import asyncio\nasyncio.run(f())", "x"]);
    for cells in [
        json!({"structure": {"array": {"start": 1, "deleteCount": 5}}}),
        json!({"structure": {"array": {"start": 4_000_000_000_u32, "deleteCount": 4_000_000_000_u32}}}),
        json!({"structure": {"array": {
            "start": 0, "deleteCount": 0, "cells": [{"kind": 2, "document": "no-text"}],
        }}}),
        json!({"textContent": [{"document": {"uri": "other", "version": 1}, "changes": []}]}),
        json!({"data": [{"kind": 2, "document": "other"}]}),
    ] {
        client.open_cells(BOOK, &["import asyncio\nasyncio.run(f())", "x"]);
        client.settle(&uris[0]);
        assert_eq!(client.rules(&uris[0]), ["asyncio-run-in-cell"]);
        client.change_cells(BOOK, cells.clone());
        assert_eq!(code(&client.settle(&uris[0])), -32803, "{cells}");
        assert_eq!(client.rules(&uris[0]), [""; 0]);
    }
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn a_flood_is_worked_through_in_order() {
    let mut client = Client::start();
    let uris = client.open_cells(BOOK, &["import asyncio\nasync def f(): ...", ""]);
    let mut last = 0;
    for count in 0..3000 {
        let text = if count % 2 == 0 { "asyncio.run(f())" } else { "await f()" };
        let change =
            json!({"document": {"uri": uris[1], "version": count}, "changes": [{"text": text}]});
        client.change_cells(BOOK, json!({"textContent": [change]}));
        if count % 100 == 0 {
            last = client.ask("no/such", json!({}));
        }
    }
    assert_eq!(code(&client.answer(&json!(last))), -32601);
    client.settle(&uris[1]);
    assert_eq!(client.rules(&uris[1]), [""; 0]);
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn a_request_that_was_cancelled_is_answered_as_such() {
    let mut client = Client::start();
    let line = "asyncio.run(f())\n".repeat(300);
    let text = format!("# %%\nimport asyncio\nasync def f(): ...\n{line}");
    let uri = "file:///nowhere/a.py";
    client.open_text(uri, "python", &text);
    // The first keeps the program busy, so that the second is cancelled before its turn.
    let params = json!({"textDocument": {"uri": uri}, "position": {"line": 0, "character": 0}});
    let first = client.ask("textDocument/hover", params.clone());
    let second = client.ask("textDocument/hover", params);
    client.notify("$/cancelRequest", json!({"id": second}));
    client.notify("$/cancelRequest", json!({"id": "never asked"}));
    assert!(client.answer(&json!(first)).get("error").is_none());
    let answer = client.answer(&json!(second));
    assert!(answer.get("error").is_none_or(|error| error["code"] == -32800), "{answer}");
    client.settle(uri);
    assert_eq!(client.rules(uri).len(), 300);
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn a_file_that_was_opened_twice_is_the_newer_one() {
    let mut client = Client::start();
    let uris = client.open_cells(BOOK, &["import asyncio\nasyncio.run(f())", "x"]);
    client.settle(&uris[0]);
    let notebook = json!({
        "uri": BOOK, "notebookType": "jupyter-notebook", "version": 1,
        "cells": [{"kind": 2, "document": uris[1]}],
    });
    let params = json!({"notebookDocument": notebook, "cellTextDocuments": [item(&uris[1], "y")]});
    client.notify("notebookDocument/didOpen", params);
    client.settle(&uris[1]);
    assert_eq!([client.rules(&uris[0]), client.rules(&uris[1])], [[""; 0]; 2]);
    assert_eq!(client.stop(), Some(0));
}

/// What an editor takes as it is: new text, names of documents, and what it hands back.
const EXACT: [&str; 8] =
    ["newText", "uri", "changes", "textDocument", "data", "arguments", "documentChanges", "target"];

#[test]
fn no_control_of_a_cell_is_in_what_an_editor_shows() {
    let all = everything();
    for language in ["en", "zh", "both"] {
        let mut client = Client::spawn(&["--lang", language]);
        let able = json!({"textDocument": {"hover": {"contentFormat": ["markdown", "plaintext"]}}});
        client.initialize(json!({"processId": null, "rootUri": null, "capabilities": able}));
        let sources = sources();
        let cells: Vec<&str> = sources.iter().map(String::as_str).collect();
        let uris = client.open_cells(BOOK, &cells);
        let mut told = vec![client.settle(&uris[0])];
        assert!(!client.rules(&uris[0]).is_empty());
        for (uri, source) in uris.iter().zip(&sources) {
            for line in 0..u32::try_from(source.lines().count()).unwrap() {
                told.push(client.hover(uri, line, 4));
                told.extend(client.actions(uri, line, Value::Null));
            }
        }
        // What cannot be followed is answered in words, too.
        told.push(client.request(&format!("no/{all}"), json!({})));
        told.push(client.settle(&format!("file:///{all}")));
        told.push(client.request("textDocument/hover", json!({"position": all})));
        told.extend(client.diagnostics.values().flatten().cloned());
        told.extend(client.others.iter().cloned());
        let mut texts = Vec::new();
        told.iter().for_each(|it| shown(it, &EXACT, "", &mut texts));
        assert!(texts.len() > 20, "{}", texts.len());
        let is_raw = |text: &&(String, &str)| !raw_in(text.1).is_empty();
        let leaks: Vec<&String> = texts.iter().filter(is_raw).map(|(at, _)| at).collect();
        assert!(leaks.is_empty(), "{leaks:?}");
        assert_eq!(client.stop(), Some(0));
    }
}
