//! What one edit costs: the review of a changed cell, a key on the screen, a frame.
//!
//! `cargo bench --bench edit`

use std::hint::black_box;
use std::sync::LazyLock;

use divan::{Bencher, counter::ItemsCount};
use nbasync::knowledge::{Knowledge, Language};
use nbasync::notebook::{FreshCell, Notebook, ipynb_of, parse_ipynb};
use nbasync::review::{Surroundings, review, review_again};
use nbasync::shell::embedded::Embedded;
use nbasync::shell::tui::canvas::Canvas;
use nbasync::shell::tui::theme::{Theme, Themes};
use nbasync::tutor::key::{Code, Key};
use nbasync::tutor::message::{Effect, Msg, Opened};
use nbasync::tutor::reviewing::{Elsewhere, Reviewed};
use nbasync::tutor::{Reading, Tutor};

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(|| Knowledge::open(&Embedded));

/// Cells as people write them, each group with names of its own.
const CELLS: [&str; 4] = [
    "import asyncio\nimport pandas as pd\n\nframe_N = pd.DataFrame({'a': range(10)})\nframe_N.head()",
    "async def fetch_N(url):\n    await asyncio.sleep(0.1)\n    return url.upper()",
    "def total_N(values):\n    result = 0\n    for value in values:\n        result += value\n    return result",
    "rows_N = asyncio.run(fetch_N('a'))\nprint(len(rows_N), total_N([1, 2]))",
];

/// Cells whose repairs have to be tried: loops behind helpers, and coroutines that are lost.
const FAULTS: [&str; 4] = [
    "import asyncio\nasync def fetch_N(url): return url",
    "def load_N(url):\n    return asyncio.run(fetch_N(url))",
    "pages_N = [load_N(url) for url in 'ab']",
    "jobs_N = {'a': fetch_N}\njobs_N['a']('b')",
];

fn main() {
    divan::main();
}

fn bytes(of: &[&str; 4], cells: usize) -> Vec<u8> {
    let cell = |at: usize| {
        let source = of.get(at % of.len()).copied().unwrap_or_default();
        FreshCell::code(source.replace('N', &(at / of.len()).to_string()))
    };
    ipynb_of(&(0..cells).map(cell).collect::<Vec<_>>()).into()
}

fn notebook(of: &[&str; 4], cells: usize) -> Notebook {
    parse_ipynb(bytes(of, cells)).expect("a notebook")
}

fn one_edit(bencher: Bencher, mut notebook: Notebook) {
    let known = review(&notebook, &KNOWLEDGE.tables).known();
    let middle = notebook.cells.len() / 2;
    if let Some(cell) = notebook.cells.get_mut(middle) {
        cell.source.push_str("\nx = 1");
    }
    let alone = Surroundings::default();
    bencher
        .counter(ItemsCount::new(notebook.cells.len()))
        .bench(|| review_again(black_box(&notebook), &KNOWLEDGE.tables, &alone, &known));
}

#[divan::bench(args = [20, 200, 5000])]
fn review_of_one_edit(bencher: Bencher, cells: usize) {
    one_edit(bencher, notebook(&CELLS, cells));
}

#[divan::bench(args = [20, 200, 5000])]
fn review_of_one_edit_with_repairs_to_try(bencher: Bencher, cells: usize) {
    one_edit(bencher, notebook(&FAULTS, cells));
}

/// A tutor that has a notebook open, reviewed, and its cell in the editor.
fn typing(bytes: Vec<u8>) -> Tutor<'static> {
    let mut tutor =
        Tutor::new(&KNOWLEDGE, Reading::One(Language::En)).with_reviews(Elsewhere::Typed);
    let opened = Opened { path: "a.ipynb".into(), bytes, ..Opened::default() };
    for effect in tutor.update(Msg::Opened(Ok(opened))) {
        let Effect::Review(job) = effect else { continue };
        let review = Some(Box::new(job.run(&KNOWLEDGE.tables)));
        tutor.update(Msg::Reviewed(Reviewed { number: job.number, review }));
    }
    tutor.update(Msg::Key(Key { code: Code::Char('e'), ctrl: false, alt: false }));
    tutor
}

fn canvas() -> Canvas {
    let theme = |name: &str| {
        let entries = KNOWLEDGE.themes.get(name).cloned().unwrap_or_default();
        Theme::parse(&entries).expect("a theme")
    };
    let themes = Themes { dark: theme("dark"), light: theme("light"), plain16: theme("plain16") };
    Canvas::new(themes, 120, 40)
}

/// A key in the cell: the change, the view, and the frame that shows it.
fn keys(bencher: Bencher, bytes: Vec<u8>, source: &str) {
    let (mut tutor, mut canvas) = (typing(bytes), canvas());
    let mut count = 0;
    bencher.bench_local(|| {
        count += 1;
        let typed = format!("{source}\nx = {count}");
        black_box(tutor.update(Msg::Edited(typed)));
        canvas.draw(&tutor.view());
    });
}

#[divan::bench(args = [50, 5000])]
fn key(bencher: Bencher, cells: usize) {
    keys(bencher, bytes(&CELLS, cells), "import asyncio");
}

#[divan::bench]
fn key_in_a_cell_of_a_megabyte(bencher: Bencher) {
    let line = "value = compute(first, second, third)\n";
    let source = line.repeat((1 << 20) / line.len());
    keys(bencher, ipynb_of(&[FreshCell::code(source.as_str())]).into(), &source);
}

#[divan::bench(args = [50, 5000])]
fn frame(bencher: Bencher, cells: usize) {
    let (tutor, mut canvas) = (typing(bytes(&CELLS, cells)), canvas());
    bencher.bench_local(|| canvas.draw(black_box(&tutor.view())));
}
