//! What saves leave in a folder when the program is killed in their midst, found later.

use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::disk::{Step, tried};
use super::door;

/// How the names of files begin that are on their way into their places. They hide from listings.
const START: &str = ".nbasync-save-";

/// A folder with more entries than this is not searched to its end.
const ENTRIES: usize = 100_000;

/// A file that a save left behind. The file that was saved is whole: this holds what was to be
/// written, or what was there before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    pub path: PathBuf,
    /// In bytes.
    pub size: u64,
    pub modified: Option<SystemTime>,
}

/// A name for a file on its way, with the number of this process. Not made of the name of the file's
/// place, which may be as long as names can be.
pub fn name(number: u64) -> String {
    format!("{START}{:x}-{number:016x}", std::process::id())
}

/// The files in a folder that saves of this user left behind which no longer go on, in the order of
/// their names.
pub fn leftovers(folder: &Path) -> Vec<Leftover> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Ok(entries) = fs::read_dir(here) else { return Vec::new() };
    let mut found: Vec<Leftover> =
        entries.take(ENTRIES).flatten().filter_map(|entry| left(folder, &entry)).collect();
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Removes them, and returns those that stay.
pub fn remove(files: &[PathBuf]) -> Vec<(PathBuf, io::Error)> {
    let remove = |path: &PathBuf| {
        let done = match is_over(path) {
            true => tried(Step::Remove, || fs::remove_file(path)),
            false => Err(io::ErrorKind::ResourceBusy.into()),
        };
        done.err().map(|error| (path.clone(), error))
    };
    files.iter().filter_map(remove).collect()
}

fn left(folder: &Path, entry: &DirEntry) -> Option<Leftover> {
    let name = entry.file_name().into_string().ok()?;
    process_of(&name)?;
    let path = folder.join(name);
    let metadata = fs::symlink_metadata(&path).ok()?;
    let is_ours = metadata.is_file() && is_own(&metadata) && is_over(&path);
    let (size, modified) = (metadata.len(), metadata.modified().ok());
    is_ours.then_some(Leftover { path, size, modified })
}

/// The process that made a file of this name.
fn process_of(name: &str) -> Option<u32> {
    let (process, number) = name.strip_prefix(START)?.split_once('-')?;
    let is_number = number.len() == 16 && number.bytes().all(|byte| byte.is_ascii_hexdigit());
    u32::from_str_radix(process, 16).ok().filter(|_| is_number)
}

/// Whether the save that made the file goes on no longer: its process is gone, and so, where the
/// process is on another machine, is its lock.
fn is_over(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    let Some(process) = name.and_then(process_of) else { return false };
    !runs(process) && door::is_free(path)
}

#[cfg(unix)]
fn is_own(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    metadata.uid() == rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn is_own(_: &fs::Metadata) -> bool {
    true
}

/// Whether there is a process of this number.
#[cfg(unix)]
pub fn runs(process: u32) -> bool {
    use rustix::process::{Pid, test_kill_process};

    let id = i32::try_from(process).ok().and_then(Pid::from_raw);
    id.is_some_and(|id| test_kill_process(id) != Err(rustix::io::Errno::SRCH))
}

/// Nobody can be asked: the lock alone tells.
#[cfg(not(unix))]
pub fn runs(process: u32) -> bool {
    process == std::process::id()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number that no process has: numbers end at 2 to the 22nd. Source: `proc(5)`, `pid_max`.
    const NOBODY: u32 = 0x7fff_fff0;

    fn of(process: u32, number: u64) -> String {
        format!("{START}{process:x}-{number:016x}")
    }

    #[test]
    fn what_a_save_left_is_found_and_removed_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let others = [
            name(7),
            ".nbasync-save-zz-0000000000000001".to_owned(),
            ".nbasync-save-1".to_owned(),
            ".nbasync-skills.json".to_owned(),
            format!("x{}", of(NOBODY, 1)),
            format!("{}0", of(NOBODY, 1)),
        ];
        for name in &others {
            fs::write(at(name), "").unwrap();
        }
        fs::create_dir(at(&of(NOBODY, 2))).unwrap();
        fs::write(at(&of(NOBODY, 3)), "three").unwrap();
        let busy = at(&of(NOBODY, 4));
        fs::write(&busy, "").unwrap();
        let lock = fs::File::open(&busy).unwrap();
        lock.lock().unwrap();
        let found = leftovers(folder.path());
        let sizes: Vec<_> = found.iter().map(|it| (it.path.clone(), it.size)).collect();
        assert_eq!(sizes, [(at(&of(NOBODY, 3)), 5)]);
        let asked = [sizes[0].0.clone(), busy.clone(), at(&others[3])];
        let kept = remove(&asked);
        assert_eq!(kept.into_iter().map(|it| it.0).collect::<Vec<_>>(), asked[1..]);
        assert_eq!(leftovers(folder.path()), []);
        drop(lock);
        assert_eq!(leftovers(folder.path()).len(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_with_such_a_name_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("months of work"), "x").unwrap();
        let link = folder.path().join(of(NOBODY, 1));
        std::os::unix::fs::symlink("months of work", &link).unwrap();
        assert_eq!(leftovers(folder.path()), []);
    }
}
