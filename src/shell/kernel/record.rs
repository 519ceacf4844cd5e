//! Puts together what came of the cells, from messages that arrive in any order.

use std::collections::HashMap;

use super::wire::Said;
use crate::text::CellIndex;
use crate::transcript::{CellError, CellRun, Chunk, Stream, Transcript, plain, push_chunk};

/// The transcript of a job, as far as it is known.
#[derive(Debug, Default)]
pub struct Record {
    cells: Vec<Recorded>,
    /// Which cell each request belongs to.
    requests: HashMap<String, usize>,
}

#[derive(Debug)]
struct Recorded {
    run: CellRun,
    /// The number in `In [ ]`, 0 when unknown.
    count: usize,
    is_idle: bool,
    has_reply: bool,
    has_ended: bool,
}

/// What a message changed, for those who watch.
#[derive(Debug, PartialEq, Eq)]
pub struct Change {
    pub cell: CellIndex,
    pub chunk: Chunk,
    /// The cell had ended before.
    pub is_late: bool,
}

impl Record {
    /// A cell begins; `request` is the identifier of its request.
    pub fn begin(&mut self, cell: CellIndex, request: String) {
        self.requests.insert(request, self.cells.len());
        self.cells.push(Recorded {
            run: CellRun::started(cell),
            count: 0,
            is_idle: false,
            has_reply: false,
            has_ended: false,
        });
    }

    /// What the request says belongs to the last cell too, which has ended.
    pub fn belongs_to_last(&mut self, request: String) {
        if let Some(last) = self.cells.len().checked_sub(1) {
            self.requests.insert(request, last);
        }
    }

    /// Takes a message in.
    pub fn hear(&mut self, request: &str, said: Said) -> Option<Change> {
        let at = *self.requests.get(request)?;
        let recorded = self.cells.get_mut(at)?;
        let is_late = recorded.has_ended;
        match said {
            Said::Output(from, text, dropped) => return recorded.output(from, &text, dropped),
            _ if is_late => {}
            Said::Count(count) => recorded.count = count,
            Said::Result(text) => recorded.run.result = Some(plain(&text)),
            Said::Error { name, message, traceback } => {
                let error = CellError::new(name, &message, &traceback, recorded.count);
                recorded.run.error = Some(error);
            }
            Said::Idle => recorded.is_idle = true,
            Said::Reply { .. } => recorded.has_reply = true,
            Said::Alive => {}
        }
        None
    }

    /// Whether the last cell has got its reply.
    pub fn has_reply(&self) -> bool {
        self.cells.last().is_some_and(|last| last.has_reply)
    }

    /// Whether the last cell is done: it has got its reply, and all of its output.
    pub fn is_done(&self) -> bool {
        self.cells.last().is_some_and(|last| last.has_reply && last.is_idle)
    }

    /// The last cell has ended; what comes from now on is late.
    pub fn end(&mut self, finish: impl FnOnce(&mut CellRun)) {
        if let Some(last) = self.cells.last_mut() {
            last.has_ended = true;
            finish(&mut last.run);
        }
    }

    /// What came of the last cell so far.
    pub fn last(&self) -> Option<CellRun> {
        self.cells.last().map(|last| readable(last.run.clone()))
    }

    /// What came of all the cells so far.
    pub fn transcript(&self) -> Transcript {
        let cells = self.cells.iter().map(|recorded| readable(recorded.run.clone()));
        Transcript { cells: cells.collect(), ..Transcript::default() }
    }
}

impl Recorded {
    fn output(&mut self, from: Stream, text: &str, dropped: u64) -> Option<Change> {
        self.run.dropped += dropped;
        let is_late = self.has_ended;
        let chunks = if is_late { &mut self.run.late } else { &mut self.run.output };
        push_chunk(chunks, from, text);
        let chunk = Chunk { from, text: plain(text) };
        (!text.is_empty()).then_some(Change { cell: self.run.cell, chunk, is_late })
    }
}

/// A progress bar comes in pieces: only the whole of it shows what it was at the end.
fn readable(mut run: CellRun) -> CellRun {
    for chunk in run.output.iter_mut().chain(&mut run.late) {
        chunk.text = plain(&chunk.text);
    }
    run
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(text: &str) -> Said {
        Said::Output(Stream::Stderr, text.to_owned(), 0)
    }

    #[test]
    fn output_after_the_end_is_late_wherever_it_comes_from() {
        let mut record = Record::default();
        record.begin(CellIndex(3), "a".to_owned());
        record.hear("a", output("1%\r"));
        record.hear("a", output("2%\n"));
        assert!(!record.is_done());
        record.hear("a", Said::Reply { values: HashMap::new() });
        record.hear("a", Said::Idle);
        assert!(record.is_done());
        record.end(|_| {});
        record.belongs_to_last("b".to_owned());
        let change = record.hear("b", output("never awaited")).unwrap();
        assert!(change.is_late);
        assert_eq!(record.hear("unknown", output("x")), None);
        let [run] = <[CellRun; 1]>::try_from(record.transcript().cells).unwrap();
        assert_eq!(run.text(Stream::Stderr), "2%\n");
        assert_eq!(run.late.first().unwrap().text, "never awaited");
    }

    #[test]
    fn a_late_error_is_not_the_cells() {
        let mut record = Record::default();
        record.begin(CellIndex(0), "a".to_owned());
        record.end(|_| {});
        let (name, message) = ("E".to_owned(), String::new());
        record.hear("a", Said::Error { name, message, traceback: Vec::new() });
        assert_eq!(record.transcript().cells.first().unwrap().error, None);
    }
}
