//! Promises of `extract`, held over notebooks that are put together from fragments by chance, and
//! over the corpus where it is there: the module has every name that it reads, and the notebook
//! keeps every name that it had.

#[path = "common/corpus.rs"]
mod corpus_files;

use std::collections::BTreeSet;

use nbasync::index::How;
use nbasync::knowledge::Tables;
use nbasync::notebook::{self, Notebook};
use nbasync::python::{is_builtin, is_valid};
use nbasync::review::{self, Extracted};
use nbasync::rewrite::extract::Request;
use nbasync::rewrite::needs::{Names, needs};
use nbasync::rewrite::script;

use corpus_files::{files, folder};

/// Helpers of a notebook of the corpus that are tried.
const EACH: usize = 2;

/// Notebooks that are made.
const NOTEBOOKS: u64 = 400;

const FRAGMENTS: [&str; 22] = [
    "import asyncio",
    "import json as j, os.path",
    "from functools import wraps",
    "try:\n    import orjson\nexcept ImportError:\n    orjson = None",
    "A = 1",
    "B = [A]; C = 'é'",
    "LIST = [1]\nLIST.append(2)",
    "client = asyncio.Queue()",
    "count = 0\ndef up():\n    global count\n    count += 1",
    "def f(x=A):\n    return A + x",
    "# says g\nasync def g(x):\n    '''g\n  g'''\n    await asyncio.sleep(A)\n    return f(x)",
    "class Base:\n    k = C",
    "class Child(Base):\n    async def go(self):\n        return [f(i) for i in B]",
    "h = lambda: g(j.dumps(A))",
    "def deco(f):\n    @wraps(f)\n    async def inner(*a):\n        return await f(*a)\n    return inner",
    "@deco\nasync def w():\n    return os.path.join(C, Base.k), orjson",
    "async def used():\n    return await client.get()",
    "def first(): return second()",
    "def second(): return first(), LIST",
    "A = 2",
    "await g(1); f(2)",
    "!ls",
];

const NAMES: [&str; 12] =
    ["f", "g", "Base", "Child", "h", "deco", "w", "used", "first", "second", "up", "A"];

/// Numbers by chance, the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    /// Most fragments, most of them in order, in cells of one to three.
    fn script(&mut self) -> String {
        let mut parts: Vec<&str> = FRAGMENTS.to_vec();
        for _ in 0..self.below(8) {
            parts.remove(self.below(parts.len()));
        }
        for _ in 0..self.below(4) {
            let (a, b) = (self.below(parts.len()), self.below(parts.len()));
            parts.swap(a, b);
        }
        let mut out = "# %%\n".to_owned();
        for part in parts {
            out.push_str(part);
            out.push_str(["\n# %%\n", "\n", "\n\n"][self.below(3)]);
        }
        out
    }

    fn names(&mut self) -> Vec<String> {
        let more = 1 + self.below(3);
        (0..more).map(|_| NAMES[self.below(NAMES.len())].to_owned()).collect()
    }
}

/// What a text binds and reads at its own level.
fn names_of(text: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let tables = Tables::default();
    let run = script::read(text, &tables);
    let names = Names::of(&run);
    let read = script::statements(&run).flat_map(|site| needs(&run, site));
    let read = read.map(|need| need.name.to_owned()).collect();
    (names.all().map(str::to_owned).collect(), read)
}

/// The names that a notebook's cells bind.
fn bound(notebook: &Notebook) -> BTreeSet<String> {
    let sources: Vec<&str> = notebook.cells.iter().map(|cell| &*cell.source).collect();
    sources.into_iter().flat_map(|source| names_of(source).0).collect()
}

fn extract(notebook: &Notebook, names: &[String], existing: Option<&str>) -> Option<Extracted> {
    let (title, skip_reason, partial) = ("Helpers.", "to write", true);
    let request = Request { names, module: "helpers", existing, partial, title, skip_reason };
    review::extract(notebook, &Tables::default(), &request).ok()
}

/// Holds one extraction to its promises; whether there was one.
fn check(label: &str, before: &Notebook, names: &[String], existing: Option<&str>) -> bool {
    let Some(done) = extract(before, names, existing) else { return false };
    let module = &done.plan.module;
    assert!(is_valid(module), "{label}: {module}");
    let (has, reads) = names_of(module);
    let stars = module.contains("import *");
    for name in reads.iter().filter(|name| !stars && !is_builtin(name)) {
        assert!(has.contains(name), "{label}: the module lacks {name}\n{module}");
    }
    let after = bound(&done.after);
    assert!(bound(before).is_subset(&after), "{label}: {names:?} {:?}", bound(before));
    for (old, new) in done.prepared.cells.iter().zip(&done.after.cells) {
        assert_eq!(old.source == new.source, !done.cells.contains(&old.index), "{label}");
    }
    true
}

#[test]
fn a_module_has_what_it_reads_and_a_notebook_keeps_its_names() {
    let mut moved = 0;
    for seed in 0..NOTEBOOKS {
        let mut chance = Chance(seed);
        let text = chance.script();
        let before = notebook::parse("a.py", text.clone()).unwrap();
        let names = chance.names();
        let existing = [None, Some("import os\nimport asyncio\n\nZ = 1\n")][chance.below(2)];
        moved +=
            usize::from(check(&format!("{seed}: {names:?}\n{text}"), &before, &names, existing));
    }
    assert!(moved > 100, "{moved} extractions");
}

#[test]
fn the_corpus_keeps_its_names_as_well() {
    let Some(folder) = folder() else { return };
    let (mut asked, mut moved) = (0, 0);
    for path in files(&folder) {
        let name = path.to_string_lossy().into_owned();
        let Ok(before) = notebook::parse(&name, std::fs::read(&path).unwrap()) else { continue };
        let sources: Vec<&str> = before.cells.iter().map(|cell| &*cell.source).collect();
        for helper in sources.into_iter().flat_map(helpers).take(EACH) {
            asked += 1;
            moved += usize::from(check(&name, &before, &[helper], None));
        }
    }
    println!("{moved} of {asked} helpers can move");
}

/// The functions and classes of a cell's own level.
fn helpers(source: &str) -> Vec<String> {
    let tables = Tables::default();
    let run = script::read(source, &tables);
    let names = Names::of(&run);
    let is_helper = |name: &&str| {
        let bound = names.bound(name);
        bound.iter().all(|it| matches!(it.how, How::Function(_) | How::Class(_)))
    };
    names.all().filter(is_helper).map(str::to_owned).collect()
}
