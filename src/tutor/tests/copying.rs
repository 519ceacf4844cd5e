use super::*;

const TWO: &str = "import asyncio\n\nasync def main():\n    return 1\n\n\
    a = asyncio.run(main())\nb = asyncio.run(main())";

/// What `y` copies and what is then said, `marked` characters having become marks.
fn copied(tutor: &mut Tutor, marked: usize) -> (String, String) {
    let effects = press(tutor, "y");
    let [Effect::Copy(text)] = effects.as_slice() else { panic!("{effects:?}") };
    let text = text.clone();
    tutor.update(Msg::Copied(Ok(marked)));
    (text, status(tutor))
}

#[test]
fn a_cell_that_is_right_once_repaired_is_copied_without_a_word_more() {
    let (text, said) = copied(&mut pasted(RUN), 0);
    assert!(text.ends_with("result = await main()"), "{text}");
    assert_eq!(said, "copied");
}

#[test]
fn what_is_still_wrong_in_the_copied_text_is_said_with_its_line() {
    let (text, said) = copied(&mut pasted(TWO), 0);
    assert!(text.contains("a = await main()\nb = asyncio.run(main())"), "{text}");
    assert_eq!(said, "copied; still wrong in it: asyncio-run-in-cell (line 7)");
}

#[test]
fn a_long_list_of_mistakes_is_counted() {
    let cell = format!("import asyncio\n{}", "asyncio.run(f())\n".repeat(7));
    let (_, said) = copied(&mut pasted(&cell), 0);
    assert!(said.ends_with("(line 5), 3 more"), "{said}");
}

#[test]
fn a_cell_whose_repair_is_blocked_is_not_called_right() {
    let cell = "import asyncio\nfrom functools import reduce\n\ndef load(all, one):\n    \
        return all + asyncio.run(f(one))\n\nreduce(load, [1, 2], 0)";
    let mut tutor = pasted(cell);
    let (text, said) = copied(&mut tutor, 0);
    assert!(text.contains("asyncio.run"), "{text}");
    assert!(said.contains("still wrong in it: asyncio-run-in-cell (line 5)"), "{said}");
}

#[test]
fn a_cell_that_is_no_python_is_not_called_right() {
    for cell in ["def f(:\n    pass", "import asyncio\nasyncio.gather(f(\n", "x = (1,\n"] {
        let (_, said) = copied(&mut pasted(cell), 0);
        assert!(said.contains("still wrong in it: syntax-error"), "{cell:?}: {said}");
    }
}

#[test]
fn another_cells_mistakes_are_not_this_ones() {
    let mut tutor = opened(&["x = 1", RUN]);
    press(&mut tutor, "[");
    assert_eq!(copied(&mut tutor, 0), ("x = 1".to_owned(), "copied".to_owned()));
}

#[test]
fn a_repair_of_several_cells_is_copied_in_part_and_that_is_said() {
    let define = "import asyncio\n\nasync def f():\n    return 1\n\ndef load():\n    return asyncio.run(f())";
    let mut tutor = opened(&[define, "rows = load()\nprint(rows)"]);
    let (text, said) = copied(&mut tutor, 0);
    assert!(text.contains("async def load()"), "{text}");
    assert_eq!(said, "copied; the repair also changes cell 2, which is not copied");
}

#[test]
fn characters_that_became_marks_are_counted_in_both_languages() {
    let mut tutor = pasted("x = '\u{1b}[31m'");
    let (text, said) = copied(&mut tutor, 1);
    assert_eq!(text, "x = '\u{1b}[31m'", "the clipboard's own door makes the marks");
    assert!(said.starts_with("copied; one character"), "{said}");
    assert!(copied(&mut tutor, 4).1.starts_with("copied; 4 characters"));
    press(&mut tutor, "L");
    assert!(copied(&mut tutor, 4).1.contains("4 个"));
}

#[test]
fn what_was_said_of_one_text_is_not_said_of_the_next() {
    let mut tutor = pasted(TWO);
    press(&mut tutor, "y");
    tutor.update(Msg::Copied(Err(in_both("no terminal"))));
    assert_eq!(status(&tutor), "no terminal");
    press(&mut tutor, "/");
    for letter in "blocking".chars() {
        tutor.update(Msg::Key(Key::char(letter)));
    }
    press(&mut tutor, "enter");
    assert_eq!(copied(&mut tutor, 0).1, "copied");
}
