//! One run of a cell as lines without words, for every front end.

use super::{CellError, CellRun, Chunk, Lag, Status, Stream};

/// Lines kept of one stretch of output.
const MOST: usize = 12;

/// A line of what came of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told<'r> {
    Output {
        from: Stream,
        /// It came when the cell had ended.
        is_late: bool,
        text: &'r str,
    },
    /// So many lines in the middle of a stretch are left out here.
    LeftOut(usize),
    /// So many bytes of output were not kept.
    Dropped(u64),
    Result {
        is_first: bool,
        text: &'r str,
    },
    Error(&'r CellError),
    AskedForInput,
    /// The cell did not end by itself.
    Ended(Status),
    /// Milliseconds.
    Took(u64),
    Lag(&'r Lag),
}

impl CellRun {
    /// What came of the run, in the order in which it is told.
    pub fn told(&self) -> Vec<Told<'_>> {
        let mut lines = Vec::new();
        for chunk in &self.output {
            stretch(chunk, false, &mut lines);
        }
        if self.dropped > 0 {
            lines.push(Told::Dropped(self.dropped));
        }
        if let Some(result) = &self.result {
            let mut is_first = true;
            few(result, &mut lines, |text| Told::Result {
                is_first: std::mem::take(&mut is_first),
                text,
            });
        }
        if let Some(error) = &self.error {
            lines.push(Told::Error(error));
            lines.extend(error.asked_for_input().then_some(Told::AskedForInput));
        }
        let is_by_itself = matches!(self.status, Status::Ok | Status::Error);
        lines.extend((!is_by_itself).then_some(Told::Ended(self.status)));
        for chunk in &self.late {
            stretch(chunk, true, &mut lines);
        }
        lines.push(Told::Took(self.elapsed));
        // An error's time is that of its traceback.
        let lag = self.lag.as_ref().filter(|_| self.error.is_none());
        lines.extend(lag.map(Told::Lag));
        lines
    }
}

impl CellError {
    /// The class and the message's first line.
    pub fn headline(&self) -> String {
        match self.message.lines().next() {
            Some(message) if !message.is_empty() => format!("{}: {message}", self.name),
            _ => self.name.clone(),
        }
    }
}

impl Lag {
    /// A loop that is late by less, in milliseconds, keeps turning as far as people can tell.
    pub const NOTICED: u64 = 100;

    /// The height of each bucket's bar, from 0 to 7.
    pub fn levels(&self) -> impl Iterator<Item = usize> + '_ {
        let level = |still: &u64| usize::try_from(still * 7 / self.bucket.max(1)).unwrap_or(7);
        self.still.iter().map(level).map(|level| level.min(7))
    }
}

/// Milliseconds as seconds for people.
pub fn seconds(milliseconds: u64) -> String {
    let (whole, rest) = (milliseconds / 1000, milliseconds % 1000);
    match milliseconds {
        0..1_000 => format!("{}.{:03} s", whole, rest),
        1_000..10_000 => format!("{}.{:02} s", whole, rest / 10),
        _ => format!("{}.{} s", whole, rest / 100),
    }
}

fn stretch<'r>(chunk: &'r Chunk, is_late: bool, lines: &mut Vec<Told<'r>>) {
    few(&chunk.text, lines, |text| Told::Output { from: chunk.from, is_late, text });
}

/// The lines of a text, the middle left out where there are many.
fn few<'r>(text: &'r str, out: &mut Vec<Told<'r>>, mut line: impl FnMut(&'r str) -> Told<'r>) {
    let lines: Vec<&str> = text.lines().collect();
    if lines.len() <= MOST {
        return out.extend(lines.into_iter().map(line));
    }
    let (head, rest) = lines.split_at(MOST / 2);
    let (middle, tail) = rest.split_at(rest.len() - MOST / 2);
    out.extend(head.iter().map(|text| line(text)));
    out.push(Told::LeftOut(middle.len()));
    out.extend(tail.iter().map(|text| line(text)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::CellIndex;

    #[test]
    fn times_have_as_many_figures_as_people_read() {
        let told = [7, 420, 1_234, 12_345].map(seconds);
        assert_eq!(told, ["0.007 s", "0.420 s", "1.23 s", "12.3 s"]);
    }

    #[test]
    fn a_long_stretch_loses_its_middle() {
        let text: String = (0..100).map(|line| format!("{line}\n")).collect();
        let output = vec![Chunk { from: Stream::Stdout, text }];
        let run = CellRun { output, ..CellRun::started(CellIndex(0)) };
        let told = run.told();
        assert_eq!(told.len(), MOST + 2);
        assert_eq!(told.get(6), Some(&Told::LeftOut(88)));
        assert_eq!(told.last(), Some(&Told::Took(0)));
    }
}
