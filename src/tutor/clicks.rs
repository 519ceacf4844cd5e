//! What a click does.

use super::keys::Command;
use super::message::{Effect, Target};
use super::{Screen, Tutor};
use crate::text::CellIndex;

impl Tutor<'_> {
    pub(super) fn clicked(&mut self, target: Target) -> Vec<Effect> {
        if let Some(effects) = self.clicked_in_lesson(target) {
            return effects;
        }
        match target {
            Target::Step(number) => return self.run(Command::Step(number)),
            Target::Overview(index) => {
                let (knowledge, reading) = (self.knowledge, self.reading);
                if let Some(walk) = self.walk() {
                    walk.end_edit();
                    walk.visit(CellIndex(index), 0);
                    walk.refresh(knowledge, reading);
                }
            }
            Target::PopupRow(row) => {
                let (knowledge, reading) = (self.knowledge, self.reading);
                if let Some(window) = self.windows.last_mut() {
                    if window.selected == row {
                        return self.choose();
                    }
                    window.selected = row.min(window.rows().saturating_sub(1));
                    window.preview(knowledge, reading);
                }
            }
            Target::HomeChoice(row) => {
                if let Screen::Home { selected } = &mut self.screen {
                    *selected = row;
                }
                return self.choose();
            }
            Target::Pane(pane) => {
                if let Some(walk) = self.walk() {
                    walk.focus = pane;
                }
            }
        }
        Vec::new()
    }
}
