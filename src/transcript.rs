//! What a kernel answered, cell by cell: streams, result, error, late warnings, and how long its
//! loop stood still.

mod lag;
mod plain;
mod tasks;
mod told;

pub use lag::{Lag, Stall};
pub use plain::plain;
pub use tasks::{Chart, ChartLane, Doing, HOLDS, TaskRun, within};
pub use told::{Told, seconds};

use std::fmt;

use crate::text::CellIndex;

/// What came of some cells that ran one after the other in one kernel.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Transcript {
    pub versions: Versions,
    /// The cells that were started, in order. Cells after an end that is not theirs are missing.
    pub cells: Vec<CellRun>,
}

/// The versions that a kernel has, or says that it has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Versions {
    pub python: Option<String>,
    pub ipykernel: Option<String>,
    pub ipython: Option<String>,
}

impl fmt::Display for Versions {
    /// Those that are known, in a row.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { python, ipykernel, ipython } = self;
        let all = [("Python", python), ("ipykernel", ipykernel), ("IPython", ipython)];
        let known = all.into_iter().filter_map(|(name, version)| Some((name, version.as_ref()?)));
        for (at, (name, version)) in known.enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(formatter, "{comma}{name} {version}")?;
        }
        Ok(())
    }
}

/// What came of one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellRun {
    pub cell: CellIndex,
    pub status: Status,
    /// What was written and displayed, merged in the order in which it came.
    pub output: Vec<Chunk>,
    /// The value of the last expression, as `text/plain`.
    pub result: Option<String>,
    pub error: Option<CellError>,
    /// What the cell wrote after it had ended, such as a warning about a coroutine.
    pub late: Vec<Chunk>,
    /// Bytes of output that were not kept.
    pub dropped: u64,
    /// From the request to the end, in milliseconds.
    pub elapsed: u64,
    /// `None` where the kernel could not be asked.
    pub lag: Option<Lag>,
    /// When the tasks ran, the cell itself first; empty where nobody noted it.
    pub tasks: Vec<TaskRun>,
}

/// How a cell ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Ok,
    Error,
    /// Somebody interrupted it.
    Interrupted,
    /// It took too long and was interrupted for that.
    TimedOut,
    /// The kernel died meanwhile.
    Died,
    /// The kernel closed its channels, so that nothing more could be heard of it, and was ended.
    Closed,
    /// Somebody ended the kernel, because the cell did not give way.
    Stopped,
}

impl Status {
    /// Whether the cell came to its end, be it an error.
    pub fn is_by_itself(self) -> bool {
        matches!(self, Status::Ok | Status::Error)
    }

    /// Whether somebody wanted an end of it, so that nothing more is to run.
    pub fn is_by_somebody(self) -> bool {
        matches!(self, Status::Interrupted | Status::Stopped)
    }
}

/// A stretch of output from one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    pub from: Stream,
    /// Without colours and other escape sequences that are whole; whatever else a terminal would
    /// act on is still there.
    pub text: String,
}

/// Where output came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    Stdout,
    Stderr,
    /// Something displayed, as its `text/plain`.
    Display,
    /// The traceback of an error that was shown and did not end the cell: that of a script which
    /// `%run` started, of a callback.
    Traceback,
}

/// The exception that ended a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellError {
    pub name: String,
    pub message: String,
    /// Lines as IPython formats them, without colours.
    pub traceback: Vec<String>,
    /// The line of the cell, from 1, where the innermost frame in it stands.
    pub line: Option<usize>,
}

impl Stream {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Stream::Stdout => "stdout",
            Stream::Stderr => "stderr",
            Stream::Display => "display",
            Stream::Traceback => "traceback",
        }
    }

    /// Whether what comes in pieces is one text.
    fn is_joined(self) -> bool {
        matches!(self, Stream::Stdout | Stream::Stderr)
    }
}

impl CellRun {
    /// A cell of which nothing is known yet.
    pub fn started(cell: CellIndex) -> Self {
        Self {
            cell,
            status: Status::Ok,
            output: Vec::new(),
            result: None,
            error: None,
            late: Vec::new(),
            dropped: 0,
            elapsed: 0,
            lag: None,
            tasks: Vec::new(),
        }
    }

    /// All that came from one source before the end.
    pub fn text(&self, from: Stream) -> String {
        let mine = self.output.iter().filter(|chunk| chunk.from == from);
        mine.map(|chunk| chunk.text.as_str()).collect()
    }
}

impl CellError {
    /// The error of cell `count` (its number in `In [ ]`; 0 when unknown), as a kernel sends it.
    pub fn new(name: String, message: &str, traceback: &[String], count: usize) -> Self {
        let lines = traceback.iter().flat_map(|piece| {
            let piece = plain(piece);
            piece.lines().map(str::to_owned).collect::<Vec<_>>()
        });
        let traceback: Vec<String> = lines.collect();
        let line = line_in_cell(&traceback, count);
        Self { name, message: plain(message), traceback, line }
    }

    /// The error of a cell of which no traceback was sent, because Python itself wrote it to stderr.
    ///
    /// Source: IPython leaves exception groups to `traceback.print_exc`
    /// (`InteractiveShell.showtraceback`).
    pub fn written(name: String, message: &str, stderr: &str) -> Self {
        let message = plain(message);
        let said = format!("{name}: {}", message.lines().next().unwrap_or_default());
        let is_told = stderr.lines().any(|line| line.trim_start_matches([' ', '|']) == said);
        let line = line_of_module(stderr).filter(|_| is_told);
        Self { name, message, traceback: Vec::new(), line }
    }

    /// Whether the cell asked for input, which nobody could give.
    ///
    /// Source: ipykernel raises `StdinNotImplementedError` when a request does not allow stdin.
    pub fn asked_for_input(&self) -> bool {
        self.name == "StdinNotImplementedError"
    }
}

/// Adds output to what came before; stretches from one source are joined.
pub fn push_chunk(chunks: &mut Vec<Chunk>, from: Stream, text: &str) {
    match chunks.last_mut() {
        Some(last) if last.from == from && from.is_joined() => last.text.push_str(text),
        _ if text.is_empty() => {}
        _ => chunks.push(Chunk { from, text: text.to_owned() }),
    }
}

/// The line of the cell's innermost frame.
///
/// Source: IPython 8 and 9 write `Cell In[3], line 2`, 8.0 to 8.6 `Input In [3], in …` and
/// `Cell In [3], line 2`, 7 `<ipython-input-3-…> in <module>`; an arrow marks the line.
fn line_in_cell(traceback: &[String], count: usize) -> Option<usize> {
    let mut found = None;
    let mut here = false;
    for line in traceback {
        let text = line.trim_start();
        if let Some(rest) = frame_of_cell(text, count) {
            here = true;
            found = line_number(rest).or(found);
        } else if is_frame(text) {
            here = false;
        } else if let Some(rest) = text.strip_prefix("-").filter(|_| here) {
            let arrow = rest.trim_start_matches('-').strip_prefix("> ");
            found = arrow.and_then(leading_number).or(found);
        }
    }
    found
}

/// The line of the frame in which the cell itself stands, in a traceback that Python wrote.
///
/// Source: ipykernel names the file of a cell `…/ipykernel_PROCESS/NUMBER.py`
/// (`ipykernel.compiler.get_file_name`).
fn line_of_module(text: &str) -> Option<usize> {
    let mut frames = text.lines().filter_map(|line| {
        let frame = line.trim_start_matches([' ', '|']).strip_prefix("File ")?;
        let (file, rest) = frame.split_once(", line ")?;
        let is_cell = file.contains("/ipykernel_") || file.contains("\\ipykernel_");
        (is_cell && rest.ends_with(", in <module>")).then(|| leading_number(rest))?
    });
    frames.next_back()
}

/// What stands behind the cell's number, where the line opens a frame of that cell.
fn frame_of_cell(line: &str, count: usize) -> Option<&str> {
    const OPENINGS: [&str; 5] =
        ["Cell In[", "Cell In [", "Input In [", "File <ipython-input-", "<ipython-input-"];
    let rest = OPENINGS.iter().find_map(|opening| line.strip_prefix(opening))?;
    let number = leading_number(rest)?;
    let rest = rest.trim_start_matches(|char: char| char.is_ascii_digit());
    (count == 0 || number == count).then_some(rest)
}

fn is_frame(line: &str) -> bool {
    line.starts_with("File ") || frame_of_cell(line, 0).is_some()
}

fn line_number(rest: &str) -> Option<usize> {
    let (_, number) = rest.split_once(", line ")?;
    leading_number(number)
}

fn leading_number(text: &str) -> Option<usize> {
    let end = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(traceback: &[&str], count: usize) -> Option<usize> {
        let lines: Vec<String> = traceback.iter().map(|&line| line.to_owned()).collect();
        CellError::new(String::new(), "", &lines, count).line
    }

    #[test]
    fn the_line_is_that_of_the_innermost_frame_in_the_cell() {
        let modern = [
            "\u{1b}[31m----\u{1b}[39m",
            "Traceback (most recent call last)",
            "Cell In[3], line 4\n      2     1/0\n----> 4 f()",
            "Cell In[3], line 2, in f()\n----> 2     1/0",
            "File /usr/lib/python3/asyncio/runners.py:190, in run(main)\n--> 190 raise",
        ];
        assert_eq!(line(&modern, 3), Some(2));
        assert_eq!(line(&modern, 2), None);
    }

    #[test]
    fn older_ipython_marks_the_line_by_an_arrow() {
        let seven = ["<ipython-input-3-9e1> in <module>", "      1 x = 1", "----> 2 1/0"];
        assert_eq!(line(&seven, 3), Some(2));
        let eight = ["Input In [3], in <cell line: 2>()", "----> 2 1/0"];
        assert_eq!(line(&eight, 3), Some(2));
        assert_eq!(line(&["  Cell In[7], line 5", "    x = = 1"], 7), Some(5));
    }

    #[test]
    fn a_group_is_told_by_what_python_wrote() {
        let stderr = "  + Exception Group Traceback (most recent call last):\n  |   File \
                      \"/tmp/ipykernel_7/12.py\", line 3, in <module>\n  |     async with\n  | \
                      ExceptionGroup: two (1 sub-exception)\n  +-+---- 1 ----\n    |   File \
                      \"/tmp/ipykernel_7/12.py\", line 9, in boom\n    | ValueError: a\n";
        let group = |message| CellError::written("ExceptionGroup".to_owned(), message, stderr);
        assert_eq!(group("two (1 sub-exception)").line, Some(3));
        assert_eq!(group("another").line, None);
    }

    #[test]
    fn chunks_of_one_source_are_joined_and_displays_are_not() {
        let mut chunks = Vec::new();
        for (from, text) in [
            (Stream::Stdout, "a"),
            (Stream::Stdout, "b"),
            (Stream::Stderr, "c"),
            (Stream::Display, "d"),
            (Stream::Display, "e"),
        ] {
            push_chunk(&mut chunks, from, text);
        }
        let texts: Vec<&str> = chunks.iter().map(|chunk| &*chunk.text).collect();
        assert_eq!(texts, ["ab", "c", "d", "e"]);
    }
}
