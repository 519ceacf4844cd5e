//! Other files beside a notebook that use its functions.

use crate::support::{folder, notebook, run};

const REPORT: &str = "# %%\nimport asyncio\n\nasync def fetch(n):\n    return n\n\ndef get(n):\n    return asyncio.run(fetch(n))\n\n# %%\nrows = [get(1), get(2)]\n";

#[test]
fn a_plan_tells_of_the_files_that_use_the_function_and_changes_nothing() {
    let other = notebook(&["%run report.py", "get(3)"]);
    let files = [
        ("report.py", REPORT),
        ("job.py", "from report import get\n\n\ndef total():\n    return get(1)\n"),
        ("other.ipynb", &other),
        ("alone.py", "def get(): ...\n\n\nget()  # report\n"),
    ];
    let folder = folder(&files);
    let told = run(folder.path(), &["check", "report.py"]).stdout;
    assert!(told.contains("`job.py`, line 5, uses `get` as well"), "{told}");
    assert!(told.contains("`other.ipynb`, cell 2, line 1, uses `get` as well"), "{told}");
    assert!(told.contains("only shown, never applied"), "{told}");
    assert!(!told.contains("alone.py"), "{told}");
    run(folder.path(), &["fix", "--unsafe-fixes", "report.py"]);
    assert_eq!(std::fs::read_to_string(folder.path().join("report.py")).unwrap(), REPORT);
}

#[test]
fn a_function_that_no_other_file_uses_is_made_async() {
    let folder = folder(&[("report.py", REPORT), ("job.py", "import report\n")]);
    let told = run(folder.path(), &["fix", "--unsafe-fixes", "report.py"]);
    let text = std::fs::read_to_string(folder.path().join("report.py")).unwrap();
    assert!(text.contains("async def get(n):\n    return await fetch(n)"), "{}", told.stdout);
    assert!(text.contains("rows = [await get(1), await get(2)]"), "{text}");
}

#[test]
fn a_script_that_shares_the_names_counts_too() {
    let cells = [
        "import asyncio\nasync def f(): ...\ndef g():\n    return asyncio.run(f())",
        "g()\n%run -i tail.py",
    ];
    let folder = folder(&[("a.ipynb", &notebook(&cells)), ("tail.py", "print(g())\n")]);
    let told = run(folder.path(), &["check", "a.ipynb"]).stdout;
    assert!(told.contains("`tail.py`, line 1, uses `g` as well"), "{told}");
}

const BOT: [&str; 3] = [
    "from telegram import Bot\nbot = Bot('token')",
    "bot.send_message(chat_id=1, text='up')",
    "await bot.get_me()",
];

#[test]
fn files_beside_a_notebook_say_which_version_of_a_library_it_meets() {
    let bot = notebook(&BOT);
    let told = |files: &[(&str, &str)]| {
        let folder = folder(&[&[("in/bot.ipynb", bot.as_str())], files].concat());
        run(folder.path(), &["check", "in/bot.ipynb"]).stdout
    };
    // A notebook that is named without its folder has the same neighbours.
    let here = folder(&[("bot.ipynb", &bot), ("requirements.txt", "python-telegram-bot<20\n")]);
    let named = run(here.path(), &["check", "bot.ipynb"]).stdout;
    assert!(named.contains("python-telegram-bot <20, which requirements.txt names"), "{named}");
    let unknown = told(&[]);
    let since = "so it is since python-telegram-bot 20.0; nothing says which version runs";
    assert!(unknown.contains("warning coroutine-never-awaited"), "{unknown}");
    assert!(unknown.contains(since), "{unknown}");
    let older = told(&[("in/requirements.txt", "python-telegram-bot==13.15\n")]);
    assert!(!older.contains("coroutine-never-awaited"), "{older}");
    assert!(older.contains("error blocking-call-in-async"), "{older}");
    assert!(older.contains("python-telegram-bot 13.15, which requirements.txt names"), "{older}");
    let lock = "[[package]]\nname = \"python-telegram-bot\"\nversion = \"20.8\"\n";
    let newer = told(&[("uv.lock", lock), ("in/requirements.txt", "python-telegram-bot>=13\n")]);
    assert!(newer.contains("python-telegram-bot 20.8, which uv.lock names"), "{newer}");
    assert!(newer.contains("coroutine-never-awaited") && !newer.contains(since), "{newer}");
}

const HELPERS: &str = "import asyncio\nrunning = set()\n\nasync def work():\n    await asyncio.sleep(1)\n\n\
    def lose():\n    asyncio.create_task(work())\n\ndef keep():\n    task = asyncio.create_task(work())\n    \
    running.add(task)\n\nasync def group():\n    async with asyncio.TaskGroup() as tasks:\n        \
    tasks.create_task(work())\n";

#[test]
fn a_task_that_a_module_starts_and_drops_is_told_with_its_line_and_no_file_is_changed() {
    let cells = ["import helpers", "helpers.lose()", "helpers.keep()\nawait helpers.group()"];
    let folder = folder(&[("a.ipynb", &notebook(&cells)), ("helpers.py", HELPERS)]);
    let told = run(folder.path(), &["check", "a.ipynb"]).stdout;
    assert!(told.contains("it happens in helpers.py, line 8"), "{told}");
    assert!(told.contains("change it there"), "{told}");
    assert_eq!(told.matches("warning dropped-task").count(), 1, "{told}");
    run(folder.path(), &["fix", "--unsafe-fixes", "a.ipynb"]);
    assert_eq!(std::fs::read_to_string(folder.path().join("helpers.py")).unwrap(), HELPERS);
}

const KEEPERS: &str = "import asyncio\n\nasync def work():\n    await asyncio.sleep(1)\n\n\
    async def beat():\n    while True:\n        await asyncio.sleep(1)\n\n\
    async def forget():\n    task = asyncio.create_task(work())\n    await asyncio.sleep(0)\n\n\
    async def serve():\n    task = asyncio.create_task(beat())\n    await asyncio.sleep(0)\n\n\
    async def share():\n    global shared\n    shared = asyncio.create_task(work())\n\n\
    async def wait():\n    task = asyncio.create_task(work())\n    await task\n\n\
    async def give():\n    task = asyncio.create_task(work())\n    return task\n";

#[test]
fn a_task_that_only_a_variable_of_a_module_s_function_keeps_is_told_where_its_work_has_an_end() {
    let cells = [
        "import keepers",
        "await keepers.forget()",
        "await keepers.serve()\nawait keepers.share()\nawait keepers.wait()\ntask = await keepers.give()\nawait task",
    ];
    let folder = folder(&[("a.ipynb", &notebook(&cells)), ("keepers.py", KEEPERS)]);
    let told = run(folder.path(), &["check", "a.ipynb"]).stdout;
    assert!(told.contains("it happens in keepers.py, line 11"), "{told}");
    assert!(told.contains("await `task` before the function ends"), "{told}");
    assert_eq!(told.matches("it happens in").count(), 1, "{told}");
}
