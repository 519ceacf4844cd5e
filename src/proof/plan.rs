//! Which cells have to run so that a cell can, and what they do besides.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::execution::{Run, Site};
use crate::index::{How, TOP};
use crate::notebook::{Cell, CellKind, Notebook};
use crate::python::{Kind, NameUse, Role};
use crate::text::CellIndex;

/// The cells to run, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    pub steps: Vec<Step>,
}

/// One cell to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub cell: CellIndex,
    pub why: Why,
    /// Lines that do more than Python does: shell commands, installers, magics that write.
    pub effects: Vec<String>,
}

/// Why a cell runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It is one of those in question.
    Asked,
    /// It gives names that cells after it need, in order.
    Gives(Vec<String>),
    /// It changes how all cells after it run: a patch of the loop, a magic.
    Sets,
    /// All earlier cells were wanted.
    Earlier,
}

impl Plan {
    /// The cells of both plans; for a cell of both, what this one says of it.
    pub fn with(self, other: Plan) -> Plan {
        let mut steps: BTreeMap<CellIndex, Step> =
            other.steps.into_iter().map(|step| (step.cell, step)).collect();
        for step in self.steps {
            match steps.remove(&step.cell) {
                // A repair may take a command away or bring one: both are told.
                Some(other) => {
                    let known = step.effects.clone();
                    let new = other.effects.into_iter().filter(|line| !known.contains(line));
                    let effects = known.iter().cloned().chain(new).collect();
                    steps.insert(step.cell, Step { effects, ..step });
                }
                None => {
                    steps.insert(step.cell, step);
                }
            }
        }
        Plan { steps: steps.into_values().collect() }
    }
}

/// Magics that change how later cells run, and nothing outside the kernel.
///
/// Source: IPython's `%autoawait`, `%config`, `%gui`, `%load_ext`, `%matplotlib`, `%reload_ext`.
const SETTINGS: [&str; 7] =
    ["autoawait", "config", "gui", "load_ext", "matplotlib", "pylab", "reload_ext"];

/// Magics that only run Python, measure it or show something.
const HARMLESS: [&str; 14] = [
    "capture",
    "debug",
    "env",
    "lsmagic",
    "memit",
    "pdb",
    "pinfo",
    "prun",
    "precision",
    "time",
    "timeit",
    "who",
    "whos",
    "xmode",
];

/// Programs that IPython runs without a sign before them.
const PROGRAMS: [&str; 8] = ["conda", "cp", "mamba", "mkdir", "mv", "pip", "rm", "uv"];

/// The cells to run for `asked`: those that give names which they need, directly or not, and those
/// that change how the kernel runs; with `all`, every code cell before the last of them.
pub fn plan(notebook: &Notebook, run: &Run<'_>, asked: &[CellIndex], all: bool) -> Plan {
    let Some(last) = asked.iter().max() else { return Plan::default() };
    let runs = |cell: CellIndex| {
        let has_text = notebook.cell(cell).is_some_and(|it| !it.source.trim().is_empty());
        has_text && notebook.runs(cell)
    };
    let mut chosen: BTreeMap<CellIndex, Why> = BTreeMap::new();
    for cell in asked.iter().filter(|cell| runs(**cell)) {
        chosen.insert(*cell, Why::Asked);
    }
    let earlier = (0..last.0).map(CellIndex).filter(|cell| runs(*cell));
    for cell in earlier {
        if all {
            chosen.entry(cell).or_insert(Why::Earlier);
        } else if sets(run, cell) {
            chosen.entry(cell).or_insert(Why::Sets);
        }
    }
    needed(run, *last, &mut chosen);
    let step = |(cell, why): (CellIndex, Why)| {
        let effects = notebook.cell(cell).map_or_else(Vec::new, |it| effects(run, it));
        Step { cell, why, effects }
    };
    Plan { steps: chosen.into_iter().map(step).collect() }
}

/// Adds the cells that give names to the chosen ones, until none is missing.
fn needed(run: &Run<'_>, last: CellIndex, chosen: &mut BTreeMap<CellIndex, Why>) {
    let mut open: Vec<CellIndex> = chosen.keys().copied().collect();
    let mut gives: BTreeMap<CellIndex, BTreeSet<String>> = BTreeMap::new();
    while let Some(cell) = open.pop() {
        for (giver, name) in givers(run, cell, last) {
            gives.entry(giver).or_default().insert(name);
            if let Entry::Vacant(place) = chosen.entry(giver) {
                place.insert(Why::Gives(Vec::new()));
                open.push(giver);
            }
        }
    }
    for (cell, why) in chosen.iter_mut() {
        if let Why::Gives(names) = why {
            names.extend(gives.remove(cell).unwrap_or_default());
        }
    }
}

/// The other cells, none after the last, that give `cell` the names it needs, or change what the
/// names stand for.
fn givers(run: &Run<'_>, cell: CellIndex, last: CellIndex) -> BTreeSet<(CellIndex, String)> {
    let mut found = BTreeSet::new();
    let mut names = BTreeSet::new();
    let key = run.key_of(cell);
    for site in run.tree(key).all().map(|node| Site { cell: key, node }) {
        let Kind::Name { used } = run.kind(site) else { continue };
        let reads = *used != NameUse::Store || is_augmented(run, site);
        if !reads || run.binding_scope(site) != TOP {
            continue;
        }
        let name = run.source_of(site);
        let bindings = run.bindings(site).into_iter();
        found.extend(
            bindings
                .filter(|(giver, binding)| *giver != key && binding.how != How::Delete)
                .map(|(giver, _)| (run.position(giver), name.to_owned())),
        );
        names.insert(name);
    }
    for (changer, name) in changes(run).filter(|(_, name)| names.contains(name.as_str())) {
        // A cell may change what another one gave, before this one uses it.
        if changer < cell {
            found.insert((changer, name));
        }
    }
    found.retain(|(giver, _)| *giver <= last);
    found
}

/// Whether the name is the target of `+=` and the like, which reads it first.
fn is_augmented(run: &Run<'_>, site: Site) -> bool {
    run.parent(site).is_some_and(|parent| matches!(run.kind(parent), Kind::AugAssign))
}

/// The global names whose object a cell's own statements change: `name.x = 1`, `name[0] = 1`,
/// `name.append(1)`.
fn changes<'f>(run: &'f Run<'_>) -> impl Iterator<Item = (CellIndex, String)> + 'f {
    run.sites().filter_map(|site| {
        let is_stored = matches!(run.kind(site), Kind::Attribute { .. } | Kind::Subscript)
            && run.role(site) == Role::Target;
        let is_called = matches!(run.kind(site), Kind::Call)
            && run.parent(site).is_some_and(|it| matches!(run.kind(it), Kind::Expression));
        if !(is_stored || is_called) || run.owner(site).is_some() {
            return None;
        }
        let start = if is_called { run.child(site, Role::Func)? } else { site };
        let name = base(run, start)?;
        let is_global = run.binding_scope(name) == TOP;
        // A module's function changes no name of the notebook; patches are looked at apart.
        let is_own = run.global(run.source_of(name)).iter().any(|(_, binding)| {
            !matches!(binding.how, How::Import(_) | How::Function(_) | How::Class(_))
        });
        (is_global && is_own).then(|| (run.position(site.cell), run.source_of(name).to_owned()))
    })
}

/// The name that `name.x[0].y` begins with; `None` for a plain name.
fn base(run: &Run<'_>, site: Site) -> Option<Site> {
    let mut inner = site;
    while matches!(run.kind(inner), Kind::Attribute { .. } | Kind::Subscript) {
        inner = run.child(inner, Role::Value)?;
    }
    (inner != site && matches!(run.kind(inner), Kind::Name { .. })).then_some(inner)
}

/// Whether a cell changes how all later cells run.
fn sets(run: &Run<'_>, cell: CellIndex) -> bool {
    if run.patches().any(|patch| run.cell_of(patch.during) == Some(cell)) {
        return true;
    }
    let tree = run.tree(run.key_of(cell));
    tree.all().any(|node| match tree.kind(node) {
        Kind::Escape { sigil: '%', name } => SETTINGS.contains(&tree.text(*name)),
        _ => false,
    })
}

/// The lines of a cell that do more than Python does.
fn effects(run: &Run<'_>, cell: &Cell) -> Vec<String> {
    if cell.kind != CellKind::Code {
        return Vec::new();
    }
    let mut found = BTreeSet::new();
    let line_of = |at: usize| {
        let range = crate::text::line_range(&cell.source, at);
        (range.start, range.slice(&cell.source).trim().to_owned())
    };
    let magic = run.index(run.key_of(cell.index)).and_then(|it| it.syntax.magic.as_ref());
    if let Some(magic) = magic {
        let name = magic.name.slice(&cell.source);
        if !magic.holds_python && !HARMLESS.contains(&name) && !SETTINGS.contains(&name) {
            found.insert(line_of(magic.name.start));
        }
    }
    let tree = run.tree(run.key_of(cell.index));
    for node in tree.all() {
        let Kind::Escape { sigil, name } = tree.kind(node) else { continue };
        let name = tree.text(*name);
        let known = HARMLESS.contains(&name) || SETTINGS.contains(&name);
        if *sigil == '!' || (*sigil == '%' && !known) {
            found.insert(line_of(tree.range(node).start));
        }
    }
    let mut start = 0;
    for line in cell.source.split_inclusive('\n') {
        if is_program(line) {
            found.insert((start, line.trim().to_owned()));
        }
        start += line.len();
    }
    found.into_iter().map(|(_, line)| line).collect()
}

/// `pip install x` without a sign: a program's name, then a word that goes on with no operator.
fn is_program(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default();
    let second = words.next().unwrap_or_default();
    let is_word = second.starts_with(|char: char| char.is_alphanumeric() || "-./~".contains(char));
    let is_operator = ["in", "is", "and", "or", "if"].contains(&second);
    PROGRAMS.contains(&first) && line.starts_with(first) && is_word && !is_operator
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::Tables;
    use crate::notebook::parse_script;
    use crate::review::review;

    fn tables() -> Tables {
        let read = |name: &str| {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("content/tables");
            std::fs::read_to_string(folder.join(name)).unwrap()
        };
        Tables::parse(|name| read(&format!("{name}.yaml"))).unwrap()
    }

    /// Cell 0 of a script is what stands before its first marker.
    fn planned(script: &str, asked: &[usize], all: bool) -> Vec<(usize, Why)> {
        steps(script, asked, all).into_iter().map(|step| (step.cell.0, step.why)).collect()
    }

    fn steps(script: &str, asked: &[usize], all: bool) -> Vec<Step> {
        let notebook = parse_script(script.as_bytes()).unwrap();
        let tables = tables();
        let reviewed = review(&notebook, &tables);
        let run = reviewed.run(&tables);
        let asked: Vec<CellIndex> = asked.iter().map(|at| CellIndex(*at)).collect();
        plan(&notebook, &run, &asked, all).steps
    }

    fn gives(names: &[&str]) -> Why {
        Why::Gives(names.iter().map(|name| (*name).to_owned()).collect())
    }

    const NOTEBOOK: &str = "\
# %%
import asyncio
import pandas
# %%
url = 'x'
# %%
frame = pandas.read_csv('big.csv')
# %%
async def main():
    return url
# %%
asyncio.run(main())
# %%
print(frame)
";

    #[test]
    fn a_cell_needs_what_gives_its_names_and_theirs() {
        let expected = [
            (1, gives(&["asyncio"])),
            (2, gives(&["url"])),
            (4, gives(&["main"])),
            (5, Why::Asked),
        ];
        assert_eq!(planned(NOTEBOOK, &[5], false), expected);
    }

    #[test]
    fn all_means_every_code_cell_before() {
        let planned = planned(NOTEBOOK, &[5], true);
        assert_eq!(planned.iter().map(|(cell, _)| *cell).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        assert_eq!(planned.get(2), Some(&(3, Why::Earlier)));
    }

    #[test]
    fn a_cell_that_changes_what_a_name_stands_for_is_needed() {
        let script = "\
# %%
names = []
# %%
names.append(1)
# %%
other = names
# %%
names[0] = 2
# %%
print(names)
";
        let cells: Vec<usize> =
            planned(script, &[5], false).into_iter().map(|(cell, _)| cell).collect();
        assert_eq!(cells, [1, 2, 4, 5]);
    }

    #[test]
    fn a_patch_of_the_loop_and_a_setting_are_needed_by_all() {
        let script = "\
# %%
import nest_asyncio
nest_asyncio.apply()
# %%
get_ipython().run_line_magic('x', '')
# %%
%autoawait trio
# %%
1 + 1
";
        let expected = [(1, Why::Sets), (3, Why::Sets), (4, Why::Asked)];
        assert_eq!(planned(script, &[4], false), expected);
    }

    #[test]
    fn what_a_cell_does_besides_python_is_listed() {
        let script = "\
# %%
!rm -rf build
files = !ls
%time x = 1
%cd /tmp
pip install requests
pip = 3
# %%
%%bash
echo hi
";
        let steps = steps(script, &[1, 2], false);
        let effects: Vec<_> = steps.iter().map(|step| step.effects.clone()).collect();
        let first = ["!rm -rf build", "files = !ls", "%cd /tmp", "pip install requests"];
        assert_eq!(effects, [first.map(str::to_owned).to_vec(), vec!["%%bash".to_owned()]]);
    }
}
