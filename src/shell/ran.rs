//! The cells that a kernel has run, as a program beside it tells: JSON on standard input.

use std::collections::HashMap;
use std::path::PathBuf;

use serde::Deserialize;

use super::files::FileError;
use crate::environment::Host;
use crate::notebook::{Notebook, RanCell, of_session};
use crate::review::Frame;
use crate::text::{CellIndex, with_plain_ends};

/// The version of the shape that is read.
const VERSION: u32 = 1;

/// Numbers that may be missing between two cells, as those of cells without code of their own.
const GAP: usize = 1000;

/// What stands for a notebook that has no file: no module can have this name.
const UNTITLED: &str = "untitled notebook.ipynb";

/// The cells that ran, in the order in which they ran, and what is asked about one of them.
#[derive(Debug, Deserialize)]
pub struct Ran {
    session: u32,
    /// The notebook's file.
    path: Option<PathBuf>,
    /// The version of the kernel's Python.
    python: Option<String>,
    /// The place where the cells run, by the name that `--env` takes.
    host: Option<String>,
    #[serde(default)]
    pub event: Event,
    /// Which cell is asked about: its place in `cells`, from 0. Else the last one.
    cell: Option<usize>,
    cells: Vec<Sent>,
    /// Where the time of the cell went.
    #[serde(default)]
    pub spent: Vec<Spent>,
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Event {
    /// It failed or left coroutines behind: is that something that is known here?
    #[default]
    Failed,
    /// Somebody wants to know what is wrong with it.
    Ask,
    /// The same, and why.
    Why,
    /// It is about to run: can it be repaired without a question?
    Before,
    /// It is to be written anew, in its place.
    Rewrite,
    /// It ran: where did the time go?
    Timeline,
    /// Cells are repaired before they run from now on.
    On,
    /// No longer.
    Off,
    /// Which commands are there?
    Commands,
}

/// One cell that ran.
#[derive(Debug, Deserialize)]
struct Sent {
    key: String,
    code: String,
    count: Option<u32>,
    error: Option<Failure>,
    /// The names of coroutines that it left behind.
    #[serde(default)]
    lost: Vec<String>,
}

/// The error with which a cell ended.
#[derive(Debug, Clone, Deserialize)]
pub struct Failure {
    /// The exception's class.
    pub name: String,
    pub message: String,
    /// The line of the cell at which it came up, from 1.
    line: Option<usize>,
    /// Through which lines of other cells it came up: of functions that were made there.
    #[serde(default)]
    frames: Vec<Passed>,
}

/// A line of another cell through which an error came up.
#[derive(Debug, Clone, Deserialize)]
struct Passed {
    /// The number of the cell.
    count: u32,
    /// From 1.
    line: usize,
}

/// A stretch of a cell's run.
#[derive(Debug, Clone, Deserialize)]
pub struct Spent {
    /// The number of the cell in which it was, where that is another one: a function of it ran.
    pub count: Option<u32>,
    /// The line of the cell, from 1; none where code elsewhere ran.
    pub line: Option<usize>,
    /// Whether the loop was free: the cell waited and held nothing up.
    pub free: bool,
    pub seconds: f64,
}

impl Ran {
    /// Reads it, where the text is one: an object with a `session` and no `nbformat`.
    pub fn recognise(bytes: &[u8]) -> Option<Result<Self, FileError>> {
        #[derive(Deserialize)]
        struct Probe {
            session: Option<serde::de::IgnoredAny>,
            nbformat: Option<serde::de::IgnoredAny>,
        }
        let probe: Probe = serde_json::from_slice(bytes).ok()?;
        probe.session.filter(|_| probe.nbformat.is_none())?;
        Some(Self::read(bytes))
    }

    /// Reads it.
    ///
    /// # Errors
    /// Where the text is none, and what is wrong with it.
    pub fn read(bytes: &[u8]) -> Result<Self, FileError> {
        let broken = |line, column, problem: String| FileError::Session { line, column, problem };
        let ran: Self = serde_json::from_slice(bytes)
            .map_err(|error| broken(error.line(), error.column(), error.to_string()))?;
        if ran.session != VERSION {
            return Err(broken(1, 1, format!("session {}, expected {VERSION}", ran.session)));
        }
        if ran.cell.is_some_and(|cell| cell >= ran.cells.len()) {
            return Err(broken(1, 1, format!("there are {} cells", ran.cells.len())));
        }
        Ok(ran)
    }

    /// The notebook's file, or what stands for it in the folder where the program runs.
    pub fn place(&self) -> PathBuf {
        self.path.clone().unwrap_or_else(|| PathBuf::from(UNTITLED))
    }

    /// The place where the cells run.
    pub fn host(&self) -> Option<Host> {
        Host::named(self.host.as_deref()?)
    }

    /// The notebook of the cells, in which the cell of `In[7]` is the seventh as far as that can be:
    /// this is the number by which people know it.
    ///
    /// # Errors
    /// As [`of_session`].
    pub fn notebook(&self) -> Result<Notebook, FileError> {
        let places = self.places();
        let length = places.iter().map(|(_, place)| place + 1).max().unwrap_or_default();
        let nothing =
            RanCell { key: String::new(), source: String::new(), count: None, error: None };
        let mut cells = vec![nothing; length];
        for (at, place) in places {
            if let (Some(sent), Some(cell)) = (self.cells.get(at), cells.get_mut(place)) {
                *cell = sent.cell();
            }
        }
        of_session(&cells, self.python.as_deref()).map_err(FileError::Notebook)
    }

    /// The cell that is asked about, by its place in the notebook.
    pub fn asked(&self) -> Option<CellIndex> {
        let asked = self.cells.get(self.asked_run()?)?;
        let is_it = |at: &usize| self.cells.get(*at).is_some_and(|it| it.is_as(asked));
        let mut places = self.places().into_iter();
        places.find(|(at, _)| is_it(at)).map(|(_, place)| CellIndex(place))
    }

    /// What stands on the line at which a stretch of the run was.
    pub fn line_of(&self, spent: &Spent) -> Option<&str> {
        let is_it = |sent: &&Sent| sent.count == spent.count;
        let cell = match spent.count {
            Some(_) => self.cells.iter().rev().find(is_it),
            None => self.cells.get(self.asked_run()?),
        };
        cell?.code.lines().nth(spent.line?.checked_sub(1)?).map(str::trim)
    }

    /// How that cell ended.
    pub fn failure(&self) -> Option<&Failure> {
        self.cells.get(self.asked_run()?)?.error.as_ref()
    }

    /// The lines of cells through which the error of that cell came up.
    pub fn frames(&self) -> Vec<Frame> {
        let (Some(failure), Some(asked)) = (self.failure(), self.asked()) else {
            return Vec::new();
        };
        let places: HashMap<u32, usize> = self
            .places()
            .into_iter()
            .filter_map(|(at, place)| Some((self.cells.get(at)?.count?, place)))
            .collect();
        let others = failure
            .frames
            .iter()
            .filter_map(|passed| Some((CellIndex(*places.get(&passed.count)?), passed.line)));
        failure.line.map(|line| (asked, line)).into_iter().chain(others).collect()
    }

    /// The coroutines that it left behind.
    pub fn lost(&self) -> &[String] {
        let cell = self.asked_run().and_then(|at| self.cells.get(at));
        cell.map_or(&[], |cell| &cell.lost)
    }

    fn asked_run(&self) -> Option<usize> {
        self.cell.or(self.cells.len().checked_sub(1))
    }

    /// The runs that count, by their places in `cells`, each with its place in the notebook.
    fn places(&self) -> Vec<(usize, usize)> {
        let mut next = 0;
        let place = |at: usize| {
            let count = self.cells.get(at).and_then(|sent| sent.count);
            let wanted = count.and_then(|count| usize::try_from(count).ok()?.checked_sub(1));
            let place = wanted.filter(|it| (next..=next + GAP).contains(it)).unwrap_or(next);
            next = place + 1;
            (at, place)
        };
        self.kept().into_iter().map(place).collect()
    }

    /// The runs that count, by their places in `cells`: of a cell that ran again and again with the
    /// same text, the last one.
    fn kept(&self) -> Vec<usize> {
        let mut last: HashMap<(&str, &str), usize> = HashMap::new();
        for (at, sent) in self.cells.iter().enumerate() {
            last.insert((&sent.key, &sent.code), at);
        }
        let mut kept: Vec<usize> = last.into_values().collect();
        kept.sort_unstable();
        kept
    }
}

impl Sent {
    fn cell(&self) -> RanCell {
        let error = self.error.as_ref();
        RanCell {
            key: self.key.clone(),
            source: with_plain_ends(&self.code).into_owned(),
            count: self.count,
            error: error.map(|error| (error.name.clone(), error.message.clone())),
        }
    }

    fn is_as(&self, other: &Self) -> bool {
        (&self.key, &self.code) == (&other.key, &other.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Ran {
        Ran::recognise(text.as_bytes()).unwrap().unwrap()
    }

    #[test]
    fn a_cell_that_ran_again_counts_where_it_ran_last() {
        let ran = read(
            r#"{"session": 1, "cells": [{"key": "a", "code": "x"}, {"key": "b", "code": "y"},
                {"key": "a", "code": "x"}, {"key": "a", "code": "z"}], "cell": 0}"#,
        );
        let sources: Vec<String> =
            ran.notebook().unwrap().cells.iter().map(|cell| cell.source.clone()).collect();
        assert_eq!(sources, ["y", "x", "z"]);
        assert_eq!(ran.asked(), Some(CellIndex(1)));
    }

    #[test]
    fn a_cell_stands_where_its_number_says() {
        let ran = read(
            r#"{"session": 1, "cells": [{"key": "a", "code": "x", "count": 3},
                {"key": "b", "code": "y"}, {"key": "c", "code": "z", "count": 4000000000}]}"#,
        );
        let sources: Vec<String> =
            ran.notebook().unwrap().cells.iter().map(|cell| cell.source.clone()).collect();
        assert_eq!(sources, ["", "", "x", "y", "z"]);
        assert_eq!(ran.asked(), Some(CellIndex(4)));
    }

    #[test]
    fn an_error_comes_up_through_lines_of_cells_that_are_known() {
        let ran = read(
            r#"{"session": 1, "cells": [{"key": "a", "code": "x", "count": 1},
                {"key": "b", "code": "y", "count": 3, "error": {"name": "E", "message": "", "line": 2,
                 "frames": [{"count": 1, "line": 4}, {"count": 9, "line": 1}]}}]}"#,
        );
        assert_eq!(ran.frames(), [(CellIndex(2), 2), (CellIndex(0), 4)]);
    }

    #[test]
    fn other_texts_are_no_sessions_and_bad_ones_are_told() {
        assert!(Ran::recognise(b"{\"cells\": [], \"nbformat\": 4}").is_none());
        assert!(Ran::recognise(b"x = 1").is_none());
        let bad = |text: &str| Ran::recognise(text.as_bytes()).unwrap().unwrap_err();
        assert!(matches!(bad(r#"{"session": 2, "cells": []}"#), FileError::Session { .. }));
        assert!(matches!(bad(r#"{"session": 1}"#), FileError::Session { line: 1, .. }));
        let beyond = r#"{"session": 1, "cells": [], "cell": 3}"#;
        assert!(matches!(bad(beyond), FileError::Session { .. }));
        assert_eq!(read(r#"{"session": 1, "cells": []}"#).asked(), None);
    }
}
