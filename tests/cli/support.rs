//! Runs the program in folders made for it.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// How a run ended.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap()
    }
}

pub fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nbasync"));
    command.current_dir(folder).env_clear().env("LANG", "C.UTF-8").stdin(Stdio::null());
    command
}

pub fn run<A: AsRef<OsStr>>(folder: &Path, args: &[A]) -> Run {
    end(command(folder).args(args))
}

pub fn end(command: &mut Command) -> Run {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run {
        code: output.status.code().unwrap(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// A notebook with a code cell for each source.
pub fn notebook(sources: &[&str]) -> String {
    let cell = |(at, source): (usize, &&str)| {
        json!({"cell_type": "code", "id": format!("c{at}"), "metadata": {}, "outputs": [],
               "execution_count": null, "source": source})
    };
    let cells: Vec<Value> = sources.iter().enumerate().map(cell).collect();
    let language = json!({"name": "python", "version": "3.12.1"});
    let metadata = json!({"language_info": language});
    json!({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}).to_string()
}

pub fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// One file with an error, a clean one.
pub fn samples() -> TempDir {
    let bad = notebook(&["import asyncio\nasync def main():\n    return 1", BAD]);
    let good = notebook(&["import asyncio\nawait asyncio.sleep(1)"]);
    folder(&[("bad.ipynb", &bad), ("good.ipynb", &good)])
}

pub const BAD: &str = "# é\nx = asyncio.run(main())";

pub fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}
