//! How a walk looks, and how it scrolls.

use crate::classify::USE;
use crate::document::Tone;
use crate::notebook::CellKind;
use crate::text::{CellIndex, position};
use crate::tutor::Tutor;
use crate::tutor::marks::underline;
use crate::tutor::motion::Motion;
use crate::tutor::pages::Step;
use crate::tutor::view::{CodePane, Header, Pane, StepState, StepTab, Underline, Walkthrough};
use crate::tutor::walk::Walk;
use crate::wording;

impl Walk {
    pub fn scroll(&mut self, motion: Motion) {
        if self.panes.focus == Pane::Overview {
            let last = self.document.notebook.cells.len().saturating_sub(1);
            let to = motion.from(self.cell.0, self.panes.page_of_overview(), last);
            if to != self.cell.0 {
                self.visit(CellIndex(to), 0);
            }
            return;
        }
        let shown = self.current().map_or(0, |found| {
            position(self.document.source(self.cell), found.span.range.start).line
        });
        self.panes.scroll(motion, shown);
    }
}

impl Tutor<'_> {
    pub(in crate::tutor) fn walk_header(&self, walk: &Walk, base: Header) -> Header {
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

    pub(in crate::tutor) fn walkthrough(&self, walk: &Walk) -> Walkthrough {
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
            guide_scroll: walk.panes.scroll,
            overview: walk.document.overview.clone(),
            current: walk.cell.0,
            focus: walk.panes.focus,
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
            scroll: walk.panes.code_scroll,
            editing: walk.editing,
        }
    }
}

/// The problems of the cell, the current one first; on the first step the evidence as well.
fn underlines(walk: &Walk) -> Vec<Underline> {
    let mut found: Vec<Underline> = Vec::new();
    for (index, problem) in walk.problems().into_iter().enumerate() {
        let underline = underline(problem);
        if index == walk.problem { found.insert(0, underline) } else { found.push(underline) }
    }
    if walk.step == Step::Situation
        && let Some(answer) = walk.document.review.classifications.get(walk.cell.0)
    {
        let uses = answer.situations.iter().filter(|it| USE.contains(&it.id));
        for evidence in uses.flat_map(|situation| &situation.evidence) {
            let known = found.iter().any(|other| other.range.overlaps(evidence.range));
            if !known {
                found.push(Underline {
                    range: evidence.range,
                    tone: Tone::Evidence,
                    mark: None,
                    label: String::new(),
                });
            }
        }
    }
    found
}
