//! What `extract` moves, what it leaves, and when it writes nothing.

use std::fs;
use std::path::Path;

use crate::support::{Run, folder, notebook, run};

const CELLS: [&str; 3] = [
    "import asyncio\nimport json",
    "TIMEOUT = 3\nasync def fetch(url):\n    await asyncio.sleep(TIMEOUT)\n    return url",
    "await fetch('a')",
];

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

fn sources(folder: &Path) -> Vec<String> {
    let json: serde_json::Value = serde_json::from_str(&read(folder, "a.ipynb")).unwrap();
    let cells = json["cells"].as_array().unwrap();
    let source = |cell: &serde_json::Value| match &cell["source"] {
        serde_json::Value::Array(lines) => lines.iter().filter_map(|line| line.as_str()).collect(),
        text => text.as_str().unwrap().to_owned(),
    };
    cells.iter().map(source).collect()
}

fn extract(folder: &Path, args: &[&str]) -> Run {
    run(folder, &[&["extract", "a.ipynb"], args].concat())
}

/// Runs `extract` where nothing is to be written; returns what is said on stderr.
fn check_refused(files: &[(&str, &str)], args: &[&str], code: i32) -> String {
    let folder = folder(files);
    let run = extract(folder.path(), args);
    assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{}", run.stderr);
    for (name, text) in files {
        assert_eq!(read(folder.path(), name), *text);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), files.len());
    run.stderr
}

#[test]
fn a_helper_moves_with_what_it_needs_and_an_import_takes_its_place() {
    let folder = folder(&[("a.ipynb", &notebook(&CELLS))]);
    let run = extract(folder.path(), &["fetch"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(
        read(folder.path(), "helpers.py"),
        "\"\"\"Helpers of a.ipynb.\"\"\"\n\nimport asyncio\n\nTIMEOUT = 3\n\n\nasync def fetch(url):\n    await asyncio.sleep(TIMEOUT)\n    return url\n"
    );
    assert_eq!(
        sources(folder.path()),
        [
            CELLS[0],
            "%load_ext autoreload\n%autoreload 2",
            "from helpers import TIMEOUT, fetch",
            CELLS[2]
        ]
    );
    insta::assert_snapshot!(run.stdout, @r#"
    helpers.py, new: fetch, TIMEOUT (needed by fetch)
    a.ipynb: the new cell 2 loads autoreload
    a.ipynb: imported in their place in cell 3
    Undo: restore a.ipynb (in a repository: git restore a.ipynb) and remove helpers.py.

    Tests to write; `--tests test_helpers.py` writes this file for you to fill in:

    import asyncio

    import pytest

    from helpers import fetch


    @pytest.mark.skip(reason="write me: choose the values and what to expect")
    def test_fetch():
        assert asyncio.run(fetch(url=...)) == ...
    "#);
}

#[test]
fn a_module_that_is_there_is_added_to_and_tests_are_written() {
    let cells = ["%load_ext autoreload\n%autoreload 2", CELLS[0], CELLS[1]];
    let files = [("a.ipynb", &*notebook(&cells)), ("lib/tools.py", "import os\n")];
    let folder = folder(&files);
    let args = ["fetch", "--to", "lib/tools.py", "--tests", "test_tools.py", "--lang", "zh"];
    let run = extract(folder.path(), &args);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(read(folder.path(), "lib/tools.py").starts_with("import os\nimport asyncio\n\n\nTIME"));
    assert!(read(folder.path(), "test_tools.py").contains("from lib.tools import fetch\n"));
    assert_eq!(sources(folder.path())[2], "from lib.tools import TIMEOUT, fetch");
    assert!(
        run.stdout.starts_with("lib/tools.py（追加）：fetch，TIMEOUT（fetch 要用）\n"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_diff_shows_both_files_and_writes_neither() {
    let text = notebook(&CELLS);
    let folder = folder(&[("a.ipynb", &text)]);
    let run = extract(folder.path(), &["fetch", "--diff"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(run.stdout, @r#"
    --- helpers.py
    +++ helpers.py
    @@ -0,0 +1,10 @@
    +"""Helpers of a.ipynb."""
    +
    +import asyncio
    +
    +TIMEOUT = 3
    +
    +
    +async def fetch(url):
    +    await asyncio.sleep(TIMEOUT)
    +    return url
    --- a.ipynb:cell 2
    +++ a.ipynb:cell 2
    @@ -0,0 +1,2 @@
    +%load_ext autoreload
    +%autoreload 2
    --- a.ipynb:cell 3
    +++ a.ipynb:cell 3
    @@ -1,4 +1 @@
    -TIMEOUT = 3
    -async def fetch(url):
    -    await asyncio.sleep(TIMEOUT)
    -    return url
    +from helpers import TIMEOUT, fetch
    "#);
    assert_eq!(read(folder.path(), "a.ipynb"), text);
    assert!(!folder.path().join("helpers.py").exists());
}

#[test]
fn names_to_decide_are_told_and_nothing_is_written() {
    let cells = ["client = make()", "async def get(x):\n    return await client.get(x)"];
    let said = check_refused(&[("a.ipynb", &notebook(&cells))], &["get"], 1);
    insta::assert_snapshot!(said, @r"
    a.ipynb: nothing was moved; these names are parameters to decide
      client, read by get (cell 2, line 2): its value is worked out in cell 1
    A module does not see the notebook's names: pass them in as parameters, or move the others with --partial.
    ");
}

#[test]
fn what_cannot_be_done_is_said_and_nothing_is_written() {
    let text = notebook(&CELLS);
    let of_notebook = [("a.ipynb", &*text)];
    let refused = |files: &[(&str, &str)], args: &[&str]| check_refused(files, args, 2);
    assert_eq!(
        refused(&of_notebook, &["fetsh"]),
        "a.ipynb: no cell defines `fetsh`; did you mean `fetch`?\n"
    );
    assert_eq!(
        refused(&[("a.ipynb", &text), ("helpers.py", "fetch = 1\n")], &["fetch"]),
        "a.ipynb: `helpers` has a `fetch` of its own\n"
    );
    assert_eq!(
        refused(&of_notebook, &["fetch", "--to", "asyncio.py"]),
        "a.ipynb: a new `asyncio` would hide the module of that name that the notebook imports\n"
    );
    assert_eq!(
        refused(&of_notebook, &["fetch", "--to", "my-tools.py"]),
        "a.ipynb: `my-tools.py` is no name for a module: letters, digits and _, ending in .py\n"
    );
    assert_eq!(
        refused(&of_notebook, &["fetch", "--to", "../up.py"]),
        "a.ipynb: `../up.py` does not lie in the notebook's folder or below, so no cell could import it\n"
    );
    assert_eq!(
        refused(&[("a.ipynb", &text), ("t.py", "mine\n")], &["fetch", "--tests", "t.py"]),
        "t.py: error: not written: there is such a file already\n"
    );
    let gone = refused(&[], &["fetch"]);
    assert!(gone.starts_with("a.ipynb: error: "), "{gone}");
}

#[cfg(unix)]
#[test]
fn a_notebook_that_may_not_be_written_to_keeps_the_module_from_being_made() {
    use std::os::unix::fs::PermissionsExt;

    let folder = folder(&[("a.ipynb", &notebook(&CELLS))]);
    let path = folder.path().join("a.ipynb");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    let run = extract(folder.path(), &["fetch"]);
    let said = "a.ipynb: error: not written: the file may not be written to\n";
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (2, "", said));
    assert!(!folder.path().join("helpers.py").exists());
}

#[cfg(unix)]
#[test]
fn a_module_that_is_a_link_out_of_the_folder_is_not_written_to() {
    use std::os::unix::fs::symlink;

    let elsewhere = folder(&[("real.py", "x = 1\n"), ("other/kept.txt", "")]);
    for target in ["real.py", "other/new.py", "no/such/new.py"] {
        let folder = folder(&[("a.ipynb", &notebook(&CELLS))]);
        symlink(elsewhere.path().join(target), folder.path().join("helpers.py")).unwrap();
        let run = extract(folder.path(), &["fetch"]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
        assert!(run.stderr.contains("helpers.py: error: this link leads out"), "{}", run.stderr);
        assert_eq!(read(folder.path(), "a.ipynb"), notebook(&CELLS));
        assert_eq!(read(elsewhere.path(), "real.py"), "x = 1\n");
        assert!(!elsewhere.path().join("other/new.py").exists());
    }
    let folder = folder(&[("a.ipynb", &notebook(&CELLS)), ("lib/real.py", "x = 1\n")]);
    symlink("lib/real.py", folder.path().join("helpers.py")).unwrap();
    assert_eq!(extract(folder.path(), &["fetch"]).code, 0);
    assert!(read(folder.path(), "lib/real.py").contains("async def fetch"));
}
