use super::*;

/// Two mistakes in one cell, each with a repair of its own.
const TWO: &str = "import asyncio\n\nasync def main():\n    return 1\n\n\
    a = asyncio.run(main())\nb = asyncio.run(main())";

const OTHER: &str = "import asyncio\nasyncio.run(g())";

/// A mistake whose repair cannot be written: nobody knows what the decorator makes of it.
const BLOCKED: &str = "import asyncio\nfrom functools import reduce\n\n\
    def load(all, one):\n    return all + asyncio.run(f(one))\n\nreduce(load, [1, 2], 0)";

/// Two mistakes of different kinds in one cell.
const PAIR: &str = "import asyncio\n\nasync def main():\n    return 1\n\n\
    a = asyncio.run(main())\nmain()\nc = 1";

/// The cell that is shown.
fn place(tutor: &Tutor) -> String {
    super::cell(tutor)
}

/// How many problems the notebook has.
fn left(tutor: &Tutor) -> usize {
    tutor.view().header.counts.unwrap_or_default().iter().sum()
}

/// The byte of the cell at which the problem that is shown begins.
fn shown(tutor: &Tutor) -> usize {
    walkthrough(&tutor.view()).code.as_ref().expect("code").reveal
}

#[test]
fn saying_no_to_a_write_leaves_the_cell_as_it_was() {
    for no in ["n", "esc", "q"] {
        for cell in [RUN, TWO] {
            let mut tutor = opened(&[cell, OTHER]);
            assert_eq!(press(&mut tutor, "3 w"), []);
            assert_eq!(source(&tutor), cell, "asking changes nothing");
            assert_eq!(press(&mut tutor, no), []);
            assert_eq!(source(&tutor), cell);
            assert!(!tutor.view().header.unsaved);
            assert_eq!(step(&tutor), 3, "and keeps the place");
            press(&mut tutor, "u");
            assert_eq!(status(&tutor), "nothing to undo");
        }
    }
}

#[test]
fn saying_no_keeps_what_was_typed_before() {
    let mut tutor = opened(&[TWO]);
    press(&mut tutor, "e");
    let typed = format!("{TWO}\nc = 3");
    tutor.update(Msg::Edited(typed.clone()));
    press(&mut tutor, "esc w n");
    assert_eq!(source(&tutor), typed);
    assert!(tutor.view().header.unsaved);
}

#[test]
fn the_question_shows_the_repair_and_what_was_typed() {
    let mut tutor = opened(&[RUN]);
    press(&mut tutor, "e");
    tutor.update(Msg::Edited(format!("{RUN}\nc = 3")));
    press(&mut tutor, "esc w");
    let Some(Popup::Confirm { page, .. }) = tutor.view().popup else { panic!("no question") };
    let said = lines(&page.rows);
    assert!(said.contains("+ result = await main()") && said.contains("+ c = 3"), "{said}");
}

#[test]
fn the_only_problem_is_said_to_be_the_only_one_and_none_to_be_none() {
    let mut tutor = opened(&[RUN]);
    for key in ["n", "p"] {
        press(&mut tutor, key);
        assert_eq!(status(&tutor), "this is the only problem left in this notebook");
        assert_eq!(place(&tutor), "cell 1 of 1");
    }
    written(&mut tutor);
    assert_eq!(left(&tutor), 0);
    for key in ["n", "p"] {
        press(&mut tutor, key);
        assert_eq!(status(&tutor), "no further problem in this notebook");
    }
}

#[test]
fn after_a_write_the_next_problem_of_the_cell_comes_next() {
    let mut tutor = opened(&[TWO, OTHER]);
    assert_eq!(left(&tutor), 3);
    press(&mut tutor, "6");
    written(&mut tutor);
    assert_eq!((left(&tutor), step(&tutor)), (2, 1), "the next one begins at its first step");
    press(&mut tutor, "n");
    assert_eq!(place(&tutor), "cell 1 of 2");
    assert_eq!(status(&tutor), "this is the next problem; 2 are left");
    assert_eq!(source(&tutor).get(shown(&tutor)..), Some("asyncio.run(main())"));
    press(&mut tutor, "n");
    assert_eq!((&*place(&tutor), &*status(&tutor)), ("cell 2 of 2", ""));
    press(&mut tutor, "n");
    assert_eq!(place(&tutor), "cell 1 of 2");
    assert_eq!(status(&tutor), "back at the first of 2 problems");
}

#[test]
fn a_problem_that_was_read_after_the_write_is_not_the_next_one_again() {
    let mut tutor = opened(&[TWO, OTHER]);
    written(&mut tutor);
    press(&mut tutor, "right right n");
    assert_eq!(place(&tutor), "cell 2 of 2");
}

#[test]
fn after_the_last_write_what_was_passed_over_is_found() {
    let mut tutor = opened(&[OTHER, "x = 1", RUN]);
    press(&mut tutor, "n");
    assert_eq!(place(&tutor), "cell 3 of 3");
    written(&mut tutor);
    press(&mut tutor, "n");
    assert_eq!(place(&tutor), "cell 1 of 3");
    assert_eq!(status(&tutor), "this is the only problem left in this notebook");
}

#[test]
fn the_second_of_two_goes_and_the_first_is_still_told_of() {
    let mut tutor = opened(&[PAIR]);
    press(&mut tutor, "n");
    written(&mut tutor);
    assert_eq!(left(&tutor), 1);
    press(&mut tutor, "n");
    assert_eq!(status(&tutor), "this is the only problem left in this notebook");
    assert!(source(&tutor).contains("\nawait main()\n"), "{}", source(&tutor));
}

#[test]
fn a_repair_that_is_blocked_leaves_its_problem_to_be_found() {
    let mut tutor = opened(&[BLOCKED, OTHER]);
    let all = left(&tutor);
    press(&mut tutor, "w");
    assert!(tutor.view().popup.is_none(), "nothing can be written");
    press(&mut tutor, "n");
    assert_eq!((left(&tutor), source(&tutor).as_str()), (all, OTHER));
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..2 * all {
        press(&mut tutor, "n");
        assert!(!status(&tutor).contains("no further"), "{}", status(&tutor));
        seen.insert((place(&tutor), shown(&tutor)));
    }
    assert_eq!(seen.len(), all);
}

#[test]
fn every_problem_is_come_by_from_every_cell_in_both_directions() {
    let cells = ["x = 1", TWO, "y = 2", OTHER, RUN, "z = 3"];
    for start in 0..cells.len() {
        for key in ["n", "p"] {
            let mut tutor = opened(&cells);
            press(&mut tutor, &"[ ".repeat(cells.len()));
            press(&mut tutor, &"] ".repeat(start));
            // The same mistake at two places of a cell is one walk.
            let all = left(&tutor) - 1;
            let mut seen = std::collections::BTreeSet::new();
            let mut turns = 0;
            for _ in 0..all {
                press(&mut tutor, key);
                turns += usize::from(status(&tutor).starts_with("back at"));
                seen.insert((place(&tutor), shown(&tutor)));
            }
            assert!(turns <= 1, "from {start} by {key}");
            assert_eq!(seen.len(), all, "from {start} by {key}: {seen:?}");
        }
    }
}

#[test]
fn an_undo_goes_back_to_its_problem_and_the_others_are_still_found() {
    let mut tutor = opened(&[OTHER, PAIR]);
    press(&mut tutor, "n");
    let second = shown(&tutor);
    written(&mut tutor);
    press(&mut tutor, "u n");
    assert_eq!((left(&tutor), shown(&tutor)), (3, second));
    press(&mut tutor, "n");
    assert_eq!(place(&tutor), "cell 2 of 2");
    press(&mut tutor, "n");
    assert_eq!(status(&tutor), "back at the first of 3 problems");
    assert_eq!(place(&tutor), "cell 1 of 2");
}

#[test]
fn after_an_undo_another_problem_can_be_repaired() {
    let mut tutor = opened(&[RUN, OTHER]);
    written(&mut tutor);
    press(&mut tutor, "u n n");
    assert_eq!(place(&tutor), "cell 2 of 2");
    press(&mut tutor, "w");
    let Some(Popup::Confirm { page, .. }) = tutor.view().popup else { panic!("no question") };
    assert!(lines(&page.rows).contains("+ await g()"), "{}", lines(&page.rows));
}

#[test]
fn a_problem_that_is_repaired_by_hand_makes_room_for_the_next() {
    let mut tutor = opened(&[TWO, OTHER]);
    press(&mut tutor, "e");
    tutor.update(Msg::Edited(TWO.replacen("asyncio.run(main())", "await main()", 1)));
    press(&mut tutor, "esc n");
    assert_eq!(place(&tutor), "cell 1 of 2");
    assert_eq!(status(&tutor), "this is the next problem; 2 are left");
    press(&mut tutor, "n");
    assert_eq!(place(&tutor), "cell 2 of 2");
    // Typing that repairs nothing leaves the place where it was.
    press(&mut tutor, "p e");
    tutor.update(Msg::Edited(format!("# why\n{TWO}")));
    press(&mut tutor, "esc");
    assert_eq!(left(&tutor), 3);
}

#[test]
fn a_write_that_failed_is_tried_again_as_it_is() {
    let mut tutor = refused(&[TWO]);
    let changed = source(&tutor);
    let effects = press(&mut tutor, "w y");
    assert!(matches!(effects.as_slice(), [Effect::Save { .. }]));
    assert_eq!(source(&tutor), changed, "the other repair was not asked for");
}

#[test]
fn the_last_step_says_where_n_goes() {
    let mut tutor = opened(&[RUN, OTHER]);
    press(&mut tutor, "6");
    assert!(guide(&tutor).contains("Next problem: cell 2"), "{}", guide(&tutor));
    press(&mut tutor, "n 6");
    assert!(guide(&tutor).contains("back to the first, in cell 1"), "{}", guide(&tutor));
    let mut alone = opened(&[RUN]);
    press(&mut alone, "6");
    assert!(guide(&alone).contains("the only problem"), "{}", guide(&alone));
}

#[test]
fn the_worst_problem_of_the_notebook_comes_first() {
    let lost = "async def f(): ...\nf()\nx = 1";
    let mut tutor = opened(&[lost, RUN]);
    let first = place(&tutor);
    let severities = |tutor: &Tutor| tutor.view().header.counts.unwrap_or_default();
    let expected = if severities(&tutor)[0] > 1 { "cell 1 of 2" } else { "cell 2 of 2" };
    assert_eq!(first, expected, "{:?}", severities(&tutor));
    press(&mut tutor, "n");
    assert_ne!(place(&tutor), first);
}

#[test]
fn all_problems_are_listed_and_one_of_them_is_gone_to() {
    let mut tutor = opened(&[TWO, OTHER]);
    press(&mut tutor, "P");
    let Some(Popup::List { rows, .. }) = tutor.view().popup else { panic!("no list") };
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row.label.contains("asyncio-run-in-cell")), "{rows:?}");
    for letter in "cell2".chars() {
        press(&mut tutor, &letter.to_string());
    }
    press(&mut tutor, "enter");
    assert!(tutor.view().popup.is_none());
    assert_eq!(place(&tutor), "cell 2 of 2");
}

#[test]
fn the_same_mistake_is_repaired_wherever_it_stands_in_the_cell() {
    let mut tutor = opened(&[TWO, OTHER]);
    assert!(guide(&tutor).contains("in this cell, line 7"), "{}", guide(&tutor));
    assert_eq!(press(&mut tutor, "A enter"), []);
    let Some(Popup::Confirm { page, .. }) = tutor.view().popup else { panic!("no question") };
    let said = lines(&page.rows);
    assert!(said.contains("+ a = await main()") && said.contains("+ b = await main()"), "{said}");
    assert!(source(&tutor).contains("asyncio.run"), "asking changes nothing");
    let effects = press(&mut tutor, "y");
    assert!(matches!(effects.as_slice(), [Effect::Save { .. }]), "{effects:?}");
}

#[test]
fn several_repairs_keep_what_was_typed() {
    let mut tutor = pasted(TWO);
    press(&mut tutor, "e");
    tutor.update(Msg::Edited(format!("{TWO}\nc = 3")));
    press(&mut tutor, "esc A enter y");
    let source = source(&tutor);
    assert!(source.ends_with("b = await main()\nc = 3"), "{source}");
}

#[test]
fn what_works_under_a_patch_is_not_said_to_fail() {
    let head = "import asyncio, nest_asyncio\nnest_asyncio.apply()\nasync def f(): return 1\n";
    for call in ["asyncio.run(f())", "asyncio.get_event_loop().run_until_complete(f())"] {
        let mut tutor = pasted(&format!("{head}x = {call}"));
        let is_there = |tutor: &Tutor| guide(tutor).contains("works here only because");
        for _ in 0..2 {
            if is_there(&tutor) {
                break;
            }
            press(&mut tutor, "n");
        }
        assert!(is_there(&tutor), "{}", guide(&tutor));
        press(&mut tutor, "2");
        let said = guide(&tutor);
        assert!(is_there(&tutor) && !said.contains("What happens"), "{said}");
    }
}

#[test]
fn what_is_only_shown_offers_no_key_that_writes_it() {
    let shown = "from playwright.sync_api import sync_playwright\n\
        with sync_playwright() as p:\n    p.chromium.launch()";
    let offers = |code: &str| {
        let mut tutor = opened(&[code]);
        press(&mut tutor, "1");
        tutor.view().footer.iter().any(|hint| hint.key == "w")
    };
    assert!(!offers(shown));
    assert!(offers(TWO));
}
