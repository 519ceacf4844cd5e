//! What a saved output says of code that is as it should be.

use super::*;

/// A notebook with one cell that awaits, under which an error was saved.
fn opened(name: &str, message: &str, traceback: &[&str]) -> String {
    let cell = serde_json::json!({"cell_type": "code", "id": "a", "metadata": {},
        "execution_count": 1, "source": "import asyncio\nawait asyncio.sleep(0)",
        "outputs": [{"output_type": "error", "ename": name, "evalue": message,
            "traceback": traceback}]});
    let whole =
        serde_json::json!({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5});
    let bytes = serde_json::to_vec(&whole).expect("JSON");
    let mut tutor = tutor();
    let opened = Opened { path: "work/a.ipynb".into(), bytes, ..Opened::default() };
    tutor.update(Msg::Opened(Ok(opened)));
    format!("{:?}", walkthrough(&tutor.view()))
}

#[test]
fn a_cell_that_was_repaired_wants_to_be_run_and_nothing_else() {
    let error = "asyncio.run() cannot be called from a running event loop";
    let shown = opened("RuntimeError", error, &[]);
    assert!(shown.contains("run the cell again"), "{shown}");
    assert!(!shown.contains("yours to write"), "{shown}");
}

#[test]
fn a_loop_that_starts_no_programs_leaves_something_to_write() {
    let shown =
        opened("NotImplementedError", "", &["in BaseEventLoop._make_subprocess_transport(self)"]);
    assert!(shown.contains("starts no programs"), "{shown}");
    assert!(shown.contains("yours to write"), "{shown}");
}
