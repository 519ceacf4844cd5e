//! What a kernel says, through to a transcript and to every text that is made of it.

use std::collections::HashMap;

use jupyter_zmq_client::RawMessage;
use nbasync::knowledge::Language;
use nbasync::shell::kernel::{self, KEPT, Noted, Record};
use nbasync::shell::report::{self, Paper, Proof, Proved, Voice, json};
use nbasync::shell::visible::Charset;
use nbasync::text::CellIndex;
use nbasync::transcript::{CellRun, Lag, Status, Transcript, within};
use nbasync::tutor::Reading;
use nbasync::tutor::key::Key;
use nbasync::tutor::message::{FoundKernel, Msg, Opened, Progress, Stage};

use super::{KNOWLEDGE, Tutor, of};

/// How often a message comes again in a flood, which may come once.
const FLOOD: usize = 3000;

/// Lines that each begin with what happens: `>` a message with output, `<` an answer, of four parts
/// with tabs between; `=` the last message many times; `+` a cell begins, whose request is its
/// letter, `-` it ends, `.` the next request belongs to it as well; `#` what its loop did.
pub fn kernel(data: &[u8]) {
    let mut heard = Hearing { is_calm: true, ..Hearing::default() };
    heard.record.begin(CellIndex(0), "a".to_owned());
    for line in data.split(|byte| *byte == b'\n').take(200) {
        let Some((kind, rest)) = line.split_first() else { continue };
        heard.take(*kind, rest);
    }
    heard.record.end(|run| run.status = status(run));
    let transcript = heard.record.transcript();
    for run in &transcript.cells {
        assert!(size(run) <= 6 * KEPT, "{} bytes of one cell are kept", size(run));
        let said = heard.failed.contains(&run.cell);
        assert!(!said || run.error.is_some(), "an error is lost: {run:?}");
    }
    assert_eq!(heard.record.last().as_ref(), transcript.cells.last());
    reports(&transcript);
    pages(transcript);
}

#[derive(Default)]
struct Hearing {
    record: Record,
    rooms: HashMap<String, kernel::Room>,
    cells: usize,
    last: Option<(u8, RawMessage)>,
    is_calm: bool,
    /// Cells of which an answer said in time that they failed.
    failed: Vec<CellIndex>,
}

impl Hearing {
    fn take(&mut self, kind: u8, rest: &[u8]) {
        match kind {
            b'>' | b'<' => {
                let parts = rest.split(|byte| *byte == b'\t');
                let jparts = parts.map(|part| part.to_vec().into()).collect();
                let message = RawMessage { zmq_identities: Vec::new(), jparts };
                self.hear(kind, &message);
                self.last = Some((kind, message));
            }
            b'=' if std::mem::take(&mut self.is_calm) => {
                if let Some((kind, message)) = self.last.take() {
                    (0..FLOOD).for_each(|_| self.hear(kind, &message));
                }
            }
            b'+' => {
                self.record.end(|run| run.status = status(run));
                self.cells += 1;
                let letter = char::from(b'a' + u8::try_from(self.cells % 26).expect("a letter"));
                self.record.begin(CellIndex(self.cells), letter.to_string());
            }
            b'-' => self.record.end(|run| run.status = status(run)),
            b'.' => self.record.belongs_to_last(String::from_utf8_lossy(rest).into_owned()),
            b'#' => self.note(&String::from_utf8_lossy(rest)),
            _ => {}
        }
    }

    fn hear(&mut self, kind: u8, message: &RawMessage) {
        let heard = match kind {
            b'>' => kernel::output(message, &mut self.rooms),
            _ => kernel::reply(message),
        };
        if let Some(heard) = heard {
            self.record.hear(&heard.request, heard.said);
        }
    }

    /// What the watch in the kernel says: of its stalls, and behind a tab of its tasks.
    fn note(&mut self, text: &str) {
        let mut parts = text.splitn(2, '\t').map(|part| format!("'{part}'"));
        let names = ["stalls", "tasks"].map(str::to_owned);
        let noted = Noted::read(&names.into_iter().zip(parts.by_ref()).collect());
        self.record.end(|run| {
            run.elapsed = text.len() as u64;
            run.tasks = within(noted.tasks, run.elapsed);
            run.lag = noted.stalls.map(|stalls| Lag::new(&stalls, run.elapsed));
        });
    }
}

fn status(run: &CellRun) -> Status {
    if run.error.is_some() { Status::Error } else { Status::Ok }
}

/// Bytes of what is kept of a run.
fn size(run: &CellRun) -> usize {
    let chunks = run.output.iter().chain(&run.late).map(|chunk| chunk.text.len());
    let error = run.error.iter().map(|error| {
        error.name.len()
            + error.message.len()
            + error.traceback.iter().map(String::len).sum::<usize>()
    });
    chunks.chain(error).chain(run.result.as_ref().map(String::len)).sum()
}

/// Nothing of it acts on a terminal, and what programs read is JSON.
fn reports(transcript: &Transcript) {
    let cells = transcript.cells.iter().map(|run| Proved {
        cell: run.cell,
        is_asked: true,
        sources: ["f()", "await f()"].map(str::to_owned),
        before: Some(run.clone()),
        after: transcript.cells.first().cloned(),
    });
    let proof = Proof {
        path: "a.ipynb".to_owned(),
        kernel: "python".to_owned(),
        versions: transcript.versions.clone(),
        cells: cells.collect(),
        has_after: true,
    };
    let voice = Voice { knowledge: &KNOWLEDGE, reading: Reading::Both(Language::En) };
    for (charset, width) in [(Charset::Unicode, None), (Charset::Ascii, Some(130))] {
        let paper = Paper { charset, width, ..Paper::PLAIN };
        let told = [
            report::proof(paper, voice, &proof),
            report::timeline(paper, voice, &proof),
            report::broken(paper, voice, &proof),
            report::svg(voice, &proof),
        ];
        let acts =
            |char: char| char.is_control() && char != '\n' || "\u{202e}\u{2066}".contains(char);
        assert_eq!(told.iter().find(|text| text.contains(acts)), None);
    }
    let written = json::write(&json::proof(&proof)).expect("JSON");
    assert!(!written.trim_end().contains(char::is_control));
    serde_json::from_str::<serde_json::Value>(&written).expect("JSON");
}

/// The tutor shows it as well.
fn pages(transcript: Transcript) {
    let mut tutor = Tutor::new(&KNOWLEDGE, Reading::One(Language::Zh));
    let sources = ["import asyncio\nasync def f(): ...\nasyncio.run(f())".to_owned()];
    let bytes = of(&sources).original().to_vec();
    tutor.update(Msg::Opened(Ok(Opened { path: "a.ipynb".into(), bytes, ..Opened::default() })));
    tutor.update(Msg::Key(Key::char('r')));
    let reason = nbasync::knowledge::Both { en: String::new(), zh: String::new() };
    let found = FoundKernel { reason, command: String::new(), is_found_here: false };
    tutor.update(Msg::KernelFound(Ok(found)));
    tutor.update(Msg::Key(Key::char('y')));
    for stage in [Stage::Before, Stage::After] {
        tutor.update(Msg::Proving(Progress::Started(stage)));
        tutor.update(Msg::Proving(Progress::Done(stage, transcript.clone())));
        tutor.view();
    }
}
