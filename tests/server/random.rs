//! Random edits, inserts, moves and deletes of cells: what the server says of the notebook that
//! came of them is what a review of the same cells says that knows nothing of what was before.

use std::time::Instant;

use nbasync::knowledge::{Knowledge, Language};
use nbasync::notebook::{FreshCell, ipynb_of, parse_ipynb};
use nbasync::review::{review, sentence};
use nbasync::shell::embedded::Embedded;
use serde_json::{Value, json};

use crate::client::{Client, item, offset};

const BOOK: &str = "untitled:random.ipynb";

/// What cells are made of: things that are wrong together, and things that are right.
const PIECES: [&str; 16] = [
    "import asyncio",
    "async def f(): ...",
    "async def f():\n    await asyncio.sleep(1)\n    return '𝄞'",
    "def f(): ...",
    "f()",
    "asyncio.run(f())",
    "x = '中𝄞'; asyncio.run(f())",
    "def load():\n    return asyncio.run(f())",
    "load()",
    "asyncio.create_task(f())",
    "t = asyncio.create_task(f())",
    "t.result()",
    "await f()",
    "import nest_asyncio\nnest_asyncio.apply()",
    "%%time\nawait f()",
    "def broken(:\n    await f()",
];

/// A small generator of numbers: the same seed gives the same run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end.max(1)
    }

    fn piece(&mut self) -> &'static str {
        PIECES[self.below(PIECES.len())]
    }
}

struct Book {
    /// The cells' URIs and texts, in order.
    cells: Vec<(String, String)>,
    /// How many cells there ever were.
    count: usize,
}

impl Book {
    /// Makes one change and tells the server.
    fn change(&mut self, random: &mut Random, client: &mut Client) {
        let at = random.below(self.cells.len());
        match random.below(10) {
            0 if self.cells.len() < 40 => self.insert(at, random.piece(), client),
            1 if self.cells.len() > 5 => {
                let (uri, _) = self.cells.remove(at);
                let array = json!({"start": at, "deleteCount": 1});
                let structure = json!({"array": array, "didClose": [{"uri": uri}]});
                client.change_cells(BOOK, json!({"structure": structure}));
            }
            2 => {
                let to = random.below(self.cells.len());
                let cell = self.cells.remove(at);
                self.cells.insert(to, cell);
                let (start, end) = (at.min(to), at.max(to) + 1);
                let told = |(uri, _): &(String, String)| json!({"kind": 2, "document": uri});
                let cells: Vec<Value> = self.cells[start..end].iter().map(told).collect();
                let array = json!({"start": start, "deleteCount": end - start, "cells": cells});
                client.change_cells(BOOK, json!({"structure": {"array": array}}));
            }
            3 => self.replace(at, random.piece(), client),
            _ => self.edit(at, random, client),
        }
    }

    fn insert(&mut self, at: usize, text: &str, client: &mut Client) {
        let uri = format!("{BOOK}#{}", self.count);
        self.count += 1;
        self.cells.insert(at, (uri.clone(), text.to_owned()));
        let array = json!({"start": at, "deleteCount": 0, "cells": [{"kind": 2, "document": uri}]});
        let structure = json!({"array": array, "didOpen": [item(&uri, text)]});
        client.change_cells(BOOK, json!({"structure": structure}));
    }

    fn replace(&mut self, at: usize, new: &str, client: &mut Client) {
        self.cells[at].1 = new.to_owned();
        self.tell(at, json!({"text": new}), client);
    }

    /// Puts a word or nothing in place of a few characters, as somebody does who types.
    fn edit(&mut self, at: usize, random: &mut Random, client: &mut Client) {
        let text = &mut self.cells[at].1;
        let bounds: Vec<usize> =
            text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let from = random.below(bounds.len());
        let to = (from + random.below(4)).min(bounds.len() - 1);
        let words = ["", "", "a", "\n", "await ", "()", "𝄞", "f", "# ", "\n\nload()"];
        let new = words[random.below(words.len())];
        let range = json!({"start": place(text, bounds[from]), "end": place(text, bounds[to])});
        text.replace_range(bounds[from]..bounds[to], new);
        self.tell(at, json!({"range": range, "text": new}), client);
    }

    fn tell(&self, at: usize, change: Value, client: &mut Client) {
        let uri = &self.cells[at].0;
        let content = json!({"document": {"uri": uri, "version": 1}, "changes": [change]});
        client.change_cells(BOOK, json!({"textContent": [content]}));
    }

    /// What the server says, cell by cell: rule, message, and the text that is marked.
    fn told(&self, client: &Client) -> Vec<Vec<(String, String, usize, usize)>> {
        let of_cell = |(uri, text): &(String, String)| {
            let list = &client.diagnostics[uri];
            let of = |it: &Value| {
                let at = |end: &str| {
                    let of = |name: &str| it["range"][end][name].as_u64().unwrap() as usize;
                    offset(text, of("line"), of("character"))
                };
                let word = |name: &str| it[name].as_str().unwrap().to_owned();
                (word("code"), word("message"), at("start"), at("end"))
            };
            list.iter().map(of).collect()
        };
        self.cells.iter().map(of_cell).collect()
    }

    /// What a review says that begins with these cells.
    fn expected(&self, knowledge: &Knowledge) -> Vec<Vec<(String, String, usize, usize)>> {
        let cells: Vec<FreshCell> =
            self.cells.iter().map(|(_, text)| FreshCell::code(text.as_str())).collect();
        let notebook = parse_ipynb(ipynb_of(&cells)).unwrap();
        let mut out = vec![Vec::new(); self.cells.len()];
        for found in review(&notebook, &knowledge.tables).diagnostics {
            let said = sentence(knowledge, Language::En, &found.message);
            let range = found.span.range;
            out[found.span.cell.0].push((found.rule.to_owned(), said, range.start, range.end));
        }
        out
    }
}

fn place(text: &str, offset: usize) -> Value {
    let before = &text[..offset];
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let character = before[start..].encode_utf16().count();
    json!({"line": before.matches('\n').count(), "character": character})
}

/// `NBASYNC_RANDOM_EDITS` sets how many edits there are.
#[test]
fn after_any_edits_the_server_says_what_a_fresh_review_says() {
    let edits: usize = std::env::var("NBASYNC_RANDOM_EDITS")
        .map_or(60, |number| number.parse().expect("NBASYNC_RANDOM_EDITS is a number"));
    let knowledge = Knowledge::open(&Embedded);
    let mut random = Random(7);
    let mut client = Client::start();
    let first: Vec<&str> = (0..12).map(|_| random.piece()).collect();
    let uris = client.open_cells(BOOK, &first);
    let texts = first.iter().map(|text| (*text).to_owned());
    let mut book = Book { cells: uris.into_iter().zip(texts).collect(), count: first.len() };
    let mut said = 0;
    for edit in 0..edits {
        book.change(&mut random, &mut client);
        let answer = client.settle(&book.cells[0].0);
        assert!(answer.get("error").is_none(), "{answer}");
        let told = book.told(&client);
        assert_eq!(told, book.expected(&knowledge), "edit {edit}: {:#?}", book.cells);
        said += told.iter().flatten().count();
    }
    assert!(said > edits, "the cells are wrong often enough to tell");
    assert_eq!(client.stop(), Some(0));
}

/// Prints how long changes take in a notebook of many cells. A measurement, and no test: run it by
/// name with `--ignored --nocapture`, built with optimisation.
#[test]
#[ignore = "measures"]
fn how_long_a_change_takes_in_a_long_notebook() {
    let cells: usize = std::env::var("NBASYNC_CELLS").map_or(5000, |it| it.parse().unwrap());
    let mut client = Client::start();
    let text = |at: usize| match at % 50 {
        0 => format!(
            "import asyncio, time\nasync def f{at}(n):\n    await asyncio.sleep(n)\n    return n"
        ),
        7 => format!("asyncio.run(f{}(1))", at - 7),
        9 => format!("await f{}(2)", at - 9),
        _ => format!("x{at} = [n * {at} for n in range(10)]\nprint(sum(x{at}))"),
    };
    let texts: Vec<String> = (0..cells).map(text).collect();
    let first: Vec<&str> = texts.iter().map(String::as_str).collect();
    let begin = Instant::now();
    let uris = client.open_cells(BOOK, &first);
    client.settle(&uris[0]);
    println!("opened {cells} cells in {:?}", begin.elapsed());
    let mut random = Random(3);
    let mut book = Book { cells: uris.into_iter().zip(texts).collect(), count: cells };
    let mut times = Vec::new();
    for _ in 0..300 {
        let begin = Instant::now();
        book.change(&mut random, &mut client);
        client.settle(&book.cells[0].0);
        times.push(begin.elapsed());
    }
    times.sort();
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    println!("median {:?}, 90% {:?}, 99% {:?}", at(50), at(90), at(99));
    assert_eq!(client.stop(), Some(0));
}
