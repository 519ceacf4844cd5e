//! Extended attributes and access lists: those of one file for another.

use std::fs::File;
use std::io;
use std::path::Path;

use rustix::fs::{
    XattrFlags, fgetxattr, fgetxattr_query, flistxattr, flistxattr_query, fremovexattr, fsetxattr,
    getxattr, getxattr_query, listxattr, listxattr_query,
};
use rustix::io::Errno;

use super::disk::{Step, tried};
use super::save::{SaveError, failed};

/// Where Linux keeps the access list of a file. Source: `acl(5)`, `xattr(7)`.
pub const ACCESS: &str = "system.posix_acl_access";

/// What the system makes of a file's own bytes, so that another file's is wrong. Source: `xattr(7)`
/// under "Extended security attributes", and the kernel's `Documentation/security/IMA-templates`.
const OWN: [&str; 3] = ["security.ima", "security.evm", "security.capability"];

/// Whether the file at a path has an access list.
pub fn has_access_list(path: &Path) -> bool {
    getxattr_query(path, ACCESS).is_ok()
}

/// Gives `file` the attributes of the file at `place` and no others, and returns the names of those
/// that it does not take. Where `is_narrow`, its group may do no more than everybody.
///
/// # Errors
/// When there is an access list that it does not take, or the attributes cannot be read.
pub fn keep(place: &Path, file: &File, is_narrow: bool) -> Result<Vec<String>, SaveError> {
    let wanted = tried(Step::Attributes, || of_path(place)).map_err(failed)?;
    let there = tried(Step::Attributes, || of_file(file)).map_err(failed)?;
    let mut lost = Vec::new();
    // A folder gives an access list to what is made in it.
    for (name, _) in there.iter().filter(|(name, _)| !names(&wanted, name)) {
        let removed = tried(Step::Attributes, || Ok(fremovexattr(file, name.as_str())?));
        if name == ACCESS {
            removed.map_err(SaveError::Access)?;
        }
    }
    for (name, value) in wanted {
        let value = if name == ACCESS && is_narrow { narrowed(&value) } else { value };
        if there.contains(&(name.clone(), value.clone())) {
            continue;
        }
        let set = || Ok(fsetxattr(file, name.as_str(), &value, XattrFlags::empty())?);
        match tried(Step::Attributes, set) {
            Ok(()) => {}
            Err(error) if name == ACCESS => return Err(SaveError::Access(error)),
            Err(_) => lost.push(name),
        }
    }
    Ok(lost)
}

type Attributes = Vec<(String, Vec<u8>)>;

fn names(attributes: &Attributes, name: &str) -> bool {
    attributes.iter().any(|(known, _)| known == name)
}

fn of_path(path: &Path) -> io::Result<Attributes> {
    let list = filled(|| listxattr_query(path), |buffer| listxattr(path, buffer))?;
    read(&list, |name| filled(|| getxattr_query(path, name), |buffer| getxattr(path, name, buffer)))
}

fn of_file(file: &File) -> io::Result<Attributes> {
    let list = filled(|| flistxattr_query(file), |buffer| flistxattr(file, buffer))?;
    read(&list, |name| {
        filled(|| fgetxattr_query(file, name), |buffer| fgetxattr(file, name, buffer))
    })
}

/// The attributes that a list names; one that is gone by now is none.
fn read(list: &[u8], value: impl Fn(&str) -> io::Result<Vec<u8>>) -> io::Result<Attributes> {
    let names = list.split(|byte| *byte == 0).filter_map(|name| std::str::from_utf8(name).ok());
    let names = names.filter(|name| !name.is_empty() && !OWN.contains(name));
    let known = names.filter_map(|name| match value(name) {
        Err(error) if error.raw_os_error() == Some(Errno::NODATA.raw_os_error()) => None,
        value => Some(value.map(|value| (name.to_owned(), value))),
    });
    known.collect()
}

/// What the system fills a buffer with; nothing where the file system has no attributes.
fn filled(
    size: impl Fn() -> rustix::io::Result<usize>,
    fill: impl Fn(&mut [u8]) -> rustix::io::Result<usize>,
) -> io::Result<Vec<u8>> {
    let size = match size() {
        Err(Errno::NOTSUP | Errno::NOSYS) => return Ok(Vec::new()),
        size => size?,
    };
    let mut buffer = vec![0; size];
    let filled = if size > 0 { fill(&mut buffer)? } else { 0 };
    buffer.truncate(filled);
    Ok(buffer)
}

/// An access list whose group may do no more than everybody. Each entry takes eight bytes after the
/// first four: tag, permissions, and whom it is about. Source: `linux/posix_acl_xattr.h`.
fn narrowed(list: &[u8]) -> Vec<u8> {
    const GROUP: u16 = 0x04;
    const EVERYBODY: u16 = 0x20;
    let number = |bytes: &[u8], at: usize| {
        let pair = bytes.get(at..at + 2).and_then(|pair| pair.try_into().ok());
        pair.map_or(0, u16::from_le_bytes)
    };
    let (head, entries) = list.split_at(list.len().min(4));
    let mut of_all = entries.chunks(8).filter(|entry| number(entry, 0) == EVERYBODY);
    let all = of_all.next().map_or(0, |entry| number(entry, 2));
    let narrow = |entry: &[u8]| {
        let mut entry = entry.to_vec();
        if number(&entry, 0) == GROUP {
            let rights = (number(&entry, 2) & all).to_le_bytes();
            entry.splice(2..4, rights);
        }
        entry
    };
    head.iter().copied().chain(entries.chunks(8).flat_map(narrow)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_that_is_another_may_do_no_more_than_everybody() {
        let entry = |tag: u16, rights: u16| {
            let mut entry = [tag.to_le_bytes(), rights.to_le_bytes()].concat();
            entry.extend([0xff; 4]);
            entry
        };
        let list = |group| {
            let mut list = vec![2, 0, 0, 0];
            list.extend(
                [entry(1, 6), entry(2, 6), entry(4, group), entry(16, 6), entry(32, 4)].concat(),
            );
            list
        };
        assert_eq!(narrowed(&list(6)), list(4));
        assert_eq!(narrowed(&list(0)), list(0));
        assert_eq!(narrowed(&[2, 0]), [2, 0]);
    }
}
