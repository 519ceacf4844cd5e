//! An edit is answered as if the whole notebook had been looked at.

use super::*;
use crate::knowledge::Tables;
use crate::notebook::{FreshCell, Notebook, corpus_notebooks_for_tests, ipynb_of, parse_ipynb};
use crate::review::{Known, Review, Surroundings, changed_sources, review_again, review_asked};
use crate::rules::{RULES, fixtures_for_tests, tables_for_tests};
use crate::text::{Edit, TextRange};

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
    let mut all = review.diagnostics.clone();
    let fixes = all.iter_mut().flat_map(|found| &mut found.fixes);
    for edit in fixes.flat_map(|fix| &mut fix.edits) {
        edit.text.retain(|c| !c.is_whitespace());
        (2..10).for_each(|number| edit.text = edit.text.replace(&format!("_{number}"), ""));
    }
    all
}

/// Compares every edit of some cells; how many were answered by parts.
fn compare(
    name: &str,
    notebook: &Notebook,
    tables: &Tables,
    cells: impl Iterator<Item = usize>,
) -> usize {
    let beside = Surroundings::default();
    let before = review_asked(notebook, tables, &beside, &Known::default());
    let mut parts = 0;
    for at in cells {
        for source in edits(&notebook.cells[at].source) {
            let Some(after) = with(notebook, at, &source) else { continue };
            if !is_made_of_parts(&before, &after) {
                continue;
            }
            parts += 1;
            let whole = review_asked(&after, tables, &beside, &Known::default());
            let again = review_asked(&after, tables, &before.surroundings, &before.known());
            let where_ = format!("{name}, cell {}: {source}", at + 1);
            assert_eq!(numberless(&again), numberless(&whole), "{where_}");
            assert_eq!(again.silenced, whole.silenced, "{where_}");
            let answers = again.classifications.iter().zip(&whole.classifications);
            for (cell, (again, whole)) in answers.enumerate() {
                assert_eq!(again, whole, "{where_}: cell {}", cell + 1);
            }
            assert_eq!(again.verdict, whole.verdict, "{where_}");
        }
    }
    parts
}

#[test]
fn fixtures_beside_each_other_are_answered_by_parts_as_by_the_whole() {
    let tables = tables_for_tests();
    let mut parts = 0;
    for rules in RULES.chunks(2) {
        let cases = rules.iter().flat_map(|rule| fixtures_for_tests(rule.name));
        let sources: Vec<String> = cases.map(|case| case.code).collect();
        for some in sources.chunks(12) {
            let cells = (0..some.len()).step_by(3);
            parts += compare("fixtures", &notebook(some), &tables, cells);
        }
    }
    assert!(parts > 40, "{parts} edits were answered by parts");
}

#[test]
fn notebooks_of_the_corpus_are_answered_by_parts_as_by_the_whole() {
    let tables = tables_for_tests();
    let mut parts = 0;
    let mut count = 0;
    for (name, notebook) in corpus_notebooks_for_tests() {
        count += 1;
        let middle = notebook.cells.len() / 2;
        parts += compare(&name, &notebook, &tables, middle..notebook.cells.len().min(middle + 1));
    }
    assert!(count == 0 || parts > 100, "{parts} edits were answered by parts");
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
    let after = with(&before, 6, "await load_2(1)").expect("an edit");
    let cells = crate::review::read_cells(&after, &review.cells);
    let known = review.known();
    let told = known.told(&review.surroundings, review.environment).expect("what was told");
    assert!(told.touched(&cells).is_none(), "an import went");
    let after = with(&before, 6, "import asyncio\nawait load_2(1)").expect("an edit");
    let cells = crate::review::read_cells(&after, &review.cells);
    let touched = told.touched(&cells).expect("a part");
    let said: Vec<usize> = touched.cells.iter().map(|cell| cell.0).collect();
    let run: Vec<usize> =
        (0..).zip(&touched.run).filter(|(_, cell)| cell.has_code()).map(|(at, _)| at).collect();
    assert_eq!((said, run), (vec![5, 6], vec![0, 5, 6]));
}
