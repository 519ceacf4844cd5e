//! Small files that anybody may have written, read through the one door.

use std::fs;
use std::path::Path;

use crate::shell::files;

/// The most that is read of a file, in bytes.
const MOST: u64 = 256 << 10;

/// The text of a file; `None` where there is none, or it is too long, or no UTF-8.
pub fn text(path: &Path) -> Option<String> {
    String::from_utf8(files::read_small(path, MOST).ok()?).ok()
}

/// The first line of a file, as far as it can be told within the length that systems look at.
pub fn first_line(path: &Path) -> Option<String> {
    let bytes = files::start(path, 256).ok()?;
    String::from_utf8_lossy(&bytes).lines().next().map(str::to_owned)
}

/// The names in a folder, in order; none where there is no such folder.
pub fn entries(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}
