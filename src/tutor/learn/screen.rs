//! A lesson as a [`Walkthrough`] view, and diagrams that move.

use super::attempt::Attempt;
use super::list::{current, label};
use super::{Learn, Stage, Topic};
use crate::document::{Block, Prose};
use crate::tutor::marks::underline;
use crate::tutor::message::Effect;
use crate::tutor::view::{CodePane, Header, Row, StepState, StepTab, Underline, Walkthrough};
use crate::tutor::{Screen, Tutor};
use crate::wording::{self, Wording, header};

/// Frames for which a finished diagram is held before it starts again.
const HOLD: usize = 8;

/// How often a diagram runs before it stands still.
const ROUNDS: usize = 3;

impl Tutor<'_> {
    pub(in crate::tutor) fn learn_view(&self, learn: &Learn) -> Walkthrough {
        let tab = |(at, stage): (usize, &Stage)| StepTab {
            number: at + 1,
            label: label(stage, learn, self.knowledge, self.reading.base()),
            state: match () {
                () if at == learn.at => StepState::Current,
                () if learn.is_done(stage, &self.learner) => StepState::Done,
                () => StepState::Open,
            },
        };
        let title = match learn.topic {
            Topic::Lesson(_) => wording::learn::LESSONS,
            Topic::Review => wording::learn::REVIEW,
            Topic::Own(_) => wording::learn::OWN,
            Topic::Placement => wording::learn::PLACEMENT,
        };
        Walkthrough {
            code: learn.attempt().map(|attempt| self.task_code(learn, attempt)),
            steps: learn.stages.iter().enumerate().map(tab).collect(),
            guide: learn.guide.clone(),
            guide_scroll: learn.panes.scroll,
            overview: learn.overview.clone(),
            current: current(learn, self.knowledge),
            focus: learn.panes.focus,
            overview_title: self.knowledge.ui(self.reading.base(), title, &[]),
            frame: learn.motion.map(|frame| frame % (ticks(learn) + HOLD)),
        }
    }

    fn task_code(&self, learn: &Learn, attempt: &Attempt) -> CodePane {
        let source = attempt.document.source(attempt.cell);
        let underlines: Vec<Underline> = attempt.problems().map(underline).collect();
        let count = attempt.document.notebook.cells.len().to_string();
        let args = [("cell", &*attempt.cell.number().to_string()), ("count", &count)];
        CodePane {
            title: self.knowledge.ui(self.reading.base(), header::PLACE, &args),
            source: source.to_owned(),
            language: "python".to_owned(),
            reveal: underlines.first().map_or(0, |underline| underline.range.start),
            underlines,
            scroll: learn.panes.code_scroll,
            editing: attempt.editing,
        }
    }

    pub(in crate::tutor) fn learn_header(&self, learn: &Learn, base: Header) -> Header {
        let language = self.reading.base();
        let ui = |key: Wording, args: &[(&str, &str)]| self.knowledge.ui(language, key, args);
        let count = self.knowledge.lessons().count().to_string();
        let number = (current(learn, self.knowledge) + 1).to_string();
        let (file, place) = match &learn.topic {
            Topic::Lesson(id) => {
                let lesson = self.knowledge.lesson(id);
                let title = lesson.map(|it| it.page.title.get(language).clone());
                let title = Prose::of(&title.unwrap_or_default()).text();
                (title, ui(wording::learn::PLACE, &[("number", &number), ("count", &count)]))
            }
            Topic::Review => (ui(wording::learn::REVIEW, &[]), String::new()),
            Topic::Own(name) => (name.clone(), ui(wording::learn::OWN, &[])),
            Topic::Placement => (ui(wording::learn::PLACEMENT, &[]), String::new()),
        };
        Header { file, place, ..base }
    }

    /// Whether the page has diagrams that may move.
    pub(super) fn has_motion(&self) -> bool {
        self.learner.moves && matches!(&self.screen, Screen::Learn(learn) if ticks(learn) > 0)
    }

    /// Lets the diagrams of the page run, when they may and there are some.
    pub(in crate::tutor) fn start_motion(&mut self) {
        let moves = self.learner.moves;
        if let Screen::Learn(learn) = &mut self.screen
            && moves
            && !learn.still
            && !learn.is_list()
            && ticks(learn) > 0
        {
            learn.motion = Some(0);
        }
    }

    pub(super) fn toggle_motion(&mut self) {
        let moves = self.learner.moves;
        if let Some(learn) = self.learn().filter(|_| moves) {
            learn.still = learn.motion.is_some();
            learn.motion = if learn.still { None } else { Some(0) };
        }
    }

    /// Some time has passed.
    pub(in crate::tutor) fn tick(&mut self) -> Vec<Effect> {
        if let Screen::Learn(learn) = &mut self.screen
            && let Some(frame) = learn.motion
        {
            let end = (ticks(learn) + HOLD) * ROUNDS;
            learn.motion = (frame + 1 < end).then_some(frame + 1);
        }
        self.tour_tick()
    }

    pub(in crate::tutor) fn is_moving(&self) -> bool {
        let moves = matches!(&self.screen, Screen::Learn(learn) if learn.motion.is_some());
        moves || self.is_touring()
    }

    /// Asks for the user's own editor on the drill that is shown.
    pub(in crate::tutor) fn rewrite_task(&self) -> Vec<Effect> {
        let Screen::Learn(learn) = &self.screen else { return Vec::new() };
        let name = learn.attempt().map(|attempt| attempt.task.id.clone());
        let effect = |(name, text)| Effect::Rewrite { name, text };
        name.zip(self.task_text()).map(effect).into_iter().collect()
    }

    /// The cells of the drill that is shown, with a marker before each, for an editor of one's own.
    pub fn task_text(&self) -> Option<String> {
        let Screen::Learn(learn) = &self.screen else { return None };
        let attempt = learn.attempt()?;
        let cells: Vec<_> =
            attempt.cells().into_iter().map(crate::notebook::FreshCell::code).collect();
        Some(crate::notebook::percent_of(&cells))
    }
}

/// The ticks of the longest diagram on the page.
fn ticks(learn: &Learn) -> usize {
    let of = |row: &Row| match row {
        Row::One(Block::Timeline { timeline, .. }) => timeline.ticks,
        _ => 0,
    };
    learn.guide.rows.iter().map(of).max().unwrap_or(0)
}
