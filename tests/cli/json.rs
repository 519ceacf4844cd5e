//! The JSON that is documented, and what it promises.

use serde_json::{Value, json};

use crate::support::{BAD, keys, run, samples};

#[test]
fn check_writes_the_json_that_is_documented() {
    let folder = samples();
    let report = run(folder.path(), &["check", "--format", "json", "bad.ipynb"]).json();
    assert_eq!(keys(&report), ["version", "files", "shared"]);
    assert_eq!(report["version"], 1);
    let file = &report["files"][0];
    assert_eq!(keys(file), ["path", "error", "kernel", "diagnostics"]);
    assert_eq!((&file["path"], &file["error"]), (&json!("bad.ipynb"), &Value::Null));
    assert_eq!(file["kernel"].to_string(), r#"{"language":"python","version":"3.12.1"}"#);
    let found = &file["diagnostics"][0];
    assert_eq!(
        keys(found),
        [
            "rule",
            "severity",
            "cell",
            "cell_id",
            "line",
            "column",
            "end_line",
            "end_column",
            "message",
            "mistake",
            "patterns",
            "fix",
            "notes"
        ]
    );
    assert_eq!(
        (&found["rule"], &found["severity"], &found["mistake"]),
        (&json!("asyncio-run-in-cell"), &json!("error"), &json!("asyncio-run-in-cell"))
    );
    assert_eq!((&found["cell"], &found["cell_id"]), (&json!(1), &json!("c1")));
    assert_eq!((&found["line"], &found["column"]), (&json!(2), &json!(5)));
    let fix = &found["fix"];
    assert_eq!(keys(fix), ["title", "applicability", "edits"]);
    assert_eq!(keys(&fix["edits"][0]), ["cell", "start", "end", "text"]);
}

#[test]
fn the_edits_of_a_fix_are_bytes_of_the_cell() {
    let folder = samples();
    let report = run(folder.path(), &["check", "--format", "json", "bad.ipynb"]).json();
    let fix = &report["files"][0]["diagnostics"][0]["fix"];
    let mut source = BAD.to_owned();
    let mut edits: Vec<&Value> = fix["edits"].as_array().unwrap().iter().collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit["start"].as_u64()));
    for edit in edits {
        let at = |key: &str| usize::try_from(edit[key].as_u64().unwrap()).unwrap();
        source.replace_range(at("start")..at("end"), edit["text"].as_str().unwrap());
    }
    assert_eq!(source, "# é\nx = await main()");
}

#[test]
fn classify_writes_the_json_that_is_documented() {
    let folder = samples();
    let report = run(folder.path(), &["classify", "--format", "json", "bad.ipynb"]).json();
    assert_eq!(keys(&report), ["version", "skill", "invocation_notice", "files"]);
    assert_eq!(report["skill"], "python-notebooks-async");
    assert_eq!(report["invocation_notice"], "python-design-modularity");
    let file = &report["files"][0];
    assert_eq!(keys(file), ["path", "verdict", "cells"]);
    assert_eq!(file["verdict"], "applies");
    assert_eq!(file["cells"].as_array().unwrap().len(), 2);
    let cell = &file["cells"][1];
    assert_eq!(keys(cell), ["cell", "verdict", "situations", "handoff"]);
    let situation = &cell["situations"][0];
    assert_eq!(keys(situation), ["id", "evidence"]);
    assert_eq!(situation["id"], "asyncio-run-error");
    let evidence = &situation["evidence"][0];
    assert_eq!(keys(evidence), ["cell", "line", "column", "end_line", "end_column", "text", "why"]);
}
