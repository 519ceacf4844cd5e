//! Recordings: what a kernel answered to the cells of a case, for where no kernel is at hand.
//! `nbasync content prove --record` writes them; nobody does by hand.

mod alike;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::diagnostic::Message;

use super::Knowledge;
use super::case::Case;
use super::files::{self, ContentError, Source};
use super::page::{Front, PageKind};
use crate::environment::PythonVersion;
use crate::text::CellIndex;
use crate::transcript::{CellError, CellRun, Chunk, Lag, Status, Stream, Transcript, Versions};

/// Stands in the name of a file between a case and the Python that answered, where most recordings
/// are of another one.
pub(super) const ON: char = '@';

/// What a kernel answered to a case once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// The case's id.
    pub case: String,
    /// The day, as `2026-11-22`.
    pub date: String,
    /// The versions of other kernels that answered alike, oldest first.
    pub also: Vec<String>,
    /// The cells as they ran, one for each of the transcript's.
    pub sources: Vec<String>,
    pub transcript: Transcript,
}

/// A mistake before and after its repair, cell by cell.
#[derive(Debug, Clone, Copy)]
pub struct Demonstration<'k> {
    pub before: &'k Recording,
    pub after: &'k Recording,
}

/// The cases of a demonstration, as a page names them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    pub before: String,
    pub after: String,
}

impl Knowledge {
    /// What a kernel answered to the case with this id. Read when one is first asked for.
    pub fn recording(&self, case: &str) -> Option<&Recording> {
        self.all_recordings().get(case)
    }

    fn all_recordings(&self) -> &BTreeMap<String, Recording> {
        self.recordings.get_or_init(|| read(&self.library.recordings).0)
    }

    /// The same of a kernel whose Python is as near to `python` as there is one that answered
    /// otherwise: the newest that is no newer, or else the oldest.
    pub fn recording_on(&self, case: &str, python: Option<PythonVersion>) -> Option<&Recording> {
        let usual = self.recording(case)?;
        let start = format!("{case}{ON}");
        let others = self.all_recordings().range(start.clone()..);
        let others = others.take_while(|(name, _)| name.starts_with(&start)).map(|(_, it)| it);
        Some(nearest(usual, others, python))
    }

    /// The recordings that show what a mistake does, and what its repair does, on a Python as near to
    /// this one as there is.
    pub fn demonstration(
        &self,
        mistake: &str,
        python: Option<PythonVersion>,
    ) -> Option<Demonstration<'_>> {
        let page = self.page(PageKind::Mistake, mistake)?;
        let Front::Mistake { shown, .. } = &page.front else { return None };
        let recording = |case: &str| self.recording_on(case, python);
        Some(Demonstration { before: recording(&shown.before)?, after: recording(&shown.after)? })
    }

    /// The cases that have to be recorded, since pages show them; each once.
    pub fn shown_cases(&self) -> Vec<&Case> {
        let named = self.all_pages().flat_map(|page| match &page.front {
            Front::Lesson(lesson) => vec![&lesson.case],
            Front::Mistake { shown, .. } => vec![&shown.before, &shown.after],
            _ => Vec::new(),
        });
        let named: std::collections::BTreeSet<&String> = named.collect();
        self.cases().iter().filter(|case| named.contains(&case.id)).collect()
    }
}

impl Recording {
    /// The Python that answered.
    pub fn python(&self) -> Option<PythonVersion> {
        PythonVersion::parse(self.transcript.versions.python.as_deref()?)
    }

    /// The name of its file, without the ending, beside the usual one of the same case.
    pub fn name_on(&self) -> String {
        let python = self.python().map_or_else(String::new, |python| python.to_string());
        format!("{}{ON}{python}", self.case)
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// The first place that is not what the format asks for.
    pub fn parse(text: &str) -> Result<Self, serde_yaml::Error> {
        serde_yaml::from_str::<Raw>(text).map(Raw::read)
    }

    /// The text of its file.
    ///
    /// # Errors
    /// When it cannot be written as YAML, which does not happen.
    pub fn write(&self) -> Result<String, serde_yaml::Error> {
        let text = serde_yaml::to_string(&Raw::of(self))?;
        Ok(format!("# Written by `nbasync content prove --record`.\n{text}"))
    }
}

/// The recording of the newest Python that is no newer than this one, or else of the oldest.
fn nearest<'r>(
    usual: &'r Recording,
    others: impl Iterator<Item = &'r Recording>,
    python: Option<PythonVersion>,
) -> &'r Recording {
    let Some(python) = python else { return usual };
    let mut all: Vec<&Recording> = std::iter::once(usual).chain(others).collect();
    all.sort_by_key(|it| it.python());
    let newest = all.iter().rev().find(|it| it.python().is_some_and(|own| own <= python));
    newest.or(all.first()).copied().unwrap_or(usual)
}

/// Reads all recordings; what is broken is reported and left out.
pub(super) fn read(
    sources: &BTreeMap<String, Source>,
) -> (BTreeMap<String, Recording>, Vec<ContentError>) {
    let (mut found, mut errors) = (BTreeMap::new(), Vec::new());
    for (name, source) in sources {
        let read = source.text().and_then(|text| {
            let read = Recording::parse(text);
            read.map_err(|error| files::yaml(&source.path, text, 0, &error))
        });
        match read {
            Ok(recording) if [recording.case.clone(), recording.name_on()].contains(name) => {
                found.insert(name.clone(), recording);
            }
            Ok(_) => {
                let message = Message::complains("complaints.recording.name");
                errors.push(ContentError::whole(&source.path, message));
            }
            Err(error) => errors.push(error),
        }
    }
    (found, errors)
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    case: String,
    date: String,
    python: Option<String>,
    ipykernel: Option<String>,
    ipython: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    also: Vec<String>,
    cells: Vec<RawCell>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCell {
    code: String,
    status: RawStatus,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    output: Vec<RawChunk>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    result: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<RawError>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    late: Vec<RawChunk>,
    #[serde(default, skip_serializing_if = "is_nothing")]
    dropped: u64,
    elapsed: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lag: Option<RawLag>,
}

fn is_nothing(count: &u64) -> bool {
    *count == 0
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawStatus {
    Ok,
    Error,
    Interrupted,
    TimedOut,
    Died,
    Closed,
    Stopped,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawStream {
    Stdout,
    Stderr,
    Display,
    Traceback,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawChunk {
    from: RawStream,
    text: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawError {
    name: String,
    message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    traceback: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLag {
    bucket: u64,
    worst: u64,
    /// The buckets, in a line.
    still: String,
}

impl Raw {
    fn of(recording: &Recording) -> Self {
        let Recording { case, date, also, sources, transcript } = recording;
        let Versions { python, ipykernel, ipython } = transcript.versions.clone();
        let cells = sources.iter().zip(&transcript.cells);
        let cells = cells.map(|(code, run)| RawCell::of(code, run)).collect();
        let (case, date, also) = (case.clone(), date.clone(), also.clone());
        Self { case, date, python, ipykernel, ipython, also, cells }
    }

    fn read(self) -> Recording {
        let Self { case, date, python, ipykernel, ipython, also, cells } = self;
        let sources = cells.iter().map(|cell| cell.code.clone()).collect();
        let cells = cells.into_iter().enumerate().map(|(at, cell)| cell.read(CellIndex(at)));
        let versions = Versions { python, ipykernel, ipython };
        let transcript = Transcript { versions, cells: cells.collect() };
        Recording { case, date, also, sources, transcript }
    }
}

impl RawCell {
    fn of(code: &str, run: &CellRun) -> Self {
        let chunks = |chunks: &[Chunk]| chunks.iter().map(RawChunk::of).collect();
        let joined =
            |still: &[u64]| still.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        Self {
            code: code.to_owned(),
            status: match run.status {
                Status::Ok => RawStatus::Ok,
                Status::Error => RawStatus::Error,
                Status::Interrupted => RawStatus::Interrupted,
                Status::TimedOut => RawStatus::TimedOut,
                Status::Died => RawStatus::Died,
                Status::Closed => RawStatus::Closed,
                Status::Stopped => RawStatus::Stopped,
            },
            output: chunks(&run.output),
            result: run.result.clone(),
            error: run.error.as_ref().map(|error| RawError {
                name: error.name.clone(),
                message: error.message.clone(),
                line: error.line,
                traceback: error.traceback.clone(),
            }),
            late: chunks(&run.late),
            dropped: run.dropped,
            elapsed: run.elapsed,
            lag: run.lag.as_ref().map(|lag| RawLag {
                bucket: lag.bucket,
                worst: lag.worst,
                still: joined(&lag.still),
            }),
        }
    }

    fn read(self, cell: CellIndex) -> CellRun {
        let chunks = |chunks: Vec<RawChunk>| chunks.into_iter().map(RawChunk::read).collect();
        CellRun {
            cell,
            status: match self.status {
                RawStatus::Ok => Status::Ok,
                RawStatus::Error => Status::Error,
                RawStatus::Interrupted => Status::Interrupted,
                RawStatus::TimedOut => Status::TimedOut,
                RawStatus::Died => Status::Died,
                RawStatus::Closed => Status::Closed,
                RawStatus::Stopped => Status::Stopped,
            },
            output: chunks(self.output),
            result: self.result,
            error: self.error.map(|error| CellError {
                name: error.name,
                message: error.message,
                line: error.line,
                traceback: error.traceback,
            }),
            late: chunks(self.late),
            dropped: self.dropped,
            elapsed: self.elapsed,
            lag: self.lag.map(|lag| Lag {
                bucket: lag.bucket,
                worst: lag.worst,
                still: lag.still.split(' ').filter_map(|still| still.parse().ok()).collect(),
            }),
            tasks: Vec::new(),
        }
    }
}

impl RawChunk {
    fn of(chunk: &Chunk) -> Self {
        let from = match chunk.from {
            Stream::Stdout => RawStream::Stdout,
            Stream::Stderr => RawStream::Stderr,
            Stream::Display => RawStream::Display,
            Stream::Traceback => RawStream::Traceback,
        };
        Self { from, text: chunk.text.clone() }
    }

    fn read(self) -> Chunk {
        let from = match self.from {
            RawStream::Stdout => Stream::Stdout,
            RawStream::Stderr => Stream::Stderr,
            RawStream::Display => Stream::Display,
            RawStream::Traceback => Stream::Traceback,
        };
        Chunk { from, text: self.text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let error = CellError {
            name: "E".to_owned(),
            message: "two\nlines: \"x\"".to_owned(),
            traceback: vec!["  ----> 1 f()".to_owned()],
            line: Some(2),
        };
        let failed = CellRun {
            status: Status::Error,
            output: vec![Chunk { from: Stream::Stdout, text: "a\n  b\n".to_owned() }],
            error: Some(error),
            late: vec![Chunk { from: Stream::Traceback, text: "- x: 1".to_owned() }],
            elapsed: 7,
            lag: Some(Lag { bucket: 10, still: vec![0, 10], worst: 10 }),
            ..CellRun::started(CellIndex(0))
        };
        let quiet = CellRun { result: Some("'42'".to_owned()), ..CellRun::started(CellIndex(1)) };
        let versions = Versions { python: Some("3.11.7".to_owned()), ..Versions::default() };
        let recording = Recording {
            case: "c".to_owned(),
            date: "2026-01-02".to_owned(),
            also: vec!["Python 3.10.13".to_owned()],
            sources: vec!["%%time\nx = 1\n".to_owned(), "x".to_owned()],
            transcript: Transcript { versions, cells: vec![failed, quiet] },
        };
        let text = recording.write().unwrap();
        assert_eq!(Recording::parse(&text).unwrap(), recording, "{text}");
    }
}
