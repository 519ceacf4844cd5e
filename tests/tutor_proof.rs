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
    session.see("[1 Situation]");
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
    session.see("[1 Situation]");
    session.send("r");
    session.see("Run these cells?");
    session.send("y");
    session.see("runs as it is");
    session.send("i");
    session.see("was interrupted");
    session.send("q");
    assert_eq!(session.end(), (0, true));
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
    session.see("[1 Situation]");
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
    session.see("[1 Situation]");
    session.send("r");
    let told = session.see("There is no kernel here");
    assert!(told.contains("Install Python 3.10 or later"), "{told}");
    session.send("q");
    assert_eq!(session.end(), (0, true));
}
