use super::hold_together;
use crate::diagnostic::Applicability;
use crate::notebook::{Notebook, Pasted, parse_pasted};
use crate::review::{Repairs, review};
use crate::rules::tables_for_tests;
use crate::text::{CellIndex, Edit, Span, TextRange};

fn notebook(code: &str) -> Notebook {
    match parse_pasted(code) {
        Pasted::Notebook(notebook) => notebook,
        Pasted::Traceback { .. } => panic!("no traceback"),
    }
}

/// The notebook after all repairs, and whether anything is left to say.
fn repaired(code: &str) -> (String, Vec<&'static str>) {
    let tables = tables_for_tests();
    let before = notebook(code);
    let first = review(&before, &tables);
    let mut repairs = Repairs::new(before, first, Applicability::Unsafe, &tables);
    repairs.run();
    let left = repairs.review.found().map(|found| found.rule).collect();
    let sources: Vec<&str> = repairs.notebook.cells.iter().map(|it| it.source.as_str()).collect();
    (sources.join("\n# %%\n"), left)
}

const HEAD: &str =
    "import asyncio\n\nasync def fetch(n):\n    await asyncio.sleep(0)\n    return n\n";

/// Repairs `code` below the head, and compares with `after` there.
fn check(code: &str, after: &str) {
    let (text, left) = repaired(&format!("{HEAD}\n{code}"));
    let body = text.strip_prefix(HEAD).unwrap_or(&text).trim_start();
    assert_eq!(body.trim_end(), after.trim_end());
    assert_eq!(left, Vec::<&str>::new(), "{text}");
}

#[test]
fn a_property_that_runs_a_loop_becomes_a_method() {
    check(
        "class Box:\n    @property\n    def size(self):\n        return asyncio.run(fetch(3))\n\nprint(Box().size + 1)\n",
        "class Box:\n    async def size(self):\n        return await fetch(3)\n\nprint(await Box().size() + 1)\n",
    );
}

#[test]
fn a_table_of_functions_is_awaited_where_it_is_used() {
    check(
        "def load(n):\n    return asyncio.run(fetch(n))\n\nJOBS = {'a': load}\nprint(JOBS['a'](2))\n",
        "async def load(n):\n    return await fetch(n)\n\nJOBS = {'a': load}\nprint(await JOBS['a'](2))\n",
    );
}

#[test]
fn a_decorator_that_hides_a_loop_awaits() {
    check(
        "def sync(function):\n    def wrapper(*args):\n        return asyncio.run(function(*args))\n    return wrapper\n\n\
         @sync\nasync def load(n):\n    return await fetch(n)\n\nrows = load(3)\n",
        "def sync(function):\n    async def wrapper(*args):\n        return await function(*args)\n    return wrapper\n\n\
         @sync\nasync def load(n):\n    return await fetch(n)\n\nrows = await load(3)\n",
    );
}

#[test]
fn a_generator_hands_on_what_is_awaited_outside() {
    check(
        "def load(n):\n    return asyncio.run(fetch(n))\n\ndef every(numbers):\n    for n in numbers:\n        yield load(n)\n\nfirst = next(every([1]))\n",
        "async def load(n):\n    return await fetch(n)\n\ndef every(numbers):\n    for n in numbers:\n        yield load(n)\n\nfirst = await next(every([1]))\n",
    );
}

#[test]
fn a_lost_coroutine_is_awaited_where_it_comes_to_light() {
    check(
        "class Box:\n    def __init__(self, n):\n        self.kept = fetch(n)\n\nprint(Box(3).kept + 1)\n",
        "class Box:\n    def __init__(self, n):\n        self.kept = fetch(n)\n\nprint(await Box(3).kept + 1)\n",
    );
}

#[test]
fn an_operator_and_a_call_of_an_object_are_awaited() {
    check(
        "class Box:\n    def __call__(self, n):\n        return asyncio.run(fetch(n))\n\nprint(Box()(2))\n",
        "class Box:\n    async def __call__(self, n):\n        return await fetch(n)\n\nprint(await Box()(2))\n",
    );
}

#[test]
fn what_is_awaited_twice_becomes_a_task() {
    check(
        "def start(n):\n    return fetch(n)\n\npage = start(1)\nprint(await page)\nprint(await page)\n",
        "def start(n):\n    return fetch(n)\n\npage = asyncio.ensure_future(start(1))\nprint(await page)\nprint(await page)\n",
    );
}

#[test]
fn what_blocks_below_a_coroutine_goes_to_a_thread_as_a_whole() {
    check(
        "import time\n\ndef slow(n):\n    time.sleep(1)\n    return n\n\nasync def main():\n    return slow(2) + 1\n\nawait main()\n",
        "import time\n\ndef slow(n):\n    time.sleep(1)\n    return n\n\nasync def main():\n    return await asyncio.to_thread(slow, 2) + 1\n\nawait main()\n",
    );
}

#[test]
fn what_never_ends_is_not_awaited() {
    let code = format!(
        "{HEAD}\nasync def watch():\n    while True:\n        await asyncio.sleep(1)\n\nTABLE = {{'a': lambda: asyncio.run(watch())}}\nTABLE['a']()\nprint(1)\n"
    );
    assert!(!repaired(&code).0.contains("await TABLE"), "{}", repaired(&code).0);
}

/// Whether what each pair puts in place of a text of the cell holds together with the others.
fn together(code: &str, repairs: &[(&str, &str)]) -> bool {
    let tables = tables_for_tests();
    let read = review(&notebook(code), &tables);
    let run = read.run(&tables);
    let repair = |(old, new): &(&str, &str)| {
        let at = code.find(old).unwrap();
        vec![Edit::replace(Span::new(CellIndex(0), TextRange::new(at, at + old.len())), *new)]
    };
    let repairs: Vec<_> = repairs.iter().map(repair).collect();
    let repairs: Vec<_> = repairs.iter().map(Vec::as_slice).collect();
    hold_together(&run, &repairs)
}

#[test]
fn repairs_that_each_take_a_fault_away_hold_together() {
    let code = format!("{HEAD}\na = asyncio.run(fetch(1))\nb = asyncio.run(fetch(2))\n");
    let one = ("asyncio.run(fetch(1))", "await fetch(1)");
    let other = ("asyncio.run(fetch(2))", "await fetch(2)");
    assert!(together(&code, &[one, other]));
    assert!(!together(&code, &[one, ("asyncio.run(fetch(2))", "fetch(2)")]));
    assert!(!together(&code, &[one, ("b = ", "c = ")]));
    assert!(!together(&code, &[one, ("asyncio.run(fetch(2))", "await fetch(2")]));
    assert!(!together(&code, &[one, one]), "one alone is held against a run of its own");
}
