//! "Which pattern?": the questions, and the page to which their answers lead.

use std::sync::Arc;

use super::popups::{Kind, Window};
use super::reading::{Reading, Writer, prose_of};
use super::view::{Block, ListRow, Mark, Page, Tone};
use super::{Screen, Tutor};
use crate::knowledge::{Chooser, End, Knowledge, Language, Next, PageKind, Question};
use crate::review::{Names, names, skeleton};
use crate::wording;

/// The page to which answers lead.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The numbers of the choices that led here, from 1.
    pub answers: Vec<usize>,
    pub page: Arc<Page>,
    /// The content page to read.
    pub about: (PageKind, String),
    /// The skeleton, filled.
    pub code: Option<String>,
    names: Names,
}

impl Tutor<'_> {
    /// Asks which pattern fits, from the first question on.
    pub fn which_pattern(&mut self) {
        self.ask_after(Vec::new());
    }

    /// Takes the answer with this number, from 1.
    pub(super) fn answer_question(&mut self, number: usize) {
        let Some(Kind::Choosing { answers, .. }) = self.windows.last().map(|it| &it.kind) else {
            return;
        };
        let mut answers = answers.clone();
        answers.push(number);
        if self.knowledge.chooser().next(&answers).is_ok() {
            self.windows.pop();
            self.ask_after(answers);
        }
    }

    /// Goes back to the question before.
    pub(super) fn question_back(&mut self) {
        let window = self.windows.last().map(|window| &window.kind);
        let (Some(Kind::Choosing { answers, .. }) | Some(Kind::Outcome(Outcome { answers, .. }))) =
            window
        else {
            return;
        };
        let mut answers = answers.clone();
        let Some(last) = answers.pop() else { return };
        self.windows.pop();
        self.ask_after(answers);
        if let Some(window) = self.windows.last_mut() {
            window.selected = last.saturating_sub(1);
        }
    }

    /// Shows what comes after these answers: a question, or the page to which they lead.
    fn ask_after(&mut self, answers: Vec<usize>) {
        let kind = match self.knowledge.chooser().next(&answers) {
            Ok(Next::Question(question)) => {
                let both = self.both_languages(question);
                Kind::Choosing { answers, rows: question.choices.len(), both }
            }
            Ok(Next::End(_, end)) => match self.outcome(end, answers) {
                Some(outcome) => Kind::Outcome(outcome),
                None => return,
            },
            Err(_) => return,
        };
        self.windows.push(Window::new(kind));
    }

    /// The question and its answers in both languages, for who reads both.
    fn both_languages(&self, question: &Question) -> Option<Arc<Page>> {
        let Reading::Both(_) = self.reading else { return None };
        let mut writer = Writer::new(self.knowledge, self.reading);
        writer.each(|language| Block::Conclusion(prose_of(question.ask.get(language))));
        for (at, choice) in question.choices.iter().enumerate() {
            let mark = Mark::Number(at + 1);
            writer.each(|language| Block::Item { mark, body: prose_of(choice.text.get(language)) });
        }
        Some(Arc::new(writer.finish()))
    }

    /// Brings what the windows show to the reader's language.
    pub(super) fn choose_again(&mut self) {
        let mut windows = std::mem::take(&mut self.windows);
        for window in &mut windows {
            match &mut window.kind {
                Kind::Choosing { answers, both, .. } => {
                    if let Ok(Next::Question(question)) = self.knowledge.chooser().next(answers) {
                        *both = self.both_languages(question);
                    }
                }
                Kind::Outcome(outcome) => outcome.page = self.outcome_again(outcome),
                Kind::Recorded(recorded) => {
                    recorded.page = self.record_page(&recorded.id, &recorded.reason);
                }
                _ => {}
            }
        }
        self.windows = windows;
    }

    fn outcome(&self, end: &End, answers: Vec<usize>) -> Option<Outcome> {
        let page = self.knowledge.page_of_end(end)?;
        let names = self.names_of_cell();
        let mut outcome = Outcome {
            answers,
            page: Arc::default(),
            about: (page.kind, page.id.clone()),
            code: skeleton(self.knowledge.chooser(), end, &names),
            names,
        };
        outcome.page = Arc::new(self.outcome_page(&outcome, end));
        Some(outcome)
    }

    /// What the open cell calls the things that a skeleton needs.
    fn names_of_cell(&self) -> Names {
        let Screen::Walk(walk) = &self.screen else { return Names::new() };
        let (notebook, review) = (&walk.document.notebook, &walk.document.review);
        names(notebook, &self.knowledge.tables, &review.surroundings, &review.cells, walk.cell)
    }

    fn outcome_again(&self, outcome: &Outcome) -> Arc<Page> {
        match self.knowledge.chooser().next(&outcome.answers) {
            Ok(Next::End(_, end)) => Arc::new(self.outcome_page(outcome, end)),
            _ => Arc::clone(&outcome.page),
        }
    }

    fn outcome_page(&self, outcome: &Outcome, end: &End) -> Page {
        let knowledge = self.knowledge;
        let mut writer = Writer::new(knowledge, self.reading);
        let (kind, id) = &outcome.about;
        let Some(page) = knowledge.page(*kind, id) else { return writer.finish() };
        writer.opening(page);
        let both = |writer: &mut Writer, text: &crate::knowledge::Both<String>| {
            writer.each(|language| Block::Paragraph(prose_of(text.get(language))));
        };
        if let Some(code) = &outcome.code {
            let cell = self.cell_number().filter(|_| is_filled(knowledge, end, outcome));
            match &cell {
                Some(cell) => {
                    writer.paragraph(wording::pattern_chooser::NAMES_OF_CELL, &[("cell", cell)])
                }
                None => writer.paragraph(wording::pattern_chooser::NAMES_TO_FILL, &[]),
            }
            writer.same(Block::Code { language: "python".to_owned(), text: code.clone() });
        }
        writer.heading(wording::pattern_chooser::WHY);
        both(&mut writer, &end.why);
        writer.heading(wording::pattern_chooser::COSTS);
        both(&mut writer, &end.costs);
        writer.heading(wording::pattern_chooser::SAID);
        for (asked, chosen) in told(knowledge.chooser(), &outcome.answers) {
            writer.each(|language| {
                let text = format!("{} {}", asked.get(language), chosen.get(language));
                Block::Item { mark: Mark::Bullet, body: prose_of(&text) }
            });
        }
        writer.heading(wording::pattern_chooser::READ);
        writer.each(|language| {
            let mut body = prose_of(page.title.get(language));
            body.0.iter_mut().for_each(|run| run.tone = Tone::Link);
            Block::Item { mark: Mark::Bullet, body }
        });
        writer.finish()
    }

    fn cell_number(&self) -> Option<String> {
        match &self.screen {
            Screen::Walk(walk) => Some(walk.cell.number().to_string()),
            Screen::Home { .. } | Screen::Learn(_) => None,
        }
    }
}

/// Whether the code holds a name of the open cell.
fn is_filled(knowledge: &Knowledge, end: &End, outcome: &Outcome) -> bool {
    let chooser = knowledge.chooser();
    let marked = outcome.names.keys().map(|name| (*name, "\0".to_owned())).collect();
    let takes = chooser.skeleton(end, &marked).is_some_and(|code| code.contains('\0'));
    takes && chooser.skeleton(end, &outcome.names) == outcome.code
}

type Texts<'c> = &'c crate::knowledge::Both<String>;

/// Each question that was asked, and what was answered.
pub fn told<'c>(chooser: &'c Chooser, answers: &[usize]) -> Vec<(Texts<'c>, Texts<'c>)> {
    let mut told = Vec::new();
    for (count, answer) in answers.iter().enumerate() {
        let before = answers.get(..count).unwrap_or_default();
        let Ok(Next::Question(question)) = chooser.next(before) else { return told };
        let choice = answer.checked_sub(1).and_then(|at| question.choices.get(at));
        told.extend(choice.map(|choice| (&question.ask, &choice.text)));
    }
    told
}

/// The window's title and rows for the question after these answers.
pub(super) fn asked(
    knowledge: &Knowledge,
    language: Language,
    answers: &[usize],
) -> (String, Vec<ListRow>) {
    let Ok(Next::Question(question)) = knowledge.chooser().next(answers) else {
        return (String::new(), Vec::new());
    };
    let number = (answers.len() + 1).to_string();
    let ask = plain(question.ask.get(language));
    let args = [("number", number.as_str()), ("question", ask.as_str())];
    let row = |(at, choice): (usize, &crate::knowledge::Answer)| ListRow {
        label: format!("{}  {}", at + 1, plain(choice.text.get(language))),
        detail: String::new(),
    };
    let rows = question.choices.iter().enumerate().map(row).collect();
    (knowledge.ui(language, wording::pattern_chooser::QUESTION, &args), rows)
}

fn plain(markdown: &str) -> String {
    prose_of(markdown).text()
}
