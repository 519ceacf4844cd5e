//! A save lets nobody do more than before, keeps what a file has, and says what it cannot keep.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use rustix::fs::{XattrFlags, getxattr, removexattr, setxattr};
use rustix::io::Errno;

use super::disk::{Step, faults::Fault, faults::with};
use super::saved::What;
use super::{SaveError, save, save_together, take_back};
use crate::review::FileChange;

const ACCESS: &str = "system.posix_acl_access";
const DEFAULT: &str = "system.posix_acl_default";

/// An access list: what owner, user 1234, group, mask and everybody may.
fn list(rights: [u16; 5]) -> Vec<u8> {
    let whom = [(1, u32::MAX), (2, 1234), (4, u32::MAX), (16, u32::MAX), (32, u32::MAX)];
    let mut list = vec![2, 0, 0, 0];
    for ((tag, id), rights) in whom.into_iter().zip(rights) {
        let tag: u16 = tag;
        list.extend([&tag.to_le_bytes()[..], &rights.to_le_bytes(), &id.to_le_bytes()].concat());
    }
    list
}

/// A folder with a notebook, and the notebook.
fn folder(mode: u32) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ipynb");
    fs::write(&path, "old").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    (folder, path)
}

/// Sets an attribute; where the file system has none, says so.
fn set(path: &Path, name: &str, value: &[u8]) -> bool {
    match setxattr(path, name, value, XattrFlags::empty()) {
        Ok(()) => true,
        Err(Errno::NOTSUP) => {
            eprintln!("SKIPPED: no `{name}` on this file system");
            false
        }
        Err(error) => panic!("{name}: {error}"),
    }
}

fn get(path: &Path, name: &str) -> Option<Vec<u8>> {
    let mut buffer = [0; 256];
    getxattr(path, name, &mut buffer[..]).ok().map(|size| buffer[..size].to_vec())
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

/// Whether the test runs as the user who may give files away.
fn is_root(path: &Path) -> bool {
    let is_root = fs::metadata(path).unwrap().uid() == 0;
    if !is_root {
        eprintln!("SKIPPED: only root can make a file that belongs to somebody else");
    }
    is_root
}

/// Saves, and returns what is said.
fn saved(path: &Path) -> Vec<What> {
    let remarks = save(path, b"old", b"new").unwrap();
    assert_eq!(fs::read(path).unwrap(), b"new");
    remarks.into_iter().map(|remark| remark.what).collect()
}

#[test]
fn an_access_list_stays_and_opens_the_file_to_nobody() {
    // In each of them the bits of the group are the mask, and the group itself may do less.
    for rights in [[6, 6, 0, 6, 0], [6, 4, 0, 4, 0], [6, 6, 4, 6, 4], [7, 0, 5, 5, 0]] {
        let (_folder, path) = folder(0o600);
        if !set(&path, ACCESS, &list(rights)) {
            return;
        }
        let before = (mode(&path), get(&path, ACCESS));
        assert_eq!(saved(&path).len(), 0);
        assert_eq!((mode(&path), get(&path, ACCESS)), before, "{rights:?}");
    }
}

#[test]
fn a_folder_that_gives_access_lists_gives_none_to_a_file_that_had_none() {
    let (folder, path) = folder(0o640);
    if !set(folder.path(), DEFAULT, &list([7, 7, 7, 7, 0])) {
        return;
    }
    assert_eq!(saved(&path).len(), 0);
    assert_eq!((mode(&path), get(&path, ACCESS)), (0o640, None));
    // A file that is new is like any other that is made there.
    let other = folder.path().join("usual.py");
    fs::write(&other, "").unwrap();
    let new = folder.path().join("new.py");
    let change = FileChange { path: new.clone(), expected: None, bytes: b"x".to_vec() };
    save_together(&[change]).unwrap();
    assert_eq!((mode(&new), get(&new, ACCESS)), (mode(&other), get(&other, ACCESS)));
}

#[test]
fn attributes_and_every_bit_of_the_mode_stay_and_come_back_when_taken_back() {
    for bits in [0o600, 0o664, 0o755, 0o2664, 0o1640] {
        let (_folder, path) = folder(bits);
        let attributes = [("user.origin", &b"https://example.org"[..]), ("user.empty", b"")];
        if !attributes.iter().all(|(name, value)| set(&path, name, value)) {
            return;
        }
        let change = FileChange {
            path: path.clone(),
            expected: Some(b"old".to_vec()),
            bytes: b"new".to_vec(),
        };
        let is_kept = || {
            let is_same =
                |(name, value): &(&str, &[u8])| get(&path, name).as_deref() == Some(value);
            attributes.iter().all(is_same) && mode(&path) == bits
        };
        assert_eq!(save_together(std::slice::from_ref(&change)).unwrap().len(), 0);
        assert!(is_kept(), "{bits:o}");
        take_back(&[change]).unwrap();
        assert!(is_kept() && fs::read(&path).unwrap() == b"old", "{bits:o}");
    }
}

#[test]
fn the_other_names_of_a_file_are_told() {
    let (folder, path) = folder(0o644);
    let others = ["b.ipynb", "c.ipynb"].map(|name| folder.path().join(name));
    others.iter().for_each(|other| fs::hard_link(&path, other).unwrap());
    let said = saved(&path);
    assert!(matches!(said[..], [What::Links(2)]), "{said:?}");
    assert!(others.iter().all(|other| fs::read(other).unwrap() == b"old"));
}

#[test]
fn owner_and_group_stay_where_they_may() {
    let (_folder, path) = folder(0o664);
    if !is_root(&path) {
        return;
    }
    chown(&path, Some(1234), Some(2345)).unwrap();
    assert_eq!(saved(&path).len(), 0);
    let now = fs::metadata(&path).unwrap();
    assert_eq!((now.uid(), now.gid(), mode(&path)), (1234, 2345, 0o664));
}

/// Saves a file of somebody else's as a user who may not give it back to them.
fn saved_by_another(path: &Path) -> Result<Vec<What>, SaveError> {
    chown(path, Some(1234), Some(2345)).unwrap();
    // The first steps are the same, whatever follows.
    let steps = with(&[], || save(path, b"old", b"old").map(drop)).1;
    let at = steps.iter().position(|step| *step == Step::Keep).unwrap();
    let fault = |at| Fault { at, code: Errno::PERM.raw_os_error(), is_late: false };
    let (saved, _) = with(&[fault(at), fault(at + 1)], || save(path, b"old", b"new"));
    saved.map(|remarks| remarks.into_iter().map(|remark| remark.what).collect())
}

#[test]
fn a_file_that_changes_hands_says_so_and_opens_itself_to_no_other_group() {
    for (before, after) in [(0o664, 0o644), (0o660, 0o600), (0o666, 0o666), (0o640, 0o600)] {
        let (_folder, path) = folder(before);
        if !is_root(&path) {
            return;
        }
        let said = saved_by_another(&path).unwrap();
        assert!(matches!(said[..], [What::Owner(1234), What::Group(2345)]), "{said:?}");
        assert_eq!(mode(&path), after, "{before:o}");
    }
    let (_folder, path) = folder(0o600);
    if set(&path, ACCESS, &list([6, 6, 6, 6, 4])) {
        saved_by_another(&path).unwrap();
        assert_eq!(get(&path, ACCESS), Some(list([6, 6, 4, 6, 4])));
    }
}

#[test]
fn an_access_list_that_cannot_be_kept_keeps_the_file_from_being_written() {
    let (folder, path) = folder(0o600);
    if !set(&path, ACCESS, &list([6, 6, 0, 6, 0])) || !set(&path, "user.note", b"n") {
        return;
    }
    let steps = with(&[], || save(&path, b"old", b"old").map(drop)).1;
    let mut refused = 0;
    for (at, _) in steps.iter().enumerate().filter(|(_, step)| **step == Step::Attributes) {
        let fault = Fault { at, code: Errno::PERM.raw_os_error(), is_late: false };
        let before = (mode(&path), get(&path, ACCESS));
        let (saved, _) = with(&[fault], || save(&path, b"old", b"new"));
        assert_eq!((mode(&path), get(&path, ACCESS)), before);
        match saved {
            Ok(remarks) => {
                let [remark] = &remarks[..] else { panic!("{remarks:?}") };
                let is_named =
                    matches!(&remark.what, What::Attributes(names) if names == &["user.note"]);
                assert!(is_named, "{remarks:?}");
                setxattr(&path, "user.note", b"n", XattrFlags::empty()).unwrap();
                fs::write(&path, "old").unwrap();
            }
            Err(error) => {
                refused += usize::from(matches!(error, SaveError::Access(_)));
                assert_eq!(fs::read(&path).unwrap(), b"old");
            }
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
    assert_eq!(refused, 1);
    removexattr(&path, ACCESS).unwrap();
}
