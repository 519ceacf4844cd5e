//! The watch inside a kernel that notes how long its loop stood still and when its tasks ran, and
//! what it noted.

use std::collections::HashMap;

use crate::transcript::{Stall, TaskRun};

/// What the kernel runs to begin: for the loop, and for its tasks.
const SOURCES: [&str; 2] = [include_str!("pulse.py"), include_str!("tasks.py")];

/// The names and expressions that give what was noted since that was last asked, and begin anew.
pub const TAKE: [(&str, &str); 2] = [
    ("stalls", "__import__('sys')._nbasync_pulse.take()"),
    ("tasks", "__import__('sys')._nbasync_tasks.take()"),
];

/// The code that begins to note. It leaves no name behind.
pub fn install() -> String {
    // Rust and Python write ASCII string literals alike.
    let begin = |source: &&str| format!("exec({source:?}, {{'__name__': '_nbasync_pulse'}})");
    SOURCES.iter().map(begin).collect::<Vec<_>>().join("; ")
}

/// What was noted of one cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Noted {
    /// `None` where nothing notes it.
    pub stalls: Option<Vec<Stall>>,
    pub tasks: Vec<TaskRun>,
}

impl Noted {
    /// Reads the `repr`s of what the expressions of `TAKE` give. What is something else is missing.
    pub fn read(answers: &HashMap<String, String>) -> Self {
        let text = |name| answers.get(name).and_then(|repr| unquoted(repr));
        Self {
            stalls: text("stalls").and_then(spans),
            tasks: text("tasks").and_then(tasks).unwrap_or_default(),
        }
    }
}

fn unquoted(repr: &str) -> Option<&str> {
    repr.trim().strip_prefix('\'')?.strip_suffix('\'')
}

/// A time in milliseconds. Code in the kernel may have noted anything: what takes longer than seven
/// weeks is no time of a cell's, and sums of times stay numbers.
fn time(text: &str) -> Option<u64> {
    text.parse::<u32>().ok().map(u64::from)
}

/// Pairs of a start and a length.
fn spans(text: &str) -> Option<Vec<Stall>> {
    let span = |pair: &str| {
        let (start, length) = pair.split_once(':')?;
        Some(Stall { start: time(start)?, length: time(length)? })
    };
    text.split_whitespace().map(span).collect()
}

/// Tasks with `;` between them: name, line, when it was made and when it ended, when it ran.
fn tasks(text: &str) -> Option<Vec<TaskRun>> {
    let task = |text: &str| {
        let mut parts = text.splitn(5, '|');
        let name = parts.next()?.to_owned();
        let line: usize = parts.next()?.parse().ok()?;
        let (start, end) = (time(parts.next()?)?, time(parts.next()?)?);
        let runs = spans(parts.next()?)?;
        Some(TaskRun { name, line: (line > 0).then_some(line), start, end, runs })
    };
    text.split(';').filter(|text| !text.is_empty()).map(task).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, repr: &str) -> Noted {
        Noted::read(&HashMap::from([(name.to_owned(), repr.to_owned())]))
    }

    #[test]
    fn stalls_are_pairs_of_milliseconds() {
        assert_eq!(read("stalls", "''").stalls, Some(Vec::new()));
        let stalls = [Stall { start: 10, length: 20 }, Stall { start: 300, length: 4 }];
        assert_eq!(read("stalls", "'10:20 300:4'").stalls, Some(stalls.to_vec()));
        assert_eq!(read("stalls", "NameError").stalls, None);
        assert_eq!(read("stalls", "'10:x'").stalls, None);
        assert_eq!(read("stalls", "'1:18446744073709551615'").stalls, None);
    }

    #[test]
    fn tasks_have_a_name_a_line_and_the_times_at_which_they_ran() {
        let tasks = read("tasks", "'fetch|2|15|215|15:0 215:1;|0|0|300|'").tasks;
        let runs = vec![Stall { start: 15, length: 0 }, Stall { start: 215, length: 1 }];
        let fetch = TaskRun { name: "fetch".to_owned(), line: Some(2), start: 15, end: 215, runs };
        let kernel = TaskRun { end: 300, ..TaskRun::default() };
        assert_eq!(tasks, [fetch, kernel]);
        for wrong in ["fetch", "'fetch|2|15'", "'fetch|x|1|2|'", "'fetch|1|1|2|3'"] {
            assert_eq!(read("tasks", wrong).tasks, [], "{wrong}");
        }
    }

    #[test]
    fn the_code_is_one_line_of_ascii() {
        let code = install();
        assert!(code.is_ascii() && !code.contains('\n'));
    }
}
