//! Step 4: what changes in meaning for this very cell, and the ways to deviate on purpose.

use super::Subject;
use super::fitting::Fitting;
use crate::diagnostic::Diagnostic;
use crate::document::{Block, Mark, Prose};
use crate::knowledge::{Front, PageKind};
use crate::tutor::reading::Writer;
use crate::wording;

pub(super) fn write(writer: &mut Writer, subject: Subject, problem: &Diagnostic) {
    let applies: &[&str] = subject.fix().map_or(&[], |fix| &fix.tradeoffs);
    match (subject.fix(), applies.len()) {
        (None, _) => writer.conclusion(wording::tradeoffs::NO_FIX, &[]),
        (Some(fix), 0) => {
            let moves = super::command(subject.document, fix).is_some();
            let key = if moves { wording::tradeoffs::MOVE } else { wording::tradeoffs::NOTHING };
            writer.conclusion(key, &[]);
        }
        (Some(_), 1) => writer.conclusion(wording::tradeoffs::ONE, &[]),
        (Some(_), count) => {
            writer.conclusion(wording::tradeoffs::SEVERAL, &[("count", &count.to_string())])
        }
    }
    for id in applies {
        let Some(page) = subject.knowledge.page(PageKind::Tradeoff, id) else { continue };
        writer.each(|language| Block::Heading(Prose::of(page.title.get(language))));
        writer.opening_as_paragraph(page);
        writer.section_body(page, "more");
    }
    deviations(writer, subject, problem);
    writer.heading(wording::tradeoffs::SCOPE);
    for item in &subject.knowledge.skill().scope_note {
        writer.skill_item(item);
    }
}

fn deviations(writer: &mut Writer, subject: Subject, problem: &Diagnostic) {
    let deviations = Fitting::new(subject, problem).deviations(problem);
    if deviations.is_empty() {
        return;
    }
    writer.heading(wording::tradeoffs::CANNOT);
    for page in deviations {
        let Front::Deviation { because } = &page.front else { continue };
        writer.each(|language| Block::Item {
            mark: Mark::Bullet,
            body: Prose::of(because.get(language)),
        });
    }
    writer.paragraph(wording::tradeoffs::CANNOT_KEY, &[]);
}
