//! What a kernel answered to the cells of a question.

use crate::knowledge::Lesson;
use crate::tutor::pages;
use crate::tutor::reading::Writer;
use crate::wording::learn;

/// Writes what is on record of the question's last cell.
pub(super) fn recorded(writer: &mut Writer, lesson: Lesson<'_>) {
    let Some(recording) = writer.knowledge.recording(&lesson.front.case) else { return };
    let Some(run) = recording.transcript.cells.last() else { return };
    let versions = recording.transcript.versions.to_string();
    let args = [("date", recording.date.as_str()), ("versions", &versions)];
    writer.paragraph(learn::RECORDED, &args);
    pages::run(writer, run);
}
