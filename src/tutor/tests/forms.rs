//! What is said of notebooks that are no file of Jupyter's.

use super::*;

const MARIMO: &str = "import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n    \
                      import asyncio\n\n    async def work():\n        return 1\n    \
                      return asyncio, work\n\n\n@app.cell\ndef _(asyncio, work):\n    \
                      asyncio.run(work())\n    return\n";

const DATABRICKS: &str = "# Databricks notebook source\nimport asyncio\n\nasync def work(n):\n    \
                          return n\n\n# COMMAND ----------\n\n\
                          asyncio.run(work(dbutils.widgets.get(\"n\")))\n";

const PERCENT: &str =
    "# %%\nimport asyncio\n\nasync def work():\n    return 1\n\n# %%\nasyncio.run(work())\n";

fn read(text: &str) -> Tutor<'static> {
    let mut tutor = tutor();
    let path = "work/a.py".into();
    let bytes = text.as_bytes().to_vec();
    tutor.update(Msg::Opened(Ok(Opened { path, bytes, ..Opened::default() })));
    tutor
}

/// What a reader reads: the window's page, or the step's.
fn page(tutor: &Tutor) -> String {
    let view = tutor.view();
    match (view.popup, view.body) {
        (Some(Popup::Reader { page, .. } | Popup::Confirm { page, .. }), _) => lines(&page.rows),
        (_, Body::Walkthrough(walk)) => lines(&walk.guide.rows),
        (popup, _) => panic!("no page: {popup:?}"),
    }
}

#[test]
fn a_run_is_offered_where_a_kernel_can_make_it() {
    for (text, who) in [(MARIMO, "marimo run FILE"), (DATABRICKS, "dbutils")] {
        let mut tutor = read(text);
        press(&mut tutor, "5");
        let shown = page(&tutor);
        assert!(shown.contains(who) && !shown.contains("in a real kernel"), "{shown}");
    }
    let mut tutor = read(PERCENT);
    press(&mut tutor, "5");
    assert!(page(&tutor).contains("in a real kernel"));
}

#[test]
fn what_is_written_around_a_cell_is_said_before_it_is_written() {
    for (text, follows) in [(MARIMO, true), (PERCENT, false)] {
        let mut tutor = read(text);
        press(&mut tutor, "6");
        assert_eq!(page(&tutor).contains("What marimo writes around a cell"), follows);
        press(&mut tutor, "w");
        assert_eq!(page(&tutor).contains("What marimo writes around a cell"), follows);
    }
}

#[test]
fn jupyter_is_named_where_jupyter_has_the_file() {
    let mut tutor = read(MARIMO);
    let effects = press(&mut tutor, "w y");
    let [.., Effect::Save { path, bytes, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    let text = String::from_utf8_lossy(bytes).into_owned();
    assert!(text.contains("async def _(work):\n    await work()"), "{text}");
    let saved = Saved { path: path.clone(), remarks: Vec::new() };
    tutor.update(Msg::Saved(Ok(saved)));
    let said = status(&tutor);
    assert!(said.contains("reload it where it is open") && !said.contains("Jupyter"), "{said}");
}
