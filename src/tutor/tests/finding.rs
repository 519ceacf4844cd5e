//! Commands by their names, the way back, keys that are looked for, and what is offered rather than
//! lost.

use super::*;
use crate::knowledge::Both;
use crate::tutor::history::Visit;
use crate::tutor::message::EditorError;
use crate::tutor::popups::LOOK_UP;
use crate::tutor::screens::walk;

fn typed(tutor: &mut Tutor, text: &str) {
    for char in text.chars() {
        tutor.update(Msg::Key(Key::char(char)));
    }
}

/// What the list that is open shows: label and key of each row.
fn rows(tutor: &Tutor) -> Vec<(String, String)> {
    let Some(Popup::List { rows, .. }) = tutor.view().popup else { panic!("no list") };
    rows.into_iter().map(|row| (row.label, row.detail)).collect()
}

fn page(tutor: &Tutor) -> String {
    match tutor.view().popup {
        Some(Popup::Reader { page, .. } | Popup::Confirm { page, .. }) => lines(&page.rows),
        other => panic!("no page: {other:?}"),
    }
}

#[test]
fn a_command_is_found_by_its_name_in_either_language_and_done() {
    for (words, reads) in
        [("all problems", "en"), ("全部问题", "en"), ("全部", "zh"), ("problems", "zh")]
    {
        let mut tutor = opened(&[RUN, "import asyncio\nasyncio.run(g())"]);
        if reads == "zh" {
            press(&mut tutor, "L");
        }
        press(&mut tutor, ":");
        typed(&mut tutor, words);
        assert_eq!(rows(&tutor).first().map(|row| row.1.clone()).as_deref(), Some("P"), "{words}");
        press(&mut tutor, "enter");
        let listed = rows(&tutor);
        assert_eq!(listed.len(), 2, "the list of problems is open: {listed:?}");
    }
}

#[test]
fn every_command_of_a_screen_is_in_its_palette_once() {
    let mut tutor = opened(&[RUN]);
    press(&mut tutor, ":");
    let shown = rows(&tutor);
    for key in
        ["→", "e", "w", "y", "u", "d", "o", "v", "E", "r", "/", "L", "T", "m", "?", "q", "2", "6"]
    {
        let count = shown.iter().filter(|row| row.1 == key).count();
        assert_eq!(count, 1, "{key} in {shown:?}");
    }
    // There is no other problem, nothing to interrupt and no second repair.
    for key in ["n", "i", "a", "P"] {
        assert!(shown.iter().all(|row| row.1 != key), "{key} in {shown:?}");
    }
    typed(&mut tutor, "Tradeoffs");
    press(&mut tutor, "enter");
    assert_eq!(step(&tutor), 4);
    press(&mut tutor, ":");
    typed(&mut tutor, "zzzz");
    press(&mut tutor, "enter");
    assert_eq!((tutor.keys(), step(&tutor)), (&walk::KEYS, 4));
}

#[test]
fn the_palette_of_a_page_and_of_the_home_screen_are_their_own() {
    let mut tutor = tutor();
    press(&mut tutor, ":");
    typed(&mut tutor, "sample");
    press(&mut tutor, "enter");
    assert!(matches!(tutor.view().body, Body::Walkthrough(_)));
    press(&mut tutor, "/");
    typed(&mut tutor, "gather");
    press(&mut tutor, "enter :");
    typed(&mut tutor, "close");
    press(&mut tutor, "enter");
    assert_eq!(tutor.keys(), &LOOK_UP, "the page is closed, the look-up is not");
}

#[test]
fn the_way_back_leads_over_steps_cells_and_pages_and_forth_again() {
    let mut tutor = opened(&[RUN, "import asyncio\nasyncio.run(g())"]);
    press(&mut tutor, "right n right right /");
    typed(&mut tutor, "gather");
    press(&mut tutor, "enter esc esc");
    assert_eq!((&*cell(&tutor), step(&tutor)), ("cell 2 of 2", 3));
    press(&mut tutor, "<");
    assert!(page(&tutor).contains("gather"));
    press(&mut tutor, "<");
    assert_eq!((&*cell(&tutor), step(&tutor)), ("cell 2 of 2", 3));
    press(&mut tutor, "backspace backspace");
    assert_eq!((&*cell(&tutor), step(&tutor)), ("cell 2 of 2", 1));
    press(&mut tutor, "<");
    assert_eq!((&*cell(&tutor), step(&tutor)), ("cell 1 of 2", 2));
    press(&mut tutor, "< <");
    assert_eq!((&*cell(&tutor), step(&tutor)), ("cell 1 of 2", 1));
    assert_eq!(status(&tutor), "nothing was visited before this");
    press(&mut tutor, "> > >");
    assert_eq!((&*cell(&tutor), step(&tutor)), ("cell 2 of 2", 2));
    press(&mut tutor, "] [ >");
    assert_eq!(status(&tutor), "nothing was visited after this");
}

#[test]
fn the_way_back_leads_over_lessons_and_their_stages_too() {
    let mut tutor = opened(&["x = 1", RUN]);
    tutor.open_lesson("coroutines-do-nothing");
    press(&mut tutor, "right right");
    tutor.open_lesson("who-owns-the-loop");
    press(&mut tutor, "right");
    let at = |tutor: &Tutor| match tutor.visit_now() {
        Some(Visit::Lesson(id, stage)) => (id, stage),
        other => panic!("no lesson: {other:?}"),
    };
    let [here, there] = ["who-owns-the-loop", "coroutines-do-nothing"].map(str::to_owned);
    assert_eq!(at(&tutor), (here.clone(), 2));
    press(&mut tutor, "<");
    assert_eq!(at(&tutor), (there.clone(), 3));
    press(&mut tutor, "<");
    assert_eq!(at(&tutor), (there, 2));
    press(&mut tutor, "<");
    assert_eq!((&*cell(&tutor), step(&tutor)), ("cell 2 of 2", 1));
    press(&mut tutor, "> > >");
    assert_eq!(at(&tutor), (here, 2));
}

#[test]
fn the_way_back_leads_into_the_notebook_that_was_open_before_unless_changes_would_be_lost() {
    let mut tutor = opened(&["x = 1", RUN]);
    press(&mut tutor, "3");
    let other = |path: &str, cells: &[&str]| {
        let path = path.into();
        Msg::Opened(Ok(Opened { path, bytes: notebook(cells), ..Opened::default() }))
    };
    tutor.update(other("work/b.ipynb", &["import asyncio\nasyncio.run(g())"]));
    assert_eq!(press(&mut tutor, "<"), [Effect::Open("work/a.ipynb".into())]);
    tutor.update(other("work/a.ipynb", &["x = 1", RUN]));
    assert_eq!((&*cell(&tutor), step(&tutor)), ("cell 2 of 2", 3));
    assert_eq!(press(&mut tutor, ">"), [Effect::Open("work/b.ipynb".into())]);
    tutor.update(other("work/b.ipynb", &["import asyncio\nasyncio.run(g())"]));
    press(&mut tutor, "e");
    tutor.update(Msg::Edited("y = 2".to_owned()));
    press(&mut tutor, "esc");
    assert_eq!(press(&mut tutor, "< < <"), []);
    assert!(source(&tutor) == "y = 2" && tutor.view().header.unsaved);
}

#[test]
fn a_notebook_that_is_gone_leaves_the_reader_where_they_are() {
    let mut tutor = opened(&[RUN]);
    let path = "work/b.ipynb".into();
    tutor.update(Msg::Opened(Ok(Opened { path, bytes: notebook(&[RUN]), ..Opened::default() })));
    press(&mut tutor, "<");
    tutor.update(Msg::Opened(Err(in_both("work/a.ipynb: no such file"))));
    assert_eq!(status(&tutor), "work/a.ipynb: no such file");
    press(&mut tutor, "2");
    assert_eq!((tutor.view().header.file.as_str(), step(&tutor)), ("b.ipynb", 2));
}

#[test]
fn another_notebook_is_opened_from_a_notebook_and_changes_are_asked_about() {
    let mut tutor = opened(&[RUN]);
    let paths = vec![PathBuf::from("work/b.ipynb")];
    assert!(matches!(press(&mut tutor, "o").as_slice(), [Effect::Find(_)]));
    tutor.update(Msg::Found(paths.clone()));
    assert_eq!(press(&mut tutor, "enter"), [Effect::Open("work/b.ipynb".into())]);
    let mut tutor = refused(&[RUN]);
    press(&mut tutor, "o");
    tutor.update(Msg::Found(paths));
    assert_eq!(press(&mut tutor, "enter"), []);
    assert!(page(&tutor).contains("without them"), "{}", page(&tutor));
    assert_eq!(press(&mut tutor, "n esc"), []);
    assert!(tutor.view().header.unsaved);
}

#[test]
fn a_list_that_words_empty_is_no_folder_without_notebooks() {
    let mut tutor = opened(&[RUN]);
    let empty = |tutor: &Tutor| {
        let Some(Popup::List { rows, empty, .. }) = tutor.view().popup else { panic!("no list") };
        assert!(rows.is_empty());
        empty
    };
    press(&mut tutor, "o");
    tutor.update(Msg::Found(vec![PathBuf::from("work/b.ipynb")]));
    press(&mut tutor, "x y");
    assert!(empty(&tutor).starts_with("nothing found"), "{}", empty(&tutor));
    tutor.update(Msg::Found(Vec::new()));
    assert!(empty(&tutor).starts_with("no notebook here"), "{}", empty(&tutor));
}

#[test]
fn what_was_written_and_undone_is_offered_to_the_file() {
    let mut tutor = opened(&[RUN]);
    written(&mut tutor);
    assert_eq!(press(&mut tutor, "u"), []);
    assert!(page(&tutor).contains("Write these changes to a.ipynb?"), "{}", page(&tutor));
    let effects = press(&mut tutor, "y");
    let [Effect::Save { bytes, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(*bytes, notebook(&[RUN]), "the old text, byte for byte");
    // What no file holds is taken back without a question.
    let mut tutor = refused(&[RUN]);
    press(&mut tutor, "u");
    assert!(tutor.view().popup.is_none());
}

#[test]
fn a_cell_is_edited_in_an_editor_of_ones_own_as_one_step() {
    let mut tutor = opened(&[RUN]);
    let [Effect::Rewrite { text, .. }] = &press(&mut tutor, "E")[..] else { panic!("no editor") };
    assert_eq!(text, RUN);
    tutor.update(Msg::Rewritten(Ok(format!("{RUN}\n"))));
    assert_eq!(status(&tutor), "nothing was changed in the editor");
    tutor.update(Msg::Rewritten(Ok("z = 1\n".to_owned())));
    assert_eq!(source(&tutor), "z = 1");
    press(&mut tutor, "u");
    assert_eq!(source(&tutor), RUN);
    let failed = EditorError::Failed { editor: "vi".to_owned(), code: 1 };
    tutor.update(Msg::Rewritten(Err(failed.clone())));
    assert_eq!(status(&tutor), "vi ended with exit code 1; nothing was taken over");
    assert_eq!(source(&tutor), RUN);
    press(&mut tutor, "L");
    tutor.update(Msg::Rewritten(Err(failed)));
    assert_eq!(status(&tutor), "vi 以退出码 1 结束；没有取回任何内容");
    let why = Both { en: "it is not there".to_owned(), zh: "它不存在".to_owned() };
    tutor.update(Msg::Rewritten(Err(EditorError::Unread { why })));
    assert_eq!(status(&tutor), "读不了编辑器写下的内容：它不存在");
}

#[test]
fn the_keys_of_this_screen_come_first_and_can_be_searched_in_both_languages() {
    let mut tutor = opened(&[RUN]);
    press(&mut tutor, "?");
    assert!(page(&tutor).trim_start().starts_with("Walkthrough"), "{}", page(&tutor));
    typed(&mut tutor, "undo");
    let found = page(&tutor);
    assert!(found.contains("u  undo") && !found.contains("next problem"), "{found}");
    let mut tutor = super::tutor();
    press(&mut tutor, "? ");
    assert!(page(&tutor).trim_start().starts_with("Home screen"), "{}", page(&tutor));
    typed(&mut tutor, "课程");
    assert!(page(&tutor).contains("l  lessons"), "{}", page(&tutor));
}

#[test]
fn a_cell_that_is_pasted_over_a_page_is_offered() {
    for open in ["d enter", "/ g a t h e r enter", "c enter"] {
        let mut tutor = opened(&[RUN]);
        press(&mut tutor, open);
        tutor.update(Msg::Pasted("a = 1\nb = 2".to_owned()));
        assert!(page(&tutor).contains("Open the pasted text?"), "{open}: {}", page(&tutor));
        press(&mut tutor, "y");
        assert_eq!(source(&tutor), "a = 1\nb = 2");
    }
    let mut tutor = opened(&[RUN]);
    press(&mut tutor, "w");
    tutor.update(Msg::Pasted("a = 1".to_owned()));
    assert_eq!(status(&tutor), "answer this first, then paste again");
    assert_eq!(source(&tutor), RUN);
}
