//! `deviation`: a record on stdout, in a file of its own, or in the notebook.

use std::fs;

use crate::support::{folder, notebook, run};

const CELLS: [&str; 2] = ["x = 1", "import asyncio\nasync def main(): ...\nasyncio.run(main())"];

#[test]
fn a_record_is_printed_in_each_language() {
    let folder = folder(&[("a.ipynb", &notebook(&CELLS))]);
    let args =
        ["deviation", "legacy_reentrant_code", "a.ipynb", "--reason", "2027", "--lang", "both"];
    let said = run(folder.path(), &args);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""));
    assert!(said.stdout.starts_with("# Deviation: "), "{}", said.stdout);
    assert!(said.stdout.contains("cell 2 of `a.ipynb`"), "{}", said.stdout);
    assert!(said.stdout.contains("\n# 偏离默认做法："), "{}", said.stdout);
    assert!(said.stdout.contains("具体理由：2027"), "{}", said.stdout);
}

#[test]
fn a_record_goes_to_a_new_file_and_never_over_another() {
    let folder = folder(&[]);
    let args = ["deviation", "exploration", "-o", "why.md", "--review", "2999-01-31"];
    let said = run(folder.path(), &args);
    assert_eq!(
        (said.code, said.stdout.as_str(), said.stderr.as_str()),
        (0, "", "written: why.md\n")
    );
    let text = fs::read_to_string(folder.path().join("why.md")).unwrap();
    assert!(text.contains("To be looked at again by 2999-01-31."), "{text}");
    assert!(text.contains("(still to be written)"), "{text}");
    assert_eq!(run(folder.path(), &args).code, 2);
    assert_eq!(fs::read_to_string(folder.path().join("why.md")).unwrap(), text);
}

#[test]
fn a_record_becomes_a_cell_above_the_one_it_is_about() {
    let folder = folder(&[("a.ipynb", &notebook(&CELLS))]);
    let path = folder.path().join("a.ipynb");
    let before = fs::read_to_string(&path).unwrap();
    let shown = run(
        folder.path(),
        &["deviation", "heavy-cpu", "a.ipynb", "--cell", "1", "--insert", "--diff"],
    );
    assert!(shown.stdout.contains("+### Deviation: "), "{}", shown.stdout);
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
    let said =
        run(folder.path(), &["deviation", "heavy-cpu", "a.ipynb", "--cell", "2", "--insert"]);
    assert_eq!((said.code, said.stderr.as_str()), (0, "a.ipynb: the record is cell 2\n"));
    let after: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let kinds: Vec<_> =
        after["cells"].as_array().unwrap().iter().map(|it| &it["cell_type"]).collect();
    assert_eq!(kinds, ["code", "markdown", "code"]);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let folder = folder(&[("a.ipynb", &notebook(&CELLS))]);
    let refused = |args: &[&str]| {
        let said = run(folder.path(), &[&["deviation"], args].concat());
        assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{args:?}");
        said.stderr
    };
    assert!(refused(&["nonsense"]).contains("older-python"));
    assert!(refused(&["exploration", "--review", "soon"]).starts_with("soon is no date"));
    assert!(refused(&["exploration", "--review", "2001-01-01"]).contains("over already"));
    assert!(refused(&["exploration", "a.ipynb", "--cell", "9"]).contains('9'));
    assert!(refused(&["exploration", "b.ipynb"]).contains("b.ipynb"));
    refused(&["exploration", "--insert"]);
}
