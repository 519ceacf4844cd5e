use std::io::Cursor;

use super::{Linear, Lines};
use crate::knowledge::{Knowledge, Language};
use crate::shell::embedded::Embedded;
use crate::shell::visible::Charset;
use crate::tutor::{Reading, Tutor};

/// Everything that is said when somebody answers with these lines.
fn talk(language: Language, first: &str, answers: &str) -> String {
    let knowledge = Knowledge::open(&Embedded);
    let mut tutor = Tutor::new(&knowledge, Reading::One(language));
    if !first.is_empty() {
        tutor.take_in(first);
    }
    let mut output = Vec::new();
    // Nothing answers later.
    let (_, later) = std::sync::mpsc::channel();
    let mut linear = Linear {
        answers: later,
        input: Lines::new(Cursor::new(answers.as_bytes().to_vec())),
        output: &mut output,
        knowledge: &knowledge,
        charset: Charset::Unicode,
        has_editor: false,
    };
    linear.run(&mut tutor, &mut |_| None).expect("memory can be written");
    String::from_utf8(output).expect("UTF-8")
}

const CELL: &str = "import asyncio\nasync def main():\n    return 1\nasyncio.run(main())";

#[test]
fn the_announcement_is_made_once() {
    let said = talk(Language::En, CELL, "1\n1\n0\n");
    assert!(said.trim_start().starts_with("Skill in use: python-notebooks-async"), "{said}");
    assert_eq!(said.matches("Skill in use: python-notebooks-async").count(), 1, "{said}");
}

#[test]
fn the_steps_are_numbered_and_the_change_is_said_in_two_lines() {
    let said = talk(Language::En, CELL, "1\n1\n0\n");
    assert!(said.contains("Step 3 of 6: Pattern."), "{said}");
    assert!(said.contains("Line now: asyncio.run(main())"), "{said}");
    assert!(said.contains("Line then: await main()"), "{said}");
}

#[test]
fn a_choice_keeps_its_number_from_screen_to_screen() {
    let said = talk(Language::En, CELL, "1\n1\n0\n");
    let look_up: Vec<&str> = said.lines().filter(|line| line.contains("5 look up")).collect();
    assert_eq!(look_up.len(), 3, "{said}");
}

#[test]
fn a_text_names_the_number_that_stands_for_a_key_here() {
    for (language, told) in [(Language::En, "Press 12 to see"), (Language::Zh, "按 12 查看")] {
        let said = talk(language, CELL, "1\n1\n1\n1\n1\n0\n");
        assert!(said.contains(told), "{said}");
        // On the last step every way to take the repair is a choice.
        for (number, word) in [("4 ", "4 apply"), ("9 ", "9 copy")] {
            let items =
                said.lines().filter(|line| line.starts_with(&format!("- {number}"))).count();
            assert!(
                items == 1 || language == Language::Zh && !said.contains(word),
                "{number}: {said}"
            );
        }
        assert!(!["w", "y", "e"].iter().any(|key| said.contains(&format!("- {key} "))), "{said}");
    }
}

#[test]
fn what_was_said_is_not_said_again_before_somebody_asks_for_it() {
    let said = talk(Language::En, CELL, "99\n.\n1\n0\n");
    assert_eq!(said.matches("Skill in use").count(), 2, "{said}");
    assert_eq!(said.matches("Step 1 of 6: Answer.").count(), 2, "{said}");
    assert_eq!(said.matches("Step 2 of 6: Mistake.").count(), 1, "{said}");
    assert!(!said.contains("Does not fit: Not here"), "{said}");
    // The place was said with the first step.
    let (_, second) = said.split_once("Step 2 of 6").unwrap_or_default();
    assert!(!second.contains("In the notebook:"), "{said}");
}

#[test]
fn lines_may_end_as_any_terminal_ends_them() {
    let plain = talk(Language::En, "", &format!("1\n{CELL}\n.\n0\n"));
    for end in ["\r", "\r\n"] {
        let answers = format!("1\n{CELL}\n.\n0\n").replace('\n', end);
        assert_eq!(talk(Language::En, "", &answers), plain, "{end:?}");
    }
}

#[test]
fn a_cell_can_be_pasted_line_by_line() {
    let said = talk(Language::En, "", &format!("1\n{CELL}\n.\n0\n"));
    assert!(said.contains("Error: asyncio-run-in-cell"), "{said}");
}

#[test]
fn look_up_takes_words_and_then_a_number() {
    let said = talk(Language::En, CELL, "5\nblocking requests\n1\n0\n0\n0\n");
    assert!(said.contains("blocking"), "{said}");
}

#[test]
fn it_speaks_chinese() {
    let said = talk(Language::Zh, CELL, "0\n");
    assert!(said.contains("正在使用的技能：python-notebooks-async"), "{said}");
    assert!(said.contains("可选："), "{said}");
}

#[test]
fn an_unknown_number_is_said_and_the_end_of_input_ends_it() {
    let said = talk(Language::En, CELL, "99\n");
    assert!(said.contains("There is no such choice."), "{said}");
}

#[test]
fn escape_sequences_of_a_cell_never_reach_the_output() {
    let said = talk(Language::En, "x = '\u{1b}[31m\u{202e}'\nasyncio.run(x)", "0\n");
    assert!(!said.contains('\u{1b}') && !said.contains('\u{202e}'), "{said:?}");
}

#[test]
fn which_pattern_is_asked_and_answered_by_numbers() {
    let said = talk(Language::En, CELL, "15\n1\n1\n1\n1\n2\n3\n0\n0\n");
    assert!(said.contains("1 of 5 at most: Where does the code run?"), "{said}");
    assert!(said.contains("Choices: 1 One thing, or one after the other, 2 Several"), "{said}");
    assert!(said.contains("\n    result = await main()\n"), "{said}");
    assert!(
        said.contains("1 read the page, 2 copy the skeleton, 3 question before, 0 close"),
        "{said}"
    );
    // Back at the question that led there.
    assert_eq!(said.matches("4 of 5 at most: What does the waiting?").count(), 2, "{said}");
}

#[test]
fn a_deviation_goes_on_record_with_a_typed_reason() {
    let said = talk(Language::En, CELL, "12\n1\n3\nthe vendor says no\n0\n0\n0\n0\n");
    assert!(said.contains("why does the default not fit?"), "{said}");
    assert!(said.contains("In our own words: the vendor says no\n"), "{said}");
    assert!(said.contains("Choices: 1 save beside the notebook, 3 copy, 0 close\n"), "{said}");
}

#[test]
fn the_letters_that_answer_a_question_are_offered_until_it_is_answered() {
    let said = talk(Language::En, "", "7\n1\n1\n1\n1\nb\n0\n0\n");
    let offered: Vec<&str> = said.lines().filter(|line| line.contains("a–d answer, 1 ")).collect();
    assert_eq!(offered.len(), 1, "{said}");
    assert!(said.contains("b) (right) "), "{said}");
}

#[test]
fn chinese_has_its_own_marks() {
    let said = talk(Language::Zh, CELL, "0\n") + &talk(Language::Zh, "", "0\n");
    for wrong in ["： ", "nbasync: ", "notebooks-async. "] {
        assert!(!said.contains(wrong), "{wrong}: {said}");
    }
}
