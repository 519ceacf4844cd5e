//! Groups of processes and private files, as far as the system has them.

use std::fs::OpenOptions;
use std::process::Command;

/// Starts the command as the first of a group of its own.
pub fn make(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}

/// Kills a group by the number of its first process.
pub fn kill(process: u32) {
    #[cfg(unix)]
    signal(process, rustix::process::Signal::KILL);
    #[cfg(not(unix))]
    let _ = process;
}

/// Interrupts a group by the number of its first process, as Ctrl-C does.
pub fn interrupt(process: u32) {
    #[cfg(unix)]
    signal(process, rustix::process::Signal::INT);
    #[cfg(not(unix))]
    let _ = process;
}

/// Makes a new file readable for its owner alone.
pub fn private(options: &mut OpenOptions) {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    #[cfg(not(unix))]
    let _ = options;
}

#[cfg(unix)]
fn signal(process: u32, signal: rustix::process::Signal) {
    let group = i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw);
    // A group that is gone needs no signal.
    let _ = group.map(|group| rustix::process::kill_process_group(group, signal));
}
