//! Asks the places that are at hand: one process for each place and environment.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use nbasync::knowledge::{Case, CaseCell};
use nbasync::proof::misses;
use nbasync::text::CellIndex;
use nbasync::transcript::{CellError, CellRun, Chunk, Status, Stream};
use serde::Deserialize;
use serde_json::json;

use crate::data::{Answer, Claim, Place, Said, folder, python_of};

/// Places at a time.
const AT_ONCE: usize = 2;

/// What is known after asking a place in one environment.
#[derive(Debug, Clone)]
pub struct Asked {
    pub place: String,
    /// By package, `python` among them; empty when nothing came.
    pub versions: BTreeMap<String, String>,
    /// By claim: what was answered otherwise.
    pub refuted: Vec<(String, String)>,
    pub verified: Vec<String>,
    /// Why not all of it was asked.
    pub unasked: Option<String>,
}

/// What a program says of a cell that was reached.
#[derive(Debug, Clone, Deserialize)]
struct Ran {
    error: Option<Error>,
    result: Option<String>,
    stdout: String,
    stderr: String,
    run: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Error {
    name: String,
    message: String,
}

/// Asks every place of every environment in the folder until the time is over.
pub fn all(places: &[Place], claims: &[Claim], folder: &Path, until: Instant) -> Vec<Asked> {
    let pairs =
        places.iter().flat_map(|place| place.environments.iter().map(move |it| (place, it)));
    let mut pairs: Vec<_> = pairs.collect();
    // Every place comes to its turn before any comes to its second: the time may not be enough.
    pairs.sort_by_key(|(place, environment)| {
        std::cmp::Reverse(place.environments.iter().position(|it| it == *environment))
    });
    let waiting = Mutex::new(pairs);
    let asked = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap().pop();
                    let Some((place, environment)) = next else { return };
                    let one = ask(place, claims, &folder.join(environment), until);
                    asked.lock().unwrap().push((place, environment, one));
                }
            });
        }
    });
    let mut asked = asked.into_inner().unwrap();
    let rank = |wanted: &Place| places.iter().position(|place| place.id == wanted.id);
    asked.sort_by_key(|(place, environment, _)| {
        let at = place.environments.iter().position(|it| it == *environment);
        (rank(place), at)
    });
    asked.into_iter().map(|(_, _, one)| one).collect()
}

fn ask(place: &Place, claims: &[Claim], environment: &Path, until: Instant) -> Asked {
    let mut asked = Asked {
        place: place.id.clone(),
        versions: BTreeMap::new(),
        refuted: Vec::new(),
        verified: Vec::new(),
        unasked: None,
    };
    let name = environment.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if command(place, environment).is_none() {
        asked.unasked = Some(format!("{name} is not there"));
        return asked;
    }
    let python = python_of(&name);
    let mut wanted: Vec<(&Claim, &Answer)> =
        claims.iter().filter_map(|claim| Some((claim, claim.answer(&place.id, python)?))).collect();
    // What an answer says may hang on who was quicker: what is refuted is asked once more.
    for _ in 0..2 {
        asked.refuted.clear();
        let (said, complaint) = said(place, environment, &wanted, until);
        let mut said = said.into_iter();
        if let Some(versions) = said.next() {
            asked.versions = serde_json::from_str(&versions).unwrap();
        }
        let answers: Vec<String> = said.collect();
        if let Some((claim, _)) = wanted.get(answers.len()) {
            asked.unasked = Some(match Instant::now() < until {
                true => format!("ended at {}: {complaint}", claim.id),
                false => {
                    format!("no time for {} of {}", wanted.len() - answers.len(), wanted.len())
                }
            });
        }
        let mut again = Vec::new();
        for ((claim, answer), line) in wanted.iter().zip(&answers) {
            match compare(claim, answer, line) {
                None => asked.verified.push(claim.id.clone()),
                Some(found) => {
                    asked.refuted.push((claim.id.clone(), found));
                    again.push((*claim, *answer));
                }
            }
        }
        wanted = again;
        if wanted.is_empty() || Instant::now() > until {
            break;
        }
    }
    asked
}

/// The lines of the place's program, the versions first, and the last line of its complaints.
fn said(
    place: &Place,
    environment: &Path,
    wanted: &[(&Claim, &Answer)],
    until: Instant,
) -> (Vec<String>, String) {
    let run =
        |(claim, _): &(&Claim, &Answer)| json!({"cells": claim.cells, "timeout": claim.timeout});
    let runs: Vec<_> = wanted.iter().map(run).collect();
    let mut command = command(place, environment).unwrap();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut err = child.stderr.take().unwrap();
    let complaints = thread::spawn(move || {
        let mut text = String::new();
        let _ = err.read_to_string(&mut text);
        text.trim().lines().last().unwrap_or_default().to_owned()
    });
    // A program that has ended already says why.
    let _ = child.stdin.take().unwrap().write_all(json!({"runs": runs}).to_string().as_bytes());
    let lines = lines(&mut child);
    let said = listen(&lines, until, &mut child);
    if Instant::now() > until {
        return (said, String::new());
    }
    let _ = child.wait();
    (said, complaints.join().unwrap())
}

fn command(place: &Place, environment: &Path) -> Option<Command> {
    let (program, arguments) = place.ask.split_first()?;
    let interpreter = if program.ends_with(".py") { "bin/python" } else { "bin/node" };
    let interpreter: PathBuf = environment.join(interpreter);
    let mut command = Command::new(interpreter.exists().then_some(interpreter)?);
    command.arg(folder().join(program)).args(arguments);
    if program.ends_with(".mjs") {
        command.arg(environment);
    }
    // A kernel of the environment, whatever is installed for the user.
    command.env("JUPYTER_PATH", environment.join("share/jupyter"));
    command.env("JUPYTER_PREFER_ENV_PATH", "1");
    Some(command)
}

fn lines(child: &mut Child) -> std::sync::mpsc::Receiver<String> {
    let (sender, lines) = channel();
    let out = BufReader::new(child.stdout.take().unwrap());
    thread::spawn(move || {
        for line in out.lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// The lines until the program ends or the time is over.
fn listen(
    lines: &std::sync::mpsc::Receiver<String>,
    until: Instant,
    child: &mut Child,
) -> Vec<String> {
    let mut said = Vec::new();
    loop {
        let left = until.saturating_duration_since(Instant::now());
        match lines.recv_timeout(left.max(Duration::from_millis(1))) {
            Ok(line) => said.push(line),
            Err(RecvTimeoutError::Timeout) => {
                // A kernel whose client has gone ends by itself.
                let _ = Command::new("kill").arg(child.id().to_string()).status();
                let _ = child.wait();
                return said;
            }
            Err(RecvTimeoutError::Disconnected) => return said,
        }
    }
}

/// What was answered otherwise, if anything was.
fn compare(claim: &Claim, answer: &Answer, line: &str) -> Option<String> {
    let ran: Vec<Ran> =
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    let end = ran.last().and_then(|last| last.run.clone());
    if end != answer.run {
        return Some(format!("the run ended with {end:?}, not {:?}", answer.run));
    }
    let told = answer.cells.clone().unwrap_or_else(|| {
        let mut told = vec![Said::default(); claim.cells.len()];
        if let (Some(last), Some(said)) = (told.last_mut(), &answer.last) {
            *last = said.clone();
        }
        told
    });
    if told.len() < ran.len() {
        return Some(format!("{} cells were reached, not {}", ran.len(), told.len()));
    }
    let cells = told.into_iter().zip(&claim.cells).map(|(said, code)| CaseCell {
        code: code.clone(),
        error: said.error,
        message: said.message,
        result: said.result,
        stdout: said.stdout,
        stderr: said.stderr,
        faster: None,
        slower: None,
        seconds: None,
    });
    let case = Case {
        id: claim.id.clone(),
        needs: Vec::new(),
        python: None,
        ipykernel: None,
        cells: cells.collect(),
    };
    let runs: Vec<CellRun> = ran.into_iter().enumerate().map(|(at, ran)| run(at, ran)).collect();
    let missed = misses(&case, &runs);
    let first = missed.first()?;
    Some(format!("cell {}: {} {:?}, not {:?}", first.cell, first.what, first.found, first.expected))
}

fn run(at: usize, ran: Ran) -> CellRun {
    let chunk = |from, text: String| Chunk { from, text };
    let error = ran.error.map(|it| CellError::new(it.name, &it.message, &[], at));
    CellRun {
        status: if error.is_some() { Status::Error } else { Status::Ok },
        output: vec![chunk(Stream::Stdout, ran.stdout), chunk(Stream::Stderr, ran.stderr)],
        result: ran.result,
        error,
        ..CellRun::started(CellIndex(at))
    }
}
