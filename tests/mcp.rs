//! `nbasync mcp` as an agent drives it, in both revisions of the protocol that agents speak: 2026-07-28,
//! where every request says for itself who asks, and 2025-11-25, which begins with a handshake.
//!
//! Source: <https://modelcontextprotocol.io/specification/2026-07-28/changelog>.
#![cfg(feature = "mcp")]

#[path = "common/acting.rs"]
mod acting;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

const NEWEST: &str = "2026-07-28";
const BEFORE: &str = "2025-11-25";

/// A notebook with one mistake that has a safe fix.
const CELLS: &str = "import asyncio\nasync def f(): ...\nasyncio.run(f())";

/// A session with the program. `revision` decides how requests look.
struct Agent {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    revision: &'static str,
    id: u64,
}

impl Agent {
    /// Starts the program and, where the revision has one, goes through the handshake.
    fn start(folder: &Path, revision: &'static str, language: &str) -> Self {
        let mut agent = Self::silent(folder, revision, language);
        if revision == BEFORE {
            let client = json!({"name": "test", "version": "1"});
            let params =
                json!({"protocolVersion": BEFORE, "capabilities": {}, "clientInfo": client});
            let told = agent.ask("initialize", params);
            assert_eq!(told["result"]["protocolVersion"], BEFORE, "{told}");
            agent.say(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        }
        agent
    }

    fn silent(folder: &Path, revision: &'static str, language: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_nbasync"))
            .args(["mcp", "--lang", language])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, input, output, revision, id: 0 }
    }

    fn say(&mut self, message: &Value) {
        writeln!(self.input.as_mut().unwrap(), "{message}").unwrap();
    }

    /// The answer to a request.
    fn ask(&mut self, method: &str, mut params: Value) -> Value {
        self.id += 1;
        if self.revision != BEFORE {
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": self.revision,
                "io.modelcontextprotocol/clientCapabilities": {},
                "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
            });
        }
        let id = self.id;
        self.say(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        let answer: Value = serde_json::from_str(&line).expect("an answer");
        assert_eq!(answer["id"], id, "{answer}");
        answer
    }

    /// What a tool gives.
    fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let told = self.ask("tools/call", json!({"name": tool, "arguments": arguments}));
        let result = &told["result"];
        assert_ne!(result["isError"], true, "{told}");
        // Agents that do not read structured content find the same as text.
        let text = result["content"][0]["text"].as_str().expect("text");
        assert_eq!(serde_json::from_str::<Value>(text).unwrap(), result["structuredContent"]);
        result["structuredContent"].clone()
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let cell = json!({"cell_type": "code", "id": "abc", "metadata": {}, "outputs": [],
                      "execution_count": null, "source": CELLS});
    let book = json!({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5});
    fs::write(folder.path().join("a.ipynb"), book.to_string()).unwrap();
    folder
}

/// Holds a value to a schema, as far as the tools' schemas go.
fn hold(schema: &Value, value: &Value, at: &str) {
    let kinds = match &schema["type"] {
        Value::String(kind) => vec![kind.as_str()],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let is = |kind: &&str| match *kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "null" => value.is_null(),
        other => panic!("{at}: {other}"),
    };
    assert!(kinds.is_empty() || kinds.iter().any(is), "{at}: {value} is none of {kinds:?}");
    if let Some(choices) = schema["enum"].as_array() {
        assert!(choices.contains(value), "{at}: {value}");
    }
    if schema.get("const").is_some() {
        assert_eq!(&schema["const"], value, "{at}");
    }
    if let Some(members) = value.as_object() {
        for name in schema["required"].as_array().into_iter().flatten() {
            assert!(members.contains_key(name.as_str().unwrap()), "{at}: {name} is missing");
        }
        for (name, part) in schema["properties"].as_object().into_iter().flatten() {
            if let Some(value) = members.get(name) {
                hold(part, value, &format!("{at}.{name}"));
            }
        }
    }
    for (number, item) in value.as_array().into_iter().flatten().enumerate() {
        hold(&schema["items"], item, &format!("{at}[{number}]"));
    }
}

#[test]
fn both_revisions_answer_alike_and_as_their_schemas_say() {
    let calls = [
        ("check", json!({"paths": ["a.ipynb"]})),
        ("classify", json!({"paths": ["a.ipynb"]})),
        ("fix", json!({"paths": ["a.ipynb"]})),
        ("explain", json!({"name": "asyncio-run-in-cell"})),
        ("lookup", json!({"query": "blocking requests", "limit": 3})),
        ("check", json!({"paths": ["no-such-file.ipynb"]})),
    ];
    let answers = [NEWEST, BEFORE].map(|revision| {
        let folder = folder();
        let mut agent = Agent::start(folder.path(), revision, "en");
        let tools = agent.ask("tools/list", json!({}))["result"]["tools"].clone();
        let given: Vec<Value> = calls
            .iter()
            .map(|(name, arguments)| {
                let given = agent.call(name, arguments.clone());
                let tool = tools.as_array().unwrap().iter().find(|it| it["name"] == *name);
                hold(&tool.unwrap()["outputSchema"], &given, name);
                given
            })
            .collect();
        (tools, given)
    });
    assert_eq!(answers[0], answers[1]);
    let (_, given) = &answers[0];
    assert_eq!(given[0]["files"][0]["diagnostics"][0]["rule"], "asyncio-run-in-cell");
    assert_eq!(given[2]["files"][0]["edits"][0]["cell_id"], "abc");
    assert_eq!(given[4]["pages"].as_array().unwrap().len(), 3);
    assert!(given[5]["files"][0]["error"]["message"].is_string(), "{}", given[5]);
}

#[test]
fn the_newest_revision_is_asked_without_a_handshake_and_says_what_may_be_kept() {
    let folder = folder();
    let mut agent = Agent::start(folder.path(), NEWEST, "en");
    let found = agent.ask("server/discover", json!({}))["result"].clone();
    let versions = found["supportedVersions"].as_array().unwrap();
    for revision in [NEWEST, BEFORE] {
        assert!(versions.contains(&json!(revision)), "{found}");
    }
    assert!(found["capabilities"]["tools"].is_object(), "{found}");
    let uri = "skill://python-notebooks-async/SKILL.md";
    let lists = [
        ("tools/list", json!({})),
        ("resources/list", json!({})),
        ("skills/list", json!({})),
        ("resources/read", json!({"uri": uri})),
    ];
    for (method, params) in lists {
        let told = agent.ask(method, params)["result"].clone();
        assert_eq!(told["resultType"], "complete", "{method}");
        assert!(told["ttlMs"].as_u64().is_some_and(|it| it > 0), "{method}: {told}");
        assert_eq!(told["cacheScope"], "public", "{method}");
    }
}

#[test]
fn a_revision_that_nobody_knows_is_refused_with_those_that_there_are() {
    let folder = folder();
    let mut agent = Agent::silent(folder.path(), "2099-01-01", "en");
    for method in ["tools/list", "server/discover"] {
        let told = agent.ask(method, json!({}));
        let supported = told["error"]["data"]["supported"].as_array().expect("what there is");
        assert!(supported.contains(&json!(NEWEST)) && supported.contains(&json!(BEFORE)), "{told}");
    }
    agent.revision = NEWEST;
    assert!(agent.ask("tools/list", json!({}))["result"]["tools"].is_array(), "it goes on");
}

#[test]
fn a_handshake_that_asks_for_another_revision_is_answered_with_one_that_has_handshakes() {
    for asked in [NEWEST, "2099-01-01", "nonsense"] {
        let folder = folder();
        let mut agent = Agent::silent(folder.path(), BEFORE, "en");
        let client = json!({"name": "test", "version": "1"});
        let params = json!({"protocolVersion": asked, "capabilities": {}, "clientInfo": client});
        let told = agent.ask("initialize", params);
        assert_eq!(told["result"]["protocolVersion"], BEFORE, "{asked}: {told}");
        assert_eq!(told["result"]["serverInfo"]["name"], "nbasync");
    }
}

#[test]
fn tools_say_in_both_languages_what_they_take() {
    let folder = folder();
    let [english, chinese] = ["en", "zh"].map(|language| {
        let mut agent = Agent::start(folder.path(), NEWEST, language);
        agent.ask("tools/list", json!({}))["result"]["tools"].clone()
    });
    let pairs = english.as_array().unwrap().iter().zip(chinese.as_array().unwrap());
    for (en, zh) in pairs {
        let name = en["name"].as_str().unwrap();
        assert_eq!(en["name"], zh["name"]);
        for tool in [en, zh] {
            assert_eq!(tool["inputSchema"]["additionalProperties"], false, "{name}");
            assert!(tool["outputSchema"]["properties"].is_object(), "{name}");
            assert!(tool["annotations"]["readOnlyHint"].is_boolean(), "{name}");
            let texts = tool["inputSchema"]["properties"].as_object().unwrap().values();
            let texts = texts.map(|it| &it["description"]).chain([&tool["title"]]);
            for text in texts.chain([&tool["description"]]) {
                let text = text.as_str().expect("a text");
                assert!(!text.starts_with("mcp."), "{name}: {text} has no words");
            }
        }
        assert_ne!(en["title"], zh["title"], "{name}");
        assert_ne!(en["description"], zh["description"], "{name}");
    }
}

#[test]
fn skills_are_resources_with_the_very_text_of_their_files_in_both_revisions() {
    for revision in [NEWEST, BEFORE] {
        let folder = folder();
        let mut agent = Agent::start(folder.path(), revision, "en");
        let skills = agent.ask("skills/list", json!({}))["result"]["skills"].clone();
        assert_eq!(skills.as_array().unwrap().len(), 4, "{revision}");
        let listed = agent.ask("resources/list", json!({}))["result"]["resources"].clone();
        for resource in listed.as_array().unwrap() {
            let read = agent.ask("resources/read", json!({"uri": resource["uri"]}));
            let text = read["result"]["contents"][0]["text"].as_str().expect("a text");
            let path = resource["uri"].as_str().unwrap().replace("skill://", "skills/");
            assert_eq!(text, fs::read_to_string(path).unwrap(), "{resource}");
        }
        let unknown = agent.ask("resources/read", json!({"uri": "skill://../Cargo.toml"}));
        assert!(unknown["error"].is_object(), "{unknown}");
    }
}

#[test]
fn what_makes_no_sense_is_an_error_and_the_server_goes_on() {
    for revision in [NEWEST, BEFORE] {
        let folder = folder();
        let mut agent = Agent::start(folder.path(), revision, "en");
        let unknown = agent.ask("tools/call", json!({"name": "nonsense", "arguments": {}}));
        assert!(unknown["error"].is_object(), "{unknown}");
        assert!(agent.ask("no/such/method", json!({}))["error"].is_object());
        assert_eq!(agent.call("check", json!({"paths": ["a.ipynb"]}))["version"], 1);
    }
}

/// An agent reads what a tool answers and calls it again; an error of the protocol is its client's.
#[test]
fn arguments_that_do_not_fit_are_told_in_words_as_the_answer_of_the_tool() {
    let bad = [
        ("check", json!({"paths": 3}), "paths", "list of texts", "文本列表"),
        ("fix", json!({"paths": []}), "paths", "at least one", "至少有一项"),
        ("classify", json!({"paths": [null]}), "paths", "list of texts", "文本列表"),
        (
            "check",
            json!({"paths": ["a.ipynb"], "extra": 1}),
            "extra",
            "takes: paths",
            "接受：paths",
        ),
        ("fix", json!({"paths": ["a.ipynb"], "write": "yes"}), "write", "true or false", "true 或"),
        ("lookup", json!({}), "query", "missing", "缺少参数"),
        ("lookup", json!({"query": null}), "query", "missing", "缺少参数"),
        ("lookup", json!({"query": "x", "limit": 0}), "limit", "from 1 to 100", "1 到 100"),
        ("lookup", json!({"query": "x", "limit": 2.5}), "limit", "from 1 to 100", "1 到 100"),
        ("explain", json!({"name": ["x"]}), "name", "has to be a text", "必须是文本"),
        ("explain", json!({"name": "asyncio-runs"}), "asyncio-run-in-cell", "Perhaps", "也许"),
        ("explain", json!({"name": "zzqqzz"}), "lookup", "no page “zzqqzz”", "没有名为“zzqqzz”"),
    ];
    for (language, revision) in [("en", NEWEST), ("zh", BEFORE)] {
        let folder = folder();
        let mut agent = Agent::start(folder.path(), revision, language);
        for (tool, arguments, name, en, zh) in &bad {
            let told = agent.ask("tools/call", json!({"name": tool, "arguments": arguments}));
            assert_eq!(told["result"]["isError"], true, "{tool}: {told}");
            let text = told["result"]["content"][0]["text"].as_str().expect("words");
            let said = if language == "en" { en } else { zh };
            assert!(text.contains(name) && text.contains(said), "{tool} {arguments}: {text}");
        }
        // Null leaves out what may be left out.
        agent.call("fix", json!({"paths": ["a.ipynb"], "write": null, "unsafe_fixes": null}));
        agent.call("lookup", json!({"query": "gather", "limit": null}));
        let unknown = agent.ask("resources/read", json!({"uri": "skill://nope"}));
        let said = unknown["error"]["message"].as_str().expect("words");
        assert!(said.contains("skill://nope") && said.len() > "skill://nope".len(), "{unknown}");
    }
}

/// With a kernel at hand or without: what cannot be run is no question that anybody could agree to.
#[cfg(feature = "kernel")]
#[test]
fn prove_asks_only_about_what_it_could_run_and_names_no_way_around_the_question() {
    for (language, revision) in [("en", BEFORE), ("zh", NEWEST)] {
        let folder = folder();
        let mut agent = Agent::start(folder.path(), revision, language);
        let mut ask = |arguments: Value| {
            let told = agent.ask("tools/call", json!({"name": "prove", "arguments": arguments}));
            told["result"].clone()
        };
        for arguments in [
            json!({"path": "a.ipynb", "cell": 99}),
            json!({"path": "no.ipynb"}),
            json!({"path": "."}),
        ] {
            let told = ask(arguments.clone());
            assert_eq!(told["isError"], true, "{arguments}: {told}");
        }
        let told = ask(json!({"path": "a.ipynb"}));
        assert!(!told.to_string().contains("--yes"), "{told}");
    }
}

#[test]
fn nothing_is_written_unless_the_call_says_so() {
    for revision in [NEWEST, BEFORE] {
        let folder = folder();
        let file = folder.path().join("a.ipynb");
        let before = fs::read_to_string(&file).unwrap();
        let mut agent = Agent::start(folder.path(), revision, "en");
        agent.call("fix", json!({"paths": ["a.ipynb"]}));
        agent.call("fix", json!({"paths": ["a.ipynb"], "write": false}));
        assert_eq!(fs::read_to_string(&file).unwrap(), before);
        agent.call("fix", json!({"paths": ["a.ipynb"], "write": true}));
        assert!(fs::read_to_string(&file).unwrap().contains("await f()"));
    }
}

/// What an agent takes as it is: what it would write, and where.
const EXACT: [&str; 4] = ["path", "source", "cell_id", "text"];

#[test]
fn no_control_of_a_notebook_is_in_what_an_agent_reads() {
    let folder = tempfile::tempdir().unwrap();
    let all = acting::everything();
    fs::write(folder.path().join("a.ipynb"), acting::book()).unwrap();
    fs::write(folder.path().join("b.ipynb"), format!("{{\"cells\": [{all}")).unwrap();
    let gone = format!("gone{}.ipynb", all.replace('/', ""));
    let paths = json!({"paths": ["a.ipynb", "b.ipynb", gone]});
    let mut agent = Agent::start(folder.path(), NEWEST, "both");
    let calls = [
        ("check", paths.clone()),
        ("classify", paths.clone()),
        ("fix", paths),
        ("explain", json!({"name": all})),
        ("lookup", json!({"query": all})),
        ("lookup", json!({"query": 3, "x": all})),
        (all.as_str(), json!({})),
    ];
    let mut told = Vec::new();
    for (tool, arguments) in calls {
        told.push(agent.ask("tools/call", json!({"name": tool, "arguments": arguments})));
    }
    for answer in &mut told {
        // The same once more as text.
        let Some(content) = answer.pointer_mut("/result/content/0/text") else { continue };
        let content = content.take();
        let text = content.as_str().unwrap_or_default();
        if serde_json::from_str::<Value>(text).is_err() {
            assert!(acting::raw_in(text).is_empty(), "{text:?}");
        }
    }
    let mut texts = Vec::new();
    told.iter().for_each(|it| acting::shown(it, &EXACT, "", &mut texts));
    let is_raw = |text: &&(String, &str)| !acting::raw_in(text.1).is_empty();
    let leaks: Vec<&String> = texts.iter().filter(is_raw).map(|(at, _)| at).collect();
    assert!(leaks.is_empty(), "{leaks:?}");
}
