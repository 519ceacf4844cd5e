//! The tutor moves a helper into a module, and takes it back.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use crate::support::{command, folder, notebook};

const HELPER: &str = "import asyncio\n\nasync def fetch(names):\n    rows = {}\n    for name in names:\n        await asyncio.sleep(0.1)\n        rows[name] = name.upper()\n    return rows";

/// The notebook `a.ipynb` in a folder, which the tutor is given line by line; what the folder
/// holds after each line that is `=`.
fn play(files: &[(&str, &str)], lines: &[&str]) -> (String, Vec<Option<String>>) {
    let folder = folder(files);
    let mut tutor = command(folder.path())
        .args(["tutor", "--linear", "a.ipynb"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = tutor.stdin.take().unwrap();
    for line in lines {
        writeln!(stdin, "{line}").unwrap();
    }
    drop(stdin);
    let told = String::from_utf8(tutor.wait_with_output().unwrap().stdout).unwrap();
    let held = |name: &str| fs::read_to_string(folder.path().join(name)).ok();
    (told, vec![held("a.ipynb"), held("helpers.py")])
}

fn used_twice() -> String {
    notebook(&[HELPER, "one = await fetch('a')", "two = await fetch('b')"])
}

#[test]
fn yes_writes_both_files() {
    let text = used_twice();
    let (told, held) = play(&[("a.ipynb", &text)], &["4", "1", "0"]);
    assert!(told.contains("Move fetch from a.ipynb into helpers.py?"), "{told}");
    assert!(told.contains("moved into helpers.py"), "{told}");
    let [Some(notebook), Some(module)] = held.as_slice() else { panic!("{told}") };
    assert!(notebook.contains("from helpers import fetch"), "{notebook}");
    assert!(notebook.contains("%autoreload 2"), "{notebook}");
    assert!(module.contains("async def fetch(names):"), "{module}");
}

#[test]
fn undo_takes_both_files_back() {
    let text = used_twice();
    let (told, held) = play(&[("a.ipynb", &text)], &["4", "1", "11", "0"]);
    assert!(told.contains("both files are as they were"), "{told}");
    assert_eq!(held, [Some(text), None]);
}

#[test]
fn what_the_module_held_stays_and_comes_back() {
    let text = used_twice();
    let files = [("a.ipynb", &*text), ("helpers.py", "LIMIT = 3\n")];
    let (told, held) = play(&files, &["4", "1", "0"]);
    let [_, Some(module)] = held.as_slice() else { panic!("{told}") };
    assert!(module.contains("LIMIT = 3\n") && module.contains("async def fetch"), "{module}");
    let (_, held) = play(&files, &["4", "1", "11", "0"]);
    assert_eq!(held, [Some(text.clone()), Some("LIMIT = 3\n".to_owned())]);
}

#[test]
fn no_and_what_cannot_move_change_nothing() {
    let text = used_twice();
    let (_, held) = play(&[("a.ipynb", &text)], &["4", "2", "0"]);
    assert_eq!(held, [Some(text.clone()), None]);
    let reads = text.replace("asyncio.sleep(0.1)", "asyncio.sleep(pause)");
    let (told, held) = play(&[("a.ipynb", &reads)], &["4", "0", "0"]);
    assert!(told.contains("pause, read by fetch"), "{told}");
    assert_eq!(held, [Some(reads), None]);
    let files = [("a.ipynb", &*text), ("helpers.py", "fetch = 1\n")];
    let (told, held) = play(&files, &["4", "0"]);
    assert!(told.contains("helpers has a fetch of its own"), "{told}");
    assert_eq!(held, [Some(text), Some("fetch = 1\n".to_owned())]);
}
