//! Lessons and drills: pages whose parts have a meaning of their own.

use serde::{Deserialize, Serialize};

use super::Knowledge;
use super::block::{Block, Inline};
use super::language::{Both, Language};
use super::page::{Front, Page, PageKind};

/// What a lesson's front matter adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonFront {
    /// Its place among the lessons, from 1.
    pub order: u32,
    /// How long it takes, about.
    pub minutes: u32,
    /// Ids of the pages and items of the skill that it teaches.
    pub teaches: Vec<String>,
    /// Ids of its drills, in order.
    pub drills: Vec<String>,
    /// Which choice of the prediction is right, from 1.
    pub answer: usize,
    /// The id of the recorded kernel answer to the prediction.
    pub case: String,
}

/// What a drill's front matter adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrillFront {
    /// The id of the lesson to which it belongs.
    pub lesson: String,
    /// How hard it is, from 1 to 3.
    pub level: u32,
    /// The mistakes in its cells.
    pub rules: Vec<String>,
    pub patterns: Vec<String>,
    /// Dotted names that a repair still binds or calls.
    pub keeps: Vec<String>,
    /// Of each list, a repair calls at least one.
    pub uses: Vec<Vec<String>>,
    /// Dotted names that a repair does without.
    pub avoids: Vec<String>,
    /// The version of Python that the notebook names, such as `3.10`.
    pub python: Option<String>,
    /// Whether a kernel can run it without a network and other packages.
    pub runs: bool,
}

/// Some screens to read, a question about a cell, and drills.
#[derive(Debug, Clone, Copy)]
pub struct Lesson<'k> {
    pub page: &'k Page,
    pub front: &'k LessonFront,
}

/// A choice of a prediction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub text: Both<Vec<Inline>>,
    /// What is said to whom chose it.
    pub answer: Both<Vec<Inline>>,
    pub is_right: bool,
}

/// Cells to repair.
#[derive(Debug, Clone, Copy)]
pub struct Drill<'k> {
    pub page: &'k Page,
    pub front: &'k DrillFront,
}

/// All cells of a drill as somebody might repair them, and the section that shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair<'k> {
    pub anchor: String,
    pub cells: Vec<&'k str>,
}

impl Knowledge {
    /// The lessons in their order.
    pub fn lessons(&self) -> impl Iterator<Item = Lesson<'_>> {
        self.pages(PageKind::Lesson).filter_map(Lesson::of)
    }

    /// The lesson with this id.
    pub fn lesson(&self, id: &str) -> Option<Lesson<'_>> {
        Lesson::of(self.page(PageKind::Lesson, id)?)
    }

    /// The drill with this id.
    pub fn drill(&self, id: &str) -> Option<Drill<'_>> {
        Drill::of(self.page(PageKind::Drill, id)?)
    }

    /// Every drill, lesson by lesson.
    pub fn drills(&self) -> impl Iterator<Item = Drill<'_>> {
        let ids = self.lessons().flat_map(|lesson| &lesson.front.drills);
        ids.filter_map(|id| self.drill(id))
    }
}

impl<'k> Lesson<'k> {
    /// The page as what it is.
    pub(super) fn of(page: &'k Page) -> Option<Self> {
        let Front::Lesson(front) = &page.front else { return None };
        Some(Self { page, front })
    }

    /// The anchors of the screens to read, in order.
    pub fn screens(&self) -> Vec<&'k str> {
        let anchors = self.page.blocks(Language::En).iter().filter_map(|block| match block {
            Block::Heading { anchor, .. } if anchor.starts_with("screen-") => Some(anchor.as_str()),
            _ => None,
        });
        anchors.collect()
    }

    /// The cells of the prediction, in order.
    pub fn cells(&self) -> Vec<&'k str> {
        code(self.page.section(Language::En, "predict"))
    }

    /// The choices of the prediction, in order.
    pub fn choices(&self) -> Vec<Choice> {
        let of = |anchor| Both {
            en: items(self.page.section(Language::En, anchor)),
            zh: items(self.page.section(Language::Zh, anchor)),
        };
        let (texts, answers) = (of("predict"), of("answer"));
        let texts = texts.en.into_iter().zip(texts.zh);
        let answers = answers.en.into_iter().zip(answers.zh);
        let choice = |(at, ((en, zh), (answer_en, answer_zh))): (usize, _)| Choice {
            text: Both { en, zh },
            answer: Both { en: answer_en, zh: answer_zh },
            is_right: at + 1 == self.front.answer,
        };
        texts.zip(answers).enumerate().map(choice).collect()
    }
}

impl<'k> Drill<'k> {
    /// The page as what it is.
    pub(super) fn of(page: &'k Page) -> Option<Self> {
        let Front::Drill(front) = &page.front else { return None };
        Some(Self { page, front })
    }

    /// The cells as given, in order.
    pub fn cells(&self) -> Vec<&'k str> {
        code(self.page.section(Language::En, "cells"))
    }

    /// The cells repaired.
    pub fn solution(&self) -> Vec<&'k str> {
        code(self.page.section(Language::En, "solution"))
    }

    /// Other right repairs.
    pub fn also(&self) -> Vec<Repair<'k>> {
        self.repairs("also-")
    }

    /// Repairs that look right and are not.
    pub fn wrong(&self) -> Vec<Repair<'k>> {
        self.repairs("wrong-")
    }

    /// The hints in words, the weakest first.
    pub fn hints(&self) -> Vec<Both<Vec<Inline>>> {
        let of = |language| items(self.page.section(language, "hints")).into_iter();
        of(Language::En).zip(of(Language::Zh)).map(|(en, zh)| Both { en, zh }).collect()
    }

    fn repairs(&self, prefix: &str) -> Vec<Repair<'k>> {
        let anchors = self.page.blocks(Language::En).iter().filter_map(|block| match block {
            Block::Heading { anchor, .. } if anchor.starts_with(prefix) => Some(anchor),
            _ => None,
        });
        let repair = |anchor: &String| Repair {
            anchor: anchor.clone(),
            cells: code(self.page.section(Language::En, anchor)),
        };
        anchors.map(repair).collect()
    }
}

fn code(blocks: &[Block]) -> Vec<&str> {
    let code = blocks.iter().filter_map(|block| match block {
        Block::Code { language, text } if language == "python" => Some(text.as_str()),
        _ => None,
    });
    code.collect()
}

fn items(blocks: &[Block]) -> Vec<Vec<Inline>> {
    let items = blocks.iter().filter_map(|block| match block {
        Block::Item { text, .. } => Some(text.clone()),
        _ => None,
    });
    items.collect()
}
