//! The bar of progress over the first review of a long notebook.

use serde_json::{Value, json};

use crate::client::Client;

const LONG: &str = "file:///nowhere/long.py";

/// A notebook as text, of so many cells, with one mistake at its end.
fn cells(count: usize) -> String {
    let cell = |at: usize| {
        format!(
            "# %%\nasync def f{at}(x):\n    total = x + {at}\n    for y in range(total):\n        \
             total += y\n    return total\nv{at} = await f{at}({at})\n"
        )
    };
    let all: String = (0..count).map(cell).collect();
    format!("{all}# %%\nimport asyncio\nasyncio.run(f0(1))\n")
}

/// The kinds of progress that were told, with the bar's name.
fn bars(client: &Client) -> Vec<(String, String)> {
    let told = client.others.iter().filter(|it| it["method"] == "$/progress");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    told.map(|it| (text(&it["params"]["value"]["kind"]), text(&it["params"]["token"]))).collect()
}

fn kind(message: &Value) -> &str {
    message["params"]["value"]["kind"].as_str().unwrap_or_default()
}

#[test]
fn the_first_review_of_a_long_notebook_shows_a_bar_and_the_next_one_none() {
    let mut client = Client::with_bars();
    client.open_text(LONG, "python", &cells(400));
    let create = client.until(|it| it["method"] == "window/workDoneProgress/create");
    let bar = create["params"]["token"].as_str().unwrap().to_owned();
    client.send(&json!({"jsonrpc": "2.0", "id": create["id"], "result": null}));
    let begin = client.until(|it| kind(it) == "begin");
    let value = &begin["params"]["value"];
    assert!(value["title"].as_str().unwrap().contains("long.py"), "{begin}");
    assert_eq!(value["cancellable"], true);
    client.settle(LONG);
    assert_eq!(client.rules(LONG), ["asyncio-run-in-cell"]);
    assert_eq!(bars(&client), [("begin".to_owned(), bar.clone()), ("end".to_owned(), bar)]);
    let changes = json!([{"text": cells(401)}]);
    let params = json!({"textDocument": {"uri": LONG, "version": 1}, "contentChanges": changes});
    client.notify("textDocument/didChange", params);
    client.settle(LONG);
    assert_eq!(bars(&client).len(), 2, "what was read once is read fast");
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn no_bar_is_shown_for_little_or_where_none_is_wanted() {
    let mut client = Client::with_bars();
    client.open_text(LONG, "python", &cells(3));
    client.settle(LONG);
    assert_eq!(client.others, [] as [Value; 0]);
    assert_eq!(client.stop(), Some(0));
    let mut client = Client::start();
    client.open_text(LONG, "python", &cells(400));
    client.settle(LONG);
    assert_eq!(client.others, [] as [Value; 0]);
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn a_client_that_refuses_a_bar_gets_no_other() {
    let mut client = Client::with_bars();
    client.open_text(LONG, "python", &cells(400));
    let create = client.until(|it| it["method"] == "window/workDoneProgress/create");
    let error = json!({"code": -32601, "message": "no"});
    client.send(&json!({"jsonrpc": "2.0", "id": create["id"], "error": error}));
    client.settle(LONG);
    let before = client.others.len();
    let other = "file:///nowhere/other.py";
    client.open_text(other, "python", &cells(400));
    client.settle(other);
    assert_eq!(client.others.len(), before);
    assert_eq!(client.rules(other), ["asyncio-run-in-cell"]);
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn a_review_that_is_stopped_at_its_bar_is_made_when_the_text_changes() {
    let mut client = Client::with_bars();
    // More than any machine reviews before the next message is read.
    client.open_text(LONG, "python", &cells(20_000));
    let begin = client.until(|it| kind(it) == "begin");
    let token = begin["params"]["token"].clone();
    client.notify("window/workDoneProgress/cancel", json!({"token": "another"}));
    client.notify("window/workDoneProgress/cancel", json!({"token": token}));
    client.until(|it| kind(it) == "end");
    let hover = client.settle(LONG);
    assert_eq!(hover["error"]["code"], -32800, "{hover}");
    assert!(!client.diagnostics.contains_key(LONG), "nothing is claimed");
    let changes = json!([{"text": cells(2)}]);
    let params = json!({"textDocument": {"uri": LONG, "version": 1}, "contentChanges": changes});
    client.notify("textDocument/didChange", params);
    client.settle(LONG);
    assert_eq!(client.rules(LONG), ["asyncio-run-in-cell"]);
    assert_eq!(client.stop(), Some(0));
}
