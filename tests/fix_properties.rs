//! Promises of `fix`, held over notebooks that are put together from fragments by chance: nothing
//! new is left behind, a second pass changes nothing, edits are disjoint, and no other byte moves.

#[path = "common/corpus.rs"]
mod corpus_files;
#[path = "common/tables.rs"]
mod tables;

use std::collections::BTreeMap;

use nbasync::diagnostic::{Applicability, Severity};
use nbasync::knowledge::Tables;
use nbasync::notebook;
use nbasync::review::{Repairs, Review, fixes, review};
use nbasync::text::{Edit, TextRange};

use corpus_files::{files, folder};
use tables::tables;

/// Notebooks that are made.
const NOTEBOOKS: u64 = 400;

/// Statements with something to repair in them, and some without.
const STATEMENTS: [&str; 32] = [
    "asyncio.run(main())",
    "r = asyncio.run(main())",
    "print(asyncio.run(get(1)))  # é 中文",
    "asyncio.run(\n    main()\n)",
    "x = [asyncio.run(get(i)) for i in range(3)]",
    "y = sum(asyncio.run(get(i)) for i in range(3))",
    "asyncio.run(main()).strip()[0]",
    "main()",
    "main(); get(1)",
    "value = get(2) + 1",
    "print(get(3))",
    "items = [get(i) for i in range(3)]",
    "asyncio.sleep(1)",
    "asyncio.create_task(main())",
    "asyncio.ensure_future(get(4))",
    "asyncio.gather(main(), get(5))",
    "loop = asyncio.get_event_loop()",
    "loop.run_until_complete(main())",
    "z = asyncio.get_event_loop().run_until_complete(get(6))",
    "import nest_asyncio\nnest_asyncio.apply()",
    "helper()",
    "w = helper() if flag else None",
    "s = sorted([3, 1], key=lambda v: asyncio.run(get(v)))",
    "time.sleep(1)",
    "requests.get('https://example.org')",
    "await main()",
    "t = asyncio.create_task(main())\nawait t",
    "text = 'asyncio.run(main())'",
    "# asyncio.run(main())",
    "x = 1",
    "asyncio.run(main())  # nbasync: ignore",
    "with open('f') as file: file.read()",
];

/// What a statement may stand in; `{}` is its place.
const FRAMES: [&str; 14] = [
    "{}",
    "{}",
    "{}",
    "if True:\n    {}",
    "for i in range(2):\n    {}",
    "try:\n    {}\nexcept RuntimeError:\n    pass",
    "if __name__ == '__main__':\n    {}",
    "def helper():\n    {}\n    return 1",
    "def helper():\n    return asyncio.run(main())\n\n{}",
    "async def work():\n    {}",
    "class A:\n    def method(self):\n        {}\n\nA().method()",
    "def outer():\n    def inner():\n        {}\n    inner()\n\nouter()",
    "%%time\n{}",
    "%matplotlib inline\n{}",
];

const START: &str = "import asyncio\nimport time\nimport requests\n\nflag = True\n\
                     async def main():\n    await asyncio.sleep(0)\n    return 'a'\n\
                     async def get(i):\n    return i";

/// Numbers by chance, the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn one_of<'t>(&mut self, list: &[&'t str]) -> &'t str {
        list[self.below(list.len())]
    }

    fn cell(&mut self) -> String {
        let parts = (0..=self.below(3)).map(|_| self.part()).collect::<Vec<_>>();
        // A cell magic stands first or not at all.
        let (magic, rest): (Vec<_>, Vec<_>) =
            parts.into_iter().partition(|part| part.starts_with("%%"));
        magic.into_iter().take(1).chain(rest).collect::<Vec<_>>().join("\n")
    }

    fn part(&mut self) -> String {
        let (frame, statement) = (self.one_of(&FRAMES), self.one_of(&STATEMENTS));
        let line = frame.lines().find(|line| line.contains("{}")).unwrap();
        let indent = &line[..line.len() - line.trim_start().len()];
        frame.replace("{}", &statement.replace('\n', &format!("\n{indent}")))
    }

    fn cells(&mut self) -> Vec<String> {
        let more = 1 + self.below(4);
        std::iter::once(START.to_owned()).chain((0..more).map(|_| self.cell())).collect()
    }
}

/// A file in pieces: what stands before each source, the sources, and what stands at the end.
struct File {
    name: &'static str,
    between: Vec<String>,
    sources: Vec<String>,
}

impl File {
    fn text(&self) -> String {
        let pairs = self.between.iter().zip(self.sources.iter().map(Some).chain([None]));
        pairs.map(|(before, source)| before.clone() + source.map_or("", |it| it)).collect()
    }

    fn ipynb(cells: &[String], chance: &mut Chance) -> Self {
        let mut between = Vec::new();
        let mut sources = Vec::new();
        for (at, cell) in cells.iter().enumerate() {
            let open = if at == 0 { "{\n \"cells\": [" } else { "\n  }," };
            between.push(format!(
                "{open}\n  {{\n   \"cell_type\": \"code\",\n   \"id\": \"c{at}\",\n   \
                 \"execution_count\":  null,\n   \"metadata\": {{}},\n   \"outputs\": [ ],\n   \
                 \"source\": "
            ));
            sources.push(source(cell, chance.below(3)));
        }
        between.push("\n  }\n ],\n \"metadata\": {\"x\" : 1},\n \"nbformat\": 4\n}".to_owned());
        Self { name: "a.ipynb", between, sources }
    }

    fn script(cells: &[String]) -> Self {
        let mark =
            |at: usize| if at == 0 { "# %% c0\n".to_owned() } else { format!("\n\n# %% c{at}\n") };
        let between = (0..cells.len()).map(mark).chain(["\n".to_owned()]).collect();
        Self { name: "a.py", between, sources: cells.to_vec() }
    }
}

/// A source as JSON: a list of lines, a string, or a list with everything escaped.
fn source(cell: &str, style: usize) -> String {
    let text = |text: &str| serde_json::to_string(text).unwrap();
    let lines = || cell.split_inclusive('\n').map(text).collect::<Vec<_>>();
    match style {
        0 => text(cell),
        1 => format!("[\n    {}\n   ]", lines().join(",\n    ")),
        _ => {
            let escape = |c: char| {
                if c.is_ascii() { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) }
            };
            format!("[{}]", lines().join(", ").chars().map(escape).collect::<String>())
        }
    }
}

/// Repairs a file; the text afterwards, its review, and how many repairs it took.
fn fix(name: &str, text: &str, limit: Applicability, tables: &Tables) -> (String, Review, usize) {
    let before = notebook::parse(name, text).unwrap();
    let first = review(&before, tables);
    disjoint(&first, limit, text);
    let mut repairs = Repairs::new(before, first, limit, tables);
    repairs.run();
    let after = String::from_utf8(repairs.notebook.original().to_vec()).unwrap();
    // A reading of its own: nothing that the rounds kept counts.
    let review = review(&notebook::parse(name, after.clone()).unwrap(), tables);
    (after, review, repairs.made.len())
}

/// No two edits of the first round touch the same text; the same import, added twice, is one.
fn disjoint(review: &Review, limit: Applicability, text: &str) {
    let mut edits: Vec<&Edit> =
        fixes(&review.diagnostics, limit).into_iter().flat_map(|fix| &fix.edits).collect();
    edits.sort();
    edits.dedup();
    for (at, one) in edits.iter().enumerate() {
        for other in &edits[at + 1..] {
            let (a, b): (TextRange, TextRange) = (one.span.range, other.span.range);
            let apart = one.span.cell != other.span.cell || !a.overlaps(b);
            assert!(apart, "{one:?} and {other:?} overlap in\n{text}");
        }
    }
}

/// What there is at warning or above, and cells that do not read, by rule and cell.
fn problems(review: &Review) -> BTreeMap<(String, usize), usize> {
    let mut counts = BTreeMap::new();
    for found in review.diagnostics.iter().filter(|it| it.severity >= Severity::Warning) {
        *counts.entry((found.rule.to_owned(), found.span.cell.0)).or_default() += 1;
    }
    for (at, cell) in review.cells.iter().enumerate() {
        counts.insert(("syntax".to_owned(), at), cell.syntax().errors.len());
    }
    counts
}

/// Between and beside the sources that changed, every byte is as it was.
fn keeps_other_bytes(file: &File, after: &str) {
    let mut rest = after;
    let mut pieces = file.between.iter();
    let first = pieces.next().unwrap();
    rest = rest.strip_prefix(first.as_str()).unwrap_or_else(|| panic!("{first}\n{after}"));
    for (before, next) in file.sources.iter().zip(pieces) {
        // The pieces name their cells, so that each is found where it belongs; the last is the end.
        let at = if next.len() > 1 { rest.find(next.as_str()) } else { rest.rfind(next.as_str()) };
        let at = at.unwrap_or_else(|| panic!("{next} is gone from\n{after}"));
        let now = &rest[..at];
        let lines = |text: &str| text.lines().map(str::trim).map(str::to_owned).collect::<Vec<_>>();
        if lines(before) == lines(now) {
            assert_eq!(before, now);
        }
        rest = &rest[at + next.len()..];
    }
    assert_eq!(rest, "");
}

/// Holds a file to the promises; what it is afterwards, and how many repairs it took.
fn hold(name: &str, text: &str, limit: Applicability, tables: &Tables) -> (String, usize) {
    let before = problems(&review(&notebook::parse(name, text).unwrap(), tables));
    let (once, left, made) = fix(name, text, limit, tables);
    for (key, number) in problems(&left) {
        let was = before.get(&key).copied().unwrap_or_default();
        assert!(
            number <= was,
            "{key:?}: {was} before, {number} after\n{text}\n=== becomes\n{once}"
        );
    }
    let (twice, _, again) = fix(name, &once, limit, tables);
    assert_eq!((again, &twice), (0, &once), "a second pass changes something in\n{text}");
    assert_eq!(made == 0, once == text, "{made} repairs of\n{text}");
    (once, made)
}

#[test]
fn a_repair_keeps_what_it_promises_over_notebooks_by_chance() {
    let tables = tables();
    let mut made = 0;
    for seed in 0..NOTEBOOKS {
        let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let cells = chance.cells();
        let files = [File::ipynb(&cells, &mut chance), File::script(&cells)];
        for file in files {
            for limit in [Applicability::Safe, Applicability::Unsafe] {
                let (after, number) = hold(file.name, &file.text(), limit, &tables);
                keeps_other_bytes(&file, &after);
                made += number;
            }
        }
    }
    println!("{made} repairs in {NOTEBOOKS} notebooks");
    assert!(made > 1000, "{made} repairs are too few to show anything");
}

#[test]
fn the_promises_hold_over_the_corpus() {
    let Some(folder) = folder() else { return };
    let tables = tables();
    for path in files(&folder) {
        let name = path.to_string_lossy();
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let readable = notebook::parse(&name, text.clone());
        if readable.is_ok_and(|notebook| notebook.read_only().is_none()) {
            hold(&name, &text, Applicability::Unsafe, &tables);
        }
    }
}

#[test]
fn nearly_all_cells_read_and_some_do_not() {
    let (mut cells, mut unreadable) = (0, 0);
    for seed in 0..NOTEBOOKS {
        let sources = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)).cells();
        let errors = sources.iter().filter(|source| !nbasync::python::is_valid(source));
        (cells, unreadable) = (cells + sources.len(), unreadable + errors.count());
    }
    assert!(unreadable > 0 && unreadable * 20 < cells, "{unreadable} of {cells}");
}
