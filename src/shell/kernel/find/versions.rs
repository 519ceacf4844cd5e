//! Which Python, ipykernel and IPython an environment has: from its files, or by asking it.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::Ground;
use super::files::{entries, text};
use crate::transcript::Versions;

/// How long an interpreter may take to say its versions.
const PATIENCE: Duration = Duration::from_secs(10);

/// What an interpreter is asked. The folder that it is asked in gives it no modules.
const QUESTION: &str = "\
import sys
sys.path[:] = [path for path in sys.path if path]
from importlib import metadata
def version(name):
    try:
        return metadata.version(name)
    except Exception:
        return ''
print('.'.join(map(str, sys.version_info[:3])))
print(version('ipykernel'))
print(version('ipython'))
";

/// Reads the versions from an environment's files.
pub fn read(prefix: &Path) -> Versions {
    let config = text(&prefix.join("pyvenv.cfg")).unwrap_or_default();
    let mut folders = packages(prefix);
    if value(&config, "include-system-site-packages").is_some_and(|it| it == "true") {
        // `home` is the folder of the interpreter that the environment was made with.
        let system = value(&config, "home").map(PathBuf::from);
        folders.extend(system.as_deref().and_then(Path::parent).map(packages).unwrap_or_default());
    }
    let installed = |name: &str| folders.iter().find_map(|folder| installed(folder, name));
    Versions {
        python: python(prefix, &config),
        ipykernel: installed("ipykernel"),
        ipython: installed("ipython"),
    }
}

/// Asks an interpreter that does not lie on the ground. `None` when it does not answer in time.
pub fn ask(interpreter: &Path, ground: &Ground) -> Option<Versions> {
    let mut command = Command::new(interpreter);
    // What somebody has installed for themselves is read at every start.
    command.args(ground.holds_home().then_some("-s")).args(["-c", QUESTION]);
    command.current_dir(interpreter.parent()?);
    ground.keep_off(&mut command);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    let deadline = Instant::now() + PATIENCE;
    let ended = loop {
        match child.try_wait() {
            Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_millis(10)),
            Ok(Some(status)) => break status.success(),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                break false;
            }
        }
    };
    let mut text = String::new();
    child.stdout.take()?.take(4096).read_to_string(&mut text).ok()?;
    let mut lines =
        text.lines().map(|line| Some(line.trim().to_owned()).filter(|it| !it.is_empty()));
    let python = lines.next()??;
    ended.then_some(Versions {
        python: Some(python),
        ipykernel: lines.next().flatten(),
        ipython: lines.next().flatten(),
    })
}

/// The folders in which an environment's packages are.
fn packages(prefix: &Path) -> Vec<PathBuf> {
    let pythons = entries(&prefix.join("lib")).into_iter();
    let pythons = pythons.filter(|name| name.starts_with("python"));
    let mut folders: Vec<PathBuf> =
        pythons.map(|name| prefix.join("lib").join(name).join("site-packages")).collect();
    folders.push(prefix.join("Lib").join("site-packages"));
    folders.retain(|folder| folder.is_dir());
    folders
}

/// The version of a package. Source: the name of a `.dist-info` folder, by the specification
/// "Recording installed projects".
fn installed(folder: &Path, package: &str) -> Option<String> {
    entries(folder).into_iter().find_map(|name| {
        let stem = name.strip_suffix(".dist-info").or_else(|| name.strip_suffix(".egg-info"))?;
        let (project, version) = stem.split_once('-')?;
        project.eq_ignore_ascii_case(package).then(|| version.to_owned())
    })
}

/// Python's version: as `pyvenv.cfg` has it, as conda has it, or as the library's folder is called.
fn python(prefix: &Path, config: &str) -> Option<String> {
    let told = value(config, "version").or_else(|| value(config, "version_info"));
    let told = told.map(|version| version.split('.').take(3).collect::<Vec<_>>().join("."));
    let by_conda = || {
        let mut names = entries(&prefix.join("conda-meta")).into_iter();
        names.find_map(|name| {
            let rest = name.strip_prefix("python-")?;
            let version = rest.split('-').next()?;
            version.starts_with(|char: char| char.is_ascii_digit()).then(|| version.to_owned())
        })
    };
    let by_library = || {
        let mut names = entries(&prefix.join("lib")).into_iter();
        names.find_map(|name| name.strip_prefix("python").map(str::to_owned))
    };
    told.or_else(by_conda).or_else(by_library)
}

/// A value of `pyvenv.cfg`. Source: PEP 405.
pub fn value<'t>(config: &'t str, key: &str) -> Option<&'t str> {
    config.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == key).then(|| value.trim())
    })
}
