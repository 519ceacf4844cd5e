//! Repairs go into the cells, the cells into the file, and everything can be taken back.

use std::path::PathBuf;

use super::Tutor;
use super::document::Document;
use super::message::Effect;
use super::popups::{Kind, Question};
use super::view::Tone;
use crate::diagnostic::Applicability;
use crate::review::changed_sources;
use crate::text::CellIndex;

impl Tutor<'_> {
    /// Applies the fix that is looked at, then asks before the file is written. After an undo
    /// what is there now is written as it is.
    pub(super) fn apply_and_write(&mut self) {
        let settled = self.document().is_some_and(|it| it.settled && it.is_unsaved());
        if settled || self.apply() {
            self.write();
        }
    }

    /// Applies the fix that is looked at to the cells; `false` when there is nothing to write.
    fn apply(&mut self) -> bool {
        let tables = &self.knowledge.tables;
        let Some(walk) = self.walk() else { return false };
        if let Some(why) = walk.document.notebook.read_only() {
            let why = why.to_string();
            self.say("status.read-only", &[("why", &why)], Tone::Caution);
            return false;
        }
        let fix = walk.current().and_then(|found| found.fixes.get(walk.choice));
        let writable = fix.filter(|fix| fix.applicability > Applicability::DisplayOnly).cloned();
        let changed = writable.and_then(|fix| changed_sources(&walk.document.notebook, &fix.edits));
        match changed {
            Some(sources) => {
                walk.document.change(sources, tables);
                walk.choice = 0;
                true
            }
            None if walk.document.is_unsaved() => true,
            None => {
                self.say("status.nothing-to-write", &[], Tone::Caution);
                false
            }
        }
    }

    /// Asks before the file is written; a notebook without a file is only changed here.
    pub(super) fn write(&mut self) {
        let Some(document) = self.document() else { return };
        if !document.is_unsaved() {
            self.say("status.nothing-to-write", &[], Tone::Quiet);
        } else if document.path.is_some() {
            self.ask(Question::Write);
        } else {
            self.say("status.changed-in-memory", &[], Tone::Right);
        }
    }

    pub(super) fn copy(&mut self) -> Vec<Effect> {
        if let Some(window) = self.windows.last() {
            if let Some(text) = self.record_to_copy() {
                return vec![Effect::Copy(text)];
            }
            if let Kind::Outcome(outcome) = &window.kind {
                return outcome.code.clone().map(Effect::Copy).into_iter().collect();
            }
            let Kind::Reader { id: Some((kind, id)), .. } = &window.kind else { return Vec::new() };
            let page = self.knowledge.page(*kind, id);
            let text = page.map(|page| page.markdown.get(self.reading.base()).clone());
            return text.map(Effect::Copy).into_iter().collect();
        }
        let Some(walk) = self.walk() else { return Vec::new() };
        let source = walk.document.source(walk.cell);
        let fix = walk.current().and_then(|found| found.fixes.get(walk.choice));
        if let Some(command) = fix.and_then(|fix| super::pages::command(&walk.document, fix)) {
            return vec![Effect::Copy(command)];
        }
        let repaired = fix.and_then(|fix| {
            let changed = changed_sources(&walk.document.notebook, &fix.edits)?;
            changed.into_iter().find(|(cell, _)| *cell == walk.cell).map(|(_, source)| source)
        });
        vec![Effect::Copy(repaired.unwrap_or_else(|| source.to_owned()))]
    }

    pub(super) fn step_back(
        &mut self,
        step: impl Fn(&mut Document, &crate::knowledge::Tables) -> Option<Vec<CellIndex>>,
        done: &str,
        nothing: &str,
    ) {
        let tables = &self.knowledge.tables;
        let Some(walk) = self.walk() else { return };
        match step(&mut walk.document, tables) {
            Some(cells) => {
                if let Some(first) = cells.first().filter(|_| !cells.contains(&walk.cell)) {
                    walk.visit(*first, 0);
                }
                self.say(done, &[], Tone::Quiet);
            }
            None => self.say(nothing, &[], Tone::Quiet),
        }
    }

    /// Asks the shell to write the file.
    pub(super) fn save(&mut self) -> Vec<Effect> {
        let Some(document) = self.document() else { return Vec::new() };
        let Some(path) = document.path.clone() else {
            self.quit_after_write = false;
            self.say("status.no-file", &[], Tone::Caution);
            return Vec::new();
        };
        match document.bytes() {
            Ok(bytes) => {
                let expected = document.notebook.original().to_vec();
                self.writing = Some(bytes.clone());
                vec![Effect::Save { path, expected, bytes }]
            }
            Err(error) => {
                let why = super::opening::error_chain(&error);
                self.quit_after_write = false;
                self.say("status.not-written", &[("why", &why)], Tone::Mistake);
                Vec::new()
            }
        }
    }

    pub(super) fn saved(&mut self, result: Result<PathBuf, String>) -> Vec<Effect> {
        let quit = std::mem::take(&mut self.quit_after_write);
        let bytes = self.writing.take();
        let tables = &self.knowledge.tables;
        match (result, bytes) {
            (Ok(path), Some(bytes)) => {
                let read = self.walk().map(|walk| walk.document.written(bytes, tables));
                if let Some(Err(error)) = read {
                    let why = super::opening::error_chain(&error);
                    self.say("status.not-written", &[("why", &why)], Tone::Mistake);
                    return Vec::new();
                }
                self.rewrite();
                let path = path.display().to_string();
                self.say("status.written", &[("file", &path)], Tone::Right);
                if quit { vec![Effect::Quit] } else { Vec::new() }
            }
            (Err(why), _) => {
                self.say("status.not-written", &[("why", &why)], Tone::Mistake);
                Vec::new()
            }
            (Ok(_), None) => Vec::new(),
        }
    }

    /// Asks the shell to save the advice for this problem as Markdown.
    pub(super) fn save_advice(&mut self) -> Vec<Effect> {
        let (knowledge, language) = (self.knowledge, self.reading.base());
        let Some(walk) = self.walk() else { return Vec::new() };
        let Some(problem) = walk.current() else {
            self.say("status.no-advice", &[], Tone::Quiet);
            return Vec::new();
        };
        let text =
            super::advice::markdown(knowledge, language, &walk.document, problem, walk.choice);
        let stem = walk.document.path.as_ref().and_then(|path| path.file_stem());
        let stem =
            stem.map_or_else(|| "cell".to_owned(), |stem| stem.to_string_lossy().into_owned());
        let name = format!("{stem}-cell-{}-{}.md", walk.cell.number(), problem.rule);
        vec![Effect::SaveAdvice { near: walk.document.path.clone(), name, text }]
    }
}
