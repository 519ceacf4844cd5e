use super::*;
use crate::notebook::{RanCell, of_session};
use crate::review::{review, to_run};
use crate::shell::embedded::Embedded;

fn session(sources: &[&str]) -> Notebook {
    let cell = |source: &&str| RanCell {
        key: "k".to_owned(),
        source: (*source).to_owned(),
        count: None,
        error: None,
    };
    of_session(&sources.iter().map(cell).collect::<Vec<_>>(), Some("3.12")).unwrap()
}

/// What explains the end of the last cell: rules, the message's page, and what to run instead.
fn told(
    sources: &[&str],
    ending: Ending<'_>,
) -> (Vec<&'static str>, Option<String>, Option<String>) {
    let knowledge = Knowledge::open(&Embedded);
    let notebook = session(sources);
    let review = review(&notebook, &knowledge.tables);
    let cell = CellIndex(sources.len() - 1);
    let it = account(&knowledge, &review, cell, ending);
    let (limit, tables) = (Applicability::Unsafe, &knowledge.tables);
    let after = repaired(&notebook, &review, cell, (&it.found, limit), tables);
    let rules = it.found.iter().map(|found| found.rule).collect();
    (rules, it.page.map(|page| page.id.clone()), to_run(&notebook, &after.notebook, cell))
}

const RUN: Ending<'static> = Ending {
    error: Some(("RuntimeError", "asyncio.run() cannot be called from a running event loop")),
    frames: &[],
    lost: &[],
};

const MAIN: &str = "import asyncio\nasync def main():\n    return 1";

#[test]
fn a_refused_loop_is_explained_and_the_cell_repaired() {
    let (rules, page, run) = told(&[MAIN, "x = asyncio.run(main())\nprint(x)"], RUN);
    assert_eq!(rules, ["asyncio-run-in-cell"]);
    assert_eq!(page.as_deref(), Some("asyncio-run-cannot-be-called"));
    assert_eq!(run.as_deref(), Some("x = await main()\nprint(x)"));
}

#[test]
fn a_helper_of_another_cell_is_repaired_with_the_cell_that_calls_it() {
    let helper = "import asyncio\nrows = []\ndef load():\n    return asyncio.run(main())";
    let (rules, _, run) = told(&[MAIN, helper, "load()"], RUN);
    assert_eq!(rules, ["asyncio-run-in-cell"]);
    let expected = "async def load():\n    return await main()\n\nawait load()";
    assert_eq!(run.as_deref(), Some(expected));
}

#[test]
fn a_mistake_in_a_function_of_another_cell_is_found_by_the_way_of_the_error() {
    let helper = "limit = 3\nasync def load():\n    return asyncio.run(main())";
    let sources = [MAIN, helper, "import time", "x = await load()"];
    let (rules, page, run) = told(&sources, Ending { frames: &[(CellIndex(3), 1)], ..RUN });
    assert_eq!((rules, run), (vec![], None));
    assert_eq!(page.as_deref(), Some("asyncio-run-cannot-be-called"));
    let frames = [(CellIndex(3), 1), (CellIndex(1), 3)];
    let (rules, _, run) = told(&sources, Ending { frames: &frames, ..RUN });
    assert_eq!(rules, ["asyncio-run-in-cell"]);
    let expected = "async def load():\n    return await main()\n\nx = await load()";
    assert_eq!(run.as_deref(), Some(expected));
}

#[test]
fn what_raises_in_a_function_of_another_cell_is_told_without_a_page() {
    let helper = "async def load():\n    return await len('rows')";
    let ending = Ending {
        error: Some(("FrobError", "nobody knows this")),
        frames: &[(CellIndex(2), 1), (CellIndex(1), 2)],
        lost: &[],
    };
    let (rules, page, _) = told(&[MAIN, helper, "await load()"], ending);
    assert_eq!((rules, page), (vec!["await-needs-awaitable"], None));
}

#[test]
fn an_error_that_has_nothing_to_do_with_async_code_is_not_explained() {
    let sources = [MAIN, "import time\nasync def f():\n    time.sleep(1)\nawait f()\n1 / 0"];
    let error = Some(("ZeroDivisionError", "division by zero"));
    let (rules, page, _) =
        told(&sources, Ending { error, frames: &[(CellIndex(1), 5)], lost: &[] });
    assert_eq!((rules, page), (vec![], None));
}

#[test]
fn other_cells_stay_as_they_are() {
    let (_, _, run) = told(&[MAIN, "asyncio.run(main())", "y = asyncio.run(main())"], RUN);
    assert_eq!(run.as_deref(), Some("y = await main()"));
}

#[test]
fn a_lost_coroutine_is_told_where_it_was_lost_and_nowhere_else() {
    let lost = ["main".to_owned()];
    let ending = Ending { lost: &lost, ..Ending::default() };
    let (rules, page, run) = told(&[MAIN, "main()\nprint(1)"], ending);
    assert_eq!(rules, ["coroutine-never-awaited"]);
    assert_eq!(page.as_deref(), Some("was-never-awaited"));
    assert_eq!(run.as_deref(), Some("await main()\nprint(1)"));
    let (rules, page, _) = told(&[MAIN, "main()\nprint(1)", "x = 1"], ending);
    assert_eq!((rules, page), (vec![], None));
}
