//! A folder from a stranger, in which everything that could pass for a Python is a script that
//! leaves a trace: looking at the notebook, and for a kernel, runs none of them.
#![cfg(all(unix, feature = "kernel"))]

#[path = "common/terminal.rs"]
mod terminal;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use terminal::Session;

/// The stranger's folder, and what a user of it has.
struct World {
    root: tempfile::TempDir,
}

const NOTEBOOK: &str = r#"{"cells": [{"cell_type": "code", "id": "a", "metadata": {}, "outputs": [],
 "execution_count": null, "source": "import asyncio\nasync def main():\n    return 1\nasyncio.run(main())"}],
 "metadata": {"kernelspec": {"name": "KERNEL", "display_name": "x", "language": "python"},
 "language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}"#;

/// What a kernelspec of the stranger's says besides.
const HIDDEN: &str = r#""-c", "import sys; import ipykernel\u001b[2J", "{connection_file}""#;

impl World {
    fn new() -> Self {
        let world = Self { root: tempfile::tempdir().expect("a folder") };
        for file in ["uv.lock", "poetry.lock", "pdm.lock"] {
            world.file(&format!("nb/{file}"), "");
        }
        world.file("nb/pyproject.toml", "[tool.uv]\n[tool.poetry]\n");
        world.file("nb/a.ipynb", &NOTEBOOK.replace("KERNEL", "python3"));
        world.file("nb/named.ipynb", &NOTEBOOK.replace("KERNEL", "evil"));
        for name in ["ipykernel_launcher.py", "sitecustomize.py", "usercustomize.py"] {
            world.file(
                &format!("nb/{name}"),
                &format!("open({:?}, 'a').write('py')", world.witness()),
            );
        }
        world.environments();
        world.kernelspecs();
        // Programs that a script would look for.
        for name in ["bin/python3", "bin/python", "bin/bash", "bin/env", "bin/import", "python3"] {
            world.script(&format!("nb/{name}"));
        }
        world.file("nb/.python-version", "../../nb/.venv\n../../nb/env\n");
        fs::create_dir_all(world.path("home/.pyenv/versions")).expect("a folder");
        fs::create_dir_all(world.path("tools")).expect("a folder");
        symlink(world.path("nb/.venv/bin/python"), world.path("tools/python3")).expect("a link");
        symlink(world.path("nb/.venv"), world.path("linked")).expect("a link");
        world
    }

    fn environments(&self) {
        let base = self.script("nb/base/bin/python3");
        let home = base.parent().expect("a folder").display().to_string();
        let config =
            format!("home = {home}\nversion = 3.12.1\ninclude-system-site-packages = true\n");
        self.file("nb/.venv/pyvenv.cfg", &config);
        self.file("nb/.venv/lib/python3.12/site-packages/ipykernel-7.4.0.dist-info/METADATA", "");
        self.script("nb/.venv/bin/python3");
        self.script("nb/.venv/bin/python");
        // One whose interpreter is a link, to a program that only `pyvenv.cfg` names.
        self.file("nb/venv/pyvenv.cfg", &config);
        fs::create_dir_all(self.path("nb/venv/bin")).expect("a folder");
        symlink(&base, self.path("nb/venv/bin/python")).expect("a link");
        self.file("nb/env/conda-meta/python-3.12.1-0.json", "{}");
        self.script("nb/env/bin/python");
        self.script("nb/env/bin/python3");
        self.file("nb/env/lib/python3.12/site-packages/ipykernel-7.4.0.dist-info/METADATA", "");
        // One outside, made of a Python of the stranger's.
        self.file("home/copied/pyvenv.cfg", &config);
        self.script("home/copied/bin/python");
    }

    fn kernelspecs(&self) {
        let run = self.script("nb/.venv/share/jupyter/kernels/python3/run.sh");
        let spec = |argv: &str, env: &str| {
            format!(
                r#"{{"argv": [{argv}, {HIDDEN}], "display_name": "x", "language": "python", "env": {{{env}}}}}"#
            )
        };
        let env = format!(r#""LD_PRELOAD": "{}/evil.so""#, self.path("nb").display());
        let quoted = |path: &Path| format!("{:?}", path.display().to_string());
        for at in ["nb/.venv", "nb/env", "home/copied"] {
            let place = format!("{at}/share/jupyter/kernels");
            self.file(&format!("{place}/python3/kernel.json"), &spec(&quoted(&run), &env));
            self.file(&format!("{place}/evil/kernel.json"), &spec(r#""python3""#, &env));
            self.file(&format!("{place}/near/kernel.json"), &spec(r#""./bin/python3""#, ""));
        }
        // Kernelspecs of the user's own that lead into the folder.
        let own = "home/.local/share/jupyter/kernels";
        let there = quoted(&self.path("nb/bin/python3"));
        self.file(&format!("{own}/there/kernel.json"), &spec(&there, ""));
        let link = quoted(&self.path("tools/python3"));
        self.file(&format!("{own}/linked/kernel.json"), &spec(&link, ""));
        self.file(&format!("{own}/shell/kernel.json"), &spec(r#""/bin/sh""#, ""));
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    fn witness(&self) -> PathBuf {
        self.path("witness")
    }

    fn file(&self, path: &str, text: &str) -> PathBuf {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, text).expect("a file");
        path
    }

    fn script(&self, path: &str) -> PathBuf {
        let text = format!("#!/bin/sh\necho \"$0\" \"$@\" >> '{}'\n", self.witness().display());
        let path = self.file(path, &text);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a script");
        path
    }

    /// Variables that lead into the folder, each in a way of its own.
    fn variables(&self) -> Vec<Vec<(&'static str, OsString)>> {
        let system = "/usr/local/bin:/usr/bin:/bin";
        let path = |text: &str| self.path(text).into_os_string();
        let listed = |first: &str| OsString::from(format!("{first}:{system}"));
        let modules = || ("PYTHONPATH", path("nb"));
        let absolute =
            format!("{}:{}", self.path("nb/bin").display(), self.path("tools").display());
        vec![
            vec![("PATH", listed("bin:.:")), ("VIRTUAL_ENV", path("nb/.venv")), modules()],
            vec![("PATH", listed(&absolute)), ("VIRTUAL_ENV", path("linked")), modules()],
            vec![
                ("PATH", listed("./bin")),
                ("VIRTUAL_ENV", ".venv".into()),
                ("CONDA_PREFIX", path("nb/env")),
                ("JUPYTER_PATH", path("nb/.venv/share/jupyter")),
                ("UV_PROJECT_ENVIRONMENT", "env".into()),
            ],
            vec![
                ("PATH", "bin".into()),
                ("VIRTUAL_ENV", path("home/copied")),
                ("PYENV_VERSION", "../../../nb/.venv".into()),
            ],
            // The folder is the user's whole home.
            vec![("PATH", listed("bin")), ("HOME", path("nb")), modules()],
        ]
    }

    /// The program in the folder, before `program` another one that watches it.
    fn command(&self, program: &[&OsStr], variables: &[(&'static str, OsString)]) -> Command {
        let own = OsStr::new(env!("CARGO_BIN_EXE_nbasync"));
        let mut words = program.iter().copied().chain([own]);
        let mut command = Command::new(words.next().expect("a program"));
        command.args(words).current_dir(self.path("nb")).env_clear();
        command.env("LANG", "C.UTF-8").env("HOME", self.path("home"));
        command.env("XDG_STATE_HOME", self.path("state"));
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null());
        command
    }

    /// What the stranger's scripts have written.
    fn traces(&self) -> String {
        fs::read_to_string(self.witness()).unwrap_or_default()
    }
}

/// Everything that only looks, and what would run but is not answered.
const LOOKING: [&[&str]; 12] = [
    &["kernels"],
    &["kernels", "a.ipynb"],
    &["kernels", "--format", "json", "named.ipynb"],
    &["kernels", "../nb"],
    &["prove", "a.ipynb"],
    &["prove", "named.ipynb"],
    &["prove", "--kernel", "there", "a.ipynb"],
    &["check", "."],
    &["classify", "."],
    &["fix", "--diff", "--unsafe-fixes", "."],
    &["fix", "--unsafe-fixes", "--verify", "."],
    &["tutor", "--linear", "a.ipynb"],
];

#[test]
fn looking_for_a_kernel_runs_nothing_of_the_folder() {
    let world = World::new();
    for variables in world.variables() {
        for arguments in LOOKING {
            let output = world.command(&[], &variables).args(arguments).output().expect("a run");
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(world.traces(), "", "{arguments:?} {variables:?}: {said}");
            assert!(!said.contains("panicked"), "{said}");
        }
    }
}

#[test]
fn the_pages_own_cases_run_nowhere_where_nobody_is_asked() {
    let world = World::new();
    let variables = [("PATH", OsString::from("bin"))];
    let ran = world.command(&[], &variables).args(["content", "prove"]).output().expect("a run");
    assert_eq!((ran.status.code(), world.traces().as_str()), (Some(2), ""));
}

#[test]
fn without_a_terminal_prove_names_the_whole_command_and_runs_it_only_when_told_to() {
    let world = World::new();
    let variables = [("PATH", OsString::from("/usr/bin:/bin"))];
    let ran =
        world.command(&[], &variables).args(["prove", "named.ipynb"]).output().expect("a run");
    let told = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert_eq!(ran.status.code(), Some(2), "{told}");
    let preload = format!("LD_PRELOAD={}/evil.so", world.path("nb").display());
    let words = ["found here, not tried", &preload, "-c 'import sys; import ipykernel␛[2J'"];
    for word in words {
        assert!(told.contains(word), "{word} in\n{told}");
    }
    assert_eq!(world.traces(), "");
    let run = ["prove", "--yes", "named.ipynb"];
    let ran = world.command(&[], &variables).args(run).output().expect("a run");
    assert_eq!(ran.status.code(), Some(2), "{}", String::from_utf8_lossy(&ran.stderr));
    assert!(world.traces().contains("import ipykernel"), "{}", world.traces());
}

#[test]
fn an_interpreter_of_the_folder_is_asked_when_somebody_names_it() {
    let world = World::new();
    let variables = [("PATH", OsString::from("/usr/bin:/bin"))];
    let python = ["prove", "--python", "bin/python3", "a.ipynb"];
    world.command(&[], &variables).args(python).output().expect("a run");
    assert!(world.traces().contains("import sys"), "{}", world.traces());
}

#[test]
fn no_process_of_the_folder_is_seen_to_start() {
    let world = World::new();
    let log = world.path("log");
    let watch = ["strace", "-f", "-qq", "-e", "trace=execve,execveat", "-o"].map(OsStr::new);
    let watch: Vec<&OsStr> = watch.into_iter().chain([log.as_os_str()]).collect();
    let starts = |variables: &[(&'static str, OsString)], arguments: &[&str]| -> Option<String> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let found =
            std::env::split_paths(&path).map(|at| at.join("strace")).find(|it| it.is_file());
        let mut watch = watch.clone();
        let strace = found?;
        watch[0] = strace.as_os_str();
        world.command(&watch, variables).args(arguments).output().ok()?;
        let log = fs::read_to_string(&log).ok()?;
        log.contains("execve(").then_some(log)
    };
    let mut seen = 0;
    for variables in world.variables() {
        for arguments in LOOKING {
            let Some(log) = starts(&variables, arguments) else {
                let said = "SKIPPED: strace is not here, or may not watch\n";
                return std::io::stderr().write_all(said.as_bytes()).expect("stderr");
            };
            let own = env!("CARGO_BIN_EXE_nbasync");
            for line in log.lines().filter(|line| !line.contains(own)) {
                seen += 1;
                let folders = [world.path("nb"), world.path("tools"), world.path("linked")];
                let is_theirs = |it: &PathBuf| line.contains(&format!("(\"{}", it.display()));
                assert!(!folders.iter().any(is_theirs), "{arguments:?}: {line}");
                assert!(!line.contains("(\"bin/") && !line.contains("(\"./"), "{line}");
            }
        }
    }
    // Programs of the system were asked, where it has a Python.
    assert!(seen > 0 || !Path::new("/usr/bin/python3").exists());
}

#[test]
fn the_tutor_shows_the_command_and_runs_it_after_a_yes_alone() {
    let world = World::new();
    let home = world.path("home");
    let variables = [("PATH", OsStr::new("/usr/bin:/bin")), ("HOME", home.as_os_str())];
    let folder = world.path("nb");
    let mut session = Session::start_with(&folder, &["tutor", "named.ipynb"], &variables);
    session.resize(60, 160);
    session.see("[1 Answer]");
    session.send("r");
    let asked = session.see("Run these cells?");
    for word in ["found here, not tried", "LD_PRELOAD=", "import ", "ipykernel␛[2J"] {
        assert!(asked.contains(word), "{word} on\n{asked}");
    }
    session.send("n");
    session.wait("answer", |text| !text.contains("Run these cells?"));
    assert_eq!(world.traces(), "");
    session.send("r");
    session.see("Run these cells?");
    session.send("y");
    session.see("It could not be run");
    assert!(world.traces().contains("import ipykernel"), "{}", world.traces());
    session.send("q");
    assert_eq!(session.end(), (0, true));
}
