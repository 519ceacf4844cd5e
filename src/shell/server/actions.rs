//! What an editor offers at a diagnostic: its fixes, to be silent about it, to move a helper out;
//! and all safe fixes at once.

use gen_lsp_types::Range;
use serde_json::{Value, json};

use super::document::{Document, Shape};
use super::edits::{self, Abilities, Edits, NewFile};
use super::publish;
use crate::diagnostic::{Applicability, Diagnostic, Fix};
use crate::knowledge::Tables;
use crate::notebook::{self, Notebook};
use crate::review::{Repairs, changed_sources, extract, helper_of, review_again, silence};
use crate::rewrite::extract::Request;
use crate::shell::report::Voice;
use crate::text::{CellIndex, Wording};
use crate::wording::{self, server};

/// The kinds of what is offered.
pub const KINDS: [&str; 4] =
    ["quickfix", "refactor.extract", "notebook.source.fixAll.nbasync", "source.fixAll.nbasync"];

/// The name of a module that a helper moves into, as an import has it.
pub const MODULE: &str = "helpers";

/// The module beside the notebook as it is now.
pub struct Module {
    pub uri: String,
    /// Its text; `None` where there is no such file.
    pub text: Option<String>,
}

/// What is asked for.
pub struct Asked<'a> {
    pub voice: Voice<'a>,
    pub tables: &'a Tables,
    pub document: &'a Document,
    pub uri: &'a str,
    pub range: Range,
    /// Kinds to which the answer is limited.
    pub only: Option<Vec<String>>,
    pub abilities: Abilities,
    /// `None` where no module may be written.
    pub module: Option<Module>,
}

impl Asked<'_> {
    /// Everything that can be done here.
    pub fn answer(&self) -> Vec<Value> {
        let mut out = Vec::new();
        let places = self.document.places();
        let all = self.document.review.iter().flat_map(|review| &review.diagnostics);
        for found in all.filter(|it| places.touches(it.place(), self.uri, self.range)) {
            out.extend(self.fixes(found));
            out.extend(self.silence(found));
            out.extend(self.extract(found));
        }
        out.extend(self.fix_all());
        out
    }

    /// Whether this kind was asked for.
    fn wants(&self, kind: &str) -> bool {
        let holds = |only: &String| {
            let rest = kind.strip_prefix(only.as_str());
            only.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.only.as_ref().is_none_or(|only| only.iter().any(holds))
    }

    fn fixes(&self, found: &Diagnostic) -> Vec<Value> {
        let offered = found.fixes.iter().enumerate();
        let made = offered.filter(|_| self.wants("quickfix")).filter_map(|(at, fix)| {
            let is_safe = fix.applicability == Applicability::Safe;
            let changes = changed_sources(self.document.notebook.as_ref()?, &fix.edits)?;
            let edits = edits::of_cells(self.document, &changes)?;
            let may = fix.applicability > Applicability::DisplayOnly && !edits.is_empty();
            let edit = may.then(|| edits::workspace(self.abilities, edits, None))??;
            let mut action = self.action(&self.title(fix), "quickfix", found, edit)?;
            if at == 0 && is_safe {
                action["isPreferred"] = json!(true);
            }
            Some(action)
        });
        made.collect()
    }

    fn title(&self, fix: &Fix) -> String {
        let title = self.voice.sentences(&fix.title).join(" / ");
        match fix.applicability {
            Applicability::Safe => title,
            _ => self.say(server::UNSAFE, &[("title", &title)]),
        }
    }

    fn silence(&self, found: &Diagnostic) -> Option<Value> {
        if !self.wants("quickfix") {
            return None;
        }
        let review = self.document.review.as_ref()?;
        let edit = silence(&review.cells, found)?;
        let changes = changed_sources(self.document.notebook.as_ref()?, &[edit])?;
        let edits = edits::of_cells(self.document, &changes)?;
        let edit = edits::workspace(self.abilities, edits, None)?;
        self.action(&self.say(server::SILENCE, &[("rule", found.rule)]), "quickfix", found, edit)
    }

    fn extract(&self, found: &Diagnostic) -> Option<Value> {
        let module = self.module.as_ref().filter(|_| self.wants("refactor.extract"))?;
        let name = found.fixes.iter().find_map(helper_of)?;
        let notebook = self.file()?;
        let path = self.document.path.as_ref()?;
        let file = path.file_name()?.to_string_lossy();
        let request = Request {
            names: &[name.to_owned()],
            module: MODULE,
            existing: module.text.as_deref(),
            partial: false,
            title: &self.voice.label(wording::extract::TITLE, &[("notebook", &file)]),
            skip_reason: &self.voice.label(wording::extract::SKIP, &[]),
        };
        let done = extract(&notebook, self.tables, &request).ok()?;
        let mut all: Edits = match &self.document.shape {
            Shape::Text { text, .. } => {
                let after = std::str::from_utf8(done.after.original()).ok()?;
                vec![(self.document.uri.clone(), edits::of_text(text, after))]
            }
            Shape::Cells { .. } => {
                // An edit makes no cell: what loads autoreload stands first in the one that imports.
                let mut changes = done.plan.changes.clone();
                if let (Some(setup), Some((_, first))) = (&done.plan.setup, changes.first_mut()) {
                    *first = format!("{setup}\n{first}");
                }
                edits::of_cells(self.document, &changes)?
            }
        };
        let new = match &module.text {
            None => Some(NewFile { uri: module.uri.clone(), text: done.plan.module }),
            Some(text) => {
                all.push((module.uri.clone(), edits::of_text(text, &done.plan.module)));
                None
            }
        };
        let edit = edits::workspace(self.abilities, all, new)?;
        let title =
            self.say(server::EXTRACT, &[("name", name), ("module", &format!("{MODULE}.py"))]);
        self.action(&title, "refactor.extract", found, edit)
    }

    /// The safe fixes of the whole notebook or text, where somebody asks for just that: it takes
    /// several reviews.
    fn fix_all(&self) -> Option<Value> {
        let kind = match self.document.shape {
            Shape::Cells { .. } => "notebook.source.fixAll.nbasync",
            Shape::Text { .. } => "source.fixAll.nbasync",
        };
        let is_asked = self.only.as_ref().is_some_and(|only| !only.iter().all(String::is_empty));
        let review = self.document.review.as_ref().filter(|_| is_asked && self.wants(kind))?;
        let before = self.file()?;
        let start = review_again(&before, self.tables, &review.surroundings, &review.known());
        let mut repairs = Repairs::new(before.clone(), start, Applicability::Safe, self.tables);
        repairs.run();
        let differs = |(old, new): (&notebook::Cell, &notebook::Cell)| {
            (old.source != new.source).then(|| (new.index, new.source.clone()))
        };
        let pairs = before.cells.iter().zip(&repairs.notebook.cells);
        let changes: Vec<(CellIndex, String)> = pairs.filter_map(differs).collect();
        if changes.is_empty() {
            return None;
        }
        let edits = edits::of_cells(self.document, &changes)?;
        let edit = edits::workspace(self.abilities, edits, None)?;
        Some(json!({"title": self.say(server::FIX_ALL, &[]), "kind": kind, "edit": edit}))
    }

    /// The notebook with a file of its own, which can be changed and read again.
    fn file(&self) -> Option<Notebook> {
        let notebook = self.document.notebook.as_ref()?;
        match self.document.shape {
            Shape::Cells { .. } => notebook::written(notebook).ok(),
            Shape::Text { .. } => Some(notebook.clone()),
        }
    }

    fn say(&self, key: Wording, args: &[(&str, &str)]) -> String {
        self.voice.say(key, args).join(" / ")
    }

    fn action(&self, title: &str, kind: &str, found: &Diagnostic, edit: Value) -> Option<Value> {
        let (_, shown) = publish::diagnostic(self.voice, &self.document.places(), found)?;
        let title = publish::shown(&[title.to_owned()]);
        Some(json!({"title": title, "kind": kind, "diagnostics": [shown], "edit": edit}))
    }
}
