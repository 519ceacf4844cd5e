//! The tools: what each takes, what it gives, and what an agent may expect of it.

use std::sync::Arc;

use rmcp::model::{Tool, ToolAnnotations};
use serde_json::{Map, Value, json};

use crate::shell::report::Voice;
use crate::wording::{self, Wording};

/// All tools, described in the reader's languages.
pub fn all(voice: Voice<'_>) -> Vec<Tool> {
    let reads = || ToolAnnotations::new().read_only(true).open_world(false);
    // A fix is written where the call says so, and what was written before is gone then.
    let writes = || ToolAnnotations::new().read_only(false).destructive(true).open_world(false);
    let mut tools = vec![
        tool(voice, "check", reads(), paths(json!({})), check()),
        tool(voice, "classify", reads(), paths(json!({})), classify()),
        tool(voice, "fix", writes(), paths(fix_options()), fix()),
        tool(voice, "explain", reads(), closed(json!({"name": text()}), &["name"]), explain()),
        tool(voice, "lookup", reads(), lookup_input(), lookup()),
    ];
    if cfg!(feature = "kernel") {
        let runs = ToolAnnotations::new().read_only(false).destructive(true).open_world(true);
        tools.push(tool(voice, "prove", runs, prove_input(), prove()));
    }
    tools
}

fn tool(
    voice: Voice<'_>,
    name: &'static str,
    annotations: ToolAnnotations,
    input: Value,
    output: Value,
) -> Tool {
    let title = said(voice, wording::mcp::titles::ALL, name);
    let about = said(voice, wording::mcp::tools::ALL, name);
    let mut tool = Tool::new(name, about, members(described(voice, input)));
    tool.title = Some(title);
    tool.with_raw_output_schema(members(output)).with_annotations(annotations)
}

/// The text that has this name in a section, in the reader's languages.
fn said(voice: Voice<'_>, section: &[(&str, Wording)], name: &str) -> String {
    wording::named(section, name).map(|it| voice.say(it, &[]).join("\n")).unwrap_or_default()
}

/// The schema of what a tool takes, each part with what it means.
fn described(voice: Voice<'_>, mut input: Value) -> Value {
    let Some(Value::Object(properties)) = input.get_mut("properties") else { return input };
    for (name, schema) in properties {
        schema["description"] = json!(said(voice, wording::mcp::inputs::ALL, name));
    }
    input
}

fn members(schema: Value) -> Arc<Map<String, Value>> {
    Arc::new(match schema {
        Value::Object(members) => members,
        _ => Map::new(),
    })
}

/// The schema of an object of which `required` are always there.
fn object(properties: Value, required: &[&str]) -> Value {
    json!({"type": "object", "properties": properties, "required": required})
}

/// The schema of an object that takes nothing else.
fn closed(properties: Value, required: &[&str]) -> Value {
    let mut schema = object(properties, required);
    schema["additionalProperties"] = json!(false);
    schema
}

fn text() -> Value {
    json!({"type": "string"})
}

fn number() -> Value {
    json!({"type": "integer", "minimum": 0})
}

fn list(items: Value) -> Value {
    json!({"type": "array", "items": items})
}

fn or_null(mut schema: Value) -> Value {
    if let Some(kind) = schema.get("type").cloned() {
        schema["type"] = json!([kind, "null"]);
    }
    schema
}

/// What takes files, and more.
fn paths(more: Value) -> Value {
    let mut properties = json!({"paths": {"type": "array", "items": text(), "minItems": 1}});
    if let (Some(all), Value::Object(more)) = (properties.as_object_mut(), more) {
        all.extend(more);
    }
    closed(properties, &["paths"])
}

fn fix_options() -> Value {
    json!({"unsafe_fixes": {"type": "boolean"}, "write": {"type": "boolean"}})
}

fn lookup_input() -> Value {
    let limit = json!({"type": "integer", "minimum": 1, "maximum": 100});
    closed(json!({"query": text(), "limit": limit}), &["query"])
}

fn prove_input() -> Value {
    let cell = json!({"type": "integer", "minimum": 1});
    closed(json!({"path": text(), "cell": cell, "confirm": text()}), &["path"])
}

fn problem() -> Value {
    or_null(object(
        json!({
            "message": text(),
            "line": or_null(number()), "column": or_null(number()), "cell": or_null(number()),
        }),
        &["message"],
    ))
}

fn found() -> Value {
    object(
        json!({
            "rule": text(), "severity": {"enum": ["error", "warning", "hint"]},
            "cell": number(), "cell_id": or_null(text()),
            "line": number(), "column": number(), "end_line": number(), "end_column": number(),
            "message": text(), "mistake": or_null(text()), "patterns": list(text()),
            "fix": or_null(json!({"type": "object"})), "notes": list(json!({"type": "object"})),
        }),
        &["rule", "severity", "cell", "line", "column", "message"],
    )
}

fn report(file: Value) -> Value {
    object(json!({"version": {"const": 1}, "files": list(file)}), &["version", "files"])
}

fn check() -> Value {
    let file = json!({"path": text(), "error": problem(), "diagnostics": list(found())});
    report(object(file, &["path", "error", "diagnostics"]))
}

fn classify() -> Value {
    let verdict = json!({"type": "string"});
    let cell = object(json!({"cell": number(), "verdict": verdict}), &["cell", "verdict"]);
    let file = json!({"path": text(), "verdict": verdict, "cells": list(cell)});
    let mut schema = report(object(file, &["path", "verdict", "cells"]));
    schema["properties"]["skill"] = text();
    schema["properties"]["invocation_notice"] = text();
    schema
}

fn fix() -> Value {
    let edit = object(
        json!({"cell": number(), "cell_id": or_null(text()), "source": text()}),
        &["cell", "source"],
    );
    let applied = object(json!({"rule": text(), "cell": number(), "title": text()}), &["rule"]);
    let file = json!({
        "path": text(), "error": problem(), "written": {"type": "boolean"},
        "applied": list(applied.clone()), "taken_back": list(applied),
        "diff": or_null(text()), "edits": list(edit), "remaining": list(found()),
    });
    report(object(file, &["path", "error", "written", "applied", "edits", "remaining"]))
}

fn explain() -> Value {
    let page = json!({"id": text(), "kind": text(), "markdown": text()});
    object(page, &["id", "kind", "markdown"])
}

fn lookup() -> Value {
    let page = json!({"id": text(), "kind": text(), "title": text(), "opening": text()});
    object(json!({"pages": list(object(page, &["id", "kind", "title"]))}), &["pages"])
}

fn prove() -> Value {
    let properties = json!({
        "ran": {"type": "boolean"}, "confirm": text(), "question": text(),
        "report": {"type": "object"},
    });
    object(properties, &["ran"])
}
