//! The user's own editor, opened on a text of ours.

use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, ExitStatus};

use super::{files, told};
use crate::knowledge::Knowledge;
use crate::text::with_plain_ends;
use crate::tutor::message::EditorError;

/// The editor that the environment names, if it names one.
pub fn wanted() -> Option<OsString> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty());
    set("VISUAL").or_else(|| set("EDITOR"))
}

/// Opens the editor on a text and returns what it was left with. `name` is the file's name without
/// its end.
///
/// # Errors
/// When there is no editor, or it failed, or what it wrote cannot be read.
pub fn open(knowledge: &Knowledge, name: &str, text: &str) -> Result<String, EditorError> {
    let told = |error: &(dyn Error + 'static)| told::both(knowledge, error);
    let editor = wanted().ok_or(EditorError::NoneNamed)?;
    let path = env::temp_dir().join(format!("nbasync-{name}.py"));
    let path = files::save_new(&path, text.as_bytes())
        .map_err(|error| EditorError::NoFile { why: told(&error) })?;
    let ended = run(&editor, &path);
    let left = files::read_small(&path, files::TEXT)
        .map_err(|error| EditorError::Unread { why: told(&error) });
    let left = left.and_then(|bytes| String::from_utf8(bytes).map_err(|_| EditorError::NoText));
    // A file that cannot be removed lies in the folder for such files.
    let _ = fs::remove_file(&path);
    let editor = editor.to_string_lossy().into_owned();
    match ended {
        Ok(status) if status.success() => left.map(|left| with_plain_ends(&left).into_owned()),
        Ok(status) => Err(match status.code() {
            Some(NOT_FOUND) => EditorError::Missing { editor },
            Some(code) => EditorError::Failed { editor, code },
            None => EditorError::Killed { editor },
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(EditorError::Missing { editor })
        }
        Err(error) => Err(EditorError::NotStarted { editor, why: told(&error) }),
    }
}

/// What a shell answers where there is no such command.
/// Source: `COMMAND EXECUTION` of <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html>.
const NOT_FOUND: i32 = 127;

/// The variable may hold arguments, and is read as a shell reads it.
/// Source: `editor` under <https://git-scm.com/docs/git-var>.
#[cfg(unix)]
fn run(editor: &OsString, path: &Path) -> io::Result<ExitStatus> {
    let mut line = editor.clone();
    line.push(" \"$1\"");
    Command::new("sh").arg("-c").arg(line).arg("sh").arg(path).status()
}

#[cfg(not(unix))]
fn run(editor: &OsString, path: &Path) -> io::Result<ExitStatus> {
    let text = editor.to_string_lossy();
    let mut words = text.split_whitespace();
    Command::new(words.next().unwrap_or_default()).args(words).arg(path).status()
}
