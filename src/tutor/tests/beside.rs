//! A file that is open elsewhere, too.

use super::*;

/// A notebook whose cells keep their ids whatever they hold.
fn file(cells: &[(&str, &str)]) -> Vec<u8> {
    let cell = |(id, source): &(&str, &str)| {
        serde_json::json!({"cell_type": "code", "id": id, "metadata": {}, "outputs": [],
            "execution_count": null, "source": source})
    };
    let cells: Vec<_> = cells.iter().map(cell).collect();
    let whole =
        serde_json::json!({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5});
    serde_json::to_vec_pretty(&whole).expect("JSON")
}

fn of(cells: &[(&str, &str)]) -> Opened {
    Opened { path: "work/a.ipynb".into(), bytes: file(cells), ..Opened::default() }
}

const BEFORE: [(&str, &str); 2] = [("a", RUN), ("b", "x = 1")];

fn open() -> Tutor<'static> {
    let mut tutor = tutor();
    tutor.update(Msg::Opened(Ok(of(&BEFORE))));
    tutor
}

/// Opened, and typed into.
fn typed() -> Tutor<'static> {
    let mut tutor = open();
    press(&mut tutor, "e");
    tutor.update(Msg::Edited(format!("{RUN}\nmine = 1")));
    press(&mut tutor, "esc");
    tutor
}

#[test]
fn a_save_elsewhere_is_read_again_at_the_same_place() {
    let mut tutor = open();
    press(&mut tutor, "3");
    // A cell was put in front of it, and another one was changed.
    tutor.update(Msg::Changed(Ok(of(&[("n", "y = 2"), ("a", RUN), ("b", "x = 2")]))));
    assert_eq!((cell(&tutor), step(&tutor)), ("cell 2 of 3".to_owned(), 3));
    assert_eq!(source(&tutor), RUN);
    assert_eq!(status(&tutor), "read again: changed elsewhere in cells 1, 3");
}

#[test]
fn what_one_has_written_oneself_is_no_news() {
    let mut tutor = open();
    tutor.update(Msg::Changed(Ok(of(&BEFORE))));
    assert_eq!(status(&tutor), "");
    let other = Opened { path: "work/b.ipynb".into(), ..of(&[("z", "z = 1")]) };
    tutor.update(Msg::Changed(Ok(other)));
    assert_eq!(cell(&tutor), "cell 1 of 2");
}

#[test]
fn a_file_that_breaks_leaves_what_was_read() {
    let mut tutor = open();
    tutor.update(Msg::Changed(Ok(Opened { bytes: b"{".to_vec(), ..of(&BEFORE) })));
    assert!(status(&tutor).contains("cannot be read now"), "{}", status(&tutor));
    tutor.update(Msg::Changed(Err(in_both("gone"))));
    assert_eq!(source(&tutor), RUN);
}

#[test]
fn changes_on_both_sides_are_asked_about_before_anything_is_written() {
    let theirs = [("a", RUN), ("b", "theirs = 2")];
    for (key, first, second) in
        [("b", format!("{RUN}\nmine = 1"), "theirs = 2"), ("t", RUN.to_owned(), "theirs = 2")]
    {
        let mut tutor = typed();
        tutor.update(Msg::Changed(Ok(of(&theirs))));
        assert!(status(&tutor).contains("`w` asks") || status(&tutor).contains("w asks"));
        assert_eq!(press(&mut tutor, "w"), []);
        assert!(matches!(tutor.view().popup, Some(Popup::Confirm { .. })));
        assert_eq!(press(&mut tutor, key), []);
        assert_eq!(source(&tutor), first, "{key}");
        press(&mut tutor, "]");
        assert_eq!(source(&tutor), second, "{key}");
        assert_eq!(tutor.view().header.unsaved, key == "b");
    }
}

#[test]
fn what_is_mine_is_written_over_theirs_and_nothing_else() {
    let mut tutor = typed();
    let theirs = of(&[("a", RUN), ("b", "theirs = 2")]);
    tutor.update(Msg::Changed(Ok(theirs.clone())));
    press(&mut tutor, "w");
    let effects = press(&mut tutor, "m");
    let [Effect::Save { expected, bytes, .. }] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(expected, &theirs.bytes, "a third change is not written over");
    assert_eq!(bytes, &file(&[("a", &format!("{RUN}\nmine = 1")), ("b", "x = 1")]));
}

#[test]
fn leaving_the_question_leaves_both_as_they_are() {
    let mut tutor = typed();
    tutor.update(Msg::Changed(Ok(of(&[("a", "theirs = 1"), ("b", "x = 1")]))));
    assert_eq!(press(&mut tutor, "w esc"), []);
    assert!(source(&tutor).ends_with("mine = 1"));
    press(&mut tutor, "w");
    assert!(matches!(tutor.view().popup, Some(Popup::Confirm { .. })), "it is asked again");
}
