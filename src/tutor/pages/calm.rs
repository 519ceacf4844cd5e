//! The page of a cell without a problem: short and true.

use super::Subject;
use crate::tutor::reading::Writer;

pub(super) fn write(writer: &mut Writer, subject: Subject) {
    super::situation::write(writer, subject);
}
