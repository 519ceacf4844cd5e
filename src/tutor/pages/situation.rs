//! Step 1: does the skill apply to this cell, and what shows it.

use super::{Subject, line_of};
use crate::classify::{Classification, NOT_USE, Situation, USE, Verdict};
use crate::environment::Certainty;
use crate::knowledge::{Language, PageKind};
use crate::review::sentence;
use crate::tutor::reading::{Writer, prose_of};
use crate::tutor::view::{Block, Mark, Prose, Run, Tone};

/// As much of a piece of evidence as one line shows.
const SHOWN: usize = 44;

pub(super) fn write(writer: &mut Writer, subject: Subject) {
    let Some(answer) = subject.document.review.classifications.get(subject.cell.0) else {
        return writer.conclusion("situation.no-cells", &[]);
    };
    conclusion(writer, subject, answer);
    writer.heading("situation.use-heading");
    list(writer, subject, answer, &USE);
    writer.heading("situation.not-use-heading");
    list(writer, subject, answer, &NOT_USE);
    place(writer, subject);
}

fn conclusion(writer: &mut Writer, subject: Subject, answer: &Classification) {
    let knowledge = subject.knowledge;
    let first = answer.situations.first();
    match answer.verdict {
        Verdict::Applies => {
            let why = first.and_then(|first| first.evidence.first());
            writer.each(|language| {
                let why = why.map(|why| sentence(knowledge, language, &why.why));
                let why = why.unwrap_or_default();
                let key = if subject.problem.is_some() {
                    "situation.applies"
                } else {
                    "situation.applies-well"
                };
                Block::Conclusion(prose_of(&knowledge.ui(language, key, &[("why", &why)])))
            });
        }
        Verdict::HandOff { to: Some(skill) } => {
            writer.conclusion("situation.hand-off", &[("skill", skill)]);
            writer.paragraph("situation.hand-off-key", &[("skill", skill)]);
        }
        Verdict::HandOff { to: None } if !subject.document.notebook.is_python() => {
            let language = &subject.document.notebook.kernel.language;
            writer.conclusion("situation.other-kernel", &[("language", language)]);
            writer.paragraph("situation.other-kernel-why", &[]);
        }
        Verdict::HandOff { to: None } => {
            writer.conclusion("situation.leave-alone", &[]);
            match first.and_then(|first| first.evidence.first()) {
                Some(why) => writer.each(|language| {
                    let why = sentence(knowledge, language, &why.why);
                    let whole = knowledge.ui(language, "situation.this-cell", &[("why", &why)]);
                    Block::Paragraph(prose_of(&whole))
                }),
                None => writer.paragraph("situation.quiet-code", &[]),
            }
        }
        Verdict::Unclear => {
            writer.conclusion("situation.unclear", &[]);
            writer.paragraph("situation.unclear-why", &[]);
        }
    }
    let problems = subject.document.review.of_cell(subject.cell).count();
    if problems > 0 {
        writer.paragraph("situation.problems", &[("count", &problems.to_string())]);
    }
}

fn list(writer: &mut Writer, subject: Subject, answer: &Classification, ids: &[&str]) {
    let fits = |id: &&&str| answer.situations.iter().any(|situation| situation.id == **id);
    for id in ids.iter().filter(fits) {
        let found = answer.situations.iter().find(|situation| situation.id == *id);
        title(writer, subject, id, Mark::Fits);
        // That a cell is text or another language's code shows in no single line.
        if let Some(situation) = found.filter(|situation| situation.id != "no-async") {
            evidence(writer, subject, situation);
        }
    }
    for id in ids.iter().filter(|id| !fits(id)) {
        title(writer, subject, id, Mark::FitsNot);
    }
}

fn title(writer: &mut Writer, subject: Subject, id: &str, mark: Mark) {
    let knowledge = subject.knowledge;
    let Some(page) = knowledge.page(PageKind::Situation, id) else { return };
    writer.each(|language| {
        let mut body = prose_of(page.title.get(language));
        if mark == Mark::FitsNot {
            body.0.iter_mut().for_each(|run| run.tone = Tone::Quiet);
        }
        Block::Item { mark, body }
    });
}

fn evidence(writer: &mut Writer, subject: Subject, situation: &Situation) {
    let knowledge = subject.knowledge;
    for evidence in &situation.evidence {
        let line = line_of(subject.document, evidence.span).to_string();
        let source = subject.document.source(evidence.span.cell);
        let text = evidence.span.range.slice(source);
        let first = text.lines().next().unwrap_or_default();
        let cut: String = first.chars().take(SHOWN).collect();
        let cut = if cut.len() < text.len() { format!("{cut}…") } else { cut };
        writer.each(|language| {
            let at = knowledge.ui(language, "situation.line", &[("line", &line)]);
            let why = sentence(knowledge, language, &evidence.why);
            let mut runs = vec![Run { text: at, tone: Tone::Quiet }];
            runs.push(Run { text: cut.clone(), tone: Tone::Evidence });
            runs.push(Run { text: separator(language).to_owned(), tone: Tone::Quiet });
            runs.extend(prose_of(&why).0);
            Block::Item { mark: Mark::Under, body: Prose(runs) }
        });
    }
}

fn separator(language: Language) -> &'static str {
    match language {
        Language::En => " — ",
        Language::Zh => "——",
    }
}

/// Where the cell runs, when the notebook says so.
fn place(writer: &mut Writer, subject: Subject) {
    let environment = subject.document.review.environment;
    let host = environment.host.title();
    match environment.python {
        Some(python) => {
            let version = format!("{}.{}", python.major, python.minor);
            writer.paragraph("situation.place", &[("host", host), ("version", &version)]);
        }
        None => writer.paragraph("situation.place-unknown", &[("host", host)]),
    }
    if !environment.host.keeps_a_loop_running() {
        let key = match environment.host.certainty() {
            Certainty::Verified => "situation.no-loop-verified",
            Certainty::Inferred => "situation.no-loop-inferred",
        };
        writer.paragraph(key, &[("host", host)]);
    }
    if let Some(why) = subject.document.notebook.read_only() {
        writer.paragraph("situation.read-only", &[("why", &why.to_string())]);
    }
}
