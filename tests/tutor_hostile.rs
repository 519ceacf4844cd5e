//! No byte of a notebook reaches the terminal raw from the full screen: every control, through every page.
#![cfg(unix)]

#[path = "common/acting.rs"]
mod acting;
#[path = "common/terminal.rs"]
mod terminal;

use terminal::Session;

/// Pages, lists, the editor and the look-up, from the first cell to the last; at the end nothing is open.
const KEYS: [&str; 12] = [
    "\u{1b}[C", "\u{1b}[C", "\u{1b}[C", "\u{1b}[C", "\u{1b}[C", "P", "\u{1b}", "?", "\u{1b}", "v",
    "e", "\u{1b}",
];

#[test]
fn no_control_of_a_notebook_is_drawn_or_copied() {
    let folder = tempfile::tempdir().expect("a folder");
    let name = format!("n{}.ipynb", acting::SEQUENCES.replace('/', ""));
    std::fs::write(folder.path().join(&name), acting::book()).expect("a notebook");
    for (language, rows, columns) in [("zh", 24, 80), ("en", 48, 160)] {
        let arguments = ["tutor", "--no-kernel", "--lang", language, name.as_str()];
        let mut session = Session::start(folder.path(), &arguments);
        session.resize(rows, columns);
        session.see("nbasync");
        for _ in 0..5 {
            for key in KEYS {
                session.send(key);
                session.settle();
            }
            session.send("y");
            session.settle();
            session.send("]");
            session.settle();
        }
        if let Some(copied) = session.copied() {
            assert!(acting::raw_in(&copied).iter().all(|it| *it == '\t'), "{copied:?}");
        }
        session.paste(&acting::everything());
        session.settle();
        let drawn = session.drawn();
        for sequence in ["\u{1b}[5;97;105m", "\u{1b}]0;x", "\u{1b}]52;c;eA==", "\u{1b}P1$r"] {
            assert!(!drawn.contains(sequence), "{sequence:?}");
        }
        // Of what acts, the program itself writes these alone.
        let own = ['\u{1b}', '\u{7}', '\u{8}', '\r'];
        let found: Vec<char> =
            acting::raw_in(&drawn).into_iter().filter(|it| !own.contains(it)).collect();
        assert!(found.is_empty(), "{found:?}");
        session.signal(rustix::process::Signal::TERM);
        assert_eq!(session.end(), (143, true));
    }
}
