//! What was changed and not written is kept, and offered when the notebook is opened again.

use super::*;
use crate::text::CellIndex;
use crate::tutor::drafts::{Draft, DraftCell, FoundDraft, Leftover};

const CELLS: [&str; 2] = [RUN, "x = 1"];

fn cell(index: usize, before: &str, source: &str) -> DraftCell {
    // As `notebook` names it.
    let id = Some(format!("c{}", before.len()));
    DraftCell { cell: CellIndex(index), id, before: before.to_owned(), source: source.to_owned() }
}

/// A notebook opened, of which an earlier sitting has left these cells.
fn found(cells: &[&str], left: Vec<DraftCell>) -> Tutor<'static> {
    let draft = FoundDraft { file: "state/1.json".into(), draft: Draft { cells: left } };
    let mut tutor = tutor();
    tutor.update(Msg::Opened(Ok(Opened {
        path: "work/a.ipynb".into(),
        bytes: notebook(cells),
        draft: Some(draft),
        ..Opened::default()
    })));
    tutor
}

/// The drafts that are to be kept.
fn kept(effects: Vec<Effect>) -> Vec<Draft> {
    let of = |effect| match effect {
        Effect::KeepDraft { draft, .. } => Some(draft),
        _ => None,
    };
    effects.into_iter().filter_map(of).collect()
}

#[test]
fn every_change_is_kept_and_nothing_once_it_is_written_or_taken_back() {
    let mut tutor = opened(&CELLS);
    assert_eq!(kept(tutor.update(Msg::Key(Key::char('e')))), []);
    let mine = format!("{RUN}\nmine = 1");
    let typed = Draft { cells: vec![cell(0, RUN, &mine)] };
    let once = kept(tutor.update(Msg::Edited(mine.clone())));
    assert_eq!(once, std::slice::from_ref(&typed));
    assert_eq!(kept(tutor.update(Msg::Edited(mine.clone()))), []);
    press(&mut tutor, "esc");
    assert_eq!(kept(tutor.update(Msg::Key(Key::char('u')))), [Draft::default()]);
    assert_eq!(kept(tutor.update(Msg::Key(Key::ctrl('r')))), [typed]);
    press(&mut tutor, "w y");
    assert_eq!(kept(tutor.update(saved())), [Draft::default()]);
}

#[test]
fn who_quits_without_writing_does_not_want_it_kept() {
    let mut tutor = opened(&CELLS);
    press(&mut tutor, "e");
    tutor.update(Msg::Edited("mine = 1".to_owned()));
    press(&mut tutor, "esc q");
    let left = tutor.update(Msg::Key(Key::char('d')));
    assert_eq!(left.last(), Some(&Effect::Quit));
    assert_eq!(kept(left), [Draft::default()]);
}

#[test]
fn what_was_left_is_shown_and_taken_up_as_one_step() {
    let mut tutor = found(&CELLS, vec![cell(0, RUN, "mine = 1"), cell(1, "x = 1", "x = 2")]);
    let Some(Popup::Confirm { title, page, .. }) = tutor.view().popup else { panic!() };
    assert_eq!(title, "Changes of last time");
    assert!(!page.rows.is_empty());
    let done = tutor.update(Msg::Key(Key::char('y')));
    assert_eq!(done.last(), Some(&Effect::DropDraft("state/1.json".into())));
    assert!(kept(done).iter().all(|draft| draft.cells.len() == 2));
    assert_eq!(source(&tutor), "mine = 1");
    assert!(tutor.view().header.unsaved);
    press(&mut tutor, "u");
    assert_eq!(source(&tutor), RUN);
    assert!(!tutor.view().header.unsaved);
}

#[test]
fn it_can_be_thrown_away_or_left_for_another_time() {
    let left = || vec![cell(0, RUN, "mine = 1")];
    let mut tutor = found(&CELLS, left());
    assert_eq!(press(&mut tutor, "d"), [Effect::DropDraft("state/1.json".into())]);
    assert_eq!((source(&tutor).as_str(), tutor.view().popup.is_some()), (RUN, false));
    let mut tutor = found(&CELLS, left());
    assert_eq!(press(&mut tutor, "esc"), []);
    assert_eq!((source(&tutor).as_str(), tutor.view().popup.is_some()), (RUN, false));
}

#[test]
fn a_file_that_changed_since_is_said_to_have_and_cells_that_are_gone_stay_kept() {
    let mut tutor = found(&["other"], vec![cell(1, "x = 1", "mine = 1"), cell(2, "gone", "x = 2")]);
    let Some(Popup::Confirm { page, .. }) = tutor.view().popup else { panic!() };
    let said = format!("{page:?}");
    assert!(said.contains("the file itself was changed") && said.contains("gone in the file: 1"));
    let done = press(&mut tutor, "y");
    assert!(!done.contains(&Effect::DropDraft("state/1.json".into())), "{done:?}");
    assert_eq!(source(&tutor), "mine = 1");
}

#[test]
fn what_a_killed_save_left_is_removed_after_a_yes_alone() {
    let open = || {
        let left = Leftover { path: "work/.nbasync-save-1-2".into(), size: 7 };
        let mut tutor = tutor();
        tutor.update(Msg::Opened(Ok(Opened {
            path: "work/a.ipynb".into(),
            bytes: notebook(&CELLS),
            leftovers: vec![left],
            ..Opened::default()
        })));
        tutor
    };
    let remove = Effect::RemoveLeftovers(vec!["work/.nbasync-save-1-2".into()]);
    assert_eq!(press(&mut open(), "y"), [remove]);
    assert_eq!(press(&mut open(), "n"), []);
    let mut tutor = open();
    tutor.update(Msg::LeftoversRemoved(vec![("work/.x".into(), in_both("busy"))]));
    assert_eq!(status(&tutor), "work/.x stays: busy");
}
