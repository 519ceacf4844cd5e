//! Walks every problem of the corpus and of all fixtures through all steps: no two of its
//! statements exclude each other, in a cell or between cells.

use std::collections::{BTreeSet, HashSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::*;
use crate::knowledge::Fixture;
use crate::notebook::{Notebook, Pasted, parse_pasted};
use crate::review::Surroundings;
use crate::text::CellIndex;
use crate::tutor::document::Document;
use crate::tutor::pages::{Proof, Step, Subject, stated};
use crate::tutor::statements::{Outcome, Statement};

/// Notebooks and scripts of the corpus, in order of names; none where there is none.
fn corpus() -> Vec<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let root = std::env::var_os("NBASYNC_CORPUS").map_or(beside, PathBuf::from);
    if !root.is_dir() {
        let note = format!("skipped: no corpus at {}\n", root.display());
        std::io::stderr().write_all(note.as_bytes()).expect("a note");
    }
    let (mut found, mut folders) = (Vec::new(), vec![root]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "ipynb" || end == "py") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn of_file(path: &Path) -> Option<Document> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    let notebook = crate::notebook::parse(&name, std::fs::read(path).ok()?).ok()?;
    Some(document(name, Some(path.to_owned()), notebook))
}

fn document(name: String, path: Option<PathBuf>, notebook: Notebook) -> Document {
    Document::new(name, path, notebook, Surroundings::default(), &KNOWLEDGE.tables)
}

/// The cases of every fixture, as pasted and as files.
fn fixtures() -> Vec<Document> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("the rules").flatten().map(|it| it.path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "md"));
    files.sort();
    let cases = files.iter().flat_map(|path| {
        let text = std::fs::read_to_string(path).expect("a fixture");
        Fixture::read(&text).expect("a fixture")
    });
    let both = cases.flat_map(|case| {
        [None, Some(PathBuf::from("work/a.ipynb"))].into_iter().filter_map(move |path| {
            let Pasted::Notebook(notebook) = parse_pasted(&case.code) else { return None };
            Some(document(case.title.clone(), path, notebook))
        })
    });
    both.collect()
}

fn cells(document: &Document) -> impl Iterator<Item = CellIndex> + use<> {
    (0..document.notebook.cells.len()).map(CellIndex)
}

/// What the fixtures alone make the pages say.
const STATED: [Statement; 20] = [
    Statement::LeaveAlone,
    Statement::Problem,
    Statement::Outcome(Outcome::Usual),
    Statement::Outcome(Outcome::Patched),
    Statement::Outcome(Outcome::EndsKernel),
    Statement::Outcome(Outcome::NoEffect),
    Statement::Outcome(Outcome::Generator),
    Statement::Outcome(Outcome::Apart),
    Statement::ShowsHow,
    Statement::ShowsNothing,
    Statement::Untried,
    Statement::Consent,
    Statement::Written,
    Statement::Moved,
    Statement::ShownOnly,
    Statement::NoRepair,
    Statement::NothingElse,
    Statement::PatchNeeded,
    Statement::PatchUnneeded,
    Statement::RunRaises,
];

/// Everything that the steps of one problem say, with every choice of repair by itself.
fn walks(document: &Document) -> Vec<(String, Vec<Statement>)> {
    let mut walks = Vec::new();
    let proof = Proof { attempt: None, prospect: None };
    for cell in cells(document) {
        if document.problems_of(cell).next().is_none() {
            let subject =
                Subject { knowledge: &KNOWLEDGE, document, cell, problem: None, choice: 0 };
            let place = format!("{} cell {}", document.name, cell.number());
            walks.push((place, stated(subject, Step::Situation, proof)));
        }
        for problem in document.problems_of(cell) {
            for choice in 0..problem.fixes.len().max(1) {
                let problem = Some(problem);
                let subject = Subject { knowledge: &KNOWLEDGE, document, cell, problem, choice };
                let mut said = vec![Statement::Problem];
                said.extend(Step::ALL.iter().flat_map(|step| stated(subject, *step, proof)));
                let place = format!("{} cell {} {problem:?}", document.name, cell.number());
                walks.push((place.chars().take(240).collect(), said));
            }
        }
    }
    walks
}

/// Places where one cell's walk calls the patch needed and another's says that it does not help.
fn patch_at_odds(document: &Document) -> Vec<String> {
    let needed: BTreeSet<_> = document
        .problems()
        .flat_map(|it| &it.notes)
        .filter(|note| note.message.key == "needs-it")
        .filter_map(|note| note.span.map(|span| (span.cell, span.range.start)))
        .collect();
    let helps_not = document.problems().filter(|it| {
        it.notes.iter().any(|note| note.message.key == "patch-no-help")
            && needed.contains(&(it.span.cell, it.span.range.start))
    });
    helps_not.map(|it| format!("{}: {:?}", document.name, it.message)).collect()
}

#[test]
fn no_two_statements_of_a_walk_exclude_each_other() {
    let documents =
        fixtures().into_iter().chain(corpus().into_iter().filter_map(|it| of_file(&it)));
    let (mut wrong, mut count, mut seen) = (Vec::new(), 0, HashSet::new());
    for document in documents {
        wrong.extend(patch_at_odds(&document));
        for (place, said) in walks(&document) {
            count += 1;
            seen.extend(said.iter().copied());
            for (at, one) in said.iter().enumerate() {
                let others = said.iter().skip(at + 1).filter(|other| one.excludes(**other));
                wrong.extend(others.map(|other| format!("{one:?} and {other:?}: {place}")));
            }
        }
    }
    assert!(count > 400, "only {count} walks");
    let unseen: Vec<_> = STATED.iter().filter(|it| !seen.contains(it)).collect();
    assert!(unseen.is_empty(), "nobody says {unseen:?}");
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn statements_that_cannot_both_be_true_exclude_each_other_both_ways() {
    use Statement as Is;
    let pairs = [
        (Is::LeaveAlone, Is::Problem),
        (Is::ShownOnly, Is::Moved),
        (Is::ShownOnly, Is::Written),
        (Is::NothingElse, Is::Changes),
        (Is::NothingElse, Is::Consent),
        (Is::Untried, Is::Safe),
        (Is::ShowsHow, Is::ShowsNothing),
        (Is::ShowsNothing, Is::CopiesRepair),
        (Is::Outcome(Outcome::Patched), Is::Outcome(Outcome::Usual)),
        (Is::Outcome(Outcome::Patched), Is::RunRaises),
        (Is::NoRepair, Is::CopiesRepair),
        (Is::PatchNeeded, Is::PatchUnneeded),
        (Is::Only, Is::Another),
    ];
    for (one, other) in pairs {
        assert!(one.excludes(other) && other.excludes(one), "{one:?} {other:?}");
        assert!(!one.excludes(one), "{one:?}");
    }
}

/// The lines of all steps of the first problem, in one language.
fn told(cell: &str, language: Language) -> String {
    let mut tutor = pasted(cell);
    if language == Language::Zh {
        press(&mut tutor, "L");
    }
    (1..=6)
        .map(|step| {
            press(&mut tutor, &step.to_string());
            guide(&tutor)
        })
        .collect()
}

#[test]
fn pages_about_the_network_are_left_out_where_the_call_reads_a_file() {
    let cell = |call: &str| {
        format!(
            "import requests\nfrom pathlib import Path\n\nasync def load(path):\n    \
            return {call}\n\nawait load('a')"
        )
    };
    for language in [Language::En, Language::Zh] {
        for call in ["open(path).read()", "Path(path).read_bytes()", "Path(path).read_text()"] {
            let said = told(&cell(call), language);
            let of_the_network = ["requests.get", "AsyncClient", "heavy computation", "0.32 s"];
            for word in of_the_network {
                assert!(!said.contains(word), "{call}: {word} in\n{said}");
            }
            assert!(said.contains("to_thread"), "{said}");
        }
        let said = told(&cell("requests.get(path).json()"), language);
        assert!(said.contains("requests.get") && said.contains("httpx.AsyncClient"), "{said}");
    }
    let said = told(&cell("Path(path).read_bytes()"), Language::En);
    assert!(said.contains("await asyncio.to_thread(Path(path).read_bytes)"), "{said}");
}

#[test]
fn who_awaits_already_is_not_told_about_top_level_await() {
    let policy = "asyncio.set_event_loop_policy(None or policy)";
    let patch = "import nest_asyncio\nnest_asyncio.apply()";
    for line in [policy, patch] {
        let said = told(&format!("import asyncio\n{line}\nawait asyncio.sleep(1)"), Language::En);
        assert!(!said.contains("Top-level await"), "{said}");
    }
    let said = told("import asyncio\nasyncio.run(f())", Language::En);
    assert!(said.contains("Top-level await"), "{said}");
}

#[test]
fn a_page_that_does_not_tell_of_it_is_left_out_and_the_way_out_is_told() {
    let exits = "import asyncio, sys\nasync def check(n):\n    sys.exit(n)\n\
                 await asyncio.gather(check(1), check(2))";
    let held = "import asyncio\nlock = asyncio.Lock()\nasync def save(row):\n    async with lock:\n        \
                print(row)\nasync def both(row):\n    async with lock:\n        await save(row)\n\
                await both(1)";
    let set = "import contextvars\nwho = contextvars.ContextVar('who')\nasync def login():\n    \
               return 'eva'\nname = await login()\nwho.set(name)\n\n# %%\nprint(who.get())";
    for (code, way, of_the_page) in [
        (exits, "raise an ordinary exception", "new_event_loop"),
        (held, "Let one of the two take the lock", "future.result"),
        (set, "Keep the value in a plain name", "AsyncClient"),
    ] {
        let said = told(code, Language::En);
        assert!(said.contains(way) && !said.contains(of_the_page), "{said}");
        assert!(!said.contains("shows how") && !said.contains("below"), "{said}");
    }
}

#[test]
fn an_async_generator_is_not_to_be_awaited_but_walked() {
    let rows = "import asyncio\nasync def rows(n):\n    for i in range(n):\n        await asyncio.sleep(0)\n        \
                yield i\n";
    for line in ["job = asyncio.create_task(rows(3))", "rows(3)\nprint('done')"] {
        let said = told(&format!("{rows}{line}"), Language::En);
        assert!(said.contains("async for") && !said.contains("await main("), "{said}");
        assert!(!said.contains("makes a coroutine"), "{said}");
    }
}

#[test]
fn consent_is_asked_for_what_it_is_needed_for() {
    let kept = "import asyncio\nasync def load():\n    return [1]\njob = asyncio.create_task(load())\nprint(job[0])";
    let said = told(kept, Language::En);
    assert!(said.contains("yours to say") && !said.contains("says what changes"), "{said}");
    let shared =
        "import requests\nasync def load(url):\n    return requests.get(url)\nawait load('a')";
    let said = told(shared, Language::En);
    assert!(said.contains("says what changes") && !said.contains("yours to say"), "{said}");
}

#[test]
fn what_a_thread_without_a_loop_needs_is_no_other_thread() {
    let code = "import asyncio, threading\nasync def load(n):\n    await asyncio.sleep(0)\n\
                def work():\n    asyncio.create_task(load(1))\nthreading.Thread(target=work).start()";
    let said = told(code, Language::En);
    assert!(said.contains("run_coroutine_threadsafe") && said.contains("shows how"), "{said}");
    assert!(!said.contains("Run the blocking function"), "{said}");
}

#[test]
fn a_library_with_a_loop_of_its_own_is_told_what_to_write_in_a_cell() {
    let server = "import uvicorn\napp = None\nuvicorn.run(app)";
    let said = told(server, Language::En);
    assert!(said.contains("In a cell: asyncio.create_task(uvicorn.Server("), "{said}");
    assert!(!said.contains("Await the coroutine right in the cell"), "{said}");
    let prompt = "from prompt_toolkit import prompt\nname = prompt('Name: ')";
    let said = told(prompt, Language::Zh);
    assert!(said.contains("在单元格里：input()"), "{said}");
    assert!(!said.contains("顶层 await"), "{said}");
}

#[test]
fn a_computation_is_not_told_about_requests() {
    let code = "import asyncio\nasync def digest():\n    total = 0\n    for n in range(5_000_000):\n        \
                total += n * n\n    return total\nawait digest()";
    let said = told(code, Language::En);
    assert!(!said.contains("requests") && !said.contains("async client"), "{said}");
    assert!(said.contains("ProcessPoolExecutor") || said.contains("processes"), "{said}");
}

#[test]
fn another_mistake_of_the_rule_is_not_the_same_elsewhere() {
    let code = "import asyncio, threading\nlock = threading.Lock()\nasync def save():\n    with lock:\n        \
                await asyncio.sleep(0.1)\nawait asyncio.gather(save(), save())\n\n# %%\nevent = asyncio.Event()\n\
                await event.wait()";
    let said = told(code, Language::En);
    assert!(said.contains("asyncio.Lock") && !said.contains("to_thread"), "{said}");
    assert!(!said.contains("The same elsewhere"), "{said}");
}

#[test]
fn who_asks_somebody_is_not_sent_to_a_thread() {
    let said =
        told("async def ask():\n    return input('name? ')\nname = await ask()", Language::En);
    assert!(said.contains("Ask in a cell of its own") && !said.contains("to_thread"), "{said}");
    assert!(!said.contains("async client") && !said.contains("to a thread"), "{said}");
}

#[test]
fn a_range_of_pythons_is_no_single_python() {
    let asking = |python: &str| {
        let block = format!("# /// script\n# requires-python = \"{python}\"\n# ///\n");
        let code =
            "# %%\nimport asyncio\nasync with asyncio.timeout(5):\n    await asyncio.sleep(1)";
        let bytes = format!("{block}\n{code}\n").into_bytes();
        let mut tutor = tutor();
        let file = Opened { path: "work/a.py".into(), bytes, ..Opened::default() };
        tutor.update(Msg::Opened(Ok(file)));
        guide(&tutor)
    };
    let (range, single) = (asking(">=3.10"), asking("==3.10.*"));
    assert!(range.contains("Jupyter, Python 3.10 and newer."), "{range}");
    assert!(single.contains("Jupyter, Python 3.10."), "{single}");
}
