//! How long a review takes: of a notebook as it is opened, and of one cell as it is typed in.
//!
//! `cargo bench`

use std::hint::black_box;
use std::sync::LazyLock;

use divan::Bencher;
use nbasync::knowledge::Knowledge;
use nbasync::notebook::{Notebook, parse_ipynb};
use nbasync::review::{Surroundings, review, review_again};
use nbasync::shell::embedded::Embedded;

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(|| Knowledge::open(&Embedded));

/// Cells as people write them, with a mistake in every fourth.
const CELLS: [&str; 4] = [
    "import asyncio\nimport pandas as pd\n\nframe = pd.DataFrame({'a': range(10)})\nframe.head()",
    "async def fetch(url):\n    await asyncio.sleep(0.1)\n    return url.upper()",
    "def total(values):\n    result = 0\n    for value in values:\n        result += value\n    return result",
    "rows = asyncio.run(fetch('a'))\nprint(len(rows), total([1, 2]))",
];

fn main() {
    divan::main();
}

/// A notebook's bytes.
fn bytes(cells: usize) -> Vec<u8> {
    let cell = |at: usize| {
        let source = serde_json::json!(CELLS.get(at % CELLS.len()));
        format!(
            r#"{{"cell_type":"code","id":"c{at}","metadata":{{}},"outputs":[],"execution_count":null,"source":{source}}}"#
        )
    };
    let cells: Vec<String> = (0..cells).map(cell).collect();
    let cells = cells.join(",");
    format!(r#"{{"cells":[{cells}],"metadata":{{}},"nbformat":4,"nbformat_minor":5}}"#).into_bytes()
}

fn notebook(cells: usize) -> Notebook {
    parse_ipynb(bytes(cells)).expect("a notebook")
}

#[divan::bench(args = [20, 200, 2000])]
fn open(bencher: Bencher, cells: usize) {
    let file = bytes(cells);
    bencher.bench(|| parse_ipynb(black_box(file.clone())).expect("a notebook"));
}

#[divan::bench(args = [20, 200, 2000])]
fn first_review(bencher: Bencher, cells: usize) {
    let notebook = notebook(cells);
    bencher.bench(|| review(black_box(&notebook), &KNOWLEDGE.tables));
}

#[divan::bench(args = [20, 200, 2000])]
fn review_after_a_key(bencher: Bencher, cells: usize) {
    let mut notebook = notebook(cells);
    let known = review(&notebook, &KNOWLEDGE.tables).known();
    if let Some(last) = notebook.cells.last_mut() {
        last.source.push('1');
    }
    let alone = Surroundings::default();
    bencher.bench(|| review_again(black_box(&notebook), &KNOWLEDGE.tables, &alone, &known));
}

#[divan::bench(args = ["asyncio run", "blocking requests", "客户端", "never awaited"])]
fn look_up(bencher: Bencher, words: &str) {
    // The index is made once.
    let _ = KNOWLEDGE.lookup("a");
    bencher.bench(|| KNOWLEDGE.lookup(black_box(words)).len());
}
