//! A save is killed before and after each of its calls: the file is the old one or the new one, and
//! what lies around is found.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::disk::faults::{Fault, killed};
use super::{leftovers, put, remove_leftovers, save, save_new, save_together};
use crate::review::FileChange;

/// What the child is to do: the number of a way, that of a call, whether it is made, and a folder.
const ORDER: &str = "NBASYNC_TEST_KILLED";

/// Ways to write.
const WAYS: [fn(&Path); 4] = [
    |folder| drop(save(&folder.join("a.ipynb"), b"old", b"new")),
    |folder| {
        let changes = [
            FileChange { path: folder.join("b.py"), expected: None, bytes: b"new".to_vec() },
            FileChange {
                path: folder.join("a.ipynb"),
                expected: Some(b"old".to_vec()),
                bytes: b"new".to_vec(),
            },
        ];
        drop(save_together(&changes));
    },
    |folder| drop(save_new(&folder.join("b.py"), b"new")),
    |folder| drop(put(&folder.join("a.ipynb"), b"new")),
];

#[test]
#[ignore = "a part of the next one, which starts it"]
fn a_child_to_be_killed() {
    let order = env::var(ORDER).unwrap_or_default();
    let [way, at, is_late, folder] = order.splitn(4, ' ').collect::<Vec<_>>()[..] else { return };
    let at = at.parse().unwrap();
    let fault = Fault { at, code: 0, is_late: is_late == "late" };
    killed(fault, || WAYS[way.parse::<usize>().unwrap()](Path::new(folder)));
}

/// Whether the child came to the call and was killed.
fn kill(way: usize, at: usize, is_late: bool, folder: &Path) -> bool {
    let late = if is_late { "late" } else { "early" };
    let name = "shell::files::killed_tests::a_child_to_be_killed";
    let status = Command::new(env::current_exe().unwrap())
        .args([name, "--exact", "--ignored", "--test-threads=1"])
        .env(ORDER, format!("{way} {at} {late} {}", folder.display()))
        .stdout(Stdio::null())
        .status()
        .unwrap();
    status.code().is_none()
}

#[test]
fn a_save_that_is_killed_anywhere_leaves_whole_files_and_what_lies_around_is_found() {
    let mut found = 0;
    for way in 0..WAYS.len() {
        // Every call early, and late where that may matter.
        let mut at = 0;
        let mut was_killed = true;
        while was_killed {
            was_killed = false;
            for is_late in [false, true] {
                let folder = tempfile::tempdir().unwrap();
                let notebook = folder.path().join("a.ipynb");
                fs::write(&notebook, "old").unwrap();
                was_killed |= kill(way, at, is_late, folder.path());
                let case = format!("{way} {at} {is_late}");
                let text = fs::read_to_string(&notebook).unwrap();
                assert!(text == "old" || text == "new", "{case}: {text}");
                let module = fs::read_to_string(folder.path().join("b.py"));
                assert!(module.is_err() || module.is_ok_and(|text| text == "new"), "{case}");
                let left: Vec<_> =
                    leftovers(folder.path()).into_iter().map(|left| left.path).collect();
                found += left.len();
                assert!(remove_leftovers(&left).is_empty(), "{case}");
                let names: Vec<_> = fs::read_dir(folder.path())
                    .unwrap()
                    .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                    .filter(|name| name != "a.ipynb" && name != "b.py")
                    .collect();
                assert!(names.is_empty(), "{case}: {names:?}");
            }
            at += 1;
        }
        assert!(at > 4, "{way} {at}");
    }
    assert!(found > 0);
}
