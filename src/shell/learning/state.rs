//! The folder where this program keeps its state: the door to etcetera.

use std::path::PathBuf;

use etcetera::BaseStrategy;

/// The program's folder.
const NAME: &str = "nbasync";

/// `$XDG_STATE_HOME/nbasync` or `~/.local/state/nbasync`; on macOS
/// `~/Library/Application Support/nbasync`; on Windows `%LOCALAPPDATA%\nbasync`. `None` where there
/// is no home folder.
///
/// Source: <https://specifications.freedesktop.org/basedir-spec/latest/> for the first;
/// <https://developer.apple.com/library/archive/documentation/FileManagement/Conceptual/FileSystemProgrammingGuide/MacOSXDirectories/MacOSXDirectories.html>
/// for the second; `FOLDERID_LocalAppData` in
/// <https://learn.microsoft.com/en-us/windows/win32/shell/knownfolderid> for the third.
pub fn state_folder() -> Option<PathBuf> {
    let places = etcetera::base_strategy::choose_native_strategy().ok()?;
    let folder = if cfg!(windows) {
        places.cache_dir()
    } else {
        places.state_dir().unwrap_or_else(|| places.data_dir())
    };
    Some(folder.join(NAME))
}
