//! Step 3: the recommended pattern applied to this cell, with the reason at each change.

use super::fitting::{Fitting, INSTEAD};
use super::{Subject, differences, line_of, reasons, says_something};
use crate::diagnostic::{Applicability, Diagnostic, Fix};
use crate::document::{Block, Mark, Prose, Run, Tone};
use crate::knowledge::{Front, Language, Page, PageKind};
use crate::review::sentence;
use crate::tutor::reading::Writer;
use crate::wording::{self, situation};

pub(super) fn write(writer: &mut Writer, subject: Subject, problem: &Diagnostic) {
    let fitting = Fitting::new(subject, problem);
    match subject.fix() {
        Some(fix) => applied(writer, subject, fix),
        None => by_hand(writer, subject, problem, &fitting),
    }
    alternatives(writer, subject, problem, &fitting);
    if let (Some(page), Some(_)) = (followed(subject, problem, &fitting), subject.fix()) {
        writer.each(|language| Block::Heading(Prose::of(page.title.get(language))));
        writer.opening_as_paragraph(page);
    }
    for (page, anchor) in sections(subject, problem, &fitting) {
        writer.section(page, anchor);
    }
}

/// The pattern that the repair follows, or that is to be followed by hand.
fn followed<'a>(
    subject: Subject<'a>,
    problem: &Diagnostic,
    fitting: &Fitting<'a>,
) -> Option<&'a Page> {
    let id = subject.fix().map(|fix| fix.pattern).or(problem.patterns.first().copied())?;
    subject.knowledge.page(PageKind::Pattern, id).filter(|page| fitting.page(page))
}

/// What pages say of how it is written: the pattern's, or where that has nothing to say of this and
/// nothing is repaired, the mistake's own.
fn sections<'a>(
    subject: Subject<'a>,
    problem: &Diagnostic,
    fitting: &Fitting<'a>,
) -> Vec<(&'a Page, &'static str)> {
    let mut found = Vec::new();
    if let Some(page) = followed(subject, problem, fitting) {
        let anchors = ["how", "why", "not"].into_iter();
        found.extend(anchors.filter(|it| fitting.section(page, it)).map(|it| (page, it)));
        found.retain(|(page, anchor)| page.heading(Language::En, anchor).is_some());
    }
    let is_told = || fitting.way_out(problem, Language::En).is_some();
    if found.is_empty() && subject.fix().is_none() && !is_told() {
        found.extend(fitting.instead(problem).map(|page| (page, INSTEAD)));
    }
    found
}

/// Whether the page shows how it is written, where nothing is repaired.
pub(super) fn shows_how(subject: Subject, problem: &Diagnostic, fitting: &Fitting) -> bool {
    !sections(subject, problem, fitting).is_empty() || fitting.in_thread(problem).is_some()
}

fn applied(writer: &mut Writer, subject: Subject, fix: &Fix) {
    writer.sentence(&fix.title, Block::Conclusion);
    trust(writer, subject, fix);
    let several = differences(subject.document, &fix.edits);
    let shows_cell = several.len() > 1 || several.iter().any(|(cell, _)| *cell != subject.cell);
    for (cell, lines) in several {
        if !says_something(&lines) {
            continue;
        }
        if shows_cell {
            writer.paragraph(wording::pattern::IN_CELL, &[("cell", &cell.number().to_string())]);
        }
        writer.same(Block::Diff(lines));
        why(writer, subject, fix, cell);
    }
}

/// The reasons of the changes in one cell.
fn why(writer: &mut Writer, subject: Subject, fix: &Fix, cell: crate::text::CellIndex) {
    let knowledge = subject.knowledge;
    for (span, message) in reasons(fix).into_iter().filter(|(span, _)| span.cell == cell) {
        let line = line_of(subject.document, span).to_string();
        writer.each(|language| {
            let at = knowledge.ui(language, situation::LINE, &[("line", &line)]);
            let mut runs = vec![Run { text: at, tone: Tone::Quiet }];
            runs.extend(Prose::of(&sentence(knowledge, language, message)).0);
            Block::Item { mark: Mark::Bullet, body: Prose(runs) }
        });
    }
}

fn trust(writer: &mut Writer, subject: Subject, fix: &Fix) {
    let key = match fix.applicability {
        Applicability::Safe => wording::pattern::SAFE,
        Applicability::Unsafe if fix.tradeoffs.is_empty() => wording::pattern::UNTRIED,
        Applicability::Unsafe => wording::pattern::UNSAFE,
        // Files are written for it, and no cell.
        Applicability::DisplayOnly if super::command(subject.document, fix).is_some() => {
            wording::pattern::MOVES
        }
        Applicability::DisplayOnly => wording::pattern::DISPLAY,
    };
    writer.paragraph(key, &[]);
}

/// No fix can be made for the author: the instruction and the skeleton of the pattern.
fn by_hand(writer: &mut Writer, subject: Subject, problem: &Diagnostic, fitting: &Fitting) {
    let first = problem.patterns.first();
    let page = first.and_then(|id| subject.knowledge.page(PageKind::Pattern, id));
    match page.filter(|page| fitting.page(page)) {
        _ if fitting.way_out(problem, Language::En).is_some() => {
            way_out(writer, fitting, problem, Block::Conclusion);
        }
        Some(page) => writer.opening(page),
        None => writer.conclusion(wording::pattern::BY_HAND, &[]),
    }
    // A rule may say itself what has to come first.
    let first = problem.notes.iter().find(|note| note.message.key == "fix-those-first");
    match first {
        Some(note) => writer.sentence(&note.message, Block::Paragraph),
        None if shows_how(subject, problem, fitting) => {
            writer.paragraph(wording::pattern::BY_HAND_WHY, &[]);
        }
        None => writer.paragraph(wording::pattern::BY_HAND_ALONE, &[]),
    }
    in_thread(writer, fitting, problem);
}

/// What is to be done, in words of the message's own; nothing where it has none.
pub(super) fn way_out(
    writer: &mut Writer,
    fitting: &Fitting,
    problem: &Diagnostic,
    block: impl Fn(Prose) -> Block,
) {
    if fitting.way_out(problem, Language::En).is_some() {
        writer.each(|language| {
            block(Prose::of(&fitting.way_out(problem, language).unwrap_or_default()))
        });
    }
}

/// The call in a worker thread, with the names of this cell.
pub(super) fn in_thread(writer: &mut Writer, fitting: &Fitting, problem: &Diagnostic) {
    if let Some(text) = fitting.in_thread(problem) {
        writer.paragraph(wording::pattern::IN_THREAD, &[]);
        writer.same(Block::Code { language: "python".to_owned(), text });
    }
}

/// The other patterns that fit, each with when to choose it.
fn alternatives(writer: &mut Writer, subject: Subject, problem: &Diagnostic, fitting: &Fitting) {
    let knowledge = subject.knowledge;
    let pages: Vec<&Page> = choices(problem)
        .into_iter()
        .filter_map(|id| knowledge.page(PageKind::Pattern, id))
        .filter(|page| fitting.page(page))
        .collect();
    if pages.len() < 2 {
        return;
    }
    writer.heading(wording::pattern::CHOOSE);
    for (index, page) in pages.iter().enumerate() {
        let Front::Pattern { choose } = &page.front else { continue };
        writer.each(|language| {
            let mut runs = Prose::of(page.title.get(language)).0;
            runs.iter_mut().for_each(|run| {
                if run.tone == Tone::Plain {
                    run.tone = Tone::Strong;
                }
            });
            let colon = knowledge.ui(language, wording::pattern::COLON, &[]);
            runs.push(Run { text: colon, tone: Tone::Plain });
            runs.extend(Prose::of(choose.get(language)).0);
            Block::Item { mark: Mark::Number(index + 1), body: Prose(runs) }
        });
    }
}

/// The patterns to choose from: the problem's own, and the usual partner of the first.
fn choices(problem: &Diagnostic) -> Vec<&'static str> {
    let mut ids: Vec<&'static str> = problem.fixes.iter().map(|fix| fix.pattern).collect();
    ids.extend(problem.patterns.iter().copied());
    let partner = match ids.first() {
        Some(&"gather") => Some("task-group"),
        Some(&"task-group") => Some("gather"),
        Some(&"to-thread") => Some("async-client"),
        _ => None,
    };
    ids.extend(partner);
    let mut seen = Vec::new();
    ids.retain(|id| {
        let new = !seen.contains(id);
        seen.push(*id);
        new
    });
    ids
}
