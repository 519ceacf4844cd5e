//! An editor: speaks the protocol over pipes, and keeps the cells and what is said of them.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

pub struct Client {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    last: i64,
    /// What was said last of each URI.
    pub diagnostics: BTreeMap<String, Vec<Value>>,
    /// How often something was said of a URI.
    pub published: usize,
    /// Notifications of other kinds.
    pub others: Vec<Value>,
}

impl Client {
    /// Starts the program and the session, with everything that an editor can do.
    pub fn start() -> Self {
        let mut client = Self::spawn(&[]);
        let capabilities = json!({
            "workspace": {
                "workspaceEdit": {"documentChanges": true, "resourceOperations": ["create"]},
            },
            "textDocument": {"hover": {"contentFormat": ["markdown", "plaintext"]}},
        });
        client
            .initialize(json!({"processId": null, "rootUri": null, "capabilities": capabilities}));
        client
    }

    /// The same, and it shows bars of progress.
    pub fn with_bars() -> Self {
        let mut client = Self::spawn(&[]);
        let capabilities = json!({"window": {"workDoneProgress": true}});
        client
            .initialize(json!({"processId": null, "rootUri": null, "capabilities": capabilities}));
        client
    }

    /// Reads until a message for which `is_it` holds.
    pub fn until(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.read().expect("a message");
            if is_it(&message) {
                return message;
            }
        }
    }

    pub fn spawn(args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_nbasync"))
            .arg("server")
            .args(args)
            .env("LC_ALL", "C.UTF-8")
            .env_remove("NBASYNC_LANG")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let output = BufReader::new(output);
        let (diagnostics, others) = (BTreeMap::new(), Vec::new());
        Self { child, input, output, last: 0, diagnostics, published: 0, others }
    }

    pub fn initialize(&mut self, params: Value) -> Value {
        let answer = self.request("initialize", params);
        self.notify("initialized", json!({}));
        answer["result"].clone()
    }

    pub fn raw(&mut self, bytes: &[u8]) {
        self.input.write_all(bytes).unwrap();
        self.input.flush().unwrap();
    }

    pub fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Sends a request and gives its number.
    pub fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.last += 1;
        let id = self.last;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    /// Sends a request and waits for its answer.
    pub fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        self.answer(&json!(id))
    }

    /// Reads until the answer to `id`.
    pub fn answer(&mut self, id: &Value) -> Value {
        loop {
            let message = self.read().expect("an answer");
            if message.get("method").is_none() && message["id"] == *id {
                return message;
            }
        }
    }

    /// Reads one message and takes in what it says.
    pub fn read(&mut self) -> Option<Value> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            if line == "\r\n" {
                break;
            }
            length = line.trim().strip_prefix("Content-Length: ").unwrap().parse().unwrap();
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).unwrap();
        let message: Value = serde_json::from_slice(&body).unwrap();
        if message["method"] == "textDocument/publishDiagnostics" {
            let uri = message["params"]["uri"].as_str().unwrap().to_owned();
            let list = message["params"]["diagnostics"].as_array().unwrap().clone();
            self.diagnostics.insert(uri, list);
            self.published += 1;
        } else if message.get("method").is_some() {
            self.others.push(message.clone());
        }
        Some(message)
    }

    /// Waits until the program has reviewed what is open under the URI.
    pub fn settle(&mut self, uri: &str) -> Value {
        let at = json!({"line": 0, "character": 0});
        self.request("textDocument/hover", json!({"textDocument": {"uri": uri}, "position": at}))
    }

    pub fn hover(&mut self, uri: &str, line: u32, character: u32) -> Value {
        let at = json!({"line": line, "character": character});
        let params = json!({"textDocument": {"uri": uri}, "position": at});
        self.request("textDocument/hover", params)["result"].clone()
    }

    /// What is offered on a line; `only` may be null.
    pub fn actions(&mut self, uri: &str, line: u32, only: Value) -> Vec<Value> {
        let mut context = json!({"diagnostics": []});
        if !only.is_null() {
            context["only"] = only;
        }
        let range = json!({
            "start": {"line": line, "character": 0},
            "end": {"line": line, "character": 1000},
        });
        let params = json!({"textDocument": {"uri": uri}, "range": range, "context": context});
        let answer = self.request("textDocument/codeAction", params);
        answer["result"].as_array().unwrap_or_else(|| panic!("{answer}")).clone()
    }

    /// The rules that are reported under a URI.
    pub fn rules(&self, uri: &str) -> Vec<String> {
        let list = self.diagnostics.get(uri).unwrap_or_else(|| panic!("nothing said of {uri}"));
        list.iter().map(|it| it["code"].as_str().unwrap().to_owned()).collect()
    }

    /// Opens a notebook of code cells `BOOK#0`, `BOOK#1` ...
    pub fn open_cells(&mut self, book: &str, cells: &[&str]) -> Vec<String> {
        let uris: Vec<String> = (0..cells.len()).map(|at| format!("{book}#{at}")).collect();
        let told: Vec<Value> = uris.iter().map(|uri| json!({"kind": 2, "document": uri})).collect();
        let texts: Vec<Value> = uris.iter().zip(cells).map(|(uri, text)| item(uri, text)).collect();
        let notebook =
            json!({"uri": book, "notebookType": "jupyter-notebook", "version": 1, "cells": told});
        let params = json!({"notebookDocument": notebook, "cellTextDocuments": texts});
        self.notify("notebookDocument/didOpen", params);
        uris
    }

    pub fn change_cells(&mut self, book: &str, cells: Value) {
        let params = json!({
            "notebookDocument": {"uri": book, "version": 2},
            "change": {"cells": cells},
        });
        self.notify("notebookDocument/didChange", params);
    }

    pub fn open_text(&mut self, uri: &str, language: &str, text: &str) {
        let item = json!({"uri": uri, "languageId": language, "version": 0, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": item}));
    }

    /// Says good-bye and gives the exit code.
    pub fn stop(mut self) -> Option<i32> {
        let answer = self.request("shutdown", Value::Null);
        assert!(answer["result"].is_null() && answer.get("error").is_none(), "{answer}");
        self.notify("exit", Value::Null);
        self.child.wait().unwrap().code()
    }

    /// Goes away without a word and gives the exit code.
    pub fn die(self) -> Option<i32> {
        let Self { mut child, input, output, .. } = self;
        drop((input, output));
        child.wait().unwrap().code()
    }
}

pub fn item(uri: &str, text: &str) -> Value {
    json!({"uri": uri, "languageId": "python", "version": 1, "text": text})
}

/// Makes the edits of an action on texts by URI. A file that is made begins empty.
pub fn apply(action: &Value, texts: &mut BTreeMap<String, String>) {
    for change in action["edit"]["documentChanges"].as_array().unwrap() {
        if change["kind"] == "create" {
            texts.insert(change["uri"].as_str().unwrap().to_owned(), String::new());
            continue;
        }
        assert!(change["textDocument"]["version"].is_null());
        let text = texts.get_mut(change["textDocument"]["uri"].as_str().unwrap()).unwrap();
        let mut edits: Vec<&Value> = change["edits"].as_array().unwrap().iter().collect();
        let at = |edit: &Value, end: &str, text: &str| {
            let of = |name: &str| edit["range"][end][name].as_u64().unwrap() as usize;
            offset(text, of("line"), of("character"))
        };
        edits.sort_by_key(|edit| std::cmp::Reverse(at(edit, "start", text)));
        for edit in edits {
            let range = at(edit, "start", text)..at(edit, "end", text);
            text.replace_range(range, edit["newText"].as_str().unwrap());
        }
    }
}

/// The byte at a line and a UTF-16 column, counted the slow way.
pub fn offset(text: &str, line: usize, character: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let mut units = 0;
    for (at, char) in text[start..].char_indices() {
        if units >= character {
            return start + at;
        }
        units += char.len_utf16();
    }
    text.len()
}
