//! The program proves repairs, and leaves nothing behind when it is ended.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{LONG, is_gone, launch};

fn notebook(sources: &[&str]) -> String {
    let cell = |source: &&str| {
        json!({"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": null,
               "source": source})
    };
    let cells: Vec<Value> = sources.iter().map(cell).collect();
    json!({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).to_string()
}

/// The program with the kernel of this machine, about to prove a notebook in the folder.
fn prove(folder: &Path, sources: &[&str]) -> Option<Command> {
    let launch = launch()?;
    let file = folder.join("a.ipynb");
    fs::write(&file, notebook(sources)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_nbasync"));
    command
        .args(["prove", "--yes", "--timeout", "300", "--lang", "en", "--python"])
        .arg(launch.argv.first().unwrap());
    command.arg(file).stdin(Stdio::null());
    Some(command)
}

#[test]
fn a_repair_is_shown_to_hold_and_what_it_needs_runs_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let cells = [
        "import asyncio, time",
        "raise SystemError('not needed')",
        "async def main():\n    await asyncio.sleep(0.01)\n    return [1, 2]",
        "asyncio.run(main())",
    ];
    let Some(mut command) = prove(folder.path(), &cells) else { return };
    let ran = command.args(["--format", "json"]).output().unwrap();
    let told = String::from_utf8_lossy(&ran.stderr);
    let report: Value = serde_json::from_slice(&ran.stdout).unwrap_or_else(|_| panic!("{told}"));
    assert_eq!(ran.status.code(), Some(0), "{report:#}");
    let cells = report["cells"].as_array().unwrap();
    let numbers: Vec<_> = cells.iter().map(|cell| cell["cell"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [0, 2, 3]);
    let proven = &cells[2];
    assert_eq!(proven["before"]["error"]["name"], json!("RuntimeError"));
    assert_eq!(proven["before"]["error"]["line"], json!(1));
    assert_eq!(proven["after"]["result"], json!("[1, 2]"));
    assert_eq!(proven["after"]["source"], json!("await main()"));
    assert_eq!((&proven["differences"][0], &proven["proven"]), (&json!("solved"), &json!(true)));
    let unchanged = fs::read_to_string(folder.path().join("a.ipynb")).unwrap();
    assert!(unchanged.contains("asyncio.run(main())"));
}

#[test]
fn people_read_both_runs_and_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let cells = ["import asyncio\nasync def main():\n    return 1", "asyncio.run(main())"];
    let Some(mut command) = prove(folder.path(), &cells) else { return };
    let ran = command.output().unwrap();
    let text = String::from_utf8(ran.stdout).unwrap();
    for told in [
        "cell 2\nbefore\n  asyncio.run(main())",
        "RuntimeError: asyncio.run() cannot be called from a running event loop (line 1)",
        "after\n  await main()",
        "RuntimeError: asyncio.run() cannot be called from a running event loop is gone.",
    ] {
        assert!(text.contains(told), "{told}\n---\n{text}");
    }
    assert_eq!(ran.status.code(), Some(0));
}

#[test]
fn a_signal_that_ends_the_program_ends_the_kernel_and_its_children() {
    // The last of them leaves the program no time to do anything.
    for signal in ["-TERM", "-HUP", "-KILL"] {
        let folder = tempfile::tempdir().unwrap();
        let cell = "import os, subprocess, time\nchild = subprocess.Popen(['sleep', '600'])\n\
                    other = subprocess.Popen(['sleep', '600'], start_new_session=True)\n\
                    open('noted', 'w').write(f'{os.getpid()} {child.pid} {other.pid}')\n\
                    os.rename('noted', 'processes')\ntime.sleep(600)";
        let Some(mut command) = prove(folder.path(), &[cell]) else { return };
        let runtime = tempfile::tempdir().unwrap();
        let command = command.args(["--cell", "1"]).env("XDG_RUNTIME_DIR", runtime.path());
        let mut program = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let noted = folder.path().join("processes");
        let start = Instant::now();
        while !noted.exists() {
            assert!(start.elapsed() < LONG, "the cell did not run");
            std::thread::sleep(Duration::from_millis(20));
        }
        let connections = runtime.path().join("nbasync");
        let files = || fs::read_dir(&connections).unwrap().count();
        assert_eq!(files(), 1);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&connections), 0o700);
        let file = fs::read_dir(&connections).unwrap().next().unwrap().unwrap().path();
        assert_eq!(mode(&file), 0o600);
        let kill = Command::new("kill").args([signal, &program.id().to_string()]).status().unwrap();
        assert!(kill.success());
        assert!(!program.wait().unwrap().success());
        for process in fs::read_to_string(noted).unwrap().split(' ') {
            assert!(is_gone(process.parse().unwrap()), "{signal}");
        }
        let start = Instant::now();
        while files() > 0 {
            assert!(start.elapsed() < LONG, "{signal}: a connection file stays");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Repairs a notebook with the kernel of this machine, if it keeps its promise there.
fn verify(folder: &Path, sources: &[&str]) -> Option<(Option<i32>, String, String)> {
    let launch = launch()?;
    let file = folder.join("a.ipynb");
    fs::write(&file, notebook(sources)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_nbasync"));
    command.args(["fix", "--unsafe-fixes", "--verify", "--yes", "--lang", "en"]);
    command.args(["--timeout", "300", "--python"]);
    let ran = command.arg(launch.argv.first().unwrap()).arg(&file).output().unwrap();
    let told = String::from_utf8(ran.stdout).unwrap() + &String::from_utf8(ran.stderr).unwrap();
    Some((ran.status.code(), told, fs::read_to_string(file).unwrap()))
}

#[test]
fn a_fix_that_keeps_its_promise_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let cells = ["import asyncio\nasync def main():\n    return 1", "asyncio.run(main())"];
    let Some((code, told, text)) = verify(folder.path(), &cells) else { return };
    assert_eq!(code, Some(0), "{told}");
    assert!(text.contains("await main()") && !text.contains("asyncio.run"), "{told}");
}

#[test]
fn a_fix_after_which_a_cell_still_fails_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let cells = [
        "import asyncio\nasync def main():\n    raise ValueError('as before')",
        "asyncio.run(main())",
    ];
    let Some((code, told, text)) = verify(folder.path(), &cells) else { return };
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("cell 2: After the repair: ValueError: as before."), "{told}");
    assert!(text.contains("asyncio.run(main())"));
}
