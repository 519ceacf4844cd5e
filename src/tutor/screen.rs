//! The model as a [`View`]; scrolling, because it depends on what is seen; writing and advice.

use super::keys::{self, Command, Context};
use super::learn::moved;
use super::pages::Step;
use super::popups::{Kind, Window};
use super::view::{
    Body, CodePane, Header, Home, HomeChoice, KeyHint, Mark, Pane, StepState, StepTab, Tone,
    Underline, View, Walkthrough,
};
use super::walk::Walk;
use super::{Screen, Tutor, document};
use crate::notebook::CellKind;
use crate::text::Wording;
use crate::wording::{self, home};

/// The home screen's choices: command, key, interface text.
pub(super) const HOME: [(Command, &str, Wording, Wording); 6] = [
    (Command::OpenNotebook, "o", home::OPEN, home::OPEN_DETAIL),
    (Command::Lessons, "l", home::LESSONS, home::LESSONS_DETAIL),
    (Command::WhichPattern, "p", home::WHICH_PATTERN, home::WHICH_PATTERN_DETAIL),
    (Command::LookUp, "/", home::LOOK_UP, home::LOOK_UP_DETAIL),
    (Command::Sample, "s", home::SAMPLE, home::SAMPLE_DETAIL),
    (Command::Quit, "q", home::QUIT, home::QUIT_DETAIL),
];

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

    fn ui(&self, key: Wording, args: &[(&str, &str)]) -> String {
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

    fn home(&self, selected: usize) -> Home {
        let choice =
            |(index, (_, key, label, detail)): (usize, &(Command, &str, Wording, Wording))| {
                HomeChoice {
                    key: (*key).to_owned(),
                    label: self.ui(*label, &[]),
                    detail: self.ui(*detail, &[]),
                    selected: index == selected,
                }
            };
        Home {
            title: "nbasync".to_owned(),
            subtitle: self.ui(wording::home::SUBTITLE, &[]),
            invitation: self.ui(wording::home::INVITATION, &[]),
            choices: HOME.iter().enumerate().map(choice).collect(),
        }
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
        let context = self.context();
        let rows = keys::footer(context).into_iter().filter(|row| self.is_useful(row.command));
        rows.map(|row| KeyHint {
            key: row.shown.to_owned(),
            label: row.label.map(|label| self.ui(label, &[])).unwrap_or_default(),
            always: matches!(row.command, Command::Help | Command::Quit),
        })
        .collect()
    }

    /// Whether a key would do something here; the footer leaves out those that would not.
    pub fn is_useful(&self, command: Command) -> bool {
        if command == Command::Choose && !self.opens_something() {
            return false;
        }
        if let Some(Kind::Outcome(outcome)) = self.windows.last().map(|it| &it.kind)
            && command == Command::Copy
        {
            return outcome.code.is_some();
        }
        let window = self.windows.last().map(|it| &it.kind);
        if command == Command::OtherLanguage && !matches!(window, Some(Kind::LookUp { .. })) {
            return false;
        }
        match command {
            Command::Earlier => return self.can_travel(false),
            Command::Later => return self.can_travel(true),
            Command::Record => return self.open_deviation().is_some(),
            Command::InsertRecord => return self.takes_record(),
            _ => {}
        }
        let walk = match &self.screen {
            Screen::Walk(walk) => walk,
            Screen::Learn(learn) if self.windows.is_empty() => {
                return self.is_useful_in_lesson(learn, command);
            }
            Screen::Home { .. } | Screen::Learn(_) => return true,
        };
        if self.context() == Context::Leaving && command == Command::Yes {
            return walk.document.path.is_some();
        }
        if self.context() != Context::Walkthrough {
            return true;
        }
        let has_fix = walk.current().is_some_and(|found| !found.fixes.is_empty());
        match command {
            Command::NextStep => {
                walk.neighbour(true).is_some()
                    || (walk.current().is_none() && walk.has_other_problem())
            }
            Command::PreviousStep => walk.neighbour(false).is_some(),
            Command::NextProblem => walk.has_other_problem(),
            Command::Problems => walk.document.problems().len() > 1,
            Command::Several => walk.document.problems().any(|it| it.fix().is_some()),
            Command::Write => has_fix || walk.document.is_unsaved(),
            Command::SaveAdvice | Command::Deviations => walk.current().is_some(),
            Command::Prove => walk.current().is_some() && !self.is_waiting(),
            Command::Interrupt => walk.attempt.as_ref().is_some_and(|it| it.is_running()),
            Command::Alternative => walk.current().is_some_and(|found| found.fixes.len() > 1),
            Command::HandOff => {
                walk.document.review.classifications.get(walk.cell.0).is_some_and(|it| {
                    matches!(it.verdict, crate::classify::Verdict::HandOff { to: Some(_) })
                })
            }
            Command::Edit => walk.document.notebook.read_only().is_none(),
            _ => true,
        }
    }

    /// Whether Enter leads somewhere from the window: a page may have no others to see.
    fn opens_something(&self) -> bool {
        if let Some(Window { kind: Kind::Keys { .. }, .. }) = self.windows.last() {
            return false;
        }
        let Some(Window { kind: Kind::Reader { id, .. }, .. }) = self.windows.last() else {
            return true;
        };
        let page = id.as_ref().and_then(|(kind, id)| self.knowledge.page(*kind, id));
        page.is_some_and(|page| !page.see.is_empty())
    }

    pub(super) fn scroll(&mut self, command: Command) {
        let (knowledge, reading) = (self.knowledge, self.reading);
        if let Some(window) = self.windows.last_mut() {
            let rows = window.rows();
            // What is asked may be longer than the window.
            let is_page = matches!(command, Command::PageUp | Command::PageDown);
            let is_read = is_page && matches!(window.kind, Kind::Run(_));
            if is_read {
                let (content, visible) = window.measured;
                let last = content.saturating_sub(visible);
                window.scroll = moved(window.scroll, command, visible.saturating_sub(1), last);
            } else if rows > 0
                || matches!(window.kind, Kind::LookUp { .. } | Kind::Notebooks { .. })
            {
                window.selected = moved(window.selected, command, 10, rows.saturating_sub(1));
                window.preview(knowledge, reading);
            } else {
                let (content, visible) = window.measured;
                let last = content.saturating_sub(visible);
                window.scroll = moved(window.scroll, command, visible, last);
            }
            return;
        }
        match &mut self.screen {
            Screen::Home { selected } => *selected = moved(*selected, command, 4, HOME.len() - 1),
            Screen::Walk(walk) => {
                scroll_walk(walk, command);
                walk.refresh(knowledge, reading);
            }
            Screen::Learn(learn) => learn.panes.scroll(command),
        }
    }

    pub(super) fn wheel(&mut self, pane: Pane, lines: isize) {
        let command = if lines < 0 { Command::Up } else { Command::Down };
        if let Some(learn) = self.learn().filter(|_| pane != Pane::Overview) {
            let focus = std::mem::replace(&mut learn.panes.focus, pane);
            (0..lines.unsigned_abs()).for_each(|_| learn.panes.scroll(command));
            learn.panes.focus = focus;
            return;
        }
        let focus = self.walk().map(|walk| std::mem::replace(&mut walk.focus, pane));
        for _ in 0..lines.unsigned_abs() {
            self.scroll(command);
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

fn scroll_walk(walk: &mut Walk, command: Command) {
    let bounds = |pane: Pane| {
        let (content, visible) = walk.measured.get(pane_index(pane)).copied().unwrap_or_default();
        (content.saturating_sub(visible), visible.saturating_sub(1))
    };
    match walk.focus {
        Pane::Guide => {
            let (last, page) = bounds(Pane::Guide);
            walk.scroll = moved(walk.scroll, command, page, last);
        }
        Pane::Code => {
            let (last, page) = bounds(Pane::Code);
            // The pane has scrolled to the evidence by itself until now.
            let shown = walk.current().map_or(0, |found| {
                let source = walk.document.source(walk.cell);
                crate::text::position(source, found.span.range.start).line
            });
            let start = shown.saturating_sub(page / 2 + 1).min(last);
            walk.code_scroll = Some(moved(walk.code_scroll.unwrap_or(start), command, page, last));
        }
        Pane::Overview => {
            let last = walk.document.notebook.cells.len().saturating_sub(1);
            let page = bounds(Pane::Overview).1;
            let to = moved(walk.cell.0, command, page, last);
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
