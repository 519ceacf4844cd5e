//! Follows the open file: a save by somebody else is read again.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{Builder, Scope};
use std::time::{Duration, SystemTime};

use super::config::Configs;
use super::files::STACK;
use super::reviewing::opened;
use crate::tutor::message::Msg;

/// Between two looks at the file. Looking costs one system call.
const PAUSE: Duration = Duration::from_millis(500);

/// A thread that looks at one file.
pub struct Watcher(Sender<PathBuf>);

/// What shows that a file is another one: when it was written, and its length in bytes.
type Stamp = (Option<SystemTime>, u64);

impl Watcher {
    /// What the file holds anew goes to `answers`. `None` where there can be no thread.
    pub fn new<'s, 'k: 's>(
        scope: &'s Scope<'s, '_>,
        configs: Arc<Configs<'k>>,
        answers: Sender<Msg>,
    ) -> Option<Self> {
        let (paths, inbox) = mpsc::channel();
        let look = move || look(&inbox, &configs, &answers);
        Builder::new().stack_size(STACK).spawn_scoped(scope, look).ok()?;
        Some(Self(paths))
    }

    /// Follows this file from now on, as it is now.
    pub fn follow(&self, path: &Path) {
        // Nobody listens any more when the program ends.
        let _ = self.0.send(path.to_owned());
    }
}

fn look(inbox: &Receiver<PathBuf>, configs: &Configs<'_>, answers: &Sender<Msg>) {
    let Ok(mut path) = inbox.recv() else { return };
    let mut known = stamp(&path);
    loop {
        match inbox.recv_timeout(PAUSE) {
            Ok(other) => (known, path) = (stamp(&other), other),
            Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => {
                let now = stamp(&path);
                // A file that is being replaced is not there for a moment.
                if now.is_none() || now == known {
                    continue;
                }
                known = now;
                if answers.send(Msg::Changed(opened(path.clone(), configs))).is_err() {
                    return;
                }
            }
        }
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.modified().ok(), metadata.len()))
}
