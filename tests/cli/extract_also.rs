//! `extract --also`: the same helper leaves several notebooks for one module, or none of them.

use std::fs;
use std::path::Path;

use crate::support::{Run, folder, notebook, run};

const LOAD: &str = "TIMEOUT = 3\n\nasync def load(n):\n    await asyncio.sleep(TIMEOUT)\n    a = n\n    b = a\n    return b";

fn with(load: &str) -> String {
    notebook(&["import asyncio", load, "await load(1)"])
}

fn same() -> String {
    with(LOAD)
}

fn extract(folder: &Path, args: &[&str]) -> Run {
    run(folder, &[&["extract", "a.ipynb", "load"], args].concat())
}

/// What all files hold, by their names.
fn held(folder: &Path) -> Vec<(String, String)> {
    let mut held = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            held.push((name, fs::read_to_string(path).unwrap()));
        }
    }
    held.sort();
    held
}

#[test]
fn what_is_the_same_leaves_all_notebooks_and_what_is_not_stays_with_its_reason() {
    let other = with(&LOAD.replace("b = a", "b = 2 * a"));
    let clash = with(&LOAD.replace('3', "5"));
    let spaced = with(&LOAD.replace("a = n", "a = n  "));
    let folder = folder(&[
        ("a.ipynb", &same()),
        ("b.ipynb", &spaced),
        ("clash.ipynb", &clash),
        ("none.ipynb", &notebook(&["print(1)"])),
        ("other.ipynb", &other),
        ("below/c.ipynb", &same()),
    ]);
    let run = extract(folder.path(), &["--also", ".", "--yes"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    insta::assert_snapshot!(run.stderr, @r"
    below/c.ipynb: a cell here does not find helpers.py: it lies outside of the folder
    clash.ipynb: `helpers` has a `TIMEOUT` of its own
    other.ipynb: `load` is another one here, and stays
    ");
    insta::assert_snapshot!(run.stdout.split("\n\n").next().unwrap(), @r"
    helpers.py, new: load, TIMEOUT (needed by load)
    a.ipynb: the new cell 2 loads autoreload
    a.ipynb: imported in their place in cell 3
    b.ipynb: the new cell 2 loads autoreload
    b.ipynb: imported in their place in cell 3
    Undo: restore a.ipynb b.ipynb (in a repository: git restore a.ipynb b.ipynb) and remove helpers.py.
    ");
    let held = held(folder.path());
    let of = |name: &str| held.iter().find(|(it, _)| it == name).unwrap().1.clone();
    for name in ["a.ipynb", "b.ipynb"] {
        assert!(of(name).contains("from helpers import TIMEOUT, load"), "{}", of(name));
        assert!(!of(name).contains("async def"), "{}", of(name));
    }
    assert_eq!(of("helpers.py").matches("async def load").count(), 1, "{}", of("helpers.py"));
    assert_eq!(of("helpers.py").matches("TIMEOUT = 3").count(), 1, "{}", of("helpers.py"));
    assert_eq!((of("clash.ipynb"), of("other.ipynb")), (clash, other));
}

#[test]
fn nothing_is_written_before_somebody_agrees() {
    let folder = folder(&[("a.ipynb", &same()), ("b.ipynb", &same())]);
    let before = held(folder.path());
    let run = extract(folder.path(), &["--also", "b.ipynb"]);
    assert_eq!(run.code, 2);
    for name in ["helpers.py, new: load", "a.ipynb: imported", "b.ipynb: imported"] {
        assert!(run.stdout.contains(name), "{}", run.stdout);
    }
    assert!(run.stderr.contains("With --yes all these files are written"), "{}", run.stderr);
    assert_eq!(held(folder.path()), before);
    let shown = extract(folder.path(), &["--also", "b.ipynb", "--diff"]);
    assert_eq!(shown.stdout.matches("+from helpers import TIMEOUT, load").count(), 2);
    assert_eq!(held(folder.path()), before);
}

#[test]
fn a_notebook_that_was_named_and_cannot_follow_keeps_all_others_as_they_are() {
    let clash = with(&LOAD.replace('3', "5"));
    for (second, said) in [
        (clash.as_str(), "`helpers` has a `TIMEOUT` of its own"),
        (&notebook(&["print(1)"]), "no cell defines load"),
        ("no notebook", "error"),
    ] {
        let folder = folder(&[("a.ipynb", &same()), ("b.ipynb", second), ("c.ipynb", &same())]);
        let before = held(folder.path());
        let run = extract(folder.path(), &["--also", "c.ipynb", "b.ipynb", "--yes"]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
        assert!(run.stderr.contains("b.ipynb") && run.stderr.contains(said), "{}", run.stderr);
        assert_eq!(held(folder.path()), before);
    }
}

#[cfg(unix)]
#[test]
fn one_file_that_may_not_be_written_keeps_all_of_them() {
    use std::os::unix::fs::PermissionsExt;

    let folder = folder(&[("a.ipynb", &same()), ("b.ipynb", &same()), ("c.ipynb", &same())]);
    let before = held(folder.path());
    let closed = folder.path().join("b.ipynb");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o444)).unwrap();
    let run = extract(folder.path(), &["--also", "c.ipynb", "b.ipynb", "--yes"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert_eq!(held(folder.path()), before);
}

#[test]
fn a_module_that_has_the_helper_already_is_not_added_to() {
    let module = format!("import asyncio\n\n{LOAD}\n");
    let there = folder(&[("a.ipynb", &same()), ("helpers.py", &module)]);
    let run = extract(there.path(), &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let held_there = held(there.path());
    assert!(held_there[0].1.contains("from helpers import TIMEOUT, load"));
    assert_eq!(held_there[1].1, module);
    // What another line of the module makes of the name is not the same.
    let twice = format!("{module}\n\nload = None\n");
    let other = folder(&[("a.ipynb", &same()), ("helpers.py", &twice)]);
    assert_eq!(extract(other.path(), &[]).code, 2);
}

#[test]
fn check_names_the_command_that_takes_it_out_of_all() {
    let long: Vec<(String, String)> =
        (1..=4).map(|at| (format!("in/n {at}.ipynb"), same())).collect();
    let files: Vec<(&str, &str)> = long.iter().map(|(name, text)| (&**name, &**text)).collect();
    let many = folder(&files);
    let told = run(many.path(), &["check", "in"]).stdout;
    assert!(told.contains("nbasync extract \"in/n 1.ipynb\" load --also in"), "{told}");
    let two = folder(&[("a.ipynb", &same()), ("b.ipynb", &same())]);
    let told = run(two.path(), &["check", "."]).stdout;
    assert!(told.contains("nbasync extract a.ipynb load --also b.ipynb"), "{told}");
}
