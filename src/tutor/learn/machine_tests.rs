//! Lessons as somebody goes through them: keys in, views and effects out.

use jiff::civil::{Date, date};

use super::keys::{self, LESSON, LESSONS, PREDICT};
use super::progress::State;
use super::tests::KNOWLEDGE;
use super::{Learner, Progress};
use crate::document::{Block, Mark, Picked};
use crate::knowledge::Language;
use crate::tutor::key::{Code, Key};
use crate::tutor::message::{Effect, Msg, Target};
use crate::tutor::popups::{CONSENT, LOOK_UP, READER};
use crate::tutor::screens::home;
use crate::tutor::screens::walk::{self, EDITOR};
use crate::tutor::view::{Body, Pane, Row, StepState, Walkthrough};
use crate::tutor::{Reading, Tutor};

const TODAY: Date = date(2026, 3, 1);
const FIRST: &str = "who-owns-the-loop";
const DRILL: &str = "await-instead-of-run";

fn with(progress: Progress) -> Tutor<'static> {
    let learner = Learner { progress, today: TODAY, keeps: true, moves: true, presents: false };
    Tutor::new(&KNOWLEDGE, Reading::One(Language::En)).with_learner(learner)
}

/// A tutor at the drill of the first lesson.
fn at_drill() -> Tutor<'static> {
    let mut tutor = with(Progress::default());
    assert!(tutor.open_lesson(FIRST));
    press(&mut tutor, ">>>a>");
    assert_eq!(tutor.keys(), &keys::DRILL);
    tutor
}

/// Presses keys: `>` and `<` for the arrows, `^` for Esc, a line end for Enter.
fn press(tutor: &mut Tutor, keys: &str) -> Vec<Effect> {
    let key = |char| match char {
        '>' => Key::plain(Code::Right),
        '<' => Key::plain(Code::Left),
        '^' => Key::plain(Code::Esc),
        'v' => Key::plain(Code::Down),
        '\n' => Key::plain(Code::Enter),
        char => Key::char(char),
    };
    keys.chars().flat_map(|char| tutor.update(Msg::Key(key(char)))).collect()
}

/// Types a cell into the open text area and leaves it.
fn repair(tutor: &mut Tutor, cell: &str) -> Vec<Effect> {
    press(tutor, "e");
    assert_eq!(tutor.keys(), &EDITOR);
    tutor.update(Msg::Edited(cell.to_owned()));
    press(tutor, "^")
}

fn shown(tutor: &Tutor) -> Walkthrough {
    match tutor.view().body {
        Body::Walkthrough(shown) => *shown,
        other => panic!("no lesson: {other:?}"),
    }
}

fn guide(tutor: &Tutor) -> String {
    let text = |block: &Block| match block {
        Block::Conclusion(prose) | Block::Heading(prose) | Block::Paragraph(prose) => prose.text(),
        Block::Item { body, .. } | Block::Bar { said: body, .. } => body.text(),
        Block::Code { text, .. } => text.clone(),
        Block::Diff(lines) => lines.iter().map(|line| format!("{}\n", line.text)).collect(),
        Block::Table(_) | Block::Timeline { .. } | Block::Beside { .. } => String::new(),
    };
    let page = shown(tutor).guide;
    let rows = page.rows.iter().map(|row| match row {
        Row::One(block) => text(block),
        Row::Pair(en, zh) => text(en) + &text(zh),
    });
    rows.collect::<Vec<_>>().join("\n")
}

fn current(tutor: &Tutor) -> usize {
    let steps = shown(tutor).steps;
    steps.iter().find(|step| step.state == StepState::Current).unwrap().number
}

fn kept(effects: &[Effect]) -> Progress {
    let last = effects.iter().rev().find_map(|effect| match effect {
        Effect::KeepProgress(progress) => Some((**progress).clone()),
        _ => None,
    });
    last.expect("progress is kept")
}

fn status(tutor: &Tutor) -> String {
    tutor.view().status.map(|said| said.text()).unwrap_or_default()
}

#[test]
fn home_leads_to_the_list_and_the_list_to_a_lesson_and_back() {
    let mut tutor = with(Progress::default());
    press(&mut tutor, "l");
    assert_eq!(tutor.keys(), &LESSONS);
    assert_eq!(shown(&tutor).overview.len(), KNOWLEDGE.lessons().count());
    press(&mut tutor, "vv");
    assert_eq!(shown(&tutor).current, 2);
    press(&mut tutor, "\n");
    assert_eq!((tutor.keys(), current(&tutor)), (&LESSON, 2));
    press(&mut tutor, "^");
    assert_eq!(tutor.keys(), &LESSONS);
    press(&mut tutor, "^");
    assert_eq!(tutor.keys(), &home::KEYS);
}

#[test]
fn a_lesson_has_screens_then_a_question_then_drills_then_an_end() {
    let mut tutor = with(Progress::default());
    tutor.open_lesson("1");
    assert!(guide(&tutor).starts_with("One thread, one loop"), "{}", guide(&tutor));
    assert!(shown(&tutor).code.is_none());
    press(&mut tutor, ">>>");
    assert_eq!(tutor.keys(), &PREDICT);
    press(&mut tutor, ">");
    assert!(shown(&tutor).code.is_some());
    press(&mut tutor, ">>>>");
    assert!(guide(&tutor).contains("is not done yet"), "{}", guide(&tutor));
}

#[test]
fn the_first_answer_counts_and_each_choice_has_its_own_words() {
    let mut tutor = with(Progress::default());
    tutor.open_lesson(FIRST);
    press(&mut tutor, ">>>");
    let picks = |tutor: &Tutor| -> Vec<Picked> {
        let page = shown(tutor).guide;
        let picks = page.rows.iter().filter_map(|row| match row {
            Row::One(Block::Item { mark: Mark::Choice(_, picked), .. }) => Some(*picked),
            _ => None,
        });
        picks.collect()
    };
    assert_eq!(picks(&tutor), [Picked::No; 4]);
    let progress = kept(&press(&mut tutor, "a"));
    assert_eq!(progress.predicted(FIRST), Some(0));
    let after = [Picked::Wrong, Picked::Right, Picked::No, Picked::No];
    assert_eq!(picks(&tutor), after);
    assert!(guide(&tutor).contains("That is what a script would get."), "{}", guide(&tutor));
    assert!(guide(&tutor).contains("What a kernel answered"), "{}", guide(&tutor));
    assert_eq!(press(&mut tutor, "b"), []);
    assert_eq!(picks(&tutor), after);
}

#[test]
fn a_repair_is_graded_as_it_is_typed_and_counts_when_it_is_handed_in() {
    let mut tutor = at_drill();
    press(&mut tutor, "e");
    assert_eq!(tutor.update(Msg::Edited("answer = main()\nprint(answer)".to_owned())), []);
    assert!(guide(&tutor).starts_with("Not yet"), "{}", guide(&tutor));
    tutor.update(Msg::Edited("answer = await main()\nprint(answer)".to_owned()));
    assert!(guide(&tutor).starts_with("Right as it stands"), "{}", guide(&tutor));
    let progress = kept(&press(&mut tutor, "^"));
    let record = &progress.drills[DRILL];
    assert_eq!((record.solved, record.tries, record.hints), (1, 0, 0));
    assert_eq!(record.due, Some(date(2026, 3, 4)));
    assert!(guide(&tutor).contains("No second loop is made."), "{}", guide(&tutor));
    assert!(guide(&tutor).contains("Right as well"), "{}", guide(&tutor));
}

#[test]
fn a_wrong_repair_is_told_why_and_is_there_again_the_next_day() {
    let mut tutor = at_drill();
    let progress = kept(&repair(&mut tutor, "answer = main()\nprint(answer)"));
    assert_eq!(progress.drills[DRILL].tries, 1);
    let said = guide(&tutor);
    // The page knows this trap and has words of its own for it.
    assert!(said.contains("the name holds a coroutine, a call that has not begun"), "{said}");
    assert!(said.contains("cell 2, line 1"), "{said}");
    let mut next = with(progress);
    next.open_lesson(FIRST);
    assert_eq!(next.keys(), &keys::DRILL);
    assert!(shown(&next).code.unwrap().source.contains("answer = main()"));
}

#[test]
fn hints_come_one_by_one_and_bring_the_drill_back_tomorrow() {
    let mut tutor = at_drill();
    press(&mut tutor, "h");
    assert!(guide(&tutor).contains("Hint 1 of 3\nA loop is running already."), "{}", guide(&tutor));
    press(&mut tutor, "hh");
    assert!(guide(&tutor).contains("Hint 3 of 3"), "{}", guide(&tutor));
    assert!(guide(&tutor).contains("answer = await main()"), "{}", guide(&tutor));
    press(&mut tutor, "h");
    assert_eq!(status(&tutor), "there is no further hint");
    let progress = kept(&repair(&mut tutor, "answer = await main()"));
    assert_eq!(progress.drills[DRILL].due, Some(date(2026, 3, 2)));
}

#[test]
fn the_solution_is_shown_after_an_honest_try_alone() {
    let mut tutor = at_drill();
    press(&mut tutor, "s");
    assert!(status(&tutor).starts_with("try first"), "{}", status(&tutor));
    // Looking into the editor is no try.
    press(&mut tutor, "e^s");
    assert!(status(&tutor).starts_with("try first"), "{}", status(&tutor));
    repair(&mut tutor, "answer = 1");
    let progress = kept(&press(&mut tutor, "s"));
    assert!(progress.drills[DRILL].shown);
    assert!(shown(&tutor).code.unwrap().source.contains("answer = await main()"));
    press(&mut tutor, "x");
    assert!(shown(&tutor).code.unwrap().source.contains("asyncio.run(main())"));
    press(&mut tutor, "s");
    assert!(status(&tutor).starts_with("try first"), "{}", status(&tutor));
}

#[test]
fn a_lesson_is_finished_when_everything_in_it_was_done() {
    let mut tutor = with(Progress::default());
    tutor.open_lesson(FIRST);
    press(&mut tutor, ">>>b>");
    let lesson = KNOWLEDGE.lesson(FIRST).unwrap();
    let mut effects = Vec::new();
    for id in &lesson.front.drills {
        let cells: Vec<String> = KNOWLEDGE
            .drill(id)
            .unwrap()
            .solution()
            .iter()
            .map(|it| format!("# %%\n{it}"))
            .collect();
        effects.extend(tutor.update(Msg::Rewritten(Ok(cells.concat()))));
        effects.extend(press(&mut tutor, ">"));
    }
    let progress = kept(&effects);
    assert_eq!(progress.state(FIRST), State::Finished);
    assert!(guide(&tutor).starts_with("“Who owns the loop” is done."), "{}", guide(&tutor));
    assert!(guide(&tutor).contains("Next: lesson 2"), "{}", guide(&tutor));
    press(&mut tutor, ">");
    assert_eq!(shown(&tutor).current, 1);
}

#[test]
fn what_is_due_comes_back_as_a_round_of_its_own() {
    let mut progress = Progress::default();
    progress.solve(DRILL, 0, false, date(2026, 2, 1));
    let mut tutor = with(progress);
    press(&mut tutor, "lr");
    assert_eq!(tutor.keys(), &keys::DRILL);
    let progress = kept(&repair(&mut tutor, "answer = await main()"));
    assert_eq!(progress.drills[DRILL].due, Some(date(2026, 3, 8)));
    press(&mut tutor, ">");
    assert!(guide(&tutor).starts_with("Done: nothing is left"), "{}", guide(&tutor));
    press(&mut tutor, "^r");
    assert_eq!(status(&tutor), "no drill is due today");
}

#[test]
fn what_is_said_to_an_answer_is_on_the_screen() {
    let scroll = |content: usize, visible: usize| {
        let mut tutor = with(Progress::default());
        tutor.open_lesson(FIRST);
        press(&mut tutor, ">>>");
        assert_eq!(tutor.keys(), &PREDICT);
        tutor.update(Msg::Measured { pane: Pane::Guide, content, visible });
        press(&mut tutor, "a");
        shown(&tutor).guide_scroll
    };
    assert_eq!((scroll(18, 20), scroll(12, 20), scroll(12, 60)), (3, 0, 0));
}

#[test]
fn eight_questions_say_what_may_be_skipped() {
    let mut tutor = with(Progress::default());
    press(&mut tutor, "lc");
    let asked: Vec<_> = shown(&tutor).steps;
    assert_eq!(asked.len(), 9);
    let mut effects = Vec::new();
    // The first is answered rightly, the others are passed over.
    let second = KNOWLEDGE.lessons().nth(1).unwrap();
    let letter = ['a', 'b', 'c', 'd'][second.front.answer - 1];
    effects.extend(press(&mut tutor, &letter.to_string()));
    assert_eq!(current(&tutor), 2);
    effects.extend(press(&mut tutor, ">>>>>>>"));
    assert!(guide(&tutor).starts_with("1 of 8 right."), "{}", guide(&tutor));
    let progress = kept(&effects);
    let known: Vec<bool> =
        KNOWLEDGE.lessons().map(|lesson| progress.state(&lesson.page.id) == State::Known).collect();
    assert_eq!(known[..3], [true, true, false]);
    assert!(known[3..].iter().all(|known| !known));
    let mut next = with(progress);
    press(&mut next, "l");
    assert_eq!(shown(&next).current, 2);
}

#[test]
fn the_mistakes_of_a_notebook_become_drills_and_the_notebook_stays_as_it_is() {
    let mut tutor = with(Progress::default());
    let cell = "import asyncio\nasync def main():\n    return 1\nx = asyncio.run(main())";
    tutor.take_in(cell);
    press(&mut tutor, "x");
    assert_eq!(tutor.keys(), &keys::DRILL);
    assert!(guide(&tutor).starts_with("Repair cell 1"), "{}", guide(&tutor));
    press(&mut tutor, "hhh");
    assert!(guide(&tutor).contains("x = await main()"), "{}", guide(&tutor));
    repair(&mut tutor, "import asyncio\nx = 1");
    assert!(guide(&tutor).contains("`main` is lost") || guide(&tutor).contains("main is lost"));
    let effects = repair(&mut tutor, "async def main():\n    return 1\nx = await main()");
    assert_eq!(effects, [], "nothing of one's own is kept");
    press(&mut tutor, ">");
    assert!(guide(&tutor).starts_with("Every mistake is repaired here."), "{}", guide(&tutor));
    press(&mut tutor, "^");
    assert_eq!(tutor.keys(), &walk::KEYS);
    assert_eq!(shown(&tutor).code.unwrap().source, cell);
    let mut calm = with(Progress::default());
    calm.take_in("x = 1");
    press(&mut calm, "x");
    assert!(status(&calm).starts_with("nothing here to practise on"), "{}", status(&calm));
}

#[test]
fn diagrams_run_three_times_and_then_stand_still() {
    let mut tutor = with(Progress::default());
    tutor.open_lesson(FIRST);
    assert!(tutor.view().ticking);
    assert_eq!(shown(&tutor).frame, Some(0));
    let mut ticks = 0;
    while tutor.view().ticking {
        tutor.update(Msg::Tick);
        ticks += 1;
    }
    assert_eq!((ticks, shown(&tutor).frame), ((22 + 8) * 3, None));
    press(&mut tutor, "t");
    assert!(tutor.view().ticking);
    press(&mut tutor, "t");
    assert!(!tutor.view().ticking);
    press(&mut tutor, "><");
    assert!(!tutor.view().ticking, "still stays still");
    press(&mut tutor, ">");
    let plain = KNOWLEDGE.lesson(FIRST).unwrap();
    assert_eq!(plain.screens().len(), 3);
}

#[test]
fn without_motion_nothing_ticks() {
    let learner = Learner { moves: false, ..Learner::default() };
    let mut tutor = Tutor::new(&KNOWLEDGE, Reading::One(Language::En)).with_learner(learner);
    tutor.open_lesson(FIRST);
    press(&mut tutor, "t");
    assert!(!tutor.view().ticking);
    assert_eq!(press(&mut tutor, ">"), [], "and nothing is kept of nobody");
}

#[test]
fn the_language_changes_in_the_middle_of_a_drill() {
    let mut tutor = at_drill();
    repair(&mut tutor, "answer = main()");
    press(&mut tutor, "L");
    assert!(guide(&tutor).starts_with("还没好"), "{}", guide(&tutor));
    press(&mut tutor, "L");
    let rows = &shown(&tutor).guide.rows;
    assert!(rows.iter().any(|row| matches!(row, Row::Pair(..))));
}

#[test]
fn a_click_selects_a_lesson_and_another_opens_it() {
    let mut tutor = with(Progress::default());
    press(&mut tutor, "l");
    tutor.update(Msg::Clicked(Target::Overview(4)));
    assert_eq!((shown(&tutor).current, tutor.keys()), (4, &LESSONS));
    tutor.update(Msg::Clicked(Target::Overview(4)));
    assert_eq!(tutor.keys(), &LESSON);
    tutor.update(Msg::Clicked(Target::Step(6)));
    assert_eq!(current(&tutor), 6);
    tutor.update(Msg::Clicked(Target::Pane(Pane::Guide)));
    assert_eq!(shown(&tutor).focus, Pane::Guide);
}

#[test]
fn every_key_in_every_state_leaves_the_machine_standing() {
    let keys = "hlkjnpoxse^>< \tabcdtr123456789[]yLuw/?PTmq";
    let mut seed = 11_usize;
    for start in ["1", "6", "12", "16"] {
        let mut tutor = with(Progress::default());
        tutor.open_lesson(start);
        for _ in 0..150 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_041);
            let char = keys.as_bytes()[(seed >> 33) % keys.len()] as char;
            if tutor.keys() == &EDITOR {
                tutor.update(Msg::Edited(format!("x = {seed}")));
                press(&mut tutor, "^");
            } else {
                press(&mut tutor, &char.to_string());
            }
            tutor.view();
        }
    }
}

#[test]
fn the_demonstration_runs_ten_minutes_by_itself_and_visits_everything() {
    let mut tutor = with(Progress::default());
    tutor.start_tour();
    let mut ticks = 0;
    let mut seen = std::collections::HashSet::new();
    while tutor.view().ticking && ticks < 10_000 {
        for effect in tutor.update(Msg::Tick) {
            assert!(!matches!(effect, Effect::Quit | Effect::KeepProgress(_)), "{effect:?}");
        }
        seen.insert(tutor.keys());
        ticks += 1;
    }
    let minutes = ticks / 5 / 60;
    assert!((9..=11).contains(&minutes), "{minutes} minutes");
    for table in [&LESSONS, &LESSON, &PREDICT, &keys::DRILL, &walk::KEYS, &LOOK_UP, &READER] {
        assert!(seen.contains(table), "{table:?}");
    }
}

#[test]
fn any_key_takes_the_demonstration_over() {
    let mut tutor = with(Progress::default());
    tutor.start_tour();
    assert!(status(&tutor).starts_with("This runs by itself"));
    let stop = Key { code: Code::Char('z'), ctrl: true, alt: false };
    assert_eq!(tutor.update(Msg::Key(stop)), [Effect::Suspend], "one key to the background");
    assert!(status(&tutor).starts_with("This runs by itself") && tutor.view().ticking);
    assert_eq!(press(&mut tutor, "q"), []);
    assert_eq!(status(&tutor), "You have taken over.");
    assert!(!tutor.view().ticking);
    assert_eq!(press(&mut tutor, "q"), [Effect::Quit]);
}

#[test]
fn who_presents_keeps_nothing_and_says_where_they_are() {
    let mut progress = Progress::default();
    progress.finish(FIRST, TODAY);
    let mut tutor = with(progress);
    tutor.present();
    tutor.open_lesson(FIRST);
    assert!(tutor.view().roomy);
    let effects = press(&mut tutor, ">>>a>");
    let places: Vec<usize> = effects
        .iter()
        .map(|effect| match effect {
            Effect::Present(place) if place.lesson == FIRST => place.stage,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(places, [2, 3, 4, 5]);
}

#[test]
fn a_repair_runs_in_a_kernel_after_a_yes_beside_the_cells_as_given() {
    use crate::knowledge::Both;
    use crate::tutor::message::{FoundKernel, Progress as Proving, Stage};

    let mut tutor = at_drill();
    repair(&mut tutor, "answer = await main()\nprint(answer)");
    let effects = press(&mut tutor, "r");
    assert!(matches!(effects.as_slice(), [Effect::FindKernel { .. }]), "{effects:?}");
    let reason =
        Both { en: "The one that is here.".to_owned(), zh: "这里的那个。".to_owned() };
    tutor.update(Msg::KernelFound(Ok(FoundKernel {
        reason,
        command: String::new(),
        is_found_here: false,
    })));
    assert_eq!(tutor.keys(), &CONSENT);
    let effects = press(&mut tutor, "y");
    let [Effect::Prove(trial)] = effects.as_slice() else { panic!("{effects:?}") };
    assert!(trial.before[1].1.contains("asyncio.run(main())"));
    assert!(trial.after.as_ref().unwrap()[1].1.contains("await main()"));
    tutor.update(Msg::Proving(Proving::Started(Stage::Before)));
    assert!(tutor.is_waiting());
    let effects = repair(&mut tutor, "answer = main()");
    assert!(
        effects.iter().any(|effect| matches!(effect, Effect::Interrupt | Effect::KeepProgress(_)))
    );
    assert!(!tutor.is_waiting(), "what ran for other cells counts no more");
}

#[test]
fn nothing_runs_that_needs_a_network() {
    let mut tutor = with(Progress::default());
    let drill = KNOWLEDGE.drills().find(|drill| !drill.front.runs).unwrap();
    let lesson = KNOWLEDGE.lesson(&drill.front.lesson).unwrap();
    tutor.open_lesson(&lesson.page.id);
    while *tutor.keys() != keys::DRILL || tutor_drill(&tutor) != drill.page.id {
        press(&mut tutor, ">");
    }
    assert_eq!(press(&mut tutor, "r"), []);
    assert!(status(&tutor).starts_with("this drill needs"), "{}", status(&tutor));
}

fn tutor_drill(tutor: &Tutor) -> String {
    let effects = tutor.rewrite_task();
    match effects.as_slice() {
        [Effect::Rewrite { name, .. }] => name.clone(),
        _ => String::new(),
    }
}
