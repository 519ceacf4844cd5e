//! What a presenter wants to know at each stage, and the audience is not shown.

use super::list::label;
use super::{Learn, Stage};
use crate::document::{Block, Mark, Picked, Prose};
use crate::knowledge::{Knowledge, Language, Lesson};
use crate::tutor::Screen;
use crate::tutor::reading::{Reading, Writer};
use crate::tutor::view::Page;
use crate::wording;

/// The letters of the choices.
const LETTERS: [char; 4] = ['a', 'b', 'c', 'd'];

/// Where a presenter is, as one program writes it and another reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub lesson: String,
    /// From 0.
    pub stage: usize,
}

impl Place {
    /// Reads what [`Self::text`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let lesson = lines.next()?.to_owned();
        Some(Self { lesson, stage: lines.next()?.parse().ok()? })
    }

    /// The place as text.
    pub fn text(&self) -> String {
        format!("{}\n{}\n", self.lesson, self.stage)
    }
}

/// The notes for a place: the answer and the why of each choice, hints, traps and solutions, and
/// what comes next. `None` where there is no such lesson.
pub fn page(knowledge: &Knowledge, reading: Reading, place: &Place) -> Option<Page> {
    let lesson = knowledge.lesson(&place.lesson)?;
    let learn = Learn::lesson(lesson, Screen::Home { selected: 0 });
    let mut writer = Writer::new(knowledge, reading);
    let stage = learn.stages.get(place.stage)?;
    let title = |stage: &Stage, language: Language| label(stage, &learn, knowledge, language);
    writer.each(|language| {
        let lesson = Prose::of(lesson.page.title.get(language)).text();
        Block::Conclusion(Prose::of(&format!("{lesson}: {}", title(stage, language))))
    });
    match stage {
        Stage::About | Stage::Read(_) | Stage::End => {
            writer.opening_as_paragraph(lesson.page);
        }
        Stage::Predict(_) => answers(&mut writer, lesson),
        Stage::Drill(id) => drill(&mut writer, id),
    }
    if let Some(next) = learn.stages.get(place.stage + 1) {
        writer.each(|language| {
            let args = [("title", title(next, language))];
            let args: Vec<(&str, &str)> = args.iter().map(|(key, it)| (*key, &**it)).collect();
            Block::Paragraph(Prose::of(&knowledge.ui(language, wording::learn::NOTES_NEXT, &args)))
        });
    }
    Some(writer.finish())
}

/// Each choice with what is said to whom takes it.
fn answers(writer: &mut Writer, lesson: Lesson<'_>) {
    for (choice, letter) in lesson.choices().iter().zip(LETTERS) {
        let picked = if choice.is_right { Picked::Right } else { Picked::No };
        writer.each(|language| Block::Item {
            mark: Mark::Choice(letter, picked),
            body: Prose::of_inlines(choice.text.get(language)),
        });
        writer.each(|language| Block::Item {
            mark: Mark::Under,
            body: Prose::of_inlines(choice.answer.get(language)),
        });
    }
    super::answers::recorded(writer, lesson);
    writer.section_body_without_items(lesson.page, "answer");
}

fn drill(writer: &mut Writer, id: &str) {
    let Some(drill) = writer.knowledge.drill(id) else { return };
    writer.opening_as_paragraph(drill.page);
    for (at, hint) in drill.hints().iter().enumerate() {
        writer.each(|language| Block::Item {
            mark: Mark::Number(at + 1),
            body: Prose::of_inlines(hint.get(language)),
        });
    }
    let changed = |cells: &[&str]| -> String {
        let given = drill.cells();
        let new = cells.iter().zip(&given).filter(|(new, old)| new != old);
        new.map(|(new, _)| *new).collect::<Vec<_>>().join("\n")
    };
    let code = |text: String| Block::Code { language: "python".to_owned(), text };
    writer.heading(wording::learn::NOTES_SOLUTION);
    writer.same(code(changed(&drill.solution())));
    for also in drill.also() {
        writer.same(code(changed(&also.cells)));
    }
    for wrong in drill.wrong() {
        writer.heading(wording::learn::NOTES_TRAP);
        writer.same(code(changed(&wrong.cells)));
        writer.section_body_without_code(drill.page, &wrong.anchor);
    }
    writer.heading(wording::learn::NOTES_WHY);
    writer.section_body(drill.page, "explain");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tutor::learn::tests::KNOWLEDGE;
    use crate::tutor::view::Row;

    #[test]
    fn there_are_notes_for_every_stage_of_every_lesson() {
        for lesson in KNOWLEDGE.lessons() {
            let stages = lesson.screens().len() + lesson.front.drills.len() + 3;
            for stage in 0..stages {
                let place = Place { lesson: lesson.page.id.clone(), stage };
                assert_eq!(Place::parse(&place.text()).as_ref(), Some(&place));
                let page = page(&KNOWLEDGE, Reading::Both(Language::En), &place).unwrap();
                assert!(page.rows.len() >= 2, "{place:?}");
            }
            let place = Place { lesson: lesson.page.id.clone(), stage: stages };
            assert!(page(&KNOWLEDGE, Reading::One(Language::En), &place).is_none());
        }
    }

    #[test]
    fn the_right_answer_is_marked_before_anybody_has_answered() {
        let place = Place { lesson: "who-owns-the-loop".to_owned(), stage: 4 };
        let page = page(&KNOWLEDGE, Reading::One(Language::En), &place).unwrap();
        let right = |row: &&Row| {
            matches!(row, Row::One(Block::Item { mark: Mark::Choice('b', Picked::Right), .. }))
        };
        assert_eq!(page.rows.iter().filter(right).count(), 1);
    }
}
