//! What may be thrown at each door of the program, and what has to hold then. The fuzz targets and the
//! test that replays their seeds share it.

#[path = "doors/of_kernel.rs"]
mod of_kernel;

pub use of_kernel::kernel;

use std::borrow::Cow;
use std::io::{self, Cursor};
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use nbasync::diagnostic::{Applicability, Diagnostic};
use nbasync::knowledge::{Files, Knowledge, Language};
use nbasync::notebook::{self, CellKind, Notebook};
use nbasync::review::{Repairs, Review, Surroundings, review, review_again};
use nbasync::shell::config::{Configs, Overrides};
use nbasync::shell::ran::Ran;
use nbasync::shell::visible::{self, Charset};
use nbasync::shell::{mcp, server};
use nbasync::tutor::key::{Code, Key};
use nbasync::tutor::message::{Msg, Opened};
use nbasync::tutor::view::Pane;
use nbasync::tutor::{Reading, Tutor};

/// The fuzzer ends at every panic: not at those of the Python parser, which its door catches.
pub fn begin() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !nbasync::python::is_catching() {
            before(info);
        }
    }));
}

/// A door's name and what is done there.
pub type Door = (&'static str, fn(&[u8]));

/// All of them.
pub const DOORS: [Door; 13] = [
    ("ipynb", ipynb),
    ("script", script),
    ("markdown", markdown),
    ("cell", cell),
    ("edits", edits),
    ("tutor", tutor),
    ("paste", paste),
    ("lsp", lsp),
    ("mcp", mcp),
    ("settings", settings),
    ("session", session),
    ("content", content),
    ("kernel", kernel),
];

/// The content as it stands in the repository.
struct Disk;

impl Files for Disk {
    fn list(&self) -> Vec<String> {
        let (mut found, root) = (Vec::new(), root());
        let mut folders = vec![PathBuf::from("content"), PathBuf::from("skills")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(root.join(&folder)).expect("a folder").flatten() {
                let path = folder.join(entry.file_name());
                match root.join(&path).is_dir() {
                    true => folders.push(path),
                    false => found.push(path.to_string_lossy().into_owned()),
                }
            }
        }
        found
    }

    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        std::fs::read(root().join(path)).ok().map(Into::into)
    }
}

/// The project's folder, from it or from `fuzz/` in it.
fn root() -> PathBuf {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    if own.ends_with("fuzz") { own.join("..") } else { own }
}

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(|| Knowledge::open(&Disk));

/// The same for who shares it.
static SHARED: LazyLock<Arc<Knowledge>> = LazyLock::new(|| Arc::new(Knowledge::open(&Disk)));

/// Where one shot may do much, the length of what is read is bounded.
const LONG: usize = 4096;

fn text(data: &[u8]) -> String {
    String::from_utf8_lossy(data.get(..LONG).unwrap_or(data)).into_owned()
}

/// The text of an `.ipynb` file.
pub fn ipynb(data: &[u8]) {
    notebook_of("a.ipynb", data);
}

/// Percent scripts, marimo and Databricks source.
pub fn script(data: &[u8]) {
    notebook_of("a.py", data);
}

/// Markdown with cells.
pub fn markdown(data: &[u8]) {
    for name in ["a.md", "a.qmd"] {
        notebook_of(name, data);
    }
}

/// Nothing moves where nothing is changed; what is written reads as it was meant.
fn notebook_of(name: &str, data: &[u8]) {
    let Ok(notebook) = notebook::parse(name, data) else { return };
    if notebook.read_only().is_some() {
        return;
    }
    assert_eq!(notebook.save(&[]).expect("nothing changed"), data, "{name}");
    let code = notebook.cells.iter().find(|cell| cell.kind == CellKind::Code);
    let Some(cell) = code else { return };
    // Carriage returns before a line feed are a part of it.
    let wanted = format!("{}\nadded = 'é'", cell.source.trim_end_matches('\r'));
    let Ok(bytes) = notebook.save(&[(cell.index, wanted.clone())]) else { return };
    let again = notebook.reload(bytes).expect("what was written");
    let source = again.cell(cell.index).map(|cell| cell.source.clone());
    assert_eq!(source, Some(wanted), "{name}");
}

/// A notebook of these cells.
fn of(sources: &[String]) -> Notebook {
    let cell = |source: &String| {
        serde_json::json!({"cell_type": "code", "metadata": {}, "outputs": [],
            "execution_count": null, "source": source})
    };
    let cells: Vec<_> = sources.iter().map(cell).collect();
    let whole =
        serde_json::json!({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4});
    notebook::parse_ipynb(whole.to_string().into_bytes()).expect("a notebook")
}

/// A cell's source: reviewed, repaired, and repaired again, which changes nothing.
pub fn cell(data: &[u8]) {
    let tables = &KNOWLEDGE.tables;
    let notebook = of(&[text(data)]);
    let found = review(&notebook, tables);
    let mut repairs = Repairs::new(notebook, found, Applicability::Safe, tables);
    repairs.run();
    let repaired = notebook::parse_ipynb(repairs.notebook.original().to_vec()).expect("repaired");
    let found = review(&repaired, tables);
    let before = repaired.original().to_vec();
    let mut again = Repairs::new(repaired, found, Applicability::Safe, tables);
    again.run();
    assert_eq!(again.notebook.original(), before, "a second pass changes something");
}

/// What is written in cells, bit by bit.
const PIECES: [&str; 16] = [
    "import asyncio\n",
    "asyncio.run(f())",
    "async def f():\n    ",
    "await ",
    "f",
    "()",
    "\n",
    "    ",
    "time.sleep(1)",
    "def g():\n",
    "return ",
    "x = ",
    "(",
    "'",
    "asyncio.create_task(",
    "%%time\n",
];

/// Edits one after the other: what is said after each is what is said of the text at first sight.
pub fn edits(data: &[u8]) {
    let tables = &KNOWLEDGE.tables;
    let mut sources = vec![
        "import asyncio\nasync def f():\n    return 1".to_owned(),
        "x = asyncio.run(f())".to_owned(),
        "def g():\n    return asyncio.run(f())\ng()".to_owned(),
    ];
    // What has nothing to do with these, and with each other, is not looked at again.
    sources.extend((0..9).map(|at| format!("async def h{at}():\n    await f{at}()\nh{at}()")));
    let mut known = review(&of(&sources), tables).known();
    for step in data.chunks_exact(4).take(24) {
        let [cell, at, length, piece] = step.try_into().expect("four bytes");
        let cell = usize::from(cell) % sources.len();
        let other = usize::from(at) % sources.len();
        match length / 8 {
            0 => {
                let moved = sources.remove(cell);
                sources.insert(other, moved);
            }
            1 => sources.insert(other, sources[cell].clone()),
            2 if sources.len() > 6 => _ = sources.remove(cell),
            _ => {}
        }
        let cell = cell.min(sources.len() - 1);
        let source = &mut sources[cell];
        let bound = |wanted: usize, source: &str| {
            (0..=wanted.min(source.len()))
                .rev()
                .find(|at| source.is_char_boundary(*at))
                .unwrap_or(0)
        };
        let start = bound(usize::from(at) % (source.len() + 1), source);
        let end = bound(start + usize::from(length % 8), source).max(start);
        source.replace_range(start..end, PIECES[usize::from(piece) % PIECES.len()]);
        let notebook = of(&sources);
        let now = review_again(&notebook, tables, &Surroundings::default(), &known);
        let fresh = review(&notebook, tables);
        let only = |one: &Review, other: &Review| -> Vec<Diagnostic> {
            let (one, other) = (numberless(one), numberless(other));
            one.into_iter().filter(|it| !other.contains(it)).collect()
        };
        assert_eq!(only(&now, &fresh), only(&fresh, &now), "{sources:?}");
        known = now.known();
    }
}

/// What is said, where names that repairs bring in have no number, and lines no length: which name
/// is free depends on what else is offered.
fn numberless(review: &Review) -> Vec<Diagnostic> {
    let mut all: Vec<Diagnostic> = review.found().cloned().collect();
    let fixes = all.iter_mut().flat_map(|found| &mut found.fixes);
    for edit in fixes.flat_map(|fix| &mut fix.edits) {
        edit.text.retain(|c| !c.is_whitespace());
        (2..10).for_each(|number| edit.text = edit.text.replace(&format!("_{number}"), ""));
    }
    all
}

/// Keys, pastes, clicks and sizes, on a notebook that is made of the first bytes.
pub fn tutor(data: &[u8]) {
    let (head, rest) = data.split_at(data.len().min(64));
    let first =
        format!("import asyncio\nx = asyncio.run(f())\n# {}", String::from_utf8_lossy(head));
    let bytes = of(&[first, String::from_utf8_lossy(head).into_owned()]).original().to_vec();
    let mut tutor = Tutor::new(&KNOWLEDGE, Reading::One(Language::En));
    tutor.update(Msg::Opened(Ok(Opened { path: "a.ipynb".into(), bytes, ..Opened::default() })));
    for step in rest.chunks_exact(2).take(300) {
        let [kind, byte] = step.try_into().expect("two bytes");
        let size = usize::from(byte);
        let msg = match kind % 16 {
            0 => Msg::Key(Key::plain(Code::Esc)),
            1 => Msg::Key(Key::plain(Code::Enter)),
            2 => Msg::Key(Key::plain(Code::Down)),
            3 => Msg::Key(Key::ctrl(char::from(byte % 26 + b'a'))),
            4 => Msg::Pasted(String::from_utf8_lossy(head).into_owned()),
            5 => Msg::Edited(format!("x = {byte}\nasyncio.run(f())")),
            6 => Msg::Measured { pane: Pane::Guide, content: size, visible: size / 7 },
            7 => Msg::PopupMeasured { content: size, visible: size / 5 },
            8 => Msg::Wheel(Pane::Code, isize::from(byte.cast_signed())),
            9 => Msg::Found(vec![PathBuf::from(char::from(byte).to_string())]),
            10 => Msg::Tick,
            _ => Msg::Key(Key::char(char::from(byte))),
        };
        tutor.update(msg);
        tutor.view();
    }
}

/// Text that is pasted: a cell, several, a notebook, a traceback. Nothing of it acts on a terminal.
pub fn paste(data: &[u8]) {
    let text = text(data);
    let shown = visible::lines(&text, Charset::Unicode);
    let acts = |char: char| char.is_control() && char != '\n';
    assert!(!shown.contains(acts), "{shown:?}");
    assert!(visible::lines(&text, Charset::Ascii).is_ascii());
    let mut tutor = Tutor::new(&KNOWLEDGE, Reading::One(Language::Zh));
    tutor.take_in(&text);
    tutor.view();
}

/// What an editor sends: messages, each after a zero byte, in their frames.
pub fn lsp(data: &[u8]) {
    let start = br#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"capabilities":{}}}"#;
    let mut input = Vec::new();
    let messages = data.split(|byte| *byte == 0).take(16);
    for message in std::iter::once(start.as_slice()).chain(messages) {
        input.extend(format!("Content-Length: {}\r\n\r\n", message.len()).into_bytes());
        input.extend(message);
    }
    let reading = Reading::One(Language::En);
    server::serve(&KNOWLEDGE, None, reading, Cursor::new(input), io::sink());
}

/// Messages of an agent, with a zero between them, after a handshake. None of them writes.
pub fn mcp(data: &[u8]) {
    let start = br#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":
        "2025-11-25","capabilities":{},"clientInfo":{"name":"a","version":"1"}}}"#;
    let start: Vec<u8> = start.iter().copied().filter(|byte| *byte != b'\n').collect();
    let begun = br#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    let messages = data.split(|byte| *byte == 0).take(16);
    let messages = messages.filter(|message| !message.windows(5).any(|it| it == b"write"));
    let all = [start.as_slice(), begun].into_iter().chain(messages);
    let input: Vec<u8> = all.flat_map(|message| [message, b"\n"]).flatten().copied().collect();
    let (knowledge, reading) = (SHARED.clone(), Reading::One(Language::En));
    // That it cannot be understood is an answer.
    let _ = mcp::serve_on(knowledge, reading, Cursor::new(input), Vec::new());
}

/// A project's settings.
pub fn settings(data: &[u8]) {
    let folder = std::env::temp_dir().join(format!("nbasync-settings-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    for name in ["nbasync.toml", "pyproject.toml"] {
        std::fs::write(folder.join(name), data).expect("settings");
        let configs = Configs::new(Overrides::default(), &KNOWLEDGE);
        // That they make no sense is an answer.
        let _ = configs.of(&folder.join("a.ipynb"));
        std::fs::remove_file(folder.join(name)).expect("settings");
    }
    let _ = std::fs::remove_dir(&folder);
}

/// The cells of a kernel's session, as the notebook extension sends them.
pub fn session(data: &[u8]) {
    if let Some(Ok(ran)) = Ran::recognise(data)
        && let Ok(notebook) = ran.notebook()
    {
        review(&notebook, &KNOWLEDGE.tables);
    }
}

/// A page, a skill, a table and a lesson of somebody's own.
pub fn content(data: &[u8]) {
    struct One(Vec<u8>);

    impl Files for One {
        fn list(&self) -> Vec<String> {
            let names = [
                "content/mistakes/x.md",
                "content/lessons/x.md",
                "content/tables/callables.yaml",
                "content/interface.yaml",
                "skills/x/SKILL.md",
                "skills/x/SKILL.zh.md",
            ];
            names.map(str::to_owned).to_vec()
        }

        fn read(&self, _: &str) -> Option<Cow<'static, [u8]>> {
            Some(self.0.clone().into())
        }
    }

    let data = data.get(..LONG).unwrap_or(data);
    Knowledge::load(&One(data.to_vec()));
}
