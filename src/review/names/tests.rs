//! What a cell gives to a skeleton, and that every skeleton stays Python with it.

use std::path::Path;

use super::*;
use crate::knowledge::{Knowledge, Next};
use crate::notebook::parse_script;

struct Disk;

impl crate::knowledge::Files for Disk {
    fn list(&self) -> Vec<String> {
        let tables = [
            "blocking",
            "callables",
            "coroutines",
            "effects",
            "modules",
            "runners",
            "sync_apis",
            "versions",
        ];
        let tables = tables.iter().map(|name| format!("content/tables/{name}.yaml"));
        tables.chain(["content/chooser.yaml".to_owned()]).collect()
    }

    fn read(&self, path: &str) -> Option<std::borrow::Cow<'static, [u8]>> {
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).ok().map(Into::into)
    }
}

/// The last cell's names, sorted.
fn names_of(cells: &str) -> Names {
    let knowledge = Knowledge::open(&Disk);
    let notebook = parse_script(format!("# %%\n{cells}")).unwrap();
    let last = CellIndex(notebook.cells.len() - 1);
    names(&notebook, &knowledge.tables, &Surroundings::default(), &[], last)
}

fn check(cells: &str, expected: &[(&str, &str)]) {
    let found = names_of(cells);
    let mut found: Vec<(&str, &str)> =
        found.iter().map(|(name, text)| (*name, text.as_str())).collect();
    found.sort_unstable();
    assert_eq!(found, expected, "{cells}");
}

#[test]
fn a_loop_gives_the_call_its_item_and_its_items() {
    let expected = [
        ("call", "fetch(page)"),
        ("each", "fetch(link)"),
        ("function", "fetch"),
        ("item", "link"),
        ("items", "links[:5]"),
    ];
    check(
        "async def fetch(page): ...\n# %%\nrows = [await fetch(link) for link in links[:5]]\n",
        &expected,
    );
    check(
        "async def fetch(page): ...\n# %%\nfor link in links[:5]:\n    print(await fetch(link))\n",
        &expected,
    );
}

#[test]
fn a_call_without_a_loop_is_taken_as_it_stands_and_repeated_by_its_parameters() {
    let expected = [
        ("call", "load('a', retries=2)"),
        ("each", "load(day)"),
        ("function", "load"),
        ("item", "day"),
        ("items", "days"),
    ];
    check(
        "async def load(day, retries=1): ...\n# %%\nimport asyncio\nasyncio.run(load('a', retries=2))\n",
        &expected,
    );
}

#[test]
fn a_cell_that_only_defines_gives_its_last_function() {
    let expected = [
        ("call", "parse(client, text)"),
        ("each", "parse(client, text)"),
        ("function", "parse"),
        ("item", "text"),
        ("items", "texts"),
    ];
    check(
        "async def load(): ...\nasync def parse(client, text, *rest, deep=False): ...\n",
        &expected,
    );
}

#[test]
fn a_blocking_call_is_taken_apart_for_a_thread() {
    let expected = [
        ("blocking-item", "url"),
        ("blocking-items", "urls"),
        ("each-in-thread", "requests.get, url, timeout=5"),
        ("in-thread", "requests.get, url, timeout=5"),
    ];
    check(
        "import requests\nrows = [requests.get(url, timeout=5).json() for url in urls]\n",
        &expected,
    );
}

#[test]
fn a_client_is_taken_with_its_import_and_a_call_that_uses_it() {
    let expected = [
        ("call", "load(session, '/')"),
        ("client", "session"),
        ("client-call", "load(session, '/')"),
        ("each", "load(session, path)"),
        ("function", "load"),
        ("item", "path"),
        ("items", "paths"),
        ("open", "ClientSession(base)"),
        ("open-import", "from aiohttp import ClientSession"),
    ];
    let cells = "from aiohttp import ClientSession\nasync def load(session, path): ...\n# %%\n\
                 async with ClientSession(base) as session:\n    page = await load(session, '/')\n";
    check(cells, &expected);
}

#[test]
fn what_only_looks_like_it_gives_nothing() {
    // No coroutine function, no blocking call, no client as far as the notebook shows.
    check("rows = [fetch(url) for url in urls]\n", &[]);
    check("def get(url): ...\nrequests = get\nrequests(1)\n", &[]);
    check("import time\ntime.sleep(1)\n", &[]);
    check("import asyncio\nawait asyncio.sleep(1)\n", &[]);
    // A call over several lines does not stand well in a skeleton; its function does.
    let cells = "async def f(url): ...\nawait f(\n    1,\n)\n";
    assert_eq!(names_of(cells).get("call").map(String::as_str), Some("f(url)"));
}

#[test]
fn every_skeleton_is_python_with_its_own_names_and_with_those_of_a_cell() {
    let knowledge = Knowledge::open(&Disk);
    let chooser = knowledge.chooser();
    let cells = "import httpx, requests\nasync def fetch(client, url): ...\n\
                 async with httpx.AsyncClient() as api:\n    rows = [await fetch(api, u) for _, u in pairs]\n\
                 old = [requests.get(u) for u in urls]\n";
    let found = names_of(cells);
    assert_eq!(found.len(), 13, "{found:?}");
    for (id, end) in &chooser.ends {
        for names in [&Names::new(), &found] {
            let Some(code) = chooser.skeleton(end, names) else { continue };
            assert!(python::is_valid(&code), "{id}:\n{code}");
            assert!(!code.contains(['{']) || code.contains("f\""), "{id}:\n{code}");
        }
    }
}

#[test]
fn names_that_make_no_python_are_not_taken() {
    let knowledge = Knowledge::open(&Disk);
    let chooser = knowledge.chooser();
    let end = chooser.ends.get("wait-here").unwrap();
    let names = Names::from([("call", "fetch(".to_owned())]);
    assert_eq!(skeleton(chooser, end, &names).as_deref(), Some("result = await fetch(url)"));
}

#[test]
fn the_repair_of_a_mistake_makes_no_other() {
    // What a skeleton leaves behind is itself free of mistakes, in a notebook that has its names.
    let knowledge = Knowledge::open(&Disk);
    let chooser = knowledge.chooser();
    let setup = "import asyncio\nasync def fetch(url):\n    await asyncio.sleep(0)\n    return url\n\
                 def load(path): return path\nurl, urls, path, paths = 'a', ['a'], 'b', ['b']\n";
    for (id, end) in &chooser.ends {
        let Some(code) = skeleton(chooser, end, &Names::new()) else { continue };
        // The one deviation whose page begins with its price.
        if id == "legacy" {
            continue;
        }
        let notebook = parse_script(format!("# %%\n{setup}# %%\n{code}\n")).unwrap();
        let review = crate::review::review(&notebook, &knowledge.tables);
        let found = review.found().filter(|found| {
            found.span.cell == CellIndex(1) && found.severity > crate::diagnostic::Severity::Hint
        });
        assert_eq!(found.map(|found| found.rule).collect::<Vec<_>>(), [""; 0], "{id}:\n{code}");
    }
}

#[test]
fn answers_lead_from_question_to_question_and_no_further() {
    let knowledge = Knowledge::open(&Disk);
    let chooser = knowledge.chooser();
    assert!(matches!(chooser.next(&[1, 1]), Ok(Next::Question(_))));
    assert!(matches!(chooser.next(&[1, 1, 2, 1]), Ok(Next::End("together", _))));
    assert!(matches!(chooser.next(&[1, 9]), Err(1)));
    assert!(matches!(chooser.next(&[0]), Err(0)));
    assert!(matches!(chooser.next(&[3, 1]), Err(1)));
}
