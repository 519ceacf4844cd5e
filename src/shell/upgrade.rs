//! Notebooks of nbformat 2 and 3 as nbformat 4.5, as nbformat itself upgrades and writes them.
//!
//! Source: `upgrade` and `upgrade_output` of `nbformat.v4.convert`, and `nbformat.write`, which sorts
//! keys and indents by one blank.

use serde::Serialize;
use serde_json::{Map, Value, json};

/// The text of an upgraded notebook; `None` when the text is no notebook of nbformat 2 or 3.
pub fn upgrade(text: &str) -> Option<String> {
    let Value::Object(mut notebook) =
        serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?
    else {
        return None;
    };
    notebook.get("nbformat")?.as_u64().filter(|major| matches!(major, 2 | 3))?;
    let sheets = notebook.remove("worksheets").unwrap_or_default();
    let sheets = sheets.as_array().into_iter().flatten();
    let cells = sheets.filter_map(|sheet| sheet.get("cells")?.as_array()).flatten();
    let cells: Vec<Value> =
        cells.enumerate().filter_map(|(at, it)| Some(cell(it.as_object()?.clone(), at))).collect();
    let mut metadata = taken_object(&mut notebook, "metadata");
    metadata.remove("name");
    metadata.remove("signature");
    notebook.insert("metadata".to_owned(), Value::Object(metadata));
    notebook.insert("cells".to_owned(), Value::Array(cells));
    notebook.insert("nbformat".to_owned(), json!(4));
    notebook.insert("nbformat_minor".to_owned(), json!(5));
    let mut notebook = Value::Object(notebook);
    notebook.sort_all_objects();
    written(&notebook)
}

fn cell(mut cell: Map<String, Value>, at: usize) -> Value {
    let mut metadata = taken_object(&mut cell, "metadata");
    match cell.get("cell_type").and_then(Value::as_str) {
        Some("code") => {
            cell.remove("language");
            if let Some(collapsed) = cell.remove("collapsed") {
                metadata.insert("collapsed".to_owned(), collapsed);
            }
            let source = cell.remove("input").unwrap_or_else(|| json!(""));
            cell.insert("source".to_owned(), source);
            let count = cell.remove("prompt_number").unwrap_or(Value::Null);
            cell.insert("execution_count".to_owned(), count);
            let outputs = cell.remove("outputs").unwrap_or_default();
            let outputs = outputs.as_array().into_iter().flatten();
            let outputs = outputs.filter_map(|it| Some(output(it.as_object()?.clone()))).collect();
            cell.insert("outputs".to_owned(), Value::Array(outputs));
        }
        Some("heading") => {
            let level = cell.remove("level").and_then(|level| level.as_u64()).unwrap_or(1);
            let hashes = "#".repeat(usize::try_from(level).unwrap_or(1).clamp(1, 6));
            let line = text_of(cell.get("source")).lines().collect::<Vec<_>>().join(" ");
            cell.insert("cell_type".to_owned(), json!("markdown"));
            cell.insert("source".to_owned(), json!(format!("{hashes} {line}")));
        }
        Some("html") => {
            cell.insert("cell_type".to_owned(), json!("markdown"));
        }
        _ => {}
    }
    let source = lines_of(&text_of(cell.get("source")));
    cell.insert("source".to_owned(), source);
    cell.insert("metadata".to_owned(), Value::Object(metadata));
    cell.insert("id".to_owned(), json!(format!("cell-{}", at + 1)));
    Value::Object(cell)
}

fn output(mut output: Map<String, Value>) -> Value {
    let kind = output.get("output_type").and_then(Value::as_str).unwrap_or_default().to_owned();
    match kind.as_str() {
        "pyout" | "display_data" => {
            let metadata = taken_object(&mut output, "metadata");
            let count = output.remove("prompt_number").unwrap_or(Value::Null);
            output.remove("output_type");
            let data: Map<String, Value> = output.into_iter().map(mime).collect();
            let mut new = Map::new();
            if kind == "pyout" {
                new.insert("execution_count".to_owned(), count);
            }
            let kind = if kind == "pyout" { "execute_result" } else { "display_data" };
            new.insert("output_type".to_owned(), json!(kind));
            new.insert("metadata".to_owned(), Value::Object(metadata));
            new.insert("data".to_owned(), Value::Object(data));
            Value::Object(new)
        }
        "pyerr" => {
            output.insert("output_type".to_owned(), json!("error"));
            Value::Object(output)
        }
        "stream" => {
            let name = output.remove("stream").unwrap_or_else(|| json!("stdout"));
            output.insert("name".to_owned(), name);
            let text = lines_of(&text_of(output.get("text")));
            output.insert("text".to_owned(), text);
            Value::Object(output)
        }
        _ => Value::Object(output),
    }
}

/// A kind of data by its name in nbformat 4; JSON becomes what it says, text becomes lines.
fn mime((key, value): (String, Value)) -> (String, Value) {
    let name = match key.as_str() {
        "text" => "text/plain",
        "html" => "text/html",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpeg" => "image/jpeg",
        "latex" => "text/latex",
        "json" => "application/json",
        "javascript" => "application/javascript",
        other => other,
    };
    let text = text_of(Some(&value));
    let value = match name {
        "application/json" => serde_json::from_str(&text).unwrap_or(value),
        "image/png" | "image/jpeg" => json!(text),
        _ if value.is_string() || value.is_array() => lines_of(&text),
        _ => value,
    };
    (name.to_owned(), value)
}

/// A text that stands as such or as a list of its lines.
fn text_of(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(lines)) => lines.iter().filter_map(Value::as_str).collect(),
        _ => String::new(),
    }
}

fn lines_of(text: &str) -> Value {
    Value::Array(text.split_inclusive('\n').map(|line| json!(line)).collect())
}

fn taken_object(from: &mut Map<String, Value>, key: &str) -> Map<String, Value> {
    match from.remove(key) {
        Some(Value::Object(object)) => object,
        _ => Map::new(),
    }
}

fn written(notebook: &Value) -> Option<String> {
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b" ");
    notebook.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, formatter)).ok()?;
    bytes.push(b'\n');
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn old() -> String {
        let code = json!({"cell_type": "code", "collapsed": true, "input": ["x = 1\n", "x"],
            "language": "python", "metadata": {"a": 1}, "prompt_number": 3, "outputs": [
            {"output_type": "pyout", "prompt_number": 3, "text": ["1"], "png": "AA==", "json": "{\"a\": 2}"},
            {"output_type": "stream", "stream": "stderr", "text": "b\nc"},
            {"output_type": "pyerr", "ename": "E", "evalue": "v", "traceback": ["t"]}]});
        let heading = json!({"cell_type": "heading", "level": 2, "source": ["Ti\n", "tle"]});
        let prose = json!({"cell_type": "markdown", "source": "p"});
        json!({"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": "old", "k": 1},
            "worksheets": [{"cells": [heading, code]}, {"cells": [prose]}]})
        .to_string()
    }

    #[test]
    fn cells_and_outputs_are_those_of_nbformat_4() {
        let new: Value = serde_json::from_str(&upgrade(&old()).unwrap()).unwrap();
        assert_eq!(new["metadata"], json!({"k": 1}));
        let cells = &new["cells"];
        assert_eq!(
            cells[0],
            json!({"cell_type": "markdown", "id": "cell-1", "metadata": {},
            "source": ["## Ti tle"]})
        );
        assert_eq!(
            cells[1],
            json!({"cell_type": "code", "execution_count": 3, "id": "cell-2",
            "metadata": {"a": 1, "collapsed": true}, "source": ["x = 1\n", "x"], "outputs": [
            {"output_type": "execute_result", "execution_count": 3, "metadata": {}, "data":
                {"text/plain": ["1"], "image/png": "AA==", "application/json": {"a": 2}}},
            {"output_type": "stream", "name": "stderr", "text": ["b\n", "c"]},
            {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]}]})
        );
        assert_eq!(cells[2]["source"], json!(["p"]));
    }

    #[test]
    fn it_reads_as_a_notebook_of_nbformat_4_with_the_same_sources() {
        let new = upgrade(&old()).unwrap();
        let before = crate::notebook::parse("a.ipynb", old()).unwrap();
        let after = crate::notebook::parse("a.ipynb", new.clone()).unwrap();
        assert!(after.read_only().is_none());
        assert_eq!(after.cells[1].source, before.cells[1].source);
        assert_eq!(after.cells.len(), before.cells.len());
        assert_eq!(upgrade(&new), None);
        assert_eq!(upgrade("[]"), None);
    }
}
