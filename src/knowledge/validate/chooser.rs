//! The questions of the pattern chooser form a tree of which every path ends, and soon.

use std::collections::{BTreeSet, HashMap};

use unicode_width::UnicodeWidthStr;

use crate::diagnostic::Message;

use super::super::block::plain;
use super::super::case::CaseCell;
use super::super::chooser::{Chooser, End, KINDS, Leads};
use super::super::files::{self, ContentError};
use super::super::markdown::inlines;
use super::super::page::PageKind;
use super::super::{Knowledge, strings};

/// Questions on the way to an end at most.
const DEEPEST: usize = 5;

/// Choices of a question.
const CHOICES: std::ops::RangeInclusive<usize> = 2..=5;

/// Columns of an answer at most: it stands on one line of a window.
const ANSWER: usize = 65;

/// Columns of a skeleton's line at most.
const CODE: usize = 72;

/// Checks the chooser.
pub(super) fn check(knowledge: &Knowledge, out: &mut Vec<ContentError>) {
    let Some(source) = &knowledge.library.chooser else {
        return out.push(super::missing("content/chooser.yaml"));
    };
    let Ok(text) = source.text() else { return };
    let chooser = match serde_yaml::from_str::<Chooser>(text) {
        Ok(chooser) => chooser,
        Err(error) => return out.push(files::yaml(&source.path, text, 0, &error)),
    };
    let mut checker = Checker { knowledge, chooser: &chooser, found: Vec::new() };
    checker.questions();
    checker.ways(&chooser.start, 0);
    checker.reached();
    checker.ends();
    out.extend(checker.found.into_iter().map(|(path, message)| {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        files::at(&source.path, text, strings::key_place(text, &path), message)
    }));
}

struct Checker<'k> {
    knowledge: &'k Knowledge,
    chooser: &'k Chooser,
    /// What is wrong, and under which keys.
    found: Vec<(Vec<String>, Message)>,
}

impl Checker<'_> {
    fn complain(&mut self, path: &[&str], message: Message) {
        let path = path.iter().map(|part| (*part).to_owned()).collect();
        self.found.push((path, message));
    }

    fn questions(&mut self) {
        let chooser = self.chooser;
        if !chooser.questions.contains_key(&chooser.start) {
            let message =
                Message::complains("complaints.chooser.no-question").with("id", &chooser.start);
            self.complain(&["start"], message);
        }
        for (id, question) in &chooser.questions {
            let path = ["questions", id.as_str()];
            if !CHOICES.contains(&question.choices.len()) {
                let message = Message::complains("complaints.chooser.choices");
                self.complain(&path, message.with("n", question.choices.len()));
            }
            let texts = question.choices.iter().map(|choice| &choice.text);
            for text in texts.chain([&question.ask]) {
                if text.en.trim().is_empty() || text.zh.trim().is_empty() {
                    self.complain(&path, Message::complains("complaints.empty-text"));
                }
            }
            for choice in &question.choices {
                let said = &choice.text.en;
                for text in [&choice.text.en, &choice.text.zh] {
                    let width = plain(&inlines(text)).width();
                    if width > ANSWER {
                        let message =
                            Message::complains("complaints.chooser.wide").with("text", text);
                        self.complain(&path, message.with("n", width).with("most", ANSWER));
                    }
                }
                let message = match &choice.leads {
                    None => {
                        Message::complains("complaints.chooser.leads-nowhere").with("text", said)
                    }
                    Some(Leads::Question(to)) if !chooser.questions.contains_key(to) => {
                        Message::complains("complaints.chooser.no-question").with("id", to)
                    }
                    Some(Leads::End(end)) if !chooser.ends.contains_key(end) => {
                        Message::complains("complaints.chooser.no-end").with("id", end)
                    }
                    Some(_) => continue,
                };
                self.complain(&path, message);
            }
        }
    }

    /// Follows every way from a question to which `before` others lead. A circle is too long, too.
    fn ways(&mut self, id: &str, before: usize) {
        if before >= DEEPEST {
            let message = Message::complains("complaints.chooser.deep").with("most", DEEPEST);
            return self.complain(&["questions", id], message);
        }
        let chooser = self.chooser;
        let Some(question) = chooser.questions.get(id) else { return };
        for choice in &question.choices {
            if let Some(Leads::Question(to)) = &choice.leads {
                self.ways(to, before.saturating_add(1));
            }
        }
    }

    /// Every question and end is on a way from the start.
    fn reached(&mut self) {
        let chooser = self.chooser;
        let (mut questions, mut ends) = (BTreeSet::new(), BTreeSet::new());
        let mut open = vec![chooser.start.as_str()];
        while let Some(id) = open.pop() {
            if !questions.insert(id) {
                continue;
            }
            let choices = chooser.questions.get(id).map(|question| &question.choices);
            for choice in choices.into_iter().flatten() {
                match &choice.leads {
                    Some(Leads::Question(to)) => open.push(to),
                    Some(Leads::End(end)) => _ = ends.insert(end.as_str()),
                    None => {}
                }
            }
        }
        for id in chooser.questions.keys().filter(|id| !questions.contains(id.as_str())) {
            self.complain(
                &["questions", id],
                Message::complains("complaints.chooser.lost-question"),
            );
        }
        for id in chooser.ends.keys().filter(|id| !ends.contains(id.as_str())) {
            self.complain(&["ends", id], Message::complains("complaints.chooser.lost-end"));
        }
    }

    fn ends(&mut self) {
        let (knowledge, chooser) = (self.knowledge, self.chooser);
        for (id, end) in &chooser.ends {
            let path = ["ends", id.as_str()];
            for text in [&end.why, &end.costs] {
                if text.en.trim().is_empty() || text.zh.trim().is_empty() {
                    self.complain(&path, Message::complains("complaints.empty-text"));
                }
            }
            let slots =
                || KINDS.iter().filter(|kind| knowledge.library.slot(**kind, &end.page).is_some());
            match (slots().next(), &end.skeleton) {
                (None, _) => {
                    let message =
                        Message::complains("complaints.chooser.no-page").with("id", &end.page);
                    self.complain(&path, message);
                }
                (Some(PageKind::Pattern), None) => {
                    self.complain(&path, Message::complains("complaints.chooser.no-skeleton"));
                }
                _ => {}
            }
            if let Some(skeleton) = &end.skeleton {
                self.skeleton(id, end, skeleton);
            }
        }
        for name in chooser.names.keys() {
            let skeletons = chooser.ends.values().filter_map(|end| end.skeleton.as_ref());
            let mut used = skeletons.flat_map(|text| strings::placeholders(text));
            if !used.any(|used| used == name) {
                self.complain(
                    &["names", name],
                    Message::complains("complaints.chooser.unused-name"),
                );
            }
        }
    }

    /// Its names are known, its lines fit, and the kernel cases run it as it stands.
    fn skeleton(&mut self, id: &str, end: &End, skeleton: &str) {
        let (knowledge, chooser) = (self.knowledge, self.chooser);
        let path = ["ends", id];
        for name in strings::placeholders(skeleton) {
            if !chooser.names.contains_key(name) {
                let message = Message::complains("complaints.chooser.no-name");
                self.complain(&path, message.with("name", format!("{{{name}}}")));
            }
        }
        let filled = chooser.skeleton(end, &HashMap::new()).unwrap_or_default();
        if filled.lines().any(|line| line.width() > CODE) {
            self.complain(
                &path,
                Message::complains("complaints.chooser.wide-code").with("most", CODE),
            );
        }
        if end.facts.is_empty() {
            self.complain(&path, Message::complains("complaints.chooser.never-run"));
        }
        for fact in &end.facts {
            match knowledge.case(fact) {
                None => self.complain(
                    &path,
                    Message::complains("complaints.cases.none").with("case", fact),
                ),
                Some(case) => {
                    let runs =
                        |cell: &CaseCell| cell.error.is_none() && cell.code.trim_end() == filled;
                    if !case.cells.iter().any(runs) {
                        let message = Message::complains("complaints.chooser.not-run");
                        self.complain(&path, message.with("case", fact));
                    }
                }
            }
        }
    }
}
