//! Extraction: helpers move from cells into a module beside the notebook, with what they need.
//!
//! What a helper reads is moved along (constants, other helpers), copied (imports), or named as a
//! parameter to decide. An import takes the place of what was moved, so that every name means in
//! the notebook what it meant before.

mod cells;
mod closure;
mod imports;
mod module;
mod refusal;
mod skeleton;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use self::closure::{Closure, close};
use super::needs::Names;
use crate::execution::{CellKey, Run, Site};
use crate::index::How;
use crate::notebook::{Format, Notebook};
use crate::python::Kind;
use crate::text::{CellIndex, Span};
use crate::wording::{self, Wording};

pub use refusal::{Refusal, numbers};

/// What is to be moved, and where to.
#[derive(Debug, Clone)]
pub struct Request<'r> {
    /// Functions and classes of the notebook's top level.
    pub names: &'r [String],
    /// The module as an import names it, such as `helpers`.
    pub module: &'r str,
    /// The module's text, where the file is there already.
    pub existing: Option<&'r str>,
    /// Leave those where they are that need something undecided, and move the others.
    pub partial: bool,
    /// The docstring of a new module.
    pub title: &'r str,
    /// What a test that is still to be written says of itself.
    pub skip_reason: &'r str,
}

/// A helper or constant that moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The names that the statement binds.
    pub names: Vec<String>,
    pub statement: Site,
    /// The helper for whose sake it moves; `None` when it was asked for.
    pub needed_by: Option<String>,
}

/// A name that a helper reads and that has no place in a module: a parameter to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided {
    /// The name; for magics the line.
    pub name: String,
    pub kind: UndecidedKind,
    /// What reads it.
    pub needed_by: String,
    pub read: Span,
    /// The cells that give it its value, each once.
    pub bound: Vec<CellIndex>,
}

/// Why a name cannot simply move along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UndecidedKind {
    /// Several places give it a value.
    Several,
    /// Something changes what it holds.
    Changed,
    /// Its value is worked out in the notebook: a client, a table, a result.
    Computed,
    /// It stands in the cell of parameters.
    Parameter,
    /// Only a kernel knows it: `display`, `get_ipython`.
    Kernel,
    /// Nothing in the notebook gives it a value.
    Unknown,
    /// A magic or shell line in the helper's body, or an `await` outside of it.
    NotPython,
}

impl UndecidedKind {
    /// The key of the sentence that explains it.
    pub fn key(self) -> Wording {
        match self {
            UndecidedKind::Several => wording::extract::undecided::SEVERAL,
            UndecidedKind::Changed => wording::extract::undecided::CHANGED,
            UndecidedKind::Computed => wording::extract::undecided::COMPUTED,
            UndecidedKind::Parameter => wording::extract::undecided::PARAMETER,
            UndecidedKind::Kernel => wording::extract::undecided::KERNEL,
            UndecidedKind::Unknown => wording::extract::undecided::UNKNOWN,
            UndecidedKind::NotPython => wording::extract::undecided::NOT_PYTHON,
        }
    }
}

/// A plan: what moves, the module's new text, and the cells' new sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extraction {
    pub moved: Vec<Moved>,
    /// Names asked for that stay, because they need something undecided.
    pub left: Vec<String>,
    pub undecided: Vec<Undecided>,
    /// The whole text of the module.
    pub module: String,
    /// The new sources of the cells that change.
    pub changes: Vec<(CellIndex, String)>,
    /// The source of a cell that loads autoreload, to put before the first that changes.
    pub setup: Option<String>,
    /// Tests to write, as a file for pytest.
    pub tests: String,
}

/// Plans to move `request.names` out of the notebook.
///
/// # Errors
/// When a name is no helper of the notebook, needs something undecided, or clashes with what the
/// module has.
pub fn extract(run: &Run, notebook: &Notebook, request: &Request) -> Result<Extraction, Refusal> {
    if notebook.format == Format::Script {
        return Err(Refusal::NoCells);
    }
    let names = Names::of(run);
    let asked = asked(run, &names, request)?;
    shadows_nothing(run, request)?;
    let (chosen, left, undecided) = choose(run, notebook, &names, &asked, request)?;
    let closure = close(run, notebook, &names, &chosen);
    let module = module::compose(run, &names, &closure, request)?;
    let (changes, setup) = cells::change(run, notebook, &closure, request.module)?;
    let tests = skeleton::write(run, &closure, request);
    let moved = closure.moved.into_values().collect();
    Ok(Extraction { moved, left, undecided, module, changes, setup, tests })
}

/// The statements that define the names asked for.
fn asked(run: &Run, names: &Names, request: &Request) -> Result<Vec<Site>, Refusal> {
    let find = |name: &String| {
        let bound = names.bound(name);
        let cells: BTreeSet<CellIndex> =
            bound.iter().map(|it| run.position(it.site.cell)).collect();
        let one = match bound {
            [] => return Err(Refusal::unknown(name, names)),
            [one] => one,
            _ => return Err(Refusal::Several { name: name.clone(), cells }),
        };
        let cell = run.position(one.site.cell);
        let is_helper = matches!(one.how, How::Function(_) | How::Class(_));
        if !is_helper && !is_lambda(run, one.site.cell, &one.how) {
            return Err(Refusal::NoHelper { name: name.clone(), cell });
        }
        if one.deferred || (is_helper && one.statement != one.site) {
            return Err(Refusal::Nested { name: name.clone(), cell });
        }
        if run.index(one.site.cell).is_none_or(|run| !run.syntax.errors.is_empty()) {
            return Err(Refusal::Unreadable { cell });
        }
        Ok(one.statement)
    };
    let mut found: Vec<Site> = request.names.iter().map(find).collect::<Result<_, _>>()?;
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// `double = lambda x: 2 * x` is a helper as well.
fn is_lambda(run: &Run, cell: CellKey, how: &How) -> bool {
    matches!(how, How::Value(node) if matches!(run.kind(Site { cell, node: *node }), Kind::Lambda))
}

/// A new `asyncio.py` would be found in place of the real one.
fn shadows_nothing(run: &Run, request: &Request) -> Result<(), Refusal> {
    if request.existing.is_some() {
        return Ok(());
    }
    let top = request.module.split('.').next().unwrap_or_default();
    let imports = run.sites().any(|site| {
        let tree = run.tree(site.cell);
        let is_it = |name: &str| name.split('.').next() == Some(top);
        match run.kind(site) {
            Kind::Import { names } => names.iter().any(|name| is_it(tree.text(name.name))),
            Kind::ImportFrom { module: Some(name), level: 0, .. } => is_it(tree.text(*name)),
            _ => false,
        }
    });
    if imports { Err(Refusal::Shadow { module: top.to_owned() }) } else { Ok(()) }
}

type Choice = (Vec<Site>, Vec<String>, Vec<Undecided>);

/// Which of the statements asked for can move; all of them, unless the request is partial.
fn choose(
    run: &Run,
    notebook: &Notebook,
    names: &Names,
    asked: &[Site],
    request: &Request,
) -> Result<Choice, Refusal> {
    let all = close(run, notebook, names, asked);
    if all.undecided.is_empty() {
        return Ok((asked.to_vec(), Vec::new(), Vec::new()));
    }
    if !request.partial {
        return Err(Refusal::Undecided(all.undecided));
    }
    let is_free = |site: &&Site| {
        let alone: Closure = close(run, notebook, names, &[**site]);
        alone.undecided.is_empty()
    };
    let chosen: Vec<Site> = asked.iter().filter(is_free).copied().collect();
    if chosen.is_empty() {
        return Err(Refusal::Undecided(all.undecided));
    }
    let stays = asked.iter().filter(|site| !chosen.contains(site));
    let left = stays.flat_map(|site| names.of_statement(*site)).map(|name| (*name).to_owned());
    Ok((chosen.clone(), left.collect(), all.undecided))
}
