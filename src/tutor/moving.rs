//! A helper moves into a module beside the notebook: looked at, agreed to, and taken back.

use std::path::{Path, PathBuf};

use super::Tutor;
use super::message::{Effect, Told};
use super::pages::helper_to_move;
use super::popups::{Question, Reader};
use super::reading::Writer;
use super::view::Page;
use crate::document::{Block, Prose, Tone, diff};
use crate::knowledge::Both;
use crate::review::{Extracted, FileChange, extract, sentence};
use crate::rewrite::extract::{Refusal, Request, Undecided, numbers};
use crate::text::{CellIndex, Wording};
use crate::wording::{self, pattern, record};

/// The module's name, as an import has it.
const MODULE: &str = "helpers";

/// A move between the question and the end of the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The notebook is the last.
    files: Vec<FileChange>,
    /// What says that it was done, and that it was taken back.
    texts: [Wording; 2],
    /// The cell to show in the notebook as it will be.
    cell: CellIndex,
    /// The cell to show when it is taken back.
    from: CellIndex,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Asked,
    Done,
    TakingBack,
}

impl Move {
    /// A record that becomes the notebook's cell at `cell`, above the one at `from`.
    pub(super) fn of_record(files: Vec<FileChange>, cell: CellIndex, from: CellIndex) -> Self {
        Self { files, texts: [record::DONE, record::TAKEN_BACK], cell, from, state: State::Asked }
    }

    fn notebook(&self) -> &Path {
        self.files.last().map_or(Path::new(""), |file| &file.path)
    }

    /// What was written first: the module, or the notebook where that is all.
    fn first_name(&self) -> String {
        self.files.first().map(|file| file.path.display().to_string()).unwrap_or_default()
    }
}

impl Tutor<'_> {
    /// Asks for the module as it is, when the fix that is looked at moves a helper.
    pub(super) fn begin_move(&mut self) -> Option<Vec<Effect>> {
        let walk = self.walk()?;
        let fix = walk.current().and_then(|found| found.fixes.get(walk.choice))?;
        helper_to_move(&walk.document, fix)?;
        if walk.document.is_unsaved() {
            self.say(wording::moving::UNSAVED, &[], Tone::Caution);
            return Some(Vec::new());
        }
        let module = walk.document.path.as_ref()?.with_file_name(format!("{MODULE}.py"));
        Some(vec![Effect::Look(module)])
    }

    /// The module was looked at: plans the move and asks.
    pub(super) fn looked(&mut self, module: PathBuf, held: Result<Option<Vec<u8>>, Both<String>>) {
        let held = match held {
            Ok(held) => held,
            Err(why) => {
                let why = self.in_words(&why);
                return self.say(wording::status::NOT_WRITTEN, &[("why", why)], Tone::Mistake);
            }
        };
        // A file in another encoding would not survive.
        if held.as_deref().is_some_and(|bytes| std::str::from_utf8(bytes).is_err()) {
            let file = module.display().to_string();
            return self.say(wording::moving::NOT_TEXT, &[("module", &file)], Tone::Caution);
        }
        match self.plan_move(module, held) {
            Some(Ok((planned, page))) => {
                self.moving = Some(planned);
                self.confirm(Question::Move, wording::moving::TITLE, page);
            }
            Some(Err(Refusal::Undecided(list))) => {
                let page = self.undecided(&list);
                let title = self.knowledge.ui(self.reading.base(), wording::moving::TITLE, &[]);
                self.open_window(Reader { title, page: page.into(), id: None });
            }
            Some(Err(refusal)) => {
                let said = sentence(self.knowledge, self.reading.base(), &refusal.message());
                self.status = Some(Prose::of(&said).in_tone(Tone::Caution));
            }
            None => {}
        }
    }

    fn plan_move(
        &mut self,
        module: PathBuf,
        held: Option<Vec<u8>>,
    ) -> Option<Result<(Move, Page), Refusal>> {
        let (knowledge, language) = (self.knowledge, self.reading.base());
        let walk = self.walk()?;
        let fix = walk.current().and_then(|found| found.fixes.get(walk.choice))?;
        let name = helper_to_move(&walk.document, fix)?.to_owned();
        let path = walk.document.path.clone()?;
        let file = path.file_name()?.to_string_lossy().into_owned();
        let (from, text) = (walk.cell, held.as_deref().map(String::from_utf8_lossy));
        let request = Request {
            names: &[name],
            module: MODULE,
            existing: text.as_deref(),
            partial: false,
            title: &knowledge.ui(language, wording::extract::TITLE, &[("notebook", &file)]),
            skip_reason: &knowledge.ui(language, wording::extract::SKIP, &[]),
        };
        let notebook = &walk.document.notebook;
        let done = match extract(notebook, &knowledge.tables, &request) {
            Ok(done) => done,
            Err(refusal) => return Some(Err(refusal)),
        };
        let original = notebook.original().to_vec();
        let page = self.move_page(&file, text.as_deref().unwrap_or_default(), &done);
        let cell = done.cells.first().copied().unwrap_or_default();
        let files = done.files(module, held.clone(), (path, original));
        let texts = [wording::moving::DONE, wording::moving::TAKEN_BACK];
        let files = files.to_vec();
        Some(Ok((Move { files, texts, cell, from, state: State::Asked }, page)))
    }

    /// What would be written into which file.
    fn move_page(&self, file: &str, held: &str, done: &Extracted) -> Page {
        let mut writer = Writer::new(self.knowledge, self.reading);
        let module = format!("{MODULE}.py");
        let names: Vec<&str> =
            done.plan.moved.iter().flat_map(|it| &it.names).map(String::as_str).collect();
        let asked = [("names", &*names.join(", ")), ("file", file), ("module", &module)];
        writer.conclusion(wording::moving::ASKS, &asked);
        writer.paragraph(wording::moving::MODULE, &[("module", &module)]);
        writer.same(Block::Diff(diff(held, &done.plan.module)));
        if let Some(setup) = done.setup {
            writer.paragraph(wording::moving::SETUP, &[("cell", &setup.number().to_string())]);
            let source = done.plan.setup.as_deref().unwrap_or_default();
            writer.same(Block::Diff(diff("", source)));
        }
        for cell in &done.cells {
            let old = done.prepared.cell(*cell).map_or("", |cell| &cell.source);
            let new = done.after.cell(*cell).map_or("", |cell| &cell.source);
            writer.paragraph(pattern::IN_CELL, &[("cell", &cell.number().to_string())]);
            writer.same(Block::Diff(diff(old, new)));
        }
        writer.paragraph(wording::moving::TESTS, &[]);
        let (language, text) = ("python".to_owned(), done.plan.tests.clone());
        writer.same(Block::Code { language, text });
        writer.finish()
    }

    /// The names that are parameters to decide, before anything can move.
    fn undecided(&self, list: &[Undecided]) -> Page {
        let (knowledge, mut writer) = (self.knowledge, Writer::new(self.knowledge, self.reading));
        let Some(document) = self.document() else { return writer.finish() };
        writer.conclusion(wording::extract::DECIDE, &[("path", &document.name)]);
        for one in list {
            let source = document.source(one.read.cell);
            let line = crate::text::position(source, one.read.range.start).line.to_string();
            let cell = one.read.cell.number().to_string();
            let cells = if one.bound.is_empty() { cell.clone() } else { numbers(&one.bound) };
            writer.each(|language| {
                let why = knowledge.ui(language, one.kind.key(), &[("cells", &cells)]);
                let args = [
                    ("name", one.name.as_str()),
                    ("by", &one.needed_by),
                    ("cell", &cell),
                    ("line", &line),
                    ("why", &why),
                ];
                Block::Paragraph(super::reading::ui(
                    knowledge,
                    language,
                    wording::extract::READ_AT,
                    &args,
                ))
            });
        }
        writer.paragraph(wording::moving::DECIDE_NEXT, &[]);
        writer.finish()
    }

    /// Yes: both files are written, or none.
    pub(super) fn carry_out_move(&mut self) -> Vec<Effect> {
        let asked = self.moving.as_ref().filter(|it| it.state == State::Asked);
        asked.map(|planned| Effect::SaveTogether(planned.files.clone())).into_iter().collect()
    }

    /// Takes the last move back, when it is this notebook's last change.
    pub(super) fn undo_move(&mut self) -> Option<Vec<Effect>> {
        let document = self.document()?;
        let path = document.path.clone()?;
        let untouched = !document.can_undo();
        let done = self.moving.as_mut().filter(|it| it.state == State::Done && untouched)?;
        if done.notebook() != path {
            return None;
        }
        done.state = State::TakingBack;
        Some(vec![Effect::TakeBack(done.files.clone())])
    }

    /// The files were written, or what was written was taken back: reads the notebook again.
    pub(super) fn moved(&mut self, result: Result<Vec<Told>, Vec<Told>>) -> Vec<Effect> {
        let Some(mut planned) = self.moving.take() else { return Vec::new() };
        let module = planned.first_name();
        let back = planned.state == State::TakingBack;
        let [done, taken_back] = planned.texts;
        match result {
            Err(told) => {
                self.say_failed(&told);
                // What could not be taken back can be tried again.
                if back {
                    planned.state = State::Done;
                    self.moving = Some(planned);
                }
                Vec::new()
            }
            Ok(told) => {
                let cell = if back { planned.from } else { planned.cell };
                self.wanted_cell = Some(cell.number());
                let open = vec![Effect::Open(planned.notebook().to_owned())];
                if !back {
                    planned.state = State::Done;
                    self.moving = Some(planned);
                }
                let key = if back { taken_back } else { done };
                self.say(key, &[("module", &module)], Tone::Right);
                self.unread = self.page_of(&told);
                open
            }
        }
    }
}
