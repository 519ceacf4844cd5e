//! Puts together what came of the cells, from messages that arrive in any order.

use std::collections::HashMap;

use super::wire::{Ending, Said};
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
    /// Errors that were shown, each with the place of its traceback in the output, if it has one.
    shown: Vec<(Option<usize>, CellError)>,
    /// What ended the cell, as the reply says.
    ending: Option<Ending>,
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
            shown: Vec::new(),
            ending: None,
        });
    }

    /// What the request says belongs to the last cell too, which has ended.
    pub fn belongs_to_last(&mut self, request: String) {
        if let Some(last) = self.cells.len().checked_sub(1) {
            self.requests.insert(request, last);
        }
    }

    /// Takes a message in. Output that answers no request is told with the cell that runs.
    ///
    /// Source: what a loop logs by itself, such as the error of a callback, is written outside the
    /// context of any cell, and ipykernel sends it without a parent.
    pub fn hear(&mut self, request: &str, said: Said) -> Option<Change> {
        let at = match request {
            "" => self.cells.len().checked_sub(1)?,
            request => *self.requests.get(request)?,
        };
        let recorded = self.cells.get_mut(at)?;
        let is_late = recorded.has_ended;
        match said {
            Said::Output(from, text, dropped) => return recorded.output(from, &text, dropped),
            Said::Error { name, message, traceback, dropped } => {
                recorded.run.dropped += dropped;
                let error = CellError::new(name, &message, &traceback, recorded.count);
                return recorded.error(error);
            }
            // Only output comes by itself.
            _ if is_late || request.is_empty() => {}
            Said::Count(count) => recorded.count = count,
            Said::Result(text) => recorded.run.result = Some(plain(&text)),
            Said::Idle => recorded.is_idle = true,
            Said::Reply { error, .. } => {
                recorded.has_reply = true;
                recorded.ending = error;
            }
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

    /// The last cell has ended; what comes from now on is late. May be told again, to add more.
    pub fn end(&mut self, finish: impl FnOnce(&mut CellRun)) {
        if let Some(last) = self.cells.last_mut() {
            if !last.has_ended {
                last.settle();
            }
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
    /// An error is shown; whether it ends the cell, the reply says.
    fn error(&mut self, error: CellError) -> Option<Change> {
        let text = error.traceback.join("\n");
        if self.has_ended {
            return self.output(Stream::Traceback, &text, 0);
        }
        let place = (!text.is_empty()).then_some(self.run.output.len());
        self.shown.push((place, error));
        push_chunk(&mut self.run.output, Stream::Traceback, &text);
        None
    }

    /// Tells the error that ended the cell from those that were only shown.
    fn settle(&mut self) {
        let found = match &self.ending {
            // The kernel died before it replied.
            None if !self.has_reply => self.shown.len().checked_sub(1),
            None => return,
            Some(ending) => self.shown.iter().rposition(|(_, error)| ending.is_of(error)),
        };
        if let Some((place, error)) = found.map(|at| self.shown.remove(at)) {
            if let Some(place) = place {
                self.run.output.remove(place);
            }
            self.run.error = Some(error);
        } else if let Some(Ending { name, message }) = self.ending.take() {
            self.run.error =
                Some(CellError::written(name, &message, &self.run.text(Stream::Stderr)));
        }
    }

    fn output(&mut self, from: Stream, text: &str, dropped: u64) -> Option<Change> {
        self.run.dropped += dropped;
        let is_late = self.has_ended;
        let chunks = if is_late { &mut self.run.late } else { &mut self.run.output };
        push_chunk(chunks, from, text);
        let chunk = Chunk { from, text: plain(text) };
        (!text.is_empty()).then_some(Change { cell: self.run.cell, chunk, is_late })
    }
}

impl Ending {
    /// Whether this is the error that was shown. A value that cannot be displayed ends a cell
    /// without an exception of its own.
    ///
    /// Source: `IPythonKernel.do_execute` names the type of `None` then.
    fn is_of(&self, error: &CellError) -> bool {
        self.name == error.name || self.name == "NoneType"
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
        record.hear("a", Said::Reply { values: HashMap::new(), error: None });
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

    fn shown(name: &str, said: &str) -> Said {
        let traceback = vec![format!("{name}: {said}")];
        Said::Error { name: name.to_owned(), message: said.to_owned(), traceback, dropped: 0 }
    }

    /// A cell that shows errors and replies.
    fn ran(shows: &[Said], error: Option<Ending>) -> CellRun {
        let mut record = Record::default();
        record.begin(CellIndex(0), "a".to_owned());
        for said in shows {
            record.hear("a", said.clone());
        }
        record.hear("a", Said::Reply { values: HashMap::new(), error });
        record.end(|_| {});
        record.end(|run| run.elapsed = 1);
        record.last().unwrap()
    }

    fn ending(name: &str) -> Option<Ending> {
        Some(Ending { name: name.to_owned(), message: "m".to_owned() })
    }

    fn output_of(run: &CellRun) -> Vec<(Stream, &str)> {
        run.output.iter().map(|chunk| (chunk.from, chunk.text.as_str())).collect()
    }

    #[test]
    fn the_reply_tells_which_error_ended_a_cell() {
        let only_shown = ran(&[shown("A", "1"), output("x")], None);
        assert_eq!(only_shown.error, None);
        let expected = [(Stream::Traceback, "A: 1"), (Stream::Stderr, "x")];
        assert_eq!(output_of(&only_shown), expected);
        let both = ran(&[shown("A", "1"), shown("B", "2"), shown("A", "3")], ending("B"));
        assert_eq!(both.error.as_ref().unwrap().message, "2");
        let expected = [(Stream::Traceback, "A: 1"), (Stream::Traceback, "A: 3")];
        assert_eq!(output_of(&both), expected);
    }

    #[test]
    fn an_error_without_a_traceback_takes_no_other_with_it() {
        let bare = Said::Error {
            name: "A".to_owned(),
            message: "1".to_owned(),
            traceback: Vec::new(),
            dropped: 0,
        };
        let run = ran(&[bare, shown("B", "2")], ending("A"));
        assert_eq!(run.error.as_ref().unwrap().message, "1");
        assert_eq!(output_of(&run), [(Stream::Traceback, "B: 2")]);
    }

    #[test]
    fn an_error_that_was_not_shown_is_told_as_the_reply_does() {
        let error = ran(&[output("E: m\n")], ending("E")).error.unwrap();
        assert_eq!((error.name.as_str(), error.message.as_str()), ("E", "m"));
        let displayed = ran(&[shown("A", "1")], ending("NoneType"));
        assert_eq!(displayed.error.unwrap().name, "A");
    }

    #[test]
    fn output_of_the_loop_itself_is_told_with_the_cell_that_runs() {
        let mut record = Record::default();
        assert_eq!(record.hear("", output("before")), None);
        record.begin(CellIndex(0), "a".to_owned());
        record.hear("", Said::Idle);
        record.hear("", output("Task exception was never retrieved"));
        assert!(!record.is_done());
        let run = record.last().unwrap();
        assert_eq!(run.text(Stream::Stderr), "Task exception was never retrieved");
    }

    #[test]
    fn a_late_error_is_not_the_cells() {
        let mut record = Record::default();
        record.begin(CellIndex(0), "a".to_owned());
        record.end(|_| {});
        let late = record.hear("a", shown("E", "m")).unwrap();
        assert_eq!((late.chunk.from, late.is_late), (Stream::Traceback, true));
        assert_eq!(record.transcript().cells.first().unwrap().error, None);
    }
}
