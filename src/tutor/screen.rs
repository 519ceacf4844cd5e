//! The model as a [`View`]; scrolling, because it depends on what is seen; writing and advice.

use super::motion::Motion;
use super::pages::Step;
use super::screens::home;
use super::view::{
    Body, CodePane, Header, KeyHint, Mark, Pane, StepState, StepTab, Tone, Underline, View,
    Walkthrough,
};
use super::walk::Walk;
use super::{Screen, Tutor, document};
use crate::notebook::CellKind;
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
        let walk = match &self.screen {
            Screen::Walk(walk) => walk,
            Screen::Learn(learn) => return self.learn_header(learn, base),
            Screen::Home { .. } => return base,
        };
        let cell = walk.cell.number().to_string();
        let count = walk.document.notebook.cells.len().to_string();
        let number = walk.group().map(|at| (at + 1).to_string());
        let problems = walk.document.order().walks().len().to_string();
        Header {
            file: walk.document.name.clone(),
            place: match (walk.document.notebook.cells.len(), number) {
                (0, _) => self.ui(wording::header::NO_CELLS, &[]),
                (_, None) => self.ui(wording::header::PLACE, &[("cell", &cell), ("count", &count)]),
                (_, Some(number)) => {
                    let problem = [("problem", &*number), ("problems", &problems)];
                    let args = [("cell", &*cell), ("count", &count)];
                    self.ui(wording::header::PLACE_PROBLEM, &[args, problem].concat())
                }
            },
            counts: (!walk.document.is_unreviewed()).then(|| walk.document.review.counts()),
            unsaved: walk.document.is_unsaved(),
            ..base
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

    fn walkthrough(&self, walk: &Walk) -> Walkthrough {
        let tab = |step: Step| StepTab {
            number: step.number(),
            label: self.ui(step.label(), &[]),
            state: match () {
                () if step == walk.step => StepState::Current,
                () if walk.is_open(step) => StepState::Open,
                () => StepState::Skipped,
            },
        };
        Walkthrough {
            code: Some(self.code(walk)),
            steps: Step::ALL.into_iter().map(tab).collect(),
            guide: walk.guide.clone(),
            guide_scroll: walk.scroll,
            overview: walk.document.overview.clone(),
            current: walk.cell.0,
            focus: walk.focus,
            overview_title: self.ui(wording::overview::TITLE, &[]),
            frame: None,
        }
    }

    fn code(&self, walk: &Walk) -> CodePane {
        let Some(cell) = walk.document.notebook.cell(walk.cell) else { return CodePane::default() };
        let language = match &cell.kind {
            CellKind::Code if !walk.document.notebook.is_python() => {
                walk.document.notebook.kernel.language.clone()
            }
            CellKind::Code => cell.language.clone().unwrap_or_else(|| "python".to_owned()),
            CellKind::Markdown => "markdown".to_owned(),
            CellKind::Raw | CellKind::Other(_) => "text".to_owned(),
        };
        let kind = walk.document.overview.get(walk.cell.0).and_then(|row| row.kind.clone());
        let number = walk.cell.number().to_string();
        let title = kind.map_or_else(|| number.clone(), |kind| format!("{number} {kind}"));
        let underlines = underlines(walk);
        CodePane {
            title,
            source: cell.source.clone(),
            language,
            reveal: underlines.first().map_or(0, |underline| underline.range.start),
            underlines,
            scroll: walk.code_scroll,
            editing: walk.editing,
        }
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
            Screen::Walk(walk) => scroll_walk(walk, motion),
            Screen::Learn(_) => self.scroll_lesson(motion),
        }
        self.refresh();
    }

    pub(super) fn wheel(&mut self, pane: Pane, lines: isize) {
        let motion = if lines < 0 { Motion::Up } else { Motion::Down };
        if let Some(learn) = self.learn().filter(|_| pane != Pane::Overview) {
            let focus = std::mem::replace(&mut learn.panes.focus, pane);
            (0..lines.unsigned_abs()).for_each(|_| learn.panes.scroll(motion));
            learn.panes.focus = focus;
            return;
        }
        let focus = self.walk().map(|walk| std::mem::replace(&mut walk.focus, pane));
        for _ in 0..lines.unsigned_abs() {
            self.scroll(motion);
        }
        if let (Some(walk), Some(focus)) = (self.walk(), focus) {
            walk.focus = focus;
        }
    }

    pub(super) fn measured(&mut self, pane: Pane, content: usize, visible: usize) {
        if let Some(learn) = self.learn() {
            return learn.panes.measured(pane, content, visible);
        }
        let Some(walk) = self.walk() else { return };
        let last = content.saturating_sub(visible);
        match pane {
            Pane::Guide => walk.scroll = walk.scroll.min(last),
            Pane::Code => walk.code_scroll = walk.code_scroll.map(|scroll| scroll.min(last)),
            Pane::Overview => {}
        }
        if let Some(slot) = walk.measured.get_mut(pane_index(pane)) {
            *slot = (content, visible);
        }
    }
}

fn pane_index(pane: Pane) -> usize {
    match pane {
        Pane::Guide => 0,
        Pane::Code => 1,
        Pane::Overview => 2,
    }
}

fn scroll_walk(walk: &mut Walk, motion: Motion) {
    let bounds = |pane: Pane| {
        let (content, visible) = walk.measured.get(pane_index(pane)).copied().unwrap_or_default();
        (content.saturating_sub(visible), visible.saturating_sub(1))
    };
    match walk.focus {
        Pane::Guide => {
            let (last, page) = bounds(Pane::Guide);
            walk.scroll = motion.from(walk.scroll, page, last);
        }
        Pane::Code => {
            let (last, page) = bounds(Pane::Code);
            // The pane has scrolled to the evidence by itself until now.
            let shown = walk.current().map_or(0, |found| {
                let source = walk.document.source(walk.cell);
                crate::text::position(source, found.span.range.start).line
            });
            let start = shown.saturating_sub(page / 2 + 1).min(last);
            walk.code_scroll = Some(motion.from(walk.code_scroll.unwrap_or(start), page, last));
        }
        Pane::Overview => {
            let last = walk.document.notebook.cells.len().saturating_sub(1);
            let page = bounds(Pane::Overview).1;
            let to = motion.from(walk.cell.0, page, last);
            if to != walk.cell.0 {
                walk.visit(crate::text::CellIndex(to), 0);
            }
        }
    }
}

/// The problems of the cell, the current one first; on the first step the evidence as well.
fn underlines(walk: &Walk) -> Vec<Underline> {
    let mut found: Vec<Underline> = Vec::new();
    for (index, problem) in walk.problems().into_iter().enumerate() {
        let tone = match problem.severity {
            crate::diagnostic::Severity::Error => Tone::Mistake,
            crate::diagnostic::Severity::Warning => Tone::Caution,
            crate::diagnostic::Severity::Hint => Tone::Advice,
        };
        let underline = Underline {
            range: problem.span.range,
            tone,
            mark: Some(document::mark(problem.severity)),
            label: problem.rule.to_owned(),
        };
        if index == walk.problem { found.insert(0, underline) } else { found.push(underline) }
    }
    if walk.step == Step::Situation
        && let Some(answer) = walk.document.review.classifications.get(walk.cell.0)
    {
        let uses = answer.situations.iter().filter(|it| crate::classify::USE.contains(&it.id));
        for evidence in uses.flat_map(|situation| &situation.evidence) {
            let known = found.iter().any(|other| other.range.overlaps(evidence.span.range));
            if !known && evidence.span.cell == walk.cell {
                found.push(Underline {
                    range: evidence.span.range,
                    tone: Tone::Evidence,
                    mark: None::<Mark>,
                    label: String::new(),
                });
            }
        }
    }
    found
}
