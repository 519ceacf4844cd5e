//! An error is a question, in whatever shape it was copied.

use super::*;

const WORDS: &str = "asyncio.run() cannot be called from a running event loop";

/// The title of the page that answers a pasted text.
fn title(text: &str) -> Option<String> {
    let mut tutor = tutor();
    tutor.take_in(text);
    match tutor.view().popup {
        Some(Popup::Reader { title, .. }) => Some(title),
        _ => None,
    }
}

#[test]
fn an_error_is_answered_in_every_shape_in_which_people_paste_it() {
    let line = format!("RuntimeError: {WORDS}");
    let trace = format!(
        "Traceback (most recent call last):\n  File \"a.py\", line 2, in <module>\n    asyncio.run(main())\n{line}"
    );
    let quoted: String = trace.lines().map(|line| format!("> {line}\n")).collect();
    let indented: String = trace.lines().map(|line| format!("    {line}\n")).collect();
    let jupyter = format!(
        "\u{1b}[0;31m---------\u{1b}[0m\n\u{1b}[0;31mRuntimeError\u{1b}[0m  Traceback (most recent call last)\n\
         Cell \u{1b}[0;32mIn[3], line 2\u{1b}[0m\n\u{1b}[0;31mRuntimeError\u{1b}[0m: {WORDS}"
    );
    let shapes = [
        trace.clone(),
        line.clone(),
        WORDS.to_owned(),
        quoted,
        indented,
        jupyter,
        format!(">>> asyncio.run(main())\n{trace}"),
        format!("In [3]: asyncio.run(main())\n{line}"),
        format!("```\n{trace}\n```"),
        format!("Hello, in Jupyter I get\n\n{line}\n\nwhat is wrong?"),
        trace.replace('\n', "\r\n"),
        trace.replace("from a", "from\n  a"),
    ];
    for shape in shapes {
        let found = title(&shape).unwrap_or_default();
        assert!(found.contains("cannot be called from a running event loop"), "{found}: {shape}");
    }
    let group = "  + Exception Group Traceback (most recent call last):\n  |   File \"a.py\", line 9, in o\n  \
                 | ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)\n  \
                 +-+---------------- 1 ----------------\n    | ValueError: no\n    +------------------------------------\n";
    assert!(title(group).is_some_and(|title| title.contains("TaskGroup")));
}

#[test]
fn code_that_holds_the_words_of_an_error_is_a_cell() {
    assert_eq!(title(&format!("# {WORDS}\nx = 1")), None);
    assert_eq!(title(&format!("assert str(error) == '{WORDS}'")), None);
    assert_eq!(title("no error that anybody knows"), None);
    // An open notebook with changes is not asked about: a page opens over it.
    let mut tutor = opened(&["x = 1"]);
    press(&mut tutor, "e");
    tutor.update(Msg::Edited("x = 2".to_owned()));
    press(&mut tutor, "esc");
    tutor.update(Msg::Pasted(WORDS.to_owned()));
    assert!(matches!(tutor.view().popup, Some(Popup::Reader { .. })));
    assert!(tutor.view().header.unsaved);
}
