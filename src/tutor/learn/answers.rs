//! What a kernel answered to the cells of a question.

use crate::knowledge::{CaseCell, Lesson};
use crate::tutor::reading::Writer;
use crate::tutor::view::{Block, Mark};

/// Writes what is on record of the question's last cell.
pub(super) fn recorded(writer: &mut Writer, lesson: Lesson<'_>) {
    let Some(case) = writer.knowledge.case(&lesson.front.case) else { return };
    let Some(cell) = case.cells.last() else { return };
    let text = answer(cell);
    if text.is_empty() {
        return;
    }
    writer.item(Mark::Bullet, "learn.recorded", &[]);
    writer.same(Block::Code { language: "text".to_owned(), text });
}

/// What a cell shows, as far as the record holds it.
fn answer(cell: &CaseCell) -> String {
    let mut lines: Vec<String> = Vec::new();
    lines.extend(cell.stdout.clone());
    lines.extend(cell.stderr.iter().flatten().cloned());
    lines.extend(cell.result.as_ref().map(|result| format!("Out: {result}")));
    if let Some(error) = &cell.error {
        let message = cell.message.as_ref().map(|it| format!(": {it}")).unwrap_or_default();
        lines.push(format!("{error}{message}"));
    }
    let lines = lines.iter().map(|line| line.trim_end()).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}
