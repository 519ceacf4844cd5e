//! A run that goes on from a moment shows what a run from the start shows.

use super::*;
use crate::environment::{Environment, Host};
use crate::execution::machine::run;
use crate::knowledge::Tables;
use crate::python::parse;
use crate::rules::tables_for_tests;

/// Cells that make values, use those of others, patch the loop, and go wrong in many ways.
const CELLS: [&str; 14] = [
    "import asyncio\nasync def f(x=0): return x",
    "task = asyncio.create_task(f())",
    "await task\nawait task",
    "def run(c): return asyncio.run(c)",
    "run(f())",
    "jobs = [f(i) for i in range(3)]",
    "jobs.append(f())\nawait asyncio.gather(*jobs)",
    "import nest_asyncio\nnest_asyncio.apply()",
    "class Box:\n    async def get(self): return f()\nbox = Box()",
    "value = await box.get()\nawait value",
    "f = 1",
    "import time\nasync def g():\n    time.sleep(1)\n    return await f()",
    "if x:\n    task = g()\nelse:\n    task = None",
    "def run(c): return c",
];

/// Numbers that look like chance and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }
}

fn index(source: &str) -> Arc<Index> {
    Arc::new(Index::of(Arc::new(parse(source))))
}

fn keyed(cells: &[Arc<Index>]) -> Vec<(CellKey, Arc<Index>)> {
    (0..).map(CellKey).zip(cells.iter().map(Arc::clone)).collect()
}

/// What a trace says, without the numbers that names and stacks happen to have.
fn told(trace: &Trace) -> Vec<String> {
    let told = |event: &crate::execution::Event| {
        let kind = std::mem::discriminant(&event.kind);
        let stack = trace.stack(event.stack);
        let (site, during, certain) = (event.site, event.during, event.is_certain);
        format!(
            "{kind:?} {site:?} {stack:?} {during:?} {certain} {:?} {}",
            event.context, event.is_patched
        )
    };
    let made = trace.made().map(|made| format!("{made:?}"));
    trace.events.iter().map(told).chain(made).collect()
}

fn input(tables: &Tables) -> Input<'_> {
    let environment = Environment { host: Host::Jupyter, ..Environment::default() };
    Input { modules: Arc::from([]), tables, environment }
}

#[test]
fn a_run_that_goes_on_shows_what_one_from_the_start_shows() {
    let tables = tables_for_tests();
    let input = input(&tables);
    let mut dice = Dice(7);
    for count in [1, 2, 5, 16, 17, 40] {
        let base: Vec<_> = (0..count).map(|_| index(CELLS[dice.below(CELLS.len())])).collect();
        let moments = Moments::of(&input, keyed(&base));
        for _ in 0..40 {
            let mut cells = base.clone();
            for _ in 0..=dice.below(3) {
                let at = dice.below(count);
                cells[at] = index(CELLS[dice.below(CELLS.len())]);
            }
            let cells = keyed(&cells);
            let (on, fresh) = (moments.run(&cells), run(&input, &cells));
            assert_eq!(told(&on), told(&fresh), "{count} cells");
        }
    }
}

#[test]
fn what_stands_above_a_change_is_not_run_again() {
    let tables = tables_for_tests();
    let input = input(&tables);
    let base: Vec<_> = (0..160).map(|at| index(CELLS[at % CELLS.len()])).collect();
    let moments = Moments::of(&input, keyed(&base));
    for (at, anew) in [(159, 10), (150, 10), (149, 20), (80, 80), (79, 90), (0, 160)] {
        let mut cells = base.clone();
        cells[at] = index("x = 1");
        let before = moments.ran.get();
        moments.run(&keyed(&cells));
        assert_eq!(moments.ran.get() - before, anew, "cell {at}");
    }
}
