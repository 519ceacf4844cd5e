//! Notebooks that an editor has as one text, and what lies beside them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::client::{Client, apply};

const SCRIPT: &str = "file:///nowhere/a.py";

#[test]
fn a_script_with_cells_is_a_notebook_and_one_without_is_not() {
    let mut client = Client::start();
    let text = "# %%\nimport asyncio\nasync def f(): ...\n# %%\nasyncio.run(f())\n";
    client.open_text(SCRIPT, "python", text);
    client.settle(SCRIPT);
    assert_eq!(client.rules(SCRIPT), ["asyncio-run-in-cell"]);
    let at = &client.diagnostics[SCRIPT][0]["range"]["start"];
    assert_eq!(*at, json!({"line": 4, "character": 0}));
    let plain = "import asyncio\nasync def f(): ...\nasyncio.run(f())\n";
    let params = json!({
        "textDocument": {"uri": SCRIPT, "version": 0}, "contentChanges": [{"text": plain}],
    });
    client.notify("textDocument/didChange", params);
    client.settle(SCRIPT);
    assert_eq!(client.rules(SCRIPT), [""; 0]);
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn markdown_with_cells_is_a_notebook_under_each_of_its_languages() {
    let mut client = Client::start();
    let text = |fence: &str| {
        format!(
            "# é\n\n```{fence}\nimport asyncio\nasync def f(): ...\n```\n\nSo:\n\n```{fence}\nasyncio.run(f())\n```\n"
        )
    };
    let told = [
        ("file:///nowhere/a.md", "markdown", "{code-cell}"),
        ("file:///nowhere/b.qmd", "markdown", "{python}"),
        ("untitled:c", "quarto", "{python}"),
        ("untitled:d", "myst", "{code-cell}"),
    ];
    for (uri, language, fence) in told {
        let text = text(fence);
        client.open_text(uri, language, &text);
        client.settle(uri);
        assert_eq!(client.rules(uri), ["asyncio-run-in-cell"], "{uri}");
        let at = &client.diagnostics[uri][0]["range"]["start"];
        assert_eq!(*at, json!({"line": 10, "character": 0}), "{uri}");
        let actions = client.actions(uri, 10, json!(["source.fixAll"]));
        let [action] = actions.as_slice() else { panic!("{uri}: {actions:?}") };
        let mut texts = BTreeMap::from([(uri.to_owned(), text.clone())]);
        apply(action, &mut texts);
        assert_eq!(texts[uri], text.replace("asyncio.run(f())", "await f()"), "{uri}");
    }
    let examples = "# Example\n\n```python\nasyncio.run(f())\n```\n\n# %%\n";
    client.open_text("file:///nowhere/README.md", "markdown", examples);
    client.settle("file:///nowhere/README.md");
    assert_eq!(client.rules("file:///nowhere/README.md"), [""; 0]);
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn what_jupyterlab_sends_is_the_cells_of_a_notebook_joined() {
    let mut client = Client::start();
    let uri = "file:///nowhere/a.ipynb";
    let text = "import asyncio\nasync def f(): ...\n\n\nget_ipython().run_line_magic('time', 'x')\n\
                \n\nasyncio.run(f())\n\n\n";
    client.open_text(uri, "python", text);
    client.settle(uri);
    assert_eq!(client.rules(uri), ["asyncio-run-in-cell"]);
    assert_eq!(client.diagnostics[uri][0]["range"]["start"]["line"], 7);
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn the_json_of_a_notebook_is_read_whatever_the_name_says() {
    let mut client = Client::start();
    let source = r#"["import asyncio\n", "asyncio.run(f())"]"#;
    let cell =
        format!(r#"{{"cell_type": "code", "metadata": {{}}, "outputs": [], "source": {source}}}"#);
    let text = format!(
        "{{\"cells\": [\n{cell}\n], \"metadata\": {{}}, \"nbformat\": 4, \"nbformat_minor\": 5}}"
    );
    for (uri, language) in [("file:///nowhere/a.ipynb", "json"), ("untitled:1", "json")] {
        client.open_text(uri, language, &text);
        client.settle(uri);
        assert_eq!(client.rules(uri), ["asyncio-run-in-cell"], "{uri}");
        let found = &client.diagnostics[uri][0]["range"];
        let line = text.lines().nth(1).unwrap();
        let at = found["start"]["character"].as_u64().unwrap() as usize;
        assert!(found["start"]["line"] == 1 && line[at..].starts_with("asyncio.run"), "{found}");
    }
    client.open_text("file:///nowhere/a.json", "json", "{\"a\": 1}");
    client.settle("file:///nowhere/a.json");
    assert_eq!(client.rules("file:///nowhere/a.json"), [""; 0]);
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn a_fix_of_a_script_keeps_its_line_ends_and_counts_in_utf_16() {
    let mut client = Client::start();
    let text =
        "# %%\r\nimport asyncio\r\nasync def f(): ...\r\n# %%\r\ns = '𝄞'; asyncio.run(f())\r\n";
    client.open_text(SCRIPT, "python", text);
    let actions = client.actions(SCRIPT, 4, json!(["source.fixAll"]));
    let [action] = actions.as_slice() else { panic!("{actions:?}") };
    let mut texts = BTreeMap::from([(SCRIPT.to_owned(), text.to_owned())]);
    apply(action, &mut texts);
    assert_eq!(texts[SCRIPT], text.replace("asyncio.run(f())", "await f()"));
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn a_text_is_changed_piece_by_piece() {
    let mut client = Client::start();
    client.open_text(SCRIPT, "python", "# %%\nimport asyncio\nasync def f(): ...\n# %%\n");
    let at = |line: u32, character: u32| json!({"line": line, "character": character});
    let changes = json!([
        {"range": {"start": at(4, 0), "end": at(4, 0)}, "text": "é = '𝄞'; f()\n"},
        {"range": {"start": at(4, 11), "end": at(4, 11)}, "text": "(f)"},
        {"range": {"start": at(4, 10), "end": at(4, 11)}, "text": ""},
    ]);
    let params = json!({"textDocument": {"uri": SCRIPT, "version": 1}, "contentChanges": changes});
    client.notify("textDocument/didChange", params);
    client.settle(SCRIPT);
    assert_eq!(client.rules(SCRIPT), ["coroutine-never-awaited"]);
    let start = &client.diagnostics[SCRIPT][0]["range"]["start"];
    assert_eq!(*start, at(4, 10), "after a clef of two units");
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn settings_and_modules_beside_the_notebook_count_and_unsaved_ones_first() {
    let folder = tempfile::tempdir().unwrap();
    let uri = |name: &str| format!("file://{}/{name}", folder.path().display());
    std::fs::write(folder.path().join("mine.py"), "def get(): ...\n").unwrap();
    let mut client = Client::start();
    let book = uri("a.ipynb");
    let cells = client.open_cells(&book, &["import mine, asyncio", "mine.get()"]);
    client.settle(&cells[1]);
    assert_eq!(client.rules(&cells[1]), [""; 0]);
    client.open_text(&uri("mine.py"), "python", "async def get(): ...\n");
    client.settle(&cells[1]);
    assert_eq!(client.rules(&cells[1]), ["coroutine-never-awaited"]);
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": uri("mine.py")}}));
    client.settle(&cells[1]);
    assert_eq!(client.rules(&cells[1]), [""; 0], "what lies on disk counts again");
    std::fs::write(folder.path().join("mine.py"), "async def get(): ...\n").unwrap();
    std::fs::write(folder.path().join("nbasync.toml"), "ignore = [\"coroutine-never-awaited\"]\n")
        .unwrap();
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": []}));
    client.settle(&cells[1]);
    assert_eq!(client.rules(&cells[1]), [""; 0]);
    std::fs::write(folder.path().join("nbasync.toml"), "ignore = [\"no-such\"]\n").unwrap();
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": []}));
    client.settle(&cells[1]);
    assert_eq!(client.rules(&cells[1]), ["coroutine-never-awaited"]);
    let said = |it: &&Value| it["method"] == "window/showMessage";
    let shown: Vec<&Value> = client.others.iter().filter(said).collect();
    assert!(shown[0]["params"]["message"].as_str().unwrap().contains("nbasync.toml:1:"));
    assert_eq!(shown.len(), 1, "it is said once");
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn the_editor_and_the_command_line_choose_the_language() {
    let text = "# %%\nimport asyncio\nasyncio.run(f())\n";
    let message = |args: &[&str], params: Value| {
        let mut client = Client::spawn(args);
        client.initialize(params);
        client.open_text(SCRIPT, "python", text);
        client.settle(SCRIPT);
        let message = client.diagnostics[SCRIPT][0]["message"].as_str().unwrap().to_owned();
        assert_eq!(client.stop(), Some(0));
        message
    };
    let is_chinese = |text: &str| text.chars().any(|char| ('一'..='龥').contains(&char));
    let capabilities = json!({});
    assert!(!is_chinese(&message(&[], json!({"capabilities": capabilities}))));
    assert!(is_chinese(&message(&[], json!({"capabilities": capabilities, "locale": "zh-cn"}))));
    assert!(!is_chinese(&message(
        &["--lang", "en"],
        json!({"capabilities": capabilities, "locale": "zh-cn"})
    )));
    let both = message(&["--lang", "both"], json!({"capabilities": capabilities}));
    assert!(is_chinese(&both) && both.contains("raises"), "{both}");
}
