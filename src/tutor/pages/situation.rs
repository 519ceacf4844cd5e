//! Step 1: does the skill apply to this cell, and what shows it.

use super::{Subject, line_of};
use crate::classify::{Classification, NOT_USE, Situation, USE, Verdict};
use crate::document::{Block, Mark, Prose, Run, Tone};
use crate::environment::Certainty;
use crate::knowledge::{Language, PageKind};
use crate::review::sentence;
use crate::text::Span;
use crate::tutor::reading::Writer;
use crate::tutor::statements::{Outcome, Statement};
use crate::wording::{self, Wording};

/// The situation in which `asyncio.run()` raises.
const RUN_RAISES: &str = "asyncio-run-error";

/// As much of a piece of evidence as one line shows.
const SHOWN: usize = 44;

pub(super) fn write(writer: &mut Writer, subject: Subject) {
    let Some(answer) = subject.document.review.classifications.get(subject.cell.0) else {
        return writer.conclusion(wording::situation::NO_CELLS, &[]);
    };
    match subject.problem {
        Some(problem) => {
            super::answer::write(writer, subject, problem);
            verdict_beside(writer, subject, answer);
        }
        None => conclusion(writer, subject, answer),
    }
    list(writer, subject, answer, wording::situation::USE_HEADING, &USE);
    list(writer, subject, answer, wording::situation::NOT_USE_HEADING, &NOT_USE);
    place(writer, subject);
}

/// The verdict on a cell that has a problem, below the answer.
fn verdict_beside(writer: &mut Writer, subject: Subject, answer: &Classification) {
    match answer.verdict {
        Verdict::Applies => applies(writer, subject, answer, wording::situation::APPLIES),
        Verdict::HandOff { to: Some(skill) } => {
            writer.paragraph(wording::situation::HAND_OFF_REST, &[("skill", skill)]);
        }
        // What is wrong with it has been said.
        Verdict::HandOff { to: None } | Verdict::Unclear => {}
    }
}

fn applies(writer: &mut Writer, subject: Subject, answer: &Classification, key: Wording) {
    let knowledge = subject.knowledge;
    let why = answer.situations.first().and_then(|first| first.evidence.first());
    let has_problem = subject.problem.is_some();
    writer.each(|language| {
        let why = why.map(|why| sentence(knowledge, language, &why.why));
        let said = Prose::of(&knowledge.ui(language, key, &[("why", &why.unwrap_or_default())]));
        if has_problem { Block::Paragraph(said) } else { Block::Conclusion(said) }
    });
}

fn conclusion(writer: &mut Writer, subject: Subject, answer: &Classification) {
    let knowledge = subject.knowledge;
    let first = answer.situations.first();
    match answer.verdict {
        Verdict::Applies => applies(writer, subject, answer, wording::situation::APPLIES_WELL),
        Verdict::HandOff { to: Some(skill) } => {
            writer.conclusion(wording::situation::HAND_OFF, &[("skill", skill)]);
            writer.paragraph(wording::situation::HAND_OFF_KEY, &[("skill", skill)]);
        }
        Verdict::HandOff { to: None } if !subject.document.notebook.is_python() => {
            let language = &subject.document.notebook.kernel.language;
            writer.conclusion(wording::situation::OTHER_KERNEL, &[("language", language)]);
            writer.paragraph(wording::situation::OTHER_KERNEL_WHY, &[]);
        }
        Verdict::HandOff { to: None } => {
            writer.conclusion(wording::situation::LEAVE_ALONE, &[]);
            match first.and_then(|first| first.evidence.first()) {
                Some(why) => writer.each(|language| {
                    let why = sentence(knowledge, language, &why.why);
                    let whole =
                        knowledge.ui(language, wording::situation::THIS_CELL, &[("why", &why)]);
                    Block::Paragraph(Prose::of(&whole))
                }),
                None => writer.paragraph(wording::situation::QUIET_CODE, &[]),
            }
        }
        Verdict::Unclear => {
            writer.conclusion(wording::situation::UNCLEAR, &[]);
            writer.paragraph(wording::situation::UNCLEAR_WHY, &[]);
        }
    }
}

/// The items that fit, with what shows it, and the others in one line.
fn list(
    writer: &mut Writer,
    subject: Subject,
    answer: &Classification,
    heading: Wording,
    ids: &[&str],
) {
    writer.heading(heading);
    let is_there = |id: &str| answer.situations.iter().any(|situation| situation.id == id);
    let fits = |id: &&&str| is_there(id) && (**id != RUN_RAISES || !runs_patched(subject));
    for id in ids.iter().filter(fits) {
        let found = answer.situations.iter().find(|situation| situation.id == *id);
        title(writer, subject, id);
        let is_of_code = subject.problem.is_none_or(|problem| problem.rule != "saved-output");
        if *id == "no-async" && is_of_code {
            writer.stated.push(Statement::LeaveAlone);
        }
        if *id == RUN_RAISES {
            writer.stated.push(Statement::RunRaises);
        }
        // That a cell is text or another language's code shows in no single line.
        if let Some(situation) = found.filter(|situation| situation.id != "no-async") {
            evidence(writer, subject, situation);
        }
    }
    let others: Vec<&str> = ids.iter().filter(|id| !fits(id)).copied().collect();
    folded(writer, subject, &others);
}

/// Whether what starts a loop in this cell works, because the kernel's loop was patched.
fn runs_patched(subject: Subject) -> bool {
    let mut found = subject.document.review.of_cell(subject.cell);
    found.any(|problem| Outcome::of(problem) == Outcome::Patched)
}

/// The items that do not fit.
fn folded(writer: &mut Writer, subject: Subject, ids: &[&str]) {
    let knowledge = subject.knowledge;
    let pages: Vec<_> =
        ids.iter().filter_map(|id| knowledge.page(PageKind::Situation, id)).collect();
    if pages.is_empty() {
        return;
    }
    writer.each(|language| {
        let titles: Vec<&str> =
            pages.iter().map(|page| page.title.get(language).as_str()).collect();
        let titles = titles.join(if language == Language::Zh { "；" } else { "; " });
        let mut body =
            Prose::of(&knowledge.ui(language, wording::situation::FOLDED, &[("items", &titles)]));
        body.0.iter_mut().for_each(|run| run.tone = Tone::Quiet);
        Block::Item { mark: Mark::Others, body }
    });
}

fn title(writer: &mut Writer, subject: Subject, id: &str) {
    let Some(page) = subject.knowledge.page(PageKind::Situation, id) else { return };
    writer.each(|language| Block::Item {
        mark: Mark::Fits,
        body: Prose::of(page.title.get(language)),
    });
}

fn evidence(writer: &mut Writer, subject: Subject, situation: &Situation) {
    let knowledge = subject.knowledge;
    for evidence in &situation.evidence {
        let line = line_of(subject.document, Span::new(subject.cell, evidence.range)).to_string();
        let source = subject.document.source(subject.cell);
        let text = evidence.range.slice(source);
        let first = text.lines().next().unwrap_or_default();
        let cut: String = first.chars().take(SHOWN).collect();
        let cut = if cut.len() < text.len() { format!("{cut}…") } else { cut };
        writer.each(|language| {
            let at = knowledge.ui(language, wording::situation::LINE, &[("line", &line)]);
            let why = sentence(knowledge, language, &evidence.why);
            let mut runs = vec![Run { text: at, tone: Tone::Quiet }];
            runs.push(Run { text: cut.clone(), tone: Tone::Evidence });
            runs.push(Run { text: separator(language).to_owned(), tone: Tone::Quiet });
            runs.extend(Prose::of(&why).0);
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
            let version = python.oldest.to_string();
            let key = match python.or_newer {
                true => wording::situation::PLACE_OR_NEWER,
                false => wording::situation::PLACE,
            };
            writer.paragraph(key, &[("host", host), ("version", &version)]);
        }
        None => writer.paragraph(wording::situation::PLACE_UNKNOWN, &[("host", host)]),
    }
    if environment.host.suspends_the_caller() {
        writer.paragraph(wording::situation::SUSPENDS, &[("host", host)]);
    } else if !environment.host.keeps_a_loop_running() {
        writer.paragraph(wording::situation::NO_LOOP, &[("host", host)]);
    } else if environment.host.is_batch() {
        writer.paragraph(wording::situation::BATCH, &[("host", host)]);
    }
    if environment.host.certainty() == Certainty::Inferred {
        writer.paragraph(wording::situation::INFERRED, &[("host", host)]);
    }
    if let Some(why) = subject.document.notebook.read_only() {
        writer.paragraph(wording::situation::READ_ONLY, &[("why", &why.to_string())]);
    }
}
