//! Every call of a save fails once, in every way that a disk knows: what is said is what happened.

use std::fs;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::disk::{Step, faults::Fault, faults::with};
use super::saved::{Remark, What};
use super::{SaveError, TogetherError, put, save, save_new, save_together, take_back};
use crate::review::FileChange;

/// What a disk may answer, one after the other.
const CODES: [Errno; 8] = [
    Errno::NOSPC,
    Errno::IO,
    Errno::ROFS,
    Errno::DQUOT,
    Errno::ACCESS,
    Errno::PERM,
    Errno::NOENT,
    Errno::INTR,
];

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    /// A folder with an old notebook.
    fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        fs::write(place.at("a.ipynb"), "old").unwrap();
        place
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.at(name)).ok()
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// A module that is new, and the notebook that imports it.
    fn changes(&self) -> [FileChange; 2] {
        let change = |name, expected: Option<&str>, bytes: &str| FileChange {
            path: self.at(name),
            expected: expected.map(Into::into),
            bytes: bytes.into(),
        };
        [change("helpers.py", None, "module"), change("a.ipynb", Some("old"), "new")]
    }
}

fn fault(at: usize, code: Errno) -> Fault {
    Fault { at, code: code.raw_os_error(), is_late: false }
}

/// Whether the file is in its place when this step is made.
fn is_last_sync(step: Step) -> bool {
    step == Step::SyncFolder || step == Step::SyncNamed
}

fn is_in_doubt(remarks: &[Remark]) -> bool {
    remarks.iter().any(|remark| matches!(remark.what, What::InDoubt(_)))
}

/// Does the work once for each of its steps and each failure, in a place of its own.
fn strike_each<T>(work: impl Fn(&Place) -> T, check: impl Fn(&Place, T, Step, Errno)) -> Vec<Step> {
    let place = Place::new();
    let (done, steps) = with(&[], || work(&place));
    drop(done);
    assert!(steps.len() > 5, "{steps:?}");
    for (at, step) in steps.iter().enumerate() {
        for code in CODES {
            let place = Place::new();
            let (done, _) = with(&[fault(at, code)], || work(&place));
            check(&place, done, *step, code);
        }
    }
    steps
}

#[test]
fn a_save_that_fails_anywhere_leaves_the_old_file_or_the_new_one_and_says_which() {
    let work = |place: &Place| save(&place.at("a.ipynb"), b"old", b"new");
    let steps = strike_each(work, |place, saved, step, code| {
        let case = format!("{step:?} {code:?}: {saved:?}");
        assert_eq!(place.names(), ["a.ipynb"], "{case}");
        let expected = if saved.is_ok() { "new" } else { "old" };
        assert_eq!(place.text("a.ipynb").as_deref(), Some(expected), "{case}");
        let doubts = step == Step::SyncFolder && code != Errno::INTR;
        match &saved {
            Ok(remarks) => assert_eq!(is_in_doubt(remarks), doubts, "{case}"),
            Err(SaveError::Full) => assert_eq!(code, Errno::NOSPC, "{case}"),
            Err(SaveError::Quota) => assert_eq!(code, Errno::DQUOT, "{case}"),
            Err(SaveError::ReadOnly) => {
                assert!(code == Errno::ACCESS || code == Errno::PERM, "{case}");
            }
            Err(SaveError::Gone) => assert_eq!(code, Errno::NOENT, "{case}"),
            Err(SaveError::Write(source) | SaveError::Folder { source, .. }) => {
                assert_eq!(source.raw_os_error(), Some(code.raw_os_error()), "{case}");
            }
            Err(_) => panic!("{case}"),
        }
        // What cannot be removed at once is tried again.
        let is_harmless = doubts
            || code == Errno::INTR
            || step == Step::Remove
            || (step == Step::Stage && saved.is_ok());
        assert_eq!(saved.is_ok(), is_harmless, "{case}");
    });
    assert!(steps.contains(&Step::SyncFolder) && steps.contains(&Step::Exchange), "{steps:?}");
}

#[test]
fn files_that_belong_together_are_all_written_or_none_whatever_fails() {
    let work = |place: &Place| save_together(&place.changes());
    strike_each(work, |place, saved, step, code| {
        let case = format!("{step:?} {code:?}: {saved:?}");
        match &saved {
            Ok(remarks) => {
                assert_eq!(place.text("a.ipynb").as_deref(), Some("new"), "{case}");
                assert_eq!(place.text("helpers.py").as_deref(), Some("module"), "{case}");
                let doubts = is_last_sync(step) && code != Errno::INTR;
                assert_eq!(is_in_doubt(remarks), doubts, "{case}");
            }
            Err(TogetherError::Save { .. }) => {
                assert_eq!(place.text("a.ipynb").as_deref(), Some("old"), "{case}");
                assert_eq!(place.names(), ["a.ipynb"], "{case}");
            }
            Err(_) => panic!("one failure alone: {case}"),
        }
    });
}

#[test]
fn what_two_failures_leave_behind_is_named() {
    let steps = with(&[], || save_together(&Place::new().changes())).1.len();
    for first in 0..steps {
        // The second strikes while the first one's traces are removed.
        for second in (first + 1)..(first + 8) {
            let place = Place::new();
            let faults = [fault(first, Errno::IO), fault(second, Errno::IO)];
            let (saved, steps) = with(&faults, || save_together(&place.changes()));
            let case = format!("{first} {second} {steps:?}: {saved:?}");
            let (notebook, module) = (place.text("a.ipynb"), place.text("helpers.py"));
            match saved {
                Ok(_) => {
                    assert_eq!(notebook.as_deref(), Some("new"), "{case}");
                    assert_eq!(module.as_deref(), Some("module"), "{case}");
                }
                Err(error) => {
                    // A notebook that imports what is not there is the one thing that never is.
                    assert_eq!(notebook.as_deref(), Some("old"), "{case}");
                    let is_named = matches!(&error, TogetherError::Half { left, .. }
                        if *left == [place.at("helpers.py")]);
                    assert_eq!(is_named, module.as_deref() == Some("module"), "{case}");
                }
            }
        }
    }
}

#[test]
fn taking_back_says_what_stays_and_can_be_tried_again() {
    let work = |place: &Place| {
        let changes = place.changes();
        fs::write(place.at("a.ipynb"), "new").unwrap();
        fs::write(place.at("helpers.py"), "module").unwrap();
        take_back(&changes)
    };
    strike_each(work, |place, done, step, code| {
        let case = format!("{step:?} {code:?}: {done:?}");
        match &done {
            Ok(_) => {
                assert_eq!(place.text("a.ipynb").as_deref(), Some("old"), "{case}");
                assert_eq!(place.names(), ["a.ipynb"], "{case}");
            }
            Err(error) => {
                let is_there = |path: &Path| path.exists();
                let (path, _) = error.messages().remove(0);
                assert!(is_there(path), "{case}");
                take_back(&place.changes()).unwrap();
                assert_eq!(place.names(), ["a.ipynb"], "{case}");
            }
        }
    });
}

#[test]
fn an_answer_that_is_lost_on_its_way_is_no_failure() {
    let place = Place::new();
    let steps = with(&[], || save(&place.at("a.ipynb"), b"old", b"new")).1;
    let at = steps.iter().position(|step| *step == Step::Exchange).unwrap();
    for code in CODES {
        let place = Place::new();
        let late = Fault { at, code: code.raw_os_error(), is_late: true };
        let (saved, _) = with(&[late], || save(&place.at("a.ipynb"), b"old", b"new"));
        assert!(saved.is_ok(), "{code:?} {saved:?}");
        assert_eq!(place.text("a.ipynb").as_deref(), Some("new"));
        assert_eq!(place.names(), ["a.ipynb"]);
    }
}

#[test]
fn a_new_file_that_fails_is_not_left_as_a_part() {
    let work = |place: &Place| {
        let kept = put(&place.at("state.toml"), b"kept").is_ok();
        (kept, save_new(&place.at("advice.md"), b"text").is_ok())
    };
    strike_each(work, |place, (kept, new), step, code| {
        let case = format!("{step:?} {code:?}");
        let state = kept.then(|| "kept".to_owned());
        let advice = new.then(|| "text".to_owned());
        assert_eq!((place.text("state.toml"), place.text("advice.md")), (state, advice), "{case}");
        assert_eq!(place.names().len(), 1 + usize::from(kept) + usize::from(new), "{case}");
    });
}
