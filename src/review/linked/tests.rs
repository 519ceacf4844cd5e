//! An edit is answered as if the whole notebook had been looked at.

use super::*;
use crate::diagnostic::Diagnostic;
use crate::knowledge::Tables;
use crate::notebook::{
    Cell, CellKind, FreshCell, Notebook, corpus_notebooks_for_tests, ipynb_of, parse_ipynb,
};
use crate::review::{Known, Review, Surroundings, changed_sources, review_again, review_asked};
use crate::rules::{RULES, fixtures_for_tests, tables_for_tests};
use crate::text::{Edit, Span, TextRange};

fn notebook(sources: &[String]) -> Notebook {
    let cells: Vec<FreshCell> = sources.iter().map(|it| FreshCell::code(it.as_str())).collect();
    parse_ipynb(ipynb_of(&cells)).expect("a notebook")
}

/// The notebook with another text in one cell.
fn with(notebook: &Notebook, at: usize, source: &str) -> Option<Notebook> {
    let old = notebook.cells.get(at)?.source.len();
    let edit = Edit::replace(Span::new(CellIndex(at), TextRange::new(0, old)), source);
    let changes = changed_sources(notebook, &[edit])?;
    notebook.reload(notebook.save(&changes).ok()?).ok()
}

fn is_made_of_parts(review: &Review, after: &Notebook) -> bool {
    let cells = crate::review::read_cells(after, &review.cells);
    let told = review.known();
    let told = told.told(&review.surroundings, review.environment);
    told.is_some_and(|told| told.touched(&cells).is_some())
}

/// Texts that a cell may have next, while somebody types.
fn edits(source: &str) -> Vec<String> {
    let half = source.lines().take(source.lines().count() / 2).collect::<Vec<_>>().join("\n");
    vec![
        format!("{source}\nunheard_of = 1"),
        half,
        String::new(),
        source.replace("await ", ""),
        source.replace("asyncio.run(", "await ("),
        format!("import asyncio\n{source}\nawait asyncio.sleep(0)"),
    ]
}

/// What is said, where names that repairs bring in have no number, and lines no length: which name
/// is free depends on what else is offered.
fn numberless(review: &Review) -> Vec<Diagnostic> {
    let mut all: Vec<Diagnostic> = review.found().cloned().collect();
    let fixes = all.iter_mut().flat_map(|found| &mut found.fixes);
    for edit in fixes.flat_map(|fix| &mut fix.edits) {
        edit.text.retain(|c| !c.is_whitespace());
        (2..10).for_each(|number| edit.text = edit.text.replace(&format!("_{number}"), ""));
    }
    all
}

/// Notebooks in which one cell came, went or changed its place.
fn shuffled(cells: &[FreshCell], at: usize) -> Vec<Vec<FreshCell>> {
    let with = |place: usize, source: &str| {
        let mut cells = cells.to_vec();
        cells.insert(place, FreshCell::code(source));
        cells
    };
    let moved_to = |place: usize| {
        let mut cells = cells.to_vec();
        let moved = cells.remove(at);
        cells.insert(place.min(cells.len()), moved);
        cells
    };
    let mut without = cells.to_vec();
    without.remove(at);
    vec![
        with(at, ""),
        with(at + 1, &cells[at].source),
        with(at, "unheard_of = 1"),
        with(0, "import asyncio\nawait asyncio.sleep(0)"),
        with(at, "import asyncio\nawait asyncio.sleep(0)"),
        moved_to(0),
        moved_to(at + 1),
        moved_to(cells.len()),
        without,
    ]
}

/// Compares what is said after an edit with what is said where nothing is known; whether it was
/// answered by parts.
fn compare_one(where_: &str, before: &Review, after: &Notebook, tables: &Tables) -> bool {
    if !is_made_of_parts(before, after) {
        return false;
    }
    let whole = review_asked(after, tables, &Surroundings::default(), &Known::default());
    let again = review_asked(after, tables, &before.surroundings, &before.known());
    assert_eq!(numberless(&again), numberless(&whole), "{where_}");
    assert_eq!(again.silenced, whole.silenced, "{where_}");
    let answers = again.classifications.iter().zip(&whole.classifications);
    for (cell, (again, whole)) in answers.enumerate() {
        assert_eq!(again, whole, "{where_}: cell {}", cell + 1);
    }
    assert_eq!(again.verdict, whole.verdict, "{where_}");
    true
}

/// Compares every edit of some cells; how many were answered by parts.
fn compare(
    name: &str,
    notebook: &Notebook,
    tables: &Tables,
    cells: impl Iterator<Item = usize>,
) -> usize {
    let before = review_asked(notebook, tables, &Surroundings::default(), &Known::default());
    let edited = |at: usize| {
        let edits = edits(&notebook.cells[at].source).into_iter();
        edits.filter_map(move |source| {
            let after = with(notebook, at, &source)?;
            Some((format!("{name}, cell {}: {source}", at + 1), after))
        })
    };
    let by_parts =
        |(where_, after): &(String, Notebook)| compare_one(where_, &before, after, tables);
    cells.flat_map(edited).filter(by_parts).count()
}

/// The same for cells that come, go and change places; their outputs are left out.
fn compare_shuffled(
    name: &str,
    notebook: &Notebook,
    tables: &Tables,
    cells: impl Iterator<Item = usize>,
) -> usize {
    let fresh = |cell: &Cell| match cell.kind {
        CellKind::Code => FreshCell::code(cell.source.as_str()),
        _ => FreshCell::markdown(cell.source.as_str()),
    };
    let all: Vec<FreshCell> = notebook.cells.iter().map(fresh).collect();
    let read = |cells: &[FreshCell]| parse_ipynb(ipynb_of(cells)).expect("a notebook");
    let before = review_asked(&read(&all), tables, &Surroundings::default(), &Known::default());
    let shuffled = cells.flat_map(|at| (0..).zip(shuffled(&all, at)).map(move |it| (at, it)));
    let by_parts = |(at, (kind, cells)): &(usize, (usize, Vec<FreshCell>))| {
        let where_ = format!("{name}, cell {}, change {kind}", at + 1);
        compare_one(&where_, &before, &read(cells), tables)
    };
    shuffled.filter(by_parts).count()
}

#[test]
fn fixtures_beside_each_other_are_answered_by_parts_as_by_the_whole() {
    let tables = tables_for_tests();
    let (mut parts, mut shuffled) = (0, 0);
    for rules in RULES.chunks(2) {
        let cases = rules.iter().flat_map(|rule| fixtures_for_tests(rule.name));
        let sources: Vec<String> = cases.map(|case| case.code).collect();
        for some in sources.chunks(12) {
            let cells = (0..some.len()).step_by(3);
            parts += compare("fixtures", &notebook(some), &tables, cells.clone());
            shuffled += compare_shuffled("fixtures", &notebook(some), &tables, cells);
        }
    }
    assert!(parts > 40 && shuffled > 40, "{parts} and {shuffled} were answered by parts");
}

#[test]
fn notebooks_of_the_corpus_are_answered_by_parts_as_by_the_whole() {
    let tables = tables_for_tests();
    let (mut parts, mut shuffled) = (0, 0);
    let mut count = 0;
    for (name, notebook) in corpus_notebooks_for_tests() {
        count += 1;
        let middle = notebook.cells.len() / 2;
        let middle = middle..notebook.cells.len().min(middle + 1);
        parts += compare(&name, &notebook, &tables, middle.clone());
        shuffled += compare_shuffled(&name, &notebook, &tables, middle);
    }
    let enough = parts > 100 && shuffled > 100;
    assert!(count == 0 || enough, "{parts} and {shuffled} were answered by parts");
}

#[test]
fn an_edit_looks_at_what_shares_a_name_and_at_the_first_import() {
    let mut sources = vec!["import asyncio, httpx".to_owned()];
    for at in 0..8 {
        sources.push(format!("async def load_{at}(n):\n    await asyncio.sleep(n)"));
        sources.push(format!("import asyncio\nasyncio.run(load_{at}(1))"));
    }
    let before = notebook(&sources);
    let tables = tables_for_tests();
    let review = review_again(&before, &tables, &Surroundings::default(), &Known::default());
    let touched = |cells: &[String]| {
        let cells = crate::review::read_cells(&notebook(cells), &review.cells);
        let known = review.known();
        let told = known.told(&review.surroundings, review.environment).expect("what was told");
        told.touched(&cells).map(|touched| {
            let said: Vec<usize> = touched.cells.iter().map(|cell| cell.0).collect();
            let cells = (0..).zip(&touched.run);
            let run: Vec<usize> = cells.filter(|(_, it)| it.has_code()).map(|(at, _)| at).collect();
            (said, run)
        })
    };
    let mut edited = sources.clone();
    edited[6] = "await load_2(1)".to_owned();
    assert_eq!(touched(&edited), Some((vec![5, 6], vec![0, 5, 6])), "another import is the first");
    let mut without = sources.clone();
    without.remove(6);
    assert_eq!(touched(&without), Some((vec![5], vec![0, 5])), "a cell went");
    let mut moved = sources.clone();
    let last = moved.pop().expect("a cell");
    moved.insert(2, last);
    assert_eq!(touched(&moved), Some((vec![2, 16], vec![0, 2, 16])), "a cell changed its place");
    let mut headless = sources.clone();
    headless.remove(0);
    assert_eq!(touched(&headless), None, "the first import went");
}

#[test]
fn what_is_no_python_may_read_every_name_that_it_holds() {
    let mut sources = vec![
        "import asyncio\nasync def f(): ...".to_owned(),
        "t = asyncio.create_task(f())".to_owned(),
    ];
    sources.extend((0..8).map(|at| format!("x{at} = {at}")));
    let tables = tables_for_tests();
    for (broken, mended) in [("broken( # t", "broken( # u"), ("!run {t}", "!run {u}")] {
        let [before, after] =
            [broken, mended].map(|last| notebook(&[&sources[..], &[last.to_owned()]].concat()));
        let said = review_asked(&before, &tables, &Surroundings::default(), &Known::default());
        assert!(compare_one(broken, &said, &after, &tables));
        let said = |it: &Review| it.found().any(|found| found.rule == "task-never-collected");
        let again = review_asked(&after, &tables, &Surroundings::default(), &Known::default());
        assert!(said(&again), "{mended}");
    }
}

#[test]
fn repairs_know_which_names_other_cells_bind_now() {
    let tables = tables_for_tests();
    let timed = "%%time\nimport asyncio\nx = asyncio.run(f())";
    let rest = (0..8).map(|at| format!("y{at} = {at}"));
    for (before, after) in [
        ("time.sleep(1)", "time = 5"),
        ("time = 5", "print(time)"),
        ("def time(): ...", ""),
        ("print(time)", "for time in range(3): ..."),
    ] {
        let first = ["async def f():\n    return 1", timed, before].map(str::to_owned);
        let was = notebook(&first.into_iter().chain(rest.clone()).collect::<Vec<_>>());
        let now = with(&was, 2, after).expect("an edit");
        let none = Surroundings::default();
        let known = review_again(&was, &tables, &none, &Known::default()).known();
        let again = review_again(&now, &tables, &none, &known);
        let fresh = review_again(&now, &tables, &none, &Known::default());
        assert_eq!(numberless(&again), numberless(&fresh), "{before} -> {after}");
    }
}
