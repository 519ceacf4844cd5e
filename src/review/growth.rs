//! A review takes steps in proportion to the code, whatever it is made of. Steps are counted; time
//! is not.

use std::path::Path;

use super::*;
use crate::diagnostic::Applicability;
use crate::notebook::{FreshCell, ipynb_of, parse_ipynb};

fn tables() -> Tables {
    let read = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("content/tables").join(name);
        std::fs::read_to_string(path).unwrap()
    };
    Tables::parse(|name| read(&format!("{name}.yaml"))).unwrap()
}

fn reviewed(cells: &[String], tables: &Tables) -> Review {
    let cells: Vec<FreshCell> = cells.iter().map(FreshCell::code).collect();
    // Rules are asked, whatever the words say.
    let notebook = parse_ipynb(ipynb_of(&cells)).unwrap();
    review_asked(&notebook, tables, &Surroundings::default(), &Known::default())
}

fn rules(review: &Review) -> Vec<&str> {
    review.found().map(|found| found.rule).collect()
}

/// How much of a dress is made for the smaller of two reviews; the greater has four times as much.
const SMALL: usize = 60;

/// Checks that four times as much code takes no more than about four times the steps.
fn grows_as_the_code_does(name: &str, cells: impl Fn(usize) -> Vec<String>) {
    let tables = tables();
    let [small, large] = [SMALL, 4 * SMALL].map(|n| reviewed(&cells(n), &tables));
    for review in [&small, &large] {
        assert!(!rules(review).contains(&NOT_LOOKED_AT), "{name}");
    }
    assert!(large.steps <= 5 * small.steps + 2000, "{name}: {} and {}", small.steps, large.steps);
}

/// `line` again and again in one cell, with its number in place of `#`.
fn one_cell(head: &str, line: &str, n: usize) -> Vec<String> {
    let lines: String = (0..n).map(|at| line.replace('#', &at.to_string())).collect();
    vec![format!("import asyncio\nimport time\nasync def f(*x): ...\n{head}{lines}")]
}

/// `before`, then `part` again and again, then `after`, in one statement.
fn one_statement(before: &str, part: &str, after: &str, n: usize) -> Vec<String> {
    one_cell(&format!("{before}{}{after}\n", "@"), "", n)
        .into_iter()
        .map(|cell| {
            let parts: String = (0..n).map(|at| part.replace('#', &at.to_string())).collect();
            cell.replace('@', &parts)
        })
        .collect()
}

#[test]
fn many_lines_in_one_cell() {
    let lines = [
        "asyncio.run(f())\n",
        "asyncio.create_task(f())\n",
        "t = asyncio.create_task(f())\n",
        "f()\n",
        "await f()\n",
        "r# = await f()\n",
        "y = math.sqrt(#)\n",
        "x1 = y1.z(1)\n",
        "x# = 1\n",
        "a#, b# = f(), f()\n",
        "self.a = self.b\n",
        "x = 1  # nbasync: ignore[asyncio-run-in-cell]\n",
        "%time f()\n",
        "!ls\n",
        "import m#\n",
        "if a:\n    asyncio.run(f())\n",
        "try:\n    await f()\nexcept BaseException:\n    pass\n",
        "for i in range(10):\n    await f(i)\n",
        "class C#:\n    def m(self): return asyncio.run(f())\n",
        "def h#():\n    return asyncio.run(f())\nh#()\n",
        "async def g#():\n    time.sleep(1)\n",
        "with open('a') as f#:\n    pass\n",
        "del q\nq = 1\n",
    ];
    for line in lines {
        grows_as_the_code_does(line, |n| one_cell("", line, n));
    }
}

#[test]
fn many_parts_in_one_statement() {
    let statements = [
        ("x = f(", "a#, ", ")"),
        ("x = asyncio.gather(", "f(#), ", ")"),
        ("x = [", "f(#), ", "]"),
        ("x = {", "'k#': #, ", "}"),
        ("x = a", " and a", ""),
        ("x = a", " < a", ""),
        ("x = f'", "{a}", "'"),
        ("x = ", "a# = ", "f()"),
        ("from m import a", ", n#", ""),
        ("with open('a') as g", ", open('a') as f#", ":\n    pass"),
        ("", "@dec\n", "async def g(): ...\ng()"),
        ("def g(a", ", a#=None", "): ..."),
        ("x = [a", " for a# in f()", "]"),
        ("match a:\n", "    case #:\n        f()\n", ""),
        ("async def g():\n", "    await f()\n", "await g()"),
    ];
    for (before, part, after) in statements {
        grows_as_the_code_does(part, |n| one_statement(before, part, after, n));
    }
}

#[test]
fn chains_of_functions_and_names() {
    let calls = |n: usize| one_cell("", "def f#():\n    f#0()\n", n);
    grows_as_the_code_does("calls", calls);
    let back = |n: usize| {
        let lines: String =
            (1..n).map(|at| format!("def h{at}():\n    return h{}()\n", at - 1)).collect();
        one_cell(&format!("def h0():\n    return asyncio.run(f())\n{lines}h{}()\n", n - 1), "", 0)
    };
    grows_as_the_code_does("backwards", back);
    let names = |n: usize| {
        let lines: String = (1..n).map(|at| format!("x{at} = x{}\n", at - 1)).collect();
        one_cell(&format!("x0 = f\n{lines}x{}()\n", n - 1), "", 0)
    };
    grows_as_the_code_does("names", names);
}

#[test]
fn what_is_nested_too_deeply_is_not_looked_into() {
    let tables = tables();
    let nested =
        |before: &str, part: &str, n| reviewed(&one_statement(before, part, "", n), &tables).steps;
    for (before, part) in [("if a:\n    f()\n", "elif a == #:\n    f()\n"), ("x = a", ".b()")] {
        let [deep, deeper] = [450, 4 * 450].map(|n| nested(before, part, n));
        assert!(deeper <= 2 * deep, "{part}: {deep} and {deeper}");
    }
}

#[test]
fn many_cells() {
    for line in ["asyncio.run(f())", "await f()", "import asyncio\nx = 1", "f()"] {
        let cells = |n: usize| {
            let mut cells = one_cell("", "", 0);
            cells.extend(std::iter::repeat_n(line.to_owned(), n));
            cells
        };
        grows_as_the_code_does(line, cells);
    }
}

#[test]
fn all_fixes_of_a_long_cell_are_seen_to_hold() {
    let tables = tables();
    for n in [SMALL, 20 * SMALL] {
        let found = reviewed(&one_cell("", "x = [\n    asyncio.run(f()),\n]\n", n), &tables);
        let safe = found.found().filter_map(Diagnostic::fix);
        let safe = safe.filter(|fix| fix.applicability == Applicability::Safe).count();
        assert_eq!(safe, n);
    }
}

#[test]
fn fixes_that_each_add_a_name_are_made_together() {
    let tables = tables();
    for line in ["asyncio.create_task(f())\n", "asyncio.gather(f())\n", "asyncio.run(f())\n"] {
        let found = reviewed(&one_cell("", line, 3 * SMALL), &tables);
        let chosen = choose::fixes(&found.diagnostics, Applicability::Unsafe).len();
        assert!(chosen >= 3 * SMALL - 1, "{line}: {chosen}");
    }
}

fn nodes(review: &Review) -> u64 {
    review.cells.iter().map(|cell| cell.syntax().tree.len() as u64).sum()
}

/// A function whose reads may each see each of so many bindings.
fn hanging_together(head: &str, n: usize) -> String {
    let bound = "if a:\n    x = f\n".repeat(n);
    format!("{head}{bound}def g():\n{}", "    x()\n".repeat(n))
}

#[test]
fn what_hangs_together_costs_nothing_where_nothing_is_wrong() {
    let found = reviewed(&[hanging_together("", 3000)], &tables());
    assert_eq!(rules(&found), [""; 0]);
    assert!(found.steps < 10 * nodes(&found), "{}", found.steps);
}

#[test]
fn what_hangs_together_is_looked_at_once_for_each_place() {
    let source = hanging_together("async def f(): ...\n", 3000);
    let found = reviewed(&[format!("{source}g()\n")], &tables());
    assert_eq!(rules(&found), ["coroutine-never-awaited"; 3000]);
    assert!(found.steps < 4 * (300 * nodes(&found) + 2_000_000) + 100_000, "{}", found.steps);
}

#[test]
fn functions_and_classes_in_which_much_is_found() {
    let lines = [
        "    f(#)\n",
        "    asyncio.run(f())\n",
        "    t# = asyncio.create_task(f())\n",
        "    asyncio.create_task(f())\n",
    ];
    for (head, tail) in [("async def g():\n", ""), ("def g():\n", "g()\n"), ("class C:\n", "")] {
        for line in lines {
            grows_as_the_code_does(&format!("{head}{line}"), |n| {
                one_cell(head, line, n).into_iter().map(|cell| cell + tail).collect()
            });
        }
    }
}
