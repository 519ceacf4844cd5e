//! Whether two kernels answered alike, as a reader sees it.

use super::Recording;
use crate::environment::PythonVersion;
use crate::transcript::{CellRun, Status};

impl Recording {
    /// The Pythons of other kernels that answered alike, as `3.10.13`.
    pub fn alike(&self) -> impl Iterator<Item = &str> {
        self.also.iter().filter_map(|it| it.strip_prefix("Python ")?.split(',').next())
    }

    /// Notes that the kernel of `other`, whose Python is another one, answered alike.
    pub fn add_alike(&mut self, other: &Self) {
        let python = |versions: &str| PythonVersion::parse(versions.strip_prefix("Python ")?);
        self.also.retain(|it| python(it).is_none_or(|it| Some(it) != other.python()));
        self.also.push(other.transcript.versions.to_string());
        self.also.sort_by_key(|it| python(it));
    }

    /// Whether a reader sees the same answers: how each cell ended, its error, what it printed and
    /// gave. Numbers are left out, since times and addresses differ each time.
    pub fn answers_like(&self, other: &Self) -> bool {
        let shown =
            |recording: &Self| -> Vec<_> { recording.transcript.cells.iter().map(shown).collect() };
        self.sources == other.sources && shown(self) == shown(other)
    }
}

/// What a reader sees of a cell, without what differs each time: addresses, numbers and the frames of
/// a traceback, whose last lines stay.
fn shown(run: &CellRun) -> (Status, Vec<String>) {
    let error = run.error.iter().flat_map(|error| [error.name.as_str(), error.message.as_str()]);
    let chunks = run.output.iter().chain(&run.late).map(|chunk| chunk.text.as_str());
    let texts = error.chain(run.result.as_deref()).chain(chunks);
    let lines = texts.flat_map(|text| {
        let is_traceback = text.contains("Traceback (most recent call last)");
        text.lines().filter(move |line| !is_traceback || ends_a_traceback(line))
    });
    (run.status, lines.map(without_numbers).collect())
}

/// Whether a line names an error, as in `ValueError: no such page`.
fn ends_a_traceback(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '|', '+', '-']);
    line.split_once(':').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_.".contains(c))
    })
}

fn without_numbers(line: &str) -> String {
    let mut parts = line.split("0x");
    let start = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| part.trim_start_matches(|c: char| c.is_ascii_hexdigit()));
    let line = rest.fold(start, |text, part| text + part);
    line.chars().filter(|c| !c.is_ascii_digit()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::CellIndex;
    use crate::transcript::{Chunk, Stream, Transcript, Versions};

    fn printed(python: &str, text: &str) -> Recording {
        let output = vec![Chunk { from: Stream::Stderr, text: text.to_owned() }];
        let versions = Versions { python: Some(python.to_owned()), ..Versions::default() };
        let cells = vec![CellRun { output, ..CellRun::started(CellIndex(0)) }];
        Recording {
            case: "c".to_owned(),
            date: String::new(),
            also: Vec::new(),
            sources: vec!["f()".to_owned()],
            transcript: Transcript { versions, cells },
        }
    }

    #[test]
    fn addresses_and_frames_are_no_difference_and_words_are() {
        let alike =
            |one: &str, other: &str| printed("3.10.1", one).answers_like(&printed("3.13.0", other));
        assert!(alike("<f at 0x7f2a>", "<f at 0x55>"));
        let traceback = |frame: &str, error: &str| {
            format!("Traceback (most recent call last):\n  | {frame}\n  | ValueError: {error}\n")
        };
        assert!(alike(&traceback("File \"a\"", "no"), &traceback("~~~^^^", "no")));
        assert!(!alike(&traceback("File \"a\"", "no"), &traceback("File \"a\"", "none")));
        assert!(!alike("never awaited", "was never awaited"));
    }

    #[test]
    fn who_answers_alike_is_noted_once_oldest_first() {
        let mut usual = printed("3.11.7", "x");
        for python in ["3.13.0", "3.10.1", "3.13.2"] {
            usual.add_alike(&printed(python, "x"));
        }
        assert_eq!(usual.also, ["Python 3.10.1", "Python 3.13.2"]);
    }

    #[test]
    fn a_notebook_is_shown_the_newest_python_that_is_no_newer_than_its_own() {
        let [old, usual, new] = ["3.10.1", "3.11.7", "3.13.0"].map(|python| printed(python, "x"));
        let shown = |minor| {
            let python = PythonVersion { major: 3, minor };
            let found = super::super::nearest(&usual, [&new, &old].into_iter(), Some(python));
            found.python().map(|it| it.minor)
        };
        assert_eq!([9, 10, 11, 12, 13, 14].map(shown), [10, 10, 11, 11, 13, 13].map(Some));
        assert_eq!(super::super::nearest(&usual, [&new].into_iter(), None), &usual);
    }
}
