//! Every screen of the real tutor, in both languages, narrow and wide.

use super::fit::look_at;
use crate::knowledge::{Knowledge, Language};
use crate::shell::embedded::Embedded;
use crate::tutor::key::{Code, Key};
use crate::tutor::message::{Msg, Opened};
use crate::tutor::{Reading, Tutor};

/// A cell for each kind of screen: an error with a helper, a warning with two patterns, nothing.
const NOTEBOOK: &str = r#"{"cells": [
 {"cell_type": "markdown", "id": "m", "metadata": {}, "source": ["Prices of the day"]},
 {"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": null, "source": ["import asyncio\n", "import requests\n", "\n", "async def fetch(url):\n", "    return requests.get(url, timeout=5).json()"]},
 {"cell_type": "code", "id": "b", "metadata": {}, "outputs": [], "execution_count": null, "source": ["def load(urls):\n", "    return [asyncio.run(fetch(url)) for url in urls]\n", "\n", "rows = load([\"https://example.org/1\"])"]},
 {"cell_type": "code", "id": "c", "metadata": {}, "outputs": [], "execution_count": null, "source": ["sorted(rows)"]}
], "metadata": {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}, "language_info": {"name": "python", "version": "3.12.4"}}, "nbformat": 4, "nbformat_minor": 5}"#;

fn keys(tutor: &mut Tutor, keys: &str) {
    for char in keys.chars() {
        let key = match char {
            '>' => Key::plain(Code::Right),
            '\n' => Key::plain(Code::Enter),
            char => Key::char(char),
        };
        tutor.update(Msg::Key(key));
    }
}

/// Looks at the screen that a tutor shows after these keys, in each language.
fn show(name: &str, open: bool, pressed: &str) {
    let knowledge = Knowledge::open(&Embedded);
    let readings = [
        ("en", Reading::One(Language::En)),
        ("zh", Reading::One(Language::Zh)),
        ("both", Reading::Both(Language::En)),
    ];
    for (language, reading) in readings {
        let today = || jiff::civil::date(2026, 1, 5);
        let mut tutor = Tutor::new(&knowledge, reading).with_today(today);
        if open {
            let opened =
                Opened { path: "prices.ipynb".into(), bytes: NOTEBOOK.into(), ..Opened::default() };
            tutor.update(Msg::Opened(Ok(opened)));
        }
        keys(&mut tutor, pressed);
        look_at(&format!("{name}, {language}"), &tutor.view(), reading);
    }
}

#[test]
fn the_home_screen() {
    show("tutor_home", false, "");
}

#[test]
fn the_situation_of_a_cell() {
    show("tutor_1_situation", true, "n");
}

#[test]
fn the_mistake_in_a_cell() {
    show("tutor_2_mistake", true, "n>");
}

#[test]
fn the_pattern_over_several_cells() {
    show("tutor_3_pattern", true, "n>>");
}

#[test]
fn two_patterns_to_choose_from() {
    show("tutor_3_choice", true, ">>");
}

#[test]
fn the_tradeoffs_of_a_repair() {
    show("tutor_4_tradeoffs", true, "n>>>");
}

#[test]
fn what_would_run_and_what_was_recorded() {
    show("tutor_5_proof", true, "n>>>>");
}

#[test]
fn what_will_be_written() {
    show("tutor_6_apply", true, "n>>>>>");
}

#[test]
fn the_question_before_writing() {
    show("tutor_confirm", true, "nw");
}

#[test]
fn a_cell_that_is_to_be_left_alone() {
    show("tutor_calm", true, "]]");
}

#[test]
fn the_overview_of_cells() {
    show("tutor_overview", true, "o");
}

#[test]
fn look_up_with_a_preview() {
    show("tutor_look_up", true, "/gather");
}

#[test]
fn a_page_that_was_looked_up() {
    show("tutor_page", true, "/gather\n");
}

#[test]
fn the_deviations() {
    show("tutor_deviations", true, "nd");
}

#[test]
fn a_question_of_which_pattern() {
    show("tutor_question", true, "nc11");
}

#[test]
fn the_pattern_that_was_asked_for() {
    show("tutor_outcome", true, "nc1121");
}

#[test]
fn the_reason_of_a_deviation() {
    show("tutor_reason", true, "nd\nrthe vendor says 2027");
}

#[test]
fn a_deviation_on_record() {
    show("tutor_record", true, "nd\nrthe vendor says 2027\n");
}

#[test]
fn the_question_before_a_record_is_inserted() {
    show("tutor_record_insert", true, "nd\nrthe vendor says 2027\ni");
}

#[test]
fn the_keys() {
    show("tutor_keys", true, "?");
}

#[test]
fn the_editor() {
    show("tutor_editor", true, "ne");
}
