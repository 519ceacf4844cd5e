//! Does something again whenever files change.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, SystemTime};

use super::arguments::SourceArgs;
use super::{Exit, Session, print};
use crate::shell::files;
use crate::shell::report::Tone;
use crate::wording;

/// How long nothing is looked at.
const PAUSE: Duration = Duration::from_millis(400);

/// What a file looks like from outside: when it was written, and how long it is.
type Looks = BTreeMap<PathBuf, Option<(SystemTime, u64)>>;

/// Does the work now and after each change of the files, until the program is interrupted.
///
/// # Errors
/// When the work fails. Settings that cannot be used are told, and their repair waited for.
pub fn each_time(
    session: &Session,
    source: &SourceArgs,
    mut work: impl FnMut() -> io::Result<Exit>,
) -> io::Result<Exit> {
    let said = session.voice().say(wording::report::WATCHING, &[]).join("\n");
    loop {
        // Taken before the work, so that what changes meanwhile is seen.
        let before = looks(source);
        match work() {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Err(error),
            Err(error) => {
                super::say_error(session, &error);
            }
            Ok(_) => {}
        }
        print(&format!("{}\n", session.paper.paint(Tone::Quiet, &said)))?;
        while looks(source) == before {
            thread::sleep(PAUSE);
        }
        print("\n")?;
    }
}

/// What the files look like, with the settings above them.
fn looks(source: &SourceArgs) -> Looks {
    let look = |path: PathBuf| {
        let seen = fs::metadata(&path).ok().and_then(|it| Some((it.modified().ok()?, it.len())));
        (path, seen)
    };
    let found = files::find(&source.paths).into_iter().map(|found| found.path);
    let folders = std::path::absolute(".").into_iter();
    let above = folders.flat_map(|here| here.ancestors().map(PathBuf::from).collect::<Vec<_>>());
    let settings = above.flat_map(|it| [it.join("nbasync.toml"), it.join("pyproject.toml")]);
    found.chain(settings).map(look).collect()
}
