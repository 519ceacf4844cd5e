//! Repairs hold: nothing new is left behind, and what was declined is not asked for again.

use std::path::Path;

use super::*;
use crate::notebook::parse_script;
use crate::review::{Known, Selection, Settings, Surroundings};
use crate::text::TextRange;

fn tables() -> Tables {
    let read = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("content/tables").join(name);
        std::fs::read_to_string(path).unwrap()
    };
    Tables::parse(|name| read(&format!("{name}.yaml"))).unwrap()
}

const DEFINED: &str = "# %%\nimport asyncio\nasync def f(): ...\n";

fn notebook(cells: &str) -> Notebook {
    parse_script(format!("{DEFINED}{cells}")).unwrap()
}

fn begin<'t>(cells: &str, selection: Selection, tables: &'t Tables) -> Repairs<'t> {
    let notebook = notebook(cells);
    let settings = Settings { selection, ..Settings::default() };
    let surroundings = Surroundings { settings, ..Surroundings::default() };
    let review = review_again(&notebook, tables, &surroundings, &Known::default());
    Repairs::new(notebook, review, Applicability::Unsafe, tables)
}

/// The cells behind the definitions.
fn text(notebook: &Notebook) -> String {
    let text = String::from_utf8(notebook.original().to_vec()).unwrap();
    text.strip_prefix(DEFINED).unwrap().to_owned()
}

/// Makes one round with `fix` in place of the fix of the first diagnostic.
fn check_with(cells: &str, fix: impl Fn(&Diagnostic, &Notebook) -> Vec<Edit>, expected: &str) {
    let (tables, selection) = (tables(), Selection::default());
    let mut repairs = begin(cells, selection, &tables);
    let first = repairs.review.diagnostics.first().unwrap().clone();
    let edits = fix(&first, &repairs.notebook);
    let first = repairs.review.diagnostics.first_mut().unwrap();
    let fixes = &mut first.make_mut().fixes;
    fixes.first_mut().unwrap().edits = edits;
    repairs.round();
    assert_eq!(text(&repairs.notebook), expected, "{cells}");
}

#[test]
fn rounds_go_on_until_nothing_changes() {
    let (tables, selection) = (tables(), Selection::default());
    let mut repairs = begin("# %%\nx = asyncio.run(f())\n# %%\nf()\n", selection, &tables);
    repairs.run();
    assert_eq!(text(&repairs.notebook), "# %%\nx = await f()\n# %%\nawait f()\n");
    let rules: Vec<_> = repairs.made.iter().map(|made| (made.rule, made.cell.0)).collect();
    assert_eq!(rules, [("asyncio-run-in-cell", 2), ("coroutine-never-awaited", 3)]);
    assert_eq!((repairs.review.diagnostics.len(), repairs.refused().len()), (0, 0));
}

#[test]
fn a_fix_that_breaks_the_syntax_is_taken_back_and_the_others_stay() {
    check_with(
        "# %%\nasyncio.run(f())\n# %%\nf()\n",
        |found, _| vec![Edit::replace(found.span, "await (")],
        "# %%\nasyncio.run(f())\n# %%\nawait f()\n",
    );
}

#[test]
fn a_fix_that_leaves_a_call_without_await_is_taken_back() {
    check_with(
        "# %%\nasyncio.run(f())\n# %%\nf()\n",
        |found, _| vec![Edit::replace(found.span, "f()")],
        "# %%\nasyncio.run(f())\n# %%\nawait f()\n",
    );
}

#[test]
fn a_fix_that_changes_nothing_or_does_not_help_is_taken_back() {
    let cells = "# %%\nasyncio.run(f())\n";
    check_with(cells, |_, _| Vec::new(), cells);
    check_with(cells, |found, _| vec![Edit::replace(found.span, "asyncio.run(f( ))")], cells);
}

#[test]
fn a_fix_that_would_begin_a_cell_or_overlaps_itself_is_taken_back() {
    let cells = "# %%\nasyncio.run(f())\n";
    check_with(cells, |found, _| vec![Edit::replace(found.span, "x\n# %%\ny")], cells);
    check_with(
        cells,
        |found, _| {
            let inside = TextRange::new(found.span.range.start + 1, found.span.range.end);
            let inside = Span::new(found.span.cell, inside);
            vec![Edit::replace(found.span, "x"), Edit::replace(inside, "y")]
        },
        cells,
    );
}

#[test]
fn what_somebody_declined_is_not_offered_again() {
    let (tables, selection) = (tables(), Selection::default());
    let mut repairs = begin("# %%\nf(); f()\nf(); f()\n", selection, &tables);
    let mut offered = 0;
    while let Some(trial) = repairs.propose() {
        offered += 1;
        // The first and the third.
        if offered % 2 == 1 { repairs.decline(trial) } else { repairs.keep(trial) }
    }
    assert_eq!(offered, 4);
    assert_eq!(text(&repairs.notebook), "# %%\nf(); await f()\nf(); await f()\n");
}

#[test]
fn what_is_not_selected_is_left_and_still_watched() {
    let tables = tables();
    let select = vec!["dropped-task".to_owned()];
    let selection = Selection { select, ..Selection::default() };
    let mut repairs = begin("# %%\nasyncio.run(f())\n", selection, &tables);
    repairs.run();
    assert_eq!((repairs.made.len(), repairs.review.silenced.len()), (0, 1));
}

#[test]
fn what_a_comment_silences_counts_as_left_behind() {
    check_with(
        "# %%\nasyncio.run(f())  # nbasync: ignore[coroutine-never-awaited]\n",
        |found, _| vec![Edit::replace(found.span, "f()")],
        "# %%\nasyncio.run(f())  # nbasync: ignore[coroutine-never-awaited]\n",
    );
}

#[test]
fn nested_mistakes_take_as_many_rounds_as_they_need() {
    let (tables, selection) = (tables(), Selection::default());
    let mut repairs = begin("# %%\nasyncio.run(asyncio.run(f()))\n", selection, &tables);
    assert_eq!([repairs.round(), repairs.round(), repairs.round()], [true, true, false]);
    assert!(!text(&repairs.notebook).contains("run"), "{}", text(&repairs.notebook));
}
