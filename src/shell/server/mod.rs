//! `nbasync server`: diagnostics, pages and fixes in an editor, by the Language Server Protocol.
//!
//! One thread reads messages, one works on them in order, one writes. A notebook is reviewed when
//! a request needs it, else when no message waits; what changes meanwhile ends a review that
//! nobody asked for. Nothing here finds anything or words it: that is `review`'s and the content's.

mod actions;
mod answer;
mod capabilities;
mod document;
mod edits;
mod failure;
mod gate;
mod hover;
mod language;
mod markdown;
mod notify;
mod place;
mod progress;
mod publish;
mod wire;

use std::collections::{BTreeMap, HashSet};
use std::io::{BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender, TryRecvError};
use std::thread;

use serde_json::{Value, json};

use self::capabilities::Client;
use self::document::Document;
use self::failure::Failure;
use self::gate::Gate;
use self::wire::Broken;
use super::config::{ConfigError, Configs, Overrides};
use super::modules;
use super::report::Voice;
use crate::execution::Stop;
use crate::knowledge::Knowledge;
use crate::review::{Review, Surroundings, review_again};
use crate::tutor::Reading;

/// Messages that wait, at most: a client that sends faster than anybody can work has to wait.
const WAITING: usize = 1024;

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// As the protocol wants it: `shutdown`, then `exit`.
    Orderly,
    /// The client went away.
    Lost,
}

type Incoming = Result<Value, Broken>;

/// Serves one client until it leaves. `language` is what the reader asked for; without it the
/// client's own counts, and `otherwise` where it names none that we speak.
pub fn serve(
    knowledge: &Knowledge,
    language: Option<Reading>,
    otherwise: Reading,
    input: impl BufRead + Send + 'static,
    output: impl Write + Send + 'static,
) -> End {
    let gate = Arc::new(Gate::default());
    let (queue, inbox) = mpsc::sync_channel(WAITING);
    let (outbox, answers) = mpsc::channel();
    let at_gate = Arc::clone(&gate);
    let reader = thread::Builder::new().spawn(move || read_all(input, &at_gate, &queue));
    let writer = thread::Builder::new().spawn(move || write_all(output, &answers));
    let (Ok(_), Ok(writer)) = (reader, writer) else { return End::Lost };
    let reading = language.unwrap_or(otherwise);
    let server = Server {
        knowledge,
        reading,
        is_language_settled: language.is_some(),
        configs: Configs::new(Overrides::default(), knowledge),
        documents: BTreeMap::new(),
        client: Client::default(),
        bars: 0,
        phase: Phase::Before,
        complaints: HashSet::new(),
        gate,
        outbox,
    };
    let end = server.run(&inbox);
    // What was said last still goes out.
    let _ = writer.join();
    end
}

fn read_all(mut input: impl BufRead, gate: &Gate, queue: &SyncSender<Incoming>) {
    while let Ok(Some(message)) = wire::read(&mut input) {
        let is_last = message.as_ref().is_ok_and(|message| message["method"] == "exit");
        if let Ok(message) = &message {
            gate.pass(message);
        }
        if queue.send(message).is_err() || is_last {
            return;
        }
    }
}

fn write_all(mut output: impl Write, answers: &Receiver<Value>) {
    for answer in answers {
        if wire::write(&mut output, &answer).is_err() {
            return;
        }
    }
}

/// How far the session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Before,
    Running,
    /// After `shutdown`.
    Ending,
}

struct Server<'k> {
    knowledge: &'k Knowledge,
    reading: Reading,
    is_language_settled: bool,
    configs: Configs<'k>,
    /// By URI; a notebook's cells stand in it.
    documents: BTreeMap<String, Document>,
    client: Client,
    /// Bars of progress that were shown so far.
    bars: u64,
    phase: Phase,
    /// What was complained of already.
    complaints: HashSet<String>,
    gate: Arc<Gate>,
    outbox: Sender<Value>,
}

impl<'k> Server<'k> {
    fn run(mut self, inbox: &Receiver<Incoming>) -> End {
        loop {
            let message = match inbox.try_recv() {
                Ok(message) => message,
                Err(TryRecvError::Disconnected) => return End::Lost,
                Err(TryRecvError::Empty) => {
                    self.gate.forget();
                    if self.review_next() {
                        continue;
                    }
                    let Ok(message) = inbox.recv() else { return End::Lost };
                    message
                }
            };
            if let Some(end) = self.take(message) {
                return end;
            }
        }
    }

    fn voice(&self) -> Voice<'k> {
        Voice { knowledge: self.knowledge, reading: self.reading }
    }

    /// Follows a message; tells how the session ends where this was the last one.
    fn take(&mut self, message: Incoming) -> Option<End> {
        let message = match message {
            Ok(message) => message,
            Err(broken) => {
                self.send(Failure::Broken(broken).answer(self.voice(), &Value::Null));
                return None;
            }
        };
        let method = message.get("method").and_then(Value::as_str).map(str::to_owned);
        let (id, params) = (message.get("id").cloned(), message.get("params").cloned());
        let params = params.unwrap_or_default();
        match (method, id) {
            (Some(method), Some(id)) if id.is_string() || id.is_number() => {
                self.answer(&method, &id, params);
            }
            (Some(method), None) if method == "exit" => {
                let is_orderly = self.phase == Phase::Ending;
                return Some(if is_orderly { End::Orderly } else { End::Lost });
            }
            (Some(method), None) => self.notice(&method, params),
            // An answer to what we asked.
            (None, Some(id)) if message.get("error").is_some() => self.refused(&id),
            (None, Some(_)) if message.get("result").is_some() => {}
            (_, id) => self.send(Failure::Shape.answer(self.voice(), &id.unwrap_or_default())),
        }
        None
    }

    fn answer(&mut self, method: &str, id: &Value, params: Value) {
        let work = AssertUnwindSafe(|| self.request(method, id, params));
        let answer = catch_unwind(work).unwrap_or(Err(Failure::Internal));
        let answer = if self.gate.is_cancelled(id) { Err(Failure::Cancelled) } else { answer };
        self.send(match answer {
            Ok(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
            Err(failure) => failure.answer(self.voice(), id),
        });
    }

    fn notice(&mut self, method: &str, params: Value) {
        // What comes before `initialize`, or after `shutdown`, is passed over.
        if self.phase != Phase::Running {
            return;
        }
        let work = AssertUnwindSafe(|| self.notification(method, params));
        if let Err(failure) = catch_unwind(work).unwrap_or(Err(Failure::Internal)) {
            self.log(&failure);
        }
    }

    fn send(&self, message: Value) {
        // A client that went away is noticed where messages are read.
        let _ = self.outbox.send(message);
    }

    fn tell(&self, method: &str, params: Value) {
        self.send(json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    fn log(&self, failure: &Failure) {
        let message = failure.told(self.voice());
        self.tell("window/logMessage", json!({"type": 1, "message": message}));
    }

    /// Says something to the reader, once in a session.
    fn complain(&mut self, message: String) {
        if self.complaints.insert(message.clone()) {
            self.tell("window/showMessage", json!({"type": 2, "message": message}));
        }
    }

    /// Reviews a document that waits for it; `false` when none does.
    fn review_next(&mut self) -> bool {
        let waits = |document: &&Document| {
            document.review.is_none() && !document.is_lost && !document.is_put_off
        };
        let Some(uri) = self.documents.values().find(waits).map(|it| it.uri.clone()) else {
            return false;
        };
        self.review(&uri, None);
        true
    }

    /// Reviews a document and says what is new. `false` when somebody stopped it.
    fn review(&mut self, uri: &str, request: Option<&Value>) -> bool {
        let stop = self.gate.begin(request);
        let bar = self.show_bar(uri);
        let Some(document) = self.documents.get(uri) else { return true };
        let (made, complaint) = made(document, &self.configs, &stop);
        self.end_bar(bar);
        let is_put_off = self.gate.end();
        let is_failed = made.is_none();
        if let (true, false) = (stop.is_wanted(), is_failed) {
            if let Some(document) = self.documents.get_mut(uri) {
                document.is_put_off = is_put_off;
            }
            return false;
        }
        if let Some(complaint) = complaint {
            let said = publish::shown(&self.voice().tell(&complaint));
            self.complain(said);
        }
        if is_failed {
            self.log(&Failure::Internal);
        }
        let Some(document) = self.documents.get_mut(uri) else { return true };
        document.known = made.as_ref().map(Review::known).unwrap_or_default();
        document.review = Some(made.unwrap_or_else(|| unmade(document)));
        self.publish(uri);
        if let Some(document) = self.documents.get(uri) {
            document.known.prepare();
        }
        true
    }

    fn publish(&mut self, uri: &str) {
        let voice = self.voice();
        let Some(document) = self.documents.get_mut(uri) else { return };
        for (uri, diagnostics) in publish::news(voice, document) {
            let params = json!({"uri": uri, "diagnostics": diagnostics});
            self.tell("textDocument/publishDiagnostics", params);
        }
    }
}

/// The review of a document, and what is wrong with its settings. `None` where the program failed.
fn made(
    document: &Document,
    configs: &Configs<'_>,
    stop: &Stop,
) -> (Option<Review>, Option<ConfigError>) {
    let Some(notebook) = &document.notebook else { return (Some(unmade(document)), None) };
    let (settings, complaint) = match document.path.as_ref().map(|path| configs.of(path)) {
        Some(Ok(settings)) => (settings, None),
        Some(Err(error)) => (configs.alone(), Some(error)),
        None => (configs.alone(), None),
    };
    let surroundings = Surroundings { settings, stop: stop.clone(), ..Surroundings::default() };
    let (tables, known) = (configs.tables, &document.known);
    let work = || match &document.path {
        Some(path) => {
            let beside = &configs.beside;
            modules::review_again_in_place(path, notebook, tables, surroundings, beside, known)
        }
        None => review_again(notebook, tables, &surroundings, known),
    };
    (catch_unwind(AssertUnwindSafe(work)).ok(), complaint)
}

/// Says nothing of a document.
fn unmade(document: &Document) -> Review {
    let nothing = crate::notebook::of_editor("{}", Vec::new());
    Review::unmade(document.notebook.as_ref().unwrap_or(&nothing), &Surroundings::default())
}
