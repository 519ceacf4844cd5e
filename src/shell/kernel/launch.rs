//! Starts the process of a kernel, and ends it whatever happens: its whole group is killed and its
//! connection file removed.

use std::collections::VecDeque;
use std::env;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::grip::Grip;
use super::group;
use super::runtime::{self, Guard};

/// How a kernel is started.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Launch {
    /// The program and its arguments; `{connection_file}` stands for the file's path.
    pub argv: Vec<String>,
    /// Added to the environment.
    pub env: Vec<(String, String)>,
    /// The folder that comes first on `PATH`: the environment's own programs.
    pub bin: Option<PathBuf>,
    /// The folder in which the kernel runs.
    pub folder: Option<PathBuf>,
    /// Whether the kernel is interrupted by a message; else by a signal.
    pub interrupted_by_message: bool,
}

/// Bytes kept of what a kernel writes to its own stderr: the last of them tell why it ended.
const COMPLAINT: usize = 8 << 10;

/// Kernels that run now, for the moment when the program has to end at once.
static LIVE: Mutex<Vec<Live>> = Mutex::new(Vec::new());

#[derive(Debug)]
struct Live {
    process: u32,
    file: PathBuf,
    name: String,
}

/// Kills every kernel that this program has started, and removes the connection files. For signal
/// handlers and other ends at which nothing is dropped.
pub fn stop_all() {
    let mut live = LIVE.lock().unwrap_or_else(PoisonError::into_inner);
    for Live { process, file, name } in live.drain(..) {
        group::kill(process);
        group::kill_marked(&name);
        // What is not there need not be removed.
        let _ = fs::remove_file(file);
    }
}

/// A kernel's process. It ends when this is dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    file: PathBuf,
    ended: Option<ExitStatus>,
    complaint: Arc<Mutex<VecDeque<u8>>>,
    grip: Option<Arc<Grip>>,
    name: String,
    guard: Guard,
}

impl Process {
    /// Starts the process with a connection file of that text. `name` is random.
    ///
    /// # Errors
    /// When the file cannot be written or the program not be started.
    pub fn start(launch: &Launch, name: &str, connection: &str) -> io::Result<Self> {
        runtime::sweep();
        let file = runtime::file(name);
        write_privately(&file, connection)?;
        let mut live = LIVE.lock().unwrap_or_else(PoisonError::into_inner);
        let spawned = command(launch, &file, name).and_then(|mut command| command.spawn());
        let mut child = match spawned {
            Ok(child) => child,
            Err(error) => {
                let _ = fs::remove_file(&file);
                return Err(error);
            }
        };
        live.push(Live { process: child.id(), file: file.clone(), name: name.to_owned() });
        let guard = Guard::over(child.id(), &file, name);
        let complaint = Arc::default();
        if let Some(stderr) = child.stderr.take() {
            let kept = Arc::clone(&complaint);
            thread::spawn(move || keep_last(stderr, &kept));
        }
        let name = name.to_owned();
        Ok(Self { child, file, ended: None, complaint, grip: None, name, guard })
    }

    /// Lets somebody else end the process as long as it is there.
    pub fn give(&mut self, grip: &Arc<Grip>) {
        grip.hold(self.id());
        self.grip = Some(Arc::clone(grip));
    }

    /// The number of the process, which is that of its group.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How the process ended, once it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        if self.ended.is_none()
            && let Ok(Some(status)) = self.child.try_wait()
        {
            self.let_go();
            group::kill(self.child.id());
            self.clear();
            self.ended = Some(status);
        }
        self.ended
    }

    /// What the kernel has started is gone as well, and its file.
    fn clear(&mut self) {
        group::kill_marked(&self.name);
        let _ = fs::remove_file(&self.file);
        self.guard.dismiss();
    }

    fn let_go(&mut self) {
        self.grip.take().iter().for_each(|grip| grip.release());
    }

    /// The last that the process wrote to stderr.
    pub fn complaint(&self) -> String {
        let kept = self.complaint.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes: Vec<u8> = kept.iter().copied().collect();
        String::from_utf8_lossy(&bytes).trim().to_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.let_go();
        if self.ended.is_none() {
            group::kill(self.child.id());
            // Where there are no groups; and no zombie stays.
            let _ = self.child.kill();
            let _ = self.child.wait();
            self.clear();
        }
        let mut live = LIVE.lock().unwrap_or_else(PoisonError::into_inner);
        live.retain(|live| live.file != self.file);
    }
}

fn command(launch: &Launch, file: &Path, name: &str) -> io::Result<Command> {
    let mut argv = launch.argv.iter().map(|arg| {
        let file = file.to_string_lossy();
        arg.replace("{connection_file}", &file)
    });
    let program = argv.next().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let mut command = Command::new(found(&program, launch.bin.as_deref()));
    command.args(argv).envs(launch.env.iter().map(|(name, value)| (name, value)));
    if let Some(path) = launch.bin.as_deref().and_then(path_with) {
        command.env("PATH", path);
    }
    if let Some(folder) = &launch.folder {
        command.current_dir(folder);
    }
    // ipykernel ends by itself when this process is gone. Source: `ipykernel/parentpoller.py`.
    command.env("JPY_PARENT_PID", std::process::id().to_string());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    group::put_mark(&mut command, name);
    group::make(&mut command)?;
    Ok(command)
}

/// A program without a folder is that of the environment, if it has one.
fn found(program: &str, bin: Option<&Path>) -> PathBuf {
    let own = bin.map(|bin| bin.join(program)).filter(|own| own.is_file());
    let plain = Path::new(program).components().count() == 1;
    own.filter(|_| plain).unwrap_or_else(|| PathBuf::from(program))
}

fn path_with(bin: &Path) -> Option<OsString> {
    let old = env::var_os("PATH").unwrap_or_default();
    env::join_paths(std::iter::once(bin.to_owned()).chain(env::split_paths(&old))).ok()
}

/// The file holds the key to the kernel: nobody else may read it.
fn write_privately(file: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    group::private(&mut options);
    options.open(file)?.write_all(text.as_bytes())
}

fn keep_last(mut from: impl Read, kept: &Mutex<VecDeque<u8>>) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(buffer.get(..count).unwrap_or_default());
        let over = kept.len().saturating_sub(COMPLAINT);
        kept.drain(..over);
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Launch {
        let argv = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
        Launch { argv, ..Launch::default() }
    }

    #[test]
    fn dropping_a_kernel_ends_what_it_started_and_removes_its_file() {
        let script = "sleep 60 & echo $! > \"$0\".child; mv \"$0\".child \"$0\".pid; wait";
        let mut launch = shell(script);
        launch.argv.push("{connection_file}".to_owned());
        let process = Process::start(&launch, "children", "{}").unwrap();
        let file = process.file.clone();
        let noted = PathBuf::from(format!("{}.pid", file.display()));
        while !noted.exists() {
            thread::yield_now();
        }
        let child = fs::read_to_string(&noted).unwrap();
        fs::remove_file(&noted).unwrap();
        assert!(file.exists());
        drop(process);
        assert!(!file.exists());
        // It is nobody's child now: it may take a moment, and then somebody else's wait, to go.
        let runs = || {
            let stat = fs::read_to_string(format!("/proc/{}/stat", child.trim()));
            stat.is_ok_and(|stat| !stat.contains(") Z "))
        };
        let start = std::time::Instant::now();
        while runs() {
            assert!(start.elapsed().as_secs() < 60, "the child outlived its kernel");
            thread::yield_now();
        }
    }

    #[test]
    fn the_last_words_of_a_kernel_are_kept() {
        let launch = shell("echo no module >&2; exit 3");
        let mut process = Process::start(&launch, "words", "{}").unwrap();
        let status = loop {
            if let Some(status) = process.ended() {
                break status;
            }
            thread::yield_now();
        };
        assert_eq!(status.code(), Some(3));
        while process.complaint().is_empty() {
            thread::yield_now();
        }
        assert_eq!(process.complaint(), "no module");
    }

    /// Whether a process still does something.
    #[cfg(target_os = "linux")]
    fn runs(process: &str) -> bool {
        let stat = fs::read_to_string(format!("/proc/{}/stat", process.trim()));
        stat.is_ok_and(|stat| !stat.contains(") Z "))
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_a_kernel_started_in_sessions_of_their_own_ends_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let noted = folder.path().join("noted");
        let script = format!(
            "setsid sh -c 'echo $$ > {0}.new; mv {0}.new {0}; exec sleep 600' & exec sleep 600",
            noted.display()
        );
        for is_ended_by_itself in [false, true] {
            let script = if is_ended_by_itself {
                script.replace("exec sleep 600", "true")
            } else {
                script.clone()
            };
            let script = script.replace("mv", "setsid sleep 600 & mv");
            let mut process = Process::start(&shell(&script), "sessions", "{}").unwrap();
            while !noted.exists() {
                thread::yield_now();
            }
            let child = fs::read_to_string(&noted).unwrap();
            fs::remove_file(&noted).unwrap();
            if is_ended_by_itself {
                while process.ended().is_none() {
                    thread::yield_now();
                }
            }
            drop(process);
            let start = std::time::Instant::now();
            while runs(&child) || marked("sessions") {
                assert!(start.elapsed().as_secs() < 60, "something outlived its kernel");
                thread::yield_now();
            }
        }
    }

    /// Whether any process has the mark of this kernel.
    #[cfg(target_os = "linux")]
    fn marked(name: &str) -> bool {
        let mark = group::mark(name);
        let entries = fs::read_dir("/proc").unwrap().flatten();
        let mut environs = entries.filter_map(|entry| fs::read(entry.path().join("environ")).ok());
        environs.any(|bytes| bytes.split(|byte| *byte == 0).any(|line| line == mark.as_bytes()))
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_kernel_is_the_first_of_a_session_and_of_a_group() {
        let launch = shell("read stat < /proc/self/stat; echo $stat >&2");
        let mut process = Process::start(&launch, "session", "{}").unwrap();
        while process.ended().is_none() || process.complaint().is_empty() {
            thread::yield_now();
        }
        // Behind the name: state, parent, group, session, terminal. Source: `proc_pid_stat(5)`.
        let told = process.complaint();
        let fields: Vec<&str> = told.rsplit(") ").next().unwrap().split(' ').collect();
        let own = process.id().to_string();
        assert_eq!(fields.get(2..5), Some([own.as_str(), own.as_str(), "0"].as_slice()));
    }

    #[test]
    fn a_program_that_is_not_there_leaves_no_file() {
        let launch = Launch { argv: vec!["/nowhere/python".to_owned()], ..Launch::default() };
        assert!(Process::start(&launch, "nowhere", "{}").is_err());
        assert!(!runtime::file("nowhere").exists());
    }
}
