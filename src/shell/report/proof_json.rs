//! The report of `prove` for programs.

use serde::Serialize;

use super::{Proof, Proved};
use crate::proof::{Difference, differences, is_proven};
use crate::transcript::{CellRun, Chunk, Status, TaskRun};

/// What `prove` prints.
#[derive(Debug, Serialize)]
pub struct Report {
    version: u32,
    path: String,
    kernel: Kernel,
    cells: Vec<Cell>,
}

#[derive(Debug, Serialize)]
struct Kernel {
    place: String,
    python: Option<String>,
    ipykernel: Option<String>,
    ipython: Option<String>,
}

/// `after` is null where the repair changes nothing that runs.
#[derive(Debug, Serialize)]
struct Cell {
    cell: usize,
    asked: bool,
    before: Option<Run>,
    after: Option<Run>,
    differences: Vec<&'static str>,
    /// Whether the repaired cell runs without an error and without a late warning.
    proven: bool,
}

#[derive(Debug, Serialize)]
struct Run {
    source: String,
    status: &'static str,
    output: Vec<Output>,
    result: Option<String>,
    error: Option<Error>,
    late: Vec<Output>,
    dropped_bytes: u64,
    elapsed_ms: u64,
    lag: Option<Lag>,
    tasks: Vec<Task>,
}

#[derive(Debug, Serialize)]
struct Output {
    stream: &'static str,
    text: String,
}

#[derive(Debug, Serialize)]
struct Error {
    name: String,
    message: String,
    line: Option<usize>,
    traceback: Vec<String>,
}

/// A task of the cell. The cell itself has no name; `runs_ms` are pairs of a start and a length.
#[derive(Debug, Serialize)]
struct Task {
    name: String,
    line: Option<usize>,
    start_ms: u64,
    end_ms: u64,
    runs_ms: Vec<[u64; 2]>,
}

#[derive(Debug, Serialize)]
struct Lag {
    bucket_ms: u64,
    still_ms: Vec<u64>,
    worst_ms: u64,
}

/// The proof as JSON has it.
pub fn proof(proof: &Proof) -> Report {
    let versions = &proof.versions;
    Report {
        version: 1,
        path: proof.path.clone(),
        kernel: Kernel {
            place: proof.kernel.clone(),
            python: versions.python.clone(),
            ipykernel: versions.ipykernel.clone(),
            ipython: versions.ipython.clone(),
        },
        cells: proof.cells.iter().map(cell).collect(),
    }
}

fn cell(proved: &Proved) -> Cell {
    let Proved { cell, is_asked, sources: [old, new], before, after } = proved;
    let both = before.as_ref().zip(after.as_ref());
    let found = both.map_or_else(Vec::new, |(before, after)| differences(before, after));
    Cell {
        cell: cell.0,
        asked: *is_asked,
        before: before.as_ref().map(|it| run(it, old)),
        after: after.as_ref().map(|it| run(it, new)),
        differences: found.iter().map(Difference::name).collect(),
        proven: after.as_ref().or(before.as_ref()).is_some_and(is_proven),
    }
}

fn run(run: &CellRun, source: &str) -> Run {
    Run {
        source: source.to_owned(),
        status: match run.status {
            Status::Ok => "ok",
            Status::Error => "error",
            Status::Interrupted => "interrupted",
            Status::TimedOut => "timeout",
            Status::Died => "died",
            Status::Closed => "closed",
            Status::Stopped => "stopped",
        },
        output: run.output.iter().map(output).collect(),
        result: run.result.clone(),
        error: run.error.as_ref().map(|error| Error {
            name: error.name.clone(),
            message: error.message.clone(),
            line: error.line,
            traceback: error.traceback.clone(),
        }),
        late: run.late.iter().map(output).collect(),
        dropped_bytes: run.dropped,
        elapsed_ms: run.elapsed,
        lag: run.lag.as_ref().map(|lag| Lag {
            bucket_ms: lag.bucket,
            still_ms: lag.still.clone(),
            worst_ms: lag.worst,
        }),
        tasks: run.tasks.iter().map(task).collect(),
    }
}

fn task(task: &TaskRun) -> Task {
    Task {
        name: task.name.clone(),
        line: task.line,
        start_ms: task.start,
        end_ms: task.end,
        runs_ms: task.runs.iter().map(|run| [run.start, run.length]).collect(),
    }
}

fn output(chunk: &Chunk) -> Output {
    Output { stream: chunk.from.name(), text: chunk.text.clone() }
}
