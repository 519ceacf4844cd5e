mod beside;
mod contradictions;
mod copying;
mod drafts;
mod finding;
mod forms;
mod long;
mod outputs;
mod problems;
mod proof;
mod questions;
mod recording;
mod unfit;

use std::path::PathBuf;
use std::sync::LazyLock;

use super::key::{Code, Key};
use super::message::{Effect, Msg, Opened, Saved, Told};
use super::view::{Body, Popup, Row, StepState, View, Walkthrough};
use super::{Reading, Tutor};
use crate::diagnostic::Message;
use crate::document::{Block, Change, Side};
use crate::knowledge::{Files, Knowledge, Language};
use crate::wording;

/// The content as it stands in the repository.
struct Disk;

impl Files for Disk {
    fn list(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![PathBuf::from("content"), PathBuf::from("skills")];
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(root.join(&folder)).expect("a folder").flatten() {
                let path = folder.join(entry.file_name());
                if root.join(&path).is_dir() {
                    folders.push(path);
                } else {
                    found.push(path.to_string_lossy().into_owned());
                }
            }
        }
        found
    }

    fn read(&self, path: &str) -> Option<std::borrow::Cow<'static, [u8]>> {
        let full = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
        std::fs::read(full).ok().map(Into::into)
    }
}

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(|| Knowledge::open(&Disk));

/// Something that sounds alike in both languages.
fn in_both(said: &str) -> crate::knowledge::Both<String> {
    crate::knowledge::Both { en: said.to_owned(), zh: said.to_owned() }
}

fn tutor() -> Tutor<'static> {
    Tutor::new(&KNOWLEDGE, Reading::One(Language::En))
}

/// The answer that the file was written, and nothing is to be said of it.
fn saved() -> Msg {
    Msg::Saved(Ok(Saved { path: "work/a.ipynb".into(), remarks: Vec::new() }))
}

fn pasted(cell: &str) -> Tutor<'static> {
    let mut tutor = tutor();
    tutor.take_in(cell);
    tutor
}

/// A notebook with these code cells, opened from a file.
fn opened(cells: &[&str]) -> Tutor<'static> {
    let mut tutor = tutor();
    tutor.update(Msg::Opened(Ok(Opened {
        path: "work/a.ipynb".into(),
        bytes: notebook(cells),
        ..Opened::default()
    })));
    tutor
}

/// The same after a repair that could not be written: changed here alone.
fn refused(cells: &[&str]) -> Tutor<'static> {
    let mut tutor = opened(cells);
    press(&mut tutor, "w y");
    let full = Message::says(wording::fix::unwritten::FULL);
    tutor.update(Msg::Saved(Err(full)));
    tutor
}

/// Yes to a write, which succeeds.
fn written(tutor: &mut Tutor) {
    assert!(matches!(press(tutor, "w y").as_slice(), [Effect::Save { .. }]));
    tutor.update(saved());
}

fn source(tutor: &Tutor) -> String {
    walkthrough(&tutor.view()).code.as_ref().expect("code").source.to_string()
}

fn notebook(cells: &[&str]) -> Vec<u8> {
    let cell = |source: &&str| {
        serde_json::json!({"cell_type": "code", "id": format!("c{}", source.len()),
            "metadata": {}, "outputs": [], "execution_count": null, "source": source})
    };
    let cells: Vec<_> = cells.iter().map(cell).collect();
    let whole =
        serde_json::json!({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5});
    serde_json::to_vec_pretty(&whole).expect("JSON")
}

fn press(tutor: &mut Tutor, keys: &str) -> Vec<Effect> {
    let mut effects = Vec::new();
    for word in keys.split(' ').filter(|word| !word.is_empty()) {
        let key = match word {
            "right" => Key::plain(Code::Right),
            "left" => Key::plain(Code::Left),
            "enter" => Key::plain(Code::Enter),
            "esc" => Key::plain(Code::Esc),
            "down" => Key::plain(Code::Down),
            "backspace" => Key::plain(Code::Backspace),
            "tab" => Key::plain(Code::Tab),
            "ctrl-s" => Key::ctrl('s'),
            "ctrl-c" => Key::ctrl('c'),
            letter => Key::char(letter.chars().next().expect("a letter")),
        };
        effects.extend(told(tutor, Msg::Key(key)));
    }
    effects
}

/// What is wanted in answer; that the unsaved is to be kept goes without saying.
fn told(tutor: &mut Tutor, msg: Msg) -> Vec<Effect> {
    let mut effects = tutor.update(msg);
    effects.retain(|effect| !matches!(effect, Effect::KeepDraft { .. }));
    effects
}

fn walkthrough(view: &View) -> &Walkthrough {
    match &view.body {
        Body::Walkthrough(walk) => walk,
        Body::Home(_) => panic!("still at home"),
    }
}

fn step(tutor: &Tutor) -> usize {
    let view = tutor.view();
    let steps = &walkthrough(&view).steps;
    steps.iter().find(|step| step.state == StepState::Current).expect("a step").number
}

/// The guide as plain lines.
fn guide(tutor: &Tutor) -> String {
    let view = tutor.view();
    lines(&walkthrough(&view).guide.rows)
}

fn lines(rows: &[Row]) -> String {
    let text = |block: &Block| match block {
        Block::Conclusion(prose) | Block::Heading(prose) | Block::Paragraph(prose) => prose.text(),
        Block::Item { body, .. } | Block::Bar { said: body, .. } => body.text(),
        Block::Code { text, .. } => text.clone(),
        Block::Diff(lines) => lines
            .iter()
            .map(|line| match line.change {
                Change::Removed => format!("- {}\n", line.text),
                Change::Added => format!("+ {}\n", line.text),
                _ => format!("  {}\n", line.text),
            })
            .collect(),
        Block::Table(_) | Block::Timeline { .. } => String::new(),
        Block::Beside { left, right } => {
            let said = |side: &Side| match side {
                Side::Line(said) | Side::Strip { said, .. } => format!("{}\n", said.text()),
            };
            left.iter().chain(right).map(said).collect()
        }
    };
    rows.iter()
        .map(|row| match row {
            Row::One(block) => text(block),
            Row::Pair(en, zh) => format!("{}\n{}", text(en), text(zh)),
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// The cell that is shown, without the number of its problem.
fn cell(tutor: &Tutor) -> String {
    let place = tutor.view().header.place;
    place.split("  ").next().unwrap_or_default().to_owned()
}

fn status(tutor: &Tutor) -> String {
    tutor.view().status.map(|status| status.text()).unwrap_or_default()
}

const RUN: &str =
    "import asyncio\n\nasync def main():\n    return 1\n\nresult = asyncio.run(main())";

#[test]
fn the_skill_announces_itself_by_both_names_once_and_stays_as_a_mark() {
    for mut tutor in [tutor(), pasted(RUN), pasted("x = 1")] {
        let (skill, notice) = tutor.view().announcement.expect("an announcement");
        assert_eq!(skill, "Skill in use: python-notebooks-async");
        assert_eq!(notice, "notice: python-design-modularity");
        let at_home = matches!(tutor.view().body, Body::Home(_));
        press(&mut tutor, "down");
        let view = tutor.view();
        assert_eq!((view.announcement.is_some(), view.header.in_use), (at_home, !at_home));
    }
}

#[test]
fn a_pasted_cell_is_walked_through_to_its_repair() {
    let mut tutor = pasted(RUN);
    assert_eq!(step(&tutor), 1);
    let answer = guide(&tutor);
    assert!(answer.starts_with("asyncio.run() raises here"), "{answer}");
    assert!(answer.contains("- result = asyncio.run(main())\n+ result = await main()"), "{answer}");
    assert!(answer.contains("The skill applies"), "{answer}");
    press(&mut tutor, "right");
    assert!(guide(&tutor).contains("asyncio.run() cannot be called from a running event loop"));
    press(&mut tutor, "right");
    assert!(guide(&tutor).contains("- result = asyncio.run(main())\n+ result = await main()"));
    press(&mut tutor, "right");
    assert!(guide(&tutor).contains("I can't do this, because"), "{}", guide(&tutor));
    press(&mut tutor, "right");
    assert!(guide(&tutor).contains("runs it in a real kernel"), "{}", guide(&tutor));
    press(&mut tutor, "right");
    assert_eq!(step(&tutor), 6);
    press(&mut tutor, "right");
    assert_eq!(step(&tutor), 6);
    press(&mut tutor, "left 1");
    assert_eq!(step(&tutor), 1);
}

#[test]
fn writing_asks_first_and_saves_only_the_changed_cell() {
    let mut tutor = opened(&["x = 1", RUN]);
    assert_eq!(press(&mut tutor, "w"), []);
    assert!(matches!(tutor.view().popup, Some(Popup::Confirm { .. })));
    let effects = press(&mut tutor, "y");
    let [Effect::Save { path, expected, bytes }] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(path, &PathBuf::from("work/a.ipynb"));
    assert_eq!(expected, &notebook(&["x = 1", RUN]));
    let text = String::from_utf8_lossy(bytes);
    assert!(text.contains("result = await main()") && text.contains("x = 1"), "{text}");
    assert!(tutor.view().header.unsaved);
    tutor.update(saved());
    assert!(!tutor.view().header.unsaved);
    assert_eq!(
        status(&tutor),
        "repaired, written: work/a.ipynb; reload it in Jupyter (File, Reload from Disk); \
         no problem is left; u takes it back"
    );
}

#[test]
fn a_write_that_is_refused_keeps_the_change_and_can_be_undone() {
    let mut tutor = opened(&[RUN]);
    press(&mut tutor, "w y");
    let changed = Message::says(wording::fix::unwritten::CHANGED);
    tutor.update(Msg::Saved(Err(changed)));
    assert_eq!(status(&tutor), "not written: the file changed on disk since it was read");
    assert!(tutor.view().header.unsaved);
    press(&mut tutor, "u");
    assert!(
        walkthrough(&tutor.view()).code.as_ref().unwrap().source.contains("asyncio.run(main())")
    );
}

#[test]
fn what_there_is_to_say_of_a_written_file_stands_beside_the_success_and_keeps_the_screen() {
    let mut tutor = opened(&[RUN]);
    press(&mut tutor, "w y");
    let remark = Message::says(wording::saved::IN_DOUBT).with("problem", "I/O error");
    let saved = Saved { path: "work/a.ipynb".into(), remarks: vec![remark] };
    assert_eq!(told(&mut tutor, Msg::Saved(Ok(saved))), []);
    assert!(!tutor.view().header.unsaved);
    assert!(status(&tutor).starts_with("repaired, written: work/a.ipynb"), "{}", status(&tutor));
    let Some(Popup::Reader { page, .. }) = tutor.view().popup else { panic!("no window") };
    let said = lines(&page.rows);
    assert_eq!(said.trim(), "work/a.ipynb: written, but not yet safe on the disk: I/O error");
}

#[test]
fn undo_works_after_writing_too() {
    let mut tutor = opened(&[RUN]);
    press(&mut tutor, "w y");
    tutor.update(saved());
    press(&mut tutor, "u");
    assert!(
        walkthrough(&tutor.view()).code.as_ref().unwrap().source.contains("asyncio.run(main())")
    );
    assert!(tutor.view().header.unsaved);
}

#[test]
fn after_an_undo_what_is_there_is_written_as_it_is() {
    let mut tutor = opened(&[RUN]);
    press(&mut tutor, "w y");
    tutor.update(saved());
    let effects = press(&mut tutor, "u w y");
    let [Effect::Save { bytes, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(bytes, &notebook(&[RUN]));
}

#[test]
fn a_change_that_is_taken_back_leaves_nothing_to_write() {
    let mut tutor = refused(&[RUN]);
    press(&mut tutor, "u");
    assert!(!tutor.view().header.unsaved);
}

#[test]
fn quitting_with_unwritten_changes_asks() {
    let mut tutor = refused(&[RUN]);
    assert_eq!(press(&mut tutor, "q"), []);
    assert_eq!(press(&mut tutor, "esc"), []);
    assert_eq!(press(&mut tutor, "q d"), [Effect::Quit]);
    let mut clean = opened(&[RUN]);
    assert_eq!(press(&mut clean, "ctrl-c"), [Effect::Quit]);
}

#[test]
fn quitting_by_writing_waits_for_the_write() {
    let mut tutor = refused(&[RUN]);
    assert!(matches!(press(&mut tutor, "q w").as_slice(), [Effect::Save { .. }]));
    assert_eq!(told(&mut tutor, saved()), [Effect::Quit]);
}

#[test]
fn a_traceback_is_answered_as_the_error_it_shows() {
    let text = "Traceback (most recent call last):\n  File \"x\", line 1, in <module>\n\
        RuntimeError: asyncio.run() cannot be called from a running event loop";
    let tutor = pasted(text);
    let Some(Popup::Reader { title, page, .. }) = tutor.view().popup else { panic!("no page") };
    assert!(title.contains("asyncio.run()"), "{title}");
    assert!(lines(&page.rows).contains("await"));
}

#[test]
fn an_unknown_error_opens_the_look_up_and_says_so() {
    let tutor = pasted("Traceback (most recent call last):\nFrobError: no such frob");
    assert!(matches!(tutor.view().popup, Some(Popup::List { .. })));
    assert!(status(&tutor).contains("FrobError"), "{}", status(&tutor));
}

#[test]
fn a_cell_without_async_is_left_alone_and_its_other_steps_are_skipped() {
    let mut tutor = pasted("total = sum([1, 2])\nprint(total)");
    assert!(guide(&tutor).starts_with("Leave this cell alone"));
    let view = tutor.view();
    let skipped = walkthrough(&view).steps.iter().filter(|it| it.state == StepState::Skipped);
    assert_eq!(skipped.count(), 5);
    press(&mut tutor, "3");
    assert_eq!(step(&tutor), 1);
}

#[test]
fn a_plain_script_is_handed_to_the_companion_skill() {
    let mut tutor = tutor();
    let bytes = b"import asyncio\n\nasync def main():\n    pass\n\nif __name__ == '__main__':\n    asyncio.run(main())\n";
    tutor.update(Msg::Opened(Ok(Opened {
        path: "app.py".into(),
        bytes: bytes.to_vec(),
        ..Opened::default()
    })));
    assert!(guide(&tutor).contains("python-concurrency-performance"), "{}", guide(&tutor));
    press(&mut tutor, "g");
    let Some(Popup::Reader { title, .. }) = tutor.view().popup else { panic!("no page") };
    assert!(!title.is_empty());
}

#[test]
fn editing_is_reviewed_while_typing_and_is_one_step_of_undo() {
    let mut tutor = pasted(RUN);
    press(&mut tutor, "e");
    assert!(walkthrough(&tutor.view()).code.as_ref().unwrap().editing.is_some());
    for source in ["x", "x = a", "import asyncio\nasyncio.run(f())"] {
        tutor.update(Msg::Edited(source.to_owned()));
    }
    let view = tutor.view();
    assert_eq!(view.header.counts, Some([1, 0, 0]));
    press(&mut tutor, "esc u");
    assert_eq!(walkthrough(&tutor.view()).code.as_ref().unwrap().source, RUN);
}

#[test]
fn leaving_the_editor_with_ctrl_s_asks_to_write() {
    let mut tutor = opened(&[RUN]);
    press(&mut tutor, "e");
    tutor.update(Msg::Edited("x = 2".to_owned()));
    press(&mut tutor, "ctrl-s");
    assert!(matches!(tutor.view().popup, Some(Popup::Confirm { .. })));
}

#[test]
fn look_up_filters_while_typing_and_opens_the_page() {
    let mut tutor = pasted(RUN);
    press(&mut tutor, "/");
    for letter in "blocking requests".chars() {
        tutor.update(Msg::Key(Key::char(letter)));
    }
    let Some(Popup::List { rows, preview, .. }) = tutor.view().popup else { panic!("no list") };
    assert!(!rows.is_empty() && preview.is_some());
    press(&mut tutor, "enter");
    assert!(matches!(tutor.view().popup, Some(Popup::Reader { .. })));
    press(&mut tutor, "esc esc");
    assert!(tutor.view().popup.is_none());
}

#[test]
fn the_language_cycles_and_both_pairs_the_blocks() {
    let mut tutor = pasted(RUN);
    press(&mut tutor, "L");
    assert_eq!(tutor.view().header.language, "中文");
    assert!(guide(&tutor).contains("适用这项技能"));
    press(&mut tutor, "L");
    let view = tutor.view();
    assert!(walkthrough(&view).guide.rows.iter().any(|row| matches!(row, Row::Pair(..))));
    press(&mut tutor, "L");
    assert_eq!(tutor.view().header.language, "EN");
}

#[test]
fn problems_are_visited_in_order_over_cells() {
    let mut tutor = opened(&["x = 1", RUN, "y = 2", "import asyncio\nasyncio.run(g())"]);
    assert_eq!(cell(&tutor), "cell 2 of 4");
    press(&mut tutor, "n");
    assert_eq!(cell(&tutor), "cell 4 of 4");
    press(&mut tutor, "n");
    assert_eq!(cell(&tutor), "cell 2 of 4");
    assert_eq!(status(&tutor), "back at the first of 2 problems");
    press(&mut tutor, "p");
    assert_eq!(cell(&tutor), "cell 4 of 4");
    assert_eq!(status(&tutor), "back at the last of 2 problems");
    press(&mut tutor, "p");
    assert_eq!((&*cell(&tutor), &*status(&tutor)), ("cell 2 of 4", ""));
}

#[test]
fn a_paste_over_unwritten_changes_asks_first() {
    let mut tutor = refused(&[RUN]);
    tutor.update(Msg::Pasted("x = 1".to_owned()));
    assert!(matches!(tutor.view().popup, Some(Popup::Confirm { .. })));
    press(&mut tutor, "y");
    assert_eq!(tutor.view().header.file, "pasted cell");
}

#[test]
fn a_field_takes_the_first_line_of_a_paste_that_says_something() {
    let held = |text: &str| {
        let mut tutor = tutor();
        press(&mut tutor, "/");
        tutor.update(Msg::Pasted(text.to_owned()));
        let Some(Popup::List { query: Some((held, _)), .. }) = tutor.view().popup else {
            panic!("no field");
        };
        (held, status(&tutor))
    };
    let cut = "only the first line was taken: this field holds one".to_owned();
    assert_eq!(held("blocking\n"), ("blocking".to_owned(), String::new()));
    assert_eq!(held("\n\nblocking\nrequests\n"), ("blocking".to_owned(), cut));
    assert_eq!(held("\n"), (String::new(), String::new()));
}

#[test]
fn a_wanted_cell_is_shown_and_a_missing_one_is_said() {
    let open = |number| {
        let mut tutor = tutor().with_cell(Some(number));
        let bytes = notebook(&["x = 1", "y = 2", RUN]);
        tutor.update(Msg::Opened(Ok(Opened {
            path: "a.ipynb".into(),
            bytes,
            ..Opened::default()
        })));
        tutor
    };
    assert_eq!(cell(&open(2)), "cell 2 of 3");
    assert!(status(&open(9)).contains("no cell 9"));
}

#[test]
fn what_is_no_notebook_leaves_the_tutor_at_home_with_the_reason() {
    let mut tutor = tutor();
    let opened =
        Opened { path: "bad.ipynb".into(), bytes: b"{\"cells\": [".to_vec(), ..Opened::default() };
    tutor.update(Msg::Opened(Ok(opened)));
    assert!(matches!(tutor.view().body, Body::Home(_)));
    assert!(status(&tutor).contains("bad.ipynb"), "{}", status(&tutor));
}

#[test]
fn an_old_notebook_can_be_read_and_not_written() {
    let mut tutor = tutor();
    let bytes = br#"{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [
        {"cell_type": "code", "language": "python", "outputs": [], "input": "import asyncio\nasyncio.run(f())"}]}]}"#;
    let opened = Opened { path: "old.ipynb".into(), bytes: bytes.to_vec(), ..Opened::default() };
    tutor.update(Msg::Opened(Ok(opened)));
    assert_eq!(press(&mut tutor, "w"), []);
    assert!(status(&tutor).contains("only be read"), "{}", status(&tutor));
}

#[test]
fn advice_is_saved_beside_the_notebook_with_diff_and_page() {
    let mut tutor = opened(&[RUN]);
    let effects = press(&mut tutor, "s");
    let [Effect::SaveAdvice { near, name, text }] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(near, &Some(PathBuf::from("work/a.ipynb")));
    assert_eq!(name, "a-cell-1-asyncio-run-in-cell.md");
    assert!(text.contains("+ result = await main()"), "{text}");
    assert!(text.contains("Skill in use: python-notebooks-async"), "{text}");
}

#[test]
fn copying_takes_the_repaired_cell() {
    let mut tutor = pasted(RUN);
    let effects = press(&mut tutor, "y");
    assert!(matches!(effects.as_slice(), [Effect::Copy(text)] if text.contains("await main()")));
}

#[test]
fn a_helper_is_moved_by_a_key_or_by_a_command_that_can_be_copied() {
    let helper = "import httpx\nasync def fetch(url):\n    async with httpx.AsyncClient() as client:\n        \
                  response = await client.get(url)\n        return response.json()";
    let cells = [helper, "a = await fetch('a')", "b = await fetch('b')"];
    let command = "nbasync extract work/a.ipynb fetch";
    let mut tutor = opened(&cells);
    press(&mut tutor, "6");
    assert!(guide(&tutor).contains(command), "{}", guide(&tutor));
    assert_eq!(press(&mut tutor, "y"), [Effect::Copy(command.to_owned())]);
    assert_eq!(press(&mut tutor, "w"), [Effect::Look("work/helpers.py".into())]);
}

#[test]
fn questions_lead_to_a_skeleton_with_the_names_of_the_open_cell() {
    let cells =
        ["import asyncio\nasync def load(day): ...", "rows = [await load(it) for it in days]"];
    let mut tutor = opened(&cells);
    press(&mut tutor, "] c 1 1 2 1");
    let Some(Popup::Reader { page, .. }) = tutor.view().popup else { panic!("no page") };
    let page = lines(&page.rows);
    assert!(page.contains("A skeleton with the names of cell 2:"), "{page}");
    assert!(page.contains("How much of it at a time? Several at once"), "{page}");
    let code =
        "import asyncio\n\nresults = await asyncio.gather(*[\n    load(it) for it in days\n])";
    assert_eq!(press(&mut tutor, "y"), [Effect::Copy(code.to_owned())]);
    press(&mut tutor, "enter");
    assert!(
        matches!(tutor.view().popup, Some(Popup::Reader { title, .. }) if title == "asyncio.gather")
    );
}

#[test]
fn questions_can_be_taken_back_and_numbers_that_are_no_answer_do_nothing() {
    let mut tutor = tutor();
    press(&mut tutor, "p 1 1 9");
    let title = |tutor: &Tutor| match tutor.view().popup {
        Some(Popup::List { title, selected, .. }) => (title, selected),
        _ => panic!("no question"),
    };
    assert_eq!(title(&tutor).0, "3 of 5 at most: How much of it at a time?");
    press(&mut tutor, "down enter left left");
    assert_eq!(title(&tutor), ("2 of 5 at most: What is it that you want?".to_owned(), 0));
    press(&mut tutor, "left left left");
    assert_eq!(title(&tutor), ("1 of 5 at most: Where does the code run?".to_owned(), 0));
    press(&mut tutor, "esc");
    assert_eq!(tutor.view().popup, None);
}

#[test]
fn every_way_through_the_questions_ends_at_a_page_in_both_languages() {
    let chooser = KNOWLEDGE.chooser();
    let mut open: Vec<Vec<usize>> = vec![Vec::new()];
    let mut pages = std::collections::BTreeSet::new();
    while let Some(answers) = open.pop() {
        match chooser.next(&answers).expect("a way") {
            crate::knowledge::Next::Question(question) => {
                for number in 1..=question.choices.len() {
                    open.push([&answers[..], &[number]].concat());
                }
            }
            crate::knowledge::Next::End(id, end) => {
                assert!(answers.len() <= 5, "{id}");
                let page = KNOWLEDGE.page_of_end(end).expect("a page");
                pages.insert((page.kind, page.id.as_str()));
            }
        }
    }
    for kind in [crate::knowledge::PageKind::Pattern, crate::knowledge::PageKind::Deviation] {
        let missing: Vec<_> = KNOWLEDGE
            .pages(kind)
            .filter(|page| !pages.contains(&(kind, page.id.as_str())))
            .collect();
        assert!(
            missing.is_empty(),
            "no answer leads to {:?}",
            missing.iter().map(|page| &page.id).collect::<Vec<_>>()
        );
    }
}
