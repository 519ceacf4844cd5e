//! The proof on a pseudo-terminal: in a real kernel, and where there is no Python at all.
#![cfg(all(unix, feature = "kernel"))]

#[path = "common/terminal.rs"]
mod terminal;

use std::io::Write;

use terminal::Session;

const CELL: &str = "import asyncio\n\nasync def main():\n    return 42\n\nasyncio.run(main())\n";

#[test]
fn a_cell_is_run_as_it_is_and_as_it_is_repaired() {
    let Some(python) = std::env::var_os("NBASYNC_TEST_PYTHON") else {
        // Written past the test runner, which would keep it to itself.
        let said = "SKIPPED: NBASYNC_TEST_PYTHON names no Python with ipykernel\n";
        return std::io::stderr().write_all(said.as_bytes()).expect("stderr");
    };
    let folder = tempfile::tempdir().expect("a folder");
    let python = python.to_string_lossy();
    let mut session = Session::start(folder.path(), &["tutor", "--python", &python]);
    session.see("Paste a cell or a traceback");
    session.paste(CELL);
    session.see("[1 Answer]");
    session.send("r");
    let asked = session.see("Run these cells?");
    assert!(asked.contains("[x] cell 1") && asked.contains("Taken: "), "{asked}");
    session.send("y");
    let told = session.see("Value: 42.");
    assert!(told.contains("[5 Proof]") && told.contains("gone"), "{told}");
    session.resize(48, 160);
    session.see("In a real kernel just now");
    // What sleeps is interrupted at once.
    session.paste(
        "import asyncio\nasyncio.create_task(asyncio.sleep(600))\nawait asyncio.sleep(600)\n",
    );
    session.see("[1 Answer]");
    session.send("r");
    session.see("Run these cells?");
    session.send("y");
    session.see("runs as it is");
    session.send("i");
    session.see("was interrupted");
    session.send("q");
    assert_eq!(session.end(), (0, true));
}

/// A cell, and a program that it starts, write to the terminal and read from it.
const INTRUDER: &str = r#"import asyncio, subprocess
word = "IN" + "TRUDER"
said = []
for mode in ["w", "r"]:
    try:
        with open("/dev/tty", mode) as tty:
            tty.write(f"\x1b[2J\x1b[H{word}") if mode == "w" else tty.readline()
        said.append("opened")
    except OSError as error:
        said.append(type(error).__name__)
said.append(subprocess.run(["sh", "-c", f"echo {word} > /dev/tty"], capture_output=True).returncode > 0)
async def main():
    return said
asyncio.run(main())
"#;

#[test]
fn a_cell_finds_no_terminal_to_write_to_or_to_read_from() {
    let Some(python) = std::env::var_os("NBASYNC_TEST_PYTHON") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let python = python.to_string_lossy();
    let mut session = Session::start(folder.path(), &["tutor", "--python", &python]);
    session.see("Paste a cell or a traceback");
    session.paste(INTRUDER);
    session.see("[1 Answer]");
    session.send("r");
    session.see("Run these cells?");
    session.send("y");
    let told = session.see("Value: ");
    assert!(told.contains("Value: ['OSError', 'OSError', True]."), "{told}");
    session.send("q");
    session.see("");
    assert!(!session.has_heard("INTRUDER"));
    assert_eq!(session.end(), (0, true));
}

/// Takes no interrupt, and leaves a file when it is so far.
const DEAF: &str = "import asyncio, pathlib, signal, time\n\
                    signal.signal(signal.SIGINT, signal.SIG_IGN)\npathlib.Path('deaf').touch()\n\
                    time.sleep(600)\nasyncio.create_task(asyncio.sleep(1))\n";

#[test]
fn a_cell_that_does_not_give_way_is_told_and_ended_at_the_second_wish() {
    let Some(python) = std::env::var_os("NBASYNC_TEST_PYTHON") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let python = python.to_string_lossy();
    let mut session = Session::start(folder.path(), &["tutor", "--python", &python]);
    session.see("Paste a cell or a traceback");
    session.paste(DEAF);
    session.see("[1 Answer]");
    session.send("r");
    session.see("Run these cells?");
    session.send("y");
    session.see("runs as it is");
    session.wait("file", |_| folder.path().join("deaf").exists());
    session.send("i");
    session.see("It was interrupted and goes on");
    session.send("i");
    session.see("you ended its kernel");
    session.send("q");
    assert_eq!(session.end(), (0, true));
}

#[test]
fn ctrl_c_interrupts_what_prove_runs_and_ends_what_does_not_give_way() {
    let Some(python) = std::env::var_os("NBASYNC_TEST_PYTHON") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let python = python.to_string_lossy();
    let waits =
        "import asyncio, pathlib\npathlib.Path('waits').touch()\nawait asyncio.sleep(600)\n";
    for (name, code) in [("waits.py", waits), ("deaf.py", DEAF)] {
        std::fs::write(folder.path().join(name), format!("# %%\n{code}")).expect("a script");
        let arguments = ["prove", "--yes", "--python", &python, "--cell", "2", name];
        let mut session = Session::start(folder.path(), &arguments);
        session.see("cell 2, as it is");
        let sign = folder.path().join(name.trim_end_matches(".py"));
        session.wait("file", |_| sign.exists());
        session.send("\u{3}");
        if name == "deaf.py" {
            session.hear("goes on");
            session.send("\u{3}");
            session.hear("the kernel was ended by you");
        } else {
            session.hear("interrupted");
        }
        assert_eq!(session.end().0, 130, "{name}");
    }
}

#[test]
fn quitting_ends_the_kernel_that_runs() {
    let Some(python) = std::env::var_os("NBASYNC_TEST_PYTHON") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let python = python.to_string_lossy();
    let mut session = Session::start(folder.path(), &["tutor", "--python", &python]);
    session.see("Paste a cell or a traceback");
    let file = folder.path().join("process");
    let named = file.display();
    session.paste(&format!(
        "import asyncio, os, pathlib\npathlib.Path('{named}').write_text(str(os.getpid()))\n\
         asyncio.create_task(asyncio.sleep(600))\nawait asyncio.sleep(600)\n"
    ));
    session.see("[1 Answer]");
    session.send("r");
    session.see("Run these cells?");
    session.send("y");
    session.wait("a process", |_| std::fs::read_to_string(&file).is_ok_and(|it| !it.is_empty()));
    session.send("q");
    assert_eq!(session.end(), (0, true));
    let process = std::fs::read_to_string(&file).expect("its number");
    assert!(!std::path::Path::new("/proc").join(process).exists());
}

#[test]
fn without_a_python_the_step_says_how_to_get_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let nothing = folder.path().join("nothing");
    let mut session = Session::start_with(
        folder.path(),
        &["tutor"],
        &[
            ("PATH", nothing.as_os_str()),
            ("HOME", nothing.as_os_str()),
            ("JUPYTER_PATH", nothing.as_os_str()),
        ],
    );
    session.see("Paste a cell or a traceback");
    session.paste(CELL);
    session.see("[1 Answer]");
    session.send("r");
    let told = session.see("There is no kernel here");
    assert!(told.contains("Install Python 3.10 or later"), "{told}");
    session.send("q");
    assert_eq!(session.end(), (0, true));
}
