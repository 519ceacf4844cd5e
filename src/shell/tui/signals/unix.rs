//! Signals and job control of Unix.

use std::io;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::Sender;
use std::time::Duration;

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGSTOP, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;
use signal_hook::low_level::raise;

use crate::shell::files;
use crate::shell::tui::events::Event;
use crate::shell::tui::terminal::restore;

/// How long the program may take to end by itself.
const PATIENCE: Duration = Duration::from_secs(1);

/// Parents looked at to find the shell.
const ANCESTORS: usize = 16;

/// Sends signals as events from a thread of its own. When an ending signal is not followed by
/// the end, the thread gives the terminal back and ends the program.
/// # Errors
/// When signals cannot be watched.
pub fn watch(events: Sender<Event>) -> io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT])?;
    std::thread::spawn(move || {
        for signal in &mut signals {
            let event = match signal {
                SIGTSTP => Event::Suspend,
                SIGCONT => Event::Continue,
                other => Event::End(other),
            };
            let heard = events.send(event).is_ok();
            match signal {
                SIGCONT => {}
                // After the front end has ended a signal does what it always does.
                SIGTSTP if heard => {}
                SIGTSTP => drop(raise(SIGSTOP)),
                other => {
                    std::thread::sleep(if heard { PATIENCE } else { Duration::ZERO });
                    restore();
                    #[cfg(feature = "kernel")]
                    crate::shell::kernel::stop_all();
                    std::process::exit(128 + other);
                }
            }
        }
    });
    Ok(())
}

/// Stops the program until somebody lets it go on. The whole job is stopped where a `kill` program
/// is there, so that a wrapper such as `uvx` does not keep the shell waiting.
/// # Errors
/// When the signal is refused.
pub fn stop() -> io::Result<()> {
    let job = Command::new("kill").args(["-s", "TSTP", "0"]).spawn();
    raise(SIGSTOP)?;
    if let Ok(mut kill) = job {
        // It has been stopped too, and goes on only when the whole job does.
        std::thread::spawn(move || kill.wait());
    }
    Ok(())
}

/// Whether a shell looks after this job. A program that a terminal window runs by itself would
/// stop for ever: the job is orphaned when the first ancestor outside it is of another session.
/// Source: POSIX, "orphaned process group". Where there is no `/proc`, a shell is assumed.
pub fn can_stop() -> bool {
    let Some(own) = Process::read("self") else { return true };
    let mut parent = own.parent;
    for _ in 0..ANCESTORS {
        let Some(ancestor) = Process::read(&parent.to_string()) else { return false };
        if ancestor.group != own.group {
            return ancestor.session == own.session;
        }
        parent = ancestor.parent;
    }
    false
}

/// Where a process stands among others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Process {
    parent: u32,
    group: u32,
    session: u32,
}

impl Process {
    fn read(id: &str) -> Option<Self> {
        let file = format!("/proc/{id}/stat");
        Self::parse(&files::text(Path::new(&file), files::SETTINGS).ok()?)
    }

    /// Reads `/proc/<pid>/stat`: `pid (name) state parent group session …`; the name may hold
    /// spaces and parentheses.
    fn parse(stat: &str) -> Option<Self> {
        let (_, rest) = stat.rsplit_once(')')?;
        let mut numbers = rest.split_whitespace().skip(1).map(str::parse);
        let mut next = || numbers.next()?.ok();
        Some(Self { parent: next()?, group: next()?, session: next()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_is_no_trouble() {
        let found = Process::parse("12 (a) b (c)) S 7 8 9 34816 12 4194304");
        assert_eq!(found, Some(Process { parent: 7, group: 8, session: 9 }));
        assert_eq!(Process::parse(""), None);
    }
}
