//! Repairs go into the cells, the cells into the file, and everything can be taken back.

use super::Tutor;
use super::document::Document;
use super::message::{Effect, Saved};
use super::popups::Question;
use super::telling::about;
use crate::diagnostic::{Applicability, Message};
use crate::document::{Prose, Tone};
use crate::notebook::Format;
use crate::review::changed_sources;
use crate::text::{CellIndex, Wording};
use crate::wording::status;

impl Tutor<'_> {
    /// Asks whether the fix that is looked at is to be applied and the file written. After an undo
    /// what is there now is written as it is. A notebook without a file is changed here at once.
    pub(super) fn apply_and_write(&mut self) {
        let Some(document) = self.document() else { return };
        if let Some(why) = document.notebook.read_only() {
            let why = why.to_string();
            return self.say(status::READ_ONLY, &[("why", &why)], Tone::Caution);
        }
        if self.ask_about_both() {
            return;
        }
        let Some(document) = self.document() else { return };
        let settled = document.settled && document.is_unsaved();
        let repair = if settled { None } else { self.repair_at_hand() };
        match repair {
            Some(repair) if document.path.is_some() => self.ask(Question::Write(repair)),
            Some(repair) => {
                self.repair(repair);
                self.say_changed_here(status::REPAIRED_HERE);
            }
            None => self.write(),
        }
    }

    /// What the fix that is looked at makes of the cells; `None` when it may not be written.
    fn repair_at_hand(&self) -> Option<Vec<(CellIndex, String)>> {
        let walk = self.walk_seen()?;
        let fix = walk.current()?.fixes.get(walk.choice)?;
        let writable = fix.applicability > Applicability::DisplayOnly;
        changed_sources(&walk.document.notebook, &fix.edits).filter(|_| writable)
    }

    /// Changes the cells as one step that can be taken back.
    pub(super) fn repair(&mut self, sources: Vec<(CellIndex, String)>) {
        let (knowledge, reading) = (self.knowledge, self.reading);
        let Some(walk) = self.walk().filter(|_| !sources.is_empty()) else { return };
        let noted = walk.note();
        walk.document.change(sources, &knowledge.tables);
        walk.find_after(noted);
        walk.refresh(knowledge, reading);
    }

    /// Asks before what was changed here is written.
    pub(super) fn write(&mut self) {
        let Some(document) = self.document() else { return };
        if !document.is_unsaved() {
            self.say(status::NOTHING_TO_WRITE, &[], Tone::Quiet);
        } else if document.path.is_some() {
            self.ask(Question::Write(Vec::new()));
        } else {
            self.say_changed_here(status::CHANGED_IN_MEMORY);
        }
    }

    pub(super) fn step_back(
        &mut self,
        step: impl Fn(&mut Document, &crate::knowledge::Tables) -> Option<Vec<CellIndex>>,
        done: Wording,
        nothing: Wording,
    ) {
        let tables = &self.knowledge.tables;
        let Some(walk) = self.walk() else { return };
        let noted = walk.note();
        let was_written = walk.document.path.is_some() && !walk.document.is_unsaved();
        match step(&mut walk.document, tables) {
            Some(cells) => {
                if let Some(first) = cells.first().filter(|_| !cells.contains(&walk.cell)) {
                    walk.visit(*first, 0);
                    walk.document.settled = true;
                }
                walk.find_back(&noted);
                let is_unsaved = walk.document.is_unsaved();
                if was_written && is_unsaved && self.theirs.is_none() {
                    // The file holds what was taken back: the old text is offered to it.
                    self.ask(Question::Write(Vec::new()));
                    self.say(status::UNDONE_WRITES, &[], Tone::Quiet);
                } else {
                    self.say(done, &[], Tone::Quiet);
                }
            }
            None => self.say(nothing, &[], Tone::Quiet),
        }
    }

    /// Asks the shell to write the file.
    pub(super) fn save(&mut self) -> Vec<Effect> {
        if self.ask_about_both() {
            self.quit_after_write = false;
            return Vec::new();
        }
        let Some(document) = self.document() else { return Vec::new() };
        let Some(path) = document.path.clone() else {
            self.quit_after_write = false;
            self.say(status::NO_FILE, &[], Tone::Caution);
            return Vec::new();
        };
        match document.bytes() {
            Ok(bytes) => {
                let expected = document.notebook.original().to_vec();
                self.writing = Some(bytes.clone());
                vec![Effect::Save { path, expected, bytes }]
            }
            Err(error) => {
                self.quit_after_write = false;
                self.say_unwritten(&error.message());
                Vec::new()
            }
        }
    }

    pub(super) fn saved(&mut self, result: Result<Saved, Message>) -> Vec<Effect> {
        let quit = std::mem::take(&mut self.quit_after_write);
        let bytes = self.writing.take();
        let tables = &self.knowledge.tables;
        match (result, bytes) {
            (Ok(Saved { path, remarks }), Some(bytes)) => {
                let told = self.page_of(&about(&path, remarks));
                let read = self.walk().map(|walk| walk.document.written(bytes, tables));
                if let Some(Err(error)) = read {
                    let (why, _) =
                        super::unread::unread(self.knowledge, self.reading.base(), &error);
                    self.say(status::NOT_WRITTEN, &[("why", &why)], Tone::Mistake);
                    return Vec::new();
                }
                self.rewrite();
                self.say_written(&path.display().to_string());
                // Where there is something to read, the screen stays.
                let stays = told.is_some() || !quit;
                self.windows.extend(told);
                if stays { Vec::new() } else { vec![Effect::Quit] }
            }
            (Err(why), _) => {
                // It was wanted, and can be tried again as it is.
                if let Some(walk) = self.walk() {
                    walk.document.settled = true;
                }
                self.say_unwritten(&why);
                Vec::new()
            }
            (Ok(_), None) => Vec::new(),
        }
    }

    /// What was done to the file, and where to go next.
    fn say_written(&mut self, path: &str) {
        let first = !std::mem::replace(&mut self.told_to_reload, true);
        let repaired = std::mem::take(&mut self.repaired);
        let key = if repaired { status::REPAIRED } else { status::WRITTEN };
        let mut said = vec![self.clause(key, &[("file", path)])];
        said.extend(first.then(|| self.clause(self.reload(), &[])));
        said.push(self.next_clause());
        said.push(self.clause(status::CAN_UNDO, &[]));
        self.say_all(said, Tone::Right);
    }

    /// How the program that has the file open comes to read it again.
    fn reload(&self) -> Wording {
        let format = self.document().map(|document| document.notebook.format);
        match format {
            Some(Format::Ipynb { .. }) | None => status::RELOAD,
            Some(_) => status::RELOAD_TEXT,
        }
    }

    /// The cell was changed where no file holds it.
    pub(super) fn say_changed_here(&mut self, key: Wording) {
        let next = self.next_clause();
        let keys = [status::CAN_COPY, status::CAN_UNDO];
        let [copy, undo] = keys.map(|key| self.clause(key, &[]));
        self.say_all(vec![self.clause(key, &[]), copy, next, undo], Tone::Right);
    }

    /// The next problem, or that there is none.
    fn next_clause(&self) -> Prose {
        let way = self.walk_seen().and_then(|walk| walk.way(true));
        match way {
            Some(way) => {
                let cell = way.to.0.number().to_string();
                self.clause(status::NEXT_PROBLEM, &[("cell", &cell)])
            }
            None => self.clause(status::ALL_REPAIRED, &[]),
        }
    }

    /// Asks the shell to save the advice for this problem as Markdown.
    pub(super) fn save_advice(&mut self) -> Vec<Effect> {
        let (knowledge, language) = (self.knowledge, self.reading.base());
        let Some(walk) = self.walk() else { return Vec::new() };
        let Some(problem) = walk.current() else {
            self.say(status::NO_ADVICE, &[], Tone::Quiet);
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
