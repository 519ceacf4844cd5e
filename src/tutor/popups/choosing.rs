//! "Which pattern?": the questions.

use std::sync::Arc;

use super::{At, Outcome, Popup};
use crate::document::{Block, Mark, Prose};
use crate::knowledge::{Chooser, Knowledge, Language, Next, Question};
use crate::tutor::Tutor;
use crate::tutor::key::Code;
use crate::tutor::keys::Act::Does;
use crate::tutor::keys::{Chord, Keys, Row, c, close, down, k, row, silent, up, window};
use crate::tutor::reading::{Reading, Writer};
use crate::tutor::view::{self, ListRow, Page};
use crate::wording::{keys, pattern_chooser};

pub static KEYS: Keys = window("choosing").rows(&[
    row(&[c('1')], Does(|it| it.answer_question(1)), "1–5", keys::ANSWER).footer(1),
    silent(&[c('2')], Does(|it| it.answer_question(2))),
    silent(&[c('3')], Does(|it| it.answer_question(3))),
    silent(&[c('4')], Does(|it| it.answer_question(4))),
    silent(&[c('5')], Does(|it| it.answer_question(5))),
    row(
        &[k(Code::Enter), k(Code::Right), c('l')],
        Does(|it| it.answer_question(it.selected() + 1)),
        "Enter",
        keys::CHOOSE,
    )
    .footer(2),
    up(&[k(Code::Up), c('k')]),
    down(&[k(Code::Down), c('j')]).footer(3),
    back(4, 6),
    close(&[k(Code::Esc), c('q')]).footer(5).number(0),
]);

/// To the question before.
pub(super) const fn back(footer: u8, number: u8) -> Row {
    const KEYS: &[Chord] = &[k(Code::Left), k(Code::Backspace), c('h')];
    row(KEYS, Does(|it| it.question_back()), "←", keys::QUESTION_BACK).footer(footer).number(number)
}

/// A question of "which pattern?".
#[derive(Debug)]
struct Choosing {
    /// The numbers of the choices so far, from 1.
    answers: Vec<usize>,
    rows: usize,
    /// The question in both languages, for who reads both.
    both: Option<Arc<Page>>,
}

impl Popup for Choosing {
    fn keys(&self) -> &'static Keys {
        &KEYS
    }

    fn rows(&self) -> usize {
        self.rows
    }

    fn write(&mut self, _: usize, tutor: &Tutor<'_>) {
        if let Ok(Next::Question(question)) = tutor.knowledge.chooser().next(&self.answers) {
            self.both = both_languages(tutor, question);
        }
    }

    fn view(&self, at: At<'_>) -> view::Popup {
        let (title, rows) = asked(at.knowledge, at.language, &self.answers);
        let (selected, empty) = (at.selected, String::new());
        let (query, preview, scroll) = (None, self.both.clone(), None);
        view::Popup::List { title, query, rows, selected, preview, scroll, empty }
    }
}

impl Tutor<'_> {
    /// Asks which pattern fits, from the first question on.
    pub fn which_pattern(&mut self) {
        self.ask_after(Vec::new());
    }

    /// Takes the answer with this number, from 1.
    fn answer_question(&mut self, number: usize) {
        let Some(mut answers) = self.answers() else { return };
        answers.push(number);
        if self.knowledge.chooser().next(&answers).is_ok() {
            self.close();
            self.ask_after(answers);
        }
    }

    /// Goes back to the question before.
    pub(super) fn question_back(&mut self) {
        let Some(mut answers) = self.answers() else { return };
        let Some(last) = answers.pop() else { return };
        self.close();
        self.ask_after(answers);
        self.change_top(|_: &mut Choosing, selected| *selected = last.saturating_sub(1));
    }

    /// What was answered so far.
    fn answers(&self) -> Option<Vec<usize>> {
        let asked = self.top::<Choosing>().map(|it| &it.answers);
        asked.or_else(|| Some(&self.top::<Outcome>()?.answers)).cloned()
    }

    /// Shows what comes after these answers: a question, or the page to which they lead.
    fn ask_after(&mut self, answers: Vec<usize>) {
        match self.knowledge.chooser().next(&answers) {
            Ok(Next::Question(question)) => {
                let rows = question.choices.len();
                self.open_window(Choosing { answers, rows, both: None });
            }
            Ok(Next::End(_, end)) => self.show_outcome(end, answers),
            Err(_) => {}
        }
    }
}

/// The question and its answers in both languages, for who reads both.
fn both_languages(tutor: &Tutor<'_>, question: &Question) -> Option<Arc<Page>> {
    let Reading::Both(_) = tutor.reading else { return None };
    let mut writer = Writer::new(tutor.knowledge, tutor.reading);
    writer.each(|language| Block::Conclusion(Prose::of(question.ask.get(language))));
    for (at, choice) in question.choices.iter().enumerate() {
        let mark = Mark::Number(at + 1);
        writer.each(|language| Block::Item { mark, body: Prose::of(choice.text.get(language)) });
    }
    Some(Arc::new(writer.finish()))
}

/// The window's title and rows for the question after these answers.
fn asked(knowledge: &Knowledge, language: Language, answers: &[usize]) -> (String, Vec<ListRow>) {
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
    (knowledge.ui(language, pattern_chooser::QUESTION, &args), rows)
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

fn plain(markdown: &str) -> String {
    Prose::of(markdown).text()
}
