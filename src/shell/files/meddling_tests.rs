//! Somebody else writes the file in the very moment of a save: what was written there stays.

use std::fs;
use std::path::{Path, PathBuf};

use super::disk::{Step, faults::meddled, faults::meddled_at};
use super::{SaveError, TogetherError, leftovers, save, save_new, save_together};
use crate::review::FileChange;

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ipynb");
    fs::write(&path, "old").unwrap();
    (folder, path)
}

/// Ways in which programs write a file.
const WAYS: [fn(&Path); 3] = [
    // As Jupyter does, and most editors.
    |path| {
        let other = path.with_extension("tmp");
        fs::write(&other, "theirs").unwrap();
        fs::rename(&other, path).unwrap();
    },
    |path| fs::write(path, "theirs").unwrap(),
    // As long as what was there.
    |path| fs::write(path, "odd").unwrap(),
];

#[test]
fn what_somebody_writes_between_the_last_look_and_the_exchange_stays() {
    for way in WAYS {
        let (folder, path) = folder();
        let other = path.clone();
        let saved = meddled(Step::Exchange, move || way(&other), || save(&path, b"old", b"new"));
        assert!(matches!(saved, Err(SaveError::Changed)), "{saved:?}");
        assert_ne!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

#[test]
fn what_somebody_writes_while_it_is_put_back_stays_too() {
    for way in WAYS {
        let (folder, path) = folder();
        let (first, second) = (path.clone(), path.clone());
        let theirs = [
            (1, Box::new(move || fs::write(&first, "first").unwrap()) as Box<dyn FnOnce()>),
            // What came out has been looked at, and goes back now.
            (2, Box::new(move || way(&second))),
        ];
        let saved = meddled_at(Step::Exchange, theirs, || save(&path, b"old", b"new"));
        assert!(matches!(saved, Err(SaveError::Changed)), "{saved:?}");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text == "theirs" || text == "odd", "{text}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

#[test]
fn a_file_that_is_removed_in_that_moment_is_not_made_again() {
    let (folder, path) = folder();
    let other = path.clone();
    let remove = move || fs::remove_file(&other).unwrap();
    let saved = meddled(Step::Exchange, remove, || save(&path, b"old", b"new"));
    assert!(matches!(saved, Err(SaveError::Gone)), "{saved:?}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_module_that_somebody_makes_in_that_moment_stays_and_the_notebook_with_it() {
    let (folder, path) = folder();
    let module = folder.path().join("helpers.py");
    let changes = [
        FileChange { path: module.clone(), expected: None, bytes: b"ours".to_vec() },
        FileChange { path: path.clone(), expected: Some(b"old".to_vec()), bytes: b"new".to_vec() },
    ];
    let other = module.clone();
    let make = move || fs::write(&other, "theirs").unwrap();
    let saved = meddled(Step::Name, make, || save_together(&changes));
    let is_told = matches!(&saved, Err(TogetherError::Save { source: SaveError::Exists, path }) if *path == module);
    assert!(is_told, "{saved:?}");
    assert_eq!(fs::read(&module).unwrap(), b"theirs");
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn a_new_file_takes_the_next_number_when_its_name_is_taken_in_that_moment() {
    let (folder, path) = folder();
    let (wanted, other) = (folder.path().join("advice.md"), folder.path().join("advice.md"));
    let make = move || fs::write(&other, "theirs").unwrap();
    let saved = meddled(Step::Name, make, || save_new(&wanted, b"ours")).unwrap();
    assert_eq!(saved, folder.path().join("advice-2.md"));
    assert_eq!(fs::read(&wanted).unwrap(), b"theirs");
    assert_eq!(fs::read(&saved).unwrap(), b"ours");
    assert!(path.exists() && leftovers(folder.path()).is_empty());
}

#[test]
fn an_editor_that_saves_all_the_time_loses_nothing_to_saves_that_race_with_it() {
    const WRITES: usize = 300;
    let (folder, path) = folder();
    fs::write(&path, "0").unwrap();
    std::thread::scope(|scope| {
        let editor = scope.spawn(|| {
            for number in 1..=WRITES {
                let other = folder.path().join("theirs");
                fs::write(&other, number.to_string()).unwrap();
                fs::rename(&other, &path).unwrap();
                // What was written on older grounds may be seen until it has been taken back.
                let stays = |text: String| text.split(' ').next() == Some(&number.to_string());
                let mut looks = 0;
                while !fs::read_to_string(&path).is_ok_and(stays) {
                    looks += 1;
                    assert!(looks < 1_000_000, "{number} is lost");
                    std::thread::yield_now();
                }
            }
        });
        while !editor.is_finished() {
            let text = fs::read_to_string(&path).unwrap();
            let new = format!("{text} saved");
            let is_old = !text.contains(' ');
            // Whether one of them comes through is the scheduler's to say.
            let _ = is_old.then(|| save(&path, text.as_bytes(), new.as_bytes()));
        }
        editor.join().unwrap();
    });
    let last = fs::read(&path).unwrap();
    save(&path, &last, b"ours").unwrap();
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().flatten().collect();
    assert_eq!(names.len(), 1, "{names:?}");
}
