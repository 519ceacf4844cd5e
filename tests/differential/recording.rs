//! Reads the recordings: generated notebooks and what kernels answered.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use nbasync::notebook::{self, Notebook};
use serde::Deserialize;
use serde_json::json;

/// The file among the recordings that holds answers to repaired notebooks.
const REPAIRED: &str = "repaired.jsonl";

/// A notebook with what the generator says of it and what the kernels answered.
#[derive(Deserialize)]
pub struct Program {
    /// What happens in it; a row of the table.
    pub core: String,
    /// The variant of the core.
    pub kind: String,
    /// How it is said.
    pub dress: String,
    pub cells: Vec<String>,
    /// The modules beside the notebook, by name.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    pub fault: Option<Fault>,
    /// The first kernel's answer.
    pub answer: Answer,
    /// Those of other kernels that answered otherwise.
    #[serde(default)]
    pub differ: BTreeMap<String, Answer>,
}

/// What is wrong with a notebook, as its generator made it and a kernel confirmed.
#[derive(Deserialize)]
pub struct Fault {
    /// An [`Effect`](crate::effects::Effect) by name.
    pub effect: String,
    /// Cell, from 0, and line, from 1, where a report may stand.
    pub places: Vec<(usize, usize)>,
}

/// What a kernel answered; what is empty was not seen.
#[derive(Deserialize, Clone, Default)]
#[serde(default)]
pub struct Answer {
    /// By the cell's index.
    pub cells: BTreeMap<usize, Told>,
    /// After the last cell.
    pub late: Told,
    /// When everything was let go.
    pub rest: Told,
    /// Names of the coroutines of tasks that were not done.
    pub pending: Vec<String>,
    /// Plain data at the top of the notebook, as `repr` writes it.
    pub values: BTreeMap<String, String>,
}

/// What came to light in one cell.
#[derive(Deserialize, Clone, Default)]
#[serde(default)]
pub struct Told {
    pub error: Option<String>,
    pub message: String,
    /// Coroutines that were never awaited.
    pub lost: Vec<String>,
    /// Errors that ended a thread.
    pub threads: Vec<String>,
    /// What asyncio said in its log.
    pub logged: Vec<String>,
    /// The loop had no turn for long.
    pub still: bool,
    pub hangs: bool,
    pub died: bool,
}

/// What a kernel answered to a repaired notebook.
#[derive(Deserialize)]
pub struct Repaired {
    pub key: String,
    pub answer: Answer,
    #[serde(default)]
    pub differ: BTreeMap<String, Answer>,
}

impl Program {
    /// What each kernel answered, those that agree once.
    pub fn answers(&self) -> impl Iterator<Item = &Answer> {
        std::iter::once(&self.answer).chain(self.differ.values())
    }

    /// The notebook as a user has it on disk.
    pub fn notebook(&self) -> Notebook {
        let cell = |source: &String| json!({"cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [], "source": source});
        let cells: Vec<_> = self.cells.iter().map(cell).collect();
        let metadata = json!({
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python", "version": "3.11.7"},
        });
        let text =
            json!({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4});
        notebook::parse("generated.ipynb", text.to_string()).unwrap()
    }

    /// A short name for messages.
    pub fn name(&self) -> String {
        format!("{} / {} / {}", self.core, self.kind, self.dress)
    }
}

/// The folder of this test's data.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential")
}

/// Every recorded notebook, in order.
pub fn programs() -> Vec<Program> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder().join("recordings"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "jsonl"))
        .filter(|path| path.file_name().is_some_and(|name| name != REPAIRED))
        .collect();
    files.sort();
    files.iter().flat_map(|path| read(path)).collect()
}

/// The notebooks of one file.
pub fn read(path: &Path) -> Vec<Program> {
    lines(path)
}

/// What is known of repaired notebooks, by their key.
pub fn repaired() -> BTreeMap<String, Repaired> {
    let path = folder().join("recordings").join(REPAIRED);
    if path.exists() { repaired_in(&path) } else { BTreeMap::new() }
}

/// What a file says of repaired notebooks, by their key.
pub fn repaired_in(path: &Path) -> BTreeMap<String, Repaired> {
    lines(path).into_iter().map(|one: Repaired| (one.key.clone(), one)).collect()
}

/// The lines of a file after its head, which tells of seed and kernels.
fn lines<T: serde::de::DeserializeOwned>(path: &Path) -> Vec<T> {
    let text = std::fs::read_to_string(path).unwrap();
    let parse = |(at, line): (usize, &str)| {
        serde_json::from_str(line)
            .unwrap_or_else(|error| panic!("{}:{}: {error}", path.display(), at + 1))
    };
    text.lines().enumerate().skip(1).map(parse).collect()
}

/// The rows of a set of programs.
pub fn cores(programs: &[Program]) -> BTreeSet<&str> {
    programs.iter().map(|program| program.core.as_str()).collect()
}
