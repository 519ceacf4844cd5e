//! Step 5: what a real kernel answers to the cell as it is and as it is repaired.

use super::fitting::Fitting;
use super::spent;
use super::{Proof, Subject};
use crate::diagnostic::Diagnostic;
use crate::document::{Block, Mark, Prose, Run, Side, Tone};
use crate::knowledge::{Both, Demonstration, Knowledge, Language};
use crate::proof::{Difference, differences};
use crate::review::{called, sentence};
use crate::text::{CellIndex, Wording};
use crate::transcript::{CellRun, Status, Stream, Told, Transcript, Versions, seconds};
use crate::tutor::message::Stage;
use crate::tutor::proving::{Attempt, Claim, Outcome, Prospect, Running, State};
use crate::tutor::reading::Writer;
use crate::wording::{self, pattern, prove};

pub(super) fn write(writer: &mut Writer, subject: Subject, problem: &Diagnostic, proof: Proof) {
    let Proof { attempt, prospect } = proof;
    match attempt.map(|attempt| &attempt.state) {
        None | Some(State::Refused) => {
            idle(writer, subject, prospect);
            recorded(writer, subject, problem);
        }
        Some(State::Asked(_)) => writer.conclusion(wording::proof::ASKED, &[]),
        Some(State::Looking) => writer.conclusion(wording::proof::LOOKING, &[]),
        Some(State::Without(none)) => {
            writer.conclusion(wording::proof::WITHOUT, &[]);
            lines(writer, &none.why);
            recorded(writer, subject, problem);
        }
        Some(State::Running(running)) => going(writer, running),
        Some(State::Failed(why)) => {
            writer.conclusion(wording::proof::FAILED, &[]);
            lines(writer, why);
            writer.paragraph(wording::proof::AGAIN, &[]);
            recorded(writer, subject, problem);
        }
        Some(State::Done(outcome)) => {
            if let Some(attempt) = attempt {
                done(writer, &attempt.claim, outcome);
                other_place(writer, subject);
            }
        }
    }
}

/// A kernel here shows nothing of what only the place has where the cells are to run.
fn other_place(writer: &mut Writer, subject: Subject) {
    let host = subject.document.review.environment.host;
    if host.differs_from_a_kernel_here() {
        writer.paragraph(wording::proof::OTHER_PLACE, &[("host", host.title())]);
    }
}

/// What a kernel is asked about a drill, or what it answered.
pub(in crate::tutor) fn of_task(writer: &mut Writer, attempt: &Attempt) {
    match &attempt.state {
        State::Asked(_) | State::Refused => {}
        State::Looking => writer.paragraph(wording::proof::LOOKING, &[]),
        State::Without(none) => {
            writer.paragraph(wording::proof::WITHOUT, &[]);
            lines(writer, &none.why);
        }
        State::Running(running) => going(writer, running),
        State::Failed(why) => {
            writer.paragraph(wording::proof::FAILED, &[]);
            lines(writer, why);
        }
        State::Done(outcome) => done(writer, &attempt.claim, outcome),
    }
}

/// Nothing has run yet: which cells would.
fn idle(writer: &mut Writer, subject: Subject, prospect: Option<&Prospect>) {
    let Some(Prospect { claim, plan, elsewhere }) = prospect else { return };
    if let Some(why) = elsewhere {
        writer.conclusion(wording::proof::WITHOUT, &[]);
        return writer.paragraph(why.key(), &[("name", why.name())]);
    }
    let key =
        if claim.changes.is_empty() { wording::proof::IDLE_ALONE } else { wording::proof::IDLE };
    writer.conclusion(key, &[]);
    writer.paragraph(wording::proof::WOULD_RUN, &[]);
    let knowledge = subject.knowledge;
    for step in &plan.steps {
        writer.each(|language| Block::Item {
            mark: Mark::Bullet,
            body: Prose::of(&sentence(knowledge, language, &step.message())),
        });
        for effect in &step.effects {
            writer.item(Mark::Under, prove::EFFECT, &[("line", effect)]);
        }
    }
    other_place(writer, subject);
}

fn lines(writer: &mut Writer, why: &Both<String>) {
    for at in 0..why.en.lines().count() {
        let line = |language: Language| why.get(language).lines().nth(at).unwrap_or_default();
        writer.each(|language| Block::Paragraph(Prose::of(line(language))));
    }
}

fn going(writer: &mut Writer, running: &Running) {
    let cell = running.cell.map(|cell| cell.number().to_string()).unwrap_or_default();
    let time = running.seconds.to_string();
    let key = match (running.stage, running.cell) {
        (Stage::Before, None) => wording::proof::STARTING_BEFORE,
        (Stage::After, None) => wording::proof::STARTING_AFTER,
        (Stage::Before, Some(_)) => wording::proof::RUNNING_BEFORE,
        (Stage::After, Some(_)) => wording::proof::RUNNING_AFTER,
    };
    writer.conclusion(key, &[("cell", &cell), ("seconds", &time)]);
    if !running.last.is_empty() {
        writer.paragraph(wording::proof::LAST, &[]);
        let (language, text) = ("text".to_owned(), running.last.clone());
        writer.same(Block::Code { language, text });
    }
    writer.paragraph(running.interrupt.key(), &[]);
}

/// What a kernel answered once to an example of the mistake.
fn recorded(writer: &mut Writer, subject: Subject, problem: &Diagnostic) {
    let mistake = Fitting::new(subject, problem).demonstrated(problem);
    let python = subject.document.review.environment.oldest_python();
    let shown = mistake.and_then(|rule| writer.knowledge.demonstration(rule, python));
    let Some(Demonstration { before, after }) = shown else { return };
    writer.heading(wording::proof::RECORDED);
    let versions = before.transcript.versions.to_string();
    let also = before.alike().filter(|it| after.alike().any(|other| other == *it));
    let also = also.collect::<Vec<_>>().join(", ");
    let key =
        if also.is_empty() { wording::proof::RECORDED_ON } else { wording::proof::RECORDED_ALSO };
    let args = [("date", before.date.as_str()), ("versions", &versions), ("also", &also)];
    writer.paragraph(key, &args);
    let shown = before.sources.iter().zip(&before.transcript.cells);
    let repaired = after.sources.iter().zip(&after.transcript.cells);
    for ((old, was), (new, is)) in shown.zip(repaired) {
        if old != new || is_telling(was, is) {
            pair(writer, (Some(was), old), Some((Some(is), new)));
        }
    }
}

/// Whether a cell shows the mistake or its repair, though its text may stay: one that calls what was
/// repaired does. A cell that is there for the others alone says nothing.
fn is_telling(was: &CellRun, is: &CellRun) -> bool {
    was.error.is_some() || is.error.is_some() || !differences(was, is).is_empty()
}

/// Both runs of each cell in question, and what is different.
fn done(writer: &mut Writer, claim: &Claim, outcome: &Outcome) {
    let of = |transcript: &Transcript, cell| -> Option<CellRun> {
        transcript.cells.iter().find(|run| run.cell == cell).cloned()
    };
    let after = |cell| outcome.after.as_ref().and_then(|after| of(after, cell));
    let mut cells: Vec<CellIndex> = outcome.before.cells.iter().map(|run| run.cell).collect();
    cells.extend(claim.asked.iter().copied());
    cells.sort_unstable();
    cells.dedup();
    // A cell that only defines things tells nothing, where another one runs them.
    let silent = |cell: &CellIndex| {
        let is_silent = |run: Option<CellRun>| run.is_some_and(|run| is_silent(&run));
        is_silent(of(&outcome.before, *cell))
            && (outcome.after.is_none() || is_silent(after(*cell)))
    };
    let telling: Vec<CellIndex> =
        claim.asked.iter().copied().filter(|cell| !silent(cell)).collect();
    let asked = if telling.is_empty() { claim.asked.iter().copied().collect() } else { telling };
    let is_asked = |cell: &CellIndex| asked.contains(cell);
    for cell in cells.iter().filter(|cell| is_asked(cell)) {
        verdict(writer, *cell, asked.len(), of(&outcome.before, *cell), after(*cell));
    }
    for cell in cells {
        let (old, new) = (of(&outcome.before, cell), after(cell));
        let fails = new.as_ref().or(old.as_ref()).is_none_or(|run| run.error.is_some());
        if is_asked(&cell) || fails {
            writer.paragraph(pattern::IN_CELL, &[("cell", &cell.number().to_string())]);
            let repaired = outcome.after.as_ref().map(|_| (new.as_ref(), ""));
            pair(writer, (old.as_ref(), ""), repaired);
            spent::write(writer, old.as_ref(), new.as_ref());
        }
    }
    versions(writer, &outcome.before.versions);
    writer.paragraph(wording::proof::AGAIN, &[]);
}

/// One sentence on what the repair does to the cell.
fn verdict(
    writer: &mut Writer,
    cell: CellIndex,
    count: usize,
    before: Option<CellRun>,
    after: Option<CellRun>,
) {
    let number = cell.number().to_string();
    let knowledge = writer.knowledge;
    let found = match (&before, &after) {
        (Some(before), Some(after)) => differences(before, after),
        (Some(run), None) => return writer.conclusion(alone(run), &[("cell", &number)]),
        (None, _) => return writer.conclusion(wording::proof::NOT_REACHED, &[("cell", &number)]),
    };
    let mark = if found.iter().any(Difference::is_bad) { Mark::Warning } else { Mark::Right };
    writer.each(|language| {
        let said: Vec<String> =
            found.iter().map(|it| sentence(knowledge, language, &it.message())).collect();
        let said = match said.is_empty() {
            true => knowledge.ui(language, prove::SAME, &[]),
            false => said.join(if language == Language::Zh { "" } else { " " }),
        };
        let said = match count {
            1 => said,
            _ => knowledge.ui(
                language,
                wording::proof::OF_CELL,
                &[("cell", &number), ("said", &said)],
            ),
        };
        Block::Item { mark, body: Prose::toned(said, Tone::Strong) }
    });
}

fn is_silent(run: &CellRun) -> bool {
    let wrote = !run.output.is_empty() || !run.late.is_empty() || run.result.is_some();
    run.status == Status::Ok && !wrote
}

fn alone(run: &CellRun) -> Wording {
    match run.status {
        Status::Ok => wording::proof::ALONE_OK,
        Status::Error => wording::proof::ALONE_ERROR,
        Status::Interrupted => wording::proof::ALONE_INTERRUPTED,
        Status::Stopped => wording::proof::ALONE_STOPPED,
        Status::TimedOut | Status::Died | Status::Closed => wording::proof::ALONE_LOST,
    }
}

/// Two runs side by side, each with its source where that stands nowhere else.
fn pair(writer: &mut Writer, before: Ran<'_>, after: Option<Ran<'_>>) {
    // What a kernel wrote is in no language: the labels are in the reader's first.
    let words = Words { knowledge: writer.knowledge, language: writer.reading.base() };
    let say = |key: Wording| words.say(key, &[]);
    let side = |key: Wording, (run, source): Ran<'_>| {
        let mut lines = vec![Side::Line(Prose::toned(say(key), Tone::Strong))];
        lines.extend(source.lines().map(|line| Side::Line(Prose::toned(line, Tone::Code))));
        match run {
            Some(run) => lines.extend(run.told().into_iter().map(|told| line(words, told))),
            None => lines.push(Side::Line(quiet(say(wording::proof::NOT_RUN)))),
        }
        lines
    };
    let (left, right) = match after {
        Some(after) => (side(prove::BEFORE, before), side(prove::AFTER, after)),
        None => (side(prove::AS_IT_IS, before), Vec::new()),
    };
    writer.same(Block::Beside { left, right });
}

/// Writes what came of one run, how steady the loop was apart.
pub(in crate::tutor) fn run(writer: &mut Writer, run: &CellRun) {
    let words = Words { knowledge: writer.knowledge, language: writer.reading.base() };
    let told = run.told().into_iter().filter(|told| !matches!(told, Told::Lag(_)));
    let left = told.map(|told| line(words, told)).collect();
    writer.same(Block::Beside { left, right: Vec::new() });
}

/// A run, if the cell was reached, and the cell's source.
type Ran<'a> = (Option<&'a CellRun>, &'a str);

/// The interface's words in one language.
#[derive(Clone, Copy)]
struct Words<'k> {
    knowledge: &'k Knowledge,
    language: Language,
}

impl Words<'_> {
    fn say(self, key: Wording, args: &[(&str, &str)]) -> String {
        self.knowledge.ui(self.language, key, args)
    }
}

/// A line of a run in words.
fn line(words: Words<'_>, told: Told<'_>) -> Side {
    let say = |key: Wording, args: &[(&str, &str)]| words.say(key, args);
    Side::Line(match told {
        Told::Output { from, is_late, text } => {
            let late = if is_late { format!(", {}", say(prove::LATE, &[])) } else { String::new() };
            let name = Run { text: format!("{}{late}: ", from.name()), tone: Tone::Quiet };
            let tone = match from {
                Stream::Stderr => Tone::Caution,
                Stream::Traceback => Tone::Mistake,
                Stream::Stdout | Stream::Display => Tone::Code,
            };
            Prose(vec![name, Run { text: text.to_owned(), tone }])
        }
        Told::LeftOut(lines) => quiet(say(prove::LEFT_OUT, &[("n", &lines.to_string())])),
        Told::Dropped(bytes) => quiet(say(prove::DROPPED, &[("bytes", &bytes.to_string())])),
        Told::Result { is_first, text } => {
            let label = if is_first { say(wording::proof::VALUE, &[]) } else { "  ".to_owned() };
            let label = Run { text: label, tone: Tone::Quiet };
            Prose(vec![label, Run { text: text.to_owned(), tone: Tone::Right }])
        }
        Told::Error(error) => {
            let line = error.line.map(|line| say(prove::AT_LINE, &[("line", &line.to_string())]));
            Prose::toned(format!("{}{}", error.headline(), line.unwrap_or_default()), Tone::Mistake)
        }
        Told::AskedForInput => quiet(say(prove::ASKED_FOR_INPUT, &[])),
        Told::Ended(status) => {
            let said = called::ended(status).map(|key| say(key, &[])).unwrap_or_default();
            Prose::toned(said, Tone::Mistake)
        }
        Told::Took(time) => quiet(say(prove::TOOK, &[("seconds", &seconds(time))])),
        Told::Lag(lag) => {
            let said = say(called::lag(lag), &[("seconds", &seconds(lag.worst))]);
            return Side::Strip { levels: lag.levels().collect(), said: Prose::plain(said) };
        }
    })
}

fn quiet(text: String) -> Prose {
    Prose::toned(text, Tone::Quiet)
}

/// What the kernel was.
fn versions(writer: &mut Writer, versions: &Versions) {
    writer.paragraph(wording::proof::IN_KERNEL, &[("versions", &versions.to_string())]);
}
