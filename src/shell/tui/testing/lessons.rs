//! Every kind of page of a lesson, in both languages, narrow and wide.

use jiff::civil::date;

use super::fit::look_at;
use crate::knowledge::{Knowledge, Language};
use crate::shell::embedded::Embedded;
use crate::tutor::key::{Code, Key};
use crate::tutor::learn::{Learner, Progress};
use crate::tutor::message::Msg;
use crate::tutor::{Reading, Tutor};

/// Looks at the screen that a lesson shows after these keys; `!` stands for a wrong repair, `=` for
/// a right one.
fn show(name: &str, lesson: Option<&str>, pressed: &str) {
    let knowledge = Knowledge::open(&Embedded);
    for (language, reading) in
        [("en", Reading::One(Language::En)), ("zh", Reading::One(Language::Zh))]
    {
        let today = date(2026, 3, 1);
        let mut progress = Progress::default();
        progress.finish("who-owns-the-loop", date(2026, 2, 20));
        progress.visit("awaiting-in-a-cell", 2, date(2026, 2, 24));
        progress.solve("await-instead-of-run", 0, false, date(2026, 2, 20));
        let learner = Learner { progress, today, keeps: true, moves: false, presents: false };
        let mut tutor = Tutor::new(&knowledge, reading).with_learner(learner);
        match lesson {
            Some(lesson) => assert!(tutor.open_lesson(lesson)),
            None => tutor.open_lessons(),
        }
        for char in pressed.chars() {
            for msg in messages(char) {
                tutor.update(msg);
            }
        }
        look_at(&format!("{name}, {language}"), &tutor.view(), reading);
    }
}

fn messages(char: char) -> Vec<Msg> {
    let typed = |cell: &str| {
        let keys = [Msg::Key(Key::char('e')), Msg::Edited(cell.to_owned())];
        keys.into_iter().chain([Msg::Key(Key::plain(Code::Esc))]).collect()
    };
    match char {
        '>' => vec![Msg::Key(Key::plain(Code::Right))],
        '!' => typed("answer = main()\nprint(answer)"),
        '=' => typed("answer = await main()\nprint(answer)"),
        '~' => vec![
            Msg::Key(Key::char('e')),
            Msg::Edited("answer = asyncio.gather(main())".to_owned()),
        ],
        char => vec![Msg::Key(Key::char(char))],
    }
}

#[test]
fn the_list_of_lessons() {
    show("list", None, "");
}

#[test]
fn what_a_lesson_is_about() {
    show("about", Some("2"), "1");
}

#[test]
fn a_screen_to_read_with_a_diagram() {
    show("read", Some("1"), "");
}

#[test]
fn a_question_and_its_answer() {
    show("question", Some("1"), ">>>");
    show("answer", Some("1"), ">>>c");
}

#[test]
fn a_drill_from_its_cells_to_its_end() {
    show("drill", Some("1"), ">>>>");
    show("drill_typing", Some("1"), ">>>>~");
    show("drill_wrong", Some("1"), ">>>>!");
    show("drill_hints", Some("1"), ">>>>hhh");
    show("drill_right", Some("1"), ">>>>=");
}

#[test]
fn the_end_of_a_lesson() {
    show("end", Some("1"), "9>");
}

#[test]
fn the_placement_round() {
    show("placement", None, "cb");
    show("placement_end", None, "cbbbbbbbb");
}
