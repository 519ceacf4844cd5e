//! What a click does.

use super::message::{Effect, Target};
use super::{Screen, Tutor};
use crate::text::CellIndex;

impl Tutor<'_> {
    pub(super) fn clicked(&mut self, target: Target) -> Vec<Effect> {
        if let Some(effects) = self.clicked_in_lesson(target) {
            return effects;
        }
        match target {
            Target::Step(number) => {
                self.jump(number);
                self.refresh();
            }
            Target::Overview(index) => {
                let (knowledge, reading) = (self.knowledge, self.reading);
                if let Some(walk) = self.walk() {
                    walk.end_edit();
                    walk.visit(CellIndex(index), 0);
                    walk.refresh(knowledge, reading);
                }
            }
            Target::PopupRow(row) => return self.select(row),
            Target::HomeChoice(row) => {
                if let Screen::Home { selected } = &mut self.screen {
                    *selected = row;
                }
                return self.begin_selected();
            }
            Target::Pane(pane) => {
                if let Some(walk) = self.walk() {
                    walk.panes.focus = pane;
                }
            }
        }
        Vec::new()
    }
}
