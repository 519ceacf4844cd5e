//! A deviation goes on record.

use super::*;
use crate::tutor::message::Target;
use crate::wording;

const CELLS: [&str; 2] = ["x = 1", RUN];

/// At the record of the first deviation of the second cell, with a reason.
fn at_record() -> Tutor<'static> {
    let mut tutor = opened(&CELLS).with_today(|| jiff::civil::date(2026, 3, 1));
    press(&mut tutor, "n d enter r");
    for char in "two\u{4e2d}".chars() {
        tutor.update(Msg::Key(Key::char(char)));
    }
    press(&mut tutor, "enter");
    tutor
}

fn popup(tutor: &Tutor) -> String {
    match tutor.view().popup {
        Some(Popup::Reader { page, .. } | Popup::Confirm { page, .. }) => lines(&page.rows),
        Some(Popup::List { title, .. } | Popup::Line { title, .. }) => title,
        None => String::new(),
    }
}

#[test]
fn a_reason_is_typed_and_the_record_is_shown_with_it() {
    let mut tutor = opened(&CELLS);
    press(&mut tutor, "n d enter r");
    assert!(popup(&tutor).ends_with("why does the default not fit?"), "{}", popup(&tutor));
    // Letters are text here, not keys.
    press(&mut tutor, "q");
    let tutor = at_record();
    let record = popup(&tutor);
    assert!(
        record.contains("Decided on 2026-03-01. To be looked at again by 2026-05-30."),
        "{record}"
    );
    assert!(record.contains("In our own words: two中"), "{record}");
    assert!(record.contains("cell 2 of a.ipynb"), "{record}");
    assert!(record.contains("asyncio-run-in-cell"), "{record}");
}

#[test]
fn a_record_is_saved_beside_the_notebook_or_copied() {
    let mut tutor = at_record();
    let effects = press(&mut tutor, "s");
    let [Effect::SaveAdvice { near: Some(near), name, text }] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!(near.to_string_lossy(), "work/a.ipynb");
    assert!(name.starts_with("a-cell-2-") && name.ends_with(".md"), "{name}");
    assert!(text.starts_with("# Deviation: "), "{text}");
    assert_eq!(press(&mut tutor, "y"), [Effect::Copy(text.clone())]);
}

#[test]
fn a_record_becomes_a_cell_after_a_question_and_can_be_taken_back() {
    let mut tutor = at_record();
    assert_eq!(press(&mut tutor, "i"), []);
    assert!(
        popup(&tutor).starts_with("Insert the record into a.ipynb as Markdown cell 2?"),
        "{}",
        popup(&tutor)
    );
    let effects = press(&mut tutor, "y");
    let [Effect::SaveTogether(files)] = effects.as_slice() else { panic!("{effects:?}") };
    let [file] = files.as_slice() else { panic!("{files:?}") };
    assert_eq!(file.expected.as_deref(), Some(notebook(&CELLS).as_slice()));
    let after = crate::notebook::parse_ipynb(file.bytes.clone()).expect("a notebook");
    assert_eq!(after.cells.len(), 3);
    assert!(after.cells[1].source.starts_with("### Deviation: "));
    let path: PathBuf = "work/a.ipynb".into();
    assert_eq!(tutor.update(Msg::Moved(Ok(Vec::new()))), [Effect::Open(path.clone())]);
    let opened = Opened { path: path.clone(), bytes: file.bytes.clone(), ..Opened::default() };
    tutor.update(Msg::Opened(Ok(opened)));
    assert_eq!(cell(&tutor), "cell 2 of 3");
    assert_eq!(press(&mut tutor, "u"), [Effect::TakeBack(files.clone())]);
    assert_eq!(tutor.update(Msg::Moved(Ok(Vec::new()))), [Effect::Open(path)]);
    assert!(status(&tutor).contains("taken back"), "{}", status(&tutor));
}

#[test]
fn a_file_that_was_changed_meanwhile_is_left_alone() {
    let mut tutor = at_record();
    press(&mut tutor, "i y");
    let message = Message::says(wording::fix::unwritten::CHANGED);
    let told = Told { path: "a.ipynb".into(), message };
    assert_eq!(tutor.update(Msg::Moved(Err(vec![told]))), []);
    assert!(status(&tutor).starts_with("a.ipynb: not written: the file changed"));
}

#[test]
fn an_edited_notebook_and_a_pasted_cell_take_no_record() {
    let mut tutor = opened(&CELLS);
    press(&mut tutor, "n e");
    tutor.update(Msg::Edited("asyncio.run(main())".to_owned()));
    press(&mut tutor, "esc d enter r enter i");
    assert!(status(&tutor).contains("write your changes first"), "{}", status(&tutor));
    let mut tutor = pasted(RUN);
    press(&mut tutor, "d enter r enter");
    assert!(!tutor.view().footer.iter().any(|hint| hint.key == "i"));
    assert_eq!(press(&mut tutor, "i"), []);
    assert!(matches!(press(&mut tutor, "s").as_slice(), [Effect::SaveAdvice { near: None, .. }]));
}

#[test]
fn only_the_page_of_a_deviation_can_go_on_record() {
    let mut tutor = pasted(RUN);
    press(&mut tutor, "/ g a t h e r enter r");
    assert!(matches!(tutor.view().popup, Some(Popup::Reader { .. })));
    assert!(!tutor.view().footer.iter().any(|hint| hint.key == "r"));
    // A question that leads to a deviation.
    let mut tutor = pasted(RUN);
    press(&mut tutor, "c 1 4 1 r enter");
    assert!(popup(&tutor).starts_with("Deviation: "), "{}", popup(&tutor));
    press(&mut tutor, "L");
    assert!(popup(&tutor).starts_with("偏离默认做法："), "{}", popup(&tutor));
    tutor.update(Msg::Clicked(Target::PopupRow(0)));
}
