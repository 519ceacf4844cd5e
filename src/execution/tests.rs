//! What a run shows, cell by cell.

use std::sync::{Arc, LazyLock};

use super::{CellKey, Event, EventKind, Input, Site, Trace, run};
use crate::environment::Environment;
use crate::index::Index;
use crate::knowledge::tables::Tables;
use crate::python::parse;

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    Tables::parse(|name| {
        let path = format!("{}/content/tables/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).expect("a table of the content")
    })
    .expect("tables that can be read")
});

/// What happens in `cells`, as `CELL:LINE what`, cells and lines from 1.
fn events(cells: &[&str]) -> Vec<String> {
    let cells: Vec<_> = cells
        .iter()
        .enumerate()
        .map(|(at, source)| (CellKey(at as u32), Arc::new(Index::of(Arc::new(parse(source))))))
        .collect();
    let input =
        Input { modules: Arc::from([]), tables: &TABLES, environment: Environment::default() };
    let trace = run(&input, &cells);
    // A loop that starts where none refuses it is no fault.
    let is_fault = |event: &&Event| {
        !matches!(event.kind, EventKind::LoopStarted { .. } | EventKind::StarterNamed { .. })
    };
    trace.events.iter().filter(is_fault).map(|event| told(&trace, &cells, event)).collect()
}

fn told(trace: &Trace, cells: &[(CellKey, Arc<Index>)], event: &Event) -> String {
    let what = match &event.kind {
        EventKind::LoopRefused { by, .. } => format!("loop refused: {}", trace.spell(*by)),
        EventKind::StarterNamed { path } => format!("named: {}", trace.spell(*path)),
        EventKind::LoopStarted { by } => format!("loop started: {}", trace.spell(*by)),
        EventKind::LoopSteered { how, .. } => format!("loop steered: {how:?}"),
        EventKind::NeverRuns { .. } => "never runs".to_owned(),
        EventKind::AwaitRefused { .. } => "await refused".to_owned(),
        EventKind::AsyncForRefused { .. } => "async for refused".to_owned(),
        EventKind::AsyncWithRefused { .. } => "async with refused".to_owned(),
        EventKind::CoroutineLost { called_by: Some(by), .. } => {
            format!("lost by {}", trace.spell(*by))
        }
        EventKind::CoroutineLost { .. } => "lost".to_owned(),
        EventKind::AwaitedTwice { .. } => "awaited twice".to_owned(),
        EventKind::WrongKind { by, wants, .. } => format!("{} wants {wants:?}", trace.spell(*by)),
        EventKind::UsedTooEarly { how, .. } => format!("too early: {how:?}"),
        EventKind::Blocked { by } => {
            format!("blocked: {} on loop {}", trace.spell(*by), event.context.on_loop)
        }
        EventKind::Deadlocked { .. }
        | EventKind::LockedOut { .. }
        | EventKind::LockedByItself { .. } => "deadlock".to_owned(),
        EventKind::KeywordRefused { name, .. } => format!("keyword refused: {name}"),
        EventKind::Unhashable => "unhashable".to_owned(),
        EventKind::SharedBetweenLoops { .. } => "shared".to_owned(),
        EventKind::BusyWait { .. } => "busy wait".to_owned(),
        EventKind::Computed { work } => format!("computes: {work:?}"),
        EventKind::PlainWalkRefused { .. } => "plain walk refused".to_owned(),
        EventKind::Removed { by, .. } => format!("removed: {}", trace.spell(*by)),
        EventKind::LeftOpen { path } => format!("left open: {}", trace.spell(*path)),
        EventKind::CoroutineCached { .. } => "cached".to_owned(),
        EventKind::TaskLost { is_refused: true, .. } => "a task that never was lost".to_owned(),
        EventKind::TaskLost { .. } => "task lost".to_owned(),
        EventKind::GeneratorLost { .. } => "generator lost".to_owned(),
        EventKind::HandlerMisses { why } => format!("handler misses: {why:?}"),
        EventKind::NoRunningLoop { .. } => "no running loop".to_owned(),
        EventKind::NeverStarts { by } => format!("never starts: {}", trace.spell(*by)),
        EventKind::PlainWithRefused { .. } => "plain with refused".to_owned(),
        EventKind::OwnLoopWanted { by } => format!("own loop wanted: {}", trace.spell(*by)),
        EventKind::PostedToOwnLoop => "posted to own loop".to_owned(),
        EventKind::ExitInTask { by } => format!("exit in a task of {}", trace.spell(*by)),
        EventKind::ErrorsUnasked => "errors unasked".to_owned(),
        EventKind::EnteredTwice => "entered twice".to_owned(),
        EventKind::ReadAfterBlock { .. } => "read after its block".to_owned(),
        EventKind::UsedAfterBlock { .. } => "used after its block".to_owned(),
        EventKind::HeldByHand { .. } => "held by hand".to_owned(),
        EventKind::ContextLost => "context lost".to_owned(),
        EventKind::WaitsForFrontEnd => "waits for the front end".to_owned(),
        EventKind::HookUnawaited { name, .. } => format!("{name} unawaited by its caller"),
        EventKind::SpecialUnawaited { name, raises, .. } => {
            format!("{name} unawaited, raises {raises}")
        }
        EventKind::LoopLacks { by, needs } => format!("{} needs {needs:?}", trace.spell(*by)),
        EventKind::LoopPatched { by } => format!("patched by {}", trace.spell(*by)),
        EventKind::Magic => "magic".to_owned(),
        EventKind::SocketBlocks { for_ever } => format!("socket blocks, for ever {for_ever}"),
        EventKind::UsedUnopened { .. } => "unopened".to_owned(),
        EventKind::PlainWayRefused { .. } => "plain way refused".to_owned(),
    };
    format!("{} {what}", place(cells, event.site))
}

fn place(cells: &[(CellKey, Arc<Index>)], site: Site) -> String {
    let Some((key, index)) = cells.get(site.cell.0 as usize) else { return "?".to_owned() };
    let tree = &index.syntax.tree;
    let start = tree.range(site.node).start;
    let line = tree.source().get(..start).map_or(0, |before| before.matches('\n').count()) + 1;
    format!("{}:{line}", key.0 + 1)
}

/// The events of one cell in which `asyncio` is imported, without their places.
fn of(source: &str) -> Vec<String> {
    let told = events(&[&format!("import asyncio\n{source}")]);
    told.into_iter().filter_map(|it| it.split_once(' ').map(|(_, what)| what.to_owned())).collect()
}

const FETCH: &str = "async def fetch(x=1):\n    await asyncio.sleep(0)\n    return x\n";

/// The same after `fetch`, a coroutine function, is defined.
fn with_fetch(source: &str) -> Vec<String> {
    of(&format!("{FETCH}{source}"))
}

#[test]
fn a_running_loop_refuses_another_one() {
    let refused = ["loop refused: asyncio.run"];
    assert_eq!(with_fetch("asyncio.run(fetch())"), refused);
    assert_eq!(with_fetch("def go(): return asyncio.run(fetch())\ngo()"), refused);
    assert_eq!(
        with_fetch(
            "class A:\n    @property\n    def it(self): return asyncio.run(fetch())\nA().it"
        ),
        refused
    );
    assert_eq!(with_fetch("table = {'go': lambda: asyncio.run(fetch())}\ntable['go']()"), refused);
    assert_eq!(with_fetch("for f in [print, lambda x: asyncio.run(fetch(x))]:\n    f(1)"), refused);
    assert_eq!(with_fetch("list(map(asyncio.run, [fetch()]))"), refused);
    assert_eq!(with_fetch("getattr(asyncio, 'run')(fetch())"), refused);
}

#[test]
fn the_truth_of_a_coroutine_is_asked_too_early_and_that_of_a_task_is_not() {
    let asked = ["too early: Truth", "lost"];
    assert_eq!(with_fetch("if fetch(): pass"), asked);
    assert_eq!(with_fetch("fetch() == 3 or print(1)"), asked);
    assert_eq!(with_fetch("x = 1 if not fetch() else 2"), asked);
    assert_eq!(with_fetch("if asyncio.create_task(fetch()): pass"), ["task lost"]);
}

#[test]
fn a_decorator_of_ones_own_is_followed() {
    let sync =
        "def sync(fn):\n    def inner(*a):\n        return asyncio.run(fn(*a))\n    return inner\n";
    assert_eq!(
        with_fetch(&format!("{sync}@sync\nasync def get(): return 1\nget()")),
        ["loop refused: asyncio.run"]
    );
}

#[test]
fn another_thread_has_no_loop_that_refuses() {
    let none: [&str; 0] = [];
    assert_eq!(with_fetch("await asyncio.to_thread(asyncio.run, fetch())"), none);
    assert_eq!(
        with_fetch(
            "import threading\nthreading.Thread(target=lambda: asyncio.run(fetch())).start()"
        ),
        none
    );
}

#[test]
fn a_condition_that_is_known_is_not_taken_both_ways() {
    let none: [&str; 0] = [];
    assert_eq!(with_fetch("if __name__ != '__main__':\n    asyncio.run(fetch())"), none);
    assert_eq!(
        with_fetch(
            "loop = asyncio.get_event_loop()\nif loop.is_running():\n    loop.create_task(fetch()).cancel()\nelse:\n    loop.run_until_complete(fetch())"
        ),
        none
    );
}

#[test]
fn a_handler_that_does_the_same_work_handles_it() {
    let none: [&str; 0] = [];
    let tried = "try:\n    asyncio.run(fetch())\nexcept RuntimeError:\n    ";
    assert_eq!(with_fetch(&format!("{tried}await fetch()")), none);
    assert_eq!(with_fetch(&format!("{tried}print('no')")), ["loop refused: asyncio.run"]);
    assert_eq!(
        with_fetch(
            "try:\n    asyncio.get_running_loop()\nexcept RuntimeError:\n    asyncio.run(fetch())"
        ),
        none
    );
}

#[test]
fn only_what_can_be_awaited_is_awaited() {
    assert_eq!(of("await 5"), ["await refused"]);
    assert_eq!(
        of("import time\nawait time.sleep(1)").last().map(String::as_str),
        Some("await refused")
    );
    assert_eq!(of("def plain(x): return x.strip()\nawait plain(' a')"), ["await refused"]);
    assert_eq!(with_fetch("await fetch"), ["await refused"]);
    assert_eq!(with_fetch("await [fetch(1)]"), ["await refused"]);
    let none: [&str; 0] = [];
    assert_eq!(of("import some\nawait some.thing()\nawait some.other"), none);
    assert_eq!(of("class A:\n    def __await__(self):\n        yield\nawait A()"), none);
}

#[test]
fn a_coroutine_that_nobody_awaits_is_lost() {
    assert_eq!(with_fetch("fetch()"), ["lost"]);
    assert_eq!(with_fetch("jobs = [fetch(x) for x in range(3)]"), ["lost"]);
    let none: [&str; 0] = [];
    assert_eq!(
        with_fetch("jobs = [fetch(x) for x in range(3)]\nawait asyncio.gather(*jobs)"),
        none
    );
    assert_eq!(with_fetch("import some\nsome.thing(fetch())"), none);
    assert_eq!(with_fetch("c = fetch()\nif some:\n    await c"), none);
    assert_eq!(
        with_fetch(
            "class A:\n    def __init__(self): self.c = fetch()\n    async def go(self): return await self.c\nawait A().go()"
        ),
        none
    );
}

#[test]
fn a_coroutine_runs_once() {
    assert_eq!(with_fetch("c = fetch()\nawait c\nawait c"), ["awaited twice"]);
    let none: [&str; 0] = [];
    assert_eq!(with_fetch("t = asyncio.create_task(fetch())\nawait t\nawait t"), none);
    assert_eq!(with_fetch("for x in range(3):\n    await fetch(x)"), none);
    assert_eq!(with_fetch("c = fetch()\nif some:\n    await c\nelse:\n    await c"), none);
}

#[test]
fn a_task_that_nobody_looks_after_is_lost() {
    let (lost, none) = (["task lost"], [""; 0]);
    assert_eq!(with_fetch("asyncio.create_task(fetch())"), lost);
    assert_eq!(with_fetch("def go(): return asyncio.create_task(fetch())\njob = go()"), lost);
    assert_eq!(with_fetch("job = asyncio.create_task(fetch())\njob.set_name(1)\njob.done()"), lost);
    assert_eq!(with_fetch("both = asyncio.gather(fetch(), fetch())"), lost);
    assert_eq!(
        with_fetch("job = asyncio.create_task(fetch())\nasyncio.gather(job)\nawait job"),
        none
    );
    assert_eq!(
        with_fetch("job = asyncio.create_task(fetch())\nwhile not job.done(): await fetch()"),
        none
    );
    assert_eq!(with_fetch("asyncio.create_task(fetch()).cancel()"), none);
    assert_eq!(with_fetch("job = asyncio.create_task(fetch())\nasyncio.all_tasks()"), none);
    assert_eq!(with_fetch("job = asyncio.create_task(fetch())\n!echo {job}"), none);
}

#[test]
fn a_function_is_handed_over_and_not_called() {
    assert_eq!(
        with_fetch("def f(x): return x\nawait asyncio.to_thread(f(1))"),
        ["asyncio.to_thread wants Function"]
    );
    assert_eq!(
        with_fetch("asyncio.create_task(fetch)"),
        ["asyncio.create_task wants Coroutine", "a task that never was lost"]
    );
}

#[test]
fn a_thread_that_waits_for_the_loop_that_waits_for_it_never_ends() {
    let post = "loop = asyncio.get_running_loop()\ndef post():\n    return asyncio.run_coroutine_threadsafe(fetch(), loop).result()\n";
    assert_eq!(with_fetch(&format!("{post}post()")), ["posted to own loop", "deadlock"]);
    let none: [&str; 0] = [];
    assert_eq!(with_fetch(&format!("{post}await asyncio.to_thread(post)")), none);
}

#[test]
fn a_cell_sees_what_earlier_cells_bound() {
    let told = events(&["import asyncio\nrun = asyncio.run", FETCH, "run(fetch())"]);
    assert_eq!(told, ["3:1 loop refused: asyncio.run"]);
}

#[test]
fn recursion_and_endless_loops_come_to_an_end() {
    of("def f(n): return f(n + 1)\nf(0)");
    of("while True:\n    x = 1");
    of("def f(): return g() + g()\ndef g(): return f() + f()\nf()");
}

#[test]
fn what_a_keyword_makes_asynchronous_gives_coroutines() {
    let open = "from distributed import Client\nasync def go(**more):\n    client = await Client(**more)\n    client.gather([])\n";
    let lost = events(&[
        "from distributed import Client\nclient = await Client(asynchronous=True)\nclient.gather([])",
    ]);
    assert_eq!(lost, ["1:3 lost"]);
    assert!(events(&[open, "await go()"]).is_empty());
    let plain = events(&["from distributed import Client\nClient().gather([])"]);
    assert!(!plain.iter().any(|it| it.ends_with("lost")), "{plain:?}");
}

#[test]
fn a_task_that_ends_the_process_is_told() {
    let leave = "import sys\nasync def leave():\n    await asyncio.sleep(0)\n    sys.exit(1)\n";
    let told = ["exit in a task of asyncio.gather"];
    assert_eq!(of(&format!("{leave}await asyncio.gather(leave())")), told);
    assert!(of(&format!("{leave}await leave()")).is_empty());
    let caught = "async def calm():\n    try:\n        await leave()\n    except SystemExit:\n        pass\n";
    assert!(of(&format!("{leave}{caught}await asyncio.gather(calm())")).is_empty());
}

#[test]
fn a_library_that_starts_a_loop_is_found_behind_a_table() {
    let table = "import subprocess_tee\njobs = {'a': subprocess_tee.run}\njobs['a']('ls')";
    assert_eq!(of(table), ["own loop wanted: subprocess_tee.run"]);
    let thread = "import subprocess_tee\nawait asyncio.to_thread(subprocess_tee.run, 'ls')";
    assert!(of(thread).is_empty());
}

/// Of a class `A` with one method.
fn with_method(method: &str, used: &str) -> Vec<String> {
    with_fetch(&format!("class A:\n    {method}\n{used}"))
}

#[test]
fn operations_run_the_methods_that_python_looks_up_for_them() {
    let refused = ["loop refused: asyncio.run"];
    let run = "asyncio.run(fetch())";
    for (head, used) in [
        ("def __mul__(self, o)", "A() * 2"),
        ("def __ror__(self, o)", "2 | A()"),
        ("def __iadd__(self, o)", "a = A()\na += 1"),
        ("def __neg__(self)", "-A()"),
        ("def __eq__(self, o)", "A() == 1"),
        ("def __len__(self)", "len(A())"),
        ("def __bool__(self)", "while A(): break"),
        ("def __format__(self, s)", "f'{A()}'"),
        ("def __getattr__(self, n)", "A().anything"),
        ("def __setattr__(self, n, v)", "A().x = 1"),
        ("def __setitem__(self, n, v)", "A()[0] = 1"),
        ("def __delitem__(self, n)", "del A()[0]"),
        ("def __contains__(self, n)", "1 in A()"),
        ("def __init_subclass__(cls)", "class B(A): pass"),
    ] {
        assert_eq!(with_method(&format!("{head}: return {run}"), used), refused, "{head}");
    }
    let setter = "@property\n    def v(self): return 1\n    @v.setter\n    def v(self, x): ";
    assert_eq!(with_method(&format!("{setter}{run}"), "A().v = 2"), refused);
    let descriptor = "class D:\n    def __get__(self, o, t=None): return asyncio.run(fetch())\n";
    assert_eq!(with_fetch(&format!("{descriptor}class A:\n    x = D()\nA().x")), refused);
    let none: [&str; 0] = [];
    assert_eq!(with_method(&format!("def __mul__(self, o): return {run}"), "A() + 2"), none);
    assert_eq!(with_method(&format!("def __getattr__(self, n): return {run}"), "A()"), none);
}

#[test]
fn python_awaits_no_special_method() {
    for (method, used, name) in [
        ("async def __len__(self): return 1", "print(len(A()))", "__len__"),
        ("async def __bool__(self): return True", "if A(): pass", "__bool__"),
        ("async def __str__(self): return ''", "print(A())", "__str__"),
        ("async def __repr__(self): return ''", "f'{A()}'", "__repr__"),
    ] {
        assert_eq!(with_method(method, used), [format!("{name} unawaited, raises true")]);
    }
    for (method, used, name) in [
        ("async def __setitem__(self, k, v): pass", "A()[0] = 1", "__setitem__"),
        ("async def __contains__(self, k): return False", "1 in A()", "__contains__"),
        ("async def __del__(self): pass", "a = A()\ndel a", "__del__"),
    ] {
        assert_eq!(with_method(method, used), [format!("{name} unawaited, raises false")]);
    }
    let none: [&str; 0] = [];
    assert_eq!(with_method("async def __getitem__(self, k): return k", "await A()[0]"), none);
    assert_eq!(with_method("async def __call__(self): return 1", "await A()()"), none);
}

#[test]
fn what_knows_nothing_of_coroutines_neither_awaits_nor_gives_any() {
    assert_eq!(
        with_fetch("import pathlib\npathlib.Path('x').exists(fetch())").last().map(String::as_str),
        Some("lost")
    );
    assert!(with_fetch("', '.join([fetch()])").contains(&"too early: Element".to_owned()));
    assert_eq!(of("import os\nawait os.cpu_count()"), ["await refused"]);
    let none: [&str; 0] = [];
    assert_eq!(with_fetch("import random\nawait random.choice([fetch(), fetch()])"), none);
}

#[test]
fn a_table_keeps_coroutines_until_somebody_reads_its_column() {
    let kept = "import pandas as pd\ndf = pd.DataFrame()\ndf['t'] = df['u'].apply(fetch)\n";
    assert_eq!(with_fetch(&format!("{kept}df.head()")), ["lost by pandas.Series().apply"]);
    assert_eq!(with_fetch(&format!("{kept}print(df['u'])")), ["lost by pandas.Series().apply"]);
    let none: [&str; 0] = [];
    for used in [
        "await asyncio.gather(*df['t'])",
        "await asyncio.gather(*df.t.tolist())",
        "import some\nsome.thing(df)",
        "for _, row in df.iterrows():\n    await row['t']",
    ] {
        assert_eq!(with_fetch(&format!("{kept}{used}")), none, "{used}");
    }
    assert_eq!(with_fetch("import pandas\nawait asyncio.gather(*pandas.Series([fetch()]))"), none);
}

#[test]
fn a_thread_waits_in_vain_for_what_a_task_of_its_own_loop_brings() {
    let head = "import threading, queue\ndone, q = threading.Event(), queue.Queue()\n\
                async def work():\n    done.set()\n    q.put(1)\n";
    let waits = |source: &str| {
        of(&format!("{head}{source}")).into_iter().filter(|it| it == "deadlock").count()
    };
    assert_eq!(waits("t = asyncio.create_task(work())\ndone.wait()"), 1);
    assert_eq!(waits("t = asyncio.create_task(work())\nq.get()"), 1);
    assert_eq!(waits("asyncio.get_running_loop().call_soon(done.set)\ndone.wait()"), 1);
    assert_eq!(waits("t = asyncio.create_task(work())\nawait asyncio.sleep(0)\ndone.wait()"), 0);
    let posted = "asyncio.run_coroutine_threadsafe(work(), asyncio.get_running_loop())";
    assert_eq!(waits(&format!("f = {posted}\nawait asyncio.sleep(0)\nf.result()")), 1);
    assert_eq!(waits(&format!("f = {posted}\nawait asyncio.sleep(1)\nf.result()")), 0);
    assert_eq!(waits("await work()\ndone.wait()"), 0);
    assert_eq!(waits("threading.Thread(target=done.set).start()\ndone.wait()"), 0);
}
