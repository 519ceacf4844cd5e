//! `nbasync content prove --record`: writes down what a kernel answers to the cases that pages show.

use std::fs;
use std::io;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use super::bench::{job, job_of, one};
use crate::knowledge::{Case, Recording};
use crate::proof::misses;
use crate::shell::cli::{Exit, Session, complain, print};
use crate::shell::kernel::{Failure, Job, Launch, Source};
use crate::shell::{files, report};
use crate::text::CellIndex;
use crate::transcript::{CellRun, Stream, Transcript};
use crate::wording::content;

/// How often a case is run until it answers as it should: the machine may be busy.
const TRIES: usize = 3;

/// Stands for the folders of this machine.
const SOMEWHERE: &str = "…";

/// Records those of the cases that pages show, one after the other.
///
/// # Errors
/// When a file or the report cannot be written.
pub(super) fn run(
    session: &Session,
    cases: &[&Case],
    launch: &Launch,
    folder: &Path,
) -> io::Result<Exit> {
    let shown = session.knowledge.shown_cases();
    let is_shown = |case: &&&Case| shown.iter().any(|shown| shown.id == case.id);
    let folders = match folders(launch) {
        Ok(folders) => folders,
        Err(failure) => return Ok(failed(session, &failure)),
    };
    fs::create_dir_all(folder)?;
    let mut count = 0_usize;
    for case in cases.iter().filter(is_shown) {
        let transcript = match attempt(case, launch) {
            Ok(Some(transcript)) => transcript,
            Ok(None) => {
                for said in session.voice().say(content::UNSTEADY, &[("case", &case.id)]) {
                    complain(&format!("{}\n", session.paper.safe(&said)));
                }
                return Ok(Exit::Failed);
            }
            Err(failure) => return Ok(failed(session, &failure)),
        };
        let recording = Recording {
            case: case.id.clone(),
            date: today(),
            also: Vec::new(),
            sources: case.cells.iter().map(|cell| cell.code.clone()).collect(),
            transcript: cleaned(transcript, &folders),
        };
        count += usize::from(keep(&recording, session.knowledge.recording(&case.id), folder)?);
    }
    let (count, folder) = (count.to_string(), folder.display().to_string());
    for said in session.voice().say(content::RECORDED, &[("n", &count), ("folder", &folder)]) {
        print(&format!("{}\n", session.paper.safe(&said)))?;
    }
    Ok(Exit::Clean)
}

/// Writes a recording. One by another Python than that of the `usual` one stands beside it where it
/// answered otherwise, and else is noted in that. Whether it was written.
fn keep(recording: &Recording, usual: Option<&Recording>, folder: &Path) -> io::Result<bool> {
    let other = usual.filter(|usual| usual.python() != recording.python());
    let name = other.map_or_else(|| recording.case.clone(), |_| recording.name_on());
    let path = folder.join(format!("{name}.yaml"));
    let write = |path: &Path, recording: &Recording| {
        fs::write(path, recording.write().map_err(io::Error::other)?)
    };
    let Some(usual) = other.filter(|usual| usual.answers_like(recording)) else {
        write(&path, recording)?;
        return Ok(true);
    };
    let usual_path = folder.join(format!("{}.yaml", usual.case));
    let here = files::read_if_there(&usual_path).map_err(io::Error::other)?;
    let here = here.and_then(|bytes| Recording::parse(&String::from_utf8(bytes).ok()?).ok());
    let mut noted = here.unwrap_or_else(|| usual.clone());
    noted.add_alike(recording);
    write(&usual_path, &noted)?;
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(false),
    }
}

fn failed(session: &Session, failure: &Failure) -> Exit {
    for said in report::failure(session.voice(), failure) {
        complain(&format!("{}\n", session.paper.safe(&said)));
    }
    Exit::Failed
}

/// Runs a case with a watch on the loop; `None` when it answers something else than the case says.
fn attempt(case: &Case, launch: &Launch) -> Result<Option<Transcript>, Failure> {
    for _ in 0..TRIES {
        let transcript = one(launch, Job { lag: true, ..job_of(case) })?;
        if misses(case, &transcript.cells).is_empty() {
            return Ok(Some(transcript));
        }
    }
    Ok(None)
}

/// The folders in which the kernel's Python lives, the longest first.
fn folders(launch: &Launch) -> Result<Vec<String>, Failure> {
    let code = "import os, sys\n\
                for folder in {sys.prefix, sys.base_prefix}:\n    \
                print(folder, os.path.realpath(folder), sep='\\n')";
    let cells = vec![Source { cell: CellIndex(0), code: code.to_owned() }];
    let transcript = one(launch, job(cells, Vec::new()))?;
    let said = transcript.cells.first().map(|run| run.text(Stream::Stdout)).unwrap_or_default();
    let mut folders: Vec<String> =
        said.lines().filter(|line| line.len() > 1).map(str::to_owned).collect();
    folders.sort_by_key(|folder| std::cmp::Reverse(folder.len()));
    Ok(folders)
}

/// Without what is so on this machine alone: its folders, and the frames outside the cells.
fn cleaned(mut transcript: Transcript, folders: &[String]) -> Transcript {
    let clean = |text: &mut String| {
        for folder in folders {
            *text = text.replace(folder.as_str(), SOMEWHERE);
        }
    };
    for CellRun { output, late, result, error, .. } in &mut transcript.cells {
        output.iter_mut().chain(late).for_each(|chunk| clean(&mut chunk.text));
        result.iter_mut().for_each(clean);
        if let Some(error) = error {
            clean(&mut error.message);
            error.traceback.clear();
        }
    }
    transcript
}

/// The day in UTC, as `2026-11-22`.
fn today() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    date(since.as_secs() / 86_400)
}

/// The date so many days after 1970-01-01, found year by year and month by month.
fn date(mut days: u64) -> String {
    let is_leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let mut year = 1970_u64;
    loop {
        let length = if is_leap(year) { 366 } else { 365 };
        if days < length {
            break;
        }
        days -= length;
        year += 1;
    }
    let february = if is_leap(year) { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    format!("{year:04}-{month:02}-{:02}", days + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_dates() {
        let dates = [0, 59, 11_016, 11_017, 20_779, 20_818].map(date);
        let expected =
            ["1970-01-01", "1970-03-01", "2000-02-29", "2000-03-01", "2026-11-22", "2026-12-31"];
        assert_eq!(dates, expected);
    }
}
