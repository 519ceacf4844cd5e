//! Sessions, groups of processes and private files, as far as the system has them.

use std::fs::OpenOptions;
use std::io;
use std::process::Command;

/// The command will start as the first of a session of its own, and so of a group of its own: the
/// terminal on which this program draws is not its terminal, and `/dev/tty` is none.
///
/// # Errors
/// When the command cannot be told.
///
/// Source: `setsid(2)`; `jupyter_client.launcher.launch_kernel` does the same
/// (`start_new_session`).
pub fn make(command: &mut Command) -> io::Result<()> {
    #[cfg(unix)]
    {
        use process_wrap::std::{CommandWrap, CommandWrapper, ProcessSession};
        // Only what is done before the start is wanted; the child is watched here.
        let nothing = CommandWrap::with_new("", |_| {});
        ProcessSession.pre_spawn(command, &nothing)?;
    }
    #[cfg(not(unix))]
    let _ = command;
    Ok(())
}

/// Kills a group by the number of its first process.
pub fn kill(process: u32) {
    #[cfg(unix)]
    signal(process, rustix::process::Signal::KILL);
    #[cfg(not(unix))]
    let _ = process;
}

/// What a kernel's environment holds, by which everything that it has started is known, whatever
/// session or group that is in.
const MARK: &str = "NBASYNC_KERNEL";

/// The mark of a kernel as a line of an environment.
pub fn mark(name: &str) -> String {
    format!("{MARK}={name}")
}

/// Marks what a command starts.
pub fn put_mark(command: &mut Command, name: &str) {
    command.env(MARK, name);
}

/// How often processes are looked for that have been started meanwhile.
#[cfg(target_os = "linux")]
const PASSES: usize = 8;

/// Kills every process with this mark. Source for `environ`: `proc_pid_environ(5)`.
#[cfg(target_os = "linux")]
pub fn kill_marked(name: &str) {
    use crate::shell::files;

    let mark = mark(name);
    let is_marked = |process: &i32| {
        let environ = std::path::PathBuf::from(format!("/proc/{process}/environ"));
        let bytes = files::read_small(&environ, files::SETTINGS).unwrap_or_default();
        bytes.split(|byte| *byte == 0).any(|line| line == mark.as_bytes())
    };
    for _ in 0..PASSES {
        let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
        let own = i32::try_from(std::process::id()).unwrap_or_default();
        let marked: Vec<i32> = numbers.filter(|it| *it != own).filter(is_marked).collect();
        for process in &marked {
            let process = rustix::process::Pid::from_raw(*process);
            let _ =
                process.map(|it| rustix::process::kill_process(it, rustix::process::Signal::KILL));
        }
        if marked.is_empty() {
            return;
        }
    }
}

/// Processes cannot be asked for their marks.
#[cfg(not(target_os = "linux"))]
pub fn kill_marked(_: &str) {}

/// Interrupts a group by the number of its first process, as Ctrl-C does.
pub fn interrupt(process: u32) {
    #[cfg(unix)]
    signal(process, rustix::process::Signal::INT);
    #[cfg(not(unix))]
    let _ = process;
}

/// Lets a group go on that was stopped: an interrupt would wait for that, for ever.
pub fn go_on(process: u32) {
    #[cfg(unix)]
    signal(process, rustix::process::Signal::CONT);
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
