//! The model as a [`View`]; scrolling, because it depends on what is seen.

use super::motion::Motion;
use super::panes::Panes;
use super::screens::home;
use super::view::{Body, Header, KeyHint, Pane, View};
use super::{Screen, Tutor};
use crate::wording::{self, Wording, keys};

impl Tutor<'_> {
    /// The screen as it is now.
    pub fn view(&self) -> View {
        View {
            header: self.header(),
            announcement: self.announcement().filter(|_| !self.is_introduced()),
            body: match &self.screen {
                Screen::Home { selected } => Body::Home(self.home(*selected)),
                Screen::Walk(walk) => Body::Walkthrough(Box::new(self.walkthrough(walk))),
                Screen::Learn(learn) => Body::Walkthrough(Box::new(self.learn_view(learn))),
            },
            popup: self
                .windows
                .last()
                .map(|window| window.view(self.knowledge, self.reading.base())),
            status: self.status.clone(),
            footer: self.footer(),
            theme: self.theme,
            ticking: self.is_moving(),
            settling: self.document().is_some_and(|document| document.is_reviewed_soon()),
            roomy: self.learner.presents,
        }
    }

    pub(super) fn ui(&self, key: Wording, args: &[(&str, &str)]) -> String {
        self.knowledge.ui(self.reading.base(), key, args)
    }

    fn header(&self) -> Header {
        let base = Header {
            program: "nbasync".to_owned(),
            in_use: self.is_introduced(),
            language: self.reading.shown().to_owned(),
            ..Header::default()
        };
        match &self.screen {
            Screen::Home { .. } => base,
            Screen::Walk(walk) => self.walk_header(walk, base),
            Screen::Learn(learn) => self.learn_header(learn, base),
        }
    }

    /// Who is speaking, and the name that the skill's notice gives.
    fn announcement(&self) -> Option<(String, String)> {
        let skill = self.knowledge.skill();
        Some((
            self.ui(wording::header::SKILL, &[("skill", &skill.name)]),
            self.ui(wording::header::NOTICE, &[("notice", &skill.invocation_notice)]),
        ))
    }

    /// Whether the skill was announced on a screen before this one.
    fn is_introduced(&self) -> bool {
        self.introduced && !matches!(self.screen, Screen::Home { .. })
    }

    fn footer(&self) -> Vec<KeyHint> {
        let rows = self.keys().footer().into_iter().filter(|row| self.is_useful(row));
        rows.map(|row| KeyHint {
            key: row.shown.to_owned(),
            label: row.label.map(|label| self.ui(label, &[])).unwrap_or_default(),
            always: matches!(row.label, Some(keys::HELP | keys::QUIT)),
        })
        .collect()
    }

    pub(super) fn scroll(&mut self, motion: Motion) {
        if !self.windows.is_empty() {
            return self.scroll_top(motion);
        }
        match &mut self.screen {
            Screen::Home { selected } => *selected = motion.from(*selected, 4, home::LAST),
            Screen::Walk(walk) => walk.scroll(motion),
            Screen::Learn(_) => self.scroll_lesson(motion),
        }
        self.refresh();
    }

    /// The panes of what is on the screen.
    fn panes(&mut self) -> Option<&mut Panes> {
        match &mut self.screen {
            Screen::Home { .. } => None,
            Screen::Walk(walk) => Some(&mut walk.panes),
            Screen::Learn(learn) => Some(&mut learn.panes),
        }
    }

    pub(super) fn wheel(&mut self, pane: Pane, lines: isize) {
        let motion = if lines < 0 { Motion::Up } else { Motion::Down };
        let focus = self.panes().map(|panes| std::mem::replace(&mut panes.focus, pane));
        let in_lesson = pane != Pane::Overview && self.learn().is_some();
        for _ in 0..lines.unsigned_abs() {
            match self.panes().filter(|_| in_lesson) {
                Some(panes) => panes.scroll(motion, 0),
                None => self.scroll(motion),
            }
        }
        if let (Some(panes), Some(focus)) = (self.panes(), focus) {
            panes.focus = focus;
        }
    }

    pub(super) fn measured(&mut self, pane: Pane, content: usize, visible: usize) {
        self.panes().into_iter().for_each(|panes| panes.measured(pane, content, visible));
    }
}
