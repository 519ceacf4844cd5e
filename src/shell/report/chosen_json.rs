//! A question of the pattern chooser, or the pattern to which the answers lead, for programs.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::knowledge::{self, Knowledge};
use crate::review::Names;

/// What `pattern --answers` prints: a question or an end.
#[derive(Debug, Serialize)]
pub struct Chosen<'k> {
    version: u32,
    answers: Vec<usize>,
    question: Option<Question<'k>>,
    end: Option<End<'k>>,
}

#[derive(Debug, Serialize)]
struct Both<'k> {
    en: &'k str,
    zh: &'k str,
}

#[derive(Debug, Serialize)]
struct Question<'k> {
    ask: Both<'k>,
    choices: Vec<Choice<'k>>,
}

#[derive(Debug, Serialize)]
struct Choice<'k> {
    number: usize,
    text: Both<'k>,
}

#[derive(Debug, Serialize)]
struct End<'k> {
    id: &'k str,
    /// The page to read, and of which kind it is.
    page: &'k str,
    kind: Option<&'static str>,
    title: Option<Both<'k>>,
    why: Both<'k>,
    costs: Both<'k>,
    code: Option<String>,
    /// The names that the cell gave to the code.
    names: BTreeMap<&'static str, String>,
}

/// A question as JSON has it.
pub fn question<'k>(answers: &[usize], question: &'k knowledge::Question) -> Chosen<'k> {
    let choice = |(at, choice): (usize, &'k knowledge::Answer)| Choice {
        number: at + 1,
        text: both(&choice.text),
    };
    let choices = question.choices.iter().enumerate().map(choice).collect();
    let question = Question { ask: both(&question.ask), choices };
    Chosen { version: 1, answers: answers.to_vec(), question: Some(question), end: None }
}

/// The place to which answers lead, as JSON has it.
pub fn end<'k>(
    knowledge: &'k Knowledge,
    answers: &[usize],
    (id, end): (&'k str, &'k knowledge::End),
    code: Option<String>,
    names: &Names,
) -> Chosen<'k> {
    let page = knowledge.page_of_end(end);
    let end = End {
        id,
        page: &end.page,
        kind: page.map(|page| page.kind.as_str()),
        title: page.map(|page| both(&page.title)),
        why: both(&end.why),
        costs: both(&end.costs),
        code,
        names: names.iter().map(|(name, text)| (*name, text.clone())).collect(),
    };
    Chosen { version: 1, answers: answers.to_vec(), question: None, end: Some(end) }
}

fn both(texts: &knowledge::Both<String>) -> Both<'_> {
    Both { en: &texts.en, zh: &texts.zh }
}
