//! Colours code: Python by a scanner of our own, other languages by syntect, off the first frame.

mod languages;
mod other;
mod python;

use std::collections::HashMap;
use std::sync::{Arc, mpsc};

use super::theme::Slot;
use crate::text::TextRange;

/// Texts in slow languages kept painted at a time; more than any page quotes.
const KEPT: usize = 1024;

/// Texts longer than this many bytes stay plain in languages other than Python.
const LONGEST: usize = 64 * 1024;

/// What a source looks like: stretches in order that do not overlap. The rest is plain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Painted(pub Vec<Stretch>);

/// A coloured stretch of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Bytes of the source.
    pub range: TextRange,
    pub slot: Slot,
}

/// A source and its language.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Job {
    pub language: String,
    pub text: String,
}

/// Colours sources and remembers them.
pub struct Painter {
    /// Sources and their colours; `None` while they are awaited.
    done: HashMap<Job, Option<Arc<Painted>>>,
    /// Where sources go that another thread colours; `None` colours them at once.
    jobs: Option<mpsc::Sender<Job>>,
    /// Counts the answers that have come in, so that pages laid out before are laid out again.
    pub answers: usize,
}

impl Painted {
    /// The look of the byte `offset`.
    pub fn slot(&self, offset: usize) -> Slot {
        let at = self.0.partition_point(|stretch| stretch.range.end <= offset);
        self.0
            .get(at)
            .filter(|stretch| stretch.range.start <= offset)
            .map_or(Slot::Plain, |stretch| stretch.slot)
    }

    fn push(&mut self, start: usize, end: usize, slot: Slot) {
        if start < end && slot != Slot::Plain {
            self.0.push(Stretch { range: TextRange::new(start, end), slot });
        }
    }
}

impl Painter {
    /// A painter that colours everything at once.
    pub fn at_once() -> Self {
        Self { done: HashMap::new(), jobs: None, answers: 0 }
    }

    /// A painter that leaves slow languages to another thread; `answer` is called there.
    pub fn in_background(answer: impl Fn(Job, Painted) + Send + 'static) -> Self {
        let (jobs, inbox) = mpsc::channel::<Job>();
        std::thread::spawn(move || {
            for job in inbox {
                let painted = other::paint(&job.language, &job.text);
                answer(job, painted);
            }
        });
        Self { jobs: Some(jobs), ..Self::at_once() }
    }

    /// Takes an answer of the other thread.
    pub fn learn(&mut self, job: Job, painted: Painted) {
        self.answers += 1;
        self.keep(job, Some(Arc::new(painted)));
    }

    /// Colours a source. `None` while the answer of the other thread is awaited.
    pub fn paint(&mut self, language: &str, text: &str) -> Option<Arc<Painted>> {
        if python::knows(language) {
            return Some(Arc::new(python::paint(language, text)));
        }
        if text.len() > LONGEST || !other::knows(language) {
            return Some(Arc::default());
        }
        let job = Job { language: language.to_owned(), text: text.to_owned() };
        if let Some(answer) = self.done.get(&job) {
            return answer.clone();
        }
        let painted = match &self.jobs {
            None => Some(Arc::new(other::paint(language, text))),
            // A thread that is gone leaves the source plain.
            Some(jobs) => jobs.send(job.clone()).err().map(|_| Arc::default()),
        };
        self.keep(job, painted.clone());
        painted
    }

    fn keep(&mut self, job: Job, painted: Option<Arc<Painted>>) {
        if self.done.len() >= KEPT {
            self.done.clear();
        }
        self.done.insert(job, painted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_language_is_plain_until_its_answer_comes() {
        let (answers, inbox) = mpsc::channel();
        let mut painter = Painter::in_background(move |job, painted| {
            answers.send((job, painted)).unwrap();
        });
        assert_eq!(painter.paint("json", "[1]"), None);
        let (job, painted) = inbox.recv().unwrap();
        painter.learn(job, painted);
        assert_eq!(painter.paint("json", "[1]").unwrap().slot(1), Slot::CodeNumber);
    }

    #[test]
    fn an_unknown_language_is_plain() {
        assert_eq!(Painter::at_once().paint("klingon", "def 1"), Some(Arc::default()));
    }
}
