//! Extraction for every front end: the plan and what becomes of the notebook.

use std::path::PathBuf;
use std::sync::Arc;

use super::aligned::read_cells;
use super::environment_of;
use crate::diagnostic::{Argument, Fix};
use crate::execution::Run;
use crate::index::names_of;
use crate::knowledge::Tables;
use crate::notebook::{CellKind, NewCell, Notebook, SaveError};
use crate::python::{Kind, Role};
use crate::rewrite::extract::{self, Extraction, Refusal, Request};
use crate::text::CellIndex;

/// A plan and the notebook that comes of it; the module's text is in the plan.
#[derive(Debug, Clone)]
pub struct Extracted {
    pub plan: Extraction,
    /// The notebook with the new cell alone, where there is one.
    pub prepared: Notebook,
    pub after: Notebook,
    /// The new cell, which loads autoreload.
    pub setup: Option<CellIndex>,
    /// The cells that import now, by their numbers in `after`.
    pub cells: Vec<CellIndex>,
}

/// What a file is to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    pub path: PathBuf,
    /// What the file holds now; `None` when there is none yet.
    pub expected: Option<Vec<u8>>,
    pub bytes: Vec<u8>,
}

impl Extracted {
    /// The module at `module`, which holds `existing` now, and the notebook, in the order in which
    /// they are written: a module that nothing imports yet does no harm.
    pub fn files(
        &self,
        module: PathBuf,
        existing: Option<Vec<u8>>,
        (notebook, before): (PathBuf, Vec<u8>),
    ) -> [FileChange; 2] {
        let bytes = self.plan.module.clone().into_bytes();
        let after = self.after.original().to_vec();
        [
            FileChange { path: module, expected: existing, bytes },
            FileChange { path: notebook, expected: Some(before), bytes: after },
        ]
    }
}

/// The helper that a fix would move into a module.
pub fn helper_of(fix: &Fix) -> Option<&str> {
    let function = fix.title.args.iter().find_map(|(name, value)| match value {
        Argument::Text(text) if *name == "function" => Some(text.as_str()),
        _ => None,
    })?;
    let moves = fix.edits.is_empty() && fix.title.key == "fix-extract";
    moves.then_some(function)
}

/// Plans an extraction.
///
/// # Errors
/// When nothing can be moved, with the reason.
pub fn extract(
    notebook: &Notebook,
    tables: &Tables,
    request: &Request,
) -> Result<Extracted, Refusal> {
    if !notebook.is_python() {
        return Err(Refusal::Language);
    }
    let cells = read_cells(notebook, &[]);
    let run = Run::of(names_of(&cells), Arc::default(), tables, environment_of(notebook));
    let plan = extract::extract(&run, notebook, request)?;
    carry_out(notebook, plan).map_err(Refusal::Save)
}

/// What another notebook has under the names of helpers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Alike {
    /// Helpers that stand there word for word, in the order of the names.
    pub same: Vec<String>,
    /// Names that mean something else there.
    pub other: Vec<String>,
}

/// Which of the helpers of `first` stand in `second` as well, spaces at the ends of lines aside.
pub fn alike(first: &Notebook, second: &Notebook, names: &[String]) -> Alike {
    let (own, others) = (definitions(first, names), definitions(second, names));
    let mut alike = Alike::default();
    for name in names {
        let texts = |all: &[(String, String)]| -> Vec<String> {
            all.iter().filter(|(of, _)| of == name).map(|(_, text)| text.clone()).collect()
        };
        match texts(&others) {
            there if there.is_empty() => {}
            there if there == texts(&own) => alike.same.push(name.clone()),
            _ => alike.other.push(name.clone()),
        }
    }
    alike
}

/// The functions, classes and lambdas at the top of a notebook's cells that have one of the names.
fn definitions(notebook: &Notebook, names: &[String]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for cell in read_cells(notebook, &[]) {
        let tree = &cell.syntax().tree;
        for statement in tree.statements() {
            let name = match tree.kind(statement) {
                Kind::FunctionDef { name, .. } | Kind::ClassDef { name, .. } => tree.text(*name),
                Kind::Assign => match tree.child(statement, Role::Target) {
                    Some(target) => tree.source_of(target),
                    None => continue,
                },
                _ => continue,
            };
            if names.iter().any(|it| it == name) {
                let lines = tree.source_of(statement).lines().map(str::trim_end);
                found.push((name.to_owned(), lines.collect::<Vec<_>>().join("\n")));
            }
        }
    }
    found
}

fn carry_out(notebook: &Notebook, plan: Extraction) -> Result<Extracted, SaveError> {
    let mut prepared = notebook.clone();
    let mut setup = None;
    if let Some(source) = &plan.setup {
        let at = place(notebook, &plan);
        let bytes = notebook.insert_after(before(at), &new_cell(notebook, source))?;
        prepared = reload(notebook, bytes, at)?;
        setup = Some(at);
    }
    let shifted = |cell: CellIndex| match setup {
        Some(at) if at <= cell => CellIndex(cell.0 + 1),
        _ => cell,
    };
    let changes: Vec<(CellIndex, String)> =
        plan.changes.iter().map(|(cell, source)| (shifted(*cell), source.clone())).collect();
    let cells: Vec<CellIndex> = changes.iter().map(|(cell, _)| *cell).collect();
    let first = cells.first().copied().unwrap_or(CellIndex(0));
    let after = reload(notebook, prepared.save(&changes)?, first)?;
    Ok(Extracted { plan, prepared, after, setup, cells })
}

/// The new cell's place: before the first cell that changes. Nothing comes before a script's first
/// cell, which has no marker; autoreload follows modules that were imported before it, too.
fn place(notebook: &Notebook, plan: &Extraction) -> CellIndex {
    let first = plan.changes.first().map_or(0, |(cell, _)| cell.0);
    CellIndex(first.max(usize::from(!notebook.format.has_room_above())))
}

fn before(cell: CellIndex) -> Option<CellIndex> {
    cell.0.checked_sub(1).map(CellIndex)
}

fn new_cell(notebook: &Notebook, source: &str) -> NewCell {
    let taken = |id: &str| notebook.cells.iter().any(|cell| cell.id.as_deref() == Some(id));
    let id = (1..).map(|number| format!("autoreload-{number}")).find(|id| !taken(id));
    NewCell { kind: CellKind::Code, source: source.to_owned(), id }
}

fn reload(notebook: &Notebook, bytes: Vec<u8>, cell: CellIndex) -> Result<Notebook, SaveError> {
    notebook.reload(bytes).map_err(|_| SaveError::Unfaithful { cell })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::{FreshCell, ipynb_of, parse_ipynb, parse_script};

    fn check(notebook: &Notebook, expected: &[&str], setup: usize, cells: &[usize]) {
        let request = Request {
            names: &["f".to_owned()],
            module: "helpers",
            existing: None,
            partial: false,
            title: "",
            skip_reason: "",
        };
        let done = extract(notebook, &Tables::default(), &request).unwrap();
        let sources: Vec<&str> = done.after.cells.iter().map(|cell| &*cell.source).collect();
        assert_eq!(sources, expected);
        assert_eq!(done.setup, Some(CellIndex(setup)));
        assert_eq!(done.cells, cells.iter().copied().map(CellIndex).collect::<Vec<_>>());
    }

    #[test]
    fn helpers_are_alike_word_for_word_alone() {
        let pasted = |text: &str| parse_script(text).unwrap();
        let first =
            pasted("# %%\nasync def f(n):\n    return n\n# %%\ng = lambda: 1\nclass H: ...\n");
        let second = pasted("# %%\nasync def f(n):  \n    return n\n# %%\ng = lambda: 2\n");
        let names = ["f", "g", "H"].map(str::to_owned);
        let found = alike(&first, &second, &names);
        assert_eq!((found.same, found.other), (vec!["f".to_owned()], vec!["g".to_owned()]));
        let twice =
            pasted("# %%\nasync def f(n):\n    return n\n# %%\nasync def f(n):\n    return n\n");
        assert_eq!(alike(&first, &twice, &names).other, ["f"]);
    }

    #[test]
    fn autoreload_stands_before_the_first_cell_that_changes() {
        let magics = "%load_ext autoreload\n%autoreload 2";
        let cells = ["# title", "async def f(): ...", "await f()"].map(FreshCell::code);
        let notebook = parse_ipynb(ipynb_of(&cells)).unwrap();
        let expected = ["# title", magics, "from helpers import f", "await f()"];
        check(&notebook, &expected, 1, &[2]);
        let notebook = parse_ipynb(ipynb_of(&cells[1..])).unwrap();
        check(&notebook, &expected[1..], 0, &[1]);
    }

    #[test]
    fn nothing_stands_before_the_first_cell_of_a_script() {
        let magics = "# %load_ext autoreload\n# %autoreload 2";
        let script = parse_script("async def f(): ...\n# %%\nawait f()\n# %%\n").unwrap();
        check(&script, &["from helpers import f", magics, "await f()", ""], 1, &[0]);
        let script = parse_script("# %%\nasync def f(): ...\n").unwrap();
        check(&script, &["", magics, "from helpers import f"], 1, &[2]);
    }
}
