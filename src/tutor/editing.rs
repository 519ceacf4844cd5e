//! A cell is edited: in place, or in an editor of the reader's own.

use crate::wording::status;

use super::Tutor;
use super::message::{EditorError, Effect};
use crate::document::Tone;

impl Tutor<'_> {
    /// Begins to edit the cell in place.
    pub(super) fn edit(&mut self) {
        let Some(walk) = self.walk() else { return };
        match walk.document.notebook.read_only() {
            None => walk.edit(),
            Some(why) => {
                let why = why.to_string();
                self.say(status::READ_ONLY, &[("why", &why)], Tone::Caution);
            }
        }
    }

    /// Asks for the reader's own editor on the cell.
    pub(super) fn edit_outside(&mut self) -> Vec<Effect> {
        let Some(walk) = self.walk() else { return Vec::new() };
        if let Some(why) = walk.document.notebook.read_only() {
            let why = why.to_string();
            self.say(status::READ_ONLY, &[("why", &why)], Tone::Caution);
            return Vec::new();
        }
        let (name, text) =
            (format!("cell-{}", walk.cell.number()), walk.document.source(walk.cell));
        vec![Effect::Rewrite { name, text: text.to_owned() }]
    }

    /// What the reader's own editor made of the cell. Editors end a text with a line end.
    pub(super) fn edited_outside(&mut self, mut text: String) {
        let Some(walk) = self.walk() else { return };
        let source = walk.document.source(walk.cell);
        if text.ends_with('\n') && !source.ends_with('\n') {
            text.pop();
        }
        if text == source {
            return self.say(status::EDITED_NOTHING, &[], Tone::Quiet);
        }
        let cell = walk.cell;
        self.repair(vec![(cell, text)]);
        self.say(status::EDITED_OUTSIDE, &[], Tone::Right);
    }

    /// Why the reader's own editor gave nothing back.
    pub(super) fn not_edited(&mut self, error: &EditorError) {
        let (key, args) = error.said(self.reading.base());
        let args: Vec<_> = args.iter().map(|(name, it)| (*name, it.as_str())).collect();
        self.say(key, &args, Tone::Mistake);
    }

    /// Ends it.
    pub(super) fn end_edit(&mut self) {
        if let Some(walk) = self.walk() {
            walk.end_edit();
        }
    }
}
