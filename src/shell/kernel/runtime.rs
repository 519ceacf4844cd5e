//! The folder for connection files, what lies in it after this program was killed, and a guard that
//! ends a kernel when that happens.

use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::group;
use crate::shell::files;
use crate::shell::learning::state_folder;

/// How the names of connection files begin; then follow this process's number and a random name.
const START: &str = "nbasync-";

/// The folder of this user for what lives as long as a session does, and that nobody else may look
/// into; where there is none, that for state, and at last that for temporary files.
///
/// Source: `XDG_RUNTIME_DIR` in <https://specifications.freedesktop.org/basedir-spec/latest/>.
pub fn folder() -> PathBuf {
    let runtime = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let runtime = runtime.filter(|folder| folder.is_absolute()).map(|it| it.join("nbasync"));
    let state = state_folder().map(|folder| folder.join("kernels"));
    let mut places = runtime.into_iter().chain(state);
    places.find(|folder| files::private_folder(folder).is_ok()).unwrap_or_else(env::temp_dir)
}

/// A path for a connection file that nobody has.
pub fn file(name: &str) -> PathBuf {
    folder().join(format!("{START}{}-{name}.json", std::process::id()))
}

/// Ends what programs of this user that are gone have left running, and removes their files.
pub fn sweep() {
    let entries = fs::read_dir(folder()).into_iter().flatten().flatten();
    for entry in entries {
        let name = entry.file_name();
        let Some((process, mark)) = name.to_str().and_then(parts) else { continue };
        if !files::runs(process) {
            group::kill_marked(mark);
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The process and the random name in a file's name.
fn parts(name: &str) -> Option<(u32, &str)> {
    let (process, mark) = name.strip_prefix(START)?.strip_suffix(".json")?.split_once('-')?;
    Some((process.parse().ok()?, mark))
}

/// A process that sleeps until this one says that all is over, or is gone. Then it kills the kernel
/// with what that has started, and removes its file.
#[derive(Debug)]
pub struct Guard(Option<Child>);

/// Its program: the kernel's number, its file and its mark are the arguments.
const GUARD: &str = r#"
if read -r over; then exit 0; fi
kill -9 -- "-$1"
for environ in /proc/[0-9]*/environ; do
    if tr '\0' '\n' <"$environ" | grep -Fqx "$3"; then
        process=${environ#/proc/}
        kill -9 "${process%/environ}"
    fi
done
rm -f -- "$2"
"#;

impl Guard {
    /// Where none can be started, the kernel has none.
    pub fn over(kernel: u32, file: &Path, name: &str) -> Self {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", GUARD, "nbasync-guard", &kernel.to_string()]).arg(file);
        // Nothing of the notebook's folder, and no signal of this program's terminal, reaches it.
        command.arg(group::mark(name)).env_clear().env("PATH", "/usr/bin:/bin").current_dir("/");
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let made = if cfg!(unix) { group::make(&mut command).is_ok() } else { false };
        Self(made.then(|| command.spawn().ok()).flatten())
    }

    /// The kernel is gone, and so is its file.
    pub fn dismiss(&mut self) {
        let Some(mut child) = self.0.take() else { return };
        if let Some(mut input) = child.stdin.take() {
            let _ = input.write_all(b"over\n");
        }
        let _ = child.wait();
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.dismiss();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_whose_it_is() {
        let file = file("ab-12");
        let name = file.file_name().and_then(|name| name.to_str()).unwrap();
        assert_eq!(parts(name), Some((std::process::id(), "ab-12")));
        for other in ["nbasync-7.json", "nbasync-x-1.json", "kernel-7-1.json", "nbasync-7-1"] {
            assert_eq!(parts(other), None);
        }
    }
}
